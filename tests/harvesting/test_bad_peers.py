"""Repositories that misbehave, each in its own way: a whole harvest over real HTTP, and then either the store holds
exactly what the repository meant or the run says in words why not."""

# ruff: noqa: E501 - one way to misbehave, one line

from __future__ import annotations

import gzip
import re
from collections.abc import Callable
from email.utils import formatdate
from typing import Any, NamedTuple

import pytest

from catalogue import quarantine, runs
from catalogue.store import Store
from foundation.network import Budget
from harvesting.course import FULL
from oaipmh.quirks import Quirks
from tests.harvesting.conftest import Harvester
from tests.harvesting.repository import NOW, Cut, Repository, Trouble
from tests.harvesting.rules import CASES
from tests.harvesting.test_course import codes, fill, held, meant
from tests.wire import answer

pytestmark = pytest.mark.parametrize("settings", ["sqlite"], indirect=True)
HEAD = b'<?xml version="1.0" encoding="UTF-8"?>'
Arguments = dict[str, str]


# --- ways to misbehave --------------------------------------------------------------------------------------


def pages(change: Callable[[bytes], bytes], **headers: str) -> Trouble:
    """Every page of a list is changed on its way."""

    def trouble(repository: Repository, arguments: Arguments) -> bytes | None:
        if not arguments["verb"].startswith("List"):
            return None
        return answer(change(repository.document(repository.body(arguments)).encode()), **headers)

    return trouble


def swap(old: str, new: str | bytes) -> Trouble:
    """A text in every page is another."""
    return pages(lambda page: page.replace(old.encode(), new.encode() if isinstance(new, str) else new))


def first(*said: bytes) -> Trouble:
    """The first requests for a list are answered with these bytes, later ones as they should be."""
    left = list(said)
    return lambda repository, arguments: left.pop(0) if left and arguments["verb"].startswith("List") else None


def always(said: bytes) -> Trouble:
    return lambda repository, arguments: said if arguments["verb"].startswith("List") else None


def prefixed(page: bytes) -> bytes:
    """The protocol's elements with a prefix, the metadata without one."""
    names = rb"OAI-PMH|responseDate|request|ListRecords|header|identifier|datestamp|setSpec|metadata|resumptionToken"
    page = re.sub(rb"<(/?)(?=(?:%s)[\s>])" % names, rb"<\1oai:", page)
    page = page.replace(b"<record><oai:header", b"<oai:record><oai:header")
    page = page.replace(b"</oai:metadata></record>", b"</oai:metadata></oai:record>")
    return page.replace(b"xmlns=", b"xmlns:oai=", 1)


def gzipped(damage: Callable[[bytes], bytes]) -> Trouble:
    """Compressed answers that are damaged; plain ones that are not, for whoever asks for them."""

    def trouble(repository: Repository, arguments: Arguments) -> bytes | None:
        if not arguments["verb"].startswith("List") or b"Accept-Encoding: identity" in repository.heads[-1]:
            return None
        packed = gzip.compress(repository.document(repository.body(arguments)).encode())
        return answer(damage(packed), Content_Encoding="gzip")

    return trouble


def first_record(change: Callable[[bytes], bytes]) -> Trouble:
    """The first record of the first page is changed."""

    def changed(page: bytes) -> bytes:
        start, end = page.find(b"<record>"), page.find(b"</metadata></record>") + 20
        return page[:start] + change(page[start:end]) + page[end:] if b":000<" in page else page

    return pages(changed)


def longer_than(days: int, said: bytes) -> Trouble:
    """Ranges that are longer are refused."""

    def trouble(repository: Repository, arguments: Arguments) -> bytes | None:
        if arguments["verb"] != "ListRecords" or "resumptionToken" in arguments:
            return None
        low, high = (repository.moment(arguments, name) for name in ("from", "until"))
        low = low or str(NOW - 90 * 86_400)  # where its own records begin
        return said if int(high or repository.now) - int(low) > days * 86_400 else None

    return trouble


def dated(stamp: str) -> Trouble:
    return first_record(lambda one: re.sub(rb"<datestamp>[^<]*", b"<datestamp>" + stamp.encode(), one))


