"""The pages of accounts, and what attackers try at them."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from time import time as system_time
from typing import Any

import pytest
from argon2 import PasswordHasher
from flask import Flask
from flask.testing import FlaskClient

from accounts import audit, passwords, people, sessions, tokens, totp
from accounts.rights import Role
from catalogue import libraries
from catalogue.libraries import Library
from catalogue.store import Store
from foundation import limits
from foundation.settings import Settings
from portal import app as portal
from portal.workshop import TICKET
from tests.accounts.provider import CLIENT, SECRET, SmallProvider, served
from tests.catalogue.conftest import Time
from tests.portal.conftest import csrf_of, signed_in

PASSWORD = "một câu dễ nhớ của tôi"
OTHER = "câu khác hẳn, cũng dễ nhớ"


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with three libraries, and Ngọc Anh who looks after bk01; made once, for migrations take long."""
    settings = Settings(home=tmp_path_factory.mktemp("prepared"))
    time = Time()
    with closing(Store.open(settings, time)) as store:
        libraries.add(store, Library("bk00", "Thư viện tỉnh", kind="provincial"))
        for code in ("bk01", "bk02"):
            libraries.add(store, Library(code, f"Thư viện {code}", parent="bk00"))
        hashed = PasswordHasher(1, 64, 1).hash(PASSWORD)
        with store.write() as connection:
            number = people.create(connection, time.now, "ngocanh", "Ngọc Anh", hashed=hashed).number
            people.give(connection, time.now, number, "library_manager", "bk01", "test")
    return settings.home / "lienthong.sqlite"


@pytest.fixture
def app(tmp_path: Path, time: Time, monkeypatch: pytest.MonkeyPatch, prepared: Path) -> Iterator[Flask]:
    """The pages over a copy of it; passwords are hashed quickly."""
    monkeypatch.setattr(passwords, "HASHER", PasswordHasher(1, 64, 1))
    passwords._nobody_s.cache_clear()
    shutil.copy(prepared, tmp_path)
    settings = Settings(home=tmp_path)
    with closing(Store.open(settings, time)) as store:
        yield portal.create(store, settings, "http://localhost")
    passwords._nobody_s.cache_clear()


def store_of(app: Flask) -> Store:
    found: Store = app.extensions["workshop"].store
    return found


def post(client: FlaskClient, path: str, page: str = "/workshop", **form: str) -> Any:
    return client.post(path, data={"csrf_token": csrf_of(client, page)} | form)


def sign_in(client: FlaskClient, login: str = "ngocanh", password: str = PASSWORD, **more: str) -> Any:
    return post(client, "/sign-in", "/sign-in", login=login, password=password, **more)


def ticket(client: FlaskClient) -> str:
    with client.session_transaction() as session:
        return str(session.get(TICKET, ""))


# --- coming in ------------------------------------------------------------------------------------------------


def test_a_session_planted_beforehand_opens_nothing(app: Flask) -> None:
    """Fixation: the ticket is new at the sign-in, and whatever the browser had before is gone."""
    client = app.test_client()
    with client.session_transaction() as session:
        session[TICKET], session["planted"] = "known-to-the-attacker", "x"
    sign_in(client)
    assert ticket(client) not in ("", "known-to-the-attacker")
    with client.session_transaction() as session:
        assert "planted" not in session
    attacker = app.test_client()
    with attacker.session_transaction() as session:
        session[TICKET] = "known-to-the-attacker"
    assert attacker.get("/workshop").status_code == 303


def test_a_second_sign_in_ends_the_session_before(app: Flask) -> None:
    client = app.test_client()
    sign_in(client)
    first = ticket(client)
    post(client, "/sign-in", "/workshop", login="ngocanh", password=PASSWORD)
    assert ticket(client) != first
    thief = app.test_client()
    with thief.session_transaction() as session:
        session[TICKET] = first
    assert thief.get("/workshop").status_code == 303


