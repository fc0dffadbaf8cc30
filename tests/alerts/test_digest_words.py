"""The morning summary and the week's page, as people read them."""

from datetime import date

from alerts.detection.measurements import Counts, Webinar
from alerts.digest_words import Coming, Over, daily, weekly
from alerts.known import Final, Held
from contract.instants import DAY, HOUR
from tests.alerts import world


def held(day: int, region: str = "ru") -> Held:
    begin = world.T0 + day * DAY
    webinar = Webinar(f"zoom:{day}", begin, "zoom", "SQL", region, "ru", "live", 7, 18, ended=day < 0)
    return Held(webinar, "SQL in an hour", begin + HOUR)


def over(day: int, baseline: bool = True, vk: int = 24, region: str = "ru") -> Over:
    groups = {"vk": Counts(60, vk, vk, 12, 10), "mail": Counts(40, 20, 20, 9, 8)}
    said = {"registrations": 96.4, "conversion": 0.44, "conversion_longest": 0.22} if baseline else {}
    return Over(held(day, region), Final(groups, 44, 0), said)


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
    title, text = daily(date(2026, 11, 21), [over(-1, vk=14)], sentences, [Coming(held(0), PACE)])
    assert title == "Webinars of Saturday, 21.11."
    assert text.splitlines() == [
        "Yesterday 1 webinar: 100 registered, 34 % came (usually 44 %), 21 % stayed 30+ min.",
        "• SQL in an hour (Sat 18:00, ru): 100 registered (usually 96), 34 % came (usually 44 %),"
        " 21 % stayed 30+ min (usually 22 %)",
        "Needs attention:",
        "• SQL in an hour: Attendance rate 34 %, typically 44 % (100 registrants).",
        "Today:",
        "• SQL in an hour (Sun 18:00, ru): 30 registered, usually 41 by now; 75 to be expected (70 to 80), usually 100",
    ]


def test_where_nothing_was_judged_it_is_not_said_that_all_is_as_typical() -> None:
    _, text = daily(date(2026, 11, 21), [over(-1, vk=14)], None, [])
    assert "What needs attention is not known: the workers have not judged all of it yet." in text
    assert "As typical" not in text


def test_a_morning_after_nothing() -> None:
    _, text = daily(date(2026, 11, 21), [], [], [])
    assert text.splitlines() == [
        "Yesterday there was no webinar.",
        "No webinar is planned for today.",
    ]


def test_what_is_not_known_is_said_so() -> None:
    _, text = daily(date(2026, 11, 21), [over(-1, baseline=False), Over(held(-1), None, {})], [], [Coming(held(0), {})])
    lines = text.splitlines()
    assert lines[1] == "• SQL in an hour (Sat 18:00, ru): 100 registered, 44 % came, 21 % stayed 30+ min"
    assert lines[2] == "• SQL in an hour (Sat 18:00, ru): no numbers yet"
    assert lines[-1] == "• SQL in an hour (Sun 18:00, ru)"


def test_the_page_of_the_week() -> None:
    now = [over(-2, vk=14), over(-1, region="kz")]
    before = [over(-day, baseline=False) for day in range(10, 18)]
    title, text = weekly(date(2026, 11, 16), now, before, 4, [], [])
    assert title == "Webinars of week 2026-W47"
    assert text.splitlines() == [
        "In this week 2 webinars: 200 registered, 39 % came (usually 44 %), 21 % stayed 30+ min.",
        "The 4 weeks before, on average: 2.0 webinars, 200 registered, 44 % came, 21 % stayed 30+ min.",
        "By region:",
        "• ru: 100 registered, 34 % came (44 % before)",
        "• kz: 100 registered, 44 % came",
        "Sources that changed the most:",
        "• vk: 120 registered, 32 % came (40 % before)",
        "• mail: 80 registered, 50 % came (50 % before)",
        "All as typical.",
    ]
