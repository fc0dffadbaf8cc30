"""The numbers of the page Today, by hand."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs

import pytest

from alerts import wording
from alerts.workers import OffError
from tests.grafana import week
from tests.grafana.conftest import Database, database
from tests.rows import put
from tests.servers.clickhouse import Server

NOW = datetime(2025, 11, 12, 9, tzinfo=UTC)
"""A Wednesday."""
DAY = 86_400_000
FROM = NOW - timedelta(days=7)


def _over(
    webinar_id: str, begin: datetime, registered: int, came: int, zone: str = "Europe/Moscow"
) -> list[week.Event]:
    end = begin + timedelta(hours=1)
    said = [
        week.webinar(
            webinar_id, begin, title=webinar_id, timezone=zone, starts_at=begin, started_at=begin, ended_at=end
        )
    ]
    for person in range(registered):
        said.append(week.registration(webinar_id, person, begin - timedelta(hours=5)))
        if person < came:
            said += week.stay(webinar_id, person, begin, 0, 40)
    return said


def unusual(days: Database, at: datetime = NOW, chosen: dict[str, list[str]] | None = None) -> list[dict[str, Any]]:
    """What stands out, without the blanks behind its sentences."""
    rows = days.ask("today/unusual", FROM, at, chosen or {})
    return [{**row, "sentence": row["sentence"].rstrip()} for row in rows]


@pytest.fixture(scope="module")
def days(clickhouse_server: Server) -> Iterator[Database]:
    """Monday and Tuesday of two weeks; a webinar that is yesterday's only where it was held; one to come."""
    events = [
        *_over("zoom:last", NOW - timedelta(days=9), 50, 25),
        *_over("zoom:last-late", NOW - timedelta(days=6), 50, 50),
        *_over("zoom:this", NOW - timedelta(days=1, hours=2), 100, 40),
        # 23:30 of the 11th in Chatham is 09:45 UTC of that day; 00:15 of the 12th there is 10:30 UTC.
        *_over("zoom:chatham", datetime(2025, 11, 11, 10, 30, tzinfo=UTC), 1, 1, "Pacific/Chatham"),
        week.webinar("zoom:next", NOW, title="Next", starts_at=NOW + timedelta(days=2)),
        *(week.registration("zoom:next", person, NOW - timedelta(hours=1)) for person in range(3)),
    ]
    with database(clickhouse_server, events) as one:
        baseline = {"webinar_id": "zoom:this", "evaluated_at": NOW, "n": 5, "members": [], "weights": []}
        baseline |= {"conversion": 0.5, "conversion_low": 0.45, "conversion_high": 0.55, "likeness": "the last five"}
        baseline |= {"registrations": 90.0, "registrations_low": 80.0, "registrations_high": 95.0}
        _insert(one, "baseline_values", baseline)
        to_come = {"webinar_id": "zoom:next", "evaluated_at": NOW, "n": 5, "members": [], "weights": []}
        _insert(one, "baseline_values", to_come | {"registrations_low": 20.0, "registrations_high": 40.0})
        pace = {"webinar_id": "zoom:next", "evaluated_at": NOW, "registrations": 3, "baseline_now": 10.0, "n": 5}
        _insert(
            one, "pace", pace | {"expected": 8.0, "expected_low": 5.4, "expected_high": 12.0, "baseline_final": 30.0}
        )
        finding = {"finding_id": "one", "webinar_id": "zoom:this", "since": week.ms(NOW) - 1000, "until": 9999999999999}
        _insert(one, "findings", finding | {"sentence": "It's fewer than usual.", "evaluated_at": NOW})
        yield one


def _insert(database: Database, table: str, row: dict[str, Any]) -> None:
    database.writer.insert(table, [list(row.values())], list(row))


def test_yesterday_is_that_of_the_webinars_own_wall_clock_and_stands_beside_its_usual(days: Database) -> None:
    (row,) = days.ask("today/yesterday", FROM, NOW)
    assert (row["webinar_id"], row["webinar"]) == ("zoom:this", "10:00 Moscow · zoom:this")
    assert (row["registrations"], row["conversion"], row["conversion_5m"]) == ("100 ▲", "40.0 % ▼", "40.0 %")
    assert row["likeness"] == "the last five"
    # In Chatham the 13th has begun when it is 10:30 UTC on the 12th.
    later = days.ask("today/yesterday", FROM, NOW + timedelta(hours=2))
    assert [row["webinar_id"] for row in later] == ["zoom:this", "zoom:chatham"]


def test_beside_chosen_sources_nothing_is_usual(days: Database) -> None:
    chosen = {"source": ["No source given"]}
    shown = days.ask("today/yesterday", FROM, NOW, chosen)
    assert all(not str(row["conversion"]).endswith(("▼", "=", "▲")) for row in shown)


