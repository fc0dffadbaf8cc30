"""Which webinar each form registration was published for: decided once, stored in the state, moved by remap."""

from dataclasses import dataclass

from connectors.mapped import FormRegistration
from connectors.pipeline.quarantine import registration_bytes, registration_of
from connectors.pipeline.state import State


@dataclass(frozen=True, slots=True)
class Assignment:
    """A registration and its current webinar."""

    registration: FormRegistration
    webinar_id: str
    received_at: int
    """Milliseconds since 1970 UTC."""
    moves: int = 0
    """How often it was moved from one webinar to another."""


def assign(state: State, one: Assignment) -> None:
    """Stores the decision, unless one is stored already."""
    _store(state, one, "DO NOTHING")


def follow_assignment(state: State, one: Assignment) -> None:
    """Stores what another machine has decided or moved. What is stored already stays, unless it was moved since."""
    moved = "webinar_id = excluded.webinar_id, moves = excluded.moves WHERE excluded.moves > placed.moves"
    _store(state, one, f"(service, submission, status) DO UPDATE SET {moved}")


def _store(state: State, one: Assignment, on_conflict: str) -> None:
    said = one.registration
    state.change(
        f"INSERT INTO placed VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT {on_conflict}",
        said.service,
        said.submission,
        said.status,
        said.form,
        one.webinar_id,
        one.moves,
        one.received_at,
        registration_bytes(said),
    )


def assigned_before(state: State, one: FormRegistration) -> tuple[str, int] | None:
    """(webinar_id, moves) of that submission: a repeated delivery gives the same event, whatever the rules say now.

    A later status of a submission, such as cancelled, follows the first one.
    """
    found = state.rows(
        "SELECT webinar_id, moves FROM placed WHERE service = ? AND submission = ? ORDER BY status <> ? LIMIT 1",
        one.service,
        one.submission,
        one.status,
    )
    return found[0] if found else None


def assigned_for(state: State, webinar_id: str, service: str | None, form: str | None, count: int) -> list[Assignment]:
    """The registrations that are now for that webinar; only those of the service and form, if given."""
    found = state.rows(
        "SELECT registration, webinar_id, received_at, moves FROM placed WHERE webinar_id = ? "
        "AND service = coalesce(?, service) AND form = coalesce(?, form) ORDER BY service, submission, status LIMIT ?",
        webinar_id,
        service,
        form,
        count,
    )
    return [Assignment(registration_of(stored), *said) for stored, *said in found]


def count_assigned_for(state: State, webinar_id: str, service: str | None, form: str | None) -> int:
    """How many registrations those are."""
    ((count,),) = state.rows(
        "SELECT count(*) FROM placed WHERE webinar_id = ? "
        "AND service = coalesce(?, service) AND form = coalesce(?, form)",
        webinar_id,
        service,
        form,
    )
    return int(count)


def move(state: State, moved: list[Assignment], webinar_id: str) -> None:
    """Stores that they are now for that webinar."""
    state.change_each(
        "UPDATE placed SET webinar_id = ?, moves = ? WHERE service = ? AND submission = ? AND status = ?",
        [
            (webinar_id, one.moves + 1, said.service, said.submission, said.status)
            for one in moved
            for said in [one.registration]
        ],
    )
