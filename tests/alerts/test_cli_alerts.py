"""What `funnel alerts` lists: what is unusual, that nothing is judged, and what did not get through."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from typer.testing import CliRunner

from alerts.messages import Message
from alerts.store import AlertStore
from alerts.workers import OffError
from clickhouse.client import connect
from funnel.cli import alerts as cli_alerts
from funnel.report.starts import utc_said
from tests.alerts.conftest import Database

TABLES = ("alert_runs", "alert_messages", "alert_deliveries", "findings")


@pytest.fixture
def listed(quiet: Database, monkeypatch: pytest.MonkeyPatch) -> Iterator[AlertStore]:
    monkeypatch.setattr(cli_alerts, "_client", lambda: connect(quiet.config, user="writer"))
    for table in TABLES:
        quiet.client.command(f"TRUNCATE TABLE {table}")
    yield AlertStore(quiet.client)
    for table in TABLES:
        quiet.client.command(f"TRUNCATE TABLE {table}")


def printed(*arguments: str) -> list[str]:
    done = CliRunner().invoke(cli_alerts.alerts_app, list(arguments))
    assert done.exit_code == 0, done.output
    return done.output.splitlines()


def test_that_nothing_is_judged_is_said_instead_of_that_nothing_is_unusual(listed: AlertStore) -> None:
    now = time.time_ns() // 1_000_000
    assert printed() == [
        "No alert was ever sent: funnel alerts watch does not run, or fails. funnel status says which.",
        "Nothing was judged yet.",
    ]
    listed.write_run(now - 120_000, 1, 0, 0.1)
    assert printed() == ["Nothing was judged yet."]
    listed.write_run(now - 60_000, 0, 1_234, 0.1)
    assert printed() == [f"Alerts are {OffError(1_234)}.", "Nothing was judged yet."]


def test_what_did_not_get_through_is_told_with_its_reason(listed: AlertStore) -> None:
    now = datetime.now(UTC)
    listed.write_run(int(now.timestamp() * 1000), 1, 0, 0.1)
    created = int((now - timedelta(hours=1)).timestamp() * 1000)
    listed.add_messages([Message("m1", "zoom:1", "zoom:1", "drop", True, created, "a\nb", "text", "")])
    listed.write_delivery("m1", "slack", "unsendable", 1, "Slack answered with status 413")
    assert printed() == [
        "Nothing was judged yet.",
        f"{utc_said(created)}  not delivered to slack, set aside: a b",
        "  Slack answered with status 413",
    ]


def test_a_moment_before_all_that_is_known_says_that_nothing_was_known(listed: AlertStore) -> None:
    (said,) = printed("--at", "2020-01-01T00:00:00Z")
    assert said.startswith("Nothing was known at this moment: the first webinar known began on ")
