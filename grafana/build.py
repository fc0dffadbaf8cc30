"""Writes the dashboards' JSON from layout and query files: `python -m grafana.build [--check]`.

Run it after every change of a query or a layout; a test holds the committed files against it.
"""

import json
import sys
from collections.abc import Callable
from pathlib import Path

from grafana import data_health, on_now, sources, today, webinar, webinars, weeks
from grafana.base import Json
from grafana.dashboard import with_links

FOLDER = Path(__file__).parent / "dashboards"
DASHBOARDS: tuple[Callable[[], Json], ...] = (
    today.build,
    webinars.build,
    webinar.build,
    on_now.build,
    weeks.build,
    sources.build,
    data_health.build,
)


APART = {"data-health"}
"""Pages in a folder of their own, for those who run it; the others are in that of the business. One provider each."""


def rendered() -> dict[str, str]:
    """Path below the folder -> text of every dashboard."""
    built = [build() for build in DASHBOARDS]
    uids = [one["uid"] for one in built]
    built = [with_links(one, uids) for one in built]
    return {_path(one["uid"]): json.dumps(one, indent=2, sort_keys=True, ensure_ascii=False) + "\n" for one in built}


def _path(uid: str) -> str:
    return f"{uid if uid in APART else 'webinars'}/{uid}.json"


def stale(folder: Path = FOLDER) -> list[str]:
    """The paths of files in `folder` that differ from what would be written, are missing, or belong to no dashboard."""
    wanted = rendered()
    present = {str(path.relative_to(folder)): path.read_text() for path in folder.rglob("*.json")}
    return sorted(name for name in wanted.keys() | present.keys() if wanted.get(name) != present.get(name))


def write(folder: Path = FOLDER) -> None:
    """Makes `folder` hold exactly the dashboards."""
    wanted = rendered()
    for path in folder.rglob("*.json"):
        if str(path.relative_to(folder)) not in wanted:
            path.unlink()
    for name, text in wanted.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)


def main(arguments: list[str]) -> int:
    """The entry point of `python -m grafana.build`: 0 = done or up to date, 1 = stale, 2 = wrong use."""
    if arguments not in ([], ["--check"]):
        print("usage: python -m grafana.build [--check]", file=sys.stderr)
        return 2
    if arguments:
        different = stale()
        if different:
            print(f"out of date: {', '.join(different)}; run python -m grafana.build", file=sys.stderr)
        return 1 if different else 0
    write()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
