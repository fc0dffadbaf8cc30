from pathlib import Path

import pytest

from process.files import write_atomically, write_in_kept_room
from tests.servers.small_disk import fill, small_disk


def test_replaces_and_leaves_nothing_beside(tmp_path: Path) -> None:
    path = tmp_path / "some.txt"
    write_atomically(path, "one")
    write_atomically(path, "two")
    assert path.read_text() == "two"
    assert list(tmp_path.iterdir()) == [path]


def test_a_full_disk_leaves_what_was_there(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", megabytes=1) as disk:
        path = disk / "some.txt"
        write_atomically(path, "one")
        fill(disk / "ballast")
        with pytest.raises(OSError, match="No space left"):
            write_atomically(path, "two" * 10_000)
        assert path.read_text() == "one"
        assert sorted(one.name for one in disk.iterdir()) == ["ballast", "some.txt"]


def test_whoever_interrupts_leaves_what_was_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(descriptor: int) -> None:
        raise KeyboardInterrupt

    path = tmp_path / "some.txt"
    write_atomically(path, b"one")
    monkeypatch.setattr("os.fsync", interrupted)
    with pytest.raises(KeyboardInterrupt):
        write_atomically(path, "two")
    assert path.read_text() == "one"
    assert list(tmp_path.iterdir()) == [path]


def test_what_has_its_room_is_replaced_on_a_full_disk_and_longer_text_leaves_what_was_there(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", megabytes=1) as disk:
        path = disk / "some.txt"
        for text in ("one", "two"):
            write_in_kept_room(path, text, 8_192)
        fill(disk / "ballast")
        for text in ("three" * 1_000, "four", "five" * 2_000):
            write_in_kept_room(path, text, 8_192)
            assert path.read_text().rstrip() == text
        with pytest.raises(OSError, match="No space left"):
            write_in_kept_room(path, "six" * 10_000, 8_192)
        assert path.read_text().rstrip() == "five" * 2_000
        write_in_kept_room(path, "seven", 8_192)
        assert path.read_text().rstrip() == "seven"
