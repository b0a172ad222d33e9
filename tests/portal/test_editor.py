"""The editor over HTTP: what is typed is kept, what is published is right, nobody's work is overwritten."""

from __future__ import annotations

import html
import io
import json
import re

import pytest
from sqlalchemy import select

from catalogue import drafts, editing, history, sources
from catalogue.imports import Input, import_files
from catalogue.tables import record
from cli.search import catch_up
from marc import worksheet
from marc.record import Record
from marc.rules import messages as rules
from tests.portal.editor_world import BOOK, World, first, number, world
from union import kin
from union.follower import Follower

__all__ = ["first", "world"]


# --- writing -------------------------------------------------------------------------------------------------------


def test_a_new_book_is_written_and_published_without_a_script(world: World) -> None:
    someone = world.browser()
    place = someone.new()
    filled = {
        "title_1_a": "Truyện cổ Tày", "author_1_a": "Hoàng Văn Páo", "imprint_1_c": "2015", "extent_1_a": "99 tr.",
    }  # fmt: skip
    saved = someone.send(place, "save", **filled)
    assert saved.status_code == 303
    answer = someone.send(place, "publish")
    assert answer.status_code == 303, answer.text
    page = someone.get(answer.headers["Location"]).text
    assert "Đã công bố" in page
    made = world.record(answer.headers["Location"].split("/")[3].partition("?")[0])
    assert next(made.select("245")).subfields == (("a", "Truyện cổ Tày"),)
    assert made.control("008")[6:15] == "s2015    "
    assert someone.get(place).status_code == 404


@pytest.mark.parametrize("view", ["form", "table", "marc"])
def test_a_draft_sent_back_as_it_was_shown_is_the_record(world: World, view: str) -> None:
    someone = world.browser()
    place = someone.open(world)
    before = world.record()
    assert someone.send(place, "save", view).status_code == 303
    assert worksheet.read(drafts.get(world.store, number(place)).text).record == before


def test_views_are_one_record(world: World) -> None:
    someone = world.browser()
    place = someone.open(world)
    someone.send(place, "view:table", title_1_a="Hồ Ba Bể xưa")
    form = someone.form(place, "table")
    contents = form["content"]
    assert isinstance(contents, list)
    at = next(n for n, one in enumerate(contents) if "xưa" in one)
    contents[at] += "$bdu ký"
    someone.post(place, **{**form, "do": "view:marc"})
    text = str(someone.form(place, "marc")["text"])
    assert "$aHồ Ba Bể xưa$bdu ký" in text
    someone.post(place, **{**someone.form(place, "marc"), "text": text + "chưa xong\n", "do": "view:form"})
    page = someone.get(place).text
    assert "Dòng 10" in page
    assert 'value="du ký"' in page
    someone.send(place, "save", note_1_a="Ghi thêm")
    assert "chưa xong" in drafts.get(world.store, number(place)).text
    assert someone.send(place, "publish", anyway="yes").status_code == 409


def test_a_record_of_a_list_is_not_asked_for_what_no_list_has(world: World) -> None:
    rows = "Số ĐK;Tên sách;DDC\nm1;Then Tày;398.2\n".encode()
    import_files(world.store, "bk01", [Input("kho.csv", lambda: io.BytesIO(rows))])
    with world.store.read() as connection:
        identifier = connection.execute(select(record.c.identifier).where(record.c.local_id == "m1")).scalar_one()
    someone = world.browser()
    asked = [rules.CONTROL_AGENCY.vi, rules.DDC_EDITION.vi]
    for _again in ("as it came", "as it was published here"):
        place = someone.open(world, identifier)
        pages = [someone.get(f"{place}?view={view}").text for view in ("form", "table", "marc")]
        pages += [someone.post(f"{place}/check", **someone.form(place)).text]
        assert not [one for one in asked for page in pages if html.escape(one) in page]
        assert someone.send(place, "publish", title_1_a=f"Then Tày cổ {_again}").status_code == 303
    place = someone.open(world)
    lines = re.sub(r"=003.*\n", "", str(someone.form(place, "marc")["text"]))
    assert asked[0] in someone.post(f"{place}/check", **{**someone.form(place, "marc"), "text": lines}).text


