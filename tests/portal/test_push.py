"""What a library's program is answered when it sends records."""

from __future__ import annotations

import gzip
import hashlib
import json
from pathlib import Path
from time import monotonic
from typing import Any

import pytest
import zstandard
from flask.testing import FlaskClient
from sqlalchemy import func, select

from accounts import tokens
from catalogue import changesets
from catalogue.store import Store
from catalogue.tables import LIVE, change_set, library, record, source
from foundation import limits
from foundation.settings import Settings
from harvesting.inbox import Inbox, Offer
from marc import iso2709
from portal import app as portal
from tests.catalogue.conftest import put, settings, store, time  # noqa: F401 - fixtures
from tests.catalogue.conftest import record as made

FILE = b"".join(iso2709.write(made(f"BK{number:03}")) for number in range(30))
HERE = "/api/v1/push"


def key(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


class Sender:
    """A library's program."""

    def __init__(self, client: FlaskClient, token: str) -> None:
        self.client, self.token = client, token

    def ask(self, method: str, path: str = "", data: bytes | None = None, **headers: str) -> Any:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        sent = {"Authorization": f"Bearer {self.token}", "Accept-Language": "en"} | named
        return self.client.open(f"{HERE}{path}", method=method, data=data, headers=sent)

    def whole(self, data: bytes, name: str = "sach.mrc", **headers: str) -> Any:
        return self.ask("POST", f"?name={name}", data, **headers)

    def piece(self, upload: str, data: bytes, start: int, total: int, **headers: str) -> Any:
        span = f"bytes {start}-{start + len(data) - 1}/{total}"
        return self.ask("PUT", f"/{upload}?name=sach.mrc", data, Content_Range=span, **headers)


@pytest.fixture
def client(store: Store, settings: Settings) -> FlaskClient:  # noqa: F811
    return portal.create(store, settings, "http://localhost").test_client()


@pytest.fixture
def sender(client: FlaskClient, store: Store) -> Sender:  # noqa: F811
    return Sender(client, tokens.add(store, "bk01", "máy")[1])


def live(store: Store, code: str) -> int:  # noqa: F811
    query = select(func.count()).select_from(record.join(source, source.c.id == record.c.source_id).join(library))
    with store.read() as connection:
        return int(connection.execute(query.where(library.c.code == code, record.c.status == LIVE)).scalar_one())


def sets(store: Store) -> int:  # noqa: F811
    with store.read() as connection:
        return int(connection.execute(select(func.count()).select_from(change_set)).scalar_one())


@pytest.mark.parametrize(("coding", "pack"), [
    ("", bytes), ("identity", bytes), ("gzip", gzip.compress), ("zstd", zstandard.ZstdCompressor().compress),
])  # fmt: skip
def test_a_file_is_taken_in_whatever_coding(sender: Sender, store: Store, coding: str, pack: Any) -> None:  # noqa: F811
    headers = {"Content_Encoding": coding, "Idempotency_Key": key(FILE)} if coding else {}
    answer = sender.whole(pack(FILE), **headers)
    assert (answer.status_code, answer.json["state"], answer.json["counts"]["new"]) == (200, "taken", 30)
    assert (live(store, "bk01"), live(store, "bk02")) == (30, 0)


def test_the_same_file_twice_is_one_change_set(sender: Sender, store: Store) -> None:  # noqa: F811
    first = sender.whole(FILE, Idempotency_Key=key(FILE)).json
    again = sender.whole(FILE, Idempotency_Key=key(FILE)).json
    without = sender.whole(FILE).json
    assert first["change_set"] == again["change_set"] == without["change_set"]
    assert sets(store) == 1


def test_an_earlier_state_of_a_file_is_taken_again_when_another_came_between(
    sender: Sender, store: Store  # noqa: F811
) -> None:  # fmt: skip
    other = iso2709.write(made("BK000", "Động Puông"))
    numbers = [sender.whole(data, Idempotency_Key=key(data)).json["change_set"] for data in (FILE, other, FILE)]
    assert len(set(numbers)) == 3
    with store.read() as connection:
        assert changesets.get(connection, numbers[2]).counts["changed"] == 1


def test_what_cannot_be_read_is_told_with_its_reason(sender: Sender) -> None:
    answer = sender.whole(FILE + iso2709.write(made("BK000", "Số này đã có")))
    told = answer.json
    assert told["counts"]["quarantined"] == len(told["quarantined"]) > 0
    assert "BK000" in told["quarantined"][0]["vi"]
    assert told["quarantined"][0]["record"] == 31


def test_a_file_that_holds_no_records_is_refused(sender: Sender, store: Store) -> None:  # noqa: F811
    answer = sender.whole(b"\x7fELF" + bytes(5000), Idempotency_Key=key(b"\x7fELF" + bytes(5000)))
    assert answer.status_code == 422
    assert answer.mimetype == "application/problem+json"
    assert answer.json["code"].startswith(("marc.", "file.", "form"))
    assert live(store, "bk01") == 0
    assert sender.whole(FILE).status_code == 200


# --- in pieces ----------------------------------------------------------------------------------------------


def test_a_file_comes_in_pieces(sender: Sender, store: Store) -> None:  # noqa: F811
    data = zstandard.ZstdCompressor().compress(FILE)
    how = {"Content_Encoding": "zstd", "Idempotency_Key": key(FILE)}
    upload = key(b"1")
    half = len(data) // 2
    first = sender.piece(upload, data[:half], 0, len(data), **how)
    assert (first.status_code, first.json["state"], first.headers["Upload-Offset"]) == (202, "receiving", str(half))
    assert sender.ask("GET", f"/{upload}").json["offset"] == half
    assert sender.ask("HEAD", f"/{upload}").headers["Upload-Offset"] == str(half)
    done = sender.piece(upload, data[half:], half, len(data), **how)
    assert (done.status_code, done.json["state"], live(store, "bk01")) == (200, "taken", 30)
    assert sender.ask("GET", f"/{upload}").json["change_set"] == done.json["change_set"]


def test_a_piece_that_does_not_go_on_is_told_where_to(sender: Sender) -> None:
    sender.piece(key(b"1"), FILE[:100], 0, len(FILE), Idempotency_Key=key(FILE))
    for start in (0, 50, 101, 2000):
        answer = sender.piece(key(b"1"), FILE[start : start + 50], start, len(FILE), Idempotency_Key=key(FILE))
        assert (answer.status_code, answer.headers["Upload-Offset"], answer.json["offset"]) == (409, "100", 100)


@pytest.mark.parametrize("how", [{"Idempotency_Key": key(b"x")}, {"Content_Encoding": "gzip"}])
def test_another_file_under_the_same_upload_is_a_conflict(sender: Sender, how: dict[str, str]) -> None:
    given = {"Idempotency_Key": key(FILE)}
    sender.piece(key(b"1"), FILE[:100], 0, len(FILE), **given)
    assert sender.piece(key(b"1"), FILE[100:200], 100, len(FILE), **(given | how)).status_code == 409


def test_what_arrives_altered_is_refused_and_can_be_sent_again(sender: Sender, store: Store) -> None:  # noqa: F811
    wrong = FILE[:500] + b"?" + FILE[501:]
    assert sender.piece(key(b"1"), wrong, 0, len(FILE), Idempotency_Key=key(FILE)).json["code"] == "push.damaged"
    assert live(store, "bk01") == 0
    assert sender.piece(key(b"1"), FILE, 0, len(FILE), Idempotency_Key=key(FILE)).json["state"] == "taken"


def test_an_upload_can_be_forgotten(sender: Sender) -> None:
    sender.piece(key(b"1"), FILE[:100], 0, len(FILE), Idempotency_Key=key(FILE))
    assert sender.ask("DELETE", f"/{key(b'1')}").status_code == 204
    assert sender.ask("GET", f"/{key(b'1')}").status_code == 404


def test_an_import_that_was_killed_is_taken_up_by_whoever_asks(
    sender: Sender, store: Store, settings: Settings  # noqa: F811
) -> None:  # fmt: skip
    inbox = Inbox(store, settings.home / "push", wait=0)
    done = inbox.receive("bk01", key(b"1"), Offer("sach.mrc", len(FILE), key=key(FILE)), 0, FILE)
    assert done.state == "taking"  # and here its process died
    end = monotonic() + 20
    while (answer := sender.ask("GET", f"/{key(b'1')}")).status_code == 202:
        assert monotonic() < end
    assert (answer.json["state"], live(store, "bk01")) == ("taken", 30)


def test_uploads_under_way_are_bounded(sender: Sender, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "PUSH_UPLOADS", 2)
    for name in (b"1", b"2"):
        assert sender.piece(key(name), FILE[:9], 0, len(FILE), Idempotency_Key=key(FILE)).status_code == 202
    answer = sender.piece(key(b"3"), FILE[:9], 0, len(FILE), Idempotency_Key=key(FILE))
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "30")


