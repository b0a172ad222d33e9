"""A store in which no screen is empty, and every page of it that can be reached by following links.

    world = furnish(settings, store, url, words)     # over libraries and records that are there already
    for screen in screens(world.browser(), "/"): ...

`words` gives the text of every name, title and remark; tests of bad input pass hostile ones.
"""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.parse import urlsplit

import openpyxl  # type: ignore[import-untyped]
from flask import Flask
from flask.testing import FlaskClient
from lxml import html
from werkzeug.exceptions import HTTPException

from accounts import tokens
from accounts.rights import Role
from catalogue import alarms, libraries, lookups, partners, sources, uses
from catalogue.lookups import Hit
from catalogue.partners import Client, Seen, Walk
from catalogue.store import Store
from catalogue.uses import OAI, RECORDS, SEARCH, VIEW, WEB, Use
from foundation.settings import Settings
from harvesting import desk
from harvesting.staging import Desk
from marc.record import Record
from portal import app as portal
from reports import follower as figures
from reports import yearly
from tests.harvesting.repository import Repository, serving
from tests.portal.conftest import csrf_of, signed_in
from union import questions, trials
from union.follower import Follower
from union.questions import Chosen
from union.rules import shipped_document

LEADER = "00000nam a2200000 a 4500"
SEARCHED = "?q=a&page=1"


@dataclass(frozen=True, slots=True)
class Screen:
    """A page as somebody saw it."""

    endpoint: str
    address: str
    status: int
    page: bytes


@dataclass
class World:
    """The application, and where those doors of it are that no link leads to."""

    app: Flask
    store: Store
    settings: Settings
    library: str
    doors: list[str]

    def browser(self, role: Role = Role.ADMINISTRATOR, library: str = "") -> FlaskClient:
        return signed_in(self.app, role, library)


def furnish(settings: Settings, store: Store, base_url: str, words: Iterator[str]) -> World:
    """Something on every screen: the first library works, the administrator looks on."""
    app = portal.create(store, settings, base_url)
    world = World(app, store, settings, libraries.named(store)[0].code, [])
    client = world.browser()
    token = csrf_of(client)

    def post(path: str, **form: object) -> str:
        answer = client.post(path, data={"csrf_token": token, **form}, content_type="multipart/form-data")
        assert answer.status_code == 303, (path, answer.status_code, answer.text[-900:])
        return str(answer.location)

    _batch(world, post, words)
    _drafts(world, post, words)
    _elsewhere(world, words)
    _harvest(world, words)
    _questions(world, post, words)
    _offices(world, post, words)
    _gathered(world, post, words)
    _counts(world, words)
    return world


def _batch(world: World, post, words: Iterator[str]) -> None:  # type: ignore[no-untyped-def]
    """One list that waits to be read, one that was read and has rows at fault, and a fix that was made."""
    there = post("/workshop/import", library=world.library, file=(_list(words, "m"), _file_name(words)))
    post(f"{there}/read", encoding="auto", go="1")
    reading = Desk(world.store, world.settings)
    while reading.step():
        pass
    world.doors.append(there)
    world.doors.append(post("/workshop/import", library=world.library, file=(_list(words, "k"), _file_name(words))))


