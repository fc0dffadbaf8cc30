"""A job rests after its turn, but never so long that pages would not read what it keeps."""

from clickhouse.sql import rendered
from streams.jobs import current, current_people
from streams.jobs.rest import rest_after


def test_it_rests_for_three_times_its_turn() -> None:
    assert rest_after(3.0, 15.0) == 9.0


def test_a_turn_in_which_the_process_stood_still_is_followed_by_a_bounded_rest() -> None:
    assert rest_after(30.0, 15.0) == 15.0


def test_no_rest_is_as_long_as_what_is_kept_may_lie_behind() -> None:
    assert int(rendered("{kept_seconds}")) > current.LONGEST_REST
    assert int(rendered("{people_kept_seconds}")) > current_people.LONGEST_REST
