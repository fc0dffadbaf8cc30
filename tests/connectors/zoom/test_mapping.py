"""Webhook messages, one file each, to the events that they say; and broken ones to reasons."""

import copy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.mapped import Reason, Rejection
from connectors.zoom.mapping import EVENTS, map_message
from contract.events import Identity, Joined, Left, Registration, Webinar, encode
from contract.instants import format_instant, parse_instant
from tests.connectors.zoom.said import ANN, BOB, CONTEXT, HOLLY, NAMES, events, outcome, payload, registrant, told

WEBINAR = "zoom:98765432101"
UUID = "Qk9/invented//uuid0A=="


def test_registration_with_its_source_and_its_link() -> None:
    registered, link = events("registration_created")
    assert isinstance(registered, Registration)
    assert (registered.webinar_id, registered.person_id, registered.status) == (WEBINAR, ANN, "approved")
    assert format_instant(registered.occurred_at) == "2026-11-20T09:15:30.000Z"
    assert registered.country == "DE"
    assert registered.domain_id is not None
    assert registered.source is not None
    assert registered.source.model_dump(exclude_none=True) == {
        "utm_source": "newsletter",
        "utm_campaign": "autumn",
        "referrer": "https://partner.example.org/landing",
        "tracking_code": "partner-x",
    }
    assert isinstance(link, Identity)
    assert (link.person_id, link.same_as) == (registrant("Reg1Invented"), ANN)


def test_an_answer_that_says_who_is_no_source_also_where_the_at_sign_is_encoded() -> None:
    answers = {"utm_source": "mail", "utm_content": "ann%40example.com", "utm_term": "ann@example.com", "Referer": ""}
    asked = [{"title": title, "value": value} for title, value in answers.items()]
    known = payload("registration_created")["payload"]["object"]["registrant"]
    named = {"source_name": "ann%40example.com"}
    registered = events(
        "registration_created", registrant={**known, "custom_questions": asked, "tracking_source": named}
    )
    assert isinstance(registered[0], Registration)
    assert registered[0].source is not None
    assert registered[0].source.model_dump(exclude_none=True) == {"utm_source": "mail"}


@pytest.mark.parametrize(
    ("name", "person_id", "status"),
    [
        ("registration_created_pending", BOB, "registered"),
        ("registration_approved", BOB, "approved"),
        ("registration_denied", BOB, "denied"),
        ("registration_cancelled", ANN, "cancelled"),
    ],
)
def test_status_of_a_registration(name: str, person_id: str, status: str) -> None:
    registered = events(name)[0]
    assert isinstance(registered, Registration)
    assert (registered.person_id, registered.status) == (person_id, status)


def test_registration_for_some_occurrences_is_one_event_each() -> None:
    registered = [event for event in events("registration_created_recurring") if isinstance(event, Registration)]
    assert [event.webinar_id for event in registered] == [
        "zoom:98765432102:2026-11-23",
        "zoom:98765432102:2026-11-30",
    ]


def test_registration_without_fixed_times_is_left_to_the_poll() -> None:
    result = outcome("registration_created_unplanned")
    assert not result.mapped
    assert result.wake == "98765432103"


def test_nothing_personal_is_in_an_event() -> None:
    for name in NAMES:
        for event in events(name) if name != "url_validation" else []:
            text = encode(event).decode().lower()
            assert not [word for word in ("example.com", "ann@", "bob", "holly") if word in text], name


def test_session_begins_and_ends_under_one_id() -> None:
    joined, link = events("participant_joined")
    (left,) = events("participant_left")
    assert isinstance(joined, Joined)
    assert isinstance(left, Left)
    assert joined.session_id == left.session_id == f"{UUID}:u16778240"
    assert joined.person_id == left.person_id == ANN
    assert joined.webinar_id == left.webinar_id == WEBINAR
    assert format_instant(joined.occurred_at) == "2026-11-22T18:00:07.000Z"
    assert format_instant(left.occurred_at) == "2026-11-22T18:44:10.000Z"
    assert joined.role is None
    assert isinstance(link, Identity)


def test_without_an_email_the_registrant_id_says_who() -> None:
    (joined,) = events("participant_joined_by_registrant_id")
    assert isinstance(joined, Joined)
    assert joined.person_id == registrant("Reg2Invented")
    assert joined.session_id == f"{UUID}:u16778241"


