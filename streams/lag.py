"""How far the workers are behind the event topics: the end offsets against the commits of their group."""

import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass

from kafka import KafkaAdminClient
from kafka.errors import KafkaError

from contract.topics import EVENT_TOPICS
from process.errors import ExplainedError
from process.kafka_trouble import cause
from streams import offsets
from streams.offsets import admin_client, committed
from streams.settings import Settings

__all__ = ["Lag", "LagError", "behind", "committed", "ends", "starts", "wait_until_caught_up"]

_NAMES = [topic.name for topic in EVENT_TOPICS]

_POLL_SECONDS = 0.25


class LagError(ExplainedError):
    """Kafka does not answer, or the workers do not catch up in time; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Lag:
    """Records published but not committed yet, by partition; partitions without any are left out."""

    by_partition: dict[tuple[str, int], int]

    @property
    def records(self) -> int:
        return sum(self.by_partition.values())


def wait_until_caught_up(settings: Settings, timeout: float, progress: Callable[[str], None]) -> None:
    """Returns once the workers have committed everything published before the call.

    `timeout` in seconds. Raises LagError.
    """
    deadline = time.monotonic() + timeout
    with asking(settings) as admin:
        published = ends(admin)
        while (lag := behind(published, committed(admin, settings.consumer_group))).records:
            if time.monotonic() > deadline:
                raise LagError(_too_late(lag, timeout))
            progress(f"waiting for the workers: {lag.records:,} records behind")
            time.sleep(_POLL_SECONDS)


@contextmanager
def asking(settings: Settings) -> Iterator[KafkaAdminClient]:
    """A client for queries. Raises LagError if Kafka does not answer within ten seconds."""
    try:
        admin = admin_client(settings)
    except (KafkaError, OSError, ValueError) as error:
        raise _silent(settings, error) from error
    try:
        with closing(admin):
            yield admin
    except (KafkaError, OSError) as error:
        raise _silent(settings, error) from error


def _silent(settings: Settings, error: Exception) -> LagError:
    return LagError(
        cause(settings, error)
        or f"Kafka at {settings.kafka_bootstrap} does not answer ({type(error).__name__}): "
        "start it with funnel up, or set FUNNEL_KAFKA_BOOTSTRAP."
    )


def behind(ends: dict[tuple[str, int], int], committed: dict[tuple[str, int], int]) -> Lag:
    """An empty partition needs no commit; one without a commit lags by all it holds. Pure."""
    lags = {place: end - max(0, committed.get(place, 0)) for place, end in ends.items()}
    return Lag({place: lag for place, lag in lags.items() if lag > 0})


def _too_late(lag: Lag, timeout: float) -> str:
    (topic, partition), most = max(lag.by_partition.items(), key=lambda item: item[1])
    return (
        f"after {timeout:g} s the workers are still {lag.records:,} records behind, {most:,} of them on {topic} "
        f"partition {partition}: look at funnel status whether a worker runs, or wait longer with --timeout."
    )


def ends(admin: KafkaAdminClient) -> dict[tuple[str, int], int]:
    """The end offset of every partition of the event topics. Raises LagError, KafkaError."""
    return _of_all(offsets.ends(admin, _NAMES))


def starts(admin: KafkaAdminClient) -> dict[tuple[str, int], int]:
    """The first offset of every partition of the event topics. Raises LagError, KafkaError."""
    return _of_all(offsets.starts(admin, _NAMES))


def _of_all(found: dict[tuple[str, int], int]) -> dict[tuple[str, int], int]:
    there = {topic for topic, _ in found}
    for name in _NAMES:
        if name not in there:
            raise LagError(f"the topic {name} does not exist: make it with funnel up, or funnel create-topics.")
    return found
