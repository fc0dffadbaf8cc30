"""What was discarded, or held for long enough, is found in no file any more, and is told of no more."""

from pathlib import Path

import orjson
import pytest

from connectors.mapped import Reason, Rejection
from connectors.pipeline.discard import discard, expire
from connectors.pipeline.quarantine import keep_rejection, payload_of, quarantined, quarantined_by_reason
from connectors.pipeline.resolve import Arrival, Resolver
from connectors.pipeline.spool import Outgoing
from connectors.pipeline.state import State, state_path
from tests.connectors.pipeline.test_resolve import NOON, submission

DAY = 86_400_000
EMAIL = b"ann@example.com"


def rejection(number: int) -> Rejection:
    return Rejection(Reason.NO_PERSON, f"email: not there ({number})")


def told(sent: list[Outgoing]) -> list[tuple[str, bool]]:
    """(reason, whether it is over) of each report."""
    return [(said["reason"], said["released"]) for said in (orjson.loads(one.value) for one in sent)]


def test_what_is_discarded_leaves_no_trace_and_does_not_come_back(tmp_path: Path) -> None:
    sent: list[Outgoing] = []
    with State(tmp_path) as state:
        for number in range(3):
            keep_rejection(state, "zoom", rejection(number), NOON, EMAIL * 100)
        Resolver(state, tmp_path).resolve([Arrival("demo", submission(), NOON, EMAIL * 100)])
        assert discard(state, sent.extend, NOON, ids=[1, 99]) == 1
        assert payload_of(state, 1) is None
        assert discard(state, sent.extend, NOON, ids=[1]) == 0
        assert discard(state, sent.extend, NOON, reasons=["no_person", "unmapped_form"]) == 3
        assert quarantined(state, 10) == []
        assert told(sent) == [("no_person", True)] * 3 + [("unmapped_form", True)]
        # The same is delivered again, as polls do: it is neither held nor told of.
        assert keep_rejection(state, "zoom", rejection(0), NOON + DAY, EMAIL * 100).released
        (again,) = Resolver(state, tmp_path).resolve([Arrival("demo", submission(), NOON, EMAIL * 100)])
        assert told([again]) == [("unmapped_form", True)]
        assert quarantined_by_reason(state) == []
    assert [one for one in state_path(tmp_path).parent.iterdir() if EMAIL in one.read_bytes()] == []


def test_what_was_held_for_long_enough_expires(tmp_path: Path) -> None:
    sent: list[Outgoing] = []
    with State(tmp_path) as state:
        for number in range(2_500):
            keep_rejection(state, "zoom", rejection(number), NOON + number // 2_400 * DAY, EMAIL)
        assert expire(state, sent.extend, NOON + 90 * DAY - 1, days=90) == 0
        assert expire(state, sent.extend, NOON + 90 * DAY, days=90) == 2_400
        assert quarantined_by_reason(state) == [("zoom", "no_person", "", 100)]
        assert len(sent) == 2_400


def test_what_asks_for_an_erasure_is_decided_by_a_person_only(tmp_path: Path) -> None:
    sent: list[Outgoing] = []
    with State(tmp_path) as state:
        keep_rejection(state, "generic", Rejection(Reason.ERASURE_ASKED, "a person was deleted there"), NOON, EMAIL)
        assert expire(state, sent.extend, NOON + 900 * DAY, days=90) == 0
        assert discard(state, sent.extend, NOON, reasons=["erasure_asked"]) == 1


def test_what_cannot_be_told_stays_held(tmp_path: Path) -> None:
    def full(_: object) -> None:
        raise OSError("full")

    with State(tmp_path) as state:
        keep_rejection(state, "zoom", rejection(0), NOON, EMAIL)
        with pytest.raises(OSError, match="full"):
            expire(state, full, NOON + 100 * DAY, days=90)
        assert payload_of(state, 1) == EMAIL
