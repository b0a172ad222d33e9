"""What a page says when it cannot be given: in the reader's language, what happened and what to do next."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime

import pytest
from flask import Flask, abort
from werkzeug.test import TestResponse

from accounts.rights import Act, Role
from catalogue.store import Store
from foundation.settings import Settings
from portal import app as portal
from portal import telling, wording
from portal.workshop import required
from tests.portal.conftest import csrf_of, signed_in

WORDS = {
    400: ("tải lại trang rồi thử lần nữa", "load the page again"),
    403: ("đăng nhập bằng tài khoản khác", "Sign in with another one"),
    404: ("Không có trang này", "There is no such page"),
    405: ("chỉ nhận biểu mẫu", "takes a form"),
    413: ("chia nhỏ rồi gửi lại", "Shorten or split it"),
    429: ("Hãy chờ một phút", "Wait a minute"),
    500: ("báo người quản trị", "tell the administrator"),
}


def failing(code: int) -> Callable[[], str]:
    def view() -> str:
        if code == 500:
            raise ValueError("secret of ours")
        abort(code)

    return view


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    settings = Settings(home=tmp_path_factory.mktemp("refused"))
    with closing(Store.open(settings)) as store:
        made = portal.create(store, settings, "http://localhost")
        for code in WORDS:
            made.add_url_rule(f"/workshop/fails/{code}", f"fails{code}", required(Act.READ)(failing(code)))
            made.add_url_rule(f"/api/fails/{code}", f"api_fails{code}", required(Act.READ)(failing(code)))
        yield made


@pytest.mark.parametrize("code", WORDS)
def test_a_program_is_told_a_problem_and_no_page(app: Flask, code: int) -> None:
    answer = app.test_client().get(f"/api/fails/{code}", headers={"Accept-Language": "en"})
    assert (answer.status_code, answer.content_type) == (code, "application/problem+json")
    assert answer.json is not None
    assert answer.json["status"] == code
    assert "secret" not in answer.text


@pytest.mark.parametrize("code", WORDS)
@pytest.mark.parametrize("language", ["vi", "en"])
def test_an_error_says_what_to_do(app: Flask, code: int, language: str) -> None:
    answer = app.test_client().get(f"/workshop/fails/{code}?lang={language}")
    assert answer.status_code == code
    assert WORDS[code][language == "en"] in answer.text
    assert 'href="#content"' in answer.text, "within the frame of every page"
    assert "secret" not in answer.text
    assert answer.headers["Content-Security-Policy"]


def test_a_form_that_is_too_long_is_told_how_long_it_may_be(app: Flask) -> None:
    client = signed_in(app, Role.ADMINISTRATOR)
    token = csrf_of(client)
    form = {"csrf_token": token, "note": "x" * 9_000_000}
    answer: TestResponse = client.post("/workshop/drafts?lang=en", data=form)
    assert answer.status_code == 413
    assert "The most that is taken here: " in answer.text


def test_an_address_of_a_form_opened_by_itself_says_so(app: Flask) -> None:
    answer = signed_in(app, Role.ADMINISTRATOR).get("/workshop/drafts?lang=en")
    assert answer.status_code == 405
    assert WORDS[405][1] in answer.text


def test_programs_are_told_no_page(app: Flask) -> None:
    answer = app.test_client().put("/api/v1/libraries")
    assert answer.status_code == 405
    assert "<nav" not in answer.text


@pytest.mark.parametrize(
    ("language", "date", "size"),
    [("vi", "05/02/2026 09:07", "8,8 KiB"), ("en", "5 Feb 2026 09:07", "8.8 KiB")],
)
def test_dates_and_sizes_are_written_as_the_reader_does(app: Flask, language: str, date: str, size: str) -> None:
    with app.test_request_context(f"/?lang={language}"):
        assert wording.dated(datetime(2026, 2, 5, 9, 7, tzinfo=UTC)) == date
        assert telling.sized(9_000) == size
        assert telling.sized(1023) == ("1.023 B" if language == "vi" else "1,023 B")
        assert telling.sized(3 << 30) == ("3,0 GiB" if language == "vi" else "3.0 GiB")
