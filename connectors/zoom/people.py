"""Zoom's data about a person -> registration, session and identity events, the same for webhooks and REST. Pure."""

from dataclasses import dataclass

from connectors.mapped import Context, Mapped, Reason, Rejection
from connectors.toolkit.content_id import mapped_event
from connectors.toolkit.identity import link_of, person_of
from connectors.toolkit.utm import UTM, source_of, utm_of
from connectors.zoom.occurrence import PLATFORM
from connectors.zoom.payload import Fields, time_text
from contract.events import RegistrationStatus, Role

_REFERRER = ("referrer", "referer")


@dataclass(frozen=True, slots=True)
class Registrant:
    """Somebody with a registration, or a host or panelist."""

    registrant_id: str
    email: str
    country: str = ""
    source: dict[str, str] | None = None
    role: Role | None = None


@dataclass(frozen=True, slots=True)
class Stay:
    """One uninterrupted stay of somebody on one device."""

    uuid: str
    """The uuid of the webinar's run: a restart has another."""
    user_id: str
    """The id of the stay: a rejoin has another. Webhooks and REST give the same."""
    email: str
    registrant_id: str
    role: Role | None = None

    @property
    def session_id(self) -> str:
        return f"{self.uuid}:u{self.user_id}"

    @property
    def stay_key(self) -> str:
        """Identifies a person about whom nothing else is known: both webhooks and REST have it."""
        return f"session:{self.session_id}"


def registrant_of(fields: Fields, tracking_code: str = "") -> Registrant:
    """From a webhook's registrant or a row of REST; `tracking_code` if REST gives it separately. Raises FieldError."""
    return Registrant(
        registrant_id=fields.optional_id("id"),
        email=fields.text("email"),
        country=fields.text("country"),
        source=_source(fields, tracking_code),
    )


def registration(
    who: Registrant, webinar_id: str, status: RegistrationStatus, occurred_at: int, context: Context
) -> list[Mapped]:
    """The registration event, and the identity if both email and registrant id are known."""
    person = person_of(PLATFORM, who.email, who.registrant_id, context.secret)
    if person is None:
        return [Rejection(Reason.NO_PERSON, "registrant: neither an email nor an id")]
    when = _when(webinar_id, occurred_at)
    content: dict[str, object] = {
        **when,
        **person,
        "type": "registration",
        "status": status,
        "role": who.role,
        "country": who.country or None,
        "source": who.source,
    }
    link = link_of(PLATFORM, who.email, who.registrant_id, context.secret)
    mapped: list[Mapped] = [mapped_event(content, context, PLATFORM)]
    return [*mapped, mapped_event({**link, **when}, context, PLATFORM)] if link else mapped


def joined(stay: Stay, webinar_id: str, at: int, context: Context) -> list[Mapped]:
    """The join, and the identity if an email is known.

    The identity links the registrant's id, else that of the stay, so that earlier events without the email count for
    the same person.
    """
    when = _when(webinar_id, at)
    link = _link(stay, stay.registrant_id or stay.stay_key, when, context)
    return [_session("joined", stay, when, context), *link]


def same_stay(stay: Stay, webinar_id: str, at: int, context: Context) -> list[Mapped]:
    """The identity of somebody who may have been counted only by the stay."""
    return _link(stay, stay.stay_key, _when(webinar_id, at), context)


def same_registrant(registrant_id: str, email: str, webinar_id: str, at: int, context: Context) -> list[Mapped]:
    """The identity of a registrant, if both are known."""
    link = link_of(PLATFORM, email, registrant_id, context.secret)
    return [mapped_event({**link, **_when(webinar_id, at)}, context, PLATFORM)] if link else []


def left(stay: Stay, webinar_id: str, at: int, context: Context) -> list[Mapped]:
    """The leave."""
    return [_session("left", stay, _when(webinar_id, at), context)]


def viewed(email: str, view: str, webinar_id: str, at: int, context: Context) -> Mapped:
    """A view of the recording by that email; without one, by a person that only `view` identifies."""
    person = person_of(PLATFORM, email, view, context.secret)
    content = {**_when(webinar_id, at), **(person or {}), "type": "attendance", "kind": "recording_viewed"}
    return mapped_event(content, context, PLATFORM)


def _when(webinar_id: str, at: int) -> dict[str, object]:
    return {"webinar_id": webinar_id, "platform": PLATFORM, "occurred_at": time_text(at)}


def _link(stay: Stay, key: str, when: dict[str, object], context: Context) -> list[Mapped]:
    link = link_of(PLATFORM, stay.email, key, context.secret)
    return [mapped_event({**link, **when}, context, PLATFORM)] if link else []


def _session(kind: str, stay: Stay, when: dict[str, object], context: Context) -> Mapped:
    person = person_of(PLATFORM, stay.email, stay.registrant_id or stay.stay_key, context.secret)
    content: dict[str, object] = {
        **when,
        **(person or {}),
        "type": "attendance",
        "kind": kind,
        "session_id": stay.session_id,
        "role": stay.role,
    }
    return mapped_event(content, context, PLATFORM)


def _source(fields: Fields, tracking_code: str) -> dict[str, str] | None:
    """The source: answers to questions named like utm fields or `referrer`, by which organisers pass it on."""
    answers: dict[str, str] = {}
    for question in fields.objects("custom_questions"):
        name = question.text("title").lower()
        if (name in UTM or name in _REFERRER) and (answer := question.text("value")):
            answers["referrer" if name in _REFERRER else name] = answer
    tracked = fields.optional_object("tracking_source").text("source_name") or tracking_code
    return source_of(utm_of(answers), answers.get("referrer", ""), tracking_code=tracked)
