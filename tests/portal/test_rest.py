"""What programs do at `/api/v1`, from reading to undoing."""

from __future__ import annotations

import json
import re
import shlex
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from accounts import tokens
from catalogue import replays
from foundation.settings import Settings
from portal import app as portal
from portal.rest.throttle import Throttle
from reports import follower
from tests.portal.rest_world import BASE, LIST, World, marc, rest_made, world  # noqa: F401 - fixtures

WRITES = ("edit", "publish")


def walked(world: World, path: str, *scopes: str, limit: int = 1) -> list[Any]:  # noqa: F811
    """All entries of a list, by following its links."""
    found: list[Any] = []
    there: str | None = f"{path}{'&' if '?' in path else '?'}limit={limit}"
    for _ in range(200):
        assert there is not None
        answer = world.call("GET", there, *scopes)
        assert answer.status_code == 200, answer.text
        found += answer.json["items"]
        link = re.fullmatch(r'</api/v1(.+)>; rel="next"', answer.headers.get("Link", ""))
        assert (link is None) == (answer.json["next"] is None)
        if link is None:
            return found
        there = link[1]
    raise AssertionError("the list does not end")


# --- reading ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("path", "key", "scopes"), [
    ("/libraries", "code", ()), ("/records", "identifier", ()), ("/batches", "number", ("import",)),
    ("/batches/{batch}/records", "record", ("import",)), ("/sources", "number", ("runs",)),
    ("/decisions", "number", ("decide",)), ("/tokens", "number", ("tokens",)),
    ("/questions", "low", ("decide",)), ("/quality/{rule}", "identifier", ("quality",)),
])  # fmt: skip
def test_pages_walk_everything_once(world: World, path: str, key: str, scopes: tuple[str, ...]) -> None:  # noqa: F811
    if path == "/decisions":
        for a, b in (("bk01/1", "bk02/1"), ("bk01/9", "bk02/9")):
            said = {"a": a, "b": b, "verdict": "same"}
            assert world.call("POST", path, "decide", said=said).status_code == 201
    if path == "/tokens":
        world.secret("bk01", "push"), world.secret("bk01", "match")
    if path.startswith("/quality"):
        follower.of(world.store, world.settings).follow()
        with world.store.read() as connection:
            query = "SELECT code FROM trait WHERE library_id = (SELECT id FROM library WHERE code = 'bk01')"
            held = connection.exec_driver_sql(f"{query} GROUP BY code HAVING count(*) > 1").scalars().all()
        path = path.replace("{rule}", held[0])
    path = path.replace("{batch}", str(batch(world)))
    small, whole = walked(world, path, *scopes), walked(world, path, *scopes, limit=200)
    assert [one[key] for one in small] == [one[key] for one in whole]
    assert len({json.dumps(one) for one in small}) == len(small)
    assert len(small) >= 1


def test_search_finds_with_facets_and_says_where_it_goes_on(world: World) -> None:  # noqa: F811
    found = world.call("GET", "/search?q=hat%20then&size=20").json
    assert found["count"] == 1  # three libraries' records of one edition
    assert {one["value"] for one in found["facets"]["library"]} == {"bk00", "bk01", "bk02"}
    narrowed = world.call("GET", "/search?q=hat%20then&f=library:bk01").json
    assert [one["libraries"] for one in narrowed["items"]] == [["bk00", "bk01", "bk02"]]


def test_what_one_has_already_is_not_sent_again(world: World) -> None:  # noqa: F811
    for path in ("/libraries", f"/records/{identifier(world)}"):
        first = world.call("GET", path)
        again = world.call("GET", path, headers={"If-None-Match": first.headers["ETag"]})
        assert (again.status_code, again.data, again.headers["ETag"]) == (304, b"", first.headers["ETag"])


def test_what_is_wrong_is_told_in_the_language_that_was_asked_for(world: World) -> None:  # noqa: F811
    for path, status in (("/libraries?limit=0", 400), ("/nothing", 404), ("/batches", 401), ("/libraries?x=1", 400)):
        vi, en = (world.call("GET", path, language=one) for one in ("vi", "en"))
        assert vi.status_code == en.status_code == vi.json["status"] == status
        assert vi.mimetype == "application/problem+json"
        assert vi.json["code"] == en.json["code"]
        assert vi.json["title"] != en.json["title"]


