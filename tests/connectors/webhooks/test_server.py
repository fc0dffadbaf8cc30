"""The webhook server while Kafka is away: what it takes, what it refuses, what it says of itself."""

import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import orjson
import psutil
import pytest

from connectors.pipeline import spool
from connectors.pipeline.quarantine import quarantined_by_reason
from connectors.pipeline.spool import Outgoing
from connectors.pipeline.state import State
from connectors.pipeline.waking import read_wake
from contract.topics import CONNECTOR_REPORTS, POLL_WAKES
from funnel.stack.ports import free_port
from process.heartbeat import VARIABLE, read_beat
from tests.connectors.webhooks.demo import SECRET, sign
from tests.connectors.webhooks.running import Running, running_server
from tests.waiting import until


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Running]:
    monkeypatch.setenv(VARIABLE, str(tmp_path / "heartbeat"))
    with running_server(tmp_path, f"127.0.0.1:{free_port()}", body_limit=2_000, spool_limit=5) as server:
        yield server


def statement(title: str, **more: object) -> bytes:
    return orjson.dumps(
        {
            "type": "webinar",
            "webinar_id": "demo:1",
            "platform": "demo",
            "occurred_at": "2026-11-22T18:00:00.000Z",
            "title": title,
            **more,
        }
    )


def spooled(folder: Path) -> list[Outgoing]:
    with State(folder / "data") as state:
        return spool.first(state, 100)[1]


def test_without_kafka_it_starts_and_keeps_what_it_takes(server: Running, tmp_path: Path) -> None:
    answer = server.post(statement("a"))
    assert (answer.status_code, answer.content) == (200, b"{}")
    assert [orjson.loads(one.value)["title"] for one in spooled(tmp_path)] == ["a"]
    until(lambda: server.get("/ready")["spooled"] == 1, "it says what waits")
    assert server.get("/ready") == {"kafka": False, "spool": True, "spooled": 1, "rules": "ok"}
    assert httpx.get(server.url + "/ready").status_code == 200
    assert server.get("/health") == {"alive": True, "accepted": {"demo": 1}, "refused": {}, "closed": {}}

    def told() -> str:
        beat = read_beat(tmp_path / "heartbeat")
        return beat.trouble if beat is not None else ""

    until(
        lambda: told() == "kafka: does not answer; webhooks are kept on this disk (1 now)", "its sign of life says so"
    )


def test_what_it_does_not_believe_is_refused_counted_and_not_kept(server: Running, tmp_path: Path) -> None:
    body = statement("a")
    changed = body.replace(b'"a"', b'"b"')
    assert server.post(changed, sign(body)).json() == {"refused": "signature"}
    assert server.post(body, {}).json() == {"refused": "missing_header"}
    assert server.post(body, {}, "/webhooks/demo/wrong").status_code == 401
    assert server.post(statement("x" * 2_000)).status_code == 413
    pieces = httpx.post(server.url + "/webhooks/demo", content=iter([b"x" * 1_500] * 2))
    assert pieces.status_code == 413
    assert spooled(tmp_path) == []
    refused = {"signature": 1, "missing_header": 1, "token": 1, "too_large": 2}
    assert server.get("/health") == {"alive": True, "accepted": {}, "refused": {"demo": refused}, "closed": {}}


def test_the_right_token_in_the_address_is_believed(server: Running, tmp_path: Path) -> None:
    assert server.post(statement("a"), {}, f"/webhooks/demo/{SECRET}").status_code == 200
    assert len(spooled(tmp_path)) == 1


def test_a_replay_is_refused_and_not_kept(server: Running, tmp_path: Path) -> None:
    assert [server.post(statement("a")).status_code for _ in range(3)] == [200, 409, 409]
    assert len(spooled(tmp_path)) == 1
    assert server.get("/health")["refused"] == {"demo": {"replayed": 2}}


def test_a_full_spool_is_said_and_what_was_not_kept_is_no_replay(server: Running, tmp_path: Path) -> None:
    answers = [server.post(statement(str(number))) for number in range(7)]
    assert [one.status_code for one in answers] == [200] * 5 + [503] * 2
    assert answers[-1].headers["retry-after"] == "30"
    assert answers[-1].json() == {"refused": "not_safe", "why": "Kafka is away and the spool is full"}
    assert len(spooled(tmp_path)) == 5
    until(lambda: httpx.get(server.url + "/ready").status_code == 503, "it is not ready")
    assert server.get("/ready")["why"] == "Kafka is away and the spool is full"
    assert server.post(statement("6")).status_code == 503


def test_a_fault_of_ours_is_said_without_the_body_and_hurts_no_other(server: Running, tmp_path: Path) -> None:
    assert server.post(orjson.dumps({"break": True, "email": "ann@example.com"})).status_code == 500
    assert server.post(statement("a")).status_code == 200
    log = server.log.read_text()
    assert "demo: a request could not be read (RuntimeError)." in log
    assert "example.com" not in log
    assert "Traceback" not in log


