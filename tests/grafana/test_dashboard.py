"""What Grafana does not say is wrong with a dashboard until somebody looks at it."""

import json
import re
from collections import Counter
from datetime import UTC, datetime, timedelta
from itertools import combinations
from pathlib import Path
from typing import get_args

import pytest
import yaml

from alerts.detection.verdict import Kind
from clickhouse.migrate import views
from clickhouse.sql import fragments
from funnel.stack.grafana.server import providers
from grafana.base import PLUGIN_VERSION, QUERIES, sql
from grafana.columns import FEW
from grafana.dashboard import PAGES as HEAD
from grafana.data_health import JOBS
from grafana.filters import NAMES
from grafana.webinars import UNUSUAL
from streams.blown import JOB as FUSE
from tests.grafana import week
from tests.grafana.conftest import Database
from tests.grafana.pages import PAGES, Json, asked, panels, queried_variables, queries

ROOT = Path(__file__).parents[2]
GRAFANA = ROOT / "grafana"
QUERY_FILES = [path for path in sorted(QUERIES.rglob("*.sql")) if path.parent.name not in (QUERIES.name, "alerting")]
"""Those of dashboards; tests/grafana/test_alerting.py has those of alerts."""
VIEWS = {match[1] for _, text in views() for match in re.finditer(r"^CREATE OR REPLACE VIEW (\w+)", text, re.MULTILINE)}
AT = "toTimeZone(least(now64(3), $__toTime_ms), 'UTC')"
"""The end of the time range or now, whichever is earlier. In UTC: a view's argument is passed on as wall clock text."""

each_page = pytest.mark.parametrize("page", PAGES.values(), ids=PAGES.keys())
each_query = pytest.mark.parametrize("path", QUERY_FILES, ids=lambda path: str(path.relative_to(QUERIES)))


def provisioned() -> Json:
    source: Json = yaml.safe_load((GRAFANA / "provisioning/datasources/clickhouse.yaml").read_text())
    return source


def texts(page: Json) -> list[str]:
    """Every query of a page."""
    found = [query.raw_sql for query in queries(page)]
    return found + [variable["query"]["rawSql"] for variable in queried_variables(page)]


def links(page: Json) -> list[str]:
    """Every address of another page, or of itself."""
    return re.findall(r'"(/d/[^"]*)"', json.dumps(page)) + re.findall(r"\]\((/d/[^)]*)\)", json.dumps(page))


ALWAYS_WITH_ROWS = {"", "Compared with typical · ▲ above, ▼ below", "Getting started"}


@each_page
def test_a_table_without_rows_says_in_words_what_that_means(page: Json) -> None:
    """Those whose rows become columns cannot: it would be said in each empty cell, too."""
    tables = [panel for panel in panels(page) if panel["type"] == "table" and "transformations" not in panel]
    silent = [panel["title"] for panel in tables if "noValue" not in panel["fieldConfig"]["defaults"]]
    assert set(silent) <= ALWAYS_WITH_ROWS


def test_titles_are_unique_and_uids_short() -> None:
    assert max(Counter(page["title"] for page in PAGES.values()).values()) == 1
    assert all(len(uid) <= 40 for uid in PAGES)


@each_page
def test_it_is_a_classic_dashboard_that_can_be_provisioned(page: Json) -> None:
    assert page["schemaVersion"] == 42
    assert page["weekStart"] == "monday"
    assert page["refresh"]
    assert page.keys().isdisjoint({"id", "__inputs", "__requires", "apiVersion", "spec"})
    assert "${DS_" not in json.dumps(page)


@each_page
def test_panels_have_ids_of_their_own_and_do_not_overlap(page: Json) -> None:
    ids = [panel["id"] for panel in panels(page)]
    assert len(ids) == len(set(ids))
    places = [panel["gridPos"] for panel in panels(page)]
    assert all(place["x"] >= 0 and place["x"] + place["w"] <= 24 and place["h"] > 0 for place in places)
    for one, other in combinations(places, 2):
        beside = one["x"] + one["w"] <= other["x"] or other["x"] + other["w"] <= one["x"]
        above = one["y"] + one["h"] <= other["y"] or other["y"] + other["h"] <= one["y"]
        assert beside or above


@each_page
def test_every_data_source_is_the_provisioned_one(page: Json) -> None:
    (source,) = provisioned()["datasources"]
    named = [panel["datasource"] for panel in asked(page)]
    named += [target["datasource"] for panel in asked(page) for target in panel["targets"]]
    named += [one["datasource"] for one in queried_variables(page)]
    named += [one["datasource"] for one in page["annotations"]["list"]]
    shared = {"type": "datasource", "uid": "-- Dashboard --"}
    assert all(one in ({"type": source["type"], "uid": source["uid"]}, shared) for one in named)


