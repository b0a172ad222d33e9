"""The screens of duplicates, as people of several libraries use them, and the services beside them."""

from __future__ import annotations

import csv
import io
import json
import re
import shutil
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from accounts import tokens
from accounts.rights import Role
from catalogue import libraries
from catalogue.libraries import Library
from catalogue.store import Store
from foundation import limits
from foundation.settings import Settings
from marc import iso2709, marcjson, marcxml
from marc.record import Record
from portal import app as portal
from portal import matching
from tests.portal.conftest import csrf_of, signed_in
from tests.union.records import BOOK, record
from tests.union.store_world import clusters, contribute, follow
from union import chronicle, questions, reading, trials
from union.questions import Chosen
from union.rules import shipped_document

OTHER_HOUSE = {"t260": "$aH. :$bKim Đồng,$c2010", "t300": "$a220 tr."}
EVIL = "<script>alert(1)</script>"


def book(control: str, **changes: str) -> Record:
    fields: dict[str, str | list[str]] = {f"t{tag}": text for tag, text in BOOK.items()}
    return record(control=control, **fields | changes)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A province and two libraries, with a doubtful pair and a cluster of three that disagree; each test has a copy."""
    home = tmp_path_factory.mktemp("made")
    other = {"t245": "$aHát then Bắc Kạn /$cHoàng Thị Lan", "t100": "$aHoàng Thị Lan", "t300": "$a99 tr."}
    with closing(Store.open(Settings(home=home))) as store:
        libraries.add(store, Library("bk00", "Thư viện tỉnh", kind="provincial"))
        for code in ("bk01", "bk02", "bk03"):
            libraries.add(store, Library(code, f"Thư viện {code}", parent="bk00"))
        contribute(store, "bk00", book("9", **other, t020="$a9786046951667"))
        contribute(store, "bk01", book("1"), book("9", **other, t020="$a9786046951674"))
        contribute(store, "bk02", book("1", **OTHER_HOUSE), book("9", **other, t020="$a9786046951674"))
        follow(store)
    return home


@pytest.fixture
def store(made: Path, tmp_path: Path) -> Iterator[Store]:
    shutil.copytree(made, tmp_path, dirs_exist_ok=True)
    with closing(Store.open(Settings(home=tmp_path))) as copy:
        yield copy


@pytest.fixture
def app(store: Store, tmp_path: Path) -> Flask:
    return portal.create(store, Settings(home=tmp_path), "http://localhost")


def question(store: Store) -> questions.Question:
    return questions.page(store, Chosen(libraries=("bk02",), kind="vietnamese", reason="doubt"))[0]


def test_alikes_are_one_line_that_is_answered_at_once(app: Flask, store: Store) -> None:
    same = {"t245": "$aBáo cáo", "t260": "$aBắc Kạn :$bSở A,$c1999"}
    contribute(store, "bk01", *[record(control=f"r{n}", **same, t300=f"$a{50 + 40 * n} tr.") for n in range(9)])
    follow(store)
    client = signed_in(app, Role.LIBRARY_CATALOGUER, "bk01")
    shown = client.get("/workshop/duplicates").text
    assert shown.count("<strong>Báo cáo</strong>") == 1
    assert "9 biểu ghi cùng nhan đề" in shown
    (form,) = re.findall(r'action="(/workshop/duplicates/alike/-?\d+/different)"', shown)
    pairs = client.get(f"/workshop/duplicates?alike={form.split('/')[4]}").text
    assert pairs.count("Báo cáo<br>Báo cáo") == questions.PAGE
    stranger = signed_in(app, Role.LIBRARY_CATALOGUER, "bk03")
    token = csrf_of(stranger, "/workshop/duplicates")
    assert stranger.post(form, data={"csrf_token": token}).status_code == 403
    (told,) = client.get("/workshop/duplicates?format=json").get_json()["alikes"]
    assert (told["title"], told["records"], told["libraries"]) == ("Báo cáo", 9, ["bk01"])
    done = client.post(form, data={"csrf_token": csrf_of(client, "/workshop/duplicates")}, follow_redirects=True).text
    assert "mọi biểu ghi cùng nhan đề là khác nhau" in done
    assert "biểu ghi cùng nhan đề <strong>" not in done


def answer(client: FlaskClient, store: Store, verdict: str, **more: str) -> tuple[int, str]:
    one = question(store)
    path = f"/workshop/duplicates/{one.low}-{one.high}"
    form = {"csrf_token": csrf_of(client, path), "a": one.a.name, "b": one.b.name, "verdict": verdict}
    found = client.post("/workshop/duplicates/answer", data=form | more)
    return found.status_code, found.location or found.text


def test_the_queue_leads_to_a_question_with_reasons_and_marks(app: Flask, store: Store) -> None:
    client = signed_in(app, Role.PROVINCIAL_CATALOGUER, "bk00")
    page = client.get("/workshop/duplicates").text
    one = question(store)
    assert f"/workshop/duplicates/{one.low}-{one.high}" in page
    shown = client.get(f"/workshop/duplicates/{one.low}-{one.high}").text
    assert "<mark>Kim" in shown
    assert '<svg class="bar start"' in shown
    assert "cần người xem" in shown
    assert "Năm xuất bản" in shown
    assert "title_same" not in shown, "every level is told in words"
    assert 'style="' not in shown, "the policy lets no inline style in"


def test_an_answer_is_kept_with_its_reason_and_taken_back_from_the_banner(app: Flask, store: Store) -> None:
    client = signed_in(app, Role.LIBRARY_CATALOGUER, "bk01")
    status, onward = answer(client, store, "same", note="cùng một bản in")
    assert status == 303
    (act,) = chronicle.acts(store)
    assert (act.what, act.library, act.why, act.by) == ("same", "bk01", "cùng một bản in", "library-cataloguer.bk01")
    assert reading.find(store, "bk01/1").number == reading.find(store, "bk02/1").number, "at once"
    page = client.get(onward).text
    assert f"/workshop/decisions/{act.act}/withdraw" in page
    client.post(f"/workshop/decisions/{act.act}/withdraw", data={"csrf_token": csrf_of(client, onward)})
    assert reading.find(store, "bk01/1").number != reading.find(store, "bk02/1").number
    assert question(store)


def test_what_was_decided_is_told_by_titles_and_names(app: Flask, store: Store) -> None:
    client = signed_in(app, Role.LIBRARY_CATALOGUER, "bk01")
    titles = {one.title.rstrip(" /") for one in (question(store).a, question(store).b)}
    banner = client.get(answer(client, store, "same")[1]).text.partition("Đã ghi quyết định")[2].partition("</p>")[0]
    listed = client.get("/workshop/decisions").text
    for title in titles:
        assert title in banner
        assert title in listed
    assert "Người thử library-cataloguer.bk01" in listed


def test_a_library_s_own_record_is_marked_beside_the_other(app: Flask, store: Store) -> None:
    one = question(store)
    pages = ("/workshop/duplicates", f"/workshop/duplicates/{one.low}-{one.high}", f"/workshop/clusters/{one.low}")
    mine = signed_in(app, Role.LIBRARY_CATALOGUER, one.a.library)
    assert [mine.get(page).text.count("của thư viện bạn") for page in pages[:2]] == [1, 1]
    holds = question(store).low == one.low and "của thư viện bạn" in mine.get(pages[2]).text
    assert holds or "của thư viện bạn" in mine.get(f"/workshop/clusters/{one.high}").text
    province = signed_in(app, Role.PROVINCIAL_CATALOGUER, "bk00")
    assert not any("của thư viện bạn" in province.get(page).text for page in pages), "the province speaks for all"


def test_the_next_question_of_the_selection_comes_at_once(app: Flask, store: Store) -> None:
    more = {"t245": "$aDân ca Nùng /$cNông Văn An", "t260": "$aH. :$bVăn hoá dân tộc,$c2001"}
    contribute(store, "bk01", book("2", **more))
    contribute(store, "bk02", book("2", **more | {"t260": "$aH. :$bKim Đồng,$c2001", "t300": "$a220 tr."}))
    follow(store)
    client = signed_in(app, Role.PROVINCIAL_CATALOGUER, "bk00")
    first = question(store)
    _, onward = answer(client, store, "different", library="bk02", reason="doubt")
    left = question(store)
    assert (left.low, left.high) != (first.low, first.high)
    assert onward.startswith(f"/workshop/duplicates/{left.low}-{left.high}?library=bk02&reason=doubt&done=")
    assert client.get(onward).status_code == 200


def test_put_off_is_out_of_the_queue_and_listed(app: Flask, store: Store) -> None:
    client = signed_in(app, Role.LIBRARY_CATALOGUER, "bk01")
    one = question(store)
    assert answer(client, store, "later")[0] == 303
    assert chronicle.acts(store) == []
    path = f"/workshop/duplicates/{one.low}-{one.high}"
    assert path not in client.get("/workshop/duplicates").text
    assert path in client.get("/workshop/duplicates?later=1").text


@pytest.mark.parametrize(("role", "library", "status"), [
    (Role.LIBRARY_CATALOGUER, "bk01", 303), (Role.LIBRARY_MANAGER, "bk02", 303),
    (Role.PROVINCIAL_CATALOGUER, "bk00", 303), (Role.ADMINISTRATOR, "", 303),
    (Role.LIBRARY_CATALOGUER, "bk03", 403), (Role.CONTRIBUTOR, "bk01", 403),
])  # fmt: skip
def test_who_has_a_record_in_it_or_speaks_for_the_province_decides(
    app: Flask, store: Store, role: Role, library: str, status: int
) -> None:
    client = signed_in(app, role, library)
    one = question(store)
    form = {"csrf_token": csrf_of(client), "a": one.a.name, "b": one.b.name, "verdict": "different"}
    assert client.post("/workshop/duplicates/answer", data=form).status_code == status
    assert len(chronicle.acts(store)) == (status == 303)


def test_a_library_sees_its_own_questions_alone(app: Flask) -> None:
    assert signed_in(app, Role.LIBRARY_CATALOGUER, "bk03").get("/workshop/duplicates?format=json").json == {
        "questions": [], "next": "", "alikes": [],
    }  # fmt: skip


def test_the_province_s_word_is_not_withdrawn_by_a_library(app: Flask, store: Store) -> None:
    answer(signed_in(app, Role.PROVINCIAL_CATALOGUER, "bk00"), store, "different")
    (act,) = chronicle.acts(store)
    client = signed_in(app, Role.LIBRARY_CATALOGUER, "bk01")
    path = f"/workshop/decisions/{act.act}/withdraw"
    assert client.post(path, data={"csrf_token": csrf_of(client)}).status_code == 403
    assert chronicle.acts(store)[0].withdrawn is None


@pytest.mark.parametrize("path", [
    "/workshop/duplicates", "/workshop/decisions", "/workshop/sureness", "/workshop/clusters/1", "/workshop/rules",
    "/workshop/duplicates/pair?a=bk01/1&b=bk02/1",
])  # fmt: skip
def test_nobody_is_led_to_the_sign_in(app: Flask, path: str) -> None:
    assert app.test_client().get(path).status_code == 303


def test_a_forged_form_decides_nothing(app: Flask, store: Store) -> None:
    client, one = signed_in(app, Role.ADMINISTRATOR), question(store)
    form = {"a": one.a.name, "b": one.b.name, "verdict": "same"}
    assert client.post("/workshop/duplicates/answer", data=form).status_code == 400
    assert chronicle.acts(store) == []


@pytest.mark.parametrize("back", ["https://elsewhere.example/", "//elsewhere.example", "/workshop/\\elsewhere", "/x"])
def test_a_form_leads_nowhere_else(app: Flask, store: Store, back: str) -> None:
    onward = answer(signed_in(app, Role.ADMINISTRATOR), store, "different", back=back)[1]
    assert onward.startswith("/workshop/duplicates")


def test_what_a_record_says_is_never_run(app: Flask, store: Store) -> None:
    title = {"t245": f"$aHát lượn {EVIL} /$cNông Văn An"}
    contribute(store, "bk01", book("3", **title))
    contribute(store, "bk02", book("3", **title, **OTHER_HOUSE))
    follow(store)
    client = signed_in(app, Role.ADMINISTRATOR)
    number = reading.find(store, "bk01/3").number
    paths = ["/workshop/duplicates", f"/workshop/clusters/{number}", "/workshop/duplicates/pair?a=bk01/3&b=bk02/3"]
    for path in paths:
        page = client.get(path).text
        assert "<script" not in page
        assert "alert(1)" in page


# --- the cluster --------------------------------------------------------------------------------------------------


def test_a_cluster_shows_members_origins_and_disagreements(app: Flask) -> None:
    page = signed_in(app, Role.LIBRARY_CATALOGUER, "bk01").get("/workshop/clusters/bk01/9").text
    assert all(f'value="bk0{number}/9"' in page for number in range(3))
    assert "Chỗ bất đồng" in page
    assert "9786046951667" in page
    assert "biểu ghi dẫn đầu" in page


def test_ticked_records_are_split_off_and_brought_back(app: Flask, store: Store) -> None:
    client = signed_in(app, Role.LIBRARY_CATALOGUER, "bk01")
    number = reading.find(store, "bk01/9").number
    before = clusters(store)
    form = {"csrf_token": csrf_of(client), "member": "bk01/9", "note": "khác người dịch"}
    assert client.post(f"/workshop/clusters/{number}/split", data=form).status_code == 303
    assert reading.find(store, "bk01/9").members == ("bk01/9",)
    page = client.get("/workshop/clusters/bk01/9").text
    assert "khác người dịch" in page
    (act,) = chronicle.acts(store)
    client.post(f"/workshop/decisions/{act.act}/withdraw", data={"csrf_token": form["csrf_token"]})
    assert clusters(store) == before


def test_a_split_of_nothing_says_what_to_do(app: Flask, store: Store) -> None:
    client = signed_in(app, Role.LIBRARY_CATALOGUER, "bk01")
    number = reading.find(store, "bk01/9").number
    found = client.post(f"/workshop/clusters/{number}/split", data={"csrf_token": csrf_of(client)})
    assert (found.status_code, "ít nhất một" in found.text) == (409, True)


def test_a_pinned_record_leads(app: Flask, store: Store) -> None:
    client = signed_in(app, Role.LIBRARY_CATALOGUER, "bk01")
    found = reading.find(store, "bk01/9")
    form = {"csrf_token": csrf_of(client), "leader": "bk01/9"}
    client.post(f"/workshop/clusters/{found.number}/pin", data=form)
    leader = reading.explained(store, reading.find(store, "bk01/9")).leader
    assert (leader.library, leader.local_id) == ("bk01", "9")


def test_a_frozen_cluster_takes_nobody_in(app: Flask, store: Store) -> None:
    client = signed_in(app, Role.LIBRARY_CATALOGUER, "bk01")
    number = reading.find(store, "bk01/1").number
    client.post(f"/workshop/clusters/{number}/freeze", data={"csrf_token": csrf_of(client)})
    contribute(store, "bk03", book("5"))
    follow(store)
    assert reading.find(store, "bk03/5").members == ("bk03/5",)


@pytest.mark.parametrize("path", ["/workshop/clusters/99999", "/workshop/clusters/nobody/1", "/workshop/rules/99"])
def test_what_is_not_there_is_missing(app: Flask, path: str) -> None:
    assert signed_in(app, Role.ADMINISTRATOR).get(path).status_code == 404


# --- lists, figures, rules ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", [
    "/workshop/duplicates", "/workshop/decisions", "/workshop/sureness", "/workshop/clusters/1", "/workshop/rules",
])  # fmt: skip
def test_every_list_is_json_and_csv_too(app: Flask, store: Store, path: str) -> None:
    client = signed_in(app, Role.ADMINISTRATOR)
    answer(client, store, "later")
    assert isinstance(client.get(f"{path}?format=json").json, dict | list)
    table = client.get(f"{path}?format=csv")
    assert table.mimetype == "text/csv"
    rows = list(csv.reader(io.StringIO(table.get_data().decode("utf-8-sig"))))
    assert len({len(row) for row in rows}) == 1


def test_sureness_links_to_what_is_behind_its_figures(app: Flask) -> None:
    page = signed_in(app, Role.LIBRARY_CATALOGUER, "bk01").get("/workshop/sureness").text
    assert "/workshop/duplicates?reason=doubt" in page
    assert "/workshop/clusters?least=2" in page
    assert "5 biểu ghi" in page


def test_clusters_are_listed_by_records_and_libraries(app: Flask) -> None:
    client = signed_in(app, Role.LIBRARY_CATALOGUER, "bk01")
    assert [one["records"] for one in client.get("/workshop/clusters?least=2&format=json").json["clusters"]] == [3]
    assert len(client.get("/workshop/clusters?held=1&format=json").json["clusters"]) == 2
    assert "Hát then Bắc Kạn" in client.get("/workshop/clusters?held=3").text


def test_rules_are_the_administrator_s(app: Flask) -> None:
    assert signed_in(app, Role.PROVINCIAL_CATALOGUER, "bk00").get("/workshop/rules").status_code == 403


def test_rules_are_tried_seen_and_published(app: Flask, store: Store) -> None:
    client = signed_in(app, Role.ADMINISTRATOR)
    rules = json.dumps(matching_rules(link=-1.5, join=-1.5)).encode()
    form = {"csrf_token": csrf_of(client), "what": "try", "file": (io.BytesIO(rules), "rules.json")}
    path = client.post("/workshop/rules", data=form).location
    assert client.get(path).headers["Refresh"] == "3"
    trials.work(store)
    page = client.get(path)
    assert "Refresh" not in page.headers
    assert re.search(r"Sẽ nhập làm một: 1\b", page.text)
    assert "/workshop/duplicates/pair?a=" in page.text
    client.post(path, data={"csrf_token": form["csrf_token"], "what": "publish"})
    trials.work(store)
    assert reading.find(store, "bk01/1").number == reading.find(store, "bk02/1").number


def test_a_table_that_is_none_says_where(app: Flask) -> None:
    client = signed_in(app, Role.ADMINISTRATOR)
    file = (io.BytesIO(b'{"version": 0}'), "rules.json")
    found = client.post("/workshop/rules", data={"csrf_token": csrf_of(client), "what": "try", "file": file})
    assert (found.status_code, "/version" in found.text) == (400, True)


def matching_rules(**thresholds: float) -> dict[str, object]:
    return shipped_document() | {"thresholds": thresholds}


# --- services -----------------------------------------------------------------------------------------------------


def lines(text: str) -> list[dict[str, object]]:
    return [json.loads(line) for line in text.splitlines()]


@pytest.fixture
def bearer(store: Store) -> dict[str, str]:
    return {"Authorization": f"Bearer {tokens.add(store, 'bk03', 'máy', ('match',))[1]}"}


NEW = book("n1", t245="$aMột cuốn không ai có /$cVi Hồng", t100="$aVi Hồng", t260="$aH. :$bTrẻ,$c1985", t300="$a77 tr.")
SENT = [NEW, book("n2"), book("n3", t260="$aH. :$bThanh niên,$c2010", t300="$a208 tr.")]
DC = """<records><oai_dc:dc xmlns:oai_dc="http://www.openarchives.org/OAI/2.0/oai_dc/"
 xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>Một cuốn không ai có</dc:title><dc:creator>Vi Hồng</dc:creator>
 <dc:date>1985</dc:date></oai_dc:dc></records>""".encode()


@pytest.mark.parametrize("body", [
    b"".join(iso2709.write(one) for one in SENT),
    b'<collection xmlns="http://www.loc.gov/MARC21/slim">' + b"".join(map(marcxml.write, SENT)) + b"</collection>",
    b"\n".join(map(marcjson.write, SENT)),
], ids=["iso2709", "marcxml", "json"])  # fmt: skip
def test_match_says_what_is_new_the_same_or_doubtful(
    app: Flask, store: Store, bearer: dict[str, str], body: bytes
) -> None:
    found = lines(app.test_client().post("/api/v1/match", data=body, headers=bearer).text)
    assert [one.get("outcome") for one in found] == ["new", "duplicate", "doubtful", None]
    assert found[1]["same_as"] == reading.find(store, "bk01/1").identifier
    best = found[2]["candidates"][0]  # type: ignore[index]
    assert {"union", "record", "score", "levels", "vetoes", "probability"} <= best.keys()
    assert -2 < best["score"] < 0.5
    assert found[3] == {"summary": {"new": 1, "duplicate": 1, "doubtful": 1}}


def test_match_reads_dublin_core(app: Flask, bearer: dict[str, str]) -> None:
    found = lines(app.test_client().post("/api/v1/match", data=DC, headers=bearer).text)
    assert [one.get("outcome") for one in found] == ["new", None]


def test_a_damaged_record_is_refused_and_the_others_are_answered(app: Flask, bearer: dict[str, str]) -> None:
    good = iso2709.write(book("n2"))
    found = lines(app.test_client().post("/api/v1/match", data=good + b"00099nam\x1d" + good, headers=bearer).text)
    assert [one.get("outcome") for one in found] == ["duplicate", "refused", "duplicate", None]
    assert found[1]["problems"]


@pytest.mark.parametrize(("body", "status"), [(b"", 400), (b"%PDF-1.4", 400), (b"{}", 400)])
def test_what_is_no_record_is_a_problem_in_words(app: Flask, bearer: dict[str, str], body: bytes, status: int) -> None:
    found = app.test_client().post("/api/v1/match", data=body, headers=bearer)
    assert (found.status_code, found.mimetype) == (status, "application/problem+json")
    assert found.json["title"]


def test_too_much_is_refused_with_its_limit(
    app: Flask, bearer: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(matching, "MATCH_BYTES", 100)
    found = app.test_client().post("/api/v1/match", data=iso2709.write(book("1")), headers=bearer)
    assert (found.status_code, found.json["limit"], found.json["allowed"]) == (413, "MATCH_BYTES", 100)
    assert limits.MATCH_BYTES > 100


def test_records_beyond_the_limit_are_told_and_those_before_answered(
    app: Flask, bearer: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(matching, "MATCH_RECORDS", 2)
    body = b"".join(iso2709.write(one) for one in SENT)
    found = lines(app.test_client().post("/api/v1/match", data=body, headers=bearer).text)
    assert [one.get("outcome") for one in found] == ["new", "duplicate", None]
    assert found[-1]["problem"]["code"] == "match.many"  # type: ignore[index]


def test_match_needs_a_token_with_its_scope(app: Flask, store: Store) -> None:
    client = app.test_client()
    assert client.post("/api/v1/match", data=b"x").status_code == 401
    secret = tokens.add(store, "bk03", "khác", ("push",))[1]
    assert client.post("/api/v1/match", data=b"x", headers={"Authorization": f"Bearer {secret}"}).status_code == 403


def test_a_union_record_is_read_by_any_name_without_names_of_people(app: Flask, store: Store) -> None:
    answer(signed_in(app, Role.ADMINISTRATOR), store, "different", note="bí mật")
    found = reading.find(store, "bk01/9")
    client = app.test_client()
    for name in (str(found.number), found.identifier, "bk01/9"):
        told = client.get(f"/api/v1/union/{name}").json
        assert told["identifier"] == found.identifier
    assert told["members"] == ["bk00/9", "bk01/9", "bk02/9"]
    assert told["leader"] == "bk00/9"
    assert {one["rule"] for one in told["origins"]} >= {"leader", "made"}
    assert [one["what"] for one in told["disagreements"]] == ["isbn"]
    public = client.get("/api/v1/union/bk01/1").text + client.get("/api/v1/explain?a=bk01/1&b=bk02/1").text
    assert "bí mật" not in public
    assert "administrator" not in public


def test_explain_names_levels_decisions_and_whether_they_are_together(app: Flask, store: Store) -> None:
    answer(signed_in(app, Role.LIBRARY_CATALOGUER, "bk01"), store, "same")
    found = app.test_client().get("/api/v1/explain?a=bk01/1&b=bk02/1").json
    assert found["together"]
    assert found["verdict"] == "review"
    assert [one["verdict"] for one in found["decisions"]] == ["same"]
    assert round(found["start"] + sum(one["weight"] for one in found["levels"]), 2) == round(found["score"], 2)


@pytest.mark.parametrize("path", ["/api/v1/union/nobody", "/api/v1/explain?a=bk01/1&b=bk01/77", "/api/v1/explain"])
def test_what_the_union_has_not_is_a_problem(app: Flask, path: str) -> None:
    found = app.test_client().get(path)
    assert (found.status_code, found.mimetype) == (404, "application/problem+json")


def test_the_record_page_names_other_editions(app: Flask, store: Store) -> None:
    contribute(store, "bk03", book("8", t260="$aH. :$bTrẻ,$c1999", t250="$aIn lần 3"))
    follow(store)
    here = questions.side(store, "bk03/8")[0].identifier
    page = app.test_client().get(f"/record/{here}").text
    assert "Ấn bản khác" in page
    assert questions.side(store, "bk01/1")[0].identifier in page or reading.find(store, "bk01/1").identifier in page