def test_an_unmapped_form_and_a_rejection_are_taken_and_told(server: Running, tmp_path: Path) -> None:
    assert server.post(orjson.dumps({"type": "form", "form": "f", "submission": "s", "email": "ann@example.com"}))
    assert server.post(b"not json").status_code == 200
    assert [one.topic for one in spooled(tmp_path)] == [CONNECTOR_REPORTS.name] * 2
    assert b"example.com" not in b"".join(one.value for one in spooled(tmp_path))
    with State(tmp_path / "data") as state:
        assert quarantined_by_reason(state) == [("demo", "unmapped_form", "demo/f", 1), ("demo", "unreadable", "", 1)]


def test_a_wake_is_for_the_poll(server: Running, tmp_path: Path) -> None:
    server.post(statement("wake", wake=True))
    (record,) = [one for one in spooled(tmp_path) if one.topic == POLL_WAKES.name]
    asked = read_wake(record.value)
    assert (record.key, asked and asked[0]) == (b"demo", "w1")


def test_wrong_rules_are_said_with_their_line(server: Running, tmp_path: Path) -> None:
    (tmp_path / "business" / "forms.yaml").write_text("forms:\n  - webinra: zoom:1\n")
    until(lambda: "forms.yaml:2: unknown key webinra" in server.get("/ready")["rules"], "it says what is wrong")


def test_its_page_describes_every_service_by_name(server: Running) -> None:
    assert "swagger" in httpx.get(server.url + "/docs").text
    page = server.get("/openapi.json")
    assert set(page["paths"]) == {"/webhooks/demo", "/webhooks/demo/{token}", "/health", "/ready"}
    described = page["paths"]["/webhooks/demo/{token}"]["post"]
    assert described["summary"] == "Demo (secret in the address)"
    assert set(described["responses"]) == {"200", "401", "409", "413", "503"}
    assert [one["name"] for one in described["parameters"]] == ["token"]


def test_strangers_are_shown_whether_it_is_well_and_nothing_else(server: Running) -> None:
    server.post(statement("a"))

    nothing = (404, '{"detail":"Not Found"}')
    expected = {"/health": (200, "ok"), "/ready": (200, "ok")}
    expected |= dict.fromkeys(("/docs", "/openapi.json", "/redoc", "/nowhere"), nothing)
    for headers in ({"x-forwarded-for": "127.0.0.1"}, {"host": "hooks.example.com"}, {"cf-ray": "1"}):
        shown = {path: httpx.get(server.url + path, headers=headers) for path in expected}
        assert {path: (one.status_code, one.text) for path, one in shown.items()} == expected


def test_a_disk_that_takes_nothing_is_said_before_a_webhook_is_refused(server: Running, tmp_path: Path) -> None:
    until(lambda: httpx.get(server.url + "/ready").status_code == 200, "it is ready")
    process = psutil.Process(server.process.pid)
    # No file of this process grows beyond its first page: to SQLite a full disk.
    process.rlimit(psutil.RLIMIT_FSIZE, (4_096, -1))
    until(lambda: httpx.get(server.url + "/ready").status_code == 503, "it is not ready")
    said = server.get("/ready")
    assert said["spool"] is False
    assert "state.sqlite cannot be written" in said["why"]
    assert httpx.get(server.url + "/ready", headers={"via": "1.1 a"}).text == "not ready"
    assert server.post(statement("a")).json() == {"refused": "not_safe", "why": "the state cannot be written"}
    process.rlimit(psutil.RLIMIT_FSIZE, (-1, -1))
    until(lambda: httpx.get(server.url + "/ready").status_code == 200, "it is ready again")
    assert server.post(statement("a")).status_code == 200
    assert len(spooled(tmp_path)) == 1


def test_a_state_that_was_taken_away_is_said_and_nothing_is_answered_as_if_it_were_kept(
    server: Running, tmp_path: Path
) -> None:
    (tmp_path / "data" / "connectors").rename(tmp_path / "elsewhere")
    assert server.post(statement("a")).status_code == 503
    until(lambda: "it was taken away: start again" in server.get("/ready").get("why", ""), "it says so")


def test_a_state_that_another_process_holds_is_said_in_time(server: Running, tmp_path: Path) -> None:
    with State(tmp_path / "data") as other, other.transaction():
        began = time.monotonic()
        until(lambda: httpx.get(server.url + "/ready").status_code == 503, "it is not ready", 10)
        assert server.get("/ready")["why"] == "the state has not answered within 1.5 s"
        assert time.monotonic() - began < 6
    until(lambda: httpx.get(server.url + "/ready").status_code == 200, "it is ready again")


def test_another_service_is_not_found(server: Running) -> None:
    assert server.post(b"{}", path="/webhooks/nobody").status_code == 404


def test_it_ends_on_sigterm_and_goes_on_with_what_it_kept(server: Running, tmp_path: Path) -> None:
    server.post(statement("a"))
    server.process.terminate()
    assert server.process.wait(20) == 0
    assert len(spooled(tmp_path)) == 1
