"""Rows about people: registrations, totals, views."""

from typing import Any

import pytest

from connectors.bigmarker.conference import Conference, conference_of
from connectors.bigmarker.people import Way, attendee_events, registration_events, view_events
from connectors.mapped import Context, Reason, Rejection
from connectors.toolkit.identity import email_domain_id, email_person_id, registrant_person_id
from contract.events import Event, Identity, RecordingViewed, Registration, Summary
from contract.instants import SECOND, parse_instant
from tests.connectors.bigmarker.fake import rows_of
from tests.connectors.bigmarker.world import NOW, PAST, SECRET

CONTEXT = Context(SECRET, NOW)
ANN = email_person_id("ann.lee@example.com", SECRET)


def past(**changes: Any) -> Conference:
    conference = conference_of(rows_of("conferences_search")[0] | changes, SECRET)
    assert isinstance(conference, Conference)
    return conference


def registered(way: Way = "fields", **changes: Any) -> list[Event | Rejection]:
    return registration_events(rows_of("registrations_with_fields")[0] | changes, past(), CONTEXT, way)


def registration(**changes: Any) -> Registration:
    event = registered(**changes)[0]
    assert isinstance(event, Registration)
    return event


def attended(conference: Conference | None = None, **changes: Any) -> list[Event | Rejection]:
    return attendee_events(rows_of("attendees")[0] | changes, conference or past(), CONTEXT)


def summary(conference: Conference | None = None, **changes: Any) -> Summary:
    [event] = attended(conference, **changes)
    assert isinstance(event, Summary)
    return event


def rejection(events: list[Event | Rejection]) -> Rejection:
    [one] = events
    assert isinstance(one, Rejection)
    return one


def test_a_registration_says_who_when_and_from_where() -> None:
    event = registration()
    assert event.webinar_id == f"bigmarker:{PAST}"
    assert event.person_id == ANN
    assert event.domain_id == email_domain_id("ann.lee@example.com", SECRET)
    assert event.occurred_at == parse_instant("2026-11-20T09:01:02Z")
    assert (event.status, event.country, event.role) == ("registered", "Germany", None)
    assert event.source is not None
    assert (event.source.utm_source, event.source.utm_campaign) == ("newsletter", "november")
    assert event.source.platform_source == "Registration Modal"


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("Eastern Time (US & Canada)", "America/New_York"),
        ("Europe/Lisbon", "Europe/Lisbon"),
        ("Atlantis", None),
        (5, None),
    ],
)
def test_a_registrants_time_zone_has_its_iana_name(said: object, kept: str | None) -> None:
    assert registration(time_zone=said).timezone == kept


def test_a_registration_with_an_email_and_a_bmid_links_the_two() -> None:
    link = registered()[1]
    assert isinstance(link, Identity)
    assert (link.person_id, link.same_as) == (registrant_person_id("bigmarker", "bm0001", SECRET), ANN)
    assert (link.webinar_id, link.occurred_at) == (f"bigmarker:{PAST}", parse_instant("2026-11-20T09:01:02Z"))


def test_without_an_email_the_bmid_stands_for_the_person_in_either_spelling() -> None:
    expected = registrant_person_id("bigmarker", "bm0001", SECRET)
    assert registration(email=None).person_id == expected
    assert registration(email="", bmid=None, BMID="bm0001").person_id == expected
    assert len(registered(email=None)) == 1


def test_nothing_personal_is_in_an_event() -> None:
    for event in [*registered(), *attended()]:
        assert not isinstance(event, Rejection)
        written = event.model_dump_json().lower()
        assert not [word for word in ("ann", "lee", "example", "@", "bm0001") if word in written]


@pytest.mark.parametrize("changes", [{"registered_at": None}, {"registered_at": "soon"}, {"email": "x", "bmid": None}])
def test_a_registration_that_cannot_be_counted_is_rejected(changes: dict[str, Any]) -> None:
    found = rejection(registered(**changes))
    assert found.reason in (Reason.MISSING_FIELD, Reason.WRONG_FORM, Reason.NO_PERSON)
    assert "soon" not in found.detail


def test_the_fullest_answer_is_the_first_touch() -> None:
    ways: tuple[Way, ...] = ("fields", "plain", "webhook")
    said = [registered(way)[0] for way in ways]
    ids = [one.event_id for one in said if isinstance(one, Registration)]
    assert len(ids) == 3
    assert ids == sorted(ids)


