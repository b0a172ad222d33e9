"""The work of the screens done by programs: wizard, workbooks, drafts, sources, sets, people, trail, rules, system."""

from __future__ import annotations

import time
from typing import Any

import pytest

from accounts import invitations, people, tokens
from catalogue import set_sweep, sources
from foundation.errors import RefusedError
from tests.portal.rest_world import World, marc, rest_made, world  # noqa: F401 - fixtures
from tests.portal.test_rest import batch, identifier, walked
from tests.union.records import record
from tests.union.store_world import contribute, follow

WRITES = ("edit", "publish")
STRANGE = "Số;Ten tai lieu;Nguoi viet\nx1;Hồ Ba Bể;Nông Thị\n".encode()


# --- the wizard -------------------------------------------------------------------------------------------------------


def sent(world: World, name: str, data: bytes) -> int:  # noqa: F811
    answer = world.call("POST", f"/libraries/bk01/files?name={name}&read=false", "import", data=data)
    assert answer.status_code == 202, answer.text
    return int(answer.json["number"])


def test_columns_are_looked_at_said_and_remembered_for_the_next_file(world: World) -> None:  # noqa: F811
    number = sent(world, "la.csv", STRANGE)
    seen = world.call("GET", f"/files/{number}/examination", "import").json
    assert (seen["form"], seen["kept"]) == ("sheet", False)
    assert [one["heading"] for one in seen["tables"][0]["columns"]] == ["Số", "Ten tai lieu", "Nguoi viet"]
    said = {"columns": [{"heading": "Nguoi viet", "target": "title"}, {"heading": "Ten tai lieu", "target": "author"}]}
    mapped = world.call("PUT", f"/files/{number}/mapping", "import", said=said)
    assert mapped.status_code == 200, mapped.text
    assert [one["target"] for one in mapped.json["tables"][0]["columns"]][1:] == ["author", "title"]
    assert "Nông Thị" in str(next(f for f in mapped.json["records"][0]["marc"]["fields"] if "245" in f))
    later = world.call("GET", f"/files/{sent(world, 'sau.csv', STRANGE + b'x2;A;B')}/examination", "import").json
    assert [one["target"] for one in later["tables"][0]["columns"]][1:] == ["author", "title"]
    assert number in [one["number"] for one in walked(world, "/files", "import")]


def test_a_column_that_the_file_does_not_have_is_told_with_those_it_has(world: World) -> None:  # noqa: F811
    number = sent(world, "la.csv", STRANGE)
    said = {"columns": [{"heading": "Giá", "target": "title"}]}
    answer = world.call("PUT", f"/files/{number}/mapping", "import", said=said)
    assert (answer.status_code, answer.json["code"]) == (400, "rest.column")
    assert "Ten tai lieu" in answer.json["title"]


def test_the_encoding_is_chosen_after_a_look(world: World) -> None:  # noqa: F811
    number = sent(world, "tcvn3.csv", b"Ma;Ten sach\n1;S\xb8ch\n")
    seen = world.call("GET", f"/files/{number}/examination?encoding=tcvn3", "import").json
    assert "Sách" in str(seen)
    world.call("PUT", f"/files/{number}/mapping", "import", said={"encoding": "tcvn3"})
    assert world.call("GET", f"/files/{number}", "import").json["encoding"] == "tcvn3"


def test_a_file_that_was_read_is_decided_on_anew_only_when_that_is_said(world: World) -> None:  # noqa: F811
    number = sent(world, "la.csv", STRANGE)
    said = {"columns": [{"heading": "Ten tai lieu", "target": "title"}]}
    world.call("POST", f"/files/{number}/read", "import")
    world.work()
    assert world.call("GET", f"/files/{number}", "import").json["state"] == "staged"
    late = world.call("PUT", f"/files/{number}/mapping", "import", said=said)
    assert (late.status_code, late.json["code"]) == (409, "upload.state")
    assert world.call("POST", f"/files/{number}/again", "import").json["state"] == "received"
    assert world.call("PUT", f"/files/{number}/mapping", "import", said=said).status_code == 200


