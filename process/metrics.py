"""The metrics that our processes emit: the one list of their names. Pure.

process/meters.py emits exactly these, and `python -m process` makes docs/metrics.md of them.
"""

from typing import Literal, NamedTuple, TypeAlias

Kind: TypeAlias = Literal["counter", "gauge", "histogram"]
Role: TypeAlias = Literal["worker", "webhooks", "poll", "alerts", "business", "dashboards", "api", "supervisor"]

ROLES: dict[Role, str] = {
    "worker": "from Kafka to ClickHouse (`funnel worker`)",
    "webhooks": "the webhook server (`funnel connectors serve`)",
    "poll": "one polled service (`funnel connectors poll NAME`)",
    "alerts": "evaluations and messages (`funnel alerts watch`)",
    "business": "the business's files (`funnel business watch`)",
    "dashboards": "the preview (`funnel dashboards`)",
    "api": "the read-only API and shared pages (`funnel api`)",
    "supervisor": "the local stack's own process (`funnel up`)",
}
"""What a process does, in words."""
EVERYWHERE: tuple[Role, ...] = tuple(ROLES)

LATENCIES = (0.05, 0.1, 0.15, 0.2, 0.3, 0.5, 0.75, 1.0, 2.0, 5.0, 10.0, 30.0, 60.0, 300.0)
STEPS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 15.0, 60.0)
SIZES = (1.0, 10.0, 50.0, 100.0, 250.0, 500.0, 1_000.0, 2_500.0, 5_000.0, 10_000.0)


class Metric(NamedTuple):
    """One family of time series."""

    name: str
    kind: Kind
    help: str
    roles: tuple[Role, ...]
    """The processes that emit it."""
    labels: tuple[str, ...] = ()
    buckets: tuple[float, ...] = ()
    """Upper bounds of a histogram."""


_WORKER: tuple[Role, ...] = ("worker",)
_WEBHOOKS: tuple[Role, ...] = ("webhooks",)
_POLL: tuple[Role, ...] = ("poll",)
_ALERTS: tuple[Role, ...] = ("alerts",)
_BUSINESS: tuple[Role, ...] = ("business",)
_API: tuple[Role, ...] = ("api",)
_SUPERVISOR: tuple[Role, ...] = ("supervisor",)

