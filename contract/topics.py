"""Names and settings of every topic (docs/design.md section 4). Topic names are defined only here."""

from dataclasses import dataclass

from contract.instants import DAY, HOUR

PARTITIONS = 8
"""A webinar's partition follows from its id and this number, so it is raised in a new epoch only (decision 0043)."""

MAX_RECORD_BYTES = 1_000_000
"""The largest value of an event. Kafka's own limit, 1,048,588 bytes by default, applies to a batch with headers."""
MAX_MESSAGE_BYTES = 4 * 1024 * 1024
"""The limit of our topics: a worker moves an event to its partition under a key that may be as long as the event, and
a dead letter holds its record in base64. Compression lets longer records onto a topic; they become dead letters.
"""


@dataclass(frozen=True, slots=True)
class Topic:
    """One Kafka topic. `event_types` are the values of `type` allowed on it."""

    name: str
    event_types: frozenset[str]
    own_retention_ms: int = 0
    """0: that of the settings."""
    is_compacted: bool = False
    """Whether only the latest record of each key is kept, however old. Never so for events."""

    @property
    def cleanup_policy(self) -> str:
        """Kafka's setting cleanup.policy."""
        return "compact" if self.is_compacted else "delete"

    def retention_ms(self, days: int) -> int:
        """Kafka's setting retention.ms: older records go. `days`: of the settings; 0: none ever goes."""
        return self.own_retention_ms or days * DAY or -1


WEBINARS = Topic("webinar.webinars.v1", frozenset({"webinar", "totals", "forgotten"}))
REGISTRATIONS = Topic("webinar.registrations.v1", frozenset({"registration", "forgotten"}))
ATTENDANCE = Topic("webinar.attendance.v1", frozenset({"attendance", "forgotten"}))
IDENTITIES = Topic("webinar.identities.v1", frozenset({"identity", "forgotten"}))
DEAD_LETTERS = Topic("webinar.dead-letters.v1", frozenset())

EVENT_TOPICS = (WEBINARS, REGISTRATIONS, ATTENDANCE, IDENTITIES)
"""The topics that carry events. Keyed by webinar_id and co-partitioned: one worker owns a webinar.
Their order is the order of the offsets in a row's version (streams/fold/person.py), so append only."""

CONNECTOR_REPORTS = Topic("webinar.connector-reports.v1", frozenset())
"""What connectors report about themselves (contract/reports.py); keyed by connector."""

CONVERSION_ALERTS = Topic("webinar.conversion-alerts.v1", frozenset())
"""Each change of an alert's state, for any other consumer (contract/alert_events.py); keyed by its subject."""

PROBES = Topic("webinar.probes.v1", frozenset(), own_retention_ms=HOUR)
"""Probe events (contract/probe.py), co-partitioned with the events, whose way they go. Of no use after a moment."""

POLL_CURSORS = Topic("webinar.poll-cursors.v1", frozenset(), is_compacted=True)
"""How far the polls have got (connectors/pipeline/shared_cursors.py); all are in one partition."""

POLL_WAKES = Topic("webinar.poll-wakes.v1", frozenset(), own_retention_ms=7 * DAY)
"""What webhooks ask the polls to read (connectors/pipeline/waking.py); keyed by connector. The pollers of a service are
a consumer group on it, and the one that has its partitions polls (connectors/pipeline/lease.py)."""

ALL_TOPICS = (*EVENT_TOPICS, DEAD_LETTERS, CONNECTOR_REPORTS, CONVERSION_ALERTS, PROBES, POLL_CURSORS, POLL_WAKES)

TOPIC_OF_TYPE = {event_type: topic for topic in EVENT_TOPICS for event_type in topic.event_types}
"""Of `forgotten`, which may stand on all of them, that of identities."""
