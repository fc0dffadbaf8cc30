"""Who polls which service, and who stands by, as Kafka knows it: of all machines. Blocking I/O."""

import socket
import time
from collections.abc import Mapping
from contextlib import closing, suppress
from typing import Any

from kafka import KafkaAdminClient
from kafka.errors import GroupIdNotFoundError, KafkaError

from connectors.pipeline.claims import Claim, decode_claim
from connectors.pipeline.lease import GROUP
from connectors.pipeline.polled import Service
from connectors.pipeline.publish import PublishError
from process.kafka import KafkaSettings, addresses, reach
from process.kafka_trouble import cause

_ANSWER_MS = 5_000
_CONNECT_SECONDS = 0.5
_SETTLE_SECONDS = 3.0
_LOOK_SECONDS = 0.1
_SETTLED = ("Stable", "Empty", "Dead")
_PREFIX = GROUP.format("")


def pollers(kafka: KafkaSettings) -> list[Service]:
    """Sorted by connector. Raises PublishError."""
    try:
        with closing(_admin(kafka)) as admin:
            groups = sorted(one["group_id"] for one in admin.list_groups() if one["group_id"].startswith(_PREFIX))
            if not groups:
                return []
            found, commits = _settled(admin, groups), admin.list_group_offsets(dict.fromkeys(groups))
            return [_service(one.removeprefix(_PREFIX), found[one]["members"], commits[one]) for one in groups]
    except (KafkaError, OSError, ValueError) as error:
        raise _failure(kafka, error) from error


def pollers_if_kafka_answers(kafka: KafkaSettings) -> list[Service] | None:
    """The same at once: None if Kafka does not listen."""
    for address in addresses(kafka):
        host, _, port = address.strip().rpartition(":")
        with suppress(OSError, ValueError), socket.create_connection((host.strip("[]"), int(port)), _CONNECT_SECONDS):
            return pollers(kafka)
    return None


def retire(kafka: KafkaSettings, connector: str) -> None:
    """Forgets that the service was polled. Raises PublishError, also while somebody polls it."""
    try:
        with closing(_admin(kafka)) as admin:
            admin.delete_groups([GROUP.format(connector)])
    except GroupIdNotFoundError:
        return
    except (KafkaError, OSError, ValueError) as error:
        raise _failure(kafka, error) from error


def _admin(kafka: KafkaSettings) -> KafkaAdminClient:
    return KafkaAdminClient(**reach(kafka), bootstrap_timeout_ms=_ANSWER_MS, request_timeout_ms=_ANSWER_MS)


def _settled(admin: Any, groups: list[str]) -> Mapping[str, Any]:
    """The groups, once Kafka has told their members who polls."""
    deadline = time.monotonic() + _SETTLE_SECONDS
    while True:
        found: Mapping[str, Any] = admin.describe_groups(groups)
        if all(one["group_state"] in _SETTLED for one in found.values()) or time.monotonic() > deadline:
            return found
        time.sleep(_LOOK_SECONDS)


def _service(connector: str, members: list[dict[str, Any]], commits: Mapping[Any, Any]) -> Service:
    owner, since, standbys = "", None, []
    for one in members:
        claim, given = _claim(one["member_metadata"]), one["member_assignment"]
        if given and any(place["partitions"] for place in given["assigned_partitions"]):
            owner, since = claim.who, _claim(given).owner_since or None
        else:
            standbys.append(claim.who)
    last = max((known.metadata or "" for known in commits.values()), default="")
    return Service(connector, owner, since, tuple(sorted(standbys)), last)


def _claim(said: Any) -> Claim:
    return decode_claim(said["user_data"] if said else None)


def _failure(kafka: KafkaSettings, error: BaseException) -> PublishError:
    return PublishError(
        cause(kafka, error)
        or f"Kafka at {kafka.kafka_bootstrap} does not say who polls ({type(error).__name__}): look at funnel status, "
        "or set FUNNEL_KAFKA_BOOTSTRAP."
    )
