"""The one way out (`foundation.network`) against servers that misbehave, over real sockets."""

from __future__ import annotations

import gzip
import socket
import ssl
import subprocess
import threading
import time
import zlib
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest

from foundation.addresses import networks
from foundation.errors import InputError, LienThongError, LimitError, PeerError, RefusedError
from foundation.network import Budget, Client, Line, connect
from tests.wire import answer, wire

LOOPBACK = networks(["127.0.0.0/8"])
LINE = Line(allowed=LOOPBACK, budget=Budget(connect_seconds=2, idle_seconds=2, total_seconds=5))


def get(address: str, line: Line = LINE) -> tuple[int, bytes]:
    with Client(line) as client, client.request(address) as found:
        return found.status, found.body()


def test_an_answer_of_any_status_comes_with_its_body() -> None:
    with (
        wire(answer(b"<error/>", "503 Later", Retry_After="7")) as server,
        Client(LINE) as client,
        client.request(server.url) as found,
    ):
        assert (found.status, found.headers["retry-after"], found.body()) == (503, "7", b"<error/>")


def test_the_connection_is_kept_between_requests_and_opened_anew_when_it_was_given_up() -> None:
    def script(connection: socket.socket, head: bytes) -> None:
        connection.sendall(answer(b"x"))
        if b"/last" in head:
            connection.shutdown(socket.SHUT_RDWR)

    with wire(script) as server, Client(LINE) as client:
        for path in ("/a", "/b", "/last", "/c"):
            with client.request(server.url + path) as found:
                assert found.body() == b"x"
        assert server.connections == 2


def test_a_body_left_unread_is_not_the_next_answer() -> None:
    with wire(answer(b"x" * 100)) as server, Client(LINE) as client:
        with client.request(server.url):
            pass
        with client.request(server.url) as found:
            assert found.body() == b"x" * 100


def test_loopback_is_refused_unless_allowed_before_anything_is_sent() -> None:
    with wire(answer(b"x")) as server:
        with pytest.raises(RefusedError):
            get(server.url, replace(LINE, allowed=()))
        assert server.connections == 0


def test_a_redirect_into_the_own_network_is_refused() -> None:
    with wire(answer(b"secret")) as inner, wire(answer(b"", "302 Found", Location=inner.url)) as outer:
        seen = []

        def resolver(host: str, port: int) -> list[str]:
            seen.append(host)
            return ["127.0.0.1"] if host == "outside.example" else ["127.0.0.2"]

        line = replace(LINE, allowed=networks(["127.0.0.1/32"]))
        with Client(line, resolver=resolver) as client, pytest.raises(RefusedError):
            client.request(f"http://outside.example:{outer.port}/").__enter__()
        assert seen == ["outside.example", "127.0.0.1"]
        assert inner.connections == 0


def test_the_address_that_was_judged_is_the_one_that_is_called() -> None:
    """DNS that changes its mind: the name is asked once for each connection, and nothing else is connected to."""
    asked = []

    def resolver(host: str, port: int) -> list[str]:
        asked.append(host)
        return ["127.0.0.1"] if len(asked) == 1 else ["10.0.0.1"]

    with wire(answer(b"x")) as server, Client(LINE, resolver=resolver) as client:
        for _ in range(3):
            with client.request(f"http://name.example:{server.port}/") as found:
                assert found.body() == b"x"
    assert asked == ["name.example"]


def test_redirects_are_followed_and_end() -> None:
    def script(connection: socket.socket, head: bytes) -> None:
        at = int(head.split()[1].strip(b"/") or b"0")
        found = answer(b"here") if at == 3 else answer(b"", "301 Moved", Location=f"/{at + 1}")
        connection.sendall(found)

    with wire(script) as server:
        assert get(server.url) == (200, b"here")
        with pytest.raises(PeerError):
            get(server.url + "/4")


def test_a_post_that_is_redirected_with_307_is_posted_again_and_with_303_not() -> None:
    def script(connection: socket.socket, head: bytes) -> None:
        path = head.split()[1]
        if path == b"/there":
            connection.sendall(answer(head.split()[0]))
        else:
            status = "307 Temporary Redirect" if path == b"/307" else "303 See Other"
            connection.sendall(answer(b"", status, Location="/there", Connection="close"))
            connection.close()

    with wire(script) as server, Client(LINE) as client:
        for path, method in (("/307", b"POST"), ("/303", b"GET")):
            with client.request(server.url + path, method="POST", body=b"") as found:
                assert found.body() == method


