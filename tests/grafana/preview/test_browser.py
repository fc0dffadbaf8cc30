"""The preview in headless Chromium: every type of panel draws, no other server is asked, choices and links work."""

from collections.abc import AsyncIterator, Iterator
from itertools import pairwise
from urllib.parse import parse_qs, urlsplit

import pytest
import pytest_asyncio

from grafana.preview.dashboards import FOLDER
from tests.grafana import week
from tests.grafana.conftest import Database
from tests.grafana.preview.browser import Page, tab
from tests.grafana.preview.looks import EVERY_LOOK, PAINTED, looks
from tests.grafana.preview.preview import running

WEEK = f"from={week.ms(week.FROM)}&to={week.ms(week.TO)}"
NOT_DRAWN = {"14": "unsupported", "15": "error", "16": "empty"}
"""What all-panels.json has on purpose."""
KEEP_ASKED = (
    "(() => { window.asked = []; const real = window.fetch;"
    " window.fetch = (path, init) => { if (init?.body) asked.push(JSON.parse(init.body));"
    " return real(path, init); }"
    " })()"
)
"""From now on `asked` is what the page asks."""


@pytest_asyncio.fixture
async def page(devtools: str) -> AsyncIterator[Page]:
    async with tab(devtools) as found:
        await found.look(1440, 1000)
        yield found


async def test_every_panel_type_draws_or_says_why_not(page: Page, address: str) -> None:
    await page.open(f"{address}/d/all-panels?theme=dark")
    async for states in looks(page, "all-panels", EVERY_LOOK):
        assert {panel: state for panel, state in states.items() if state != "done"} == NOT_DRAWN
    # The one wrong query is refused.
    assert [error for error in page.errors if "/api/query" not in error] == []
    assert page.elsewhere(address) == []


async def test_numbers_words_and_colours_are_those_of_the_dashboard(page: Page, address: str) -> None:
    await page.open(f"{address}/d/all-panels?theme=dark")
    assert "43.5" in await text(page, 2)
    assert "Came, % of registered" in await text(page, 2)
    assert "Stayed 5 min" in await text(page, 7)
    table = await text(page, 10)
    for shown in ("Webinar", "Came, %", "41.0%", "n/a", "Final", "2494"):
        assert shown in table
    assert "begin_ms" not in table
    assert "1762790400000" not in table
    assert "Grafana does" in await text(page, 14)
    assert "Unknown expression identifier" in await text(page, 15)
    assert "No webinars in this time" in await text(page, 16)
    cells = "[...document.querySelectorAll('[data-panel=\"10\"] [role=gridcell]')]"
    red = await page.run(f"getComputedStyle({cells}.find(e => e.textContent === '12.0%')).backgroundColor")
    green = await page.run(f"getComputedStyle({cells}.find(e => e.textContent === '41.0%')).backgroundColor")
    assert red != green


async def test_links_carry_values_time_and_variables(page: Page, address: str) -> None:
    await page.open(f"{address}/d/all-panels?theme=dark&var-region=ru")
    await page.click('[data-panel="4"] a')
    await page.until("location.pathname === '/d/webinars'")
    await page.settled()
    assert await page.run("location.search") == "?var-region=ru&theme=dark"
    await page.run("history.back()")
    await page.until("location.pathname === '/d/all-panels'")
    await page.settled()
    href = await page.run("document.querySelector('[data-panel=\"10\"] a').getAttribute('href')")
    assert href == "/d/webinar?var-id=SQL in an hour&from=1762790400000&to=1762794000000&var-region=ru"
    top = await page.run("document.querySelector('header a').getAttribute('href')")
    assert top.startswith("/d/webinars?from=1762473600000&to=1763078400000&var-region=ru&")


async def test_a_choice_is_in_the_address_and_in_the_panels(page: Page, address: str) -> None:
    await page.open(f"{address}/d/all-panels?theme=dark")
    assert "people kz" in await text(page, 5)
    await page.click('[data-variable="region"] input')
    await page.until("document.querySelectorAll('[role=option]').length === 3")
    await page.run("[...document.querySelectorAll('[role=option]')].find(e => e.textContent.includes('ru')).click()")
    await page.until("location.search.includes('var-region=ru')")
    await page.until("!document.querySelector('[data-panel=\"5\"]').innerText.includes('people kz')")
    assert "people ru" in await text(page, 5)
    assert "Numbers of ru" in await page.run("document.body.innerText")


async def test_a_time_range_is_chosen_from_the_list_and_by_drawing_over_a_chart(page: Page, address: str) -> None:
    await page.open(f"{address}/d/all-panels?theme=dark")
    x, y = await page.middle('[data-panel="5"] .u-over')
    await page.mouse("mouseMoved", x - 80, y)
    await page.mouse("mousePressed", x - 80, y)
    await page.mouse("mouseMoved", x, y)
    await page.mouse("mouseMoved", x + 20, y)
    await page.mouse("mouseReleased", x + 20, y)
    await page.until("/from=\\d+&to=\\d+/.test(location.search)")
    await page.settled()
    await page.click('[data-testid="data-testid TimePicker Open Button"]')
    await page.until("[...document.querySelectorAll('label')].some(e => e.textContent === 'This week')")
    await page.run("[...document.querySelectorAll('label')].find(e => e.textContent === 'This week').click()")
    await page.until("location.search.includes('from=now%2Fw&to=now')")


async def test_notes_stand_on_every_time_series_and_can_be_switched_off(page: Page, address: str) -> None:
    await page.open(f"{address}/d/all-panels?theme=dark")
    await page.until("document.querySelectorAll('[data-testid=annotation]').length === 6")
    await page.run("[...document.querySelectorAll('header input[type=checkbox]')].at(-1).click()")
    await page.until("document.querySelectorAll('[data-testid=annotation]').length === 0")


