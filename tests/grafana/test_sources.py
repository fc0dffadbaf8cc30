"""The dashboard Sources: a period beside the one before, and what changed the conversion between them."""

from datetime import timedelta

import pytest
from clickhouse_connect.driver.client import Client

from alerts.detection.reason import Cell, explain
from contract.measures import STEPS
from funnel.report.numbers import Question, answer
from streams.settings import Settings
from tests.grafana import months, week
from tests.grafana.conftest import Database, Row, database
from tests.grafana.pages import PAGES, labels, panels
from tests.rows import put
from tests.servers.clickhouse import Server

WEDNESDAYS = [slot for slot in months.slots() if slot.webinar_id[-1].isdigit() and slot.begin >= months.MIDDLE]


@pytest.fixture(scope="module")
def rows(two_months: Database) -> dict[str, Row]:
    """From the middle to the end, beside the same length of time before."""
    found = two_months.ask("sources/sources", months.MIDDLE, months.TO)
    return {row["source_group"]: row for row in found}


def test_all_together_comes_first_and_is_the_sum(rows: dict[str, Row]) -> None:
    assert next(iter(rows)) == "Total"
    others = [row for name, row in rows.items() if name != "Total"]
    assert rows["Total"]["registrations"] == sum(row["registrations"] for row in others)
    assert sum(row["share"] for row in others) == pytest.approx(100)


def test_mix_and_rate_add_up_to_the_change_exactly(rows: dict[str, Row]) -> None:
    whole = rows["Total"]
    assert whole["change"] is not None
    assert whole["change"] < 0
    assert whole["mix"] + whole["rate"] == pytest.approx(whole["change"], abs=1e-9)
    for name in ("mix", "rate"):
        parts = [row[name] for group, row in rows.items() if group != "Total"]
        assert sum(parts) == pytest.approx(whole[name], abs=1e-9)


def test_mix_and_rate_are_those_of_the_alerts(two_months: Database, rows: dict[str, Row]) -> None:
    now, before = ([Cell(n, k, name) for name, (n, k) in one.items()] for one in periods(two_months))
    reason = explain(now, [(1, before)], ["source_group"])
    assert reason is not None
    assert {part.value for part in reason.parts} == rows.keys() - {"Total"}
    for part in reason.parts:
        row = rows[part.value]
        assert (row["mix"], row["rate"]) == (
            pytest.approx(float(100 * part.mix)),
            pytest.approx(float(100 * part.rate)),
        )


def periods(database: Database) -> tuple[dict[str, tuple[int, int]], dict[str, tuple[int, int]]]:
    """Source -> registered and came, as funnel report counts them: from the middle on, and before."""
    at = week.ms(months.TO)
    first = months.MIDDLE - (months.TO - months.MIDDLE)
    now = Question(at, by=("source_group",), first_day=months.MIDDLE.date())
    before = Question(
        at, by=("source_group",), first_day=first.date() + timedelta(days=1), last_day=months.MIDDLE.date()
    )
    found = []
    for question in (now, before):
        counted = answer(database.reader, question)
        found.append({row["source_group"]: (row["registrations_begun"], row["registered_visits"]) for row in counted})
    return found[0], found[1]


def test_the_numbers_are_those_of_the_report(two_months: Database, rows: dict[str, Row]) -> None:
    now, _ = periods(two_months)
    for name, (n, k) in now.items():
        assert rows[name]["registrations"] == n
        assert rows[name]["conversion"] == f"{100 * k / n:.1f} %"


def test_a_new_source_is_marked(rows: dict[str, Row]) -> None:
    assert {name: row["new"] for name, row in rows.items()} == {"Total": "", "vk": "", "ads": "", "news": "New"}
    assert rows["news"]["conversion_before"] is None
    assert rows["news"]["change"] is None


def test_few_people_show_their_number(two_months: Database) -> None:
    found = two_months.ask("sources/sources", months.MIDDLE, months.TO, {"region": ["NZ"], "weekday": ["1", "7"]})
    assert {row["source_group"]: row["conversion"] for row in found}["vk"] == "50.0 % (n=8)"


def test_the_median_webinar_is_of_those_with_enough_people(two_months: Database) -> None:
    found = two_months.ask("sources/sources", months.FROM, months.MIDDLE)
    medians = {row["source_group"]: row["median"] for row in found}
    assert medians == {"Total": "55.0 %", "vk": "60.0 %", "ads": None}


