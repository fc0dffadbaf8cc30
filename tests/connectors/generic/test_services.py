"""The descriptions that come along: each reads a payload of the form that its service documents."""

import re
from pathlib import Path

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.generic.describe import Description
from connectors.generic.load import READY, load, names
from connectors.generic.mapping import map_described
from connectors.generic.webhook import receive
from connectors.mapped import FormRegistration, Reason, Rejection
from connectors.toolkit.body import read_body
from connectors.webhook import Delivery, Refusal, Request
from contract.instants import parse_instant
from tests.connectors.any_json import CONTEXT, bodies, sound
from tests.connectors.generic.test_cases import line

PAYLOADS = Path(__file__).parent / "payloads"
ARRIVED, SENT = "2026-11-22T18:00:00Z", "2026-11-10T17:20:31Z"
AUTUMN = "utm_campaign=autumn utm_source=newsletter"
EVENT_TYPE = "https://api.calendly.com/event_types/WEBINAR"
BECOMES = {
    "jotform": f"ann form=212345678901234 {ARRIVED} registered {AUTUMN}",
    "tally": f"ann form=VwbNEw {SENT} registered {AUTUMN}",
    "gravity_forms": f"ann form=3 {SENT} registered {AUTUMN}",
    "elementor": f"ann form=abc123 {ARRIVED} registered {AUTUMN}",
    "elementor-simple": f"ann form=abc123 {ARRIVED} registered {AUTUMN}",
    "webflow": f"ann form=65429eadebe8a9f3a30f62d0 {SENT} registered {AUTUMN}",
    "hubspot": f"ann form=f3b2c1d0-1a2b {SENT} registered {AUTUMN}",
    "google_forms": f"ann form=1FAIpQLSexample {SENT} registered",
    "google_forms-german": f"ann form=1FAIpQLSexample {SENT} registered",
    "facebook_leads": f"ann form=777 {SENT} registered "
    "platform_source=ig utm_campaign=autumn utm_content=Video A utm_source=facebook",
    "facebook_leads-flat": f"ann form=777 {SENT} registered "
    "platform_source=ig utm_campaign=autumn utm_content=Video A utm_source=facebook",
    "mailchimp": f"ann form=a6b5da1054 {SENT} registered utm_source=newsletter",
    "mailchimp-unsubscribe": "ann form=a6b5da1054 2026-11-11T08:00:00Z cancelled",
    "calendly": f"ann form={EVENT_TYPE} {SENT} registered {AUTUMN}",
    "calendly-cancelled": f"ann form={EVENT_TYPE} 2026-11-11T08:00:00Z cancelled {AUTUMN}",
}


def service_of(payload: str) -> tuple[str, Description]:
    name = payload.partition("-")[0]
    description = load(READY, name)
    assert description is not None
    return name, description


def payload_of(name: str) -> bytes:
    return (PAYLOADS / f"{name}.txt").read_bytes()


@pytest.mark.parametrize("payload", BECOMES)
def test_a_documented_payload_becomes_a_registration(payload: str) -> None:
    (one,) = map_described(payload_of(payload), *service_of(payload), CONTEXT)
    assert line(one) == BECOMES[payload]


def test_every_description_that_comes_along_is_right_and_tried() -> None:
    assert set(names(READY)) == {name.partition("-")[0] for name in BECOMES}
    assert all(service_of(name)[1].title for name in names(READY))


def test_the_manual_names_every_service() -> None:
    manual = Path("docs/services/generic.md").read_text()
    assert all(re.search(rf"^\| .*`{name}`", manual, re.MULTILINE) for name in names(READY))


def test_a_redelivery_has_the_same_id_and_another_submission_has_another() -> None:
    for payload in set(BECOMES) - {"elementor", "elementor-simple"}:
        name, description = service_of(payload)
        later = CONTEXT.__class__(CONTEXT.secret, CONTEXT.received_at + 86_400_000)
        (first,) = map_described(payload_of(payload), name, description, CONTEXT)
        (again,) = map_described(payload_of(payload), name, description, later)
        assert isinstance(first, FormRegistration)
        assert isinstance(again, FormRegistration)
        assert first.submission == again.submission
    ids = {one.submission for name in BECOMES for one in map_described(payload_of(name), *service_of(name), CONTEXT)
           if isinstance(one, FormRegistration)}  # fmt: skip
    # The flat form of a lead and both forms of Google's say one submission each.
    assert len(ids) == len(BECOMES) - 3