def new_tokens() -> Trouble:
    """The first page for ever, each time under another token."""
    count = iter(range(10**6))

    def trouble(repository: Repository, arguments: Arguments) -> bytes | None:
        if arguments["verb"] != "ListRecords":
            return None
        page = repository.document(repository.body({"verb": "ListRecords", "metadataPrefix": "marcxml"}))
        page = re.sub(r"(<resumptionToken[^>]*>)[^<]*", rf"\g<1>t{next(count)}", page)
        return answer(page.encode())

    return trouble


def expiring(times: int) -> Trouble:
    left = iter(range(times))

    def trouble(repository: Repository, arguments: Arguments) -> bytes | None:
        if "resumptionToken" in arguments and next(left, None) is not None:
            return answer(repository.document('<error code="badResumptionToken">expired</error>').encode())
        return None

    return trouble


def spelt(token: str) -> Trouble:
    """Every token is written so, with the repository's own in place of `T`, and only that is understood."""
    before, after = token.split("T")

    def trouble(repository: Repository, arguments: Arguments) -> bytes | None:
        if arguments["verb"] != "ListRecords":
            return None
        sent = arguments.get("resumptionToken", "")
        if sent and not (sent.startswith(before) and sent.endswith(after)):
            return answer(repository.document('<error code="badResumptionToken">?</error>').encode())
        arguments = arguments | ({"resumptionToken": sent.removeprefix(before).removesuffix(after)} if sent else {})
        write = token.replace("&", "&amp;").replace("<", "&lt;")
        write = write.replace("T", r"\g<2>").replace("\n", "&#10;")
        page = re.sub(r"(<resumptionToken[^>]*>)([^<]+)", rf"\g<1>{write}", repository.body(arguments))
        return answer(repository.document(page).encode())

    return trouble


def laid_out(repository: Repository, arguments: Arguments) -> bytes | None:
    """Tokens with blanks around them that are not theirs."""
    token = arguments.get("resumptionToken", "")
    if token != token.strip():
        return error("badResumptionToken")
    return swap("</resumptionToken>", "\n  </resumptionToken>")(repository, arguments)


def error(code: str, status: str = "200 OK") -> bytes:
    return answer(Repository().document(f'<error code="{code}">says so</error>').encode(), status)


# --- the table ----------------------------------------------------------------------------------------------


class Way(NamedTuple):
    """One way to misbehave, and what is to come of it."""

    rule: int
    name: str
    trouble: Trouble
    state: str = runs.DONE
    said: str = ""
    """Code of what the run has to say; empty: nothing."""
    came: str = "all"
    """`all`, `none`, or the numbers of the records that did not come."""
    quirks: dict[str, Any] = {}  # noqa: RUF012 - never changed


BUSY, FAILED, CUT, DONE = "harvesting.waited", runs.FAILED, runs.CUT, runs.DONE
LOGIN = b"<!DOCTYPE html><html><form action=/login><input type=password name=p></form></html>"
BOMB = answer(gzip.compress(HEAD + b"<OAI-PMH>" + b"a" * 20_000_000, 9), Content_Encoding="gzip")
DOCTYPE = (
    HEAD + b'<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><OAI-PMH><ListRecords>&b;</ListRecords></OAI-PMH>'
)
SHORT = b"HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n" + HEAD + b"<OAI-PMH>"
NOTICE = b"<br />\n<b>Notice</b>:  Undefined index: set in <b>/var/www/oai.php</b> on line <b>7</b><br />\n"
ODD = '<record xmlns="http://www.loc.gov/MARC21/slim"><leader>x</leader></record>'
DATE = formatdate(NOW * 2, usegmt=True)

