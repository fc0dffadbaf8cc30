"""The results of mapping a service's payload: events, registrations that still need a webinar, or rejections. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

from contract.events import Event


class Reason(StrEnum):
    """Why a connector did not publish something. A closed list: dashboards count by it."""

    UNREADABLE = "unreadable"
    """Not JSON, not a form, not a table."""
    UNKNOWN_KIND = "unknown_kind"
    """A kind of message, or a status, that this connector does not know."""
    MISSING_FIELD = "missing_field"
    WRONG_FORM = "wrong_form"
    TIME_OUT_OF_RANGE = "time_out_of_range"
    NO_PERSON = "no_person"
    """Neither an email nor an id of the service: no person to count."""
    COUNTED_TWICE = "counted_twice"
    """Earlier data counts as a webinar of its own, but is part of another webinar."""
    ERASURE_ASKED = "erasure_asked"
    """A service says that a person was deleted there. An operator decides (docs/erasure.md); it does not expire."""
    UNMAPPED_FORM = "unmapped_form"
    """No rule says which webinar this registration is for (connectors/forms). It is published once one does."""


@dataclass(frozen=True, slots=True)
class Rejection:
    """A part of a payload that gave no event. `detail` says which field and why, never the field's content."""

    reason: Reason
    detail: str


@dataclass(frozen=True, slots=True)
class FormRegistration:
    """A registration from a service that does not know the webinar's id on the service where people meet.

    connectors/forms finds the webinar; then it becomes the event `<service>:<submission>`.
    """

    service: str
    form: str
    """The service's id of the form, or of the series."""
    submission: str
    """The service's own id of the submission, or a hash of its content. No personal data."""
    submitted_at: int
    """Milliseconds since 1970 UTC."""
    person: Mapping[str, object]
    """person_id and domain_id, from connectors/toolkit/identity.py."""
    status: str = "registered"
    country: str | None = None
    timezone: str | None = None
    """An IANA name."""
    source: Mapping[str, str] | None = None
    is_test: bool | None = None
    fields: Mapping[str, str] | None = None
    """Fields for the rules: hidden fields, the chosen date. No personal data."""


Mapped: TypeAlias = Event | FormRegistration | Rejection


@dataclass(frozen=True, slots=True)
class Context:
    """What is not in a payload."""

    secret: str
    """The key of the hashes that identify people."""
    received_at: int
    """When the payload was received, in milliseconds since 1970 UTC."""
