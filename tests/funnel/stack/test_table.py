"""What `funnel status` prints."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from rich.console import Console

from funnel.stack.state import ChildStatus, State
from funnel.stack.table import problems, stack_json, stack_table

NOW = datetime(2026, 11, 22, 19, tzinfo=UTC)


def child(state: State, trouble: str = "", ends: int = 0, name: str = "kafka") -> ChildStatus:
    one = ChildStatus(
        name=name, state=state, since=NOW - timedelta(hours=1), pid=7, trouble=trouble, log=Path("logs/kafka.log")
    )
    for number in range(ends, 0, -1):
        one.note_end(NOW - timedelta(minutes=number), "ended by SIGKILL")
    return one


def test_a_line_says_what_a_process_does_and_what_is_wrong() -> None:
    console = Console(width=150)
    with console.capture() as captured:
        console.print(stack_table([child(State.FAILING, "no [space] left", ends=3)], NOW))
    for words in ("kafka", "failing", "2026-11-22 18:00:00", "7", "3 (3)", "no [space] left"):
        assert words in captured.get()


def test_at_80_columns_nothing_is_cut_whatever_the_numbers() -> None:
    one = child(State.BACKING_OFF, "no room", ends=10, name="connectors-poll-1")
    one.pid, one.port = 4_194_304, 65_535
    console = Console(width=80)
    with console.capture() as captured:
        console.print(stack_table([one], NOW, 80))
    said = captured.get()
    assert max(map(len, said.splitlines())) <= 80
    for words in ("connectors-poll-1", "backing off", "22 Nov 18:00:00", "4194304", "65535", "10 (10)", "(last hour)"):
        assert words in said


def test_a_stack_is_healthy_if_all_of_it_works_and_is_watched_over() -> None:
    assert problems([child(State.READY), child(State.DONE)], "", NOW) == []
    assert problems([child(State.READY)], "the supervisor is hung", NOW) == ["the supervisor is hung"]


def test_a_stack_that_is_down_is_one_line() -> None:
    down = [child(State.STOPPED), child(State.STOPPED, name="worker-1")]
    assert problems(down, "nobody watches over this", NOW) == ["nobody watches over this"]


@pytest.mark.parametrize("state", sorted(set(State) - {State.READY, State.DONE}))
def test_what_does_not_work_is_named_with_its_reason(state: State) -> None:
    assert problems([child(State.READY), child(state, "no room", name="worker-1")], "", NOW) == [
        f"worker-1 is {state}: no room"
    ]


def test_what_the_reason_says_already_is_not_said_twice() -> None:
    waiting = child(State.WAITING, "waiting for kafka (stopped)", name="topics")
    held = [
        child(State.STOPPED, "stopped: only 0 MB are free", name=name) for name in ("kafka", "worker-1", "worker-2")
    ]
    assert problems([held[0], waiting, *held[1:]], "", NOW) == [
        "kafka, worker-1 and worker-2 are stopped: only 0 MB are free",
        "topics is waiting for kafka (stopped)",
    ]
    away = child(State.BACKING_OFF, "ended by SIGKILL", ends=2)
    assert problems([away], "", NOW) == [
        "kafka is backing off: ended by SIGKILL",
        "kafka was restarted twice in the last hour, last at 18:59:00 UTC",
    ]


def test_one_that_was_restarted_within_the_hour_is_not_healthy_though_it_is_ready() -> None:
    worker = child(State.READY, ends=19, name="worker-1")
    assert problems([worker], "", NOW) == [
        "worker-1 was restarted 19 times in the last hour, last at 18:59:00 UTC (ended by SIGKILL); it is ready again"
    ]
    assert problems([worker], "", NOW + timedelta(minutes=58)) == [
        "worker-1 was restarted once in the last hour, at 18:59:00 UTC (ended by SIGKILL); it is ready again"
    ]
    assert problems([worker], "", NOW + timedelta(minutes=59)) == []


def test_a_program_reads_the_same() -> None:
    children = [child(State.FAILING, "no room", ends=2)]
    polls = [{"connector": "zoom", "missing": False}]
    said = json.loads(stack_json(children, problems(children, "", NOW), "http://127.0.0.1:3010", NOW, None, polls))
    assert said["polls"] == polls
    assert (said["healthy"], len(said["problems"]), said["dashboards"]) == (False, 2, "http://127.0.0.1:3010")
    (kafka,) = said["children"]
    assert (kafka["name"], kafka["state"], kafka["trouble"], kafka["restarts_last_hour"]) == (
        "kafka",
        "failing",
        "no room",
        2,
    )
    assert json.loads(stack_json([], [], "", NOW))["healthy"] is True
