"""The content of the sample files. Pure; a test compares the committed files with it."""

import csv
import io
from datetime import datetime

from connectors.simulator.day import records
from connectors.simulator.scenario import Scenario
from connectors.simulator.zoom_csv import ZoomReport, report_rows
from contract.instants import parse_instant

_SEED = 1
_REPORTS = {
    "zoom-python-from-zero.csv": ("Python from zero", "912 3456 7801", "2026-11-03 18:00:12", 64, 60),
    "zoom-sql-for-analysts.csv": ("SQL for analysts", "912 3456 7802", "2026-11-05 12:00:31", 47, 40),
    "zoom-data-careers.csv": ("Data careers, evening edition", "912 3456 7803", "2026-11-10 21:01:05", 92, 80),
}
_DAY = Scenario(parse_instant("2026-11-12T18:00:00.000Z"), registrants=30, other_webinars=False, broken_records=False)


def sample_files() -> dict[str, bytes]:
    """File name -> content: Zoom reports (times of Europe/Berlin) and one file of contract events."""
    files = {name: _csv(*about).encode() for name, about in _REPORTS.items()}
    files["events.jsonl"] = b"".join(delivery.value + b"\n" for delivery in records(_DAY, _SEED))
    return files


def _csv(title: str, number: str, start: str, minutes: int, registrants: int) -> str:
    text = io.StringIO()
    report = ZoomReport(title, number, datetime.fromisoformat(start), minutes, registrants)
    csv.writer(text).writerows(report_rows(report, _SEED))
    return text.getvalue()
