from datetime import UTC, datetime
from pathlib import Path

from funnel.stack.state import ChildStatus, StackState, State, read_state, write_state

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


def child(state: State) -> ChildStatus:
    return ChildStatus(name="kafka", state=state, since=NOON, pid=7, created=1.5, port=9092, log=Path("kafka.log"))


def test_what_is_written_is_read(tmp_path: Path) -> None:
    state = StackState(supervisor=1, children=[child(State.BACKING_OFF)])
    write_state(tmp_path / "stack.json", state)
    assert read_state(tmp_path / "stack.json") == state
    assert [file.name for file in tmp_path.iterdir()] == ["stack.json"]


def test_no_file_or_a_strange_one_is_no_state(tmp_path: Path) -> None:
    assert read_state(tmp_path / "stack.json") is None
    (tmp_path / "stack.json").write_text('{"half')
    assert read_state(tmp_path / "stack.json") is None


def test_ready_means_all_servers_ready_and_all_tasks_done() -> None:
    assert StackState(supervisor=1, children=[child(State.READY), child(State.DONE)]).is_ready
    for state in set(State) - {State.READY, State.DONE}:
        assert not StackState(supervisor=1, children=[child(State.READY), child(state)]).is_ready
