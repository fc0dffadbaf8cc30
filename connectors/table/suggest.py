"""A table's first rows -> a mapping file for a person to correct. Pure.

Columns are recognised by their names in English, German, Spanish, French, Portuguese and Russian exports.
"""

import re
from collections.abc import Sequence
from typing import NamedTuple

from connectors.table.fields import Kind
from connectors.toolkit.cells import clean
from connectors.toolkit.date_forms import date_form
from connectors.toolkit.date_order import OrderError, Orders
from connectors.toolkit.rows import Row
from connectors.toolkit.spans import clock_seconds, spelled_seconds

_NAMES: dict[str, tuple[str, ...]] = {
    "email": ("e-?mail", "correo", "courriel", "почт", "мейл"),
    "attended": ("attended", "has_joined", "teilgenommen", "asisti", "compareceu", "присутств", "участвовал"),
    "registered_at": ("regist", "anmelde", "angemeldet", "created", "signed up", "inscri", "регистр", "записал"),
    "joined_at": (
        *("join", "beitritt", "enter", "first seen", "entrada", "connexion", "вход", "вош[её]л", "подключ"),
        *("premi[èe]re participation", "arriv[ée]e", "primera uni[óo]n", "primeira participa", "acceso"),
    ),
    "left_at": (
        *("leave", "left", "exit", "last seen", "verlassen", "austritt", "salida", "sa[ií]da", "sortie", "выход"),
        *("d[ée]part", "[úu]ltima salida", "abandono"),
    ),
    "watched_percent": ("percent", "%", "prozent", "porcent", "pourcent", "процент"),
    "total_duration": ("duration", "time in session", "watch", "dauer", "duraci", "dur[ée]e", "dura[çc]", "длительн"),
    "status": ("status", "state", "estado", "statut", "situa[çc]", "статус"),
    "role": ("role", "rolle", r"rol\b", "r[ôo]le", "fun[çc]", "роль"),
    "country": ("country", r"land\b", "pa[ií]s", "pays", "страна"),
    "webinar_id": (r"(webinar|event|meeting|session|veranstaltung|evento|r[ée]union|вебинар)[ _-]?(id|nr|number)",),
    "starts_at": ("start", "beginn", "inicio", "in[ií]cio", "d[ée]but", "начал"),
    "referrer": ("referr?er",),
    "tracking_code": ("source name", "tracking", "quelle", "fuente", "origem", "источник"),
}
_FIRST = re.compile("first|erst|premi|primer|primeir|перв", re.IGNORECASE)
"""The first of several joins: with the last leave it is no stay, because the person may have been away between."""
_UTM = re.compile(r"utm[ _-](source|medium|campaign|content|term)", re.IGNORECASE)
_PATTERNS = {field: re.compile("|".join(names), re.IGNORECASE) for field, names in _NAMES.items()}
_OF_REGISTRATIONS = {"email", "registered_at", "status", "role", "country", "webinar_id", "referrer", "tracking_code"}
_OF_ATTENDANCE = {"joined_at", "left_at", "total_duration", "watched_percent", "attended"}
_DAYS = (
    *("%d/%m/%Y", "%m/%d/%Y", "%d.%m.%Y", "%d-%m-%Y", "%m-%d-%Y"),
    *("%d/%m/%y", "%m/%d/%y", "%d.%m.%y", "%b %d, %Y", "%d. %b %Y", "%Y年%m月%d日"),
)
_CLOCKS = (" %H:%M", " %H:%M:%S", " %I:%M %p", " %I:%M:%S %p")
_FORMS = tuple(f"{day}{comma}{clock}" for day in _DAYS for clock in _CLOCKS for comma in ("", ",")) + _DAYS


class Suggestion(NamedTuple):
    """A mapping file, and what could not be found out for it."""

    text: str
    open_questions: tuple[str, ...]


def names_people(rows: Sequence[Row]) -> bool:
    """Whether one of the rows looks like the header of a table about people."""
    return any("email" in _fields_of(row.cells) for row in rows)


