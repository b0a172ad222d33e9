"""What goes over the wire: pages and style sheets compressed, style sheets fetched once, nothing secret compressed."""

from __future__ import annotations

import gzip
import re
from contextlib import closing
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from accounts.rights import Role
from catalogue.store import Store
from foundation.settings import Settings
from portal import app, files
from tests.portal.conftest import signed_in
from tests.province import BASE, Province

GZIP = {"Accept-Encoding": "gzip"}


@pytest.fixture(scope="module")
def client(province: Province) -> FlaskClient:
    return province.client()


def test_a_page_names_its_style_sheets_by_what_is_in_them(client: FlaskClient, root: Path) -> None:
    named = re.findall(r'href="(/static/[^"]+\.css\?v=[0-9a-f]{16})"', client.get("/").text)
    assert len(named) == 2
    for address in named:
        answer = client.get(address, headers=GZIP)
        path = root / "portal" / address.partition("?")[0].lstrip("/")
        assert gzip.decompress(answer.data) == path.read_bytes()
        assert answer.headers["Cache-Control"] == files.KEPT
        assert len(answer.data) < path.stat().st_size / 3


@pytest.mark.parametrize("version", ["", "?v=0123456789abcdef"])
def test_what_is_not_the_file_of_now_is_kept_by_nobody(client: FlaskClient, version: str) -> None:
    answer = client.get(f"/static/style.css{version}")
    assert answer.headers["Cache-Control"] == "no-cache"
    assert client.get("/static/style.css", headers={"If-None-Match": answer.headers["ETag"]}).status_code == 304


@pytest.mark.parametrize("name", ["../app.py", "..%2fapp.py", "vendor", "khong-co.css", "a\0b", "%00"])
def test_nothing_but_files_of_the_folder(client: FlaskClient, name: str) -> None:
    assert client.get(f"/static/{name}").status_code in (404, 308)


@pytest.mark.parametrize("address", ["/", "/search?q=bac+kan", "/browse", "/search?format=json", "/khong-co"])
def test_public_answers_are_the_same_compressed(client: FlaskClient, address: str) -> None:
    plain, packed = client.get(address), client.get(address, headers=GZIP)
    assert (packed.headers.get("Content-Encoding") == "gzip") == (len(plain.data) >= 1000)
    data = gzip.decompress(packed.data) if packed.headers.get("Content-Encoding") else packed.data
    assert data == plain.data
    assert "Accept-Encoding" in packed.headers.get("Vary", "")


def test_a_record_that_is_kept_is_not_sent_again(client: FlaskClient) -> None:
    address = re.findall(r'href="(/record/[a-z0-9]+)"', client.get("/search?q=bac+kan").text)[0]
    first = client.get(address, headers=GZIP)
    again = client.get(address, headers={**GZIP, "If-None-Match": first.headers["ETag"]})
    assert (first.headers["Content-Encoding"], again.status_code, again.data) == ("gzip", 304, b"")


def test_a_page_with_a_secret_is_not_compressed(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path)
    with closing(Store.open(settings)) as store:
        someone = signed_in(app.create(store, settings, BASE), Role.ADMINISTRATOR)
        for address in ("/sign-in", "/workshop", "/workshop/rights"):
            answer = someone.get(address, headers=GZIP)
            assert "Content-Encoding" not in answer.headers, address
