"""The assignor of the pollers' groups: all partitions to one member (claims.py says to which)."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from kafka.coordinator.assignors.abstract import (
    AbstractPartitionAssignor,
    ConsumerProtocolAssignment,
    ConsumerProtocolSubscription,
)

from connectors.pipeline.claims import Claim, decode_claim, encode_claim, owner_of
from process.clock import now

_VERSION = 0
"""Of Kafka's own consumer protocol."""


class OwnerFirst(AbstractPartitionAssignor):  # type: ignore[misc]
    """Gives all partitions to one poller."""

    name = "webinar-funnel-owner"

    def __init__(self, claim: Claim) -> None:
        self.claim = claim
        """Of this process, as of the last distribution."""
        self.is_known = False
        """Whether this process was told whether it polls."""
        self.lacks_topic = False
        """Whether it is the one that would poll, but the topic has no partitions."""

    def metadata(self, topics: Iterable[str]) -> Any:
        """What this process says when it joins."""
        return ConsumerProtocolSubscription(_VERSION, list(topics), encode_claim(self.claim))

    def assign(self, cluster: Any, members: Iterable[Any]) -> dict[str, Any]:
        """Called in one of the members, for all. `members`: with the id and the metadata of each."""
        claims = {one.member_id: decode_claim(one.metadata.user_data) for one in members}
        topics = sorted({topic for one in members for topic in one.metadata.topics})
        owner = owner_of(claims)
        everything = [(topic, sorted(cluster.partitions_for_topic(topic) or ())) for topic in topics]
        since = encode_claim(replace(claims[owner], owner_since=claims[owner].owner_since or now()))
        return {
            member: ConsumerProtocolAssignment(_VERSION, everything if member == owner else [], since)
            for member in claims
        }

    def on_assignment(self, assignment: Any, generation: int) -> None:
        """What this process was given."""
        # The chosen one is given the topic, even if that has no partitions.
        owns = any(partitions for _, partitions in assignment.assigned_partitions)
        since = decode_claim(assignment.user_data).owner_since
        self.lacks_topic = bool(assignment.assigned_partitions) and not owns
        self.is_known = not self.lacks_topic
        self.claim = replace(self.claim, owned=generation if owns else 0, owner_since=since if owns else 0)
