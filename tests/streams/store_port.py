"""What every store of batches must hold (streams/store.py, WebinarStore), as checks of a store that holds nothing yet.

tests/streams/test_store.py makes them of ClickHouse, of the store in memory, and of broken ones.
"""

from collections.abc import Awaitable, Callable
from typing import TypeAlias
from uuid import uuid4

from contract.forgotten import forgotten_id
from streams.fold.lines import ForgottenRow, line
from streams.fold.memory import WebinarMemory
from streams.fold.offsets import NONE, unpacked
from streams.fold.row import COLUMNS, fence, row
from streams.fold.webinar_row import WebinarRow, webinar_row
from streams.store import Insert, WebinarStore
from tests.contract_events import identity, moment, p, r, registration, stay, webinar
from tests.streams.fold.test_memory import put

Opening: TypeAlias = Callable[[int], WebinarStore]
"""Opens it, in an epoch: what was inserted by one that was opened before is there."""
Check: TypeAlias = Callable[[Opening], Awaitable[None]]


def some_webinar() -> str:
    return f"zoom:{uuid4()}"


def lines_of(webinar_id: str, one: WebinarMemory, *, above: int, begin: int | None = None) -> tuple[bytes, list[bytes]]:
    """The rows of the webinar and its persons, as a batch makes them."""
    of_webinar = webinar_row(
        webinar_id, one.statements, one.facts, fence=above, offset=one.offset, default_timezone="UTC"
    )
    persons = [
        row(
            webinar_id,
            person_id,
            state,
            one.whole(person_id),
            begin=one.facts.begin if begin is None else begin,
            fence=above,
            sign_of_life=60_000,
        )
        for person_id, state in one.persons.items()
    ]
    return line(of_webinar), persons


async def insert(store: WebinarStore, webinar_id: str, one: WebinarMemory, **how: int) -> None:
    of_webinar, persons = lines_of(webinar_id, one, **how)
    await store.insert(
        Insert("webinars", WebinarRow._fields, of_webinar), Insert("persons", COLUMNS, b"".join(persons))
    )


def known(webinar_id: str) -> WebinarMemory:
    memory = WebinarMemory()
    put(
        memory,
        webinar(webinar_id=webinar_id, starts_at=moment(0), title='Python "с нуля" \\ \x00 🎓', duration_seconds=2**62),
        registration(1, webinar_id=webinar_id, source={"utm_source": "vk"}, note=[1e16, 2**64 - 1, None]),
        *stay(r(1), 0, 5, webinar_id),
        identity(1, 1, webinar_id=webinar_id),
        offset=10,
    )
    return memory


async def what_is_inserted_is_loaded(opened: Opening) -> None:
    store, webinar_id = opened(0), some_webinar()
    memory = known(webinar_id)
    await insert(store, webinar_id, memory, above=fence(0, 3))
    loaded = (await store.load([webinar_id]))[webinar_id]
    assert loaded.persons == memory.persons
    assert loaded.statements == memory.statements
    assert loaded.facts == memory.facts
    assert loaded.registrants == {p(1): {r(1)}}
    assert (loaded.offset, loaded.fence) == (memory.offset, fence(0, 3))
    assert not loaded.changed
    assert not loaded.changed_persons


async def an_unknown_webinar_comes_back_empty_and_is_to_be_written(opened: Opening) -> None:
    webinar_id = some_webinar()
    loaded = (await opened(0).load([webinar_id]))[webinar_id]
    assert loaded.changed
    assert loaded.persons == {}


async def only_the_webinars_that_were_asked_for_are_loaded(opened: Opening) -> None:
    store, ids = opened(0), [some_webinar(), some_webinar(), f"{some_webinar()}'\\\n\"é"]
    for webinar_id in ids:
        await insert(store, webinar_id, known(webinar_id), above=1)
    loaded = await store.load(ids[1:])
    assert loaded.keys() == set(ids[1:])
    assert all(one.persons.keys() == {p(1), r(1)} for one in loaded.values())


async def the_size_of_a_webinar_is_how_many_persons_come_with_it(opened: Opening) -> None:
    store, webinar_id, empty, other = opened(0), some_webinar(), some_webinar(), some_webinar()
    await insert(store, webinar_id, known(webinar_id), above=1)
    await insert(store, empty, WebinarMemory(), above=1)
    await insert(store, other, known(other), above=1)
    assert await store.sizes([webinar_id, empty, some_webinar()]) == {webinar_id: 2}


