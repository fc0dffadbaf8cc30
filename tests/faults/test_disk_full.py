"""The disk of the whole stack runs full and gets room again: nothing that was answered is lost, and status says it."""

import io
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from rich.console import Console

from clickhouse.client import connect
from connectors.pipeline.room import NoRoomError, require_room
from funnel.report.verify import verify
from funnel.stack.child import Plan
from funnel.stack.commands import down, status, up_plan
from funnel.stack.plan import stack_plan
from funnel.stack.ports import free_port
from funnel.stack.state import ChildStatus
from streams.settings import Settings
from tests.connectors.webhooks.running import Running, running_server
from tests.connectors.webhooks.test_server import statement
from tests.servers.small_disk import fill, small_disk
from tests.waiting import PATIENCE, until

pytestmark = [pytest.mark.kafka, pytest.mark.faults, pytest.mark.long]

RESERVE_MB = 100
WRITERS = ("kafka", "worker-1")


@contextmanager
def _up(config: Settings) -> Iterator[None]:
    """Kafka, ClickHouse and a worker under the supervisor."""
    plan = stack_plan(config, workers=1)
    names = ("kafka", "clickhouse", "migrate", "topics", "worker-1")
    some = Plan(children=tuple(one for one in plan.children if one.name in names), disk_reserve_mb=plan.disk_reserve_mb)
    try:
        up_plan(config, some, Console(file=io.StringIO()).status(""))
        yield
    finally:
        down(config)


def test_nothing_is_lost_on_a_disk_that_runs_full(tmp_path: Path) -> None:
    with small_disk(tmp_path / "data", megabytes=300) as disk:
        config = Settings(
            _env_file=None,
            kafka_bootstrap=f"127.0.0.1:{free_port()}",
            clickhouse_port=free_port(),
            partitions=2,
            data_dir=disk,
            disk_reserve_mb=RESERVE_MB,
        )
        secrets = {"FUNNEL_DISK_RESERVE_MB": str(RESERVE_MB)}
        with _up(config), running_server(tmp_path, config.kafka_bootstrap, secrets=secrets) as server:
            until(lambda: server.get("/ready")["kafka"], "Kafka is found")
            assert _post(server, "before") == 200

            ballast = disk / "ballast"
            fill(ballast, leave=RESERVE_MB * 800_000)
            assert _post(server, "below the reserve") == 503
            until(lambda: "only 80 MB are free" in server.get("/ready").get("why", ""), "/ready says why")
            assert {child.state for child in status(config)} == {"ready", "done"}
            with pytest.raises(NoRoomError, match=r"only 80 MB are free .* make room"):
                require_room(disk, RESERVE_MB)

            fill(ballast, leave=RESERVE_MB * 400_000)
            until(lambda: {_child(config, name).state for name in WRITERS} == {"stopped"}, "what writes is stopped")
            assert all(child.pid is None for child in status(config) if child.name in WRITERS)
            assert _child(config, "kafka").trouble.startswith(f"stopped: only 40 MB are free on the disk of {disk}")
            assert _child(config, "kafka").restarts == 0
            assert _child(config, "clickhouse").state == "ready"
            with closing(connect(config, user="writer")) as client:
                # Half of the reserve, but of a small disk no more than a tenth.
                assert client.command("SELECT keep_free_space FROM system.disks") == 30 * 1024 * 1024

            fill(ballast)
            assert _post(server, "on the full disk") == 503
            assert _child(config, "kafka").state == "stopped"

            ballast.unlink()
            until(lambda: {child.state for child in status(config)} == {"ready", "done"}, "all of it is up again")
            until(lambda: server.get("/ready") | {"spooled": 0} == READY, "the webhook server has found Kafka")
            assert _post(server, "after") == 200
            result = verify(config, timeout=PATIENCE)
        assert (result.events, result.mismatches) == (2, [])


READY = {"kafka": True, "spool": True, "spooled": 0, "rules": "ok"}


def _post(server: Running, title: str) -> int:
    return server.post(statement(title)).status_code


def _child(config: Settings, name: str) -> ChildStatus:
    return next(child for child in status(config) if child.name == name)
