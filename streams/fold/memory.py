"""A worker's memory: the states of its most recently used webinars (docs/design.md 3).

The unit is a webinar: loaded whole when an event first names it, evicted whole. So identity links and a changed
start always find every person concerned (docs/decisions/0003-a-webinar-is-loaded-whole.md). Pure: no I/O, no clock.
"""

from collections import OrderedDict
from collections.abc import Container, Iterable, Iterator
from dataclasses import dataclass, field

from contract.canonical import canonical
from contract.events import Event, Forgotten, Identity, PersonEvent, Totals, Webinar
from contract.forgotten import forgotten_id
from contract.quick import Quick
from streams.fold import person, webinar
from streams.fold.offsets import NONE, joined, raised
from streams.fold.person import PERSON, PersonState
from streams.fold.webinar import Facts, Statement, WebinarState

WEBINARS_PLACE = 0
"""The position of the webinars topic in a person's offsets (contract/topics.py, EVENT_TOPICS)."""


@dataclass(slots=True)
class WebinarMemory:
    """One webinar with all its persons, and which of their rows are not in the store yet."""

    statements: WebinarState = webinar.EMPTY
    offset: int = 0
    """One more than the highest offset of a statement that changed the webinar."""
    begin_offset: int = 0
    """The same of those that changed its start, since it was loaded; 0: none did."""
    persons: dict[str, PersonState] = field(default_factory=dict)
    registrants: dict[str, set[str]] = field(default_factory=dict)
    """person_id (p_) -> the ids (r_) currently linked to it."""
    facts: Facts = field(default_factory=lambda: webinar.facts(webinar.EMPTY))
    fence: int = 0
    """The greatest fence of its stored rows when they were loaded (streams/fold/row.py)."""
    changed: bool = False
    """Whether the webinar's own row has to be written."""
    changed_persons: dict[str, None] = field(default_factory=dict)
    """The persons whose rows have to be written, in the order of their events: a set would scatter them in memory."""
    forgotten: set[str] = field(default_factory=set)
    """The forgotten ids (contract/forgotten.py); one set for all webinars of a worker. It only grows."""
    said_forgotten: list[str] = field(default_factory=list)
    """Those that have to be written to the store, before the rows."""
    erased: dict[str, int] = field(default_factory=dict)
    """Persons whose rows have to be replaced by empty ones -> their offsets."""
    forgotten_offsets: int = NONE
    """Of the events that said so."""
    erased_before: dict[str, tuple[int, str]] = field(default_factory=dict)
    """Persons that were erased before an event of this webinar said so -> their offsets, and whom they were linked to.
    Their rows have the version of those they replace until one does.
    """
    to_erase: bool = False
    """Whether some of `persons` may be forgotten by now."""

    def fold(self, event: Event | Quick, record: bytes, place: int, offset: int) -> None:
        """Folds one event. `place` is the topic's position in EVENT_TOPICS, `offset` the record's."""
        if isinstance(event, PERSON):
            if not self.forgotten or forgotten_id(event.person_id) not in self.forgotten:
                self._fold_person(event, record, place, offset)
        elif isinstance(event, Webinar):
            self._fold_statement(Statement(canonical(record), event), offset + 1)
        elif isinstance(event, Identity):
            if not self._is_of_forgotten(event, place, offset):
                self._fold_link(event, record, place, offset)
        elif isinstance(event, Forgotten):
            self._forget(event.forgotten_id, place, offset)
        else:
            # Totals are stored as stated (streams/batch.py), and part of none of our numbers.
            assert isinstance(event, Totals)

    def take_changes(self) -> tuple[bool, list[str]]:
        """Whether the webinar's own row has to be written, and which persons' rows; clears both."""
        self.erase()
        # p_ before r_: if the worker dies between two inserts, the repeated event must still find the r_ unchanged, or
        # it would change nothing and the p_ would never be written.
        persons = [person_id for person_id in self.changed_persons if person_id[0] == "p"]
        persons += [person_id for person_id in self.changed_persons if person_id[0] != "p"]
        changed, self.changed = self.changed, False
        self.changed_persons.clear()
        return changed, [*persons, *self.erased]

    def take_forgotten(self) -> list[str]:
        """The forgotten ids that the store does not know yet; clears them."""
        said, self.said_forgotten = self.said_forgotten, []
        return said

    def erase(self) -> None:
        """Drops the states of forgotten persons. Their rows are then to be replaced by empty ones (`erased`)."""
        if not self.to_erase:
            return
        self.to_erase = False
        for person_id in [one for one, state in self.persons.items() if self._is_forgotten(one, state)]:
            self._erase(person_id)
        for person_id, (offsets, same_as) in list(self.erased_before.items()):
            if joined(offsets, self.forgotten_offsets) != offsets:
                del self.erased_before[person_id]
                self._leave_empty(person_id, offsets, same_as)

    def whole(self, person_id: str) -> PersonState:
        """The joined state of a person under all its ids. Raises the person's own offsets to theirs, and to that of the
        statement that moved the start.
        """
        own = self.persons[person_id]
        if self.begin_offset:
            own.offsets = raised(own.offsets, WEBINARS_PLACE, self.begin_offset)
        registrants = self.registrants.get(person_id)
        if not registrants:
            return own
        together = person.joined(own, [self.persons[registrant] for registrant in registrants])
        person.raise_offsets(own, together.offsets)
        return together

    def remember(self, person_id: str, state: PersonState, begin_used: int) -> None:
        """Takes over a person's stored state, whose row was derived with `begin_used`."""
        self.persons[person_id] = state
        if state.rare.link:
            self.registrants.setdefault(state.rare.link.same_as, set()).add(person_id)
        if begin_used != self.facts.begin:
            # A worker died after it wrote the statement and before it wrote all rows.
            self._touch(person_id, WEBINARS_PLACE, self.offset)

    def _is_of_forgotten(self, link: Identity, place: int, offset: int) -> bool:
        """Whether one of the two ids is forgotten; a registrant of a forgotten person then is, too."""
        if not self.forgotten:
            return False
        if forgotten_id(link.same_as) in self.forgotten:
            self._forget(forgotten_id(link.person_id), place, offset)
            return True
        return forgotten_id(link.person_id) in self.forgotten

    def _forget(self, forgotten: str, place: int, offset: int) -> None:
        # Even if it is known: it may have been said of another webinar, or not be in the store yet.
        self.forgotten_offsets = raised(self.forgotten_offsets, place, offset + 1)
        self._add_forgotten(forgotten)
        self.to_erase = True

    def _add_forgotten(self, forgotten: str) -> None:
        self.forgotten.add(forgotten)
        self.said_forgotten.append(forgotten)

    def _is_forgotten(self, person_id: str, state: PersonState) -> bool:
        if state.rare.forgotten or forgotten_id(person_id) in self.forgotten:
            return True
        linked = {state.rare.link.same_as, *state.rare.other_links} if state.rare.link else state.rare.other_links
        return any(forgotten_id(one) in self.forgotten for one in linked)

    def _erase(self, person_id: str) -> None:
        state = self.persons.pop(person_id)
        self.changed_persons.pop(person_id, None)
        self.registrants.pop(person_id, None)
        if state.rare.forgotten:
            # Its row is an empty one, or even deleted: it must not be written again.
            return
        same_as = state.rare.link.same_as if state.rare.link else ""
        if same_as in self.registrants:
            self.registrants[same_as].discard(person_id)
        self._add_forgotten(forgotten_id(person_id))
        self._leave_empty(person_id, state.offsets, same_as)

    def _leave_empty(self, person_id: str, offsets: int, same_as: str) -> None:
        """Its row has to be replaced, and that of the person it was linked to, which has no part in it any more."""
        self.erased[person_id] = later = joined(offsets, self.forgotten_offsets)
        if later == offsets:
            self.erased_before[person_id] = offsets, same_as
        if same_as in self.persons:
            together = self.persons[same_as]
            together.offsets = joined(together.offsets, later)
            self.changed_persons[same_as] = None

    def _fold_statement(self, statement: Statement, offset: int) -> None:
        statements = webinar.fold(self.statements, [statement])
        if statements == self.statements:
            return
        begin = self.facts.begin
        self.statements, self.offset, self.changed = statements, max(self.offset, offset), True
        self.facts = webinar.facts(statements)
        if self.facts.begin != begin:
            # The offsets rise when the rows are made (`whole`): to look at each person here would hold up the others.
            self.begin_offset = self.offset
            self.changed_persons.update(dict.fromkeys(self.persons))

    def _fold_person(self, event: PersonEvent | Quick, record: bytes, place: int, offset: int) -> None:
        person_id = event.person_id
        state = self.persons.get(person_id)
        if state is None:
            state = self.persons[person_id] = PersonState()
        if person.fold(state, event, record):
            state.offsets = raised(state.offsets, place, offset + 1)
            self._mark(person_id, state)

    def _fold_link(self, event: Identity, record: bytes, place: int, offset: int) -> None:
        registrant = event.person_id
        state = self.persons.setdefault(registrant, PersonState())
        before = state.rare.link
        if not person.fold(state, event, record):
            return
        if state.rare.link is before:
            # One that does not win: it is only remembered.
            state.offsets = raised(state.offsets, place, offset + 1)
            self.changed_persons[registrant] = None
            return
        for moved in {event.same_as, before.same_as if before else event.same_as}:
            # Both keep the offsets of the states they were joined with: a version never shrinks.
            linked_to = self.persons.setdefault(moved, PersonState())
            person.raise_offsets(linked_to, state.offsets)
            self._touch(moved, place, offset + 1)
        if before:
            self.registrants[before.same_as].discard(registrant)
        self.registrants.setdefault(event.same_as, set()).add(registrant)
        self._touch(registrant, place, offset + 1)

    def _touch(self, person_id: str, place: int, offset: int) -> None:
        state = self.persons[person_id]
        state.offsets = raised(state.offsets, place, offset)
        self._mark(person_id, state)

    def _mark(self, person_id: str, state: PersonState) -> None:
        self.changed_persons[person_id] = None
        link = state.rare.link
        if link is not None and link.same_as != person_id:
            self.changed_persons[link.same_as] = None


