"""Which of Zoom's reports a file is; those without anything to count are refused by name. Pure.

No text of a question or an answer gets past this point.
"""

import re

from connectors.zoom_report.layout import is_title

_TAKE = (
    "In Zoom choose Reports > Webinar > Attendee Report, generate the CSV report, and import that file unchanged. "
    "Nothing of this file was imported."
)
_TITLES = {
    r"q ?& ?a report|question details": "Zoom's Q&A report: questions and answers are not read.",
    r"poll(ing)? report|poll details": "Zoom's poll report: questions and answers are not read.",
    r"survey report|survey details": "Zoom's survey report: questions and answers are not read.",
    r"(webinar )?performance report": "Zoom's performance report: it lists no persons.",
}
_MAPPINGS = "connectors/samples/mappings"


def refusal(cells: list[str]) -> str | None:
    """Why the file is not read, and which one to import, if this row above the people shows it."""
    if is_title(cells):
        title = cells[0].strip().rstrip(":").lower()
        said = next((text for words, text in _TITLES.items() if re.fullmatch(words, title)), None)
        return None if said is None else f"{said} {_TAKE}"
    names = {" ".join(cell.lower().split()) for cell in cells}
    if "meeting id" in names or ("name (original name)" in names and "recording consent" in names):
        return (
            "a report about a meeting, not about a webinar. Import it as a table: funnel import table --mapping "
            f"{_MAPPINGS}/zoom-meeting-usage.yaml --timezone ZONE --constant webinar_id=ID FILE"
        )
    who = any(name.endswith(("email", "name")) for name in names)
    if who and any(re.match(r"view(s|ed|ing)?\b", name) for name in names):
        return (
            "a list of who watched a recording. Import it as a table: funnel import table --mapping "
            f"{_MAPPINGS}/zoom-recording-views.yaml --timezone ZONE --constant webinar_id=ID FILE"
        )
    return None
