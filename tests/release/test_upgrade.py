"""An installation of the release before, with a school and a live webinar in it, becomes one of this release."""

import json
import re
from pathlib import Path
from typing import Any

import orjson
import pytest

import connectors.samples
from connectors.simulator.day import Delivery
from connectors.simulator.present import present
from contract.instants import format_instant
from process.clock import now
from tests.grafana.academy import events
from tests.release.installed import Place, Release, built, install, place, source_of

pytestmark = pytest.mark.release
BEFORE = "v0.2.0"
SAMPLES = Path(connectors.samples.__file__).parent
ZOOM = sorted(str(path) for path in SAMPLES.glob("zoom-*.csv"))
QUESTIONS = ((), ("--by", "source_group"), ("--by", "week,region"), ("--by", "people"))


@pytest.fixture(scope="module")
def releases(tmp_path_factory: pytest.TempPathFactory) -> tuple[Release, Release]:
    """The one before, and this one."""
    folder = tmp_path_factory.mktemp("releases")
    old, new = (
        install(built(source_of(revision, folder / name), folder / f"{name}-wheel"), folder / f"{name}-venv")
        for revision, name in ((BEFORE, "old"), ("HEAD", "new"))
    )
    return old, new


def test_every_number_is_as_it_was_and_nothing_is_lost(releases: tuple[Release, Release], tmp_path: Path) -> None:
    old, new = releases
    playing = present(now(), 7)
    live = playing.live.webinar_id
    half = len(playing.coming) // 2
    with place(tmp_path / "installation", old, new) as here:
        here.run(old, "up")
        _publish(here, old, [orjson.dumps(event) for event in events()])
        _publish(here, old, _records(playing.past))
        here.run(old, "import", "zoom-report", "--timezone", "Europe/Berlin", *ZOOM)
        _verified(here, old)
        at = format_instant(now())
        was = [_report(here, old, at, question) for question in QUESTIONS]
        assert len(was[0]) > 380
        assert [row["completeness"] for row in was[0] if row["webinar_id"] == live] == ["on_now"]

        said = here.run(new, "upgrade", "--check")
        assert "Schema 0022 becomes" in said
        assert "There is no backup" in said
        assert here.run(new, "upgrade", "--check", "--json").count("webinar.probes.v1") == 1
        assert was[0] == _report(here, old, at, ()), "the check has changed nothing"

        here.run(old, "down")
        here.run(new, "up")
        counted = _verified(here, new)
        for question, rows in zip(QUESTIONS, was, strict=True):
            _same(rows, _report(here, new, at, question))
        said = here.run(new, "upgrade", "--check")
        assert "becomes" not in said
        assert "replaced" not in said

        here.run(new, "import", "zoom-report", "--timezone", "Europe/Berlin", *ZOOM)
        _publish(here, new, _records(playing.coming[:half]))
        assert _verified(here, new) > counted
        assert len(_report(here, new, at, ())) == len(was[0])

        refused = here.run(old, "migrate", "--status", status=None)
        assert "this code is older than the database" in refused


def _verified(here: Place, release: Release) -> int:
    """How many events are in the raw log, once nothing is different."""
    said = here.run(release, "verify")
    assert "mismatches=0" in said
    return int(re.findall(r"\bevents=(\d+)", said)[0])


def _publish(here: Place, release: Release, values: list[bytes]) -> None:
    path = here.folder / "events.jsonl"
    path.write_bytes(b"\n".join(values))
    here.run(release, "publish", str(path))


def _records(arrivals: Any) -> list[bytes]:
    return [one.value for one in arrivals if isinstance(one, Delivery)]


def _report(here: Place, release: Release, at: str, question: tuple[str, ...]) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = json.loads(here.run(release, "report", "--json", "--at", at, *question))
    return rows


def _same(was: list[dict[str, Any]], rows: list[dict[str, Any]]) -> None:
    """Every number that the older release says, the newer one says too; it may say more."""
    assert len(was) == len(rows)
    different = [
        f"{name}: {before[name]} became {after.get(name)}: {before}"
        for before, after in zip(was, rows, strict=True)
        for name in before
        if before[name] != after.get(name)
    ]
    assert different == []
