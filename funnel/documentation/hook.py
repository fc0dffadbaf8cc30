"""MkDocs's hook: pages that stand elsewhere in the source, whole folders in the navigation, links out of docs/.

Loaded by MkDocs from mkdocs.yml, also where only MkDocs is installed: it imports nothing of ours.
"""

import os
import posixpath
import re
from pathlib import Path
from typing import Any

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import PluginError
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page

ROOT = Path(__file__).parents[2]
ELSEWHERE = {
    "CHANGELOG.md": "project/changelog.md",
    "CODE_OF_CONDUCT.md": "project/conduct.md",
    "CONTRIBUTING.md": "project/contributing.md",
    "SECURITY.md": "project/security.md",
    "business/README.md": "project/business.md",
    "clickhouse/README.md": "project/store.md",
}
"""Pages outside docs/ -> their place on the site."""
_SOURCE_OF = {place: path for path, place in ELSEWHERE.items()}
_OVERVIEW = "decisions/index.md"
_PLACES = {**ELSEWHERE, "README.md": "index.md", "docs/decisions": _OVERVIEW, "docs/services": "howto/data.md"}
_LINK = re.compile(r"(!?)\[((?:[^\[\]]|\[[^\]]*\])*)\]\(([^)\s]+)\)")
_CODE = re.compile(r"(^ *```.*?^ *```[^\n]*$|`[^`\n]+`)", re.MULTILINE | re.DOTALL)


def on_config(config: MkDocsConfig) -> None:
    """Opens the navigation's entries that stand for folders."""
    config.nav = _opened(config.nav, Path(config.docs_dir))


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Adds the pages that stand elsewhere, and the list of decisions."""
    for path, place in ELSEWHERE.items():
        files.append(File.generated(config, place, content=(ROOT / path).read_text(encoding="utf-8")))
    files.append(File.generated(config, _OVERVIEW, content=_decisions(Path(config.docs_dir))))
    return files


def on_page_markdown(markdown: str, page: Page, **_: Any) -> str:
    """Points links out of docs/ to where the site has them; a file that it has not is named, not linked."""
    own = _SOURCE_OF.get(page.file.src_uri, f"docs/{page.file.src_uri}")
    parts = _CODE.split(markdown)
    return "".join(
        part if place % 2 else _LINK.sub(lambda one: _link(one, own, page), part) for place, part in enumerate(parts)
    )


def _link(found: re.Match[str], own: str, page: Page) -> str:
    mark, words, target = found.groups()
    path, hash_, anchor = target.partition("#")
    if not path or re.match(r"[a-z]+:", target):
        return found[0]
    wanted = posixpath.normpath(posixpath.join(posixpath.dirname(own), path))
    if not (ROOT / wanted).exists() and wanted != f"docs/{_OVERVIEW}":
        raise PluginError(f"{own}: the link {target} leads to no file")
    place = _PLACES.get(wanted, wanted.removeprefix("docs/") if wanted.startswith("docs/") else "")
    if not place:
        return words if words.startswith("`") else f"{words} (`{wanted}`)" if words != wanted else f"`{wanted}`"
    return f"{mark}[{words}]({os.path.relpath(place, posixpath.dirname(page.file.src_uri) or '.')}{hash_}{anchor})"


def _opened(entries: Any, docs: Path) -> Any:
    if isinstance(entries, dict):
        return {name: _opened(below, docs) for name, below in entries.items()}
    if not isinstance(entries, list):
        return entries
    found: list[Any] = []
    for entry in entries:
        if isinstance(entry, str) and entry.endswith("/*"):
            folder = entry.removesuffix("/*")
            found += [_OVERVIEW] if folder == "decisions" else []
            found += sorted(path.relative_to(docs).as_posix() for path in (docs / folder).glob("*.md"))
        else:
            found.append(_opened(entry, docs))
    return found


def _decisions(docs: Path) -> str:
    rows = []
    for path in sorted((docs / "decisions").glob("*.md")):
        title = path.read_text(encoding="utf-8").splitlines()[0].removeprefix("# ")
        rows.append(f"- [{title}]({path.name})")
    return "\n".join(["# Decisions", "", "Choices between alternatives, with the evidence.", "", *rows, ""])


def on_post_build(config: MkDocsConfig) -> None:
    """Removes what no reader needs: maps of the theme's scripts, and a list for search engines."""
    site = Path(config.site_dir)
    for path in (*site.rglob("*.map"), *site.glob("sitemap.xml*")):
        path.unlink()
