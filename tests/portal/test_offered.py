"""What a page offers can be done by whom it is offered to; and what it says is in words."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from contextlib import closing
from urllib.parse import urlsplit

import pytest
from lxml import html

from accounts import people
from accounts.audit import Entry
from accounts.rights import RIGHTS, Act, Role
from catalogue.store import Store
from foundation.settings import Settings
from portal import trail_words
from tests.portal.conftest import province, signed_in
from tests.portal.shown import World, furnish, screens
from tests.portal.test_axe import WORDS
from tests.province import load

__all__ = ["province"]
PERSONS = (Role.LIBRARY_MANAGER, Role.CONTRIBUTOR)
"""Who sees most of what is not all, and who sees least."""
FOR_CATALOGUERS = ("/workshop/put-into-collection", "/workshop/new-query", "/workshop/clusters/")
"""Where public pages lead those who may go there."""
RAW = re.compile(
    r"\b(different|default|same_work|withdrawn|role:|trial \d|draft \d|library_cataloguer|bk0\d(?!/)"
    r"|harvest\.\w+|spreadsheet\.\w+)\b"
)
"""Words of programs, which no page for people may say outside of `code`."""
SAID_IN = ("audit", "duplicates", "duplicates/decisions", "sources", "libraries", "quarantine", "runs", "rules")


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    settings = Settings(home=tmp_path_factory.mktemp("offered"))
    with closing(Store.open(settings)) as store:
        load(store, settings)
        yield furnish(settings, store, "http://localhost", itertools.cycle(WORDS))


@pytest.mark.parametrize("role", PERSONS)
def test_nothing_is_offered_that_is_refused(world: World, role: Role) -> None:
    client = signed_in(world.app, role, "" if role is Role.ADMINISTRATOR else "bk01")
    wrong = []
    for screen in screens(client, "/workshop"):
        if screen.status != 200:
            wrong.append((screen.status, screen.address))
        for form in html.document_fromstring(screen.page).iter("form"):
            if form.get("method", "get").lower() == "post":
                place = urlsplit(form.get("action") or screen.address).path
                view = world.app.url_map.bind("localhost").match(place, "POST")[0]
                act = getattr(world.app.view_functions[view], "act", None)
                if act not in (None, Act.ACCOUNT) and act not in RIGHTS[role]:
                    wrong.append((act, screen.address))
    assert wrong == []


def led_to(page: str) -> set[str]:
    return {one for one in FOR_CATALOGUERS if f'href="{one}' in page}


def test_public_pages_offer_acts_to_those_who_may_do_them(world: World) -> None:
    union = world.app.test_client().get("/search?q=a&format=json").json["records"][0]["identifier"]
    seen = {}
    for role in (None, Role.CONTRIBUTOR, Role.ADMINISTRATOR):
        client = (
            world.app.test_client() if role is None else signed_in(world.app, role, "bk01" * (role is Role.CONTRIBUTOR))
        )
        answers = [client.get("/search?q=a"), client.get(f"/record/{union}")]
        seen[role] = set().union(*(led_to(one.text) for one in answers))
        # Caches may keep what is the same to all, and a page is fresh for him alone who was offered the same.
        assert {one.headers.get("Cache-Control") == "no-store" for one in answers} == {role is not None}
        seen[role, "tag"] = answers[1].headers["ETag"]
    assert seen[None] == seen[Role.CONTRIBUTOR] == set()
    assert seen[Role.ADMINISTRATOR] == set(FOR_CATALOGUERS)
    assert seen[None, "tag"] != seen[Role.ADMINISTRATOR, "tag"]


@pytest.mark.parametrize("address", [*(f"/workshop/{one}" for one in SAID_IN), "/quality", "/quality/with-errors"])
def test_pages_for_people_speak_no_words_of_programs(world: World, address: str) -> None:
    page = html.document_fromstring(world.browser().get(address).data, parser=html.HTMLParser(encoding="utf-8"))
    for one in page.iter("code", "option", "pre"):
        one.text = ""
    main = page.find(".//main")
    assert main is not None
    assert RAW.findall("".join(str(one) for one in main.itertext())) == []


@pytest.mark.parametrize(
    ("act", "what", "detail", "told"),
    [("decide", "bk05/bt-1 different bk02/P6", "x", ("bk05/bt-1 và bk02/P6: khác ấn bản", "x")),
     ("decide", "12 split bk05/1 bk02/2", "", ("cụm 12: tách bk05/1 bk02/2", "")),
     ("decide", "withdrawn 3", "", ("rút quyết định 3", "")),
     ("union_rules", "trial 1 published", "", ("công bố lần thử 1", "")),
     ("people", "role:congtac", "-library_cataloguer", ("vai trò của congtac", "thu hồi vai trò Biên mục viên")),
     ("tokens", "+máy quầy", "push match", ("+máy quầy", "Chương trình gửi biểu ghi, Chương trình hỏi trùng")),
     ("runs", "nguon #4", "release", ("nguon, đợt 4", "cho công bố")),
     ("publish", "draft 7", "returned to hoa: thiếu năm", ("bản nháp 7", "trả lại cho hoa: thiếu năm")),
     ("import", 'fix:{"kind":"set","tag":"003","new":"bk01"}', "4", ("Ghi “bk01” vào 003", "lần sửa 4")),
     ("import", 'fix:{"kind":"khong"}', "4", ('fix:{"kind":"khong"}', "lần sửa 4")),
     ("import", "withdrawn 3", "1234 byte", ("withdrawn 3", "1234 byte"))],
)  # fmt: skip
def test_the_trail_is_told_in_words(world: World, act: str, what: str, detail: str, told: tuple[str, str]) -> None:
    with world.app.test_request_context("/workshop/audit"):
        assert trail_words.told(Entry(1, 0, "a", act, what, "", detail, None, "")) == told


def test_a_record_of_another_library_can_be_copied_and_not_edited(world: World) -> None:
    client = signed_in(world.app, Role.LIBRARY_CATALOGUER, "bk01")
    with world.store.read() as connection:
        query = "SELECT identifier FROM record WHERE local_id = 'BKT000004' AND status = 1"
        name = connection.exec_driver_sql(query).scalar_one()
    page = client.get(f"/workshop/records/{name}")
    assert page.status_code == 200
    actions = re.findall(r'<form method="post" action="([^"]+)"', page.text)
    assert [one for one in actions if one != "/sign-out"] == [f"/workshop/records/{name}/copy"]


def test_people_above_are_listed_and_not_led_to(world: World) -> None:
    signed_in(world.app, Role.PROVINCIAL_CATALOGUER, "bk01", "cap-tinh")
    text = signed_in(world.app, Role.LIBRARY_MANAGER, "bk01").get("/workshop/people").text
    with world.store.read() as connection:
        number = people.duties(connection, of=people.find(connection, "cap-tinh").number)[0].number
    assert "cap-tinh" in text
    assert "/workshop/people/cap-tinh" not in text
    assert f"/{number}/end" not in text
