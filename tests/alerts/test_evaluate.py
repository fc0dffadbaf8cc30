"""From the store to what is said: one message a change, the cause first."""

import json
from collections.abc import Iterable, Mapping, Sequence
from functools import partial

from alerts.detection.reason import Cell
from alerts.detection.settings import DropSettings, Metric
from alerts.evaluate import Evaluation, Outcome, Stored, closed
from alerts.evidence import plan
from alerts.explain import explained
from alerts.messages import Message, Unusual
from alerts.read import Reader
from alerts.simulate import simulate
from alerts.store import decode_alarm, encode_alarm
from contract.instants import FAR_FUTURE, HOUR, MINUTE, format_instant
from tests.alerts import world
from tests.alerts.conftest import Database, made
from tests.servers.clickhouse import Server

SETTINGS = DropSettings()


def evaluated(
    database: Database,
    at: int,
    stored: dict[str, Stored] | None = None,
    unusual: dict[str, Unusual] | None = None,
    settings: DropSettings = SETTINGS,
) -> Outcome:
    reader = Reader(database.client)
    webinars = reader.webinars(at)
    planned = plan(webinars.values(), at, settings, 14)
    evidence = reader.evidence(webinars, planned, at)
    evaluation = Evaluation(
        at, planned, evidence, settings, lambda ids, elapsed, metric: reader.cells(ids, elapsed, metric, at)
    )
    return evaluation.run(stored or {}, unusual or {})


def said(database: Database) -> tuple[list[Message], Mapping[str, Unusual]]:
    """What is said from the eleventh minute to the fourteenth, and what is unusual then."""
    stored: dict[str, Stored] = {}
    unusual: dict[str, Unusual] = {}
    messages: list[Message] = []
    for minute in range(11, 15):
        outcome = evaluated(database, world.T0 + minute * MINUTE, stored, unusual)
        stored, unusual = outcome.stored, outcome.unusual
        messages += outcome.messages
    return messages, unusual


def test_a_new_weak_source_raises_one_message_that_names_it_first(dropped: Database) -> None:
    (message,), unusual = said(dropped)
    assert message.title == "Attendance below typical: SQL in an hour (Sun 22 Nov, 18:00 UTC, ru)"
    first = message.text.splitlines()[0]
    assert first == (
        "Attendance rate 30 %, typically 44 % (160 registrants)."
        " Main cause: new source Partner-X (60 registrants, 7 % attended)."
    )
    event = json.loads(message.event)
    assert (event["kind"], event["state"], event["webinar_id"]) == ("drop", "raised", world.TODAY)
    assert "partner-x" in {part["value"] for part in event["parts"]}, "what programs read has the group"
    assert abs(sum(part["mix"] + part["rate"] for part in event["parts"]) - (event["value"] - event["usual"])) < 1e-9
    drops = [one for one in unusual.values() if one.kind == "drop"]
    assert [(one.webinar_id, one.sentence) for one in drops] == [(world.TODAY, first)]
    assert closed(unusual, Outcome(), world.T0)[0].until == world.T0


def test_the_reason_is_of_the_same_minute_while_it_runs_and_of_all_once_it_has_ended(dropped: Database) -> None:
    at_once = SETTINGS.model_copy(update={"evaluations_to_raise": 1})
    # Nobody said its end: it has ended six hours after what was planned.
    for minutes, wanted in ((12, 12 * MINUTE), (8 * 60, FAR_FUTURE)):
        at, asked = world.T0 + minutes * MINUTE, set[int]()
        reader = Reader(dropped.client)
        webinars = reader.webinars(at)
        planned = plan(webinars.values(), at, at_once, 14)

        asking = partial(_asked, reader, at, asked)
        Evaluation(at, planned, reader.evidence(webinars, planned, at), at_once, asking).run({}, {})
        assert asked == {wanted}


def _asked(
    reader: Reader, at: int, asked: set[int], ids: Iterable[str], elapsed: int, metric: Metric
) -> Mapping[str, Sequence[Cell]]:
    asked.add(elapsed)
    return reader.cells(ids, elapsed, metric, at)


def test_the_drop_of_the_next_webinar_is_told_as_one_more_in_a_row(dropped: Database) -> None:
    at = world.T0 + 13 * MINUTE
    reader = Reader(dropped.client)
    webinars = reader.webinars(at)
    for webinar_id in ("zoom:1", "zoom:2", "zoom:4"):
        webinars[webinar_id] = webinars[webinar_id]._replace(
            webinar=webinars[webinar_id].webinar._replace(had_drop=True)
        )
    planned = plan(webinars.values(), at, SETTINGS, 14)
    at_once = SETTINGS.model_copy(update={"evaluations_to_raise": 1})
    evaluation = Evaluation(
        at,
        planned,
        reader.evidence(webinars, planned, at),
        at_once,
        lambda ids, elapsed, metric: reader.cells(ids, elapsed, metric, at),
    )
    (message,) = [one for one in evaluation.run({}, {}).messages if one.webinar_id == world.TODAY]
    assert message.text.splitlines()[1] == "• The last 2 webinars like it had a drop too."
    # All fell alike by country and by new and returning people: neither is a reason.
    assert not any("country" in line or "first time" in line for line in message.text.splitlines())


