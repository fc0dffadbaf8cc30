"""Publishes waiting registrations automatically once a rule or a webinar matches them."""

from collections.abc import Callable, Sequence

from connectors.forms.event import registration_event
from connectors.mapped import Rejection
from connectors.pipeline import quarantine
from connectors.pipeline.assignment import Assignment, assign
from connectors.pipeline.quarantine import Quarantined
from connectors.pipeline.resolve import Resolver, event_record, report_record
from connectors.pipeline.spool import Outgoing

Send = Callable[[Sequence[Outgoing]], None]
"""Returns once the records are safe. Raises PublishError or another error that prevents it."""

_PAGE = 1_000


class Release:
    """Checks waiting registrations whenever there is a reason to. For one thread at a time."""

    def __init__(self, resolver: Resolver, send: Send) -> None:
        self._resolver = resolver
        self._send = send
        self._looked_at: tuple[int, int, int] | None = None

    def look(self, now: int) -> int:
        """Returns how many were published. `now` in milliseconds since 1970 UTC. Costs one query if nothing changed."""
        resolver = self._resolver
        resolver.rules.refresh()
        # Taken before the check: what changes meanwhile is checked the next time.
        seen = (*resolver.version(), quarantine.newest_waiting(resolver.state))
        if seen == self._looked_at:
            return 0
        released = self._release_all(now)
        self._looked_at = seen
        return released

    def _release_all(self, now: int) -> int:
        released = after = 0
        while page := quarantine.waiting(self._resolver.state, after, _PAGE):
            after = page[-1].id
            released += self._release(page, now)
        return released

    def _release(self, page: list[Quarantined], now: int) -> int:
        """The decision is stored first, then sent, then marked: a crash in between repeats the same event."""
        state = self._resolver.state
        records: list[Outgoing] = []
        done: list[int] = []
        try:
            with state.transaction():
                for one in page:
                    if record := self._assign(one):
                        report = quarantine.waiting_report(one.connector, one.key, one.form, now, released=True)
                        records += [record, report_record(report)]
                        done.append(one.id)
        except BaseException:
            self._resolver.rolled_back()
            raise
        if done:
            self._send(records)
            quarantine.mark_released(state, done, now)
        return len(done)

    def _assign(self, one: Quarantined) -> Outgoing | None:
        assert one.registration is not None
        found = self._resolver.find(one.registration)
        if found is None:
            return None
        webinar_id, moves = found
        event = registration_event(one.registration, webinar_id, one.received_at, moves)
        # Impossible: everything about it was checked before it was quarantined.
        if isinstance(event, Rejection):
            return None
        assign(self._resolver.state, Assignment(one.registration, webinar_id, one.received_at, moves))
        return event_record(event)
