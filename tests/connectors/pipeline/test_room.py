from pathlib import Path

import pytest

from connectors.pipeline.room import NoRoomError, fullest, require_room
from tests.servers.small_disk import fill, small_disk


def test_the_fullest_of_the_disks_in_the_data_folder_counts(tmp_path: Path) -> None:
    require_room(tmp_path, reserve_mb=1)
    with small_disk(tmp_path / "kafka", megabytes=4) as disk:
        require_room(tmp_path, reserve_mb=2)
        fill(disk / "ballast", leave=1_500_000)
        free = fullest(tmp_path)
        assert free is not None
        assert free.folder == disk
        with pytest.raises(
            NoRoomError, match=r"only 1 MB are free on the disk of .*/kafka, and 2 MB have to stay free"
        ):
            require_room(tmp_path, reserve_mb=2)
        require_room(tmp_path, reserve_mb=0)


def test_a_folder_that_is_not_there_yet_hinders_nothing(tmp_path: Path) -> None:
    require_room(tmp_path / "none", reserve_mb=1_000_000_000)
