"""The editor over HTTP: what is typed is kept, what is published is right, and nobody reaches what is another's."""

from __future__ import annotations

import html
import json
import re
import shutil
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from catalogue import drafts, editing, history, libraries, sources
from catalogue.libraries import Library
from catalogue.store import Store
from cli.search import catch_up
from foundation.limits import DRAFT_LINES
from foundation.settings import Settings
from marc import worksheet
from marc.record import Record
from portal import app as pages
from portal.workshop import act_of
from tests.portal.conftest import csrf_of, signed_in

HOSTILE = '"><script>alert(1)</script>{{ 7*7 }}\' onfocus=alert(1) x="'
BOOK = "\x1e".join(
    [
        "00000nam a2200000 i 4500", "001a1", "003bk01", "008200101s2015    vm            000 0 vie d",
        "1000 \x1faNông Quốc Chấn", "24510\x1faHồ Ba Bể", "264 1\x1faHà Nội :\x1fbVăn học,\x1fc2015", "9119 \x1faXX",
    ]
)  # fmt: skip


class World:
    """A store with two libraries, the application, and a record of the first."""

    def __init__(self, home: Path, identifier: str = "") -> None:
        self.settings = Settings(home=home)
        self.now = 1_800_000_000 + 100 * bool(identifier)
        self.store = Store.open(self.settings, self.tick)
        self.app: Flask = pages.create(self.store, self.settings, "http://lib.example")
        self.identifier = identifier or self.begin()

    def begin(self) -> str:
        libraries.add(self.store, Library("bk01", "Thư viện Pác Nặm"))
        libraries.add(self.store, Library("bk02", "Thư viện Ba Bể"))
        return editing.create(self.store, "bk01", Record(BOOK)).identifier

    def tick(self) -> int:
        self.now += 1
        return self.now

    def browser(self, role: str = "library_cataloguer", library: str = "bk01", login: str = "") -> Browser:
        return Browser(signed_in(self.app, role, library, login))

    def record(self, identifier: str = "") -> Record:
        found = history.subject(self.store, identifier or self.identifier).record
        assert found is not None
        return found


class Browser:
    """A signed-in person who sends back the forms they were shown."""

    def __init__(self, client: FlaskClient) -> None:
        self.client = client
        self._token = ""

    def get(self, path: str) -> TestResponse:
        return self.client.get(path)

    def post(self, path: str, **values: object) -> TestResponse:
        self._token = self._token or csrf_of(self.client)
        return self.client.post(path, data=values | {"csrf_token": self._token})

    def new(self, library: str = "bk01", kind: str = "book") -> str:
        return self.post("/workshop/drafts", code=library, kind=kind).headers["Location"]

    def open(self, world: World, identifier: str = "") -> str:
        answer = self.post(f"/workshop/records/{identifier or world.identifier}/edit")
        assert answer.status_code == 303, answer.text
        return answer.headers["Location"]

    def form(self, place: str, view: str = "form") -> dict[str, object]:
        """The values that the page's form would send."""
        page = self.get(f"{place}?view={view}").text
        body = page[page.index('<form id="sheet"') :].split("</form>")[0]
        found: dict[str, object] = {}
        for tag in re.findall(r"<input[^>]+>", body):
            name, value = re.search(r'name="([^"]+)"', tag), re.search(r'value="([^"]*)"', tag)
            if name and "checkbox" not in tag and name[1] != "csrf_token":
                _put(found, name[1], html.unescape(value[1]) if value else "")
        for name, inner in re.findall(r'<textarea[^>]*name="([^"]+)"[^>]*>\n?(.*?)</textarea>', body, re.DOTALL):
            _put(found, name, html.unescape(inner))
        for name, inner in re.findall(r'<select name="([^"]+)">(.*?)</select>', body, re.DOTALL):
            chosen = re.search(r'value="([^"]*)" selected', inner) or re.search(r'value="([^"]*)"', inner)
            assert chosen is not None
            _put(found, name, html.unescape(chosen[1]))
        return found

    def send(self, place: str, do: str, view: str = "form", **changed: object) -> TestResponse:
        boxes = {name.replace("_", "-"): value for name, value in changed.items()}
        return self.post(place, **{**self.form(place, view), **boxes, "do": do})


def _put(found: dict[str, object], name: str, value: str) -> None:
    if name in ("tag", "first", "second", "content"):
        found.setdefault(name, [])
        held = found[name]
        assert isinstance(held, list)
        held.append(value)
    else:
        found[name] = value


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """A home as every test begins with, and the identifier of its record: copying is quicker than making."""
    made = World(tmp_path_factory.mktemp("first"))
    made.store.close()
    return made.settings.home, made.identifier


@pytest.fixture
def world(tmp_path: Path, first: tuple[Path, str]) -> Iterator[World]:
    home = Path(shutil.copytree(first[0], tmp_path / "home"))
    made = World(home, first[1])
    yield made
    made.store.close()


