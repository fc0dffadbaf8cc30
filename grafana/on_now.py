"""The dashboard Live: rooms while webinars are live, for phones and wall screens."""

from contract.measures import CAME, WATCHED
from grafana.base import GREY, GridPos, Json, sql
from grafana.cards import card
from grafana.columns import BESIDE_ITS_COUNT, Column, Mark
from grafana.curves import MIDDLE, band, only, reusing, signed, whole
from grafana.dashboard import dashboard, freshness
from grafana.filters import filters, link
from grafana.panels import saying, sized, stat, table, timeseries
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
    Column("in_room", "Live viewers", unit="locale", color="green"),
    Column("most_at_once", "Peak viewers", "Since the start; of several webinars, their sum.", unit="locale"),
    Column("waiting", "Waiting", "In the room before the start.", unit="locale"),
    Column(
        "expected",
        "Still to come (forecast)",
        "Registrants who have not come but typically would: typical rate times registrants, less attendees.",
        unit="locale",
    ),
]
CAME_SO_FAR = Column("conversion", "Attendance rate", marks=(Mark(r".*\(n=\d+\)", GREY),), color="text")


def _percent(bucket: str) -> Column:
    return Column(
        f"conversion{bucket}",
        PERCENTS[bucket],
        "So far, share of the registrants. ▲ ▼: outside the range typical of such webinars at this minute.",
        width=90,
        marks=BESIDE_ITS_COUNT,
        cell="color-text",
        color="text",
        extra={"custom.align": "right"},
    )


WEBINARS = [
    Column(
        "webinar",
        "Webinar",
        "When it begins, in its own time zone, and its title. A click opens it.",
        link=_ONE,
        extra={"custom.minWidth": 138, "custom.wrapText": True},
    ),
    Column(
        "registrations",
        "Registrants",
        "So far. ▲ ▼: outside the typical range.",
        width=70,
        marks=BESIDE_ITS_COUNT,
        cell="color-text",
        color="text",
        extra={"custom.align": "right"},
    ),
    Column("registered_visits", "Attendees", CAME.description, unit="locale", width=58),
    *(_percent(step.ending) for step in WATCHED),
    Column("minute", "Minute", width=85, extra={"custom.align": "right"}),
    Column("visits_all", "Joined (any length)", "Registered or not.", unit="locale", width=100),
    Column("walk_ins", "Walk-ins", WALK_INS, unit="locale", width=84),
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
        # Readable from across a room, with space left for the panels below.
        sized(
            only(
                stat(
                    1,
                    "",
                    "All live webinars together, and those about to begin. A person in two rooms counts in both.",
                    sql(UID, "room"),
                    ROOM,
                    GridPos(0, 0, 19, 4),
                ),
                [column.name for column in ROOM],
            ),
            14,
            44,
        ),
        reusing(
            only(
                stat(
                    7,
                    "Attendance rate so far",
                    "Attendees of all live webinars over their registrants. Grey: fewer than 30 registrants.",
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
            Column("next", "Next", "The next webinar planned, in its own time zone."),
            GridPos(0, 4, 19, 2),
            number=18,
        ),
        saying(
            table(
                3,
                "Webinars · ▲ better, ▼ worse than typical",
                "Live or about to begin, compared with earlier webinars like them at the same minute. Grey: fewer than "
                "30 registrants.",
                sql(UID, "webinars"),
                WEBINARS,
                GridPos(0, 6, 24, 9),
            ),
            "No webinar is live",
        ),
        *map(whole, _curves()),
    ]


def _with_typical_lines(panel: Json) -> Json:
    """The panel with the typical curves that the query names, one per room, as thin dashed lines."""
    look = {"color": {"mode": "fixed", "fixedColor": GREY}, **MIDDLE, "custom.fillOpacity": 0}
    properties = [{"id": name, "value": value} for name, value in look.items()]
    overrides = panel["fieldConfig"]["overrides"]
    lines = {"matcher": {"id": "byRegexp", "options": "^Typical · .*"}, "properties": properties}
    return {**panel, "fieldConfig": {**panel["fieldConfig"], "overrides": [*overrides, lines]}}


def _curves() -> list[Json]:
    return [
        _with_typical_lines(
            timeseries(
                4,
                "Live viewers",
                "People in the room, from half an hour before the start. Grey: the range typical of such a webinar at "
                "the same minute; where several webinars are live, dashed lines in its middle.",
                sql(UID, "in_room"),
                band("Typical, lower end", "Typical", "Typical, upper end"),
                GridPos(0, 15, 24, 8),
                # Rooms that began at different seconds have their points at different times.
                custom={"showPoints": "never", "spanNulls": 300_000},
            )
        ),
        signed(
            timeseries(
                5,
                "Joins and leaves per minute",
                "All rooms together, leaves below the line. Whoever comes back joins again.",
                sql(UID, "joins"),
                [Column("joins", "Joins", color="green"), Column("leaves", "Leaves", color="orange")],
                GridPos(0, 23, 12, 7),
                custom=_BARS,
            )
        ),
        timeseries(
            6,
            "Registrations per minute",
            "For the webinars that are live and all that are upcoming.",
            sql(UID, "registrations"),
            [Column("registrations", "Registrations", color="blue")],
            GridPos(12, 23, 12, 7),
            custom=_BARS,
        ),
    ]
