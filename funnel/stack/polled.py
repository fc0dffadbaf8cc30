"""Who polls the services, for `funnel status`."""

from collections.abc import Sequence

from connectors.pipeline.polled import Service
from connectors.pipeline.pollers import pollers_if_kafka_answers
from connectors.pipeline.publish import PublishError
from funnel.stack.kafka.brokers import is_broker
from funnel.stack.state import ChildStatus, State
from streams.settings import Settings


def ask(config: Settings, children: Sequence[ChildStatus]) -> tuple[list[Service], list[str]]:
    """The services, and what is wrong, one line each. Nothing while Kafka does not run here: that is said elsewhere."""
    if not any(is_broker(one.name) and one.state is State.READY for one in children):
        return [], []
    try:
        found = pollers_if_kafka_answers(config) or []
    except PublishError as error:
        return [], [str(error)]
    return found, [one.trouble for one in found if one.trouble]
