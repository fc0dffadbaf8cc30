"""The dashboard Webinars: one row a webinar with its numbers, by the words of docs/design.md 2. Pure layout."""

from grafana.panels import Column, Json, Place, dashboard, fixed_variable, query_variable, sql, stat, table

UID = "webinars"

COMPLETENESS = {
    "upcoming": "Upcoming",
    "on_now": "On now",
    "being_completed": "Being completed",
    "final": "Final",
    "cancelled": "Cancelled",
}
WEEKDAYS = {str(day): name for day, name in enumerate(("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"), start=1)}
DIMENSIONS = {
    "region": "Region",
    "course": "Course",
    "language": "Language",
    "format": "Format",
    "platform": "Service",
}

_REGISTERED = "Registration good at the end of the webinar; before the end: now."
_CAME = "Registered people with any watch time."
_AT = "As it stood at the end of the chosen time range, or now if that lies ahead."


def _percent(bucket: str, label: str) -> Column:
    return Column(f"conversion{bucket}", f"{label}, % of registered", unit="percentunit", decimals=1)


SCHEDULE = [
    Column("local_start", "Local date and time", "In the webinar's own time zone.", width=140),
    Column("weekday", "Weekday", words=WEEKDAYS, width=80),
    Column("title", "Webinar", width=280),
    *(Column(name, label, width=100) for name, label in DIMENSIONS.items()),
    Column("completeness", "State", words=COMPLETENESS, width=130),
    Column("registrations", "Registered", _REGISTERED),
    Column("registered_visits", "Came", _CAME),
    _percent("", "Came"),
    Column("registered_visits_5m", "Stayed 5 min", "Registered people who watched 5 minutes or more."),
    _percent("_5m", "Stayed 5 min"),
    Column("registered_visits_30m", "Stayed 30 min", "Registered people who watched 30 minutes or more."),
    _percent("_30m", "Stayed 30 min"),
    Column("registered_visits_full", "Watched 90 %", "Registered people; 90 is the setting FUNNEL_FULL_PERCENT."),
    _percent("_full", "Watched 90 %"),
    Column("visits_all", "Opened the room", "At least one session, of no length too, registered or not."),
    Column("walk_ins", "Came without registering", "Opened the room and were not registered. In no percentage."),
    Column("registered_later", "Registered later", "After the end. In no percentage."),
    Column("recording_viewers", "Watched the recording", "People; never a live visit."),
    Column("recording_views", "Recording views", "Views, several a person."),
    Column("webinar_id", "Id", "For funnel report --webinar.", width=200),
]

TOTALS = [
    Column("webinars", "Webinars"),
    Column("registrations", "Registered", _REGISTERED),
    Column("registered_visits", "Came", _CAME),
    Column(
        "conversion",
        "Came, % of registered",
        "Of all the webinars that have begun together: sum over sum.",
        unit="percentunit",
        decimals=1,
    ),
]


def build() -> Json:
    """The dashboard as Grafana's classic JSON."""
    return dashboard(UID, "Webinars", _panels(), _variables(), time=("now-7d", "now+7d"))


def _panels() -> list[Json]:
    return [
        stat(1, "In this range", _AT, sql(UID, "totals"), TOTALS, Place(0, 0, 14, 4)),
        stat(
            2,
            "Data as of",
            "When the newest event that these numbers may rest on could be queried.",
            sql(UID, "data_as_of"),
            [Column("data_as_of", "Data as of", unit="dateTimeAsSystem")],
            Place(14, 0, 6, 4),
        ),
        stat(
            3,
            "No start time known",
            "Webinars that no service has told the time of; they are in no time range, so not in the list.",
            sql(UID, "without_start"),
            [Column("webinars", "Webinars")],
            Place(20, 0, 4, 4),
        ),
        table(
            4,
            "Webinars",
            f"Webinars that begin, or are planned to begin, within the chosen time range. {_AT}",
            sql(UID, "schedule"),
            SCHEDULE,
            Place(0, 4, 24, 20),
        ),
    ]


def _variables() -> list[Json]:
    queried = [query_variable(name, label, sql(UID, f"variables/{name}")) for name, label in DIMENSIONS.items()]
    return [*queried, fixed_variable("completeness", "State", COMPLETENESS)]
