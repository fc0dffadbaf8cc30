"""Reads the common records at a tenth of the cost of contract/decode.py: registrations, and joins, leaves and signs of
life, in the form that our connectors write. Whatever is uncommon, doubtful or wrong is left to that decoder, so this
one refuses nothing and gives no reasons (docs/performance.md). Pure.
"""

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated, Literal, TypeAlias

from msgspec import UNSET, Meta, MsgspecError, Struct, UnsetType
from msgspec.json import Decoder, Encoder

from contract.events import Role
from contract.instants import DAY, FIRST_INSTANT, parse_instant
from contract.topics import ATTENDANCE, MAX_RECORD_BYTES, REGISTRATIONS

if TYPE_CHECKING:
    Instant: TypeAlias = int
else:
    Instant = str  # in the record; `quick` puts the milliseconds in its place

Id = Annotated[str, Meta(min_length=1)]

# Unknown fields are forbidden: what this reader skips it would not check as the other one does.


class QuickSource(Struct, frozen=True, forbid_unknown_fields=True):
    """contract/events.py, Source."""

    utm_source: str | None = None
    utm_medium: str | None = None
    utm_campaign: str | None = None
    utm_content: str | None = None
    utm_term: str | None = None
    referrer: str | None = None
    tracking_code: str | None = None
    platform_source: str | None = None


class _PersonEvent(Struct, kw_only=True, forbid_unknown_fields=True, gc=False):
    event_id: Id
    webinar_id: Id
    platform: Id
    occurred_at: Instant
    received_at: Instant
    schema_version: Literal[1]
    person_id: str
    role: Role | None = None
    is_test: bool | None = None
    domain_id: str | None = None


class QuickRegistration(_PersonEvent, kw_only=True, forbid_unknown_fields=True, gc=False):
    """contract/events.py, Registration."""

    type: Literal["registration"]
    status: Literal["registered", "approved", "cancelled", "denied", "withdrawn"]
    country: str | None = None
    timezone: Annotated[str, Meta(max_length=64)] | None = None
    source: QuickSource | None = None


class QuickSession(_PersonEvent, kw_only=True, forbid_unknown_fields=True, gc=False):
    """contract/events.py, Joined, Left and Seen: `kind` tells them apart."""

    type: Literal["attendance"]
    kind: Literal["joined", "left", "seen"]
    session_id: Id


Quick: TypeAlias = QuickRegistration | QuickSession

_READERS: dict[str, Callable[[bytes], Quick]] = {
    REGISTRATIONS.name: Decoder(QuickRegistration).decode,
    ATTENDANCE.name: Decoder(QuickSession).decode,
}
_is_person_id = re.compile(r"[pr]_[0-9a-f]{32}").fullmatch


class _Source(Struct):
    platform_source: str | UnsetType | None = UNSET
    referrer: str | UnsetType | None = UNSET
    tracking_code: str | UnsetType | None = UNSET
    utm_campaign: str | UnsetType | None = UNSET
    utm_content: str | UnsetType | None = UNSET
    utm_medium: str | UnsetType | None = UNSET
    utm_source: str | UnsetType | None = UNSET
    utm_term: str | UnsetType | None = UNSET


class _Content(Struct, gc=False):
    """A registration in the order of canonical JSON, without what is left out of it. UNSET: not in the record."""

    country: str | UnsetType | None = UNSET
    domain_id: str | UnsetType | None = UNSET
    event_id: str | UnsetType = UNSET
    is_test: bool | UnsetType | None = UNSET
    occurred_at: str | UnsetType = UNSET
    person_id: str | UnsetType = UNSET
    platform: str | UnsetType = UNSET
    role: str | UnsetType | None = UNSET
    source: _Source | UnsetType | None = UNSET
    status: str | UnsetType = UNSET
    timezone: str | UnsetType | None = UNSET
    webinar_id: str | UnsetType = UNSET


_read_content = Decoder(_Content).decode
_write_content = Encoder().encode


def quick_content(registration: bytes) -> str:
    """The canonical JSON, without type and schema_version, of a record that `quick` read as a QuickRegistration."""
    return _write_content(_read_content(registration)).decode()


def quick(value: bytes | None, topic: str, written_at: int) -> Quick | None:
    """The event, if the record is a common one: then it is what `decode` gives. None: let that decide.

    `written_at` is the record's Kafka timestamp in milliseconds.
    """
    try:
        event = _READERS[topic](value)  # type: ignore[arg-type] # None is a TypeError
        event.occurred_at = occurred_at = parse_instant(event.occurred_at)
        event.received_at = received_at = parse_instant(event.received_at)
    except (KeyError, TypeError, ValueError, MsgspecError):
        return None
    if not (FIRST_INSTANT <= received_at <= written_at + DAY and FIRST_INSTANT <= occurred_at <= received_at + DAY):
        return None
    if _is_person_id(event.person_id) is None or len(value) > MAX_RECORD_BYTES:  # type: ignore[arg-type]
        return None
    if event.domain_id is not None and not event.domain_id.startswith("d_"):
        return None
    return event
