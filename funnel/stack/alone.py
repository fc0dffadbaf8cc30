"""Whether of a local stack only the servers run, which is all that `funnel restore` starts."""

from funnel.stack.errors import StackError
from funnel.stack.folder import StackFolder
from funnel.stack.kafka.brokers import is_broker
from funnel.stack.state import read_state


def is_server(name: str) -> bool:
    """Whether a child of this name is Kafka or ClickHouse. Pure."""
    return name == "clickhouse" or is_broker(name)


def servers_alone(folder: StackFolder) -> str:
    """That it is so, and the way out, in one line; empty: more runs, or nothing."""
    state = read_state(folder.state) if folder.is_supervised() else None
    if state is None or not state.children or not all(is_server(child.name) for child in state.children):
        return ""
    return "only Kafka and ClickHouse run here, for funnel restore: wait for its end; if it was killed, funnel down"


def refuse_servers_alone(folder: StackFolder) -> None:
    """Raises StackError if it is so."""
    if why := servers_alone(folder):
        raise StackError(why)
