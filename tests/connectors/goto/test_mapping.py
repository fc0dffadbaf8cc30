"""GoTo's messages become statements, registrations and joins."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import orjson
import pytest
from hypothesis import given, settings

from connectors.goto.mapping import map_payload
from connectors.mapped import Mapped, Reason, Rejection
from connectors.toolkit.identity import email_person_id, registrant_person_id
from contract.events import Identity, Joined, Registration, Webinar
from contract.instants import DAY, parse_instant
from tests.connectors.any_json import CONTEXT, bodies, sound

FOLDER = Path(__file__).parent / "payloads"
SAMPLES = {path.stem: orjson.loads(path.read_bytes()) for path in sorted(FOLDER.glob("*.json"))}
LATER = replace(CONTEXT, received_at=CONTEXT.received_at + DAY)
ANN = email_person_id("ann@example.com", CONTEXT.secret)
ANN_BY_KEY = registrant_person_id("goto", "8325357307900339981", CONTEXT.secret)


def mapped(name: str, **changes: Any) -> list[Mapped]:
    return list(map_payload(orjson.dumps({**SAMPLES[name], **changes}), LATER))


def test_keys_beyond_what_a_double_holds_stay_apart() -> None:
    first, second = (
        mapped("registrant.added", webinarKey=5636855649476173324, registrantKey=5636855649476173699 + n, email="")
        for n in (0, 1)
    )
    (one,), (other,) = first, second
    assert isinstance(one, Registration)
    assert isinstance(other, Registration)
    assert one.person_id != other.person_id
    assert one.webinar_id == "goto:5636855649476173324"
    (lost,) = mapped("registrant.added", registrantKey=5.636855649476174e18, email="")
    assert isinstance(lost, Rejection)
    assert lost.reason is Reason.NO_PERSON


def test_a_registrant_says_when_who_and_from_where() -> None:
    registration, link = mapped("registrant.added")
    assert isinstance(registration, Registration)
    assert (registration.webinar_id, registration.status) == ("goto:5620084814059709442", "approved")
    assert (registration.person_id, registration.country) == (ANN, "Portugal")
    assert registration.occurred_at == parse_instant("2026-11-20T09:15:27Z")
    assert registration.source is not None
    assert registration.source.model_dump(exclude_none=True) == {"utm_source": "vk", "tracking_code": "partner-x"}
    assert isinstance(link, Identity)
    assert (link.person_id, link.same_as) == (ANN_BY_KEY, ANN)


@pytest.mark.parametrize(
    ("said", "status", "at"),
    [
        ("Waiting", "registered", "2026-11-20T09:15:27Z"),
        ("APPROVED", "approved", "2026-11-20T09:15:27Z"),
        ("Cancelled", "cancelled", "2026-11-20T09:15:28.120Z"),
        ("Denied", "denied", "2026-11-20T09:15:28.120Z"),
    ],
)
def test_a_status_is_as_of_when_it_came_about(said: str, status: str, at: str) -> None:
    one = mapped("registrant.added", status=said)[0]
    assert isinstance(one, Registration)
    assert (one.status, one.occurred_at) == (status, parse_instant(at))


def test_a_join_opens_the_persons_session() -> None:
    joined, link = mapped("registrant.joined")
    assert isinstance(joined, Joined)
    assert joined.session_id == "15887209:8325357307900339981"
    assert joined.occurred_at == 1_795_370_523_898
    assert isinstance(link, Identity)


def test_without_an_email_a_registrant_is_known_by_the_key() -> None:
    (one,) = mapped("registrant.joined", email="")
    assert isinstance(one, Joined)
    assert one.person_id == ANN_BY_KEY


def test_a_new_webinar_is_scheduled() -> None:
    (one,) = mapped("webinar.created")
    assert isinstance(one, Webinar)
    assert (one.status, one.title, one.duration_seconds) == ("scheduled", "Python from zero", 3600)
    assert one.starts_at == parse_instant("2026-11-22T18:00:00Z")
    assert (one.timezone, one.format, one.tells) == (
        "Europe/Lisbon",
        "live",
        ["live", "leaves", "persons", "seconds"],
    )
    assert one.service is not None
    assert (one.service.series_id, one.service.host) == ("goto:777000111", "1234567890123456789")


def test_a_sequence_begins_at_its_first_day_and_says_no_length() -> None:
    days = [{"startTime": f"2026-11-{day}T18:00:00Z", "endTime": f"2026-11-{day}T19:00:00Z"} for day in (23, 22)]
    (one,) = mapped("webinar.created", times=days)
    assert isinstance(one, Webinar)
    assert (one.starts_at, one.duration_seconds) == (parse_instant("2026-11-22T18:00:00Z"), None)


def test_a_webinar_that_is_deleted_before_its_begin_is_cancelled() -> None:
    (one,) = mapped("webinar.changed")
    assert isinstance(one, Webinar)
    assert one.status == "cancelled"


@pytest.mark.parametrize("changes", [{"timestamp": "2026-11-22T20:00:00Z"}, {"status": "UPDATED"}])
def test_one_that_took_place_or_was_only_changed_is_not(changes: dict[str, str]) -> None:
    (one,) = mapped("webinar.changed", **changes)
    assert isinstance(one, Webinar)
    assert one.status is None


@pytest.mark.parametrize(
    ("name", "changes", "reason"),
    [
        ("registrant.added", {"status": "Maybe"}, Reason.UNKNOWN_KIND),
        ("registrant.added", {"webinarKey": None}, Reason.MISSING_FIELD),
        ("registrant.added", {"email": "", "registrantKey": None}, Reason.NO_PERSON),
        ("registrant.joined", {"joinTime": None}, Reason.MISSING_FIELD),
        ("registrant.joined", {"joinTime": 1}, Reason.TIME_OUT_OF_RANGE),
        ("webinar.created", {"webinarKey": "a b"}, Reason.MISSING_FIELD),
        ("webinar.created", {"eventName": "webinar.renamed"}, Reason.UNKNOWN_KIND),
    ],
)
def test_what_cannot_be_counted_is_rejected_with_its_reason(name: str, changes: dict[str, Any], reason: Reason) -> None:
    one = mapped(name, **changes)[0]
    assert isinstance(one, Rejection)
    assert one.reason is reason


def test_a_survey_says_nothing_and_bytes_that_are_no_json_are_rejected() -> None:
    assert mapped("survey.submitted") == []
    assert map_payload(b"[]", LATER)[0] == Rejection(Reason.UNREADABLE, "body: not a JSON object")


@settings(max_examples=300, deadline=None)
@given(bodies(*SAMPLES.values()))
def test_any_json_in_any_field_raises_nothing(body: bytes) -> None:
    assert sound(map_payload(body, LATER))
