"""A file that somebody has -> how it is imported: as a report of Zoom's, or as a table with a drafted mapping. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

import yaml

from connectors.table.suggest import Suggestion
from connectors.toolkit.date_forms import date_form
from connectors.toolkit.date_order import DateOrder
from connectors.toolkit.rows import Row
from connectors.zoom_report.layout import is_summary_header

_ABOVE = 40
"""A report of Zoom's says so within this many rows."""


def is_zoom_report(rows: Sequence[Row]) -> bool:
    """Whether it is an attendee or registration report of Zoom's."""
    return any(is_summary_header(row.cells) for row in rows[:_ABOVE] if row.cells)


@dataclass(frozen=True, slots=True)
class Open:
    """What a drafted mapping could not find out."""

    webinar: bool
    """Which webinar the file is about."""
    starts_at: bool
    """When it began."""
    order: bool
    """Whether its dates have the day or the month first."""
    advice: tuple[str, ...]
    """What else the person should know."""


def still_open(draft: Suggestion) -> Open:
    """What has to be asked."""
    asked = ("constants: webinar_id", "constants: starts_at", "dates:", "timezone:")
    said = draft.open_questions
    webinar, starts_at, order = (any(one.startswith(name) for one in said) for name in asked[:3])
    return Open(
        webinar,
        starts_at,
        order,
        advice=tuple(one for one in said if not one.startswith(asked)),
    )


def completed(
    draft: Suggestion, platform: str, webinar: str | None, starts_at: str | None, order: DateOrder | None
) -> str:
    """The text of the mapping file with the answers."""
    said = yaml.safe_load(draft.text)
    said["platform"] = platform
    constants = {name: value for name, value in (("webinar_id", webinar), ("starts_at", starts_at)) if value}
    if constants:
        said["constants"] = constants
    if order is not None:
        said["dates"] = [one for one in said["dates"] if (form := date_form(one).order) is None or form[1] == order]
    head = (
        "# What the columns mean (docs/services/tables.md): a draft of funnel setup. Correct it, then import again.\n"
    )
    return head + str(yaml.safe_dump(said, sort_keys=False, allow_unicode=True))
