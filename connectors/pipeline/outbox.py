"""The outbox of polls and imports: items are resolved, published, safe after `flush` (connectors/poll.py, Outbox)."""

from collections.abc import Sequence

from connectors.mapped import FormRegistration, Mapped, Rejection
from connectors.pipeline.publish import Publisher
from connectors.pipeline.release import Release
from connectors.pipeline.resolve import Arrival, Resolver
from connectors.pipeline.spool import Outgoing
from contract.reports import ImportedFile
from process.clock import now

_PAGE = 500


class KafkaOutbox:
    """One connector's outbox over a publisher and the state. For one thread at a time."""

    def __init__(self, connector: str, publisher: Publisher, resolver: Resolver) -> None:
        self.events = 0
        """How many events and registrations were put so far."""
        self.rejected = 0
        self._connector = connector
        self._publisher = publisher
        self._resolver = resolver
        self._release = Release(resolver, self._send_and_wait)
        self._put: list[Arrival] = []

    def put(self, one: Mapped, payload: bytes = b"") -> None:
        """Takes one item; it is published with the next ones, at the latest by `flush`. Raises PublishError."""
        if isinstance(one, Rejection):
            self.rejected += 1
        else:
            self.events += 1
        received_at = now() if isinstance(one, Rejection | FormRegistration) else one.received_at
        self._put.append(Arrival(self._connector, one, received_at, payload))
        if len(self._put) >= _PAGE:
            self._pass_on()

    def report(self, report: ImportedFile) -> None:
        """Publishes it at once; `flush` waits for it. Raises PublishError; sqlite3.Error if a name cannot be stored."""
        self._send([self._resolver.reported(report)])

    def flush(self) -> None:
        """Returns once Kafka has acknowledged everything that was put. Raises PublishError."""
        self._pass_on()
        self._publisher.flush()

    def release(self) -> int:
        """Publishes waiting registrations whose webinar is now known; returns how many. Raises PublishError."""
        return self._release.look(now())

    def _pass_on(self) -> None:
        put, self._put = self._put, []
        self._send(self._resolver.resolve(put))

    def _send(self, records: Sequence[Outgoing]) -> None:
        for one in records:
            self._publisher.send_raw(one.topic, one.key, one.value)

    def _send_and_wait(self, records: Sequence[Outgoing]) -> None:
        self._send(records)
        self._publisher.flush()
