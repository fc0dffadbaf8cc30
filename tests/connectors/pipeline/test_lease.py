"""Several pollers of one service, as processes of their own: one polls, and is replaced; a sleeper does no harm."""

import os
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from connectors.pipeline.lease import Lease
from connectors.pipeline.polled import Service
from connectors.pipeline.pollers import pollers, retire
from connectors.pipeline.publish import Publisher
from connectors.pipeline.shared_cursors import all_cursors
from connectors.pipeline.waking import wake_record
from process.clock import now
from process.kafka import KafkaSettings
from streams.create_topics import create_topics
from streams.settings import Settings
from tests.connectors.bigmarker.fake import KEY, FakeBigMarker, serving
from tests.connectors.bigmarker.world import UPCOMING, account
from tests.connectors.webhooks.running import ROOT
from tests.servers.kafka import KafkaServer
from tests.servers.processes import end
from tests.waiting import until

pytestmark = pytest.mark.kafka

TAKEOVER_SECONDS = 6


@pytest.fixture(scope="module")
def there(kafka: KafkaServer) -> KafkaSettings:
    kafka.empty()
    create_topics(Settings(_env_file=None, kafka_bootstrap=kafka.bootstrap, partitions=2))
    return KafkaSettings(kafka_bootstrap=kafka.bootstrap)


@dataclass
class Poller:
    """A process of `funnel connectors poll`, with a data folder of its own."""

    process: subprocess.Popen[bytes]
    log: Path

    @property
    def polls(self) -> int:
        return self.log.read_text().count("bigmarker was polled")

    @property
    def who(self) -> str:
        return f"(pid {self.process.pid})"


@contextmanager
def poller(folder: Path, there: KafkaSettings, url: str, seconds: float = 300.0) -> Iterator[Poller]:
    folder.mkdir(parents=True)
    environment = os.environ | {
        "PYTHONPATH": str(ROOT),
        "FUNNEL_HASH_SECRET": "0123456789abcdef",
        "FUNNEL_KAFKA_BOOTSTRAP": there.kafka_bootstrap,
        "FUNNEL_DATA_DIR": str(folder / "data"),
        "FUNNEL_POLL_SECONDS": str(seconds),
        "FUNNEL_POLL_TAKEOVER_SECONDS": str(TAKEOVER_SECONDS),
        "FUNNEL_BIGMARKER_API_KEY": KEY,
        "FUNNEL_BIGMARKER_BASE_URL": url,
        "FUNNEL_BIGMARKER_REQUESTS_PER_SECOND": "50",
        "FUNNEL_BIGMARKER_LOOK_BACK_DAYS": "3660",
    }
    log = folder / "log"
    with log.open("wb") as file:
        command = [sys.executable, "-m", "funnel", "connectors", "poll", "bigmarker"]
        process = subprocess.Popen(command, cwd=folder, env=environment, stdout=file, stderr=file)
    try:
        yield Poller(process, log)
    finally:
        end(process)


def state_of(there: KafkaSettings) -> Service | None:
    return next((one for one in pollers(there) if one.connector == "bigmarker"), None)


def owner(there: KafkaSettings) -> str:
    found = state_of(there)
    return found.owner if found is not None else ""


def read_in_full(fake: FakeBigMarker, first: int = 0) -> Counter[str]:
    """How often each page of a conference was asked for; the lists of conferences are read by every pass."""
    return Counter(path for path in fake.requests[first:] if "/attendees/" in path or "registrations" in path)


def test_one_polls_and_is_replaced_and_a_sleeper_that_wakes_up_does_no_harm(
    there: KafkaSettings, tmp_path: Path
) -> None:
    with serving(account()) as fake, ExitStack() as running:
        first, second = (running.enter_context(poller(tmp_path / name, there, fake.url)) for name in ("a", "b"))
        until(lambda: first.polls + second.polls == 1, "one has polled")
        until(lambda: (found := state_of(there)) and found.standbys, "the other one stands by")
        owns, stands_by = (first, second) if first.polls else (second, first)
        pages = read_in_full(fake)
        assert pages
        assert set(pages.values()) == {1}
        found = state_of(there)
        assert found is not None
        assert found.owner.endswith(owns.who)
        assert [one.partition(" (")[2] for one in found.standbys] == [stands_by.who.removeprefix("(")]
        assert found.since is not None
        assert 0 <= now() - found.since < 90_000

        # It sleeps: another one polls, with its cursors, and it cannot move them when it wakes up.
        os.kill(owns.process.pid, signal.SIGSTOP)
        until(lambda: owner(there).endswith(stands_by.who), "the other one polls")
        until(lambda: stands_by.polls == 1, "it has polled")
        assert not read_in_full(fake) - pages, "what was read is known to the next one"
        before = all_cursors(there)["bigmarker"]
        os.kill(owns.process.pid, signal.SIGCONT)
        until(lambda: (found := state_of(there)) and found.standbys, "it stands by")
        assert owner(there).endswith(stands_by.who)
        assert all_cursors(there)["bigmarker"] == before

        # A wake-up reaches whoever polls, on whichever machine.
        with Publisher(there) as publisher:
            publisher.send_raw(*wake_record("bigmarker", UPCOMING, now()))
        until(lambda: [path for path in read_in_full(fake) - pages if UPCOMING in path], "it is read")
        until(lambda: stands_by.polls == 2, "it has polled")
        assert owns.polls == 1

        # It is killed.
        read = read_in_full(fake)
        stands_by.process.kill()
        until(lambda: owner(there).endswith(owns.who), "it is replaced", 60)
        until(lambda: owns.polls == 2, "it polls")
        assert not read_in_full(fake) - read, "from where the killed one stood"

        # It ends as it was asked to: nobody polls any more, which is told until somebody says that it is meant.
        owns.process.terminate()
        assert owns.process.wait(20) == 0
        until(lambda: (found := state_of(there)) and not found.owner, "nobody polls")
        gone = state_of(there)
        assert gone is not None
        assert gone.last.endswith(owns.who)
        retire(there, "bigmarker")
        assert state_of(there) is None


def test_without_its_topic_it_says_so_and_polls_once_there_is_one(kafka: KafkaServer) -> None:
    kafka.empty()
    with Lease(KafkaSettings(kafka_bootstrap=kafka.bootstrap), "zoom", TAKEOVER_SECONDS) as lease:
        until(lambda: lease.trouble, "it says what is missing")
        assert "webinar.poll-wakes.v1 is missing" in lease.trouble
        assert not lease.stands_by
        create_topics(Settings(_env_file=None, kafka_bootstrap=kafka.bootstrap, partitions=2))
        until(lambda: lease.owns, "it polls")
