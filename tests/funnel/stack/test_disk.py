from pathlib import Path

from connectors.pipeline.room import Free
from funnel.stack.disk import shortage

HERE = Path("/data")


def test_stops_below_half_of_the_reserve_and_starts_again_with_all_of_it() -> None:
    free = [2_000, 999, 500, 499, 999, 1_000, 999, 100]
    stopped, seen = False, []
    for megabytes in free:
        stopped = bool(shortage(Free(megabytes * 1_000_000, HERE), 1_000, stopped))
        seen.append(stopped)
    assert seen == [False, False, False, True, True, False, False, True]


def test_says_how_much_where_and_what_to_do() -> None:
    assert shortage(Free(400_000_000, HERE), 1_000, stopped=False) == (
        "stopped: only 400 MB are free on the disk of /data; make room: it restarts once 1.0 GB are free "
        "(FUNNEL_DISK_RESERVE_MB)"
    )


def test_without_a_reserve_or_an_answer_of_the_system_nothing_is_stopped() -> None:
    assert shortage(Free(0, HERE), 0, stopped=False) == ""
    assert shortage(None, 1_000, stopped=False) == ""
