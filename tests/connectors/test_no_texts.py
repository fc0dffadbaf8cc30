"""Nothing that somebody wrote in a chat, asked, or answered gets into an event, whichever service sends it along."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import orjson
import pytest

from connectors.forms.event import registration_event
from connectors.generic.load import describe
from connectors.generic.mapping import map_described
from connectors.goto.people import attendee_events, registrant_events
from connectors.livestorm.people import known_person_events
from connectors.mapped import FormRegistration, Mapped, Rejection
from connectors.registry import connector
from connectors.zoom.rows import Known, recording_registrant_events
from connectors.zoom.rows import registrant_events as zoom_registrant_events
from contract.instants import DAY
from tests.connectors.any_json import CONTEXT, NOW

HERE = Path(__file__).parent
LATER = replace(CONTEXT, received_at=NOW + 7 * DAY)
MARK = "Marked words of somebody"
SAID: dict[str, Any] = {
    "chats": [{"text": MARK, "message": MARK}],
    "chat_message": MARK,
    "text_content": MARK,
    "questions": [{"question": MARK, "answer": MARK, "questionText": MARK, "answerText": MARK}],
    "polls": [{"title": MARK, "question": MARK, "answers": [MARK]}],
    "comment": MARK,
    "comments": MARK,
    "feedback": {"rating": 5, "comment": MARK},
    "surveyResponses": [{"questionText": MARK, "answerText": MARK}],
}
"""As services name it, put into every object."""
ANSWERS: dict[str, list[dict[str, Any]]] = {
    "custom_questions": [{"title": "What do you hope for?", "value": MARK}],
    "responses": [{"questionText": "Why?", "question": "Why?", "answerText": MARK, "answer": [MARK]}],
    "fields": [{"id": "why", "type": "text", "value": MARK}],
    "custom_fields": [{"field": "Why", "name": "Why", "label": "Why", "value": MARK}],
    "answers": [{"type": "text", "text": MARK, "field": {"id": "why", "type": "long_text", "ref": "why"}}],
}
"""The answers to an organiser's own questions, put into the lists of that name."""


def marked(said: Any) -> Any:
    if isinstance(said, list):
        return [marked(one) for one in said]
    if not isinstance(said, dict):
        return said
    kept = {name: marked(value) for name, value in said.items()}
    for name, answers in ANSWERS.items():
        if isinstance(kept.get(name), list):
            kept[name] = [*kept[name], *answers]
        elif isinstance(kept.get(name), dict):
            kept[name] = {**kept[name], "Why": MARK}
    return {**SAID, **kept}


def payloads() -> Iterator[tuple[str, Path]]:
    for folder in ("bigmarker", "goto", "livestorm", "typeform", "zoom"):
        for path in sorted((HERE / folder / "payloads").glob("*.json")):
            yield folder, path


def published(mapped: Iterator[Mapped] | list[Mapped]) -> str:
    """All that would leave this machine, and why the rest does not."""
    texts = []
    for one in mapped:
        if isinstance(one, FormRegistration):
            event = registration_event(one, "zoom:1", LATER.received_at)
            assert not isinstance(event, Rejection)
            texts.append(repr(event))
        else:
            texts.append(repr(one))
    return "\n".join(texts)


@pytest.mark.parametrize(("service", "path"), list(payloads()), ids=lambda one: getattr(one, "stem", one))
def test_words_of_people_get_into_nothing_that_a_payload_becomes(service: str, path: Path) -> None:
    plain, said = (list(connector(service).map_payload(body, LATER)) for body in (path.read_bytes(), words_of(path)))
    assert MARK not in published(said)
    assert published(said) == published(plain)


def words_of(path: Path) -> bytes:
    body = orjson.dumps(marked(orjson.loads(path.read_bytes())))
    assert MARK.encode() in body
    return body


def test_a_message_that_is_nothing_but_words_becomes_nothing() -> None:
    sent = {"id": "zoom-1", "uuid": "u", "type": 5, "start_time": "2026-11-22T18:00:00Z", **SAID}
    for kind in ("webinar.chat_message_sent", "webinar.participant_feedback"):
        body = orjson.dumps({"event": kind, "event_ts": NOW, "payload": {"account_id": "A", "object": sent}})
        assert connector("zoom").map_payload(body, LATER) == []
    survey = {"eventName": "survey.submitted", "webinarKey": 1, "registrantKey": 2, **SAID}
    assert connector("goto").map_payload(orjson.dumps(survey), LATER) == []


def test_words_of_people_get_into_nothing_that_an_api_says() -> None:
    person = {"email": "ann@example.com", "registrantKey": 7, "registrationDate": "2026-11-20T09:00:00Z", "id": "r7"}
    person |= {"create_time": "2026-11-20T09:00:00Z", "attendanceTimeInSeconds": 60, "attendance": []}
    row = {**person, **SAID, **ANSWERS}
    attributes = {"email": "ann@example.com", "created_at": NOW // 1000, "registrant_detail": {"attended": True, **row}}
    mapped: list[Mapped] = [
        *registrant_events("1", row, None, LATER),
        *attendee_events("1", "2", row, NOW, LATER),
        *zoom_registrant_events(row, "approved", "zoom:1", None, None, Known(), LATER),
        *recording_registrant_events(row, "approved", "zoom:1", NOW, LATER),
        *known_person_events({"id": "p", "attributes": {**attributes, **SAID}}, "s", True, LATER),
    ]
    assert len(mapped) >= 10
    assert MARK not in published(mapped)


def test_words_of_people_get_into_nothing_that_a_described_form_becomes() -> None:
    form = describe("protection: {kind: token}\nfields: {email: /email}\n", "form.yaml")
    body = orjson.dumps({"email": "ann@example.com", **SAID, **ANSWERS})
    mapped = map_described(body, "form", form, LATER)
    assert len(mapped) == 1
    assert MARK not in repr(mapped)
