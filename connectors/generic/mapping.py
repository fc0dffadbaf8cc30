"""A payload of a described form service -> a registration, or a rejection. Pure."""

from collections.abc import Mapping, Sequence
from functools import lru_cache

from jsonpointer import JsonPointer

from connectors import reading
from connectors.body import read_fields
from connectors.content_id import content_hash, mapped_event
from connectors.form_registration import form_registration, opaque
from connectors.generic.describe import STATUSES, Description, Value
from connectors.identity import person_of
from connectors.mapped import Context, FormRegistration, Mapped, Reason, Rejection
from connectors.utm import UTM, source_of, utm_of, utm_of_url
from streams.instants import MINUTE, format_instant

SERVICE = "generic"


def map_described(body: bytes, name: str, description: Description, context: Context) -> Sequence[Mapped]:
    """What a delivery of the form service `name` becomes. Never raises for any bytes."""
    said = read_fields(body)
    if said is None:
        return [Rejection(Reason.UNREADABLE, "body: neither a submitted form nor a JSON object")]
    if not all(reading.text(_at(said, pointer)) in values for pointer, values in description.only.items()):
        return []
    registration = _registration(said, name, description, context)
    if isinstance(registration, Rejection):
        return [registration]
    webinar_id = _read(said, description.fields.webinar_id)
    return [_direct(registration, webinar_id, context) if webinar_id else registration]


def _registration(
    said: Mapping[str, object], name: str, description: Description, context: Context
) -> FormRegistration | Rejection:
    fields = description.fields
    status = _read(said, fields.status) or "registered"
    if status not in STATUSES:
        return Rejection(Reason.UNKNOWN_KIND, "status: not one of the contract's, and not among `values`")
    submitted_at = (
        context.received_at if fields.submitted_at is None else reading.instant(_raw(said, fields.submitted_at))
    )
    if submitted_at is None:
        return Rejection(Reason.WRONG_FORM, "submitted_at: neither RFC 3339 with an offset nor a unix time")
    form = _read(said, fields.form) or name
    email = _read(said, fields.email)
    return form_registration(
        service=SERVICE,
        form=form,
        submission=_submission(said, name, form, email, description, context),
        submitted_at=submitted_at,
        email=email,
        context=context,
        status=status,
        country=_read(said, fields.country),
        timezone=_read(said, fields.timezone),
        source=_source(said, description),
        fields={rule: _read(said, value) for rule, value in description.rule_fields.items()},
    )


def _submission(
    said: Mapping[str, object], name: str, form: str, email: str, description: Description, context: Context
) -> str:
    """By the service's own id where it says one, told apart by the file's name; hashed, for it may be anything."""
    own = _read(said, description.fields.submission)
    if own:
        status = _read(said, description.fields.status)
        return opaque(f"{name}/{own}/{status}", context.secret)
    person = person_of(SERVICE, email, "", context.secret)
    minute = context.received_at // MINUTE
    return content_hash({"name": name, "form": form, "person": person, "minute": minute})


def _source(said: Mapping[str, object], description: Description) -> dict[str, str] | None:
    fields = description.fields
    direct = {name: _read(said, getattr(fields, name)) for name in UTM}
    return source_of(
        {**utm_of_url(_read(said, fields.landing_page)), **utm_of(direct)},
        _read(said, fields.referrer),
        tracking_code=_read(said, fields.tracking_code),
        platform_source=_read(said, fields.platform_source),
    )


def _direct(registration: FormRegistration, webinar_id: str, context: Context) -> Mapped:
    """The service knows where people meet: no rule has to find it."""
    plain = reading.identifier(webinar_id)
    if ":" not in plain:
        return Rejection(Reason.WRONG_FORM, "webinar_id: not as in zoom:91234567890")
    content: dict[str, object] = {
        "type": "registration",
        "webinar_id": plain,
        "platform": registration.service,
        "occurred_at": format_instant(registration.submitted_at),
        "status": registration.status,
        "country": registration.country,
        "timezone": registration.timezone,
        "source": registration.source,
        **registration.person,
    }
    return mapped_event(content, context, SERVICE)


def _read(said: Mapping[str, object], value: Value | None) -> str:
    return "" if value is None else reading.text(_raw(said, value))


def _raw(said: Mapping[str, object], value: Value) -> object:
    if value.pointer is None:
        return value.constant
    found = _at(said, value.pointer)
    return value.values.get(reading.text(found), found) if value.values else found


def _at(said: object, pointer: str) -> object:
    """None where the payload has nothing there."""
    for part in _parts(pointer):
        if isinstance(said, Mapping):
            said = said.get(part)
        elif isinstance(said, list) and part.isdecimal() and int(part) < len(said):
            said = said[int(part)]
        else:
            return None
    return said


@lru_cache(maxsize=1024)
def _parts(pointer: str) -> list[str]:
    return list(JsonPointer(pointer).parts)
