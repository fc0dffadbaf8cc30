"""What workers keep of what arrives of forgotten persons: nothing but that they are forgotten."""

import orjson

from contract.events import EVENT, Forgotten
from contract.forgotten import forgotten_id
from contract.topics import TOPIC_OF_TYPE
from streams.forgetting import without_forgotten
from streams.reading import Decoded
from tests.contract_events import Event, attendance, forgotten, identity, p, r, registration
from tests.rows import RawRecord


def _read(*events: Event) -> list[Decoded]:
    values = [orjson.dumps(one) for one in events]
    return [
        (EVENT.validate_json(value), RawRecord(value, topic=TOPIC_OF_TYPE[one["type"]].name))
        for one, value in zip(events, values, strict=True)
    ]


def test_nothing_is_dropped_while_nobody_is_forgotten() -> None:
    read = _read(registration(1), identity(1, 1))
    assert without_forgotten(read, set()) == read


def test_events_of_a_batch_are_dropped_whatever_comes_first() -> None:
    """Also those under a registrant that is linked to the person."""
    said = (registration(1), attendance(r(7), "joined", 0), registration(2), identity(7, 1), forgotten(p(1)))
    for order in (said, said[::-1]):
        known: set[str] = set()
        kept = without_forgotten(_read(*order), known)
        assert known == {forgotten_id(p(1)), forgotten_id(r(7))}
        assert sorted(event.type for event, _ in kept) == ["forgotten", "forgotten", "registration"]
        assert all(record.value is not None and p(1).encode() not in record.value for _, record in kept)


def test_a_link_to_a_forgotten_person_becomes_the_word_that_the_registrant_is_forgotten() -> None:
    ((event, record),) = without_forgotten(_read(identity(7, 1, minutes=5)), {forgotten_id(p(1))})
    assert isinstance(event, Forgotten)
    assert event.forgotten_id == forgotten_id(r(7))
    assert record.value is not None
    assert EVENT.validate_json(record.value) == event
    assert (r(7).encode() in record.value, p(1).encode() in record.value) == (False, False)
