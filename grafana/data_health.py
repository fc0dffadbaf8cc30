"""The dashboard Data health: whether the numbers are fresh and complete, for operators."""

from grafana.base import GridPos, Json, sql
from grafana.columns import READABLE, Column, Mark
from grafana.dashboard import dashboard, freshness
from grafana.filters import filters
from grafana.panels import saying, sized, stat, table, timeseries

UID = "data-health"

TOPICS = {
    "webinar.webinars.v1": "Webinars",
    "webinar.registrations.v1": "Registrations",
    "webinar.attendance.v1": "Attendance",
    "webinar.identities.v1": "Identities",
    "webinar.connector-reports.v1": "Connector reports",
}
"""Topic -> its content, in words."""
REASONS = {
    "unreadable": "Not readable",
    "not_json": "Not JSON",
    "unknown_kind": "Unknown kind",
    "unknown_value": "Unknown value",
    "missing_field": "Missing field",
    "wrong_form": "Wrong form of a field",
    "time_out_of_range": "Time out of range",
    "no_person": "No person named",
    "counted_twice": "Counted twice",
    "erasure_asked": "Deletion to decide about",
    "unmapped_form": "Form without a rule",
}
"""Reasons of quarantine and dead letters -> in words."""

_TIME = "time:ddd D MMM, HH:mm:ss"
_SOME = {
    # By size: Grafana matches patterns with texts only, and these are numbers.
    "thresholds": {
        "mode": "absolute",
        "steps": [{"color": "text", "value": None}, {"color": READABLE["orange"], "value": 1}],
    },
    "color": {"mode": "thresholds"},
}
"""More than none is orange."""
_NARROW = {"custom.minWidth": 95}

