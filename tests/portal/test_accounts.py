"""The pages of accounts, and what attackers try at them."""

from __future__ import annotations

import json
import re

import pytest
from flask import Flask
from lxml import html

from accounts import audit, invitations, people, tokens
from accounts.rights import Role
from catalogue import libraries
from catalogue.libraries import Library
from tests.catalogue.conftest import Time
from tests.portal.conftest import signed_in
from tests.portal.lobby import OTHER, PASSWORD, app, post, prepared, sign_in, store_of, time

__all__ = ["app", "prepared", "time"]


# --- people, across libraries ---------------------------------------------------------------------------------


def test_a_library_s_people_are_nobody_else_s_business(app: Flask) -> None:
    signed_in(app, Role.LIBRARY_CATALOGUER, "bk02", login="bienmuc")
    manager = app.test_client()
    sign_in(manager)
    assert "bienmuc" not in manager.get("/workshop/people").text
    for path in ("", "/lock", "/unlock", "/reset", "/codes-off", "/role"):
        there = f"/workshop/people/bienmuc{path}"
        nobody = f"/workshop/people/khongco{path}"
        answers = [post(manager, one) if path else manager.get(one) for one in (there, nobody)]
        assert [one.status_code for one in answers] == [404, 404], path
    rows = json.loads(manager.get("/workshop/people?format=json&library=bk02").text)["people"]
    assert {row["library"] for row in rows} == {"bk01"}


def test_roles_and_invitations_are_not_taken_by_number(app: Flask) -> None:
    signed_in(app, Role.LIBRARY_CATALOGUER, "bk02", login="bienmuc")
    administrator = signed_in(app, Role.ADMINISTRATOR)
    post(administrator, "/workshop/people/invite", role="contributor", library="bk02", name="Mới")
    manager = app.test_client()
    sign_in(manager)
    for number in range(1, 8):
        post(manager, f"/workshop/people/role/{number}/end")
        post(manager, f"/workshop/people/invitation/{number}/revoke")
    with store_of(app).read() as connection:
        held = [one.login for one in people.duties(connection) if one.revoked is None]
        revoked = connection.exec_driver_sql("SELECT count(*) FROM invitation WHERE revoked IS NOT NULL").scalar()
    assert ("bienmuc" in held, revoked) == (True, 0)


def test_what_a_form_does_not_ask_is_not_taken_from_it(app: Flask) -> None:
    """Mass assignment: fields that are there in the tables and not in the form."""
    manager = app.test_client()
    sign_in(manager)
    post(
        manager, "/workshop/libraries/bk01", name_vi="Tên mới", name_en="", email="", kind="district", parent="bk00",
        code="hacked", id="1", valid_until="1999-01-01", successor="bk02", records="5",
    )  # fmt: skip
    found = libraries.get(store_of(app), "bk01")
    assert found == Library("bk01", "Tên mới", parent="bk00")
    with store_of(app).read() as connection:
        person = people.find(connection, "ngocanh")
    post(manager, "/account/password", password=PASSWORD, new=OTHER, login="quantri", person="1", role="administrator")
    with store_of(app).read() as connection:
        assert people.find(connection, "ngocanh").number == person.number
        assert [one.role for one in people.duties(connection, of=person.number)] == ["library_manager"]


def test_a_library_does_not_leave_the_reach_of_the_one_above_by_its_own_will(app: Flask) -> None:
    manager = app.test_client()
    sign_in(manager)
    for parent in ("", "bk02"):
        answer = post(manager, "/workshop/libraries/bk01", name_vi="Tên", kind="district", parent=parent)
        assert answer.status_code == 403
    answer = post(manager, "/workshop/libraries", code="moi", name_vi="Mới", kind="commune", parent="")
    assert answer.status_code == 403
    post(manager, "/workshop/libraries", code="xa01", name_vi="Thư viện xã", kind="commune", parent="bk01")
    assert [getattr(libraries.get(store_of(app), code), "parent", None) for code in ("bk01", "moi", "xa01")] == [
        "bk00", None, "bk01",
    ]  # fmt: skip
    assert "xa01" in manager.get("/workshop/libraries").text


