"""What the stack may still do when the disk runs full. No I/O, no clock.

Below the reserve no more input is accepted (connectors/pipeline/room.py); below half of it writers are stopped, Kafka
last, which does not survive a full disk. They start again once the whole reserve is free, so as not to stop at once.
"""

from connectors.pipeline.room import MEGABYTE, Free, size


def shortage(free: Free | None, reserve_mb: int, stopped: bool) -> str:
    """Why writers have to stop, or stay stopped, and the way out; empty: they may run.

    `free`: None if unknown; then nothing is stopped.
    """
    needed = reserve_mb * MEGABYTE
    if free is None or free.bytes >= (needed if stopped else needed // 2):
        return ""
    return f"stopped: {free}; make room: it restarts once {size(needed)} are free (FUNNEL_DISK_RESERVE_MB)"
