"""Fold of one person's events within one webinar (docs/contract.md). Pure; reads no clock.

The state is a join-semilattice: sets grow, the earliest and the latest values are kept. So `fold` and `join` are
commutative, associative and idempotent: order, repetition and batching change nothing.
States are mutable for speed; every function that changes one says whether it did.
"""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from sys import intern
from typing import Any, NamedTuple, TypeAlias

import orjson
from msgspec import Struct
from msgspec.structs import replace

from contract.canonical import canonical, canonical_of
from contract.events import Identity, Joined, Left, PersonEvent, RecordingViewed, Registration, Seen, Summary
from contract.instants import FAR_FUTURE
from contract.quick import Quick, QuickRegistration, QuickSession, quick_content
from contract.source import source_key
from streams.fold import offsets

STATUS_RANK = {"registered": 1, "approved": 2, "cancelled": 3, "denied": 4, "withdrawn": 5}
"""If occurred_at ties, the later in this order wins. From 1, because 0 is SQL's "no such element"."""

SESSION = (QuickSession, Joined, Left, Seen)
REGISTRATION = (QuickRegistration, Registration)
PERSON = (*SESSION, *REGISTRATION, Summary, RecordingViewed)
"""The events about one person, of both readers, the frequent ones first."""

_STAFF = frozenset({"host", "panelist"})
_IMPLIED = frozenset({"type", "schema_version"})
"""The same in all events that are compared, so left out of the stored content. Not webinar_id: it has to follow, since
12} and 1} compare otherwise than 12, and 1, do. Nor person_id: linked ids are compared with each other."""


_SHARED_FROM = ',"platform":'
"""Before it, in the order of canonical JSON, come event_id, occurred_at and person_id."""


class Touch(Struct, frozen=True, order=True, gc=False):
    """One registration event."""

    occurred_at: int
    status: int
    """STATUS_RANK."""
    source: str
    """The key of its source (contract/source.py)."""
    own: str
    """The first part of its content."""
    shared: str
    """The rest, which many touches have in common, so it is in memory once."""

    @property
    def content(self) -> str:
        """Its canonical JSON without what all events of a person share: the stored form, and what makes two
        deliveries one event.
        """
        return self.own + self.shared

    @property
    def event_id(self) -> str:
        """Read from the content when needed, which is rare: most persons have one registration event."""
        event_id: str = orjson.loads(self.content)["event_id"]
        return event_id


Session: TypeAlias = tuple[str, int, int, int, int]
"""One uninterrupted stay on one device: its session_id, earliest join, latest leave, first and last sign of life.
FAR_FUTURE = no join, no sign; 0 = no leave, no sign. A plain tuple: most of a worker's memory and time goes into these.
"""


class Total(NamedTuple):
    """A service's summary of the person; the greatest counts."""

    reported_at: int
    event_id: str
    content: str
    total_seconds: int


class Link(NamedTuple):
    """The registrant is the person `same_as`; the greatest counts."""

    occurred_at: int
    event_id: str
    content: str
    same_as: str


class Rare(Struct, frozen=True, gc=False):
    """What few persons have. Never changed in place: all others share one, since fields of their own would be a tenth
    of a worker's memory.
    """

    total: Total | None = None
    total_since: int = FAR_FUTURE
    """The earliest occurred_at of the person's summaries."""
    recording_views: Mapping[str, int] = {}
    """event_id -> its earliest occurred_at."""
    excluded: bool = False
    """Some event says host, panelist or test."""
    link: Link | None = None
    other_links: frozenset[str] = frozenset()
    """The persons that the other links said: with any of them forgotten, this id is forgotten."""
    forgotten: bool = False
    """The person is forgotten: this is all that is left until the row is deleted (docs/erasure.md)."""


_NOTHING_RARE = Rare()
_FREQUENT = frozenset({"offsets", "touches", "sessions", "domain_ids"})
"""What is stored of a person who has nothing rare."""


class PersonState(Struct, gc=False):
    """Everything that counts about a person in a webinar. Not seen by the garbage collector: it holds no cycles."""

    touches: tuple[Touch, ...] = ()
    """Registration events, each content once."""
    sessions: tuple[Session, ...] = ()
    """Each session_id once. There are few: to look through them is cheaper than a dict for each person."""
    domain_ids: frozenset[str] = frozenset()
    """Of the person's email addresses; persons of one domain share the set."""
    rare: Rare = _NOTHING_RARE
    offsets: int = offsets.NONE
    """Packed (streams/fold/offsets.py)."""