def test_a_webinar_as_usual_says_nothing(quiet: Database) -> None:
    stored: dict[str, Stored] = {}
    for minute in range(11, 14):
        outcome = evaluated(quiet, world.T0 + minute * MINUTE, stored)
        stored = outcome.stored
        assert [one for one in outcome.messages if one.kind != "pace"] == []


def test_a_webinar_that_nobody_registers_for_is_told_once_while_something_can_be_done(quiet: Database) -> None:
    def can_be_judged(first: int) -> list[Message]:
        stored: dict[str, Stored] = {}
        messages: list[Message] = []
        for minute in range(first, first + 5):
            outcome = evaluated(quiet, world.T0 + minute * MINUTE, stored)
            stored = outcome.stored
            messages += outcome.messages
        return [one for one in messages if one.kind == "pace"]

    (message,) = can_be_judged(-10)
    assert message.title == "Registrations behind: SQL in an hour (Mon 23 Nov, 18:00 UTC, ru)"
    assert message.text == (
        "3 registrants 24 hours before the start, typically 100 by then; 3 expected (3 to 3), typically 100."
        " Most are missing from source vk (3, typically 60)."
    )
    # A day before the start and later it is in the summaries and on the pages only.
    assert can_be_judged(1) == []


def test_an_alarm_survives_being_written_down(dropped: Database) -> None:
    outcome = evaluated(dropped, world.T0 + 11 * MINUTE)
    for one in outcome.stored.values():
        assert decode_alarm(encode_alarm(one.alarm)) == one.alarm


def test_a_webinar_that_nobody_has_opened_is_told_and_so_is_its_end(empty_room: Database) -> None:
    stored: dict[str, Stored] = {}
    unusual: dict[str, Unusual] = {}
    said = []
    for minute in (5, 11, 12, 61):
        outcome = evaluated(empty_room, world.T0 + minute * MINUTE, stored, unusual)
        stored, unusual = outcome.stored, outcome.unusual
        said += outcome.messages
    assert [(one.kind, one.raised) for one in said] == [("empty_room", True), ("empty_room", False)]
    assert said[0].text == "Nobody is in the room 11 minutes after its start (60 registrants)."
    assert said[1].text == "The webinar has ended; 0 had opened the room."
    assert unusual == {}


def test_a_dead_connection_is_told_once_and_nothing_that_rests_on_it(clickhouse_server: Server) -> None:
    """Two webinars of the region run and nothing is heard of them: no drop of theirs, nor of their region, is told."""
    dead = [
        one
        for webinar_id, begin, first in (("zoom:dead-1", world.T0, 300_000), ("zoom:dead-2", world.T0 + 1, 301_000))
        for one in (world.webinar(webinar_id, begin), *world.crowd(webinar_id, begin, "vk", 60, 0, first=first))
    ]
    stored: dict[str, Stored] = {}
    unusual: dict[str, Unusual] = {}
    messages: list[Message] = []
    with made(clickhouse_server, [*world.past(), *dead]) as database:
        for minute in (5, 6, 7, 8, 9, 10, 11, 12, 13, 70, 71, 72, 73, 74):
            outcome = evaluated(database, world.T0 + minute * MINUTE, stored, unusual)
            stored, unusual = outcome.stored, outcome.unusual
            messages += [one for one in outcome.messages if one.raised]
    assert {(one.kind, one.webinar_id, one.text) for one in messages} == {
        (
            "no_events",
            webinar_id,
            "No data since its start 10 minutes ago (60 registrants)."
            " Was it started? Is the connection to the service in order?",
        )
        for webinar_id in ("zoom:dead-1", "zoom:dead-2")
    }
    assert {one.kind for one in unusual.values()} <= {"no_events"}


def test_an_import_of_history_raises_nothing(clickhouse_server: Server) -> None:
    """Yesterday's webinar dropped, and all that is known of it came after it had ended."""
    begin = world.T0
    end = format_instant(begin + HOUR)
    late = [
        world.webinar(world.TODAY, begin, started_at=format_instant(begin), ended_at=end),
        *world.crowd(world.TODAY, begin, "vk", 160, 8, first=400_000),
    ]
    at_once = SETTINGS.model_copy(update={"evaluations_to_raise": 1})
    at = begin + 5 * HOUR
    for received, can_be_judged in ((None, ["drop"]), (begin + 4 * HOUR, [])):
        came = [{**one, "received_at": format_instant(received)} if received else one for one in late]
        with made(clickhouse_server, [*world.past(), *came]) as database:
            outcome = evaluated(database, at, {}, settings=at_once)
            # Asked about, it is judged all the same.
            assert any("In short: Attendance rate" in one for one in _explained(database, at))
            assert [one.kind for one in _simulated(database, at) if one.webinar_id == world.TODAY] == ["drop"]
        assert [one.kind for one in outcome.messages if one.webinar_id] == can_be_judged
        assert sorted({one.kind for one in outcome.unusual.values() if one.webinar_id}) == can_be_judged


def _explained(database: Database, at: int) -> list[str]:
    return list(explained(Reader(database.client), world.TODAY, at, 14, SETTINGS))


def _simulated(database: Database, at: int) -> list[Message]:
    """What would have been said of drops in the day before."""
    return [one for one in simulate(Reader(database.client), at, 1, 14, SETTINGS) if one.kind == "drop" and one.raised]