# --- records ----------------------------------------------------------------------------------------------------------


def identifier(world: World, library: str = "bk01") -> str:  # noqa: F811
    return next(str(one["identifier"]) for one in walked(world, "/records", limit=200) if one["library"] == library)


def test_a_record_is_made_replaced_deleted_and_brought_back(world: World) -> None:  # noqa: F811
    made = world.call("POST", "/libraries/bk01/records", *WRITES, said={"record": marc()})
    assert made.status_code == 201, made.text
    there = made.headers["Location"].removeprefix("/api/v1")
    read = world.call("GET", there)
    changed = read.json["record"]
    for field in changed["fields"]:
        if "245" in field:
            field["245"]["subfields"][0]["a"] = "Nhan đề mới"
    match = {"If-Match": read.headers["ETag"]}
    put = world.call("PUT", there, *WRITES, said={"record": changed}, headers=match)
    assert put.status_code == 200, put.text
    assert "Nhan đề mới" in world.call("GET", there).text
    late = world.call("PUT", there, *WRITES, said={"record": read.json["record"]}, headers=match)
    assert (late.status_code, late.json["code"]) == (412, "rest.match_failed")
    versions = world.call("GET", f"{there}/versions", "edit").json["items"]
    assert [one["version"] for one in versions] == [put.json["version"], made.json["version"]]
    old = world.call("GET", f"{there}/versions/{made.json['version']}", "edit")
    assert "Nhan đề mới" not in old.text
    back = world.call("POST", f"{there}/bring-back", *WRITES, said={"version": made.json["version"]},
                      headers={"If-Match": put.headers["ETag"]})  # fmt: skip
    assert back.status_code == 200, back.text
    gone = world.call("DELETE", there, *WRITES, headers={"If-Match": back.headers["ETag"]})
    assert gone.status_code == 200, gone.text
    assert world.call("GET", there).status_code == 410


def test_a_record_is_not_replaced_blindly(world: World) -> None:  # noqa: F811
    there = f"/records/{identifier(world)}"
    assert world.call("PUT", there, *WRITES, said={"record": marc("1")}).status_code == 428


def test_the_record_of_another_library_stays_as_it_is(world: World) -> None:  # noqa: F811
    there = f"/records/{identifier(world, 'bk02')}"
    said, match = {"record": marc("1")}, {"If-Match": "*"}
    assert world.call("PUT", there, *WRITES, said=said, headers=match).status_code == 403
    assert world.call("GET", f"{there}/versions", "edit").status_code == 403


def test_drafting_alone_publishes_nothing(world: World) -> None:  # noqa: F811
    answer = world.call("POST", "/libraries/bk01/records", "edit", said={"record": marc()})
    assert answer.status_code == 403
    assert 'error="insufficient_scope", scope="publish"' in answer.headers["WWW-Authenticate"]


# --- batches ----------------------------------------------------------------------------------------------------------


def batch(world: World) -> int:  # noqa: F811
    return next(
        int(one["number"]) for one in world.call("GET", "/batches", "import").json["items"] if one["state"] == "staged"
    )