def test_the_file_of_another_library_is_not_there(world: World) -> None:  # noqa: F811
    number = sent(world, "la.csv", STRANGE)
    for method, path in (("GET", "examination"), ("PUT", "mapping")):
        answer = world.call(method, f"/files/{number}/{path}", "import", library="bk02", said={})
        assert answer.status_code == 404


# --- workbooks --------------------------------------------------------------------------------------------------------


def test_the_error_workbook_goes_out_and_comes_back_mended(world: World) -> None:  # noqa: F811
    number = batch(world)
    book = world.call("GET", f"/batches/{number}/errors", "import")
    assert book.mimetype.endswith("spreadsheetml.sheet")
    assert book.headers["Content-Disposition"].startswith("attachment")
    assert b"xl/worksheets" in book.data
    back = world.call("POST", f"/batches/{number}/corrections?name=sua.xlsx", "import", data=book.data)
    assert back.status_code == 202, back.text
    world.work()
    assert world.call("GET", back.headers["Location"].removeprefix("/api/v1"), "import").json["state"] == "staged"
    assert world.call("GET", f"/batches/{number}", "import").json["state"] == "staged"


def test_a_refused_row_is_mended_by_its_cells(world: World) -> None:  # noqa: F811
    number = batch(world)
    refused = world.call("GET", f"/batches/{number}/refused", "import").json["items"]
    assert refused
    there = f"/batches/{number}/refused/{refused[0]['piece']}"
    cells = world.call("GET", there, "import").json["cells"]
    wrong = world.call("PUT", there, "import", said={"cells": {"Không có cột này": "x"}})
    assert (wrong.status_code, wrong.json["code"]) == (400, "rest.column")
    assert "Tên sách" in cells
    answer = world.call("PUT", there, "import", said={"cells": {"Tên sách": "Nhan đề đã thêm"}})
    assert answer.status_code == 200, answer.text
    assert "Nhan đề đã thêm" in world.call("GET", f"/batches/{number}/records", "import").text
    assert world.call("GET", there, "import").status_code == 404


def test_a_batch_is_checked_again(world: World) -> None:  # noqa: F811
    number = batch(world)
    assert world.call("POST", f"/batches/{number}/check", "import").status_code == 202
    kinds = [one["kind"] for one in world.call("GET", f"/batches/{number}", "import").json["work"]]
    assert {"check", "match"} <= set(kinds)


# --- drafts -----------------------------------------------------------------------------------------------------------


def test_a_draft_is_kept_sent_returned_and_published(world: World) -> None:  # noqa: F811
    made = world.call("POST", "/libraries/bk01/drafts", "edit", said={"record": marc()})
    assert made.status_code == 201, made.text
    there, tag = made.headers["Location"].removeprefix("/api/v1"), made.headers["ETag"]
    broken = world.call("PUT", there, "edit", said={"text": "không phải trường\n"}, headers={"If-Match": tag})
    assert (broken.status_code, broken.json["marc"]) == (200, None)
    assert world.call("PUT", there, "edit", said={"text": "x"}, headers={"If-Match": tag}).status_code == 412
    refused = world.call("POST", f"{there}/send", "edit")
    assert (refused.status_code, refused.json["code"]) == (409, "draft.unready")
    again = {"If-Match": broken.headers["ETag"]}
    whole = world.call("PUT", there, "edit", said={"record": made.json["marc"]}, headers=again)
    assert whole.json["title"] == made.json["title"]
    assert world.call("POST", f"{there}/send", "edit").json["state"] == "sent"
    assert world.call("GET", there, *WRITES, library="bk02").status_code == 404
    waiting = world.call("GET", "/drafts?state=waiting", *WRITES).json["items"]
    assert [one["number"] for one in waiting] == [made.json["number"]]
    returned = world.call("POST", f"{there}/return", *WRITES, said={"note": "thiếu năm"})
    assert (returned.json["state"], returned.json["note"]) == ("returned", "thiếu năm")
    world.call("POST", f"{there}/send", "edit")
    done = world.call("POST", f"{there}/publish", *WRITES, said={"anyway": True})
    assert done.status_code == 200, done.text
    assert world.call("GET", there, "edit").status_code == 404
    newest = world.call("GET", f"/records/{done.json['identifier']}/versions", "edit").json["items"][0]
    assert newest["writer"] == made.json["person"]
    assert newest["by"].startswith("token:")
    assert newest["by"] != newest["writer"]


