"""Finds the Java that runs Kafka."""

import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from funnel.stack.errors import StackError

OLDEST_JAVA = 17
"""Kafka 4's broker needs it (https://kafka.apache.org/documentation/#java)."""


@dataclass(frozen=True, slots=True)
class Java:
    """A Java that is new enough. `version` is its own, for example 17.0.15."""

    path: str
    version: str


def find_java() -> Java:
    """JAVA_HOME's Java, else the one on PATH. Raises StackError if there is none, or it is older than 17."""
    path = _java_path()
    shown = subprocess.run([path, "-version"], capture_output=True, text=True, check=False)
    version = re.search(r'version "((\d+)[^"]*)"', shown.stderr)
    if not version:
        raise StackError(f"{path} does not report its version: install Java {OLDEST_JAVA} or newer, or set JAVA_HOME")
    if int(version[2]) < OLDEST_JAVA:
        raise StackError(
            f"{path} is Java {version[1]}, but Kafka needs {OLDEST_JAVA} or newer: install that, or set JAVA_HOME"
        )
    return Java(path, version[1])


def _java_path() -> str:
    if home := os.environ.get("JAVA_HOME"):
        path = Path(home, "bin", "java")
        if not os.access(path, os.X_OK):
            raise StackError(f"JAVA_HOME is {home}, but there is no bin/java in it: correct it, or unset it")
        return str(path)
    if found := shutil.which("java"):
        return found
    raise StackError(
        f"Kafka needs Java {OLDEST_JAVA} or newer, but none is installed: install it "
        f"(for example apt install openjdk-{OLDEST_JAVA}-jre-headless), or set JAVA_HOME"
    )
