"""The command as a user runs it: status, what is on which stream, and one line for what goes wrong."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import orjson
import pytest
from clickhouse_connect.driver.client import Client

from funnel.cli.app import main
from funnel.stack.state import ChildStatus, StackState, write_state
from streams.settings import Settings, settings
from tests.contract_events import attendance, hour_long, moment, registration, webinar
from tests.rows import put
from tests.servers import commands
from tests.servers.clickhouse import PASSWORDS

ROOT = Path(__file__).parents[3]
NOBODY = {"FUNNEL_CLICKHOUSE_PORT": "1", "FUNNEL_KAFKA_BOOTSTRAP": "127.0.0.1:1"}


def funnel(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return commands.funnel(*arguments, folder=ROOT, environment=_environment(environment))


def started(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """The same in a new Python."""
    return subprocess.run(
        [sys.executable, "-m", "funnel", *arguments],
        cwd=ROOT,
        env=_environment(environment),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def _environment(more: dict[str, str]) -> dict[str, str]:
    plain = {name: value for name, value in os.environ.items() if not name.startswith("FUNNEL_")}
    return {**plain, **PASSWORDS, "COLUMNS": "120", **more}


@pytest.fixture
def nobody(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Settings of this process that lead to no server."""
    for name, value in NOBODY.items():
        monkeypatch.setenv(name, value)
    settings.cache_clear()
    yield
    settings.cache_clear()


def ends(*arguments: str) -> int:
    """The status of the command, run in this process: to start one takes longer than what it does here."""
    with pytest.raises(SystemExit) as end:
        main(list(arguments))
    assert isinstance(end.value.code, int)
    return end.value.code


def leads_to(config: Settings) -> dict[str, str]:
    return {
        "FUNNEL_CLICKHOUSE_PORT": str(config.clickhouse_port),
        "FUNNEL_CLICKHOUSE_DATABASE": config.clickhouse_database,
    }


def test_help_names_every_command() -> None:
    said = started("--help")
    assert said.returncode == 0
    for command in (
        "report",
        "verify",
        "watch",
        "import",
        "publish",
        "compare",
        "business",
        "explain",
        "migrate",
        "create-topics",
        "up",
        "down",
        "status",
        "worker",
    ):
        assert f" {command} " in said.stdout


def test_help_imports_no_client_of_a_server() -> None:
    code = (
        "import sys; from funnel.cli.app import main\n"
        "try: main(['--help'])\n"
        "except SystemExit: print(sorted({'kafka', 'clickhouse_connect', 'faust', 'pydantic'} & set(sys.modules)))"
    )
    said = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert said.stdout.splitlines()[-1] == "[]"


