"""One harm: done while events flow, said by `funnel status`, undone; then all of it is judged."""

import re
import shutil
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from streams.lag import LagError, wait_until_caught_up
from tests.contract_events import Event
from tests.faults.installed.installation import SLOWNESS, UP_SECONDS, Installation, wait
from tests.faults.installed.sending import Ledger, Sender
from tests.faults.installed.status import Rows, naming, rows_of

SAID_SECONDS = 30.0 * SLOWNESS
"""Within which `funnel status` has to name what does not work."""
RECOVER_SECONDS = 90.0 * SLOWNESS
"""Within which everything has to be well again once the harm is undone."""
_SETTLED_SECONDS = 4.0 * SLOWNESS
"""Who has nothing left to do for so long will not bring what is missing."""
_SHOWN = 5
_POSTS = 5


@dataclass
class Row:
    """A line of the table. Times are in seconds; None: never."""

    case: str
    sent: int = 0
    """Acknowledged since the installation was new."""
    stored: int = 0
    lost: int = 0
    doubled: int = 0
    said: dict[str, float | None] = field(default_factory=dict)
    recovered: float | None = None
    objections: list[str] = field(default_factory=list)


class Case:
    """To be used once: `with case.harm(…)`. What is wrong is gathered, so that one failure does not hide the others."""

    def __init__(self, installation: Installation, ledger: Ledger, row: Row) -> None:
        self.installation = installation
        self.row = row
        self.sender = Sender(installation, ledger, re.sub(r"[^a-z0-9]+", "-", row.case.lower()).strip("-"))
        self.ledger = ledger
        self._before: Rows = frozenset()
        self._since = time.monotonic()
        self._undone: float | None = None

    @contextmanager
    def flowing(self) -> Iterator[None]:
        """Events come while the block runs, the first of them before it; at its end all must be well and there.

        Raises AssertionError with everything that is not.
        """
        with self.sender.flowing():
            if wait(lambda: bool(self._stored(self.sender.name)), RECOVER_SECONDS) is None:
                self.row.objections.append("no event was stored even before the harm")
            self.begin()
            yield
        self.judge()

    def begin(self) -> None:
        """What status says from now on is of the harm, which is done next."""
        _, self._before = self.installation.status()
        self._since = time.monotonic()

    def more(self, events: int) -> None:
        """Waits until so many more were acknowledged."""
        before = len(self.ledger.acknowledged)
        if wait(lambda: len(self.ledger.acknowledged) >= before + events, RECOVER_SECONDS) is None:
            self.object(f"no {events} events were acknowledged in {RECOVER_SECONDS:g} s")

    def publish(self, events: Iterable[Event]) -> None:
        """Hands these to Kafka, and waits until they are acknowledged and stored."""
        self.sender.publish(events)
        self.sender.close()
        self.wait_until_stored()

    def send(self, persons: int) -> None:
        """The same with webinars and so many persons, three events each, and a few webhooks."""
        for _ in range(_POSTS):
            self.sender.post()
        self.publish([*self.sender.webinars(), *self.sender.persons(persons)])

    def wait_until_stored(self) -> None:
        """All that was acknowledged so far."""
        # Others may come meanwhile.
        due = set(self.ledger.acknowledged)
        if wait(lambda: due <= self._stored().keys(), RECOVER_SECONDS, every=0.5) is None:
            missing = len(due - self._stored().keys())
            self.object(f"{missing} acknowledged events were not stored in {RECOVER_SECONDS:g} s")

    def come_up(self) -> None:
        """`funnel up`, which has to go well."""
        status, text = self.installation.up()
        if status != 0:
            self.object(f"funnel up ended with {status}: {text.strip()[-500:]}")
            self.verdict()

    def refused(self, command: str, *phrases: str) -> None:
        """The command has to fail, and to say one of the phrases; from then on status has to say so, too."""
        status, text = self.installation.funnel(command, seconds=UP_SECONDS)
        if status == 0 or not naming(rows_of(text), phrases):
            self.object(f"funnel {command} ended with {status} and said nothing of {phrases}: {text.strip()[-500:]}")
        self._since = time.monotonic()

    def post_in_vain(self) -> None:
        """A webhook that cannot be kept must not be answered as if it were: the judgement sees it."""
        self.sender.post()

    def says(self, *phrases: str, of: Sequence[str] = ("",), within: float = SAID_SECONDS) -> None:
        """Waits until `funnel status` is unhappy and says something new with one of the phrases, of each of `of`."""
        left = list(of)
        while True:
            passed = time.monotonic() - self._since
            status, rows = self.installation.status()
            if status is None:
                self.object(f"funnel status did not end, asked {passed:.0f} s after the harm")
            for one in [one for one in left if status and naming(rows - self._before, phrases, one)]:
                self.row.said[one or phrases[0]] = time.monotonic() - self._since
                left.remove(one)
            if not left or time.monotonic() - self._since > within:
                break
            time.sleep(0.3)
        for one in left:
            self.row.said[one or phrases[0]] = None
            self.object(
                f"status did not say {' or '.join(map(repr, phrases))} {f'of {one} ' if one else ''}in {within:g} s"
            )
        # What follows undoes the harm.
        self._undone = time.monotonic()
        if left:
            self.object(f"  it ended with {status}; new in it: {sorted(rows - self._before) or 'nothing'}")

    def object(self, text: str) -> None:
        """Something is wrong."""
        self.row.objections.append(text)

    def judge(self) -> None:
        """Waits until all is well again, and compares what is stored with what was acknowledged."""
        undone = self._undone or time.monotonic()
        well = self._wait_until_well()
        self.row.recovered = time.monotonic() - undone if well else None
        if not well:
            self.object(f"not well {RECOVER_SECONDS:g} s after the harm was undone: {self._states()}")
        self._compare()
        status, text = self.installation.verify()
        if status != 0:
            self.object(f"funnel verify ended with {status}: {' | '.join(text.strip().splitlines()[-3:])}")
        self.verdict()

    def verdict(self) -> None:
        """Raises AssertionError with all that was wrong."""
        if self.row.objections:
            where = self._keep_logs()
            said = "\n".join([f"{self.row.case}:", *self.row.objections, f"logs: {where}"])
            (where / "verdict.txt").write_text(said + "\n")
            raise AssertionError(said)

    def _wait_until_well(self) -> bool:
        began = time.monotonic()
        settled: float | None = None
        while time.monotonic() - began < RECOVER_SECONDS:
            if self.installation.all_run():
                with suppress(Exception):
                    if self.ledger.acknowledged <= self._stored().keys():
                        return True
                    settled = settled or time.monotonic() if self._nothing_to_do() else None
            else:
                settled = None
            if settled and time.monotonic() - settled > _SETTLED_SECONDS:
                return True
            time.sleep(0.5)
        return False

    def _nothing_to_do(self) -> bool:
        """Whether the workers have committed all, and nothing waits on the webhook server's disk."""
        try:
            wait_until_caught_up(self.installation.config, 0, lambda _: None)
        except LagError:
            return False
        return self.installation.spooled() == 0

    def _compare(self) -> None:
        try:
            stored = self._stored()
        except Exception as error:
            self.object(f"the events cannot be read: {error}")
            stored = {}
        ledger, row = self.ledger, self.row
        lost = sorted(ledger.acknowledged - stored.keys())
        others = sorted(stored.keys() - ledger.sent.keys())
        doubled = sorted(event_id for event_id, records in stored.items() if len(records) > 1)
        changed = [one for one, records in stored.items() if ledger.sent.get(one) not in (None, records[0])]
        row.sent, row.stored = len(ledger.acknowledged), len(ledger.acknowledged) - len(lost)
        row.lost, row.doubled = len(lost), len(doubled)
        for what, found in (("lost", lost), ("doubled", doubled), ("changed", changed), ("never sent", others)):
            if found:
                self.object(f"{len(found)} events {what}, such as {', '.join(found[:_SHOWN])}")

    def _stored(self, name: str = "") -> dict[str, list[bytes]]:
        """The records of each event, once each. Those of a case, where it is named."""
        which = f"WHERE startsWith(event_id, '{name}:')" if name else ""
        found: dict[str, list[bytes]] = {}
        for event_id, event in self.installation.rows(f"SELECT event_id, event FROM events FINAL {which}"):
            found.setdefault(event_id.decode(), []).append(event)
        return found

    def _states(self) -> str:
        children = self.installation.children()
        return ", ".join(f"{name} {one['state']} {one.get('trouble', '')}".strip() for name, one in children.items())

    def _keep_logs(self) -> Path:
        """Where they are, and stack.json, after the next case has thrown the installation away."""
        kept = self.installation.folder / "kept" / self.sender.name
        kept.mkdir(parents=True, exist_ok=True)
        data = self.installation.config.data_dir
        with suppress(OSError):
            shutil.copytree(data / "logs", kept, dirs_exist_ok=True)
            shutil.copy(data / "stack.json", kept)
        return kept
