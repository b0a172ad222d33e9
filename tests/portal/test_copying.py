"""Searching elsewhere over HTTP: several targets, one of them dead, and what is taken over by rule."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from typing import Any

import pytest

from catalogue import changesets, drafts, editing, errands, lookups
from catalogue.lookups import Hit
from cli.search import catch_up
from foundation.limits import LOOKUPS
from foundation.vault import Vault
from harvesting import copying
from harvesting.copying import Rule
from harvesting.targets import Targets
from marc import worksheet
from marc.record import Record
from tests.portal.editor_world import HOSTILE, Browser, World, active, first, number, world
from tests.z3950_bridge import foreign
from z3950_bridge.peer import peer

__all__ = ["first", "world"]
LEADER = "00000nam a2200000 a 4500"


def made(*parts: str) -> Record:
    return Record("\x1e".join([LEADER, *(part.replace("$", "\x1f") for part in parts)]))


@pytest.fixture
def targets(world: World) -> Iterator[Targets]:
    """`there` has three books, nobody listens at `dead`."""
    mine = Targets(world.store, Vault(world.settings.home / "vault.key"))
    mine.add(
        peer("dead", "z3950", {"host": "127.0.0.1", "port": 1, "allow": ["127.0.0.1"], "timeout": 3}), enabled=True
    )
    with foreign.foreign(foreign.shelf(*foreign.books(3, "Truyện Kiều tập"))) as port:
        mine.add(foreign.at(port, title="Nơi kia"), enabled=True)
        yield mine


def found(someone: Browser, **asked: object) -> tuple[str, dict[str, Any]]:
    """The address of a search, and what is there when every target has answered."""
    answer = someone.post("/workshop/elsewhere", **({"query": "kiều", "field": "title"} | asked))
    assert answer.status_code == 303, answer.text
    place = answer.headers["Location"]
    for _ in range(300):
        listed: dict[str, Any] = json.loads(someone.get(f"{place}?format=json").text)
        if listed["complete"]:
            return place, listed
        time.sleep(0.05)
    raise AssertionError(listed)


def test_a_dead_target_is_told_in_words_and_spoils_nothing(world: World, targets: Targets) -> None:
    someone = world.browser()
    place, listed = found(someone)
    assert [one["title"] for one in listed["records"]] == [f"Truyện Kiều tập {n}" for n in (1, 2, 3)]
    assert listed["targets"]["there"]["hits"] == 3
    assert "không kết nối được" in listed["targets"]["dead"]["vi"]
    page = someone.get(place)
    assert "Nơi kia" in page.text
    assert "Refresh" not in page.headers
    assert "Truyện Kiều tập 2" in someone.get(f"{place}/2").text


def test_a_page_that_is_not_whole_loads_itself_again(world: World) -> None:
    someone = world.browser(login="hoa")
    begun = lookups.begin(world.store, "hoa", "kiều", "", {"a": {"title": "A"}}, 50)
    page = someone.get(f"/workshop/elsewhere/{begun}")
    assert page.headers["Refresh"] == "2"
    assert "đang hỏi" in page.text
    world.now += 100
    late = someone.get(f"/workshop/elsewhere/{begun}")
    assert "Refresh" not in late.headers
    assert "bị ngắt" in late.text


def test_a_hit_goes_into_the_editor_without_what_is_theirs_alone(world: World) -> None:
    someone = world.browser(login="hoa")
    theirs = made(
        "001x", "003DLC", "24500$aSách", "590  $aLocal", "650 4$aThơ", "852  $jK", "85640$uhttps://x.vn", "952  $p1"
    )
    begun = lookups.begin(world.store, "hoa", "q", "", {"loc": {"title": "LoC"}}, 1)
    lookups.note(world.store, begun, {}, [Hit(1, "loc", 1, theirs.text, b"as it came")], finished=True)
    place = f"/workshop/elsewhere/{begun}"
    answer = someone.post(f"{place}/take", hit="1", do="draft", code="bk01", subjects="yes")
    draft = drafts.get(world.store, number(answer.headers["Location"]))
    record = worksheet.read(draft.text).record
    assert [field.tag for field in record.fields] == ["001", "003", "035", "040", "245", "650", "856"]
    assert (draft.origin, draft.original, draft.library) == ("loc", b"as it came", "bk01")
    saved = someone.send(f"/workshop/drafts/{draft.number}", "publish", anyway="yes")
    assert saved.status_code == 303
    with world.store.read() as connection:
        kept = connection.exec_driver_sql("SELECT local_id FROM record ORDER BY id DESC LIMIT 1").scalar_one()
    assert kept == "loc-x"
    again = someone.post(f"{place}/take", hit="1", do="draft", code="bk01", local="yes", holdings="yes")
    text = drafts.get(world.store, number(again.headers["Location"])).text
    assert "=952" in text
    assert "=650" not in text
    assert 'name="local" value="yes" checked' in someone.get(place).text


def test_a_copied_batch_is_looked_at_before_it_is_published(world: World, targets: Targets) -> None:
    for role, may_publish in (("library_cataloguer", True), ("contributor", False)):
        someone = world.browser(role)
        place, _ = found(someone, target="there")
        answer = someone.post(f"{place}/take", hit=["1", "2", "99"], do="batch", code="bk01")
        batch = str(answer.headers["Location"])
        assert batch.startswith("/workshop/batches/")
        change_set = int(batch.rpartition("/")[2])
        with world.store.read() as connection:
            assert changesets.get(connection, change_set).state == changesets.STAGED
        assert errands.under_way(world.store, change_set), "checked and compared with the union before"
        assert (f"{batch}/publish" in someone.get(batch).text) is may_publish


def test_a_record_of_ours_is_described_anew(world: World, targets: Targets) -> None:
    own = made("001k1", "003bk01", "24500$aKiều", "852  $jK.12", "911  $aTT", "500  $aPhụ chú của ta")
    identifier = editing.create(world.store, "bk01", own).identifier
    catch_up(world.store, world.settings)
    someone = world.browser(login="hoa")
    theirs = made("001x", "24500$aTruyện Kiều", "300  $a215 tr.", "852  $jHọ", "911  $aHọ")
    begun = lookups.begin(world.store, "hoa", "q", "", {}, 1)
    held = {"identifier": identifier, "library": "bk01", "by": "isbn"}
    lookups.note(world.store, begun, {}, [Hit(1, "loc", 1, theirs.text, b"", (), 0, held)], finished=True)
    assert 'value="into"' in someone.get(f"/workshop/elsewhere/{begun}/1").text
    answer = someone.post(f"/workshop/elsewhere/{begun}/take", hit="1", do="into", code="bk01")
    draft = drafts.get(world.store, number(answer.headers["Location"]))
    assert draft.identifier == identifier
    assert [part.replace("\x1f", "$") for part in worksheet.read(draft.text).record.parts() if part[:3] != "005"] == [
        "001k1", "003bk01", "24500$aTruyện Kiều", "300  $a215 tr.", "500  $aPhụ chú của ta", "852  $jK.12", "911  $aTT",
    ]  # fmt: skip


def test_nobody_sees_another_s_search_or_takes_for_another_library(world: World) -> None:
    lookups.begin(world.store, "hoa", "q", "", {}, 1)
    begun = lookups.begin(world.store, "hoa", "q", "", {}, 1)
    lookups.note(world.store, begun, {}, [Hit(1, "loc", 1, made("24500$aA").text, b"")], finished=True)
    stranger = world.browser(login="lan")
    assert stranger.get(f"/workshop/elsewhere/{begun}").status_code == 404
    assert stranger.post(f"/workshop/elsewhere/{begun}/take", hit="1", code="bk01").status_code == 404
    mine = world.browser(login="hoa")
    assert mine.post(f"/workshop/elsewhere/{begun}/take", hit="1", do="draft", code="bk02").status_code == 403
    assert mine.client.post(f"/workshop/elsewhere/{begun}/take", data={"hit": "1", "code": "bk01"}).status_code == 400


@pytest.mark.parametrize(
    ("asked", "words"),
    [({"query": " "}, "chưa có từ"), ({"query": "a", "field": "khong"}, "khong"), ({"query": "a", "target": "x"}, "x")],
)
def test_what_cannot_be_asked_is_refused_in_words(
    world: World, targets: Targets, asked: dict[str, str], words: str
) -> None:
    answer = world.browser().post("/workshop/elsewhere", **asked)
    assert answer.status_code == 409
    assert words in answer.text


def test_too_many_searches_wait(world: World, targets: Targets) -> None:
    for _ in range(LOOKUPS):
        lookups.begin(world.store, "ai", "q", "", {}, 50)
    answer = world.browser().post("/workshop/elsewhere", query="kiều")
    assert answer.status_code == 409
    assert "LOOKUPS" in answer.text


def test_without_targets_the_page_says_what_to_do(world: World) -> None:
    assert "nhờ người quản trị bật ở màn hình “Nguồn sao chép”" in world.browser().get("/workshop/elsewhere").text


def test_no_script_comes_out_of_a_hit(world: World) -> None:
    someone = world.browser(login="hoa")
    record = made("001x", f"24500$a{HOSTILE}", f"1001 $a{HOSTILE}")
    begun = lookups.begin(world.store, "hoa", HOSTILE, "", {"loc": {"title": HOSTILE, "vi": HOSTILE, "en": HOSTILE}}, 1)
    problems = ((HOSTILE, HOSTILE),)
    lookups.note(
        world.store, begun, {"loc": {"title": HOSTILE, "vi": HOSTILE, "en": HOSTILE}},
        [Hit(1, "loc", 1, record.text, b"", problems), Hit(2, "loc", 2, None, b"", problems)], finished=True,
    )  # fmt: skip
    for path in (f"/workshop/elsewhere/{begun}", f"/workshop/elsewhere/{begun}/1", f"/workshop/elsewhere/{begun}/2"):
        assert active(someone.get(path).text) == []


def test_searches_of_yesterday_are_forgotten(world: World) -> None:
    begun = lookups.begin(world.store, "hoa", "q", "", {}, 1)
    lookups.note(world.store, begun, {}, [Hit(1, "loc", 1, None, b"")], finished=True)
    world.now += lookups.DAY + 10
    lookups.begin(world.store, "hoa", "q", "", {}, 1)
    assert lookups.get(world.store, begun, "hoa") is None
    assert lookups.hits(world.store, begun) == []


@pytest.mark.parametrize(
    ("tag", "kept"),
    [("245", True), ("856", True), ("490", True), ("590", False), ("852", False), ("876", False), ("911", False)],
)
def test_what_is_theirs_alone(tag: str, kept: bool) -> None:
    assert Rule(local=False, holdings=False).keeps(tag) is kept
    assert Rule().keeps(tag)


def test_taking_over_everything_is_what_the_command_does() -> None:
    record = made("001x", "24500$aA", "911  $aB")
    assert copying.copy(record, "bk", "loc") == copying.copy(record, "bk", "loc", Rule())
    assert any(copying.copy(record, "bk", "loc").select("911"))
