"""Two hundred hostile texts in every field of records and in every form and query of every address."""

from __future__ import annotations

import csv
import io
import itertools
import json
import re
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import quote

import pytest
from argon2 import PasswordHasher
from flask.testing import FlaskClient
from lxml import etree
from markupsafe import escape
from werkzeug.datastructures import ImmutableMultiDict
from werkzeug.routing import Rule
from werkzeug.test import Client, TestResponse

from accounts import passwords
from accounts.rights import Role
from catalogue import imports, libraries
from catalogue.libraries import Library
from catalogue.store import Store
from cli.search import catch_up
from foundation.settings import Settings
from portal.workshop import is_public
from serving import web
from tests.portal import shown
from tests.portal.conftest import csrf_of, signed_in
from tests.portal.judging import faults, judged
from tests.portal.payloads import ATTRIBUTES, FORMULAS, HTML, LINKS, PAYLOADS
from tests.portal.shown import LEADER, World, furnish, screens

HERE = "http://localhost"
FIELDS = ("100", "245", "260", "500", "650", "700", "490", "852")
WAYS = [
    *(f"/browse?by={by}" for by in ("author", "title", "subject", "series", "publisher", "place", "genre", "call")),
    "/feed", "/feed/partners", "/dataset", "/workshop/duplicates?reason=doubt", "/workshop/records", "/quality",
]  # fmt: skip


def written(payload: str, number: int) -> bytes:
    """A record (MARC-in-JSON, which can say every character) with the payload in every field that pages show."""

    def field(tag: str, codes: str) -> dict[str, object]:
        return {tag: {"ind1": " ", "ind2": " ", "subfields": [{code: payload} for code in codes]}}

    fields = [{"001": f"p{number:03}"}, field("020", "a"), *(field(tag, "abc") for tag in FIELDS), field("856", "uyz")]
    return json.dumps({"leader": LEADER, "fields": fields}).encode() + b"\n"


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """A store in which every text that a person wrote is hostile."""
    home = tmp_path_factory.mktemp("hostile")
    settings = Settings(home=home, repository_domain="lib.example", admin_email="a@lib.example", partner_page=1)
    with pytest.MonkeyPatch.context() as patch, closing(Store.open(settings)) as store:
        patch.setattr(passwords, "HASHER", PasswordHasher(1, 64, 1))
        passwords._nobody_s.cache_clear()
        libraries.add(store, Library("bk01", HTML[0], ATTRIBUTES[0], "provincial"))
        libraries.add(store, Library("bk02", ATTRIBUTES[4], HTML[6], parent="bk01"))
        _bring(store, home / "1.json", "bk01", [written(payload, n) for n, payload in enumerate(PAYLOADS)])
        _bring(store, home / "2.json", "bk02", [written(f"{one} 2", 900 + n) for n, one in enumerate(PAYLOADS[:20])])
        catch_up(store, settings)
        yield furnish(settings, store, HERE, itertools.cycle(PAYLOADS))
        passwords._nobody_s.cache_clear()


def _bring(store: Store, path: Path, library: str, records: list[bytes]) -> None:
    path.write_bytes(b"".join(records))
    imports.import_files(store, library, [imports.of_path(path)])


@pytest.fixture
def machine(world: World) -> str:
    return str(world.settings.home.parent)


def identifiers(world: World) -> list[str]:
    with world.store.read() as connection:
        query = "SELECT identifier FROM record WHERE local_id LIKE 'p%' AND status = 1 ORDER BY local_id"
        return list(connection.exec_driver_sql(query).scalars())


def told(found: dict[str, list[str]]) -> None:
    assert not found, json.dumps(found, ensure_ascii=False, indent=1)[:6000]


# --- the means of test can fail ----------------------------------------------------------------------------------


@pytest.mark.parametrize("payload", [one for one in HTML if one[0] == "<" and re.match(r"<[a-zA-Z]", one)])
def test_what_is_written_as_it_came_is_found(payload: str) -> None:
    page = f"<!doctype html><p>{payload}</p>".encode()
    assert faults(page)


