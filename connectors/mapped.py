"""What a mapping makes of a service's payload: events, registrations that still need a webinar, or rejections. Pure."""

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
    """Neither an email nor an id of the service: nobody could be counted."""
    COUNTED_TWICE = "counted_twice"
    """What passed before counts under a name of its own, and is part of another webinar."""
    UNMAPPED_FORM = "unmapped_form"
    """No rule says which webinar this registration is for (connectors/forms). Published once one does."""


@dataclass(frozen=True, slots=True)
class Rejection:
    """A piece of a payload that became no event. `detail` says which field and why, never the field's content."""

    reason: Reason
    detail: str


@dataclass(frozen=True, slots=True)
class FormRegistration:
    """A registration from a service that does not know the id of the service where people meet.

    connectors/forms finds the webinar; then it is the event `<service>:<submission>`.
    """

    service: str
    form: str
    """The service's id of the form, or of the series."""
    submission: str
    """The service's own id of the submission, or a hash that follows from it. Nothing personal."""
    submitted_at: int
    """Milliseconds since 1970 UTC."""
    person: Mapping[str, object]
    """person_id and domain_id, as connectors/identity gives them."""
    status: str = "registered"
    country: str | None = None
    timezone: str | None = None
    """An IANA name."""
    source: Mapping[str, str] | None = None
    is_test: bool | None = None
    fields: Mapping[str, str] | None = None
    """What rules may look at: hidden fields, the chosen date. Nothing personal."""


Mapped: TypeAlias = Event | FormRegistration | Rejection


@dataclass(frozen=True, slots=True)
class Context:
    """What a payload does not say."""

    secret: str
    """The key of the hashes that stand for people."""
    received_at: int
    """When the payload came to us, in milliseconds since 1970 UTC."""
