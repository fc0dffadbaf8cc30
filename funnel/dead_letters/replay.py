"""Replays dead letters: the same bytes to the same topic with the same key (docs/decisions/0038).

A replayed event counts exactly once, however often it is replayed, because it counts by id and content. So a record
that Kafka acknowledged but that was not noted as replayed, as after a kill, is published again by the next run.
"""

from collections import Counter
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from functools import partial

from clickhouse_connect.driver.client import Client

from connectors.pipeline.publish import Publisher
from connectors.pipeline.room import require_room
from contract.decode import DeadLetter, decode
from contract.topics import EVENT_TOPICS
from funnel.dead_letters.kafka import Raw, raw_letters
from funnel.dead_letters.letter import Letter
from funnel.dead_letters.store import settle
from streams.settings import Settings

_AT_ONCE = 500
_TOPICS = {topic.name: topic for topic in EVENT_TOPICS}


@dataclass(slots=True)
class Replayed:
    """The results of a replay."""

    events: int = 0
    """How many were published again: this version can read them."""
    still_dead: Counter[str] = field(default_factory=Counter)
    """How many are still unreadable, by this version's reason."""
    gone: int = 0
    """How many have lost their bytes in Kafka."""

    @property
    def whole(self) -> bool:
        """Whether all were replayed."""
        return not self.still_dead and not self.gone


def judge(letter: Letter, raw: Raw, now: int) -> DeadLetter | None:
    """Why this version could not read it if it were published at `now` (ms since 1970 UTC); None: it could."""
    read = decode(raw.value, _TOPICS[letter.place.topic], now)
    return read if isinstance(read, DeadLetter) else None


def replay(
    config: Settings,
    client: Client,
    letters: Collection[Letter],
    clock: Callable[[], int],
    *,
    dry_run: bool = False,
) -> Replayed:
    """Publishes the letters that this version can read; the others stay. `clock`: milliseconds since 1970 UTC.

    Raises PublishError, LagError, ClickHouse's errors: letters replayed before that stay replayed.
    """
    replayed = Replayed()
    if dry_run:
        for letter, raw in raw_letters(config, letters):
            _is_event(letter, raw, clock(), replayed)
        return replayed
    room = partial(require_room, config.data_dir, config.disk_reserve_mb)
    with Publisher(config, require_room=room) as publisher:
        sent: list[Letter] = []
        for letter, raw in raw_letters(config, letters):
            if not _is_event(letter, raw, clock(), replayed):
                continue
            assert raw is not None
            assert raw.value is not None
            publisher.send_raw(letter.place.topic, raw.key, raw.value)
            sent.append(letter)
            if len(sent) >= _AT_ONCE:
                _acknowledged(publisher, client, sent, clock())
        _acknowledged(publisher, client, sent, clock())
    return replayed


def _is_event(letter: Letter, raw: Raw | None, now: int, replayed: Replayed) -> bool:
    if raw is None:
        replayed.gone += 1
        return False
    dead = judge(letter, raw, now)
    if dead is not None:
        replayed.still_dead[dead.reason] += 1
        return False
    replayed.events += 1
    return True


def _acknowledged(publisher: Publisher, client: Client, sent: list[Letter], at: int) -> None:
    """Flushes first, then notes them: a kill in between repeats them, and loses none."""
    publisher.flush()
    settle(client, sent, "replayed", at)
    sent.clear()
