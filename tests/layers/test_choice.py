"""docs/measures.md: a company chooses its buckets. In a copy of the project one line is edited and one command run, and
stored rows, report, verify, dashboards, alerts and words follow."""

import json
import os
import random
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from clickhouse.migrate import create_database, migrate
from streams.jobs.ended_timelines import write_timelines
from streams.jobs.settled_counts import write_settled_counts
from streams.settings import Settings
from streams.store import Store
from tests.contract_events import Event, hour_long, moment, registration, stay, totals, webinar
from tests.rows import put
from tests.servers.clickhouse import Server

ROOT = Path(__file__).parents[2]
_BUILT = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["setuptools"]["packages"]["find"]["include"]
NEEDED = (*(name.rstrip("*") for name in _BUILT), "docs", "tests", "business")
FILES = ("Makefile", "pyproject.toml", "requirements.lock", "README.md")
LINE = "STAYED_MINUTES: tuple[int, ...] = (5, 30)\n"


def events() -> Iterator[Event]:
    """Webinars of people who stay from no time to an hour; one that began later than planned; one of totals only."""
    chance = random.Random(1)
    for name in ("zoom:1", "zoom:2", "zoom:3"):
        said = [*hour_long(name)]
        for person in range(1, 31):
            said.append(registration(person, -chance.randint(1, 900), webinar_id=name))
            if person % 4:
                start = chance.choice([-3, 0, 0.5, 2, 12])
                said += stay(person, start, start + chance.choice([0.5, 1, 4, 9.99, 10, 20, 31, 45, 59.5, 60]), name)
                said += stay(person, 50, 50 + chance.randint(0, 9), name, session="2")
        yield from said
    moved = webinar(5, "zoom:moved", starts_at=moment(0), status="live")
    yield from (moved, registration(1, webinar_id="zoom:moved"), *stay(1, 0, 50, "zoom:moved"))
    yield webinar(8, "zoom:moved", started_at=moment(7))
    yield from hour_long("zoom:said")
    told = {"registrations": 100, "visits": 70, "visits_1m": 60, "visits_10m": 50, "visits_30m": 40, "visits_45m": 30}
    yield totals(webinar_id="zoom:said", **told)


@pytest.fixture(scope="module")
def stored(clickhouse_server: Server) -> Iterator[Settings]:
    """A database that counted in 5 and 30 minutes."""
    own = clickhouse_server.settings().model_copy(update={"clickhouse_database": "chosen"})
    client = create_database(own)
    migrate(client, own)
    put(client, own, [*events()])
    yield own
    client.command("DROP DATABASE chosen")
    client.close()


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    """A copy of the project, with what Python has compiled of it."""
    left_out = shutil.ignore_patterns("*-pytest-*.pyc", "node_modules", "screenshots", "web", "payloads", "mutants")
    for name in NEEDED:
        shutil.copytree(ROOT / name, tmp_path / name, ignore=left_out)
    for name in FILES:
        shutil.copy(ROOT / name, tmp_path / name)
    return tmp_path


def chosen(folder: Path, minutes: tuple[int, ...]) -> list[str]:
    """Edits the line and runs the command; returns the files that are others then."""
    registry = folder / "contract/measures.py"
    text = registry.read_text()
    assert text.count(LINE) == 1
    registry.write_text(text.replace(LINE, f"STAYED_MINUTES: tuple[int, ...] = {minutes}\n"))
    subprocess.run(
        ["make", "-s", "-o", "setup", "measures", f"BIN={Path(sys.executable).parent}"], cwd=folder, check=True
    )
    return sorted(
        str(path.relative_to(folder))
        for name in NEEDED
        for path in (folder / name).rglob("*")
        if path.is_file()
        and "__pycache__" not in path.parts
        and path.read_bytes() != (ROOT / path.relative_to(folder)).read_bytes()
    )


def seen(folder: Path, config: Settings) -> dict[str, Any]:
    """What the copy says of the database."""
    command = [sys.executable, "-m", "tests.contract.choice", config.clickhouse_database, str(config.clickhouse_port)]
    done = subprocess.run(command, cwd=folder, env={**os.environ}, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    said: dict[str, Any] = json.loads(done.stdout)
    return said


@pytest.mark.system
@pytest.mark.parametrize(
    ("minutes", "before"),
    [((10, 45), "5 and 30 min"), ((1, 20, 60), "10 and 45 min")],
)
async def test_one_line_and_one_command_and_everything_follows(
    copied: Path, stored: Settings, minutes: tuple[int, ...], before: str
) -> None:
    store = Store(stored)
    if before == "5 and 30 min":
        assert await write_settled_counts(store, margin_seconds=0) > 0
        assert await write_timelines(store, margin_seconds=0) > 0
    changed = chosen(copied, minutes)
    assert changed == [
        "contract/measures.py",
        "docs/contract.md",
        "docs/measures.md",
        *(
            f"grafana/dashboards/webinars/{page}.json"
            for page in ("on-now", "sources", "today", "webinar", "webinars", "weeks")
        ),
    ]
    endings = ["", *(f"_{one}m" for one in minutes), "_full"]
    labels = ["Attendees", *(f"Stayed {one}+ min" for one in minutes), "Completed (90 %+)"]
    now = " and ".join((", ".join(map(str, minutes[:-1])), str(minutes[-1])))

    said = seen(copied, stored)

    assert said["minutes"] == list(minutes)
    assert any(f"Buckets: {before} become {now} min." in line for line in said["dry_run"])
    assert any("are made anew in place" in line for line in said["dry_run"])
    assert said["migrated"][:2] == [line.removeprefix("-- ") for line in said["dry_run"][-3:-1]]
    assert said["right"] == said["meanwhile"] == said["after"] == []
    assert said["curves"] is True
    assert said["again"][0].endswith("were made for other buckets: they are made anew in place.")
    assert said["made_anew_alike"] is True
    assert said["settled"] >= 4
    assert said["snapshot"] == [[",".join(str(60 * one) for one in minutes), len(minutes)]]
    assert [name for name in said["baseline"] if name.startswith("stayed")] == [
        f"stayed_{one}m_band" for one in minutes
    ]
    assert 0 < said["baseline"][f"stayed_{minutes[0]}m_band"][1] <= said["baseline"]["came_band"][1]
    assert said["baseline"]["low"] == 0.25
    assert [name for name in said["report"] if name.startswith("conversion")] == [f"conversion{one}" for one in endings]
    assert [name for name in said["report"] if name.startswith("visits_")] == [
        "visits_all",
        *(f"visits{one}" for one in endings[1:]),
    ]
    assert said["totals"][f"visits{endings[1]}"] == {10: 50, 1: 60}[minutes[0]]
    assert [head.replace("\n", " ") for head in said["columns"]][3 : 3 + len(labels)] == labels
    for name, columns in said["pages"].items():
        assert not [one for one in columns if "_5m" in one or "_30m" in one], name
    assert {f"stayed{one}" for one in endings if one} <= set(said["pages"]["webinars/schedule"])
    words = "\n".join(said["words"])
    longest = minutes[-1]
    assert f"Stayed {longest}+ min" in words
    assert f"stayed {longest}+ min" in words
    assert "30 min" not in words
    for page in ("docs/contract.md", "docs/measures.md"):
        assert f"visits_{longest}m" in (copied / page).read_text()
