"""Statistics and quality on the screens: whose figures they are, and that every number leads to its records."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import openpyxl
import pytest
from flask import Flask
from flask.testing import FlaskClient
from lxml import etree

from accounts.rights import Role
from catalogue import uses
from catalogue.store import Store
from catalogue.uses import DOWNLOAD, OAI, RECORDS, SEARCH, VIEW, WEB, Z3950, Use
from portal import charts
from portal.app import create
from portal.charts import Series
from reports import follower, quality, shelf, yearly
from tests.portal.conftest import BASE, Province, province, signed_in

__all__ = ["province"]


@pytest.fixture(scope="module")
def app(province: Province) -> Iterator[Flask]:
    """The pages of the province, its records looked at, and 1,234 uses of this month."""
    follower.of(province.store, province.settings).follow()
    month = yearly.this_year(province.store, province.settings) * 100 + 1
    counts = {
        Use(WEB, SEARCH): 1000, Use(WEB, VIEW, "bk03"): 200, Use(WEB, DOWNLOAD, "bk03", "mrc"): 30,
        Use(Z3950, SEARCH, "bk04"): 4, Use(Z3950, RECORDS, "bk04"): 40, Use(OAI, RECORDS, "", "<b>Quốc gia</b>"): 500,
    }  # fmt: skip
    with province.store.write() as connection:
        uses.add(connection, {(month, use): times for use, times in counts.items()})
    yield create(province.store, province.settings, BASE)
    with province.store.write() as connection:
        for table in ("use_count", "trait", "trait_record", "trait_count", "trait_month"):
            connection.exec_driver_sql(f"DELETE FROM {table}")
        connection.exec_driver_sql("DELETE FROM follower WHERE name IN ('traits', 'traits-sweep')")


@pytest.fixture
def admin(app: Flask) -> FlaskClient:
    return signed_in(app, Role.ADMINISTRATOR)


@pytest.mark.parametrize("path", ["/statistics", "/quality", "/quality/isbn", "/quality?format=xlsx"])
def test_nobody_is_asked_to_sign_in(app: Flask, path: str) -> None:
    answer = app.test_client().get(path)
    assert answer.status_code == 303
    assert "next=" in answer.headers["Location"]


@pytest.mark.parametrize("language", ["vi", "en"])
def test_the_year_against_its_goals(admin: FlaskClient, language: str) -> None:
    page = admin.get(f"/statistics?lang={language}").text
    assert ("1.234" if language == "vi" else "1,234") in page
    assert ("200.000 – 250.000" if language == "vi" else "200,000 – 250,000") in page
    assert page.count('<svg class="chart"') == 4
    assert "&lt;b&gt;Quốc gia&lt;/b&gt;" in page
    assert "style=" not in page
    assert "<script" not in page


def test_the_same_for_programs(admin: FlaskClient) -> None:
    said = admin.get("/statistics?format=json").json
    assert said is not None
    assert (said["uses"], said["uses_target"]) == (1234, [200_000, 250_000])
    assert said["partners"] == [{"name": "<b>Quốc gia</b>", "records": 500}]
    rows = list(csv.DictReader(io.StringIO(admin.get("/statistics?format=csv").data.decode("utf-8-sig"))))
    assert [int(row["uses"]) for row in rows] == [1234, *[0] * 11]
    assert rows[0]["oai_records"] == "500"


def test_the_yearly_report_is_a_workbook(admin: FlaskClient) -> None:
    answer = admin.get("/statistics?format=xlsx")
    assert answer.headers["Content-Disposition"].startswith('attachment; filename="thong-ke-')
    book = openpyxl.load_workbook(io.BytesIO(answer.data))
    assert (book["Theo tháng"].row_dimensions[1].height or 0) > 30, "two lines of a heading are seen in any program"
    assert (book["Cách tính"].row_dimensions[2].height or 0) > 30
    first = list(book["Báo cáo năm"].iter_rows(values_only=True))
    said = {row[0]: row for row in first if row[0]}
    assert any("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM" in row for row in first)
    assert (said["3"][4], said["3.1"][4], said["4"][4]) == (1234, 1000, 540)
    assert said["3"][6] == pytest.approx(0.617)
    assert said["2"][4] == 904
    assert said["5.4"][6] == pytest.approx(said["5.4"][4] / 0.7)
    months = list(book["Theo tháng"].iter_rows(min_row=2, max_row=14, values_only=True))
    assert [row[6] for row in months] == [1234, *[0] * 11, 1234]
    libraries = {row[0]: row for row in book["Theo thư viện"].iter_rows(min_row=2, values_only=True)}
    assert (libraries["bk03"][7], libraries["bk04"][7], libraries[""][7]) == (230, 4, 1000)
    assert [row[0] for row in book["Đơn vị thu thập"].iter_rows(min_row=2, values_only=True)] == ["<b>Quốc gia</b>"]
    assert all(cell.data_type != "f" for sheet in book for row in sheet.iter_rows() for cell in row)


@pytest.mark.parametrize("year", ["1999", "abcd", "20261", "²026"])
def test_there_are_no_other_years(admin: FlaskClient, year: str) -> None:
    assert admin.get(f"/statistics?year={year}").status_code == 404


def test_a_year_of_which_nothing_is_known(admin: FlaskClient) -> None:
    said = admin.get("/statistics?year=2021&format=json").json
    assert said is not None
    assert said["uses"] == 0
    assert {one["records"] for one in said["libraries"]} == {None}
    assert admin.get("/statistics?year=2021").status_code == 200


# --- promise 8: a library sees its own --------------------------------------------------------------------------


def test_a_library_sees_its_own_figures_alone(app: Flask) -> None:
    client = signed_in(app, Role.LIBRARY_MANAGER, "bk03")
    said = client.get("/statistics?format=json").json
    assert said is not None
    assert ([one["library"] for one in said["libraries"]], said["uses"], said["partners"]) == (["bk03"], 230, [])
    found = client.get("/quality?format=json").json
    assert found is not None
    assert [one["library"] for one in found["libraries"]] == ["bk03"]
    assert all(set(one["libraries"]) == {"bk03"} for one in found["rules"])
    for path in ("/statistics", "/quality", "/quality/name_order"):
        assert client.get(f"{path}?library=bk04").status_code == 403
        assert client.get(f"{path}?library=none").status_code == 403
    listed = client.get("/quality/with-remarks?format=json").json
    assert listed is not None
    assert {one["library"] for one in listed["records"]} == {"bk03"}


def test_nobody_sees_more_by_naming_no_library(app: Flask, admin: FlaskClient) -> None:
    whole, own = (
        one.get("/quality?format=json").json for one in (admin, signed_in(app, Role.LIBRARY_CATALOGUER, "bk03"))
    )
    assert whole is not None
    assert own is not None
    assert own["all"]["records"] < whole["all"]["records"] == 904


# --- quality ----------------------------------------------------------------------------------------------------


def test_the_most_frequent_problem_comes_first_and_links_to_its_records(admin: FlaskClient) -> None:
    said = admin.get("/quality?format=json").json
    assert said is not None
    counts = [one["records"] for one in said["rules"]]
    assert counts == sorted(counts, reverse=True)
    assert len(counts) > 10
    page = admin.get("/quality").text
    links = re.findall(r'href="/quality/([a-z_-]+)">([\d.]+)</a>', page)
    rules = [one["rule"] for one in said["rules"]]
    assert [name for name, _ in links if name in rules] == rules
    assert said["all"]["complete"] + said["all"]["with_errors"] + said["all"]["with_remarks"] == 904


def test_every_number_is_the_length_of_its_list(app: Flask, admin: FlaskClient, province: Province) -> None:
    found = quality.quality(province.store, province.settings)
    for rule in found.rules:
        seen, after = 0, ""
        while after is not None:
            said: Any = admin.get(f"/quality/{rule.code}?format=json&after={after}").json
            seen, after = seen + len(said["records"]), said["after"]
        assert seen == rule.records, rule.code


def test_a_list_shows_where_to_look(admin: FlaskClient, province: Province) -> None:
    page = admin.get("/quality/name_order").text
    rows = re.findall(r'<a href="/record/(\w+)">([^<]+)</a>', page)
    assert len(rows) == 50
    assert "100: 1 (" in page
    assert admin.get(f"/record/{rows[0][0]}.html").status_code == 200
    further = re.search(r'rel="next" href="(\?[^"]+)"', page)
    assert further is not None
    behind = admin.get("/quality/name_order" + further[1].replace("&amp;", "&")).text
    later = re.findall(r'<a href="/record/(\w+)">', behind)
    assert not {name for name, _ in rows} & set(later)


@pytest.mark.parametrize("path", ["/quality/nothing", "/quality/..%2F", "/quality/ISBN"])
def test_there_are_no_other_rules(admin: FlaskClient, path: str) -> None:
    assert admin.get(path).status_code == 404


@pytest.mark.parametrize("after", ["x", "1", "1-2-3", "-1-2", "9" * 40 + "-1", "1-\u0661"])
def test_a_place_that_is_none_is_the_beginning(admin: FlaskClient, after: str) -> None:
    first: Any = admin.get("/quality/name_order?format=json").json
    assert admin.get(f"/quality/name_order?format=json&after={after}").json == first


def test_rules_of_one_kind(admin: FlaskClient) -> None:
    page = admin.get("/quality?kind=format").text
    assert "/quality/fixed_length" in page
    assert "/quality/name_order" not in page
    assert "/quality/name_order" in admin.get("/quality?kind=nonsense").text


def test_the_workbook_lists_the_records(admin: FlaskClient, province: Province) -> None:
    book = openpyxl.load_workbook(io.BytesIO(admin.get("/quality?format=xlsx&library=bk03").data))
    found = quality.quality(province.store, province.settings, ["bk03"])
    rows = list(book["Biểu ghi"].iter_rows(min_row=2, values_only=True))
    assert len(rows) == sum(one.records for one in found.rules)
    assert {row[2] for row in rows} == {"bk03"}
    assert all(row[5] == f"{BASE}/record/{row[4]}" for row in rows)
    rules = list(book["Quy tắc"].iter_rows(min_row=2, values_only=True))
    assert [(row[1], row[6]) for row in rules] == [(one.code, one.records) for one in found.rules]


def test_before_anything_was_looked_at_it_says_so(province: Province, app: Flask, tmp_path: Any) -> None:
    store = Store.open(replace(province.settings, home=tmp_path))
    empty = create(store, replace(province.settings, home=tmp_path), BASE)
    client = signed_in(empty, Role.ADMINISTRATOR)
    assert "Chưa có biểu ghi nào được xét" in client.get("/quality").text
    assert "Chưa đếm được lượt nào" in client.get("/statistics").text
    assert shelf.first_month(store) is None
    assert client.get("/statistics?format=xlsx").status_code == 200
    store.close()


# --- charts -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("values", [[0, 0], [1, 0], [7, 3], [123_456_789, 1], [None, 5], [None, None], [4, 4]])
def test_charts_are_whole_whatever_the_numbers(app: Flask, values: list[int | None]) -> None:
    with app.test_request_context("/"):
        for made in (
            charts.columns(["1", "2"], [Series("<a> & b", values, 0)], '"Tên" <x>'),
            charts.line(["1", "2"], [Series("<a>", values, 0)], "y"),
            charts.goal(float(values[0] or 0), 200, 250, "z"),
        ):
            root = etree.fromstring(str(made))
            for box in root.iter("rect", "{*}rect"):
                assert 0 <= float(box.get("x", "0")) <= 400
                assert 0 <= float(box.get("height", "0")) <= 190
                assert float(box.get("y", "0")) >= 0


def test_no_columns_at_all(app: Flask) -> None:
    with app.test_request_context("/"):
        assert etree.fromstring(str(charts.columns([], [], "x"))) is not None