def test_the_last_seven_full_days_against_the_seven_before(days: Database) -> None:
    (row,) = days.ask("today/week", FROM, NOW)
    # Of the fifth to the eleventh 150 and 90, before it 50 and 25. In Chatham it was the twelfth already: no full day.
    assert (row["webinars"], row["registrations"]) == ("2 (1 before)", "150 · +200 %")
    assert row["conversion"] == "60.0 % · +10.0 pp"


def test_monday_morning_has_last_week_and_never_says_that_all_is_gone(days: Database) -> None:
    monday = datetime(2025, 11, 10, 0, 5, tzinfo=UTC)
    (row,) = days.ask("today/week", monday - timedelta(days=7), monday)
    # 00:05 in London is 03:05 in Moscow: the week of Monday the third to Sunday the ninth, on each webinar's clock.
    assert (row["webinars"], row["registrations"], row["conversion"]) == ("2", "100", "75.0 %")


def test_what_chance_explains_has_no_mark_and_what_it_does_not_has_one(clickhouse_server: Server) -> None:
    def of(came: int) -> str:
        events = [
            one
            for day in range(1, 15)
            for one in _over(f"zoom:{day}", NOW - timedelta(days=day, hours=2), 60, came if day < 8 else 30 + day % 3)
        ]
        with database(clickhouse_server, events) as one:
            (row,) = one.ask("today/week", FROM, NOW)
        return str(row["conversion"])

    assert of(30) == "50.0 % · \N{MINUS SIGN}1.9 pp"
    assert of(15) == "25.0 % ▼ \N{MINUS SIGN}26.9 pp"


def test_days_without_days_before_say_only_their_own(days: Database) -> None:
    (row,) = days.ask("today/week", FROM, NOW - timedelta(days=8))
    assert (row["webinars"], row["registrations"], row["conversion"]) == ("1", "50", "50.0 %")


def test_what_is_upcoming_stands_beside_its_pace(days: Database) -> None:
    (row,) = days.ask("today/upcoming", FROM, NOW)
    assert (row["registrations"], row["baseline_now"], row["expected"]) == ("3 ▼", 10, "5 to 12")
    assert (row["baseline_final"], row["n"]) == (30, 5)
    # Eight days before, another was to come within seven days, and nobody had evaluated a pace.
    before = days.ask("today/upcoming", FROM, NOW - timedelta(days=8))
    assert [(one["webinar_id"], one["registrations"], one["baseline_now"], one["n"]) for one in before] == [
        ("zoom:last-late", "0", None, None),
        ("zoom:this", "0", None, None),
    ]


def test_the_day_is_one_sentence(days: Database, empty: Database) -> None:
    assert days.ask("today/headline", FROM, NOW) == [
        {
            "headline": "1 webinar needs attention; one webinar yesterday with 100 registrants, "
            "attendance rate 40.0 %; none live, 1 in the next seven days."
        }
    ]
    assert empty.ask("today/headline", FROM, NOW) == [{"headline": "No webinar is known at this moment."}]


def test_what_is_unusual_is_said_in_words_from_when_it_was_found(days: Database) -> None:
    (row, rest) = unusual(days)
    assert (row["sentence"], row["webinar_id"]) == ("Tue 11 Nov, 10:00 Moscow · It's fewer than usual.", "zoom:this")
    # That all is well is never said of what nobody has looked at.
    assert (rest["webinar_name"], rest["sentence"], rest["page"]) == (
        ("Not judged", "3 of 3 webinars of these seven days: not looked at yet by the workers (3).", "webinars")
    )
    (before,) = unusual(days, NOW - timedelta(hours=1))
    assert before["webinar_name"] == "Not judged"
    assert (row["page"], row["chosen"].split("&")[0]) == ("webinar", "var-webinar=zoom%3Athis")


def test_what_is_unusual_is_shown_for_a_week_and_until_it_is_over(days: Database) -> None:
    now = week.ms(NOW)
    since = {"lasting": now - 6 * DAY, "old": now - 8 * DAY, "over": now - DAY, "ending": now - DAY}
    for subject, begun in since.items():
        until = {"over": now, "ending": now + 1}.get(subject, 9999999999999)
        finding = {"finding_id": subject, "webinar_id": "zoom:this", "since": begun, "until": until}
        _insert(days, "findings", finding | {"sentence": subject, "evaluated_at": NOW})
    shown = {row["sentence"].removeprefix("Tue 11 Nov, 10:00 Moscow · ") for row in unusual(days)}
    days.writer.command("DELETE FROM findings WHERE finding_id IN {ids:Array(String)}", {"ids": list(since)})
    assert since.keys() & shown == {"lasting", "ending"}