def fold(state: PersonState, event: PersonEvent | Quick | Identity, record: bytes) -> bool:
    """Folds one event into the state. `record` is the event as it is on the topic. True if the state changed."""
    if isinstance(event, SESSION):
        changed = _put_session(state, _session(event.session_id, event.kind, event.occurred_at))
    elif isinstance(event, REGISTRATION):
        content = quick_content(record) if isinstance(event, QuickRegistration) else _content(record)
        changed = _put_touch(state, _touch(event, content))
    elif isinstance(event, Summary):
        total = Total(event.reported_at, event.event_id, _content(record), event.total_seconds)
        changed = _put_rare(state, Rare(total=total, total_since=event.occurred_at))
    elif isinstance(event, Identity):
        return _put_link(state, Link(event.occurred_at, event.event_id, _content(record), event.same_as))
    else:
        changed = _put_rare(state, Rare(recording_views={event.event_id: event.occurred_at}))
    if event.is_test or event.role is not None or event.domain_id is not None:
        changed |= _put_flags(state, event)
    return changed


def _session(session_id: str, kind: str, at: int) -> Session:
    if kind == "joined":
        return session_id, at, 0, FAR_FUTURE, 0
    if kind == "left":
        return session_id, FAR_FUTURE, at, FAR_FUTURE, 0
    return session_id, FAR_FUTURE, 0, at, at


def join(state: PersonState, other: PersonState) -> bool:
    """Joins `other` into `state`, except for the link: a link belongs to one id. True if `state` changed."""
    changed = False
    for touch in other.touches:
        changed |= _put_touch(state, touch)
    for session in other.sessions:
        changed |= _put_session(state, session)
    changed |= _put_rare(state, other.rare)
    if not other.domain_ids <= state.domain_ids:
        state.domain_ids = _domains(*sorted(state.domain_ids | other.domain_ids))
        changed = True
    return raise_offsets(state, other.offsets) or changed


def raise_offsets(state: PersonState, to: int) -> bool:
    """Joins the offsets by their maximum. True if one rose."""
    before = state.offsets
    state.offsets = offsets.joined(before, to)
    return state.offsets != before


def joined(state: PersonState, others: list[PersonState]) -> PersonState:
    """A new state: the join of `state` and `others`."""
    whole = PersonState(rare=Rare(link=state.rare.link) if state.rare.link else _NOTHING_RARE)
    join(whole, state)
    for other in others:
        join(whole, other)
    return whole


def dump(state: PersonState) -> bytes:
    """The state as JSON, for the column `state` of the table persons. Empty fields are left out."""
    # In one piece: of all that is done for an event, this takes the most time.
    webinars, registrations, attendance, identities = offsets.unpacked(state.offsets)
    touches, sessions = state.touches, state.sessions
    return (
        f'{{"offsets":[{webinars},{registrations},{attendance},{identities}]'
        f"{_touches_json(touches) if touches else ''}"
        f"{_sessions_json(sessions) if sessions else ''}"
        f"{_rest_json(state)}}}"
    ).encode()


def _touches_json(touches: Sequence[Touch]) -> str:
    return f',"touches":[{_touch_json(touches[0]) if len(touches) == 1 else ",".join(map(_touch_json, touches))}]'


def _touch_json(touch: Touch) -> str:
    return f"[{touch.occurred_at},{touch.status},{_source_json(touch.source)},{touch.own}{touch.shared}]"


def _sessions_json(sessions: Sequence[Session]) -> str:
    return f',"sessions":{{{",".join([_session_json(*session) for session in sessions])}}}'


def _session_json(session_id: str, joined: int, left: int, first_seen: int, last_seen: int) -> str:
    return f"{text_json(session_id)}:[{joined},{left},{first_seen},{last_seen}]"


def _rest_json(state: PersonState) -> str:
    stored, rare = "", state.rare
    if rare.total is not None:
        reported_at, event_id, content, _ = rare.total
        stored += f',"total":[{reported_at},{_json(event_id)},{rare.total_since},{content}]'
    if rare.recording_views:
        stored += f',"recording_views":{_json(rare.recording_views)}'
    if state.domain_ids:
        stored += f',"domain_ids":{_json(sorted(state.domain_ids))}'
    if rare.excluded:
        stored += ',"left_out":true'
    if rare.link is not None:
        occurred_at, event_id, content, same_as = rare.link
        stored += f',"link":[{occurred_at},{_json(event_id)},"{same_as}",{content}]'
    if rare.forgotten:
        stored += ',"forgotten":true'
    if rare.other_links:
        stored += f',"other_links":{_json(sorted(rare.other_links))}'
    return stored


def text_json(text: str) -> str:
    """The text as JSON. What needs no escape, as most ids, is written at a fifth of the cost."""
    return f'"{text}"' if text.isprintable() and '"' not in text and "\\" not in text else _json(text)


@lru_cache(maxsize=16_384)
def _source_json(source: str) -> str:
    return _json(source)


def _json(value: Any) -> str:
    return orjson.dumps(value).decode()