def test_a_batch_is_mended_approved_and_undone(world: World) -> None:  # noqa: F811
    there = f"/batches/{batch(world)}"
    assert world.call("GET", there, "import").json["counts"]["read"] == 3
    assert world.call("GET", f"{there}/problems", "import").json["items"]
    first = world.call("GET", f"{there}/records?limit=1", "import").json["items"][0]
    fix = {"kind": "set", "tag": "245", "subfield": "a", "new": "Hồ Ba Bể, bản mới"}
    assert world.call("POST", f"{there}/fixes/trial", "import", said=fix).json["changed"] >= 1
    errand = world.call("POST", f"{there}/fixes", "import", said=fix)
    assert errand.status_code == 202, errand.text
    world.work()
    assert "bản mới" in world.call("GET", f"{there}/records", "import").text
    undone = world.call("POST", f"{there}/fixes/{errand.json['number']}/undo", "import")
    assert undone.json["records"] >= 1
    one = dict(first["marc"])
    one["fields"] = [field for field in one["fields"] if "300" not in field] + [
        {"520": {"ind1": " ", "ind2": " ", "subfields": [{"a": "Tóm tắt mới"}]}}
    ]
    mended = world.call("PUT", f"{there}/records/{first['record']}", "import", said={"record": one})
    assert mended.json["changed"] is True, mended.text
    assert world.call("POST", f"{there}/ask", "import", said={"comment": "xem giúp"}).json["state"] == "asked"
    declined = world.call("POST", f"{there}/decline", "import", "publish", said={"comment": "thiếu năm"})
    assert declined.json["state"] == "declined"
    published = world.call("POST", f"{there}/publish", "import", "publish")
    assert published.json["state"] == "published", published.text
    assert "Tóm tắt mới" in world.call("GET", "/records?limit=200").text
    assert world.call("POST", f"{there}/undo", "import", "undo").json["state"] == "undone"
    assert "Tóm tắt mới" not in world.call("GET", "/records?limit=200").text
    for _ in range(2):
        assert world.call("POST", f"{there}/redo", "import", "publish").json["state"] == "published"
    assert "Tóm tắt mới" in world.call("GET", "/records?limit=200").text
    assert world.call("POST", f"{there}/redo", "import").status_code == 403


def test_the_batch_of_another_library_is_not_there(world: World) -> None:  # noqa: F811
    number = batch(world)
    for path in ("", "/problems", "/records", "/refused"):
        assert world.call("GET", f"/batches/{number}{path}", "import", library="bk02").status_code == 404
    assert world.call("POST", f"/batches/{number}/publish", "import", "publish", library="bk02").status_code == 404


def test_a_file_is_dropped_and_its_batch_with_it(world: World) -> None:  # noqa: F811
    sent = world.call("POST", "/libraries/bk01/files?name=b.csv&read=false", "import", data="Tên\nHồ\n".encode())
    assert (sent.status_code, sent.json["state"]) == (202, "received"), sent.text
    there = sent.headers["Location"].removeprefix("/api/v1")
    assert world.call("POST", f"{there}/read", "import").json["state"] == "waiting"
    assert world.call("GET", there, "import", library="bk02").status_code == 404
    assert world.call("POST", f"{there}/stop", "import").json["state"] == "stopped"
    assert world.call("DELETE", there, "import").status_code == 204
    assert world.call("GET", there, "import").status_code == 404


# --- harvests, the union, figures -------------------------------------------------------------------------------------


def test_a_source_is_added_put_to_rest_and_asked_to_run(world: World) -> None:  # noqa: F811
    said = {"name": "pac-nam", "kind": "oai", "settings": {"url": "https://oai.example.vn/x"}, "password": "kín"}
    made = world.call("POST", "/libraries/bk01/sources", "sources", "runs", said=said)
    assert made.status_code == 201, made.text
    assert "kín" not in made.text
    there = made.headers["Location"].removeprefix("/api/v1")
    assert world.call("POST", f"{there}/rest", "sources", "runs").json["state"] == "paused"
    assert world.call("POST", f"{there}/wake", "sources", "runs").json["state"] == ""
    assert world.call("POST", f"{there}/run", "runs", said={"kind": "full"}).status_code == 202
    assert world.call("GET", there, "runs", library="bk02").status_code == 404


@pytest.mark.parametrize(("kind", "settings"), [
    ("folder", {"folder": "/etc"}), ("oai", {"url": "http://10.0.0.1/oai", "allow": ["10.0.0.0/8"]}),
])  # fmt: skip
def test_a_source_into_our_own_network_needs_the_system(world: World, kind: str, settings: Any) -> None:  # noqa: F811
    said = {"name": "x", "kind": kind, "settings": settings}
    assert world.call("POST", "/libraries/bk00/sources", "sources", library="bk00", said=said).status_code == 403
    both = world.call("POST", "/libraries/bk00/sources", "sources", "system", library="bk00", said=said)
    assert both.status_code == 201, both.text


