"""Runs a poll against the fake Zoom; as a program, for tests that kill it: `python polling.py URL FOLDER`."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from pydantic import SecretStr

from connectors.pipeline.memory import MemoryCursors, MemoryOutbox
from connectors.poll import Cursors, Outbox, Span
from connectors.toolkit.io.http import Http
from connectors.zoom.client import Client, open_client
from connectors.zoom.poll import ZoomPoll
from connectors.zoom.settings import ZoomSettings
from tests.connectors.files import FileCursors, FileOutbox
from tests.connectors.zoom.fake_zoom import FakeZoom
from tests.connectors.zoom.said import NOW, SECRET

impatient = partial(Http, timeout_seconds=0.5, backoff_seconds=0.0, sleep=lambda _seconds: None)
"""Waits for nothing, so that tests do not either."""


class Interrupted(BaseException):
    """Stands for the end of the process."""


class Interrupting(Http):
    """Ends at the n-th request."""

    def __init__(self, *args: Any, at: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._left = at

    def get(self, *args: Any, **kwargs: Any) -> Any:
        self._left -= 1
        if self._left == 0:
            raise Interrupted
        return super().get(*args, **kwargs)


@contextmanager
def client_of(fake: FakeZoom, **http: Any) -> Iterator[Client]:
    with open_client(fake.settings(), partial(impatient, **http)) as client:
        yield client


def run(client: Client, outbox: Outbox, cursors: Cursors, now: int = NOW, span: Span | None = None) -> None:
    """One pass."""
    poll = ZoomPoll(client, (), SECRET)
    poll(outbox, cursors, now, span or Span(), lambda _what, _done, _of: None)


def polled(fake: FakeZoom, now: int = NOW, span: Span | None = None) -> MemoryOutbox:
    """What one first pass puts."""
    outbox = MemoryOutbox()
    with client_of(fake) as client:
        run(client, outbox, MemoryCursors(outbox), now, span)
    return outbox


def main(url: str, folder: Path) -> None:
    settings = ZoomSettings(
        _env_file=None,
        account_id="acc",
        client_id="id",
        client_secret=SecretStr("secret"),
        api_url=f"{url}/v2",
        oauth_url=f"{url}/oauth",
        requests_per_second=1000.0,
    )
    with open_client(settings) as client:
        run(client, FileOutbox(folder / "events.jsonl"), FileCursors(folder / "cursors.json"))


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
