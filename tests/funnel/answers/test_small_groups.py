"""Numbers of small groups, and whatever would give them away."""

import time
from collections import defaultdict
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from funnel.answers.small_groups import HIDDEN, without_small_groups
from tests.funnel.answers.groups import group, webinar_row

K = 5
SUMMED = ("registrations", "registered_visits", "registered_visits_30m", "visits", "walk_ins", "no_shows")


def only(row: dict[str, Any], *by: str) -> dict[str, Any]:
    (shown,) = without_small_groups([row], by, K)
    return shown


def test_a_row_of_few_people_has_no_numbers_but_says_so() -> None:
    shown = only(webinar_row("zoom:1", registrations=4, came=3))
    assert {shown[name] for name in (*SUMMED, "conversion", "watch_seconds", "median_watch_seconds", "peak_at")} == {
        None
    }
    assert {"registrations", "conversion", "watch_seconds"} <= set(shown[HIDDEN])
    assert (shown["webinar_id"], shown["completeness"], shown["visits_full"]) == ("zoom:1", "final", None)


def test_nobody_is_no_small_group_and_0_hides_nothing() -> None:
    empty = webinar_row("zoom:1", registrations=0, came=0)
    assert only(empty) == {**empty, HIDDEN: []}
    small = webinar_row("zoom:1", registrations=4, came=3)
    assert without_small_groups([small], (), 0) == without_small_groups([small], (), 1) == [{**small, HIDDEN: []}]


def test_a_small_step_takes_its_rate_along() -> None:
    shown = only(webinar_row("zoom:1", registrations=100, came=50, stayed_30=3))
    assert (shown["registered_visits_30m"], shown["conversion_30m"]) == (None, None)
    assert (shown["registrations"], shown["registered_visits"], shown["conversion"]) == (100, 50, 0.5)


def test_few_who_did_not_come_hide_those_who_did() -> None:
    shown = only(webinar_row("zoom:1", registrations=100, came=97))
    assert (shown["no_shows"], shown["registered_visits"], shown["conversion"]) == (None, None, None)
    assert shown["registrations"] == 100


def test_few_walk_ins_hide_the_sums_with_everybody_and_the_matched_share() -> None:
    shown = only(webinar_row("zoom:1", registrations=100, came=50, walk_ins=2))
    assert (shown["walk_ins"], shown["visits"], shown["matched"]) == (None, None, None)
    # Watch time divided by its average is how many watched.
    assert (shown["watch_seconds"], shown["average_watch_seconds"]) == (None, None)
    assert (shown["registered_visits"], shown["visits_all"]) == (50, None)


def test_what_is_hidden_of_the_registered_is_not_to_be_had_from_everybody() -> None:
    # 97 in all, of whom none is a walk-in, came of 100 registrants.
    shown = only(webinar_row("zoom:1", registrations=100, came=97))
    assert [shown[name] for name in ("visits", "visits_all", "matched", "average_watch_seconds", "peak_viewers")] == [
        None
    ] * 5
    # 13 in all less 10 walk-ins are 3.
    shown = only(webinar_row("zoom:1", registrations=100, came=3, walk_ins=10))
    assert (shown["registered_visits"], shown["visits"], shown["visits_all"]) == (None, None, None)


def test_a_hidden_rate_is_not_to_be_had_from_its_count_and_denominator() -> None:
    # 60 of the 100 are registered for webinars that have lasted half an hour.
    row = group(source_group="vk", registrations=100, came=60)
    row |= {"registrations_30m": 60, "registered_visits_30m": 57, "visits_30m": 57, "conversion_30m": 0.95}
    shown = only(row, "source_group")
    assert (shown["conversion_30m"], shown["registered_visits_30m"], shown["visits_30m"]) == (None, None, None)
    assert shown["registrations_30m"] == 60


