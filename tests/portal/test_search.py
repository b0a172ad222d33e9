"""The search page, its forms for programs, and the lists, over the whole province."""

from __future__ import annotations

import csv
import io
import json
import re
import statistics
import time
from collections.abc import Iterator
from contextlib import closing
from html import unescape
from pathlib import Path
from urllib.parse import urlencode

import pytest
from flask.testing import FlaskClient
from lxml import etree

from accounts.rights import Role
from catalogue import libraries
from catalogue.libraries import Library
from catalogue.store import Store
from cli.search import catch_up
from foundation.settings import Settings
from marc.record import Field, Record
from portal import app
from reports import follower as figures
from search.query import Field as Searched
from tests.catalogue.follow import put_united as put
from tests.portal.conftest import BASE, Province, signed_in

ATOM = "{http://www.w3.org/2005/Atom}"
OS = "{http://a9.com/-/spec/opensearch/1.1/}"
HOSTILE = "\"><script>alert(1)</script>{{ 7*7 }}' onload=x "


@pytest.fixture
def client(province: Province) -> FlaskClient:
    return province.client()


def find(client: FlaskClient, *filters: str, **arguments: object) -> dict[str, object]:
    said = [*arguments.items(), *(("f", one) for one in filters), ("format", "json")]
    found: dict[str, object] = json.loads(client.get(f"/search?{urlencode(said)}").data)
    return found


def count(client: FlaskClient, *filters: str, **arguments: object) -> int:
    found = find(client, *filters, **arguments)["count"]
    assert isinstance(found, int)
    return found


def test_diacritics_are_not_needed_and_count_when_asked_for(client: FlaskClient) -> None:
    assert count(client, q="bac kan") == count(client, q="Bắc Kạn") > 100
    exact, other, folded = count(client, q="=Bắc"), count(client, q="=bạc"), count(client, q="bac")
    assert 0 < exact < folded
    assert exact + other <= folded
    assert exact != other


def test_the_page_lists_what_was_found(client: FlaskClient) -> None:
    page = client.get("/search?q=dia+chi+bac+kan").text
    titles = [unescape(one) for one in re.findall(r'<h3><a href="/record/[^"]+">([^<]+)</a>', page)]
    found = find(client, q="dia chi bac kan")["records"]
    assert isinstance(found, list)
    assert titles == [one["title"] for one in found]
    assert titles[0] in ("Địa chí Bắc Kạn", "Thư mục địa chí Bắc Kạn")
    assert f"{count(client, q='dia chi bac kan')} kết quả" in page


def test_links_of_results_lead_to_their_records(client: FlaskClient) -> None:
    page = client.get("/search?q=ba+be").text
    for address in re.findall(r'<h3><a href="(/record/[^"]+)"', page)[:3]:
        assert client.get(address).status_code == 200


def test_every_number_to_narrow_by_is_what_narrowing_finds(client: FlaskClient) -> None:
    found = find(client, q="bac")
    facets = found["facets"]
    assert isinstance(facets, dict)
    assert {"library", "material", "language", "date", "place", "collection"} <= facets.keys()
    for field in ("library", "material", "language", "collection", "subject", "author"):
        assert facets[field], field
        for one in facets[field][:5]:
            assert count(client, f"{field}:{one['value']}", q="bac") == one["count"], (field, one)


def test_filters_together_narrow_further(client: FlaskClient) -> None:
    one = count(client, "library:bk00", q="bac")
    both = count(client, "library:bk00", "language:vie", q="bac")
    assert 0 < both <= one
    assert 0 < count(client, "library:bk00", "library:bk01", q="bac") < one, "what both of them have"


