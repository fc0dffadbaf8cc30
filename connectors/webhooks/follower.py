"""Keeps the webhook server's state at what all machines have published (connectors/pipeline/following.py)."""

import logging
import sqlite3
import threading
from pathlib import Path

from kafka.errors import AuthorizationError, KafkaError

from connectors.pipeline.following import following
from connectors.pipeline.state import State
from process.kafka import KafkaSettings
from process.kafka_trouble import cause

_AGAIN_SECONDS = 2.0
_TURN_MS = 500
_PAUSE_SECONDS = 0.3

_log = logging.getLogger(__name__)


class Follower:
    """A thread with its own connection to the state."""

    def __init__(self, kafka: KafkaSettings, data_dir: Path) -> None:
        self.trouble = ""
        """Why it does not follow; empty: it does, or Kafka is away, which is said elsewhere."""
        self._kafka = kafka
        self._data_dir = data_dir
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="follower", daemon=True)

    def start(self) -> None:
        """Starts the thread."""
        self._thread.start()

    def stop(self) -> None:
        """Stops it. It may be waiting for a Kafka that does not answer; what it has not stored it reads again."""
        self._stopping.set()
        self._thread.join(1.0)

    def _run(self) -> None:
        with State(self._data_dir) as state:
            while not self._stopping.is_set():
                trouble = ""
                try:
                    with following(state, self._kafka, _TURN_MS) as one:
                        while one.has_topics and one.is_current and not self._stopping.is_set():
                            one.turn(_TURN_MS)
                            self.trouble = ""
                            # Every turn is a write to the disk on which webhooks are waiting.
                            self._stopping.wait(_PAUSE_SECONDS if one.is_at_end() else 0)
                except AuthorizationError as error:
                    trouble = f"what other servers publish is not followed: {cause(self._kafka, error)}"
                except (KafkaError, OSError, ValueError):
                    # The spool's thread says that Kafka is away.
                    pass
                except sqlite3.Error as error:
                    trouble = f"what other servers publish is not followed ({error}): look at the disk"
                except Exception as error:
                    # Not its text: it may hold part of a record.
                    trouble = f"what other servers publish is not followed ({type(error).__name__}: a bug of ours)"
                if trouble and not self.trouble:
                    _log.error("%s", trouble)
                self.trouble = trouble
                self._stopping.wait(_AGAIN_SECONDS)
