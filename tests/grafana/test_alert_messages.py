"""What Grafana's alerts say: the templates as Alertmanager's functions execute them, the annotations as Grafana does.

Needs Go and, once, the Go module proxy; skipped elsewhere.
"""

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.grafana.test_alerting import FILES, RULES

# On one worker of a run: it is built once.
pytestmark = pytest.mark.xdist_group("go")

PROGRAM = Path(__file__).parent / "templates"
TEMPLATE = FILES["templates.yaml"]["templates"][0]["template"]
BY_UID = {rule["uid"]: rule for rule in RULES}


@pytest.fixture(scope="session")
def program(tmp_path_factory: pytest.TempPathFactory) -> Path:
    go = shutil.which("go")
    if go is None:
        pytest.skip("Go is not there")
    built = tmp_path_factory.mktemp("go") / "templates"
    modules = subprocess.run([go, "mod", "download"], cwd=PROGRAM, capture_output=True, text=True, check=False)
    if modules.returncode:
        pytest.skip(f"the Go module proxy cannot be reached: {modules.stderr.strip()[:200]}")
    subprocess.run([go, "build", "-o", str(built), "."], cwd=PROGRAM, check=True, timeout=600)
    return built


def said(program: Path, **case: Any) -> dict[str, list[Any]]:
    asked = {"Template": TEMPLATE, "Messages": [], "Rows": [], **case}
    done = subprocess.run([program], input=json.dumps(asked), capture_output=True, text=True, check=False, timeout=30)
    assert done.returncode == 0, done.stderr
    found: dict[str, list[Any]] = json.loads(done.stdout)
    return found


def one(status: str = "firing", *, name: str = "Nobody in the room", **annotations: str) -> dict[str, Any]:
    return {
        "Status": status,
        "Labels": {"alertname": name, "rulename": "Nobody in the room"},
        "Annotations": annotations,
    }


def message(*alerts: dict[str, Any], status: str = "firing") -> dict[str, Any]:
    return {"Status": status, "Alerts": list(alerts)}


FALSE = {
    "summary": "Nobody is in the room: [no value]",
    "description": "[no value]",
    "webinar_url": "http://[no value]",
}
"""What Grafana made of the annotations of a rule that could not be evaluated."""


def test_a_rule_that_could_not_be_evaluated_says_that_and_nothing_about_webinars(program: Path) -> None:
    error = "[sse.dataQueryError] failed to execute query [A]: dial tcp: connection refused"
    cases = [
        message(one(name="DatasourceError", **FALSE, Error=error)),
        message(one(name="DatasourceError", **FALSE)),
        # As where an error counts as an alarm.
        message(one(**FALSE, Error=error)),
        message(one(name="DatasourceNoData", **FALSE)),
        message(one("resolved", name="DatasourceError", **FALSE), status="resolved"),
        message(one("resolved", name="DatasourceNoData", **FALSE), status="resolved"),
    ]
    found = said(program, Messages=cases)
    assert found["Titles"] == [
        "Not evaluated: Nobody in the room",
        "Not evaluated: Nobody in the room",
        "Not evaluated: Nobody in the room",
        "Nothing to evaluate: Nobody in the room",
        "Evaluated again: Nobody in the room",
        "Evaluated again: Nobody in the room",
    ]
    for text in found["Texts"]:
        assert "no value" not in text
        assert "in the room: " not in text
        assert "http" not in text
    assert error in found["Texts"][0]
    assert all("funnel status" in text for text in found["Texts"][:4])


def test_an_alert_without_annotations_has_a_title_and_a_body(program: Path) -> None:
    bare = {"Status": "firing", "Labels": {"alertname": "Somebody's own"}, "Annotations": {}}
    nameless = {"Status": "firing", "Labels": {}, "Annotations": {}}
    found = said(program, Messages=[message(bare), message(nameless), message(), message(bare, nameless)])
    assert found["Titles"] == ["Somebody's own", "an alert without a name", "firing", "Somebody's own (and more)"]
    assert found["Texts"][0].split("\n")[:2] == ["Somebody's own", "No text was given for it."]


