"""The dashboard Weeks: whole weeks on each webinar's own clock, and the numbers of funnel report."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from funnel.report.numbers import Question, Row, answer
from grafana.weeks import BY, MEASURES
from tests.grafana import months, week
from tests.grafana.conftest import Database, database
from tests.grafana.pages import PAGES
from tests.servers.clickhouse import Server

SLOTS = months.slots()
CONVERSIONS = {"conversion": "", "conversion_5m": "_5m", "conversion_30m": "_30m", "conversion_full": "_full"}


def heat_map(database: Database, **chosen: str) -> dict[tuple[str, str], str]:
    """What each cell says, without its colour; none of those that say nothing."""
    cells = coloured(database, **chosen)
    return {place: said for place, (said, _) in cells.items()}


def coloured(database: Database, **chosen: str) -> dict[tuple[str, str], tuple[str, str]]:
    rows = database.ask("weeks/heat_map", months.FROM, months.TO, {name: [value] for name, value in chosen.items()})
    cells = {(row["week"].split(" · ")[0], row["of"]): row["value"] for row in rows}
    return {place: (*said.split("|"), "")[:2] for place, said in cells.items() if said is not None}


def test_a_webinar_is_in_the_week_of_its_own_clock(two_months: Database) -> None:
    found = heat_map(two_months, measure="webinars", by="region")
    expected = Counter((slot.week, of) for slot in SLOTS for of in (slot.region, "Total"))
    assert found == {place: str(number) for place, number in expected.items()}


@pytest.mark.parametrize("by", BY)
def test_it_is_switched(two_months: Database, by: str) -> None:
    assert {of for _, of in heat_map(two_months, by=by)} >= {"Total"}
    assert len({of for _, of in heat_map(two_months, by=by)}) == ({"region": 4, "source": 4}.get(by, 2))


@pytest.mark.parametrize("measure", [measure for measure in MEASURES if measure != "webinars"])
def test_the_numbers_are_those_of_the_report(two_months: Database, measure: str) -> None:
    found = heat_map(two_months, measure=measure, by="region")
    at = week.ms(months.TO)
    reported = {
        (row["week"], row["region"]): row for row in answer(two_months.reader, Question(at, by=("week", "region")))
    }
    together = {(row["week"], "Total"): row for row in answer(two_months.reader, Question(at, by=("week",)))}
    expected = {key: shown(row, measure) for key, row in (reported | together).items()}
    assert found == {key: said for key, said in expected.items() if said is not None}


def shown(row: Row, measure: str) -> str | None:
    """As the heat map writes it."""
    if measure == "side_by_side":
        rate = shown(row, "conversion")
        if rate is None or rate.startswith("Too few"):
            return rate
        return f"{row['registrations']:,} · {row['registered_visits']:,} · {rate}"
    if measure not in CONVERSIONS:
        return None if row[measure] is None else f"{row[measure]:,}"
    bucket = CONVERSIONS[measure]
    of = row[f"registrations{bucket or '_begun'}"]
    if not of:
        return None
    return f"Too few (n={of})" if of < 30 else f"{100 * float(row[measure]):.1f} %"


def test_the_columns_stand_in_the_same_order_whatever_a_week_has(two_months: Database) -> None:
    rows = two_months.ask("weeks/heat_map", months.FROM, months.TO)
    weeks = list(dict.fromkeys(row["week"] for row in rows))
    assert weeks == sorted(weeks, reverse=True)
    assert [row["of"] for row in rows] == ["Total", *sorted(months.ZONES)] * len(weeks)


def test_a_rate_is_coloured_by_its_distance_from_the_total_of_the_week_and_a_count_by_its_size(
    two_months: Database,
) -> None:
    rates = coloured(two_months, measure="conversion", by="source")
    assert {color for (_, of), (_, color) in rates.items() if of == "Total"} == {""}
    for (of_week, of), (said, color) in rates.items():
        if of != "Total" and color:
            own, total = (float(one.split(" ")[0]) for one in (said, rates[of_week, "Total"][0]))
            assert (int(color[1:]) > 0) <= (own > total)
            assert (int(color[1:]) < 0) <= (own < total)
    assert max(abs(int(color[1:])) for _, color in rates.values() if color) == 4
    counts = coloured(two_months, measure="registrations", by="region")
    colors = [
        (int(said.replace(",", "")), int(color[1:])) for (_, of), (said, color) in counts.items() if of != "Total"
    ]
    assert max(colors)[1] == 8
    assert [color for _, color in sorted(colors)] == sorted(color for _, color in colors)


def test_of_many_sources_eight_have_a_column(clickhouse_server: Server) -> None:
    with database(clickhouse_server, months.twelve_sources()) as one:
        found = heat_map(one, measure="registrations", by="source")
    (of_week,) = {name for name, _ in found}
    expected = {f"s{source:02}": str(20 - source) for source in range(8)}
    assert {of: said for (_, of), said in found.items()} == {
        "Total": str(sum(range(9, 21))),
        **expected,
        "Other": str(12 + 11 + 10 + 9),
    }
    assert of_week


def test_the_first_week_is_whole_and_the_last_is_marked(two_months: Database) -> None:
    # A Thursday of one week, a Thursday of another.
    begin, end = months.FROM + timedelta(days=10), months.FROM + timedelta(days=24)
    rows = two_months.ask("weeks/heat_map", begin, end, {"measure": ["webinars"], "region": ["NZ"]})
    weeks = list(dict.fromkeys(row["week"] for row in rows))
    assert weeks == ["2018-W41 · 08 Oct, unfinished", "2018-W40 · 01 Oct", "2018-W39 · 24 Sep"]
    whole = Counter(slot.week for slot in SLOTS if slot.region == "NZ")
    together = {row["week"].split(" · ")[0]: row["value"] for row in rows if row["of"] == "Total"}
    assert together["2018-W39"] == str(whole["2018-W39"])


@pytest.mark.parametrize("zone", ["Asia/Kolkata", "America/Sao_Paulo", "Pacific/Chatham", "UTC", "Pacific/Honolulu"])
def test_a_week_of_a_curve_begins_on_a_monday_in_every_time_zone(two_months: Database, zone: str) -> None:
    times = {row["time"].replace(tzinfo=UTC) for row in two_months.ask("weeks/curves", months.FROM, months.TO)}
    assert len(times) == len({slot.week for slot in SLOTS})
    assert {time.astimezone(ZoneInfo(zone)).weekday() for time in times} == {0}


@pytest.mark.parametrize("zone", ["Asia/Kolkata", "America/Sao_Paulo", "Pacific/Chatham", "Pacific/Kiritimati"])
def test_a_range_that_begins_on_a_local_monday_begins_with_that_week(two_months: Database, zone: str) -> None:
    monday = datetime(2018, 10, 8, tzinfo=ZoneInfo(zone))
    rows = two_months.ask("weeks/heat_map", monday.astimezone(UTC), months.TO)
    assert min(row["week"] for row in rows).startswith("2018-W41 ")


def test_the_best_time_is_by_the_local_clock_and_hides_what_happened_fewer_than_three_times(
    two_months: Database,
) -> None:
    counted = Counter((slot.local.isoweekday(), f"{slot.local:%H}:00") for slot in SLOTS)
    rows = two_months.ask("weeks/best_time", months.FROM, months.TO)
    assert {(row["weekday"], row["hour"]): row["webinars"] for row in rows} == counted
    assert rows[0]["weekday"] == 3
    few = two_months.ask("weeks/best_time", months.FROM, months.FROM + timedelta(days=13), {"region": ["IN"]})
    assert few == []


def test_the_map_of_the_best_time_says_the_same(two_months: Database) -> None:
    rows = {row["hour"]: row for row in two_months.ask("weeks/best_time_map", months.FROM, months.TO)}
    (best,) = [row for row in two_months.ask("weeks/best_time", months.FROM, months.TO) if row["hour"] == "19:00"]
    assert rows["19:00"]["wed"] == f"{best['conversion']:.1f} %|c8"
    assert rows["19:00"]["mon"] is None
    counts = two_months.ask("weeks/best_time_map", months.FROM, months.TO, {"measure": ["registrations"]})
    assert {row["hour"]: row["wed"] for row in counts}["19:00"] == f"{best['registrations_per_webinar']:.1f}|c8"


def test_the_week_that_is_not_over_is_marked(two_months: Database) -> None:
    (mark,) = two_months.ask("weeks/unfinished", months.FROM, months.FROM + timedelta(days=3))
    assert mark["time"].replace(tzinfo=UTC) == months.FROM
    assert mark["timeEnd"] - mark["time"] == timedelta(weeks=1)


def test_the_running_week_is_a_dashed_curve_of_the_total(two_months: Database) -> None:
    # A Thursday: what comes later in its week has not begun.
    begin, end = months.FROM, months.FROM + timedelta(days=24)
    points: dict[str, dict[date, float]] = {}
    for row in two_months.ask("weeks/curves", begin, end, {"measure": ["registrations"]}):
        points.setdefault(row["of"], {})[row["time"].date()] = row["Value"]
    last, running = date(2018, 10, 1), date(2018, 10, 8)
    dashed_points = points.pop("Total, so far")
    assert dashed_points.keys() == {last, running}
    assert dashed_points[last] == points["Total"][last]
    assert {max(weeks) for weeks in points.values()} == {last}
    of_week = answer(two_months.reader, Question(week.ms(end), first_day=running))
    assert dashed_points[running] == sum(row["registrations"] for row in of_week if row["completeness"] == "final") > 0
    (panel,) = (one for one in PAGES["weeks"]["panels"] if one["type"] == "timeseries")
    drawn = {one["matcher"]["options"]: one["properties"] for one in panel["fieldConfig"]["overrides"]}
    dash = {"id": "custom.lineStyle", "value": {"fill": "dash", "dash": [8, 8]}}
    assert dash in drawn["Total, so far"]
    assert dash not in drawn["Total"]


def test_without_a_running_week_no_curve_is_dashed(two_months: Database) -> None:
    names = {row["of"] for row in two_months.ask("weeks/curves", months.FROM, months.TO)}
    assert "Total, so far" not in names