def load(stored: dict[str, Any]) -> PersonState:
    """The state that `dump` wrote."""
    state = PersonState(
        sessions=tuple([(session_id, *instants) for session_id, instants in stored.get("sessions", {}).items()]),
        domain_ids=_domains(*stored.get("domain_ids", ())),
        rare=_NOTHING_RARE if stored.keys() <= _FREQUENT else _load_rare(stored),
        offsets=offsets.packed(stored["offsets"]),
    )
    if "touches" in stored:
        # There are few sources: all persons share one text of each.
        state.touches = tuple(
            Touch(occurred_at, status, intern(source), *_in_two(canonical_of(fields)))
            for occurred_at, status, source, fields in stored["touches"]
        )
    return state


def _load_rare(stored: dict[str, Any]) -> Rare:
    total, total_since, link = None, FAR_FUTURE, None
    if "total" in stored:
        reported_at, event_id, total_since, fields = stored["total"]
        total = Total(reported_at, event_id, canonical_of(fields), fields["total_seconds"])
    if "link" in stored:
        occurred_at, event_id, same_as, fields = stored["link"]
        link = Link(occurred_at, event_id, canonical_of(fields), same_as)
    return Rare(
        total=total,
        total_since=total_since,
        recording_views=stored.get("recording_views", {}),
        excluded=stored.get("left_out", False),
        link=link,
        other_links=frozenset(stored.get("other_links", ())),
        forgotten=stored.get("forgotten", False),
    )


@lru_cache(maxsize=16_384)
def _domains(*domain_ids: str) -> frozenset[str]:
    return frozenset(domain_ids)


def _content(record: bytes) -> str:
    return canonical(record, without=_IMPLIED)


def _touch(event: Registration | QuickRegistration, content: str) -> Touch:
    return Touch(event.occurred_at, STATUS_RANK[event.status], source_key(event.source), *_in_two(content))


def _in_two(content: str) -> tuple[str, str]:
    """The content's own part, up to the person, and the rest: platform, source, status, webinar. Wherever the cut is,
    equal contents have equal parts.
    """
    cut = content.find(_SHARED_FROM)
    return content[:cut], intern(content[cut:])


def _put_flags(state: PersonState, event: PersonEvent | Quick) -> bool:
    changed = False
    if not state.rare.excluded and (event.is_test or event.role in _STAFF):
        changed = _put_rare(state, Rare(excluded=True))
    if event.domain_id is not None and event.domain_id not in state.domain_ids:
        state.domain_ids = _domains(*sorted({event.domain_id, *state.domain_ids}))
        changed = True
    return changed


def _put_touch(state: PersonState, touch: Touch) -> bool:
    for known in state.touches:
        if touch.own == known.own and touch.shared == known.shared:
            return False
    state.touches = (*state.touches, touch)
    return True


def _put_session(state: PersonState, said: Session) -> bool:
    if not state.sessions:
        state.sessions = (said,)
        return True
    session_id = said[0]
    for place, known in enumerate(state.sessions):
        if known[0] == session_id:
            together = _together(known, said)
            if together == known:
                return False
            state.sessions = (*state.sessions[:place], together, *state.sessions[place + 1 :])
            return True
    state.sessions = (*state.sessions, said)
    return True


def _together(known: Session, said: Session) -> Session:
    _, joined, left, first_seen, last_seen = said
    return (
        known[0],
        joined if joined < known[1] else known[1],
        left if left > known[2] else known[2],
        first_seen if first_seen < known[3] else known[3],
        last_seen if last_seen > known[4] else known[4],
    )


def _put_rare(state: PersonState, said: Rare) -> bool:
    """Joins `said` into the state, except for the link."""
    known = state.rare
    if said.total is None and not said.recording_views and not said.excluded:
        return False
    together = replace(
        known,
        total=max((one for one in (known.total, said.total) if one is not None), default=None),
        total_since=min(known.total_since, said.total_since),
        recording_views=_earliest(known.recording_views, said.recording_views),
        excluded=known.excluded or said.excluded,
    )
    return _replace_rare(state, together)


def _earliest(known: Mapping[str, int], said: Mapping[str, int]) -> Mapping[str, int]:
    return {**known, **{one: min(at, known.get(one, FAR_FUTURE)) for one, at in said.items()}}


def _put_link(state: PersonState, link: Link) -> bool:
    before = state.rare.link
    greatest = link if before is None else max(before, link)
    said = {one.same_as for one in (before, link) if one is not None} | state.rare.other_links
    others = frozenset(said - {greatest.same_as})
    return _replace_rare(state, replace(state.rare, link=greatest, other_links=others))


def _replace_rare(state: PersonState, rare: Rare) -> bool:
    changed = rare != state.rare
    if changed:
        state.rare = rare
    return changed
