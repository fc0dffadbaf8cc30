"""Grafana's own packages (npm), for tests that hold dashboards and preview against them."""

import hashlib
import shutil
import subprocess
import tempfile
from contextlib import suppress
from functools import cache
from pathlib import Path

import pytest

from funnel.stack.kafka.jars import cache_folder, locked
from tests.grafana.preview.preview import ROOT

WEB = ROOT / "grafana/preview/web"
_LISTS = ("package.json", "package-lock.json")
SCENES = "9.2.2"
"""The newest that says it goes with Grafana 13; its own packages are not needed, so that it is no dependency."""
_INTEGRITY = "sha512-+mW1t7B8FjV/94oXyBMBmnTksAWzMjToLevOSDT7FwKN38GCC+0/89bD1yk4Pp+kemwh8CTj00APpyichi7zJA=="


def installed() -> Path:
    """node_modules of the preview, kept for every checkout of this user beside Kafka's jars: to install takes half a
    minute. Skips the test without npm and its registry.
    """
    npm = shutil.which("npm")
    if npm is None or shutil.which("node") is None:
        pytest.skip("npm is not there")
    digest = hashlib.sha256(b"".join((WEB / name).read_bytes() for name in _LISTS)).hexdigest()[:16]
    folder = cache_folder().with_name("npm") / digest
    with locked(folder.with_suffix(".lock")):
        # npm writes its own list last.
        if not (folder / "node_modules/.package-lock.json").exists():
            folder.mkdir(exist_ok=True)
            for name in _LISTS:
                shutil.copy(WEB / name, folder)
            _run([npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"], folder)
    return folder / "node_modules"


def scenes() -> Path:
    """The folder of @grafana/scenes, without what it depends on."""
    packages = installed()
    folder = packages / f".cache/scenes-{SCENES}"
    if not folder.exists():
        made = Path(tempfile.mkdtemp(dir=own_folder()))
        packed = f"@grafana/scenes@{SCENES}"
        told = _run(["npm", "pack", packed, "--json", "--ignore-scripts", "--pack-destination", str(made)], WEB)
        assert _INTEGRITY in told, "this is another @grafana/scenes than the pinned one"
        shutil.unpack_archive(made / f"grafana-scenes-{SCENES}.tgz", made, filter="data")
        # Another process of the tests may have been quicker.
        with suppress(OSError):
            made.rename(folder)
    return folder / "package"


def own_folder() -> Path:
    """A folder of this process alone, in which a script finds the packages."""
    return Path(_own_folder().name)


@cache
def _own_folder() -> tempfile.TemporaryDirectory[str]:
    kept = installed() / ".cache"
    kept.mkdir(exist_ok=True)
    return tempfile.TemporaryDirectory(prefix="tests-", dir=kept)


def _run(command: list[str], folder: Path) -> str:
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, timeout=300)
    if done.returncode:
        pytest.skip(f"{' '.join(command[:2])} does not work here: {done.stderr.strip()[:200]}")
    return done.stdout
