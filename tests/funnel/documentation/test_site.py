"""The site as MkDocs builds it: strict, whole, and asking nobody."""

import re
import shutil
from pathlib import Path

import pytest
from mkdocs.commands.build import build
from mkdocs.config import load_config
from mkdocs.exceptions import Abort

from funnel.documentation.serve import SITE, application
from tests.layers.sources import ROOT

CONFIG = ROOT / "mkdocs.yml"
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("site")
    build(load_config(str(CONFIG), site_dir=str(folder), strict=True))
    return folder


def test_every_page_is_there_and_can_be_searched(site: Path) -> None:
    pages = {str(path.relative_to(ROOT / "docs").with_suffix(".html")) for path in (ROOT / "docs").rglob("*.md")}
    assert sorted(name for name in pages if not (site / name).is_file()) == []
    index = (site / "search/search_index.json").read_text()
    assert sorted(name for name in pages if f'"location":"{name}"' not in index and name != "index.html") == []
    assert "kept numbers" in index


def test_nothing_is_asked_from_another_host(site: Path) -> None:
    loaded = re.compile(r"<(?:script|link|img|iframe|source)\b[^>]*?\b(?:src|href)=[\"']?((?:https?:)?//[^\"' >]+)")
    in_styles = re.compile(r"url\([\"']?((?:https?:)?//[^)]+)\)|@import\s+[\"']?((?:https?:)?//[^\"')]+)")
    asked = {one for page in site.rglob("*.html") for one in loaded.findall(page.read_text())}
    asked |= {"".join(one) for page in site.rglob("*.css") for one in in_styles.findall(page.read_text())}
    assert asked == set()


@pytest.mark.parametrize(
    ("line", "what"),
    [
        ("[x](nowhere.md)", "BuildError"),
        ("[x](alerts.md#nowhere)", "strict mode"),
        ("[x](../nowhere/file.py)", "BuildError"),
    ],
)
def test_a_broken_link_ends_the_build(tmp_path: Path, line: str, what: str) -> None:
    docs = tmp_path / "docs"
    docs.mkdir()
    shutil.copy(ROOT / "docs/alerts.md", docs)
    (docs / "index.md").write_text(f"# Home\n{line}\n")
    config = load_config(
        str(CONFIG), docs_dir=str(docs), site_dir=str(tmp_path / "site"), strict=True, nav=["index.md"]
    )
    with pytest.raises(Abort, match=what):
        build(config)


def test_a_page_in_no_entry_of_the_navigation_ends_the_build(tmp_path: Path) -> None:
    docs = tmp_path / "docs"
    docs.mkdir()
    for name in ("index", "lost"):
        (docs / f"{name}.md").write_text(f"# {name}\n")
    config = load_config(
        str(CONFIG), docs_dir=str(docs), site_dir=str(tmp_path / "site"), strict=True, nav=["index.md"]
    )
    with pytest.raises(Abort, match="strict mode"):
        build(config)


def test_the_package_has_the_place_that_mkdocs_builds_into() -> None:
    assert Path(load_config(str(CONFIG))["site_dir"]) == SITE
    assert application(ROOT / "docs").title == "Webinar Funnel: documentation"
