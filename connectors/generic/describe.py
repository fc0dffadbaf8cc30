"""What a file about a form service may say, as models (docs/services/generic.md). Pure."""

from typing import Annotated, Literal, Self, get_args

from jsonpointer import JsonPointer, JsonPointerException
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, field_validator, model_validator

from connectors.signing import Algorithm, Encoding
from streams.events import RegistrationStatus

STATUSES = get_args(RegistrationStatus)
_STRICT = ConfigDict(extra="forbid", frozen=True, arbitrary_types_allowed=True)


class Value(BaseModel):
    """Where a value comes from: a place in the payload, or always the same text."""

    model_config = _STRICT

    pointer: str | None = None
    """RFC 6901, such as `/data/email`; `/email` for a submitted form."""
    constant: str | None = None
    values: dict[str, str] = {}
    """What the service says -> what is meant. Without it, as the service says it."""

    @field_validator("pointer")
    @classmethod
    def _is_pointer(cls, text: str | None) -> str | None:
        if text is not None:
            try:
                JsonPointer(text)
            except JsonPointerException as error:
                raise ValueError("a pointer begins with /, such as /data/email (RFC 6901)") from error
        return text

    @model_validator(mode="after")
    def _says_one(self) -> Self:
        if (self.pointer is None) == (self.constant is None):
            raise ValueError("say either pointer or constant")
        return self


def _in_short(value: object) -> object:
    """A pointer may stand alone: `email: /data/email`."""
    return {"pointer": value} if isinstance(value, str) else value


From = Annotated[Value, BeforeValidator(_in_short)]


class Status(Value):
    """The registration's status, whose values have to be those of the contract."""

    @model_validator(mode="after")
    def _known(self) -> Self:
        for said in (*self.values.values(), *([] if self.constant is None else [self.constant])):
            if said not in STATUSES:
                raise ValueError(f"{said} is not one of {', '.join(STATUSES)}")
        return self


class Fields(BaseModel):
    """What a registration says, and where in the payload it stands."""

    model_config = _STRICT

    email: From
    submission: From | None = None
    """The service's own id of the submission. Without it: form, person and minute."""
    submitted_at: From | None = None
    """RFC 3339, or unix time in seconds or milliseconds. Without it: when it came to us."""
    form: From | None = None
    """By which the rules find the webinar. Without it: the name of the file."""
    webinar_id: From | None = None
    """Where the service does know where people meet, such as `zoom:91234567890`."""
    status: Annotated[Status, BeforeValidator(_in_short)] | None = None
    country: From | None = None
    timezone: From | None = None
    """The registrant's, by its IANA name; any other text is left out."""
    utm_source: From | None = None
    utm_medium: From | None = None
    utm_campaign: From | None = None
    utm_content: From | None = None
    utm_term: From | None = None
    tracking_code: From | None = None
    platform_source: From | None = None
    referrer: From | None = None
    landing_page: From | None = None
    """An address whose query holds utm fields."""


class Token(BaseModel):
    """A secret that comes with each request."""

    model_config = _STRICT

    kind: Literal["token"]
    place: Literal["address", "header"] = "address"
    header: str = "authorization"
    """For `place: header`; `Bearer ` before the token may be there or not."""


class Signature(BaseModel):
    """HMAC of the raw body."""

    model_config = _STRICT

    kind: Literal["hmac"]
    header: str
    algorithm: Algorithm = "sha256"
    encoding: Encoding = "hex"
    prefix: str = ""
    """What stands before the signature, such as `sha256=`."""


class Description(BaseModel):
    """One file: how the service is believed, what counts, and what stands where."""

    model_config = _STRICT

    title: str = ""
    protection: Annotated[Token | Signature, Field(discriminator="kind")]
    only: dict[str, list[str]] = {}
    """Pointer -> values: only payloads that have one of them there count; the others are answered and left."""
    fields: Fields
    rule_fields: dict[str, From] = {}
    """More that rules may look at, such as the chosen date; nothing personal."""

    @field_validator("only")
    @classmethod
    def _pointers(cls, only: dict[str, list[str]]) -> dict[str, list[str]]:
        for text in only:
            Value(pointer=text)
        return only
