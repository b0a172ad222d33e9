"""The screen that tells records anew says first what will happen; who harvests what."""

from __future__ import annotations

import re
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select

from accounts.rights import Role
from catalogue import history, partners
from catalogue.partners import Client, Seen, Walk
from catalogue.publishing import publish
from catalogue.tables import feed, record
from tests.catalogue.conftest import readings, stage
from tests.portal.conftest import csrf_of, signed_in
from tests.portal.rest_world import World, rest_made, world  # noqa: F401 - fixtures
from tests.portal.test_duplicates import book
from tests.union.store_world import contribute, follow
from union import kin

NOW = 1_800_000_000


@pytest.fixture
def client(world: World) -> FlaskClient:  # noqa: F811
    return signed_in(world.app, Role.ADMINISTRATOR)


def post(client: FlaskClient, path: str, **form: Any) -> Any:
    return client.post(f"/workshop/{path}", data={"csrf_token": csrf_of(client), **form}, follow_redirects=True)


def contributed(world: World, code: str, local_id: str) -> str:  # noqa: F811
    with world.store.read() as connection:
        found = connection.execute(select(record.c.identifier, record.c.id).where(record.c.local_id == local_id)).all()
    names = (history.subject(world.store, one.identifier) for one in found)
    return next(one.identifier for one in names if one.library == code)


def stamp(world: World, identifier: str) -> int:  # noqa: F811
    mine = select(record.c.id).where(record.c.identifier == identifier).scalar_subquery()
    with world.store.read() as connection:
        return int(connection.execute(select(func.max(feed.c.datestamp)).where(feed.c.record_id == mine)).scalar_one())


def hidden(page: str) -> dict[str, Any]:
    """What the form that tells carries."""
    form = page.partition('aria-labelledby="would"')[2].partition("</form>")[0]
    found: dict[str, Any] = {}
    for name, value in re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', form):
        found.setdefault(name, []).append(value)
    return found


def test_what_will_happen_is_said_before_anything_does(world: World, client: FlaskClient) -> None:  # noqa: F811
    name = contributed(world, "bk01", "9")
    shared = kin.of(world.store, name).union
    before = {one: stamp(world, one) for one in (name, shared)}
    page = client.get(f"/workshop/announce?record={name}").text
    assert "Sẽ báo lại 2 trong" in page  # the library's own record, and the union record that it is in
    assert "Không hoàn tác được" in page
    assert {one: stamp(world, one) for one in before} == before
    with world.store.write() as connection:
        connection.exec_driver_sql("UPDATE clock SET mark = max(mark, last_stamp) + 100")
    said = post(client, "announce", **hidden(page), what="tell")
    assert "Đã báo lại 2 biểu ghi" in said.text
    assert all(stamp(world, one) >= at + 100 for one, at in before.items())
    noted = client.get("/workshop/audit?act=system&format=json").json["audit"]
    assert ("announce", "2") in [(one["object"], one["detail"]) for one in noted]


def test_a_preview_of_a_form_changes_nothing(world: World, client: FlaskClient) -> None:  # noqa: F811
    name = contributed(world, "bk01", "9")
    before = stamp(world, name)
    page = post(client, "announce", records=f"{name}\nkhongco", what="preview").text
    assert "Sẽ báo lại 1 trong" in page
    assert "khongco" in page
    assert stamp(world, name) == before


@pytest.mark.parametrize("form", [{}, {"since": "hôm qua"}, {"set": "query:khong-co"}, {"change_set": "1"}])
def test_what_cannot_be_told_is_said_with_the_reason(client: FlaskClient, form: dict[str, str]) -> None:
    said = post(client, "announce", **form, what="tell")
    assert said.status_code == 409
    assert 'role="alert"' in said.text