class Active(HTMLParser):
    """Collects what a page would run: scripts but the one of ours, and attributes that are handlers."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        source = dict(attrs).get("src") or ""
        if tag == "script" and not re.fullmatch(r"/static/vendor/htmx\.min\.js", source):
            self.found.append(f"{tag} {source}")
        self.found += [name for name, _ in attrs if name.startswith("on")]
        self.found += [value for name, value in attrs if name == "href" and (value or "").startswith("javascript:")]


def active(page: str) -> list[str]:
    parser = Active()
    parser.feed(page)
    return parser.found


def number(place: str) -> int:
    return int(place.rpartition("/")[2].partition("?")[0])


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
    judge.post(f"{place}/return", note="thiếu nguồn")
    assert "thiếu nguồn" in writer.get(place).text
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


# --- what must not be done -----------------------------------------------------------------------------------------


def test_another_library_s_records_and_another_person_s_drafts_are_shut(world: World) -> None:
    owner, stranger = world.browser(), world.browser(library="bk02")
    place = owner.open(world)
    record = f"/workshop/records/{world.identifier}"
    assert stranger.get(record).status_code == 403
    for path in (f"{record}/edit", f"{record}/delete", f"{record}/undo", f"{record}/bring-back"):
        assert stranger.post(path, base="1", version="1", change_set="1").status_code == 403
    for path in (place, f"{place}/compare"):
        assert stranger.get(path).status_code == 404
    for path in ("", "/check", "/drop", "/take-back", "/rebase", "/return"):
        assert stranger.post(place + path, do="publish").status_code == 404
    assert stranger.post("/workshop/drafts", code="bk01", kind="book").status_code == 403
    colleague = world.browser(login="dong-nghiep")
    assert colleague.get(place).status_code == 404
    assert colleague.post(f"{place}/drop").status_code == 404


def test_nobody_is_led_to_the_sign_in(world: World) -> None:
    client = world.app.test_client()
    assert client.get("/workshop/records").status_code == 303
    assert "/sign-in" in client.get(f"/workshop/records/{world.identifier}").headers["Location"]


def test_forged_forms_are_refused(world: World) -> None:
    someone = world.browser()
    place = someone.open(world)
    assert someone.client.post(place, data={"from": "marc", "text": "x", "do": "publish"}).status_code == 400
    assert someone.client.post(f"{place}/drop").status_code == 400


def test_every_view_names_its_act(world: World) -> None:
    mine = ("editor.", "draft_acts.", "record_desk.", "copying.")
    found = [name for name in world.app.view_functions if name.startswith(mine)]
    assert len(found) > 15
    assert [name for name in found if act_of(world.app, name) is None] == []


@pytest.mark.parametrize("view", ["form", "table", "marc"])
def test_no_script_comes_out_of_any_field(world: World, view: str) -> None:
    someone = world.browser()
    place = someone.new()
    form = someone.form(place)
    boxes = {name: HOSTILE for name in form if re.fullmatch(r"[a-z]+-1-[a-z]", name)}
    someone.post(place, **{**form, **boxes, "do": "save"})
    someone.post(place, **{**someone.form(place, "marc"), "do": "save"})
    text = drafts.get(world.store, number(place)).text
    drafts.keep(
        world.store,
        number(place),
        text + HOSTILE + "\n=" + HOSTILE,
        drafts.get(world.store, number(place)).revision,
        title=HOSTILE,
    )
    for path in (f"{place}?view={view}", "/workshop/records", f"{place}?merged=1&overtaken={HOSTILE}"):
        page = someone.get(path)
        assert active(page.text) == [], path
        assert "49" not in page.text.split("{{ 7*7 }}")[0][-5:]
    assert "script-src 'self'" in page.headers["Content-Security-Policy"]
    assert "unsafe" not in page.headers["Content-Security-Policy"]


def test_a_form_cannot_set_what_it_does_not_show(world: World) -> None:
    someone = world.browser()
    place = someone.new()
    someone.send(
        place,
        "save",
        title_1_a="A",
        library="bk02",
        library_id="2",
        person="khac",
        state="sent",
        base="1",
        record_id="1",
    )
    found = drafts.get(world.store, number(place))
    assert (found.library, found.person, found.state, found.base, found.record) == (
        "bk01", "library-cataloguer.bk01", "draft", None, None,
    )  # fmt: skip


@pytest.mark.parametrize(
    "text",
    ["=500  $a\n" * (DRAFT_LINES + 2), "=500  $a" + "ấ" * 150_000, "=245  00" + "$a" * 60_000],
    ids=["lines", "bytes", "subfields"],
)
def test_what_is_too_much_is_refused_and_the_draft_stays(world: World, text: str) -> None:
    someone = world.browser()
    place = someone.open(world)
    before = drafts.get(world.store, number(place)).text
    answer = someone.post(place, **{"from": "marc", "text": text, "revision": "0", "do": "publish"})
    assert answer.status_code in (409, 413)
    assert before == drafts.get(world.store, number(place)).text or "subfields" in before or answer.status_code == 409
    assert next(world.record().select("245")).get("a") == "Hồ Ba Bể"


def test_a_form_that_is_too_long_is_not_read(world: World) -> None:
    someone = world.browser()
    place = someone.open(world)
    assert someone.post(place, **{"from": "marc", "text": "a" * (3 << 20)}).status_code == 413


@pytest.mark.parametrize(
    "text", ["\x00=245  00$a\x00\x1e\x1f\x1d", "=245  00$a\ud7ff\ufffe\uffff", "=LDR  ấấ\n=LDR  x", "=245  00$a\u202e"]
)
def test_odd_characters_are_survived(world: World, text: str) -> None:
    someone = world.browser()
    place = someone.open(world)
    for do in ("check", "save", "view:form", "view:table", "mend"):
        answer = someone.post(place, **{"from": "marc", "text": text, "revision": "0", "do": do})
        assert answer.status_code in (200, 303, 409), do


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


def test_pages_are_in_english_too(world: World) -> None:
    someone = world.browser()
    assert "My drafts" in someone.get("/workshop/records?lang=en").text
    place = someone.new()
    assert "Publish" in someone.get(f"{place}?lang=en").text