@pytest.mark.parametrize("payload", [one for one in LINKS[:15] if one[0] != chr(1)])
def test_an_address_that_runs_is_found(payload: str) -> None:
    assert faults(f'<a href="{escape(payload.replace("&colon;", ":"))}">x</a>'.encode())


# --- in records ---------------------------------------------------------------------------------------------------


def test_every_screen_shows_hostile_text_and_runs_none(world: World, machine: str) -> None:
    found: dict[str, list[str]] = {}
    seen = set()
    for screen in screens(world.browser(), "/", "/workshop", *world.doors, "/search?q=*", *WAYS, each=2):
        wrong = judged_page(world, screen, machine)
        seen.add(screen.endpoint)
        if wrong:
            found[screen.address] = wrong
    told(found)
    assert len(seen) > 50, sorted(seen)


OWN = ("types may be guessed", "<style>", "<form> ")
"""What pages of protocols have of their own: they stand alone, with a style that their policy names by its hash."""


def judged_page(world: World, screen: shown.Screen, machine: str) -> list[str]:
    wrong = faults(screen.page)
    if screen.status >= 500:
        wrong.append(f"status {screen.status}")
    if screen.endpoint not in ("system.in_force", "system.home") and machine.encode() in screen.page:
        wrong.append("leaked a path")
    return wrong


def test_pages_of_records_are_harmless(world: World, machine: str) -> None:
    client = world.app.test_client()
    wrong = {name: bad for name in identifiers(world)[::2] if (bad := judged(client.get(f"/record/{name}"), machine))}
    told(wrong)


@pytest.mark.parametrize("suffix", ["ttl", "jsonld", "rdf", "nt", "xml", "mrc", "json", "dc", "mods", "ris", "bib"])
def test_the_forms_of_a_record_are_whole(world: World, machine: str, suffix: str) -> None:
    client = world.app.test_client()
    found = {}
    for name in identifiers(world)[1::6]:
        answer = client.get(f"/record/{name}.{suffix}")
        wrong = judged(answer, machine)
        assert answer.mimetype != "text/html", "no form but the page is one that browsers run"
        if answer.status_code == 200 and suffix in ("rdf", "xml", "dc", "mods"):
            etree.fromstring(answer.data)
        if answer.status_code == 200 and suffix in ("json", "jsonld"):
            json.loads(answer.data)
        if wrong:
            found[name] = wrong
    told(found)


@pytest.mark.parametrize("form", ["html", "json", "atom", "csv"])
def test_lists_of_results_are_harmless(world: World, machine: str, form: str) -> None:
    client = world.app.test_client()
    for page in range(1, 6):
        answer = client.get(f"/search?q=*&size=50&page={page}&format={form}")
        assert judged(answer, machine) == []
        if form == "atom":
            etree.fromstring(answer.data)
        if form == "csv":
            assert formulas(answer) == []


def formulas(answer: TestResponse) -> list[str]:
    """The cells that a spreadsheet would run (CWE-1236); numbers below zero are none."""
    csv.field_size_limit(10**9)
    rows = csv.reader(io.StringIO(answer.data.decode("utf-8-sig")))
    return [
        cell for row in rows for cell in row if re.match(r"[=+\-@\t\r]", cell) and not re.fullmatch(r"-?[\d.]+", cell)
    ]


def test_every_list_for_spreadsheets_has_no_formula(world: World, machine: str) -> None:
    client, found = world.browser(), {}
    for screen in screens(client, "/workshop", *world.doors, *WAYS):
        sign = "&" if "?" in screen.address else "?"
        answer = client.get(f"{screen.address}{sign}format=csv")
        wrong = judged(answer, machine) if "system" not in screen.endpoint else []
        if answer.mimetype == "text/csv":
            wrong += formulas(answer)
        if wrong:
            found[screen.address] = wrong
    told(found)


