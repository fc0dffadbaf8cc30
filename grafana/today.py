"""The home dashboard Today: what is unusual, live, over since yesterday, and upcoming."""

from contract.measures import CAME, FULL, LONGEST, STEPS
from grafana.base import GREY, GridPos, Json, sql
from grafana.cards import cards
from grafana.columns import AGAINST_TYPICAL, COUNT_AGAINST_TYPICAL, Column, Mark
from grafana.curves import coloured
from grafana.dashboard import dashboard, freshness
from grafana.filters import NAMES, filters, link
from grafana.panels import row, saying, table
from grafana.words import COMPLETENESS, PERCENTS, REGISTERED

UID = "today"

_WINDOW = "from=${__data.fields.from_ms.numeric}&to=${__data.fields.to_ms.numeric}"
_ONE = link("webinar", time=_WINDOW, webinar="${__data.fields.webinar_id}")
_COMING = link("webinar", time="from=now-7d&to=now", webinar="${__data.fields.webinar_id}")
# A finding about several webinars links to all of them, filtered: the query gives the page, and its filters by name.
_FOUND = (
    "/d/${__data.fields.page}?${__data.fields.chosen}"
    + "".join(f"&${{{name}:queryparam}}" for name in NAMES if name not in ("region", "course", "language"))
    + f"&{_WINDOW}"
)
_RIGHT = {"custom.align": "right"}
_HIDDEN = [Column("webinar_id", "Id", hidden=True), Column("from_ms", "From", hidden=True)]
_WRAPPED = {"custom.wrapText": True}
_TITLE = {"custom.minWidth": 150, **_WRAPPED}
_TO = Column("to_ms", "To", hidden=True)

# ▲ or ▼ is between the number and its difference; a dot if chance explains the difference.
_CHANGE = (Mark(r".*▲.*", "green"), Mark(r".*▼.*", "red"), Mark(r".* · .*", GREY))


def _against(name: str, label: str, description: str, width: int) -> Column:
    marks = COUNT_AGAINST_TYPICAL if name == "registrations" else AGAINST_TYPICAL
    return Column(name, label, description, width=width, marks=marks, cell="color-text", color="text", extra=_RIGHT)


def _percent(bucket: str, width: int = 104) -> Column:
    return _against(f"conversion{bucket}", PERCENTS[bucket], "Share of the registrants.", width)


_SUMS = "Of all registrants of the webinars that ended in these days. Grey: the change is within chance."


def _change(name: str, label: str, description: str) -> Column:
    return Column(name, label, description, marks=_CHANGE, color="text")


WEEK = [
    Column("webinars", "Webinars", "That ended in these days, each by its own local time.", color="text"),
    _change("registrations", "Registrants", REGISTERED),
    *(_change(f"conversion{step.ending}", step.rate, _SUMS) for step in (CAME, LONGEST, FULL)),
]

UNUSUAL = [
    Column("webinar_name", "Webinar", "A click opens it.", width=150, link=_FOUND, extra={"custom.wrapText": True}),
    Column("sentence", "What stands out, and why", extra={"custom.wrapText": True, "custom.minWidth": 206}),
    Column("since", "Since", "On your clock.", unit="time:ddd D MMM, HH:mm", width=142),
    Column("page", "Page", hidden=True),
    Column("chosen", "Chosen", hidden=True),
    *_HIDDEN,
    _TO,
]

ON_NOW = [
    Column("title", "Webinar", "A click opens it.", width=150, link=_ONE, extra={"custom.wrapText": True}),
    _against(
        "conversion",
        "Attendance rate",
        "So far, share of the registrants. ▲ ▼: outside the range typical of such webinars at this minute.",
        104,
    ),
    Column("registered_visits", "Attendees", CAME.description, unit="locale", width=65),
    _against("registrations", "Registrants", "So far. ▲ ▼: outside the typical range.", 95),
    Column("local_hour", "Local time", "In the webinar's own time zone.", width=90),
    Column("region", "Region", width=84, extra=_WRAPPED),
    *_HIDDEN,
    _TO,
]

