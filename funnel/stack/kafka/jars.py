"""Kafka's jars: downloaded once by Maven from the pom beside this module, then taken from the user's cache."""

import fcntl
import hashlib
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from funnel.stack.errors import StackError

POM = Path(__file__).with_name("pom.xml")


def cache_folder() -> Path:
    """The folder of jars for every checkout and data folder of this user (XDG Base Directory Specification)."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache", "webinar-funnel", "kafka")


def jars_folder() -> Path:
    """The folder with the pom's jars, which are downloaded first if needed. Safe in several processes.

    Raises StackError if Maven is missing or cannot fetch them.
    """
    folder = _folder()
    if not folder.is_dir():
        with locked(folder.with_suffix(".lock")):
            if not folder.is_dir():
                _fetch(folder)
    return folder


def require_jars() -> None:
    """Raises StackError if the jars are not there, and could not be downloaded because Maven is missing."""
    if not _folder().is_dir():
        _maven()


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Holds an exclusive lock on a file across processes; the system releases it if the process dies."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        file = path.open("w")
    except OSError as error:
        raise StackError(
            f"Kafka's jars cannot be stored in {path.parent} ({error.strerror}): set XDG_CACHE_HOME"
        ) from error
    with file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _folder() -> Path:
    return cache_folder() / hashlib.sha256(POM.read_bytes()).hexdigest()[:16]


def _maven() -> str:
    maven = shutil.which("mvn")
    if maven is None:
        raise StackError(
            "Kafka's jars are downloaded by Maven, and there is no mvn: install it (for example apt install maven)"
        )
    return maven


def _fetch(folder: Path) -> None:
    maven = _maven()
    with tempfile.TemporaryDirectory(dir=folder.parent) as scratch:
        target = Path(scratch, "jars")
        command = [maven, "-B", "-q", "-f", str(POM), "dependency:copy-dependencies", "-DincludeScope=runtime"]
        run = subprocess.run(
            [*command, f"-DoutputDirectory={target}"], capture_output=True, text=True, check=False, cwd=scratch
        )
        if run.returncode != 0:
            raise StackError(f"Maven could not download Kafka's jars (is there a network?): {_first_error(run.stdout)}")
        target.rename(folder)


def _first_error(output: str) -> str:
    errors = (line.removeprefix("[ERROR]").strip() for line in output.splitlines() if line.startswith("[ERROR]"))
    return next(errors, "it gave no reason")
