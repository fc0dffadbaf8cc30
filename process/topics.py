"""Topics as Kafka describes and changes them. The client returns errors as values; here they are raised."""

import re
import time
from collections.abc import Iterable, Mapping
from typing import Any

from kafka import KafkaAdminClient
from kafka.admin import ConfigResource, ConfigResourceType
from kafka.errors import BrokerResponseError, LeaderNotAvailableError, for_code

_REFUSED = re.compile(r"\[Error (-?\d+)\] ")
_AGAIN_SECONDS = 0.2


def described(admin: KafkaAdminClient, topics: Iterable[str], wait_seconds: float = 10.0) -> list[dict[str, Any]]:
    """Those of the topics that exist, by name, each with its partitions.

    A broker that is busy may have heard of a topic and not of its partitions: it is asked again for so long, since such
    a topic would look like one without records. Raises KafkaError.
    """
    deadline = time.monotonic() + wait_seconds
    while True:
        there = sorted(set(topics) & set(admin.list_topics()))
        found: list[dict[str, Any]] = admin.describe_topics(there) if there else []
        lacking = next((one for one in found if one["error_code"] or not one["partitions"]), None)
        if lacking is None:
            return sorted(found, key=lambda one: str(one["name"]))
        error = for_code(lacking["error_code"]) if lacking["error_code"] else LeaderNotAvailableError
        if not error.retriable or time.monotonic() > deadline:
            raise error(f"Kafka does not say which partitions {lacking['name']} has")
        time.sleep(_AGAIN_SECONDS)


def change_topics(admin: KafkaAdminClient, wanted: Mapping[str, Mapping[str, str | None]]) -> None:
    """Sets them for each topic, leaving the others; None: what the broker has by default.

    Raises KafkaError: the first refusal, with the topic. The others are changed then.
    """
    resources = [
        ConfigResource(
            ConfigResourceType.TOPIC,
            name,
            {key: ("DELETE", None) if value is None else ("SET", value) for key, value in said.items()},
        )
        for name, said in wanted.items()
    ]
    # The client would look the names up first, and calls them unknown where a broker has not heard of the topic yet.
    answers = admin.alter_configs(resources, raise_on_unknown=False, incremental=True)
    for name, answer in answers["topic"].items():
        if answer != "OK":
            raise _error(answer)(f"{name}: {answer}")


def _error(answer: str) -> type[BrokerResponseError]:
    said = _REFUSED.match(answer)
    kind: type[BrokerResponseError] = for_code(int(said[1])) if said else BrokerResponseError
    return kind
