"""The editor's doors: rights, forged forms, scripts in fields, and more than anybody types."""

from __future__ import annotations

import re

import pytest

from catalogue import drafts
from foundation.limits import DRAFT_LINES
from portal.workshop import act_of
from tests.portal.editor_world import HOSTILE, World, active, first, number, world

__all__ = ["first", "world"]


# --- what must not be done -----------------------------------------------------------------------------------------


def test_another_library_s_records_and_another_person_s_drafts_are_shut(world: World) -> None:
    owner, stranger = world.browser(), world.browser(library="bk02")
    place = owner.open(world)
    record = f"/workshop/records/{world.identifier}"
    shown = stranger.get(record)  # as a model for a record of one's own
    assert shown.status_code == 200
    assert set(re.findall(rf'action="{record}([^"]*)"', shown.text)) == {"/copy"}
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
    ("text", "kept"),
    [
        ("=500  $a\n" * (DRAFT_LINES + 2), False),
        ("=500  $a" + "ấ" * 150_000, False),
        ("=245  00" + "$a" * 60_000, True),
    ],
    ids=["lines", "bytes", "subfields"],
)
def test_what_is_too_much_is_refused_and_never_published(world: World, text: str, kept: bool) -> None:
    someone = world.browser()
    place = someone.open(world)
    before = drafts.get(world.store, number(place)).text
    answer = someone.post(place, **{"from": "marc", "text": text, "revision": "0", "do": "publish"})
    assert answer.status_code in (409, 413)
    assert (drafts.get(world.store, number(place)).text != before) is kept
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
