"""What Grafana does not say is wrong with a dashboard until somebody looks at it."""

import json
import re
from collections import Counter
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest
import yaml

from clickhouse.migrate import views
from grafana.panels import PLUGIN_VERSION, QUERIES

Json = dict[str, Any]

GRAFANA = Path(__file__).parents[2] / "grafana"
DASHBOARDS = {path.stem: json.loads(path.read_text()) for path in sorted((GRAFANA / "dashboards").glob("*.json"))}
QUERY_FILES = sorted(QUERIES.rglob("*.sql"))
VIEWS = {match[1] for _, text in views() for match in re.finditer(r"^CREATE OR REPLACE VIEW (\w+)", text, re.MULTILINE)}
AT = "toTimeZone(least(now64(3), $__toTime_ms), 'UTC')"
"""The end of the time range or now, whichever is earlier. In UTC: a view's argument is passed on as wall clock text."""

each_dashboard = pytest.mark.parametrize("dashboard", DASHBOARDS.values(), ids=DASHBOARDS.keys())
each_query = pytest.mark.parametrize("path", QUERY_FILES, ids=lambda path: str(path.relative_to(QUERIES)))


def panel_sql(dashboard: Json) -> list[str]:
    return [target["rawSql"] for panel in dashboard["panels"] for target in panel["targets"]]


def provisioned() -> Json:
    source: Json = yaml.safe_load((GRAFANA / "provisioning/datasources/clickhouse.yaml").read_text())
    return source


def test_uids_and_titles_are_unique() -> None:
    for name in ("uid", "title"):
        assert max(Counter(dashboard[name] for dashboard in DASHBOARDS.values()).values()) == 1
    assert all(dashboard["uid"] == stem and len(stem) <= 40 for stem, dashboard in DASHBOARDS.items())


@each_dashboard
def test_it_is_a_classic_dashboard_that_can_be_provisioned(dashboard: Json) -> None:
    assert dashboard["schemaVersion"] == 42
    assert dashboard.keys().isdisjoint({"id", "__inputs", "__requires", "apiVersion", "spec"})
    assert "${DS_" not in json.dumps(dashboard)


@each_dashboard
def test_panels_have_ids_of_their_own_and_do_not_overlap(dashboard: Json) -> None:
    ids = [panel["id"] for panel in dashboard["panels"]]
    assert len(ids) == len(set(ids))
    places = [panel["gridPos"] for panel in dashboard["panels"]]
    assert all(place["x"] >= 0 and place["x"] + place["w"] <= 24 and place["h"] > 0 for place in places)
    for one, other in combinations(places, 2):
        beside = one["x"] + one["w"] <= other["x"] or other["x"] + other["w"] <= one["x"]
        above = one["y"] + one["h"] <= other["y"] or other["y"] + other["h"] <= one["y"]
        assert beside or above


@each_dashboard
def test_every_data_source_is_the_provisioned_one(dashboard: Json) -> None:
    (source,) = provisioned()["datasources"]
    named = [panel["datasource"] for panel in dashboard["panels"]]
    named += [target["datasource"] for panel in dashboard["panels"] for target in panel["targets"]]
    named += [one["datasource"] for one in dashboard["templating"]["list"] if one["type"] == "query"]
    assert all(one == {"type": source["type"], "uid": source["uid"]} for one in named)


@each_dashboard
def test_tables_and_numbers_are_asked_for_as_tables(dashboard: Json) -> None:
    for panel in dashboard["panels"]:
        assert panel["type"] in {"table", "stat"}
        assert [target["format"] for target in panel["targets"]] == [1]


@each_dashboard
def test_null_reads_not_available_everywhere(dashboard: Json) -> None:
    for panel in dashboard["panels"]:
        config = panel["fieldConfig"]
        overridden = [one["value"] for o in config["overrides"] for one in o["properties"] if one["id"] == "mappings"]
        for mappings in [config["defaults"]["mappings"], *overridden]:
            texts = [m["options"]["result"]["text"] for m in mappings if m["options"].get("match") == "null"]
            assert texts == ["n/a"]
        assert "noValue" not in config["defaults"]


@each_dashboard
def test_labels_are_unique_within_a_panel(dashboard: Json) -> None:
    for panel in dashboard["panels"]:
        properties = [one for override in panel["fieldConfig"]["overrides"] for one in override["properties"]]
        labels = [one["value"] for one in properties if one["id"] == "displayName"]
        assert len(labels) == len(panel["fieldConfig"]["overrides"]) == len(set(labels))


