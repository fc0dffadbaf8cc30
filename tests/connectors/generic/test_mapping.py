"""A payload becomes a registration by the file alone."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import orjson
import pytest
from hypothesis import given, settings

from connectors.forms.event import registration_event
from connectors.generic.load import describe
from connectors.generic.mapping import map_described
from connectors.mapped import FormRegistration, Mapped, Reason, Rejection
from connectors.toolkit.identity import person_of
from contract.events import Registration
from contract.instants import MINUTE, parse_instant
from tests.connectors.any_json import CONTEXT, NOW, bodies, sound

SAMPLE = (Path(__file__).parent / "payloads/example.json").read_bytes()
EXAMPLE = (Path(__file__).parents[3] / "connectors/samples/webhook-example.yaml").read_text()
DESCRIPTION = describe(EXAMPLE, "example.yaml")
FORM = describe("protection: {kind: token}\nfields: {email: /Your email}\n", "form.yaml")


def mapped(body: bytes = SAMPLE, description: Any = DESCRIPTION, at: int = NOW) -> Mapped:
    (one,) = map_described(body, "example", description, replace(CONTEXT, received_at=at))
    return one


def test_the_sample_says_who_when_where_and_from_where() -> None:
    one = mapped()
    assert isinstance(one, FormRegistration)
    assert (one.service, one.form, one.status, one.country) == ("generic", "autumn-landing", "registered", "PT")
    assert one.submitted_at == parse_instant("2026-11-20T09:15:27Z")
    assert one.person == person_of("zoom", "ann@example.com", "", CONTEXT.secret)
    assert one.fields == {"chosen_date": "2026-11-22"}
    assert one.source == {
        "utm_source": "vk",
        "utm_medium": "social",
        "utm_campaign": "autumn",
        "referrer": "https://partner.example/post",
        "platform_source": "Example Forms",
    }


@pytest.mark.parametrize(
    ("said", "kept"), [("Europe/Lisbon", "Europe/Lisbon"), ("GMT+1", None), ("Nowhere/Land", None)]
)
def test_the_registrants_time_zone_is_kept_where_it_is_one(said: str, kept: str | None) -> None:
    description = describe(
        "protection: {kind: token}\n"
        "fields: {email: /email, timezone: /zone, webinar_id: {constant: 'zoom:91234567890'}}\n",
        "zone.yaml",
    )
    one = mapped(orjson.dumps({"email": "ann@example.com", "zone": said}), description)
    assert isinstance(one, Registration)
    assert one.timezone == kept
    form = describe("protection: {kind: token}\nfields: {email: /email, timezone: /zone}\n", "zone.yaml")
    waiting = mapped(orjson.dumps({"email": "ann@example.com", "zone": said}), form)
    assert isinstance(waiting, FormRegistration)
    placed = registration_event(waiting, "zoom:91234567890", NOW)
    assert isinstance(placed, Registration)
    assert placed.timezone == kept


def test_the_services_words_for_a_status_are_translated() -> None:
    one = mapped(SAMPLE.replace(b"form_submitted", b"form_cancelled"))
    assert isinstance(one, FormRegistration)
    assert one.status == "cancelled"
    first = mapped()
    assert isinstance(first, FormRegistration)
    assert one.submission != first.submission


def test_other_messages_of_the_service_say_nothing() -> None:
    assert map_described(SAMPLE.replace(b"form_submitted", b"form_viewed"), "example", DESCRIPTION, CONTEXT) == []


def test_a_submitted_form_needs_no_more_than_an_email() -> None:
    one = mapped(b"Your+email=Ann%40example.com", FORM)
    assert isinstance(one, FormRegistration)
    assert (one.form, one.submitted_at) == ("example", NOW)
    again = mapped(b"Your+email=ann%40example.com&x=1", FORM, NOW + MINUTE - 1)
    assert isinstance(again, FormRegistration)
    assert again.submission == one.submission


def test_where_the_service_knows_the_webinar_it_is_a_registration_for_it() -> None:
    direct = describe(EXAMPLE.replace("fields:", "fields:\n  webinar_id: /data/webinar", 1), "example.yaml")
    payload = orjson.loads(SAMPLE)
    payload["data"]["webinar"] = "zoom:91234567890"
    one = mapped(orjson.dumps(payload), direct)
    assert isinstance(one, Registration)
    assert (one.webinar_id, one.platform) == ("zoom:91234567890", "generic")
    assert mapped(orjson.dumps(payload), direct, NOW + 1) != one
    later = mapped(orjson.dumps(payload), direct, NOW + 1)
    assert isinstance(later, Registration)
    assert later.event_id == one.event_id
    payload["data"]["webinar"] = "no id"
    rejected = mapped(orjson.dumps(payload), direct)
    assert isinstance(rejected, Rejection)
    assert rejected.reason is Reason.WRONG_FORM


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        (b"Ann@Example.com", b"nobody", Reason.NO_PERSON),
        (b"2026-11-20T12:15:27+03:00", b"2026-11-20 12:15", Reason.WRONG_FORM),
        (b"2026-11-20T12:15:27+03:00", b"1980-11-20T12:15:27Z", Reason.TIME_OUT_OF_RANGE),
        (b"{", b"[", Reason.UNREADABLE),
    ],
)
def test_what_cannot_be_counted_is_rejected_with_its_reason(old: bytes, new: bytes, reason: Reason) -> None:
    one = mapped(SAMPLE.replace(old, new, 1))
    assert isinstance(one, Rejection)
    assert one.reason is reason


def test_a_status_that_nobody_translates_is_rejected() -> None:
    description = describe("protection: {kind: token}\nfields: {email: /email, status: /status}\n", "a.yaml")
    one = mapped(b"email=ann%40example.com&status=maybe", description)
    assert isinstance(one, Rejection)
    assert one.reason is Reason.UNKNOWN_KIND


@pytest.mark.slow
@settings(max_examples=300, deadline=None)
@given(bodies(orjson.loads(SAMPLE), {"Your email": "ann@example.com"}))
def test_any_json_in_any_field_raises_nothing(body: bytes) -> None:
    assert sound(map_described(body, "example", DESCRIPTION, CONTEXT))
    assert sound(map_described(body, "form", FORM, CONTEXT))


def test_odd_names_in_a_pointer_raise_nothing() -> None:
    for path in ("/a~0b~1c/0/[label=x~1y]/v", "/a~0b~1c/0/v", "/a~0b~1c/*", "/"):
        description = describe(f"protection: {{kind: token}}\nfields: {{email: '{path}'}}\n", "a.yaml")
        for body in (b'{"a~b/c": [{"label": "x", "v": "nobody"}], "": "x"}', b'{"a~b/c": "[{"}', b"{}", b"a~b/c=1"):
            one = mapped(body, description)
            assert isinstance(one, Rejection)
            assert one.reason is Reason.NO_PERSON


def test_a_form_in_another_encoding_is_read_once_it_is_said() -> None:
    body = b"email=ann%40example.com&utm_source=%EE%F1%E5%ED%FC&comment=%EE"
    text = "protection: {kind: token}\nfields: {email: /email, utm_source: /utm_source}\n"
    assert mapped(body, describe(text, "a.yaml")) == Rejection(
        Reason.UNREADABLE, "/utm_source: not utf-8; say the form's encoding, such as encoding: windows-1251"
    )
    one = mapped(body, describe(text + "encoding: windows-1251\n", "a.yaml"))
    assert isinstance(one, FormRegistration)
    assert one.source == {"utm_source": "осень"}
    # What nobody looks at may be broken.
    assert isinstance(mapped(body, describe(text.replace(", utm_source: /utm_source", ""), "a.yaml")), FormRegistration)