def test_a_question_is_answered_and_the_answer_withdrawn(world: World) -> None:  # noqa: F811
    question = world.call("GET", "/questions", "decide").json["items"][0]
    seen = world.call("GET", f"/questions/{question['low']}/{question['high']}", "decide").json
    assert seen["fields"]
    said = {"a": question["a"]["record"], "b": question["b"]["record"], "verdict": "different", "note": "khác in"}
    act = world.call("POST", "/decisions", "decide", said=said)
    assert act.status_code == 201, act.text
    there = f"/decisions/{act.json['number']}"
    assert world.call("POST", f"{there}/withdraw", "decide", library="bk02").status_code == 403
    assert world.call("POST", f"{there}/withdraw", "decide").status_code == 204
    assert world.call("GET", "/decisions", "decide").json["items"][0]["withdrawn"]


def test_figures_are_those_of_the_library_of_the_token(world: World) -> None:  # noqa: F811
    for path, scope in (("/statistics", "statistics"), ("/quality", "quality")):
        said = world.call("GET", path, scope).json
        assert [one["library"] for one in said["libraries"]] == ["bk01"]
        assert world.call("GET", f"{path}?library=bk02", scope).status_code == 403


# --- administration ---------------------------------------------------------------------------------------------------


def test_a_token_gives_no_more_than_it_has(world: World) -> None:  # noqa: F811
    there = "/libraries/bk01/tokens"
    beyond = world.call("POST", there, "tokens", "push", said={"name": "x", "scopes": ["edit"]})
    assert (beyond.status_code, beyond.json["code"]) == (409, "token.beyond")
    made = world.call("POST", there, "tokens", "push", said={"name": "x", "scopes": ["push"]})
    assert made.status_code == 201
    assert tokens.admitted(world.store, made.json["secret"]) is not None
    assert made.json["secret"] not in world.call("GET", "/tokens", "tokens").text
    assert world.call("POST", f"{there}/revoke", "tokens", said={"name": "x"}).json["revoked"]
    assert tokens.admitted(world.store, made.json["secret"]) is None


def test_a_token_that_ends_makes_none_that_lasts_longer(world: World) -> None:  # noqa: F811
    secret = tokens.add(world.store, "bk01", "mười ngày", ("tokens",), 10)[1]
    for days, status in ((None, 409), (20, 409), (5, 201)):
        said = {"name": f"x{days}", "scopes": ["tokens"]} | ({"days": days} if days else {})
        answer = world.client.post(
            "/api/v1/libraries/bk01/tokens", json=said, headers={"Authorization": f"Bearer {secret}"}
        )
        assert answer.status_code == status, answer.text


def test_the_system_is_for_a_token_of_the_library_at_the_top(world: World) -> None:  # noqa: F811
    assert world.call("GET", "/system", "system").status_code == 403
    told = world.call("GET", "/system", "system", library="bk00").json
    assert {one["name"] for one in told["findings"]}
    new = {"code": "moi", "name_vi": "Thư viện mới", "kind": "commune"}
    assert world.call("POST", "/libraries", "libraries", library="bk00", said=new).status_code == 403
    below = world.call("POST", "/libraries", "libraries", library="bk00", said=new | {"parent": "bk00"})
    assert below.status_code == 201
    renamed = world.call("PATCH", "/libraries/bk00", "libraries", library="bk00", said={"name_en": "Provincial"})
    assert (renamed.json["name_en"], renamed.json["name_vi"]) == ("Provincial", "Thư viện tỉnh")


# --- keys, bounds, tokens ---------------------------------------------------------------------------------------------


def test_what_is_sent_twice_under_a_key_is_done_once(world: World) -> None:  # noqa: F811
    key = {"Idempotency-Key": '"lần 1"'.replace("ầ", "a").replace(" ", "-")}
    first, again = (
        world.call("POST", "/libraries/bk01/records", *WRITES, said={"record": marc()}, headers=key) for _ in range(2)
    )
    assert first.status_code == again.status_code == 201
    assert again.json == first.json
    assert again.headers["Location"] == first.headers["Location"]
    assert (first.headers.get("Idempotency-Replayed"), again.headers["Idempotency-Replayed"]) == (None, "true")
    other = world.call("POST", "/libraries/bk01/records", *WRITES, said={"record": marc("77")}, headers=key)
    assert (other.status_code, other.json["code"]) == (422, "rest.key_other")


def test_a_key_of_what_was_refused_may_be_used_again(world: World) -> None:  # noqa: F811
    key, there = {"Idempotency-Key": "k"}, f"/batches/{batch(world)}/undo"
    assert [world.call("POST", there, "import", "undo", headers=key).status_code for _ in range(2)] == [409, 409]