def test_an_anonymous_visitor_is_told_by_the_stay() -> None:
    (joined,) = events("participant_joined_anonymous")
    assert isinstance(joined, Joined)
    assert joined.person_id == registrant(f"session:{UUID}:u16778242")


def test_the_host_is_told_by_the_account() -> None:
    joined = events("participant_joined_host")[0]
    assert isinstance(joined, Joined)
    assert (joined.person_id, joined.role) == (HOLLY, "host")


@pytest.mark.parametrize("field", ["id", "participant_user_id"])
def test_the_host_is_told_by_either_id(field: str) -> None:
    known = payload("participant_joined_host")["payload"]["object"]["participant"]
    nobody = {"id": "sOmebodyElse", "participant_user_id": "sOmebodyElse"}
    joined = events("participant_joined_host", participant={**known, **nobody, field: known[field]})[0]
    visitor = events("participant_joined_host", participant={**known, **nobody})[0]
    assert isinstance(joined, Joined)
    assert isinstance(visitor, Joined)
    assert (joined.role, visitor.role) == ("host", None)


def test_an_occurrence_is_named_by_its_day_though_it_began_early() -> None:
    assert events("participant_joined_recurring")[0].webinar_id == "zoom:98765432102:2026-11-23"


def test_numbers_and_texts_are_the_same_ids() -> None:
    for name in ("registration_created", "participant_joined", "webinar_started"):
        assert events(name, id=98765432101) == events(name, id="98765432101")


def webinar(name: str, **changes: object) -> Webinar:
    (event,) = events(name, **changes)
    assert isinstance(event, Webinar)
    return event


def test_a_webinar_is_created() -> None:
    said = webinar("webinar_created")
    assert (said.webinar_id, said.title, said.status, said.format) == (WEBINAR, "Python с нуля", "scheduled", "live")
    assert said.starts_at == parse_instant("2026-11-22T18:00:00Z")
    assert (said.duration_seconds, said.timezone) == (5400, "Europe/Berlin")
    assert said.tells == ["starts", "live", "leaves", "persons", "seconds"]
    assert said.service is not None
    assert (said.service.series_id, said.service.host) == (WEBINAR, "hOstInvented123")
    assert said.started_at is None


def test_a_simulive_webinar_is_a_recording() -> None:
    assert webinar("webinar_created_simulive").format == "recorded"


def test_every_occurrence_is_said_on_its_own() -> None:
    said = [event for event in events("webinar_created_recurring") if isinstance(event, Webinar)]
    assert [(event.webinar_id.rpartition(":")[2], event.status, event.duration_seconds) for event in said] == [
        ("2026-11-23", "scheduled", 3600),
        ("2026-11-30", "scheduled", 4500),
        ("2026-12-07", "cancelled", 3600),
    ]
    assert {event.service.series_id for event in said if event.service} == {"zoom:98765432102"}


def test_an_occurrence_deleted_after_its_time_is_not_cancelled() -> None:
    before = {"start_time": "2026-11-09T23:30:00Z", "duration": 60, "status": "deleted"}
    ahead = {**before, "start_time": "2026-12-07T23:30:00Z"}
    for name in ("webinar_created_recurring", "webinar_updated"):
        said = events(name, type=9, occurrences=[before, ahead], timezone="America/New_York")
        assert [event.webinar_id.rpartition(":")[2] for event in said] == ["2026-12-07"], name


def test_an_update_says_no_status_so_that_it_ends_nothing() -> None:
    said = webinar("webinar_updated")
    assert (said.title, said.status) == ("Python from zero", None)
    assert said.starts_at == parse_instant("2026-11-22T18:30:00Z")


def test_an_update_in_part_wakes_the_poll() -> None:
    result = outcome("webinar_updated_in_part")
    assert not result.mapped
    assert result.wake == "98765432101"


def test_the_begin_is_when_zoom_says_so_not_the_practice_sessions() -> None:
    said = webinar("webinar_started")
    assert said.status == "live"
    assert said.started_at == parse_instant("2026-11-22T18:00:02Z")
    assert said.starts_at is None


def test_the_end_is_zooms() -> None:
    said = webinar("webinar_ended")
    assert said.status == "ended"
    assert said.ended_at == parse_instant("2026-11-22T19:31:05Z")
    assert said.completed_at is None


@pytest.mark.parametrize("name", ["webinar_started_practice", "webinar_ended_practice"])
def test_a_practice_session_says_nothing(name: str) -> None:
    assert not outcome(name).mapped


