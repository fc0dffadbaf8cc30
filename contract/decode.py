"""From a record's bytes to an event or a dead letter with its reason (docs/contract.md, "A dead letter is"). Pure."""

from dataclasses import dataclass
from enum import StrEnum

import orjson
from pydantic import ValidationError

from contract.events import EVENT, Event, Webinar
from contract.faults import in_words
from contract.instants import DAY, FIRST_INSTANT
from contract.topics import MAX_RECORD_BYTES, Topic


class Reason(StrEnum):
    """Why a record is a dead letter. A closed list: dashboards count by it."""

    NOT_JSON = "not_json"
    UNKNOWN_VALUE = "unknown_value"
    """An unknown type, kind, status, role or other enumerated value, or a type of another topic."""
    MISSING_FIELD = "missing_field"
    WRONG_FORM = "wrong_form"
    TIME_OUT_OF_RANGE = "time_out_of_range"


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """A record that is no event. `detail` names the field and the reason, never the field's content."""

    reason: Reason
    detail: str


LATEST_AHEAD = DAY
"""How much later a time may be than received_at, and received_at than the record's own timestamp."""
LATEST_START_AHEAD = 1096 * DAY
"""starts_at may be three years ahead."""

_REASON_OF_ERROR = {
    "json_invalid": Reason.NOT_JSON,
    "union_tag_not_found": Reason.MISSING_FIELD,
    "missing": Reason.MISSING_FIELD,
    "union_tag_invalid": Reason.UNKNOWN_VALUE,
    "literal_error": Reason.UNKNOWN_VALUE,
}


def decode(value: bytes | None, topic: Topic, written_at: int) -> Event | DeadLetter:
    """Reads one record of `topic`. `written_at` is the record's Kafka timestamp in milliseconds."""
    if value is None:
        return DeadLetter(Reason.NOT_JSON, "the record has no value")
    if len(value) > MAX_RECORD_BYTES:
        return DeadLetter(Reason.WRONG_FORM, f"record: over {MAX_RECORD_BYTES:,} bytes")
    try:
        event = EVENT.validate_json(value)
        # In ignored fields pydantic accepts numbers that JSON cannot hold, such as NaN and 1e999: a state stored
        # with one of them could never be loaded.
        orjson.loads(value)
    except ValidationError as error:
        return dead_letter(error)
    except orjson.JSONDecodeError as error:
        return DeadLetter(Reason.NOT_JSON, f"record: {error}")
    if event.type not in topic.event_types:
        return DeadLetter(Reason.UNKNOWN_VALUE, f"type: '{event.type}' does not belong on {topic.name}")
    return out_of_range(event, written_at) or event


def dead_letter(error: ValidationError) -> DeadLetter:
    """The text of a validation error of the contract's models, without the content."""
    first = error.errors(include_url=False, include_context=False, include_input=False)[0]
    kind = first["type"]
    reason = _REASON_OF_ERROR.get(kind, Reason.WRONG_FORM)
    if kind == "union_tag_invalid":
        # pydantic's text repeats the tag as it came; only the list of known ones is useful.
        message = "not one of" + first["msg"].rsplit("expected tags:", 1)[-1]
    else:
        message = in_words(first)
    # The first parts of the location name the variant of the event, the last one the field.
    field = next((part for part in reversed(first["loc"]) if isinstance(part, str)), "record")
    return DeadLetter(reason, f"{field}: {message}")


def out_of_range(event: Event, written_at: int) -> DeadLetter | None:
    """Why the event's times are implausible; None if they are plausible."""
    received_at = event.received_at
    if received_at < FIRST_INSTANT or received_at > written_at + LATEST_AHEAD:
        return DeadLetter(Reason.TIME_OUT_OF_RANGE, "received_at: before 2000, or over 24 h after the record")
    latest = received_at + LATEST_AHEAD
    if not FIRST_INSTANT <= event.occurred_at <= latest:
        return DeadLetter(Reason.TIME_OUT_OF_RANGE, "occurred_at: before 2000, or over 24 h after received_at")
    for field in event.more_instants:
        instant = getattr(event, field)
        if instant is not None and not FIRST_INSTANT <= instant <= latest:
            return DeadLetter(Reason.TIME_OUT_OF_RANGE, f"{field}: before 2000, or over 24 h after received_at")
    if isinstance(event, Webinar) and event.starts_at is not None:
        starts_at = event.starts_at
        if not FIRST_INSTANT <= starts_at <= received_at + LATEST_START_AHEAD:
            return DeadLetter(Reason.TIME_OUT_OF_RANGE, "starts_at: before 2000, or over 3 years after received_at")
    return None