WAYS = [
    Way(4, "bomb of gzip", always(BOMB), FAILED, "network.limit", "none"),
    Way(5, "doctype with an entity", always(answer(DOCTYPE)), DONE, "harvesting.nothing", "none"),
    Way(5, "too deep", always(answer(HEAD + b"<OAI-PMH>" + b"<a>" * 500)), FAILED, "*", "none"),
    Way(5, "too many attributes", always(answer(HEAD + b"<OAI-PMH " + b'a="" ' * 9000 + b"/>")), FAILED, "*", "none"),
    Way(7, "503 with seconds", first(*[answer(b"", "503 Busy", Retry_After="7")] * 5), DONE, BUSY),
    Way(7, "503 with a date gone by", first(answer(b"", "503 Busy", Retry_After=formatdate(0, usegmt=True))), DONE, BUSY),
    Way(7, "503 with a date far ahead", first(answer(b"", "503 Busy", Retry_After=DATE)), CUT, "harvesting.status", "none"),
    Way(7, "503 without a word", first(*[answer(b"", "503 Busy")] * 3), DONE, BUSY),
    Way(7, "503 with nonsense", first(answer(b"", "503 Busy", Retry_After="soon")), DONE, BUSY),
    Way(7, "503 absurd", first(answer(b"", "503 Busy", Retry_After="9" * 5000)), CUT, "harvesting.status", "none"),
    Way(7, "503 negative", first(answer(b"", "503 Busy", Retry_After="-5")), DONE, BUSY),
    Way(7, "503 for ever", always(answer(b"", "503 Busy", Retry_After="1")), CUT, "harvesting.status", "none"),
    Way(7, "503 with a page of HTML", first(answer(LOGIN, "503 Busy", Retry_After="1")), DONE, BUSY),
    Way(7, "429", first(answer(b"", "429 Too Many Requests", Retry_After="3")), DONE, BUSY),
    Way(7, "500, 502, 504", first(*[answer(b"", status) for status in ("500 x", "502 x", "504 x")]), DONE, BUSY),
    Way(7, "403", always(answer(b"no", "403 Forbidden")), CUT, "harvesting.status", "none"),
    Way(7, "reset in the middle", first(Cut(SHORT[:60]), b""), DONE, "network.broke_off"),
    Way(7, "shorter than promised", first(*[Cut(SHORT)] * 2), DONE, "*"),
    Way(7, "gzip cut", gzipped(lambda data: data[:-20]), DONE, "network.broke_off"),
    Way(7, "gzip damaged", gzipped(lambda data: data[:40] + b"\xff\xff\xff" + data[43:]), DONE, "network.broke_off"),
    Way(7, "not gzip at all", gzipped(lambda data: b"<html>"), DONE, "network.broke_off"),
    Way(8, "text/html", pages(lambda page: page, Content_Type="text/html")),
    Way(8, "no type", pages(lambda page: page)),
    Way(8, "octets", pages(lambda page: page, Content_Type="application/octet-stream")),
    Way(8, "login page", always(answer(LOGIN)), FAILED, "harvest.login", "none"),
    Way(8, "login page once", first(answer(LOGIN)), DONE, "harvest.login"),
    Way(8, "web page", always(answer(b"<html><body>Welcome</body></html>")), FAILED, "harvest.html", "none"),
    Way(8, "nothing", always(answer(b"")), FAILED, "harvest.empty", "none"),
    Way(8, "JSON", always(answer(b'{"error": 1}')), FAILED, "harvest.other", "none"),
    Way(9, "PHP notice behind", pages(lambda page: page + NOTICE), DONE, "harvest.mended_behind"),
    Way(9, "PHP notice before", pages(lambda page: NOTICE + page), DONE, "harvest.mended_before"),
    Way(9, "byte order mark", pages(lambda page: b"\xef\xbb\xbf" + page)),
    Way(9, "blank lines", pages(lambda page: b"\n\n" + page), DONE, "harvest.mended_before"),
    Way(9, "declared twice", pages(lambda page: HEAD + b"\n" + page)),
    Way(9, "declared inside", swap("<metadata>", "<metadata>" + HEAD.decode()), DONE, "harvest.mended_declaration"),
    Way(9, "latin-1 said to be UTF-8", pages(lambda page: page.decode().encode("latin-1")), DONE, "harvest.mended_encoding"),
    Way(9, "UTF-16", pages(lambda page: page.decode().replace("UTF-8", "UTF-16").encode("utf-16"))),
    Way(9, "control characters", swap("Then", "Th\x03\x1aen"), DONE, "harvest.mended_controls"),
    Way(9, "control characters as references", swap("Then", "Th&#3;en"), DONE, "harvest.mended_controls"),
    Way(9, "&nbsp; and &eacute;", swap("Then Tày", "Then T&agrave;y"), DONE, "harvest.mended_entity"),
    Way(9, "entities of HTML in tokens' way", swap("</leader>", "</leader><!-- & -->"), DONE, ""),
    Way(9, "bare ampersand in a comment of a header", swap("<request>x", "<request>x?a=1&b=2"), DONE, "harvest.mended_ampersand"),
    Way(9, "cut in a record", first(*[answer(HEAD + b"<OAI-PMH><ListRecords><record>")] * 3), DONE, "harvest.cut"),
    Way(9, "cut for ever", always(answer(HEAD + b"<OAI-PMH><ListRecords><record>")), FAILED, "harvest.cut", "none"),
    Way(10, "prefix", pages(prefixed)),
    Way(10, "no namespace", swap(' xmlns="http://www.openarchives.org/OAI/2.0/"', ""), DONE, "harvest.namespace"),
    Way(10, "https in the namespace", swap("http://www.openarchives", "https://www.openarchives"), DONE, "harvest.namespace"),
    Way(10, "OAI-PMH 1.1", swap("OAI/2.0/", "OAI/1.1/OAI_ListRecords"), DONE, "harvest.namespace"),
    Way(11, "no metadata", first_record(lambda one: re.sub(rb"<metadata>.*</metadata>", b"", one)), DONE, "", "0"),
    Way(11, "empty metadata", first_record(lambda one: re.sub(rb"<metadata>.*</m", b"<metadata/><m></m", one)), DONE, "", "0"),
    Way(11, "two pieces of metadata", first_record(lambda one: one.replace(b"</metadata>", ODD.encode() + b"</metadata>"))),
    Way(11, "no identifier", first_record(lambda one: re.sub(rb"<identifier>[^<]*", b"<identifier>", one)), DONE, "harvesting.incomplete", "0"),
    Way(11, "an identifier of 900 letters", first_record(lambda one: one.replace(b":000<", b":000" + b"x" * 900 + b"<")), DONE, "", "0"),
    *[
        Way(11, f"datestamp {stamp!r}", dated(stamp))
        for stamp in ("", "2026-01-02", "2026-01-02T03:04:05+07:00", "2099-01-01T00:00:00Z", "1970-01-01T00:00:00Z",
                      "0000-00-00", "gestern", "2026-02-30T00:00:00Z", "9999-12-31T23:59:59Z")
    ],
    *[
        Way(12, f"token {token!r}", spelt(token))
        for token in ("a+b/c=T", "T%2B%", "T&x=1;", "!T|*{}[]", "T bề", '"T\'', "T" + "long" * 600, "..T#?", "T<")
    ],
    Way(12, "blanks around a token are layout", laid_out, DONE, "harvest.error"),
    Way(12, "blanks in a token are its own", spelt(" T ")),
    Way(12, "blank token at the end", swap("></resumptionToken>", ">\n\t</resumptionToken>")),
    Way(12, "no token at the end", swap('<resumptionToken completeListSize="8"></resumptionToken>', "")),
    Way(13, "the same page for ever", new_tokens(), FAILED, "harvest.loop", "34567"),
    Way(13, "empty pages for ever", always(answer(Repository().document(
        "<ListRecords><resumptionToken>t</resumptionToken></ListRecords>").encode())), FAILED, "harvest.loop", "none"),
    Way(14, "promises more than it sends", swap('completeListSize="8"', 'completeListSize="99"'), DONE, "harvest.shortfall"),
    Way(14, "promises nonsense", swap('completeListSize="8"', 'completeListSize="-1e9"')),
    Way(14, "known for its promises", swap('completeListSize="8"', 'completeListSize="99"'), quirks={"ignore_shortfall": True}),
    Way(15, "a token that expires", expiring(1), DONE, "harvest.expired"),
    Way(15, "tokens that expire four times", expiring(4), DONE, "harvest.expired"),
    Way(15, "tokens that always expire", expiring(99), FAILED, "harvest.expired", "3456"),
    Way(15, "413 beyond a month", longer_than(31, answer(b"<html>too much</html>", "413 Too Large")), DONE, "harvest.too_much"),
    Way(15, "413 beyond a week", longer_than(8, answer(b"", "413 Too Large")), DONE, "harvest.too_much"),
    Way(15, "413 always", always(answer(b"", "413 Too Large")), FAILED, "harvest.too_much_still", "none"),
    Way(20, "nothing at all", always(error("noRecordsMatch")), DONE, "harvesting.nothing", "none"),
    Way(23, "noRecordsMatch with 404", always(error("noRecordsMatch", "404 Not Found")), DONE, "harvesting.nothing", "none"),
    Way(23, "an error with 500", always(error("badArgument", "500 Oops")), FAILED, "harvest.error", "none"),
    Way(23, "an error with 422", always(error("somethingOfTheirOwn", "422 Odd")), FAILED, "harvest.error", "none"),
    Way(23, "marcxml under another name", lambda repository, arguments: error("cannotDisseminateFormat")
        if arguments.get("metadataPrefix", "marc21") != "marc21" else None, DONE, "harvest.error"),
    Way(24, "414 for every GET", lambda repository, arguments: answer(b"", "414 Too Long")
        if repository.heads[-1].startswith(b"GET") and arguments["verb"] != "Identify" else None),
    Way(24, "POST only", lambda repository, arguments: answer(b"", "405 No")
        if repository.heads[-1].startswith(b"GET") else None, quirks={"post": True}),
    Way(24, "wants metadataPrefix with the token", lambda repository, arguments: error("badArgument")
        if arguments["verb"] == "ListRecords" and "metadataPrefix" not in arguments else None,
        quirks={"prefix_with_token": True}),
    Way(24, "does not say so beforehand", lambda repository, arguments: error("badArgument")
        if arguments["verb"] == "ListRecords" and "metadataPrefix" not in arguments else None, FAILED, "harvest.error", "34567"),
    Way(36, "a record that is no MARC", first_record(lambda one: re.sub(rb"<metadata>.*</m", b"<metadata><record/></m", one)),
        DONE, "", "0"),
    Way(36, "a record in a form nobody knows", first_record(lambda one: re.sub(rb"<metadata>.*</m", b"<metadata><q/></m", one)),
        DONE, "", "0"),
]  # fmt: skip
for way in WAYS:
    CASES[way.rule].add(way.name)


