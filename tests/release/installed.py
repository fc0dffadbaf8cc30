"""A release in an environment of its own, and an installation of it in a folder without the repository."""

import os
import secrets
import subprocess
import sys
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from funnel.stack.ports import LOOPBACK, free_port
from tests.layers.sources import ROOT

SECONDS = 600
_BUILD = "import sys; from setuptools import build_meta; print(build_meta.build_wheel(sys.argv[1]))"


class Release(NamedTuple):
    """`funnel` of one release."""

    program: Path
    wheel: Path

    @property
    def python(self) -> Path:
        return self.program.with_name("python")


class Place(NamedTuple):
    """A folder with its settings, for any release."""

    folder: Path
    environment: dict[str, str]

    def run(self, release: Release, *arguments: str, status: int | None = 0) -> str:
        """What `funnel` prints. Any `status` but the expected one is a failure; None: whatever it is."""
        return self.call([str(release.program), *arguments], status)

    def call(self, command: list[str], status: int | None = 0) -> str:
        done = subprocess.run(
            command, cwd=self.folder, env=self.environment, capture_output=True, text=True, timeout=SECONDS, check=False
        )
        assert status is None or done.returncode == status, f"{command}: {done.returncode}\n{done.stdout}{done.stderr}"
        return done.stdout + (done.stderr if status != 0 else "")


def source_of(revision: str, folder: Path) -> Path:
    """The source as it was committed."""
    folder.mkdir()
    archive = folder.with_suffix(".tar")
    subprocess.run(["git", "archive", "-o", archive, revision], cwd=ROOT, check=True)
    with tarfile.open(archive) as packed:
        packed.extractall(folder, filter="data")
    archive.unlink()
    return folder


def built(source: Path, out: Path) -> Path:
    """The wheel of a source."""
    out.mkdir(exist_ok=True)
    subprocess.run([sys.executable, "-c", _BUILD, out], cwd=source, check=True, stdout=subprocess.DEVNULL)
    (wheel,) = out.glob("*.whl")
    return wheel


def install(wheel: Path, folder: Path) -> Release:
    """The wheel and what it says that it needs, by pip, in a fresh environment."""
    subprocess.run([sys.executable, "-m", "venv", folder], check=True)
    python = folder / "bin/python"
    pip: list[str | Path] = [python, "-m", "pip", "--quiet", "--disable-pip-version-check", "install"]
    subprocess.run([*pip, f"{wheel}[local]"], check=True, timeout=SECONDS)
    return Release(folder / "bin/funnel", wheel)


@contextmanager
def place(folder: Path, *releases: Release) -> Iterator[Place]:
    """An empty folder on free ports; at the end the last of the releases stops what still runs there."""
    folder.mkdir()
    plain = {
        name: value for name, value in os.environ.items() if not name.startswith(("FUNNEL_", "PYTHON", "GRAFANA_"))
    }
    own = {
        "FUNNEL_KAFKA_BOOTSTRAP": f"{LOOPBACK}:{free_port()}",
        "FUNNEL_CLICKHOUSE_PORT": str(free_port()),
        "FUNNEL_DASHBOARDS_PORT": str(free_port()),
        "FUNNEL_METRICS_PORT": str(free_port()),
        "FUNNEL_WEBHOOK_PORT": str(free_port()),
        "FUNNEL_HASH_SECRET": secrets.token_hex(32),
        "COLUMNS": "140",
        "BROWSER": "true",
        # Several seconds' work: the second compiler would cost more than it brings.
        "JDK_JAVA_OPTIONS": "-XX:TieredStopAtLevel=1",
    }
    one = Place(folder, plain | own)
    try:
        yield one
    finally:
        one.run(releases[-1], "down", status=None)
