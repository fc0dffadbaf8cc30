"""`python -m tests.grafana.preview.pictures FOLDER`: every page in each state as pictures, and on paper as PDF.

States: demo (its webinar is live), past (a day before), before (all that is known), empty, many (long names), school
(half a year, 60 sources), monday (five minutes after a week began). On desk and phone, light and dark.
`--only demo,empty` and `--pages today,weeks` for some; `--address http://127.0.0.1:3010` for what runs there, as its
pages open; `--readme` writes those of docs/screenshots instead: the seven pages, and Live on a phone.
"""

import argparse
import asyncio
import base64
import os
import tempfile
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from pathlib import Path
from typing import NamedTuple

from contract.instants import DAY, HOUR
from grafana.dashboard import PAGES
from grafana.preview.dashboards import FOLDER
from tests.grafana import academy, many, school, week
from tests.grafana.conftest import Database, database
from tests.grafana.played import judge, played
from tests.grafana.preview.browser import Page, chromium, tab
from tests.grafana.preview.looks import DESK, PHONE
from tests.grafana.preview.preview import ROOT, running
from tests.servers.clickhouse import PASSWORDS, Server, embedded_clickhouse

README = ROOT / "docs/screenshots"
_README_HEIGHT = 1_000
_TALL = 6_000
_RANGES = {"today": 7, "webinars": 28, "weeks": 25 * 7, "sources": 28, "data-health": 1}
"""How many days back a page is opened; the others are about hours."""


_FAILED = "[...document.querySelectorAll('[data-state=error]')].map(e => e.innerText.slice(0, 200))"


class FailedError(Exception):
    """A panel shows an error."""


Opened = Callable[[Server], AbstractContextManager[Database]]


class State(NamedTuple):
    """What is in the database, which webinar is opened, and when it is looked at, ms; None: now, as pages open."""

    name: str
    open: Opened | None
    webinar: str = ""
    at: int | None = None


@contextmanager
def _half_a_year(server: Server) -> Iterator[Database]:
    """As it was judged on the Monday, and now."""
    with database(server, academy.events()) as one:
        for at in (academy.MONDAY, academy.AT):
            judge(one, week.ms(at))
        yield one


STATES = (
    State("demo", played, school.LIVE, school.AT),
    State("past", played, school.LIVE, school.AT - DAY),
    State("before", played, at=school.AT - 400 * DAY),
    State("empty", lambda server: database(server, [])),
    State("many", lambda server: database(server, many.events()), many.LONGEST, week.ms(many.AT)),
    State("school", _half_a_year, academy.LIVE, week.ms(academy.AT)),
    State("monday", _half_a_year, "zoom:2100", week.ms(academy.MONDAY)),
)


def main() -> None:
    """The entry point."""
    parser = argparse.ArgumentParser(prog="python -m tests.grafana.preview.pictures", description=__doc__)
    parser.add_argument("folder", type=Path, nargs="?", default=ROOT / ".data/pictures")
    parser.add_argument("--only", default=",".join(one.name for one in STATES))
    parser.add_argument("--pages", default=",".join(PAGES))
    parser.add_argument("--address", default="")
    parser.add_argument("--readme", action="store_true")
    asked = parser.parse_args()
    pages = asked.pages.split(",")
    if asked.address:
        folder = README if asked.readme else asked.folder
        taken = _take(asked.address, State("running", None), folder, pages, readme=asked.readme)
    elif asked.readme:
        taken = [path for one in _shown(STATES[:1]) for path in _take(*one, README, pages, readme=True)]
    else:
        wanted = [one for one in STATES if one.name in asked.only.split(",")]
        taken = [path for one in _shown(wanted) for path in _take(*one, asked.folder, pages)]
    print(f"{len(taken)} pictures in {asked.folder if not asked.readme else README}")


