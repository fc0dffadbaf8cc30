"""Wake-ups on their topic: a webhook asks the poll to read a webinar soon, on whichever machine the poll runs. Pure."""

import orjson

from connectors.pipeline.spool import Outgoing
from contract.instants import format_instant, parse_instant
from contract.topics import POLL_WAKES


def wake_record(connector: str, subject: str, at: int) -> Outgoing:
    """Asks that connector's poll to read the subject. `at` in milliseconds since 1970 UTC."""
    return Outgoing(POLL_WAKES.name, connector.encode(), orjson.dumps({"subject": subject, "at": format_instant(at)}))


def read_wake(value: bytes | None) -> tuple[str, int] | None:
    """(subject, time); None if it is none: what is not asked for is read by a later pass."""
    try:
        said = orjson.loads(value or b"")
        return str(said["subject"]), parse_instant(said["at"])
    except (ValueError, KeyError, TypeError):
        return None
