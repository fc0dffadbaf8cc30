"""TCP ports of this machine."""

import random
import socket

LOOPBACK = "127.0.0.1"

# Below the ephemeral ports of outgoing connections: such a connection could take the port while a server
# restarts.
_CANDIDATES = range(20_000, 32_000)


def is_free(port: int) -> bool:
    """Whether a server could listen on this loopback port now."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            return False
    return True


def is_listening(port: int) -> bool:
    """Whether something accepts connections on this loopback port."""
    try:
        socket.create_connection((LOOPBACK, port), timeout=1).close()
    except OSError:
        return False
    return True


def free_port() -> int:
    """A loopback port that is free at this moment. Raises OSError if there is none."""
    for port in random.sample(_CANDIDATES, 200):
        if is_free(port):
            return port
    raise OSError("no free port between 20000 and 32000")