@pytest.mark.parametrize("way", WAYS, ids=lambda way: f"{way.rule}: {way.name}"[:60])
def test_the_store_holds_what_was_meant_or_the_run_says_why(
    way: Way, harvester: Harvester, repository: Repository, store: Store
) -> None:
    fill(repository)
    repository.entries["oai:x.vn:007"].stamp -= 80 * 86_400
    repository.trouble = way.trouble
    harvester.budget = Budget(idle_seconds=5, total_seconds=20)
    harvester.change(quirks=Quirks(**way.quirks))
    run = harvester.run()
    assert run.state == way.state, run.said
    missing = "01234567" if way.came == "none" else way.came.replace("all", "")
    expected = {name: title for name, title in meant(repository).items() if name[-1] not in missing}
    assert held(store) == expected
    assert bool(run.said) == bool(way.said), run.said
    if way.said and way.said != "*":
        assert way.said in codes(run)
    assert all(entry["vi"] and entry["en"] and entry["count"] for entry in run.said)
    if way.came == "0":
        assert run.change_set is not None
        (kept,) = quarantine.of(store, run.change_set)
        assert kept.data, "the bytes are kept"
    # Healed, it is harvested to the end, whatever it did before.
    repository.trouble = lambda repository, arguments: None
    harvester.change(quirks=Quirks())
    again = harvester.run()
    again = harvester.run(FULL) if again.number == run.number or again.kind != FULL else again
    assert (again.state, held(store)) == (runs.DONE, meant(repository)), again.said


@pytest.mark.parametrize(
    "way", [way for way in WAYS if way.state == runs.DONE and "letters" not in way.name], ids=lambda way: way.name[:60]
)
def test_a_known_source_that_begins_to_misbehave_loses_nothing(
    way: Way, harvester: Harvester, repository: Repository, store: Store
) -> None:
    repository.deleted_record = "no"
    fill(repository)
    harvester.change(brake=100)
    harvester.run()
    everything = held(store)
    repository.trouble = way.trouble
    harvester.change(quirks=Quirks(**way.quirks))
    run = harvester.run(FULL)
    assert run.state == way.state, run.said
    assert held(store) == everything, run.said
