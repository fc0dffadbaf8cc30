"""Answers as CSV, as an Excel workbook, as Parquet."""

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from funnel.answers.definitions import Definition
from funnel.export.table import Exported
from funnel.report.export import as_csv, save, workbook
from process.files import write_atomically

METADATA = ("funnel.about", "funnel.definitions")
"""The keys of a Parquet file's metadata, each with JSON."""


class NotInstalledError(Exception):
    """A format needs a package that is not there. The text is one line with the way out."""


def save_csv(what: Exported, path: Path) -> list[Path]:
    """Writes the rows, and beside them NAME.definitions.csv. Returns both paths. Raises OSError."""
    beside = path.with_name(f"{path.stem}.definitions.csv")
    written = io.StringIO()
    csv.writer(written, lineterminator="\n").writerows(what.second())
    write_atomically(path, as_csv(what.rows))
    write_atomically(beside, written.getvalue())
    return [path, beside]


def save_xlsx(what: Exported, path: Path) -> list[Path]:
    """Writes a workbook with the sheets Report and Definitions. Raises OSError."""
    from openpyxl.styles import Font  # noqa: PLC0415  slow to import

    book = workbook(what.rows)
    sheet = book.create_sheet("Definitions")
    for line, cells in enumerate(what.second(), 1):
        for place, text in enumerate(cells, 1):
            cell = sheet.cell(line, place)
            cell.value, cell.data_type = text, "s"
            cell.font = Font(bold=line == 1)
    for letter, width in zip("ABCDE", (28, 40, 90, 10, 40), strict=True):
        sheet.column_dimensions[letter].width = width
    sheet.freeze_panes = "A2"
    save(book, path)
    return [path]


def save_parquet(what: Exported, path: Path) -> list[Path]:
    """Writes one file; definitions are in its metadata (METADATA). Raises OSError, NotInstalledError."""
    try:
        from arro3.core import Array, DataType, Table  # noqa: PLC0415  an extra
        from arro3.io import write_parquet  # noqa: PLC0415
    except ImportError as error:
        said = "Parquet needs the extra parquet: pip install 'webinar-funnel[parquet]'; CSV and XLSX need nothing"
        raise NotInstalledError(said) from error
    types = {"int": DataType.int64(), "float": DataType.float64(), "bool": DataType.bool(), "text": DataType.utf8()}
    columns: dict[str, Any] = {
        one.name: Array([_typed(one, row[one.name]) for row in what.rows], types[_type(one)]) for one in what.explained
    }
    about = {name: value for name, _, value in what.about}
    texts = (json.dumps(about), json.dumps([one._asdict() for one in what.explained]))
    file = io.BytesIO()
    write_parquet(
        Table.from_pydict(columns),
        file,
        compression="zstd(3)",
        key_value_metadata=dict(zip(METADATA, texts, strict=True)),
    )
    write_atomically(path, file.getvalue())
    return [path]


SAVERS: dict[str, Callable[[Exported, Path], list[Path]]] = {
    ".csv": save_csv,
    ".xlsx": save_xlsx,
    ".parquet": save_parquet,
}
"""By the ending of the file's name."""


def _type(one: Definition) -> str:
    """By the definition, not by the values: so every file of a question has the same columns."""
    if one.unit == "share" or one.name in ("average_watch_seconds", "median_watch_seconds"):
        return "float"
    return {"yes/no": "bool", "people": "int", "count": "int", "seconds": "int"}.get(one.unit, "text")


def _typed(one: Definition, value: Any) -> Any:
    if value is None:
        return None
    kinds: dict[str, Callable[[Any], Any]] = {"int": int, "float": float, "bool": bool, "text": str}
    return kinds[_type(one)](value)