def test_what_can_be_read_online_is_asked_for_alone_and_all_of_it_is_marked(client: FlaskClient) -> None:
    whole = find(client, q="bac kan", size=100)
    (online,) = whole["facets"]["access"]  # type: ignore[index]
    narrowed = find(client, "access:online", q="bac kan", sort="title")
    assert online == {"value": "online", "count": narrowed["count"]}
    assert 0 < online["count"] < whole["count"]  # type: ignore[operator]
    assert "access%3Aonline" in client.get("/search?q=bac+kan").text

    page = client.get("/search?q=bac+kan&f=access:online&sort=title").text
    assert page.count("Có bản trực tuyến") == len(re.findall(r'<h3><a href="/record/', page)) > 0
    (chip,) = re.findall(r'<ul class="chips".*?<a href="([^"]+)">Đọc được trực tuyến ', page, re.DOTALL)
    assert unescape(chip) == "/search?q=bac+kan&sort=title"
    for kept in re.findall(r'<a (?:rel="next" )?href="(/search[^"]+(?:page=2|format=\w+))', page):
        assert "f=access%3Aonline" in kept
    table = client.get("/search?q=bac+kan&f=access:online&format=csv").data.decode("utf-8-sig")
    assert len(list(csv.DictReader(io.StringIO(table)))) == online["count"]
    feed = etree.fromstring(client.get("/search?q=bac+kan&f=access:online&format=atom").data)
    assert feed.findtext(f"{OS}totalResults") == str(online["count"])


def test_years_narrow(client: FlaskClient) -> None:
    whole = count(client)
    assert 0 < count(client, **{"from": "2000", "to": "2009"}) < whole
    assert count(client, **{"from": "abc"}) == whole


def test_a_collection_is_found_and_named(client: FlaskClient) -> None:
    assert count(client, q="bộ-sưu-tập:dia-chi") == count(client, "collection:dia-chi") > 10
    assert "Bộ sưu tập: Địa chí" in unescape(client.get("/search?f=collection:dia-chi").text)


def test_all_pages_together_are_every_result_once(client: FlaskClient) -> None:
    seen: list[str] = []
    for page in range(1, 20):
        records = find(client, q="bac kan", page=page, size=50, sort="title")["records"]
        assert isinstance(records, list)
        if not records:
            break
        seen += [one["identifier"] for one in records]
    assert len(seen) == len(set(seen)) == count(client, q="bac kan")


def test_the_order_is_the_one_asked_for(client: FlaskClient) -> None:
    records = find(client, q="bac kan", sort="newest")["records"]
    assert isinstance(records, list)
    years = [one["date"][:4] for one in records if one["date"]]
    assert years == sorted(years, reverse=True)


@pytest.mark.parametrize(
    ("address", "way"),
    [
        ('/search?q="kan+ba+be"', "các từ ở bất cứ đâu"),
        ("/search?q=bac+kan&f=language:xxx", "bỏ các bộ lọc"),
        ("/search?q=tac-gia:kan+zzzz", "chỉ cần có một trong các từ"),
        ("/search?q=kháng+zzzzzz", "chỉ cần có một trong các từ"),
    ],
)
def test_who_finds_nothing_is_shown_what_does_find(client: FlaskClient, address: str, way: str) -> None:
    page = unescape(client.get(address).text)
    assert "Không tìm thấy biểu ghi nào" in page
    assert way in page
    offered = re.findall(r'<li><a href="([^"]+)">[^<]*</a> \(([\d.]+)\)', page)
    assert offered
    for other, records in offered:
        assert f"{records} kết quả" in client.get(other).text


def test_a_query_that_cannot_be_asked_is_told_why(client: FlaskClient) -> None:
    answer = client.get("/search?q=a*")
    assert answer.status_code == 400
    assert "Hãy gõ thêm chữ" in answer.text
    assert client.get("/search?q=bac&page=99999").status_code == 400
    assert "Narrow the search" in client.get("/search?q=bac&page=99999&lang=en").text


def test_without_an_index_the_page_says_so(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path)
    with closing(Store.open(settings)) as store:
        answer = app.create(store, settings, BASE).test_client().get("/search?q=bac")
    assert answer.status_code == 503
    assert answer.headers["Retry-After"]


# --- for programs -----------------------------------------------------------------------------------------------


def test_atom_says_how_many_and_leads_on(client: FlaskClient) -> None:
    answer = client.get("/search?q=bac+kan&format=atom")
    tree = etree.fromstring(answer.data)
    assert answer.content_type.startswith("application/atom+xml")
    assert int(tree.findtext(f"{OS}totalResults") or 0) == count(client, q="bac kan")
    assert len(tree.findall(f"{ATOM}entry")) == 20
    links = {one.get("rel"): str(one.get("href")) for one in tree.findall(f"{ATOM}link")}
    second = etree.fromstring(client.get(links["next"].removeprefix(BASE)).data)
    first = {one.findtext(f"{ATOM}id") for one in tree.findall(f"{ATOM}entry")}
    assert first.isdisjoint({one.findtext(f"{ATOM}id") for one in second.findall(f"{ATOM}entry")})


