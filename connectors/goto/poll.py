"""One pass over GoTo's API: planned webinars and their registrants, ended sessions and how long people stayed.

Of each list, the rows that were not in it when it was last acknowledged are put, and then its cursor moves: a pass may
end at any point, and the next one continues. The events of a row that is put again have the same ids.
"""

import json
from collections.abc import Callable, Iterable, Sequence
from hashlib import blake2b
from itertools import groupby

from connectors.goto.client import GotoClient, Row
from connectors.goto.people import attendee_events, registrant_events
from connectors.goto.webinars import completed_statement, session_statement, session_totals, webinar_statement
from connectors.mapped import Context, Mapped
from connectors.poll import Cursors, Outbox, Progress, Span
from connectors.toolkit import reading
from connectors.toolkit.seen import Seen
from connectors.toolkit.wakes import woken
from contract.instants import DAY, MINUTE

_UNTIL = "goto:sessions_until"
_OF = "rows"
_AHEAD = 90 * DAY
_AT_FIRST = 7 * DAY
_AGAIN = 2 * DAY
"""How far back sessions are read again: attendance may come late."""


class GotoPoll:
    """The Poll of GoTo (connectors/poll.py)."""

    def __init__(self, client: GotoClient, secret: str, settle_minutes: int) -> None:
        """`secret`: the key of the hashes that identify people."""
        self._client = client
        self._secret = secret
        self._settle = settle_minutes * MINUTE

    def __call__(self, outbox: Outbox, cursors: Cursors, now: int, span: Span, progress: Progress) -> None:
        backfill = span.since is not None or span.until is not None
        once = _Pass(outbox, cursors, Context(self._secret, now), backfill)
        since, until = _sessions_between(cursors, now, span)
        planned = self._client.webinars(since, until if backfill else now + _AHEAD)
        webinars = {reading.identifier(row.get("webinarKey")): row for row in planned}
        ended = _ended(self._client.sessions(since, min(until, now)), now)
        asked_for = () if backfill else woken(cursors)
        keys = [key for key in dict.fromkeys([*webinars, *ended, *asked_for]) if key]
        for number, key in enumerate(keys):
            progress("GoTo webinars", number, len(keys))
            if key in webinars:
                once.put(f"webinar:{key}", [webinars[key]], lambda row: [webinar_statement(row, now, once.context)])
            self._put_registrants(once, key)
            if key in ended:
                self._put_sessions(once, key, ended[key], now)
        progress("GoTo webinars", len(keys), len(keys))
        if not backfill:
            cursors.put(_UNTIL, str(now))

    def _put_registrants(self, once: "_Pass", key: str) -> None:
        rows = list(self._client.registrants(key))
        once.put(f"registrants:{key}", rows, lambda row: registrant_events(key, row, None, once.context))

    def _put_sessions(self, once: "_Pass", key: str, sessions: Sequence[Row], now: int) -> None:
        only = len(sessions) == 1
        for session in sessions:
            session_key = reading.identifier(session.get("sessionKey"))
            ended_at = reading.instant(session.get("endTime")) or now
            once.put(f"session:{session_key}", [session], lambda row: _session_events(row, only, once.context))
            self._put_attendees(once, key, session_key, ended_at)
        last = max(reading.instant(session.get("endTime")) or now for session in sessions)
        if last + self._settle <= now:
            ids = sorted(reading.identifier(session.get("sessionKey")) for session in sessions)
            # The hash covers the set of sessions, so this is stated once, and again after another session.
            once.put(
                f"completed:{key}", [{"sessions": ids}], lambda _: [completed_statement(key, now, once.context)], False
            )

    def _put_attendees(self, once: "_Pass", key: str, session_key: str, ended_at: int) -> None:
        rows = list(self._client.attendees(key, session_key))
        once.put(
            f"attendees:{session_key}", rows, lambda row: attendee_events(key, session_key, row, ended_at, once.context)
        )


class _Pass:
    """Puts what has changed since the last acknowledgement."""

    def __init__(self, outbox: Outbox, cursors: Cursors, context: Context, again: bool) -> None:
        self.context = context
        self._outbox = outbox
        self._cursors = cursors
        self._again = again

    def put(
        self, name: str, rows: Sequence[Row], mapped: Callable[[Row], Iterable[Mapped]], again: bool = True
    ) -> None:
        """`again`: put unchanged rows too, for a backfill."""
        cursor = f"goto:{name}"
        kept = self._cursors.get(cursor)
        # Before 0.2.0: one hash of the whole list.
        whole, seen = kept == _hash(rows), Seen(kept or "", _OF)
        new = [row for row in rows if seen.is_new(_hash(row)) and not whole]
        wanted = rows if again and self._again else new
        for row in wanted:
            for one in mapped(row):
                self._outbox.put(one, _json(row))
        if wanted or seen.text() != kept:
            self._outbox.flush()
            self._cursors.put(cursor, seen.text())


def _hash(said: object) -> str:
    return blake2b(_json(said), digest_size=16).hexdigest()


def _json(said: object) -> bytes:
    """For any JSON from the API; orjson would refuse large numbers and lone surrogates."""
    return json.dumps(said, sort_keys=True).encode()


def _session_events(session: Row, only: bool, context: Context) -> list[Mapped]:
    return [session_statement(session, context), *(session_totals(session, context) if only else [])]


def _sessions_between(cursors: Cursors, now: int, span: Span) -> tuple[int, int]:
    kept = cursors.get(_UNTIL)
    since = int(kept) - _AGAIN if kept and kept.isdecimal() else now - _AT_FIRST
    return (since if span.since is None else span.since), (now if span.until is None else span.until)


def _ended(sessions: Iterable[Row], now: int) -> dict[str, list[Row]]:
    """Ended sessions by their webinar."""

    def webinar(row: Row) -> str:
        return reading.identifier(row.get("webinarKey"))

    ended = [
        row
        for row in sessions
        if reading.identifier(row.get("sessionKey")) and (reading.instant(row.get("endTime")) or now + 1) <= now
    ]
    return {key: list(rows) for key, rows in groupby(sorted(ended, key=webinar), key=webinar) if key}
