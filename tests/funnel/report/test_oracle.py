"""The oracle against cases computed by hand from docs/contract.md: each name says the rule."""

from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
import pytest

from funnel.report import oracle
from tests.contract_events import (
    T0,
    Event,
    attendance,
    hour_long,
    identity,
    moment,
    p,
    r,
    registration,
    stay,
    totals,
    webinar,
)


def numbers(events: list[Event], minutes: float = 120) -> dict[str, Any]:
    """The row of the only webinar, `minutes` after T0."""
    records = [orjson.dumps(event) for event in events]
    (row,) = oracle.numbers(records, T0 + timedelta(minutes=minutes), oracle.Rules())
    return row


def watched(*events: Event, minutes: float = 120) -> tuple[int, int, int]:
    row = numbers([*hour_long(), *events], minutes)
    return row["visits"], row["visits_5m"], row["visits_30m"]


# -- webinar


def test_per_field_the_greatest_authority_wins_then_the_latest_statement() -> None:
    events = [
        webinar(-10, course="from the catalogue", authority=1),
        webinar(-9, course="from the service", region="EU"),
        webinar(-8, region="APAC"),
    ]
    row = numbers(events)
    assert (row["course"], row["region"]) == ("from the catalogue", "APAC")


def test_the_smallest_start_and_the_greatest_end_win_within_an_authority() -> None:
    events = [webinar(70, started_at=moment(3), ended_at=moment(40)), webinar(60, started_at=moment(1))]
    events += [webinar(50, ended_at=moment(45)), *stay(1, 0, 50)]
    row = numbers(events, 46)
    assert (row["completeness"], row["visits_30m"]) == ("being_completed", 1)
    assert numbers(events, 44)["completeness"] == "on_now"
    assert numbers(events, 0.5)["completeness"] == "upcoming"


def test_a_service_that_tells_starts_has_no_begin_before_one_is_known() -> None:
    said = webinar(starts_at=moment(0), duration_seconds=1800, tells=["starts"], status="scheduled")
    assert [numbers([said], minutes)["completeness"] for minutes in (10, 29.9, 30)] == [
        "upcoming",
        "upcoming",
        "being_completed",
    ]


def test_an_unknown_length_is_an_hour() -> None:
    said = webinar(starts_at=moment(0))
    assert [numbers([said], minutes)["completeness"] for minutes in (59.9, 60)] == ["on_now", "being_completed"]


def test_status_live_goes_on_until_six_hours_after_the_planned_end() -> None:
    said = webinar(1, starts_at=moment(0), duration_seconds=3600, status="live")
    assert [numbers([said], minutes)["completeness"] for minutes in (419.9, 420)] == ["on_now", "being_completed"]


def test_the_host_came_back_when_live_is_said_after_the_end() -> None:
    events = [webinar(0, starts_at=moment(0), duration_seconds=600, ended_at=moment(30)), webinar(31, status="live")]
    assert numbers(events, 35)["completeness"] == "on_now"
    assert numbers([events[0], webinar(29, status="live")], 35)["completeness"] == "being_completed"


def test_status_ended_ends_when_it_was_said_but_not_after_the_plan() -> None:
    events = [webinar(-10, starts_at=moment(0), duration_seconds=3600), webinar(20, status="ended"), *stay(1, 0, 60)]
    assert numbers(events, 25)["visits_5m"] == 1
    assert numbers(events, 70)["visits_30m"] is None
    assert numbers([*events, webinar(90, status="ended")], 100)["visits_30m"] == 1


def test_a_cancelled_webinar_has_an_empty_window() -> None:
    row = numbers([*hour_long(status="cancelled"), registration(1), *stay(1, 0, 60)])
    assert row["completeness"] == "cancelled"
    assert (row["registrations"], row["visits_all"], row["visits"]) == (1, 1, 0)
    assert (row["visits_5m"], row["visits_full"], row["conversion"]) == (None, None, None)


