"""Every screen in a browser, judged by axe-core: light and dark, narrow and wide; nothing runs off the page."""

from __future__ import annotations

import itertools
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest
from werkzeug.serving import make_server

from accounts.rights import Role
from catalogue import editing, history
from catalogue.store import Store
from foundation.settings import Settings
from marc.record import Record
from tests.catalogue.conftest import LEADER, record
from tests.conftest import missing
from tests.portal.conftest import signed_in
from tests.portal.shown import World, furnish, screens
from tests.province import load
from tools import browser
from tools.browser import Browser, Page

WORDS = ("Hát then Bắc Kạn", "Hồ Ba Bể", "Lễ hội Lồng tồng của người Tày", "Nông Quốc Chấn", "Đã đối chiếu với bản in")
WAYS = ("/search?q=bac+kan", "/search?q=khongcogi", "/browse?by=author", "/feed", "/connect", "/dataset", "/khong-co")
NARROW, BROAD = 360, 1280
NARROWEST = 320
"""WCAG 2.2, 1.4.10: at this width nothing scrolls sideways; that is also 1280 pixels at four times the size."""
_ASKED = "{resultTypes: ['violations'], preload: false, iframes: false, runOnly: {type: '%s', values: [%s]}}"
COLOURS = _ASKED % ("rule", "'color-contrast', 'link-in-text-block'")
WHOLE = _ASKED % ("tag", "'wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'")
PLACED = _ASKED % (
    "rule",
    "'color-contrast', 'link-in-text-block', 'region', 'target-size', 'scrollable-region-focusable', 'landmark-unique',"
    " 'nested-interactive', 'link-name'",
)
"""What a wider page may do otherwise than a narrow one: everything else has been looked at there."""
RUN = "axe.run(document, %s).then(found => found.violations.map(one => one.id + ': ' + one.nodes.slice(0, 3).map(node => node.html.slice(0, 160) + ' | ' + (node.any[0] ? node.any[0].message : '')).join(' || ')))"  # noqa: E501
WIDE = (
    "[...document.querySelectorAll('body *')].filter(one => one.getBoundingClientRect().right > innerWidth + 1"
    " && !one.closest('.wide, .scroll, pre, .hidden, .tablewide, .three, ul.said'))"
    ".slice(0, 3).map(one => one.outerHTML.slice(0, 120))"
)
RUNS_OFF = (
    "document.documentElement.scrollWidth <= innerWidth ? [] :"
    " [document.documentElement.scrollWidth, ...[...document.querySelectorAll('body *')]"
    ".filter(one => one.getBoundingClientRect().right > innerWidth + 1 || one.scrollWidth > innerWidth)"
    ".slice(-3).map(one => one.outerHTML.slice(0, 160))]"
)
"""What makes a page wider than its window; nothing where the page is not."""