def test_what_is_over_is_told_from_what_is_no_longer_looked_at(program: Path) -> None:
    gone = {"grafana_state_reason": "MissingSeries"}
    links = {"webinar_url": "http://g/w", "sources_url": "http://g/s"}
    cases = [
        message(one("resolved", summary="S", description="D", **links), status="resolved"),
        message(one("resolved", summary="S", description="D", **gone), status="resolved"),
        message(one(summary="S", description="D", **links)),
        message({**one(summary="S", description="D"), "PanelURL": "http://g/p"}),
    ]
    found = said(program, Messages=cases)
    assert found["Titles"] == ["Resolved: S", "No longer looked at: S", "S", "S"]
    assert found["Texts"][2].split() == ["S", "D", "The", "webinar:", "http://g/w", "Its", "sources:", "http://g/s"]
    assert found["Texts"][3].split() == ["S", "D", "http://g/p"]


WEBINAR = {
    "webinar_id": "zoom:a+/b==",
    "title": "SQL & more",
    "sentence": "Fewer came",
    "course": "C++",
    "region": "ru",
}
POOLED = {
    "webinar_id": "course=C++|drop|1",
    "title": "course 'C++', 3 webinars together",
    "sentence": "F",
    "course": "C++",
}


@pytest.mark.parametrize("base", ["http://g.example.com", "http://g.example.com/", "http://g.example.com/sub//"])
def test_links_have_one_slash_and_lead_to_the_webinar_or_to_all_of_them(program: Path, base: str) -> None:
    rows = [
        {"Annotations": BY_UID["conversion_drop"]["annotations"], "Labels": labels, "ExternalURL": base}
        for labels in (WEBINAR, POOLED)
    ]
    webinar, pooled = said(program, Rows=rows)["Rows"]
    root = base.rstrip("/")
    period, chosen = "from=now-28d&to=now", "&var-course=C%2B%2B"
    assert webinar["webinar_url"] == f"{root}/d/webinar?var-webinar=zoom%3Aa%2B%2Fb%3D%3D"
    assert webinar["sources_url"] == f"{root}/d/sources?{period}{chosen}&var-region=ru"
    assert webinar["summary"] == "Attendance below typical: SQL & more"
    assert pooled["webinar_url"] == f"{root}/d/webinars?{period}{chosen}"
    assert pooled["sources_url"] == f"{root}/d/sources?{period}{chosen}"
    assert pooled["summary"] == "Attendance below typical: course 'C++', 3 webinars together"


def test_no_annotation_speaks_of_a_row_where_there_is_none(program: Path) -> None:
    rows = [{"Annotations": rule["annotations"], "ExternalURL": "http://g/"} for rule in RULES]
    for rule, found in zip(RULES, said(program, Rows=rows)["Rows"], strict=True):
        assert found["summary"] == f"{rule['title']}: not known"
        assert found["description"].startswith("Its query returned no usable row, or failed")
        assert found.get("webinar_url", "") == found.get("sources_url", "") == ""
        assert "no value" not in str(found)


def test_numbers_and_words_of_the_rules_of_operation(program: Path) -> None:
    def row(uid: str, value: float, **labels: str) -> dict[str, Any]:
        values = {"A": {"Value": value}}
        return {
            "Annotations": BY_UID[uid]["annotations"],
            "Labels": labels,
            "Values": values,
            "ExternalURL": "http://g",
        }

    rows = [
        row("data_age", 12.3456, process="workers", webinars="SQL, Go"),
        row("workers_behind", 1234567, process="workers", state="known"),
        row("workers_behind", 1, process="workers", state="unknown"),
        row("alerts_stopped", 17, process="funnel alerts watch"),
        row("jobs_failing", 3, job="timelines"),
    ]
    assert [one["summary"] for one in said(program, Rows=rows)["Rows"]] == [
        "No event for 12.35 minutes while live: SQL, Go",
        "The workers are 1.235M records behind",
        "Kafka does not say how far the workers are",
        "No webinar has been checked for 17 minutes",
        "The workers' job 'timelines' has failed 3 times in a row",
    ]
