"""A province for programs: records, doubts, a batch with problems, a source, quarantine; and tokens for each scope."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask

from accounts import tokens
from catalogue import libraries
from catalogue.libraries import Library
from catalogue.parts import Parts
from catalogue.store import Store
from cli.search import catch_up
from foundation.settings import Settings
from harvesting import desk
from harvesting.staging import Desk
from marc import marcjson
from portal import app as portal
from portal.rest.operation import Operation
from portal.rest.pages import table
from portal.rest.schema import Schema, flaws
from portal.rest.shapes import SHAPES
from search.finder import Finder
from tests.portal.test_duplicates import OTHER_HOUSE, book
from tests.union.store_world import contribute, follow

HERE = "/api/v1"
BASE = "https://lib.example"
LIST = "Mã;Tên sách;Tác giả;Năm XB\nm1;Hồ Ba Bể;Nông Thị;2001\nm2;;Bàn Văn;2002\nm3;Động Puông;;20015\n".encode()


class World:
    """The application, and programs that call it."""

    def __init__(self, app: Flask, store: Store, settings: Settings) -> None:
        self.app, self.store, self.settings = app, store, settings
        self.client = app.test_client()
        self._secrets: dict[tuple[str, ...], str] = {}

    def secret(self, library: str, *scopes: str) -> str:
        key = library, *scopes
        if key not in self._secrets:
            self._secrets[key] = tokens.add(self.store, library, f"máy {uuid4().hex}", scopes)[1]
        return self._secrets[key]

    def call(
        self, method: str, path: str, *scopes: str, library: str = "bk01", said: Any = None, data: bytes | None = None,
        language: str = "vi", headers: dict[str, str] | None = None,
    ) -> Any:  # fmt: skip
        sent = {"Accept-Language": language} | (headers or {})
        if scopes:
            sent["Authorization"] = f"Bearer {self.secret(library, *scopes)}"
        return self.client.open(HERE + path, method=method, json=said, data=data, headers=sent)

    def work(self) -> None:
        """Do what was left to the background."""
        background = Desk(self.store, self.settings)
        while background.step():
            pass


@contextmanager
def opened(home: Path) -> Iterator[World]:
    # No bound: other tests than those of the bound call as often as they like.
    settings = Settings(home=home, api_requests=0, api_requests_open=0)
    with closing(Store.open(settings)) as store:
        yield World(portal.create(store, settings, BASE), store, settings)


@pytest.fixture(scope="session")
def rest_made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("rest")
    with opened(home) as world:
        store = world.store
        libraries.add(store, Library("bk00", "Thư viện tỉnh", kind="provincial"))
        for code in ("bk01", "bk02"):
            libraries.add(store, Library(code, f"Thư viện {code}", parent="bk00"))
        other = {"t245": "$aHát then Bắc Kạn /$cHoàng Thị Lan", "t100": "$aHoàng Thị Lan", "t300": "$a99 tr."}
        contribute(store, "bk00", book("9", **other, t020="$a9786046951667"))
        contribute(store, "bk01", book("1"), book("9", **other, t020="$a9786046951674"))
        contribute(store, "bk02", book("1", **OTHER_HOUSE), book("9", **other, t020="$a9786046951674"))
        follow(store)
        catch_up(store, world.settings)
        values = {"url": "https://oai.example.vn/oai"}
        desk.add(store, world.settings, "bk01", "ba-be-oai", values)
        sent = world.call("POST", "/libraries/bk01/files?name=kho.csv", "import", data=LIST)
        assert sent.status_code == 202, sent.text
        world.work()
    return home


@pytest.fixture
def world(rest_made: Path, tmp_path: Path) -> Iterator[World]:
    shutil.copytree(rest_made, tmp_path / "home")
    with opened(tmp_path / "home") as made:
        yield made


def rows(world: World) -> list[Operation]:
    """The table of an application."""
    return list(table(world.store, world.settings, BASE, Finder(world.store, world.settings), Parts(world.store)))


def misfits(schema: Schema, value: Any) -> list[tuple[str, str]]:
    """Where an answer is not as it is described. A problem may show any character that was sent."""
    return [one for one in flaws(schema, value, SHAPES) if one[1] != "Unicode"]


def marc(control: str = "") -> dict[str, Any]:
    """A record as programs send it."""
    found: dict[str, Any] = json.loads(marcjson.write(book(control or "x")))
    if not control:
        found["fields"] = [one for one in found["fields"] if "001" not in one]
    return found


__all__ = ["BASE", "HERE", "World", "marc", "misfits", "opened", "rest_made", "rows", "world"]
