"""What `funnel status` prints."""

from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console

from funnel.stack.state import ChildStatus, State
from funnel.stack_table import all_run, stack_table


def child(state: State, error: str = "") -> ChildStatus:
    since = datetime(2026, 11, 22, 18, tzinfo=UTC)
    return ChildStatus(name="kafka", state=state, since=since, pid=7, restarts=2, error=error, log=Path("kafka.log"))


def test_a_line_says_what_a_process_does_and_why_it_ended() -> None:
    console = Console(width=150)
    with console.capture() as captured:
        console.print(stack_table([child(State.BACKING_OFF, "no [space] left")]))
    for words in ("kafka", "backing off", "2026-11-22 18:00:00", "7", "2", "kafka.log", "no [space] left"):
        assert words in captured.get()


def test_all_run_only_if_there_is_a_stack_and_nothing_in_it_waits() -> None:
    assert all_run([child(State.READY), child(State.DONE)])
    assert not all_run([child(State.READY), child(State.STARTING)])
    assert not all_run([])
