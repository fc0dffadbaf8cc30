"""Events of forgotten persons are dropped before anything of them is kept (docs/contract.md, "forgotten"). Pure."""

from collections.abc import Iterable

from contract.events import Event, Forgotten, Identity, encode
from contract.forgotten import forgotten_id
from contract.quick import Quick
from contract.record import OwnRecord, Record
from streams.fold.person import PERSON
from streams.reading import Decoded


def without_forgotten(events: Iterable[Decoded], forgotten: set[str]) -> list[Decoded]:
    """The events without those of forgotten persons. Adds to `forgotten` what the events say.

    A link to a forgotten person becomes what follows from it: that the registrant is forgotten.
    """
    events = list(events)
    forgotten |= {event.forgotten_id for event, _ in events if isinstance(event, Forgotten)}
    if not forgotten:
        return events
    for event, _ in events:
        if isinstance(event, Identity) and forgotten_id(event.same_as) in forgotten:
            forgotten.add(forgotten_id(event.person_id))
    return [kept for decoded in events if (kept := _kept(*decoded, forgotten)) is not None]


def _kept(event: Event | Quick, record: Record, forgotten: set[str]) -> Decoded | None:
    if isinstance(event, PERSON):
        return None if forgotten_id(event.person_id) in forgotten else (event, record)
    if not isinstance(event, Identity) or forgotten_id(event.person_id) not in forgotten:
        return event, record
    return _as_forgotten(event, record)


def _as_forgotten(link: Identity, record: Record) -> Decoded:
    registrant = forgotten_id(link.person_id)
    common = link.model_dump(mode="json", exclude={"type", "event_id", "person_id", "same_as"})
    said = Forgotten.model_validate(
        common | {"event_id": forgotten_event_id(link.webinar_id, registrant), "forgotten_id": registrant}
    )
    return said, OwnRecord(record.topic, record.timestamp, encode(said), record.partition, record.offset, record.key)


def forgotten_event_id(webinar_id: str, forgotten: str) -> str:
    """The id of the event that says so in that webinar."""
    return f"forgotten:{webinar_id}:{forgotten}"
