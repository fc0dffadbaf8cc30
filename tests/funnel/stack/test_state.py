from datetime import UTC, datetime, timedelta
from pathlib import Path

from funnel.stack.state import ChildStatus, StackState, State, read_state, write_state

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


def child(state: State) -> ChildStatus:
    return ChildStatus(name="kafka", state=state, since=NOON, pid=7, created=1.5, port=9092, log=Path("kafka.log"))


def test_what_is_written_is_read(tmp_path: Path) -> None:
    state = StackState(supervisor=1, children=[child(State.BACKING_OFF)])
    write_state(tmp_path / "stack.json", state)
    assert read_state(tmp_path / "stack.json") == state


def test_no_file_or_a_strange_one_is_no_state(tmp_path: Path) -> None:
    assert read_state(tmp_path / "stack.json") is None
    (tmp_path / "stack.json").write_text('{"half')
    assert read_state(tmp_path / "stack.json") is None


def test_up_means_that_all_servers_work_and_all_tasks_are_done() -> None:
    assert StackState(supervisor=1, children=[child(State.READY), child(State.DONE), child(State.FAILING)]).is_up
    for state in set(State) - {State.READY, State.DONE, State.FAILING}:
        assert not StackState(supervisor=1, children=[child(State.READY), child(state)]).is_up


def test_ends_are_remembered_for_an_hour() -> None:
    one = child(State.READY)
    one.note_end(NOON, "ended by SIGKILL")
    one.note_end(NOON + timedelta(minutes=59), "no room")
    assert [end.reason for end in one.restarted_lately(NOON + timedelta(minutes=59))] == ["ended by SIGKILL", "no room"]
    assert [end.reason for end in one.restarted_lately(NOON + timedelta(minutes=60))] == ["no room"]
    one.note_end(NOON + timedelta(hours=3), "hung")
    assert ([end.reason for end in one.restarted], one.restarts, one.error) == (["hung"], 3, "hung")