def test_who_is_said_to_be_in_a_practice_session_is_left_out() -> None:
    assert not outcome("participant_joined", practice_session=True).mapped


def test_what_is_deleted_before_its_time_is_cancelled() -> None:
    assert webinar("webinar_deleted").status == "cancelled"


def test_what_is_deleted_after_its_time_stays() -> None:
    assert not events("webinar_deleted", start_time="2026-11-13T07:59:59Z")
    (later,) = events("webinar_deleted_recurring")
    assert later.webinar_id == "zoom:98765432102:2026-11-30"


def test_what_is_deleted_for_good_or_made_a_meeting_before_its_time_is_cancelled() -> None:
    for name in ("webinar_permanently_deleted", "webinar_converted_to_meeting"):
        one = webinar(name, type=2) if "meeting" in name else webinar(name)
        assert (one.webinar_id, one.status) == (WEBINAR, "cancelled")
        assert outcome(name, type=2 if "meeting" in name else 5).wake == "98765432101"
        assert outcome(name, type=2 if "meeting" in name else 5, start_time="2026-11-01T18:00:00Z").mapped == []
    assert webinar("webinar_converted_to_meeting").webinar_id == f"{WEBINAR}:2026-11-22"
    assert outcome("webinar_converted_to_meeting", type=3).mapped == []


def test_what_is_recovered_before_its_time_is_on_again() -> None:
    gone, back = events("webinar_deleted")[0], events("webinar_recovered")[0]
    assert isinstance(back, Webinar)
    assert (back.webinar_id, back.status, back.starts_at) == (
        WEBINAR,
        "scheduled",
        parse_instant("2026-11-22T18:00:00Z"),
    )
    assert told([gone], "2026-11-21T00:00:00Z", WEBINAR)["completeness"] == "cancelled"
    assert told([back, gone], "2026-11-21T00:00:00Z", WEBINAR)["completeness"] == "upcoming"
    (day,) = events("webinar_recovered_recurring")
    assert (day.webinar_id, outcome("webinar_recovered").wake) == ("zoom:98765432102:2026-11-23", "98765432101")
    assert outcome("webinar_recovered", start_time="2026-11-01T18:00:00Z").mapped == []


def test_a_phone_is_bound_to_the_person_where_the_message_says_the_email() -> None:
    assert outcome("participant_bind").mapped == []
    assert outcome("participant_bind").wake == "98765432101"
    participant = {**payload("participant_bind")["payload"]["object"]["participant"], "email": "Ann@example.com"}
    links = events("participant_bind", participant=participant)
    assert all(isinstance(one, Identity) and one.same_as == ANN for one in links)
    ids = [one.person_id for one in links if isinstance(one, Identity)]
    assert ids == [
        registrant(f"session:{UUID}:u16778260"),
        registrant(f"session:{UUID}:u16778240"),
        registrant("Reg1Invented"),
    ]


@pytest.mark.parametrize(
    ("kind", "status"), [("created", "registered"), ("approved", "approved"), ("denied", "denied")]
)
def test_who_registers_for_the_recording_is_registered_later(kind: str, status: str) -> None:
    registered, link = events(f"recording_registration_{kind}")
    assert isinstance(registered, Registration)
    assert (registered.webinar_id, registered.status, registered.country) == (WEBINAR, status, "FR")
    assert isinstance(link, Identity)
    assert outcome(f"recording_registration_{kind}", type=4).mapped == []


def test_other_messages_say_nothing_and_are_no_error() -> None:
    assert not outcome("recording_completed").mapped
    assert not map_message({"event": "meeting.started", "payload": 5}, CONTEXT).mapped


def test_the_messages_come_to_the_right_numbers() -> None:
    names = ["webinar_created", "registration_created", "registration_created_pending", "registration_approved"]
    names += ["webinar_started_practice", "participant_joined_host", "webinar_started", "participant_joined"]
    names += ["participant_joined_by_registrant_id", "participant_joined_anonymous", "participant_left"]
    said = [event for name in [*names, "webinar_ended"] for event in events(name)]
    row = told(said, "2026-11-22T19:40:00Z", WEBINAR)
    assert (row["registrations"], row["visits"], row["walk_ins"]) == (2, 3, 1)
    assert (row["registered_visits"], row["visits_30m"], row["completeness"]) == (2, 3, "being_completed")
    shuffled = told([*reversed(said), *said], "2026-11-22T19:40:00Z", WEBINAR)
    assert shuffled == row