def test_a_record_is_changed_in_a_draft_and_goes_on_from_what_was_published_meanwhile(world: World) -> None:  # noqa: F811
    name = identifier(world)
    made = world.call("POST", f"/records/{name}/draft", *WRITES).json
    there = f"/drafts/{made['number']}"
    assert world.call("POST", f"/records/{name}/draft", *WRITES).json["number"] == made["number"]
    mine = made["text"] + "=520  \\\\$aTóm tắt của tôi\n"
    world.call("PUT", there, *WRITES, said={"text": mine}, headers={"If-Match": '"0"'})
    assert [one["tag"] for one in world.call("GET", f"{there}/differences", *WRITES).json["items"]] == ["520"]
    read = world.call("GET", f"/records/{name}")
    theirs = read.json["record"]
    theirs["fields"].append({"500": {"ind1": " ", "ind2": " ", "subfields": [{"a": "Của người khác"}]}})
    world.call("PUT", f"/records/{name}", *WRITES, said={"record": theirs}, headers={"If-Match": read.headers["ETag"]})
    assert world.call("GET", there, *WRITES).json["moved"] is True
    assert world.call("POST", f"{there}/publish", *WRITES, said={"anyway": True}).status_code == 409
    merged = world.call("POST", f"{there}/rebase", *WRITES, said={"merge": True}).json
    assert "Tóm tắt của tôi" in merged["draft"]["text"]
    assert "Của người khác" in merged["draft"]["text"]
    done = world.call("POST", f"{there}/publish", *WRITES, said={"anyway": True})
    assert done.status_code == 200, done.text
    undone = world.call("POST", f"/records/{name}/undo", *WRITES, "undo", said={"change_set": done.json["change_set"]})
    assert undone.status_code == 200, undone.text
    assert "Tóm tắt của tôi" not in world.call("GET", f"/records/{name}").text


def test_what_waits_for_a_person_is_told_as_far_as_the_token_may_see_to_it(world: World) -> None:  # noqa: F811
    world.call("POST", f"/batches/{batch(world)}/ask", "import")
    alone = world.call("GET", "/matters", "import").json["items"]
    more = world.call("GET", "/matters", "import", "decide", "quarantine").json["items"]
    assert [one["kind"] for one in alone] == ["batches"]
    assert {"batches", "doubts"} <= {one["kind"] for one in more}
    assert world.call("GET", "/matters", "import", library="bk02").json["items"] == []


# --- sources ----------------------------------------------------------------------------------------------------------


def kept_password(world: World, number: int) -> str:  # noqa: F811
    return str(sources.get(world.store, number).settings.get("password", ""))


def test_a_setting_of_a_source_is_changed_and_its_password_goes_to_no_other_host(world: World) -> None:  # noqa: F811
    number = world.call("GET", "/sources", "runs").json["items"][0]["number"]
    there, may = f"/sources/{number}", ("runs", "sources")
    changed = world.call("PATCH", there, *may, said={"settings": {"schedule": "mỗi 6 giờ"}, "password": "bí mật"})
    assert changed.json["settings"]["schedule"] == "mỗi 6 giờ", changed.text
    assert "password" not in changed.json["settings"]
    assert kept_password(world, number)
    world.call("PATCH", there, *may, said={"settings": {"url": "https://khac.example.vn/oai"}})
    assert not kept_password(world, number)
    guarded = world.call("PATCH", there, *may, said={"settings": {"allow": ["10.0.0.0/8"]}})
    assert guarded.status_code == 403
    wrong = world.call("PATCH", there, *may, said={"settings": {"schedule": "lúc nào cũng được"}})
    assert wrong.status_code == 400
    assert world.call("PATCH", there, *may, library="bk02", said={"settings": {}}).status_code == 404


