"""Coming in, and what attackers try at the door."""

from __future__ import annotations

import re
from pathlib import Path
from time import time as system_time
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from accounts import sessions, totp
from accounts.rights import Role
from foundation import limits
from foundation.settings import Settings
from portal import app as portal
from portal.workshop import TICKET
from tests.accounts.provider import CLIENT, SECRET, SmallProvider, served
from tests.catalogue.conftest import Time
from tests.portal.conftest import csrf_of, signed_in
from tests.portal.lobby import OTHER, PASSWORD, app, post, prepared, sign_in, store_of, ticket, time
from tests.portal.test_rights import samples_of

__all__ = ["app", "prepared", "time"]


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
    open_to_posts = []
    for rule in app.url_map.iter_rules():
        if "POST" in (rule.methods or ()) and not rule.rule.startswith("/api/") and rule.endpoint != "connect.page":
            with app.test_request_context():
                path = app.url_for(rule.endpoint, **samples_of(rule))
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
