"""The content of a file about a form service, as models (docs/services/generic.md). Pure."""

from typing import Annotated, Literal, Self, get_args
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, field_validator, model_validator

from connectors.generic.path import steps
from connectors.toolkit.csv_rows import encoding_named
from connectors.toolkit.date_forms import date_form
from connectors.toolkit.signing import Algorithm, Encoding
from contract.events import RegistrationStatus

STATUSES = get_args(RegistrationStatus)
_STRICT = ConfigDict(extra="forbid", frozen=True)


def _is_path(text: str) -> str:
    steps(text)
    return text


Path = Annotated[str, AfterValidator(_is_path)]
"""As read by connectors/generic/path.py: `/data/email`, `/fields/[name=email]/value`; `/email` of a submitted form."""
Paths = Annotated[tuple[Path, ...], Field(min_length=1, max_length=10)]


class Value(BaseModel):
    """Where a value comes from: a place in the payload, or a constant text."""

    model_config = _STRICT

    pointer: Path | None = None
    first: Paths | None = None
    """Several places; the first one that is not empty counts."""
    joined: Paths | None = None
    """Several places that make up the value together, such as date and time, joined by one space."""
    constant: str | None = None
    values: dict[str, str] = {}
    """The service's value -> the contract's. Without it the service's value is used as it is."""

    @model_validator(mode="after")
    def _says_one(self) -> Self:
        if sum(one is not None for one in (self.pointer, self.first, self.joined, self.constant)) != 1:
            raise ValueError("say one of pointer, first, joined, constant")
        return self

    @property
    def paths(self) -> tuple[str, ...]:
        """All places that are read."""
        return (self.pointer,) if self.pointer is not None else self.first or self.joined or ()


def _in_short(value: object) -> object:
    """Short forms: a single pointer, `email: /data/email`, or a list of them, of which the first that is set counts."""
    if isinstance(value, list):
        return {"first": value}
    return {"pointer": value} if isinstance(value, str) else value


From = Annotated[Value, BeforeValidator(_in_short)]


class Status(Value):
    """The registration's status; its values have to be those of the contract."""

    @model_validator(mode="after")
    def _known(self) -> Self:
        for said in (*self.values.values(), *([] if self.constant is None else [self.constant])):
            if said not in STATUSES:
                raise ValueError(f"{said} is not one of {', '.join(STATUSES)}")
        return self


class Fields(BaseModel):
    """The fields of a registration, and where each is in the payload."""

    model_config = _STRICT

    email: From
    submission: From | None = None
    """The service's own id of the submission. Without it: form, person and minute."""
    submitted_at: From | None = None
    """RFC 3339, unix time in seconds or milliseconds, or by `dates` and `timezone`. Without it: the time of receipt."""
    form: From | None = None
    """The form, by which the rules find the webinar. Without it: the name of the file."""
    webinar_id: From | None = None
    """For a service that knows the webinar itself, such as `zoom:91234567890`."""
    status: Annotated[Status, BeforeValidator(_in_short)] | None = None
    country: From | None = None
    timezone: From | None = None
    """The registrant's time zone, an IANA name; any other text is left out."""
    utm_source: From | None = None
    utm_medium: From | None = None
    utm_campaign: From | None = None
    utm_content: From | None = None
    utm_term: From | None = None
    tracking_code: From | None = None
    platform_source: From | None = None
    referrer: From | None = None
    landing_page: From | None = None
    """A URL whose query holds utm fields."""


class Token(BaseModel):
    """A secret that is sent with each request."""

    model_config = _STRICT

    kind: Literal["token"]
    place: Literal["address", "header"] = "address"
    header: str = "authorization"
    """For `place: header`; `Bearer ` before the token is optional."""


