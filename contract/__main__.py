"""Writes the generated parts of the docs from the measures: `python -m contract [--check]` (docs/measures.md)."""

import sys
from pathlib import Path

from contract.pages import stale, written

DOCS = Path(__file__).parents[1] / "docs"


def main(arguments: list[str]) -> int:
    """0 = done or up to date, 1 = stale, 2 = wrong usage."""
    if arguments not in ([], ["--check"]):
        print("usage: python -m contract [--check]", file=sys.stderr)
        return 2
    pages = [(path.name, path.read_text()) for path in sorted(DOCS.glob("*.md"))]
    different = stale(pages)
    if arguments:
        if different:
            print(f"out of date: {', '.join(different)}; run make measures", file=sys.stderr)
        return 1 if different else 0
    for name in different:
        path = DOCS / name
        path.write_text(written(path.read_text()))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
