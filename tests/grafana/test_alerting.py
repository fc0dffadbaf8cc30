"""The provisioned alerting: keys that Grafana knows, queries that give what its alerting accepts, no secrets."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import yaml

from alerts import wording
from grafana import alerting, build
from grafana.base import Json
from tests.grafana import week
from tests.grafana.conftest import Database, database
from tests.grafana.expand import expand
from tests.grafana.pages import PAGES
from tests.servers.clickhouse import Server

FILES: dict[str, Json] = {path.name: yaml.safe_load(path.read_text()) for path in build.ALERTING.glob("*.yaml")}
RULES: list[Json] = [rule for group in FILES["rules.yaml"]["groups"] for rule in group["rules"]]
CONTACTS: list[Json] = FILES["contact-points.yaml"]["contactPoints"]

# As Grafana's provisioning spells them; another spelling is dropped without a word.
TOP = {"apiVersion", "groups", "contactPoints", "policies", "templates", "muteTimes"}
GROUP = {"orgId", "name", "folder", "interval", "rules"}
RULE = {
    "uid", "title", "condition", "data", "dashboardUid", "panelId", "noDataState", "execErrState", "for",
    "keepFiringFor", "missing_series_evals_to_resolve", "annotations", "labels", "isPaused", "notification_settings",
}  # fmt: skip
DATA = {"refId", "queryType", "relativeTimeRange", "datasourceUid", "model"}
POLICY = {
    "orgId", "receiver", "group_by", "group_wait", "group_interval", "repeat_interval", "routes", "object_matchers",
    "mute_time_intervals", "continue",
}  # fmt: skip
SETTINGS = {
    "email": {"addresses", "singleEmail", "subject", "message"},
    "slack": {"url", "title", "text"},
    "telegram": {"bottoken", "chatid", "message", "disable_web_page_preview"},
    "webhook": {"url", "httpMethod", "maxAlerts", "title", "message"},
}

each_rule = pytest.mark.parametrize("rule", RULES, ids=lambda rule: str(rule["uid"]))


def test_every_key_is_spelt_as_grafana_reads_it() -> None:
    assert FILES.keys() == alerting.files().keys()
    for file in FILES.values():
        assert file.keys() <= TOP
    for group in FILES["rules.yaml"]["groups"]:
        assert group.keys() == GROUP
    for rule in RULES:
        assert rule.keys() <= RULE
        assert all(one.keys() <= DATA for one in rule["data"])
    (policy,) = FILES["policies.yaml"]["policies"]
    assert policy.keys() <= POLICY
    assert all(route.keys() <= POLICY for route in policy["routes"])
    for contact in CONTACTS:
        assert contact.keys() == {"orgId", "name", "receivers"}
        for receiver in contact["receivers"]:
            assert receiver.keys() == {"uid", "type", "settings"}
            assert receiver["settings"].keys() <= SETTINGS[receiver["type"]]
    (mute,) = FILES["mute-times.yaml"]["muteTimes"]
    assert mute.keys() == {"orgId", "name", "time_intervals"}
    assert FILES["templates.yaml"]["templates"][0].keys() == {"orgId", "name", "template"}


def test_every_rule_has_a_uid_and_a_title_of_its_own() -> None:
    for key in ("uid", "title"):
        assert len({rule[key] for rule in RULES}) == len(RULES)


@each_rule
def test_a_rule_waits_goes_on_for_a_while_and_says_what_no_data_and_an_error_mean(rule: Json) -> None:
    assert re.fullmatch(r"\d+m", rule["for"])
    assert re.fullmatch(r"\d+m", rule["keepFiringFor"])
    assert rule["noDataState"] in {"OK", "Alerting", "NoData", "KeepLast"}
    assert rule["execErrState"] in {"OK", "Alerting", "Error", "KeepLast"}
    assert rule["annotations"]["__dashboardUid__"] == "webinars"
    assert rule["annotations"]["__panelId__"].isdigit()
    query, threshold = rule["data"]
    assert (query["refId"], threshold["refId"], rule["condition"]) == ("A", "C", "C")
    assert query["model"]["format"] == 1
    assert query["model"]["intervalMs"] == 60_000
    assert threshold["model"]["expression"] == "A"


def test_one_rule_tells_that_clickhouse_fails_and_the_others_keep_what_they_found() -> None:
    # docs/alerts.md has the reason for each.
    assert {rule["uid"]: rule["execErrState"] for rule in RULES if rule["execErrState"] != "KeepLast"} == {
        "alerts_stopped": "Error"
    }
    (teller,) = (rule for rule in RULES if rule["execErrState"] == "Error")
    views = {view for rule in RULES for view in re.findall(r"FROM (\w+)\(", rule["data"][0]["model"]["rawSql"])}
    # What another rule's query reads, this one's reads too, so that it fails where they do.
    assert set(re.findall(r"FROM (\w+)\(", teller["data"][0]["model"]["rawSql"])) == views
    assert {rule["uid"]: rule["noDataState"] for rule in RULES if rule["noDataState"] != "OK"} == {
        "alerts_stopped": "Alerting"
    }
    docs = (build.ALERTING.parents[2] / "docs/alerts.md").read_text()
    for rule in RULES:
        assert (
            f"| `{rule['uid']}` | {rule['labels']['severity']} | {rule['noDataState']} | {rule['execErrState']} |"
            in docs
        )


@each_rule
def test_nothing_that_grafana_does_not_expand_stands_in_a_query(rule: Json) -> None:
    sql = rule["data"][0]["model"]["rawSql"]
    assert "${" not in sql
    assert set(re.findall(r"\$(\w+)", sql)) == {"__toTime_ms"}
    # Annotations are taken as they are: variables of templates plain, and none of the environment.
    assert all("$$" not in text and "${" not in text for text in rule["annotations"].values())
    # Labels are expanded from the environment: a dollar sign would have to be doubled there.
    assert all("$" not in text for text in rule["labels"].values())


def test_what_the_environment_fills_is_only_addresses_and_the_choice_among_them() -> None:
    for name, file in FILES.items():
        found = set(re.findall(r"\$\{(\w+)\}", yaml.safe_dump(file)))
        assert bool(found) == (name in {"contact-points.yaml", "policies.yaml"}), name
        assert all(one.startswith("GRAFANA_ALERT_") for one in found)
    assert "$" not in FILES["templates.yaml"]["templates"][0]["template"]


@each_rule
def test_links_lead_to_dashboards_panels_and_variables_that_there_are(rule: Json) -> None:
    notes = rule["annotations"]
    assert int(notes["__panelId__"]) in {panel["id"] for panel in PAGES[notes["__dashboardUid__"]]["panels"]}
    addresses = [address for name in ("webinar_url", "sources_url") for address in linked(notes.get(name, ""))]
    assert len(addresses) == (3 if "webinar_id" in rule["data"][0]["model"]["rawSql"] else 0)
    for address in addresses:
        uid, _, query = address.removeprefix("/d/").partition("?")
        theirs = {variable["name"] for variable in PAGES[uid]["templating"]["list"]}
        assert set(re.findall(r"var-(\w+)=", query)) <= theirs


def test_routes_lead_to_contact_points_and_mute_times_that_there_are() -> None:
    (policy,) = FILES["policies.yaml"]["policies"]
    names = {mute["name"] for mute in FILES["mute-times.yaml"]["muteTimes"]}
    assert {name for route in policy["routes"] for name in route["mute_time_intervals"]} <= names
    assert [contact["name"] for contact in CONTACTS] == ["email", "slack", "telegram", "webhook"]
    severities = {rule["labels"]["severity"] for rule in RULES}
    assert severities == {"warning", "critical"}


def test_messages_use_templates_that_are_defined() -> None:
    defined = set(re.findall(r'define "([\w.]+)"', FILES["templates.yaml"]["templates"][0]["template"]))
    texts = yaml.safe_dump(CONTACTS) + FILES["templates.yaml"]["templates"][0]["template"]
    used = set(re.findall(r'template "([\w.]+)"', texts))
    assert used == defined


@each_rule
def test_a_query_gives_one_number_and_otherwise_text_with_all_labels_that_texts_name(
    empty: Database, rule: Json
) -> None:
    columns = dict(described(empty, rule))
    assert sum("Float64" in kind for kind in columns.values()) == 1
    assert all(kind in ("String", "LowCardinality(String)") for kind in columns.values() if "Float64" not in kind)
    assert set(re.findall(r"\$labels\.(\w+)", str(rule["annotations"]))) <= columns.keys()


@each_rule
def test_no_labels_come_twice(any_database: Database, rule: Json) -> None:
    rows = any_database.reader.query(asked(rule)).result_rows
    labels = [tuple(value for value in row if isinstance(value, str)) for row in rows]
    assert len(set(labels)) == len(rows)


def test_there_is_a_row_for_every_webinar_that_could_be_an_alarm(realistic: Database) -> None:
    def webinars(uid: str, at: datetime) -> set[str]:
        rule = next(one for one in RULES if one["uid"] == uid)
        return {str(row[0]) for row in realistic.reader.query(asked(rule, at)).result_rows}

    during = week.MONDAY + timedelta(minutes=5)
    assert webinars("conversion_drop", during) >= {"zoom:1", "zoom:3"}
    assert webinars("empty_room", during) >= {"zoom:1", "zoom:3"}
    assert "zoom:1" in webinars("pace_behind", week.MONDAY - timedelta(days=1))


def test_an_alarm_is_a_number_above_its_threshold(clickhouse_server: Server) -> None:
    with database(clickhouse_server, week.events()) as alarmed:
        _alarm(alarmed)


def _alarm(realistic: Database) -> None:
    since = week.ms(week.MONDAY + timedelta(minutes=6))
    realistic.writer.command(
        "INSERT INTO findings SELECT 'zoom:1|drop|1', 'zoom:1', 'drop', 'visits', {since:Int64}, 9999999999999,"
        " 0.3, 0.4, 'Fewer came', '{}', now64(3)",
        parameters={"since": since},
    )
    rule = RULES[0]
    at = week.MONDAY + timedelta(minutes=10)
    result = realistic.reader.query(asked(rule, at))
    rows = {row[0]: dict(zip(result.column_names, row, strict=True)) for row in result.result_rows}
    threshold = rule["data"][1]["model"]["conditions"][0]["evaluator"]
    assert threshold == {"type": "gt", "params": [0]}
    assert rows["zoom:1"]["size"] == pytest.approx(10)
    assert rows["zoom:1"]["sentence"] == "Fewer came"
    assert rows["zoom:3"]["size"] == 0


def test_a_drop_of_several_webinars_together_is_an_alarm(clickhouse_server: Server) -> None:
    with database(clickhouse_server, week.events()) as dropped:
        dropped.writer.command(
            "INSERT INTO findings SELECT 'course=go|drop|1', '', 'drop', 'visits', {since:Int64}, 9999999999999,"
            " 0.3, 0.4, 'Fewer came in two weeks', '{}', now64(3)",
            parameters={"since": week.ms(week.MONDAY)},
        )
        found = dropped.reader.query(asked(RULES[0], week.MONDAY + timedelta(minutes=10))).named_results()
        rows = [row for row in found if row["size"] > 0]
    assert [row["sentence"] for row in rows] == ["Fewer came in two weeks"]
    assert rows[0]["size"] == pytest.approx(10)
    assert rows[0]["title"] == wording.pooled_name("course=go", 0) == "course 'go', several webinars together"
    assert (rows[0]["course"], rows[0]["region"], rows[0]["language"]) == ("go", "", "")


def linked(template: str) -> list[str]:
    """The addresses that a template may become, without what is filled in."""
    # Where there is no row, there is none.
    there = template.removesuffix("{{ else }}{{ end }}")
    return re.sub(r"{{.*?}}", "", there.replace("{{ else }}", " /d/")).split()


def asked(rule: Json, at: datetime | None = None) -> str:
    moment = at or datetime.now(UTC)
    return expand(rule["data"][0]["model"]["rawSql"], {}, week.ms(moment - timedelta(hours=1)), week.ms(moment))


def described(database: Database, rule: Json) -> list[tuple[str, Any]]:
    rows = database.reader.query(f"DESCRIBE ({asked(rule)})").result_rows
    return [(row[0], row[1]) for row in rows]
