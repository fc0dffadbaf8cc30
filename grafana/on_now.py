"""The dashboard Live: rooms while webinars are live, for phones and wall screens."""

from contract.measures import WATCHED
from grafana.base import GREY, GridPos, Json, sql
from grafana.cards import card
from grafana.columns import AGAINST_USUAL, Column, Mark
from grafana.curves import only, reusing, signed, whole
from grafana.dashboard import dashboard, freshness
from grafana.filters import filters, link
from grafana.panels import stat, table, timeseries
from grafana.variables import moving
from grafana.words import PERCENTS, WALK_INS

UID = "on-now"

_ONE = link(
    "webinar",
    time="from=${__data.fields.from_ms.numeric}&to=${__data.fields.to_ms.numeric}",
    webinar="${__data.fields.webinar_id}",
)
_BARS = {"drawStyle": "bars", "fillOpacity": 70, "lineWidth": 0, "showPoints": "never"}

ROOM = [
    Column("in_room", "Live viewers", color="green"),
    Column("most_at_once", "Peak viewers", "Since it began; of several, their sum."),
    Column("waiting", "Waiting", "In the room before the webinar has begun."),
    Column(
        "expected",
        "Still to come (forecast)",
        "Registrants who have not come and typically would: the typical rate of the registrants, less the attendees.",
    ),
]
CAME_SO_FAR = Column("conversion", "Attendance rate", marks=(Mark(r".*\(n=\d+\)", GREY),), color="text")


def _percent(bucket: str) -> Column:
    return Column(
        f"conversion{bucket}",
        PERCENTS[bucket],
        "So far, share of the registered; ▲ = ▼ against the same minute of the last ones like it.",
        width=104,
        marks=AGAINST_USUAL,
        cell="color-text",
        color="text",
        extra={"custom.align": "right"},
    )


WEBINARS = [
    Column("title", "Webinar", "A click opens it.", link=_ONE, extra={"custom.minWidth": 150, "custom.wrapText": True}),
    *(_percent(step.ending) for step in WATCHED),
    Column("minute", "Minute", width=85, extra={"custom.align": "right"}),
    Column(
        "registrations",
        "Registrants",
        "So far; ▲ ▼ against what is typical.",
        width=96,
        marks=AGAINST_USUAL,
        cell="color-text",
        color="text",
        extra={"custom.align": "right"},
    ),
    Column("visits_all", "Joined (any length)", "Registered or not.", unit="locale", width=100),
    Column("walk_ins", "Walk-ins", WALK_INS, unit="locale", width=84),
    Column("local_start", "Local date and time", "In the webinar's own time zone.", width=140),
    Column("webinar_id", "Id", hidden=True),
    Column("from_ms", "From", hidden=True),
    Column("to_ms", "To", hidden=True),
]


def build() -> Json:
    """The dashboard as Grafana's classic JSON."""
    # A room cannot be filtered by its people: these filters are only kept for the links back.
    kept = [{**one, "hide": 2} if one["name"] in ("source", "people") else one for one in filters()]
    # Rounded to five seconds: simultaneous viewers send the same query, which the server runs once
    # (docs/decisions/0013-answers-are-shared.md).
    variables = [moving("at", sql(UID, "at")), *kept]
    return dashboard(UID, "Live", _panels(), variables, time=("now-3h", "now"), refresh="10s")


def _panels() -> list[Json]:
    return [
        _sized(
            only(
                stat(
                    1,
                    "",
                    "The webinars that are on, together, and those about to begin. One person in two rooms counts in"
                    " both.",
                    sql(UID, "room"),
                    ROOM,
                    GridPos(0, 0, 19, 4),
                ),
                [column.name for column in ROOM],
            )
        ),
        reusing(
            only(
                stat(
                    7,
                    "Attendance rate so far",
                    "All of them together, the sum over the sum. Grey: of fewer than 30.",
                    "",
                    [CAME_SO_FAR],
                    GridPos(19, 0, 5, 4),
                ),
                [CAME_SO_FAR.name],
            ),
            1,
        ),
        freshness(2, GridPos(19, 4, 5, 2), UID),
        card(
            8,
            sql(UID, "next"),
            Column("next", "Next", "The next webinar that is planned, in its own time zone."),
            GridPos(0, 4, 19, 2),
            number=18,
        ),
        table(
            3,
            "Webinars · ▲ better, ▼ worse than typical",
            "On or about to begin, against the same minute of the last ones like them. Grey: of fewer than 30.",
            sql(UID, "webinars"),
            WEBINARS,
            GridPos(0, 6, 24, 9),
        ),
        *map(whole, _curves()),
    ]


def _sized(panel: Json) -> Json:
    """The panel with digits that are readable from across a room and still leave space for the panels below."""
    return {**panel, "options": {**panel["options"], "text": {"titleSize": 16, "valueSize": 56}}}


def _curves() -> list[Json]:
    return [
        timeseries(
            4,
            "Live viewers",
            "People at once, from half an hour before the start.",
            sql(UID, "in_room"),
            [],
            GridPos(0, 15, 24, 8),
            custom={"fillOpacity": 15, "showPoints": "never"},
        ),
        signed(
            timeseries(
                5,
                "Joins and leaves a minute",
                "All rooms together; leaves below the line. Whoever comes back joins again.",
                sql(UID, "joins"),
                [Column("joins", "Joins", color="green"), Column("leaves", "Leaves", color="orange")],
                GridPos(0, 23, 12, 7),
                custom=_BARS,
            )
        ),
        timeseries(
            6,
            "Registrations a minute",
            "For the webinars that are on and all that are to come.",
            sql(UID, "registrations"),
            [Column("registrations", "Registrations", color="blue")],
            GridPos(12, 23, 12, 7),
            custom=_BARS,
        ),
    ]
