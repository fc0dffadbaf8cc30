"""Writes the tables of docs/metrics.md from the list of metrics: `python -m process [--check]`."""

import sys
from pathlib import Path

from process.metrics import page

PAGE = Path(__file__).parents[1] / "docs" / "metrics.md"
MARK = "<!-- generated below from process/metrics.py: make measures -->\n"


def main(arguments: list[str]) -> int:
    """0 = done or up to date, 1 = stale, 2 = wrong usage."""
    if arguments not in ([], ["--check"]):
        print("usage: python -m process [--check]", file=sys.stderr)
        return 2
    text = PAGE.read_text()
    wanted = text[: text.index(MARK)] + MARK + "\n" + page()
    if arguments:
        if text != wanted:
            print("out of date: metrics.md; run make measures", file=sys.stderr)
        return int(text != wanted)
    PAGE.write_text(wanted)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
