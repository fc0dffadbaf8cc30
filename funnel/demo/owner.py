"""The worker that has a webinar's partition, from Kafka."""

from collections.abc import Iterable, Mapping
from contextlib import closing
from dataclasses import dataclass
from typing import Any

from contract.client_id import worker_pid
from contract.partition import partition_of
from contract.topics import ATTENDANCE
from funnel.stack import commands
from streams.offsets import admin_client
from streams.settings import Settings


@dataclass(frozen=True, slots=True)
class Worker:
    """A worker of the local stack. `name` as in `funnel status`."""

    name: str
    pid: int


def owner(settings: Settings, webinar_id: str) -> Worker | None:
    """The worker to which Kafka has assigned the webinar's partition; None during a rebalance."""
    pid = owner_pid(_members(settings), partition_of(webinar_id, settings.partitions))
    for child in commands.status(settings):
        if child.pid is not None and child.pid == pid:
            return Worker(child.name, child.pid)
    return None


def owner_pid(members: Iterable[Mapping[str, Any]], partition: int) -> int | None:
    """The pid of the group member that has this partition of the attendance topic. Pure."""
    for member in members:
        # Bytes, or nothing: this member has no assignment yet.
        assignment = member["member_assignment"]
        if not isinstance(assignment, Mapping):
            continue
        for topic in assignment["assigned_partitions"]:
            if topic["topic"] == ATTENDANCE.name and partition in topic["partitions"]:
                return worker_pid(member["client_id"])
    return None


def _members(settings: Settings) -> list[dict[str, Any]]:
    with closing(admin_client(settings)) as admin:
        group: dict[str, Any] = admin.describe_groups([settings.consumer_group])[settings.consumer_group]
    return list(group["members"])
