"""The site in a real browser, as `funnel docs` serves it: search works, and nobody else is asked."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from mkdocs.commands.build import build
from mkdocs.config import load_config

from tests.grafana.preview.browser import chromium, tab
from tests.layers.sources import ROOT
from tests.servers.processes import end
from tests.waiting import until

_SERVE = (
    "import sys; from pathlib import Path; from funnel.documentation.serve import serve;"
    " serve(0, lambda address: print(address, flush=True), Path(sys.argv[1]))"
)


@pytest.fixture
def address(tmp_path: Path) -> Iterator[str]:
    build(load_config(str(ROOT / "mkdocs.yml"), site_dir=str(tmp_path / "site"), strict=True))
    log = tmp_path / "log"
    with log.open("wb") as output:
        serving = subprocess.Popen([sys.executable, "-c", _SERVE, tmp_path / "site"], cwd=ROOT, stdout=output)
    try:
        yield until(lambda: re.findall(r"http://\S+", log.read_text()), "the address")[0]
    finally:
        status = end(serving)
    assert status == 0


async def test_pages_are_drawn_and_searched_without_a_request_to_another_host(address: str, tmp_path: Path) -> None:
    with chromium() as devtools:
        async with tab(devtools) as page:
            await page.look(1_440, 900)
            await page.send("Page.navigate", url=f"{address}/howto/dashboards.html")
            await page.until("document.querySelectorAll('article img').length > 7 && document.querySelector('h1')")
            broken = "[...document.images].filter(i => i.complete && !i.naturalWidth).map(i => i.src)"
            await page.until("[...document.images].every(i => i.complete)")
            assert await page.run(broken) == []
            field = "document.querySelector('.md-search__input')"
            await page.click("label[for=__search]")
            await page.until(field)
            await page.run(f"{field}.focus(), {field}.value = 'retention', {field}.dispatchEvent(new Event('keyup'))")
            await page.until("document.querySelectorAll('.md-search-result__item').length > 2")
            if shown := os.environ.get("DOCS_PICTURES"):
                await page.screenshot(Path(shown) / "search.png", 1_440, 900)
                for name in ("index", "tutorial", "howto/production", "reference/settings", "explanation/compared"):
                    await page.send("Page.navigate", url=f"{address}/{name}.html")
                    await page.until("document.readyState === 'complete' && document.querySelector('h1')")
                    await page.screenshot(Path(shown) / f"{name.replace('/', '-')}.png", 1_440, 1_200)
            assert page.elsewhere(address) == []
            assert page.errors == []
