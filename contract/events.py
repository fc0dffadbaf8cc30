"""The contract's events, one strict model each (docs/contract.md). Pure.

Instants are milliseconds since 1970 UTC in Python and RFC 3339 text in JSON. `None` says nothing.
"""

from typing import Annotated, ClassVar, Literal, TypeAlias

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    PlainSerializer,
    PlainValidator,
    SerializerFunctionWrapHandler,
    TypeAdapter,
    model_serializer,
    model_validator,
)

from contract.instants import format_instant, parse_instant
from contract.measures import stayed_seconds

Instant = Annotated[
    int,
    PlainValidator(parse_instant, json_schema_input_type=str),
    PlainSerializer(format_instant, return_type=str, when_used="json"),
]
Count = Annotated[int, Field(ge=0, le=2**63 - 1)]
"""The largest integer that JSON readers and ClickHouse hold exactly. A greater one is an error."""
Id = Annotated[str, Field(min_length=1)]
PersonId = Annotated[str, Field(pattern=r"^[pr]_[0-9a-f]{32}$")]
EmailPersonId = Annotated[str, Field(pattern=r"^p_[0-9a-f]{32}$")]
DomainId = Annotated[str, Field(pattern=r"^d_")]
ZoneName = Annotated[str, Field(max_length=64)]
ForgottenId = Annotated[str, Field(pattern=r"^f_[0-9a-f]{32}$")]
RegistrantPersonId = Annotated[str, Field(pattern=r"^r_[0-9a-f]{32}$")]

Role: TypeAlias = Literal["attendee", "host", "panelist"]
RegistrationStatus: TypeAlias = Literal["registered", "approved", "cancelled", "denied", "withdrawn"]
WebinarStatus: TypeAlias = Literal["scheduled", "live", "ended", "cancelled"]


class _Event(BaseModel):
    """The fields of every event (docs/contract.md, "Common to all")."""

    model_config = ConfigDict(strict=True, extra="ignore")
    more_instants: ClassVar[tuple[str, ...]] = ()
    """The fields that hold an instant, besides occurred_at and received_at."""

    event_id: Id
    webinar_id: Id
    platform: Id
    occurred_at: Instant
    received_at: Instant
    schema_version: Annotated[int, Field(ge=1, le=1)]


class Service(BaseModel):
    """The service's values by which the business's rules sort a webinar; stated as a whole."""

    model_config = ConfigDict(strict=True, extra="ignore")

    series_id: str | None = None
    """`<platform>:<the service's id of the series>`; used to match forms to their webinar."""
    tags: list[str] | None = None
    channel: str | None = None
    host: str | None = None
    """The service's own id of the host, or the person_id of its email. Never a name."""


class Webinar(_Event):
    """A partial statement about a webinar: fields that are None are not stated."""

    more_instants = ("started_at", "ended_at", "completed_at")

    type: Literal["webinar"] = "webinar"
    authority: Annotated[int, Field(ge=0, le=2)] | None = None
    title: str | None = None
    course: str | None = None
    language: str | None = None
    region: str | None = None
    format: Literal["live", "recorded"] | None = None
    status: WebinarStatus | None = None
    starts_at: Instant | None = None
    duration_seconds: Count | None = None
    started_at: Instant | None = None
    ended_at: Instant | None = None
    timezone: str | None = None
    tells: list[str] | None = None
    completed_at: Instant | None = None
    service: Service | None = None


class Source(BaseModel):
    """Where a registration, or a view of its page, came from, as reported by the registering service."""

    model_config = ConfigDict(strict=True, extra="ignore")

    utm_source: str | None = None
    utm_medium: str | None = None
    utm_campaign: str | None = None
    utm_content: str | None = None
    utm_term: str | None = None
    referrer: str | None = None
    tracking_code: str | None = None
    platform_source: str | None = None


def _is_stayed(name: object) -> bool:
    return isinstance(name, str) and stayed_seconds(name) is not None


class SourceViews(BaseModel):
    """How often the registration page was viewed from one source."""

    model_config = ConfigDict(strict=True, extra="ignore")

    source: Source
    page_views: Count


