"""What a batch changed in memory -> the rows to write. Pure."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from contract.instants import SECOND
from streams.fold.lines import ForgottenRow, line
from streams.fold.memory import WebinarMemory
from streams.fold.person import PersonState, Rare
from streams.fold.row import row
from streams.fold.webinar_row import webinar_row
from streams.settings import Settings


class Changed(NamedTuple):
    """A webinar with rows to write."""

    webinar_id: str
    webinar: WebinarMemory
    itself: bool
    """Whether the webinar's own row is among them."""
    person_ids: Sequence[str]


def webinar_line(changed: Changed, fence: int, config: Settings) -> bytes:
    """The webinar's own row."""
    one = changed.webinar
    zone = config.default_timezone
    said = (changed.webinar_id, one.statements, one.facts)
    return line(webinar_row(*said, fence=fence, offset=one.offset, default_timezone=zone))


def forgotten_lines(changed: Changed) -> list[bytes]:
    """The rows of the ids that were forgotten."""
    return [line(ForgottenRow(one)) for one in changed.webinar.take_forgotten()]


def person_rows(changed: Changed, fence: int, config: Settings) -> Iterator[bytes]:
    """The rows of its persons; empty ones of those that are forgotten."""
    webinar_id, one, _, person_ids = changed
    persons, begin, sign_of_life = one.persons, one.facts.begin, config.sign_of_life_seconds * SECOND
    for person_id in person_ids:
        if person_id in one.erased:
            whole = own = PersonState(rare=Rare(forgotten=True), offsets=one.erased.pop(person_id))
        else:
            whole = one.whole(person_id)
            own = persons[person_id]
        yield row(webinar_id, person_id, own, whole, begin=begin, fence=fence, sign_of_life=sign_of_life)
