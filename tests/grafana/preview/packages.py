"""Grafana's own packages (npm), for tests that hold dashboards and preview against them."""

import os
import shutil
import subprocess
from contextlib import suppress
from pathlib import Path

import pytest

from tests.grafana.preview.preview import ROOT

WEB = ROOT / "grafana/preview/web"
_PACKAGES = WEB / "node_modules"
_OWN = _PACKAGES / ".cache/funnel"
SCENES = "9.2.2"
"""The newest that says it goes with Grafana 13; its own packages are not needed, so that it is no dependency."""
_INTEGRITY = "sha512-+mW1t7B8FjV/94oXyBMBmnTksAWzMjToLevOSDT7FwKN38GCC+0/89bD1yk4Pp+kemwh8CTj00APpyichi7zJA=="


def installed() -> Path:
    """node_modules of the preview, installed where they are not. Skips the test without npm and its registry."""
    npm = shutil.which("npm")
    if npm is None or shutil.which("node") is None:
        pytest.skip("npm is not there")
    if not (_PACKAGES / ".package-lock.json").exists():
        _run([npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"])
    _OWN.mkdir(parents=True, exist_ok=True)
    return _PACKAGES


def scenes() -> Path:
    """The folder of @grafana/scenes, without what it depends on."""
    packages = installed()
    folder = packages / f".cache/funnel/scenes-{SCENES}"
    if not folder.exists():
        packed = f"@grafana/scenes@{SCENES}"
        told = _run(["npm", "pack", packed, "--json", "--ignore-scripts", "--pack-destination", str(_OWN)])
        assert _INTEGRITY in told, "this is another @grafana/scenes than the pinned one"
        made = _OWN / f"unpacked-{os.getpid()}"
        shutil.unpack_archive(_OWN / f"grafana-scenes-{SCENES}.tgz", made, filter="data")
        # Another process of the tests may have been quicker.
        with suppress(OSError):
            made.rename(folder)
    return folder / "package"


def own_folder() -> Path:
    """A folder in which a script finds the packages, and git nothing."""
    installed()
    return _OWN


def _run(command: list[str]) -> str:
    done = subprocess.run(command, cwd=WEB, capture_output=True, text=True, check=False, timeout=300)
    if done.returncode:
        pytest.skip(f"{' '.join(command[:2])} does not work here: {done.stderr.strip()[:200]}")
    return done.stdout
