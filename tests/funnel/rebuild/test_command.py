"""From where rows are made anew. The whole way with real servers: tests/faults/test_lost_data.py."""

from collections.abc import Mapping
from typing import Any

import pytest
from clickhouse_connect.driver.client import Client

from funnel.rebuild.command import Source, chosen, log_held
from funnel.rebuild.derive import derive
from funnel.rebuild.kafka import Kept, RebuildError
from streams.epoch import Held
from streams.settings import Settings
from streams.store import Store
from tests.contract_events import hour_long, stay
from tests.rows import put

ALL = Kept(records=100, committed=90, gone=0)
NONE = Kept(records=0, committed=0, gone=0)
FIRST, LATER = frozenset({0}), frozenset({0, 1})


@pytest.mark.parametrize(
    ("events", "epochs", "there", "sources"),
    [
        (0, frozenset(), ALL, [Source.KAFKA]),  # ClickHouse's folder is gone
        (90, FIRST, ALL, [Source.LOG]),  # rows are wrong or gone, the log is complete
        (80, FIRST, ALL, [Source.LOG, Source.KAFKA]),  # the log lacks records
        (90, FIRST, NONE, [Source.LOG]),  # Kafka's folder is gone
        (90, LATER, NONE, [Source.LOG]),
        (900, LATER, ALL, [Source.LOG, Source.KAFKA]),  # what is of which epoch nobody knows
    ],
)
def test_all_is_read_that_something_may_be_missing_of(
    events: int, epochs: frozenset[int], there: Kept, sources: list[Source]
) -> None:
    assert chosen(None, Held(events=events, epochs=epochs), there) == sources


def test_where_nothing_is_left_it_says_so() -> None:
    with pytest.raises(RebuildError, match=r"nothing to rebuild from\. Restore a backup"):
        chosen(None, Held(), NONE)
    with pytest.raises(RebuildError, match="use --from kafka"):
        chosen(Source.LOG, Held(), ALL)
    with pytest.raises(RebuildError, match="use --from log"):
        chosen(Source.KAFKA, Held(events=1), NONE)


def test_one_source_may_be_asked_for() -> None:
    assert chosen(Source.KAFKA, Held(events=90, epochs=FIRST), ALL) == [Source.KAFKA]
    assert chosen(Source.LOG, Held(events=1, epochs=FIRST), ALL) == [Source.LOG]


async def test_what_the_log_holds_twice_for_a_while_is_counted_once(own_config: Settings, store: Client) -> None:
    events = [*hour_long("zoom:1"), *stay(1, 0, 40, "zoom:1")]
    for _ in range(3):
        put(store, own_config, events)
        store.command("INSERT INTO dead_letters (topic, partition, offset, written_at) VALUES ('t', 0, 7, 1)")
    # As a rebuild finds it before ClickHouse has merged: else it would take the log for complete that lacks records.
    known = log_held(own_config)
    assert (known.events, known.letters) == (len(events), 1)
    said: list[str] = []
    made = await derive(Store(own_config, user="migrator"), own_config, said.append)
    assert (made.events, made.persons) == (len(events), 1)
    assert said == [f"rebuilt 1 webinars from {len(events)} events"]


class Killed(BaseException):
    """Stands for the end of the process."""


class Ending(Store):
    """A process that ends once so many of its statements are done."""

    left = 0

    async def command(self, statement: str, parameters: Mapping[str, Any] | None = None) -> None:
        """As Store has it."""
        await super().command(statement, parameters)
        self.left -= 1
        if self.left == 0:
            raise Killed


@pytest.mark.parametrize("statements", [1, 2, 3])
async def test_killed_while_it_removes_persons_the_next_one_leaves_nothing_of_them(
    own_config: Settings, store: Client, statements: int
) -> None:
    put(store, own_config, [*hour_long("zoom:1"), *stay(1, 0, 40, "zoom:1")])
    former = "(webinar_id, person_id) VALUES ('zoom:1', 'p_former')"
    for table in ("persons", "person_registrations"):
        store.command(f"INSERT INTO {table} {former}")
    ending = Ending(own_config, user="migrator")
    ending.left = statements
    with pytest.raises(Killed):
        await derive(ending, own_config, lambda _: None)
    await derive(Store(own_config, user="migrator"), own_config, lambda _: None)
    for table in ("persons", "person_registrations"):
        assert store.command(f"SELECT count() FROM {table} WHERE person_id = 'p_former'") == 0, table
