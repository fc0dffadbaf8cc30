"""Whether the workers have read what came a while ago: nothing may be judged on numbers that have not come in yet."""

from contextlib import suppress

from kafka import KafkaAdminClient
from kafka.errors import KafkaError

from process.kafka_trouble import cause
from streams.lag import LagError, behind, committed, ends
from streams.offsets import admin_client
from streams.settings import Settings

UNKNOWN = -1


class OffError(Exception):
    """Alerts are off: what came is not known to be read, so its numbers may say what is not so."""

    def __init__(self, unread: int, refused: str = "") -> None:
        """`unread`: of Workers.unread, other than 0. `refused`: of Workers."""
        why = f" ({refused})" if refused else ""
        super().__init__(
            f"off while Kafka does not say how far the workers are: nothing is judged{why}"
            if unread < 0
            else f"off while the workers are {unread:,} records behind: nothing is judged"
        )


class Workers:
    """Asked at every evaluation."""

    def __init__(self, config: Settings) -> None:
        self._config = config
        self._admin: KafkaAdminClient | None = None
        self._ends: dict[tuple[str, int], int] = {}
        self.refused = ""
        """Why Kafka, which is there, does not say it; empty: it does, or is away."""

    def unread(self) -> int:
        """Records that had come by the last call and are not read yet. UNKNOWN: Kafka does not say."""
        try:
            if self._admin is None:
                self._admin = admin_client(self._config)
            before, self._ends = self._ends, ends(self._admin)
            unread = behind(before, committed(self._admin, self._config.consumer_group)).records
        except (KafkaError, LagError, OSError, ValueError) as error:
            self.close()
            self.refused = cause(self._config, error)
            return UNKNOWN
        self.refused = ""
        return unread

    def close(self) -> None:
        """Closes the connection."""
        if self._admin is not None:
            with suppress(KafkaError, OSError):
                self._admin.close()
        self._admin = None
