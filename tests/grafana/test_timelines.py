"""The numbers of the pages Today, Webinar and Live that are made of a timeline minute by minute, computed by hand."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from alerts.detection.typical import Peer, rates
from funnel.report.numbers import Question, answer
from tests.grafana import timeline, week
from tests.grafana.conftest import Database, database
from tests.grafana.pages import PAGES, labels, panels
from tests.rows import put
from tests.servers.clickhouse import Server

MAIN = {"webinar": ["zoom:main"], "moment": ["range"]}
FROM = timeline.BEGIN - timedelta(minutes=15)
NOW = datetime.now(UTC).replace(second=0, microsecond=0)


@pytest.fixture(scope="module")
def known(clickhouse_server: Server) -> Iterator[Database]:
    """The webinars of tests/grafana/timeline.py, with what is usual for zoom:main, zoom:live and zoom:a."""
    with database(clickhouse_server, [*timeline.events(), *timeline.live(NOW)]) as one:
        peers = dict.fromkeys(("zoom:main", "zoom:live", "zoom:soon"), timeline.PEERS)
        peers["zoom:a"] = ("zoom:b", "zoom:c", "zoom:main")
        for webinar_id, members in peers.items():
            baseline: dict[str, Any] = {
                "webinar_id": webinar_id,
                "evaluated_at": NOW,
                "likeness": "the last of its kind",
                "n": 6,
                # Each twice: nobody says what is typical of fewer than five.
                "members": 2 * list(members),
                "weights": 2 * list(timeline.WEIGHTS),
                "conversion": 0.5,
                "conversion_low": 0.4,
                "conversion_high": 0.6,
            }
            one.writer.insert("baseline_values", [list(baseline.values())], list(baseline))
        yield one


def by_minute(rows: list[dict[str, Any]]) -> dict[int, dict[str, Any]]:
    return {row["minute"]: row for row in rows}


def asked(known: Database, name: str, end: datetime = timeline.TO) -> list[dict[str, Any]]:
    return known.ask(f"webinar/{name}", FROM, end, MAIN)


def test_people_in_the_room_minute_by_minute(known: Database) -> None:
    rows = by_minute(asked(known, "timeline"))
    assert list(rows) == list(range(-30, 61))
    # Waits, two at the start, four after half a minute, one without registration from 5, two go and one passes at 10.5.
    found = {minute: rows[minute]["in_room"] for minute in (-11, -10, 0, 1, 5, 10, 11, 20, 39, 40, 59, 60)}
    assert found == {-11: 0, -10: 1, 0: 2, 1: 4, 5: 5, 10: 5, 11: 3, 20: 4, 39: 4, 40: 3, 59: 3, 60: 3}


def test_the_room_of_a_past_moment_is_that_of_the_moment(known: Database) -> None:
    rows = by_minute(asked(known, "timeline", timeline.BEGIN + timedelta(minutes=10.4)))
    assert max(rows) == 10
    assert rows[10]["in_room"] == 5


def test_most_at_once_is_exact_and_who_waits_is_not_in_the_room(known: Database) -> None:
    at = week.ms(timeline.TO)
    rooms = "SELECT most_at_once FROM rooms_at(at = fromUnixTimestamp64Milli({})) WHERE webinar_id = 'zoom:main'"
    # From 10:15 to 10:30: four, the one without registration and the one who passes. No full minute shows it.
    assert known.run(rooms.format(at), FROM, timeline.TO) == [{"most_at_once": 6}]
    assert max(row["in_room"] for row in asked(known, "timeline")) == 5
    waits = "SELECT in_room, waiting FROM rooms_at(at = fromUnixTimestamp64Milli({})) WHERE webinar_id = 'zoom:main'"
    early = week.ms(timeline.BEGIN - timedelta(minutes=5))
    assert known.run(waits.format(early), FROM, timeline.TO) == [{"in_room": 0, "waiting": 1}]


def test_moments_of_drop_off_are_minutes_in_which_many_left(known: Database) -> None:
    (worst,) = asked(known, "drop_offs")
    assert (worst["minute"], worst["lost"], worst["share"]) == (10, 3, 100 * 3 / 5)
    # As the peak beside it: on the webinar's own clock, wherever it is read.
    assert worst["moment"] == "11:10"


def test_who_leaves_in_the_last_three_minutes_has_stayed_to_the_end(known: Database) -> None:
    chosen = {"webinar": ["zoom:goodbye"], "moment": ["range"]}
    begin = timeline.BEGIN - timedelta(days=1)
    over = known.ask("webinar/drop_offs", begin, timeline.TO - timedelta(days=1), chosen)
    assert [(row["minute"], row["lost"]) for row in over] == [(20, 4), (56, 4)]
    # While it is on nobody knows that it is about to end.
    on = known.ask("webinar/drop_offs", begin, begin + timedelta(minutes=59), chosen)
    assert [row["minute"] for row in on] == [20, 56, 57]


def test_the_band_is_the_middle_eighty_of_a_hundred_of_its_peers_and_chance(known: Database) -> None:
    rows = by_minute(asked(known, "timeline"))
    # 10, 20 and 30 of 40 were in the room from minute 2 to 30, weighing 3, 2 and 1.
    assert [rows[10][f"in_room_{part}"] for part in ("low", "baseline", "high")] == [10, pytest.approx(15, abs=5), 30]
    # A quarter, 7 of 16 of all of them, three quarters; beyond them what chance makes of its 8 registrants.
    band = rates([Peer(weight, part, 40) for weight, part in zip(timeline.WEIGHTS, (10, 20, 30), strict=True)], 8)
    assert band is not None
    assert [rows[10][f"came_{part}"] for part in ("low", "baseline", "high")] == pytest.approx(list(band))
    assert rows[1]["in_room_high"] == 0
    assert (rows[6]["stayed_5m_high"], rows[7]["stayed_5m_high"]) == (0, pytest.approx(band.high))
    assert (rows[29]["stayed_30m_high"], rows[30]["stayed_30m_high"]) == (None, 0)
    assert (rows[4]["stayed_5m_low"], rows[-5]["came_low"]) == (None, None)
    # Of 8 registered a share says little.
    assert {row["came"] for row in rows.values()} == {None}


def test_no_band_of_fewer_than_five(known: Database) -> None:
    query = "SELECT n, in_room_band FROM baseline_timeline(webinar_id = 'zoom:b')"
    assert known.run(query, FROM, timeline.TO) == []


def test_the_timeline_ends_at_what_the_funnel_counts(known: Database) -> None:
    at = week.ms(timeline.TO)
    query = (
        "SELECT registered, came, stayed_5m, stayed_30m FROM timelines_at(at = fromUnixTimestamp64Milli({0}))"
        " WHERE webinar_id = '{1}' ORDER BY minute DESC LIMIT 1"
    )
    funnel = (
        "SELECT registrations AS registered, registered_visits AS came, registered_visits_5m AS stayed_5m,"
        " registered_visits_30m AS stayed_30m FROM funnel(at = fromUnixTimestamp64Milli({0})) WHERE webinar_id = '{1}'"
    )
    for webinar_id in ("zoom:main", *timeline.PEERS):
        ends, counts = (known.run(text.format(at, webinar_id), FROM, timeline.TO) for text in (query, funnel))
        assert ends == counts


def test_who_has_come_and_stayed_by_each_minute(known: Database) -> None:
    query = (
        "SELECT minute, came, stayed_5m, stayed_30m, entered"
        f" FROM timelines_at(at = fromUnixTimestamp64Milli({week.ms(timeline.TO)})) WHERE webinar_id = 'zoom:main'"
    )
    rows = {row.pop("minute"): tuple(row.values()) for row in known.run(query, FROM, timeline.TO)}
    # Four are there within the first minute, one without registration from 5, one for half of minute 11, one from 20.
    assert [rows[minute][0] for minute in (0, 1, 10, 11, 20, 21)] == [0, 4, 4, 5, 5, 6]
    assert [rows[minute][1] for minute in (4, 5, 6, 24, 25)] == [None, 2, 4, 4, 5]
    assert [rows[minute][2] for minute in (29, 30, 49, 50)] == [None, 2, 2, 3]
    assert [rows[minute][3] for minute in (0, 1, 5, 6, 11, 21)] == [0, 4, 4, 5, 6, 7]


def test_registrations_by_local_day_and_hour_across_a_change_of_clocks(known: Database) -> None:
    # 23:30 UTC was 19:30 in New York on the 1st, and 18:30 on the 2nd, when the clocks had gone back.
    assert asked(known, "registrations_by_day") == [
        {"day": "01 Nov", "registrations": 4},
        {"day": "02 Nov", "registrations": 4},
    ]
    hours = {row["hour_of_day"]: row["registrations"] for row in asked(known, "registrations_by_hour")}
    assert len(hours) == 24
    assert {hour: count for hour, count in hours.items() if count} == {"18": 4, "19": 4}


@pytest.mark.parametrize(
    ("zone", "local"),
    [
        ("Asia/Kolkata", ["2025-11-02 05:00:00", "2025-11-03 05:00:00"]),
        ("America/Sao_Paulo", ["2025-11-01 20:30:00", "2025-11-02 20:30:00"]),
        ("Pacific/Chatham", ["2025-11-02 13:15:00", "2025-11-03 13:15:00"]),
    ],
)
def test_local_times_in_other_zones(known: Database, zone: str, local: list[str]) -> None:
    webinar_id = f"zoom:{zone}"
    said = [week.webinar(webinar_id, timeline.BEGIN, timezone=zone, starts_at=timeline.BEGIN)]
    said += [
        week.registration(webinar_id, person, datetime(2025, 11, 1 + person, 23, 30, tzinfo=UTC)) for person in (0, 1)
    ]
    put(known.writer, known.config, said)
    query = (
        "SELECT toString(toDateTime(local_time, 'UTC')) AS local"
        f" FROM local_moments_at(at = now64(3), webinar_id = '{webinar_id}') ORDER BY local"
    )
    assert [row["local"] for row in known.run(query, FROM, timeline.TO)] == local


def test_recording_views_are_shown_as_it_stands_now_or_at_the_end_of_the_range(known: Database) -> None:
    # 16:00 UTC and 14 hours are 01:00 in New York.
    now = known.ask("webinar/recording_views", FROM, timeline.TO, {**MAIN, "moment": ["now"]})
    assert now == [{"day": "04 Nov", "views": 3}]
    assert asked(known, "recording_views") == []


def test_watch_times_in_steps(known: Database) -> None:
    people = {row["watched"]: row["people"] for row in asked(known, "watch_time")}
    assert {step: count for step, count in people.items() if count} == {
        "under 1 min": 1,
        "5 to 15 min": 2,
        "30 to 45 min": 2,
        "60 to 90 min": 2,
    }


def test_the_funnel_over_the_registered_and_over_those_who_came(known: Database) -> None:
    rows = {row["step"]: row for row in asked(known, "funnel")}
    assert [row["people"] for row in rows.values()] == [8, 6, 5, 3, 2]
    assert (rows["Registrants"]["of_registered"], rows["Attendees"]["of_came"]) == ("", "")
    assert rows["Attendees"]["of_registered"] == "75.0 % (n=8)"
    assert (rows["Attendees"]["baseline"], rows["Completed (90 %+)"]["baseline"]) == ("40 to 60 %", None)
    assert rows["Stayed 5+ min"]["of_came"] == "83.3 % (n=6)"
    assert [row["drop_off"] for row in rows.values()] == ["", "2 · 25.0 %", "1 · 16.7 %", "2 · 40.0 %", "1 · 33.3 %"]


def test_who_is_on_now_who_waits_and_who_is_still_expected(known: Database) -> None:
    (room,) = known.ask("on-now/room", NOW - timedelta(hours=3), NOW)
    # Usually half come: 2 of 4, and 3 are there.
    assert room == {"in_room": 3, "most_at_once": 3, "waiting": 1, "expected": 0, "conversion": "75.0 % (n=4)"}
    (early,) = known.ask("on-now/room", NOW - timedelta(hours=3), NOW - timedelta(minutes=17))
    # Three are registered by then, one is there and one more; 2 of 3 may come.
    assert early == {"in_room": 2, "most_at_once": 2, "waiting": 0, "expected": 1, "conversion": "33.3 % (n=3)"}


def test_joins_and_leaves_a_minute(known: Database) -> None:
    rows = known.ask("on-now/joins", NOW - timedelta(hours=3), NOW)
    begin = week.ms(NOW - timedelta(minutes=20))
    moved = {
        (week.ms(row["time"]) - begin) // 60_000: (row["joins"], row["leaves"])
        for row in rows
        if row["joins"] or row["leaves"]
    }
    assert moved == {0: (1, 0), 1: (1, 0), 4: (1, 0), 5: (0, -1), 8: (1, 0)}


def test_registrations_a_minute_with_the_minutes_that_had_none(known: Database) -> None:
    rows = known.ask("on-now/registrations", NOW - timedelta(hours=3), NOW)
    assert len(rows) == 180
    found = {(week.ms(NOW) - week.ms(row["time"])) // 60_000: row["registrations"] for row in rows}
    assert {ago: count for ago, count in found.items() if count} == {100: 3, 3: 1}


def test_conversion_so_far_against_the_same_minute_of_the_usual(known: Database) -> None:
    rows = {row["webinar_id"]: row for row in known.ask("on-now/webinars", NOW - timedelta(hours=3), NOW)}
    assert rows.keys() == {"zoom:live", "zoom:soon"}
    assert (rows["zoom:live"]["minute"], rows["zoom:live"]["conversion"]) == ("20", "75.0 % (n=4)")
    assert (rows["zoom:soon"]["minute"], rows["zoom:soon"]["conversion"]) == ("not yet", None)
    query = f"SELECT webinar_id, n, came_band FROM baselines_now_at(at = fromUnixTimestamp64Milli({week.ms(NOW)}))"
    (baseline,) = known.run(query, NOW, NOW)
    assert (baseline["webinar_id"], baseline["n"]) == ("zoom:live", 6)
    assert (baseline["came_band"][0], baseline["came_band"][2]) == (0.25, 0.75)


@pytest.mark.parametrize("page", ["today/on_now", "on-now/webinars"])
def test_worse_than_usual_at_the_same_minute(known: Database, page: str) -> None:
    # 10 of 40, where 20 and 30 of 40, and 5 of 8 had come.
    at = timeline.BEGIN - timedelta(days=7) + timedelta(minutes=20)
    (row,) = known.ask(page, at - timedelta(hours=3), at)
    assert (row["webinar_id"], row["conversion"]) == ("zoom:a", "25.0 % ▼")


def test_what_is_usual_says_nothing_beside_some_sources(known: Database) -> None:
    at = timeline.BEGIN - timedelta(days=7) + timedelta(minutes=20)
    (source,) = known.run(
        "SELECT DISTINCT source_group FROM numbers_at(at = now64(3)) WHERE webinar_id = 'zoom:a'", at, at
    )
    (row,) = known.ask("today/on_now", at - timedelta(hours=3), at, {"source": [source["source_group"]]})
    assert row["conversion"] == "25.0 %"


def test_notes_say_the_minutes_of_the_webinars_that_they_are_about(known: Database) -> None:
    begin = week.ms(timeline.BEGIN)
    notes: dict[str, dict[str, Any]] = {
        "minute": {"webinar_id": "zoom:main", "noted_from": -1, "noted_until": -1, "minute_ms": 600_000},
        "whole": {"webinar_id": "zoom:main", "noted_from": -1, "noted_until": -1, "minute_ms": -1},
        "span": {"noted_from": begin + 60_000, "noted_until": begin + 120_000, "minute_ms": -1},
        "other": {"webinar_id": "zoom:a", "noted_from": -1, "noted_until": -1, "minute_ms": -1},
        "gone": {"webinar_id": "zoom:main", "noted_from": -1, "noted_until": -1, "minute_ms": -1, "listed": False},
    }
    for note_id, about in notes.items():
        row = {"note_id": note_id, "text": note_id, "listed": True, "version": 1, **about}
        known.writer.insert("notes", [list(row.values())], list(row))

    def shown(minute: float) -> list[tuple[str, int, int]]:
        rows = asked(known, "notes", timeline.BEGIN + timedelta(minutes=minute))
        return [(row["text"], row["minute"], row["until_minute"]) for row in rows]

    assert shown(70) == [("whole", 0, 60), ("span", 1, 2), ("minute", 10, 10)]
    assert shown(5) == [("whole", 0, 5), ("span", 1, 2)]
    assert shown(-5) == []


def test_registrants_by_days_before_the_start_beside_those_like_it(known: Database) -> None:
    rows = {row["day"]: row for row in asked(known, "before")}
    assert [*rows] == [*range(-14, 1)]
    (report,) = answer(known.reader, Question(week.ms(timeline.TO), webinar_ids=("zoom:main",)))
    assert (rows[0]["registrations"], report["registrations"]) == (8, 8)
    # Four on the evening before the last one, four on the last; of each earlier one 40, all in the last two hours.
    assert [rows[day]["registrations"] for day in (-3, -2, -1, 0)] == [0, 0, 4, 8]
    band = ("registrations_low", "registrations_baseline", "registrations_high")
    assert [[rows[day][name] for name in band] for day in (-1, 0)] == [[0, 0, 0], [40, 40, 40]]


def test_before_the_start_the_days_to_come_are_empty(known: Database) -> None:
    rows = {row["day"]: row for row in asked(known, "before", timeline.BEGIN - timedelta(days=2, hours=1))}
    assert [day for day, row in rows.items() if row["registrations"] is None] == [-1, 0]


def test_the_page_is_the_same_whatever_time_range_it_is_opened_with(known: Database) -> None:
    chosen = {"webinar": ["zoom:main"], "moment": ["now"]}
    later = timeline.TO + timedelta(days=30)
    for name in ("timeline", "before", "funnel", "beside", "notes", "drop_offs"):
        own = known.ask(f"webinar/{name}", timeline.BEGIN, timeline.TO, chosen)
        assert own == known.ask(f"webinar/{name}", later, later + timedelta(hours=3), chosen), name


def test_the_axis_is_minutes_since_the_start() -> None:
    curves = [panel for panel in panels(PAGES["webinar"]) if panel["type"] == "trend"]
    assert [panel["title"] for panel in curves] == [
        "Registrants by days before the start",
        "Live viewers, compared with typical",
        "Attendance rate",
        "Stayed 5+ min %",
        "Stayed 30+ min %",
        "Retention: still in the room, of all who had joined",
    ]
    assert [panel["options"]["xField"] for panel in curves] == ["day", *["minute"] * 5]
    assert not [panel for panel in panels(PAGES["webinar"]) if panel["type"] == "timeseries"]


def written(moment: datetime) -> str:
    """As people write it: Fri 7 Nov, 16:00."""
    return f"{moment:%a} {moment.day} {moment:%b, %H:%M}"


def test_the_next_webinar_is_named_and_its_time(known: Database) -> None:
    (row,) = known.ask("on-now/next", NOW - timedelta(hours=3), NOW)
    assert row["next"] == f"Soon · {written(NOW + timedelta(minutes=10))} · in 10 min"
    assert known.ask("on-now/next", NOW, NOW + timedelta(minutes=30), {"at": [str(week.ms(NOW) + 700_000)]}) == []


def test_the_words_of_live() -> None:
    by_id = {panel["id"]: panel for panel in panels(PAGES["on-now"])}
    assert labels(by_id[1]) == ["Live viewers", "Peak viewers", "Waiting", "Still to come (forecast)"]
    assert by_id[3]["title"] == "Webinars · ▲ better, ▼ worse than typical"
    assert labels(by_id[3])[:5] == ["Webinar", "Registrants", "Attendees", "Attendance rate", "Stayed 5+ min %"]
    # Every live webinar is visible: five of them at two lines each.
    assert by_id[3]["gridPos"]["h"] == 9


def test_the_room_of_live_has_the_band_that_the_page_of_its_webinar_has(known: Database) -> None:
    room: dict[str, list[float]] = {}
    for row in known.ask("on-now/in_room", NOW - timedelta(hours=3), NOW, {"at": [str(week.ms(NOW))]}):
        room.setdefault(row["webinar_name"].split(" · ")[0], []).append(row["Value"])
    page = known.ask("webinar/timeline", FROM, NOW, {"webinar": ["zoom:live"], "moment": ["range"]})
    # What lies ahead is not drawn: the curve ends now.
    banded = [row for row in page if row["in_room_baseline"] is not None]
    assert room["Live"] == [row["in_room"] for row in page]
    assert room["Typical, lower end"] == [row["in_room_low"] for row in banded]
    assert room["Typical, upper end"] == [row["in_room_high"] for row in banded]
    assert room.keys() == {"Live", "Typical, lower end", "Typical", "Typical, upper end"}


def test_of_several_rooms_what_is_typical_is_a_line_each(known: Database) -> None:
    # By then zoom:soon has begun too.
    later = {"at": [str(week.ms(NOW + timedelta(minutes=15)))]}
    names = {row["webinar_name"] for row in known.ask("on-now/in_room", FROM, NOW, later)}
    rooms = {name for name in names if not name.startswith("Typical")}
    assert {name.split(" · ")[0] for name in rooms} == {"Live", "Soon"}
    assert names - rooms == {f"Typical · {name}" for name in rooms}


def test_the_band_of_live_is_grey_and_filled_between_its_ends() -> None:
    (curve,) = (panel for panel in PAGES["on-now"]["panels"] if panel["id"] == 4)
    drawn = {
        one["matcher"]["options"]: {each["id"]: each["value"] for each in one["properties"]}
        for one in curve["fieldConfig"]["overrides"]
    }
    assert drawn["Typical, upper end"]["custom.fillBelowTo"] == drawn["Typical, lower end"]["displayName"]
    assert drawn["^Typical · .*"]["custom.lineStyle"] == drawn["Typical"]["custom.lineStyle"]