def _list(words: Iterator[str], letter: str) -> io.BytesIO:
    """A workbook of ten books: two of them are at fault."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["Mã", "Tên sách", "Tác giả", "Năm XB"])
    for number in range(10):
        title = "" if number == 8 else _value(words)
        sheet.append([f"{letter}{number}", title, _value(words), 20015 if number == 9 else 2000 + number])
        for cell in sheet[sheet.max_row]:
            cell.data_type = "n" if isinstance(cell.value, int) else "s"
    saved = io.BytesIO()
    book.save(saved)
    saved.seek(0)
    return saved


def _file_name(words: Iterator[str]) -> str:
    return "".join(sign for sign in next(words) if sign >= " ")[:80] + ".xlsx"


def _drafts(world: World, post, words: Iterator[str]) -> None:  # type: ignore[no-untyped-def]
    world.doors.append(post("/workshop/drafts", code=world.library, kind="book"))
    with world.store.read() as connection:
        query = "SELECT identifier FROM record WHERE status = 1 ORDER BY id LIMIT 1"
        name = connection.exec_driver_sql(query).scalar_one()
    world.doors += [f"/workshop/records/{name}", f"/record/{name}", post(f"/workshop/records/{name}/edit")]
    world.doors.append(f"{world.doors[-1]}?view=marc")


def _elsewhere(world: World, words: Iterator[str]) -> None:
    """A search of other catalogues, answered."""
    login = "administrator.all"
    begun = lookups.begin(world.store, login, next(words), "", {"loc": {"title": next(words)}}, 2)
    found = [Hit(n, "loc", n, Record(f"{LEADER}\x1e001x{n}\x1e24500\x1fa{_value(words)}").text, b"") for n in (1, 2)]
    lookups.note(world.store, begun, {}, found, finished=True)
    world.doors += [f"/workshop/elsewhere/{begun}", f"/workshop/elsewhere/{begun}/1"]


def _value(words: Iterator[str]) -> str:
    """Text as a subfield may have it."""
    return "".join(" " if sign < " " or sign in "\ufffe\uffff" else sign for sign in next(words))


def _harvest(world: World, words: Iterator[str]) -> None:
    """A source whose run was held by the brake, with a record at fault that waits in quarantine."""
    with _shelf(words) as (repository, url):
        values = {"url": url, "allow": ["127.0.0.0/8"], "schedule": "hằng đêm"}
        desk.add(world.store, world.settings, world.library, "nguon-oai", values)
        source = sources.named(world.store, "nguon-oai")
        desk.run(world.store, world.settings, source)
        desk.change(world.store, world.settings, "nguon-oai", {"brake": 50, "brake_records": 2})
        repository.trouble = lambda _here, _asked: None
        for name in [*repository.entries][:5]:
            repository.drop(name)
        desk.run(world.store, world.settings, sources.named(world.store, "nguon-oai"))
    alarms.turn(world.store, source.number, {"silent": (next(words), next(words))})


@contextmanager
def _shelf(words: Iterator[str]) -> Iterator[tuple[Repository, str]]:
    repository = Repository()
    for number in range(8):
        title = "".join(sign for sign in _value(words) if sign.isprintable())
        escaped = title.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
        repository.put(f"oai:x.vn:{number:03}", escaped, repository.now - 10_000 + number)

    def broken(here: Repository, asked: dict[str, str]) -> bytes:
        from tests.wire import answer  # noqa: PLC0415

        text = here.document(here.body(asked)).replace('code="a">', 'code="a"><b>', 1)
        return answer(text.encode(), Content_Type="text/xml")

    repository.trouble = broken
    with serving(repository) as wire:
        yield repository, f"{wire.url}/oai"


def _questions(world: World, post, words: Iterator[str]) -> None:  # type: ignore[no-untyped-def]
    """Doubtful pairs, one of them answered; rules on trial."""
    assert Follower(world.store).follow()
    rules = json.dumps(shipped_document()).encode()
    world.doors.append(post("/workshop/rules", what="try", file=(io.BytesIO(rules), "rules.json")))
    trials.work(world.store)
    for one in questions.page(world.store, Chosen())[:1]:
        post("/workshop/duplicates/answer", verdict="different", note=next(words), a=one.a.name, b=one.b.name)
    world.doors.append("/workshop/clusters/1")


def _offices(world: World, post, words: Iterator[str]) -> None:  # type: ignore[no-untyped-def]
    """A guest, a token, and entries in the audit log."""
    signed_in(world.app, Role.CONTRIBUTOR, world.library, "congtac")
    post("/workshop/people/congtac/role", role="library_cataloguer", library=world.library, until="")
    tokens.add(world.store, world.library, next(words)[:40], ("push",))


def _gathered(world: World, post, words: Iterator[str]) -> None:  # type: ignore[no-untyped-def]
    """A collection with something put in, one that was taken away, a saved query, a target, a partner."""
    name = next(one for one in world.doors if one.startswith("/record/")).rpartition("/")[2]
    there = post("/workshop/collections", name_vi=next(words)[:200], slug="bo", about_vi=next(words))
    post(f"{there}/records", what="put", names=name)
    post("/workshop/collections", name_vi=next(words)[:200], slug="da-bo")
    post("/workshop/collections/da-bo/remove")
    world.doors += [there, "/workshop/put-into-collection?q=a", f"/workshop/put-into-collection?record={name}"]
    world.doors += [post("/workshop/queries", name_vi=next(words)[:200], slug="cau", query="language=vie")]
    world.doors += ["/workshop/new-query?q=a", f"/workshop/announce?record={name}"]
    kept = {"name": "nguon", "protocol": "z3950", "host": "z.example.vn", "title": next(words)[:100]}
    world.doors.append(post("/workshop/new-target", **{one: _printable(text) for one, text in kept.items()}))
    walk = Walk("", "ListRecords", "marcxml", "", 1_700_000_000, -1, 1_800_000_000, 1_800_000_000, 3, 20, 40)
    seen = Seen(Client("203.0.113.0/24", "Koha", ""), 1_800_000_000, 1_800_000_000, 3, 9_000, {"badArgument": 2})
    seen.walks[walk.key] = walk
    partners.note(world.store, [seen], 400)
    world.doors += ["/workshop/partners", "/workshop/partners/1", "/workshop/people/all/invitations"]


def _printable(text: str) -> str:
    return "".join(sign for sign in text if sign.isprintable())


def _counts(world: World, words: Iterator[str]) -> None:
    """Uses of this year, and traits of the records."""
    figures.of(world.store, world.settings).follow()
    month = yearly.this_year(world.store, world.settings) * 100 + 1
    used = {Use(WEB, SEARCH): 900, Use(WEB, VIEW, world.library): 120, Use(OAI, RECORDS, "", next(words)[:60]): 400}
    with world.store.write() as connection:
        uses.add(connection, {(month, use): times for use, times in used.items()})


def screens(client: FlaskClient, *beginnings: str, each: int = 1) -> Iterator[Screen]:
    """Every page of HTML that links lead to from the beginnings, at most `each` of a view; read only."""
    app = client.application
    waiting, seen, counted = [*beginnings], set(beginnings), dict[str, int]()
    while waiting:
        address = waiting.pop(0)
        endpoint = endpoint_of(app, address)
        if not endpoint or endpoint == "static" or counted.get(endpoint, 0) >= each:
            continue
        answer = client.get(address)
        if answer.status_code in (301, 302, 303, 307, 308):
            waiting.insert(0, answer.location)
            continue
        if answer.mimetype != "text/html":
            continue
        counted[endpoint] = counted.get(endpoint, 0) + 1
        yield Screen(endpoint, address, answer.status_code, answer.data)
        page = html.document_fromstring(answer.data, parser=html.HTMLParser(encoding="utf-8"))
        for link in page.iter("a"):
            onward = _inside(address, str(link.get("href", "")))
            if onward and onward not in seen:
                seen.add(onward)
                waiting.append(onward)


def _inside(address: str, link: str) -> str:
    """The address of a link of our own; empty for others and for other forms of a page."""
    if "format=" in link or "lang=" in link or link.startswith("#"):
        return ""
    parts = urlsplit(link)
    if parts.netloc not in ("", "localhost", "lib.example") or parts.scheme not in ("", "http", "https"):
        return ""
    path = parts.path or urlsplit(address).path
    return path + ("?" + parts.query if parts.query else "") if path.startswith("/") else ""


def endpoint_of(app: Flask, address: str) -> str:
    """The view of an address that is asked for; empty for none of the application's."""
    try:
        with app.test_request_context(address):
            return str(app.url_map.bind("localhost").match(urlsplit(address).path, "GET")[0])
    except HTTPException:
        return ""
