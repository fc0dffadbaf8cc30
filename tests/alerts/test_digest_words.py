"""The morning summary and the week's page, as people read them."""

from datetime import date

from alerts.detection.measurements import Counts, Webinar
from alerts.digest_words import NOT_BY_SOURCE, Coming, Over, daily, weekly
from alerts.evidence import Final, WebinarInfo
from clickhouse.sql import rendered
from contract.instants import DAY, HOUR
from tests.alerts import world


def info(day: int, region: str = "ru") -> WebinarInfo:
    begin = world.T0 + day * DAY
    webinar = Webinar(f"zoom:{day}", begin, "zoom", "SQL", region, "ru", "live", 7, 18, ended=day < 0)
    return WebinarInfo(webinar, "SQL in an hour", begin + HOUR)


def over(day: int, baseline: bool = True, vk: int = 24, region: str = "ru") -> Over:
    groups = {"vk": Counts(60, vk, vk, 12, 10), "mail": Counts(40, 20, 20, 9, 8)}
    said = {"registrations": 96.4, "conversion": 0.44, "conversion_longest": 0.22} if baseline else {}
    return Over(info(day, region), Final(groups, 44, 0), said)


PACE = {
    "registrations": 30,
    "baseline_now": 41.2,
    "expected": 75.0,
    "expected_low": 70.0,
    "expected_high": 80.0,
    "baseline_final": 100.0,
}


def test_the_morning_summary() -> None:
    sentences = [("SQL in an hour", "Attendance rate 34 %, typically 44 % (100 registrants).")]
    title, text = daily(date(2026, 11, 21), [over(-1, vk=14)], sentences, [Coming(info(0), PACE)])
    assert title == "Webinars of Sat 21 Nov"
    assert text.splitlines() == [
        "Yesterday: 1 webinar, 100 registrants, attendance rate 34.0 % (typically 44.0 %), stayed 30+ min 21.0 %.",
        "• SQL in an hour (Sat 21 Nov, 18:00 UTC, ru): 100 registrants (typically 96),"
        " attendance rate 34.0 % (typically 44.0 %), stayed 30+ min 21.0 % (typically 22.0 %)",
        "Needs attention:",
        "• SQL in an hour: Attendance rate 34 %, typically 44 % (100 registrants).",
        "Today:",
        "• SQL in an hour (Sun 22 Nov, 18:00 UTC, ru): 30 registrants, typically 41 by now; forecast 75 (70 to 80),"
        " typically 100",
    ]


def test_where_nothing_was_judged_it_is_not_said_that_all_is_as_typical() -> None:
    _, text = daily(date(2026, 11, 21), [over(-1, vk=14)], None, [])
    assert "What needs attention is not known yet: the workers have not judged all webinars." in text
    assert "All within" not in text


def test_a_morning_after_nothing() -> None:
    _, text = daily(date(2026, 11, 21), [], [], [])
    assert text.splitlines() == [
        "Yesterday: no webinars.",
        "No webinar is planned for today.",
    ]


def test_what_is_not_known_is_said_so() -> None:
    _, text = daily(date(2026, 11, 21), [over(-1, baseline=False), Over(info(-1), None, {})], [], [Coming(info(0), {})])
    lines = text.splitlines()
    assert lines[1] == (
        "• SQL in an hour (Sat 21 Nov, 18:00 UTC, ru): 100 registrants, attendance rate 44.0 %, stayed 30+ min 21.0 %"
    )
    assert lines[2] == "• SQL in an hour (Sat 21 Nov, 18:00 UTC, ru): no numbers yet"
    assert lines[-1] == "• SQL in an hour (Sun 22 Nov, 18:00 UTC, ru)"


def test_the_page_of_the_week() -> None:
    now = [over(-2, vk=14), over(-1, region="kz")]
    before = [over(-day, baseline=False) for day in range(10, 18)]
    title, text = weekly(date(2026, 11, 16), now, before, 4, [], [])
    assert title == "Webinars of week 47, Mon 16 Nov to Sun 22 Nov 2026"
    assert text.splitlines() == [
        "Last week: 2 webinars, 200 registrants, attendance rate 39.0 % (typically 44.0 %), stayed 30+ min 21.0 %.",
        "Average of the 4 weeks before: 2.0 webinars, 200 registrants, attendance rate 44.0 %, stayed 30+ min 21.0 %.",
        "By region:",
        "• ru: 100 registrants, attendance rate 34.0 % (44.0 % before)",
        "• kz: 100 registrants, attendance rate 44.0 %",
        "Sources that changed the most:",
        "• vk: 120 registrants, attendance rate 31.7 % (40.0 % before)",
        "• mail: 80 registrants, attendance rate 50.0 % (50.0 % before)",
        "All within the typical range.",
    ]


def test_what_is_not_told_by_source_is_no_source_that_changed() -> None:
    sums = over(-3)._replace(final=Final({NOT_BY_SOURCE: Counts(90, 70, 60, 50, 40)}, 70, 0))
    _, text = weekly(date(2026, 11, 16), [over(-2), sums], [over(-9)], 4, [], [])
    assert "Sources that changed the most:\n• mail:" in text
    assert NOT_BY_SOURCE not in text
    assert rendered("{not_by_source}") == f"'{NOT_BY_SOURCE}'"
