"""The environment of the peers, beside the project's: their packages, our fold of a release, Kafka Streams' jars."""

import io
import shutil
import subprocess
import sys
import tarfile
import tomllib
from pathlib import Path

from rich.console import Console

ROOT = Path(__file__).parents[2]
PEERS = Path(__file__).parent
HOME = ROOT / ".peers"
PACKAGES = ("quixstreams==3.28.1", "bytewax==0.21.1")
RELEASE = "b99beab4757aaa53f8eac77500ec42a44de86662"
"""Release 0.2.0: the fold that the peers run with is fixed, or each gain of ours would be theirs too."""
_OF_FOLD = ("contract", "process", "clickhouse", "streams", "alerts", "connectors")


def python() -> str:
    """The interpreter of the peers."""
    return str(HOME / "venv" / "bin" / "python")


def fold_of_release() -> str:
    """The folder with our fold as it was in RELEASE."""
    return str(HOME / RELEASE)


def java_classes() -> str | None:
    """The class path of the Kafka Streams peer; None: there is no Maven or no compiler here."""
    return (
        f"{HOME / 'kstreams'}:{HOME / 'kstreams' / 'jars'}/*" if (HOME / "kstreams" / "Peer.class").exists() else None
    )


def make(console: Console) -> None:
    """Makes what is missing. Raises SystemExit with the reason and the way out."""
    HOME.mkdir(exist_ok=True)
    made = HOME / "packages"
    if not made.exists() or made.read_text() != _wanted():
        console.print("installing the peers (once)")
        _run([sys.executable, "-m", "venv", "--clear", str(HOME / "venv")])
        _run([python(), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *_wanted().split()])
        made.write_text(_wanted())
    if not Path(fold_of_release()).exists():
        _unpack_release()
    if shutil.which("mvn") and shutil.which("javac") and java_classes() is None:
        console.print("compiling the Kafka Streams peer (once)")
        _compile()


def _wanted() -> str:
    # Without our pins: Quix wants an older pydantic than ours.
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    return " ".join((*(one.partition("==")[0] for one in project["dependencies"]), *PACKAGES))


def _unpack_release() -> None:
    try:
        archive = subprocess.run(["git", "archive", RELEASE, *_OF_FOLD], cwd=ROOT, capture_output=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        sys.exit(f"The fold of release 0.2.0 is not here: clone with the history ({RELEASE[:10]}), not with --depth.")
    with tarfile.open(fileobj=io.BytesIO(archive.stdout)) as tar:
        tar.extractall(fold_of_release(), filter="data")


def _compile() -> None:
    folder = HOME / "kstreams"
    jars = f"-DoutputDirectory={folder / 'jars'}"
    _run(["mvn", "-q", "-f", str(PEERS / "kstreams" / "pom.xml"), "dependency:copy-dependencies", jars])
    _run(
        [
            "javac",
            "-cp",
            f"{folder / 'jars'}/*",
            "-d",
            str(folder),
            *map(str, sorted((PEERS / "kstreams").glob("*.java"))),
        ]
    )


def _run(command: list[str]) -> None:
    try:
        subprocess.run(command, check=True)
    except (OSError, subprocess.CalledProcessError) as error:
        sys.exit(f"The environment of the peers cannot be made: {error}")
