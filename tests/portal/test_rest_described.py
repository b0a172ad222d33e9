"""The description is what is served: every address, every right, every status, every shape."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy
from markupsafe import escape

from accounts.rights import EVERYBODY, RIGHTS, SCOPES, Act, Role
from portal.rest.openapi import GROUPS, document, parameters, statuses
from portal.rest.operation import BYTES, PATHS, Operation
from portal.rest.schema import Schema
from portal.rest.shapes import SHAPES
from tests.portal.rest_world import BASE, HERE, World, marc, misfits, opened, rest_made, rows  # noqa: F401 - fixture


@pytest.fixture(scope="module")
def shared(rest_made: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:  # noqa: F811
    """One world for all questions here: none of them leans on what another did."""
    home = tmp_path_factory.mktemp("shared") / "home"
    shutil.copytree(rest_made, home)
    with opened(home) as made:
        yield made


# --- addresses --------------------------------------------------------------------------------------------------------


def test_every_address_is_described_and_every_description_is_served(shared: World) -> None:
    served = set()
    for rule in shared.app.url_map.iter_rules():
        if rule.rule.startswith(HERE) and rule.rule != f"{HERE}/openapi.json":
            path = re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule.removeprefix(HERE))
            served |= {(method, path) for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}}
    assert {(row.method, row.path) for row in rows(shared)} == served
    said = shared.call("GET", "/openapi.json").json["paths"]
    assert {(method.upper(), path) for path, one in said.items() for method in one} == served


@pytest.mark.parametrize("language", ["vi", "en"])
def test_the_description_is_whole_in_both_languages(shared: World, language: Any) -> None:
    said = document(rows(shared), SHAPES, BASE, language)
    assert said["openapi"].startswith("3.1")
    names = [one["operationId"] for path in said["paths"].values() for one in path.values()]
    assert len(names) == len(set(names))
    assert set(re.findall(r"#/components/schemas/(\w+)", str(said))) <= SHAPES.keys()
    for path, several in said["paths"].items():
        for one in several.values():
            inside = {each["name"] for each in one["parameters"] if each["in"] == "path"}
            assert inside == set(re.findall(r"\{(\w+)\}", path))
            assert one["summary"]
            assert set(one["tags"]) <= GROUPS.keys()


def test_the_words_of_the_two_languages_are_two(shared: World) -> None:
    assert [row.name for row in rows(shared) if row.vi == row.en or not row.vi.endswith((".", ")", "…"))] == []


@pytest.mark.parametrize("language", ["vi", "en"])
def test_the_page_tells_of_every_operation_without_a_script(shared: World, language: str) -> None:
    page = shared.client.get("/api/docs", headers={"Accept-Language": language})
    assert "<script" not in page.text
    words = re.sub("</?code>", "", page.text)
    for row in rows(shared):
        assert f"{row.method} /api/v1{row.path}" in page.text
        said = row.vi if language == "vi" else row.en
        assert escape(said.replace("`", "")) in words


# --- rights -----------------------------------------------------------------------------------------------------------


def samples(row: Operation, library: str) -> str:
    """The path of a row, about a library of the token's; numbers are of nothing there is."""
    values = {"library": library, "identifier": "x1", "upload": "0" * 64, "code": "nothing", "name": "nothing"}
    return re.sub(r"\{(\w+)\}", lambda one: values.get(one[1], "999999"), row.path)


def let_in(shared: World, row: Operation, scopes: tuple[str, ...], library: str) -> bool:
    answer = shared.call(row.method, samples(row, library), *scopes, library=library, said={} if row.body else None)
    assert answer.status_code < 500 or answer.status_code == 503, (row.name, answer.text)
    return answer.status_code not in (401, 403)


def test_every_operation_is_for_the_scopes_it_names_and_no_others(shared: World) -> None:
    """All other scopes together do not make up for one that is missing."""
    wrong: list[tuple[str, str, Any]] = []
    for row in rows(shared):
        needed = [str(act) for act in row.acts if act not in EVERYBODY]
        if not let_in(shared, row, tuple(needed), "bk00"):
            wrong.append((row.name, "+", needed))
        for one in needed:
            others = tuple(scope for scope in SCOPES if scope != one)
            if let_in(shared, row, others, "bk00"):
                wrong.append((row.name, "-", one))
    assert wrong == []


def test_an_operation_about_another_library_is_for_nobody_else(shared: World) -> None:
    for row in rows(shared):
        needed = tuple(str(act) for act in row.acts if act not in EVERYBODY)
        if "library" in row.parts and needed:
            answer = shared.call(
                row.method, samples(row, "bk02"), *needed, library="bk01", said={} if row.body else None
            )
            assert answer.status_code == 403, row.name
            assert f'scope="{needed[0]}"' in answer.headers["WWW-Authenticate"]


def test_every_operation_asks_nobody_for_a_token_but_for_what_is_public(shared: World) -> None:
    for row in rows(shared):
        answer = shared.call(row.method, samples(row, "bk01"), said={} if row.body else None)
        assert (answer.status_code == 401) == bool(set(row.acts) - EVERYBODY), (row.name, answer.status_code)


