"""What `funnel import` says, without Kafka: dry runs, the names of Zoom's occurrences, and how to go on."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer
from openpyxl import Workbook
from typer.testing import CliRunner, Result

from connectors.pipeline.state import State
from connectors.pipeline.zoom_names import Names
from connectors.settings import connector_settings
from connectors.zoom.settings import zoom_settings
from contract.instants import parse_instant
from funnel.cli import importing
from funnel.cli.import_files import import_app, publish
from tests.connectors.zoom.fake_zoom import FakeZoom, fake_zoom

REPORTS = Path(__file__).parents[2] / "connectors" / "zoom_report" / "cases"
TWO_DAYS = [str(REPORTS / "two-days" / name) for name in ("day1.csv", "day2.csv")]
NAMES = ("zoom:1234567890", "zoom:1234567890:2026-11-12", "zoom:1234567890:2026-11-13")


@pytest.fixture(autouse=True)
def data_dir(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    connector_settings.cache_clear()
    monkeypatch.setenv("FUNNEL_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("FUNNEL_HASH_SECRET", "0123456789abcdef0123456789abcdef")
    yield tmp_path / "data"
    connector_settings.cache_clear()


def run(*arguments: str) -> Result:
    return CliRunner().invoke(import_app, list(arguments))


def zoom_report(*arguments: str) -> list[str]:
    """The webinars that a dry run names."""
    done = run("zoom-report", "--dry-run", "--timezone", "Europe/Paris", *arguments)
    assert done.exit_code == 0, done.output
    return [word for line in done.output.splitlines() if ".csv: zoom:" in line for word in [line.split()[1]]]


def test_a_dry_run_says_which_name_a_report_would_take(data_dir: Path) -> None:
    assert zoom_report(*TWO_DAYS) == [NAMES[0], NAMES[2]]
    assert zoom_report(*reversed(TWO_DAYS)) == [NAMES[0], NAMES[1]]
    assert zoom_report("--recurring", *TWO_DAYS) == [NAMES[1], NAMES[2]]
    assert zoom_report("--single", *TWO_DAYS) == [NAMES[0], NAMES[0]]
    assert not data_dir.exists()


def test_it_says_when_a_day_is_taken_for_another_webinar() -> None:
    said = ("zoom-report", "--dry-run", "--timezone", "Europe/Paris")
    done = run(*said, *TWO_DAYS)
    (line,) = (line for line in done.output.splitlines() if "another day" in line)
    assert line.startswith(f"{TWO_DAYS[1]}: another day of webinar id 1234567890 is known")
    assert "another day" not in run(*said, "--recurring", *TWO_DAYS).output


def test_it_says_nothing_where_zoom_has_told_that_the_webinar_recurs(data_dir: Path) -> None:
    with State(data_dir) as state:
        Names(state).named(NAMES[2])
    done = run("zoom-report", "--dry-run", "--timezone", "Europe/Paris", *TWO_DAYS)
    assert (NAMES[1] in done.output, NAMES[2] in done.output, "another day" in done.output) == (True, True, False)


def test_a_dry_run_knows_the_names_that_were_given(data_dir: Path) -> None:
    with State(data_dir) as state:
        Names(state).of_report("1234567890", parse_instant("2026-11-13T08:00:00.000Z"), "Europe/Paris")
        assert zoom_report(*reversed(TWO_DAYS)) == [NAMES[0], NAMES[1]]
        assert len(state.rows("SELECT 1 FROM zoom_names")) == 1


@pytest.fixture
def zoom(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeZoom]:
    """A connected account that holds the webinar of TWO_DAYS."""
    with fake_zoom() as fake:
        fake.webinars["1234567890"] = {"detail": {"id": 1234567890, "type": 5, "topic": "Two evenings"}, "runs": []}
        given = fake.settings()
        for name in ("account_id", "client_id", "api_url", "oauth_url"):
            monkeypatch.setenv(f"FUNNEL_ZOOM_{name.upper()}", getattr(given, name))
        monkeypatch.setenv("FUNNEL_ZOOM_CLIENT_SECRET", given.client_secret.get_secret_value())
        zoom_settings.cache_clear()
        yield fake
    zoom_settings.cache_clear()


@pytest.mark.parametrize("files", [TWO_DAYS, TWO_DAYS[::-1]], ids=["in order", "backwards"])
def test_zoom_says_itself_whether_the_webinar_of_a_report_recurs(zoom: FakeZoom, files: list[str]) -> None:
    assert zoom_report(*files) == [NAMES[0], NAMES[0]]
    assert len([path for path in zoom.asked if "/webinars/1234567890" in path]) == 1
    zoom.webinars["1234567890"]["detail"]["type"] = 9
    assert zoom_report(*TWO_DAYS) == [NAMES[1], NAMES[2]]
    assert "another day" not in run("zoom-report", "--dry-run", "--timezone", "Europe/Paris", *TWO_DAYS).output


def test_what_a_person_says_is_not_asked(zoom: FakeZoom) -> None:
    assert zoom_report("--recurring", *TWO_DAYS) == [NAMES[1], NAMES[2]]
    assert zoom.asked == []


def test_of_what_zoom_does_not_know_is_guessed_and_said(zoom: FakeZoom, data_dir: Path) -> None:
    zoom.faults = {1: "no json"}
    done = run("zoom-report", "--dry-run", "--timezone", "Europe/Paris", *TWO_DAYS)
    assert done.output.count("Zoom does not say whether webinar 1234567890 recurs (Zoom answered") == 1
    assert (NAMES[2] in done.output, done.exit_code) == (True, 0)
    del zoom.webinars["1234567890"]
    done = run("zoom-report", "--dry-run", "--timezone", "Europe/Paris", *TWO_DAYS)
    assert (NAMES[2] in done.output, "another day of webinar id" in done.output) == (True, True)


def test_recurring_and_single_exclude_each_other() -> None:
    done = run("zoom-report", "--recurring", "--single", "--timezone", "UTC", *TWO_DAYS)
    assert (done.exit_code, done.output) == (2, "funnel: --recurring and --single exclude each other.\n")


def test_after_rejections_it_says_how_many_rows_count(tmp_path: Path) -> None:
    report = str(REPORTS / "unknown-words" / "report.csv")
    done = run("zoom-report", "--dry-run", "--timezone", "Europe/Paris", report)
    assert done.exit_code == 1
    assert f"{report}: 2 rows would count, 1 do not. Correct the rejected rows and import" in done.output
    table, mapping = tmp_path / "t.csv", tmp_path / "m.yaml"
    table.write_text("Email,At\na@example.com,2026-11-10 18:00\nb@example.com,soon\nc@example.com,2026-11-10 18:00\n")
    mapping.write_text("kind: registrations\nplatform: zoom\ncolumns: {email: Email, registered_at: At}\n")
    known = ("--mapping", str(mapping), "--timezone", "UTC", "--constant", "webinar_id=w1")
    done = run("table", "--dry-run", *known, str(table))
    assert f"{table}: 2 rows would count, 1 do not." in done.output
    assert "That is safe: nothing counts twice." in done.output
    assert "zoom:w1" in done.output


@pytest.mark.parametrize("constant", ["webinar_id", "=w1", "webinar_id= "])
def test_a_constant_is_a_field_and_a_value(constant: str, tmp_path: Path) -> None:
    (tmp_path / "m.yaml").write_text("kind: registrations\n")
    done = run("table", "--mapping", str(tmp_path / "m.yaml"), "--constant", constant, TWO_DAYS[0])
    assert done.exit_code == 2
    assert "write a field and its value" in done.output


def test_a_state_that_cannot_be_written_is_said_in_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(typer.Exit) as ended, importing.explained():
        raise sqlite3.OperationalError("database or disk is full")
    assert ended.value.exit_code == 1
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("funnel: The connectors' state cannot be written (database or disk is full).")


def test_a_state_that_cannot_be_opened_is_said_before_kafka_is_asked(data_dir: Path) -> None:
    data_dir.mkdir(parents=True)
    (data_dir / "connectors").write_text("a file where a folder is to be")
    done = run("zoom-report", "--timezone", "UTC", TWO_DAYS[0])
    assert done.exit_code == 2
    assert "cannot be used" in done.output
    assert done.output.count("\n") == 1


def test_a_table_takes_the_name_that_an_occurrence_has(data_dir: Path, tmp_path: Path) -> None:
    with State(data_dir) as state:
        Names(state).of_report("1234567890", parse_instant("2026-11-12T08:00:00.000Z"), "Europe/Paris")
    table, mapping = tmp_path / "t.csv", tmp_path / "m.yaml"
    table.write_text("Email,At,Webinar\na@example.com,2026-11-10 18:00,zoom:1234567890:2026-11-12\n")
    mapping.write_text(
        "kind: registrations\nplatform: zoom\ntimezone: UTC\n"
        "columns: {email: Email, registered_at: At, webinar_id: Webinar}\n"
    )
    assert f"{NAMES[0]} " in run("table", "--dry-run", "--mapping", str(mapping), str(table)).output


def test_a_date_without_a_time_is_said_and_is_no_begin(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("Id,Email,Day,Minutes,Came\n7,ann@example.com,2026-11-10,45,12\n")
    head = "platform: meet\ntimezone: UTC\ncolumns: {webinar_id: Id, starts_at: Day,"
    said = {}
    for kind, columns in (("attendance", "email: Email, total_minutes: Minutes}"), ("totals", "visits: Came}")):
        (tmp_path / "m.yaml").write_text(f"kind: {kind}\n{head} {columns}\n")
        done = run("table", "--dry-run", "--mapping", str(tmp_path / "m.yaml"), str(tmp_path / "a.csv"))
        assert done.exit_code == 0, done.output
        said[kind] = done.output
    assert "the table has only the day of meet:7, no time, and a date is no start: until" in said["attendance"]
    assert "starts_at" not in said["attendance"].splitlines()[1]
    assert (
        "the table has only the day of meet:7, no time: until another source has it, they begin at midnight"
        in said["totals"]
    )


def _workbook(path: Path, **sheets: list[list[str]]) -> None:
    workbook = Workbook()
    for name, rows in sheets.items():
        sheet = workbook.create_sheet(name)
        for row in rows:
            sheet.append(row)
    del workbook["Sheet"]
    workbook.save(path)


def test_the_sheet_that_has_the_columns_is_read_and_of_several_none_in_silence(tmp_path: Path) -> None:
    (tmp_path / "m.yaml").write_text(
        "kind: registrations\nplatform: meet\ntimezone: UTC\nconstants: {webinar_id: '7'}\n"
        "columns: {email: Email, registered_at: At}\n"
    )
    people, ann, bob = ["Email", "At"], ["ann@example.com", "2026-11-01 09:00"], ["bob@example.com", "2026-11-01 09:00"]

    def imported(*options: str, **sheets: list[list[str]]) -> Result:
        _workbook(tmp_path / "a.xlsx", **sheets)
        return run("table", "--dry-run", "--mapping", str(tmp_path / "m.yaml"), *options, str(tmp_path / "a.xlsx"))

    done = imported(Summary=[["Webinar", "Python"]], People=[people, ann, bob])
    assert "2 rows read, 2 events" in done.output, done.output
    done = imported(Monday=[people, ann], Tuesday=[people, ann, bob])
    assert done.exit_code == 2
    assert "the sheets Monday and Tuesday have all columns" in done.output
    assert "2 rows read" in imported("--tab", "Tuesday", Monday=[people, ann], Tuesday=[people, ann, bob]).output
    done = imported(One=[["Email"]], Two=[["x"]])
    assert done.exit_code == 2
    assert "none of the sheets One and Two has all columns that the mapping file names; One lacks: At" in done.output
    done = imported("--tab", "Three", One=[people, ann])
    assert (done.exit_code, "no sheet Three; there are: One" in done.output) == (2, True)
    assert run("table", "--suggest", str(tmp_path / "a.xlsx")).exit_code == 0
    _workbook(tmp_path / "b.xlsx", Summary=[["Webinar", "Python"]], People=[people, ann, bob])
    assert run("table", "--suggest", str(tmp_path / "b.xlsx")).exit_code == 0
    assert 'tab: "People"' in (tmp_path / "b.yaml").read_text()


def test_publish_names_the_first_ten_broken_lines_and_counts_the_others(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "broken.jsonl"
    file.write_text("no event\n" * 1234)
    with pytest.raises(typer.Exit) as end:
        publish(str(file), check=True)
    said = capsys.readouterr()
    assert end.value.exit_code == 1
    lines = said.err.splitlines()
    assert [line.split(":")[1].strip() for line in lines[:10]] == [f"line {number}" for number in range(1, 11)]
    assert lines[10:] == [f"{file}: and 1,224 more lines were rejected."]
    assert said.out == f"{file}: 0 events good, 1,234 lines rejected.\n"
