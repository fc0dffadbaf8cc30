"""Changes settings of topics that exist. The client returns what brokers refuse as a text; here it is raised."""

import re
from collections.abc import Mapping

from kafka import KafkaAdminClient
from kafka.admin import ConfigResource, ConfigResourceType
from kafka.errors import BrokerResponseError, for_code

_REFUSED = re.compile(r"\[Error (-?\d+)\] ")


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
