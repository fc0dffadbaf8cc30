"""What the connectors' state holds of a person goes, and the reports tell that the quarantine holds less."""

from pathlib import Path

import orjson
import pytest

from connectors.mapped import FormRegistration, Reason, Rejection
from connectors.pipeline.quarantine import keep_rejection, keep_waiting, quarantined_by_reason
from connectors.pipeline.spool import Outgoing
from connectors.pipeline.state import State, state_path
from connectors.toolkit.identity import email_person_id
from funnel.erasure.local import erase_from_state
from funnel.erasure.person import subjects

NOW = 1_764_500_000_000
SECRET = "a secret of this test only"
ANN = "ann@example.com"


def told(sent: list[Outgoing]) -> list[tuple[str, str, bool]]:
    said = (orjson.loads(one.value) for one in sent)
    return [(one["report_id"], one["reason"], one["released"]) for one in said]


def test_a_record_that_is_erased_counts_in_no_quarantine_any_more(tmp_path: Path) -> None:
    who, sent = subjects([ANN], SECRET), list[Outgoing]()
    waits = FormRegistration("tilda", "f", "s", NOW, {"person_id": email_person_id(ANN, SECRET)})
    with State(tmp_path) as state:
        kept = [
            keep_rejection(state, "zoom", Rejection(Reason.NO_PERSON, "x"), NOW, b"Ann@Example.com"),
            keep_waiting(state, "tilda", waits, NOW, b"email=ann%40example.com"),
            keep_rejection(state, "generic", Rejection(Reason.ERASURE_ASKED, "x"), NOW, b'["ann@example.com"]'),
        ]
        keep_rejection(state, "zoom", Rejection(Reason.NO_PERSON, "x"), NOW, b"bob@example.com")
        assert erase_from_state(state, who, sent.extend, NOW) == 3
        assert told(sent) == [(one.report_id, one.reason, True) for one in kept]
        assert erase_from_state(state, who, sent.extend, NOW) == 0
        assert quarantined_by_reason(state) == [("zoom", "no_person", "", 1)]
    assert len(sent) == 3
    assert [path for path in state_path(tmp_path).parent.iterdir() if b"ann" in path.read_bytes().lower()] == []


def test_what_cannot_be_told_is_kept_and_nothing_new_is_taken(tmp_path: Path) -> None:
    def away(_: object) -> None:
        raise OSError("Kafka is away")

    with State(tmp_path) as state:
        keep_rejection(state, "zoom", Rejection(Reason.NO_PERSON, "x"), NOW, ANN.encode())
        with pytest.raises(OSError, match="away"):
            erase_from_state(state, subjects([ANN], SECRET), away, NOW)
        assert len(quarantined_by_reason(state)) == 1
        assert state.rows("SELECT count(*) FROM forgotten") == [(1,)]