def test_who_comes_back_to_a_list_is_registered_anew() -> None:
    name, description = service_of("mailchimp")
    again = payload_of("mailchimp").replace(b"2026-11-10", b"2026-11-12")
    first, second = (map_described(body, name, description, CONTEXT)[0] for body in (payload_of("mailchimp"), again))
    assert isinstance(first, FormRegistration)
    assert isinstance(second, FormRegistration)
    assert first.submission != second.submission
    assert second.submitted_at == parse_instant("2026-11-12T17:20:31Z")


@pytest.mark.parametrize(
    ("payload", "old", "new"),
    [("tally", b"FORM_RESPONSE", b"OTHER"), ("webflow", b"form_submission", b"site_publish"),
     ("calendly", b"invitee.created", b"routing_form_submission.created"), ("mailchimp", b"subscribe", b"profile")],
)  # fmt: skip
def test_what_is_no_submission_is_left(payload: str, old: bytes, new: bytes) -> None:
    assert map_described(payload_of(payload).replace(old, new, 1), *service_of(payload), CONTEXT) == []


@pytest.mark.parametrize("name", names(READY))
def test_a_body_of_another_form_is_refused_with_a_reason(name: str) -> None:
    for body in (b"", b"hello", b"<a/>", b"{", b"[]", b"--x\r\nContent-Disposition: form-data\r\n\r\n1\r\n--x"):
        (one,) = map_described(body, *service_of(name), CONTEXT)
        assert isinstance(one, Rejection)
        assert one.reason is Reason.UNREADABLE
        assert one.detail.startswith("body: the body ")


@pytest.mark.slow
@settings(max_examples=300, deadline=None)
@given(st.sampled_from(sorted(BECOMES)).flatmap(lambda name: st.tuples(st.just(name), _near(name))))
def test_no_body_raises_anything(given_: tuple[str, bytes]) -> None:
    name, body = given_
    assert sound(map_described(body, *service_of(name), CONTEXT))


def _near(name: str) -> st.SearchStrategy[bytes]:
    """Bodies that begin as the payload: some of its JSON changed, or some of its bytes."""
    body = payload_of(name)
    cuts = st.tuples(st.integers(0, len(body)), st.integers(0, 40), st.binary(max_size=20)).map(
        lambda cut: body[: cut[0]] + cut[2] + body[cut[0] + cut[1] :]
    )
    return st.one_of(cuts, bodies(orjson.loads(orjson.dumps(read_body(body).fields))))


def _deleted(name: str, body: bytes) -> list[str]:
    mapped = map_described(body, *service_of(name), CONTEXT)
    return [one.reason if isinstance(one, Rejection) else line(one) for one in mapped]


def test_a_deletion_that_a_service_announces_is_a_request_and_never_an_erasure() -> None:
    body = payload_of("mailchimp-unsubscribe").replace(b"%5D=unsub", b"%5D=delete")
    assert _deleted("mailchimp", body) == [Reason.ERASURE_ASKED, BECOMES["mailchimp-unsubscribe"]]
    hubspot = {"objectId": 1246978, "subscriptionType": "contact.privacyDeletion", "occurredAt": 1732272000000}
    assert _deleted("hubspot", orjson.dumps([hubspot])) == [Reason.ERASURE_ASKED]
    assert _deleted("hubspot", orjson.dumps([hubspot | {"subscriptionType": "contact.deletion"}])) == [Reason.NO_PERSON]
    forged, real = (
        receive(Request(body, token=f"mailchimp.{token}"), CONTEXT, *service_of("mailchimp"), "the right one")
        for token in ("guessed", "the right one")
    )
    assert forged == Refusal(401, "token")
    assert isinstance(real, Delivery)
