"""What the cases found, a line each, for people and for docs/faults.md. Pure."""

from collections.abc import Sequence

from tests.faults.installed.case import Row

_HEAD = ("Case", "Sent", "Stored", "Lost", "Doubled", "Said after (s)", "Well again after (s)", "Verdict")


def table(rows: Sequence[Row]) -> list[str]:
    """Lines of Markdown."""
    cells = [_HEAD, tuple("---" for _ in _HEAD), *(_cells(row) for row in rows)]
    return [f"| {' | '.join(line)} |" for line in cells]


def _cells(row: Row) -> tuple[str, ...]:
    named = len(row.said) > 1
    said = ", ".join(f"{what} {_seconds(after)}" if named else _seconds(after) for what, after in row.said.items())
    counts = (row.sent, row.stored, row.lost, row.doubled)
    verdict = "FAILED" if row.objections or row.recovered is None else "passed"
    return (row.case, *(f"{count:,}" for count in counts), said or "-", _seconds(row.recovered), verdict)


def _seconds(seconds: float | None) -> str:
    return "never" if seconds is None else f"{seconds:.0f}"