@pytest.mark.parametrize(
    ("changes", "reason", "detail"),
    [
        ({"id": None}, Reason.MISSING_FIELD, "payload.object.id"),
        ({"id": "ann@example.com"}, Reason.WRONG_FORM, "payload.object.id: not an id"),
        ({"uuid": ""}, Reason.MISSING_FIELD, "payload.object.uuid"),
        ({"type": None}, Reason.MISSING_FIELD, "payload.object.type"),
        ({"type": 7}, Reason.UNKNOWN_KIND, "payload.object.type: not 5, 6 or 9"),
        ({"type": 9, "start_time": ""}, Reason.MISSING_FIELD, "start_time: missing, but needed to find the occurrence"),
        ({"participant": None}, Reason.MISSING_FIELD, "payload.object.participant"),
        ({"participant": {"user_id": "1"}}, Reason.MISSING_FIELD, "payload.object.participant.join_time"),
        (
            {"participant": {"user_id": "1", "join_time": "2026-11-22 18:00"}},
            Reason.WRONG_FORM,
            "payload.object.participant.join_time: not a time such as 2026-11-22T18:00:00Z",
        ),
        (
            {"participant": {"join_time": "2026-11-22T18:00:00Z"}},
            Reason.MISSING_FIELD,
            "payload.object.participant.user_id",
        ),
        (
            {"participant": {"user_id": "1", "join_time": "1999-11-22T18:00:00Z"}},
            Reason.TIME_OUT_OF_RANGE,
            "payload.object.participant.join_time: before 2000 or after 2100",
        ),
    ],
)
def test_broken_messages_are_rejected_with_a_reason(changes: dict[str, object], reason: Reason, detail: str) -> None:
    assert outcome("participant_joined", **changes).mapped == [Rejection(reason, detail)]


def test_a_time_far_ahead_is_rejected() -> None:
    message = payload("participant_joined")
    message["payload"]["object"]["participant"]["join_time"] = "2026-11-28T18:00:00Z"
    rejection = map_message(message, CONTEXT).mapped[0]
    assert isinstance(rejection, Rejection)
    assert rejection.reason == Reason.TIME_OUT_OF_RANGE


def test_a_registrant_without_email_and_id_is_nobody() -> None:
    (rejection,) = outcome("registration_created", registrant={"status": "approved"}).mapped
    assert isinstance(rejection, Rejection)
    assert rejection.reason == Reason.NO_PERSON


def test_a_long_text_is_cut_and_a_long_id_refused() -> None:
    assert len(webinar("webinar_created", topic="x" * 10_000).title or "") == 500
    (rejection,) = outcome("webinar_created", id="9" * 300).mapped
    assert isinstance(rejection, Rejection)


@pytest.mark.parametrize("message", [None, [], 5, "x", {}, {"event": 5e5}, {"event": None}, {"event": []}])
def test_what_is_no_message_is_rejected(message: object) -> None:
    (rejection,) = map_message(message, CONTEXT).mapped
    assert isinstance(rejection, Rejection)


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(st.characters(), max_size=8)
    | st.sampled_from(["\ud800", "9" * 600, "0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59Z", 2**70, -1, "a@b"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=5,
)


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The way to every field of a message."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else []
    return (
        [path, *(place for key, one in inner for place in places(one, (*path, key)))]
        if path
        else [place for key, one in inner for place in places(one, (key,))]
    )


@given(data=st.data(), name=st.sampled_from(NAMES))
def test_any_json_in_any_field_is_events_or_a_rejection(data: st.DataObject, name: str) -> None:
    message = copy.deepcopy(payload(name))
    for _ in range(data.draw(st.integers(1, 2))):
        *way, last = data.draw(st.sampled_from(places(message)))
        target: Any = message
        for key in way:
            target = target[key]
        target[last] = data.draw(JSON)
    for one in map_message(message, CONTEXT).mapped:
        if not isinstance(one, Rejection):
            encode(one)  # type: ignore[arg-type]


@given(message=st.dictionaries(st.sampled_from(["event", "event_ts", "payload"]), JSON), kind=st.sampled_from(EVENTS))
def test_any_json_is_no_exception(message: dict[str, object], kind: str) -> None:
    map_message({**message, "event": kind}, CONTEXT)