def test_rights_change_with_the_next_request(app: Flask) -> None:
    manager, administrator = app.test_client(), signed_in(app, Role.ADMINISTRATOR)
    sign_in(manager)
    assert manager.get("/workshop/people").status_code == 200
    post(administrator, "/workshop/people/role/1/end")
    assert manager.get("/workshop/people").status_code == 403
    post(administrator, "/workshop/people/ngocanh/role", role="library_manager", library="bk01", until="2027-01-16")
    assert manager.get("/workshop/people").status_code == 200
    post(administrator, "/workshop/people/ngocanh/lock")
    assert manager.get("/workshop/people").status_code == 303
    assert sign_in(app.test_client()).status_code == 403


def test_a_delegation_ends_with_its_day(app: Flask, time: Time) -> None:
    client, administrator = signed_in(app, Role.CONTRIBUTOR, "bk02", login="tam"), signed_in(app, Role.ADMINISTRATOR)
    # 2027-01-15 08:00 UTC is 15:00 in Bắc Kạn: the day ends there nine hours later.
    post(administrator, "/workshop/people/tam/role", role="library_manager", library="bk02", until="2027-01-15")
    time.pass_(9 * 3600 - 1)
    client = signed_in(app, Role.CONTRIBUTOR, "bk02", login="tam")
    assert client.get("/workshop/people").status_code == 200
    time.pass_()
    assert client.get("/workshop/people").status_code == 403


def test_an_invitation_makes_an_account_and_lets_it_in(app: Flask) -> None:
    manager = app.test_client()
    sign_in(manager)
    made = post(manager, "/workshop/people/invite", role="library_cataloguer", library="bk01", name="Lý Thị Mới")
    link = re.search(r"http://localhost(/invitation/[\w-]{43})", made.text)
    assert link is not None
    guest = app.test_client()
    assert "Lý Thị Mới" in guest.get(link[1]).text
    bad = post(guest, link[1], link[1], login="moi", name="Lý Thị Mới", password="ngắn")
    assert bad.status_code == 400
    done = post(guest, link[1], link[1], login="moi", name="Lý Thị Mới", password=OTHER, role="administrator")
    assert done.location == "/workshop"
    first = guest.get("/workshop").text
    assert "Tài khoản moi đã có" in first, "how to come in again, and where to look"
    assert "của bạn" in guest.get("/workshop/rights").text
    assert guest.get("/workshop/people").status_code == 403
    assert app.test_client().get(link[1]).status_code == 404


def test_a_role_is_taken_in_two_presses_that_say_whose_it_is_and_never_one_s_own(app: Flask) -> None:
    signed_in(app, Role.CONTRIBUTOR, "bk01", login="hoa")
    manager = app.test_client()
    sign_in(manager)
    page = html.fromstring(manager.get("/workshop/people").data)
    (ends,) = page.xpath("//form[contains(@action, '/role/') and contains(@action, '/end')]")
    assert "Người thử hoa" in ends.xpath("ancestor::details/summary")[0].text_content()
    assert "bạn" in page.xpath("//tr[.//code[text()='ngocanh']]/td[last()]")[0].text_content()


def test_people_are_called_by_their_names_and_logins_stand_beside_them_in_the_trail(app: Flask) -> None:
    manager, administrator = app.test_client(), signed_in(app, Role.ADMINISTRATOR)
    sign_in(manager)
    signed_in(app, Role.CONTRIBUTOR, "bk01", login="hoa")
    post(manager, "/workshop/people/hoa/role", role="library_cataloguer", library="bk01")
    with store_of(app).read() as connection:
        name = people.find(connection, "ngocanh").name
    assert name != "ngocanh"
    assert name in html.fromstring(administrator.get("/workshop/people/hoa").data).find(".//table").text_content()
    row = html.fromstring(administrator.get("/workshop/audit?actor=ngocanh").data).xpath("//td[@data-label='Ai']")[0]
    assert row.text_content().split() == [*name.split(), "ngocanh"]


def test_a_manager_cannot_invite_an_administrator(app: Flask) -> None:
    manager = app.test_client()
    sign_in(manager)
    for role, library in (("administrator", ""), ("provincial_cataloguer", "bk01"), ("contributor", "bk02")):
        answer = post(manager, "/workshop/people/invite", role=role, library=library, name="X")
        assert (answer.status_code, answer.location) == (303, "/workshop/people")
    with store_of(app).read() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM invitation").scalar() == 0