def _shown(states: Sequence[State]) -> Iterator[tuple[str, State]]:
    """The preview's address of each state, one after the other."""
    os.environ.update(PASSWORDS)
    with (
        tempfile.TemporaryDirectory(prefix="pictures-") as folder,
        embedded_clickhouse(Path(folder)) as server,
        ExitStack() as stack,
    ):
        addresses: dict[Opened, str] = {}
        for state in states:
            assert state.open is not None
            if state.open not in addresses:
                found = stack.enter_context(state.open(server))
                addresses[state.open] = stack.enter_context(running(FOLDER, found.config))
            yield addresses[state.open], state


class Shown(NamedTuple):
    """A page to take pictures of, and their name. `width` 0: on desk and phone, light and dark, and on paper."""

    uid: str
    width: int
    name: str


_README = (*(Shown(uid, DESK, uid) for uid in PAGES), Shown("on-now", PHONE, "on-now-phone"))


def _take(
    address: str, state: State, folder: Path, pages: Iterable[str] = PAGES, *, readme: bool = False
) -> list[Path]:
    on_readme = tuple(one for one in _README if one.uid in pages)
    wanted = on_readme if readme else tuple(Shown(uid, 0, f"{state.name}-{uid}") for uid in pages)
    with chromium() as devtools:
        return [path for one in wanted for path in asyncio.run(_surely(devtools, address, state, folder, one))]


async def _surely(devtools: str, address: str, state: State, folder: Path, shown: Shown) -> list[Path]:
    """The pictures of a page, in a fresh tab; on a busy machine at the second or third try."""
    uid, width, name = shown
    for left in (2, 1, 0):
        try:
            async with tab(devtools) as page:
                if width:
                    await _open(page, url(address, state, uid, "light"), width, _README_HEIGHT)
                    return [await _picture(page, folder / f"{name}.png", width, _README_HEIGHT)]
                return [
                    path
                    for theme in ("dark", "light")
                    async for path in _looks(page, url(address, state, uid, theme), folder / name, theme)
                ]
        except (TimeoutError, FailedError) as error:
            print(f"{name}: {error or 'too slow'}; {left} more tries", flush=True)
            if not left:
                raise
    raise AssertionError


async def _looks(page: Page, address: str, path: Path, theme: str) -> AsyncIterator[Path]:
    for width in (DESK, PHONE):
        await _open(page, address, width, _TALL)
        yield await _picture(page, path.with_name(f"{path.name}-{width}-{theme}.png"), width, _TALL)
        if (theme, width) == ("light", DESK):
            yield await _paper(page, path.with_name(f"{path.name}-print.pdf"))


async def _open(page: Page, address: str, width: int, height: int) -> None:
    await page.look(width, height)
    await page.open(address)
    if failed := await page.run(_FAILED):
        raise FailedError(f"no picture, because panels have failed: {failed}")
    await page.until("!document.getAnimations().some(one => one.playState === 'running')")


async def _picture(page: Page, path: Path, width: int, height: int) -> Path:
    bottom = await page.run(
        "Math.max(...[...document.querySelectorAll('main *')].map(e => e.getBoundingClientRect().bottom))"
    )
    await page.screenshot(path, width, min(round(bottom) + 16, height))
    return path


async def _paper(page: Page, path: Path) -> Path:
    """The page that is open, as its reader would print it."""
    answer = await page.send("Page.printToPDF", preferCSSPageSize=True, printBackground=True)
    path.write_bytes(base64.b64decode(answer["data"]))
    return path


def url(address: str, state: State, uid: str, theme: str) -> str:
    """The page as it is opened in this state; pictures are of one moment, without refresh."""
    webinar = f"&var-webinar={state.webinar}" if uid == "webinar" and state.webinar else ""
    times = ""
    if state.at is not None:
        back = _RANGES[uid] * DAY if uid in _RANGES else 3 * HOUR
        times = f"&from={state.at - back}&to={state.at}"
        if uid == "webinar":
            times += "&var-moment=range"
    return f"{address}/d/{uid}?theme={theme}&refresh=off{times}{webinar}"


if __name__ == "__main__":
    main()