LIST = "/oai?verb=ListRecords"
DOORS = [
    f"{LIST}&metadataPrefix=oai_dc", f"{LIST}&metadataPrefix=marcxml", "/oai?verb=ListSets", "/oai/bk01?verb=Identify",
    "/sru?operation=searchRetrieve&version=1.2&query=*&maximumRecords=50", "/sru/bk02",
]  # fmt: skip
OPEN = [
    f"{LIST}&metadataPrefix=", "/oai?verb=", "/oai/", f"{LIST}&resumptionToken=", "/sru/",
    "/sru?operation=searchRetrieve&version=2.0&query=", "/sru?operation=scan&version=1.2&scanClause=",
]  # fmt: skip


@pytest.mark.parametrize("address", DOORS)
@pytest.mark.parametrize("accept", ["application/xhtml+xml,text/html", "*/*"])
def test_protocols_as_pages_and_as_xml(world: World, machine: str, address: str, accept: str) -> None:
    client = Client(web.application(world.store, world.settings))
    answer = client.get(address, headers={"Accept": accept})
    assert answer.status_code == 200
    assert [one for one in judged(answer, machine) if one not in OWN] == []
    if answer.mimetype != "text/html":
        etree.fromstring(answer.data)


@pytest.mark.parametrize("door", OPEN)
def test_what_is_asked_of_protocols_is_harmless(world: World, machine: str, door: str) -> None:
    client, found = Client(web.application(world.store, world.settings)), {}
    for payload in PAYLOADS[::2]:
        answer = client.get(door + quote(payload, safe=""), headers={"Accept": "application/xhtml+xml,text/html"})
        wrong = [one for one in judged(answer, machine) if one not in OWN]
        if wrong:
            found[payload[:60]] = wrong
    told(found)


# --- in forms and queries ----------------------------------------------------------------------------------------


class Asked(ImmutableMultiDict[str, Any]):
    """Values of a request that remember which of them the view asked for."""

    names: ClassVar[set[str]] = set()

    def __getitem__(self, key: str) -> Any:
        Asked.names.add(key)
        return super().__getitem__(key)

    def get(self, key: str, *rest: Any, **more: Any) -> Any:  # type: ignore[override]
        Asked.names.add(key)
        return super().get(key, *rest, **more)

    def getlist(self, key: str, *rest: Any, **more: Any) -> Any:
        Asked.names.add(key)
        return super().getlist(key, *rest, **more)

    def __contains__(self, key: object) -> bool:
        Asked.names.add(str(key))
        return super().__contains__(key)


ROLES = {Role.ADMINISTRATOR: "", Role.LIBRARY_CATALOGUER: "bk02", None: ""}
SAMPLES = {
    "library": "bk01",
    "login": "congtac",
    "spec": "all",
    "prefix": "oai_dc",
    "suffix": "ttl",
    "number": 1,
    "name": "x",
}
ENDS = ("signing.sign_out", "account.end", "account.end_others", "people.end", "people.lock")
"""What would end the session or the rights of the one who tries the others."""


def rules(world: World) -> list[Rule]:
    every = [rule for rule in world.app.url_map.iter_rules() if rule.endpoint not in ("static", *ENDS)]
    return sorted(every, key=lambda rule: (rule.methods or set()) >= {"POST"})


