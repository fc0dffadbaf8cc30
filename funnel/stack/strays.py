"""Processes of a local stack that have outlived their supervisor."""

import os
from pathlib import Path

import psutil

MARK = "FUNNEL_STACK_FOLDER"
"""Every child carries its stack's folder in this environment variable. So it is found even if its supervisor died
between its start and the writing of the state, or if that file is gone."""

_END_SECONDS = 20


def strays(root: Path) -> list[psutil.Process]:
    """The living processes of the stack in this folder, whoever started them."""
    return [process for process in psutil.process_iter() if process.pid != os.getpid() and belongs(process, root)]


def belongs(process: psutil.Process, root: Path) -> bool:
    """Whether this process is a child of the stack in this folder. A foreign user's process never is."""
    try:
        return process.environ().get(MARK) == str(root) and process.status() != psutil.STATUS_ZOMBIE
    except (psutil.Error, OSError):
        return False


def end_strays(root: Path) -> int:
    """Ends them (SIGTERM, after 20 s SIGKILL), and returns how many there were.

    They are ended, not adopted: only a parent learns how its child ended.
    """
    found = strays(root)
    for process in found:
        _signal(process, force=False)
    _, alive = psutil.wait_procs(found, timeout=_END_SECONDS)
    for process in alive:
        _signal(process, force=True)
    psutil.wait_procs(alive, timeout=_END_SECONDS)
    return len(found)


def _signal(process: psutil.Process, force: bool) -> None:
    try:
        process.kill() if force else process.terminate()
    except psutil.NoSuchProcess:
        return