METRICS: tuple[Metric, ...] = (
    Metric("funnel_records_received_total", "counter", "Records taken from Kafka into batches", _WORKER, ("topic",)),
    Metric("funnel_records_decoded_total", "counter", "Records that are events of the contract", _WORKER, ("topic",)),
    Metric(
        "funnel_records_rejected_total",
        "counter",
        "Records that became dead letters",
        _WORKER,
        ("topic", "reason"),
    ),
    Metric("funnel_records_misplaced_total", "counter", "Events published again to their own partition", _WORKER),
    Metric(
        "funnel_events_folded_total",
        "counter",
        "Events folded into the state of their webinar, or set aside until it is there",
        _WORKER,
    ),
    Metric("funnel_events_inserted_total", "counter", "Events in the raw log, whose batch is written", _WORKER),
    Metric("funnel_batch_records", "histogram", "Records of one batch", _WORKER, buckets=SIZES),
    Metric("funnel_batch_fold_seconds", "histogram", "Decoding, loading and folding one batch", _WORKER, buckets=STEPS),
    Metric("funnel_batch_write_seconds", "histogram", "Writing one batch, with its retries", _WORKER, buckets=STEPS),
    Metric("funnel_insert_seconds", "histogram", "One attempt to insert", _WORKER, ("table",), buckets=STEPS),
    Metric("funnel_inserted_bytes_total", "counter", "Bytes of these inserts", _WORKER, ("table",)),
    Metric(
        "funnel_event_visible_seconds",
        "histogram",
        "From Kafka's timestamp until queryable, of the oldest record of each chunk that was fetched together",
        _WORKER,
        buckets=LATENCIES,
    ),
    Metric(
        "funnel_lag_records",
        "gauge",
        "Records in Kafka that are not done yet, by this worker's partitions; nothing until the first answer",
        _WORKER,
        ("topic", "partition"),
    ),
    Metric("funnel_waiting_records", "gauge", "Records that wait for the next batch", _WORKER),
    Metric("funnel_cached_persons", "gauge", "Persons' states in memory", _WORKER),
    Metric("funnel_assigned_partitions", "gauge", "Partitions of this worker", _WORKER),
    Metric("funnel_rebalances_total", "counter", "Assignments of partitions to this worker", _WORKER),
    Metric("funnel_job_seconds", "gauge", "How long the last turn of a job took", _WORKER, ("job",)),
    Metric(
        "funnel_job_success_timestamp_seconds",
        "gauge",
        "When a job last succeeded here, seconds since 1970 UTC",
        _WORKER,
        ("job",),
    ),
    Metric("funnel_job_failures_total", "counter", "Turns of a job that failed", _WORKER, ("job",)),
    Metric(
        "funnel_probe_sent_timestamp_seconds",
        "gauge",
        "When the newest probe event that this worker has made queryable was sent, seconds since 1970 UTC",
        _WORKER,
        ("partition",),
    ),
    Metric(
        "funnel_probe_visible_seconds",
        "histogram",
        "From the sending of a probe event until it was queryable",
        _WORKER,
        buckets=LATENCIES,
    ),
    Metric(
        "funnel_errors_total",
        "counter",
        "Attempts that failed, by stage: load, insert, statement (ClickHouse), kafka, job, publish, request, evaluate, "
        "channel, apply",
        ("worker", "webhooks", "poll", "alerts", "business"),
        ("stage",),
    ),
    Metric(
        "funnel_webhook_answers_total",
        "counter",
        "Answers to services, by HTTP status",
        _WEBHOOKS,
        ("service", "status"),
    ),
    Metric("funnel_webhook_seconds", "histogram", "From a request's head to its answer", _WEBHOOKS, buckets=STEPS),
    Metric(
        "funnel_webhook_closed_total",
        "counter",
        "Connections closed before their request was answered",
        _WEBHOOKS,
        ("reason",),
    ),
    Metric("funnel_spool_records", "gauge", "Records on this disk that are not in Kafka yet", _WEBHOOKS),
    Metric("funnel_spool_age_seconds", "gauge", "For how long the oldest of them has waited; 0: none waits", _WEBHOOKS),
    Metric("funnel_poll_owner", "gauge", "Whether this process polls its service (1) or stands by (0)", _POLL),
    Metric(
        "funnel_poll_owner_since_timestamp_seconds",
        "gauge",
        "Since when it polls, seconds since 1970 UTC; 0: it stands by",
        _POLL,
    ),
    Metric("funnel_poll_runs_total", "counter", "Finished runs, by result: succeeded, failed", _POLL, ("result",)),
    Metric(
        "funnel_poll_seconds", "histogram", "One run", _POLL, buckets=(0.1, 0.5, 1.0, 5.0, 15.0, 60.0, 300.0, 900.0)
    ),
    Metric("funnel_poll_events_total", "counter", "Events that runs published", _POLL),
    Metric("funnel_poll_rejected_total", "counter", "What runs could not make an event of", _POLL),
    Metric(
        "funnel_poll_success_timestamp_seconds", "gauge", "When a run last succeeded, seconds since 1970 UTC", _POLL
    ),
    Metric("funnel_evaluations_total", "counter", "Evaluations, by result: succeeded, failed", _ALERTS, ("result",)),
    Metric("funnel_evaluation_seconds", "histogram", "One evaluation", _ALERTS, buckets=STEPS),
    Metric(
        "funnel_evaluation_success_timestamp_seconds",
        "gauge",
        "When an evaluation last succeeded, seconds since 1970 UTC",
        _ALERTS,
    ),
    Metric(
        "funnel_business_success_timestamp_seconds",
        "gauge",
        "When the files were last found applied, seconds since 1970 UTC",
        _BUSINESS,
    ),
    Metric(
        "funnel_api_answers_total",
        "counter",
        "Answers, by what was asked (api, share) and HTTP status: 401 no or a wrong token, 429 too many requests",
        _API,
        ("what", "status"),
    ),
    Metric("funnel_api_seconds", "histogram", "From a request to its answer", _API, buckets=STEPS),
    Metric(
        "funnel_share_answers_total",
        "counter",
        "Shared pages asked for, by outcome: shown, expired, forged, revoked, failed",
        _API,
        ("outcome",),
    ),
    Metric(
        "funnel_child_ready", "gauge", "Whether a process of the stack is ready (1) or not (0)", _SUPERVISOR, ("child",)
    ),
    Metric(
        "funnel_child_restarts_total", "counter", "Unexpected ends of a process of the stack", _SUPERVISOR, ("child",)
    ),
    Metric("funnel_disk_free_bytes", "gauge", "Space left on the fullest disk of the data folder", _SUPERVISOR),
    Metric(
        "funnel_scraped",
        "gauge",
        "Whether a process of the stack answered the supervisor with its metrics (1) or not (0)",
        _SUPERVISOR,
        ("child",),
    ),
    Metric("funnel_failing", "gauge", "What fails now, as in funnel status: 1 each", EVERYWHERE, ("what",)),
    Metric("funnel_progress_age_seconds", "gauge", "Since the process's own loop last completed a turn", EVERYWHERE),
    Metric("process_virtual_memory_bytes", "gauge", "Virtual memory", EVERYWHERE),
    Metric("process_resident_memory_bytes", "gauge", "Memory in use", EVERYWHERE),
    Metric("process_start_time_seconds", "gauge", "When the process began, seconds since 1970 UTC", EVERYWHERE),
    Metric("process_cpu_seconds_total", "counter", "Time on the processor", EVERYWHERE),
    Metric("process_open_fds", "gauge", "Open files", EVERYWHERE),
    Metric("process_max_fds", "gauge", "How many files it may open", EVERYWHERE),
)
BY_NAME = {one.name: one for one in METRICS}


def of_role(role: Role) -> list[Metric]:
    """The metrics that such a process emits."""
    return [one for one in METRICS if role in one.roles]


def page() -> str:
    """The text of docs/metrics.md below its introduction: a table for each kind of process."""
    shared = [one for one in METRICS if one.roles == EVERYWHERE]
    parts = ["## Every process\n", _table(shared)]
    for role, does in ROLES.items():
        own = [one for one in of_role(role) if one not in shared]
        parts += [f"\n## {role}: {does}\n", _table(own) if own else "Only what every process emits.\n"]
    return "\n".join(parts)


def _table(metrics: list[Metric]) -> str:
    rows = [f"| `{one.name}` | {one.kind} | {', '.join(one.labels)} | {one.help} |" for one in metrics]
    return "\n".join(["| metric | kind | labels | meaning |", "|---|---|---|---|", *rows, ""])
