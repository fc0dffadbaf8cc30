"""A proxy that loses some of the answers, and ends the connection instead."""

import itertools
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from tests.faults.installed.proxy import Proxy


class Swallowing(Proxy):
    """`swallowed` counts the answers that were lost."""

    def __init__(self, upstream: int, each: int) -> None:
        self.swallowed = 0
        self._each = each
        self._answers = itertools.count(1)
        super().__init__(upstream)

    def answered(self, piece: bytes, aimed: threading.Event) -> bool:
        # The first piece of an answer says so: of those to inserts there is only this one.
        if piece.startswith(b"HTTP/1.1 200") and next(self._answers) % self._each == 0:
            self.swallowed += 1
            return False
        return True


@contextmanager
def swallowing(upstream: int, each: int) -> Iterator[Swallowing]:
    """While the block runs, every so-many-th answer of the server on that port is lost."""
    proxy = Swallowing(upstream, each)
    try:
        yield proxy
    finally:
        proxy.close()
