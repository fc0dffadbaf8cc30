"""The folder of a backup: in the room that there is, whole or not at all."""

from pathlib import Path

import pytest

from funnel.backup.errors import BackupError
from funnel.backup.folder import check_files, checked, decompressed, new_folder, read_manifest
from funnel.backup.manifest import FILE, dump
from tests.funnel.backup.test_manifest import manifest

ALL = 10**9
"""More megabytes than any disk has."""


def test_what_was_written_is_there_with_its_checksum(tmp_path: Path) -> None:
    root = tmp_path / "b"
    with new_folder(root, tmp_path / "none", ALL, 10) as writing:
        with writing.compressed("tables/a.tsv.zst") as file:
            file.write(b"1\t2\n" * 1_000)
        said = manifest(files=writing.files)
        writing.finish(said)
    assert read_manifest(root) == said
    assert writing.files["tables/a.tsv.zst"] == checked(root / "tables/a.tsv.zst")
    check_files(root, said)
    with decompressed(root / "tables/a.tsv.zst") as content:
        assert content.read() == b"1\t2\n" * 1_000
    assert {path.stat().st_mode & 0o077 for path in [root, *root.rglob("*")]} == {0}


def test_the_reserve_of_a_disk_that_is_shared_stays_free(tmp_path: Path) -> None:
    data = tmp_path / "data"
    data.mkdir()
    with (
        pytest.raises(BackupError, match=r"have to stay free for what runs \(FUNNEL_DISK_RESERVE_MB\): make room, or"),
        new_folder(tmp_path / "b", data, ALL, 10),
    ):
        pass
    assert not (tmp_path / "b").exists()


def test_a_folder_within_the_data_folder_would_be_lost_with_it(tmp_path: Path) -> None:
    with (
        pytest.raises(BackupError, match=r"b lies in the data folder, and would be lost with it: choose one elsewhere"),
        new_folder(tmp_path / "b", tmp_path, 0, 0),
    ):
        pass
    assert not (tmp_path / "b").exists()


def test_what_cannot_be_read_is_named_and_what_went_away_is_left_out(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    with new_folder(tmp_path / "b", tmp_path / "none", 0, 0) as writing:
        writing.copy(tmp_path / "gone", "gone")
        with pytest.raises(BackupError, match=r"folder cannot be read \(Is a directory\): change its owner or mode"):
            writing.copy(tmp_path / "folder", "folder")
        assert writing.files == {}


def test_it_is_looked_at_all_the_while(tmp_path: Path) -> None:
    data, root = tmp_path / "data", tmp_path / "b"
    data.mkdir()

    def run_out() -> None:
        with new_folder(root, data, 0, 10) as writing:
            writing._keep_free = ALL * 1_000_000
            with writing.file("large") as file:
                for _ in range(20):
                    file.write(bytes(1024 * 1024))
                pytest.fail("nobody looked")

    with pytest.raises(BackupError, match=r"more is needed and .* have to stay free"):
        run_out()
    assert not root.exists()


def test_a_folder_without_its_last_file_is_no_backup(tmp_path: Path) -> None:
    for root, why in ((tmp_path / "none", "there is no folder"), (tmp_path, "holds no finished backup")):
        with pytest.raises(BackupError, match=why):
            read_manifest(root)
    (tmp_path / FILE).write_text(dump(manifest()))
    with pytest.raises(BackupError, match=r"events\.tsv\.zst is missing\. It is not restored: take another"):
        check_files(tmp_path, read_manifest(tmp_path))
