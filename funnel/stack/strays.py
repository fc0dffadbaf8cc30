"""Finds and stops processes of a local stack that have outlived their supervisor."""

import os
import time
from pathlib import Path

import psutil

MARK = "FUNNEL_STACK_FOLDER"
"""Every child has its stack's folder in this environment variable, so it is found even if its supervisor died before
writing the state, or if that file is gone."""

_END_SECONDS = 20


def strays(root: Path) -> list[psutil.Process]:
    """The running processes of the stack in this folder, whoever started them."""
    return [process for process in psutil.process_iter() if process.pid != os.getpid() and belongs(process, root)]


def belongs(process: psutil.Process, root: Path) -> bool:
    """Whether this process is a child of the stack in this folder. Another user's process never is."""
    try:
        return process.environ().get(MARK) == str(root) and process.status() != psutil.STATUS_ZOMBIE
    except (psutil.Error, OSError):
        return False


def end_strays(root: Path) -> int:
    """Stops them (SIGTERM, after 20 s SIGKILL), and returns how many there were.

    They are stopped, not adopted: only a parent learns how its child ended.
    """
    found = strays(root)
    for process in found:
        _signal(process, force=False)
    alive = _outlive(found, root)
    for process in alive:
        _signal(process, force=True)
    _outlive(alive, root)
    return len(found)


def _outlive(processes: list[psutil.Process], root: Path) -> list[psutil.Process]:
    """The processes that still run after the time limit. A zombie has ended: not every init reaps orphans."""
    deadline = time.monotonic() + _END_SECONDS
    while alive := [process for process in processes if belongs(process, root)]:
        if time.monotonic() > deadline:
            break
        time.sleep(0.05)
    return alive


def _signal(process: psutil.Process, force: bool) -> None:
    try:
        process.kill() if force else process.terminate()
    except psutil.NoSuchProcess:
        return
