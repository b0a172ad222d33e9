"""Who comes in, and who does not."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from accounts import people
from accounts.rights import Role
from catalogue import libraries
from catalogue.accounts_tables import session
from catalogue.libraries import Library
from catalogue.store import Store
from foundation.settings import Settings
from portal import app as portal
from tests.portal.conftest import csrf_of, signed_in

PASSWORD = "một câu dễ nhớ của tôi"


@pytest.fixture
def app(tmp_path: Path) -> Iterator[Flask]:
    settings = Settings(home=tmp_path)
    with closing(Store.open(settings)) as store:
        libraries.add(store, Library("bk00", "Thư viện tỉnh"))
        libraries.add(store, Library("bk01", "Thư viện Pác Nặm", parent="bk00"))
        people.add(store, "ngocanh", "Ngọc Anh", password=PASSWORD)
        yield portal.create(store, settings, "http://localhost")


def test_login_and_password_open_the_desk(app: Flask) -> None:
    client = app.test_client()
    assert client.get("/workshop").location == "/sign-in?next=/workshop"
    form = {"csrf_token": csrf_of(client, "/sign-in"), "login": "NgocAnh ", "password": PASSWORD}
    assert client.post("/sign-in", data=form).location == "/workshop"
    assert "Ngọc Anh" in client.get("/workshop").text


@pytest.mark.parametrize(("login", "password"), [
    ("ngocanh", "sai mật khẩu rồi"), ("ai-do-khac", PASSWORD), ("ngocanh", ""), ("", ""),
])  # fmt: skip
def test_anything_else_does_not(app: Flask, login: str, password: str) -> None:
    client = app.test_client()
    form = {"csrf_token": csrf_of(client, "/sign-in"), "login": login, "password": password}
    assert client.post("/sign-in", data=form).status_code == 403
    assert client.get("/workshop").status_code == 303


def test_signing_out_ends_the_session_on_the_server(app: Flask) -> None:
    client = signed_in(app, Role.LIBRARY_CATALOGUER, "bk01")
    assert client.get("/workshop").status_code == 200
    client.post("/sign-out", data={"csrf_token": csrf_of(client)})
    assert client.get("/workshop").status_code == 303
    with app.extensions["workshop"].store.read() as connection:
        assert connection.execute(select(session)).all() == []


def test_a_form_without_its_token_is_refused(app: Flask) -> None:
    client = signed_in(app, Role.LIBRARY_CATALOGUER, "bk01")
    assert client.post("/sign-out").status_code == 400
    assert client.get("/workshop").status_code == 200
