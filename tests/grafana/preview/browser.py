"""Headless Chromium, driven over its DevTools protocol: what a page says, asks for and shows."""

import asyncio
import base64
import json
import re
import shutil
import subprocess
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import aiohttp

from tests.servers.processes import end

_START_LINES = 50
_WAIT_SECONDS = 60.0
_FLAGS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--no-first-run",
    "--hide-scrollbars",
    "--remote-debugging-port=0",
)


class MissingError(Exception):
    """There is no Chromium here."""


@contextmanager
def chromium() -> Iterator[str]:
    """A running browser; its DevTools address. Raises MissingError."""
    program = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if program is None:
        raise MissingError("Chromium is missing, and the dashboards cannot be looked at: apt-get install chromium")
    with tempfile.TemporaryDirectory(prefix="chromium-", ignore_cleanup_errors=True) as profile:
        command = [program, *_FLAGS, f"--user-data-dir={profile}", "about:blank"]
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        assert process.stderr is not None
        try:
            for _ in range(_START_LINES):
                found = re.search(r"DevTools listening on (ws://\S+)", process.stderr.readline())
                if found:
                    break
            assert found is not None, "Chromium did not start"
            yield found[1]
        finally:
            end(process)
            process.stderr.close()


class Page:
    """One tab."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self._socket = socket
        self._number = 0
        self._answers: dict[int, asyncio.Future[dict[str, Any]]] = {}
        self.session = ""
        self.errors: list[str] = []
        """Errors and warnings of the console, and exceptions that nobody caught."""
        self.requests: list[str] = []

    def elsewhere(self, address: str) -> list[str]:
        """The requests that went to another server than `address`."""
        own = urlsplit(address).netloc
        return [url for url in self.requests if not url.startswith(("data:", "blob:")) and urlsplit(url).netloc != own]

    async def send(self, method: str, **parameters: Any) -> dict[str, Any]:
        """One command of the protocol and its answer."""
        self._number += 1
        answer = self._answers[self._number] = asyncio.get_running_loop().create_future()
        message = {"id": self._number, "method": method, "params": parameters}
        await self._socket.send_json({**message, "sessionId": self.session} if self.session else message)
        return await asyncio.wait_for(answer, _WAIT_SECONDS)

    async def listen(self) -> None:
        """Takes what the browser says, until it is cancelled."""
        async for message in self._socket:
            said = json.loads(message.data)
            if (answer := self._answers.pop(said.get("id"), None)) is not None:
                # One that comes too late is nobody's.
                if not answer.done():
                    answer.set_result(said.get("result", {}))
            else:
                self._take(said.get("method", ""), said.get("params", {}))

    def _take(self, method: str, parameters: dict[str, Any]) -> None:
        if method == "Network.requestWillBeSent":
            self.requests.append(parameters["request"]["url"])
        elif method == "Runtime.exceptionThrown":
            self.errors.append(json.dumps(parameters["exceptionDetails"])[:500])
        elif method == "Log.entryAdded" and parameters["entry"]["level"] in ("error", "warning"):
            self.errors.append(f"{parameters['entry']['text']} {parameters['entry'].get('url', '')}")
        elif method == "Runtime.consoleAPICalled" and parameters["type"] in ("error", "warning", "assert"):
            self.errors.append(str([one.get("value", one.get("description")) for one in parameters["args"]])[:500])

    async def look(self, width: int, height: int) -> None:
        """Gives the window a size."""
        await self.send(
            "Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=width < 600
        )

    async def open(self, url: str) -> None:
        """Opens the page and waits until every panel has its answer."""
        await self.send("Page.navigate", url=url)
        await self.settled()

    async def settled(self) -> None:
        """Waits until the dashboard of the address is there and no panel loads."""
        await self.until(
            "document.querySelector('main')?.dataset.ready === location.pathname.split('/')[2]"
            " && document.querySelector('[data-state]')"
            " && !document.querySelector('[data-state=loading], [aria-label=\"Panel loading bar\"]')"
        )

    async def until(self, condition: str) -> None:
        """Waits until the JavaScript condition holds."""
        async with asyncio.timeout(_WAIT_SECONDS):
            while not await self.run(f"Boolean({condition})"):
                await asyncio.sleep(0.05)

    async def run(self, script: str) -> Any:
        """The value of a JavaScript expression."""
        answer = await self.send("Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True)
        assert "exceptionDetails" not in answer, answer["exceptionDetails"]
        return answer["result"].get("value")

    async def middle(self, selector: str) -> tuple[float, float]:
        """Where the first element that fits stands, once it is there, scrolled into view."""
        await self.until(f"document.querySelector({json.dumps(selector)})")
        x, y = await self.run(
            f"(() => {{ const e = document.querySelector({json.dumps(selector)});"
            " e.scrollIntoView({block: 'center'});"
            " const r = e.getBoundingClientRect(); return [r.x + r.width / 2, r.y + r.height / 2]; })()"
        )
        return x, y

    async def mouse(self, kind: str, x: float, y: float) -> None:
        """mouseMoved, mousePressed or mouseReleased, with the left button where it is needed."""
        button = {} if kind == "mouseMoved" else {"button": "left", "clickCount": 1}
        await self.send("Input.dispatchMouseEvent", type=kind, x=x, y=y, **button)

    async def click(self, selector: str) -> None:
        """Clicks into the middle of the first element that fits, once it is there."""
        await self.until(f"document.querySelector({json.dumps(selector)})")
        x, y = await self.middle(selector)
        for kind in ("mouseMoved", "mousePressed", "mouseReleased"):
            await self.mouse(kind, x, y)

    async def screenshot(self, path: Path, width: int, height: int) -> None:
        """The page's upper left part of that size as PNG."""
        clip = {"x": 0, "y": 0, "width": width, "height": height, "scale": 1}
        answer = await self.send("Page.captureScreenshot", clip=clip, optimizeForSpeed=True)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(base64.b64decode(answer["data"]))


@asynccontextmanager
async def tab(devtools: str) -> AsyncIterator[Page]:
    """A fresh tab of the browser."""
    async with aiohttp.ClientSession() as session, session.ws_connect(devtools, max_msg_size=0) as socket:
        page = Page(socket)
        listening = asyncio.create_task(page.listen())
        target = (await page.send("Target.createTarget", url="about:blank"))["targetId"]
        page.session = (await page.send("Target.attachToTarget", targetId=target, flatten=True))["sessionId"]
        for domain in ("Page", "Runtime", "Network", "Log"):
            await page.send(f"{domain}.enable")
        try:
            # Colours that fade in would be caught half way by a picture.
            await page.send(
                "Emulation.setEmulatedMedia", features=[{"name": "prefers-reduced-motion", "value": "reduce"}]
            )
            yield page
        finally:
            page.session = ""
            await page.send("Target.closeTarget", targetId=target)
            listening.cancel()
