"""A release: built as sdist and wheel, installed in a fresh environment, used from an empty folder without this one."""

import os
import re
import shutil
import subprocess
import sys
import sysconfig
import tarfile
import tomllib
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import httpx
import pytest

from clickhouse.migrate import create_database, views
from tests.layers.sources import FOLDERS, ROOT
from tests.servers.clickhouse import PASSWORDS, Server
from tests.servers.processes import end
from tests.waiting import until

VERSION = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
JOTFORM = ROOT / "tests/connectors/generic/payloads/jotform.txt"
SITE = "funnel/documentation/site/"
"""The documentation, as pages."""
NOT_INSTALLED = re.compile(r"\.md$|^funnel/documentation/site/|/web/|^grafana/Dockerfile$|__pycache__|\.egg-info|~$")
"""For people who read the source, for Docker, and what the preview's page is built from."""
_BUILD = """
import sys, tarfile
from setuptools import build_meta
out = sys.argv[1]
tarfile.open(f"{out}/{build_meta.build_sdist(out)}").extractall(out, filter="data")
"""
_BUILD_WHEEL = "import sys; from setuptools import build_meta; build_meta.build_wheel(sys.argv[1])"


class Built(NamedTuple):
    """Both archives, the wheel made of the sdist as pip does it."""

    sdist: Path
    wheel: Path

    @property
    def in_sdist(self) -> set[str]:
        with tarfile.open(self.sdist) as archive:
            return {name.partition("/")[2] for name in archive.getnames()}

    @property
    def in_wheel(self) -> set[str]:
        return set(zipfile.ZipFile(self.wheel).namelist())


class Installed(NamedTuple):
    """A fresh environment with the wheel and nothing else of ours."""

    program: Path
    empty: Path

    def environment(self, more: dict[str, str]) -> dict[str, str]:
        plain = {name: value for name, value in os.environ.items() if not name.startswith(("FUNNEL_", "PYTHON"))}
        return {**plain, **PASSWORDS, "COLUMNS": "120", **more}

    def run(self, *arguments: str | Path, **more: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [self.program, *arguments],
            cwd=self.empty,
            env=self.environment(more),
            capture_output=True,
            text=True,
            timeout=90,
            check=False,
        )

    def __call__(self, *arguments: str | Path, **more: str) -> str:
        """What `funnel` says, and nothing is wrong."""
        done = self.run(*arguments, **more)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Built:
    source, out = tmp_path_factory.mktemp("source"), tmp_path_factory.mktemp("built")
    left_out = shutil.ignore_patterns("__pycache__", "node_modules", "*.egg-info")
    for name in (*FOLDERS, "business", "docs", "prometheus"):
        shutil.copytree(ROOT / name, source / name, ignore=left_out)
    for path in ROOT.iterdir():
        if path.is_file() and path.name not in (".git", ".env"):
            shutil.copy(path, source)
    _python(_BUILD, source, out)
    (sdist,) = out.glob("*.tar.gz")
    _python(_BUILD_WHEEL, out / sdist.name.removesuffix(".tar.gz"), out)
    (wheel,) = out.glob("*.whl")
    return Built(sdist, wheel)


@pytest.fixture(scope="module")
def funnel(built: Built, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installed]:
    folder = tmp_path_factory.mktemp("installed")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder / "venv"], check=True)
    python = folder / "venv/bin/python"
    pip: list[str | Path] = [
        sys.executable,
        "-m",
        "pip",
        "--quiet",
        "--disable-pip-version-check",
        "--python",
        python,
        "install",
    ]
    subprocess.run([*pip, "--no-deps", "--no-index", "--no-compile", built.wheel], check=True)
    # What it depends on is there already; of our own code nothing, for what points to it is a finder.
    (site,) = (folder / "venv").glob("lib/*/site-packages")
    (site / "dependencies.pth").write_text(sysconfig.get_path("purelib"))
    (folder / "empty").mkdir()
    yield Installed(folder / "venv/bin/funnel", folder / "empty")
    shutil.rmtree(folder)


