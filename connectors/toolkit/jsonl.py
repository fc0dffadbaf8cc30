"""Files of contract events, one JSON object per line: checked as the workers read them. Only `read_lines` does I/O."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from contract.decode import DeadLetter, Reason, decode
from contract.topics import MAX_RECORD_BYTES, TOPIC_OF_TYPE, Topic

_ANY_TOPIC = Topic("any", frozenset(TOPIC_OF_TYPE))
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_ADVICE = {
    Reason.NOT_JSON: "write one JSON object per line, in UTF-8",
    Reason.UNKNOWN_VALUE: "use a value that docs/contract.md lists",
    Reason.MISSING_FIELD: "add it; docs/contract.md says which fields are mandatory",
    Reason.WRONG_FORM: "correct its form; docs/contract.md says which",
    Reason.TIME_OUT_OF_RANGE: "correct the time, its offset, or this machine's clock",
}


@dataclass(frozen=True, slots=True)
class Line:
    """One line without its line end. `value` is None if it is longer than Kafka accepts."""

    number: int
    value: bytes | None


@dataclass(frozen=True, slots=True)
class Accepted:
    """A line that is an event, verbatim, with its topic and key."""

    topic: str
    key: bytes
    value: bytes


@dataclass(frozen=True, slots=True)
class Refused:
    """A line that the workers would not accept. `reason` says which field and why, `advice` what to do."""

    number: int
    reason: str
    advice: str


def read_lines(stream: BinaryIO) -> Iterator[Line]:
    """The lines that are not blank, numbered from 1. Memory stays below two records however long a line is."""
    number = 0
    while piece := stream.readline(MAX_RECORD_BYTES + 2):
        number += 1
        if number == 1:
            piece = piece.removeprefix(_BYTE_ORDER_MARK)
        value = piece.rstrip(b"\r\n")
        if len(value) > MAX_RECORD_BYTES:
            while piece and not piece.endswith(b"\n"):
                piece = stream.readline(MAX_RECORD_BYTES)
            yield Line(number, None)
        elif value.strip():
            yield Line(number, value)


def check(line: Line, written_at: int) -> Accepted | Refused:
    """The result for a line that reaches Kafka at `written_at` (milliseconds since 1970 UTC). Pure."""
    if line.value is None:
        return Refused(line.number, f"record: over {MAX_RECORD_BYTES:,} bytes", "make it smaller; Kafka takes no more")
    event = decode(line.value, _ANY_TOPIC, written_at)
    if isinstance(event, DeadLetter):
        return Refused(line.number, f"{event.reason}: {event.detail}", _ADVICE[event.reason])
    return Accepted(TOPIC_OF_TYPE[event.type].name, event.webinar_id.encode(), line.value)