@each_dashboard
def test_links_lead_to_dashboards_that_exist(dashboard: Json) -> None:
    for uid in re.findall(r'"/d/([^/"?]+)', json.dumps(dashboard)):
        assert uid in DASHBOARDS


@each_dashboard
def test_queries_use_the_variables_that_exist_and_all_of_them(dashboard: Json) -> None:
    existing = {variable["name"] for variable in dashboard["templating"]["list"]}
    used = {name for text in panel_sql(dashboard) for name in re.findall(r"\$\{?(?!__)(\w+)", text)}
    assert used == existing


@each_dashboard
def test_every_query_that_filters_filters_alike(dashboard: Json) -> None:
    filters = [tuple(re.findall(r"AND \$__conditionalAll.*", text)) for text in panel_sql(dashboard)]
    assert len({one for one in filters if one}) == 1


@each_dashboard
def test_a_filter_of_every_query_names_its_own_variable(dashboard: Json) -> None:
    for text in panel_sql(dashboard):
        for column, value, variable in re.findall(
            r"\$__conditionalAll\(webinar\.(\w+) IN \(\$\{(\w+):singlequote\}\), \$(\w+)\)", text
        ):
            assert column == value == variable


def test_every_query_file_is_used_and_nothing_else() -> None:
    used = {text for dashboard in DASHBOARDS.values() for text in panel_sql(dashboard)}
    variables = [one for dashboard in DASHBOARDS.values() for one in dashboard["templating"]["list"]]
    used |= {one["query"]["rawSql"] for one in variables if one["type"] == "query"}
    assert used == {path.read_text().strip() for path in QUERY_FILES}


@each_query
def test_a_query_reads_views_only(path: Path) -> None:
    read = re.findall(r"\b(?:FROM|JOIN)\s+([\w.]+)", path.read_text(), re.IGNORECASE)
    assert read
    assert set(read) <= VIEWS


@each_query
def test_a_query_asks_about_the_end_of_the_range_and_never_the_future(path: Path) -> None:
    moments = re.findall(r"\(at = (.*?)\)(?: AS \w+)?$", path.read_text(), re.MULTILINE)
    assert len(moments) == path.read_text().count("(at =") >= 1
    assert set(moments) == {"now64(3, 'UTC')" if path.parent.name == "variables" else AT}


@each_query
def test_values_of_variables_are_quoted(path: Path) -> None:
    # The last argument of $__conditionalAll only names the variable.
    text = re.sub(r", \$\w+\)", ")", path.read_text())
    assert unquoted(text) == []
    assert ";" not in text


def unquoted(text: str) -> list[str]:
    """The uses of variables whose values would not be escaped."""
    return [use for use in re.findall(r"\$(?!__)\{?\w+(?::\w+)?\}?", text) if not use.endswith(":singlequote}")]


def test_the_test_above_can_fail() -> None:
    assert unquoted("a IN (${a:singlequote}) AND t < $__toTime_ms") == []
    assert unquoted("a IN ($a) AND b = '${b}' AND c = ${c:csv}") == ["$a", "${b}", "${c:csv}"]


def test_the_data_source_is_the_read_only_user_over_http() -> None:
    (source,) = provisioned()["datasources"]
    settings = source["jsonData"]
    assert source["editable"] is False
    assert settings["protocol"] == "http"
    assert settings["username"] == "${FUNNEL_GRAFANA_CLICKHOUSE_USER}"
    assert source["secureJsonData"] == {"password": "${FUNNEL_GRAFANA_CLICKHOUSE_PASSWORD}"}


def test_dashboards_are_provisioned_read_only() -> None:
    (provider,) = yaml.safe_load((GRAFANA / "provisioning/dashboards/webinars.yaml").read_text())["providers"]
    assert (provider["allowUiUpdates"], provider["disableDeletion"]) == (False, True)
    assert all(dashboard["editable"] is False for dashboard in DASHBOARDS.values())


def test_the_image_holds_the_plugin_that_the_queries_are_written_for() -> None:
    text = (GRAFANA / "Dockerfile").read_text()
    assert f"plugins install grafana-clickhouse-datasource {PLUGIN_VERSION} " in text
    assert tuple(map(int, PLUGIN_VERSION.split("."))) >= (4, 20, 0)
