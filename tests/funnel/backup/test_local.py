"""The connectors' state in a backup, and back."""

from pathlib import Path

import pytest

from connectors.pipeline.state import State
from funnel.backup.folder import Writing
from funnel.backup.local import copy_state, restore_state

CURSORS = {"zoom": {"since": "8", "list": "x"}, "goto": {}}


@pytest.mark.parametrize("has_state", [True, False])
def test_the_cursors_that_kafka_has_are_in_the_state_of_the_backup(tmp_path: Path, has_state: bool) -> None:
    data, root, restored = (tmp_path / name for name in ("data", "backup", "restored"))
    root.mkdir()
    if has_state:
        with State(data) as state:
            state.cursors("zoom").put("since", "7")
            state.cursors("").put("followed:webinar.webinars.v1:0", "900")
    assert copy_state(data, CURSORS, Writing(root, 0))
    restored.mkdir()
    assert restore_state(root, restored).startswith("Connectors:")
    with State(restored) as state:
        # What it had followed were the offsets of another Kafka.
        assert sorted(state.rows("SELECT * FROM cursors")) == [("zoom", "list", "x"), ("zoom", "since", "8")]
    assert sorted(path.name for path in (root / "connectors").iterdir()) == ["state.sqlite"]


def test_without_state_and_cursors_there_is_nothing(tmp_path: Path) -> None:
    assert not copy_state(tmp_path / "data", {"zoom": {}}, Writing(tmp_path, 0))
    assert not (tmp_path / "connectors").exists()
