"""A form_response becomes a registration that still needs its webinar; anything else is said in a rejection."""

from pathlib import Path
from typing import Any

import orjson
import pytest
from hypothesis import given, settings

from connectors.mapped import FormRegistration, Mapped, Reason, Rejection
from connectors.toolkit.identity import person_of
from connectors.typeform.mapping import map_payload
from contract.instants import parse_instant
from tests.connectors.any_json import CONTEXT, bodies, sound

SAMPLE = (Path(__file__).parent / "payloads/form_response.json").read_bytes()


def mapped(**changes: Any) -> Mapped:
    payload = orjson.loads(SAMPLE)
    payload["form_response"].update(changes)
    (one,) = map_payload(orjson.dumps(payload), CONTEXT)
    return one


def test_a_submission_says_who_when_from_where_and_what_rules_need() -> None:
    one = mapped()
    assert isinstance(one, FormRegistration)
    assert (one.service, one.form, one.submission) == ("typeform", "Xk29dLq1", "7f1c0e6a2b4d4c6f9a0b1c2d3e4f5a6b")
    assert one.submitted_at == parse_instant("2026-11-20T09:15:27Z")
    assert one.person == person_of("zoom", "ann@example.com", "", CONTEXT.secret)
    assert one.source == {
        "utm_source": "vk",
        "utm_medium": "social",
        "utm_campaign": "autumn",
        "referrer": "https://partner.example/blog/post",
    }
    assert one.fields is not None
    assert one.fields["chosen_date"] == "22 November 18:00"
    assert one.fields["course"] == "python"


def test_neither_name_nor_phone_nor_email_is_kept_for_the_rules() -> None:
    one = mapped()
    assert isinstance(one, FormRegistration)
    assert "your_name" not in (one.fields or {})
    assert "phone" not in (one.fields or {})
    assert "ann" not in repr(one).lower()


def test_the_email_may_be_known_already_to_the_page_that_embeds_the_form() -> None:
    one = mapped(answers=[], hidden={"Email": "bob@example.com"})
    assert isinstance(one, FormRegistration)
    assert one.person == person_of("zoom", "bob@example.com", "", CONTEXT.secret)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"answers": []}, Reason.NO_PERSON),
        ({"token": None}, Reason.MISSING_FIELD),
        ({"form_id": ""}, Reason.MISSING_FIELD),
        ({"submitted_at": "yesterday"}, Reason.WRONG_FORM),
        ({"submitted_at": "1999-12-31T23:59:59Z"}, Reason.TIME_OUT_OF_RANGE),
        ({"submitted_at": "2026-11-24T18:00:01Z"}, Reason.TIME_OUT_OF_RANGE),
    ],
)
def test_what_cannot_be_counted_is_rejected_with_its_reason(changes: dict[str, Any], reason: Reason) -> None:
    one = mapped(**changes)
    assert isinstance(one, Rejection)
    assert one.reason is reason


def test_a_partial_response_says_nothing_yet() -> None:
    assert map_payload(SAMPLE.replace(b'"form_response",', b'"form_response_partial",', 1), CONTEXT) == []


def test_other_messages_and_other_bytes_are_rejected() -> None:
    assert map_payload(b'{"event_type":"else"}', CONTEXT)[0] == Rejection(
        Reason.UNKNOWN_KIND, "event_type: not form_response"
    )
    assert map_payload(b"\xff", CONTEXT)[0] == Rejection(Reason.UNREADABLE, "body: not a JSON object")


@settings(max_examples=300, deadline=None)
@given(bodies(orjson.loads(SAMPLE)))
def test_any_json_in_any_field_raises_nothing(body: bytes) -> None:
    assert sound(map_payload(body, CONTEXT))
