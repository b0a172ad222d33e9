"""The front page: true, in both languages, and safe whatever a library is called."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.pofile import read_po
from flask.testing import FlaskClient

from catalogue import libraries
from catalogue.libraries import Library
from catalogue.store import Store
from foundation.settings import Settings
from portal import app as portal
from portal import wording
from tests.catalogue.conftest import put, record

HOSTILE = '<script>alert("x")</script>'


@pytest.fixture
def client(tmp_path: Path) -> Iterator[FlaskClient]:
    settings = Settings(home=tmp_path, base_url="https://thuvien.example.vn")
    store = Store.open(settings)
    libraries.add(store, Library("bk00", "Thư viện tỉnh", "Provincial Library", "provincial"))
    libraries.add(store, Library("bk01", HOSTILE))
    put(store, record("1"), record("2"), library="bk00")
    with portal.create(store, settings, settings.base_url).test_client() as client:
        yield client
    store.close()


def page(client: FlaskClient, address: str = "/", **headers: str) -> str:
    return client.get(address, headers={name.replace("_", "-"): value for name, value in headers.items()}).text


def test_it_tells_what_is_there(client: FlaskClient) -> None:
    text = page(client)
    assert "Thư viện tỉnh" in text
    assert "https://thuvien.example.vn/oai" in text
    assert "library:bk00" in text
    assert re.search(r'<td class="count"[^>]*><a href="/search\?own=1&amp;f=library:bk00">2</a></td>', text)


def test_a_name_is_shown_and_never_run(client: FlaskClient) -> None:
    text = page(client)
    assert HOSTILE not in text
    assert "&lt;script&gt;" in text


def test_no_page_may_run_a_script(client: FlaskClient) -> None:
    for address in ("/", "/khong-co", "/healthz"):
        policy = client.get(address).headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "script-src" not in policy
        assert "unsafe-inline" not in policy
    assert "<script" not in page(client)
    assert "style=" not in page(client)


@pytest.mark.parametrize(
    ("address", "header", "language"),
    [("/", "", "vi"), ("/", "en", "en"), ("/", "de", "vi"), ("/?lang=en", "vi", "en"), ("/?lang=xx", "", "vi")],
)
def test_the_language_is_the_one_asked_for_else_vietnamese(
    client: FlaskClient, address: str, header: str, language: str
) -> None:
    text = page(client, address, Accept_Language=header)
    assert f'<html lang="{language}">' in text
    assert ("For harvest operators" in text) == (language == "en")
    assert ("Provincial Library" in text) == (language == "en")


def test_a_choice_of_language_is_remembered(client: FlaskClient) -> None:
    page(client, "/?lang=en")
    assert '<html lang="en">' in page(client)


def test_a_missing_page_says_so_in_words(client: FlaskClient) -> None:
    answer = client.get("/khong-co")
    assert answer.status_code == 404
    assert "Không có trang này" in answer.text


@pytest.mark.parametrize(
    ("language", "one", "many"), [("vi", "1 kết quả", "1.830 kết quả"), ("en", "1 result", "1,830 results")]
)
def test_english_alone_tells_one_from_many(client: FlaskClient, language: str, one: str, many: str) -> None:
    for count, text in ((1, one), (1830, many)):
        with client.application.test_request_context(f"/?lang={language}"):
            assert wording.many("%(num)s kết quả", num=count) == text
    with client.application.test_request_context("/?lang=en"):
        said = wording.many("Tìm “%(word)s” có %(count)s biểu ghi.", word="<b>", count=1)
    assert said == "“&lt;b&gt;” finds 1 record."


def test_every_text_has_its_english(root: Path) -> None:
    methods = [("**.py", "python"), ("**/templates/**.html", "jinja2")]
    spoken = {**DEFAULT_KEYWORDS, "many": (1, 1)}
    texts = {str(found[2]) for found in extract_from_dir(root / "portal", methods, keywords=spoken)}
    with (root / "portal/translations/en/LC_MESSAGES/messages.po").open(encoding="utf-8") as file:
        known = {str(message.id): message for message in read_po(file, locale="en") if message.id}
    assert texts - known.keys() == set()
    assert known.keys() - texts == set(), "translated, and nobody says it any more"
    assert [name for name, message in known.items() if not message.string or message.fuzzy] == []
