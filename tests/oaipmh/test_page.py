"""The page a person sees: for browsers alone, in two languages, with nothing in it that can run."""

from __future__ import annotations

import re
from typing import Any

import pytest
from lxml import etree, html

from oaipmh import page
from tests.oaipmh.world import Answer, World, library, oai_dc

BROWSERS = {
    "Chromium": "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8",
    "Firefox": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
    "Safari": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
    "old Edge": "text/html, application/xhtml+xml, image/jxr, */*",
}
HARVESTERS = {
    "nothing said": "",
    "curl, requests, scythe": "*/*",
    "Java": "text/html, image/gif, image/jpeg, *; q=.2, */*; q=.2",
    "XML by name": "text/xml, application/xml;q=0.9",
    "XML rather": "text/html;q=0.5, application/xhtml+xml, text/xml",
    "XML as well as HTML": "application/xml,application/xhtml+xml,text/html,*/*;q=0.5",
    "no HTML": "text/html;q=0, application/xhtml+xml",
    "weight that is none": "text/html;q=2",
}


@pytest.mark.parametrize("name", [*BROWSERS, *HARVESTERS])
def test_rule_115_only_a_browser_gets_a_page(name: str) -> None:
    accept = (BROWSERS | HARVESTERS)[name]
    answer = library(2).ask("verb=Identify", HTTP_ACCEPT=accept) if name in HARVESTERS else None
    assert page.is_wanted(accept) == (name in BROWSERS)
    assert answer is None or answer.headers["Content-Type"] == "text/xml; charset=utf-8"


def browse(world: World, query: str, **environ: Any) -> tuple[Answer, Any]:
    seen: list[Any] = []
    values = {"REQUEST_METHOD": "GET", "PATH_INFO": "/oai", "QUERY_STRING": query, "HTTP_ACCEPT": BROWSERS["Firefox"]}
    body = b"".join(world.app(values | environ, lambda *start: seen.extend(start)))
    answer = Answer(seen[0], dict(seen[1]), body)
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    return answer, html.fromstring(answer.text)


@pytest.mark.parametrize(
    ("environ", "expected"),
    [
        ({}, "vi"),
        ({"HTTP_ACCEPT_LANGUAGE": "en-GB,en;q=0.9"}, "en"),
        ({"HTTP_ACCEPT_LANGUAGE": "fr, vi;q=0.5"}, "vi"),
        ({"HTTP_ACCEPT_LANGUAGE": "en", "HTTP_COOKIE": "x=1; lang=vi"}, "vi"),
        ({"HTTP_COOKIE": "lang=xx"}, "vi"),
        ({"HTTP_COOKIE": "\x00;=;lang"}, "vi"),
    ],
)
def test_the_language_is_the_readers(environ: dict[str, str], expected: str) -> None:
    answer, root = browse(library(1), "verb=Identify", **environ)
    assert root.get("lang") == expected
    assert ("Giới thiệu" in answer.text.decode()) == (expected == "vi")
    assert "[[" not in answer.text.decode()
    assert "Cookie" in answer.headers["Vary"]


def test_links_lead_from_the_sets_to_the_last_record() -> None:
    world = library(45)
    seen, queue = set(), ["verb=Identify"]
    records = set()
    while queue:
        query = queue.pop()
        if query in seen:
            continue
        seen.add(query)
        _, root = browse(world, query)
        assert root.findall(".//*[@class='refused']") == [], query
        records |= {code.text for code in root.findall(".//*[@class='head']/code")}
        for link in root.iter("a"):
            address = link.get("href")
            if address.startswith("/oai?"):
                queue.append(address.removeprefix("/oai?"))
    assert records == {f"oai:thuvien.example.vn:w{number}" for number in range(1, 46)}
    assert sum("resumptionToken" in query for query in seen) >= 2


def test_a_record_is_readable_as_marc_and_as_dublin_core() -> None:
    for prefix in ("marcxml", "oai_dc"):
        _, root = browse(library(1), f"verb=GetRecord&metadataPrefix={prefix}&identifier=oai:thuvien.example.vn:w1")
        assert "Truyện Kiều 1" in root.text_content()
        assert root.findall(".//table[@class='marc']" if prefix == "marcxml" else ".//dl[@class='facts']")


@pytest.mark.parametrize("query", ["", "verb=Nope", "verb=ListRecords", "verb=ListRecords&resumptionToken=x", "%ff=%"])
def test_an_error_is_a_page_too(query: str) -> None:
    _, root = browse(library(1), query)
    assert root.findall(".//*[@class='refused']/strong")


def test_nothing_in_a_record_can_run() -> None:
    world = library(1)
    dangerous = oai_dc('&lt;script&gt;alert(1)&lt;/script&gt;" onclick="x')
    link = b"<dc:identifier>javascript:alert(1)</dc:identifier></oai_dc:dc>"
    world.store.publish("w2", {"oai_dc": dangerous.replace(b"</oai_dc:dc>", link)})
    answer, root = browse(world, "verb=ListRecords&metadataPrefix=oai_dc")
    assert list(root.iter("script")) == []
    assert [node for node in root.iter() if any(name.startswith("on") for name in node.attrib)] == []
    assert all(not link.get("href").startswith("javascript") for link in root.iter("a"))
    assert "script-src" not in answer.headers["Content-Security-Policy"]
    assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'")
    assert re.search(rb"<(style|script)|style=", answer.text) is None


def test_the_button_shows_what_a_harvester_gets() -> None:
    world = library(30)
    _, root = browse(world, "verb=ListIdentifiers&metadataPrefix=oai_dc&set=diachi")
    [form] = root.forms
    assert (form.method, form.action) == ("POST", "/oai")
    answer = world.ask("&".join(f"{name}={value}" for name, value in form.form_values()), method="POST")
    assert len(answer.identifiers) == 15


def test_a_format_that_the_sheet_does_not_know_is_shown_as_it_is() -> None:
    answer = (
        b'<OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/"><responseDate>x</responseDate>'
        b'<request verb="GetRecord">http://h/oai</request><GetRecord><record><header><identifier>oai:x:1</identifier>'
        b'<datestamp>y</datestamp></header><metadata><m xmlns="urn:m"><part type="volume">Book 2</part></m></metadata>'
        b"</record></GetRecord></OAI-PMH>"
    )
    root = html.fromstring(page.write(answer, "vi"))
    assert root.find(".//ul//ul//b").text == "part"
    assert "Book 2" in root.text_content()


def test_every_word_of_the_sheet_is_in_both_languages() -> None:
    sheet = page._SHEET.read_text(encoding="utf-8")
    etree.fromstring(sheet.encode())
    words = page._WORDS.findall(sheet)
    assert len(words) > 30
    assert all(vietnamese.strip() and english.strip() for vietnamese, english in words)
    assert sheet.count("[[") == len(words)
