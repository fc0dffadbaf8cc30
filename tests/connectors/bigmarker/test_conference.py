"""What is said of a webinar."""

from typing import Any

import pytest

from connectors.bigmarker.conference import Conference, completed_event, conference_of, totals_event, webinar_event
from connectors.mapped import Context, Reason, Rejection
from connectors.toolkit.identity import email_person_id
from contract.events import Totals, Webinar
from contract.instants import parse_instant
from tests.connectors.bigmarker.fake import rows_of
from tests.connectors.bigmarker.world import NOW, PAST, SECRET

CONTEXT = Context(SECRET, NOW)


def past(**changes: Any) -> dict[str, Any]:
    row: dict[str, Any] = rows_of("conferences_search")[0]
    return row | changes


def read(payload: object) -> Conference:
    conference = conference_of(payload, SECRET)
    assert isinstance(conference, Conference)
    return conference


def said(payload: object) -> Webinar:
    event = webinar_event(read(payload), NOW, CONTEXT)
    assert isinstance(event, Webinar)
    return event


def test_all_that_a_conference_says() -> None:
    event = said(past())
    assert event.webinar_id == f"bigmarker:{PAST}"
    assert event.platform == "bigmarker"
    assert event.title == "Python from zero: your first program"
    assert event.starts_at == parse_instant("2026-11-23T18:00:00Z")
    assert event.duration_seconds == 3600
    assert event.ended_at == parse_instant("2026-11-23T19:07:30Z")
    assert event.started_at is None
    assert (event.status, event.format, event.language) == ("ended", "live", "English")
    assert event.timezone == "America/New_York"
    assert event.tells == ["recording_views", "persons", "seconds"]
    assert event.service is not None
    assert event.service.series_id == "bigmarker:5e21e5000001"
    assert event.service.tags == ["beginners", "python"]
    assert (event.service.channel, event.service.host) == ("example-school", "mb01")
    assert event.completed_at is None


def test_totals_and_completion() -> None:
    conference = read(past())
    totals = totals_event(conference, NOW, CONTEXT)
    assert isinstance(totals, Totals)
    assert (totals.registrations, totals.visits_all, totals.page_views, totals.invited) == (5, 4, 61, 12)
    assert (totals.reported_by, totals.reported_at) == ("bigmarker", NOW)
    completed = completed_event(conference, NOW, CONTEXT)
    assert isinstance(completed, Webinar)
    assert (completed.completed_at, completed.title, completed.tells) == (NOW, None, None)
    assert totals_event(read(past(webinar_stats=None)), NOW, CONTEXT) is None


def test_a_planned_end_is_a_length_and_no_end() -> None:
    event = said(past(manual_end_time=None))
    assert (event.ended_at, event.status, event.duration_seconds) == (None, None, 3600)


def test_a_rehearsal_that_was_ended_does_not_end_the_webinar() -> None:
    event = said(past(manual_end_time="2026-11-23T11:00:00-05:00"))
    assert (event.ended_at, event.status) == (None, None)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"end_time": None, "duration": 90}, 5400),
        ({"end_time": None, "duration": "90"}, 5400),
        ({"end_time": "2027-12-31T00:00:00Z", "duration": 45}, 2700),
        ({"end_time": "2026-11-23T12:00:00-05:00", "duration": None}, None),
        ({"end_time": None, "duration": 99_999}, None),
    ],
)
def test_the_length_is_read_from_the_times_else_from_the_minutes(changes: dict[str, Any], expected: int | None) -> None:
    assert said(past(**changes)).duration_seconds == expected


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"type": "ondemand"}, "recorded"),
        ({"type": "evergreen_child"}, "recorded"),
        ({"type": "recurring_child"}, "live"),
        ({"type": None, "event_type": None, "webcast_mode": "on-demand"}, "recorded"),
        ({"type": None, "event_type": None, "webcast_mode": None}, None),
    ],
)
def test_the_format(changes: dict[str, Any], expected: str | None) -> None:
    assert said(past(**changes)).format == expected


def test_times_without_a_zone_are_the_conference_s() -> None:
    assert said(past(start_time="2026-11-23 13:00:00")).starts_at == parse_instant("2026-11-23T18:00:00Z")


def test_an_unknown_zone_is_passed_on_by_its_name_so_that_it_is_counted() -> None:
    assert said(past(time_zone="Nowhere")).timezone == "Nowhere"
    assert said(past(time_zone=None)).timezone is None


def test_the_series_is_the_master_webinar_where_no_series_is_said() -> None:
    service = said(past(associated_series=[])).service
    assert service is not None
    assert service.series_id == "bigmarker:00aa11bb22cc"


def test_a_moderator_is_the_host_and_other_presenters_are_panelists() -> None:
    presenters = [
        {"email": "pat@example.org", "member_id": "mb02", "is_moderator": False},
        {"email": "Tess.Teacher@example.org", "member_id": "mb01", "is_moderator": True},
        "nobody",
        {"email": None},
    ]
    conference = read(past(presenters=presenters))
    assert dict(conference.roles) == {
        email_person_id("tess.teacher@example.org", SECRET): "host",
        email_person_id("pat@example.org", SECRET): "panelist",
    }
    assert conference.statement["service"] == {
        "series_id": "bigmarker:5e21e5000001",
        "tags": ["beginners", "python"],
        "channel": "example-school",
        "host": "mb01",
    }


def test_a_field_that_cannot_be_read_leaves_the_rest_standing() -> None:
    conference = read(past(start_time="soon"))
    assert [one.detail.split(":")[0] for one in conference.rejections] == ["start_time"]
    assert said(past(start_time="soon")).title


@pytest.mark.parametrize("payload", [None, [], "x", {}, {"id": "../x"}, {"id": ""}, {"id": "x" * 65}, {"id": {}}])
def test_what_has_no_id_is_no_conference(payload: object) -> None:
    assert isinstance(conference_of(payload, SECRET), Rejection)


def test_an_id_that_came_as_a_number_is_text() -> None:
    assert read(past(id=482913756021)).webinar_id == "bigmarker:482913756021"


def test_a_start_in_ten_years_is_rejected_with_its_reason() -> None:
    rejection = webinar_event(read(past(start_time="2036-11-23T18:00:00Z")), NOW, CONTEXT)
    assert isinstance(rejection, Rejection)
    assert rejection.reason is Reason.TIME_OUT_OF_RANGE
