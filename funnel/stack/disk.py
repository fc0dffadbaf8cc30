"""What the stack may still do on a disk that runs full: no I/O, no clock.

Below the reserve nothing more is taken in (connectors/pipeline/room.py); below half of it what writes is stopped, Kafka
last, which does not survive a full disk. It starts again once the whole reserve is free, lest it stop again at once.
"""

from connectors.pipeline.room import MEGABYTE, Free, size


def shortage(free: Free | None, reserve_mb: int, stopped: bool) -> str:
    """Why what writes has to stop, or to stay stopped, and the way out; empty: it may run.

    `free`: None if it cannot be told; then nothing is stopped for it.
    """
    needed = reserve_mb * MEGABYTE
    if free is None or free.bytes >= (needed if stopped else needed // 2):
        return ""
    return f"stopped: {free}; make room: it starts again once {size(needed)} are free (FUNNEL_DISK_RESERVE_MB)"
