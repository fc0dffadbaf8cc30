"""A report's file -> rows with line numbers, in bounded memory."""

import csv
import io
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO

from connectors.zoom_report.layout import Rejection, Row

_MAX_LINE_CHARACTERS = 100_000
_PROGRESS_ROWS = 500
_UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")


class UnreadableFileError(Exception):
    """The file is not text with commas. The text is one line with a way out."""


def read_rows(path: Path, on_progress: Callable[[int], None]) -> Iterator[Row | Rejection]:
    """Rows of the CSV file; `on_progress` gets the bytes read so far.

    A byte order mark and NUL bytes are dropped; a row with a quote that is never closed is a Rejection. Raises
    UnreadableFileError for what is no CSV text, OSError for what cannot be opened.
    """
    with path.open("rb") as file:
        encoding = _encoding(file)
        text = io.TextIOWrapper(file, encoding=encoding, errors="replace", newline="")
        yield from _rows(text, file, on_progress)
        on_progress(file.tell())


def _rows(text: io.TextIOWrapper, file: BinaryIO, on_progress: Callable[[int], None]) -> Iterator[Row | Rejection]:
    reader = csv.reader(_lines(text))
    while True:
        line = reader.line_num + 1
        try:
            yield Row(line, next(reader))
        except StopIteration:
            return
        except csv.Error:
            reason = f"up to line {reader.line_num} one cell: a quote is not closed"
            yield Rejection(line, "row", reason, [])
        if line % _PROGRESS_ROWS == 0:
            on_progress(file.tell())


def _lines(text: io.TextIOWrapper) -> Iterator[str]:
    number = 0
    while line := text.readline(_MAX_LINE_CHARACTERS):
        number += 1
        if len(line) == _MAX_LINE_CHARACTERS:
            raise UnreadableFileError(f"line {number} is too long for a report. Import the CSV that Zoom generates.")
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
        raise UnreadableFileError("not a text file. Import the CSV that Zoom generates.")
    return "utf-8-sig"