@pytest.mark.parametrize("step", ["conversion", "conversion_5m", "conversion_30m", "conversion_full"])
def test_every_step_is_a_part_of_the_registered(two_months: Database, step: str) -> None:
    at, chosen = week.ms(months.TO), {"step": [step]}
    found = {row["source_group"]: row for row in two_months.ask("sources/sources", months.MIDDLE, months.TO, chosen)}
    for row in answer(two_months.reader, Question(at, by=("source_group",), first_day=months.MIDDLE.date())):
        assert found[row["source_group"]]["conversion"] == f"{100 * row[step]:.1f} %"


def test_inside_a_source_are_the_words_of_the_registrations(two_months: Database) -> None:
    found = two_months.ask("sources/inside", months.MIDDLE, months.TO, {"inside": ["vk"]})
    assert {(row["raw_source"], row["medium_and_campaign"]) for row in found} == {
        ("vk", "cpc · c0"),
        ("vk", "cpc · c1"),
    }
    whole = two_months.ask("sources/sources", months.MIDDLE, months.TO)
    by_group = {row["source_group"]: row["registrations"] for row in whole}
    assert sum(row["registrations"] for row in found) == by_group["vk"]


def test_what_no_rule_sorts_is_listed(two_months: Database) -> None:
    found = two_months.ask("sources/unsorted", months.MIDDLE, months.TO)
    assert {row["source_group"] for row in found} == {"vk", "ads", "news"}
    news = next(row for row in found if row["source_group"] == "news")
    assert (news["webinars"], news["registrations"], news["variants"]) == (len(WEDNESDAYS), 10 * len(WEDNESDAYS), 2)


def test_what_a_rule_sorts_is_not_listed_as_unsorted(store: Client, own_config: Settings) -> None:
    begin = months.MIDDLE
    said = [week.webinar("zoom:1", begin, starts_at=begin)]
    said += [
        week.registration("zoom:1", person, begin, source={"utm_source": name})
        for person, name in enumerate(("vk", "ads"))
    ]
    put(store, own_config, said)
    store.command(
        "INSERT INTO sources SELECT * REPLACE ('Paid' AS source_group, true AS sorted, version + 1 AS version)"
        " FROM sources FINAL WHERE source LIKE '%ads%'"
    )
    found = Database(own_config, store, store).ask("sources/unsorted", begin, months.TO)
    assert [row["source_group"] for row in found] == ["vk"]


def test_the_headline_says_the_rate_its_change_and_the_main_cause(two_months: Database, rows: dict[str, Row]) -> None:
    whole = rows["Total"]
    cause = min((row for name, row in rows.items() if name != "Total"), key=lambda row: row["effect"])
    new = "new source " if cause["new"] else ""
    assert whole["headline"] == (
        f"Attendance rate {whole['conversion']}, −{-whole['change']:.1f} pp; "
        f"main cause: {new}{cause['source_group']}, −{-cause['effect']:.1f} pp"
    )
    assert {row["headline"] for name, row in rows.items() if name != "Total"} == {None}
    first = two_months.ask("sources/sources", months.FROM, months.MIDDLE, {"step": ["conversion_30m"]})
    assert first[0]["headline"] == f"Stayed 30+ min % {first[0]['conversion']}; nobody registered in the time before"


def test_the_headline_of_nothing(empty: Database) -> None:
    (row,) = empty.ask("sources/sources")
    assert row["headline"] == "No final webinar in this time"


def test_the_effects_of_the_sources_add_up_to_the_change(rows: dict[str, Row]) -> None:
    for row in rows.values():
        assert row["effect"] == pytest.approx(row["mix"] + row["rate"])
    others = [row["effect"] for name, row in rows.items() if name != "Total"]
    assert sum(others) == pytest.approx(rows["Total"]["change"])


def test_all_four_rates_stand_beside_each_other(two_months: Database, rows: dict[str, Row]) -> None:
    at = week.ms(months.TO)
    for row in answer(two_months.reader, Question(at, by=("source_group",), first_day=months.MIDDLE.date())):
        shown = [rows[row["source_group"]][f"now_{step.column}"] for step in STEPS]
        assert shown == [f"{100 * row[f'conversion{step.ending}']:.1f} %" for step in STEPS]
    (table,) = (panel for panel in panels(PAGES["sources"]) if panel["id"] == 3)
    assert labels(table) == [
        "Source",
        "Registrants",
        "Share",
        *(step.rate for step in STEPS),
        "Effect on total (pp)",
        "New",
    ]
    (changes,) = (panel for panel in panels(PAGES["sources"]) if panel["id"] == 9)
    assert labels(changes)[:7] == [
        "Source",
        "This period",
        "Period before",
        "Change (pp)",
        "Effect on total (pp)",
        "Mix effect (pp)",
        "Rate effect (pp)",
    ]
    assert changes["targets"][0]["panelId"] == table["id"]