def test_what_is_wrong_is_said_beside_its_box(world: World) -> None:
    someone = world.browser()
    place = someone.new()
    page = someone.send(place, "check", title_1_a="A", isbn_1_a="9786045708379").text
    beside = re.search(r'<div id="m-isbn-1" class="beside">(.*?)</div>', page, re.DOTALL)
    assert beside is not None
    assert 'data-severity="E"' in beside[1]
    assert 'href="#isbn-1"' in page


def test_checks_while_typing_are_a_part_of_the_page(world: World) -> None:
    someone = world.browser()
    place = someone.new()
    part = someone.post(f"{place}/check", **{**someone.form(place), "isbn-1-a": "123"}).text
    assert "<html" not in part
    assert 'id="m-isbn-1" class="beside" hx-swap-oob="true"' in part
    assert drafts.get(world.store, number(place)).title == ""


def test_safe_fixes_are_made_when_asked_for(world: World) -> None:
    someone = world.browser()
    place = someone.new()
    someone.send(place, "mend", title_1_a="A", isbn_1_a="9786045708378 (bìa cứng)")
    text = drafts.get(world.store, number(place)).text
    assert "$a9786045708378$q" in text


def test_rows_come_and_go(world: World) -> None:
    someone = world.browser()
    place = someone.open(world)
    someone.send(place, "row", "table")
    assert drafts.get(world.store, number(place)).text.endswith("=500  \\\\$a\n")
    rows = len(drafts.get(world.store, number(place)).text.splitlines())
    someone.send(place, f"drop:{rows}", "table")
    assert "=500" not in drafts.get(world.store, number(place)).text


def test_errors_are_published_only_knowingly(world: World) -> None:
    someone = world.browser()
    place = someone.open(world)
    first = someone.send(place, "publish", isbn_1_a="9786045708379")
    assert first.status_code == 409
    assert 'name="anyway"' in first.text
    assert someone.send(place, "publish", anyway="yes").status_code == 303
    assert any(world.record().select("020"))


def test_headings_are_suggested(world: World) -> None:
    catch_up(world.store, world.settings)
    someone = world.browser()
    found = someone.get("/workshop/headings/author?box=author-1-a&author-1-a=N%C3%B4ng").text
    assert '<option value="Nông Quốc Chấn">' in found
    assert someone.get("/workshop/headings/password?box=x&x=a").text.strip() == ""
    page = someone.send(someone.new(), "check", title_1_a="A", author_1_a="Nông Quốc Chan").text
    assert "<q>Nông Quốc Chấn</q>" in page


# --- several people, several windows -------------------------------------------------------------------------------


def test_two_windows_lose_nothing(world: World) -> None:
    someone = world.browser()
    place = someone.open(world)
    old = someone.form(place)
    someone.send(place, "save", title_1_a="Cửa sổ một")
    answer = someone.post(place, **{**old, "title-1-a": "Cửa sổ hai", "do": "publish"})
    assert answer.status_code == 303
    assert number(answer.headers["Location"]) != number(place)
    assert "cửa sổ khác" in someone.get(answer.headers["Location"]).text
    assert sorted(one.title for one in drafts.mine(world.store, "library-cataloguer.bk01")) == [
        "Cửa sổ hai", "Cửa sổ một",
    ]  # fmt: skip


def test_what_somebody_else_changed_is_shown_and_merged(world: World) -> None:
    someone, other = world.browser(login="hoa"), world.browser(login="lan")
    place = someone.open(world)
    someone.send(place, "save", note_1_a="Của Hoa")
    theirs = other.open(world)
    assert "hoa" in other.get(theirs).text
    other.send(theirs, "publish", title_1_a="Hồ Ba Bể của Lan")
    answer = someone.send(place, "publish")
    assert answer.headers["Location"].endswith("/compare")
    page = someone.get(answer.headers["Location"]).text
    assert "của Lan" in page
    assert "Của Hoa" in page
    someone.post(f"{place}/rebase", how="merge")
    assert someone.send(place, "publish").status_code == 303
    made = world.record()
    assert next(made.select("245")).get("a") == "Hồ Ba Bể của Lan"
    assert next(made.select("500")).get("a") == "Của Hoa"