# --- who and what -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("authorization", ["", "Bearer", "Bearer x", "Basic YTpi", "Bearer lt_1_" + "A" * 43])
def test_nobody_without_a_token_comes_in(client: FlaskClient, store: Store, authorization: str) -> None:  # noqa: F811
    tokens.add(store, "bk01", "máy")
    answer = client.post(f"{HERE}?name=a.mrc", data=FILE, headers={"Authorization": authorization})
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"].startswith('Bearer realm="')
    assert live(store, "bk01") == 0


def test_a_token_without_the_scope_is_told_which_it_needs(client: FlaskClient, store: Store) -> None:  # noqa: F811
    secret = tokens.add(store, "bk01", "máy", scopes=())[1]
    answer = Sender(client, secret).whole(FILE)
    assert (answer.status_code, live(store, "bk01")) == (403, 0)
    assert 'scope="push"' in answer.headers["WWW-Authenticate"]


def test_a_library_never_touches_what_is_another_s(client: FlaskClient, sender: Sender, store: Store) -> None:  # noqa: F811
    put(store, made("BK000", "Của Ba Bể"), library="bk02")
    sender.piece(key(b"1"), FILE[:100], 0, len(FILE), Idempotency_Key=key(FILE))
    other = Sender(client, tokens.add(store, "bk02", "máy")[1])
    assert other.ask("GET", f"/{key(b'1')}").status_code == 404
    assert other.ask("DELETE", f"/{key(b'1')}").status_code == 404
    assert other.piece(key(b"1"), FILE[100:], 100, len(FILE), Idempotency_Key=key(FILE)).status_code == 409
    sender.piece(key(b"1"), FILE[100:], 100, len(FILE), Idempotency_Key=key(FILE))
    assert (live(store, "bk01"), live(store, "bk02")) == (30, 1)
    with store.read() as connection:
        both = connection.execute(select(record.c.source_id).where(record.c.local_id == "BK000")).all()
    assert len(both) == 2