@pytest.mark.parametrize("role", ROLES)
def test_every_form_and_query_of_every_address_bears_them(
    world: World, machine: str, role: Role | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.app.request_class.parameter_storage_class = Asked  # type: ignore[assignment]
    monkeypatch.setattr("foundation.network.socket.getaddrinfo", _nowhere)
    client = signed_in(world.app, role, ROLES[role]) if role else world.app.test_client()
    token = csrf_of(client) if role else ""
    turn, found, tried = itertools.cycle(PAYLOADS), dict[str, list[str]](), set()
    try:
        for rule in rules(world):
            method = next(one for one in ("GET", "POST", "PUT", "PATCH", "DELETE") if one in (rule.methods or ()))
            Asked.names = set()
            for count in itertools.count():
                names = sorted(Asked.names - {"csrf_token", "lang"})
                if count > max(2, len(names)) or (role is not Role.ADMINISTRATOR and count > 1):
                    break
                # All at once, then each by itself beside what a form may really say.
                chosen = {name: next(turn) for name in (names if count < 2 else names[count - 2 : count - 1])}
                tried |= set(chosen.values())
                answer = send(client, rule, method, chosen, token, next(turn) if count == 1 else "")
                # An administrator is told where copies and settings lie.
                wrong = judged(answer, "" if role is Role.ADMINISTRATOR else machine)
                if wrong:
                    found[f"{method} {rule.rule} {list(chosen.items())!r}"[:400]] = wrong
    finally:
        world.app.request_class.parameter_storage_class = ImmutableMultiDict
    told(found)
    assert role is not Role.ADMINISTRATOR or len(tried) > 200


def _nowhere(*_: Any, **__: Any) -> Any:
    raise OSError("nothing is asked of the world here")


def send(client: FlaskClient, rule: Rule, method: str, values: dict[str, str], token: str, part: str) -> TestResponse:
    parts = {
        name: part
        if part and name not in ("number", "record", "piece", "step", "low", "high", "wanted")
        else SAMPLES.get(name, 1)
        for name in rule.arguments
    }
    with client.application.test_request_context():
        try:
            path = client.application.url_for(rule.endpoint, **parts)
        except Exception:  # a converter that lets no such part in
            path = client.application.url_for(
                rule.endpoint, **{name: SAMPLES.get(name, _any(rule, name)) for name in rule.arguments}
            )
    if method == "GET":
        return client.get(path, query_string=values)
    form: dict[str, Any] = {"csrf_token": token, **values}
    if "file" in values:
        name = re.sub(r"[\0\r\n]", "", values["file"])
        form["file"] = (io.BytesIO(values["file"].encode("utf-8", "replace")), name)
    return client.open(path, method=method, data=form, query_string=values if method != "POST" else None)


def _any(rule: Rule, name: str) -> Any:
    converter = rule._converters[name]
    items = getattr(converter, "items", None)
    return next(iter(items)) if items else 1


def test_no_form_is_taken_without_its_token(world: World) -> None:
    client = world.browser()
    taken = []
    for rule in world.app.url_map.iter_rules():
        if "POST" not in (rule.methods or ()) or is_public(rule.endpoint) or rule.rule.startswith("/api/"):
            continue
        answer = send(client, rule, "POST", {}, "", "")
        if answer.status_code != 400:
            taken.append((rule.rule, answer.status_code))
    assert taken == []


def test_a_token_of_another_session_is_refused(world: World) -> None:
    other = csrf_of(signed_in(world.app, Role.CONTRIBUTOR, "bk01", "khac"))
    answer = world.browser().post("/workshop/libraries", data={"csrf_token": other, "code": "bk09", "name": "x"})
    assert answer.status_code == 400


@pytest.mark.parametrize("payload", LINKS)
def test_the_door_leads_nowhere_else(world: World, payload: str) -> None:
    answer = world.browser().get("/sign-in", query_string={"next": payload})
    assert answer.status_code == 303
    assert judged(answer, "") == []


def test_an_upload_that_is_too_large_is_refused_in_words(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    client = signed_in(world.app, Role.LIBRARY_MANAGER, "bk01", "phutrach")
    token = csrf_of(client)
    monkeypatch.setattr("foundation.limits.UPLOAD_BYTES", 1000)
    form = {"csrf_token": token, "library": "bk01", "file": (io.BytesIO(b"Ma;Ten\n" * 1000), "to.csv")}
    answer = client.post("/workshop/import", data=form, content_type="multipart/form-data")
    assert answer.status_code in (400, 413)
    assert "UPLOAD_BYTES" in answer.text


@pytest.mark.parametrize("name", FORMULAS)
def test_a_token_called_like_a_formula_is_text_in_the_table(world: World, name: str) -> None:
    client = world.browser()
    client.post(
        "/workshop/tokens", data={"csrf_token": csrf_of(client), "library": "bk01", "name": name, "scope": "push"}
    )
    assert formulas(client.get("/workshop/tokens?format=csv")) == []
