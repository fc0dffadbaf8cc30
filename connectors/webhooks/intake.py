"""Group commit: requests that arrive while a batch is being stored are stored together in the next one."""

import asyncio
import logging
import sqlite3
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from connectors.pipeline import spool
from connectors.pipeline.resolve import Arrival, Resolver
from connectors.pipeline.room import NoRoomError
from connectors.pipeline.waking import wake_record
from connectors.webhooks.kafka_or_spool import KafkaOrSpool, SpoolFullError
from process.logs import follow

_GATHER_SECONDS = 0.01
"""A batch costs Kafka's client a millisecond of CPU whatever its size, so requests share it."""

_log = logging.getLogger(__name__)


class NotSafeError(Exception):
    """The request could not be stored now; the service has to send it again. The text is one line."""


@dataclass(frozen=True, slots=True)
class Delivered:
    """The mapped content of one request."""

    connector: str
    arrivals: Sequence[Arrival]
    wake: str | None
    received_at: int


class Intake:
    """Call `put` from the event loop; batches are stored one at a time in a separate thread. `run` is the main task."""

    def __init__(self, resolver: Resolver, keeper: KafkaOrSpool) -> None:
        self._resolver = resolver
        self._keeper = keeper
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="intake")
        self._waiting: list[tuple[Delivered, asyncio.Future[None]]] = []
        self._some = asyncio.Event()
        self._shortage_logged = False

    async def put(self, one: Delivered) -> None:
        """Returns once the request is in Kafka or on the disk. Raises NotSafeError."""
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((one, future))
        self._some.set()
        await future

    async def run(self) -> None:
        """Stores batches until it is cancelled."""
        loop = asyncio.get_running_loop()
        while True:
            await self._some.wait()
            await asyncio.sleep(_GATHER_SECONDS)
            self._some.clear()
            batch, self._waiting = self._waiting, []
            errors = await loop.run_in_executor(self._thread, self._take, [one for one, _ in batch])
            for (_, future), error in zip(batch, errors, strict=True):
                if future.done():
                    continue  # The service has disconnected meanwhile.
                if error is None:
                    future.set_result(None)
                else:
                    future.set_exception(NotSafeError(error))

    async def prove(self) -> str:
        """Why nothing can be stored now; empty: a test write succeeded, in the thread that writes everything."""
        return await asyncio.get_running_loop().run_in_executor(self._thread, self._prove)

    def close(self) -> None:
        """Waits for the current batch."""
        self._thread.shutdown()

    def _take(self, batch: list[Delivered]) -> list[str | None]:
        """Stores the batch; returns for each request why it is not stored, or None."""
        try:
            self._make_safe(batch)
        except NoRoomError as error:
            # Only the log names the folder: the response goes to a stranger.
            self._log_room(str(error))
            return ["this machine's disk is nearly full"] * len(batch)
        except SpoolFullError:
            return ["Kafka is away and the spool is full"] * len(batch)
        except sqlite3.Error as error:
            _log.error("The state cannot be written (%s): look at the disk of %s.", error, self._resolver.state.path)
            return ["the state cannot be written"] * len(batch)
        except Exception as error:
            if len(batch) > 1:
                # One request triggers an error of ours: the others must not suffer from it.
                return [self._take([one])[0] for one in batch]
            # Not its text: it may hold part of the body.
            _log.error("%s: a request could not be processed (%s).", batch[0].connector, type(error).__name__)
            return ["it cannot be processed"]
        self._shortage_logged = False
        return [None] * len(batch)

    def _prove(self) -> str:
        state = self._resolver.state
        try:
            self._keeper.require_room()
            spool.prove(state)
        except NoRoomError as error:
            return str(error)
        except sqlite3.Error as error:
            return f"{state.path} cannot be written ({error}): look at the disk"
        return ""

    def _log_room(self, why: str) -> None:
        if not self._shortage_logged:
            _log.error("Webhooks are answered with 503: %s.", why)
        self._shortage_logged = True

    def _make_safe(self, batch: list[Delivered]) -> None:
        # Before anything is written: assignments of registrations would go to the same disk.
        self._keeper.require_room()
        state = self._resolver.state
        records = self._resolver.resolve([arrival for one in batch for arrival in one.arrivals])
        records += [wake_record(one.connector, one.wake, one.received_at) for one in batch if one.wake is not None]
        if records:
            follow(_log, "accepted", spool.event_ids(records))
            self._keeper.keep(state, records)
