"""Every Python of this machine that may run the project: the lock is installed with hashes, then the quick tests run.

python -m tests.matrix [3.12 3.13 …]; without, all from 3.11 on that are found on PATH. Exit status 1 if one fails.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parents[1]
NEWEST = 14


def main(wanted: list[str]) -> int:
    """The entry point."""
    found = {f"3.{minor}": path for minor in range(11, NEWEST + 1) if (path := _python(f"3.{minor}"))}
    missing = [name for name in wanted if name not in found]
    for name in missing:
        print(f"Python {name}: not on this machine")
    failed = [name for name, path in found.items() if (not wanted or name in wanted) and not _passes(name, path)]
    return 1 if failed or missing or not found else 0


def _python(name: str) -> str | None:
    """One that starts: a version manager has entries on PATH for versions that are not chosen, too."""
    managed = sorted((Path.home() / ".pyenv/versions").glob(f"{name}.*/bin/python{name}"))
    for path in (shutil.which(f"python{name}"), *map(str, managed)):
        if path and subprocess.run([path, "-c", ""], capture_output=True, check=False).returncode == 0:
            return path
    return None


def _passes(name: str, python: str) -> bool:
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="funnel-matrix-") as folder:
        own = f"{folder}/bin/python"
        pip = [own, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps"]
        steps = {
            "make an environment": [python, "-m", "venv", folder],
            "install the lock": [*pip, "--require-hashes", "-r", "requirements.lock"],
            "install the project": [*pip, "--no-build-isolation", "-e", "."],
            "run the quick tests": [
                *(own, "-m", "pytest", "-n", "2", "--dist", "loadgroup", "--quick", "-q", "-p", "no:cacheprovider")
            ],
        }
        for step, command in steps.items():
            done = subprocess.run(
                command,
                cwd=ROOT,
                env={**os.environ, "HYPOTHESIS_PROFILE": "quick"},
                capture_output=True,
                text=True,
                check=False,
            )
            if done.returncode:
                print(f"Python {name}: could not {step}\n{(done.stdout + done.stderr)[-4000:]}")
                return False
        last = done.stdout.strip().splitlines()[-1]
    print(f"Python {name}: {last}, {time.monotonic() - began:.0f} s in all")
    return True


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
