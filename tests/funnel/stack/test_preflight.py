from pathlib import Path

import pytest

from funnel.stack.errors import StackError
from funnel.stack.preflight import check_folder


def test_makes_the_folder(tmp_path: Path) -> None:
    check_folder(tmp_path / "new" / "data", reserve_mb=1)
    assert list((tmp_path / "new" / "data").iterdir()) == []


def test_a_folder_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StackError, match=r"file/data cannot be written \(Not a directory\).*set FUNNEL_DATA_DIR"):
        check_folder(tmp_path / "file" / "data", reserve_mb=1)


def test_a_nearly_full_disk(tmp_path: Path) -> None:
    with pytest.raises(StackError, match=r"only .* GB are free on the disk .*make room, or set FUNNEL_DATA_DIR"):
        check_folder(tmp_path, reserve_mb=10**12)