@pytest.mark.parametrize("cookie", ["x", "eyJ0aWNrZXQiOiJ4In0.aaaa.bbbb", ""])
def test_a_cookie_that_is_not_ours_is_nobody_s(app: Flask, cookie: str) -> None:
    client = app.test_client()
    client.set_cookie("lienthong", cookie)
    assert client.get("/workshop").status_code == 303


@pytest.mark.parametrize(("base", "name", "secure"), [
    ("https://lib.example", "__Host-lienthong", True), ("http://127.0.0.1:8080", "lienthong", False),
])  # fmt: skip
def test_cookies_are_kept_from_scripts_and_other_sites(
    app: Flask, tmp_path: Path, base: str, name: str, secure: bool
) -> None:  # fmt: skip
    made = portal.create(store_of(app), Settings(home=tmp_path), base)
    answer = made.test_client().get("/sign-in?lang=en")
    cookies = {one.split("=")[0]: one for one in answer.headers.getlist("Set-Cookie")}
    assert set(cookies) == {name, "lang"}
    for one in cookies.values():
        assert "HttpOnly" in one
        assert "SameSite=Lax" in one
        assert ("Secure" in one) == secure
        assert "Domain" not in one
        assert "Path=/" in one


@pytest.mark.parametrize("wanted", [
    "https://evil.example/", "//evil.example", "/\\evil.example", "\\\\evil.example", "/\t/evil.example",
    "javascript:x", "http:evil", "///evil.example", "evil", "/%0d%0aX: y\r\n", "",
])  # fmt: skip
def test_nobody_is_led_elsewhere(app: Flask, wanted: str) -> None:
    assert sign_in(app.test_client(), next=wanted).location == "/workshop"


def test_one_comes_to_the_page_that_was_wanted(app: Flask) -> None:
    client = app.test_client()
    assert client.get("/workshop/people?library=bk01").location == "/sign-in?next=/workshop/people?library%3Dbk01"
    assert sign_in(client, next="/workshop/people?library=bk01").location == "/workshop/people?library=bk01"


def test_nobody_learns_which_logins_there_are(app: Flask) -> None:
    pages = []
    for login in ("ngocanh", "khongco"):
        answer = sign_in(app.test_client(), login, "sai mật khẩu rồi")
        body = re.sub(r'name="csrf_token" value="[^"]+"', "", answer.text).replace(login, "LOGIN")
        pages.append((answer.status_code, body, sorted(answer.headers.keys())))
    assert pages[0] == pages[1]


def test_guessing_is_braked_for_any_login_alike(app: Flask, time: Time) -> None:
    for login in ("ngocanh", "khongco"):
        client = app.test_client()
        seen = [sign_in(client, login, "sai mật khẩu rồi").status_code for _ in range(limits.SIGN_IN_FREE + 1)]
        assert seen == [403] * limits.SIGN_IN_FREE + [429]
    answer = sign_in(client, "ngocanh")
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "15"), "nor with the right password"
    time.pass_(15)
    assert sign_in(client, "ngocanh").status_code == 303


def test_a_session_ends_by_idling_and_by_age(app: Flask, time: Time) -> None:
    client = app.test_client()
    sign_in(client)
    for _ in range(4):
        time.pass_(3 * 3600)
        last = client.get("/workshop").status_code
    assert last == 303, "twelve hours, used all the time"
    sign_in(client)
    time.pass_(4 * 3600)
    assert client.get("/workshop").status_code == 303


def test_one_ends_ones_own_sessions_and_nobody_else_s(app: Flask) -> None:
    mine, other = app.test_client(), signed_in(app, Role.CONTRIBUTOR, "bk02")
    sign_in(mine)
    with store_of(app).read() as connection:
        numbers = connection.exec_driver_sql("SELECT id FROM session ORDER BY id").scalars().all()
    for number in numbers:
        if number != numbers[-1]:
            post(mine, f"/account/sessions/{number}/end")
    assert other.get("/workshop").status_code == 200