async def test_a_closed_row_opens(page: Page, address: str) -> None:
    await page.open(f"{address}/d/all-panels?theme=dark")
    assert await page.run("document.querySelector('[data-panel=\"18\"]')") is None
    await page.run(
        "[...document.querySelectorAll('button[aria-expanded=false]')]"
        ".find(e => e.innerText.includes('Closed')).click()"
    )
    await page.until("document.querySelector('[data-panel=\"18\"][data-state=done]')")


async def test_it_asks_again_at_the_chosen_interval(page: Page, address: str) -> None:
    await page.open(f"{address}/d/all-panels?theme=dark&refresh=1s")
    asked = "performance.getEntriesByType('resource').filter(e => e.name.includes('/api/query')).length"
    before = await page.run(asked)
    # The second time has begun.
    await page.until(f"{asked} > {before} + 4")
    # The one wrong query is refused each time.
    assert [error for error in page.errors if "/api/query" not in error] == []


async def test_at_a_refresh_every_panel_is_asked_once_and_with_the_new_moment(page: Page, address: str) -> None:
    await page.open(f"{address}/d/on-now?refresh=off")
    await page.run(KEEP_ASKED)
    await page.click('[data-testid="data-testid RefreshPicker run button"]')
    drawn = await page.run("document.querySelectorAll('[data-panel]').length")
    await page.until(f"asked.length > {drawn} + 1")
    # The moment, and by it where the panels read.
    assert await page.run("asked.map(one => one.kind)") == ["variable", "variable", *["panel"] * drawn]
    moments = await page.run("[...new Set(asked.slice(2).map(one => one.variables.at))]")
    assert len(moments) == 1


async def test_on_a_wall_there_are_only_the_panels_and_the_word_preview(page: Page, address: str) -> None:
    await page.open(f"{address}/d/webinars?{WEEK}&kiosk")
    assert await page.run("document.querySelector('header')") is None
    assert "Preview: drawn with Grafana's components, not Grafana" in await page.run("document.body.innerText")


async def test_on_a_phone_the_panels_stand_under_each_other(page: Page, address: str) -> None:
    await page.look(390, 844)
    await page.open(f"{address}/d/all-panels?theme=dark")
    boxes = await page.run(
        "[...document.querySelectorAll('[data-panel]')].map(e => e.getBoundingClientRect())"
        ".map(r => [r.left, r.width, r.top, r.bottom])"
    )
    assert {(left, width) for left, width, _, _ in boxes} == {(16, 358)}
    assert all(above[3] <= below[2] for above, below in pairwise(boxes))


async def test_another_width_asks_only_what_reads_the_interval(page: Page, address: str) -> None:
    await page.open(f"{address}/d/all-panels?theme=dark&refresh=off")
    await page.run(KEEP_ASKED)
    await page.look(390, 844)
    await page.until("document.querySelector('[data-panel=\"5\"]').getBoundingClientRect().width === 358")
    await page.until("asked.some(one => one.name === '5')")
    await page.run(PAINTED)
    assert {*await page.run("asked.map(one => one.name)")} == {"5"}, await page.run("asked")
    # 604,800 s over 358 pixels.
    assert await page.run("asked.at(-1).interval") == 1_800_000


async def test_a_dashboard_that_is_not_there_is_named(page: Page, address: str) -> None:
    await page.send("Page.navigate", url=f"{address}/d/nothing")
    await page.until("document.body?.innerText.includes('there is no dashboard nothing')")


async def text(page: Page, panel: int) -> str:
    found: str = await page.run(f"document.querySelector('[data-panel=\"{panel}\"]').innerText")
    return found


@pytest.fixture
def fresh(realistic: Database) -> Iterator[str]:
    """A preview that looks again at what is written meanwhile."""
    with running(FOLDER, realistic.config) as found:
        yield found


async def test_a_drop_of_several_webinars_leads_to_these(page: Page, fresh: str, realistic: Database) -> None:
    (course,) = realistic.writer.query("SELECT max(course) FROM webinars FINAL WHERE course != ''").result_rows[0]
    since = week.ms(week.TO) - 60_000
    realistic.writer.command(
        "INSERT INTO findings SELECT concat('course=', {course:String}, '|drop|', toString({since:Int64})), '', 'drop',"
        " 'visits', {since:Int64}, 9999999999999, 0.3, 0.4, 'Fewer came.', '{\"webinars\": 2}', now64(3)",
        parameters={"since": since, "course": course},
    )
    try:
        await page.open(f"{fresh}/d/today?theme=dark&refresh=off&{WEEK}")
        link = "[...document.querySelectorAll('[data-panel=\"3\"] a')].find(e => e.textContent.includes('together'))"
        await page.until(f"!!{link}")
        assert await page.run(f"{link}.textContent") == f"course '{course}', 2 webinars together"
        await page.run(f"{link}.click()")
        await page.until("location.pathname === '/d/webinars'")
        await page.settled()
        chosen = parse_qs(urlsplit(await page.run("location.href")).query)
        assert chosen["var-course"] == [course]
        assert chosen["var-region"] == ["$__all"]
        assert (int(chosen["from"][0]), int(chosen["to"][0])) == (since - 7 * 86_400_000, week.ms(week.TO))
        await page.until("document.querySelectorAll('[data-panel=\"4\"] [role=gridcell]').length > 0")
    finally:
        realistic.writer.command("TRUNCATE TABLE findings")
