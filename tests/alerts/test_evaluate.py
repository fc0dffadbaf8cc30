"""From the store to what is said: one message a change, the cause first."""

import json
from collections.abc import Iterable, Mapping, Sequence
from functools import partial

from alerts.detection.reason import Cell
from alerts.detection.settings import DropSettings, Metric
from alerts.evaluate import Evaluation, Outcome, Stored, closed
from alerts.known import plan
from alerts.messages import Message, Unusual
from alerts.read import Reader
from alerts.store import decode_alarm, encode_alarm
from contract.instants import FAR_FUTURE, MINUTE
from tests.alerts import world
from tests.alerts.conftest import Database

SETTINGS = DropSettings()


def evaluated(
    database: Database, at: int, stored: dict[str, Stored] | None = None, unusual: dict[str, Unusual] | None = None
) -> Outcome:
    reader = Reader(database.client)
    held = reader.held(at)
    planned = plan(held.values(), at, SETTINGS, 14)
    known = reader.known(held, planned, at)
    evaluation = Evaluation(
        at, planned, known, SETTINGS, lambda ids, elapsed, metric: reader.cells(ids, elapsed, metric, at)
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
    assert message.title == "Conversion drop: SQL in an hour (22.11. 18:00, ru)"
    first = message.text.splitlines()[0]
    assert first.startswith("Conversion to a visit is 30 % instead of 44 % (n=160); ")
    assert "the new source group 'partner-x': 60 registrations, 7 % came" in first
    event = json.loads(message.event)
    assert (event["kind"], event["state"], event["webinar_id"]) == ("drop", "raised", world.TODAY)
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
        held = reader.held(at)
        planned = plan(held.values(), at, at_once, 14)

        asking = partial(_asked, reader, at, asked)
        Evaluation(at, planned, reader.known(held, planned, at), at_once, asking).run({}, {})
        assert asked == {wanted}


def _asked(
    reader: Reader, at: int, asked: set[int], ids: Iterable[str], elapsed: int, metric: Metric
) -> Mapping[str, Sequence[Cell]]:
    asked.add(elapsed)
    return reader.cells(ids, elapsed, metric, at)


def test_the_drop_of_the_next_webinar_is_told_as_one_more_in_a_row(dropped: Database) -> None:
    at = world.T0 + 13 * MINUTE
    reader = Reader(dropped.client)
    held = reader.held(at)
    for webinar_id in ("zoom:1", "zoom:2", "zoom:4"):
        held[webinar_id] = held[webinar_id]._replace(webinar=held[webinar_id].webinar._replace(fell=True))
    planned = plan(held.values(), at, SETTINGS, 14)
    at_once = SETTINGS.model_copy(update={"evaluations_to_raise": 1})
    evaluation = Evaluation(
        at,
        planned,
        reader.known(held, planned, at),
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


def test_a_webinar_that_nobody_registers_for_is_said_to_be_behind_once(quiet: Database) -> None:
    (message,), _ = said(quiet)
    assert message.title == "Registrations behind: SQL in an hour (23.11. 18:00, ru)"
    assert "usually 100" in message.text
    assert "most is missing from" in message.text


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
    assert said[0].text == "The webinar has run for 11 minutes and nobody is in the room: 60 are registered."
    assert said[1].text == "The webinar has ended; 0 had opened the room."
    assert unusual == {}