def test_credentials_go_to_the_origin_and_nowhere_else() -> None:
    with wire(answer(b"x")) as other, wire(answer(b"", "302 Found", Location=other.url)) as home:
        get(home.url, replace(LINE, user="lib", password="secret"))
        assert b"Authorization: Basic bGliOnNlY3JldA==" in home.requests[0]
        assert b"Authorization" not in other.requests[0]
    assert "secret" not in repr(replace(LINE, password="secret"))


@pytest.mark.parametrize(
    ("coding", "body"),
    [
        ("gzip", gzip.compress(b"abc" * 1000, mtime=0)),
        ("x-gzip", gzip.compress(b"abc" * 500, mtime=0) + gzip.compress(b"abc" * 500, mtime=0) + b"\0" * 20),
        ("deflate", zlib.compress(b"abc" * 1000)),
        ("deflate", zlib.compress(b"abc" * 1000)[2:-4]),
        ("identity", b"abc" * 1000),
    ],
)
def test_bodies_are_unpacked(coding: str, body: bytes) -> None:
    with wire(answer(body, Content_Encoding=coding)) as server:
        assert get(server.url) == (200, b"abc" * 1000)


BOMB = gzip.compress(b"\0" * 200_000_000, 9, mtime=0)
CUT = gzip.compress(bytes(range(256)) * 4000)[:-2000]
CHUNK = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab"
LONG = b"HTTP/1.1 200 OK\r\nContent-Length: 999999\r\n\r\nshort"


@pytest.mark.parametrize(
    ("said", "error"),
    [
        (answer(BOMB, Content_Encoding="gzip"), LimitError),
        (answer(gzip.compress(BOMB, mtime=0), Content_Encoding="gzip, gzip"), PeerError),
        (answer(CUT, Content_Encoding="gzip"), PeerError),
        (answer(b"not gzip", Content_Encoding="gzip"), PeerError),
        (answer(b"x", Content_Encoding="br"), PeerError),
        (b"nonsense\r\n\r\n", PeerError),
        (b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 500 + b"\r\n", PeerError),
        (b"HTTP/1.1 200 OK\r\nX: " + b"y" * 100_000 + b"\r\n\r\n", PeerError),
    ],
)
def test_an_answer_that_cannot_be_read_is_our_error(said: bytes, error: type[LienThongError]) -> None:
    with wire(said) as server, pytest.raises(error):
        get(server.url)


@pytest.mark.parametrize(
    "said",
    [b"", CHUNK, LONG, b"HTTP/1.", *(LONG[:at] for at in (15, 17, 25, 40, 41, 42)), b"HTTP/1.1 103 Hints\r\nLink: <a"],
)
def test_a_connection_cut_anywhere_is_our_error(said: bytes) -> None:
    def script(connection: socket.socket, head: bytes) -> None:
        connection.sendall(said)
        connection.close()

    with wire(script) as server, pytest.raises(PeerError) as caught:
        get(server.url)
    assert caught.value.problem.code == "network.broke_off"


def test_a_server_that_says_nothing_is_given_up() -> None:
    line = replace(LINE, budget=replace(LINE.budget, idle_seconds=0.2))
    with wire(lambda connection, head: time.sleep(3)) as server, pytest.raises(PeerError):
        get(server.url, line)


def drip(connection: socket.socket, begin: bytes, again: bytes = b"y") -> None:
    connection.sendall(begin)
    for _ in range(100):
        connection.sendall(again)
        time.sleep(0.1)


CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"


