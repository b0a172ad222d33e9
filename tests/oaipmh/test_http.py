"""The HTTP side: methods, limits, compression, a store that fails, and a real socket with a foreign client."""

from __future__ import annotations

import gzip
import http.client
import io
import threading
from collections.abc import Iterator
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, make_server
from wsgiref.validate import validator

import pytest

from foundation.errors import Message, StoreError
from foundation.limits import OAI_BODY_BYTES, OAI_QUERY_BYTES
from foundation.negotiation import accepts_gzip
from foundation.settings import Settings
from oaipmh.wsgi import OaiApplication
from tests.oaipmh.world import World, check, library

LIST = "verb=ListRecords&metadataPrefix=oai_dc"


@pytest.fixture
def world() -> World:
    return library(5)


# --- methods, addresses, limits ---


def test_rule_17_head_is_get_without_a_body(world: World) -> None:
    head, get = (world.ask(LIST, method=method) for method in ("HEAD", "GET"))
    assert (head.status, head.headers) == (get.status, get.headers)
    assert (head.body, head.headers["Content-Length"]) == (b"", str(len(get.body)))


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "get", ""])
def test_rule_17_other_methods(world: World, method: str) -> None:
    answer = world.ask(LIST, method=method)
    assert answer.status.startswith("405 ")
    assert answer.headers["Allow"] == "GET, HEAD, POST"


@pytest.mark.parametrize(
    "path", ["/oai/unknown", "/oai/bk/cd", "/oai/b k", "/oai/..", "/oai/\xe1\xba\xa1", "/oaix", "/", "", "/oai//"]
)
def test_unknown_address(world: World, path: str) -> None:
    answer = world.ask("verb=Identify", path)
    assert answer.status == "404 Not Found"
    assert "/oai" in answer.body.decode()


@pytest.mark.parametrize("path", ["/oai", "/oai/", "/oai/bk", "/oai/bk/"])
def test_rule_16_known_address_is_answered_without_redirect(world: World, path: str) -> None:
    assert world.ask("verb=Identify", path).status == "200 OK"


@pytest.mark.parametrize("extra", [0, 1])
def test_rule_3_body_limit(world: World, extra: int) -> None:
    body = b"verb=" + b"x" * (OAI_BODY_BYTES - 5 + extra)
    for environ in ({}, {"CONTENT_LENGTH": "", "wsgi.input_terminated": True}):
        answer = world.ask(body, method="POST", **environ)
        assert answer.status == ("413 Content Too Large" if extra else "200 OK")


@pytest.mark.parametrize("length", ["x", "-1", "1e3", "٣", "9" * 40])
def test_a_length_that_is_none(world: World, length: str) -> None:
    assert world.ask("verb=Identify", method="POST", CONTENT_LENGTH=length).status == "413 Content Too Large"


def test_a_body_larger_than_it_says_is_not_read(world: World) -> None:
    body = io.BytesIO(b"verb=Identify&foo=1")
    answer = world.ask(b"", method="POST", CONTENT_LENGTH="13", **{"wsgi.input": body})
    assert answer.codes == []
    assert body.tell() == 13


def test_a_post_without_length_has_no_body(world: World) -> None:
    assert world.ask("verb=Identify", method="POST", CONTENT_LENGTH="").codes == ["badVerb"]


@pytest.mark.parametrize("extra", [0, 1])
def test_query_limit(world: World, extra: int) -> None:
    answer = world.ask("verb=" + "x" * (OAI_QUERY_BYTES - 5 + extra))
    assert answer.status == ("414 URI Too Long" if extra else "200 OK")


def test_rule_110_a_store_that_fails_is_unavailable_for_a_while(world: World) -> None:
    def fail(code: str) -> None:
        raise StoreError(Message("test.away", "hỏng", "broken"))

    seen: list[Any] = []
    environ = {"REQUEST_METHOD": "GET", "PATH_INFO": "/oai", "QUERY_STRING": LIST}
    body = b"".join(OaiApplication(fail)(environ, lambda *start: seen.extend(start)))
    headers = dict(seen[1])
    assert seen[0] == "503 Service Unavailable"
    assert 0 < int(headers["Retry-After"]) < 3600
    assert "thử lại sau" in body.decode()


# --- compression ---


