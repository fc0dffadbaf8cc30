"""A payload of a described form service -> a registration, or a rejection. Pure."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import TypeVar

from connectors.generic.describe import STATUSES, Description, Value
from connectors.generic.missing import by_name, missing, only_ids
from connectors.generic.path import Payload, is_search
from connectors.generic.submitted_at import submitted_at
from connectors.mapped import Context, FormRegistration, Mapped, Reason, Rejection
from connectors.toolkit import reading
from connectors.toolkit.body import BodyError, Kind, is_broken, read_bodies
from connectors.toolkit.content_id import content_hash, mapped_event
from connectors.toolkit.email_address import EmailError, clean_email
from connectors.toolkit.form_registration import form_registration, opaque
from connectors.toolkit.identity import person_of
from connectors.toolkit.utm import UTM, source_of, utm_of, utm_of_url
from contract.instants import MINUTE, format_instant

T = TypeVar("T")

SERVICE = "generic"


class FieldError(Exception):
    """A required field is missing or unreadable. The text names the field and never repeats its value."""

    def __init__(self, reason: Reason, detail: str) -> None:
        super().__init__(detail)
        self.rejection = Rejection(reason, detail)


def map_described(body: bytes, name: str, description: Description, context: Context) -> Sequence[Mapped]:
    """The registration or rejection of a delivery of the form service `name`. Never raises, whatever the bytes."""
    try:
        bodies = read_bodies(body, description.encoding)
    except BodyError as error:
        return [Rejection(Reason.UNREADABLE, f"body: {error}")]
    deliveries = (_Delivery(one.kind, Payload.of(one.fields), name, description, context) for one in bodies)
    return [one for delivery in deliveries for one in delivery.mapped()]


@dataclass(frozen=True, slots=True)
class _Delivery:
    kind: Kind
    payload: Payload
    name: str
    description: Description
    context: Context

    def mapped(self) -> Sequence[Mapped]:
        description = self.description
        asked = [self._asked()] if any(self._says(*one) for one in description.erasure.items()) else []
        if not all(self._says(*one) for one in description.only.items()):
            return asked
        try:
            registration = self._registration()
            webinar_id = self._text(description.fields.webinar_id)
        except FieldError as error:
            return asked or [error.rejection]
        return [*asked, _direct(registration, webinar_id, self.context) if webinar_id else registration]

    def _says(self, path: str, words: Sequence[str]) -> bool:
        return any(reading.text(one) in words for one in self.payload.at(path))

    def _asked(self) -> Rejection:
        """Only asked: an address with a token may be known to others, and what is erased never comes back."""
        try:
            self._email()
        except FieldError:
            return Rejection(Reason.ERASURE_ASKED, "a person was deleted there, told by the service's own id only")
        return Rejection(Reason.ERASURE_ASKED, "a person was deleted there: its email is in the payload")

    def _registration(self) -> FormRegistration:
        fields = self.description.fields
        email = self._email()
        status = self._text(fields.status) or "registered"
        if status not in STATUSES:
            raise FieldError(Reason.UNKNOWN_KIND, "status: not one of the contract's, and not among `values`")
        form = self._text(fields.form) or self.name
        registration = form_registration(
            service=SERVICE,
            form=form,
            submission=self._submission(form, email),
            submitted_at=self._submitted_at(),
            email=email,
            context=self.context,
            status=status,
            country=self._text(fields.country),
            timezone=self._text(fields.timezone),
            source=self._source(),
            fields={rule: self._text(value) for rule, value in self.description.rule_fields.items()},
        )
        if isinstance(registration, Rejection):
            places = fields.email.paths if registration.reason is Reason.NO_PERSON else ()
            hint = next(filter(None, (by_name(self.payload, path) for path in places)), "")
            raise FieldError(registration.reason, registration.detail + hint)
        return registration

    def _email(self) -> str:
        """The address at the first place that holds one; else the first text that should be one. Raises FieldError."""
        value = self.description.fields.email
        said = [[self._text(value)]] if value.joined or value.constant else list(map(self._texts, value.paths))
        addresses = next((found for texts in said if (found := _addresses(texts))), [])
        if len(addresses) > 1:
            several = "it holds several addresses; name the person's field in the description, under email"
            raise FieldError(Reason.NO_PERSON, f"email: {several}")
        # Texts that a search found besides addresses say nothing about an email.
        named = [text for path, texts in zip(value.paths, said, strict=False) if not is_search(path) for text in texts]
        if not addresses and not named:
            detail = only_ids(self.payload) or missing(self.kind, self.payload, value.paths)
            raise FieldError(Reason.NO_PERSON, f"email: {detail}")
        return addresses[0] if addresses else named[0]

    def _submitted_at(self) -> int:
        value = self.description.fields.submitted_at
        if value is None:
            return self.context.received_at
        said = self._raw(value)
        if said is None or said == "":
            raise FieldError(Reason.MISSING_FIELD, f"submitted_at: {missing(self.kind, self.payload, value.paths)}")
        try:
            return submitted_at(said, self.description.dates, self.description.timezone)
        except ValueError as error:
            raise FieldError(Reason.WRONG_FORM, f"submitted_at: {error}") from error

    def _submission(self, form: str, email: str) -> str:
        """By the service's own id if it has one, prefixed with the file's name; hashed, because it may be anything."""
        own = self._text(self.description.fields.submission)
        secret = self.context.secret
        if own:
            return opaque(f"{self.name}/{own}/{self._text(self.description.fields.status)}", secret)
        person = person_of(SERVICE, email, "", secret)
        minute = self.context.received_at // MINUTE
        return content_hash({"name": self.name, "form": form, "person": person, "minute": minute})

    def _source(self) -> dict[str, str] | None:
        fields = self.description.fields
        direct = {name: self._text(getattr(fields, name)) for name in UTM}
        return source_of(
            {**utm_of_url(self._text(fields.landing_page)), **utm_of(direct)},
            self._text(fields.referrer),
            tracking_code=self._text(fields.tracking_code),
            platform_source=self._text(fields.platform_source),
        )

    def _text(self, value: Value | None) -> str:
        return "" if value is None else reading.text(self._raw(value))

    def _raw(self, value: Value) -> object:
        """The value, translated to the contract's words by `values`. None if it is empty."""
        if value.constant is not None:
            return value.constant
        if value.joined is not None:
            found: object = " ".join(filter(None, (self._first((path,), reading.text) for path in value.joined)))
        else:
            found = self._first(value.paths, lambda one: one if reading.text(one) else None)
        return value.values.get(reading.text(found), found)

    def _first(self, paths: Sequence[str], read: Callable[[object], T]) -> T | None:
        """The first that is not empty."""
        return next((said for path in paths for one in self._at(path) if (said := read(one))), None)

    def _at(self, path: str) -> Sequence[object]:
        found = self.payload.at(path)
        if any(isinstance(one, str) and is_broken(one) for one in found):
            detail = f"{path}: not {self.description.encoding}; say the form's encoding, such as encoding: windows-1251"
            raise FieldError(Reason.UNREADABLE, detail)
        return found

    def _texts(self, path: str) -> list[str]:
        return [text for one in self._at(path) if (text := reading.text(one))]


def _addresses(texts: Sequence[str]) -> list[str]:
    """The texts that are email addresses, cleaned, each once; at most two, enough to see that there are several."""
    found: list[str] = []
    for text in texts:
        with suppress(EmailError):
            address = clean_email(text)
            if address not in found:
                found.append(address)
        if len(found) > 1:
            break
    return found


def _direct(registration: FormRegistration, webinar_id: str, context: Context) -> Mapped:
    """The payload names the webinar itself: no rule is needed."""
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