@pytest.mark.parametrize(
    ("begin", "again"),
    [
        (b"HTTP/1.1 200 OK\r\nX: ", b"y"),
        (b"HTTP/1.1 200 OK\r\n", b"X: y\r\n"),
        (b"HTTP/1.1 100 Continue\r\n\r\n", b"HTTP/1.1 100 Continue\r\n\r\n"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n", b"y"),
        (b"HTTP/1.1 200 OK\r\n\r\n", b"y"),
        (CHUNKED, b"0"),
        (CHUNKED + b"1;", b"x"),
        (CHUNKED + b"2\r\nab\r\n0\r\n", b"X: y\r\n"),
    ],
    ids=["header", "headers", "continue", "body", "until the end", "chunk size", "chunk extension", "trailers"],
)
def test_an_answer_that_drips_anywhere_is_given_up_in_time(begin: bytes, again: bytes) -> None:
    line = replace(LINE, budget=replace(LINE.budget, total_seconds=0.5, slowest=0))
    began = time.monotonic()
    with wire(lambda connection, head: drip(connection, begin, again)) as server:
        with pytest.raises((LimitError, PeerError)) as caught:
            get(server.url, line)
        assert "total_seconds" in caught.value.text("en")
        assert server.connections == 1
    assert time.monotonic() - began < 5


def test_a_tls_handshake_that_drips_is_given_up_in_time() -> None:
    def script(connection: socket.socket) -> None:
        with connection, suppress(OSError):
            drip(connection, b"\x16\x03\x03\x40\x00")

    listener = socket.create_server(("127.0.0.1", 0))
    threading.Thread(target=lambda: script(listener.accept()[0]), daemon=True).start()
    line = replace(LINE, budget=replace(LINE.budget, connect_seconds=0.5))
    began = time.monotonic()
    with listener, pytest.raises(PeerError) as caught:
        get(f"https://127.0.0.1:{listener.getsockname()[1]}/", line)
    assert caught.value.problem.code == "network.tls"
    assert time.monotonic() - began < 5


def test_redirects_share_the_seconds_of_one_answer() -> None:
    def script(connection: socket.socket, head: bytes) -> None:
        time.sleep(0.4)
        connection.sendall(answer(b"", "302 Found", Location="/again"))

    line = replace(LINE, budget=replace(LINE.budget, total_seconds=0.6))
    with wire(script) as server, pytest.raises(PeerError) as caught:
        get(server.url, line)
    assert (caught.value.problem.code, len(server.requests)) == ("network.broke_off", 2)


def test_a_body_that_stays_too_slow_for_hours_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    # As if two hours had gone by since the first byte.
    began = time.monotonic()
    monkeypatch.setattr("foundation.network.monotonic", lambda: began + (time.perf_counter() - zero) * 5000)
    zero = time.perf_counter()
    line = replace(LINE, budget=Budget(idle_seconds=2, total_seconds=12_000))
    begin = b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n"
    with wire(lambda connection, head: drip(connection, begin)) as server, pytest.raises(PeerError) as caught:
        get(server.url, line)
    assert caught.value.problem.code == "network.slow"


def test_a_body_shorter_than_promised_is_told_with_both_lengths() -> None:
    def script(connection: socket.socket, head: bytes) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 99999\r\n\r\n" + b"x" * 93)
        connection.close()

    with wire(script) as server, pytest.raises(PeerError) as caught:
        get(server.url)
    assert "đứt sau 93 byte (Content-Length: 99999)" in caught.value.text("vi")


def test_interim_answers_are_no_answers() -> None:
    early = b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\nHTTP/1.1 102 Processing\r\n\r\n"
    bodies = iter(b"ab")

    def script(connection: socket.socket, head: bytes) -> None:
        connection.sendall(early + answer(bytes([next(bodies)])))

    with wire(script) as server, Client(LINE) as client:
        for body in (b"a", b"b"):
            with client.request(server.url) as found:
                assert (found.status, found.body()) == (200, body)
        assert server.connections == 1


def test_bytes_behind_an_answer_are_not_the_next_answer() -> None:
    turn = iter("ab")

    def script(connection: socket.socket, head: bytes) -> None:
        connection.sendall(answer(next(turn).encode()))
        time.sleep(0.05)  # apart from the answer, so that it is not read with it
        connection.sendall(answer(b"split"))

    with wire(script) as server, Client(LINE) as client:
        for body in (b"a", b"b"):
            with client.request(server.url) as found:
                assert found.body() == body
            time.sleep(0.3)
        assert server.connections == 2


@pytest.mark.parametrize("target", ["http://[::1/", "http://x:99999/", "//", "ftp://x/y", "http://u:p@x/"])
def test_a_redirect_to_what_is_no_address_is_our_error(target: str) -> None:
    with wire(answer(b"", "302 Found", Location=target)) as server, pytest.raises(LienThongError):
        get(server.url)


@pytest.mark.parametrize("target", ["/thư viện/oai?a=b c", "  /th%C6%B0%20vi%E1%BB%87n/oai?a=b%20c "])
def test_a_redirect_is_followed_as_people_write_addresses(target: str) -> None:
    def script(connection: socket.socket, head: bytes) -> None:
        there = head.startswith(b"GET /th%C6%B0%20vi%E1%BB%87n/oai?a=b%20c ")
        moved = f"HTTP/1.1 302 Found\r\nContent-Length: 0\r\nLocation: {target}\r\n\r\n"
        connection.sendall(answer(b"x") if there else moved.encode())

    with wire(script) as server:
        assert get(server.url) == (200, b"x")


@pytest.mark.parametrize("coding", ["UTF-8", "none", "binary", "ISO-8859-1"])
def test_a_coding_that_is_none_is_none(coding: str) -> None:
    with wire(answer(b"<x/>", Content_Encoding=coding)) as server:
        assert get(server.url) == (200, b"<x/>")


@pytest.mark.parametrize("wbits", [15, -15])
def test_deflate_is_unpacked_however_its_bytes_arrive(wbits: int) -> None:
    packer = zlib.compressobj(wbits=wbits)
    body = packer.compress(b"<x/>" * 9) + packer.flush()
    head = b"HTTP/1.1 200 OK\r\nContent-Encoding: deflate\r\nTransfer-Encoding: chunked\r\n\r\n"

    def script(connection: socket.socket, asked: bytes) -> None:
        connection.sendall(head)
        for byte in body:
            connection.sendall(b"1\r\n%c\r\n" % byte)
            time.sleep(0.005)
        connection.sendall(b"0\r\n\r\n")

    with wire(script) as server:
        assert get(server.url) == (200, b"<x/>" * 9)


def test_what_a_server_says_is_told_without_characters_that_do_something() -> None:
    with wire(b"\x00\x1b[2J\xe2\x80\xae no HTTP\r\n\r\n") as server, pytest.raises(PeerError) as caught:
        get(server.url)
    assert all(text.isprintable() for text in (caught.value.text("vi"), caught.value.text("en")))
    assert "no HTTP" in caught.value.text("vi")


def test_budgets_of_bytes_are_kept() -> None:
    with wire(answer(b"x" * 50_000)) as server:
        for budget in (Budget(sent_bytes=10_000), Budget(plain_bytes=10_000)):
            with pytest.raises(LimitError) as caught:
                get(server.url, replace(LINE, budget=budget))
            assert caught.value.problem.values["limit"] in ("ANSWER_SENT_BYTES", "ANSWER_BYTES")


def test_nobody_there_and_nobody_known() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    with pytest.raises(PeerError):
        get(f"http://127.0.0.1:{port}/")

    def unknown(host: str, port: int) -> list[str]:
        raise OSError("no such host")

    with Client(LINE, resolver=unknown) as client, pytest.raises(PeerError), client.request("http://nowhere.example/"):
        pass


def test_a_second_address_is_tried_when_the_first_is_silent() -> None:
    with wire(answer(b"x")) as server:
        made = connect("x", server.port, LINE, resolver=lambda host, port: ["127.0.0.9", "127.0.0.1"])
        with made:
            assert made.getpeername()[0] == "127.0.0.1"


def test_one_connection_to_a_host_at_a_time_with_its_pause() -> None:
    busy = []
    most = []

    def script(connection: socket.socket, head: bytes) -> None:
        busy.append(1)
        most.append(len(busy))
        time.sleep(0.02)
        busy.pop()
        connection.sendall(answer(b"x"))

    line = replace(LINE, pause=0.05)
    with wire(script) as server:
        began = time.monotonic()
        threads = [threading.Thread(target=get, args=(server.url, line)) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert max(most) == 1
        assert time.monotonic() - began >= 3 * 0.05


def test_a_target_with_control_characters_is_not_sent() -> None:
    with pytest.raises(InputError):
        get("http://127.0.0.1/\r\nX: y")


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("tls") / "own.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=own.example",
         "-addext", "subjectAltName=DNS:own.example", "-keyout", path, "-out", path.with_suffix(".crt")],
        check=True, capture_output=True,
    )  # fmt: skip
    path.write_bytes(path.read_bytes() + path.with_suffix(".crt").read_bytes())
    return path


def test_tls_is_checked_against_the_name_and_a_certificate_of_the_source(certificate: Path) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    listener = context.wrap_socket(socket.create_server(("127.0.0.1", 0)), server_side=True)
    port = listener.getsockname()[1]

    def serve() -> None:
        for _ in range(3):
            try:
                connection, _ = listener.accept()
                with connection:
                    connection.recv(65536)
                    connection.sendall(answer(b"safe", Connection="close"))
            except OSError:
                continue

    threading.Thread(target=serve, daemon=True).start()

    def ask(host: str, line: Line) -> bytes:
        client = Client(line, resolver=lambda host, port: ["127.0.0.1"])
        with client, client.request(f"https://{host}:{port}/") as found:
            return found.body()

    trusting = replace(LINE, ca_file=str(certificate.with_suffix(".crt")))
    with pytest.raises(PeerError) as caught:
        ask("own.example", LINE)
    assert caught.value.problem.code == "network.tls"
    with pytest.raises(PeerError):
        ask("other.example", trusting)
    assert ask("own.example", trusting) == b"safe"
    listener.close()
