"""A worker's client id in Kafka's consumer group: it names the process, to show who owns what. Pure.

Kafka reports only a member's host and the id that the member chose.
"""

_PREFIX = "webinar-funnel-worker-"


def worker_client_id(pid: int) -> str:
    """The client id of the worker that is this process."""
    return f"{_PREFIX}{pid}"


def worker_pid(client_id: str) -> int | None:
    """The process in a client id; None if it is not a worker's."""
    number = client_id.removeprefix(_PREFIX)
    return int(number) if number != client_id and number.isdecimal() else None
