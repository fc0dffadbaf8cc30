"""Files come in by the command line, as a user types it; a second time they change no number."""

import os
import subprocess
import sys
from pathlib import Path

import orjson
import pytest

from funnel.stack.plan import settings_environment
from tests.e2e.stack import Stack

pytestmark = pytest.mark.kafka

_ROOT = Path(__file__).parents[2]
_REPORTS = sorted((_ROOT / "connectors" / "samples").glob("zoom-*.csv"))


def funnel(stack: Stack, *arguments: str, status: int = 0) -> str:
    """Runs one command and returns its output."""
    environment = os.environ | settings_environment(stack.config)
    environment |= {"PYTHONPATH": str(_ROOT), "FUNNEL_HASH_SECRET": "0123456789abcdef0123456789abcdef"}
    done = subprocess.run(
        [sys.executable, "-m", "funnel", *arguments],
        cwd=stack.folder,
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == status, done.stderr
    return done.stdout + done.stderr


def test_the_second_import_of_a_file_changes_no_number(stack: Stack) -> None:
    command = ("import", "zoom-report", *map(str, _REPORTS), "--timezone", "Europe/Berlin")
    funnel(stack, *command)
    stack.wait_until_handled()
    events, before = _events(stack), _report(stack)
    assert {row["webinar_id"] for row in before if row["registrations"]}
    funnel(stack, *command)
    stack.wait_until_handled()
    assert _report(stack) == before
    assert _events(stack) == events
    said = funnel(stack, "verify")
    assert "mismatches=0" in said
    assert "missing=0" in said


def test_a_line_of_ten_megabytes_is_refused_and_the_others_arrive(stack: Stack, tmp_path: Path) -> None:
    sample = (_ROOT / "connectors" / "samples" / "events.jsonl").read_bytes().splitlines()[0]
    event = orjson.loads(sample)
    file = tmp_path / "events.jsonl"
    file.write_bytes(orjson.dumps(event | {"title": "x" * 10_000_000}) + b"\n" + sample + b"\n")
    said = funnel(stack, "publish", str(file), status=1)
    assert "line 1: record: over 1,000,000 bytes; make it smaller" in said
    assert "1 events published, 1 lines rejected" in said
    stack.wait_until_handled()
    assert stack.rows("SELECT 1 FROM events WHERE event_id = {id:String}", id=event["event_id"])


def _report(stack: Stack) -> list[dict[str, object]]:
    """The webinars of Zoom, at a fixed moment."""
    rows: list[dict[str, object]] = orjson.loads(funnel(stack, "report", "--json", "--at", "2100-01-01T00:00:00Z"))
    return rows


def _events(stack: Stack) -> int:
    count: int = stack.rows("SELECT count() AS events FROM events FINAL")[0]["events"]
    return count