def test_a_secret_is_not_kept_for_the_second_time(world: World) -> None:  # noqa: F811
    said, key = {"name": "x", "scopes": ["tokens"]}, {"Idempotency-Key": "k"}
    first, again = (world.call("POST", "/libraries/bk01/tokens", "tokens", said=said, headers=key) for _ in range(2))
    assert (first.status_code, again.status_code, again.json["code"]) == (201, 409, "rest.key_secret")


def test_the_first_request_of_a_key_is_waited_for_but_not_for_ever(world: World) -> None:  # noqa: F811
    token = int(world.secret("bk01", "edit").split("_")[1])
    now = world.store.now
    assert [replays.begin(world.store, token, "k", b"x").state for _ in range(2)] == ["new", "busy"]
    world.store.now = lambda connection: now(connection) + replays.ABANDONED_SECONDS + 1  # type: ignore[method-assign]
    assert replays.begin(world.store, token, "k", b"x").state == "new"
    replays.keep(world.store, token, "k", 201, {}, b"{}")
    world.store.now = lambda connection: now(connection) + 3 * replays.KEPT_SECONDS  # type: ignore[method-assign]
    assert replays.begin(world.store, token, "k", b"y").state == "new"


def test_who_asks_too_often_is_told_when_to_go_on(world: World) -> None:  # noqa: F811
    settings = Settings(home=world.settings.home, api_requests=3, api_requests_open=2)
    client = portal.create(world.store, settings, BASE).test_client()
    bearer = {"Authorization": f"Bearer {world.secret('bk01', 'runs')}"}
    answers = [client.get("/api/v1/runs", headers=bearer) for _ in range(4)]
    assert [one.status_code for one in answers] == [200, 200, 200, 429]
    assert [one.headers["RateLimit"].split(";")[1] for one in answers] == ["r=2", "r=1", "r=0", "r=0"]
    assert answers[0].headers["RateLimit-Policy"] == '"requests";q=3;w=60'
    assert 0 < int(answers[3].headers["Retry-After"]) <= 60
    other = {"Authorization": f"Bearer {world.secret('bk02', 'runs')}"}
    assert client.get("/api/v1/runs", headers=other).status_code == 200
    assert [client.get("/api/v1/libraries").status_code for _ in range(3)] == [200, 200, 429]


def test_a_bound_begins_anew_each_minute_and_few_clients_are_remembered() -> None:
    now = [0.0]
    throttle = Throttle(lambda: now[0], clients=2)
    assert [throttle.count("a", 1).exceeded for _ in range(2)] == [False, True]
    now[0] = 60
    assert not throttle.count("a", 1).exceeded
    for one in "bc":
        throttle.count(one, 1)
    assert not throttle.count("a", 1).exceeded


def test_a_request_too_many_is_told_by_the_type_that_is_meant_for_it(world: World) -> None:  # noqa: F811
    """draft-ietf-httpapi-ratelimit-headers-11, 5.1; and 6: Retry-After ends no earlier than the window."""
    app = portal.create(world.store, replace(world.settings, api_requests_open=1), BASE)
    answers = [app.test_client().get("/api/v1/libraries") for _ in range(2)]
    assert answers[1].status_code == 429
    assert answers[1].json["type"] == "https://iana.org/assignments/http-problem-types#quota-exceeded"
    assert answers[1].json["violated-policies"] == ["requests"]
    assert answers[1].headers["RateLimit"] == f'"requests";r=0;t={answers[1].headers["Retry-After"]}'


def test_who_comes_back_after_the_seconds_that_were_told_is_served() -> None:
    now = [0.0]
    throttle = Throttle(lambda: now[0])
    throttle.count("a", 1)
    now[0] = 30.6
    now[0] += throttle.count("a", 1).seconds
    assert not throttle.count("a", 1).exceeded


@pytest.mark.parametrize(("wait", "told"), [("", True), ("60", True), ("5", False), ("soon", False)])
def test_what_is_left_is_not_told_beside_a_shorter_wait(wait: str, told: bool) -> None:
    fields = Throttle(lambda: 0.0).count("a", 9).fields(wait)
    assert fields["RateLimit-Policy"] == '"requests";q=9;w=60'
    assert ("RateLimit" in fields) == told


