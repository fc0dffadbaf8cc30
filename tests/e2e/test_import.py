"""Files come in by the command line, as a user types it; a second time they change no number."""

import os
import subprocess
from pathlib import Path
from typing import Any

import orjson
import pytest

from funnel.cli.import_table import SAY_WHEN
from funnel.report.marks import marked, marks_of
from funnel.report.numbers import Question, answer
from funnel.stack.plan import settings_environment
from tests.e2e.stack import Stack
from tests.e2e.timing import now
from tests.servers import commands
from tests.servers.sheets import fake_google

pytestmark = [pytest.mark.kafka, pytest.mark.system]

_ROOT = Path(__file__).parents[2]
_CASES = _ROOT / "tests" / "connectors" / "zoom_report" / "cases"
_REPORTS = sorted((_ROOT / "connectors" / "samples").glob("zoom-*.csv"))


def funnel(stack: Stack, *arguments: str, status: int = 0) -> str:
    """Runs one command and returns all that it says."""
    done = _run(stack, arguments, status)
    return done.stdout + done.stderr


def reported(stack: Stack, *arguments: str) -> list[dict[str, Any]]:
    """The rows of the report. A busy machine lets it say on its other output that it waits."""
    rows: list[dict[str, Any]] = orjson.loads(_run(stack, ("report", "--json", *arguments), 0).stdout)
    return rows


def _run(stack: Stack, arguments: tuple[str, ...], status: int) -> subprocess.CompletedProcess[str]:
    environment = os.environ | settings_environment(stack.config)
    environment |= {"PYTHONPATH": str(_ROOT), "FUNNEL_HASH_SECRET": "0123456789abcdef0123456789abcdef"}
    done = commands.funnel(*arguments, folder=stack.folder, environment=environment)
    assert done.returncode == status, done.stderr
    return done


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


def test_two_days_of_one_zoom_id_and_a_table_give_the_numbers_worked_out_by_hand(stack: Stack, tmp_path: Path) -> None:
    """Day 1, 120 minutes: Al stays 118, Bo 119, so both 90 % (108). Day 2, 90 minutes: Al stays 89, Ca 70; 90 % are 81.

    The table registers Al, Bo and Di for day 1; nobody registered for day 2.
    """
    table = tmp_path / "registrations.csv"
    people = "".join(f"{name}@example.com,2026-11-10 12:00\n" for name in ("al", "bo", "di"))
    table.write_text(f"Email,Registered\n{people}")
    mapping = tmp_path / "registrations.yaml"
    mapping.write_text("kind: registrations\nplatform: zoom\ncolumns: {email: Email, registered_at: Registered}\n")
    days = [str(_CASES / "two-days" / name) for name in ("day1.csv", "day2.csv")]
    named = ("--constant", "webinar_id=1234567890", "--timezone", "Europe/Paris")
    first, second = "zoom:1234567890", "zoom:1234567890:2026-11-13"
    told = ("registrations", "visits_all", "visits", "visits_5m", "visits_30m", "visits_full", "walk_ins")
    for files in (days, days[::-1]):
        funnel(stack, "import", "zoom-report", "--timezone", "Europe/Paris", *files)
        funnel(stack, "import", "table", "--mapping", str(mapping), *named, str(table))
        stack.wait_until_handled()
        rows = {str(row["webinar_id"]): row for row in _report(stack) if str(row["webinar_id"]).startswith(first)}
        assert {name: tuple(row[field] for field in told) for name, row in rows.items()} == {
            first: (3, 2, 2, 2, 2, 2, 0),
            second: (0, 2, 2, 2, 2, 1, 2),
        }
        assert rows[first]["conversion"] == pytest.approx(2 / 3)
        assert rows[second]["conversion"] is None
        assert {row["completeness"] for row in rows.values()} == {"final"}