@pytest.mark.parametrize(
    ("field", "expected"),
    [
        ("", False),
        ("gzip", True),
        ("GZIP", True),
        ("x-gzip", True),
        ("deflate, gzip;q=1.0, *;q=0.5", True),
        ("gzip; q=0", False),
        ("gzip;q=0.0, *", False),
        ("gzip;q=0.001", True),
        ("gzip ; q=0.5 , identity;q=0.8", False),
        ("identity;q=0, gzip;q=0.1", True),
        ("*", True),
        ("*;q=0", False),
        ("identity", False),
        ("deflate, br", False),
        ("gzip;q=2", False),
        ("gzip;q=x", False),
        ("gzip;q=", False),
        ("gzipped", False),
        (";;,,;q=1", False),
    ],
)
def test_rule_108_what_the_client_accepts(world: World, field: str, expected: bool) -> None:
    assert accepts_gzip(field) == expected
    answer = world.ask(LIST, HTTP_ACCEPT_ENCODING=field)
    assert (answer.headers.get("Content-Encoding") == "gzip") == expected
    assert answer.headers["Vary"] == "Accept, Accept-Encoding"
    assert answer.text == world.ask(LIST).body


def test_rule_109_one_gzip_member_with_its_length(world: World) -> None:
    answer = world.ask(LIST, HTTP_ACCEPT_ENCODING="gzip")
    with gzip.GzipFile(fileobj=io.BytesIO(answer.body)) as stream:
        assert stream.read() == world.ask(LIST).body
    assert answer.headers["Content-Length"] == str(len(answer.body))
    assert answer.body.count(b"\x1f\x8b\x08") == 1


# --- a real socket ---


class Quiet(WSGIRequestHandler):
    def log_message(self, *values: Any) -> None:
        pass


@pytest.fixture
def server() -> Iterator[tuple[str, int]]:
    """A server whose application is held to PEP 3333 by the standard library's validator."""
    world = library(25, settings=Settings(page_records=10, page_headers=7))
    with make_server("127.0.0.1", 0, validator(world.app), handler_class=Quiet) as http_server:
        thread = threading.Thread(target=http_server.serve_forever, args=(0.01,))
        thread.start()
        yield "127.0.0.1", http_server.server_port
        http_server.shutdown()
        thread.join()


def fetch(server: tuple[str, int], method: str, path: str, body: bytes | None = None) -> tuple[int, bytes]:
    connection = http.client.HTTPConnection(*server, timeout=10)
    form = {"Content-Type": "application/x-www-form-urlencoded"} if body else {}
    connection.request(method, path, body, form)
    response = connection.getresponse()
    data = response.read()
    connection.close()
    return response.status, data


def test_get_and_post_over_http(server: tuple[str, int]) -> None:
    status, got = fetch(server, "GET", "/oai?" + LIST)
    assert status == 200
    check(got)
    assert fetch(server, "POST", "/oai", LIST.encode()) == (200, got)


@pytest.mark.parametrize("path", ["/oai?verb=%ff%00&a=%zz", "/oai?", "/oai?verb=Identify&verb"])
def test_nonsense_over_http(server: tuple[str, int], path: str) -> None:
    status, body = fetch(server, "GET", path)
    assert status == 200
    check(body)


def test_http_1_0(server: tuple[str, int]) -> None:
    connection = http.client.HTTPConnection(*server, timeout=10)
    connection._http_vsn, connection._http_vsn_str = 10, "HTTP/1.0"  # type: ignore[attr-defined]
    connection.request("GET", "/oai?verb=Identify")
    response = connection.getresponse()
    assert response.getheader("Transfer-Encoding") is None
    check(response.read())
    connection.close()


@pytest.mark.parametrize("path", ["/oai", "/oai/bk"])
def test_sickle_harvests_everything(server: tuple[str, int], path: str) -> None:
    sickle = pytest.importorskip("sickle").Sickle(f"http://{server[0]}:{server[1]}{path}", timeout=10)
    numbers = range(1, 26) if path == "/oai" else range(1, 26, 2)
    expected = [f"oai:thuvien.example.vn:w{number}" for number in numbers]
    assert [header.identifier for header in sickle.ListIdentifiers(metadataPrefix="marcxml")] == expected
    records = list(sickle.ListRecords(metadataPrefix="oai_dc"))
    assert [record.header.identifier for record in records] == expected
    assert records[0].metadata == {"title": ["Truyện Kiều 1"]}
    assert sickle.Identify().granularity == "YYYY-MM-DDThh:mm:ssZ"