def test_a_webinar_is_final_when_complete_or_a_day_after_the_end() -> None:
    assert numbers(hour_long(), 60 + 24 * 60 - 1)["completeness"] == "being_completed"
    assert numbers(hour_long(), 60 + 24 * 60)["completeness"] == "final"
    assert numbers(hour_long(completed_at=moment(65)), 65)["completeness"] == "final"


def test_an_unknown_webinar_keeps_its_persons_and_has_no_begin() -> None:
    row = numbers([registration(1), *stay(1, 0, 30)])
    assert (row["completeness"], row["registrations"], row["visits_all"], row["visits"]) == ("upcoming", 1, 1, 0)
    assert row["week"] is row["weekday"] is row["hour"] is None


@pytest.mark.parametrize(
    ("zone", "expected"),
    [("UTC", ("2026-W47", 7, 18)), ("Asia/Tokyo", ("2026-W48", 1, 3)), ("Mars/Base", ("2026-W47", 7, 18))],
)
def test_week_weekday_and_hour_are_of_begin_in_the_webinars_zone(zone: str, expected: tuple[str, int, int]) -> None:
    row = numbers(hour_long(timezone=zone, starts_at=moment(-300)))
    assert (row["week"], row["weekday"], row["hour"]) == expected


# -- registration


def test_status_is_that_of_the_latest_event_and_at_a_tie_of_the_later_in_the_order() -> None:
    assert numbers([*hour_long(), registration(1, -9, "cancelled"), registration(1, -8)])["registrations"] == 1
    assert numbers([*hour_long(), registration(1, -8, "cancelled"), registration(1, -8)])["registrations"] == 0


def test_after_the_end_only_a_withdrawal_changes_the_registered() -> None:
    for status, expected in (("cancelled", 1), ("denied", 1), ("withdrawn", 0)):
        assert numbers([*hour_long(), registration(1), registration(1, 70, status)])["registrations"] == expected


def test_registered_later_is_registered_first_after_the_end() -> None:
    row = numbers([*hour_long(), registration(1, 70), registration(2, -9, "cancelled"), registration(2, 70)])
    assert (row["registrations"], row["registered_later"]) == (0, 1)
    assert numbers([*hour_long(), registration(1, 70)], 69)["registered_later"] == 0


def test_the_source_group_is_that_of_the_first_good_touch() -> None:
    events = [
        registration(1, -90, "denied", source={"utm_source": "denied"}),
        registration(1, -80, source={"utm_source": " VK "}),
        registration(1, -70, "approved", source={"utm_source": "mail"}),
    ]
    assert list(numbers([*hour_long(), *events])["by_source"]) == ["vk"]


@pytest.mark.parametrize(
    ("source", "group"),
    [
        ({"utm_source": "", "tracking_code": "TG-1", "platform_source": "x"}, "TG-1"),
        ({"platform_source": "Added by presenter", "referrer": "https://Blog.example.com/a?b"}, "blog.example.com"),
        ({"platform_source": "Zoom invite", "referrer": "example.com"}, "Zoom invite"),
        ({"referrer": "https://a.org/x//y"}, "a.org"),
        ({"referrer": "https://a.org/?u=https://b.org"}, "a.org"),
        ({"referrer": "https://u@A.org:8080/x"}, "a.org"),
        ({"utm_medium": "cpc"}, "No source given"),
        (None, "No source given"),
    ],
)
def test_the_most_telling_field_names_the_group(source: Event | None, group: str) -> None:
    assert list(numbers([*hour_long(), registration(1, source=source)])["by_source"]) == [group]


def test_at_a_tie_of_first_touches_one_that_says_a_source_wins() -> None:
    events = [registration(1, -80, event_id="a"), registration(1, -80, event_id="b", source={"utm_source": "vk"})]
    assert list(numbers([*hour_long(), *events])["by_source"]) == ["vk"]


def test_who_never_registered_is_a_walk_in() -> None:
    row = numbers([*hour_long(), *stay(1, 0, 30)])
    assert row["walk_ins"] == row["by_source"]["Walk-in"]["walk_ins"] == 1
    assert (row["registered_visits"], row["conversion"]) == (0, None)


# -- attendance


