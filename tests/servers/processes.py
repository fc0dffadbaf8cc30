"""The end of processes that tests start."""

import signal
import subprocess
from typing import Any


def end(process: subprocess.Popen[Any], seconds: float = 20.0) -> int:
    """Ends it by SIGTERM, also if it stands still, and by force where that takes longer. Returns its exit status."""
    process.send_signal(signal.SIGCONT)
    process.terminate()
    try:
        return process.wait(seconds)
    except subprocess.TimeoutExpired:
        process.kill()
        return process.wait()
