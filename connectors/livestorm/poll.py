"""One pass over Livestorm's REST API: sessions and their people, with the same event ids as the webhooks.

Livestorm allows 10,000 requests in 30 days. So the people of a session are read when its row has changed (it counts
registrants and attendees), and after its end more and more rarely, for those who watch the replay.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pydantic import TypeAdapter, ValidationError

from connectors.livestorm.client import LivestormClient, Row
from connectors.livestorm.people import known_person_events
from connectors.livestorm.sessions import completed_statement, session_events, webinar_id
from connectors.mapped import Context
from connectors.poll import Cursors, Outbox, Progress, Span
from connectors.toolkit import reading
from connectors.toolkit.content_id import content_hash
from connectors.toolkit.once import Once
from contract.instants import DAY, HOUR, MINUTE

_AHEAD = 90 * DAY
_BACK = 31 * DAY
"""How long replays are followed."""
_POLLED = "polled_at"
_READY = (10 * MINUTE, 2 * HOUR)
"""After the end the people are read at these times in any case."""
_FREQUENT_UNTIL = 7 * DAY
_DAILY, _WEEKLY = DAY, 7 * DAY


@dataclass(frozen=True, slots=True)
class _Known:
    """The state of a session when its people were last read."""

    row: str = ""
    read_at: int = 0
    completed: int = 0
    """The end for which it was stated to be complete."""


_KNOWN = TypeAdapter(_Known)


class LivestormPoll:
    """The Poll of Livestorm (connectors/poll.py)."""

    def __init__(self, client: LivestormClient, secret: str, poll_minutes: float, settle_minutes: int) -> None:
        """`secret`: the key of the hashes that identify people."""
        self._client = client
        self._secret = secret
        self._every = int(poll_minutes * MINUTE)
        self._settle = settle_minutes * MINUTE

    def __call__(self, outbox: Outbox, cursors: Cursors, now: int, span: Span, progress: Progress) -> None:
        again = span != Span()
        polled_at = cursors.get(_POLLED)
        if not again and polled_at and now < int(polled_at) + self._every:
            return
        context = Context(self._secret, now)
        since, until = (span.since, span.until) if again else (now - _BACK, now + _AHEAD)
        listed = self._client.sessions(since, until)
        rows = [row for row in listed.rows if _is_wanted(row, since, until)]
        for number, row in enumerate(rows):
            progress("Livestorm sessions", number, len(rows))
            self._read(row, listed.included, outbox, cursors, context, again)
        progress("Livestorm sessions", len(rows), len(rows))
        if not again:
            cursors.put(_POLLED, str(now))

    def _read(
        self, row: Row, included: Sequence[Row], outbox: Outbox, cursors: Cursors, context: Context, again: bool
    ) -> None:
        session, now = reading.identifier(row.get("id")), context.received_at
        known, seen = _recall(cursors, session), content_hash(reading.mapping(row.get("attributes")))
        once = Once(outbox, cursors, webinar_id(session), again)
        once.put(list(session_events(row, {"included": list(included)}, context)), row)
        ended_at = _instant(row, "ended_at")
        if again or known.row != seen or _is_due(known.read_at, ended_at, now):
            for person in self._client.people(session) or []:
                once.put(list(known_person_events(person, session, ended_at is not None, context)), person)
            known = _Known(seen, now, known.completed)
        if ended_at is not None and ended_at + self._settle <= known.read_at and (again or known.completed != ended_at):
            outbox.put(completed_statement(session, now, context))
            known = _Known(known.row, known.read_at, ended_at)
        outbox.flush()
        once.flushed(over=False)
        cursors.put(f"session:{session}", _KNOWN.dump_json(known).decode())


def _recall(cursors: Cursors, session: str) -> _Known:
    try:
        return _KNOWN.validate_json(cursors.get(f"session:{session}") or "{}")
    except ValidationError:
        return _Known()


def _is_wanted(row: Row, since: int | None, until: int | None) -> bool:
    """Whether a session is a webinar in the time range: no draft, and no breakout room.

    The time is checked here too, in case Livestorm ignores the filter.
    """
    attributes = reading.mapping(row.get("attributes"))
    if not reading.identifier(row.get("id")) or attributes.get("status") == "draft":
        return False
    if reading.identifier(attributes.get("breakout_room_parent_session_id")):
        return False
    moments = (_instant(row, name) for name in ("estimated_started_at", "started_at", "created_at"))
    moment = next((one for one in moments if one is not None), None)
    if moment is None:
        return since is None and until is None
    return (since is None or since <= moment) and (until is None or moment < until)


def _is_due(read_at: int, ended_at: int | None, now: int) -> bool:
    """Whether the people of a session whose row has not changed are read again."""
    if ended_at is None:
        return now - read_at >= _DAILY
    if any(read_at < ended_at + after <= now for after in _READY):
        return True
    return now - read_at >= (_DAILY if now - ended_at <= _FREQUENT_UNTIL else _WEEKLY)


def _instant(row: Mapping[str, object], name: str) -> int | None:
    return reading.instant(reading.mapping(row.get("attributes")).get(name))