def test_a_scope_is_a_right_of_programmes(shared: World) -> None:
    assert {act for row in rows(shared) for act in row.acts} - EVERYBODY <= RIGHTS[Role.PARTNER_PROGRAMME]
    assert {act for row in rows(shared) for act in row.acts} >= set(SCOPES.values()) - {Act.EXPORT}


# --- whatever is sent -------------------------------------------------------------------------------------------------

_TEXT = st.text(max_size=12) | st.sampled_from(
    ["", "bk01", "bk02", "bk01/1", "bk02/9", "title", "245", "a", "same", "<script>", "\x00", "\ud800", "1" * 30, "lô"]
)


def of(schema: Schema) -> SearchStrategy[Any]:
    """Values that fit a shape, or nearly."""
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        return st.just(marc("x")) | of(SHAPES[name]) if name == "Marc" else of(SHAPES[name])
    if "enum" in schema:
        return st.sampled_from(schema["enum"]) | _TEXT
    kind = schema.get("type", "string")
    if kind == "integer":
        least, most = schema.get("minimum", 0), schema.get("maximum", 99)
        return st.integers(1, 9).map(lambda one: max(least, one)) | st.sampled_from(
            [least - 1, least, most, most + 1, 2**70]
        )
    if kind == "boolean":
        return st.booleans() | _TEXT
    if kind == "array":
        return st.lists(of(schema.get("items", {})), max_size=3)
    if kind == "object":
        known = schema.get("properties", {})
        needed = {name: of(one) for name, one in known.items() if name in schema.get("required", ())}
        free = {name: of(one) for name, one in known.items() if name not in needed}
        made: SearchStrategy[Any] = st.fixed_dictionaries(needed, optional=free)
        anything = st.dictionaries(_TEXT, st.none() | _TEXT | st.integers() | st.lists(_TEXT, max_size=2), max_size=3)
        return made if known else anything
    return _TEXT


@st.composite
def requests(draw: st.DrawFn, all_rows: list[Operation]) -> tuple[Operation, dict[str, Any]]:
    row = draw(st.sampled_from(all_rows))
    parts = {name: str(draw(of(PATHS[name][0]))) for name in row.parts}
    query = {one.name: draw(of(one.schema)) for one in parameters(row) if one.where == "query" and draw(st.booleans())}
    header = {"If-Match": draw(st.sampled_from(['"1"', "*", "x", '"2", "3"']))} if row.if_match else {}
    if not row.reads and draw(st.booleans()):
        header["Idempotency-Key"] = draw(st.sampled_from(["a", "b", '"c"', "é", "x" * 200]))
    body: Any = None
    if row.takes == BYTES:
        body = draw(st.binary(max_size=60))
    elif row.body is not None:
        body = draw(of(row.body) | st.none() | _TEXT | st.lists(_TEXT, max_size=2))
    return row, {"parts": parts, "query": query, "header": header, "body": body}


def _sound(value: object) -> str:
    """As an address can say it."""
    said = {True: "true", False: "false"}.get(value, value) if isinstance(value, bool) else value
    return str(said).encode("utf-8", "replace").decode()


@settings(
    max_examples=int(os.environ.get("LIENTHONG_TEST_REQUESTS", "100")),
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
@given(data=st.data())
def test_whatever_is_sent_is_answered_as_it_is_described(shared: World, data: st.DataObject) -> None:
    if not hasattr(shared, "rows"):
        shared.rows = rows(shared)  # type: ignore[attr-defined]
    row, made = data.draw(requests(shared.rows))  # type: ignore[attr-defined]
    library = data.draw(st.sampled_from(["bk01", "bk00"]))
    scopes = tuple(str(act) for act in row.acts if act not in EVERYBODY)
    path = re.sub(r"\{(\w+)\}", lambda one: quote(_sound(made["parts"][one[1]]), safe=""), row.path)
    query = {
        name: list(map(_sound, value if isinstance(value, list) else [value])) for name, value in made["query"].items()
    }
    headers = {name: value for name, value in made["header"].items() if value.isascii()}
    if scopes:
        headers["Authorization"] = f"Bearer {shared.secret(library, *scopes)}"
    more: dict[str, Any] = {"data": made["body"]} if isinstance(made["body"], bytes) else {"json": made["body"]}
    if made["body"] is None:
        more = {}
    answer = shared.client.open(HERE + path, method=row.method, query_string=query, headers=headers, **more)
    told = answer.get_data()[:400].decode("utf-8", "replace")
    said = f"{row.method} {path} {query} {more} → {answer.status_code} {told}"
    known = statuses(row)
    if "//" in path or path.endswith("/") or "%2F" in path:
        return  # another address: a part of the path was empty, or was two
    assert answer.status_code in known, said
    shape = known[answer.status_code]
    if shape is None:
        assert answer.get_data() == b"", said
    elif str(answer.mimetype).endswith("json"):
        assert misfits(shape, answer.json) == [], said
        assert (answer.mimetype == "application/problem+json") == (answer.status_code >= 400), said
