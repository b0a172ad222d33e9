"""The import page and the batches behind it, as people of several libraries meet them."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from accounts.rights import Role
from catalogue import libraries, uploads
from catalogue.libraries import Library
from catalogue.store import Store
from foundation import limits
from foundation.settings import Settings
from harvesting.staging import Desk
from marc import iso2709
from marc.cdsisis import IsisRecord
from marc.record import Field, Record
from portal import app as portal
from tests.marc.isis_files import export
from tests.portal.conftest import BASE, csrf_of, signed_in

EVIL = "<script>alert(1)</script>"
LIST = f"Mã;Tên sách;Tác giả;Năm XB;Cột lạ\nm1;Hồ Ba Bể;{EVIL};2001;x\nm2;;{EVIL};2002;y\nm3;{EVIL};=1+1;20015;z\n"
IMPORT, BATCHES = "/workshop/import", "/workshop/batches"


class World:
    """An application over a store with two libraries, and whoever works there."""

    def __init__(self, app: Flask, store: Store, settings: Settings) -> None:
        self.app, self.store, self.settings = app, store, settings
        self.contributor = signed_in(app, Role.CONTRIBUTOR, "bk01")
        self.manager = signed_in(app, Role.LIBRARY_MANAGER, "bk01")
        self.stranger = signed_in(app, Role.LIBRARY_MANAGER, "bk02")

    def work(self) -> None:
        desk = Desk(self.store, self.settings)
        while desk.step():
            pass

    def post(self, client: FlaskClient, path: str, **data: object) -> tuple[int, str]:
        answer = client.post(path, data={"csrf_token": csrf_of(client), **data}, content_type="multipart/form-data")
        return answer.status_code, answer.location or answer.text

    def send(self, text: bytes = LIST.encode(), name: str = "kho.csv", library: str = "bk01") -> tuple[int, str]:
        return self.post(self.contributor, IMPORT, library=library, file=(io.BytesIO(text), name))

    def batch(self, text: bytes = LIST.encode(), name: str = "kho.csv") -> str:
        """A file that was sent, decided and read; the address of its batch."""
        there = self.send(text, name)[1]
        assert self.post(self.contributor, f"{there}/read", encoding="auto", go="1")[0] == 303
        self.work()
        found = self.contributor.get(there).location
        assert found is not None
        return str(found)


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    settings = Settings(home=tmp_path)
    with closing(Store.open(settings)) as store:
        libraries.add(store, Library("bk01", "Thư viện Pác Nặm"))
        libraries.add(store, Library("bk02", "Thư viện Ba Bể"))
        yield World(portal.create(store, settings, BASE), store, settings)


def records(client: FlaskClient, batch: str, query: str = "") -> list[dict[str, object]]:
    found = client.get(f"{batch}/records?format=json{query}").get_json()["records"]
    assert isinstance(found, list)
    return found


# --- the import page --------------------------------------------------------------------------------------------
def test_a_file_is_shown_before_it_is_read(world: World) -> None:
    status, there = world.send()
    assert status == 303
    page = world.contributor.get(there).text
    assert "Cột lạ" in page
    assert '<option value="title" selected>' in page
    assert uploads.get(world.store, 1).state == uploads.RECEIVED


def test_another_encoding_changes_what_is_shown(world: World) -> None:
    there = world.send("Tên sách;Tác giả\nTruyện cổ Bắc Kạn;Nguyễn Văn Ánh\nHồ Ba Bể;Đỗ Thị Ước\n".encode())[1]
    assert "Truyện cổ Bắc Kạn" in world.contributor.get(f"{there}?encoding=utf-8").text
    assert "Truyện cổ Bắc Kạn" not in world.contributor.get(f"{there}?encoding=tcvn3").text
    assert world.contributor.get(f"{there}?encoding=nonsense").status_code == 200


def test_a_column_that_a_person_named_is_known_the_next_time(world: World) -> None:
    there = world.send(b"Nhan;Nam XB\nHo Ba Be;2001\n")[1]
    said = {"column.0.0": "title", "column.0.1": "year", "look": "1"}
    assert world.post(world.contributor, f"{there}/read", **said)[0] == 303
    again = world.send(b"Nhan;Nam XB\nThen;2002\n", "nua.csv")[1]
    page = world.contributor.get(again).text
    column = page[page.index('name="column.0.0"') : page.index('name="column.0.1"')]
    assert 'value="title" selected' in column


def test_tags_of_cds_isis_are_suggested_and_corrected(world: World) -> None:
    one = IsisRecord(1, ((24, "^aHồ Ba Bể và các truyện cổ"), (70, "Nguyễn A"), (99, "kho 1")))
    there = world.send(b"".join(export([one] * 3)), "cds.iso")[1]
    assert 'name="tag.24" value="245"' in world.contributor.get(there).text
    said = {"tag.24": "245", "tag.70": "100", "go": "1"}
    assert world.post(world.contributor, f"{there}/read", **said, **{"tag.99": "5x"})[0] == 400
    assert world.post(world.contributor, f"{there}/read", **said, **{"tag.99": "500"})[0] == 303
    world.work()
    batch = world.contributor.get(there).location or ""
    assert [one["title"] for one in records(world.contributor, batch)] == ["Hồ Ba Bể và các truyện cổ"] * 3


def test_progress_is_shown_and_the_end_leads_to_the_batch(world: World) -> None:
    there = world.send()[1]
    world.post(world.contributor, f"{there}/read", go="1")
    world.post(world.contributor, f"{there}/read", go="1")
    assert 'http-equiv="refresh"' in world.contributor.get(there).text
    assert world.contributor.get(f"{there}?format=json").get_json()["state"] == uploads.WAITING
    world.post(world.contributor, f"{there}/stop")
    assert "Đọc tiếp" in world.contributor.get(there).text
    world.post(world.contributor, f"{there}/go")
    world.work()
    assert world.contributor.get(there).location == f"{BATCHES}/1"


def test_pieces_go_on_where_the_line_broke(world: World) -> None:
    client, token = world.contributor, csrf_of(world.contributor)
    offer = {"library": "bk01", "name": "kho.csv", "size": len(LIST.encode())}
    begun = client.post(f"{IMPORT}/begin", json=offer, headers={"X-CSRFToken": token}).get_json()
    first = client.post(f"{begun['piece']}?start=0", data=LIST.encode()[:50], headers={"X-CSRFToken": token})
    assert first.get_json()["received"] == 50
    again = client.post(f"{IMPORT}/begin", json=offer, headers={"X-CSRFToken": token}).get_json()
    assert (again["number"], again["received"]) == (begun["number"], 50)
    wrong = client.post(f"{begun['piece']}?start=7", data=b"x", headers={"X-CSRFToken": token})
    assert (wrong.status_code, wrong.get_json()["received"]) == (409, 50)
    assert "50" in client.get(begun["page"]).text
    last = client.post(f"{begun['piece']}?start=50", data=LIST.encode()[50:], headers={"X-CSRFToken": token})
    assert last.get_json()["state"] == uploads.RECEIVED


def test_a_piece_needs_the_token_of_the_form(world: World) -> None:
    assert (
        world.contributor.post(f"{IMPORT}/begin", json={"library": "bk01", "name": "a", "size": 1}).status_code == 400
    )


def test_a_body_that_is_too_large_is_not_read(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "UPLOAD_BYTES", 10)
    monkeypatch.setattr(limits, "MIB", 10)
    assert world.send(b"x" * 100_000)[0] == 413
    assert uploads.latest(world.store, ["bk01"]) == []


def test_a_form_sent_twice_is_one_file(world: World) -> None:
    assert world.send() == world.send()
    assert len(uploads.latest(world.store, ["bk01"])) == 1


def test_a_hostile_name_is_only_shown(world: World) -> None:
    there = world.send(name=f"../../{EVIL}.csv")[1]
    answer = world.contributor.get(there)
    assert EVIL not in answer.text
    assert [path.name for path in (world.settings.home / uploads.FOLDER).iterdir()] == [
        uploads.get(world.store, 1).file
    ]


def test_what_cannot_be_read_says_why(world: World) -> None:
    there = world.send(b"%PDF-1.4 a book", "a.pdf")[1]
    assert "PDF" in world.contributor.get(there).text
    assert world.post(world.contributor, f"{there}/read", go="1")[0] == 400
    assert world.post(world.contributor, f"{there}/drop")[0] == 303
    assert world.contributor.get(there).status_code == 404


# --- who may ----------------------------------------------------------------------------------------------------
def test_another_library_s_file_and_batch_are_not_there(world: World) -> None:
    batch = world.batch()
    number = records(world.contributor, batch)[0]["record"]
    for path in (f"{IMPORT}/1", batch, f"{batch}/records", f"{batch}/record/{number}", f"{batch}/refused",
                 f"{batch}/errors.xlsx", f"{batch}/fix", f"{BATCHES}/999", f"{IMPORT}/999"):  # fmt: skip
        assert world.stranger.get(path).status_code == 404, path
    for path in (f"{IMPORT}/1/drop", f"{batch}/publish", f"{batch}/fix", f"{batch}/drop", f"{batch}/record/{number}"):
        assert world.post(world.stranger, path)[0] == 404, path
    assert world.stranger.get(f"{BATCHES}?format=json").get_json() == {"batches": []}


def test_into_another_library_nobody_imports(world: World) -> None:
    assert world.send(library="bk02")[0] == 403


def test_nobody_is_sent_to_the_sign_in(world: World) -> None:
    answer = world.app.test_client().get(IMPORT)
    assert (answer.status_code, "/sign-in" in (answer.location or "")) == (303, True)


@pytest.mark.parametrize("what", ["publish", "decline", "undo"])
def test_a_contributor_does_not_decide(world: World, what: str) -> None:
    batch = world.batch()
    assert world.post(world.contributor, f"{batch}/{what}", comment="x")[0] == 403
    assert world.app.test_client().post(f"{batch}/{what}").status_code == 400  # without the token of a form


# --- the batch --------------------------------------------------------------------------------------------------
def test_every_number_leads_to_its_records(world: World) -> None:
    batch = world.batch()
    page = world.contributor.get(batch).text
    links = [link.replace("&amp;", "&") for link in re.findall(rf'href="({batch}/[^"]+)"', page)]
    assert {f"{batch}/records?kind=new", f"{batch}/refused"} <= set(links)
    assert [link for link in links if world.contributor.get(link).status_code != 200] == []
    assert len(records(world.contributor, batch, "&code=spreadsheet.year")) == 1


def test_no_script_of_a_record_ever_stands_in_a_page(world: World) -> None:
    batch = world.batch()
    pieces = world.contributor.get(f"{batch}/refused?format=json").get_json()["refused"]
    every = [f"{batch}/record/{one['record']}" for one in records(world.contributor, batch)]
    every += [batch, BATCHES, f"{batch}/records", f"{batch}/refused", f"{batch}/refused/{pieces[0]['piece']}"]
    every += [f"{batch}/fix?kind=replace&tag=245&subfield=a&old=%3Cscript%3E&new=%22%3E{EVIL}&inside=1", f"{IMPORT}/1"]
    shown = 0
    for path in every:
        answer = world.contributor.get(path, follow_redirects=True)
        assert EVIL not in answer.text, path
        assert "script-src" not in answer.headers["Content-Security-Policy"]
        shown += "&lt;script&gt;" in answer.text
    assert shown >= 5, "the text itself is there to be read"


def test_no_cell_of_a_list_is_a_formula(world: World) -> None:
    batch = world.batch()
    world.post(world.contributor, f"{batch}/fix", kind="set", tag="245", subfield="a", new="=HYPERLINK(1)")
    lines = world.contributor.get(f"{batch}/records?format=csv").text.splitlines()
    assert any("'=HYPERLINK" in line for line in lines)
    assert not any(",=HYPERLINK" in line for line in lines)


def test_a_change_is_tried_made_and_undone(world: World) -> None:
    batch = world.batch()
    query = "kind=replace&tag=264&subfield=c&old=20015&new=2015&code=spreadsheet.year"
    assert "264 #1 $c 2015" in world.contributor.get(f"{batch}/fix?{query}").text
    said = dict(pair.split("=") for pair in query.split("&"))
    assert world.post(world.contributor, f"{batch}/fix", **said)[0] == 303
    assert records(world.contributor, batch, "&code=spreadsheet.year") == []
    step = re.search(r"/fix/(\d+)/undo", world.contributor.get(batch).text)
    assert step is not None
    for _ in range(2):
        assert world.post(world.contributor, f"{batch}/fix/{step[1]}/undo")[0] == 303
    assert len(records(world.contributor, batch, "&code=spreadsheet.year")) == 1
    assert world.post(world.contributor, f"{batch}/fix", kind="set", tag="001", new="x")[0] == 400


def test_what_a_rule_proposes_is_shown_before_it_is_written(world: World) -> None:
    fields = [Field("001", value="m1"), Field("245", "10", (("a", "Hồ Ba Bể"),))]
    batch = world.batch(iso2709.write(Record.build("00000nam a2200000 a 4500", fields)), "kho.mrc")
    for code, said, shown in (("title_entry", "proposal", "245 00 $a"), ("control_agency", "set", "003 bk")):
        wrong = records(world.contributor, batch, f"&code={code}")
        page = world.contributor.get(f"{batch}/fix?code={code}").text
        assert wrong
        assert shown in page
        form = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', page))
        assert form["kind"] == said
        assert records(world.contributor, batch, f"&code={code}") == wrong
        assert world.post(world.contributor, f"{batch}/fix", **form)[0] == 303
        assert records(world.contributor, batch, f"&code={code}") == []


def test_a_record_is_mended_in_plain_words_and_as_marc(world: World) -> None:
    batch = world.batch()
    number = records(world.contributor, batch)[0]["record"]
    path = f"{batch}/record/{number}"
    assert world.post(world.contributor, path, **{"245.0.a.0": "Hồ Ba Bể xưa"})[0] == 303
    page = world.contributor.get(path).text
    assert "Hồ Ba Bể xưa" in page
    assert world.post(world.contributor, path, as_marc="1", mrk="=LDR  00000nam a2200000 a 4500\n=001  khác")[0] == 400
    assert world.post(world.contributor, path, as_marc="1", mrk="chữ thường")[0] == 400
    mended = "=LDR  00000nam a2200000 a 4500\n=001  m1\n=245  00$aBằng MARC"
    assert world.post(world.contributor, path, as_marc="1", mrk=mended)[0] == 303
    assert records(world.contributor, batch)[0]["title"] == "Bằng MARC"


def test_a_refused_row_is_mended_where_it_is_at_fault(world: World) -> None:
    batch = world.batch()
    piece = world.contributor.get(f"{batch}/refused?format=json").get_json()["refused"][0]["piece"]
    path = f"{batch}/refused/{piece}"
    page = world.contributor.get(path).text
    cell = re.search(r'name="(cell\.\d)"[^>]*class="faulty"', page)
    assert cell is not None
    assert world.post(world.contributor, path)[0] == 400
    assert world.post(world.contributor, path, **{cell[1]: "Then Tày"})[0] == 303
    assert world.post(world.contributor, path, **{cell[1]: "Then Tày"})[0] == 303
    assert len(records(world.contributor, batch)) == 3


def test_the_error_workbook_goes_out_and_comes_in(world: World) -> None:
    batch = world.batch()
    book = world.contributor.get(f"{batch}/errors.xlsx")
    assert book.data[:2] == b"PK"
    status, there = world.post(world.contributor, f"{batch}/corrections", file=(io.BytesIO(book.data), "sua.xlsx"))
    assert status == 303
    world.work()
    assert world.contributor.get(there).location == batch


def test_from_the_contributor_to_the_public_and_back(world: World) -> None:
    batch = world.batch()
    assert world.post(world.contributor, f"{batch}/ask", comment=EVIL)[0] == 303
    assert EVIL not in world.manager.get(batch).text
    assert world.post(world.manager, f"{batch}/decline", comment=" ")[0] == 409
    assert world.post(world.manager, f"{batch}/decline", comment="thiếu tác giả")[0] == 303
    assert "thiếu tác giả" in world.contributor.get(batch).text
    world.post(world.contributor, f"{batch}/ask")
    for _ in range(2):
        assert world.post(world.manager, f"{batch}/publish")[0] == 303
    assert "đã công bố" in world.contributor.get(batch).text
    assert world.post(world.manager, f"{batch}/drop")[0] == 409
    for _ in range(2):
        assert world.post(world.manager, f"{batch}/undo")[0] == 303
    assert "đã hoàn tác" in world.manager.get(BATCHES).text
    assert "Công bố lại cả lô" in world.manager.get(batch).text
    assert "Công bố lại cả lô" not in world.contributor.get(batch).text
    assert world.post(world.contributor, f"{batch}/redo")[0] == 403
    for _ in range(2):
        assert world.post(world.manager, f"{batch}/redo")[0] == 303
    assert "đã công bố" in world.manager.get(batch).text
    with world.store.read() as connection:
        query = "SELECT identifier FROM record WHERE status = 1 ORDER BY id LIMIT 1"
        name = connection.exec_driver_sql(query).scalar_one()
    said = world.manager.get(f"/workshop/records/{name}").text
    (row,) = [one for one in said.split("<tr>") if "hiện nay" in one]
    assert "công bố lại" in row
    assert "Người thử library-manager.bk01" in row


def test_an_undo_keeps_what_somebody_changed_since_and_says_so(world: World) -> None:
    batch = world.batch()
    world.post(world.manager, f"{batch}/publish")
    world.work()
    with world.store.read() as connection:
        query = "SELECT identifier FROM record WHERE status = 1 ORDER BY id LIMIT 1"
        name = connection.exec_driver_sql(query).scalar_one()
    draft = world.post(world.manager, f"/workshop/records/{name}/edit")[1]
    sheet = {"from": "form", "revision": "0", "do": "publish", "anyway": "yes", "title-1-a": "Đã sửa sau lô"}
    status = world.post(world.manager, draft, **sheet)[0]
    assert status == 303, world.manager.get(draft).text
    token = csrf_of(world.manager)
    answer = world.manager.post(f"{batch}/undo", data={"csrf_token": token})
    assert answer.status_code == 409
    assert "Có biểu ghi đã được sửa sau lô này" in answer.text
    assert "--force" not in answer.text
    assert 'name="force" value="1"' in answer.text
    assert world.post(world.manager, f"{batch}/undo", force="1")[0] == 303
    page = world.manager.get(batch).text
    assert "trừ 1 biểu ghi" in page
    assert "mọi biểu ghi trở lại như trước" not in page
    assert "but for 1 record that" in world.manager.get(f"{batch}?lang=en").text


def test_what_was_changed_since_the_undoing_is_not_published_over(world: World) -> None:
    first = world.batch()
    world.post(world.manager, f"{first}/publish")
    assert world.post(world.manager, f"{first}/undo")[0] == 303
    second = world.batch()
    world.post(world.manager, f"{second}/publish")
    assert "đã công bố" in world.manager.get(second).text
    answer = world.manager.post(f"{first}/redo", data={"csrf_token": csrf_of(world.manager)})
    assert answer.status_code == 409
    assert "Có biểu ghi đã được sửa từ khi hoàn tác" in answer.text
    assert 'name="force" value="1"' in answer.text
    assert world.post(world.manager, f"{first}/redo", force="1")[0] == 303


def test_dropped_twice_is_dropped_once(world: World) -> None:
    batch = world.batch()
    for _ in range(2):
        assert world.post(world.contributor, f"{batch}/drop")[0] == 303
    assert world.contributor.get(f"{BATCHES}?format=json").get_json()["batches"][0]["state"] == "discarded"


def test_screens_speak_english_too(world: World) -> None:
    batch = world.batch()
    for path in (IMPORT, BATCHES, batch, f"{batch}/fix"):
        page = world.contributor.get(f"{path}?lang=en").text
        main = page[page.index("<main") :]
        own = re.sub(r"Thư viện Pác Nặm|Người thử[^<]*|Hồ Ba Bể|Tiếng Việt|Sách|Năm XB|Tác giả", "", main)
        assert not re.search(r"[ạảấầẩẫậắằẳẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹ]", own), path
