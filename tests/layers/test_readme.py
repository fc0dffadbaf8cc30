"""README.md against the tree: what it names exists, and every command is in it."""

import re
from pathlib import Path

import pytest
import typer.main
from typer.core import TyperGroup

from connectors.registry import connector
from connectors.settings import ConnectorSettings
from connectors.webhooks.settings import WebhookSettings
from funnel.cli.app import app
from funnel.cli.tree import LATER, late
from funnel.stack.grafana.settings import GrafanaSettings
from process.logs import VARIABLE
from streams.settings import Settings
from tests.layers.sources import FOLDERS

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text()
# What `make` and the docs say is generated while working is not in a clean clone.
MADE_LATER = {".venv", ".env", ".data", "bench/results"}

COMMANDS = {str(name) for name in typer.main.get_group(app).commands}
SHOWN = re.findall(r"(?:\.venv/bin/)funnel .*|make [a-z]+.*", "\n".join(re.findall(r"```\n(.*?)```", README, re.S)))


def test_the_first_lines_are_the_two_commands() -> None:
    commands = [line.split("#")[0].split() for line in README.split("```")[1].strip().splitlines()]
    assert commands == [["make", "demo"], ["make", "test"]]
    assert README.index("```") < 30


def test_the_make_targets_are_those_of_the_makefile() -> None:
    targets = set(re.findall(r"^([a-z-]+):.*##", (ROOT / "Makefile").read_text(), re.M))
    named = set(re.findall(r"(?:`|^|\bFrom )make ([a-z-]+)", README, re.M))
    assert named == targets


def test_every_command_is_there_and_no_other() -> None:
    named = set(re.findall(r"(?:`|^\.venv/bin/)funnel ([a-z][a-z-]*)", README, re.M))
    assert named == COMMANDS


@pytest.mark.parametrize("line", [line for line in SHOWN if "funnel" in line])
def test_the_options_that_it_shows_exist(line: str) -> None:
    words = line.split("#", maxsplit=1)[0].split()[1:]
    known = typer.main.get_group(app).commands[words[0]]
    command = late(words[0]) if words[0] in LATER else known
    while isinstance(command, TyperGroup):
        words = words[1:]
        command = command.commands[words[0]]
    options = {option for parameter in command.params for option in parameter.opts}
    assert {word for word in words if word.startswith("--")} <= options


def test_every_path_exists() -> None:
    quoted = re.findall(r"`([\w./-]+)`", README) + re.findall(r"\]\(([\w./-]+)\)", README)
    shown = [
        word
        for line in SHOWN
        for word in line.split()
        if "/" in word and not word.startswith((".venv", "Europe", "http:"))
    ]
    paths = {name for name in quoted if "/" in name or re.search(r"\.[a-z]+$", name)} | set(shown)
    assert len(paths) > 25
    missing = {path for path in paths if path not in MADE_LATER and not (ROOT / path).exists()}
    assert not missing


def test_every_setting_exists() -> None:
    known = {f"FUNNEL_{name.upper()}" for name in (*Settings.model_fields, *ConnectorSettings.model_fields)}
    known |= {f"FUNNEL_WEBHOOK_{name.upper()}" for name in WebhookSettings.model_fields}
    known |= {name.upper() for name in GrafanaSettings.model_fields}
    assert set(re.findall(r"FUNNEL_[A-Z_]+", README)) <= known | {VARIABLE}


def test_the_docs_that_it_cites_have_the_sections() -> None:
    contract, design = ((ROOT / "docs" / name).read_text() for name in ("contract.md", "design.md"))
    assert re.findall(r"^## (\d)\.", contract, re.M) == [str(n) for n in range(1, 10)]
    assert re.findall(r"^## (\d)\.", design, re.M) == [str(n) for n in range(1, 7)]


def test_the_layout_has_every_folder_of_the_code_and_no_other() -> None:
    section = README.split("## Layout")[1]
    assert sorted(re.findall(r"^\| `(\w+)/` \|", section, re.M)) == sorted(
        {*FOLDERS, "business", "tests", "bench", "docs", "prometheus"}
    )


def test_the_services_have_the_ways_in_that_it_says() -> None:
    said = re.findall(r"^\| \[[^]]+\]\(docs/services/(\w+)\.md\) \| ([^|]+) \|", README, re.M)
    assert [name for name, _ in said] == ["zoom", "bigmarker", "goto", "livestorm", "tables"]
    for name, ways in said[:-1]:
        one = connector(name)
        assert ("webhooks" in ways, "REST" in ways) == (one.receive is not None, one.open_poll is not None), name
