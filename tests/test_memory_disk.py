import os
from pathlib import Path
from types import SimpleNamespace

import pytest

from tests.memory_disk import is_fit, use_memory


def test_a_folder_with_room_is_used_unless_the_environment_names_another(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", "somewhere")
    assert is_fit(tmp_path, needed=1)
    assert not is_fit(tmp_path, needed=1 << 60)
    assert not is_fit(tmp_path / "missing", needed=1)
    own = {"TMPDIR": "/own"}
    use_memory(own, tmp_path)
    assert own == {"TMPDIR": "/own"}
    none: dict[str, str] = {}
    use_memory(none, tmp_path / "missing")
    assert none == {}


def test_a_folder_from_which_no_program_runs_is_not_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.statvfs", lambda _: SimpleNamespace(f_flag=os.ST_NOEXEC))
    assert not is_fit(tmp_path, needed=0)