def test_watch_time_is_the_union_of_overlapping_devices() -> None:
    assert watched(*stay(1, 0, 4, session="a"), *stay(1, 1, 4.9, session="b")) == (1, 0, 0)
    assert watched(*stay(1, 0, 4, session="a"), *stay(1, 10, 11, session="b")) == (1, 1, 0)


def test_watch_time_is_clipped_to_the_window() -> None:
    assert watched(*stay(1, -60, 4)) == (1, 0, 0)
    assert watched(*stay(1, 56, 200)) == (1, 0, 0)
    assert watched(*stay(1, -60, -1)) == (0, 0, 0)


def test_seconds_are_cut_once_at_the_end() -> None:
    assert watched(*stay(1, 0, 0.999 / 60)) == (0, 0, 0)
    assert watched(*stay(1, 0, 0.6 / 60, session="a"), *stay(1, 1, 1 + 0.6 / 60, session="b")) == (1, 0, 0)


def test_the_earliest_join_and_the_latest_leave_of_a_session_count() -> None:
    assert watched(*stay(1, 3, 4), *stay(1, 5, 8)) == (1, 1, 0)


def test_a_session_without_a_leave_ends_a_minute_after_its_last_sign_of_life() -> None:
    assert watched(attendance(1, "joined", 0), attendance(1, "seen", 4)) == (1, 1, 0)
    assert watched(attendance(1, "joined", 0), attendance(1, "seen", 3.9)) == (1, 0, 0)


def test_a_session_without_leave_or_sign_goes_on_to_the_end_of_the_window() -> None:
    assert watched(attendance(1, "joined", 30)) == (1, 1, 1)


def test_a_session_without_a_join_starts_at_its_first_sign_or_its_leave() -> None:
    assert watched(attendance(1, "seen", 1), attendance(1, "left", 6)) == (1, 1, 0)
    assert watched(attendance(1, "left", 6)) == (0, 0, 0)
    assert numbers([*hour_long(), attendance(1, "left", 6)])["visits_all"] == 1


def test_the_summary_takes_over_without_sessions_or_after_the_end_where_a_leave_is_missing() -> None:
    summary = attendance(1, "summary", 61, total_seconds=400, reported_at=moment(62))
    assert watched(summary) == (1, 1, 0)
    assert watched(summary, attendance(1, "joined", 30)) == (1, 1, 0)
    assert watched(summary, *stay(1, 30, 31)) == (1, 0, 0)
    assert watched(summary, minutes=60.5) == (0, 0, 0)


def test_the_summary_is_cut_to_the_window_and_the_latest_report_counts() -> None:
    events = [
        attendance(1, "summary", 61, total_seconds=100_000, reported_at=moment(62)),
        attendance(1, "summary", 70, total_seconds=200, reported_at=moment(61)),
    ]
    assert watched(*events) == (1, 1, 1)
    assert numbers([*hour_long(), *events], 61.5)["visits_full"] == 1


def test_a_summary_of_no_seconds_opened_the_room_and_did_not_come() -> None:
    row = numbers([*hour_long(), attendance(1, "summary", 61, total_seconds=0, reported_at=moment(62))])
    assert (row["visits_all"], row["visits"], row["walk_ins"]) == (1, 0, 1)


def test_each_distinct_recording_view_counts_and_is_no_visit() -> None:
    events = [
        attendance(1, "recording_viewed", 70, event_id="v1"),
        attendance(1, "recording_viewed", 71, event_id="v1"),
        attendance(1, "recording_viewed", 80, event_id="v2"),
    ]
    row = numbers([*hour_long(), *events])
    assert (row["recording_viewers"], row["recording_views"], row["visits_all"]) == (1, 2, 0)
    assert numbers([*hour_long(), *events], 75)["recording_views"] == 1
    assert numbers([*hour_long(tells=["live"]), *events])["recording_views"] is None


@pytest.mark.parametrize("flag", [{"role": "host"}, {"role": "panelist"}, {"is_test": True}])
def test_hosts_panelists_and_tests_are_in_no_number(flag: Event) -> None:
    row = numbers([*hour_long(), registration(1), *stay(1, 0, 60), attendance(1, "seen", 5, **flag)])
    assert (row["registrations"], row["visits_all"], row["by_source"]) == (0, 0, {})


