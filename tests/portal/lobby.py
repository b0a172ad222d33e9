"""The pages of accounts over a small store: three libraries, and Ngọc Anh who looks after bk01."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from argon2 import PasswordHasher
from flask import Flask
from flask.testing import FlaskClient

from accounts import passwords, people
from catalogue import libraries
from catalogue.libraries import Library
from catalogue.store import Store
from foundation.settings import Settings
from portal import app as portal
from portal.workshop import TICKET
from tests.catalogue.conftest import Time
from tests.portal.conftest import csrf_of

PASSWORD = "một câu dễ nhớ của tôi"
OTHER = "câu khác hẳn, cũng dễ nhớ"


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with three libraries, and Ngọc Anh who looks after bk01; made once, for migrations take long."""
    settings = Settings(home=tmp_path_factory.mktemp("prepared"))
    time = Time()
    with closing(Store.open(settings, time)) as store:
        libraries.add(store, Library("bk00", "Thư viện tỉnh", kind="provincial"))
        for code in ("bk01", "bk02"):
            libraries.add(store, Library(code, f"Thư viện {code}", parent="bk00"))
        hashed = PasswordHasher(1, 64, 1).hash(PASSWORD)
        with store.write() as connection:
            number = people.create(connection, time.now, "ngocanh", "Ngọc Anh", hashed=hashed).number
            people.give(connection, time.now, number, "library_manager", "bk01", "test")
    return settings.home / "lienthong.sqlite"


@pytest.fixture
def app(tmp_path: Path, time: Time, monkeypatch: pytest.MonkeyPatch, prepared: Path) -> Iterator[Flask]:
    """The pages over a copy of it; passwords are hashed quickly."""
    monkeypatch.setattr(passwords, "HASHER", PasswordHasher(1, 64, 1))
    passwords._nobody_s.cache_clear()
    shutil.copy(prepared, tmp_path)
    settings = Settings(home=tmp_path)
    with closing(Store.open(settings, time)) as store:
        yield portal.create(store, settings, "http://localhost")
    passwords._nobody_s.cache_clear()


def store_of(app: Flask) -> Store:
    found: Store = app.extensions["workshop"].store
    return found


def post(client: FlaskClient, path: str, page: str = "/workshop", **form: str) -> Any:
    return client.post(path, data={"csrf_token": csrf_of(client, page)} | form)


def sign_in(client: FlaskClient, login: str = "ngocanh", password: str = PASSWORD, **more: str) -> Any:
    return post(client, "/sign-in", "/sign-in", login=login, password=password, **more)


def ticket(client: FlaskClient) -> str:
    with client.session_transaction() as session:
        return str(session.get(TICKET, ""))