@each_page
def test_curves_are_asked_for_as_series_and_all_else_as_tables(page: Json) -> None:
    for query in queries(page):
        assert query.series == (query.panel.get("type") == "timeseries")


@each_page
def test_null_reads_not_available_everywhere(page: Json) -> None:
    for panel in asked(page):
        config = panel["fieldConfig"]
        overridden = [one["value"] for o in config["overrides"] for one in o["properties"] if one["id"] == "mappings"]
        for mappings in [config["defaults"]["mappings"], *overridden]:
            assert [m["options"]["result"]["text"] for m in mappings if m["options"].get("match") == "null"] == ["n/a"]
        # In a table it is said instead of "No data"; in a stat it would be said for null.
        assert "noValue" not in config["defaults"] or panel["type"] == "table"


@each_page
def test_words_for_a_table_without_rows_are_not_said_in_its_empty_cells(page: Json) -> None:
    for panel in panels(page):
        config = panel.get("fieldConfig", {"defaults": {}})
        if "noValue" in config["defaults"]:
            assert all({"id": "noValue", "value": ""} in one["properties"] for one in config["overrides"])


def test_every_kind_of_what_stands_out_has_a_word() -> None:
    assert {*UNUSUAL} == {*get_args(Kind), "not_judged", "doubtful", "rows_rejected", "no_time"}


def test_only_what_asks_somebody_to_act_has_a_colour_among_the_webinars() -> None:
    (panel,) = (one for one in panels(PAGES["webinars"]) if one["title"].startswith("Webinars ·"))
    (column,) = (one for one in panel["fieldConfig"]["overrides"] if one["matcher"]["options"] == "stands_out")
    properties = {one["id"]: one["value"] for one in column["properties"]}
    quiet = [one["options"]["result"] for one in properties["mappings"] if one["type"] == "regex"]
    assert quiet == [{"color": FEW, "text": "Not judged", "index": quiet[0]["index"]}]


def test_every_job_of_the_workers_has_a_label() -> None:
    by_workers = re.findall(r'\bjob\("([^"]+)"', (ROOT / "streams/app.py").read_text())
    said_by_views = re.findall(r"'([^']+)' AS job", dict(views())["jobs_at"])
    assert len(by_workers) > 5
    assert {*by_workers, *said_by_views, FUSE} == JOBS.keys()


def test_dates_are_written_alike_in_grafana_and_in_the_preview() -> None:
    settings = yaml.safe_load((GRAFANA.parent / "docker-compose.yml").read_text())["services"]["grafana"]["environment"]
    day, hour = (settings[f"GF_DATE_FORMATS_INTERVAL_{name}"] for name in ("DAY", "HOUR"))
    assert f"{{ day: '{day}', hour: '{hour}' }}" in (GRAFANA / "preview/web/src/setup.ts").read_text()


@each_page
def test_labels_are_unique_within_a_panel(page: Json) -> None:
    for panel in asked(page):
        properties = [one for override in panel["fieldConfig"]["overrides"] for one in override["properties"]]
        labels = [one["value"] for one in properties if one["id"] == "displayName"]
        named = [one for one in panel["fieldConfig"]["overrides"] if one["matcher"]["id"] == "byName"]
        assert len(labels) == len(named) == len(set(labels))


@each_page
def test_links_lead_to_pages_that_exist_and_give_variables_that_these_have(page: Json) -> None:
    own = {variable["name"] for variable in page["templating"]["list"]}
    for address in links(page):
        uid, _, query = address.removeprefix("/d/").partition("?")
        # A row of Today says itself which page it leads to (queries/today/unusual.sql).
        for to in (
            ("webinar", "webinars", "sources", "data-health") if uid.startswith("${") else (uid.partition("/")[0],)
        ):
            assert to in PAGES
            assert set(re.findall(r"\$\{(\w+):queryparam\}", query)) <= own
            theirs = {variable["name"] for variable in PAGES[to]["templating"]["list"]}
            assert set(re.findall(r"var-(\w+)=", query)) <= theirs


@each_page
def test_the_columns_that_a_link_takes_its_values_from_are_there(page: Json) -> None:
    for panel in asked(page):
        named = {override["matcher"]["options"] for override in panel["fieldConfig"]["overrides"]}
        assert set(re.findall(r"__data\.fields\.(\w+)", json.dumps(panel))) <= named


