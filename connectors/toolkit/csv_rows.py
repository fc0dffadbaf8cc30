"""A file of separated values -> rows with line numbers, in bounded memory. Undecodable bytes are never replaced."""

import codecs
import csv
import io
from collections import Counter
from collections.abc import Callable, Iterator
from itertools import islice
from typing import BinaryIO, TextIO

from charset_normalizer import CharsetMatch, from_bytes

from connectors.toolkit.rows import Row, RowRejection

_MAX_LINE_CHARACTERS = 100_000
_PROGRESS_ROWS = 500
_PROBE_BYTES = 256 * 1024
"""The encoding is decided by this much text beyond plain ASCII."""
_UTF16_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_CODE_PAGES = ["cp1250", "cp1251", "cp1252", "cp1253", "cp1254", "koi8_r", "cp866"]
"""The code pages that are detected; others have to be named."""
_LATIN = frozenset({"cp1250", "cp1252", "cp1254"})
_DELIMITERS = ",;\t|"
_HEAD_LINES = 60
_SEPARATOR_LINE = "sep="


_NAME_THE_ENCODING = "Say its encoding with --encoding or in the mapping file, such as cp1251 or cp1252."
_MOST_CHAOS = 0.15
"""The greatest chaos (charset-normalizer's measure) of correctly decoded text; above it no code page fits."""


class UnreadableFileError(Exception):
    """The file is not text with separated values. The text is one line with a way out."""


def csv_rows(
    file: BinaryIO, on_progress: Callable[[int], None], *, encoding: str | None = None, delimiter: str | None = None
) -> Iterator[Row | RowRejection]:
    """Rows of the file; `on_progress` gets the bytes read so far.

    `encoding` None: UTF-8, UTF-16 with or without its mark, else the code page detected from the text. `delimiter`
    None: the one that separates most of the first lines: comma, semicolon, tab or |; a line `sep=;` sets it. A byte
    order mark and NUL bytes are dropped; a row with an unclosed quote is a RowRejection. Raises UnreadableFileError
    if the file is no such text, or its encoding cannot be detected.
    """
    encoding = encoding or _encoding(file)
    try:
        delimiter = delimiter or _delimiter(file, encoding)
        text = io.TextIOWrapper(file, encoding=encoding, newline="")
        yield from _rows(text, delimiter, lambda: on_progress(file.tell()))
    except UnicodeError as error:
        raise UnreadableFileError(
            f"not {encoding.removesuffix('-sig')} text. {_NAME_THE_ENCODING} Or save it as UTF-8."
        ) from error
    on_progress(file.tell())


def encoding_named(name: str) -> str:
    """Python's name of an encoding; for UTF-8 the variant that skips a byte order mark. Raises ValueError."""
    try:
        "".encode(name)
    except LookupError as error:
        raise ValueError("no such encoding; write one such as utf-8, utf-16, cp1251 or cp1252") from error
    return "utf-8-sig" if codecs.lookup(name).name == "utf-8" else name


def rows_of_text(text: str) -> Iterator[Row | RowRejection]:
    """The same for text in memory, such as a published sheet, separated by commas."""
    return _rows(io.StringIO(text.removeprefix("\ufeff"), newline=""), ",", lambda: None)


def _rows(text: TextIO, delimiter: str, on_progress: Callable[[], None]) -> Iterator[Row | RowRejection]:
    reader = csv.reader(_lines(text), delimiter=delimiter)
    while True:
        line = reader.line_num + 1
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error:
            reason = f"up to line {reader.line_num} one cell: a quote is not closed"
            yield RowRejection(line, "row", reason, [])
            continue
        if line > 1 or not row or not row[0].lower().startswith(_SEPARATOR_LINE):
            yield Row(line, row)
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
    wide = _utf16_without_mark(head)
    if wide is not None:
        return wide
    # Real reports hold a stray NUL, but not many of them, nor other control bytes.
    control = sum(byte < 9 or 13 < byte < 32 for byte in head)
    if control > len(head) // 50 + 8:
        raise UnreadableFileError("not a text file. Import the file as it was exported.")
    return "utf-8-sig" if _is_utf8(file) else _code_page(file)


def _utf16_without_mark(head: bytes) -> str | None:
    """In text in a Western or Cyrillic script every other byte is 0 or 4."""
    for name, high in (("utf-16-le", head[1::2]), ("utf-16-be", head[0::2])):
        if len(high) >= 8 and sum(byte in (0, 4) for byte in high) > 0.8 * len(high):
            return name
    return None


def _is_utf8(file: BinaryIO) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        while piece := file.read(1 << 20):
            decoder.decode(piece)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    finally:
        file.seek(0)
    return True


def _code_page(file: BinaryIO) -> str:
    """The code page, detected from the lines beyond plain ASCII. Raises UnreadableFileError if none or several fit."""
    sample = b"".join(islice((line for line in file if not line.isascii()), 2_000))[:_PROBE_BYTES]
    file.seek(0)
    matches = list(from_bytes(sample, cp_isolation=_CODE_PAGES, threshold=0.4))
    close = [one for one in matches if _is_close(one, matches[0])]
    pages = {one.encoding for one in close} if matches and matches[0].chaos < _MOST_CHAOS else set()
    if len(pages) == 1:
        return "cp1252" if "cp1252" in close[0].could_be_from_charset else close[0].encoding
    if "cp1251" in pages and not pages & _LATIN:
        # A few Russian words may also be valid Greek; Russian files are far more common.
        return "cp1251"
    which = f"it may be {' or '.join(sorted(pages))}" if pages else "it fits no code page"
    raise UnreadableFileError(f"neither UTF-8 nor UTF-16, and {which}. {_NAME_THE_ENCODING}")


def _is_close(one: CharsetMatch, best: CharsetMatch) -> bool:
    return one.chaos - best.chaos < 0.05 and best.coherence - one.coherence < 0.2


def _delimiter(file: BinaryIO, encoding: str) -> str:
    """The delimiter that splits most of the first lines into the same number of cells; quoted cells are ignored. A
    title or two above may lack it. If nothing decides, a comma.
    """
    text = io.TextIOWrapper(file, encoding=encoding, newline="")
    lines = [
        line.replace("\0", "") for line in islice(iter(lambda: text.readline(_MAX_LINE_CHARACTERS), ""), _HEAD_LINES)
    ]
    # Otherwise the file would be closed with this reader.
    text.detach()
    file.seek(0)
    first = lines[0].lstrip("\ufeff").strip().lower() if lines else ""
    if first.startswith(_SEPARATOR_LINE) and len(first) == len(_SEPARATOR_LINE) + 1:
        return first[-1]
    plain = ["".join(line.split('"')[::2]) for line in lines]

    def weight(delimiter: str) -> tuple[int, int]:
        counts = Counter(line.count(delimiter) for line in plain)
        del counts[0]
        # Many lines with the same number of cells count more than one line with many cells.
        return max(((lines_of * count, count) for count, lines_of in counts.items()), default=(0, 0))

    return max(_DELIMITERS, key=weight)
