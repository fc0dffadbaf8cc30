"""How old the oldest record is that waits for Kafka."""

from pathlib import Path

from connectors.pipeline import spool
from connectors.pipeline.spool import Outgoing
from connectors.pipeline.state import State
from contract.instants import parse_instant


def test_the_oldest_record_says_since_when_it_waits(tmp_path: Path) -> None:
    event = b'{"event_id":"a","received_at":"2026-11-30T12:00:00.000Z"}'
    report = b'{"type":"run","at":"2026-11-30T11:00:00.000Z"}'
    with State(tmp_path) as state:
        assert spool.oldest(state) is None
        spool.append(state, [Outgoing("t", None, event), Outgoing("t", None, report)])
        assert spool.oldest(state) == parse_instant("2026-11-30T12:00:00.000Z")
        spool.remove(state, 1)
        assert spool.oldest(state) == parse_instant("2026-11-30T11:00:00.000Z")
        spool.remove(state, 2)
        spool.append(state, [Outgoing("t", None, b"[]")])
        assert spool.oldest(state) is None
        assert list(spool.event_ids([Outgoing("t", None, event), Outgoing("t", None, report)])) == ["a"]
