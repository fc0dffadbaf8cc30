"""A page, opened once, looked at dark on a desk and light on a phone. Pictures go to .data/screenshots."""

import os
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

from tests.grafana.preview.browser import Page
from tests.grafana.preview.preview import ROOT

SCREENSHOTS = Path(os.environ.get("FUNNEL_SCREENSHOTS", ROOT / ".data/screenshots"))
DESK, PHONE = 1440, 390
_TALL = {DESK: 2_800, PHONE: 7_500}
"""Width -> a height that holds every page: what lies below the window would not be drawn."""
Look = tuple[str, int]
LOOKS: tuple[Look, ...] = (("dark", DESK), ("light", PHONE))
EVERY_LOOK: tuple[Look, ...] = (("dark", DESK), ("light", DESK), ("light", PHONE), ("dark", PHONE))
"""For the page that has every type of panel; more of the same would show nothing else of other pages."""
_STATES = (
    "Object.fromEntries([...document.querySelectorAll('[data-state]')].map(e => [e.dataset.panel, e.dataset.state]))"
)
_BLANK = (
    "[...document.querySelectorAll('[data-state=done]')]"
    ".filter(e => !e.querySelector('canvas, [role=gridcell]')"
    " && e.innerText.split('\\n').filter(line => line.trim()).length < 2 && !/\\d/.test(e.innerText)"
    " && !e.querySelector('p'))"
    ".map(e => e.dataset.panel)"
)
"""The panels that have data and show none of it."""
_STILL = (
    "!document.getAnimations().some("
    "one => one.playState === 'running' && one.effect.getComputedTiming().endTime < Infinity)"
)
"""No colour fades any more: a picture would catch it half way."""
PAINTED = "new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => done(true))))"


async def looks(page: Page, name: str, wanted: Sequence[Look] = LOOKS) -> AsyncIterator[dict[str, str]]:
    """The state of each panel, once for each look, when a picture was taken of it. The page was opened dark."""
    shown = "dark"
    for theme, width in wanted:
        if theme != shown:
            await page.click('[aria-label="Light or dark"]')
            await page.until(f"location.search.includes('theme={theme}')")
            # Its tooltip goes.
            await page.mouse("mouseMoved", 0, 0)
            await page.until("!document.querySelector('[role=tooltip], [data-popper-placement]')")
            shown = theme
        await page.look(width, _TALL[width])
        yield await _drawn(page, SCREENSHOTS / f"{name}-{width}-{theme}.png", width)


async def _drawn(page: Page, picture: Path, width: int) -> dict[str, str]:
    while True:
        await page.run(PAINTED)
        await page.settled()
        await page.until(f"!{_BLANK}.length")
        await page.run(PAINTED)
        states: dict[str, str] = await page.run(_STATES)
        # A new size may be asked about once more.
        if "loading" not in states.values():
            break
    assert await page.run("document.documentElement.scrollWidth") == width
    await page.until(_STILL)
    bottom = await page.run(
        "Math.max(...[...document.querySelectorAll('main *')].map(e => e.getBoundingClientRect().bottom))"
    )
    assert bottom < _TALL[width]
    await page.screenshot(picture, width, round(bottom) + 16)
    return states