# Of one unit: where 880 ms stands beside 1.4 s, a phone has no room for the longer one.
QUICK = [
    Column("middle", "Median", unit="suffix:s", decimals=2),
    Column("most", "95th percentile", unit="suffix:s", decimals=2),
    Column("worst", "99th percentile", unit="suffix:s", decimals=2),
    Column("events", "Events", "Within the hour, repeated deliveries included.", unit="locale"),
]
PROBE = [
    Column("age_seconds", "Sent", "How long ago the newest one that got through was sent.", unit="s", decimals=0),
    Column("seconds", "Took", "From Kafka until it could be queried.", unit="s", decimals=2),
]
CURVES = [
    Column("middle", "Median", color="green"),
    Column("most", "95th percentile", color="yellow"),
    Column("worst", "99th percentile", color="orange"),
]
FRESH = [
    Column("topic", "What", words=TOPICS),
    Column("newest", "Newest", unit=_TIME, width=170),
    Column("age", "Age", unit="s", decimals=0, width=100),
    Column("events", "Last hour", width=100),
]
RUNS = [
    Column("connector", "Connector", width=130),
    Column("task", "Task", width=90),
    Column("began", "Last start", unit=_TIME, width=170),
    Column(
        "ended",
        "Result",
        width=110,
        cell="color-text",
        marks=(Mark("failed", "red"), Mark("succeeded", "green"), Mark("running", "blue")),
    ),
    Column("events", "Events", width=80),
    Column("rejected", "Rejected", width=90, cell="color-text", extra=_SOME),
    Column("error", "Error", extra={"custom.wrapText": True}),
]
WEBHOOKS = [
    Column("connector", "Connector", extra=_NARROW),
    Column("accepted", "Accepted", "Within the hour.", extra=_NARROW),
    Column("refused", "Refused", "Within the hour.", cell="color-text", extra={**_NARROW, **_SOME}),
    Column("spooled", "Waiting in the spool", "Events safe on disk that are not in Kafka yet.", extra=_NARROW),
    Column("latest", "Last minute reported", unit=_TIME, width=170),
]
POLLERS = [
    Column("connector", "Connector", width=130),
    Column(
        "state",
        "State",
        width=90,
        cell="color-text",
        marks=(Mark("nobody", "red"), Mark("polled", "green")),
    ),
    Column("owner", "By", "The machine and the process.", width=260),
    Column("since", "Since", unit=_TIME, width=170),
    Column("standby", "Standby", "Polls when that one ends.", extra={"custom.wrapText": True}),
]
QUARANTINED = [
    Column("connector", "Connector", width=110),
    Column("reason", "Why", words=REASONS, width=190),
    Column("waiting", "Waiting", width=85),
    Column("since", "Since", unit=_TIME, width=170),
    Column("example", "For example", extra={"custom.wrapText": True}),
]
FORMS = [
    Column("connector", "Connector", width=110),
    Column("form", "Form"),
    Column("waiting", "Registrations waiting", width=120),
    Column("since", "Since", unit=_TIME, width=170),
]
DEAD_LETTERS = [
    Column("topic", "What", words=TOPICS, width=170),
    Column("reason", "Why", words=REASONS, width=170),
    Column("records", "Records", width=85),
    Column("latest", "Latest", unit=_TIME, width=170),
    Column("example", "For example", extra={"custom.wrapText": True}),
]
ALERTS = [
    Column("since", "Since", unit=_TIME, width=170),
    Column("sentence", "Why nothing is judged", extra={"custom.wrapText": True}),
]
UNDELIVERED = [
    Column("created", "Found", unit=_TIME, width=170),
    Column("title", "Message", extra={"custom.wrapText": True}),
    Column("channel", "Channel", width=90),
    Column(
        "outcome",
        "State",
        "Set aside: the message itself cannot be sent. Given up: its channel did not work for a day.",
        width=100,
        cell="color-text",
        marks=(Mark("set aside|given up", "red"), Mark("tried again", "orange")),
    ),
    Column("attempts", "Attempts", width=70),
    Column("detail", "Why", extra={"custom.wrapText": True}),
]
JOBS = {
    "current numbers": "Current numbers",
    "current numbers are behind": "Current numbers are behind",
    "visitor types": "New and returning people",
    "events do not get through": "Events do not get through",
    "snapshots": "Snapshots of live webinars",
    "settled counts": "Settled counts of ended webinars",
    "timelines": "Timelines of ended webinars",
    "judgements": "Judgements of webinars",
    "probe events": "Probe events",
    "dead-letter fuse": "Reading Kafka's topics (the dead-letter fuse)",
}
"""Job of a worker -> in words."""
REJECTED_ROWS = [
    Column("file_name", "File", width=230),
    Column("webinar_id", "Webinar", width=230),
    Column("task", "What it holds"),
    Column("rejected", "Rejected rows", width=120, cell="color-text", extra=_SOME),
    Column("rows", "Of", "Rows of the file; n/a: it is about several webinars.", width=90),
    Column("since", "Imported", unit=_TIME, width=170),
]
DONE = [
    Column("job", "Job", words=JOBS, width=260),
    Column("state", "Now", width=90, cell="color-text", marks=(Mark("fails", "red"), Mark("works", "green"))),
    Column("worked", "Last worked", unit=_TIME, width=170),
    Column("failed", "Last failed", unit=_TIME, width=170),
    Column("failures", "Failed in a row", width=120, cell="color-text", extra=_SOME),
    Column("error", "Error", extra={"custom.wrapText": True}),
]


WORKERS = [
    Column("worker", "Worker", width=120),
    Column("host", "Machine", width=150),
    Column(
        "state",
        "Now",
        "Gone: without a word for more than two minutes. Ended: it was told to.",
        width=80,
        cell="color-text",
        marks=(Mark("gone", "red"), Mark("fails", "orange"), Mark("works", "green")),
    ),
    Column("since", "Started", unit=_TIME, width=170),
    Column(
        "restarts",
        "Restarts, 7 days",
        "How often it was started again although nobody had told it to end.",
        width=120,
        cell="color-text",
        extra=_SOME,
    ),
    Column("restarted", "Last restart", unit=_TIME, width=170),
    Column("failed", "Last failed", unit=_TIME, width=170),
    Column("error", "Last error", extra={"custom.wrapText": True}),
]


def build() -> Json:
    """The dashboard as Grafana's classic JSON."""
    # Nothing here depends on the filters; they are only kept for the links back.
    kept = [{**one, "hide": 2} for one in filters()]
    return dashboard(UID, "Data health", _panels(), kept, time=("now-3h", "now"))