def suggest(rows: Sequence[Row], timezone: str = "UTC", tab: str | None = None) -> Suggestion:
    """`rows`: the first rows of the file, including the header; `tab`: their sheet, if there are several. Raises
    ValueError if no row looks like a header.
    """
    header = max(rows, key=lambda row: (len(_fields_of(row.cells)), -row.line), default=None)
    if header is None or "email" not in _fields_of(header.cells):
        raise ValueError("no row names a column of email addresses; write the mapping file by hand")
    names = _fields_of(header.cells)
    data = [row.cells for row in rows if row.line > header.line and len(row.cells) > 1]
    kind: Kind = "registrations" if "registered_at" in names else "attendance"
    known = (
        _OF_REGISTRATIONS if kind == "registrations" else {*_OF_ATTENDANCE, "email", "role", "webinar_id", "starts_at"}
    )
    columns = {field: place for field, place in names.items() if field in known or _is_utm(field, kind)}
    _name_the_length(columns, data)
    section = _section(rows, header)
    dates, questions = _dates(columns, data)
    if kind == "registrations" and names.keys() & _OF_ATTENDANCE:
        questions.append("it has attendance too: import it again with a mapping file of kind attendance")
    if "webinar_id" not in columns:
        questions.append("constants: webinar_id: which webinar the file is about")
    if kind == "attendance" and "starts_at" not in columns:
        questions.append("constants: starts_at: when it began, unless another source has it")
    if not timezone or timezone == "UTC":
        questions.append("timezone: of times without an offset")
    return Suggestion(_text(kind, timezone, columns, header.cells, section, dates, tab), tuple(questions))


def _fields_of(titles: Sequence[str]) -> dict[str, int]:
    """Field -> position of the first column with such a name."""
    found: dict[str, int] = {}
    for place, title in enumerate(titles):
        utm = _UTM.fullmatch(title.strip())
        field = (
            f"utm_{utm[1].lower()}"
            if utm
            else next((field for field, name in _PATTERNS.items() if field not in found and name.search(title)), None)
        )
        if field is not None and len(title) < 60:
            found.setdefault(field, place)
    return found


def _is_utm(field: str, kind: Kind) -> bool:
    return kind == "registrations" and field.startswith("utm_")


def _name_the_length(columns: dict[str, int], data: Sequence[Sequence[str]]) -> None:
    """Chooses the field of the duration: plain numbers are minutes."""
    said = _values(data, columns.get("total_duration"))
    if said and not any(clock_seconds(text) is not None or spelled_seconds(text) is not None for text in said):
        columns["total_minutes"] = columns.pop("total_duration")


def _section(rows: Sequence[Row], header: Row) -> str | None:
    above = [row for row in rows if row.line < header.line]
    if not above:
        return None
    last = [cell.strip() for cell in above[-1].cells if cell.strip()]
    return last[0] if len(last) == 1 else None


def _dates(columns: dict[str, int], data: Sequence[Sequence[str]]) -> tuple[list[str], list[str]]:
    texts = [text for field in columns if field.endswith("_at") for text in _values(data, columns[field])]
    forms = [pattern for pattern in _FORMS if any(_fits(pattern, text) for text in texts)]
    orders = Orders()
    for line, text in enumerate(texts):
        orders.add(text, line)
    try:
        order = orders.order()
    except OrderError:
        order = None
    ordered = [form for form in forms if (said := date_form(form).order) is None or order in (None, said[1])]
    if order is None and orders.undecided:
        return ordered, ["dates: keep the form with the day first, or that with the month first"]
    return ordered, []


def _fits(pattern: str, text: str) -> bool:
    try:
        return date_form(pattern).read(text) is not None
    except ValueError:
        return False


def _values(data: Sequence[Sequence[str]], place: int | None) -> list[str]:
    if place is None:
        return []
    return [text for cells in data if place < len(cells) and (text := clean(cells[place]))]


def _text(
    kind: str,
    timezone: str,
    columns: dict[str, int],
    titles: Sequence[str],
    section: str | None,
    dates: Sequence[str],
    tab: str | None,
) -> str:
    lines = [f"kind: {kind}", "platform: zoom  # the service where people met", f"timezone: {timezone}"]
    if {"joined_at", "left_at"} <= columns.keys() and _FIRST.search(titles[columns["joined_at"]]):
        lines.append("times: first_and_last")
    if tab is not None:
        lines.append(f"tab: {_quoted(tab)}")
    if section:
        lines.append(f"section: {_quoted(section)}")
    if dates:
        lines.append(f"dates: [{', '.join(map(_quoted, dates))}]")
    lines += ["columns:", *(f"  {field}: {_quoted(titles[place])}" for field, place in columns.items())]
    if "webinar_id" not in columns:
        lines += ["constants:", '  webinar_id: "..."']
    return "\n".join(lines) + "\n"


def _quoted(text: str) -> str:
    return '"' + text.strip().replace("\\", "\\\\").replace('"', '\\"') + '"'