class Signature(BaseModel):
    """HMAC of the raw body, and of what the service adds to it."""

    model_config = _STRICT

    kind: Literal["hmac"]
    header: str
    algorithm: Algorithm = "sha256"
    encoding: Encoding = "hex"
    prefix: str = ""
    """The text before the signature, such as `sha256=`."""
    part: str | None = None
    """For a header such as `t=1732272000,v1=5f1c…`: which part is the signature."""
    timestamp_part: str | None = None
    """Which part of that header is the signing time."""
    timestamp_header: str | None = None
    """The header with the signing time: unix time, in seconds or milliseconds."""
    address: Annotated[str, Field(pattern=r"^https?://\S+$")] | None = None
    """The address as configured in the service, if that is signed too."""
    signed: str = "{body}"
    """The text that is signed, made of {body}, {timestamp}, {method} and {address}."""

    @model_validator(mode="after")
    def _can_be_made(self) -> Self:
        has_time = self.timestamp_part is not None or self.timestamp_header is not None
        if self.timestamp_part is not None and (self.part is None or self.timestamp_header is not None):
            raise ValueError("timestamp_part goes with part, and without timestamp_header")
        if self.signed.count("{body}") != 1:
            raise ValueError("signed: write {body} once, in place of the body, such as {timestamp}.{body}")
        if ("{timestamp}" in self.signed) != has_time:
            raise ValueError("signed: {timestamp} goes with timestamp_part or timestamp_header, which say what it is")
        if ("{address}" in self.signed) != (self.address is not None):
            raise ValueError("signed: {address} goes with address, which says what the service has been given")
        return self


class Challenge(BaseModel):
    """How the service checks the address before it sends: a GET whose query holds what it expects back."""

    model_config = _STRICT

    answer: str
    """The parameter that is sent back, such as `hub.challenge`."""
    token: str | None = None
    """The parameter that has to hold the secret, such as `hub.verify_token`; the address may then lack it."""


def _zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError) as error:
        raise ValueError("no such time zone; give an IANA name such as Europe/Berlin, or UTC") from error
    return name


def _encoding(name: str) -> str:
    known = encoding_named(name)
    if known == "utf-8-sig":
        return "utf-8"
    if "a=%".encode(known) != b"a=%":
        raise ValueError("not an encoding of forms; write one such as utf-8, cp1251 or cp1252")
    return known


def _date_form(pattern: str) -> str:
    if not date_form(pattern).has_date:
        raise ValueError("a date format needs day, month and year, such as %d.%m.%Y %H:%M")
    return pattern


class Description(BaseModel):
    """One file: how deliveries are authenticated, which of them count, and where each field is."""

    model_config = _STRICT

    service: str = ""
    """The built-in description that this file extends (connectors/generic/services)."""
    title: str = ""
    protection: Annotated[Token | Signature, Field(discriminator="kind")]
    challenge: Challenge | None = None
    only: dict[str, list[str]] = {}
    """Pointer -> values: only payloads with one of them there count; others are acknowledged and ignored."""
    erasure: dict[str, list[str]] = {}
    """The same for payloads which say that a person was deleted there (docs/erasure.md)."""
    encoding: Annotated[str, AfterValidator(_encoding)] = "utf-8"
    """Encoding of a submitted form; JSON is always UTF-8."""
    timezone: Annotated[str, AfterValidator(_zone)] | None = None
    """Time zone of times without an offset."""
    dates: tuple[Annotated[str, AfterValidator(_date_form)], ...] = ()
    """Formats of times besides 2026-11-22 18:00[:00], as for strptime (connectors/toolkit/date_forms.py)."""
    fields: Fields
    rule_fields: dict[str, From] = {}
    """More fields for the rules, such as the chosen date; no personal data."""

    @field_validator("only", "erasure")
    @classmethod
    def _pointers(cls, which: dict[str, list[str]]) -> dict[str, list[str]]:
        for text in which:
            steps(text)
        return which

    @field_validator("dates")
    @classmethod
    def _one_order(cls, dates: tuple[str, ...]) -> tuple[str, ...]:
        orders = {order for pattern in dates if (order := date_form(pattern).order) is not None}
        if len({between for between, _ in orders}) < len(orders):
            raise ValueError("one form has the day first, another the month; keep the one that the service writes")
        return dates
