"""An event goes in, the right number comes out: of the report and of the view."""

from typing import Any

import pytest

from contract.partition import partition_of
from contract.topics import ATTENDANCE
from tests.contract_events import attendance, hour_long, identity, moment, r, registration, stay, webinar
from tests.e2e.stack import Stack
from tests.e2e.timing import at, moved
from tests.waiting import until

pytestmark = pytest.mark.kafka


def test_one_event_is_a_number_of_the_report_and_of_the_view(stack: Stack, webinar_id: str) -> None:
    stack.publish([registration(1, webinar_id=webinar_id)])
    stack.wait_until_handled()
    row = stack.report(webinar_id, at(30))
    assert row["registrations"] == 1
    of_view = stack.rows(
        "SELECT registrations, completeness FROM funnel(at = fromUnixTimestamp64Milli({at:Int64}, 'UTC'))"
        " WHERE webinar_id = {webinar_id:String}",
        at=at(30),
        webinar_id=webinar_id,
    )
    # Nobody said anything of the webinar itself: it is unknown, so it has not begun.
    assert of_view == [{"registrations": 1, "completeness": "upcoming"}]
    assert row["completeness"] == "upcoming"


def test_every_kind_of_event_has_its_effect(stack: Stack, webinar_id: str) -> None:
    common: Any = {"webinar_id": webinar_id}
    stack.publish(
        [
            *hour_long(webinar_id),
            *(registration(person, **common) for person in range(1, 9)),
            registration(7, -50, "cancelled", **common),
            registration(8, 70, "withdrawn", **common),
            registration(9, 100, **common),
            *stay(1, 0, 60, **common),
            *stay(2, 10, 20, **common),
            attendance(3, "joined", 50, **common),
            attendance(3, "seen", 51, **common),
            attendance(4, "summary", 60, total_seconds=2000, reported_at=moment(61), **common),
            attendance(5, "recording_viewed", 200, seconds=60, **common),
            attendance(5, "recording_viewed", 300, **common),
            attendance(r(6), "joined", 0, **common),
            attendance(r(6), "left", 4, **common),
            identity(6, 6, **common),
            *stay(20, 0, 60, **common),
            *stay(21, 0, 60, **common),
            registration(21, role="host", **common),
        ]
    )
    stack.wait_until_handled()
    row = stack.report(webinar_id, at(1000))
    expected = {
        "registrations": 6,
        "registered_later": 1,
        "visits_all": 6,
        "visits": 6,
        "visits_5m": 4,
        "visits_30m": 3,
        "visits_full": 2,
        "walk_ins": 1,
        "recording_viewers": 1,
        "recording_views": 2,
        "registered_visits": 5,
        "registered_visits_5m": 3,
        "registered_visits_30m": 2,
        "registered_visits_full": 1,
        "completeness": "being_completed",
    }
    assert {name: row[name] for name in expected} == expected


def test_a_link_learned_later_joins_what_was_counted_apart(stack: Stack, webinar_id: str) -> None:
    common: Any = {"webinar_id": webinar_id}
    stack.publish(
        [
            *hour_long(webinar_id),
            registration(1, **common),
            attendance(r(1), "joined", 0, session_id="s", **common),
            attendance(1, "left", 40, session_id="s", **common),
        ]
    )
    stack.wait_until_handled()
    apart = stack.report(webinar_id, at(1000))
    assert (apart["registered_visits"], apart["walk_ins"], apart["visits_all"]) == (0, 1, 2)
    stack.publish([identity(1, 1, **common)])
    stack.wait_until_handled()
    together = stack.report(webinar_id, at(1000))
    assert (together["registered_visits_30m"], together["walk_ins"], together["visits_all"]) == (1, 0, 1)


def test_a_moved_begin_derives_all_rows_anew(stack: Stack, webinar_id: str) -> None:
    common: Any = {"webinar_id": webinar_id}
    persons = range(200)
    stack.publish(
        [
            webinar(-600, webinar_id, starts_at=moment(0), duration_seconds=3600),
            *(registration(person, **common) for person in persons),
            *(event for person in persons for event in stay(person, -10, 32, **common)),
        ]
    )
    stack.wait_until_handled()
    assert _visits(stack, webinar_id) == (200, 200, 0)
    assert _begins_used(stack, webinar_id) == [at(0)]

    stack.publish([webinar(-500, webinar_id, started_at=moment(5))])
    stack.wait_until_handled()
    assert _begins_used(stack, webinar_id) == [at(5)]
    assert _visits(stack, webinar_id) == (200, 0, 0)

    stack.publish([webinar(-400, webinar_id, started_at=moment(-5))])
    stack.wait_until_handled()
    assert _begins_used(stack, webinar_id) == [at(-5)]
    assert _visits(stack, webinar_id) == (200, 200, 0)


def test_a_record_on_the_wrong_partition_is_counted_once(stack: Stack, webinar_id: str) -> None:
    said = [moved(event) for event in [*hour_long(webinar_id), *stay(1, 0, 50, webinar_id)]]
    stack.publish_records(stack.misplaced(event) for event in said)
    stack.wait_until_handled()
    until(lambda: len(_events(stack, webinar_id)) == len(said), "the records have come to their own partition")
    stack.wait_until_handled()
    kept = _events(stack, webinar_id)
    assert {row["partition"] for row in kept} == {partition_of(webinar_id, stack.config.partitions)}
    row = stack.report(webinar_id, at(1000))
    assert (row["visits_all"], row["visits_30m"], row["walk_ins"]) == (1, 1, 1)
    assert not stack.rows(
        "SELECT reason FROM dead_letters WHERE topic = {topic:String} AND detail LIKE '%partition%'",
        topic=ATTENDANCE.name,
    )


def test_repeats_change_nothing(stack: Stack, webinar_id: str) -> None:
    events = [*hour_long(webinar_id), registration(1, webinar_id=webinar_id), *stay(1, 0, 50, webinar_id)]
    stack.publish(events)
    stack.wait_until_handled()
    before = stack.report(webinar_id, at(1000))
    stack.publish([*reversed(events), *events])
    stack.wait_until_handled()
    assert stack.report(webinar_id, at(1000)) == before
    assert len(_events(stack, webinar_id)) == len(events)


def _visits(stack: Stack, webinar_id: str) -> tuple[int, int, int]:
    row = stack.report(webinar_id, at(1000))
    return row["visits"], row["visits_30m"], row["visits_full"]


def _begins_used(stack: Stack, webinar_id: str) -> list[int]:
    used = stack.rows(
        "SELECT DISTINCT begin_used FROM persons FINAL WHERE webinar_id = {webinar_id:String}", webinar_id=webinar_id
    )
    return [row["begin_used"] for row in used]


def _events(stack: Stack, webinar_id: str) -> list[dict[str, object]]:
    return stack.rows(
        "SELECT event_id, partition FROM events FINAL WHERE webinar_id = {webinar_id:String}", webinar_id=webinar_id
    )