@contextmanager
def served(world: World) -> Iterator[str]:
    """The address at which the pages are served by this process."""
    server = make_server("127.0.0.1", 0, world.app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    settings = Settings(home=tmp_path_factory.mktemp("axe"))
    with closing(Store.open(settings)) as store:
        load(store, settings)
        yield furnish(settings, store, "http://localhost", itertools.cycle(WORDS))


@pytest.fixture(scope="module")
def axe(require_peer: Callable[[str, str], Path]) -> str:
    if browser.found() is None:
        missing("chromium is not installed, see .ci/run")
    folder = require_peer("axe", "node").parents[1]
    return (folder / "node_modules" / "axe-core" / "axe.min.js").read_text(encoding="utf-8")


def judge(page: Page, axe: str, url: str, dark: bool) -> list[str]:
    """What axe finds in a page, narrow in one scheme of colours and wide in the other, and what runs over its edge.

    The page is loaded once. `dark`: the scheme of the narrow page; what every screen has (the navigation, the heads of
    tables) is seen in all four ways if screens take turns.
    """
    page.look(NARROW, dark=dark)
    page.open(url)
    page.evaluate(axe)
    found = []
    for width, rules, scheme in ((NARROW, WHOLE, dark), (BROAD, PLACED, not dark)):
        page.look(width, dark=scheme)
        found += [f"{width} {'dark' if scheme else 'light'} {one}" for one in page.evaluate(RUN % rules)]
        found += [f"{width} wide: {one}" for one in page.evaluate(WIDE)]
    return found


@pytest.mark.peer
@pytest.mark.timeout(900)  # two minutes on a machine of its own; five would be short beside others
def test_no_screen_has_a_fault_that_axe_knows(world: World, axe: str) -> None:
    client = signed_in(world.app, Role.ADMINISTRATOR)
    everyone = [one.address for one in screens(world.app.test_client(), "/", "/sign-in", *WAYS)]
    mine = [one.address for one in screens(client, "/workshop", *world.doors) if one.address not in everyone]
    cookie = client.get_cookie("lienthong")
    assert cookie is not None
    found: dict[str, Any] = {}
    with served(world) as here, Browser.started() as chromium:
        page = chromium.page(NARROW)
        for turn, address in enumerate((*everyone, None, *mine)):
            if address is None:
                page.cookie(here, "lienthong", cookie.value)
            elif wrong := judge(page, axe, here + address, dark=turn % 2 == 1):
                found[address] = wrong
    assert len(everyone) + len(mine) > 55
    assert not found, json.dumps(found, ensure_ascii=False, indent=1)


@pytest.mark.peer
@pytest.mark.parametrize("language", ["vi", "en"])
def test_nothing_scrolls_sideways_at_320_pixels_with_the_largest_letters(world: World, axe: str, language: str) -> None:
    client = signed_in(world.app, Role.ADMINISTRATOR)
    addresses = [one.address for one in screens(client, "/", *WAYS, "/workshop", *world.doors)]
    cookie = client.get_cookie("lienthong")
    assert cookie is not None
    found = {}
    with served(world) as here, Browser.started() as chromium:
        page = chromium.page()
        page.look(NARROWEST, touched=False)
        page.open(f"{here}/sign-in?letters=largest&lang={language}")
        assert page.evaluate(RUNS_OFF) == []
        page.cookie(here, "lienthong", cookie.value)
        for address in addresses:
            page.open(here + address)
            if wide := page.evaluate(RUNS_OFF):
                found[address] = wide
    assert len(addresses) > 55
    assert not found, json.dumps(found, ensure_ascii=False, indent=1)


@pytest.mark.peer
def test_what_a_reader_chooses_has_contrast_too(world: World, axe: str) -> None:
    found = {}
    with served(world) as here, Browser.started() as chromium:
        page = chromium.page(NARROW)
        for address in ("/search?q=bac&", "/?", "/sign-in?"):
            page.look(NARROW)
            page.open(f"{here}{address}contrast=high&letters=largest")
            page.evaluate(axe)
            for dark, ground in ((False, "rgb(255, 255, 255)"), (True, "rgb(0, 0, 0)")):
                page.look(NARROW, dark=dark)
                wrong = page.evaluate(RUN % COLOURS) + page.evaluate(WIDE)
                background = page.evaluate("getComputedStyle(document.documentElement).backgroundColor")
                if wrong or background != ground:
                    found[address, dark] = [background, *wrong]
    assert found == {}


EDGES = "[...document.querySelectorAll('.screens .column li a')].map(one => [one.matches('[aria-current]'), getComputedStyle(one).borderInlineStartColor])"  # noqa: E501
TICKED = "(one => [one.checked, getComputedStyle(one).appearance])(document.querySelector('[type=checkbox]:checked'))"
PROGRESS = "getComputedStyle(document.querySelector('main').appendChild(document.createElement('progress'))).appearance"
KEY = "[...document.querySelectorAll('.legend mark')].map(one => getComputedStyle(one).forcedColorAdjust)"
SIDE = "[...document.querySelectorAll('table.sides tr')].map(one => one.getBoundingClientRect().left)"


@pytest.mark.peer
def test_in_the_colours_of_the_reader_s_own_what_is_chosen_and_what_differs_is_seen(world: World, axe: str) -> None:
    client = signed_in(world.app, Role.ADMINISTRATOR)
    cookie = client.get_cookie("lienthong")
    assert cookie is not None
    before = editing.create(world.store, world.library, record("", "Hồ Ba Bể"))
    subject = history.subject(world.store, before.identifier)
    assert subject.record is not None
    edited = Record.build(LEADER, [*subject.record.select("001"), *record("", "Hồ Ba Bể xưa").fields])
    after = editing.save(world.store, subject, edited, based_on=before.version or -1)
    compared = f"/workshop/records/{before.identifier}/compare?before={before.version}&after={after.version}"
    with served(world) as here, Browser.started() as chromium:
        page = chromium.page()
        page.cookie(here, "lienthong", cookie.value)
        for dark in (False, True):
            page.look(BROAD, dark=dark, forced=True)
            page.open(f"{here}/workshop/tokens")
            edges = {
                current: {colour for now, colour in page.evaluate(EDGES) if now is current} for current in (True, False)
            }
            assert edges[True]
            assert not edges[True] & edges[False]
            assert page.evaluate(TICKED) == [True, "auto"]
            assert page.evaluate(PROGRESS) == "auto"
            page.open(here + compared)
            assert page.evaluate(KEY) == ["none", "none"]
            assert len(set(page.evaluate(SIDE))) == 1, "the heads of the columns stand above them"