def test_many_webinars_take_no_minutes() -> None:
    rows = [webinar_row(f"zoom:{size}", registrations=size % 40, came=0, course=str(size % 9)) for size in range(3_000)]
    began = time.process_time()
    without_small_groups(rows, (), K)
    assert time.process_time() - began < 5


def test_a_total_minus_the_others_gives_no_small_source_away() -> None:
    rows = [group(source_group=name, registrations=count, came=count // 2) for name, count in _SOURCES.items()]
    shown = {row["source_group"]: row for row in without_small_groups(rows, ("source_group",), K)}
    assert [name for name, row in shown.items() if row["registrations"] is None] == ["vk", "mail"]
    assert (shown["ads"]["registrations"], shown["ads"]["conversion"]) == (200, 0.5)


_SOURCES = {"vk": 3, "mail": 20, "ads": 200}


def test_each_total_of_another_answer_is_protected() -> None:
    sizes = {("vk", "W1"): 3, ("vk", "W2"): 30, ("mail", "W1"): 40, ("mail", "W2"): 50}
    rows = [group(source_group=one, week=week, registrations=count, came=0) for (one, week), count in sizes.items()]
    shown = without_small_groups(rows, ("source_group", "week"), K)
    # By source, by week and in all there is a second one.
    assert [row["registrations"] for row in shown] == [None] * 4
    alone = [webinar_row(f"zoom:{size}", registrations=size, came=0, course="A") for size in (3, 40, 50)]
    other = [webinar_row(f"zoom:{size}", registrations=size, came=0, course="B") for size in (60, 70)]
    assert [row["registrations"] for row in without_small_groups([*alone, *other], (), K)] == [None, None, 50, 60, 70]


def test_a_denominator_tells_of_no_few_who_wait_for_their_webinar() -> None:
    row = group(source_group="vk", registrations=100, came=50) | {"registrations_begun": 97, "conversion": 50 / 97}
    shown = only(row, "source_group")
    assert (shown["registrations_begun"], shown["conversion"]) == (None, None)
    # 3 are registered for a webinar that has just begun, 37 for one to come.
    row |= {"registrations_begun": 63, "registrations_5m": 60, "registrations_30m": 60, "registrations_full": 60}
    shown = only(row, "source_group")
    assert (shown["registrations_begun"], shown["registrations_5m"], shown["conversion_5m"]) == (63, None, None)


_COUNTS = st.integers(0, 3).flatmap(lambda big: st.integers(0, 12 if big else 400))


@given(st.lists(st.tuples(st.sampled_from("ab"), st.sampled_from("xyz"), _COUNTS, _COUNTS, _COUNTS), max_size=6))
def test_what_is_hidden_cannot_be_computed(drawn: list[tuple[str, str, int, int, int]]) -> None:
    cells = {(one, two): numbers for one, two, *numbers in drawn}
    rows = [
        group(source_group=one, week=two, registrations=registered, came=min(came, registered), walk_ins=walked)
        for (one, two), (registered, came, walked) in cells.items()
    ]
    shown = without_small_groups(rows, ("source_group", "week"), K)
    for row in shown:
        numbers = [row[name] for name in SUMMED if row[name]]
        assert min(numbers, default=K) >= K
        if row["registered_visits"] is not None and row["registrations"] is not None:
            assert not 0 < row["registrations"] - row["registered_visits"] < K
        if row["registrations"] is None and row["registered_visits"] is not None:
            assert row["conversion"] is row["no_shows"] is None
    for names in ((), ("source_group",), ("week",)):
        parts: dict[Any, list[int]] = defaultdict(list)
        for place, row in enumerate(rows):
            parts[tuple(row[name] for name in names)].append(place)
        for places in parts.values():
            for number in SUMMED:
                hidden = [rows[place][number] for place in places if number in shown[place][HIDDEN]]
                hidden = [count for count in hidden if count]
                open_ = [place for place in places if shown[place][number]]
                assert not hidden or not open_ or (len(hidden) > 1 and sum(hidden) >= K)
