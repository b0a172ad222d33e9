"""The screens of collections and saved queries, and the pages that readers see of them."""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient

from accounts.rights import Role
from catalogue import contents, set_sweep, sets
from catalogue.sets import DefinedSet
from catalogue.tables import UNION, record
from cli.search import catch_up
from foundation.errors import RefusedError
from portal import saved
from portal.sets import slug_of
from search import box
from tests.portal.conftest import csrf_of, signed_in
from tests.portal.rest_world import World, rest_made, world  # noqa: F401 - fixtures
from tests.union.store_world import follow


@pytest.fixture
def client(world: World) -> FlaskClient:  # noqa: F811
    return signed_in(world.app, Role.PROVINCIAL_CATALOGUER, "bk00")


def post(client: FlaskClient, path: str, **form: Any) -> Any:
    return client.post(path, data={"csrf_token": csrf_of(client), **form}, follow_redirects=True)


def settle(world: World) -> None:  # noqa: F811
    follow(world.store)
    set_sweep.run(world.store)
    catch_up(world.store, world.settings)


def shared(world: World, word: str) -> str:  # noqa: F811
    """The identifier of the union record with this word."""
    with world.store.read() as connection:
        numbers = list(connection.scalars(record.select().with_only_columns(record.c.id).where(
            record.c.source_id == UNION)))  # fmt: skip
    return next(one.identifier for one in contents.shown(world.store, numbers) if word in one.record.text)


def collection(world: World, **more: str) -> None:  # noqa: F811
    sets.add(world.store, DefinedSet("collection", "dia-chi", "Địa chí", "Local studies", **more))


def test_a_collection_is_made_described_and_found_by_readers(world: World, client: FlaskClient) -> None:  # noqa: F811
    said = post(client, "/workshop/collections", name_vi="Địa chí Bắc Kạn", about_vi="Sách về quê hương",
                query='title~"hát then"')  # fmt: skip
    assert said.status_code == 200
    assert "Đã lập Địa chí Bắc Kạn" in said.text
    settle(world)
    reader = world.app.test_client()
    page = reader.get("/collection/dia-chi-bac-kan").text
    assert "<h1>Địa chí Bắc Kạn</h1>" in page
    assert "Sách về quê hương" in page
    assert "Hát then Bắc Kạn" in page
    assert 'href="/collection/dia-chi-bac-kan"' in reader.get("/").text
    assert reader.get("/collection/khong-co").status_code == 404


def test_an_empty_collection_is_not_on_the_first_page(world: World) -> None:  # noqa: F811
    collection(world)
    assert "dia-chi" not in world.app.test_client().get("/").text


def test_what_is_wrong_is_told_and_what_was_typed_stays(world: World, client: FlaskClient) -> None:  # noqa: F811
    said = post(client, "/workshop/collections", name_vi="Thơ", query='title="', about_vi="đã gõ dài")
    assert said.status_code == 409
    assert 'role="alert"' in said.text
    assert "đã gõ dài" in said.text
    assert sets.defined(world.store) == []


def test_a_change_of_one_keeps_its_records(world: World, client: FlaskClient) -> None:  # noqa: F811
    collection(world)
    post(client, "/workshop/collections/dia-chi/records", what="put", names=shared(world, "Hát then"))
    post(client, "/workshop/collections/dia-chi", name_vi="Địa chí tỉnh", called="123/4\n123/5")
    settle(world)
    found = sets.get(world.store, "collection", "dia-chi")
    assert found is not None
    assert (found.name_vi, found.called, found.members) == ("Địa chí tỉnh", ("123/4", "123/5"), 1)


def test_records_are_put_in_from_a_search_and_taken_out_by_ticking(world: World, client: FlaskClient) -> None:  # noqa: F811
    collection(world)
    chosen = client.get("/workshop/put-into-collection?q=hat+then")
    assert "Hát then Bắc Kạn" in chosen.text
    assert 'name="q" value="hat then"' in chosen.text
    said = post(client, "/workshop/put-into-collection", q="hat then", slug="dia-chi", what="put")
    assert "Đã xếp 1 biểu ghi vào bộ sưu tập" in said.text
    settle(world)
    page = client.get("/workshop/collections/dia-chi").text
    name = shared(world, "Hát then")
    assert f'name="record" value="{name}"' in page
    post(client, "/workshop/collections/dia-chi/records", what="take", record=name)
    settle(world)
    assert f'value="{name}"' not in client.get("/workshop/collections/dia-chi").text


def test_the_page_of_a_search_and_of_a_record_lead_there(world: World, client: FlaskClient) -> None:  # noqa: F811
    name = shared(world, "Hát then")
    assert "/workshop/put-into-collection?q=hat+then" in client.get("/search?q=hat+then").text
    assert f"/workshop/put-into-collection?record={name}" in client.get(f"/record/{name}.html").text
    collection(world)
    assert "Hát then" in client.get(f"/workshop/put-into-collection?record={name}").text


def test_names_that_nothing_has_are_told(world: World, client: FlaskClient) -> None:  # noqa: F811
    collection(world)
    said = post(client, "/workshop/collections/dia-chi/records", what="put", names="bk01/9\nkhongco")
    assert "Đã xếp 1 biểu ghi" in said.text
    assert "Không tìm thấy 1 mã: khongco" in said.text