@each_page
def test_its_head_leads_to_every_page_and_keeps_the_filters(page: Json) -> None:
    assert [link["url"] for link in page["links"]] == [f"/d/{uid}" for uid in HEAD if uid in PAGES]
    assert all(link["includeVars"] for link in page["links"])


@pytest.mark.parametrize("uid", ["today", "webinars", "webinar", "weeks", "sources", "on-now"])
def test_business_pages_have_the_same_filters(uid: str) -> None:
    names = [variable["name"] for variable in PAGES[uid]["templating"]["list"]]
    assert [name for name in names if name in NAMES] == list(NAMES)


@each_page
def test_queries_use_the_variables_that_exist_and_all_of_them(page: Json) -> None:
    existing = {variable["name"] for variable in page["templating"]["list"]}
    used = {name for text in texts(page) for name in re.findall(r"\$\{?(?!__)(\w+)", text)}
    # Hidden filters are kept for the way back only.
    kept = {one["name"] for one in page["templating"]["list"] if one["hide"] == 2} & set(NAMES)
    assert existing - kept <= used <= existing


@each_page
def test_titles_and_words_name_variables_that_exist(page: Json) -> None:
    existing = {variable["name"] for variable in page["templating"]["list"]}
    for panel in panels(page):
        shown = json.dumps([panel["title"], panel.get("options"), panel.get("fieldConfig")])
        assert set(re.findall(r"\$\{(?!__)(\w+)", shown)) <= existing


def test_every_query_file_is_used_and_nothing_else() -> None:
    used = {text for page in PAGES.values() for text in texts(page)}
    # Sources asks for the heat map of Weeks, always by source: the same file.
    by_source = sql("weeks", "heat_map", by="source")
    assert used == {by_source, *(sql(path.parent.name, path.stem) for path in QUERY_FILES)}


def test_what_queries_share_is_used() -> None:
    for name in fragments(QUERIES):
        assert any(re.search(rf"\{{{name}\b", path.read_text()) for path in QUERIES.rglob("*/*.sql")), name


@each_query
def test_a_query_reads_views_only(path: Path) -> None:
    text = re.sub(r"--[^\n]*", "", path.read_text())
    read = re.findall(r"\b(?:FROM|JOIN)\s+([\w.]+)", text, re.IGNORECASE)
    assert set(read) <= VIEWS


@each_query
def test_a_query_asks_about_the_end_of_the_range_and_never_the_future(path: Path) -> None:
    moments = re.findall(r"\(at = ([^(),]*(?:\([^()]*\))?)(?:, (?:webinar_id|people) = [^()]*)?\)", path.read_text())
    assert len(moments) == path.read_text().count("(at =")
    choices = path.parent.name == "filters" or path.name == "webinar.sql"
    moment = {"webinar": "{range_or_now}", "on-now": "{shared_at}"}.get(path.parent.name, "{at}")
    assert set(moments) <= {"now64(3, 'UTC')" if choices else moment}
    assert fragments(QUERIES)["at"]("") == AT


@each_query
def test_a_query_about_webinars_takes_the_filters(path: Path) -> None:
    # Filters look at the columns of `webinar`: it is the alias of what a query filters, and of nothing else.
    assert bool(re.search(r"\bAS webinar\b", path.read_text())) == ("filters}" in path.read_text())


def test_a_filter_names_its_own_variable_and_every_variable_filters() -> None:
    text = fragments(QUERIES)["filters"]("")
    # Where a person's source plays no part.
    assert text.startswith(fragments(QUERIES)["webinar_filters"](""))
    found = re.findall(
        r"\$__conditionalAll\(has\(\{all_chosen (\w+)\}, (?:toString\()?webinar\.(\w+)\)?\), \$(\w+)\)", text
    )
    # Who people are is no column of a webinar: numbers are counted anew.
    assert [*(variable for *_, variable in found), "people"] == list(NAMES)
    assert all(name == variable and column in (name, f"{name}_group") for name, column, variable in found)


@each_query
def test_a_query_that_filters_by_source_filters_by_people_too(path: Path) -> None:
    text = sql(path.parent.name, path.stem)
    # Where a page reads depends on a choice of people, whatever the source.
    assert ("$source" in text) == ("${people:queryparam}" in text and path.stem != "as_of")


