"""The supervisor shows the metrics of all children under one address."""

import socket
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from funnel.stack.child import Plan
from funnel.stack.commands import down, kill_child, up_plan, watched
from funnel.stack.errors import StackError
from funnel.stack.folder import StackFolder
from funnel.stack.metrics import Metrics
from funnel.stack.ports import LOOPBACK, free_port
from process.heartbeat import Heartbeat
from process.meters import registry_of, serve
from process.metrics import of_role
from streams.settings import Settings
from tests.funnel.stack.children import SLEEPER, python
from tests.funnel.stack.test_commands import PROGRESS
from tests.funnel.stack.waiting import eventually
from tests.scraped import names_of, scraped, value_of

COUNTS = """
import time
from process.heartbeat import heartbeat
from process.meters import counter, expose
expose("worker")
counter("funnel_events_folded_total").inc(7)
heart = heartbeat()
heart.beat()
print('ready', flush=True)
while True:
    heart.beat()
    time.sleep(0.1)
"""
MUTE = COUNTS.replace('expose("worker")', "heartbeat().metrics_port = 1")
"""It names a port at which nobody answers."""


@pytest.fixture
def config(tmp_path: Path) -> Iterator[Settings]:
    settings = Settings(data_dir=tmp_path / "data", metrics_port=free_port())
    settings.data_dir.mkdir(mode=0o700)
    yield settings
    down(settings)


def test_one_address_shows_all_processes_and_who_is_silent(config: Settings) -> None:
    port = config.metrics_port
    workers = [python(f"worker-{number}", COUNTS, heartbeat=True) for number in (1, 2)]
    plan = Plan(
        metrics_port=port,
        children=(*workers, python("mute", MUTE, heartbeat=True), python("kafka", SLEEPER)),
    )
    up_plan(config, plan, PROGRESS)
    eventually(lambda: value_of(scraped(port), "funnel_events_folded_total") == 14)
    families = scraped(port)
    for name in ("worker-1", "worker-2"):
        assert value_of(families, "funnel_events_folded_total", process=name) == 7
        assert value_of(families, "process_resident_memory_bytes", process=name) > 1e6
    assert len({one.name for one in families}) == len(families)
    assert names_of(families) == {one.name for role in ("worker", "supervisor") for one in of_role(role)}
    assert {name: value_of(families, "funnel_scraped", child=name) for name in ("worker-1", "worker-2", "mute")} == {
        "worker-1": 1,
        "worker-2": 1,
        "mute": 0,
    }
    assert value_of(families, "funnel_child_ready") == 4
    assert value_of(families, "funnel_disk_free_bytes") > 0

    kill_child(config, "worker-2")
    eventually(lambda: value_of(scraped(port), "funnel_child_restarts_total", child="worker-2") == 1)
    eventually(lambda: value_of(scraped(port), "funnel_events_folded_total") == 14)


def test_a_port_that_is_taken_is_told_before_anything_is_started(config: Settings) -> None:
    plan = Plan(metrics_port=config.metrics_port, children=(python("worker", SLEEPER),))
    with (
        socket.create_server((LOOPBACK, config.metrics_port)),
        pytest.raises(StackError, match=r"of the metrics .*FUNNEL_METRICS_PORT"),
    ):
        up_plan(config, plan, PROGRESS)
    up_plan(config, plan, PROGRESS)
    assert watched(config) == ""


def test_a_web_page_is_refused(tmp_path: Path) -> None:
    heart = Heartbeat(tmp_path / "heartbeat")
    port = serve(registry_of("worker", heart), LOOPBACK, 0, heart)
    assert heart.metrics_port == port

    def status(**headers: str) -> int:
        return httpx.get(f"http://{LOOPBACK}:{port}/metrics", headers=headers).status_code

    assert (status(), status(host="localhost:1"), status(host="worker:9464"), status(host="[::1]")) == (200,) * 4
    assert status(origin="http://example.org") == 403
    assert status(host="rebound.example.org") == 403


def test_a_port_that_is_taken_meanwhile_is_told_and_the_stack_goes_on(config: Settings) -> None:
    heart = Heartbeat(None)
    with socket.create_server((LOOPBACK, config.metrics_port)):
        Metrics(StackFolder(config.data_dir), heart).serve(config.metrics_port)
    assert "set FUNNEL_METRICS_PORT" in heart.failing["metrics"]