def test_version() -> None:
    assert started("--version").stdout.startswith("funnel 0.")


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["nonsense"], "No such command"),
        (["report", "--nonsense"], "No such option"),
        (["report", "--at", "yesterday"], "--at yesterday: not an RFC 3339 time"),
        (["report", "--by", "colour"], "--by colour: colour is no dimension; there are: source_group, course"),
        (["report", "--from", "22/11/2026"], "--from 22/11/2026: no such day; write 2026-11-01"),
        (["report", "--from", "2026-11-23", "--to", "2026-11-22"], "--from is later than --to"),
        (["verify", "--at", "2026-11-22"], "--at 2026-11-22: not an RFC 3339 time"),
        (["verify", "--timeout", "-1"], "--timeout"),
        (["watch", "--interval", "0"], "--interval"),
        (["migrate", "--dry-run", "--status"], "exclude each other"),
        (["import", "nonsense"], "No such command"),
        (["publish"], "Missing argument"),
    ],
)
@pytest.mark.usefixtures("nobody")
def test_wrong_use_is_one_line_and_status_2(
    arguments: list[str], says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert ends(*arguments) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert len(said.err.splitlines()) == 1
    assert says in said.err


@pytest.mark.parametrize("arguments", [["report"], ["report", "--json"], ["verify"], ["watch"], ["migrate"]])
@pytest.mark.usefixtures("nobody")
def test_an_absent_server_is_one_line_and_status_1(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert ends(*arguments) == 1
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err == "funnel: ClickHouse does not answer at 127.0.0.1:1; start it with `funnel up`\n"


def test_each_wrong_setting_is_one_line_without_its_value() -> None:
    said = funnel("report", FUNNEL_PARTITIONS="none", FUNNEL_FULL_PERCENT="101")
    assert said.returncode == 2
    first, second = sorted(said.stderr.splitlines())
    assert first.startswith("funnel: FUNNEL_FULL_PERCENT: has to be at most 100")
    assert second.startswith("funnel: FUNNEL_PARTITIONS: has to be a whole number")
    assert "none" not in said.stderr


def test_an_empty_database_is_to_be_migrated(bare_config: Settings) -> None:
    said = funnel("report", **leads_to(bare_config))
    assert said.returncode == 1
    assert said.stderr == "funnel: the database does not have the schema of this version: run funnel migrate\n"


def test_migrate_makes_the_database_once(bare_config: Settings) -> None:
    where = leads_to(bare_config)
    assert "pending  0001_events" in funnel("migrate", "--status", **where).stdout
    assert "CREATE TABLE IF NOT EXISTS events" in funnel("migrate", "--dry-run", **where).stdout
    assert started("migrate", **where).stdout.startswith("migrated: 0001_events")
    assert funnel("migrate", **where).stdout.startswith("migrated: nothing pending")
    assert json.loads(started("report", "--json", **where).stdout) == []


@pytest.fixture
def filled(store: Client, own_config: Settings) -> dict[str, str]:
    people = [registration(1, source={"utm_source": "vk"}), attendance(1, "joined", 5), registration(2)]
    put(store, own_config, [*hour_long(), *people, webinar(webinar_id="gc:1", starts_at=moment(0))])
    return leads_to(own_config)


def test_json_is_all_that_is_on_stdout(filled: dict[str, str]) -> None:
    said = funnel("report", "--json", "--at", "2026-11-22T19:30:00+01:00", **filled)
    assert (said.returncode, said.stderr) == (0, "")
    rows = json.loads(said.stdout)
    assert [(row["webinar_id"], row["completeness"], row["visits_5m"]) for row in rows] == [
        ("gc:1", "on_now", 0),
        ("zoom:1", "on_now", 1),
    ]


def test_by_webinar_and_days_reach_the_question(filled: dict[str, str]) -> None:
    asked = ["report", "--json", "--at", "2026-11-22T20:00:00Z", "--by", "source_group, week"]
    rows = json.loads(funnel(*asked, "--webinar", "zoom:1", "--webinar", "gc:1", **filled).stdout)
    assert [(row["source_group"], row["week"], row["conversion"]) for row in rows] == [
        ("No source given", "2026-W47", 0.0),
        ("vk", "2026-W47", 1.0),
    ]
    assert json.loads(funnel(*asked, "--from", "2026-11-23", **filled).stdout) == []


def test_the_table_is_for_people(filled: dict[str, str]) -> None:
    said = funnel("report", "--at", "2026-11-22T20:00:00Z", **filled)
    assert said.returncode == 0
    assert "50.0 %" in said.stdout
    assert "(n=2)" in said.stdout
    assert "2 webinars that have begun at Sun 22 Nov 2026, 20:00 UTC · Data as of " in said.stdout


def test_publish_and_import_get_their_arguments(tmp_path: Path) -> None:
    file = tmp_path / "events.jsonl"
    long_ago = {"occurred_at": "2026-01-01T00:00:00.000Z", "received_at": "2026-01-01T00:00:00.000Z"}
    file.write_bytes(orjson.dumps(registration(1) | long_ago) + b"\n")
    said = funnel("publish", str(file), "--check")
    assert (said.returncode, said.stdout) == (0, f"{file}: 1 events good, 0 lines rejected.\n")
    assert "zoom-report" in started("import", "--help").stdout
    assert funnel("publish", str(tmp_path / "absent")).returncode == 2


def test_watch_logs_to_a_pipe_and_ends_cleanly_on_ctrl_c(filled: dict[str, str]) -> None:
    process = subprocess.Popen(
        [sys.executable, "-u", "-m", "funnel", "watch", "--webinar", "zoom:1", "--at", "2026-11-22T18:20:00Z"],
        cwd=ROOT,
        env=_environment(filled),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        # Where the tests themselves run in the background, Ctrl-C is ignored, and children inherit that.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # noqa: PLW1509
    )
    assert process.stdout is not None
    deadline = time.monotonic() + 60
    line = process.stdout.readline()
    assert "zoom:1 Live: Registrants 2 · Attendees 1 (50.0 %) · Stayed 5+ min 1 (50.0 %)" in line
    process.send_signal(signal.SIGINT)
    out, errors = process.communicate(timeout=max(1, deadline - time.monotonic()))
    # On a busy machine it may rightly say that it had to wait.
    said = [one for one in errors.splitlines() if "still waiting for ClickHouse" not in one]
    assert (process.returncode, out, said) == (0, "", [])


def test_status_says_where_the_dashboards_are(tmp_path: Path) -> None:
    worker = ChildStatus(name="worker-1", since=datetime(2026, 11, 22, tzinfo=UTC), log=tmp_path / "worker-1.log")
    write_state(tmp_path / "stack.json", StackState(supervisor=1, children=[worker]))
    where = {"FUNNEL_DATA_DIR": str(tmp_path)}
    elsewhere = funnel("status", **where, FUNNEL_GRAFANA_URL="https://grafana.example.org/")
    assert "Dashboards: https://grafana.example.org\n" in elsewhere.stdout
    # Nothing runs, so not all of it can be relied on.
    assert elsewhere.returncode == 1
    assert "Dashboards: not running\n" in funnel("status", **where).stdout


def test_an_address_of_grafana_that_is_none_is_one_line_and_status_1(tmp_path: Path) -> None:
    said = funnel("up", FUNNEL_DATA_DIR=str(tmp_path / "data"), FUNNEL_GRAFANA_URL="grafana.example.org")
    assert said.returncode == 1
    assert said.stderr.startswith("funnel: FUNNEL_GRAFANA_URL is wrong: ")
    assert said.stderr.count("\n") == 1
