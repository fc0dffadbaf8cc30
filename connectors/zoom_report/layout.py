"""Which table of Zoom's report a row belongs to, and which column is which. Pure.

Tables are found by title and columns by name, never by position: columns vary with the account's settings, and an
organiser's own questions are in the middle.
"""

from enum import StrEnum

from connectors.toolkit.texts import visible


class Section(StrEnum):
    """The tables of the report."""

    SUMMARY = "topic"
    HOST = "host details"
    PANELIST = "panelist details"
    ATTENDEE = "attendee details"
    OTHER = "other attended"


_ALIASES = {
    "user name (original name)": "user name",
    "name (original name)": "user name",
    "name": "user name",
    "email address": "email",
    "phone number": "phone",
    "country/region": "country/region name",
    "# registrants": "# registered",
    "id": "webinar id",
}


def _seen(title: str) -> str:
    return " ".join(visible(title).lower().split())


def section_titled(cells: list[str]) -> Section | None:
    """The section that a row with only a first cell begins."""
    if not is_title(cells):
        return None
    title = _seen(cells[0]).rstrip(":")
    return next((s for s in (Section.HOST, Section.PANELIST, Section.ATTENDEE, Section.OTHER) if s == title), None)


def is_title(cells: list[str]) -> bool:
    """Whether only the first cell of a row is not empty."""
    return bool(cells[0].strip()) and not any(cell.strip() for cell in cells[1:])


def is_summary_header(cells: list[str]) -> bool:
    """Whether it is the header of the table about the webinar, which begins with Topic."""
    return _seen(cells[0]) == "topic" and "webinar id" in columns_of(cells)


def is_generated_time(cells: list[str]) -> bool:
    """Whether the row has the report's time: `Report generated time` or, in older ones, `Report Generated:`."""
    return _seen(cells[0]).startswith("report generated")


def columns_of(header: list[str]) -> dict[str, int]:
    """Column name in lower case -> position. Of two columns with one name the first is Zoom's own."""
    places: dict[str, int] = {}
    for place, title in enumerate(header):
        name = _seen(title)
        if name:
            places.setdefault(_ALIASES.get(name, name), place)
    return places