def test_a_new_password_ends_the_other_sessions(app: Flask) -> None:
    here, there = app.test_client(), app.test_client()
    for client in (here, there):
        sign_in(client)
    post(here, "/account/password", password="sai mật khẩu rồi", new=OTHER)
    assert there.get("/workshop").status_code == 200
    post(here, "/account/password", password=PASSWORD, new="ngắn")
    assert there.get("/workshop").status_code == 200
    post(here, "/account/password", password=PASSWORD, new=OTHER)
    assert (here.get("/workshop").status_code, there.get("/workshop").status_code) == (200, 303)
    assert sign_in(there).status_code == 403
    assert sign_in(there, password=OTHER).status_code == 303


# --- one-time codes -------------------------------------------------------------------------------------------


def with_codes(app: Flask, time: Time) -> tuple[str, list[str]]:
    """Ngọc Anh turns on one-time codes; the secret, and the recovery codes."""
    client = app.test_client()
    sign_in(client)
    page = client.get("/account/codes").text
    assert '<svg xmlns="http://www.w3.org/2000/svg" class="qr"' in page
    found = re.search(r"<code>([A-Z2-7 ]{39})</code>", page)
    assert found is not None
    secret = found[1].replace(" ", "")
    wrong = post(client, "/account/codes", "/account/codes", code="000000")
    assert wrong.location == "/account/codes"
    done = post(client, "/account/codes", "/account/codes", code=totp.code(secret, time.now // 30))
    return secret, re.findall(r"<li><code>([a-z2-7-]{19})</code>", done.text)


def test_the_password_alone_opens_nothing_once_codes_are_on(app: Flask, time: Time) -> None:
    secret, recovery = with_codes(app, time)
    assert len(recovery) == totp.RECOVERY_CODES
    time.pass_(60)
    client = app.test_client()
    assert sign_in(client, next="/workshop/people").location == "/sign-in/code"
    half = ticket(client)
    assert client.get("/workshop").status_code == 303
    assert post(client, "/sign-in/code", "/sign-in/code", code="000000").status_code == 403
    code = totp.code(secret, time.now // 30)
    assert post(client, "/sign-in/code", "/sign-in/code", code=code).location == "/workshop/people"
    assert ticket(client) != half
    assert client.get("/workshop").status_code == 200
    again = app.test_client()
    sign_in(again)
    assert post(again, "/sign-in/code", "/sign-in/code", code=code).status_code == 403, "a code is good once"
    assert post(again, "/sign-in/code", "/sign-in/code", code=recovery[0]).status_code == 303


def test_codes_cannot_be_guessed(app: Flask, time: Time) -> None:
    secret, _ = with_codes(app, time)
    time.pass_(60)
    client = app.test_client()
    sign_in(client)
    seen = [post(client, "/sign-in/code", "/sign-in/code", code="000000").status_code for _ in range(6)]
    assert seen == [403] * limits.SIGN_IN_FREE + [429]
    right = totp.code(secret, time.now // 30)
    assert post(client, "/sign-in/code", "/sign-in/code", code=right).status_code == 429


def test_the_second_step_does_not_wait_for_ever(app: Flask, time: Time) -> None:
    secret, _ = with_codes(app, time)
    client = app.test_client()
    sign_in(client)
    csrf = csrf_of(client, "/sign-in/code")
    time.pass_(sessions.WAITING_SECONDS + 1)
    code = totp.code(secret, time.now // 30)
    assert client.post("/sign-in/code", data={"csrf_token": csrf, "code": code}).location == "/sign-in"
    assert client.get("/workshop").status_code == 303


def test_codes_are_turned_off_with_the_password_or_by_who_looks_after_one(app: Flask, time: Time) -> None:
    with_codes(app, time)
    administrator = signed_in(app, Role.ADMINISTRATOR)
    post(administrator, "/workshop/people/ngocanh/codes-off")
    assert sign_in(app.test_client()).location == "/workshop"


# --- forged forms ---------------------------------------------------------------------------------------------


def test_no_form_is_taken_without_its_token(app: Flask) -> None:
    """Every address that changes something, asked as the administrator by another site's form."""
    client = signed_in(app, Role.ADMINISTRATOR)
    samples = {"library": "bk01", "login": "ngocanh", "secret": "x"}
    open_to_posts = []
    for rule in app.url_map.iter_rules():
        if "POST" in (rule.methods or ()) and not rule.rule.startswith("/api/") and rule.endpoint != "connect.page":
            with app.test_request_context():
                path = app.url_for(rule.endpoint, **{name: samples.get(name, 1) for name in rule.arguments})
            for headers in ({}, {"Content-Type": "application/json"}, {"X-CSRFToken": "x"}):
                if client.post(path, data=b"{}", headers=headers).status_code != 400:
                    open_to_posts.append(rule.rule)
    assert set(open_to_posts) <= {"/connect"}


def test_a_cookie_is_worth_nothing_beside_a_token(app: Flask) -> None:
    client = signed_in(app, Role.ADMINISTRATOR)
    answer = client.post("/workshop/people/ngocanh/lock", headers={"Authorization": "Bearer x"})
    assert (answer.status_code, answer.mimetype) == (401, "application/problem+json")
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")


def test_looking_changes_nothing(app: Flask) -> None:
    client = signed_in(app, Role.ADMINISTRATOR)
    samples = {"library": "bk01", "login": "ngocanh", "secret": "x"}

    def kept() -> list[Any]:
        names = ("person", "duty", "invitation", "token", "library", "audit", "throttle")
        with store_of(app).read() as connection:
            return [connection.exec_driver_sql(f"SELECT * FROM {name}").all() for name in names]

    before = kept()
    for rule in app.url_map.iter_rules():
        if (
            rule.endpoint.startswith(("signing", "account", "people", "organisations", "trail"))
            and "GET" in rule.methods
        ):  # type: ignore[operator]
            with app.test_request_context():
                path = app.url_for(rule.endpoint, **{name: samples.get(name, 1) for name in rule.arguments})
            assert client.get(path).status_code < 500
    assert kept() == before


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
    assert guest.get("/workshop").status_code == 200
    assert guest.get("/workshop/people").status_code == 403
    assert app.test_client().get(link[1]).status_code == 404


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
    for scope in ("people", "system", "audit", ""):
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


# --- a provider of identities -------------------------------------------------------------------------------


def test_an_identity_is_joined_by_its_owner_and_then_lets_in(app: Flask, time: Time, tmp_path: Path) -> None:
    with served(SmallProvider(int(system_time()))) as small:
        settings = Settings(
            home=tmp_path, oidc_issuer=small.issuer, oidc_client=CLIENT, oidc_secret=SECRET, oidc_name="Tỉnh",
            oidc_allow=("127.0.0.1",),
        )  # fmt: skip
        made = portal.create(store_of(app), settings, "http://localhost")

        def come_back(client: FlaskClient, page: str) -> Any:
            there = post(client, "/sign-in/leave", page).location
            return client.get("/sign-in/arrive", query_string=small.authorize(there))

        stranger = made.test_client()
        assert "Tỉnh" in stranger.get("/sign-in").text
        assert come_back(stranger, "/sign-in").status_code == 403, "nobody is let in by a name they have elsewhere"
        owner = made.test_client()
        sign_in(owner)
        assert come_back(owner, "/account").location == "/account"
        guest = made.test_client()
        assert come_back(guest, "/sign-in").location == "/workshop"
        assert "Ngọc Anh" in guest.get("/workshop").text
        there = post(owner, "/sign-in/leave", "/account").location
        assert made.test_client().get("/sign-in/arrive", query_string=small.authorize(there)).status_code == 403