def test_charts_have_eight_sources_and_the_others_together(clickhouse_server: Server) -> None:
    begin = months.FROM
    with database(clickhouse_server, months.twelve_sources()) as one:
        rows = one.ask("sources/weekly", begin - timedelta(days=2), begin + timedelta(days=5))
    expected = {f"s{source:02}": 20 - source for source in range(8)} | {"Other": 12 + 11 + 10 + 9}
    assert {row["source_name"]: row["registrants"] for row in rows} == expected
    assert [row["source_name"] for row in rows] == [*expected]
    assert {row["source_name"] for row in rows if row["rate"] is not None} == {"Other"}
    by_id = {panel["id"]: panel for panel in panels(PAGES["sources"])}
    assert by_id[5]["targets"][0]["panelId"] == 4, "one question for both charts"


def test_sources_by_week_are_the_heat_map_of_weeks(two_months: Database) -> None:
    here, there = ({panel["id"]: panel for panel in panels(PAGES[page])} for page in ("sources", "weeks"))
    assert {**here[10], "gridPos": 0, "id": 0, "targets": 0, "title": 0} == {
        **there[3],
        "gridPos": 0,
        "id": 0,
        "targets": 0,
        "title": 0,
    }
    asked = here[10]["targets"][0]["rawSql"]
    chosen = {"measure": ["side_by_side"]}
    found = two_months.run(asked, months.FROM, months.TO, {**chosen, "by": ["region"]})
    assert found == two_months.ask("weeks/heat_map", months.FROM, months.TO, {**chosen, "by": ["source"]})
    assert {row["of"] for row in found} == {"Total", "vk", "ads", "news"}


def test_what_is_inside_a_source_stands_beside_it() -> None:
    by_id = {panel["id"]: panel["gridPos"] for panel in PAGES["sources"]["panels"]}
    sources, inside = by_id[3], by_id[7]
    assert (sources["y"], sources["h"]) == (inside["y"], inside["h"])
    assert sources["x"] + sources["w"] <= inside["x"]


def test_a_source_is_named_as_people_wrote_it_and_its_key_stays(store: Client, own_config: Settings) -> None:
    begin = months.MIDDLE
    said = [week.webinar("zoom:1", begin, starts_at=begin, started_at=begin, ended_at=begin + timedelta(hours=1))]
    # Of two spellings that of most sources; Total is a word of the page, and Vk what a rule calls another group.
    written = [("VK ads", "a"), ("VK ads", "b"), ("vk ADS", "c"), ("Total", "d"), ("plain", "e"), ("Vk", "f")]
    said += [
        week.registration("zoom:1", person, begin, source={"utm_source": name, "utm_campaign": campaign})
        for person, (name, campaign) in enumerate(written)
    ]
    said.append(week.registration("zoom:1", 99, begin, source={"utm_source": "social"}))
    put(store, own_config, said)
    store.command(
        "INSERT INTO sources SELECT * REPLACE ('Vk' AS source_group, true AS sorted, version + 1 AS version)"
        " FROM sources FINAL WHERE source LIKE '%social%'"
    )
    shown = Database(own_config, store, store)
    rows = {row["source_group"]: row for row in shown.ask("sources/sources", begin, months.TO)}
    assert rows.keys() == {"Total", "VK ads", "total", "plain", "vk", "Vk"}
    assert (rows["VK ads"]["inside"], rows["VK ads"]["registrations"]) == ("vk ads", 3)
    chosen = {"inside": ["vk ads"]}
    inside = shown.ask("sources/inside", begin, months.TO, chosen)
    assert {(row["source_group"], row["raw_source"]) for row in inside} == {("VK ads", "VK ads"), ("VK ads", "vk ADS")}
    weeks = shown.ask("weeks/heat_map", begin, months.TO, {"by": ["source"], "measure": ["registrations"]})
    assert "VK ads" in {row["of"] for row in weeks}
    choices = {row["source"]: row["label"] for row in shown.ask("filters/source")}
    assert (choices["vk ads"], choices["plain"]) == ("VK ads", "plain")
