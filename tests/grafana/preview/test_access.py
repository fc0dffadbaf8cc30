"""Who reads without a mouse, on a phone, on paper, or with weak eyes reads the same; on the real page in Chromium."""

import base64
import json
import re
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from grafana.dashboard import PAGES
from tests.grafana import week
from tests.grafana.preview.browser import Page, tab

pytestmark = pytest.mark.system

WEEK = f"from={week.ms(week.FROM)}&to={week.ms(week.TO)}&refresh=off"
_STOPS = 10

WEAK = """
(() => {
  const parse = (text) => (text.match(/[\\d.]+/g) ?? []).map(Number);
  const light = (one) => { const c = one / 255; return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4; };
  const luminance = ([r, g, b]) => 0.2126 * light(r) + 0.7152 * light(g) + 0.0722 * light(b);
  const over = ([r, g, b, a = 1], below) => [r, g, b].map((one, i) => one * a + below[i] * (1 - a));
  const behind = (element) => {
    const layers = [];
    for (let one = element; one; one = one.parentElement) {
      const colour = parse(getComputedStyle(one).backgroundColor);
      layers.push(colour);
      if ((colour[3] ?? 1) === 1) break;
    }
    return layers.reverse().reduce((below, layer) => over(layer, below), [255, 255, 255]);
  };
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const found = {};
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const element = node.parentElement;
    const words = node.textContent.trim();
    if (!words || !element.getClientRects().length || element.closest('script, style, .skip')) continue;
    const style = getComputedStyle(element);
    if (style.visibility !== 'visible' || style.opacity === '0') continue;
    const back = behind(element);
    const front = over(parse(style.color), back);
    const [high, low] = [luminance(front), luminance(back)].sort((one, other) => other - one);
    const size = parseFloat(style.fontSize);
    const enough = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700) ? 3 : 4.5;
    const contrast = (high + 0.05) / (low + 0.05);
    if (contrast < enough) {
      const panel = element.closest('[data-panel]')?.dataset.panel;
      found[`${style.color} on ${back.map(Math.round)}`] = `${contrast.toFixed(2)} ${panel} ${words.slice(0, 40)}`;
    }
  }
  return JSON.stringify(found);
})()
"""
"""What is written in too weak a contrast for WCAG AA: colours -> contrast and words."""

BAR = "[...document.querySelectorAll('nav a')].map(e => e.innerText).join()"


@pytest_asyncio.fixture
async def page(devtools: str) -> AsyncIterator[Page]:
    async with tab(devtools) as found:
        await found.look(1440, 2000)
        yield found


async def key(page: Page, name: str, code: int) -> None:
    for kind in ("keyDown", "keyUp"):
        more = {"text": "\r"} if name == "Enter" and kind == "keyDown" else {}
        await page.send("Input.dispatchKeyEvent", type=kind, key=name, code=name, windowsVirtualKeyCode=code, **more)


async def test_every_page_is_readable_in_light_and_dark_and_has_the_same_bar(page: Page, address: str) -> None:
    weak: dict[str, str] = {}
    bars = set()
    still = "!document.getAnimations().some(one => one.playState === 'running')"
    for uid in PAGES:
        await page.open(f"{address}/d/{uid}?theme=light&{WEEK}")
        bars.add(await page.run(BAR))
        assert await page.run("document.querySelector('nav [aria-current=page]').innerText") == PAGES[uid]
        for theme in ("light", "dark"):
            if theme == "dark":
                await page.click('[aria-label="Light or dark"]')
                await page.until("document.documentElement.classList.contains('dark')")
            await page.until(still)
            weak |= {f"{uid} {theme} {colours}": what for colours, what in json.loads(await page.run(WEAK)).items()}
    assert weak == {}
    assert bars == {",".join(PAGES.values())}


