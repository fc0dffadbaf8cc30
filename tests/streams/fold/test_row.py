"""docs/contract.md, "One session", "First touch", "Buckets", and docs/design.md 3: a row is a function of the state."""

from itertools import pairwise
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract.instants import FAR_FUTURE, MINUTE, SECOND
from contract.source import NO_SOURCE, WALK_IN
from streams.fold.offsets import packed
from streams.fold.person import STATUS_RANK, Link, PersonState, Rare, Session, Total, Touch
from streams.fold.row import (
    COLUMNS,
    GENERATION_BITS,
    LONGEST_SECONDS,
    Intervals,
    epoch_of,
    fence,
    fence_of,
    first_source,
    reached,
    row,
    span,
    status_changes,
    stays,
    union,
    version,
)
from streams.memory_store import rows_of
from streams.store import Insert

LIFE = 60 * SECOND
REGISTERED, APPROVED, CANCELLED, DENIED, WITHDRAWN = (STATUS_RANK[name] for name in STATUS_RANK)

small = st.integers(0, 60)
pairs = st.tuples(small, small).filter(lambda pair: pair[0] != pair[1])
intervals = st.lists(pairs.map(lambda pair: (min(pair), max(pair))), max_size=6)
minutes = intervals.map(lambda some: [(start * MINUTE, end * MINUTE) for start, end in some])


def session(
    session_id: str = "s", joined: int = FAR_FUTURE, left: int = 0, first_seen: int = FAR_FUTURE, last_seen: int = 0
) -> Session:
    """What was not said is not known."""
    return session_id, joined, left, first_seen, last_seen


sessions = st.builds(
    session,
    session_id=st.sampled_from("abcd"),
    joined=st.one_of(st.just(FAR_FUTURE), st.integers(1, 9)),
    left=st.one_of(st.just(0), st.integers(1, 9)),
)


def made(state: PersonState, whole: PersonState | None = None, *, begin: int = 0, above: int = 0) -> SimpleNamespace:
    """The row, read again."""
    written = row("zoom:1", "p", state, whole or state, begin=begin, fence=above, sign_of_life=LIFE)
    (read,) = rows_of(Insert("persons", COLUMNS, written))
    return SimpleNamespace(**read)


@pytest.mark.parametrize(
    ("said", "start", "end"),
    [
        (session(joined=10, left=90), 10, 90),
        (session(joined=10), 10, FAR_FUTURE),
        (session(left=90), 90, 90),
        (session(joined=90, left=10), 90, 90),
        (session(joined=10, first_seen=20, last_seen=50), 10, 50 + LIFE),
        (session(joined=10, left=90, first_seen=5, last_seen=500), 10, 90),
        (session(first_seen=20, last_seen=50), 20, 50 + LIFE),
        (session(left=90, first_seen=20, last_seen=50), 20, 90),
        (session(left=10, first_seen=20, last_seen=50), 20, 20),
        (session(joined=500_000, first_seen=20, last_seen=50), 500_000, 500_000),
    ],
)
def test_one_session_begins_and_ends_as_the_contract_says(said: Session, start: int, end: int) -> None:
    assert span(said, LIFE) == (start, end)


@given(intervals)
def test_the_union_holds_every_moment_once(some: Intervals) -> None:
    united = union(some)
    moments = [moment for start, end in united for moment in range(start, end)]
    assert moments == sorted({moment for start, end in some for moment in range(start, end)})
    assert all(start < end for start, end in united)
    assert all(end < start for (_, end), (start, _) in pairwise(united))


@given(intervals, st.randoms(use_true_random=False))
def test_the_union_knows_no_order_and_is_its_own_union(some: Intervals, random: st.DataObject) -> None:
    shuffled = some + some
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert union(shuffled) == union(union(some)) == union(some)


@given(minutes, small)
def test_a_bucket_is_reached_when_so_much_was_watched_since_the_begin(some: Intervals, begin: int) -> None:
    inside = [minute for minute in range(begin, 61) if any(start <= minute * MINUTE < end for start, end in some)]
    visit, visit_5m, visit_30m = reached(union(some), begin * MINUTE)
    assert visit == (inside[0] * MINUTE + SECOND if inside else FAR_FUTURE)
    assert visit_5m == ((inside[4] + 1) * MINUTE if len(inside) >= 5 else FAR_FUTURE)
    assert visit_30m == ((inside[29] + 1) * MINUTE if len(inside) >= 30 else FAR_FUTURE)


def test_buckets_are_reached_to_the_millisecond() -> None:
    assert reached([(0, 999)], 0) == [FAR_FUTURE, FAR_FUTURE, FAR_FUTURE]
    assert reached([(0, 1000)], 0) == [1000, FAR_FUTURE, FAR_FUTURE]
    assert reached([(0, 299_999), (400_000, 400_001)], 0) == [1000, 400_001, FAR_FUTURE]
    assert reached([(0, 600_000), (700_000, 1_900_000)], 0) == [1000, 300_000, 1_900_000]


def test_an_open_session_reaches_every_bucket_in_advance() -> None:
    assert reached([(10, 20), (100, FAR_FUTURE)], 5) == [100 + 990, 100 + 299_990, 100 + 1_799_990]


def test_nothing_is_reached_while_the_begin_is_not_known() -> None:
    assert reached([(10, FAR_FUTURE)], FAR_FUTURE) == [FAR_FUTURE, FAR_FUTURE, FAR_FUTURE]


