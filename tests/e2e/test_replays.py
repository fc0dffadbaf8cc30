"""`funnel dead-letters` as an operator uses it: what a repaired decoder can read is replayed, and counts once."""

import base64
import os
from pathlib import Path
from typing import Any

import orjson
import pytest

from contract.topics import ATTENDANCE, REGISTRATIONS
from funnel.stack.plan import settings_environment
from tests.contract_events import attendance, hour_long, registration, stay
from tests.e2e.stack import RawRecord, Stack
from tests.e2e.timing import YESTERDAY, at, moved
from tests.servers import commands

pytestmark = [pytest.mark.kafka, pytest.mark.system]

_ROOT = Path(__file__).parents[2]
_DAYS_AGO = YESTERDAY - 3 * 86_400_000


def funnel(stack: Stack, *arguments: str, status: int = 0) -> str:
    """Runs one command and returns all that it says."""
    environment = os.environ | settings_environment(stack.config) | {"PYTHONPATH": str(_ROOT)}
    done = commands.funnel(*arguments, folder=stack.folder, environment=environment)
    assert done.returncode == status, done.stdout + done.stderr
    return done.stdout + done.stderr


def early(event: dict[str, Any]) -> RawRecord:
    """A record that is a dead letter where it stands, three days before it was received, and an event once replayed."""
    event = moved(event)
    topic = REGISTRATIONS if event["type"] == "registration" else ATTENDANCE
    return RawRecord(topic.name, event["webinar_id"].encode(), orjson.dumps(event), timestamp=_DAYS_AGO)


def letters_of(stack: Stack, webinar_id: str) -> list[dict[str, Any]]:
    """Those that are open, of one webinar: as `list --json` has them."""
    listed: list[dict[str, Any]] = orjson.loads(funnel(stack, "dead-letters", "list", "--json", "--limit", "1000"))
    mine = {
        (one["topic"], one["partition"], one["offset"])
        for one in stack.letters()
        if one["key"] == base64.b64encode(webinar_id.encode()).decode()
    }
    return [one for one in listed if (one["topic"], one["partition"], one["offset"]) in mine]


def test_a_letter_that_can_be_read_now_is_replayed_and_counts_once(stack: Stack, webinar_id: str) -> None:
    person = registration(1, webinar_id=webinar_id)
    broken = RawRecord(ATTENDANCE.name, webinar_id.encode(), b'{"email":"ann@example.com",')
    records = [early(person), early(attendance(2, "joined", 0, webinar_id)), broken]
    stack.publish(hour_long(webinar_id))
    stack.publish_records(records)
    stack.wait_until_handled()
    assert stack.report(webinar_id, at(1000))["registrations"] == 0

    open_letters = {one["reason"]: one["id"] for one in letters_of(stack, webinar_id)}
    assert len(letters_of(stack, webinar_id)) == 3
    ids = [one["id"] for one in letters_of(stack, webinar_id)]
    shown = funnel(stack, "dead-letters", "show", open_letters["not_json"])
    assert "still a dead letter" in shown
    assert "27 bytes" in shown
    assert "ann@example.com" not in shown
    assert "ann@example.com" in funnel(stack, "dead-letters", "show", open_letters["not_json"], "--payload")
    assert "this version can read it" in funnel(stack, "dead-letters", "show", open_letters["time_out_of_range"])
    assert "2 would be replayed" in funnel(stack, "dead-letters", "replay", *ids, "--dry-run", status=1)

    said = funnel(stack, "dead-letters", "replay", *ids, status=1)
    assert "2 replayed" in said
    assert "1 still a dead letter" in said
    # A second time by name, as after a kill between Kafka's acknowledgement and the note of it.
    assert "2 replayed" in funnel(stack, "dead-letters", "replay", *ids, status=1)
    stack.wait_until_handled()
    row = stack.report(webinar_id, at(1000))
    assert (row["registrations"], row["visits_all"]) == (1, 1)
    assert [one["reason"] for one in letters_of(stack, webinar_id)] == ["not_json"]

    assert "1 discarded" in funnel(stack, "dead-letters", "discard", open_letters["not_json"])
    assert letters_of(stack, webinar_id) == []
    verified = funnel(stack, "verify")
    assert "mismatches=0" in verified
    assert "missing=0" in verified


def test_letters_are_chosen_by_reason_topic_and_time(stack: Stack, webinar_id: str) -> None:
    stack.publish([*hour_long(webinar_id), *stay(5, 0, 10, webinar_id)])
    stack.publish_records([early(registration(number, webinar_id=webinar_id)) for number in range(3)])
    stack.wait_until_handled()
    chosen = ("--reason", "time_out_of_range", "--topic", "registrations", "--until", "2100-01-01T00:00:00Z")
    assert "time_out_of_range" in funnel(stack, "dead-letters", "list", *chosen)
    assert "no dead letters" in funnel(stack, "dead-letters", "list", "--since", "2100-01-01T00:00:00Z")
    assert "say which" in funnel(stack, "dead-letters", "replay", status=2)
    assert "not an event topic" in funnel(stack, "dead-letters", "list", "--topic", "nothing", status=2)
    assert "such as webinar.attendance.v1:3:1042" in funnel(stack, "dead-letters", "show", "17", status=2)
    assert "no such dead letter" in funnel(stack, "dead-letters", "show", f"{ATTENDANCE.name}:0:999999", status=2)
    funnel(stack, "dead-letters", "replay", *chosen)
    stack.wait_until_handled()
    assert stack.report(webinar_id, at(1000))["registrations"] == 3
    assert letters_of(stack, webinar_id) == []