@pytest.mark.parametrize(("headers", "status"), [
    ({"Content_Encoding": "br"}, 415),
    ({"Content_Type": "multipart/form-data; boundary=x"}, 415),
    ({"Content_Encoding": "gzip"}, 400),
    ({"Idempotency_Key": "x"}, 400),
])  # fmt: skip
def test_what_cannot_be_taken_is_refused(sender: Sender, headers: dict[str, str], status: int) -> None:
    answer = sender.whole(FILE, **headers)
    assert (answer.status_code, answer.json["status"]) == (status, status)
    assert answer.json["type"] == f"urn:lienthong:problem:{answer.json['code']}"


def test_more_than_anybody_would_wait_for_is_refused(sender: Sender, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "PUSH_BYTES", 1000)
    answer = sender.whole(FILE)
    assert (answer.status_code, answer.json["allowed"]) == (413, 1000)
    assert sender.piece(key(b"1"), FILE[:9], 0, len(FILE), Idempotency_Key=key(FILE)).status_code == 413


def test_without_a_length_nothing_is_read(client: FlaskClient, sender: Sender) -> None:
    answer = client.open(
        f"{HERE}?name=a", method="POST", headers={"Authorization": f"Bearer {sender.token}"}, content_length=None
    )  # fmt: skip
    assert answer.status_code in (411, 422)


@pytest.mark.parametrize("name", ["", "../x.mrc", "a/../b", "a%0Ab", "x" * 301, "/etc/passwd", "a%00"])
def test_a_name_that_is_no_name_is_refused(sender: Sender, name: str) -> None:
    assert sender.whole(FILE, name).status_code == 400


@pytest.mark.parametrize("upload", ["x", "..", "A" * 64, "0" * 31, "0" * 65, "%2e%2e%2f" + "0" * 40])
def test_an_upload_that_is_named_otherwise_is_refused(sender: Sender, upload: str) -> None:
    assert sender.piece(upload, b"x", 0, 9, Idempotency_Key=key(FILE)).status_code in (400, 404, 405)


@pytest.mark.parametrize("span", ["bytes 0-1", "bytes 5-3/10", "bytes 0-999/1000", "bytes */10", "x", "bytes 0-8/5"])
def test_a_range_that_is_none_is_refused(sender: Sender, span: str) -> None:
    answer = sender.ask("PUT", f"/{key(b'1')}?name=a", b"123456789", Content_Range=span, Idempotency_Key=key(b"2"))
    assert (answer.status_code, answer.json["code"]) == (400, "push.range")


@pytest.mark.parametrize("pack", [gzip.compress, zstandard.ZstdCompressor().compress])
def test_a_bomb_is_met_while_it_unpacks(sender: Sender, settings: Settings, pack: Any) -> None:  # noqa: F811
    bomb = pack(bytes(200 * limits.MIB))
    coding = "gzip" if bomb.startswith(b"\x1f\x8b") else "zstd"
    answer = sender.whole(bomb, Content_Encoding=coding, Idempotency_Key=key(b"any"))
    assert (answer.status_code, answer.json["code"]) == (422, "coding.limit")
    left = [path.suffix for path in Path(settings.home, "push", "bk01").iterdir()]
    assert left == [".json"]


@pytest.mark.parametrize(("language", "word"), [("vi", "khoá"), ("en;q=0.9", "token"), ("fr", "khoá")])
def test_problems_are_told_in_the_language_asked_for(client: FlaskClient, language: str, word: str) -> None:
    answer = client.post(HERE, data=b"", headers={"Accept-Language": language})
    assert word in json.loads(answer.data)["title"]
    assert "Accept-Language" in answer.headers["Vary"]