def test_a_session_of_no_length_is_a_visit_of_no_watch_time() -> None:
    assert stays([session(joined=9, left=9)], LIFE) == (9, FAR_FUTURE, [])
    assert stays([], LIFE) == (FAR_FUTURE, FAR_FUTURE, [])


def test_a_session_without_a_leave_is_open_whatever_signs_of_life_it_had() -> None:
    assert stays([session(joined=9, first_seen=20, last_seen=50)], LIFE) == (9, 9, [(9, 50 + LIFE)])
    assert stays([session(first_seen=20, last_seen=50)], LIFE) == (20, 20, [(20, 50 + LIFE)])
    assert stays([session(joined=9, left=60, first_seen=20, last_seen=50)], LIFE) == (9, FAR_FUTURE, [(9, 60)])


def touch(at: int, status: int = REGISTERED, event_id: str = "e", source: str = NO_SOURCE, more: str = "") -> Touch:
    return Touch(at, status, source, f'{{"event_id":"{event_id}","x":"{more}"}}', "")


def test_status_turns_where_it_changes_and_at_a_tie_the_later_in_the_order_wins() -> None:
    touches = [touch(9, CANCELLED), touch(5), touch(7), touch(8, APPROVED), touch(8, DENIED), touch(10, CANCELLED)]
    assert status_changes(touches) == [(5, REGISTERED), (8, DENIED), (9, CANCELLED)]
    assert status_changes([touch(5)]) == [(5, REGISTERED)]
    assert status_changes([]) == []


@pytest.mark.parametrize(
    ("touches", "source"),
    [
        ([], WALK_IN),
        ([touch(5, WITHDRAWN, source="only")], "only"),
        ([touch(5, source="later"), touch(3, source="first")], "first"),
        ([touch(3), touch(5, source="later")], NO_SOURCE),
        ([touch(3, CANCELLED, source="bad"), touch(5, APPROVED, source="good")], "good"),
        ([touch(3, CANCELLED, source="bad"), touch(5, DENIED, source="worse")], "bad"),
        ([touch(3, event_id="a"), touch(3, event_id="b", source="said")], "said"),
        ([touch(3, event_id="b", source="b"), touch(3, event_id="a", source="a")], "a"),
        ([touch(3, source="greater", more="b"), touch(3, source="smaller", more="a")], "greater"),
    ],
)
def test_the_first_touch_gives_the_source(touches: list[Touch], source: str) -> None:
    assert first_source(touches) == first_source(touches[::-1]) == source


def test_a_row_is_derived_from_the_whole_and_stores_its_own() -> None:
    own = PersonState(sessions=(session("own", 10_000, 20_000),), offsets=packed([0, 1, 2, 0]))
    whole = PersonState(
        sessions=(session("own", 10_000, 20_000), session("linked", 15_000)),
        touches=(touch(5),),
        domain_ids=frozenset({"d_b", "d_a"}),
        rare=Rare(Total(1, "e", "{}", 70), total_since=9, recording_views={"b": 8, "a": 7}, excluded=True),
    )
    derived = made(own, whole, begin=12_000, above=fence(1, 2))
    assert derived.version == version(fence(1, 2), 3)
    assert (derived.interval_start, derived.interval_end) == ([10_000], [FAR_FUTURE])
    assert (derived.first_session_at, derived.first_open_session_at) == (10_000, 15_000)
    assert (derived.begin_used, derived.reached_visit_at) == (12_000, 13_000)
    assert (derived.reached_at, derived.thresholds) == ([312_000, 1_812_000], "300,1800")
    assert (derived.registration_at, derived.registration_status) == ([5], [REGISTERED])
    assert (derived.summary_at, derived.summary_seconds) == (9, 70)
    assert derived.recording_view_at == [7, 8]
    assert derived.domain_ids == ["d_a", "d_b"]
    assert derived.excluded is True
    assert derived.state["sessions"].keys() == {"own"}


def test_the_row_of_a_state_that_says_nothing() -> None:
    derived = made(PersonState())
    assert (derived.source, derived.same_as, derived.summary_seconds) == (WALK_IN, "", 0)
    assert derived.first_session_at == derived.first_open_session_at == derived.summary_at == FAR_FUTURE


def test_a_linked_registrant_says_whom_it_counts_as() -> None:
    assert made(PersonState(rare=Rare(link=Link(1, "e", "{}", "p_2")))).same_as == "p_2"


def test_a_total_that_no_sum_could_hold_is_cut_to_what_no_window_exceeds() -> None:
    assert made(PersonState(rare=Rare(total=Total(1, "e", "{}", 2**63 - 1)))).summary_seconds == LONGEST_SECONDS


@given(st.lists(sessions, unique_by=lambda one: one[0]), small)
def test_equal_states_have_equal_rows(some: list[Session], begin: int) -> None:
    forwards, backwards = PersonState(sessions=tuple(some)), PersonState(sessions=tuple(reversed(some)))
    one, other = made(forwards, begin=begin), made(backwards, begin=begin)
    assert one == other


positions = st.tuples(st.integers(0, 255), st.integers(0, 2**GENERATION_BITS - 1), st.integers(0, 2**36 - 1))


@given(positions, positions)
def test_versions_are_ordered_by_epoch_then_generation_then_offsets(
    one: tuple[int, int, int], other: tuple[int, int, int]
) -> None:
    first, second = version(fence(*one[:2]), one[2]), version(fence(*other[:2]), other[2])
    assert (first < second) == (one < other)
    assert first < 2**64
    assert fence_of(first) == fence(*one[:2])
    assert epoch_of(first) == one[0]
