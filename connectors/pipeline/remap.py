"""Moves registrations that a wrong mapping assigned: withdraws them for one webinar, registers them for the other."""

from collections.abc import Callable
from dataclasses import dataclass

from connectors.forms.event import registration_event, withdrawal_event
from connectors.mapped import Rejection
from connectors.pipeline.assignment import Assignment, assigned_for, count_assigned_for, move
from connectors.pipeline.release import Send
from connectors.pipeline.resolve import event_record
from connectors.pipeline.spool import Outgoing
from connectors.pipeline.state import State

_PAGE = 500


@dataclass(frozen=True, slots=True)
class Remap:
    """What to move: all form registrations for `source`, or only those of a service and form."""

    source: str
    target: str
    service: str | None = None
    form: str | None = None

    def count(self, state: State) -> int:
        """How many registrations match now."""
        return count_assigned_for(state, self.source, self.service, self.form)

    def run(self, state: State, send: Send, on_progress: Callable[[int], None]) -> int:
        """Moves them; returns how many. Interrupted and run again, it publishes the same events and moves the rest."""
        moved = 0
        while page := assigned_for(state, self.source, self.service, self.form, _PAGE):
            send([record for one in page for record in _records(one, self.target)])
            move(state, page, self.target)
            moved += len(page)
            on_progress(moved)
        return moved


def _records(one: Assignment, target: str) -> list[Outgoing]:
    said = one.registration
    events = (
        withdrawal_event(said, one.webinar_id, one.received_at, one.moves),
        registration_event(said, target, one.received_at, one.moves + 1),
    )
    # They differ from what was published before only in webinar, status and id.
    return [event_record(event) for event in events if not isinstance(event, Rejection)]
