"""What of the alerts fails at present: said once in a line, and shown by `funnel status` as long as it lasts."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from clickhouse_connect.driver.exceptions import OperationalError
from urllib3.exceptions import HTTPError

from alerts.plain import one_line
from alerts.workers import OffError
from clickhouse.client import Unreachable
from process.heartbeat import Heartbeat
from streams.known_errors import explained

AWAY = (OperationalError, HTTPError, OSError, Unreachable)
"""A server does not answer: what comes next would fail too."""
_LINE = 300


class Troubles:
    """By name, such as "evaluation"."""

    def __init__(self, tell: Callable[[str], None], heart: Heartbeat) -> None:
        self._tell, self._heart = tell, heart
        self._told: dict[str, str] = {}

    @contextmanager
    def of(self, name: str) -> Iterator[None]:
        """Whatever the block raises is told and stays here, but for a server that does not answer."""
        try:
            yield
        except AWAY:
            raise
        except Exception as error:
            self.fails(name, error)
        else:
            self.works(name)

    def fails(self, name: str, error: Exception) -> None:
        """It does; the same reason is not told twice."""
        why = reason(error)
        self._heart.fails(name, why)
        # How far the workers are behind is another number at each look.
        told = type(error).__name__ if isinstance(error, OffError) else why
        if self._told.get(name) != told:
            self._told[name] = told
            self._tell(f"{name}: {why}. It is tried again.")

    def works(self, name: str) -> None:
        """It does again."""
        self._heart.works(name)
        if self._told.pop(name, None) is not None:
            self._tell(f"{name}: works again")


def reason(error: Exception) -> str:
    """What an exception says, in one line without a full stop."""
    said = explained(error) or (str(error) if isinstance(error, OffError) else f"{type(error).__name__}: {error}")
    return one_line(said, _LINE).rstrip(". :")
