"""Records that leave the quarantine unpublished: discarded by a person, or expired by the retention of payloads.

Their bytes are overwritten. Their keys stay, so that a repeated delivery is not quarantined again.
"""

from collections.abc import Callable, Sequence

from connectors.mapped import Reason
from connectors.pipeline.quarantine import over_report
from connectors.pipeline.resolve import report_record
from connectors.pipeline.spool import Outgoing
from connectors.pipeline.state import State
from contract.instants import DAY

Send = Callable[[Sequence[Outgoing]], object]
"""Returns once the records are safe."""

_PAGE = 1_000
_OVER = "UPDATE held SET released_at = ?, payload = NULL, registration = NULL WHERE id = ?"


def discard(state: State, send: Send, at: int, *, ids: Sequence[int] = (), reasons: Sequence[str] = ()) -> int:
    """Discards the records with these ids or reasons; returns how many. `at`: milliseconds since 1970 UTC. Raises what
    `send` raises.
    """
    found = sum(_end(state, send, at, "id = ?", one) for one in ids)
    return found + sum(_end(state, send, at, "reason = ?", one) for one in reasons)


def expire(state: State, send: Send, at: int, days: int) -> int:
    """Discards what has been in quarantine for that many days; returns how many. Raises what `send` raises.

    Not what asks for an erasure: it would be refused in silence.
    """
    return _end(state, send, at, f"reason != '{Reason.ERASURE_ASKED}' AND received_at <= ?", at - days * DAY)


def _end(state: State, send: Send, at: int, which: str, value: object) -> int:
    """The report is sent first: after a crash in between it is sent again, rather than the record counted forever."""
    ended = 0
    while page := state.rows(
        f"SELECT id, connector, key, reason, form FROM held WHERE released_at IS NULL AND {which} ORDER BY id LIMIT ?",
        value,
        _PAGE,
    ):
        send([report_record(over_report(connector, key, reason, form, at)) for _, connector, key, reason, form in page])
        state.change_each(_OVER, [(at, id_) for id_, *_ in page])
        ended += len(page)
    return ended
