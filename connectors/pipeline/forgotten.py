"""Who was forgotten, in the state: connectors publish nothing of these persons (docs/erasure.md)."""

from collections.abc import Iterable
from typing import Protocol

import orjson

from connectors.mapped import FormRegistration, Mapped, Rejection
from connectors.pipeline.state import State
from contract.events import Event, Identity
from contract.forgotten import forgotten_id
from contract.reports import ImportedFile


def remember(state: State, forgotten: Iterable[str]) -> None:
    """Stores the ids (contract/forgotten.py)."""
    state.change_each("INSERT OR IGNORE INTO forgotten VALUES (?)", [(one,) for one in forgotten])


def forget(state: State, forgotten: str) -> None:
    """The same for somebody who was forgotten on another machine, with the registrations that are held here."""
    if state.rows("SELECT 1 FROM forgotten WHERE forgotten_id = ?", forgotten):
        return
    remember(state, [forgotten])
    for table, rowid in (("placed", "service, submission, status"), ("held", "id")):
        for registration, *key in state.rows(f"SELECT registration, {rowid} FROM {table} WHERE registration NOT NULL"):
            person_id = orjson.loads(registration)["person"].get("person_id")
            if isinstance(person_id, str) and forgotten_id(person_id) == forgotten:
                state.change(f"DELETE FROM {table} WHERE ({rowid}) = ({', '.join('?' * len(key))})", *key)


def anybody(state: State) -> bool:
    """Whether somebody was forgotten."""
    return bool(state.rows("SELECT 1 FROM forgotten LIMIT 1"))


def is_of_forgotten(state: State, one: Mapped) -> bool:
    """Whether it is about a forgotten person. A registrant that is linked to one is then forgotten, too."""
    if isinstance(one, Rejection):
        return False
    if isinstance(one, FormRegistration):
        return _is_forgotten(state, one.person.get("person_id"))
    if isinstance(one, Identity) and _is_forgotten(state, one.same_as):
        remember(state, [forgotten_id(one.person_id)])
        return True
    return _is_forgotten(state, getattr(one, "person_id", None))


def _is_forgotten(state: State, person_id: object) -> bool:
    if not isinstance(person_id, str):
        return False
    return bool(state.rows("SELECT 1 FROM forgotten WHERE forgotten_id = ?", forgotten_id(person_id)))


class _Destination(Protocol):
    def send(self, event: Event) -> None: ...
    def report(self, report: ImportedFile) -> None: ...
    def flush(self) -> None: ...


class WithoutForgotten:
    """Passes on what is not of a forgotten person (docs/erasure.md)."""

    def __init__(self, destination: _Destination, state: State) -> None:
        self._destination = destination
        self._state = state
        self._somebody = anybody(state)

    def send(self, event: Event) -> None:
        """Raises PublishError; sqlite3.Error if the state cannot be used."""
        if not self._somebody or not is_of_forgotten(self._state, event):
            self._destination.send(event)

    def report(self, report: ImportedFile) -> None:
        """Raises PublishError."""
        self._destination.report(report)

    def flush(self) -> None:
        """Returns once everything is acknowledged. Raises PublishError."""
        self._destination.flush()
