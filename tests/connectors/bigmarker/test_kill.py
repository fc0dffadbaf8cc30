"""Killed at any request, at any event, at any cursor: the next passes end with the same events."""

import subprocess
import sys
from pathlib import Path
from threading import Event as Flag
from types import MappingProxyType

import pytest

from connectors.pipeline.memory import MemoryCursors, MemoryOutbox
from connectors.poll import Span
from contract.events import Event, Totals, Webinar
from contract.instants import MINUTE
from tests.connectors.bigmarker.fake import KEY, FakeBigMarker, Fault, serving
from tests.connectors.bigmarker.test_poll import holds
from tests.connectors.bigmarker.world import LIVE, NOW, UPCOMING, account, polling
from tests.connectors.files import FileCursors, FileOutbox, events_in

ROOT = Path(__file__).parents[3]


class Killed(BaseException):
    """Stands for SIGKILL: nothing in the poll may catch it."""


class Countdown:
    """Kills at the k-th thing of a kind."""

    def __init__(self, kinds: str, at: int) -> None:
        self.left = at
        self._kinds = kinds

    def __call__(self, what: str) -> None:
        if what in self._kinds:
            self.left -= 1
            if self.left == 0:
                raise Killed

    def headers(self) -> MappingProxyType[str, str]:
        """Asked before every request."""
        self("request")
        return MappingProxyType({"API-KEY": KEY})


def run_to_the_end(fake: FakeBigMarker, kinds: str, at: int) -> tuple[bool, list[Event]]:
    """Killed once, then started again, some minutes later. Whether it was killed, and all that was published."""
    countdown = Countdown(kinds, at)
    outbox, cursors = MemoryOutbox(countdown), MemoryCursors(step=countdown)
    with polling(fake.url, headers=countdown.headers, page_size=500 if kinds == "put" else 2) as poll:
        try:
            poll(outbox, cursors, NOW, Span(), lambda what, done, of: None)
            return False, outbox.sent
        except Killed:
            poll(outbox, cursors, NOW + 5 * MINUTE, Span(), lambda what, done, of: None)
    return True, outbox.sent


@pytest.mark.parametrize("kinds", ["request", "put", "flush cursor"])
def test_killed_at_any_step_it_ends_with_the_same_events(kinds: str) -> None:
    with serving(account()) as fake:
        kills = 0
        while True:
            killed, events = run_to_the_end(fake, kinds, kills + 1)
            unique = {event.event_id: event for event in events}
            holds(list(unique.values()))
            if not killed:
                break
            kills += 1
    assert kills >= 6


def test_what_was_acknowledged_is_not_read_again() -> None:
    countdown = Countdown("flush", 3)
    outbox, cursors = MemoryOutbox(countdown), MemoryCursors()
    with serving(account()) as fake, polling(fake.url) as poll:
        with pytest.raises(Killed):
            poll(outbox, cursors, NOW, Span(), lambda what, done, of: None)
        again = MemoryOutbox()
        poll(again, cursors, NOW + 5 * MINUTE, Span(), lambda what, done, of: None)
    # Those nearest to now come first: the third was on its way. The first is on, so it is read with every pass.
    assert {event.webinar_id for event in again.events} == {f"bigmarker:{one}" for one in (LIVE, UPCOMING)}


@pytest.mark.parametrize("at", [1, 3, 6, 9, 12])
def test_a_process_killed_in_the_middle_of_a_request_is_made_good_by_the_next(at: int, tmp_path: Path) -> None:
    reached = Flag()

    def hang(number: int, path: str) -> Fault | None:
        if number != at:
            return None
        reached.set()
        return Fault(hang=True)

    with serving(account(fault=hang)) as fake:
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.connectors.bigmarker.poll_once", fake.url, str(tmp_path), str(NOW)], cwd=ROOT
        )
        assert reached.wait(30)
        process.kill()
        process.wait(30)
        fake.fault = lambda number, path: None
        with polling(fake.url) as poll:
            outbox, cursors = FileOutbox(tmp_path / "events"), FileCursors(tmp_path / "cursors")
            poll(outbox, cursors, NOW + 5 * MINUTE, Span(), lambda what, done, of: None)
    events = events_in(tmp_path / "events")
    holds(list({event.event_id: event for event in events}.values()))
    said = [event for event in events if isinstance(event, Webinar | Totals)]
    assert {event.occurred_at for event in said} <= {NOW, NOW + 5 * MINUTE}