YESTERDAY = [
    Column("title", "Webinar", "A click opens it.", link=_ONE, extra=_TITLE),
    *(_percent(step.ending) for step in STEPS),
    _against("registrations", "Registrants", REGISTERED, 105),
    Column("registered_visits", "Attendees", CAME.description, unit="locale", width=75),
    Column("local_hour", "Local time", "In the webinar's own time zone.", width=75),
    Column("region", "Region", width=100, extra=_WRAPPED),
    Column("course", "Course", width=120, extra=_WRAPPED),
    Column("completeness", "State", words=COMPLETENESS, width=92),
    Column(
        "likeness",
        "Compared with",
        "The earlier webinars of its typical range.",
        width=200,
        extra=_WRAPPED,
    ),
    *_HIDDEN,
    _TO,
]

UPCOMING = [
    Column("title", "Webinar", "A click opens it.", link=_COMING, extra=_TITLE),
    _against("registrations", "Registrants now", "▲ ▼: the forecast lies above or below the typical range.", 104),
    Column("expected", "Forecast at the end", "The likely range of the final number.", width=124),
    Column("local_start", "Local date and time", "In the webinar's own time zone.", width=140),
    Column(
        "baseline_now", "Typical by now", "At the same time before the start.", unit="locale", decimals=0, width=120
    ),
    Column("baseline_final", "Typical at the end", unit="locale", decimals=0, width=135),
    Column("n", "Compared with", "So many earlier webinars like it.", unit="suffix:webinars", width=120),
    Column("region", "Region", width=110, extra=_WRAPPED),
    Column("course", "Course", width=170, extra=_WRAPPED),
    Column("webinar_id", "Id", hidden=True),
]

SETUP = [
    Column("name", "Step", width=190),
    Column("state", "State", width=90, cell="color-text", color="text", marks=(Mark("Done", "green"),)),
    Column("sentence", "What is there, or what to do", extra={"custom.wrapText": True}),
]


def build() -> Json:
    """The dashboard as Grafana's classic JSON."""
    return dashboard(UID, "Today", _panels(), filters(), time=("now-7d", "now"))


def _panels() -> list[Json]:
    return [
        row(7, "Last seven full days, compared with the seven before", 0),
        *map(coloured, cards(8, sql(UID, "week"), WEEK, (4, 5, 5, 5, 5), 1)),
        saying(
            table(
                3,
                "Needs attention",
                "Webinars of the last seven days outside their typical range, latest first; then those that could not "
                "be judged, and why.",
                sql(UID, "unusual"),
                UNUSUAL,
                GridPos(0, 3, 14, 7),
            ),
            "No webinar in the last seven days",
        ),
        saying(
            table(
                4,
                "Live",
                "Webinars that are live now. The page Live shows them minute by minute.",
                sql(UID, "on_now"),
                ON_NOW,
                GridPos(14, 3, 10, 5),
            ),
            "No webinar is live",
        ),
        freshness(2, GridPos(14, 8, 10, 2)),
        saying(
            table(
                5,
                "Yesterday · ▲ better, ▼ worse than typical",
                "By each webinar's own local date. Grey: fewer than 30 registrants.",
                sql(UID, "yesterday"),
                YESTERDAY,
                GridPos(0, 10, 24, 9),
            ),
            "No webinars yesterday",
        ),
        saying(
            table(
                6,
                "Upcoming, the next seven days",
                "Registrants so far, what is typical at the same time before the start, and the forecast.",
                sql(UID, "upcoming"),
                UPCOMING,
                GridPos(0, 19, 24, 7),
            ),
            "No webinar is planned for the next seven days",
        ),
        row(
            20,
            "Getting started: connect, import, map sources, invite",
            26,
            [table(21, "Getting started", "", sql(UID, "setup"), SETUP, GridPos(0, 27, 24, 5))],
        ),
    ]
