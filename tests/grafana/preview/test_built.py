"""The committed page is what its sources build, loads nothing from elsewhere, and names no registry."""

import re

from grafana.preview.built import WEB, hash_of_sources, hash_that_was_built
from grafana.preview.page import DIST


def test_the_page_was_built_from_these_sources() -> None:
    assert hash_that_was_built() == hash_of_sources(), "run npm ci && npm run build in grafana/preview/web, commit dist"


def test_the_page_is_slim_and_whole() -> None:
    assert sum(path.stat().st_size for path in DIST.rglob("*") if path.is_file()) <= 3_500_000
    assert {"index.html", "preview.js", "index.css", "licences.txt"} <= {path.name for path in DIST.iterdir()}


def test_everything_is_pinned_with_hashes_and_no_address() -> None:
    lock = (WEB / "package-lock.json").read_text()
    assert '"resolved"' not in lock
    packages = lock.count('"node_modules/')
    assert lock.count('"integrity"') >= packages * 0.9
    assert not re.findall(r'"[~^]', (WEB / "package.json").read_text())
