"""Livestorm's messages become statements, registrations, watch times and recording views."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import orjson
import pytest
from hypothesis import given, settings

from connectors.livestorm.mapping import map_payload
from connectors.mapped import Mapped, Reason, Rejection
from connectors.toolkit.identity import email_person_id, registrant_person_id
from contract.events import Identity, RecordingViewed, Registration, Summary, Totals, Webinar
from contract.instants import DAY, SECOND
from tests.connectors.any_json import CONTEXT, bodies, sound

FOLDER = Path(__file__).parent / "payloads"
SAMPLES = {path.stem: orjson.loads(path.read_bytes()) for path in sorted(FOLDER.glob("*.json"))}
LATER = replace(CONTEXT, received_at=CONTEXT.received_at + 2 * DAY)
SESSION, EVENT = "b2d9a3e1-0000-4000-8000-000000000002", "a1c8f2d0-0000-4000-8000-000000000001"
PERSON = "c3e0b4f2-0000-4000-8000-000000000003"
ANN = email_person_id("ann@example.com", CONTEXT.secret)


def mapped(name: str, *places: str, **changes: Any) -> list[Mapped]:
    """The sample, with changes to the object at that place."""
    payload = orjson.loads(orjson.dumps(SAMPLES[name]))
    inside = payload["data"]
    for place in places:
        inside = inside[place]
    inside.update(changes)
    return list(map_payload(orjson.dumps(payload), LATER))


def of_person(name: str, **changes: Any) -> list[Mapped]:
    return mapped(name, "attributes", "registrant_detail", **changes)


def statement(name: str, **changes: Any) -> Webinar:
    one = mapped(name, "attributes", **changes)[0]
    assert isinstance(one, Webinar)
    return one


def test_a_session_is_scheduled_then_live_then_ended() -> None:
    created, started, ended = (statement(name) for name in ("session.created", "session.started", "session.ended"))
    assert [one.status for one in (created, started, ended)] == ["scheduled", "live", "ended"]
    assert created.occurred_at < started.occurred_at < ended.occurred_at
    assert {one.webinar_id for one in (created, started, ended)} == {f"livestorm:{SESSION}"}
    assert created.starts_at == 1_795_370_400 * SECOND
    assert created.started_at is None
    assert (ended.started_at, ended.ended_at) == (1_795_370_460 * SECOND, 1_795_374_060 * SECOND)
    assert created.timezone == "Europe/Paris"
    assert created.service is not None
    assert created.service.series_id == f"livestorm:{EVENT}"
    assert created.tells == ["starts", "persons", "seconds", "recording_views"]
    assert ended.completed_at is None


def test_a_cancelled_session_is_cancelled_and_an_on_demand_one_recorded() -> None:
    assert statement("session.created", canceled_at=1_795_100_000).status == "cancelled"
    on_demand = statement("session.created", status="on_demand")
    assert (on_demand.status, on_demand.format) == (None, "recorded")


def test_a_breakout_room_is_no_webinar() -> None:
    assert mapped("session.created", "attributes", breakout_room_parent_session_id=SESSION) == []


def test_what_nobody_began_is_cancelled_as_of_its_begin_or_of_what_was_said_later() -> None:
    planned = 1_795_370_400
    for changed, said in ((planned - 60, planned), (planned + 60, planned + 60)):
        one = statement("session.created", status="past_not_started", updated_at=changed)
        assert (one.status, one.occurred_at) == ("cancelled", said * SECOND)


def test_an_ended_session_brings_the_services_own_totals() -> None:
    totals = mapped("session.ended")[1]
    assert isinstance(totals, Totals)
    assert (totals.registrations, totals.visits_all, totals.reported_by) == (41, 17, "livestorm")
    assert len(mapped("session.started")) == 1
    later = mapped("session.ended", "attributes", updated_at=1_795_400_000)[1]
    assert isinstance(later, Totals)
    assert later.reported_at == 1_795_400_000 * SECOND


def test_an_event_gives_its_sessions_title_language_and_length() -> None:
    one = statement("event.published")
    assert one.webinar_id == f"livestorm:{SESSION}"
    assert (one.title, one.language, one.duration_seconds) == ("Python from zero", "en", 3600)
    assert one.service is not None
    assert one.service.host == "e5a2d6b4-0000-4000-8000-000000000005"
    assert statement("event.published", estimated_duration=100_000).duration_seconds is None
    assert one.status is None


def test_an_event_that_names_no_session_says_nothing() -> None:
    assert mapped("event.published", relationships={}) == []


def test_a_session_takes_the_title_of_the_event_that_is_sent_along() -> None:
    payload = {**SAMPLES["session.created"], "included": [SAMPLES["event.published"]["data"]]}
    one = map_payload(orjson.dumps(payload), LATER)[0]
    assert isinstance(one, Webinar)
    assert (one.title, one.duration_seconds) == ("Python from zero", 3600)
    payload["data"] = {**payload["data"], "attributes": {**payload["data"]["attributes"], "name": "Its own"}}
    one = map_payload(orjson.dumps(payload), LATER)[0]
    assert isinstance(one, Webinar)
    assert (one.title, one.duration_seconds) == ("Its own", 3600)


def test_a_registration_says_when_who_and_from_where() -> None:
    registration, link = of_person("people.registered")
    assert isinstance(registration, Registration)
    assert registration.webinar_id == f"livestorm:{SESSION}"
    assert (registration.status, registration.person_id, registration.country) == ("registered", ANN, "PT")
    assert registration.occurred_at == 1_795_273_200 * SECOND
    assert registration.source is not None
    assert registration.source.model_dump(exclude_none=True) == {
        "utm_source": "vk",
        "utm_medium": "social",
        "utm_campaign": "autumn",
        "referrer": "https://partner.example/post",
    }
    assert isinstance(link, Identity)
    assert (link.person_id, link.same_as) == (registrant_person_id("livestorm", PERSON, CONTEXT.secret), ANN)


@pytest.mark.parametrize(("said", "kept"), [("Europe/Lisbon", "Europe/Lisbon"), ("Lisbon time", None), (None, None)])
def test_a_registrants_time_zone_is_kept_where_it_is_one(said: object, kept: str | None) -> None:
    registration = mapped("people.registered", "attributes", timezone=said)[0]
    assert isinstance(registration, Registration)
    assert registration.timezone == kept


def test_a_registration_is_as_old_as_it_is_for_this_session() -> None:
    assert mapped("people.registered", "attributes", created_at=1_700_000_000) == mapped("people.registered")


def test_who_attended_is_registered_and_stayed_so_long() -> None:
    registration, _, summary = of_person("people.attended")
    assert registration == of_person("people.registered")[0]
    assert isinstance(summary, Summary)
    assert (summary.person_id, summary.total_seconds) == (ANN, 2712)
    assert summary.reported_at == 1_795_374_300 * SECOND


@pytest.mark.parametrize("missing", [None, "long", -1])
def test_attendance_without_a_duration_is_rejected_but_the_registration_counts(missing: object) -> None:
    registration, _, rejection = of_person("people.attended", attendance_duration=missing)
    assert isinstance(registration, Registration)
    assert isinstance(rejection, Rejection)
    assert rejection.reason is Reason.MISSING_FIELD


def test_who_did_not_attend_is_registered_only() -> None:
    assert of_person("people.not_attended") == of_person("people.registered")


def test_a_watched_replay_is_a_view_of_the_recording() -> None:
    view = of_person("people.watched_replay")[2]
    assert isinstance(view, RecordingViewed)
    assert (view.person_id, view.occurred_at) == (ANN, 1_795_460_000 * SECOND)
    assert view == of_person("people.watched_replay")[2]
    again = of_person("people.watched_replay", updated_at=1_795_460_100)[2]
    assert isinstance(again, RecordingViewed)
    assert again.event_id != view.event_id


def test_every_time_that_a_replay_was_watched_is_a_view_whatever_else_the_message_says() -> None:
    views = [
        mapped("people.watched_replay", "attributes", updated_at=updated, replay_view_detail={"watched_at": watched})[2]
        for watched, updated in (
            (1_795_450_000, 1_795_460_000),
            (1_795_455_000, 1_795_460_000),
            (1_795_450_000, 1_795_470_000),
        )
    ]
    assert all(isinstance(view, RecordingViewed) for view in views)
    assert [view.occurred_at // SECOND for view in views if isinstance(view, RecordingViewed)] == [
        1_795_450_000,
        1_795_455_000,
        1_795_450_000,
    ]
    ids = [view.event_id for view in views if isinstance(view, RecordingViewed)]
    assert ids[0] == ids[2] != ids[1]


def test_a_replay_that_was_watched_twice_is_two_views() -> None:
    twice = [{"watched_at": 1_795_455_000}, {"watched_at": 1_795_450_000}]
    views = mapped("people.watched_replay", "attributes", replay_view_detail=twice)[2:]
    assert [one.occurred_at for one in views if isinstance(one, RecordingViewed)] == [
        1_795_450_000 * SECOND, 1_795_455_000 * SECOND
    ]  # fmt: skip


def test_an_email_that_livestorm_made_up_is_none() -> None:
    assert mapped("people.registered", "attributes", email="17+f00@unknown.Livestorm.co")[1:] == []
    (one,) = mapped("people.registered", "attributes", email="17+f00@unknown.livestorm.co")
    assert isinstance(one, Registration)
    assert one.person_id == registrant_person_id("livestorm", PERSON, CONTEXT.secret)


@pytest.mark.parametrize(
    ("role", "guest", "expected"),
    [("team_member", False, "host"), ("participant", True, "panelist"), ("guest_speaker", False, "panelist")],
)
def test_hosts_and_guest_speakers_have_their_role(role: str, guest: bool, expected: str) -> None:
    payload = orjson.loads(orjson.dumps(SAMPLES["people.registered"]))
    payload["data"]["attributes"]["role"] = role
    payload["data"]["attributes"]["registrant_detail"]["is_guest_speaker"] = guest
    one = map_payload(orjson.dumps(payload), LATER)[0]
    assert isinstance(one, Registration)
    assert one.role == expected


def test_a_message_without_its_name_is_told_by_what_it_is_of() -> None:
    for name in ("people.registered", "people.attended", "session.ended", "event.published"):
        assert mapped(name, meta={}) == mapped(name)


def test_foreign_messages_say_nothing_and_unknown_ones_are_rejected() -> None:
    assert mapped("session.created", "meta", webhook={"event": "job.ended"}) == []
    (one,) = mapped("session.created", "meta", webhook={"event": "poll.answered"})
    assert isinstance(one, Rejection)
    assert one.reason is Reason.UNKNOWN_KIND


@pytest.mark.parametrize(("field", "reason"), [("session_id", Reason.MISSING_FIELD)])
def test_what_has_no_session_is_rejected(field: str, reason: Reason) -> None:
    (one,) = of_person("people.registered", **{field: None})
    assert isinstance(one, Rejection)
    assert one.reason is reason


@pytest.mark.slow
@settings(max_examples=400, deadline=None)
@given(bodies(*SAMPLES.values()))
def test_any_json_in_any_field_raises_nothing(body: bytes) -> None:
    assert sound(map_payload(body, LATER))