class Totals(_Event):
    """What the service's own report says about a webinar as a whole: readings, of which the latest counts."""

    more_instants = ("reported_at",)

    type: Literal["totals"] = "totals"
    reported_by: Id
    reported_at: Instant
    registrations: Count | None = None
    visits_all: Count | None = None
    visits: Count | None = None
    visits_full: Count | None = None
    recording_views: Count | None = None
    page_views: Count | None = None
    invited: Count | None = None
    page_views_by_source: list[SourceViews] | None = None
    """The page views that the service reports by source; an empty list says nothing."""
    stayed: dict[str, Count] = Field(default_factory=dict)
    """How many stayed that many minutes, by names such as visits_5m and visits_30m."""

    @model_validator(mode="before")
    @classmethod
    def _with_stayed(cls, said: object) -> object:
        if not isinstance(said, dict):
            return said
        stayed = {name: value for name, value in said.items() if value is not None and _is_stayed(name)}
        return {**said, "stayed": stayed}

    @model_serializer(mode="wrap")
    def _as_said(self, dump: SerializerFunctionWrapHandler) -> dict[str, object]:
        said: dict[str, object] = dump(self)
        said.pop("stayed", None)
        return said | self.stayed


class _PersonEvent(_Event):
    """Optional fields of an event about a person."""

    person_id: PersonId
    role: Role | None = None
    is_test: bool | None = None
    domain_id: DomainId | None = None


class Registration(_PersonEvent):
    """A person's registration changed its status."""

    type: Literal["registration"] = "registration"
    status: RegistrationStatus
    country: str | None = None
    timezone: ZoneName | None = None
    """The registrant's time zone, an IANA name."""
    source: Source | None = None


class _Session(_PersonEvent):
    type: Literal["attendance"] = "attendance"
    session_id: Id


class Joined(_Session):
    """A session began at occurred_at."""

    kind: Literal["joined"] = "joined"


class Left(_Session):
    """A session ended at occurred_at."""

    kind: Literal["left"] = "left"


class Seen(_Session):
    """A sign of life within a session."""

    kind: Literal["seen"] = "seen"


class Summary(_PersonEvent):
    """A person's total watch time, from a service that gives no sessions."""

    more_instants = ("reported_at", "first_joined_at", "last_left_at")

    type: Literal["attendance"] = "attendance"
    kind: Literal["summary"] = "summary"
    total_seconds: Count
    reported_at: Instant
    first_joined_at: Instant | None = None
    last_left_at: Instant | None = None


class RecordingViewed(_PersonEvent):
    """The recording was watched."""

    type: Literal["attendance"] = "attendance"
    kind: Literal["recording_viewed"] = "recording_viewed"
    seconds: Count | None = None


class Identity(_Event):
    """Within this webinar the registrant `person_id` is the person `same_as`."""

    type: Literal["identity"] = "identity"
    person_id: RegistrantPersonId
    same_as: EmailPersonId


class Forgotten(_Event):
    """The person of this id is forgotten: nothing of it counts or is kept, whenever it arrives."""

    type: Literal["forgotten"] = "forgotten"
    forgotten_id: ForgottenId
    """contract/forgotten.py, of a `p_` or an `r_`."""


Attendance: TypeAlias = Annotated[Joined | Left | Seen | Summary | RecordingViewed, Field(discriminator="kind")]
PersonEvent: TypeAlias = Registration | Joined | Left | Seen | Summary | RecordingViewed
Event: TypeAlias = Webinar | Totals | PersonEvent | Identity | Forgotten

EVENT: TypeAdapter[Event] = TypeAdapter(
    Annotated[Webinar | Totals | Registration | Attendance | Identity | Forgotten, Field(discriminator="type")]
)
"""Reads an event: `EVENT.validate_json(bytes)`."""


def encode(event: Event) -> bytes:
    """The event as the record's value: UTF-8 JSON without empty fields."""
    return event.model_dump_json(exclude_none=True).encode()