def test_an_address_is_tried_before_it_is_added(world: World) -> None:  # noqa: F811
    said = {"address": "http://127.0.0.1:9/oai"}
    begun = world.call("POST", "/libraries/bk01/trials", "sources", said=said)
    assert begun.status_code == 202, begun.text
    there = begun.headers["Location"].removeprefix("/api/v1")
    for _ in range(200):
        found = world.call("GET", there, "sources").json
        if found["over"]:
            break
        time.sleep(0.05)
    assert found["over"]
    assert world.call("GET", there, "sources", "runs").status_code == 404  # another token did not ask for it
    private = world.call("POST", "/libraries/bk01/trials", "sources", said=said | {"allow_private": True})
    assert private.status_code == 403


def test_a_removed_source_is_found_and_had_back(world: World) -> None:  # noqa: F811
    may = ("runs", "sources")
    number = world.call("GET", "/sources", "runs").json["items"][0]["number"]
    world.call("POST", f"/sources/{number}/remove", *may)
    assert walked(world, "/sources", "runs") == []
    assert [one["number"] for one in walked(world, "/sources?removed=true", "runs")] == [number]
    assert world.call("POST", f"/sources/{number}/restore", *may).status_code == 200
    assert [one["number"] for one in walked(world, "/sources", "runs")] == [number]


# --- the union --------------------------------------------------------------------------------------------------------


def test_a_question_that_was_put_off_is_asked_again_at_once(world: World) -> None:  # noqa: F811
    one = world.call("GET", "/questions", "decide").json["items"][0]
    said = {"a": one["a"]["record"], "b": one["b"]["record"], "verdict": "later"}
    assert world.call("POST", "/decisions", "decide", said=said).status_code == 201
    off = world.call("GET", "/questions/later", "decide").json["items"]
    assert [each["question"]["low"] for each in off] == [one["low"]]
    assert world.call("POST", f"/questions/{one['low']}/{one['high']}/sooner", "decide").status_code == 204
    assert world.call("GET", "/questions/later", "decide").json["items"] == []


def test_a_title_that_many_share_is_answered_once(world: World) -> None:  # noqa: F811
    same = {"t245": "$aBáo cáo", "t260": "$aBắc Kạn :$bSở A,$c1999"}
    shelf = [record(control=f"r{n}", **same, t300=f"$a{50 + 40 * n} tr.") for n in range(12)]
    contribute(world.store, "bk01", *shelf)
    follow(world.store)
    (one,) = world.call("GET", "/questions/alike?library=bk01", "decide").json["items"]
    assert (one["title"], one["records"], one["compared"]) == ("Báo cáo", 12, True)
    said = {"number": one["number"], "note": "mỗi quý một bản"}
    assert world.call("POST", "/questions/alike", "decide", library="bk02", said=said).status_code == 403
    act = world.call("POST", "/questions/alike", "decide", said=said)
    assert act.status_code == 201
    assert world.call("GET", "/questions/alike", "decide").json["items"] == []
    assert world.call("POST", "/questions/alike", "decide", said=said).status_code == 404
    assert world.call("GET", "/decisions", "decide").json["items"][0]["verdict"] == "all_different"


# --- sets -------------------------------------------------------------------------------------------------------------


def test_a_set_is_tried_made_filled_and_taken_away(world: World) -> None:  # noqa: F811
    may = {"library": "bk00"}
    query = 'title~"Hát then"'
    tried = world.call("POST", "/sets/trial", "collections", said={"query": query}, **may)
    assert tried.json["members"] >= 1, tried.text
    there = "/sets/query/hat-then"
    put = world.call("PUT", there, "collections", said={"name_vi": "Hát then", "query": query}, **may)
    assert (put.status_code, put.json["spec"]) == (202, "query:hat-then"), put.text
    while not set_sweep.run(world.store):
        pass
    listed = world.call("GET", "/sets?kind=query", "collections", **may).json["items"]
    assert [one["members"] for one in listed] == [tried.json["members"]]
    assert world.call("DELETE", there, "collections", **may).status_code == 204
    assert world.call("GET", "/sets", "collections", **may).json["items"] == []
    assert world.call("GET", "/sets", "collections", library="bk01").status_code == 403


