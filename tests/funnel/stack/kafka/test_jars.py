import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from funnel.stack.errors import StackError
from funnel.stack.kafka.jars import jars_folder


@pytest.fixture(autouse=True)
def _own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


def maven(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: str) -> None:
    """Puts a Maven first on PATH that runs this script, with the folder for the jars in $target."""
    program = tmp_path / "bin" / "mvn"
    program.parent.mkdir()
    program.write_text('#!/bin/sh\nfor last; do :; done\ntarget="${last#-DoutputDirectory=}"\n' + script)
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}{os.pathsep}{os.environ['PATH']}")


def test_maven_runs_once_however_many_ask(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    runs = tmp_path / "runs"
    maven(tmp_path, monkeypatch, f'echo run >> {runs}; sleep 0.2; mkdir "$target"; touch "$target/kafka.jar"\n')
    with ThreadPoolExecutor() as pool:
        folders = set(pool.map(lambda _: jars_folder(), range(4)))
    assert len(folders) == 1
    assert [jar.name for jar in folders.pop().iterdir()] == ["kafka.jar"]
    assert runs.read_text() == "run\n"


def test_a_failure_of_maven_is_one_line_and_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    script = 'mkdir "$target"; touch "$target/half.jar"; echo "[ERROR] No space left"; echo "[ERROR] x"; exit 1'
    maven(tmp_path, monkeypatch, script)
    with pytest.raises(StackError, match=r"could not download Kafka's jars.*: No space left$"):
        jars_folder()
    assert not list((tmp_path / "cache").rglob("*.jar"))


def test_no_maven(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(StackError, match="there is no mvn: install it"):
        jars_folder()


def test_a_cache_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("a file, not a folder")
    with pytest.raises(StackError, match=r"cannot be stored in .* \(Not a directory\): set XDG_CACHE_HOME"):
        jars_folder()
