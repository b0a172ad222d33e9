"""A store with two libraries, and people who send back the forms that the editor's pages show them."""

from __future__ import annotations

import html
import re
import shutil
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from catalogue import editing, history, libraries
from catalogue.libraries import Library
from catalogue.store import Store
from foundation.settings import Settings
from marc.record import Record
from portal import app as pages
from tests.portal.conftest import csrf_of, signed_in

HOSTILE = '"><script>alert(1)</script>{{ 7*7 }}\' onfocus=alert(1) x="'
BOOK = "\x1e".join(
    [
        "00000nam a2200000 i 4500", "001a1", "003bk01", "008200101s2015    vm            000 0 vie d",
        "1000 \x1faNông Quốc Chấn", "24510\x1faHồ Ba Bể", "264 1\x1faHà Nội :\x1fbVăn học,\x1fc2015", "9119 \x1faXX",
    ]
)  # fmt: skip


class World:
    """A store with two libraries, the application, and a record of the first."""

    def __init__(self, home: Path, identifier: str = "") -> None:
        self.settings = Settings(home=home)
        self.now = 1_800_000_000 + 100 * bool(identifier)
        self.store = Store.open(self.settings, self.tick)
        self.app: Flask = pages.create(self.store, self.settings, "http://lib.example")
        self.identifier = identifier or self.begin()

    def begin(self) -> str:
        libraries.add(self.store, Library("bk01", "Thư viện Pác Nặm"))
        libraries.add(self.store, Library("bk02", "Thư viện Ba Bể"))
        return editing.create(self.store, "bk01", Record(BOOK)).identifier

    def tick(self) -> int:
        self.now += 1
        return self.now

    def browser(self, role: str = "library_cataloguer", library: str = "bk01", login: str = "") -> Browser:
        return Browser(signed_in(self.app, role, library, login))

    def record(self, identifier: str = "") -> Record:
        found = history.subject(self.store, identifier or self.identifier).record
        assert found is not None
        return found


class Browser:
    """A signed-in person who sends back the forms they were shown."""

    def __init__(self, client: FlaskClient) -> None:
        self.client = client
        self._token = ""

    def get(self, path: str) -> TestResponse:
        return self.client.get(path)

    def post(self, path: str, **values: object) -> TestResponse:
        self._token = self._token or csrf_of(self.client)
        return self.client.post(path, data=values | {"csrf_token": self._token})

    def new(self, library: str = "bk01", kind: str = "book") -> str:
        return self.post("/workshop/drafts", code=library, kind=kind).headers["Location"]

    def open(self, world: World, identifier: str = "") -> str:
        answer = self.post(f"/workshop/records/{identifier or world.identifier}/edit")
        assert answer.status_code == 303, answer.text
        return answer.headers["Location"]

    def form(self, place: str, view: str = "form") -> dict[str, object]:
        """The values that the page's form would send."""
        page = self.get(f"{place}?view={view}").text
        body = page[page.index('<form id="sheet"') :].split("</form>")[0]
        found: dict[str, object] = {}
        for tag in re.findall(r"<input[^>]+>", body):
            name, value = re.search(r'name="([^"]+)"', tag), re.search(r'value="([^"]*)"', tag)
            if name and "checkbox" not in tag and name[1] != "csrf_token":
                _put(found, name[1], html.unescape(value[1]) if value else "")
        for name, inner in re.findall(r'<textarea[^>]*name="([^"]+)"[^>]*>\n?(.*?)</textarea>', body, re.DOTALL):
            _put(found, name, html.unescape(inner))
        for name, inner in re.findall(r'<select name="([^"]+)">(.*?)</select>', body, re.DOTALL):
            chosen = re.search(r'value="([^"]*)" selected', inner) or re.search(r'value="([^"]*)"', inner)
            assert chosen is not None
            _put(found, name, html.unescape(chosen[1]))
        return found

    def send(self, place: str, do: str, view: str = "form", **changed: object) -> TestResponse:
        boxes = {name.replace("_", "-"): value for name, value in changed.items()}
        return self.post(place, **{**self.form(place, view), **boxes, "do": do})


def _put(found: dict[str, object], name: str, value: str) -> None:
    if name in ("tag", "first", "second", "content"):
        found.setdefault(name, [])
        held = found[name]
        assert isinstance(held, list)
        held.append(value)
    else:
        found[name] = value


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """A home as every test begins with, and the identifier of its record: copying is quicker than making."""
    made = World(tmp_path_factory.mktemp("first"))
    made.store.close()
    return made.settings.home, made.identifier


@pytest.fixture
def world(tmp_path: Path, first: tuple[Path, str]) -> Iterator[World]:
    home = Path(shutil.copytree(first[0], tmp_path / "home"))
    made = World(home, first[1])
    yield made
    made.store.close()


class Active(HTMLParser):
    """Collects what a page would run: scripts but the one of ours, and attributes that are handlers."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        source = dict(attrs).get("src") or ""
        if tag == "script" and not re.fullmatch(r"/static/vendor/htmx\.min\.js(\?v=[0-9a-f]+)?", source):
            self.found.append(f"{tag} {source}")
        self.found += [name for name, _ in attrs if name.startswith("on")]
        self.found += [value for name, value in attrs if name == "href" and (value or "").startswith("javascript:")]


def active(page: str) -> list[str]:
    parser = Active()
    parser.feed(page)
    return parser.found


def number(place: str) -> int:
    return int(place.rpartition("/")[2].partition("?")[0])
