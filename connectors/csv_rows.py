"""A file or text of separated values -> rows with line numbers, in bounded memory."""

import codecs
import csv
import io
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO, TextIO

from connectors.rows import Row, RowRejection

_MAX_LINE_CHARACTERS = 100_000
_PROGRESS_ROWS = 500
_HEAD_BYTES = 64 * 1024
_UTF16_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_DELIMITERS = ",;\t"


class UnreadableFileError(Exception):
    """The file is not text with separated values. The text is one line with a way out."""


def read_rows(
    path: Path,
    on_progress: Callable[[int], None],
    *,
    encoding: str | None = None,
    delimiter: str | None = ",",
    strict: bool = False,
) -> Iterator[Row | RowRejection]:
    """Rows of the file; `on_progress` gets the bytes read so far.

    `encoding` None: UTF-8, or UTF-16 with its mark. `delimiter` None: what the first line has most of: comma,
    semicolon or tab. `strict`: bytes that are no text of the encoding are an error, and not replaced. A byte order
    mark and NUL bytes are dropped; a row with a quote that is never closed is a RowRejection. Raises
    UnreadableFileError for what is no such text, OSError for what cannot be opened.
    """
    with path.open("rb") as file:
        yield from _rows_of(file, on_progress, encoding, delimiter, strict)


def rows_of_bytes(
    content: bytes, *, encoding: str | None = None, delimiter: str | None = None
) -> Iterator[Row | RowRejection]:
    """The same, strictly, for a file whose content is already here."""
    return _rows_of(io.BytesIO(content), lambda _: None, encoding, delimiter, True)


def _rows_of(
    file: BinaryIO, on_progress: Callable[[int], None], encoding: str | None, delimiter: str | None, strict: bool
) -> Iterator[Row | RowRejection]:
    encoding = encoding or _encoding(file)
    delimiter = delimiter or _delimiter(file, encoding)
    text = io.TextIOWrapper(file, encoding=encoding, errors="strict" if strict else "replace", newline="")
    try:
        yield from _rows(text, delimiter, lambda: on_progress(file.tell()))
    except UnicodeError as error:
        raise UnreadableFileError(
            f"not {encoding.removesuffix('-sig')} text. Say its encoding, such as cp1251 or latin-1, or save it as "
            "UTF-8. What stands before the first other character has been read."
        ) from error
    on_progress(file.tell())


def rows_of_text(text: str) -> Iterator[Row | RowRejection]:
    """The same for text that is already here, such as a published sheet: with commas."""
    return _rows(io.StringIO(text.removeprefix("\ufeff"), newline=""), ",", lambda: None)


def _rows(text: TextIO, delimiter: str, on_progress: Callable[[], None]) -> Iterator[Row | RowRejection]:
    reader = csv.reader(_lines(text), delimiter=delimiter)
    while True:
        line = reader.line_num + 1
        try:
            yield Row(line, next(reader))
        except StopIteration:
            return
        except csv.Error:
            reason = f"up to line {reader.line_num} one cell: a quote is not closed"
            yield RowRejection(line, "row", reason, [])
        if line % _PROGRESS_ROWS == 0:
            on_progress()


def _lines(text: TextIO) -> Iterator[str]:
    number = 0
    while line := text.readline(_MAX_LINE_CHARACTERS):
        number += 1
        if len(line) == _MAX_LINE_CHARACTERS:
            raise UnreadableFileError(f"line {number} is too long for a table. Import the CSV file as it was exported.")
        yield line.replace("\0", "")


def _encoding(file: BinaryIO) -> str:
    head = file.read(4096)
    file.seek(0)
    if head.startswith(_UTF16_MARKS):
        return "utf-16"
    if head.startswith(b"PK\x03\x04"):
        raise UnreadableFileError("an Excel workbook or a ZIP archive, not CSV. Save it as CSV (UTF-8) first.")
    # A stray NUL occurs in real reports; many of them, or other control bytes, do not.
    control = sum(byte < 9 or 13 < byte < 32 for byte in head)
    if control > len(head) // 50 + 8:
        raise UnreadableFileError("not a text file. Import the CSV file as it was exported.")
    return "utf-8-sig"


def _delimiter(file: BinaryIO, encoding: str) -> str:
    """Of the first line that says anything, quoted cells left aside. At a tie, and with none of them, a comma."""
    head = file.read(_HEAD_BYTES).decode(encoding, errors="replace")
    file.seek(0)
    first = next((line for line in head.splitlines() if line.strip(f'{_DELIMITERS}" \0')), "")
    plain = "".join(first.split('"')[::2])
    return max(_DELIMITERS, key=plain.count)