def _panels() -> list[Json]:
    return [
        freshness(1, GridPos(0, 0, 5, 3)),
        sized(
            stat(
                2,
                "Delay from Kafka to these pages, last hour",
                "How long events took from Kafka until they could be queried.",
                sql(UID, "lag"),
                QUICK,
                GridPos(5, 0, 13, 3),
            ),
            13,
            22,
        ),
        sized(
            stat(
                24,
                "Probe event",
                "One goes from Kafka to these pages every ten seconds, in every partition, and counts in no number. "
                "Older than a minute: events do not get through.",
                sql(UID, "probe"),
                PROBE,
                GridPos(18, 0, 6, 3),
            ),
            13,
            26,
        ),
        saying(
            table(
                3,
                "Last run of each connector",
                "Failed ones first.",
                sql(UID, "runs"),
                RUNS,
                GridPos(0, 3, 14, 6),
            ),
            "No connector has run yet: funnel setup connects one",
        ),
        saying(
            table(
                4,
                "Newest event of each kind",
                "Kinds without events within a day are not listed.",
                sql(UID, "topics"),
                FRESH,
                GridPos(14, 3, 10, 6),
            ),
            "No event yet",
        ),
        saying(
            table(
                26,
                "Workers",
                "The processes that fold events into the numbers, as each says itself every minute.",
                sql(UID, "workers"),
                WORKERS,
                GridPos(0, 9, 24, 5),
            ),
            "No worker has run within a day",
        ),
        timeseries(
            5,
            "Delay from Kafka to these pages",
            "By the minute in which events became queryable.",
            sql(UID, "insert_times"),
            CURVES,
            GridPos(0, 14, 12, 8),
            unit="s",
        ),
        timeseries(
            6,
            "Events per second, by service",
            "As they became queryable, repeated deliveries included.",
            sql(UID, "rates"),
            [],
            GridPos(12, 14, 12, 8),
            unit="eps",
        ),
        *_rejected(),
    ]


def _rejected() -> list[Json]:
    return [
        saying(
            table(
                7,
                "Quarantine",
                "What connectors could not publish, and keep. `funnel connectors quarantine` shows and releases it.",
                sql(UID, "quarantined"),
                QUARANTINED,
                GridPos(0, 22, 14, 5),
            ),
            "Nothing is waiting",
        ),
        saying(
            table(
                8,
                "Forms without a rule",
                "Registrations wait until a rule says which webinar a form is for.",
                sql(UID, "forms"),
                FORMS,
                GridPos(14, 22, 10, 5),
            ),
            "No registration is waiting for a rule",
        ),
        saying(
            table(
                9,
                "Dead letters",
                "Records of our own topics that could not be read. `funnel dead-letters` shows and replays them.",
                sql(UID, "dead_letters"),
                DEAD_LETTERS,
                GridPos(0, 27, 24, 6),
            ),
            "No unreadable records",
        ),
        saying(
            table(
                10,
                "Webhooks and spool, last hour",
                "What services sent on their own.",
                sql(UID, "webhooks"),
                WEBHOOKS,
                GridPos(0, 33, 24, 4),
            ),
            "No webhook within the hour",
        ),
        saying(
            table(
                21,
                "Alerts",
                "Whether webinars are looked at each minute (`funnel alerts watch`).",
                sql(UID, "alerts"),
                ALERTS,
                GridPos(0, 37, 9, 5),
            ),
            "Alerts are on",
        ),
        saying(
            table(
                22,
                "Undelivered alerts, last seven days",
                "What is wrong with a channel, or with a message.",
                sql(UID, "undelivered"),
                UNDELIVERED,
                GridPos(9, 37, 15, 5),
            ),
            "All were delivered",
        ),
        saying(
            table(
                11,
                "Workers' jobs",
                "Recurring work on all webinars. While a job fails, its numbers are late or slow.",
                sql(UID, "jobs"),
                DONE,
                GridPos(0, 42, 24, 5),
            ),
            "No job has run yet",
        ),
        saying(
            table(
                23,
                "Files and sheets with rejected rows",
                "They stay here until the corrected file is imported or the sheet is complete. A file's rows wait in "
                "the folder quarantine of FUNNEL_DATA_DIR, a sheet's in `funnel connectors quarantine`.",
                sql(UID, "rejected_rows"),
                REJECTED_ROWS,
                GridPos(0, 47, 24, 5),
            ),
            "No rejected rows",
        ),
        saying(
            table(
                25,
                "Who polls which service",
                "One process polls a service, however many are started. Where nobody does, start `funnel connectors "
                "poll NAME`, or run `funnel connectors retire NAME` if it is not to be polled any more.",
                sql(UID, "pollers"),
                POLLERS,
                GridPos(0, 52, 24, 5),
            ),
            "No service was polled within a week",
        ),
    ]
