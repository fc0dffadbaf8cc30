"""Fields of Zoom's messages and responses as typed values. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from connectors.mapped import Reason, Rejection
from contract.instants import FIRST_INSTANT, format_instant, parse_instant

_LONGEST_TEXT = 500
_LONGEST_ID = 200
_GREATEST_NUMBER = 2**31
_LAST_INSTANT = 4_102_444_800_000
"""2100-01-01. Later times are implausible, and may not be printable."""


class FieldError(Exception):
    """A field cannot be read. The text says which and why, and repeats no content."""

    def __init__(self, reason: Reason, detail: str) -> None:
        super().__init__(detail)
        self.reason = reason

    @property
    def rejection(self) -> Rejection:
        return Rejection(self.reason, str(self))


@dataclass(frozen=True, slots=True)
class Fields:
    """An object of Zoom's JSON. Null and an empty text count as missing. Raises FieldError."""

    data: Mapping[str, Any]
    path: str = ""

    def text(self, name: str) -> str:
        """Trimmed text of limited length; a number as its digits: Zoom sends ids as both. Empty: missing."""
        value = self.data.get(name)
        if value is None:
            return ""
        if type(value) is int:
            value = str(value)
        elif not isinstance(value, str):
            raise self._wrong(name, "not a text")
        text = value.strip()[:_LONGEST_TEXT]
        return text if text.isascii() else self._utf8(name, text)

    def id(self, name: str) -> str:
        """A required text, which is never cut."""
        value = self.optional_id(name)
        if not value:
            raise FieldError(Reason.MISSING_FIELD, self._named(name))
        return value

    def optional_id(self, name: str) -> str:
        """A text that is never cut, so that two ids stay two. An email is refused as an id: ids go to Kafka."""
        value = self.text(name)
        if len(value) > _LONGEST_ID or "@" in value:
            raise self._wrong(name, "not an id")
        return value

    def number(self, name: str) -> int | None:
        value = self.data.get(name)
        if value is None or value == "":
            return None
        if isinstance(value, str) and len(value) < 12 and value.isascii() and value.isdigit():
            value = int(value)
        if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < _GREATEST_NUMBER:
            raise self._wrong(name, "not a whole number")
        return value

    def flag(self, name: str) -> bool | None:
        value = self.data.get(name)
        if value is not None and not isinstance(value, bool):
            raise self._wrong(name, "neither true nor false")
        return value

    def instant(self, name: str) -> int | None:
        """RFC 3339 text as milliseconds since 1970 UTC."""
        value = self.data.get(name)
        if value is None or value == "":
            return None
        try:
            return self._possible(name, parse_instant(value))
        except ValueError as error:
            raise self._wrong(name, "not a time such as 2026-11-22T18:00:00Z") from error

    def required_instant(self, name: str) -> int:
        value = self.instant(name)
        if value is None:
            raise FieldError(Reason.MISSING_FIELD, self._named(name))
        return value

    def milliseconds(self, name: str) -> int:
        """A required time that Zoom gives as milliseconds since 1970 UTC."""
        value = self.data.get(name)
        if value is None:
            raise FieldError(Reason.MISSING_FIELD, self._named(name))
        if isinstance(value, bool) or not isinstance(value, int):
            raise self._wrong(name, "not milliseconds since 1970")
        return self._possible(name, value)

    def object(self, name: str) -> "Fields":
        """A required object."""
        value = self.data.get(name)
        if value is None:
            raise FieldError(Reason.MISSING_FIELD, self._named(name))
        if not isinstance(value, dict):
            raise self._wrong(name, "not an object")
        return Fields(value, self._named(name))

    def optional_object(self, name: str) -> "Fields":
        """An object; an empty one if it is missing."""
        return Fields({}, self._named(name)) if self.data.get(name) is None else self.object(name)

    def objects(self, name: str) -> "Sequence[Fields]":
        """A list of objects; empty if it is missing."""
        value = self.data.get(name)
        if value is None:
            return ()
        if not isinstance(value, list) or not all(isinstance(one, dict) for one in value):
            raise self._wrong(name, "not a list of objects")
        return [Fields(one, self._named(name)) for one in value]

    def _possible(self, name: str, instant: int) -> int:
        if not FIRST_INSTANT <= instant <= _LAST_INSTANT:
            raise FieldError(Reason.TIME_OUT_OF_RANGE, f"{self._named(name)}: before 2000 or after 2100")
        return instant

    def _utf8(self, name: str, text: str) -> str:
        try:
            text.encode()
        except UnicodeEncodeError as error:
            raise self._wrong(name, "half a character") from error
        return text

    def _named(self, name: str) -> str:
        return f"{self.path}.{name}" if self.path else name

    def _wrong(self, name: str, why: str) -> FieldError:
        return FieldError(Reason.WRONG_FORM, f"{self._named(name)}: {why}")


def time_text(instant: int | None) -> str | None:
    """The instant in the form of events."""
    return None if instant is None else format_instant(instant)