# -- buckets


def test_a_bucket_is_null_while_the_window_is_too_short_for_it() -> None:
    said = [webinar(starts_at=moment(0)), registration(1), attendance(1, "joined", 0)]
    for minutes, expected in (
        (4.99, (1, None, None, None)),
        (5, (1, 1, None, None)),
        (30, (1, 1, 1, None)),
        (60, (1, 1, 1, 1)),
    ):
        row = numbers(said, minutes)
        assert (row["visits"], row["visits_5m"], row["visits_30m"], row["visits_full"]) == expected
        conversions = tuple(row[f"conversion{bucket}"] for bucket in ("", "_5m", "_30m", "_full"))
        assert conversions == tuple(None if one is None else 1.0 for one in expected)


def test_full_is_ninety_percent_of_the_shorter_of_window_and_plan() -> None:
    assert numbers([*hour_long(), *stay(1, 0, 54)])["visits_full"] == 1
    assert numbers([*hour_long(), *stay(1, 0, 53.99)])["visits_full"] == 0
    assert numbers([*hour_long(duration_seconds=1800), *stay(1, 0, 27)])["visits_full"] == 1
    assert numbers([*hour_long(duration_seconds=0), *stay(1, 0, 27)])["visits_full"] == 0


# -- identity


def test_a_linked_registrant_and_its_person_are_one() -> None:
    events = [registration(r(7)), *stay(p(1), 0, 40), identity(7, 1)]
    row = numbers([*hour_long(), *events])
    assert (row["registrations"], row["registered_visits_30m"], row["walk_ins"]) == (1, 1, 0)


def test_of_several_links_the_latest_counts_and_links_make_no_chains() -> None:
    events = [registration(r(7)), identity(7, 1, 0), identity(7, 2, 1), *stay(p(1), 0, 40)]
    row = numbers([*hour_long(), *events])
    assert (row["registrations"], row["registered_visits"], row["walk_ins"]) == (1, 0, 1)


# -- totals


def test_totals_stand_in_for_the_persons_of_an_ended_webinar_that_has_none() -> None:
    said = [totals(registrations=200, visits=80, visits_30m=50), identity(7, 1)]
    row = numbers([*hour_long(), *said])
    assert (row["totals_only"], row["registrations"], row["visits"], row["registered_visits"]) == (True, 200, 80, 80)
    assert (row["conversion"], row["conversion_30m"], row["conversion_5m"]) == (0.4, 0.25, None)
    assert row["visits_all"] is row["visits_5m"] is row["visits_full"] is row["recording_views"] is None
    assert row["walk_ins"] is row["registered_later"] is row["recording_viewers"] is None
    assert list(row["by_source"]) == ["Not told by source"]
    before = numbers([*hour_long(), *said], 59)
    assert (before["totals_only"], before["registrations"], before["by_source"]) == (False, 0, {})


@pytest.mark.parametrize("persons", [[registration(1, 300)], [attendance(1, "seen", 5, role="host")]])
def test_any_person_at_all_is_believed_more_than_totals(persons: list[Event]) -> None:
    row = numbers([*hour_long(), totals(registrations=200), *persons])
    assert (row["totals_only"], row["registrations"]) == (False, 0)


def test_of_all_reporters_the_greatest_reported_at_then_event_id_counts() -> None:
    events = [
        totals(100, registrations=1, event_id="z"),
        totals(101, registrations=2, event_id="a"),
        totals(101, registrations=3, event_id="b", reported_by="zoom-report"),
    ]
    assert numbers([*hour_long(), *events])["registrations"] == 3
    assert numbers([*hour_long(), *reversed(events[:2])])["registrations"] == 2


