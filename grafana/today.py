"""The home dashboard Today: what is unusual, live, over since yesterday, and upcoming."""

from contract.measures import CAME, FULL, LONGEST, STEPS
from grafana.base import GREY, GridPos, Json, sql
from grafana.cards import cards
from grafana.columns import BESIDE_ITS_COUNT, Column, Mark
from grafana.curves import coloured
from grafana.dashboard import dashboard, freshness
from grafana.filters import NAMES, filters, link
from grafana.panels import row, saying, sentence, table
from grafana.words import COMPLETENESS, REGISTERED

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
_TO = Column("to_ms", "To", hidden=True)

# ▲ or ▼ is between the number and its difference; a dot if chance explains the difference.
_CHANGE = (Mark(r".*▲.*", "green"), Mark(r".*▼.*", "red"), Mark(r".* · .*", GREY))


def _against(name: str, label: str, description: str, width: int) -> Column:
    return Column(
        name, label, description, width=width, marks=BESIDE_ITS_COUNT, cell="color-text", color="text", extra=_RIGHT
    )


def _webinar(when: str, opened: str) -> Column:
    """The first column: with the next three it fills a phone."""
    extra = {"custom.minWidth": 138, **_WRAPPED}
    return Column("webinar", "Webinar", f"{when}, in its own time zone. A click opens it.", link=opened, extra=extra)


_ATTENDEES = Column("registered_visits", "Attendees", CAME.description, unit="locale", width=58)


_SUMS = "Of all registrants of the webinars that ended in these days. Grey: the change is within chance."


def _change(name: str, label: str, description: str) -> Column:
    return Column(name, label, description, marks=_CHANGE, color="text")


WEEK = [
    Column("webinars", "Webinars", "That ended in these days, each by its own local time.", color="text"),
    _change("registrations", "Registrants", REGISTERED),
    *(_change(f"conversion{step.ending}", step.rate, _SUMS) for step in (CAME, LONGEST, FULL)),
]

UNUSUAL = [
    Column("webinar_name", "Webinar", "A click opens it.", width=162, link=_FOUND, extra=_WRAPPED),
    Column("sentence", "What stands out, and why", extra={"custom.minWidth": 196, **_WRAPPED}),
    Column("since", "Since", "On your clock.", unit="time:ddd D MMM, HH:mm", width=142),
    Column("page", "Page", hidden=True),
    Column("chosen", "Chosen", hidden=True),
    *_HIDDEN,
    _TO,
]

ON_NOW = [
    _webinar("When it began", _ONE),
    _against("registrations", "Registrants", "So far. ▲ ▼: outside the typical range.", 70),
    _ATTENDEES,
    _against(
        "conversion",
        "Attendance rate",
        "So far, share of the registrants. ▲ ▼: outside the range typical of such webinars at this minute.",
        90,
    ),
    Column("region", "Region", width=110, extra=_WRAPPED),
    *_HIDDEN,
    _TO,
]

YESTERDAY = [
    _webinar("When it began", _ONE),
    _against("registrations", "Registrants", REGISTERED, 70),
    _ATTENDEES,
    *(_against(f"conversion{step.ending}", step.rate, "Share of the registrants.", 90) for step in STEPS),
    Column("region", "Region", width=110, extra=_WRAPPED),
    Column("course", "Course", width=160, extra=_WRAPPED),
    Column("completeness", "State", words=COMPLETENESS, width=92),
    Column("likeness", "Compared with", "The earlier webinars of its typical range.", extra={"custom.minWidth": 240}),
    *_HIDDEN,
    _TO,
]

UPCOMING = [
    _webinar("When it begins", _COMING),
    _against("registrations", "Registrants now", "▲ ▼: the forecast lies above or below the typical range.", 92),
    Column("expected", "Forecast at the end", "The likely range of the final number.", width=124),
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
    headline = sentence(
        1,
        "What needs attention of the last seven days, what was held yesterday by its own local date, and what comes.",
        [Column("headline", "In a sentence")],
        GridPos(0, 0, 20, 3),
        sql(UID, "headline"),
    )
    return [
        {**headline, "options": {**headline["options"], "text": {"valueSize": 16}}},
        freshness(2, GridPos(20, 0, 4, 3)),
        row(7, "Last seven full days, compared with the seven before", 3),
        *map(coloured, cards(8, sql(UID, "week"), WEEK, (4, 5, 5, 5, 5), 4)),
        saying(
            table(
                3,
                "Needs attention",
                "Webinars of the last seven days outside their typical range, latest first; then those that could not "
                "be judged, and why.",
                sql(UID, "unusual"),
                UNUSUAL,
                GridPos(0, 6, 14, 9),
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
                GridPos(14, 6, 10, 9),
            ),
            "No webinar is live",
        ),
        saying(
            table(
                5,
                "Yesterday · ▲ better, ▼ worse than typical",
                "By each webinar's own local date. Grey: fewer than 30 registrants.",
                sql(UID, "yesterday"),
                YESTERDAY,
                GridPos(0, 15, 24, 9),
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
                GridPos(0, 24, 24, 7),
            ),
            "No webinar is planned for the next seven days",
        ),
        row(
            20,
            "Getting started: connect, import, map sources, invite",
            31,
            [table(21, "Getting started", "", sql(UID, "setup"), SETUP, GridPos(0, 32, 24, 5))],
        ),
    ]
