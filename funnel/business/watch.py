"""`funnel business watch` and `apply`: the process that keeps the store in line with the business's files."""

import signal
import threading
import time
from collections.abc import Callable
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from functools import partial
from types import FrameType

from clickhouse_connect.driver.client import Client
from clickhouse_connect.driver.exceptions import ClickHouseError
from urllib3.exceptions import HTTPError

from clickhouse.client import Unreachable, connect
from connectors.business.read import Business, Folder
from connectors.pipeline.publish import Publisher, PublishError
from connectors.toolkit.marked import RuleError
from funnel.business.apply import Labels, Sources, apply_exclusions, apply_notes
from funnel.business.rules import Rules
from funnel.business.store import Store
from process.heartbeat import heartbeat
from process.meters import counter, expose, gauge
from streams.known_errors import explained
from streams.settings import Settings

LOOK_SECONDS = 0.5
"""Interval between two checks of the files, and of what is new in the store."""
PAUSE_SECONDS = 5.0
"""Wait before a retry after ClickHouse or Kafka did not answer."""
_ANSWER_SECONDS = 60
_STEP_SECONDS = 300
"""After this time a step counts as hung: it has several statements, each with its own limit. A slow step is reported
long before (process.beat.SLOW)."""
_TROUBLE = (ClickHouseError, HTTPError, OSError, Unreachable, PublishError)


@dataclass(slots=True)
class Applied:
    """How much was changed."""

    statements: int = 0
    sources: int = 0
    domains: int = 0
    notes: int = 0

    def __bool__(self) -> bool:
        return any((self.statements, self.sources, self.domains, self.notes))

    def __str__(self) -> str:
        return (
            f"statements={self.statements} sources_sorted_anew={self.sources} "
            f"excluded_domains_changed={self.domains} notes_changed={self.notes}"
        )


class Applier:
    """Applies decisions through connections that open on first use. Passes on the clients' errors; close it then."""

    def __init__(self, config: Settings, begins: Callable[[str], None] = lambda _: None) -> None:
        """`begins` gets each step, in words, before it is done."""
        self._config = config
        self._begins = begins
        self._client: Client = connect(config, user="writer", answer_seconds=_ANSWER_SECONDS)
        self._store = Store(self._client)
        self._publisher: Publisher | None = None
        self._open = ExitStack()
        self._sources = Sources(self._store)
        self._labels = Labels(self._store, self._publishing)
        self._lists: tuple[object, object] | None = None

    def apply(self, business: Business) -> Applied:
        """Brings the store in line with the known decisions of the business."""
        applied = Applied()
        # The quick ones first: statements wait for Kafka.
        self._begins("sorting sources")
        if business.sources is not None:
            applied.sources = self._sources.apply(business.sources)
        self._begins("applying excluded domains and notes")
        if self._lists != (business.exclusions, business.notes):
            if business.exclusions is not None:
                applied.domains = apply_exclusions(self._store, business.exclusions.keys())
            if business.notes is not None:
                applied.notes = apply_notes(self._store, business.notes)
            self._lists = business.exclusions, business.notes
        self._begins("applying the catalogue")
        if business.catalogue is not None:
            applied.statements = self._labels.apply(business.catalogue)
        return applied

    def close(self) -> None:
        """Closes both connections, whatever their state."""
        self._client.close()
        with suppress(PublishError):
            self._open.close()

    def _publishing(self) -> Publisher:
        if self._publisher is None:
            self._publisher = self._open.enter_context(Publisher(self._config))
        return self._publisher


def apply(config: Settings, folder: Folder) -> Applied:
    """Applies everything once. Raises FileError, Unreachable, ClickHouse's errors and PublishError."""
    business = folder.all()
    applier = Applier(config)
    try:
        return applier.apply(business)
    finally:
        applier.close()


def watch(
    config: Settings,
    folder: Folder,
    say: Callable[[str], None],
    stop: threading.Event,
    look_seconds: float = LOOK_SECONDS,
    pause_seconds: float = PAUSE_SECONDS,
) -> None:
    """Applies changes until `stop` is set. A problem with a file or a server is reported once, and retried."""
    rules = Rules(folder, say)
    applier: Applier | None = None
    trouble = ""
    heart = heartbeat()
    expose("business")
    begins = partial(heart.beat, within=_STEP_SECONDS)
    while not stop.is_set():
        begins("reading the files")
        pause = look_seconds
        rules.look(time.monotonic())
        try:
            begins("connecting")
            applier = applier or Applier(config, begins)
            if applied := applier.apply(rules.now):
                say(f"applied: {applied}")
            heart.works("apply")
            gauge("funnel_business_success_timestamp_seconds").set_to_current_time()
            if trouble:
                trouble = ""
                say("the servers answer again")
        except RuleError as error:
            rules.refuse(error)
        except _TROUBLE as error:
            counter("funnel_errors_total").labels("apply").inc()
            if trouble != _one_line(error):
                trouble = _one_line(error)
                heart.fails("apply", trouble)
                say(f"{trouble}. It is tried again.")
            if applier is not None:
                applier.close()
                applier = None
            pause = pause_seconds
        heart.tell("files", rules.fault)
        heart.beat()
        stop.wait(pause)
    if applier is not None:
        applier.close()


def stop_on_signals() -> threading.Event:
    """An event that SIGTERM and Ctrl-C set."""
    stop = threading.Event()

    def end(_number: int, _frame: FrameType | None) -> None:
        stop.set()

    signal.signal(signal.SIGTERM, end)
    signal.signal(signal.SIGINT, end)
    return stop


def _one_line(error: Exception) -> str:
    text = explained(error) or str(error)
    return " ".join(text.split()).rstrip(".") or type(error).__name__
