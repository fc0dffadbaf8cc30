"""notes.yaml: what people should know when they look at numbers: launches, trouble, offers. Pure."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated
from zoneinfo import ZoneInfo

from pydantic import Field, model_validator

from connectors.business.catalogue import Zone
from connectors.toolkit.content_id import content_hash
from connectors.toolkit.marked import FileModel, Marked, Model, check
from contract.instants import DAY, FIRST_INSTANT, HOUR, MINUTE, SECOND

NOT_SAID = -1
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_MINUTE = re.compile(r"(?:(\d{1,2}):)?(\d{1,3}):(\d\d)|(\d{1,4})")


class Scope(Model):
    """What a note is about: every field given has to match; none given: everything."""

    webinar: str | None = None
    """webinar_id."""
    course: str | None = None
    region: str | None = None
    source_group: str | None = None


class NoteEntry(Model):
    """One note as written in the file."""

    text: Annotated[str, Field(min_length=1, max_length=500)]
    scope: Scope = Scope()
    at: str | None = None
    """A day or a time: the start of the note."""
    until: str | None = None
    minute: str | None = None
    """Minute of the webinar: 42, or 42:30."""
    exclude: bool = False
    """Whether the webinars that it is about are left out of the baseline."""

    @model_validator(mode="after")
    def _has_a_place(self) -> "NoteEntry":
        if self.minute is not None and (self.at is not None or self.until is not None):
            raise ValueError("minute and at exclude each other")
        if self.minute is not None and self.scope.webinar is None:
            raise ValueError("a minute is one of a webinar; name it: scope: {webinar: …}")
        if self.at is None and self.scope.webinar is None:
            raise ValueError("say when (at), or of which webinar (scope: {webinar: …})")
        if self.until is not None and self.at is None:
            raise ValueError("until needs an at")
        return self


class File(FileModel):
    """notes.yaml."""

    timezone: Zone = "UTC"
    """Of times without an offset."""
    notes: tuple[NoteEntry, ...] = ()


@dataclass(frozen=True, slots=True)
class Note:
    """A note with its times resolved, in ms since 1970 UTC. NOT_SAID: the whole webinar, or its minute."""

    noted_from: int
    noted_until: int
    minute_ms: int
    webinar_id: str
    course: str
    region: str
    source_group: str
    text: str
    exclude: bool

    @property
    def note_id(self) -> str:
        """Derived from the note's content."""
        return content_hash([getattr(self, name) for name in self.__dataclass_fields__])


def notes(marked: Marked) -> Sequence[Note]:
    """The notes of the file, each once. Raises FileError."""
    file = check(marked, File)
    found = [_note(marked, number, entry, ZoneInfo(file.timezone)) for number, entry in enumerate(file.notes)]
    return list(dict.fromkeys(found))


def _note(marked: Marked, number: int, entry: NoteEntry, zone: ZoneInfo) -> Note:
    noted_from, noted_until = _span(marked, number, entry, zone)
    scope = entry.scope
    return Note(
        noted_from,
        noted_until,
        _minute(marked, number, entry.minute),
        scope.webinar or "",
        scope.course or "",
        scope.region or "",
        scope.source_group or "",
        entry.text,
        entry.exclude,
    )


def _span(marked: Marked, number: int, entry: NoteEntry, zone: ZoneInfo) -> tuple[int, int]:
    if entry.at is None:
        return NOT_SAID, NOT_SAID
    first, last = _times(marked, ("notes", number, "at"), entry.at, zone)
    if entry.until is not None:
        _, last = _times(marked, ("notes", number, "until"), entry.until, zone)
        if last < first:
            raise marked.error(("notes", number, "until"), "until: before at")
    return first, last


def _times(marked: Marked, path: tuple[str | int, ...], text: str, zone: ZoneInfo) -> tuple[int, int]:
    """The first and the last millisecond: of a day, or twice the moment."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise marked.error(path, f"{path[-1]}: {text} is no time; write 2026-11-22, or 2026-11-22 18:30") from None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=zone)
    first = _ms(moment)
    if not FIRST_INSTANT <= first < FIRST_INSTANT + 100 * 365 * DAY:
        raise marked.error(path, f"{path[-1]}: {text} is not in this century")
    if _DAY.fullmatch(text):
        return first, _ms(moment + timedelta(days=1)) - 1
    return first, first


def _ms(moment: datetime) -> int:
    return round(moment.timestamp() * 1000)


def _minute(marked: Marked, number: int, text: str | None) -> int:
    if text is None:
        return NOT_SAID
    match = _MINUTE.fullmatch(text)
    if match is None:
        raise marked.error(("notes", number, "minute"), f"minute: {text} is none; write 42, or 42:30")
    hours, minutes, seconds, only = match.groups()
    return int(hours or 0) * HOUR + int(minutes or only) * MINUTE + int(seconds or 0) * SECOND