def test_one_may_insist_on_one_s_own(world: World) -> None:
    someone, other = world.browser(login="hoa"), world.browser(login="lan")
    place = someone.open(world)
    someone.send(place, "save", title_1_a="Của Hoa")
    other.send(other.open(world), "publish", title_1_a="Của Lan")
    someone.post(f"{place}/rebase", how="mine")
    assert someone.send(place, "publish").status_code == 303
    assert next(world.record().select("245")).get("a") == "Của Hoa"


def test_a_contributor_sends_and_somebody_else_publishes(world: World) -> None:
    writer, judge = world.browser("contributor"), world.browser("library_manager")
    place = writer.open(world)
    assert 'value="publish"' not in writer.get(place).text
    assert writer.send(place, "publish", note_1_a="Thêm").status_code == 403
    writer.send(place, "send", note_1_a="Thêm")
    assert drafts.get(world.store, number(place)).state == "sent"
    assert "Hồ Ba Bể" in judge.get("/workshop/records").text
    assert "1 biểu ghi đã soạn đang chờ bạn duyệt" in judge.get("/workshop").text
    assert "chờ bạn duyệt" not in writer.get("/workshop").text
    judge.post(f"{place}/return", note="thiếu nguồn")
    assert "thiếu nguồn" in writer.get(place).text
    assert "1 biểu ghi bạn soạn được trả lại" in writer.get("/workshop").text
    assert "chờ bạn duyệt" not in judge.get("/workshop").text
    writer.send(place, "send")
    judge.post(place, **{"from": "marc", "text": "=245  00$aKẻ khác", "do": "save"})
    assert judge.post(place, do="publish").status_code == 303
    assert next(world.record().select("500")).get("a") == "Thêm"
    assert next(world.record().select("245")).get("a") == "Hồ Ba Bể"


def test_a_draft_waits_until_its_writer_takes_it_back(world: World) -> None:
    writer = world.browser("contributor")
    place = writer.open(world)
    writer.send(place, "send")
    assert writer.post(place, **{"from": "marc", "text": "x", "do": "save"}).status_code == 303
    assert "Hồ Ba Bể" in drafts.get(world.store, number(place)).text
    writer.post(f"{place}/take-back")
    assert drafts.get(world.store, number(place)).state == "draft"


# --- versions ------------------------------------------------------------------------------------------------------


def test_versions_differ_come_back_and_are_undone(world: World) -> None:
    someone = world.browser()
    someone.send(someone.open(world), "publish", title_1_a="Ho Ba Be")
    place = f"/workshop/records/{world.identifier}"
    page = someone.get(place).text
    link = re.search(r'href="([^"]+/compare\?[^"]+)"', page)
    assert link is not None
    sides = someone.get(html.unescape(link[1])).text
    assert '<mark data-mark="marks">ồ</mark>' in sides
    found = history.subject(world.store, world.identifier)
    first = history.versions(world.store, found.number)[-1].version
    answer = someone.post(f"{place}/bring-back", base=found.version, version=first)
    assert answer.status_code == 303
    assert next(world.record().select("245")).get("a") == "Hồ Ba Bể"
    done = answer.headers["Location"].rpartition("=")[2]
    someone.post(f"{place}/undo", change_set=done)
    assert next(world.record().select("245")).get("a") == "Ho Ba Be"


def test_the_versions_name_who_made_them(world: World) -> None:
    writer = world.browser("contributor", login="lan.huong")
    writer.send(place := writer.open(world), "send", title_1_a="Hồ Ba Bể mùa xuân")
    head = world.browser(login="minh.duc")
    head.send(place, "publish")
    page = head.get(f"/workshop/records/{world.identifier}").text
    assert re.search("Người thử [a-z. ]*lan.huong soạn, Người thử [a-z. ]*minh.duc công bố", page)


