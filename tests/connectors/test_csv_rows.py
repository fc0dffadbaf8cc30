"""Files as they really come: byte order marks, NUL bytes, quotes that never close, and what is no CSV at all."""

from pathlib import Path

import pytest

from connectors.csv_rows import UnreadableFileError, read_rows
from connectors.rows import Row, RowRejection


def rows(folder: Path, content: bytes) -> list[Row | RowRejection]:
    file = folder / "report.csv"
    file.write_bytes(content)
    return list(read_rows(file, lambda done: None))


def test_byte_order_mark_and_nul_bytes_vanish(tmp_path: Path) -> None:
    assert rows(tmp_path, b"\xef\xbb\xbfTopic,I\0D\r\nx,\0\r\n") == [Row(1, ["Topic", "ID"]), Row(2, ["x", ""])]


def test_line_numbers_are_those_of_the_editor(tmp_path: Path) -> None:
    found = rows(tmp_path, b'a,"two\nlines",c\nd\n\ne\n')
    assert found == [Row(1, ["a", "two\nlines", "c"]), Row(3, ["d"]), Row(4, []), Row(5, ["e"])]


@pytest.mark.parametrize("encoding", ["utf-16", "utf-8-sig", "utf-8"])
def test_unicode_encodings(tmp_path: Path, encoding: str) -> None:
    assert rows(tmp_path, "Имя,é\n".encode(encoding)) == [Row(1, ["Имя", "é"])]


def test_other_encodings_do_not_stop_the_import(tmp_path: Path) -> None:
    (row,) = rows(tmp_path, "Имя,ann@example.com\n".encode("cp1251"))
    assert isinstance(row, Row)
    assert row.cells[1] == "ann@example.com"


def test_quote_that_is_not_closed_is_one_rejection(tmp_path: Path) -> None:
    found = rows(tmp_path, b'a\n"never closed\n' + b"x,y\n" * 50_000)
    rejections = [row for row in found if isinstance(row, RowRejection)]
    assert rejections[0].line == 2
    assert "quote is not closed" in rejections[0].reason
    assert len(found) > len(rejections)  # the rest of the file is read again


def test_endless_line_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFileError, match="line 2 is too long"):
        rows(tmp_path, b"b,c\n" + b"a" * 1_000_000)


@pytest.mark.parametrize("content", [b"PK\x03\x04" + b"\0" * 100, bytes(range(256)) * 20])
def test_what_is_no_text_is_refused(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(UnreadableFileError, match="CSV"):
        rows(tmp_path, content)


def test_progress_ends_with_the_size_of_the_file(tmp_path: Path) -> None:
    file = tmp_path / "report.csv"
    file.write_bytes(b"a,b\n" * 100_000)
    progress: list[int] = []
    for _ in read_rows(file, progress.append):
        pass
    assert progress == sorted(progress)
    assert progress[-1] == file.stat().st_size
    assert len(set(progress)) > 10
