"""An erasure that has begun is known until it has ended, for the very people."""

from pathlib import Path

import pytest

from funnel.erasure.begun import Begun, begun, note_begun, note_ended

NOW = 1_764_500_000_000


def test_it_is_known_until_it_has_ended(tmp_path: Path) -> None:
    assert begun(tmp_path) is None
    assert note_begun(tmp_path, ["f_1"], NOW) is None
    assert note_begun(tmp_path, ["f_1", "f_2"], NOW + 5) == Begun(NOW, frozenset({"f_1"}))
    note_ended(tmp_path, ["f_2", "f_3"])
    assert begun(tmp_path) == Begun(NOW, frozenset({"f_1"}))
    note_ended(tmp_path, ["f_1"])
    note_ended(tmp_path, ["f_1"])
    assert begun(tmp_path) is None
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_cannot_be_written_is_no_silence(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="No such file"):
        note_begun(tmp_path / "none", ["f_1"], NOW)
