"""Files as they really come: byte order marks, NUL bytes, quotes that never close, and what is no CSV at all."""

import io
from pathlib import Path

import pytest

from connectors.toolkit.csv_rows import UnreadableFileError, csv_rows
from connectors.toolkit.io.file_rows import read_rows
from connectors.toolkit.rows import Row, RowRejection


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


@pytest.mark.parametrize(
    ("encoding", "text"),
    [
        ("cp1251", "Анна,Иванова,Пётр"),
        ("cp1252", "Jürgen Müller,René,Zoë"),
        ("cp1252", "10. März 2026 18:00,a"),
        ("cp1253", "Γιάννης,Όνομα"),
        ("utf-16-le", "Name,E-Mail,Beitritt"),
        ("utf-16-be", "Иван,a@example.com"),
    ],
)
def test_an_encoding_that_the_file_does_not_say_is_found(tmp_path: Path, encoding: str, text: str) -> None:
    assert rows(tmp_path, f"{text}\n".encode(encoding)) == [Row(1, text.split(","))]


def test_an_encoding_that_cannot_be_told_is_asked_for_and_nothing_is_replaced(tmp_path: Path) -> None:
    content = "Imię,Nazwisko\nŁukasz,Żółkiewski\nJiří,Dvořák\n".encode("cp1250")
    with pytest.raises(UnreadableFileError, match=r"it may be cp1250 or cp1252\. Say its encoding with --encoding"):
        rows(tmp_path, content)
    said = list(csv_rows(io.BytesIO(content), lambda _: None, encoding="cp1250"))
    assert said[1] == Row(2, ["Łukasz", "Żółkiewski"])
    with pytest.raises(UnreadableFileError, match="it fits no code page"):
        rows(tmp_path, "名前,山田,太郎,花子\n".encode("cp932"))
    with pytest.raises(UnreadableFileError, match="not utf-8 text"):
        list(csv_rows(io.BytesIO(content), lambda _: None, encoding="utf-8-sig"))


TITLED = b"1. Summary\nTitle\tDemo, the first\n\nName\tJoin\tLeave\nA, B\t1\t2\nC, D\t3\t4\n"


@pytest.mark.parametrize(
    ("content", "cells"),
    [
        (b"sep=;\na;b\n1;2\n", [["a", "b"], ["1", "2"]]),
        (TITLED, [["1. Summary"], ["Title", "Demo, the first"], [], ["Name", "Join", "Leave"],
                  ["A, B", "1", "2"], ["C, D", "3", "4"]]),
        (b"a;b,c;d\n1;2,5;3\n", [["a", "b,c", "d"], ["1", "2,5", "3"]]),
        (b'"x;y;z",b\n1,2\n', [["x;y;z", "b"], ["1", "2"]]),
        (b"only\none\n", [["only"], ["one"]]),
    ],
)  # fmt: skip
def test_the_delimiter_is_that_of_the_table_below_its_titles(
    tmp_path: Path, content: bytes, cells: list[list[str]]
) -> None:
    assert [row.cells for row in rows(tmp_path, content)] == cells


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
    with pytest.raises(UnreadableFileError, match=r"as (it was )?exported"):
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
