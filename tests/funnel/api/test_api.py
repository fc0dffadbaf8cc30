"""The read-only API in one process, on a real database."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from starlette.testclient import TestClient

from clickhouse.client import connect
from contract.instants import DAY as ONE_DAY
from contract.instants import format_instant
from funnel.answers.answer import answered
from funnel.answers.source import Answers
from funnel.answers.tokens import known_tokens
from funnel.api.app import PROBLEM, Access, application
from funnel.api.pace import Pace
from funnel.report.numbers import Question
from funnel.share.pages import Shares
from funnel.share.register import Register, Share
from process.clock import now
from process.meters import counter
from streams.settings import Settings
from tests.funnel.answers.school import AT, SMALL

TOKEN = "a-token-of-twenty-four-letters"
WHEN = {"at": format_instant(AT)}
Json = dict[str, Any]


def made(config: Settings, folder: Path, requests_per_minute: int = 100_000) -> tuple[TestClient, Register, Shares]:
    answers, register = Answers(config, 5), Register(folder)
    shares = Shares(answers, register)
    app = application(answers, Access(known_tokens([TOKEN]), Pace(requests_per_minute)), shares)
    return TestClient(app, headers={"Authorization": f"Bearer {TOKEN}"}), register, shares


@pytest.fixture(scope="module")
def api(school: Settings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    with made(school, tmp_path_factory.mktemp("shares"))[0] as client:
        yield client


def counted(what: str, status: int) -> float:
    return counter("funnel_api_answers_total").labels(what, str(status))._value.get()  # type: ignore[no-any-return]


def test_it_answers_as_the_report_does(api: TestClient, school: Settings) -> None:
    client = connect(school, user="reader")
    asked: dict[str, tuple[Json, Question, bool]] = {
        "/api/v1/webinars": ({}, Question(AT), False),
        "/api/v1/groups": ({"by": "region,source_group"}, Question(AT, ("region", "source_group")), False),
        "/api/v1/webinars/zoom:1": ({}, Question(AT, (), ("zoom:1",)), False),
        "/api/v1/webinars/zoom:1/sources": ({}, Question(AT, ("source_group",), ("zoom:1",)), True),
    }
    for path, (parameters, question, each) in asked.items():
        said = api.get(path, params=parameters | WHEN)
        expected = answered(client, question, 5, school.data_dir, each_webinar=each).as_json()
        assert said.json() == expected | {"next": None}, path
        assert said.headers["cache-control"] == "no-store"
    (small,) = api.get(f"/api/v1/webinars/{SMALL}", params=WHEN).json()["rows"]
    assert small["registrations"] is small["conversion"] is small["median_watch_seconds"] is None


def test_pages_follow_each_other_as_of_one_moment(api: TestClient) -> None:
    whole = api.get("/api/v1/webinars").json()["rows"]
    rows, cursor, moments = [], None, set()
    for _ in range(len(whole)):
        said = api.get("/api/v1/webinars", params={"limit": 3, **({"cursor": cursor} if cursor else {})}).json()
        rows += said["rows"]
        moments.add(said["at"])
        cursor = said["next"]
        if cursor is None:
            break
    assert [row["webinar_id"] for row in rows] == [row["webinar_id"] for row in whole]
    assert len(moments) == 1
    first = api.get("/api/v1/webinars", params={"limit": 1}).json()["next"]
    for wrong in (first[:-3], "AAAA", "WzEsMSwiYSJd", "\N{SNOWMAN}"):
        assert api.get("/api/v1/webinars", params={"cursor": wrong}).status_code == 422
    assert api.get("/api/v1/groups", params={"by": "week", "cursor": first}).status_code == 422


@pytest.mark.parametrize(
    ("path", "parameters", "status", "said"),
    [
        ("/api/v1/webinars/zoom:99", {}, 404, "no event names zoom:99"),
        ("/api/v1/webinars", {"webinar": ["zoom:1", "zoom:99"]}, 404, "no event names zoom:99"),
        ("/api/v1/webinars", {"at": "yesterday"}, 422, "at: not an RFC 3339 time"),
        ("/api/v1/webinars", {"from": "0001-01-01"}, 422, "from: "),
        ("/api/v1/webinars", {"limit": 0}, 422, "limit: has to be at least 1"),
        ("/api/v1/groups", {}, 422, "by: is missing"),
        ("/api/v1/groups", {"by": "webinar,course,region,week,hour,format,people"}, 422, "more than 6 dimensions"),
        ("/api/v1/groups", {"by": "sauce"}, 422, "sauce is no dimension"),
        ("/api/v1/nothing", {}, 404, "Not Found"),
    ],
)
def test_what_is_wrong_is_said_as_a_problem(
    api: TestClient, path: str, parameters: Json, status: int, said: str
) -> None:
    answer = api.get(path, params=parameters)
    assert (answer.status_code, answer.headers["content-type"]) == (status, PROBLEM)
    assert said in answer.json()["detail"]
    assert answer.json()["status"] == status


def test_no_token_and_a_wrong_one_are_refused_and_counted(api: TestClient) -> None:
    before = counted("api", 401)
    for headers in ({"Authorization": ""}, {"Authorization": "Bearer wrong"}, {"Authorization": f"Basic {TOKEN}"}):
        answer = api.get("/api/v1/webinars", headers=headers)
        assert (answer.status_code, answer.headers["www-authenticate"]) == (401, "Bearer")
        assert answer.headers["content-type"] == PROBLEM
    assert counted("api", 401) == before + 3
    assert api.post("/api/v1/webinars").status_code == 405


def test_too_many_requests_are_told_when_to_come_again(school: Settings, tmp_path: Path) -> None:
    client, _, _ = made(school, tmp_path, requests_per_minute=2)
    answers = [client.get("/api/v1/definitions") for _ in range(3)]
    assert [one.status_code for one in answers] == [200, 200, 429]
    assert 0 < int(answers[2].headers["retry-after"]) <= 30
    assert answers[2].headers["content-type"] == PROBLEM
    # Whoever has no token uses up nobody's, nor does whoever guesses links.
    assert [client.get("/api/v1/webinars", headers={"Authorization": ""}).status_code for _ in "123"] == [401, 401, 429]
    client, register, shares = made(school, tmp_path, requests_per_minute=2)
    share = Share("one", "sources", "", 0, now() + ONE_DAY)
    register.add(share)
    assert [client.get("/share/guessed").status_code for _ in "123"] == [404, 404, 429]
    assert client.get(f"/share/{shares.link(share)}").status_code == 200


def test_without_a_database_it_says_so_and_recovers(school: Settings, tmp_path: Path) -> None:
    client, _, _ = made(school.model_copy(update={"clickhouse_port": 1}), tmp_path)
    answer = client.get("/api/v1/webinars")
    assert (answer.status_code, answer.headers["retry-after"], answer.headers["content-type"]) == (503, "5", PROBLEM)
    assert "127.0.0.1" not in answer.text


def test_a_fault_of_ours_is_a_problem_too(
    api: TestClient, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(Answers, "ask", lambda *_: 1 / 0)
    before = counted("api", 500)
    answer = api.get("/api/v1/webinars")
    assert (answer.status_code, answer.headers["content-type"], counted("api", 500)) == (500, PROBLEM, before + 1)
    assert "division" not in answer.text
    assert "ZeroDivisionError" in caplog.text


def test_a_shared_page_opens_until_it_expires_or_is_withdrawn(school: Settings, tmp_path: Path) -> None:
    client, register, shares = made(school, tmp_path)
    client.headers.pop("authorization")

    def opened(link: str) -> tuple[int, str]:
        answer = client.get(f"/share/{link}")
        assert answer.headers["content-type"] == "text/html; charset=utf-8"
        assert answer.headers["referrer-policy"] == "no-referrer"
        return answer.status_code, answer.text

    outcomes = {name: _outcome(name) for name in ("shown", "expired", "forged", "revoked")}
    for number, (what, of) in enumerate((("webinar", "zoom:1"), ("sources", ""), ("week", "2026-W47"))):
        share = Share(f"s{number}", what, of, now(), now() + ONE_DAY)  # type: ignore[arg-type]
        register.add(share)
        status, text = opened(shares.link(share))
        assert (status, "Registrants" in text, "n/a registrants" in text) == (200, True, False)
    good = shares.link(Share("s0", "webinar", "zoom:1", 0, register.all()[0].expires))
    late = Share("late", "webinar", "zoom:1", 0, now() - 1)
    register.add(late)
    assert opened(shares.link(late)) == (410, opened(shares.link(late))[1])
    assert "has expired" in opened(shares.link(late))[1]
    # A later expiry, another share, another signature.
    name, expires, signature = good.split(".")
    for forged in (f"{name}.{int(expires) + 1}.{signature}", f"s1.{expires}.{signature}", good[:-1], "nonsense", "..."):
        assert opened(forged)[0] == 404
    assert register.revoke("s0")
    assert opened(good)[0] == 410
    assert "no longer shared" in opened(good)[1]
    grown = {name: _outcome(name) - before for name, before in outcomes.items()}
    assert grown == {"shown": 3, "expired": 3, "forged": 5, "revoked": 2}


def _outcome(name: str) -> float:
    return counter("funnel_share_answers_total").labels(name)._value.get()  # type: ignore[no-any-return]


def test_it_holds_against_its_own_description(api: TestClient) -> None:
    # Here, because each process that collects this module would import them.
    import schemathesis
    from schemathesis import GenerationMode
    from schemathesis.core.result import Ok
    from schemathesis.specs.openapi.checks import positive_data_acceptance

    schema = schemathesis.openapi.from_asgi("/api/v1/openapi.json", api.app)
    operations = [one.ok() for one in schema.get_all_operations() if isinstance(one, Ok)]
    assert len(operations) == 5
    statuses: set[int] = set()
    for operation in operations:
        modes = GenerationMode if operation.query else [GenerationMode.POSITIVE]
        cases = st.one_of([operation.as_strategy(generation_mode=mode) for mode in modes])

        @hypothesis_settings(max_examples=15, suppress_health_check=list(HealthCheck), phases=[Phase.generate])
        @given(case=cases)
        def holds(case: "schemathesis.Case[Any]") -> None:
            # A schema cannot say which cursors there are, nor that no dimension is named twice.
            told: list[schemathesis.CheckFunction] = [positive_data_acceptance]
            answer = case.call_and_validate(headers={"Authorization": f"Bearer {TOKEN}"}, excluded_checks=told)
            statuses.add(answer.status_code)

        holds()
    assert statuses >= {200, 404, 422}
