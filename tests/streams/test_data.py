"""What a worker asks of Kafka and ClickHouse before its first batch. Real servers: tests/faults/test_lost_data.py."""

import asyncio
from collections.abc import Callable
from io import BytesIO
from typing import cast

import pytest
from kafka.errors import CoordinatorLoadInProgressError, KafkaConnectionError

from contract.topics import ATTENDANCE
from streams import data
from streams.epoch import Held, LostError
from streams.outage import kafka_outage
from streams.settings import Settings
from streams.store import Store

CONFIG = Settings(_env_file=None)
PLACE = (ATTENDANCE.name, 0)


class Servers:
    """Kafka and ClickHouse; `asked` says what of, in order."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.done: list[dict[tuple[str, int], int] | Exception] = [{}]

    async def held(self) -> Held:
        self.asked.append("rows")
        return Held()

    def commits(self, *_: object) -> dict[tuple[str, int], int]:
        self.asked.append("commits")
        found = self.done.pop(0)
        if isinstance(found, Exception):
            raise found
        return found

    def ends(self, *_: object) -> dict[tuple[str, int], int]:
        self.asked.append("ends")
        return {PLACE: 9}


@pytest.fixture
def servers(monkeypatch: pytest.MonkeyPatch) -> Servers:
    servers = Servers()
    monkeypatch.setattr(data, "admin_client", lambda _: BytesIO())
    monkeypatch.setattr(data, "refuse_other_topics", lambda *_, **__: None)
    monkeypatch.setattr(data, "commits", servers.commits)
    monkeypatch.setattr(data, "ends", servers.ends)
    monkeypatch.setattr(data, "_ASK_AGAIN_SECONDS", 0)
    return servers


@pytest.fixture
def require(servers: Servers) -> Callable[[], None]:
    return lambda: asyncio.run(data.require_data(CONFIG, cast(Store, servers)))


def test_another_worker_may_store_and_commit_meanwhile(servers: Servers, require: Callable[[], None]) -> None:
    require()
    assert servers.asked == ["commits", "rows", "ends"]


def test_commits_that_kafka_still_loads_are_asked_for_again(servers: Servers, require: Callable[[], None]) -> None:
    servers.done = [CoordinatorLoadInProgressError(), {PLACE: 7}]
    with pytest.raises(LostError, match="committed 7 records, but ClickHouse has no raw log"):
        require()
    assert not kafka_outage().is_on


def test_a_kafka_that_is_away_is_told_and_waited_for(
    servers: Servers, require: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[bool] = []

    def commits(*_: object) -> dict[tuple[str, int], int]:
        told.append(kafka_outage().is_on)
        return servers.commits()

    servers.done = [KafkaConnectionError(), {}]
    monkeypatch.setattr(data, "commits", commits)
    require()
    assert (told, kafka_outage().is_on) == ([False, True], False)