@each_query
def test_values_of_variables_are_quoted(path: Path) -> None:
    # The last argument of $__conditionalAll only names the variable; as_of is the end of a view's name.
    text = re.sub(r", \$\w+\)", ")", sql(path.parent.name, path.stem)).replace("${as_of:raw}", "")
    assert unquoted(text) == []
    assert ";" not in text


def test_all_is_no_value_that_a_query_compares_with() -> None:
    for path in [*QUERIES.glob("*.sql"), *QUERY_FILES]:
        # A condition that Grafana leaves out where All is chosen.
        text = re.sub(r"\$__conditionalAll\(has\(\{all_chosen \w+\}", "", path.read_text())
        assert "{all_chosen" not in text, path


def unquoted(text: str) -> list[str]:
    """The uses of variables whose values could end the text that they stand in."""
    text = re.sub(r"'\$\{\w+:queryparam\}'", "''", text)
    # What is asked of the server itself, and in no address: Grafana writes nothing for it in the form of addresses.
    return re.findall(r"\$(?!__)\{?\w+(?::\w+)?\}?", text.replace("${at:singlequote}", "''"))


def test_the_test_above_can_fail() -> None:
    assert unquoted("has(['${a:queryparam}'], a) AND t < $__toTime_ms AND u < ${at:singlequote}") == []
    assert unquoted("a IN ($a) AND b = '${b}' AND c = ${c:queryparam}") == ["$a", "${b}", "${c:queryparam}"]


def test_the_data_source_is_the_read_only_user_over_http() -> None:
    (source,) = provisioned()["datasources"]
    settings = source["jsonData"]
    assert source["editable"] is False
    assert settings["protocol"] == "http"
    assert settings["username"] == "${FUNNEL_GRAFANA_CLICKHOUSE_USER}"
    assert source["secureJsonData"] == {"password": "${FUNNEL_GRAFANA_CLICKHOUSE_PASSWORD}"}


def test_dashboards_are_provisioned_read_only() -> None:
    providers = {
        path.stem: yaml.safe_load(path.read_text())["providers"]
        for path in GRAFANA.glob("provisioning/dashboards/*.yaml")
    }
    assert providers.keys() == {"webinars", "data-health", "team"}
    for name, (provider,) in providers.items():
        assert (provider["allowUiUpdates"], provider["disableDeletion"]) == (name == "team", True)
    assert all(page["editable"] is False for page in PAGES.values())


def test_the_folder_of_the_team_says_how_to_copy_and_takes_the_place_of_no_page() -> None:
    (page,) = (json.loads(path.read_text()) for path in (GRAFANA / "team").glob("*.json"))
    assert page["editable"] is True
    assert page["uid"] not in PAGES
    assert page["title"] not in {one["title"] for one in PAGES.values()}
    assert page["schemaVersion"] == PAGES["today"]["schemaVersion"]
    (panel,) = page["panels"]
    assert "Save as copy" in panel["options"]["content"]
    (team,) = (one for one in providers() if one.is_editable)
    assert (team.title, team.place) == ("Team", GRAFANA / "team")
    assert len({(one.uid, one.place) for one in providers()}) == len(providers())


def test_the_image_holds_the_plugin_that_the_queries_are_written_for() -> None:
    text = (GRAFANA / "Dockerfile").read_text()
    assert f"plugins install grafana-clickhouse-datasource {PLUGIN_VERSION} " in text
    assert tuple(map(int, PLUGIN_VERSION.split("."))) >= (4, 20, 0)


def test_the_moment_that_viewers_share_is_on_a_grid_of_five_seconds_and_never_in_the_future(
    realistic: Database,
) -> None:
    past = week.TO + timedelta(milliseconds=7_123)
    assert realistic.ask("on-now/at", end=past) == [{"at": str(week.ms(week.TO) + 5_000)}]
    now = datetime.now(UTC)
    (row,) = realistic.ask("on-now/at", end=now + timedelta(days=1))
    shared = int(str(row["at"]))
    assert week.ms(now) - 5_000 <= shared <= week.ms(datetime.now(UTC))
    assert shared % 5_000 == 0


def test_a_page_with_a_shared_moment_reads_the_clock_nowhere_else() -> None:
    # Otherwise no two viewers ask the same, and the server cannot answer them together.
    page = PAGES["on-now"]
    assert [
        text for text in (query.raw_sql for query in queries(page)) if re.search(r"now64|\$__(to|from|time)", text)
    ] == []
    (at,) = (one for one in page["templating"]["list"] if one["name"] == "at")
    assert (at["refresh"], at["hide"], at["skipUrlSync"]) == (2, 2, True)