async def the_row_with_the_greatest_version_is_loaded(opened: Opening) -> None:
    store, webinar_id = opened(0), some_webinar()
    memory = known(webinar_id)
    await insert(store, webinar_id, memory, above=fence(0, 3))
    put(memory, *stay(1, 9, 12, webinar_id), offset=90)
    await insert(store, webinar_id, memory, above=fence(0, 2))
    loaded = (await store.load([webinar_id]))[webinar_id]
    assert loaded.persons[p(1)].sessions == ()
    await insert(store, webinar_id, memory, above=fence(0, 4))
    loaded = (await store.load([webinar_id]))[webinar_id]
    assert loaded.persons == memory.persons


async def rows_of_another_begin_are_to_be_written_again(opened: Opening) -> None:
    store, webinar_id = opened(0), some_webinar()
    memory = known(webinar_id)
    await insert(store, webinar_id, memory, above=1, begin=1)
    loaded = (await store.load([webinar_id]))[webinar_id]
    assert loaded.changed_persons.keys() == {p(1), r(1)}
    assert all(unpacked(state.offsets)[0] == memory.offset for state in loaded.persons.values())


async def the_greatest_fence_is_that_of_all_webinars_and_all_persons(opened: Opening) -> None:
    store = opened(0)
    assert await store.greatest_fence() == 0
    for of_webinar, of_persons in ((3, 7), (9, 8)):
        webinar_id = some_webinar()
        of_webinars, _ = lines_of(webinar_id, known(webinar_id), above=fence(0, of_webinar))
        _, persons = lines_of(webinar_id, known(webinar_id), above=fence(0, of_persons))
        await store.insert(
            Insert("webinars", WebinarRow._fields, of_webinars), Insert("persons", COLUMNS, b"".join(persons))
        )
        assert await store.greatest_fence() == fence(0, max(of_webinar, of_persons))


async def in_a_later_epoch_the_offsets_start_anew_and_the_rest_is_kept(opened: Opening) -> None:
    webinar_id = some_webinar()
    memory = known(webinar_id)
    await insert(opened(0), webinar_id, memory, above=fence(0, 3))
    later = opened(1)
    loaded = (await later.load([webinar_id]))[webinar_id]
    assert loaded.offset == 0
    assert all(state.offsets == NONE for state in loaded.persons.values())
    assert loaded.statements == memory.statements
    assert loaded.persons[r(1)].sessions == memory.persons[r(1)].sessions


async def a_repeated_insert_changes_nothing(opened: Opening) -> None:
    store, webinar_id = opened(0), some_webinar()
    memory = known(webinar_id)
    for above in (2, 2, 1):
        await insert(store, webinar_id, memory, above=above)
    loaded = (await store.load([webinar_id]))[webinar_id]
    assert (loaded.persons, loaded.fence) == (memory.persons, 2)


async def no_rows_are_no_insert(opened: Opening) -> None:
    await opened(0).insert(Insert("events", ["event"], b""))


async def who_is_forgotten_is_known_to_every_worker(opened: Opening) -> None:
    store, said = opened(0), [forgotten_id(p(number)) for number in (1, 2, 1)]
    await store.insert(Insert("forgotten", ForgottenRow._fields, b"".join(line(ForgottenRow(one)) for one in said)))
    assert set(said) <= await opened(1).forgotten()


CHECKS: tuple[Check, ...] = (
    what_is_inserted_is_loaded,
    an_unknown_webinar_comes_back_empty_and_is_to_be_written,
    only_the_webinars_that_were_asked_for_are_loaded,
    the_size_of_a_webinar_is_how_many_persons_come_with_it,
    the_row_with_the_greatest_version_is_loaded,
    rows_of_another_begin_are_to_be_written_again,
    the_greatest_fence_is_that_of_all_webinars_and_all_persons,
    in_a_later_epoch_the_offsets_start_anew_and_the_rest_is_kept,
    a_repeated_insert_changes_nothing,
    no_rows_are_no_insert,
    who_is_forgotten_is_known_to_every_worker,
)