def test_of_thirty_a_percentage_stands_alone_and_of_fewer_with_their_number(days: Database) -> None:
    begin = NOW - timedelta(days=20)
    said: list[week.Event] = []
    for webinar_id, registered in (("zoom:29", 29), ("zoom:30", 30)):
        said += [week.webinar(webinar_id, begin, starts_at=begin, started_at=begin, duration_seconds=3600)]
        said += [week.registration(webinar_id, person, begin - timedelta(hours=5)) for person in range(registered)]
    put(days.writer, days.config, said)
    at = begin + timedelta(minutes=20)
    shown = {row["webinar_id"]: row["conversion"] for row in days.ask("today/on_now", FROM, at)}
    assert shown == {"zoom:29": "0.0 % (n=29)", "zoom:30": "0.0 %"}


POOLED = "language=C++ & \N{LATIN SMALL LETTER U WITH DIAERESIS}=|x"
"""A value with everything that an address, or the name of a finding, could trip over."""


def test_a_drop_of_several_webinars_leads_to_all_of_them_filtered_and_never_to_1970(days: Database) -> None:
    since = week.ms(NOW) - 2000
    for subject in (POOLED, "course=go"):
        finding = {"finding_id": f"{subject}|drop|{since}", "webinar_id": "", "kind": "drop", "since": since}
        more = {"until": 9999999999999, "sentence": subject, "reasons": '{"webinars": 3}', "evaluated_at": NOW}
        _insert(days, "findings", finding | more)
    rows = {row["sentence"]: row for row in unusual(days)}
    odd, course = rows[POOLED], rows["course=go"]
    assert odd["webinar_name"] == wording.pooled_name(POOLED, 3) == "language 'C++ & ü=|x', 3 webinars together"
    assert course["webinar_name"] == "course 'go', 3 webinars together"
    assert odd["page"] == course["page"] == "webinars"
    assert course["from_ms"] == since - 7 * DAY
    assert course["to_ms"] == week.ms(NOW)
    assert parse_qs(odd["chosen"])["var-language"] == ["C++ & ü=|x"]
    assert "var-webinar" not in parse_qs(odd["chosen"])
    # What is filtered by is kept, but for what it is about.
    go = {row["sentence"]: row for row in unusual(days, NOW, {"course": ["go", "a&b"]})}["course=go"]
    assert parse_qs(go["chosen"])["var-course"] == ["go"]
    assert "course=go" not in {row["sentence"] for row in unusual(days, NOW, {"course": ["sql"]})}
    kept = {row["sentence"]: row for row in unusual(days, NOW, {"region": ["", "a&b"]})}["course=go"]
    assert parse_qs(kept["chosen"], keep_blank_values=True)["var-region"] == ["", "a&b"]


@pytest.mark.parametrize(
    ("runs", "since", "sentence"),
    [
        ({}, None, "No alert was ever sent: funnel alerts watch does not run, or fails. funnel status says which."),
        ({1: 0}, None, None),
        (
            {30: 0},
            30,
            "No alert is sent: funnel alerts watch does not run, or fails. funnel status says which.",
        ),
        ({9: 0, 3: 7, 1: 1234}, 3, f"Alerts are {OffError(1234)}."),
        ({5: 0, 3: -1, 1: -1}, 3, f"Alerts are {OffError(-1)}."),
        ({5: 9, 3: 8, 1: 0}, None, None),
        ({5: 123}, 5, f"Alerts are {OffError(123)}."),
        ({5: 1_234_567}, 5, f"Alerts are {OffError(1_234_567)}."),
    ],
)
def test_that_nothing_is_judged_is_said_first(
    days: Database, runs: dict[int, int], since: int | None, sentence: str | None
) -> None:
    now = datetime.now(UTC).replace(microsecond=0)
    days.writer.command("TRUNCATE TABLE alert_runs")
    for minutes, unread in runs.items():
        _insert(days, "alert_runs", {"evaluated_at": now - timedelta(minutes=minutes), "unread": unread, "webinars": 1})
    rows = unusual(days, now, {"region": ["elsewhere"]})
    if sentence is None:
        assert rows == []
        return
    (row,) = rows
    assert (row["webinar_name"], row["sentence"], row["page"]) == ("Alerts are off", sentence, "data-health")
    assert row["since"] == (since and week.ms(now) - since * 60_000)
    (health,) = days.ask("data-health/alerts", now - timedelta(hours=3), now)
    assert (health["since"], health["sentence"]) == (row["since"], sentence)


def test_a_moment_before_all_that_is_known_says_that_nothing_was_known(days: Database, empty: Database) -> None:
    long_ago = NOW - timedelta(days=400)
    (row,) = unusual(days, long_ago)
    assert row["sentence"] == "Nothing was known at this moment: the first webinar known began on Thu 23 Oct 2025."
    assert "Nothing known" not in {one["webinar_name"] for one in unusual(days)}
    assert [one["webinar_name"][:2] for one in empty.ask("today/unusual", FROM, NOW)] == ["1.", "2.", "3.", "4.", "5."]
