"""Writes docs/reference from the code: `python -m funnel.reference [--check]` (make reference)."""

import sys
from pathlib import Path

from funnel.reference.pages import pages

DOCS = Path(__file__).parents[2] / "docs/reference"


def main(arguments: list[str]) -> int:
    """0 = done or up to date, 1 = stale, 2 = wrong usage."""
    if arguments not in ([], ["--check"]):
        print("usage: python -m funnel.reference [--check]", file=sys.stderr)
        return 2
    stale = [name for name, text in pages().items() if _now(DOCS / name) != text]
    if arguments:
        if stale:
            print(f"out of date in docs/reference: {', '.join(stale)}; run make reference", file=sys.stderr)
        return 1 if stale else 0
    for name in stale:
        (DOCS / name).write_text(pages()[name])
    return 0


def _now(path: Path) -> str:
    return path.read_text() if path.is_file() else ""


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
