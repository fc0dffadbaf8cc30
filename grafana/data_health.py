"""The dashboard Data health: whether the numbers are fresh and whole, for those who run it."""

from grafana.base import Json, Place, sql
from grafana.columns import Column, Mark
from grafana.dashboard import dashboard, data_as_of
from grafana.filters import filters
from grafana.panels import stat, table, timeseries

UID = "data-health"

TOPICS = {
    "webinar.webinars.v1": "Webinars",
    "webinar.registrations.v1": "Registrations",
    "webinar.attendance.v1": "Attendance",
    "webinar.identities.v1": "Identities",
    "webinar.connector-reports.v1": "Reports of connectors",
}
"""Topic -> what it holds, in words."""
REASONS = {
    "unreadable": "Not readable",
    "not_json": "Not JSON",
    "unknown_kind": "A kind nobody knows",
    "unknown_value": "A value nobody knows",
    "missing_field": "A field is missing",
    "wrong_form": "A field has a wrong form",
    "time_out_of_range": "A time out of range",
    "no_person": "No person in it",
    "unmapped_form": "A form without a rule",
}
"""Reasons of quarantine and dead letters -> in words."""

_TIME = "dateTimeAsSystem"
_BAD = (Mark("[1-9].*", "orange"),)

QUICK = [
    Column("middle", "Half within", unit="s"),
    Column("most", "95 of 100 within", unit="s"),
    Column("worst", "99 of 100 within", unit="s"),
    Column("events", "Events", "Within the hour, repeated deliveries too.", unit="short"),
]
CURVES = [
    Column("middle", "Half within", color="green"),
    Column("most", "95 of 100 within", color="yellow"),
    Column("worst", "99 of 100 within", color="orange"),
]
FRESH = [
    Column("topic", "What", words=TOPICS),
    Column("newest", "Newest", unit=_TIME, width=170),
    Column("age", "Age", unit="s", width=100),
    Column("events", "Last hour", width=100),
]
RUNS = [
    Column("connector", "Connector", width=130),
    Column("task", "Task", width=90),
    Column("began", "Last began", unit=_TIME, width=170),
    Column(
        "ended",
        "It ended",
        width=110,
        cell="color-text",
        marks=(Mark("failed", "red"), Mark("well", "green"), Mark("still runs", "blue")),
    ),
    Column("events", "Events", width=80),
    Column("rejected", "Rejected", width=90, cell="color-text", color="text", marks=_BAD),
    Column("error", "Why it failed", extra={"custom.wrapText": True}),
]
WEBHOOKS = [
    Column("connector", "Connector", width=95),
    Column("accepted", "Accepted, last hour", width=95),
    Column("refused", "Refused, last hour", width=90, cell="color-text", color="text", marks=_BAD),
    Column("spooled", "Waiting in the spool", "Events that are safe on disk and not yet in Kafka.", width=105),
    Column("latest", "Last minute reported", unit=_TIME, width=165),
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
    Column("topic", "What", words=TOPICS, width=150),
    Column("reason", "Why", words=REASONS, width=190),
    Column("records", "Records", width=85),
    Column("latest", "Latest", unit=_TIME, width=170),
    Column("example", "For example", extra={"custom.wrapText": True}),
]


def build() -> Json:
    """The dashboard as Grafana's classic JSON."""
    # Nothing here is of one business; the filters only wait for the way back.
    kept = [{**one, "hide": 2} for one in filters()]
    return dashboard(UID, "Data health", _panels(), kept, time=("now-3h", "now"))


def _panels() -> list[Json]:
    return [
        data_as_of(1, Place(0, 0, 5, 4)),
        stat(
            2,
            "From Kafka to your screen, the last hour",
            "How long events took from being written to Kafka until they could be queried.",
            sql(UID, "lag"),
            QUICK,
            Place(5, 0, 19, 4),
        ),
        table(
            3,
            "Last run of each connector",
            "Failed ones first.",
            sql(UID, "runs"),
            RUNS,
            Place(0, 4, 14, 7),
        ),
        table(
            4,
            "Newest event of each kind",
            "Kinds that had none within a day are not listed.",
            sql(UID, "topics"),
            FRESH,
            Place(14, 4, 10, 7),
        ),
        timeseries(
            5,
            "Insert times",
            "From Kafka to queryable, by the minute in which events became so.",
            sql(UID, "insert_times"),
            CURVES,
            Place(0, 11, 12, 8),
            unit="s",
        ),
        timeseries(
            6,
            "Events a second, by service",
            "As they became queryable, repeated deliveries too.",
            sql(UID, "rates"),
            [],
            Place(12, 11, 12, 8),
            unit="eps",
        ),
        table(
            7,
            "In quarantine",
            "What connectors could not publish and keep; `funnel quarantine` shows and releases it.",
            sql(UID, "quarantined"),
            QUARANTINED,
            Place(0, 19, 14, 7),
            defaults={"noValue": "Nothing waits"},
        ),
        table(
            8,
            "Forms without a rule",
            "Registrations wait until a rule says for which webinar a form is.",
            sql(UID, "forms"),
            FORMS,
            Place(14, 19, 10, 7),
            defaults={"noValue": "No registration waits for a rule"},
        ),
        table(
            9,
            "Dead letters",
            "Records of our own topics that could not be read; their bytes are on webinar.dead-letters.v1.",
            sql(UID, "dead_letters"),
            DEAD_LETTERS,
            Place(0, 26, 14, 6),
            defaults={"noValue": "Every record could be read"},
        ),
        table(
            10,
            "Webhooks and spool",
            "Of the last hour.",
            sql(UID, "webhooks"),
            WEBHOOKS,
            Place(14, 26, 10, 6),
            defaults={"noValue": "No webhook within the hour"},
        ),
    ]
