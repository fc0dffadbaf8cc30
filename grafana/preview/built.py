"""Checks that the built page in dist/ belongs to the sources in web/: it contains a hash of the sources."""

import hashlib
import json
from pathlib import Path

WEB = Path(__file__).parent / "web"
MANIFEST = Path(__file__).parent / "dist/manifest.json"

_FILES = ("index.html", "package-lock.json", "package.json", "tsconfig.json", "vite.config.mjs")
_FOLDERS = ("build", "src")


def hash_of_sources(web: Path = WEB) -> str:
    """SHA-256 over the lines "sha256  path" of every source, sorted by path; web/build/manifest.mjs writes the same."""
    below = [path for folder in _FOLDERS for path in (web / folder).rglob("*") if path.is_file()]
    names = sorted([*_FILES, *(path.relative_to(web).as_posix() for path in below)])
    lines = [f"{hashlib.sha256((web / name).read_bytes()).hexdigest()}  {name}\n" for name in names]
    return hashlib.sha256("".join(lines).encode()).hexdigest()


def hash_that_was_built(manifest: Path = MANIFEST) -> str:
    """The hash of the sources that dist/ was built from."""
    built: dict[str, str] = json.loads(manifest.read_text())
    return built["sources"]
