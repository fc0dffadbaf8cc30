"""What `funnel status` printed, for looking for words: its table folds long texts. Pure."""

import re
from collections.abc import Iterable
from itertools import pairwise

Rows = frozenset[str]
"""The rows of the table and the lines beside it, letters and digits only."""

_EDGES = re.compile(r"[┏┓┗┛┡┩├┤└┘━─╇┳┻┼┬┴╋═]")


def rows_of(text: str) -> Rows:
    """Each row with its folded cells put together again."""
    rows: list[list[str]] = []
    lines: list[str] = []
    for line in text.splitlines():
        if "│" in line:
            cells = [cell.strip() for cell in line.strip().strip("│").split("│")]
            if rows and not cells[0] and len(cells) == len(rows[-1]):
                rows[-1] = [before + more for before, more in zip(rows[-1], cells, strict=True)]
            else:
                rows.append(cells)
        elif not _EDGES.search(line):
            lines.append(line)
    # Lines beside the table may be wrapped, too.
    wrapped = [first + second for first, second in pairwise(lines)]
    return frozenset(_squashed(row) for row in [*("".join(cells) for cells in rows), *lines, *wrapped])


def naming(rows: Iterable[str], phrases: Iterable[str], of: str = "") -> bool:
    """Whether a row has one of the phrases, and the name `of`."""
    wanted = [_squashed(phrase) for phrase in phrases]
    return any(_squashed(of) in row and any(phrase in row for phrase in wanted) for row in rows)


def _squashed(text: str) -> str:
    return re.sub(r"[^a-z0-9]", "", text.lower())
