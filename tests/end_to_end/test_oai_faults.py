"""Clients that mean no good, and a database that goes away: the server goes on answering the others."""

from __future__ import annotations

import http.client
import re
import socket
import struct
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import psycopg
import pytest
from lxml import etree

from tests import postgresql
from tests.conftest import missing
from tests.end_to_end.product import Product, get

LIST = "/oai?verb=ListRecords&metadataPrefix=marcxml"


@pytest.fixture(scope="module")
def product(tmp_path_factory: pytest.TempPathFactory) -> Product:
    installed = Product(tmp_path_factory.mktemp("home"))
    installed.run("demo", "--no-serve", "--records", "3000")
    return installed


@pytest.fixture(scope="module")
def server(product: Product) -> Iterator[tuple[str, int]]:
    with product.serving(client_requests="0", list_seconds="5") as address:
        host, port = address.removeprefix("http://").split(":")
        yield host, int(port)


def alive(server: tuple[str, int], seconds: float = 10) -> None:
    """A decent client is answered in time, if only once the crowd before it has been: told to come again, it comes."""
    last = time.monotonic() + seconds
    while True:
        with closing(http.client.HTTPConnection(*server, timeout=seconds)) as connection:
            connection.request("GET", LIST)
            answer = connection.getresponse()
            body = answer.read()
        assert time.monotonic() < last, (answer.status, body[:200])
        if answer.status != 503:
            break
        time.sleep(0.2)
    assert body.endswith(b"</OAI-PMH>\n")


def test_ten_megabytes_of_arguments(server: tuple[str, int]) -> None:
    many = b"&".join(b"a%d=%d" % (n, n) for n in range(10_000_000 // 12))
    for request in (
        b"GET /oai?" + many + b" HTTP/1.1\r\nHost: x\r\n\r\n",
        b"POST /oai HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n" % len(many) + many,
        b"POST /oai HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n%x\r\n" % len(many)
        + many
        + b"\r\n0\r\n\r\n",
    ):
        with closing(socket.create_connection(server, timeout=20)) as connection:
            status = b""
            try:
                connection.sendall(request)
                status = connection.recv(1000).split(b"\r\n")[0]
            except OSError:
                pass  # closed while we still sent: an answer too
            assert status == b"" or re.search(rb" (413|414|431) ", status), status
        alive(server)


def test_clients_that_hang(server: tuple[str, int]) -> None:
    begun = [
        b"G",
        b"GET /oai?verb=Ide",
        b"GET /oai?verb=Identify HTTP/1.1\r\nHost: x\r\n",
        b"POST /oai HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nverb=",
        b"POST /oai HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nverb=",
    ]
    hanging = []
    for request in begun * 12:
        connection = socket.create_connection(server, timeout=10)
        connection.sendall(request)
        hanging.append(connection)
    alive(server)
    alive(server)
    for connection in hanging:
        connection.close()
    time.sleep(0.5)
    alive(server)
    posted = urllib.request.Request(f"http://{server[0]}:{server[1]}/oai", b"verb=Identify")
    with urllib.request.urlopen(posted, timeout=10) as answer:
        assert b"<Identify>" in answer.read()


def test_clients_that_reset_in_the_middle_of_an_answer(server: tuple[str, int]) -> None:
    def reset() -> None:
        connection = socket.create_connection(server, timeout=10)
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        connection.sendall(f"GET {LIST} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
        connection.recv(100)
        connection.close()

    threads = [threading.Thread(target=reset) for _ in range(60)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    alive(server)


def test_clients_that_read_slowly_hold_no_thread(server: tuple[str, int]) -> None:
    slow = []
    for _ in range(60):
        connection = socket.socket()
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        connection.connect(server)
        connection.sendall(f"GET {LIST} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
        slow.append(connection)
    alive(server)
    for connection in slow:
        connection.close()


def test_a_crowd_is_served_or_told_when_to_come_again(server: tuple[str, int]) -> None:
    """A hundred clients at once: each is answered, or refused with a time to come again, and gets nothing else."""
    statuses = []

    def harvest() -> None:
        for _ in range(4):
            connection = http.client.HTTPConnection(*server, timeout=60)
            connection.request("GET", LIST)
            answer = connection.getresponse()
            body = answer.read()
            connection.close()
            statuses.append(answer.status)
            if answer.status == 200:
                etree.fromstring(body)
            else:
                assert answer.status == 503
                assert 0 < int(answer.headers["Retry-After"]) < 3600

    threads = [threading.Thread(target=harvest) for _ in range(100)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(statuses) == 400
    assert 200 in statuses
    alive(server)


def fetch(address: str) -> tuple[bytes, int]:
    """The answer, or nothing and the seconds after which to come again."""
    try:
        return get(address), 0
    except urllib.error.HTTPError as error:
        return b"", int(error.headers["Retry-After"]) if error.code == 503 else 999_999


@pytest.mark.peer
def test_a_database_that_restarts_between_pages_costs_a_retry_and_no_record(tmp_path: Path) -> None:
    if postgresql.binaries() is None:
        missing("PostgreSQL is not installed")
    with postgresql.cluster() as url:
        product = Product(tmp_path / "home", url)
        product.run("demo", "--no-serve")
        with (
            product.serving(page_records="60") as address,
            psycopg.connect(url.replace("+psycopg", ""), autocommit=True) as admin,
        ):
            request, found, retries = "verb=ListRecords&metadataPrefix=oai_dc", [], 0
            while request:
                # Every connection of the server is cut, as a restart of the database cuts them.
                admin.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()")
                page, wait = fetch(f"{address}/oai?{request}")
                if wait:
                    retries += 1
                    assert 0 < wait < 3600
                    assert retries < 50
                    continue
                found += re.findall(rb"<identifier>([^<]+)", page)
                token = re.search(rb"<resumptionToken[^>]*>([^<]+)<", page)
                request = f"verb=ListRecords&resumptionToken={token[1].decode()}" if token else ""
    assert len(found) == len(set(found)) > 400
