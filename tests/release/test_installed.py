"""The wheel, by pip in a fresh environment, in an empty folder: the tutorial to the letter, then the demo."""

import re
import subprocess
import time
from pathlib import Path

import pytest

from tests.layers.blocks import blocks
from tests.release.installed import SECONDS, Release, built, install, place, source_of

pytestmark = pytest.mark.release


@pytest.fixture(scope="module")
def release(tmp_path_factory: pytest.TempPathFactory) -> Release:
    folder = tmp_path_factory.mktemp("release")
    return install(built(source_of("HEAD", folder / "source"), folder / "wheel"), folder / "venv")


def test_the_tutorial_to_the_letter(release: Release, tmp_path: Path) -> None:
    began = time.monotonic()
    with place(tmp_path / "my-webinars", release) as here:
        own = {name: value for name, value in here.environment.items() if name != "FUNNEL_HASH_SECRET"}
        own["PATH"] = f"{release.program.parent}:{own['PATH']}"
        said = []
        for block in blocks("docs/tutorial.md"):
            done = subprocess.run(
                ["bash", "-euc", block.text], cwd=here.folder, env=own, capture_output=True, text=True, check=False
            )
            assert done.returncode == 0, f"{block.text}\n{done.stdout}{done.stderr}"
            said.append(done.stdout)
            if "import" in block.text:
                print(f"first own numbers after {time.monotonic() - began:.0f} s")
    text = "\n".join(said)
    assert "Healthy" in text
    assert "My first webinar" in text
    assert "mismatches=0" in text
    assert {path.name for path in here.folder.iterdir()} <= {
        ".data",
        ".env",
        *(f"{name}.{ending}" for name in ("came", "registered") for ending in ("csv", "yaml")),
    }
    print(f"the whole tutorial took {time.monotonic() - began:.0f} s")


def test_the_demo_without_make(release: Release, tmp_path: Path) -> None:
    done = subprocess.run(
        [release.python, "-m", "funnel.demo"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr
    assert re.search(r"^demo ok: events=\d+ persons=\d+ dead_letters=5 mismatches=0$", done.stdout, re.MULTILINE)