class Memory:
    """The webinars of one worker; the least recently used are evicted first."""

    def __init__(self, most_persons: int) -> None:
        self._most_persons = most_persons
        self._webinars: OrderedDict[str, WebinarMemory] = OrderedDict()
        self._partitions: dict[str, int] = {}
        self.forgotten: set[str] = set()
        """The forgotten ids, shared by all webinars (contract/forgotten.py)."""

    def __getitem__(self, webinar_id: str) -> WebinarMemory:
        return self._webinars[webinar_id]

    def __len__(self) -> int:
        return len(self._webinars)

    @property
    def persons(self) -> int:
        """Of how many persons it holds the states."""
        return sum(len(one.persons) for one in self._webinars.values())

    def missing(self, webinar_ids: Iterable[str]) -> list[str]:
        """The webinars that have to be loaded first. The others count as used just now."""
        absent = []
        for webinar_id in webinar_ids:
            if webinar_id in self._webinars:
                self._webinars.move_to_end(webinar_id)
            else:
                absent.append(webinar_id)
        return absent

    def remember(self, webinar_id: str, partition: int, loaded: WebinarMemory) -> None:
        """Adds a webinar that was missing."""
        loaded.forgotten = self.forgotten
        # A worker may have died after it wrote who is forgotten and before it wrote all rows.
        loaded.to_erase = bool(self.forgotten)
        loaded.erase()
        self._webinars[webinar_id] = loaded
        self._partitions[webinar_id] = partition

    def forget_partitions(self, partitions: set[int]) -> None:
        """Forgets the webinars of these partitions: another worker may own them now."""
        for webinar_id in [one for one, partition in self._partitions.items() if partition in partitions]:
            self._forget(webinar_id)

    def evict(self, keep: Container[str] = (), room: int = 0) -> None:
        """Evicts webinars, the least recently used first, until the bound holds with so many persons more. Spares those
        of `keep`, which are not all in the store yet, and without `room` the last used one.
        """
        persons = room + self.persons
        for webinar_id in list(self._webinars)[: None if room else -1]:
            if persons <= self._most_persons:
                return
            if webinar_id not in keep:
                persons -= len(self._webinars[webinar_id].persons)
                self._forget(webinar_id)

    def changed(self, webinar_ids: Iterable[str]) -> Iterator[tuple[str, WebinarMemory]]:
        """Those of the webinars that have a row to write."""
        for webinar_id in webinar_ids:
            one = self._webinars[webinar_id]
            if one.changed or one.changed_persons or one.to_erase or one.erased or one.said_forgotten:
                yield webinar_id, one

    def _forget(self, webinar_id: str) -> None:
        del self._webinars[webinar_id]
        del self._partitions[webinar_id]
