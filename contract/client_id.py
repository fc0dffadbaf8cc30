"""What a worker calls itself in Kafka's consumer group: it names the process, so that one can see who owns what. Pure.

Kafka tells of a member only the id that it chose itself, and its host.
"""

_PREFIX = "webinar-funnel-worker-"


def worker_client_id(pid: int) -> str:
    """The client id of the worker that is this process."""
    return f"{_PREFIX}{pid}"


def worker_pid(client_id: str) -> int | None:
    """The process of a client id; None if it is no worker's."""
    number = client_id.removeprefix(_PREFIX)
    return int(number) if number != client_id and number.isdecimal() else None
