"""A bad day at the desk: the session ends over a form, the wrong file is sent, the wrong encoding is chosen; and the
first day, on which nothing is there yet."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import openpyxl  # type: ignore[import-untyped]
import pytest
from flask import Flask
from flask.testing import FlaskClient
from lxml import html
from werkzeug.test import TestResponse

from accounts.rights import Role
from catalogue import libraries
from catalogue.libraries import Library
from catalogue.store import Store
from foundation.settings import Settings
from portal import app as portal
from portal.typed import AGAIN
from portal.workshop import TICKET
from search.follower import Follower
from search.generations import both
from tests.portal.conftest import csrf_of, signed_in

OURS = {"Sec-Fetch-Site": "same-origin"}
TYPED = "Nhan đề vừa gõ <dở> 𡨸喃\r\ndòng hai"


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    settings = Settings(home=tmp_path_factory.mktemp("bad"))
    with closing(Store.open(settings)) as store:
        libraries.add(store, Library("bk01", "Thư viện huyện Ba Bể"))
        yield portal.create(store, settings, "http://localhost")


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return signed_in(app, Role.ADMINISTRATOR)


def form_of(answer: TestResponse, at: int = -1) -> tuple[str, dict[str, str]]:
    """Where a form of a page goes and what it would send."""
    page = html.document_fromstring(answer.data, parser=html.HTMLParser(encoding="utf-8"))
    form = page.findall(".//main//form")[at]
    fields = {one.get("name", ""): one.get("value", "") for one in form.iter("input")}
    return str(form.get("action")), fields


def end_session(client: FlaskClient, cookie_too: bool) -> None:
    if cookie_too:
        client.delete_cookie("lienthong")
        return
    with client.session_transaction() as session:
        session[TICKET] = "gone"


@pytest.mark.parametrize("cookie_too", [True, False])
def test_what_was_typed_when_the_session_ended_is_sent_after_the_sign_in(
    app: Flask, client: FlaskClient, cookie_too: bool
) -> None:
    sent = {"csrf_token": csrf_of(client), "name_vi": "Địa chí", "slug": f"dia-chi-{cookie_too:d}", "about_vi": TYPED}
    end_session(client, cookie_too)
    answer = client.post("/workshop/collections", data=sent, headers=OURS)
    assert answer.status_code in (400, 403)
    assert "những gì bạn gõ vẫn ở đây" in answer.text
    assert 'href="/sign-in"' in answer.text
    # Signed in in another tab, whose session has another token: one press is enough all the same.
    again = signed_in(app, Role.ADMINISTRATOR)
    action, fields = form_of(answer)
    assert fields["about_vi"].replace("\r\n", "\n") == TYPED.replace("\r\n", "\n")
    done = again.post(action, data=fields, headers=OURS)
    assert done.status_code == 303
    assert "Địa chí" in again.get(done.location).text


FOREIGN = (
    {},
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
    {"Sec-Fetch-Site": "cross-site", "Origin": "http://localhost"},
    {"Origin": "http://localhost.evil.example"},
    {"Origin": "null"},
    {"Origin": "http://["},
)


@pytest.mark.parametrize("headers", FOREIGN)
def test_what_another_site_sent_is_not_given_a_token_of_ours(app: Flask, headers: dict[str, str]) -> None:
    answer = app.test_client().post("/workshop/collections", data={"name_vi": TYPED}, headers=headers)
    assert answer.status_code == 400
    assert "vừa gõ" not in answer.text


@pytest.mark.parametrize("headers", FOREIGN)
def test_no_other_site_sends_again_in_the_name_of_who_is_signed_in(
    client: FlaskClient, headers: dict[str, str]
) -> None:
    sent = {"name_vi": TYPED, "slug": "gia", AGAIN: "1", "csrf_token": "gone"}
    assert client.post("/workshop/collections", data=sent, headers=headers).status_code == 400
    assert client.get("/workshop/collections/gia").status_code == 404


@pytest.mark.parametrize("name", ["title-1-a", "keyword-1-a", "note"])
def test_a_line_without_tls_is_no_reason_to_lose_it(app: Flask, name: str) -> None:
    answer = app.test_client().post(
        "/workshop/drafts/1", data={name: "chữ vừa gõ"}, headers={"Origin": "http://localhost"}
    )
    assert "chữ vừa gõ" in answer.text


def test_passwords_are_never_given_back(app: Flask) -> None:
    sent = {"login": "ai", "password": "bí mật lắm"}
    answer = app.test_client().post("/sign-in", data=sent, headers=OURS)
    assert answer.status_code == 400
    assert "bí mật" not in answer.text


def test_a_part_of_a_page_says_that_the_session_ended(app: Flask) -> None:
    for client in (app.test_client(), signed_in(app, Role.ADMINISTRATOR)):
        with client.session_transaction() as session:
            session.pop(TICKET, None)
        answer = client.post("/workshop/drafts/1/check", data={}, headers=OURS | {"HX-Request": "true"})
        assert answer.status_code in (400, 403)
        assert "Phiên làm việc đã hết" in answer.text
        assert "<main" not in answer.text


def sent(client: FlaskClient, name: str, data: bytes, then: str = "") -> str:
    form = {"csrf_token": csrf_of(client), "library": "bk01", "file": (io.BytesIO(data), name)}
    answer = client.post("/workshop/import", data=form, content_type="multipart/form-data")
    assert answer.status_code == 303, answer.text
    return client.get(answer.location + then).text


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"\xff\xd8\xff\xe0" + bytes(range(256)) * 40, "JPEG"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(9_000), "lưu lại thành .xlsx"),
    ],
)
def test_a_file_with_the_name_of_another_kind_is_told_from_what_it_is(
    client: FlaskClient, data: bytes, said: str
) -> None:
    page = sent(client, "danh-muc.xlsx", data)
    assert said in page
    assert "Nhận ra" not in page


def test_a_wrong_encoding_of_a_file_that_is_utf8_is_warned_of(client: FlaskClient) -> None:
    data = "Nhan đề,Tác giả\nTruyện cổ Bắc Kạn,Nông Quốc Chấn\n".encode()
    warning = "bảng mã đang chọn có lẽ sai"
    assert warning in sent(client, "a.csv", data, "?encoding=viscii")
    assert warning not in sent(client, "b.csv", data + b"x,y\n")
    assert warning not in sent(client, "c.csv", data + b"z,y\n", "?encoding=utf-8")


def test_only_a_list_with_cells_of_an_old_font_is_said_to_have_them(client: FlaskClient) -> None:
    said, nothing = "có ô gõ bằng phông chữ cũ", "đã là Unicode, không phải chuyển"
    rows = ["Tên sách;Tác giả", "Hồ Ba Bể;Nông Quốc Chấn", "Then Tày Bắc Kạn;Hoàng Văn Páo"]
    page = sent(client, "sach.csv", "\n".join(rows).encode())
    assert (said in page, nothing in page) == (False, True)
    assert "TrÃ" not in page
    assert "Há»“" not in page
    old = [*rows, "T¸c phÈm cña c¸c nhµ v¨n;NguyÔn H÷u"]
    page = sent(client, "cu.csv", "\n".join(old).encode())
    assert (said in page, nothing in page) == (True, False)
    assert "Tác phẩm của các nhà văn" in page


def test_the_cover_of_a_workbook_is_folded_away(client: FlaskClient) -> None:
    book = openpyxl.Workbook()
    book.active.title = "Bìa"
    book.active["A1"] = "THƯ VIỆN HUYỆN BA BỂ"
    book.active.merge_cells("A1:F1")
    book.active["A2"] = "Năm 2025"
    listed = book.create_sheet("Sách")
    listed.append(["Tên sách", "Tác giả"])
    listed.append(["Hồ Ba Bể", "Nông Quốc Chấn"])
    saved = io.BytesIO()
    book.save(saved)
    page = html.document_fromstring(sent(client, "bia.xlsx", saved.getvalue()))
    folded = {
        one.findtext(".//h2"): one.find("details") is not None
        for one in page.findall(".//main//section")
        if "Các cột" in (one.findtext(".//h2") or "")
    }
    assert folded == {"Các cột: Bìa": True, "Các cột: Sách": False}


FIRST = {
    "/": "/workshop/libraries",
    "/workshop": "/workshop/libraries",
    "/workshop/import": "/workshop/libraries",
    "/workshop/records": "/workshop/libraries",
    "/workshop/sources/new": "/workshop/libraries",
}
"""Where a new server has nothing to show, and what leads on from there."""


def test_a_new_server_says_what_to_begin_with(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path)
    with closing(Store.open(settings)) as store:
        client = signed_in(portal.create(store, settings, "http://localhost"), Role.ADMINISTRATOR)
        for address, onward in FIRST.items():
            page = html.document_fromstring(client.get(address).data, parser=html.HTMLParser(encoding="utf-8"))
            for nav in page.findall(".//nav"):
                nav.getparent().remove(nav)
            assert onward in [one.get("href") for one in page.findall(".//main//a")], address
        for index in both(settings):
            with closing(Follower(store, index)) as follower:
                follower.catch_up()
        assert "Mục lục chưa có biểu ghi nào" in client.get("/search").text
        assert "chưa có mục nào" in client.get("/browse").text
        assert "Hãy bớt từ" in client.get("/search?q=x").text
        libraries.add(store, Library("bk01", "Thư viện huyện Ba Bể"))
        desk = client.get("/workshop").text
        assert "Chưa có biểu ghi nào." in desk
        assert "Máy chủ mới" not in desk


def test_an_english_page_names_the_library_in_english(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path)
    with closing(Store.open(settings)) as store:
        libraries.add(store, Library("bk00", "Thư viện tỉnh Bắc Kạn", "Provincial Library"))
        client = signed_in(portal.create(store, settings, "http://localhost"), Role.LIBRARY_CATALOGUER, "bk00")
        assert "Library cataloguer, Provincial Library" in client.get("/account?lang=en").text
        refused = client.get("/workshop/system?lang=en")
        assert refused.status_code == 403
        assert "<p>The account “" in refused.text