def test_presenters_are_left_out_by_their_role() -> None:
    row = rows_of("registrations_with_fields")[4]
    event = registration_events(row, past(), CONTEXT, "fields")[0]
    assert isinstance(event, Registration)
    assert event.role == "host"
    assert summary(role="Panelist").role == "panelist"


def test_a_total_says_when_it_was_reached() -> None:
    event = summary(past(manual_end_time=None))
    assert event.total_seconds == 3910
    assert event.occurred_at == event.first_joined_at == parse_instant("2026-11-23T17:58:40Z")
    assert event.last_left_at == event.reported_at == parse_instant("2026-11-23T19:07:31Z")


def test_a_row_of_an_ended_webinar_is_its_last_word() -> None:
    ended = past(manual_end_time="2026-11-23T15:00:00-05:00")
    assert summary(ended).reported_at == parse_instant("2026-11-23T20:00:00Z")


def test_of_totals_that_grow_the_later_counts() -> None:
    on = past(manual_end_time=None)
    in_room = [summary(on, leaved_at=None, total_duration=total) for total in (None, 60, "00:02:00", "3 min")]
    # Corrected after the last leave: only the total tells which was later.
    back_again = [summary(on, total_duration=str(total)) for total in range(3900, 3910)]
    said = [(one.reported_at, one.event_id, one.total_seconds) for one in [*in_room, *back_again]]
    assert said == sorted(said)
    assert [total for _, _, total in said] == [0, 60, 120, 180, *range(3900, 3910)]


def test_the_same_row_gives_the_same_event_whenever_it_is_read() -> None:
    later = attendee_events(rows_of("attendees")[0], past(), Context(SECRET, NOW + 999 * SECOND))[0]
    assert isinstance(later, Summary)
    assert later.event_id == summary().event_id


def test_without_a_total_first_in_to_last_out_is_the_most_there_was() -> None:
    assert summary(total_duration=None).total_seconds == 4131


def test_without_an_entry_it_is_reckoned_from_the_leave_else_the_begin() -> None:
    assert summary(entered_at=None).occurred_at == parse_instant("2026-11-23T18:02:21Z")
    assert summary(entered_at=None, leaved_at=None).occurred_at == parse_instant("2026-11-23T18:00:00Z")
    assert rejection(attended(past(start_time=None), entered_at=None, leaved_at=None)).reason is Reason.MISSING_FIELD


def test_a_leave_before_the_entry_is_not_believed() -> None:
    event = summary(leaved_at="2026-11-23T10:00:00-05:00")
    assert (event.last_left_at, event.total_seconds) == (None, 3910)


def test_an_unknown_form_of_duration_is_rejected_and_not_guessed() -> None:
    found = rejection(attended(total_duration="a while"))
    assert (found.reason, found.detail.split(":")[0]) == (Reason.WRONG_FORM, "total_duration")


def test_a_row_of_the_report_about_somebody_who_did_not_come_is_nothing() -> None:
    row = rows_of("attendees")[0]
    assert attendee_events(row | {"attended?": "No"}, past(), CONTEXT) == []
    assert len(attendee_events(row | {"attended?": "Yes"}, past(), CONTEXT)) == 1


def viewed(**changes: Any) -> list[Event | Rejection]:
    return view_events(rows_of("on_demand_attendees")[0] | changes, past(), CONTEXT)


def test_a_view_of_the_recording() -> None:
    [event] = viewed()
    assert isinstance(event, RecordingViewed)
    assert event.occurred_at == parse_instant("2026-11-24T13:00:00Z")
    assert event.person_id == email_person_id("di.roe@example.com", SECRET)
    assert viewed(watched_on_demand="No") == []


def test_a_view_that_goes_on_stays_one_view() -> None:
    assert viewed(on_demand_duration="00:50:00") == viewed()


def test_a_view_without_a_time_was_not_before_the_end() -> None:
    [event] = viewed(enter_time=None)
    assert isinstance(event, RecordingViewed)
    assert event.occurred_at == past().ended_at
    [planned] = view_events({"email": "di.roe@example.com"}, past(manual_end_time=None), CONTEXT)
    assert isinstance(planned, RecordingViewed)
    assert planned.occurred_at == parse_instant("2026-11-23T19:00:00Z")
    nothing = past(start_time=None, manual_end_time=None)
    assert rejection(view_events({"email": "di.roe@example.com"}, nothing, CONTEXT)).reason is Reason.MISSING_FIELD