@pytest.mark.parametrize(
    "path",
    [
        "batches", "libraries", "search?q=a", "records", "openapi.json", "union/u1", "explain?a=1&b=2", "match", "push",
        "push/x", "nothing",
    ],
)  # fmt: skip
def test_a_token_that_is_wrong_is_told_so(world: World, path: str) -> None:  # noqa: F811
    answer = world.client.get(f"/api/v1/{path}", headers={"Authorization": "Bearer lt_1_x"})
    assert answer.status_code == 401
    assert answer.content_type == "application/problem+json"
    assert 'error="invalid_token"' in answer.headers["WWW-Authenticate"]


def test_what_is_public_stays_so_behind_a_proxy_with_a_password_of_its_own(world: World) -> None:  # noqa: F811
    assert world.client.get("/api/v1/libraries", headers={"Authorization": "Basic eDp5"}).status_code == 200
    answer = world.client.get("/api/v1/batches", headers={"Authorization": "Basic eDp5"})
    assert (answer.status_code, answer.headers["WWW-Authenticate"][:6]) == (401, "Bearer")


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("PATCH", "/api/v1/libraries", 405), ("GET", "/api/v1/match", 405), ("DELETE", "/api/v1/union/u1", 405),
        ("PUT", "/api/v1/explain", 405), ("GET", "/api/v1/push", 405), ("POST", "/api/docs", 405), ("GET", "/api", 404),
        ("GET", "/api/", 404), ("POST", "/api/v1", 404), ("GET", "/api/v1/explain", 404),
        ("POST", "/api/v1/match", 401),
    ],
)  # fmt: skip
def test_programs_are_never_answered_by_a_page(world: World, method: str, path: str, status: int) -> None:  # noqa: F811
    answer = world.client.open(path, method=method, headers={"Accept-Language": "en"})
    assert (answer.status_code, answer.content_type) == (status, "application/problem+json")
    assert answer.json["status"] == status
    if status == 405:
        assert answer.json["code"] == "rest.no_method"
        assert answer.headers["Allow"]


@pytest.mark.parametrize(("body", "media", "status"), [
    (b"{", "application/json", 400), (b'{"record": NaN}', "application/json", 400), (b"\xff", "application/json", 400),
    (b"[" * 100_000, "application/json", 400), (b'{"record": {}}', "text/plain", 415),
    (b'{"record": {}, "more": 1}', "application/json", 400), (b" " * 3_000_000, "application/json", 413),
])  # fmt: skip
def test_a_body_that_is_none_is_refused(world: World, body: bytes, media: str, status: int) -> None:  # noqa: F811
    headers = {"Authorization": f"Bearer {world.secret('bk01', *WRITES)}", "Content-Type": media}
    answer = world.client.post("/api/v1/libraries/bk01/records", data=body, headers=headers)
    assert (answer.status_code, answer.mimetype) == (status, "application/problem+json"), answer.text


# --- the examples of docs/api.md --------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["libraries", "search", "add", "file"])
def test_an_example_of_the_documentation_works(world: World, root: Path, name: str) -> None:  # noqa: F811
    """As a person types it, but for the line between curl and us."""
    page = (root / "docs" / "api.md").read_text(encoding="utf-8")
    found = re.search(rf"<!-- example: {name} -->\n\n((?:    .*\n)+)", page)
    assert found is not None
    words = shlex.split(found[1].replace("\\\n", " "))
    method, data, headers, there = "GET", b"", {}, ""
    for word, following in zip(words[1:], [*words[2:], ""], strict=True):
        if word.startswith("$MAY/"):
            there = word.removeprefix("$MAY")
        elif word == "-X":
            method = following
        elif word == "-H":
            header, _, value = following.partition(": ")
            headers[header] = value.replace("$KHOA", world.secret("bk01", "import", *WRITES))
        elif word == "-d":
            data = following.encode()
        elif word == "--data-binary":
            data = LIST
    answer = world.client.open(there, method=method, data=data, headers=headers)
    assert answer.status_code == {"add": 201, "file": 202}.get(name, 200), answer.text