def test_a_reset_link_lets_its_owner_choose(app: Flask) -> None:
    administrator, guest = signed_in(app, Role.ADMINISTRATOR), app.test_client()
    made = post(administrator, "/workshop/people/ngocanh/reset")
    link = re.search(r"http://localhost(/invitation/[\w-]{43})", made.text)
    assert link is not None
    assert sign_in(app.test_client()).status_code == 303, "the old one is good until then"
    assert post(guest, link[1], link[1], password=OTHER).location == "/workshop"
    assert sign_in(app.test_client()).status_code == 403
    assert sign_in(app.test_client(), password=OTHER).status_code == 303


# --- tokens ---------------------------------------------------------------------------------------------------


def test_a_token_is_made_shown_once_and_revoked_at_once(app: Flask) -> None:
    manager = app.test_client()
    sign_in(manager)
    made = post(manager, "/workshop/tokens", library="bk01", name="máy 1", scope="push", days="30")
    secret = re.search(r"lt_\d+_[\w-]{43}", made.text)
    assert secret is not None
    assert secret[0] not in manager.get("/workshop/tokens").text
    assert tokens.admitted(store_of(app), secret[0]) is not None
    post(manager, "/workshop/tokens/bk01/revoke", name="máy 1")
    assert tokens.admitted(store_of(app), secret[0]) is None


def test_a_token_is_made_for_ones_own_library_and_known_scopes(app: Flask) -> None:
    manager = app.test_client()
    sign_in(manager)
    assert post(manager, "/workshop/tokens", library="bk02", name="x", scope="push").status_code == 403
    for scope in ("system", "collections", "nothing", ""):  # those of others, and none
        post(manager, "/workshop/tokens", library="bk01", name="x", scope=scope)
    assert tokens.every(store_of(app)) == []


# --- the trail ------------------------------------------------------------------------------------------------


def test_the_trail_says_who_came_in_and_who_did_not(app: Flask) -> None:
    sign_in(app.test_client(), password="sai mật khẩu rồi")
    sign_in(app.test_client(), login="Mật khẩu gõ nhầm ô", password="x")
    sign_in(app.test_client())
    with store_of(app).read() as connection:
        found = [(one.act, one.actor, one.object, one.address) for one in audit.entries(connection)]
    assert found == [
        ("sign_in", "ngocanh", "", "127.0.0.1"), ("sign_in_failed", "", "?", "127.0.0.1"),
        ("sign_in_failed", "", "ngocanh", "127.0.0.1"),
    ]  # fmt: skip


def test_a_library_reads_what_concerns_it(app: Flask) -> None:
    administrator = signed_in(app, Role.ADMINISTRATOR)
    for library in ("bk01", "bk02"):
        post(administrator, "/workshop/tokens", library=library, name=f"=máy {library}", scope="push")
    manager = app.test_client()
    sign_in(manager)
    page = manager.get("/workshop/audit").text
    assert ("máy bk01" in page, "máy bk02" in page) == (True, False)
    rows = json.loads(manager.get("/workshop/audit?format=json&library=bk02").text)["audit"]
    assert rows == []
    assert "máy bk02" in administrator.get("/workshop/audit?verify=1").text
    table = administrator.get("/workshop/audit?format=csv").text
    assert table.startswith("\ufeffnumber,moment,actor,act,object")


def test_the_checker_answers_about_those_one_looks_after(app: Flask) -> None:
    signed_in(app, Role.LIBRARY_CATALOGUER, "bk02", login="bienmuc")
    manager = app.test_client()
    sign_in(manager)
    ask = "/workshop/rights?act=publish&library={}&login={}"
    assert "Được." in manager.get(ask.format("bk01", "ngocanh")).text
    assert "bk02" in manager.get(ask.format("bk02", "ngocanh")).text
    unknown = [manager.get(ask.format("bk02", login)).text.replace(login, "X") for login in ("bienmuc", "khongco")]
    assert unknown[0] == unknown[1]
    assert "Được." in signed_in(app, Role.ADMINISTRATOR).get(ask.format("bk02", "bienmuc")).text


