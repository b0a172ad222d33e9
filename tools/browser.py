"""A browser that nobody sees, for pictures of pages and for checks that only a browser can make.

    with Browser.started() as browser:
        page = browser.page(width=360, dark=True)
        page.open("http://127.0.0.1:8080/")
        page.evaluate("document.title"); page.picture(Path("home.png"))

Chromium is spoken to by its DevTools protocol (https://chromedevtools.github.io/devtools-protocol/) through two pipes
(`--remote-debugging-pipe`: JSON, a NUL behind each message, on its descriptors 3 and 4), so that no port is open and
nothing has to be installed beside Debian's `chromium`.
"""

from __future__ import annotations

import base64
import fcntl
import json
import os
import select
import shutil
import signal
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

NAMES: Final = ("chromium", "chromium-browser", "google-chrome")
SECONDS: Final = 30.0
"""How long one answer is waited for."""
_FLAGS: Final = (
    "--headless=new", "--no-sandbox", "--hide-scrollbars", "--disable-gpu", "--no-first-run", "--remote-debugging-pipe",
    "--disable-dev-shm-usage", "--disable-background-networking", "--disable-component-update",
)  # fmt: skip


class BrowserError(Exception):
    """The browser did not do what it was told, or not in time."""


def found() -> str | None:
    """The path of a browser of this machine."""
    return next((path for name in NAMES if (path := shutil.which(name))), None)


class Browser:
    """One process of Chromium."""

    def __init__(self, read: int, write: int) -> None:
        self._read, self._write = read, write
        self._buffer = b""
        self._number = 0
        self._events: list[dict[str, Any]] = []

    @classmethod
    @contextmanager
    def started(cls, path: str | None = None) -> Iterator[Browser]:
        """A browser with a profile of its own, both gone afterwards. Raises BrowserError where there is none."""
        program = path or found()
        if program is None:
            raise BrowserError("chromium is not installed: apt-get install chromium")
        theirs_in, ours_out = _high(os.pipe())
        ours_in, theirs_out = _high(os.pipe())
        with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
            process = os.posix_spawn(
                program, [program, *_FLAGS, f"--user-data-dir={profile}", "about:blank"], os.environ,
                file_actions=[
                    (os.POSIX_SPAWN_DUP2, theirs_in, 3), (os.POSIX_SPAWN_DUP2, theirs_out, 4),
                    (os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0), (os.POSIX_SPAWN_DUP2, 1, 2),
                ],
                setpgroup=0,
            )  # fmt: skip
            os.close(theirs_in)
            os.close(theirs_out)
            browser = cls(ours_in, ours_out)
            try:
                yield browser
            finally:
                os.close(ours_out)
                os.close(ours_in)
                os.killpg(process, signal.SIGKILL)
                os.waitpid(process, 0)

    def page(self, width: int = 1280, height: int = 900, dark: bool = False) -> Page:
        """A new page with a viewport of so many CSS pixels."""
        context = self.ask("Target.createBrowserContext")["browserContextId"]
        target = self.ask("Target.createTarget", url="about:blank", browserContextId=context)["targetId"]
        session = self.ask("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        made = Page(self, session)
        made.ask("Page.enable")
        made.look(width, height, dark)
        return made

    def ask(self, method: str, session: str = "", **values: Any) -> dict[str, Any]:
        """The result of one command. Raises BrowserError."""
        self._number += 1
        said = {"id": self._number, "method": method, "params": values} | ({"sessionId": session} if session else {})
        self._send(said)
        while True:
            heard = self._next()
            if heard.get("id") == self._number:
                if "error" in heard:
                    raise BrowserError(f"{method}: {heard['error']}")
                result: dict[str, Any] = heard["result"]
                return result
            self._events.append(heard)

    def await_event(self, method: str, session: str) -> None:
        """Go on when the event has come."""
        while True:
            for one in self._events:
                if one.get("method") == method and one.get("sessionId") == session:
                    self._events.clear()
                    return
            self._events.append(self._next())

    def forget(self) -> None:
        """Events that came until now are of no interest."""
        self._events.clear()

    def _send(self, said: dict[str, Any]) -> None:
        rest = json.dumps(said).encode() + b"\0"
        while rest:
            rest = rest[os.write(self._write, rest) :]

    def _next(self) -> dict[str, Any]:
        until = time.monotonic() + SECONDS
        while b"\0" not in self._buffer:
            ready, _, _ = select.select([self._read], [], [], max(0.0, until - time.monotonic()))
            piece = os.read(self._read, 1 << 20) if ready else b""
            if not piece:
                raise BrowserError("the browser does not answer")
            self._buffer += piece
        first, _, self._buffer = self._buffer.partition(b"\0")
        heard: dict[str, Any] = json.loads(first)
        return heard


class Page:
    """One page, in a context without cookies of others."""

    def __init__(self, browser: Browser, session: str) -> None:
        self._browser, self._session = browser, session

    def ask(self, method: str, **values: Any) -> dict[str, Any]:
        return self._browser.ask(method, self._session, **values)

    def look(
        self, width: int, height: int = 900, dark: bool = False, touched: bool | None = None, forced: bool = False
    ) -> None:
        """Another viewport, another scheme of colours, `forced` ones as Windows has them for high contrast.

        A `touched` one, as any narrower than 600 pixels is unless told otherwise, grows with what runs over its edge.
        """
        mobile = width < 600 if touched is None else touched
        self.ask("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=mobile)
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        still = {"name": "prefers-reduced-motion", "value": "reduce"}
        colours = {"name": "forced-colors", "value": "active" if forced else "none"}
        self.ask("Emulation.setEmulatedMedia", features=[scheme, still, colours])

    def cookie(self, url: str, name: str, value: str) -> None:
        self.ask("Network.setCookie", url=url, name=name, value=value)

    def open(self, url: str) -> None:
        """Load a page. Raises BrowserError where nothing is loaded."""
        self._browser.forget()
        said = self.ask("Page.navigate", url=url)
        if said.get("errorText"):
            raise BrowserError(f"{url}: {said['errorText']}")
        self._browser.await_event("Page.loadEventFired", self._session)

    def evaluate(self, expression: str) -> Any:
        """The value of JavaScript in the page, awaited if it is promised. Our policy does not hold for it."""
        said = self.ask("Runtime.evaluate", expression=expression, awaitPromise=True, returnByValue=True)
        if "exceptionDetails" in said:
            raise BrowserError(str(said["exceptionDetails"])[:2000])
        return said["result"].get("value")

    def slow_line(self, milliseconds: float, down: float, up: float) -> None:
        """A line with this latency of each request, and so many bytes a second each way; nothing kept from before."""
        self.ask("Network.enable")
        self.ask("Network.clearBrowserCache")
        self.ask(
            "Network.emulateNetworkConditions",
            offline=False, latency=milliseconds, downloadThroughput=down, uploadThroughput=up,
        )  # fmt: skip

    def picture(self, path: Path) -> None:
        """The whole page as a PNG."""
        said = self.ask("Page.captureScreenshot", format="png", captureBeyondViewport=True)
        path.write_bytes(base64.b64decode(said["data"]))


def _high(pair: tuple[int, int]) -> tuple[int, int]:
    """The same descriptors above those that the browser gets as 3 and 4."""
    made = tuple(fcntl.fcntl(one, fcntl.F_DUPFD_CLOEXEC, 10) for one in pair)
    for one in pair:
        os.close(one)
    return made[0], made[1]
