"""The preview's HTTP, as a browser and as somebody with bad intent asks it."""

import subprocess
import sys
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest

from tests.grafana import week
from tests.grafana.conftest import VARIABLES
from tests.grafana.preview.preview import ROOT

ALL_OF = {**{name: ["$__all"] for name in VARIABLES}, "search": [""], "as_of": ["_at"]}


def question(**changes: Any) -> dict[str, Any]:
    asked = {"dashboard": "webinars", "kind": "panel", "name": "4", "ref_id": "A", "variables": ALL_OF}
    return {**asked, "begin": week.ms(week.FROM), "end": week.ms(week.TO), **changes}


def ask(address: str, **changes: Any) -> httpx.Response:
    return httpx.post(f"{address}/api/query", json=question(**changes), timeout=30)


def column(frame: dict[str, Any], name: str) -> list[Any]:
    names = [field["name"] for field in frame["schema"]["fields"]]
    values: list[Any] = frame["data"]["values"][names.index(name)]
    return values


def test_a_panel_gets_the_rows_of_its_query(address: str) -> None:
    frame = ask(address).json()
    assert [one.rpartition("\n")[2] for one in column(frame, "webinar")] == [
        "Live",
        "It's live",
        "SQL in an hour",
        "Too short",
        "Called off",
        "bizon:unknown",
    ]


def test_a_choice_filters_and_a_quote_is_only_a_quote(address: str) -> None:
    frame = ask(address, variables={**ALL_OF, "region": ["it's"]}).json()
    assert [one.rpartition("\n")[2] for one in column(frame, "webinar")] == ["It's live"]
    harmless = ask(address, variables={**ALL_OF, "region": ["'; DROP TABLE persons"]}).json()
    assert not any(harmless["data"]["values"])


def test_a_variable_gets_its_values(address: str) -> None:
    frame = ask(address, kind="variable", name="region", variables={}).json()
    assert column(frame, "region") == ["it's", "n/a", "ru"]


def test_an_empty_answer_has_no_rows(address: str) -> None:
    assert not any(ask(address, begin=0, end=1000).json()["data"]["values"])


def test_a_question_longer_than_any_is_refused_and_takes_no_memory(address: str) -> None:
    assert ask(address, variables={"region": "x" * 900_000}).status_code in (200, 400)
    endless = (b"x" * 100_000 for _ in range(10_000))
    with pytest.raises(httpx.HTTPError):
        httpx.post(f"{address}/api/query", content=endless, timeout=30).raise_for_status()
    assert ask(address).status_code == 200


@pytest.mark.parametrize(
    ("changes", "status", "said"),
    [
        ({"dashboard": "nothing"}, 404, "there is no dashboard nothing"),
        ({"name": "99"}, 404, "panel 99 has no query A"),
        ({"kind": "variable", "name": "nothing"}, 404, "no variable nothing"),
        ({"kind": "annotation", "name": "nothing"}, 404, "no annotation nothing"),
        ({"variables": {}}, 400, "the dashboard has no variable"),
        ({"dashboard": "all-panels", "name": "15"}, 400, "Unknown expression identifier"),
    ],
)
def test_what_cannot_be_answered_is_one_line(address: str, changes: dict[str, Any], status: int, said: str) -> None:
    answer = ask(address, **changes)
    assert answer.status_code == status
    assert said in answer.json()["error"]
    assert "\n" not in answer.json()["error"]


def test_sql_is_not_taken_from_the_browser(address: str) -> None:
    assert ask(address, raw_sql="SELECT 1").status_code == 422


def test_another_pages_questions_are_not_answered_and_its_links_are(address: str) -> None:
    own = {"Origin": address, "Sec-Fetch-Site": "same-origin"}
    for headers in (
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "http://127.0.0.1:1"},
    ):
        answer = httpx.post(f"{address}/api/query", json=question(), headers=headers, timeout=30)
        assert (answer.status_code, answer.json()["detail"]) == (403, "questions of other pages are not answered")
        assert httpx.get(f"{address}/api/dashboards", headers=headers).status_code == 403
    assert httpx.post(f"{address}/api/query", json=question(), headers=own, timeout=30).status_code == 200
    assert httpx.get(f"{address}/d/webinars", headers={"Sec-Fetch-Site": "cross-site"}).status_code == 200


def test_only_names_of_this_machine_are_answered_and_nothing_may_be_loaded_from_elsewhere(address: str) -> None:
    assert httpx.get(f"{address}/api/dashboards", headers={"Host": "example.com"}).status_code == 400
    policy = httpx.get(f"{address}/d/webinars").headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'self';" in policy


def test_the_first_page_leads_to_a_dashboard_and_keeps_what_was_asked(address: str) -> None:
    answer = httpx.get(f"{address}/?kiosk=1")
    assert answer.headers["Location"].startswith("/d/")
    assert answer.headers["Location"].endswith("?kiosk=1")


def test_a_taken_port_is_explained_in_one_line(address: str) -> None:
    command = [sys.executable, "-m", "grafana.preview", "--port", str(urlsplit(address).port)]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=30, check=False)
    assert ended.returncode == 1
    assert ended.stderr.startswith("preview: port ")
    assert ended.stderr.count("\n") == 1