def test_what_is_one_person_s_is_kept_by_no_cache(app: Flask) -> None:
    client = signed_in(app, Role.ADMINISTRATOR)
    for path in ("/workshop", "/account", "/workshop/people", "/sign-in"):
        assert client.get(path).headers["Cache-Control"] == "no-store", path
    assert "no-store" not in app.test_client().get("/").headers.get("Cache-Control", "")
    assert "Set-Cookie" not in app.test_client().get("/").headers


@pytest.mark.parametrize(
    "path", ["/workshop", "/account", "/workshop/people", "/workshop/libraries", "/workshop/rights"]
)
def test_names_are_text_and_pages_have_no_script(app: Flask, path: str) -> None:
    evil = "<script>alert(1)</script>"
    with store_of(app).write() as connection:
        number = people.create(connection, 1, "evil", evil).number
        people.give(connection, 1, number, "administrator", "", "test")
        libraries.change(connection, "bk01", name_vi=evil, name_en="", email="", parent="bk00", kind="district")
    page = signed_in(app, Role.ADMINISTRATOR, login="evil").get(path)
    assert evil not in page.text
    assert "<script" not in page.text
    assert " style=" not in page.text
    assert "script-src" not in page.headers["Content-Security-Policy"]


def test_english_pages_have_no_vietnamese_left(app: Flask) -> None:
    client = signed_in(app, Role.ADMINISTRATOR)
    for path in ("/workshop/people", "/account", "/workshop/rights", "/workshop/tokens", "/workshop/audit"):
        page = client.get(f"{path}?lang=en").text
        assert "Người dùng" not in page
        assert "Vai trò" not in page


def many(app: Flask, count: int) -> None:
    """People with a role at bk01, and as many invitations to it."""
    store = store_of(app)
    with store.write() as connection:
        now = store.now(connection)
        giver = people.who(connection, people.find(connection, "ngocanh").number, now)
        assert giver is not None
        for n in range(count):
            made = people.create(connection, now, f"nguoi{n:03}", f"Người {n:03}", email=f"n{n:03}@vidu.vn")
            people.give(connection, now, made.number, "contributor", "bk01", "test")
            invitations.invite(connection, now, giver, "contributor", "bk01", name=f"Khách {n:03}")


def test_lists_of_people_and_invitations_come_in_pages_that_follow_one_another(app: Flask) -> None:
    many(app, 60)
    client = app.test_client()
    sign_in(client)
    for path, names in (
        ("/workshop/people", r"nguoi\d{3}</code>"),
        ("/workshop/people/all/invitations", r"Khách \d{3}</th>"),
    ):
        first = client.get(path).text
        onward = re.search(r'rel="next" href="([^"]+)"', first)
        assert onward is not None, path
        second = client.get(onward[1].replace("&amp;", "&")).text
        seen = [*re.findall(names, first), *re.findall(names, second)]
        assert (len(seen), len(set(seen))) == (60, 60), path
        assert 'rel="next"' not in second


def test_lists_of_people_are_narrowed_and_written_as_files(app: Flask) -> None:
    many(app, 3)
    client = app.test_client()
    sign_in(client)
    rows = client.get("/workshop/people?q=NGUOI002&format=json").json["people"]
    assert [one["login"] for one in rows] == ["nguoi002"]
    rows = client.get("/workshop/people?role=library_manager&format=json").json["people"]
    assert [one["login"] for one in rows] == ["ngocanh"]
    found = client.get("/workshop/people/all/invitations?q=001&format=csv").text.splitlines()
    assert len(found) == 2
    assert "Khách 001" in found[1]
    assert "Không ai hợp với điều đã lọc" in client.get("/workshop/people?q=khôngai").text


def test_nobody_reads_the_people_of_other_libraries_by_a_filter(app: Flask) -> None:
    store = store_of(app)
    with store.write() as connection:
        made = people.create(connection, store.now(connection), "nguoila", "Người lạ")
        people.give(connection, store.now(connection), made.number, "contributor", "bk02", "test")
    client = app.test_client()
    sign_in(client)
    for asked in ("?library=bk02", "?q=nguoila", "?library=bk02&format=json", "?library=bk02&format=csv"):
        assert "Người lạ" not in client.get(f"/workshop/people{asked}").text