def test_an_act_is_undone_from_the_page_and_noted(world: World, client: FlaskClient) -> None:  # noqa: F811
    collection(world)
    post(client, "/workshop/collections/dia-chi/records", what="put", names="bk01/9")
    page = client.get("/workshop/collections/dia-chi").text
    address = page.partition('action="/workshop/collections/dia-chi/acts/')[2].partition('"')[0]
    said = post(client, f"/workshop/collections/dia-chi/acts/{address}")
    assert "Đã hoàn tác lần xếp" in said.text
    settle(world)
    assert [one.members for one in sets.defined(world.store)] == [0]
    noted = signed_in(world.app, Role.ADMINISTRATOR).get("/workshop/audit?act=collections&format=json").json
    assert [one["detail"][:1] for one in noted["audit"]] == ["↶", "+"]


def test_one_that_was_taken_away_comes_back(world: World, client: FlaskClient) -> None:  # noqa: F811
    collection(world, query='title~"hát then"')
    settle(world)
    gone = post(client, "/workshop/collections/dia-chi/remove")
    assert "Lấy lại được ở cuối trang này" in gone.text
    settle(world)
    assert client.get("/workshop/collections/dia-chi").status_code == 404
    post(client, "/workshop/collections/dia-chi/restore")
    settle(world)
    assert [(one.slug, one.members) for one in sets.defined(world.store)] == [("dia-chi", 1)]


def test_a_search_is_kept_as_a_query_after_it_was_tried(world: World, client: FlaskClient) -> None:  # noqa: F811
    page = client.get("/workshop/new-query?q=hat+then").text
    assert "any~hat and any~then" in page
    assert "Câu chọn lấy 1 trong" in page
    post(client, "/workshop/queries", name_vi="Hát then", query="any~hat and any~then")
    settle(world)
    assert [(one.spec, one.members) for one in sets.defined(world.store)] == [("query:hat-then", 1)]
    assert "Hát then" in client.get("/workshop/queries").text


def test_lists_are_for_programs_too(world: World, client: FlaskClient) -> None:  # noqa: F811
    collection(world)
    assert [one["slug"] for one in client.get("/workshop/collections?format=json").json["collections"]] == ["dia-chi"]
    assert client.get("/workshop/collections?format=csv").text.splitlines()[1].startswith("dia-chi,collection:dia-chi,")
    assert client.get("/workshop/collections/dia-chi?format=json").json == {"dia-chi": []}


def test_programs_do_the_same(world: World) -> None:  # noqa: F811
    collection(world)

    def call(method: str, path: str, said: Any = None) -> Any:
        return world.call(method, path, "collections", library="bk00", said=said).json

    done = call("POST", "/collections/dia-chi/put", {"records": ["bk01/9", "khongco"]})
    assert (done["titles"], done["unknown"]) == (1, ["khongco"])
    settle(world)
    assert [one["placed"] for one in call("GET", "/sets/collection/dia-chi/records")["items"]] == [True]
    assert [one["what"] for one in call("GET", "/collections/dia-chi/acts")["items"]] == ["put"]
    assert call("POST", f"/collections/dia-chi/acts/{done['act']}/undo") == {"records": 1, "kept": 0}
    assert call("POST", "/sets/wording", {"search": "thơ -kịch"}) == {"query": 'any~"thơ" and not any~"kịch"'}
    world.call("DELETE", "/sets/collection/dia-chi", "collections", library="bk00")
    assert [one["slug"] for one in call("GET", "/sets/removed")["items"]] == ["dia-chi"]
    assert call("POST", "/sets/collection/dia-chi/restore")["slug"] == "dia-chi"


@pytest.mark.parametrize("role", [Role.LIBRARY_MANAGER, Role.CONTRIBUTOR])
def test_collections_are_shared_so_a_library_of_others_may_not(world: World, role: Role) -> None:  # noqa: F811
    other = signed_in(world.app, role, "bk01")
    assert other.get("/workshop/collections").status_code == 403
    assert "/workshop/collections" not in other.get("/workshop").text


@pytest.mark.parametrize(
    ("search", "query"),
    [
        ("truyện kiều", 'any~"truyện" and any~"kiều"'),
        ('"hồ ba bể"', 'any~"hồ ba bể"'),
        ('tác-giả:"Nguyễn Du" năm:1990-1999', 'author~"Nguyễn Du" and year=1990..1999'),
        ("=Bắc", 'any~="Bắc"'),
        ("tày OR nùng -thơ", 'any~"tày" or (any~"nùng" and not any~"thơ")'),
        ("-thơ", 'not any~"thơ"'),
        ("việt*", 'any~"việt*"'),
        ("ngôn-ngữ:tyz loại:book", "language=tyz and material=book"),
        ("thơ truy-cập:online", 'any~"thơ" and access=online'),
        ('-truy-cập:"trực tuyến"', 'not access="trực tuyến"'),
        ("isbn:9786046951674", "020a~9786046951674"),
        ("nơi-xuất-bản:hanoi", "(260a~hanoi or 264a~hanoi)"),
        ("and", 'any~"and"'),
    ],
)
def test_a_search_is_said_as_a_query(search: str, query: str) -> None:
    assert saved.written(box.parse(search)) == query


@pytest.mark.parametrize("search", ["", "nước:vm", "ngôn-ngữ:ty*", "v*t", "năm:>2000", "ngày-thêm:2026-11-22"])
def test_what_a_query_cannot_say_is_refused(search: str) -> None:
    with pytest.raises(RefusedError):
        saved.written(box.parse(search))


@pytest.mark.parametrize(
    ("slug", "name", "made"),
    [("", "Địa chí Bắc Kạn", "dia-chi-bac-kan"), ("tho", "Địa chí", "tho"), ("", "喃", ""), ("", "  A&B  ", "a-b")],
)
def test_a_short_name_is_made_of_the_name(slug: str, name: str, made: str) -> None:
    assert slug_of(slug, name) == made
