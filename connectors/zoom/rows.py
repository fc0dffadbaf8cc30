"""Rows of Zoom's REST lists -> events: registrants, speakers, participants. Pure."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from connectors.mapped import Context, Mapped
from connectors.toolkit.identity import normal_email
from connectors.zoom import people
from connectors.zoom.detail import Detail
from connectors.zoom.payload import FieldError, Fields
from contract.events import RegistrationStatus, Role
from contract.instants import DAY, FIRST_INSTANT, SECOND

Raw = Mapping[str, Any]

STATUSES: dict[str, RegistrationStatus] = {"approved": "approved", "pending": "registered", "denied": "denied"}
"""Zoom's lists of registrants. There is none of cancelled ones."""


@dataclass(slots=True)
class Known:
    """Data about people from one list that another list lacks."""

    email_of: dict[str, str] = field(default_factory=dict)
    """The email, by registrant id."""
    tracking_of: dict[str, str] = field(default_factory=dict)
    """The name of the tracking source, by registrant id."""
    panelists: set[str] = field(default_factory=set)
    """Panelists' emails in lower case."""


def registrant_events(
    row: Raw, status: str, webinar_id: str, begin: int | None, until: int | None, known: Known, context: Context
) -> list[Mapped]:
    """`status`: that of the row's list. People who registered after `until` belong to a later occurrence.

    The list does not say when somebody was denied: the start of the day on which it is read is used, at most the
    webinar's start; so it is not stated again in every poll, and not too late to matter.
    """
    fields = Fields(row)
    try:
        created_at = fields.required_instant("create_time")
        who = people.registrant_of(fields, known.tracking_of.get(fields.optional_id("id"), ""))
    except FieldError as error:
        return [error.rejection]
    if who.registrant_id and who.email:
        known.email_of[who.registrant_id] = who.email
    if until is not None and created_at > until:
        return []
    if status != "denied":
        return people.registration(who, webinar_id, STATUSES[status], created_at, context)
    today = context.received_at // DAY * DAY
    denied_at = max(created_at, today if begin is None else min(today, begin))
    registered = people.registration(who, webinar_id, "registered", created_at, context)
    return [*registered, *people.registration(who, webinar_id, "denied", denied_at, context)]


def speaker_events(email: str, role: Role, webinar_id: str, at: int | None, context: Context) -> list[Mapped]:
    """A registration for a host or panelist, so that they are left out from their first minute on."""
    who = people.Registrant(registrant_id="", email=email, role=role)
    return people.registration(who, webinar_id, "registered", FIRST_INSTANT if at is None else at, context)


def panelist_email(row: Raw) -> str:
    """The email in lower case; empty if the row has no readable one."""
    try:
        return Fields(row).text("email").lower()
    except FieldError:
        return ""


def participant_events(
    row: Raw, uuid: str, webinar_id: str, detail: Detail, known: Known, context: Context
) -> list[Mapped]:
    """A stay's join and leave, with the same session_id as from webhooks. Time in the waiting room does not count."""
    fields = Fields(row, "participant")
    try:
        if fields.text("status") == "in_waiting_room":
            return []
        registrant_id = fields.optional_id("registrant_id")
        email = fields.text("user_email") or known.email_of.get(registrant_id, "")
        own_ids = {fields.optional_id("id"), fields.optional_id("participant_user_id")}
        stay = people.Stay(uuid, fields.id("user_id"), email, registrant_id, _role(email, own_ids, detail, known))
        joined_at, left_at = fields.required_instant("join_time"), fields.instant("leave_time")
    except FieldError as error:
        return [error.rejection]
    mapped = people.joined(stay, webinar_id, joined_at, context)
    if registrant_id and email:
        # A webhook may have had neither: then the person was counted by the stay.
        mapped += people.same_stay(stay, webinar_id, joined_at, context)
    return mapped if left_at is None else [*mapped, *people.left(stay, webinar_id, left_at, context)]


def view_events(rows: list[Raw], uuid: str, webinar_id: str, context: Context) -> list[tuple[Mapped, Raw]]:
    """Views of a recording, all of one run.

    Without an email each view is its own person: a name does not identify anybody, and the row has nothing else. The
    time watched is left out: it may grow, and each value would count as another view.
    """
    found: list[tuple[Mapped, Raw]] = []
    at_that_time: Counter[int] = Counter()
    for row in rows:
        fields = Fields(row, "view")
        try:
            at, email = fields.required_instant("date_time"), fields.text("email")
        except FieldError as error:
            found.append((error.rejection, row))
            continue
        if normal_email(email) is None:
            at_that_time[at] += 1
        found.append((people.viewed(email, f"view:{uuid}:{at}:{at_that_time[at]}", webinar_id, at, context), row))
    return found


def recording_registrant_events(
    row: Raw, status: str, webinar_id: str, ended_at: int, context: Context
) -> list[Mapped]:
    """Registrations to watch the recording: later than the webinar, so that no conversion changes.

    Without a time of its own, a registration gets the second after the end.
    """
    fields = Fields(row)
    try:
        at = fields.instant("create_time") or ended_at + SECOND
        who = people.registrant_of(fields)
    except FieldError as error:
        return [error.rejection]
    return people.registration(who, webinar_id, STATUSES[status], at, context)


def _role(email: str, own_ids: set[str], detail: Detail, known: Known) -> Role | None:
    address = email.strip().lower()
    if address in detail.host_emails or (detail.host_id and detail.host_id in own_ids):
        return "host"
    return "panelist" if address and address in known.panelists else None
