"""A form and Zoom, through the real webhook server: one email is one registered visit, whatever comes first."""

import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import orjson
import pytest

from connectors.typeform import webhook as typeform
from connectors.zoom import signature as zoom
from contract.instants import HOUR, MINUTE, format_instant
from tests.connectors.webhooks.running import Running, running_server
from tests.e2e.stack import Stack
from tests.e2e.timing import YESTERDAY, now
from tests.waiting import until

pytestmark = pytest.mark.kafka

ZOOM, TYPEFORM = "zooms secret token", "typeforms secret"
SECRETS = {"FUNNEL_ZOOM_SECRET_TOKEN": ZOOM, "FUNNEL_TYPEFORM_SECRET": TYPEFORM}
NUMBERS = ("registrations", "visits_all", "registered_visits", "registered_visits_30m", "walk_ins")


@pytest.fixture(scope="module")
def server(stack: Stack, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    folder = tmp_path_factory.mktemp("webhooks")
    with running_server(folder, stack.config.kafka_bootstrap, "connectors.webhooks", SECRETS) as running:
        yield running


@pytest.fixture
def number() -> str:
    """Zoom's id of a webinar of this test alone."""
    return str(90_000_000_000 + time.time_ns() % 10_000_000_000)


def rules_of(server: Running) -> Path:
    return server.log.parent / "business" / "forms.yaml"


def add_rule(server: Running, number: str) -> None:
    """The form of this test is for this webinar."""
    path = rules_of(server)
    said = path.read_text() if path.exists() else "forms:\n"
    path.write_text(f"{said}  - {{service: typeform, form: form-{number}, webinar: 'zoom:{number}'}}\n")


def register(server: Running, number: str, email: str) -> httpx.Response:
    response = {
        "form_id": f"form-{number}",
        "token": f"token-{number}",
        "submitted_at": format_instant(YESTERDAY - HOUR),
        "hidden": {"utm_source": "vk"},
        "answers": [{"type": "email", "email": email, "field": {"id": "1", "type": "email", "ref": "email"}}],
    }
    body = orjson.dumps({"event_id": number, "event_type": "form_response", "form_response": response})
    return server.post(body, {typeform.HEADER: typeform.signature(body, TYPEFORM)}, "/webhooks/typeform")


def say(server: Running, number: str, kind: str, at: int, **about: object) -> httpx.Response:
    webinar = {
        "uuid": f"uuid-{number}",
        "id": number,
        "host_id": "host",
        "topic": "One registered visit",
        "type": 5,
        "start_time": format_instant(YESTERDAY),
        "duration": 60,
        "timezone": "Europe/Berlin",
        **about,
    }
    body = orjson.dumps({"event": f"webinar.{kind}", "event_ts": at, "payload": {"object": webinar}})
    timestamp = str(int(time.time()))
    signed = {zoom.TIMESTAMP_HEADER: timestamp, zoom.SIGNATURE_HEADER: zoom.sign(body, timestamp, ZOOM)}
    return server.post(body, signed, "/webhooks/zoom")


def visit(server: Running, number: str, email: str) -> list[httpx.Response]:
    """The webinar runs for an hour, and somebody is there for 40 minutes of it."""
    who = {"user_id": "16778240", "user_name": "", "id": "", "email": email, "registrant_id": ""}
    joined, left = YESTERDAY + MINUTE, YESTERDAY + 41 * MINUTE
    return [
        say(server, number, "started", YESTERDAY, practice_session=False),
        say(server, number, "participant_joined", joined, participant={**who, "join_time": format_instant(joined)}),
        say(server, number, "participant_left", left, participant={**who, "leave_time": format_instant(left)}),
        say(server, number, "ended", YESTERDAY + HOUR, end_time=format_instant(YESTERDAY + HOUR)),
    ]


def numbers(stack: Stack, number: str) -> tuple[object, ...]:
    row = stack.report(f"zoom:{number}", now())
    return tuple(row.get(name) for name in NUMBERS)


ONE_REGISTERED_VISIT = (1, 1, 1, 1, 0)
ONE_WALK_IN = (0, 1, 0, 0, 1)


@pytest.mark.parametrize("first", ["form", "visit"])
def test_a_form_and_a_visit_of_one_email_are_one_registered_visit(
    stack: Stack, server: Running, number: str, first: str
) -> None:
    add_rule(server, number)
    answers = [register(server, number, " Ann@Example.com")] if first == "form" else []
    answers += visit(server, number, "ann@example.com")
    answers += [register(server, number, " Ann@Example.com")]
    assert {answer.status_code for answer in answers} == {200}
    until(lambda: numbers(stack, number) == ONE_REGISTERED_VISIT, "one registered visit")


def test_also_where_the_rule_that_maps_the_form_is_added_afterwards(stack: Stack, server: Running, number: str) -> None:
    assert register(server, number, "bob@example.com").status_code == 200
    assert {answer.status_code for answer in visit(server, number, "bob@example.com")} == {200}
    until(lambda: numbers(stack, number) == ONE_WALK_IN, "somebody who came without a known registration")
    waiting = f"SELECT waiting FROM quarantine(at = now64(3)) WHERE form = 'typeform/form-{number}'"
    until(lambda: stack.rows(waiting) == [{"waiting": 1}], "people see that the form has no rule")
    add_rule(server, number)
    until(lambda: numbers(stack, number) == ONE_REGISTERED_VISIT, "one registered visit")
    until(lambda: stack.rows(waiting) == [], "nothing waits any more")


def test_a_changed_byte_an_old_time_a_missing_header_and_a_replay_are_refused_and_not_published(
    stack: Stack, server: Running, number: str
) -> None:
    body = orjson.dumps(
        {
            "event": "webinar.started",
            "event_ts": YESTERDAY,
            "payload": {
                "object": {
                    "uuid": "u",
                    "id": number,
                    "type": 5,
                    "start_time": format_instant(YESTERDAY),
                    "duration": 60,
                }
            },
        }
    )
    fresh, old = str(int(time.time())), str(int(time.time()) - 3600)

    def headers(signed: bytes, timestamp: str) -> dict[str, str]:
        return {zoom.TIMESTAMP_HEADER: timestamp, zoom.SIGNATURE_HEADER: zoom.sign(signed, timestamp, ZOOM)}

    def post(what: dict[str, str]) -> int:
        return server.post(body, what, "/webhooks/zoom").status_code

    before = server.get("/health")["refused"].get("zoom", {})
    assert post(headers(body[:-1] + b" ", fresh)) == 401
    assert post(headers(body, old)) == 401
    assert post({}) == 401
    assert stack.report(f"zoom:{number}", now()) == {}
    assert post(headers(body, fresh)) == 200
    assert post(headers(body, fresh)) == 409
    counted = server.get("/health")["refused"]["zoom"]
    added = {reason: count - before.get(reason, 0) for reason, count in counted.items()}
    assert added == {"signature": 1, "stale": 1, "missing_header": 1, "replayed": 1}
