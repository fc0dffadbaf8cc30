"""The page Data health: what became queryable when, and what waits."""

from datetime import UTC, datetime, timedelta

from connectors.mapped import Reason
from grafana.data_health import REASONS, TOPICS
from streams import topics
from streams.decode import Reason as DeadReason
from tests.grafana.conftest import Database


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