def test_a_partly_rejected_file_marks_its_webinar_until_it_is_whole(stack: Stack, tmp_path: Path) -> None:
    mapping = tmp_path / "attendance.yaml"
    mapping.write_text(
        "kind: attendance\nplatform: meet\ntimezone: UTC\n"
        "columns: {email: Email, joined_at: In, left_at: Out}\n"
        "constants: {webinar_id: marked, starts_at: 2026-11-10 18:00}\n"
    )
    rows = [f"p{number}@example.com,2026-11-10 18:0{number},2026-11-10 18:30" for number in range(6)]
    bad = [row if number % 3 else row.replace("2026-11-10 18:30", "soon") for number, row in enumerate(rows)]

    def imported(name: str, lines: list[str], *options: str, status: int = 0) -> int | None:
        (tmp_path / name).write_text("\n".join(["Email,In,Out", *lines]))
        funnel(stack, "import", "table", "--mapping", str(mapping), *options, str(tmp_path / name), status=status)
        stack.wait_until_handled()
        with stack.reader() as client:
            question = Question(at=now(), webinar_ids=("meet:marked",))
            told = marked(answer(client, question), marks_of(client, question.at, question.webinar_ids))
        return told[0]["rows_rejected"] if told else None

    assert imported("dry.csv", bad, "--dry-run", status=1) is None
    assert imported("people.csv", bad, status=1) == 2
    shown = funnel(stack, "report", "--webinar", "meet:marked")
    assert "rows missing" in shown
    assert "meet:marked: 2 of 6 rows of people.csv were rejected" in shown
    assert imported("others.csv", ["z@example.com,2026-11-10 18:00,2026-11-10 18:30"]) == 2
    assert imported("corrected.csv", rows) == 0
    assert imported("people.csv", bad, status=1) == 2
    assert imported("people.csv", rows) == 0
    assert "mismatches=0" in funnel(stack, "verify")


def test_a_polled_sheet_marks_its_webinar_until_it_is_whole(
    stack: Stack, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    good, bad = "ann@example.com,2026-11-10 18:00,2026-11-10 18:30\n", "Bo,2026-11-10 18:00,2026-11-10 18:30\n"
    with fake_google() as google:
        (tmp_path / "sheet.yaml").write_text(
            "kind: attendance\nplatform: meet\ntimezone: UTC\nname: signups\n"
            "columns: {email: Email, joined_at: In, left_at: Out}\n"
            "constants: {webinar_id: sheet, starts_at: 2026-11-10 18:00}\n"
            f"sheet: {{address: '{google.address}/pub?gid=0&output=csv'}}\n"
        )
        monkeypatch.setenv("FUNNEL_SHEETS_MAPPINGS", str(tmp_path / "sheet.yaml"))

        def polled(*rows: str, status: int = 0) -> int:
            google.published = "Email,In,Out\n" + "".join(rows)
            funnel(stack, "connectors", "poll", "sheets", "--once", status=status)
            stack.wait_until_handled()
            (row,) = reported(stack, "--webinar", "meet:sheet")
            assert row["visits_30m"] == 1
            return int(row["rows_rejected"])

        assert polled(good, bad, status=1) == 1
        shown = " ".join(funnel(stack, "report", "--webinar", "meet:sheet").split())
        assert "meet:sheet: 1 of 2 rows of sheet signups were rejected, so the numbers are too low." in shown
        of_groups = " ".join(funnel(stack, "report", "--by", "platform,week").split())
        assert "meet:sheet: 1 of 2 rows of sheet signups were rejected" in of_groups
        assert "rows missing" in of_groups
        assert polled(good, bad) == 1
        assert polled(good) == 0


def test_attendance_without_a_time_is_said_with_the_way_out(stack: Stack, tmp_path: Path) -> None:
    (tmp_path / "who.csv").write_text("Email,Minutes\nann@example.com,45\n")
    mapping = tmp_path / "who.yaml"
    mapping.write_text(
        "kind: attendance\nplatform: meet\ntimezone: UTC\ncolumns: {email: Email, total_minutes: Minutes}\n"
        "constants: {webinar_id: timeless}\n"
    )
    command = ("import", "table", "--mapping", str(mapping), str(tmp_path / "who.csv"))
    funnel(stack, *command)
    stack.wait_until_handled()
    (row,) = reported(stack, "--webinar", "meet:timeless")
    assert (row["no_time"], row["rows_rejected"]) == (True, 0)
    shown = funnel(stack, "report", "--webinar", "meet:timeless")
    assert "Upcoming" not in shown
    assert "No time" in shown
    assert f"People attended, and nothing tells when: nobody counts as having come. {SAY_WHEN}" in shown
    funnel(stack, *command, "--constant", "starts_at=2026-11-10 18:00")
    stack.wait_until_handled()
    (row,) = reported(stack, "--webinar", "meet:timeless")
    assert (row["no_time"], row["visits"], row["visits_30m"]) == (False, 1, 1)


def _report(stack: Stack) -> list[dict[str, Any]]:
    """The webinars of Zoom, at a fixed moment."""
    return reported(stack, "--at", "2100-01-01T00:00:00Z")


def _events(stack: Stack) -> int:
    count: int = stack.rows("SELECT count() AS events FROM events FINAL")[0]["events"]
    return count
