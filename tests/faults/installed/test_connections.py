"""Many connections to the webhook server that never say what they want, and again as soon as it ends one."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import pytest

from tests.faults.installed.case import Case

pytestmark = [pytest.mark.faults, pytest.mark.long]

CONNECTIONS = 1_200
_BEGUN = b"POST /webhooks/typeform HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Long: "
_ANSWERED = 100
_REFUSED_OF_THEM = 2


def test_unfinished_headers_keep_nobody_out(case: Case) -> None:
    with case.flowing(), _crowd(int(case.installation.webhooks.rpartition(":")[2])):
        before = case.ledger.refused
        answered = sum(case.sender.post() == 200 for _ in range(_ANSWERED))
        if answered < _ANSWERED - _REFUSED_OF_THEM:
            case.object(f"of {_ANSWERED} valid webhooks {answered} were taken ({case.ledger.refused - before} refused)")


@contextmanager
def _crowd(port: int) -> Iterator[None]:
    """Keeps all the connections open, a new one for each that the server ends."""
    ended = threading.Event()
    crowd = threading.Thread(target=_keep_open, args=(port, ended))
    crowd.start()
    try:
        yield
    finally:
        ended.set()
        crowd.join()


def _keep_open(port: int, ended: threading.Event) -> None:
    open_ones: list[socket.socket] = []
    while not ended.is_set():
        with suppress(OSError):
            while len(open_ones) < CONNECTIONS:
                one = socket.create_connection(("127.0.0.1", port), timeout=1)
                one.setblocking(False)
                one.send(_BEGUN)
                open_ones.append(one)
        open_ones = [one for one in open_ones if _is_open(one)]
        ended.wait(0.1)
    for one in open_ones:
        one.close()


def _is_open(one: socket.socket) -> bool:
    try:
        one.recv(1_000)
    except BlockingIOError:
        # It says a little more now and then, so that it does not look idle.
        with suppress(OSError):
            one.send(b"x")
        return True
    except OSError:
        pass
    # An answer, or the end: both are followed by a new connection.
    one.close()
    return False
