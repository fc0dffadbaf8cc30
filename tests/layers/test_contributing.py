"""docs/contributing.md: each of its examples is followed in a copy of the project, to the letter, and works."""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.layers.sources import FOLDERS, ROOT
from tests.servers.clickhouse import Server

TEXT = (ROOT / "docs/contributing.md").read_text()
SECTIONS = ("a connector", "a measure", "a panel", "a kind of alert")
_ITEM = re.compile(r"^(\d+)\. (.*(?:\n   .*)*)", re.M)
_BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.M | re.S)
_LEFT_OUT = shutil.ignore_patterns("__pycache__", "node_modules", "web", "dist", "samples")


class Item(NamedTuple):
    """One step of a section."""

    number: int
    words: str
    blocks: list[tuple[str, str]]
    """Language and text."""

    @property
    def path(self) -> str:
        """The file that the step is about."""
        return str(re.findall("`([^`]+)`", self.words)[0])


def items(section: str) -> list[Item]:
    text = TEXT.split(f"\n## Add {section}\n")[1].split("\n## ")[0]
    found = [*_ITEM.finditer(text)]
    ends = [*(one.start() for one in found[1:]), len(text)]
    return [
        Item(int(one[1]), one[2], _BLOCK.findall(text[one.end() : end])) for one, end in zip(found, ends, strict=True)
    ]


def follow(item: Item, folder: Path) -> None:
    """Does what the step says: a file is written, or changed at the one place that the lines fit."""
    for language, text in item.blocks:
        path = folder / item.path
        if language == "diff":
            lines = [(line[:1], line[1:]) for line in text.splitlines()]
            before, after = ("\n".join(line for sign, line in lines if sign != other) for other in "+-")
            present = path.read_text()
            assert f"\n{present}".count(f"\n{before}\n") == 1, f"{item.path}: {before}"
            path.write_text(f"\n{present}".replace(f"\n{before}\n", f"\n{after}\n")[1:])
        else:
            path.parent.mkdir(parents=True, exist_ok=True)
            assert not path.exists(), item.path
            path.write_text(text)


@pytest.fixture(scope="module")
def copied(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("followed")
    for name in FOLDERS:
        shutil.copytree(ROOT / name, folder / name, ignore=_LEFT_OUT)
    shutil.copytree(ROOT / "tests", folder / "tests", ignore=shutil.ignore_patterns("__pycache__", "cases", "preview"))
    shutil.copy(ROOT / ".env.example", folder)
    for section in SECTIONS:
        for item in items(section):
            follow(item, folder)
    yield folder
    shutil.rmtree(folder)


@pytest.mark.parametrize("section", SECTIONS)
def test_every_file_that_a_section_names_is_there_or_made_by_it(section: str) -> None:
    steps = items(section)
    assert [one.number for one in steps] == list(range(1, len(steps) + 1))
    made = {one.path for one in steps if any(language != "diff" for language, _ in one.blocks)}
    text = TEXT.split(f"\n## Add {section}\n")[1].split("\n## ")[0]
    named = {name for name in re.findall(r"`([\w./-]+)`", _BLOCK.sub("", text)) if re.search(r"/|\.\w+$", name)}
    new = {name for name in named if not (ROOT / name).exists()}
    # The business's own, which a clean clone does not have; the example's, which are told and not shown.
    assert {name for name in new - made if "acme" not in name and not name.startswith("business/")} == set()
    assert len(named) > 2


def test_it_links_to_what_is_there() -> None:
    assert [one for one in re.findall(r"\]\(([^)#]+)", TEXT) if not (ROOT / "docs" / one).exists()] == []


def test_whoever_follows_it_has_a_connector_a_measure_a_panel_and_an_alert(
    copied: Path, clickhouse_server: Server
) -> None:
    command = [sys.executable, "-m", "tests.layers.contributed", "contributed", str(clickhouse_server.port)]
    environment = {**os.environ, "PYTHONPATH": str(copied), "FUNNEL_ACME_TOKEN": "a-token-of-acme-0123"}
    done = subprocess.run(command, cwd=copied, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    said = json.loads(done.stdout)
    ((event,), refused, rejected) = said["connector"].values()
    assert (event["type"], event["kind"], event["webinar_id"]) == ("attendance", "joined", "acme:9151")
    assert (event["session_id"], event["person_id"][:2]) == ("v1", "p_")
    assert (refused, rejected) == ("token", ["unreadable"])
    assert said["stored"] == {
        "counted": {"walk_ins": 2, "unregistered_visits": 1, "registered_visits": 1},
        "mismatches": [],
        "cancelled": ["Called off"],
        "rules": True,
        "kinds": ["drop", "empty_room", "full_room", "no_events"],
    }
    assert said["alert"] == {
        "after": "full",
        "said": "The room is full after 3 minutes, so others may stand outside: 120 are registered.",
        "title": "Room full: SQL in an hour",
        "over": "usual",
        "below": 0,
    }
