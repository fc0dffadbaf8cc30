"""Checks whether Kafka still answers: an open connection proves nothing."""

from contextlib import suppress
from threading import Thread

from kafka import KafkaAdminClient
from kafka.errors import KafkaError

from process.kafka import KafkaSettings, reach

_ANSWER_MS = 1_000


class KafkaProbe:
    """Has its own connection. For one thread at a time."""

    def __init__(self, config: KafkaSettings) -> None:
        self._config = config
        self._admin: KafkaAdminClient | None = None

    def answers(self) -> bool:
        """Whether Kafka answers. Returns within about a second; after a failure, within two."""
        try:
            if self._admin is None:
                self._admin = KafkaAdminClient(
                    **reach(self._config),
                    client_id="webinar-funnel-probe",
                    request_timeout_ms=_ANSWER_MS,
                    bootstrap_timeout_ms=_ANSWER_MS,
                    metrics_enabled=False,
                )
            return bool(self._admin.describe_cluster()["brokers"])
        except (KafkaError, OSError, ValueError):
            # kafka-python would wait ten times as long for its next answer.
            self.close()
            return False

    def close(self) -> None:
        """Closes the connection without waiting for a Kafka that does not answer."""
        admin, self._admin = self._admin, None
        if admin is not None:
            Thread(target=_close, args=(admin,), name="abandoned-probe", daemon=True).start()


def _close(admin: KafkaAdminClient) -> None:
    with suppress(KafkaError, OSError):
        admin.close()
