"""Cursors in a real Kafka: the next owner has them, a former one can move none, those of one machine move there."""

import random
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from threading import Timer

import pytest
from kafka import KafkaAdminClient, KafkaProducer

from connectors.pipeline.adopting import adopt
from connectors.pipeline.publish import PublishError
from connectors.pipeline.shared_cursors import OwnershipLostError, SharedCursors, all_cursors
from connectors.pipeline.state import State
from connectors.registry import connectors
from connectors.toolkit.wakes import woken
from contract.topics import POLL_CURSORS
from funnel.stack.ports import free_port
from process.kafka import KafkaSettings, reach
from streams.create_topics import create_topics
from streams.settings import Settings
from tests.servers.kafka import KafkaServer

pytestmark = pytest.mark.kafka


@pytest.fixture(scope="module")
def there(kafka: KafkaServer) -> KafkaSettings:
    kafka.empty()
    create_topics(Settings(_env_file=None, kafka_bootstrap=kafka.bootstrap, partitions=2))
    return KafkaSettings(kafka_bootstrap=kafka.bootstrap)


@pytest.fixture
def former(there: KafkaSettings) -> Iterator[SharedCursors]:
    with SharedCursors(there, "zoom") as cursors:
        yield cursors


def test_the_next_owner_has_them_and_a_former_one_can_move_none(there: KafkaSettings, former: SharedCursors) -> None:
    long = "".join(random.choices("abcdef", k=1_000_000))
    former.put("since", "7")
    former.put("list", long)
    assert former.get("list") == long
    with SharedCursors(there, "goto") as another, SharedCursors(there, "zoom") as next_one:
        another.put("since", "1")
        assert (next_one.get("since"), next_one.get("list"), next_one.get("none")) == ("7", long, None)
        next_one.put("since", "8")
        next_one.put("list", "short")
        for _ in range(2):
            with pytest.raises(OwnershipLostError, match="another process"):
                former.put("since", "5")
        next_one.put("empty", "")
        assert all_cursors(there)["zoom"] == {"since": "8", "list": "short", "empty": ""}
        next_one.erase(["empty", "never there"])
        another.put("since", "2")
    assert dict(all_cursors(there)) == {"zoom": {"since": "8", "list": "short"}, "goto": {"since": "2"}}


def test_a_writer_that_died_in_between_hides_no_later_cursor_of_others(
    there: KafkaSettings, former: SharedCursors
) -> None:
    former.put("since", "9")
    with SharedCursors(there, "sheets") as other:
        # The same partition, and never committed.
        dead = KafkaProducer(**reach(there), transactional_id="dead")
        dead.init_transactions()
        dead.begin_transaction()
        dead.send(POLL_CURSORS.name, b"6", b'["zoom","since",0]', [("parts", b"1")], 0).get(10)
        former.put("since", "10")
        other.put("x", "1")
        # Kafka ends it after its time; here sooner.
        Timer(0.5, dead.abort_transaction).start()
        with SharedCursors(there, "zoom") as next_one:
            assert next_one.get("since") == "10"
        dead.close()


def test_those_of_one_machine_move_there_once_and_stay_behind_what_is_there(
    there: KafkaSettings, tmp_path: Path
) -> None:
    with State(tmp_path) as state, SharedCursors(there, "livestorm") as cursors:
        for name, value in (("since", "3"), *((f"session:{number}", "seen") for number in range(1_200))):
            state.cursors("livestorm").put(name, value)
        state.cursors("zoom").put("since", "1")
        state.change("INSERT INTO wakes VALUES ('livestorm', 'w1', 5)")
        cursors.put("since", "4")
        assert adopt(state, cursors, "livestorm") == 1_200
        assert (cursors.get("since"), cursors.get("session:1199")) == ("4", "seen")
        assert woken(cursors) == {"w1": 5}
        assert adopt(state, cursors, "livestorm") == 0
        assert state.rows("SELECT connector FROM cursors") == [("zoom",)]
    assert len(all_cursors(there)["livestorm"]) == 1_202


def test_those_of_every_service_are_found_after_partitions_were_raised(there: KafkaSettings) -> None:
    names = [one.name for one in connectors()]
    for name in names:
        with SharedCursors(there, name) as cursors:
            cursors.put("since", name)
    with closing(KafkaAdminClient(**reach(there))) as admin:
        admin.create_partitions({POLL_CURSORS.name: 5})
    for name in names:
        with SharedCursors(there, name) as cursors:
            assert cursors.get("since") == name
            cursors.put("since", "later")
    assert {values["since"] for name, values in all_cursors(there).items() if name in names} == {"later"}


def test_without_kafka_it_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("connectors.pipeline.shared_cursors._CONNECT_MS", 200)
    with pytest.raises(PublishError, match=r"cursors of zoom .* funnel status"):
        SharedCursors(KafkaSettings(kafka_bootstrap=f"127.0.0.1:{free_port()}"), "zoom")