def _python(code: str, folder: Path, out: Path) -> None:
    done = subprocess.run([sys.executable, "-c", code, out], cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    assert "Deprecat" not in done.stderr, done.stderr[:2000]


def test_everything_of_the_source_that_is_not_only_read_is_in_both(built: Built) -> None:
    files = {str(path.relative_to(ROOT)) for folder in FOLDERS for path in (ROOT / folder).rglob("*") if path.is_file()}
    needed = {name for name in files if not NOT_INSTALLED.search(name)}
    assert len(needed) > 500
    assert sorted(needed - built.in_wheel) == []
    assert sorted(needed - built.in_sdist) == []
    ours = {name for name in built.in_wheel if ".dist-info/" not in name}
    site = {name for name in ours if name.startswith(SITE)}
    assert ours - site == needed
    pages = {str(path.relative_to(ROOT / "docs").with_suffix(".html")) for path in (ROOT / "docs").rglob("*.md")}
    assert sorted(pages - {name.removeprefix(SITE) for name in site}) == []
    assert [name for name in site if name.endswith((".map", ".md", ".xml"))] == []
    read = ("business/README.md", "clickhouse/README.md", "docs/design.md", "CHANGELOG.md", ".env.example")
    assert {"pyproject.toml", "README.md", "requirements.lock", "mkdocs.yml", "setup.py", *read} <= built.in_sdist


def test_the_version_is_said_once_and_everywhere() -> None:
    released = re.findall(r"^## \[(\d+\.\d+\.\d+)\] - \d{4}-\d\d-\d\d$", (ROOT / "CHANGELOG.md").read_text(), re.M)
    coming = "## [Unreleased]" in (ROOT / "CHANGELOG.md").read_text()
    assert released[0] == VERSION or (coming and _number(VERSION) > _number(released[0]))
    images = re.findall(r"image: webinar-funnel[a-z-]*:(\S+)", (ROOT / "docker-compose.yml").read_text())
    assert set(images) == {VERSION}


def _number(version: str) -> list[int]:
    return [int(part) for part in version.split(".")]


def test_it_says_its_version_and_its_commands(funnel: Installed) -> None:
    assert funnel("--version") == f"funnel {VERSION}\n"
    said = funnel("--help")
    assert "Show the version and exit." in said
    assert "rebuild" in said


def test_its_code_is_that_of_the_wheel(funnel: Installed) -> None:
    code = f"import {', '.join(FOLDERS)}; print({', '.join(f'{name}.__file__' for name in FOLDERS)}, sep='\\n')"
    command: list[str | Path] = [funnel.program.with_name("python"), "-c", code]
    done = subprocess.run(
        command, cwd=funnel.empty, env=funnel.environment({}), capture_output=True, text=True, check=True
    )
    assert [line for line in done.stdout.splitlines() if not line.startswith(str(funnel.program.parents[1]))] == []


def test_it_reads_the_descriptions_and_samples_that_are_shipped(funnel: Installed) -> None:
    done = funnel.run("map", "generic", "--mapping", "jotform", JOTFORM, FUNNEL_HASH_SECRET="0123456789abcdef")
    assert "unmapped_form: generic/212345678901234" in done.stderr
    (samples,) = funnel.program.parents[1].glob("lib/*/site-packages/connectors/samples")
    table = ("--mapping", samples / "registrations.yaml", samples / "registrations.csv")
    assert "7 events would be published, 0 rows rejected" in funnel(
        "import", "table", "--dry-run", *table, FUNNEL_HASH_SECRET="0123456789abcdef"
    )


def test_it_migrates_a_database_with_its_own_files(funnel: Installed, clickhouse_server: Server) -> None:
    config = clickhouse_server.settings().model_copy(update={"clickhouse_database": "released"})
    there = {"FUNNEL_CLICKHOUSE_PORT": str(config.clickhouse_port), "FUNNEL_CLICKHOUSE_DATABASE": "released"}
    funnel("migrate", **there)
    with create_database(config) as client:
        made = client.query("SELECT name FROM system.tables WHERE database = 'released'").result_rows
    assert {"persons", "events", "funnel", "numbers_at"} <= {name for (name,) in made}
    assert len(views()) > 40
    assert funnel("report", "--json", **there).strip() == "[]"


def test_it_shows_the_dashboards_and_their_page(funnel: Installed, clickhouse_server: Server) -> None:
    there = {"FUNNEL_CLICKHOUSE_PORT": str(clickhouse_server.port), "FUNNEL_CLICKHOUSE_DATABASE": "released"}
    with _serving(funnel, "dashboards", there) as address:
        page = httpx.get(address, follow_redirects=True)
    assert page.status_code == 200
    assert "script" in page.text


def test_it_shows_its_documentation(funnel: Installed) -> None:
    with _serving(funnel, "docs", {}) as address:
        pages = [httpx.get(f"{address}/{name}") for name in ("", "tutorial.html", "reference/cli.html", "none.html")]
        stranger = httpx.get(address, headers={"Host": "docs.example.com"})
    assert [page.status_code for page in pages] == [200, 200, 200, 404]
    assert "exact numbers" in pages[0].text
    assert "funnel upgrade" in pages[2].text
    assert "default-src 'none'" in pages[0].headers["Content-Security-Policy"]
    assert stranger.status_code == 400


@contextmanager
def _serving(funnel: Installed, command: str, there: dict[str, str]) -> Iterator[str]:
    """The address that the command says, while it serves; then it is ended as by Ctrl-C, without complaint."""
    log = funnel.empty / f"{command}.log"
    with log.open("wb") as output:
        shown = subprocess.Popen(
            [funnel.program, command, "--port", "0"],
            cwd=funnel.empty,
            env=funnel.environment({**there, "BROWSER": "true"}),
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        yield until(lambda: re.findall(r"http://127\.0\.0\.1:\d+", log.read_text()), f"the address of {command}")[0]
    finally:
        status = end(shown)
    assert status == 0, log.read_text()
