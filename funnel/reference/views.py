"""The reference of ClickHouse's views, from their files."""

import re
from pathlib import Path

from clickhouse.migrate import views
from funnel.reference.markdown import code, table

FOLDER = Path(__file__).parents[2] / "clickhouse/views"


def views_page() -> str:
    """The page."""
    parts = [
        "# Views",
        "",
        "What dashboards and reports read, with the moment as an argument: `SELECT * FROM funnel(at = now64(3))`.",
        "Those without it answer for now. [The contract](../contract.md), sections 2 to 5, defines each number;",
        "[The store](../../clickhouse/README.md) has the tables.",
    ]
    made = {name for name, _ in views()}
    for folder in sorted(path for path in FOLDER.iterdir() if path.is_dir()):
        rows = [_row(path) for path in sorted(folder.glob("*.sql")) if path.stem in made]
        if rows:
            parts += ["", f"## {folder.name}", "", table(("view", "what it answers", "argument"), rows)]
    return "\n".join(parts)


def _row(path: Path) -> tuple[str, str, str]:
    text = path.read_text()
    comment = []
    for line in text.splitlines():
        if not line.startswith("--"):
            break
        comment.append(line.removeprefix("--").strip())
    arguments = sorted(set(re.findall(r"\{(\w+):\w", text)) | ({"at"} if path.stem.endswith("_at") else set()))
    return code(path.stem), " ".join(comment), ", ".join(map(code, arguments))