def test_what_is_told_of_the_top_of_the_funnel_is_the_latest_reading_of_each_field_and_no_sum() -> None:
    events = [
        totals(-50, page_views=40, invited=900),
        totals(-20, page_views=70, event_id="a", reported_by="crm"),
        totals(-20, page_views=60, event_id="b"),
        totals(-10, registrations=3),
        registration(1),
    ]
    row = numbers([*hour_long(), *events], -5)
    assert (row["invited"], row["page_views"], row["registrations"]) == (900, 60, 1)
    assert row == numbers([*hour_long(), *reversed(events), *events], -5)
    early = numbers([*hour_long(), *events], -30)
    assert (early["invited"], early["page_views"]) == (900, 40)
    untold = numbers([*hour_long(), *events], -60)
    assert untold["invited"] is untold["page_views"] is None


def test_after_the_end_what_is_told_later_holds_for_the_past_too() -> None:
    events = [registration(1), totals(-5, page_views=40), totals(10_000, page_views=75, invited=900)]
    during, after = (numbers([*hour_long(), *events], minutes) for minutes in (59, 60))
    assert (during["page_views"], during["invited"]) == (40, None)
    assert (after["page_views"], after["invited"]) == (75, 900)


def test_views_by_source_have_the_groups_of_registrations_also_where_nobody_registered() -> None:
    said = [
        {"source": {"tracking_code": "partner-x"}, "page_views": 40},
        {"source": {"tracking_code": "unused"}, "page_views": 2},
        {"source": {"utm_source": "Partner-X"}, "page_views": 5},
        {"source": {"tracking_code": "partner-x", "utm_source": " "}, "page_views": 1},
    ]
    events = [
        registration(1, source={"tracking_code": "partner-x"}),
        registration(2, source={"utm_source": "mail"}),
        totals(-50, page_views=48, page_views_by_source=[{"source": {"utm_source": "mail"}, "page_views": 9}]),
        totals(-40, page_views=48, page_views_by_source=said),
        totals(-30, page_views=60, page_views_by_source=[]),
    ]
    row = numbers([*hour_long(), *events])
    told = {group: (one["registrations"], one["page_views"]) for group, one in row["by_source"].items()}
    assert told == {"partner-x": (1, 46), "mail": (1, None), "unused": (0, 2)}
    assert row["page_views"] == 60
    assert {one["invited"] for one in row["by_source"].values()} == {None}


def test_of_totals_alone_the_top_is_told_and_by_no_source() -> None:
    by_source = [{"source": {"utm_source": "vk"}, "page_views": 300}]
    said = [totals(90, registrations=200, page_views=900, page_views_by_source=by_source), totals(95, invited=5000)]
    row = numbers([*hour_long(), *said])
    assert (row["totals_only"], row["registrations"], row["page_views"], row["invited"]) == (True, 200, 900, 5000)
    assert {group: one["page_views"] for group, one in row["by_source"].items()} == {"Not told by source": 900}


def test_who_says_only_the_top_of_the_funnel_stands_in_for_nobody() -> None:
    row = numbers([*hour_long(), totals(90, page_views=10, invited=20)])
    assert (row["totals_only"], row["registrations"], row["page_views"]) == (False, 0, 10)


# -- the answer


def test_order_and_repetition_change_nothing() -> None:
    events = [*hour_long(), registration(1), *stay(1, 0, 40), *stay(2, 5, 20), identity(7, 2), registration(r(7))]
    assert numbers(events) == numbers([*reversed(events), *events])


def test_of_two_contents_under_one_id_the_greater_canonical_json_breaks_the_tie() -> None:
    said = [webinar(-5, event_id="same", title="x", course=course) for course in ("a", "b")]
    assert numbers(said)["course"] == numbers(said[::-1])["course"] == "b"


def test_webinars_come_sorted_each_with_its_own_numbers() -> None:
    events = [*hour_long("zoom:2"), registration(1, webinar_id="zoom:10"), registration(1, webinar_id="zoom:2")]
    rows = oracle.numbers([orjson.dumps(event) for event in events], datetime(2026, 12, 1, tzinfo=UTC), oracle.Rules())
    assert [(row["webinar_id"], row["registrations"]) for row in rows] == [("zoom:10", 1), ("zoom:2", 1)]