async def test_the_keyboard_is_at_the_numbers_at_once_and_sees_where_it_is(page: Page, address: str) -> None:
    await page.open(f"{address}/d/webinars?theme=light&{WEEK}")
    await key(page, "Tab", 9)
    assert await page.run("document.activeElement.innerText") == "Skip to the numbers"
    assert await page.run("document.activeElement.getBoundingClientRect().left") >= 0
    await key(page, "Enter", 13)
    await key(page, "Tab", 9)
    assert await page.run("document.querySelector('#numbers').contains(document.activeElement)")
    assert await page.run("location.pathname") == "/d/webinars"
    # Every stop of the way, without the skip.
    await page.run("document.activeElement.blur()")
    await page.open(f"{address}/d/sources?theme=light&{WEEK}")
    names = []
    for _ in range(_STOPS * 2):
        await key(page, "Tab", 9)
        style = "getComputedStyle(document.activeElement)"
        seen = f"{style}.outlineStyle !== 'none' || {style}.boxShadow !== 'none'"
        inside = (
            "(e => getComputedStyle(e).boxShadow !== 'none' || getComputedStyle(e).outlineStyle !== 'none')"
            "(document.activeElement.parentElement)"
        )
        names.append(await page.run("document.activeElement.innerText || document.activeElement.ariaLabel"))
        assert await page.run(f"{seen} || {inside}"), names[-1]
    assert {"Today", "Webinars", "Live"} <= {*names}


async def test_on_a_phone_filters_fold_away_and_do_not_overlap(page: Page, address: str) -> None:
    await page.look(390, 2000)
    await page.open(f"{address}/d/webinars?{WEEK}&var-region=DACH")
    assert await page.run(BAR) == ",".join(PAGES.values())
    assert await page.run(
        "[...document.querySelectorAll('nav a')].every(e => e.getBoundingClientRect().right <= innerWidth)"
    )
    assert await page.run("document.querySelector('.filters summary').innerText") == "Filters (1 chosen)"
    assert not await page.run("document.querySelector('.filters details').open")
    await page.click(".filters summary")
    boxes = await page.run(
        "[...document.querySelectorAll('[data-variable]')].map(e => [...e.children].map(c => c.getBoundingClientRect())"
        ".map(r => [r.left, r.right, r.top, r.bottom]))"
    )
    assert len(boxes) == 10
    parts = [part for box in boxes for part in box]
    assert max(right for _, right, _, _ in parts) <= 390
    for index, one in enumerate(parts):
        for other in parts[:index]:
            beside = one[0] >= other[1] or other[0] >= one[1]
            assert beside or one[2] >= other[3] or other[2] >= one[3]
    assert await page.run("document.documentElement.scrollWidth") == 390


async def test_filters_that_are_seldom_chosen_fold_away_and_usual_ranges_are_offered(page: Page, address: str) -> None:
    await page.open(f"{address}/d/webinars?{WEEK}&var-weekday=1")
    visible = "[...document.querySelectorAll('[data-variable]')].filter(e => e.checkVisibility())"
    assert await page.run(f"{visible}.map(e => e.dataset.variable)") == ["search", "region", "course", "source"]
    assert await page.run("document.querySelector('.filters summary').innerText") == "More filters (1 chosen)"

    await page.click('[data-testid="data-testid TimePicker Open Button"]')
    offered = "[...document.querySelectorAll('label')].map(e => e.textContent)"
    await page.until(f"{offered}.includes('Last quarter')")
    assert {"This week", "Last week", "Last 4 weeks", "Last month", "This quarter"} <= {*await page.run(offered)}


async def test_on_paper_a_table_has_all_of_its_rows_and_there_are_no_controls(page: Page, address: str) -> None:
    await page.look(1440, 500)
    await page.open(f"{address}/d/webinars?theme=dark&{WEEK}")
    await page.send("Emulation.setEmulatedMedia", media="print")
    rows = "document.querySelectorAll('[data-panel=\"4\"] tbody tr').length"
    await page.until(f"{rows} > 0")
    asked = await page.run(
        "fetch('/api/query', {method: 'POST', headers: {'Content-Type': 'application/json'}, body: JSON.stringify({"
        f"dashboard: 'webinars', kind: 'panel', name: '4', begin: {week.ms(week.FROM)}, end: {week.ms(week.TO)},"
        " variables: Object.fromEntries('region course language format completeness weekday platform source people'"
        ".split(' ').map(name => [name, ['$__all']]).concat([['search', ['']], ['as_of', ['_at']]]))})})"
        ".then(one => one.json())"
        ".then(one => one.data.values[0].length)"
    )
    assert await page.run(rows) == asked > 3
    controls = "[...document.querySelectorAll('nav, .controls, .filters, [role=note]')].some(e => e.checkVisibility())"
    assert not await page.run(controls)
    assert await page.run("getComputedStyle(document.body).backgroundColor") != "rgb(17, 18, 23)"
    paper = base64.b64decode((await page.send("Page.printToPDF", preferCSSPageSize=True))["data"])
    assert re.findall(rb"/MediaBox \[0 0 (\d+)[.\d]* (\d+)", paper)[0] == (b"841", b"594"), "A4 across"