def test_csv_opens_in_spreadsheets(client: FlaskClient) -> None:
    answer = client.get("/search?format=csv&q=bac+kan")
    assert answer.data.startswith(b"\xef\xbb\xbf")
    table = list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig"))))
    assert len(table) - 1 == count(client, q="bac kan")
    assert table[0][:2] == ["id", "title"]
    assert all(len(row) == len(table[0]) for row in table)


def test_opensearch_describes_addresses_that_work(client: FlaskClient) -> None:
    tree = etree.fromstring(client.get("/opensearch.xml").data)
    for one in tree.findall(f"{OS}Url"):
        address = str(one.get("template")).replace("{searchTerms}", "ba+be").replace("{startPage?}", "1")
        answer = client.get(address.removeprefix(BASE))
        assert answer.status_code == 200
        assert answer.content_type.startswith(str(one.get("type")))
    assert 'href="/opensearch.xml"' in client.get("/").text


# --- lists ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("field", [Searched.AUTHOR, Searched.SUBJECT, Searched.SERIES, Searched.TITLE])
def test_walking_a_list_both_ways_meets_every_heading_once(client: FlaskClient, field: Searched) -> None:
    forward, address = [], f"/browse?list={field.value}"
    while address:
        page = client.get(address).text
        forward.append(re.findall(r'<li><a href="(/search[^"]+)" rel="nofollow">([^<]*)</a> <span', page))
        found = re.search(r'rel="next" href="([^"]+)"', page)
        last, address = address, unescape(found[1]) if found else ""
    backward, address = [], last
    while address:
        page = client.get(address).text
        backward.append(re.findall(r'<li><a href="(/search[^"]+)" rel="nofollow">([^<]*)</a> <span', page))
        found = re.search(r'rel="prev" href="([^"]+)"', page)
        address = unescape(found[1]) if found else ""
    headings = [one for page in forward for one in page]
    assert len(headings) == len(set(headings)) > 5
    assert [one for page in reversed(backward) for one in page] == headings


def test_a_heading_finds_what_its_list_says(client: FlaskClient) -> None:
    """And what stands under headings that differ in punctuation alone (Đào, Duy Anh)."""
    less, more, every = [], [], 0
    for field, start in (("author", "d"), ("subject", "d"), ("series", ""), ("title", "b")):
        page = client.get(f"/browse?list={field}&start={start}").text
        listed = re.findall(r'<li><a href="(/search[^"]+)" rel="nofollow">[^<]*</a> <span[^>]*>(\d+)<', page)
        assert len(listed) > 3
        for address, number in listed:
            found = json.loads(client.get(unescape(address) + "&format=json").data)["count"]
            every += 1
            less += [(address, number, found)] if found < int(number) else []
            more += [(address, number, found)] if found > int(number) else []
    assert less == []
    assert len(more) < every / 10


def test_the_order_of_a_list_is_the_dictionary_s(client: FlaskClient) -> None:
    page = unescape(client.get("/browse?list=subject&start=dan").text)
    shown = re.findall(r'rel="nofollow">([^<]*)</a>', page)
    places = [shown.index(one) for one in ("Danh nhân", "Dân ca", "Dân tộc Dao")]
    assert places == sorted(places)


# --- safety, languages, speed -----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FlaskClient]:
    settings = Settings(home=tmp_path_factory.mktemp("hostile"), repository_name=HOSTILE)
    with closing(Store.open(settings)) as store:
        libraries.add(store, Library("bk00", HOSTILE, HOSTILE))
        fields = [Field("001", value="1")]
        for tag in ("100", "245", "260", "490", "650", "655", "700"):
            fields.append(Field(tag, "  ", (("a", f"=1+1{HOSTILE}"), ("b", HOSTILE), ("c", HOSTILE))))
        fields.append(Field("856", "4 ", (("u", "javascript:alert(1)"), ("y", HOSTILE))))
        put(store, Record.build("00000nam a2200000 a 4500", fields), library="bk00")
        catch_up(store, settings)
        yield app.create(store, settings, BASE).test_client()


