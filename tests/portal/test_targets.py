"""The screen of the catalogues to copy from: who may set what, what is shown of a password, a target really called."""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient

from accounts.rights import Role
from catalogue import targets as stored
from foundation.vault import Vault
from harvesting.targets import Targets
from tests.portal.conftest import csrf_of, signed_in
from tests.portal.rest_world import World, rest_made, world  # noqa: F401 - fixtures
from tests.z3950_bridge.world import World as Catalogue
from tests.z3950_bridge.world import serving

SECRET = "mật-khẩu-rất-riêng"
HERE = {"name": "tinh", "host": "z.example.vn", "port": "210", "database": "Default", "user": "bk", "enabled": "yes"}


@pytest.fixture
def client(world: World) -> FlaskClient:  # noqa: F811
    return signed_in(world.app, Role.PROVINCIAL_CATALOGUER, "bk00")


@pytest.fixture
def administrator(world: World) -> FlaskClient:  # noqa: F811
    return signed_in(world.app, Role.ADMINISTRATOR)


def post(client: FlaskClient, path: str, **form: str) -> Any:
    said = {"csrf_token": csrf_of(client), **form}
    path = "new-target" if path == "new" else f"targets/{path}"
    return client.post(f"/workshop/{path}", data=said, follow_redirects=True)


def opened(world: World) -> Targets:  # noqa: F811
    return Targets(world.store, Vault(world.settings.home / "vault.key"))


def test_a_target_is_added_and_its_password_is_kept_encrypted_and_never_shown(
    world: World, client: FlaskClient,  # noqa: F811
) -> None:  # fmt: skip
    said = post(client, "new", **HERE, protocol="z3950", password=SECRET)
    assert "Đã lưu tinh" in said.text
    assert SECRET not in said.text
    kept = stored.get(world.store, "tinh")
    assert kept.enabled
    assert SECRET not in str(kept.settings)
    assert opened(world).get("tinh").password == SECRET
    for form in ("", "?format=json", "?format=csv", "/tinh"):
        shown = client.get(f"/workshop/targets{form}")
        assert "tinh" in shown.text
        assert SECRET not in shown.text
        assert kept.settings["password"] not in shown.text
    told = world.call("GET", "/targets/every", "targets", library="bk00")
    mine = next(one for one in told.json["items"] if one["name"] == "tinh")
    assert (mine["password"], "password" in mine["settings"]) == (True, False)


def test_a_password_is_not_sent_to_another_address(world: World, client: FlaskClient) -> None:  # noqa: F811
    post(client, "new", **HERE, protocol="z3950", password=SECRET)
    said = post(client, "tinh", **HERE | {"host": "evil.example.org"})
    assert (said.status_code, "Hãy gõ lại mật khẩu" in said.text) == (409, True)
    assert opened(world).get("tinh").host == "z.example.vn"
    assert post(client, "tinh", **HERE | {"title": "Tỉnh bạn"}).status_code == 200
    assert opened(world).get("tinh").password == SECRET
    post(client, "tinh", **HERE | {"host": "new.example.vn"}, forget="yes")
    assert (opened(world).get("tinh").host, opened(world).get("tinh").password) == ("new.example.vn", "")


def test_private_networks_are_for_administrators(
    world: World, client: FlaskClient, administrator: FlaskClient  # noqa: F811
) -> None:  # fmt: skip
    private = HERE | {"host": "10.1.2.3", "allow": "10.1.0.0/16", "protocol": "z3950"}
    assert post(client, "new", **private).status_code == 409
    assert stored.every(world.store) == []
    assert post(administrator, "new", **private).status_code == 200
    moved = HERE | {"host": "10.1.9.9"}  # the network was opened for one address, not for whoever may change it
    assert post(client, "tinh", **moved).status_code == 409
    assert opened(world).get("tinh").host == "10.1.2.3"


def test_what_a_setting_cannot_be_is_told(world: World, client: FlaskClient) -> None:  # noqa: F811
    said = post(client, "new", **HERE | {"port": "99999"}, protocol="z3950")
    assert (said.status_code, 'role="alert"' in said.text) == (409, True)
    assert stored.every(world.store) == []


def test_one_that_is_known_is_let_in_shut_out_and_forgotten(world: World, client: FlaskClient) -> None:  # noqa: F811
    assert "Đã bật loc" in post(client, "loc/enable").text
    assert 'value="loc"' in client.get("/workshop/elsewhere").text
    post(client, "loc/disable")
    assert 'value="loc"' not in client.get("/workshop/elsewhere").text
    post(client, "loc/remove")
    assert stored.every(world.store) == []
    assert "có sẵn, chưa bật" in client.get("/workshop/targets").text


def test_a_target_is_called_on_trial(world: World, administrator: FlaskClient) -> None:  # noqa: F811
    with serving(Catalogue()) as there:
        post(administrator, "new", name="gan", url=f"http://{there}/sru", allow="127.0.0.0/8", protocol="sru")
        said = post(administrator, "gan/try", words="bể").text
    assert "Có trả lời" in said
    assert "Tìm được" in said
    assert "Ba Bể" in said


def test_a_trial_calls_no_private_address_that_was_not_allowed(world: World, administrator: FlaskClient) -> None:  # noqa: F811
    with serving(Catalogue()) as there:
        post(administrator, "new", name="gan", url=f"http://{there}/sru", protocol="sru")
        said = post(administrator, "gan/try").text
    assert 'data-state="failed"' in said
    assert "Có trả lời" not in said


def test_programs_do_the_same(world: World) -> None:  # noqa: F811
    def call(method: str, path: str, said: Any = None, *scopes: str) -> Any:
        return world.call(method, f"/targets/{path}", "targets", *scopes, library="bk00", said=said)

    made = {"protocol": "sru", "settings": {"url": "https://sru.example.vn/"}, "password": SECRET}
    assert call("PUT", "ban", made).json["state"] == "enabled"
    assert call("PUT", "ban", {"protocol": "sru", "settings": {"title": "Bạn"}}).json["title"] == "Bạn"
    assert opened(world).get("ban").password == SECRET
    assert call("PUT", "ban", {"protocol": "sru", "settings": {"nothing": 1}}).status_code == 400
    private = {"protocol": "sru", "settings": {"allow": ["10.0.0.0/8"]}}
    assert (call("PUT", "ban", private).status_code, call("PUT", "ban", private, "system").status_code) == (409, 200)
    assert call("POST", "ban/disable").status_code == 204
    assert call("DELETE", "ban").status_code == 204
    assert stored.every(world.store) == []


def test_every_act_is_in_the_trail(client: FlaskClient, administrator: FlaskClient) -> None:
    post(client, "new", **HERE, protocol="z3950", password=SECRET)
    post(client, "tinh/disable")
    said = administrator.get("/workshop/audit?act=targets&format=json")
    assert [one["detail"] for one in said.json["audit"]] == ["0", "+ z.example.vn:210/Default"]
    assert SECRET not in said.text