def test_records_are_told_anew(world: World) -> None:  # noqa: F811
    said = {"records": [identifier(world)]}
    tried = world.call("POST", "/announcements/trial", "system", said=said, library="bk00").json
    assert (tried["records"], tried["stamp"]) == (1, None)
    done = world.call("POST", "/announcements", "system", said=said, library="bk00").json
    assert (done["records"], len(done["change_sets"])) == (1, 1)
    nothing = world.call("POST", "/announcements", "system", said={}, library="bk00")
    assert nothing.status_code == 409


# --- people -----------------------------------------------------------------------------------------------------------


CATALOGUER = (
    "people", "import", "edit", "copy", "export", "quality", "publish", "undo", "runs", "quarantine", "decide",
    "statistics",
)  # fmt: skip


def come_in(world: World, link: str, login: str) -> None:  # noqa: F811
    with world.store.write() as connection:
        now, secret = world.store.now(connection), link.rpartition("/")[2]
        invitations.accept(connection, now, secret, login=login, name="Lý Thị Mai", hashed="x")


def test_somebody_is_invited_comes_in_and_their_role_ends(world: World) -> None:  # noqa: F811
    said = {"role": "library_cataloguer", "name": "Lý Thị Mai"}
    made = world.call("POST", "/libraries/bk01/invitations", *CATALOGUER, said=said)
    assert made.status_code == 201, made.text
    assert [one["name"] for one in world.call("GET", "/invitations", "people").json["items"]] == ["Lý Thị Mai"]
    come_in(world, made.json["link"], "mai")
    held = world.call("GET", "/people", "people").json["items"]
    assert [(one["login"], one["role"], one["library"]) for one in held] == [("mai", "library_cataloguer", "bk01")]
    assert world.call("POST", "/people/mai/lock", *CATALOGUER).status_code == 204
    assert world.call("POST", "/people/mai/unlock", *CATALOGUER).status_code == 204
    reset = world.call("POST", "/people/mai/reset", *CATALOGUER)
    assert (reset.status_code, reset.json["days"]) == (201, 1)
    given = world.call("POST", "/libraries/bk01/people/mai/roles", *CATALOGUER, said={"role": "contributor"})
    assert given.status_code == 201, given.text
    for one in (given.json["number"], held[0]["number"]):
        assert world.call("POST", f"/roles/{one}/end", *CATALOGUER).status_code == 204
    assert world.call("GET", "/people", "people").json["items"] == []


@pytest.mark.parametrize(("scopes", "role", "library"), [
    (("people",), "contributor", "bk01"),  # more than the token holds
    (CATALOGUER, "library_manager", "bk01"),
    (CATALOGUER, "administrator", "bk01"),
    (CATALOGUER, "contributor", "bk00"),  # the role would reach libraries that the token does not
])  # fmt: skip
def test_a_token_gives_no_more_than_it_holds(
    world: World, scopes: tuple[str, ...], role: str, library: str  # noqa: F811
) -> None:  # fmt: skip
    said = {"role": role, "name": "Ai đó"}
    answer = world.call("POST", f"/libraries/{library}/invitations", *scopes, library=library, said=said)
    assert (answer.status_code, answer.json["code"]) == (409, "role.refused"), answer.text


def test_a_role_lasts_no_longer_than_the_token_that_gives_it(world: World) -> None:  # noqa: F811
    secret = tokens.add(world.store, "bk01", "ngắn", CATALOGUER, 5)[1]
    headers = {"Authorization": f"Bearer {secret}"}
    said = {"role": "contributor", "name": "Ai đó"}
    there = "/libraries/bk01/invitations"
    assert world.call("POST", there, said=said, headers=headers).status_code == 409
    late = world.call("POST", there, said=said | {"until": "2999-01-01"}, headers=headers)
    assert late.status_code == 409


