"""The quarantine, in the state: rejected payloads and rows, and registrations that wait for a rule.

It is local and readable only by its owner: payloads hold emails and names.
"""

from dataclasses import dataclass
from typing import Any

import orjson

from connectors.mapped import FormRegistration, Reason, Rejection
from connectors.pipeline.state import State
from connectors.toolkit.content_id import content_hash
from connectors.toolkit.rows import RowRejection
from contract.instants import format_instant
from contract.reports import Rejected


@dataclass(frozen=True, slots=True)
class Quarantined:
    """One record that was not published."""

    id: int
    connector: str
    key: str
    """Identifies a repeated delivery, so that it is quarantined once."""
    reason: str
    detail: str
    form: str
    """`service/form`, for a waiting registration."""
    received_at: int
    """Milliseconds since 1970 UTC, as `released_at`."""
    released_at: int | None
    registration: FormRegistration | None


_COLUMNS = "id, connector, key, reason, detail, form, received_at, released_at, registration"
_AT_ONCE = 500
_KEEP = (
    "INSERT INTO held (connector, key, reason, detail, form, received_at, payload, registration) "
    "VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (connector, key) DO NOTHING"
)


def keep_rejection(state: State, connector: str, one: Rejection, received_at: int, payload: bytes) -> Rejected:
    """Stores a rejection with its payload; returns the report of it, which repeats nothing of the payload."""
    key = content_hash([one.reason, one.detail, payload.decode(errors="replace")])
    kept = state.change(_KEEP, connector, key, one.reason, one.detail, "", received_at, payload, None)
    over = not kept and _is_over(state, connector, key)
    return _report(connector, key, received_at, reason=one.reason, detail=one.detail, released=over)


def keep_waiting(state: State, connector: str, one: FormRegistration, received_at: int, payload: bytes) -> Rejected:
    """Stores a registration for which no rule finds a webinar; returns the report of it."""
    key, form = f"{one.service}:{one.submission}:{one.status}", f"{one.service}/{one.form}"
    stored = registration_bytes(one)
    kept = state.change(_KEEP, connector, key, Reason.UNMAPPED_FORM, "", form, received_at, payload, stored)
    over = not kept and _is_over(state, connector, key)
    return waiting_report(connector, key, form, received_at, released=over)


class HeldRows:
    """Stores rejected rows of imported files, many in one transaction. Its methods raise sqlite3.Error."""

    def __init__(self, state: State, connector: str) -> None:
        self._state = state
        self._connector = connector
        self._rows: list[tuple[object, ...]] = []

    def keep(self, table: str, row: RowRejection, received_at: int) -> None:
        """`table`: its name for people, such as its path. The same row with the same reason is stored once."""
        said = {"file": table, "line": row.line, "field": row.field, "reason": row.reason, "cells": row.cells}
        key, detail = content_hash(list(said.values())), f"{table}: line {row.line}: {row.field}: {row.reason}"
        self._rows.append((self._connector, key, row.kind, detail, "", received_at, orjson.dumps(said), None))
        if len(self._rows) >= _AT_ONCE:
            self.flush()

    def flush(self) -> None:
        """Returns once all rows are on the disk."""
        self._state.change_each(_KEEP, self._rows)
        self._rows.clear()


def waiting_report(connector: str, key: str, form: str, at: int, *, released: bool = False) -> Rejected:
    """The report of a registration that waits, or that was released."""
    return _report(
        connector, content_hash([connector, key]), at, reason=Reason.UNMAPPED_FORM, form=form, released=released
    )


def over_report(connector: str, key: str, reason: str, form: str, at: int) -> Rejected:
    """The report of a record that has left the quarantine unpublished."""
    if form:
        return waiting_report(connector, key, form, at, released=True)
    return _report(connector, key, at, reason=reason, released=True)


def waiting(state: State, after: int, count: int) -> list[Quarantined]:
    """Registrations that wait for a rule, oldest first, with ids greater than `after`."""
    return [
        _quarantined(row)
        for row in state.rows(
            f"SELECT {_COLUMNS} FROM held WHERE released_at IS NULL AND registration IS NOT NULL AND id > ? "
            "ORDER BY id LIMIT ?",
            after,
            count,
        )
    ]


def newest_waiting(state: State) -> int:
    """The id of the latest waiting registration; 0: none."""
    ((newest,),) = state.rows(
        "SELECT coalesce(max(id), 0) FROM held WHERE released_at IS NULL AND registration IS NOT NULL"
    )
    return int(newest)


def mark_released(state: State, ids: list[int], at: int) -> None:
    """Marks them as published and deletes their payloads, which hold emails and names."""
    state.change_each("UPDATE held SET released_at = ?, payload = NULL WHERE id = ?", [(at, one) for one in ids])


def quarantined(state: State, count: int) -> list[Quarantined]:
    """What is in quarantine now, latest first."""
    return [
        _quarantined(row)
        for row in state.rows(f"SELECT {_COLUMNS} FROM held WHERE released_at IS NULL ORDER BY id DESC LIMIT ?", count)
    ]


def quarantined_by_reason(state: State) -> list[tuple[str, str, str, int]]:
    """(connector, reason, form, count) of what is in quarantine now, greatest count first."""
    return [
        (connector, reason, form, count)
        for connector, reason, form, count in state.rows(
            "SELECT connector, reason, form, count(*) AS n FROM held WHERE released_at IS NULL "
            "GROUP BY connector, reason, form ORDER BY n DESC, connector, reason, form"
        )
    ]


def payload_of(state: State, id_: int) -> bytes | None:
    """The payload of a quarantined record; None: there is none, or it was released."""
    found = state.rows("SELECT payload FROM held WHERE id = ?", id_)
    return found[0][0] if found else None


def registration_bytes(one: FormRegistration) -> bytes:
    """The stored form of a registration."""
    return orjson.dumps(one)


def registration_of(stored: bytes) -> FormRegistration:
    """The inverse of `registration_bytes`."""
    return FormRegistration(**orjson.loads(stored))


def _is_over(state: State, connector: str, key: str) -> bool:
    """Whether it was published or discarded before."""
    return bool(
        state.rows("SELECT 1 FROM held WHERE connector = ? AND key = ? AND released_at IS NOT NULL", connector, key)
    )


def _report(connector: str, report_id: str, at: int, **said: object) -> Rejected:
    return Rejected.model_validate({"connector": connector, "report_id": report_id, "at": format_instant(at), **said})


def _quarantined(row: tuple[Any, ...]) -> Quarantined:
    *said, stored = row
    return Quarantined(*(*said, registration_of(stored) if stored is not None else None))