def test_a_batch_brings_its_records_and_their_union_records(world: World, client: FlaskClient) -> None:  # noqa: F811
    number = contribute(world.store, "bk02", book("77", t245="$aSách mới tinh /$cAi Đó"))
    follow(world.store)
    assert f"/workshop/announce?touched={number}" in client.get(f"/workshop/batches/{number}").text
    assert "Sẽ báo lại 2 trong" in client.get(f"/workshop/announce?touched={number}").text


def test_silent_corrections_wait_in_a_list_until_they_are_told(world: World, client: FlaskClient) -> None:  # noqa: F811
    other = {"t100": "$aHoàng Thị Lan", "t300": "$a99 tr.", "t020": "$a9786046951674"}
    changed = stage(world.store, readings(book("9", **other, t245="$aHát then Bắc Cạn /$cHoàng Thị Lan")), "bk01")
    publish(world.store, changed, silent=True)
    follow(world.store)
    assert f"change_set={changed}" in client.get("/workshop/announce").text
    page = client.get(f"/workshop/announce?change_set={changed}").text
    post(client, "announce", **hidden(page), what="tell")
    assert f"change_set={changed}" not in client.get("/workshop/announce").text


def harvested(world: World) -> None:  # noqa: F811
    walk = Walk("bk01", "ListRecords", "marcxml", "", NOW - 86_400, -1, NOW, NOW, 3, 20, 40)
    seen = Seen(Client("203.0.113.0/24", "Koha/24.05", "it@vidu.vn"), NOW, NOW, 3, 9_000, {"badResumptionToken": 2})
    seen.walks[walk.key] = walk
    assert partners.note(world.store, [seen], 400)


def test_a_partner_is_shown_with_what_they_harvest_and_a_way_to_tell_it_anew(
    world: World, client: FlaskClient  # noqa: F811
) -> None:  # fmt: skip
    harvested(world)
    page = client.get("/workshop/partners").text
    assert "203.0.113.0/24 Koha" in page
    there = re.search(r"/workshop/partners/\d+", page)
    assert there is not None
    one = client.get(there[0]).text
    assert "20 / 40" in one
    assert "/workshop/announce?library=bk01&amp;since=2027-01-14T08:00:00Z&amp;format=marcxml" in one.replace(
        "%3A", ":"
    )
    assert [one["delivered"] for one in next(iter(client.get(f"{there[0]}?format=json").json.values()))] == [20]
    assert client.get("/workshop/partners/999").status_code == 404


def test_partners_are_named_and_found(world: World, client: FlaskClient) -> None:  # noqa: F811
    harvested(world)
    said = post(client, "partners", name="Thư viện Quốc gia", network="198.51.100.0/24")
    assert "Đã đặt tên Thư viện Quốc gia" in said.text
    assert 'role="alert"' in post(client, "partners", name="X", network="không").text
    found = client.get("/workshop/partners?q=quốc+gia&format=json").json["partners"]
    assert [(one["name"], one["named"]) for one in found] == [("Thư viện Quốc gia", True)]


def test_programs_do_the_same(world: World) -> None:  # noqa: F811
    harvested(world)

    def call(method: str, path: str, said: Any = None) -> Any:
        return world.call(method, path, "system", library="bk00", said=said)

    assert call("POST", "/partners", {"name": "Bạn", "agent": "curl"}).status_code == 204
    every = call("GET", "/partners").json["items"]
    assert {one["name"] for one in every} == {"203.0.113.0/24 Koha", "Bạn"}
    koha = next(one["number"] for one in every if not one["named"])
    assert [one["library"] for one in call("GET", f"/partners/{koha}/lists").json["items"]] == ["bk01"]
    assert call("POST", "/announcements/trial", {"touched": 1}).json["records"] >= 1


def test_it_is_for_administrators(world: World) -> None:  # noqa: F811
    other = signed_in(world.app, Role.PROVINCIAL_CATALOGUER, "bk00")
    assert [other.get(f"/workshop/{one}").status_code for one in ("announce", "partners")] == [403, 403]