def test_an_invitation_dies_with_the_token_that_gave_it(world: World) -> None:  # noqa: F811
    token, secret = tokens.add(world.store, "bk01", "mời", CATALOGUER)
    headers = {"Authorization": f"Bearer {secret}"}
    said = {"role": "contributor", "name": "Ai đó"}
    link = world.call("POST", "/libraries/bk01/invitations", said=said, headers=headers).json["link"]
    tokens.revoke(world.store, "bk01", token.name)
    with pytest.raises(RefusedError, match="không dùng được nữa"):
        come_in(world, link, "ai.do")
    assert people.every(world.store) == []


def test_an_administrator_is_governed_by_no_token(world: World) -> None:  # noqa: F811
    people.add(world.store, "quan.tri", "Quản trị")
    with world.store.write() as connection:
        person = people.find(connection, "quan.tri")
        people.give(connection, world.store.now(connection), person.number, "administrator", "", "test")
    for what in ("lock", "reset", "codes-off"):
        assert world.call("POST", f"/people/quan.tri/{what}", *CATALOGUER).status_code == 404


def test_a_library_is_put_below_another_by_who_may_at_both(world: World) -> None:  # noqa: F811
    alone = world.call("PATCH", "/libraries/bk01", "libraries", said={"parent": ""})
    assert alone.status_code == 403
    named = world.call("PATCH", "/libraries/bk01", "libraries", said={"name_vi": "Ba Bể"})
    assert (named.json["name_vi"], named.json["parent"]) == ("Ba Bể", "bk00")


# --- the trail, the rules, the system ---------------------------------------------------------------------------------


def test_the_trail_tells_what_was_done_and_proves_itself(world: World) -> None:  # noqa: F811
    world.call("PATCH", "/libraries/bk01", "libraries", said={"name_vi": "Tên mới"})
    found = walked(world, "/audit?act=libraries", "audit")
    assert [(one["object"], one["library"], one["detail"]) for one in found] == [("=", "bk01", "Tên mới")]
    assert walked(world, "/audit?act=libraries", "audit", limit=200) == found
    assert world.call("GET", "/audit", "audit", library="bk02").json["items"] == []
    proof = world.call("GET", "/audit/proof", "audit", "system", library="bk00").json
    assert (proof["broken"], proof["entries"] > 0) == (None, True)
    assert world.call("GET", "/audit/proof", "audit").status_code == 403


def test_rules_of_the_union_are_tried_and_dropped(world: World) -> None:  # noqa: F811
    may: dict[str, Any] = {"library": "bk00"}
    wrong = world.call("POST", "/union-rules", "union_rules", said={"rules": "{]"}, **may)
    assert wrong.status_code == 400
    made = world.call("POST", "/union-rules", "union_rules", said={"note": "thử"}, **may)
    assert made.status_code == 202, made.text
    there = made.headers["Location"].removeprefix("/api/v1")
    early = world.call("POST", f"{there}/publish", "union_rules", **may)
    assert early.status_code == 409
    assert world.call("GET", there, "union_rules", **may).json["trial"]["note"] == "thử"
    assert world.call("POST", f"{there}/drop", "union_rules", **may).json["state"] == "dropped"
    listed = world.call("GET", "/union-rules", "union_rules", **may).json["items"]
    assert [one["state"] for one in listed] == ["dropped"]
    assert world.call("GET", "/clusters", "decide").json["items"]


def test_the_system_is_asked_for_its_chores(world: World) -> None:  # noqa: F811
    may: dict[str, Any] = {"library": "bk00"}
    for path in ("backup", "examine", "index"):
        assert world.call("POST", f"/system/{path}", "system", **may).json == {"asked": True}
    world.work()
    settings = world.call("GET", "/system/settings", "system", **may).json["items"]
    assert any(one.get("name") == "api_requests" for one in settings)
    assert world.call("POST", "/system/backups/khong-co/verify", "system", **may).status_code == 404
