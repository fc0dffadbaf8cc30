"""The page Data health: what became queryable when, and what waits."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from connectors.mapped import Reason
from contract import topics
from contract.decode import Reason as DeadReason
from contract.probe import OLD_SECONDS
from grafana import alerting
from grafana.data_health import REASONS, TOPICS
from tests.grafana import week
from tests.grafana.conftest import Database, database
from tests.servers.clickhouse import Server


def test_events_are_counted_by_the_minute_topic_and_service_in_which_they_became_queryable(realistic: Database) -> None:
    now = datetime.now(UTC) + timedelta(minutes=1)
    stored = realistic.writer.query("SELECT count() FROM events").result_rows[0][0]
    rows = realistic.ask("data-health/topics", now - timedelta(hours=3), now)
    assert {row["topic"] for row in rows} == {
        "webinar.webinars.v1",
        "webinar.registrations.v1",
        "webinar.attendance.v1",
    }
    assert sum(row["events"] for row in rows) == stored
    rates = realistic.ask("data-health/rates", now - timedelta(hours=3), now)
    assert round(sum(row["Value"] for row in rates) * 60) == stored
    assert {row["platform"] for row in rates} == {"zoom", "youtube", "bizon"}


def test_lag_of_nothing_is_not_available(empty: Database) -> None:
    now = datetime.now(UTC)
    assert empty.ask("data-health/lag", now - timedelta(hours=3), now) == [
        {"middle": None, "most": None, "worst": None, "events": 0}
    ]


def test_every_reason_and_topic_has_words() -> None:
    assert {*Reason, *DeadReason} <= REASONS.keys()
    assert {one.name for one in topics.EVENT_TOPICS} <= TOPICS.keys()


def test_alerts_that_did_not_get_through_are_told_with_their_reason(clickhouse_server: Server) -> None:
    def write(one: Database, table: str, *rows: dict[str, Any]) -> None:
        for row in rows:
            one.writer.insert(table, [list(row.values())], list(row))

    now = datetime.now(UTC).replace(microsecond=0)
    with database(clickhouse_server, []) as one:
        for number, (days, outcome) in enumerate(
            [(0, "unsendable"), (0, "failed"), (2, "failed"), (0, "sent"), (8, "failed")]
        ):
            at = now - timedelta(days=days, minutes=number)
            write(one, "alert_messages", {"message_id": f"m{number}", "title": f"m{number}", "created_at": week.ms(at)})
            said = {"message_id": f"m{number}", "channel": "slack", "outcome": outcome, "attempts": 2, "detail": "why"}
            write(one, "alert_deliveries", said | {"at": at})
        rows = one.ask("data-health/undelivered", now - timedelta(hours=3), now)
    assert [(row["title"], row["outcome"]) for row in rows] == [
        ("m0", "set aside"),
        ("m1", "tried again"),
        ("m2", "given up"),
    ]
    assert (rows[0]["channel"], rows[0]["attempts"], rows[0]["detail"]) == ("slack", 2, "why")
    assert rows[0]["created"] == week.ms(now)


AT = datetime(2025, 11, 12, 9, tzinfo=UTC)
MS = week.ms(AT)


@pytest.fixture(scope="module")
def reported(clickhouse_server: Server) -> Iterator[Database]:
    """What three connectors said of themselves, and four dead letters."""
    with database(clickhouse_server, []) as one:
        minute = 60_000
        for number, (connector, said) in enumerate(
            [
                ("zoom", {"type": "run", "task": "poll", "at": MS - 9 * minute, "finished_at": MS - 8 * minute}),
                ("zoom", {"type": "run", "task": "poll", "at": MS - 5 * minute, "finished_at": 9_999_999_999_999}),
                (
                    "goto",
                    {
                        "type": "run",
                        "task": "poll",
                        "at": MS - 6 * minute,
                        "finished_at": MS,
                        "error": "Refused.",
                        "events": 7,
                    },
                ),
                ("zoom", {"type": "run", "task": "poll", "at": MS + minute, "finished_at": MS, "error": "Not yet."}),
                ("tilda", {"type": "rejected", "at": MS - 30 * minute, "reason": "no_webinar", "form": "Form A"}),
                ("tilda", {"type": "rejected", "at": MS - 20 * minute, "reason": "no_webinar", "form": "Form A"}),
                ("tilda", {"type": "rejected", "at": MS - 10 * minute, "reason": "no_webinar", "form": "Form B"}),
                ("zoom", {"type": "rejected", "at": MS - minute, "reason": "invalid", "detail": "no time"}),
                ("zoom", {"type": "rejected", "at": MS - minute, "reason": "invalid", "released": True}),
                ("zoom", {"type": "health", "at": MS - 2 * minute, "accepted": 5, "refused": 1, "spooled": 9}),
                ("zoom", {"type": "health", "at": MS - minute, "accepted": 6, "refused": 0, "spooled": 2}),
                ("zoom", {"type": "health", "at": MS - 61 * minute, "accepted": 100}),
            ]
        ):
            row = {"connector": connector, "report_id": str(number), "version": 1, **said}
            one.writer.insert("connector_reports", [list(row.values())], list(row))
        for offset, reason in enumerate(["not_json", "not_json", "not_json", "no_key"]):
            letter = {"topic": "webinar.attendance.v1", "partition": 0, "offset": offset, "written_at": MS}
            letter |= {"reason": reason, "detail": reason.upper(), "inserted_at": AT - timedelta(minutes=offset)}
            one.writer.insert("dead_letters", [list(letter.values())], list(letter))
        yield one


def asked(database: Database, name: str, at: datetime = AT) -> list[tuple[Any, ...]]:
    return [tuple(row.values()) for row in database.ask(f"data-health/{name}", at - timedelta(hours=3), at)]


def test_the_last_run_of_each_connector_failed_ones_first(reported: Database) -> None:
    assert asked(reported, "runs") == [
        ("goto", "poll", MS - 360_000, "failed", 7, 0, "Refused."),
        ("zoom", "poll", MS - 300_000, "running", 0, 0, ""),
    ]
    assert asked(reported, "runs", AT - timedelta(minutes=7)) == [("zoom", "poll", MS - 540_000, "succeeded", 0, 0, "")]


def test_what_waits_in_quarantine_by_reason_and_by_form(reported: Database) -> None:
    assert asked(reported, "quarantined") == [
        ("tilda", "no_webinar", 3, MS - 1_800_000, ""),
        ("zoom", "invalid", 1, MS - 60_000, "no time"),
    ]
    assert asked(reported, "forms") == [("tilda", "Form A", 2, MS - 1_800_000), ("tilda", "Form B", 1, MS - 600_000)]
    past = AT - timedelta(minutes=25)
    assert asked(reported, "quarantined", past) == [("tilda", "no_webinar", 1, MS - 1_800_000, "")]
    assert asked(reported, "forms", past) == [("tilda", "Form A", 1, MS - 1_800_000)]


def test_who_polls_which_service_and_that_nobody_does(clickhouse_server: Server) -> None:
    said: list[tuple[str, str, str, int, int]] = [
        ("zoom", "owner", "a (pid 1)", 600, 20),
        ("zoom", "standby", "c (pid 3)", 500, 10),
        ("zoom", "standby", "b (pid 2)", 550, 30),
        ("zoom", "owner", "dead (pid 4)", 5_000, 700),
        ("goto", "owner", "a (pid 5)", 900, 95),
        ("goto", "ended", "b (pid 6)", 1_000, 1_000),
        ("sheets", "owner", "a (pid 7)", 900, 800),
        ("sheets", "retired", "a (pid 7)", 10, 10),
        ("livestorm", "owner", "a (pid 8)", 700_000, 690_000),
    ]
    with database(clickhouse_server, []) as one:
        for number, (connector, task, who, at, seen) in enumerate(said):
            row: dict[str, Any] = {"connector": connector, "type": "poller", "report_id": str(number)}
            row |= {"task": task, "detail": who}
            row |= {"at": MS - at * 1_000, "version": MS - seen * 1_000}
            one.writer.insert("connector_reports", [list(row.values())], list(row))
        assert asked(one, "pollers") == [
            ("goto", "nobody", "last by a (pid 5)", MS - 95_000, ""),
            ("zoom", "polled", "a (pid 1)", MS - 600_000, "b (pid 2), c (pid 3)"),
        ]


def test_workers_with_their_restarts_and_their_last_error(clickhouse_server: Server) -> None:
    minute, day = 60_000, 86_400_000
    # worker, began and seen ms ago, told to end, fails, failed ms ago, error, why the run before it ended
    runs: list[tuple[str, int, int, int, int, int, str, str]] = [
        ("worker-1", 9 * day, 8 * day, 0, 0, 0, "", ""),
        ("worker-1", 8 * day, 3 * day, 0, 0, 0, "", "longer ago than a week"),
        ("worker-1", 3 * day, 2 * day, 0, 0, 0, "", "killed by SIGKILL"),
        ("worker-1", 2 * day, day, 1, 0, 0, "", "hung: no sign of progress for 21 s; it was killed"),
        ("worker-1", day, minute, 0, 0, 0, "", ""),
        ("worker-2", 5 * day, minute, 0, 1, minute, "clickhouse: does not answer well", ""),
        ("worker-3", 5 * day, 3 * minute, 0, 0, 0, "", ""),
        ("worker-4", 5 * day, 5 * minute, 1, 0, 0, "", ""),
        ("worker-5", day, 9 * minute, 0, 0, 0, "", ""),
        ("worker-5", 8 * minute, minute, 0, 0, 0, "", ""),
        ("worker-6", 5 * day, 2 * day, 0, 0, 0, "", ""),
        ("worker-7", 5 * day, minute, 0, 0, 4 * day, "snapshots: Memory limit exceeded", ""),
    ]
    # Of now: runs are not kept for longer than 30 days.
    now = datetime.now(UTC)
    ms = week.ms(now)
    with database(clickhouse_server, []) as one:
        for worker, began, seen, told, fails, failed, error, former in runs:
            row = [worker, "a", ms - began, ms - seen, told, fails, failed and ms - failed, error, former]
            one.writer.insert("worker_runs", [row])
        assert [(*row[:1], *row[2:]) for row in asked(one, "workers", now)] == [
            ("worker-3", "gone", ms - 5 * day, 0, None, None, ""),
            ("worker-2", "fails", ms - 5 * day, 0, None, ms - minute, "clickhouse: does not answer well"),
            (
                "worker-1",
                "works",
                ms - day,
                2,
                ms - 2 * day,
                ms - 2 * day,
                "hung: no sign of progress for 21 s; it was killed",
            ),
            ("worker-4", "ended", ms - 5 * day, 0, None, None, ""),
            (
                "worker-5",
                "works",
                ms - 8 * minute,
                1,
                ms - 8 * minute,
                ms - 8 * minute,
                "It ended, and nobody said why",
            ),
            ("worker-7", "works", ms - 5 * day, 0, None, ms - 4 * day, "snapshots: Memory limit exceeded"),
        ]
        then = [row[0] for row in asked(one, "workers", now - timedelta(days=4))]
        assert then == ["worker-1", "worker-2", "worker-3", "worker-4", "worker-6", "worker-7"]


def test_webhooks_of_the_last_hour(reported: Database) -> None:
    assert asked(reported, "webhooks") == [("zoom", 11, 1, 2, MS - 60_000)]


def test_the_alert_counts_dead_letters_of_the_last_hour_and_clears(reported: Database) -> None:
    def records(at: datetime) -> list[tuple[str, float]]:
        rows = reported.run(alerting.query("dead_letters"), at - timedelta(hours=1), at)
        return [(row["reason"], row["records"]) for row in rows if row["records"]]

    assert sorted(records(AT)) == [("no_key", 1), ("not_json", 3)]
    assert records(AT + timedelta(minutes=59)) == [("not_json", 1)]
    assert records(AT + timedelta(hours=2)) == []


def test_the_alert_tells_a_job_that_fails_as_long_as_it_is_tried(reported: Database) -> None:
    # Of this hour: older turns are not kept.
    now = datetime.now(UTC)
    turns = [
        ("snapshots", 12, 2),
        ("snapshots", 11, 0),
        ("timelines", 5, 1),
        ("timelines", 4, 2),
        ("old", 40, 9),
    ]
    for job, ago, failures in turns:
        error = "Code: 241. Memory limit exceeded" if failures else ""
        reported.writer.insert("job_turns", [[job, week.ms(now - timedelta(minutes=ago)), 0.5, failures, error]])

    def failing(at: datetime) -> dict[str, float]:
        rows = reported.run(alerting.query("jobs_failing"), at - timedelta(hours=1), at)
        return {row["job"]: row["turns"] for row in rows}

    assert failing(now) == {"snapshots": 0, "timelines": 2, "old": 0, "none": 0}
    assert failing(now - timedelta(minutes=11.5)) == {"snapshots": 2, "old": 9, "none": 0}


def test_dead_letters_by_reason(reported: Database) -> None:
    assert asked(reported, "dead_letters") == [
        ("webinar.attendance.v1", "not_json", 3, MS, "NOT_JSON"),
        ("webinar.attendance.v1", "no_key", 1, MS - 180_000, "NO_KEY"),
    ]
    assert asked(reported, "dead_letters", AT - timedelta(minutes=3)) == [
        ("webinar.attendance.v1", "no_key", 1, MS - 180_000, "NO_KEY")
    ]


def test_a_letter_that_was_replayed_or_discarded_is_told_of_no_more(reported: Database) -> None:
    later = AT + timedelta(hours=3)
    rows = [
        ["webinar.attendance.v1", 0, 1, MS, "replayed", week.ms(later)],
        ["webinar.attendance.v1", 0, 3, MS, "discarded", week.ms(later)],
        # Of a record that stood there before the topic was made anew.
        ["webinar.attendance.v1", 0, 0, MS - 1, "replayed", week.ms(later)],
    ]
    reported.writer.insert("settled_letters", rows)
    assert asked(reported, "dead_letters", later) == [("webinar.attendance.v1", "not_json", 2, MS, "NOT_JSON")]
    assert len(asked(reported, "dead_letters", later - timedelta(minutes=1))) == 2


def test_the_probe_event_shows_whether_events_get_through(clickhouse_server: Server) -> None:
    def got_through(partition: int, age: float, took: float) -> None:
        sent = datetime.now(UTC) - timedelta(seconds=age)
        row = [partition, 2, week.ms(sent), sent + timedelta(seconds=took)]
        one.writer.insert("probes", [row], ["partition", "partitions", "sent_at", "inserted_at"])

    def told() -> tuple[Any, ...]:
        now = datetime.now(UTC)
        late = [row[-1] for row in asked(one, "jobs", now) if row[0] == "events do not get through"]
        alarms = one.run(alerting.query("jobs_failing"), now - timedelta(hours=1), now)
        return asked(one, "probe", now)[0], late, sum(row["turns"] for row in alarms)

    with database(clickhouse_server, []) as one:
        assert told() == ((None, None), [], 0)

        got_through(0, 300, 1)
        got_through(1, OLD_SECONDS + 5, 2)
        (age, took), (late,), alarms = told()
        assert 300 <= age < 330
        assert (round(took, 1), alarms) == (2, 1)
        assert re.search(r"was sent 3[0-2]\d s ago\. funnel status", late)

        got_through(0, 4, 0.5)
        got_through(1, 2, 0.25)
        (age, took), late, alarms = told()
        assert 4 <= age < 34
        assert (round(took, 1), late, alarms) == (0.5, [], 0)
        one.writer.command("OPTIMIZE TABLE probes FINAL")
        assert one.writer.query("SELECT count() FROM probes").result_rows == [(2,)]