@pytest.mark.parametrize(
    "address",
    [
        "/search?q=alert", "/search", f"/search?{urlencode({'q': HOSTILE})}",
        f"/search?{urlencode({'q': f'zz {HOSTILE}'})}",
        f"/search?{urlencode({'q': 'a', 'f': 'subject:' + HOSTILE, 'from': HOSTILE, 'sort': HOSTILE})}",
        "/browse?list=author", "/browse?list=title", f"/browse?{urlencode({'list': HOSTILE, 'start': HOSTILE})}",
        "/connect",
        f"/search?{urlencode({'lang': 'en', 'x' + HOSTILE: HOSTILE})}",
    ],
)  # fmt: skip
def test_what_records_and_addresses_say_never_becomes_markup(hostile: FlaskClient, address: str) -> None:
    answer = hostile.get(address)
    assert answer.status_code in (200, 400)
    assert "<script" not in answer.text
    tree = etree.fromstring(answer.data, etree.HTMLParser())
    assert not tree.xpath("//@onload | //@onerror | //@style | //script | //a[starts-with(@href, 'javascript')]")
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy


def test_no_cell_is_a_formula(hostile: FlaskClient) -> None:
    table = list(csv.reader(io.StringIO(hostile.get("/search?format=csv").data.decode("utf-8-sig"))))
    assert table[1][1].startswith("'=1+1")
    assert not any(cell.startswith(("=", "+", "-", "@")) for row in table for cell in row)
    etree.fromstring(hostile.get("/search?format=atom").data)
    json.loads(hostile.get("/search?format=json").data)


def test_changing_the_language_keeps_the_search(client: FlaskClient) -> None:
    page = client.get("/search?q=bac+kan&f=library:bk00").text
    (other,) = re.findall(r'href="([^"]+)" lang="en"', page)
    english = client.get("/search" + unescape(other)).text
    assert "results" in english
    assert "Provincial Library" in english
    assert 'value="bac kan"' in english
    assert "results" in client.get("/search?q=ba").text  # and is remembered


def test_the_page_is_quick(client: FlaskClient) -> None:
    times = []
    for word in ("bac", "dan toc", "viet nam", "ho ba be", "lich su", "tay") * 8:
        start = time.process_time()
        assert client.get(f"/search?{urlencode({'q': word})}").status_code == 200
        times.append(time.process_time() - start)
    assert statistics.quantiles(times, n=20)[18] < 0.05


NUMBERED = re.compile(r'href="(/search[^"#]*)"[^>]*>\s*(?:<strong>)?([\d.,]+)\s*<')
"""A link to a search whose words are a number."""


@pytest.mark.parametrize("page", ["/", "/dataset", "/workshop", "/quality", "/statistics"])
def test_a_number_is_what_its_link_shows(province, page: str) -> None:  # type: ignore[no-untyped-def]
    figures.of(province.store, province.settings).follow()
    client = signed_in(app.create(province.store, province.settings, BASE), Role.ADMINISTRATOR)
    found = NUMBERED.findall(client.get(page).text)
    linked = [(unescape(address), int(re.sub(r"\D", "", said))) for address, said in found]
    assert linked
    sign = {address: "&" if "?" in address else "?" for address, _number in linked}
    shown = [
        (address, json.loads(client.get(f"{address}{sign[address]}format=json").data)["count"])
        for address, _number in linked
    ]
    assert shown == linked


def test_what_a_library_contributed_is_listed_as_it_did(province) -> None:  # type: ignore[no-untyped-def]
    client = province.client()
    of_all = client.get("/search?q=then&own=1&format=json").json
    united = client.get("/search?q=then&format=json").json
    assert of_all["count"] > united["count"]
    assert {len(one["libraries"]) for one in of_all["records"]} == {1}
    page = client.get("/search?q=then&own=1").text
    assert '<input type="hidden" name="own" value="1">' in page
    assert 'href="/search?q=then">Từng biểu ghi như thư viện đã góp' in page