def test_a_record_is_deleted_and_undeleted(world: World) -> None:
    someone = world.browser()
    place = f"/workshop/records/{world.identifier}"
    base = history.subject(world.store, world.identifier).version
    answer = someone.post(f"{place}/delete", base=base)
    assert history.subject(world.store, world.identifier).record is None
    page = someone.get(answer.headers["Location"]).text
    assert "Đã xoá" in page
    number_ = re.search(r'name="change_set" value="(\d+)"', page)
    assert number_ is not None
    someone.post(f"{place}/undo", change_set=number_[1])
    assert history.subject(world.store, world.identifier).record is not None


def test_a_deletion_of_what_has_moved_is_refused(world: World) -> None:
    someone = world.browser()
    base = history.subject(world.store, world.identifier).version
    someone.send(someone.open(world), "publish", note_1_a="Mới")
    answer = someone.post(f"/workshop/records/{world.identifier}/delete", base=base)
    assert answer.status_code == 409
    assert world.record()


def test_a_harvested_record_says_what_happens_to_an_edit(world: World) -> None:
    sources.add(world.store, "bk01", "kho-oai", "oai", {})
    with world.store.write() as connection:
        connection.exec_driver_sql("UPDATE record SET source_id = (SELECT id FROM source WHERE name = 'kho-oai')")
    someone = world.browser()
    page = someone.get(f"/workshop/records/{world.identifier}").text
    assert "kho-oai" in page
    assert "Xoá biểu ghi" not in page
    assert "lần thu thập sau" in someone.get(someone.open(world)).text
    base = history.subject(world.store, world.identifier).version
    assert someone.post(f"/workshop/records/{world.identifier}/delete", base=base).status_code == 409


def test_a_copy_begins_a_new_record_in_one_s_own_library(world: World) -> None:
    someone = world.browser(library="bk02")
    place = someone.post(f"/workshop/records/{world.identifier}/copy", code="bk02").headers["Location"]
    found = drafts.get(world.store, number(place))
    assert (found.library, found.record) == ("bk02", None)
    assert "=001" not in found.text
    assert someone.post(f"/workshop/records/{world.identifier}/copy", code="bk01").status_code == 403


def test_drafts_are_listed_for_programs(world: World) -> None:
    someone = world.browser()
    someone.send(someone.new(), "save", title_1_a="=1+1")
    listed = json.loads(someone.get("/workshop/records?format=json").text)["drafts"]
    assert [one["title"] for one in listed] == ["=1+1"]
    assert "'=1+1" in someone.get("/workshop/records?format=csv").text


def test_a_draft_is_given_up(world: World) -> None:
    someone = world.browser()
    place = someone.new()
    assert someone.post(f"{place}/drop").status_code == 303
    assert someone.get(place).status_code == 404


def test_a_record_is_found_by_its_address(world: World) -> None:
    someone = world.browser()
    answer = someone.post("/workshop/records/find", identifier=f"http://lib.example/record/{world.identifier}.mrc")
    assert answer.headers["Location"].endswith(world.identifier)
    wrong = someone.post("/workshop/records/find", identifier="khong/co")
    assert "khong" not in wrong.headers["Location"].partition("?")[0]


def test_a_union_record_leads_to_those_that_it_is_made_of(world: World) -> None:
    someone = world.browser()
    Follower(world.store).follow()
    united = kin.of(world.store, world.identifier).union
    page = someone.get(f"/record/{united}").text
    assert f'href="/workshop/records/{world.identifier}"' in page
    assert f"/workshop/records/{united}" not in page
    assert f"/workshop/records/{world.identifier}" in someone.get(f"/record/{world.identifier}").text
    assert someone.get(f"/workshop/records/{united}").status_code == 404
    answer = someone.post("/workshop/records/find", identifier=f"http://lib.example/record/{united}.mrc")
    assert answer.headers["Location"] == f"/workshop/records/{world.identifier}"
    editing.create(world.store, "bk02", editing.with_control(Record(BOOK), "001", "b7"))
    Follower(world.store).follow()
    answer = someone.post("/workshop/records/find", identifier=united)
    assert answer.headers["Location"] == f"/record/{united}#contributors"


def test_pages_are_in_english_too(world: World) -> None:
    someone = world.browser()
    assert "My drafts" in someone.get("/workshop/records?lang=en").text
    place = someone.new()
    assert "Publish" in someone.get(f"{place}?lang=en").text
