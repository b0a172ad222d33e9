"""The port: many sessions at once, slow ones, silent ones, greedy ones, and the end of it all."""

from __future__ import annotations

import asyncio
import contextlib
import resource
import socket
import ssl
import subprocess
import threading
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from foundation.errors import RefusedError
from foundation.settings import Settings
from tests.z3950_bridge.asking import Client, Talk, init, present, search
from tests.z3950_bridge.listening import SETTINGS, listening, target
from tests.z3950_bridge.memory import MemoryCatalogue
from z3950_bridge import apdu, listener
from z3950_bridge.apdu_session import Close, Password
from z3950_bridge.target import Reason
from z3950_bridge.workers import Job, Workers


class SlowCatalogue(MemoryCatalogue):
    """Searches wait until they may go on."""

    def __init__(self) -> None:
        super().__init__({"koha": "bí mật"})
        self.go = threading.Event()

    def search(self, databases: Any, query: Any, order: Any) -> Any:
        if getattr(query, "text", "") == "slow":
            self.go.wait(20)
        return super().search(databases, query, order)


def test_a_slow_search_stalls_nobody_else() -> None:
    catalogue = SlowCatalogue()
    with listening(target(catalogue)) as port, Client(port) as slow, Client(port) as quick:
        slow.send(apdu.write(search(b"slow")))
        time.sleep(0.1)
        start = time.monotonic()
        for _ in range(20):
            assert quick.ask(search(b"zzz")).hits == 0
        assert time.monotonic() - start < 5
        catalogue.go.set()
        assert slow.receive().status


def test_a_search_that_does_not_end_ends_its_session_and_not_the_server() -> None:
    catalogue = SlowCatalogue()
    Talk(target(catalogue)).ask(search(b"dia"))  # which is read once for all tests
    settings = replace(SETTINGS, z3950_search_seconds=1, z3950_threads=1)
    with listening(target(catalogue), settings) as port, Client(port) as slow:
        slow.send(apdu.write(search(b"slow")))
        assert slow.receive().reason == Reason.RESOURCES
        assert slow.receive() is None
        with Client(port) as fresh:  # the only thread is lost; another has taken its place
            assert fresh.ask(search(b"dia")).hits == 38
        catalogue.go.set()


def test_requests_that_come_together_are_answered_in_order() -> None:
    with listening(target()) as port, Client(port) as client:
        client.send(b"".join(apdu.write(search(b"zzz", reference=b"%d" % number)) for number in range(50)))
        assert [client.receive().reference for _ in range(50)] == [b"%d" % number for number in range(50)]


def test_a_hundred_thousand_requests_at_once_take_no_memory() -> None:
    one = apdu.write(present(1, 1, result_set="none"))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    count = 100_000
    with listening(target()) as port, Client(port, timeout=100) as client:
        sender = threading.Thread(target=lambda: [client.send(one * 1000) for _ in range(count // 1000)])
        sender.start()
        with Client(port, timeout=30) as other:
            assert other.ask(search(b"dia")).hits == 38
        for _ in range(count):
            assert client.receive().status == 5
        sender.join()
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 40_000  # KiB


def pour(client: Client, data: bytes) -> int:
    """Sends `data` again and again until nobody takes it; how many octets were taken."""
    sent = 0
    try:
        while sent < 1 << 30:
            sent += client.socket.send(data)
    except OSError:
        return sent
    return sent


def test_a_client_that_reads_nothing_is_not_read_from() -> None:
    with listening(target()) as port, Client(port, timeout=1) as client:
        client.ask(search(b"dia"))
        greedy = apdu.write(present(1, 38, syntax="1.2.840.10003.5.109.10")) * 1000
        assert pour(client, greedy) < 20_000_000
        with Client(port) as fresh:
            assert fresh.ask(search(b"dia")).hits == 38


def test_three_hundred_stalled_sessions_take_little_memory() -> None:
    settings = replace(SETTINGS, z3950_sessions_per_address=400)
    pdu = apdu.write(init())
    with listening(target(), settings) as port:
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        stalled = [socket.create_connection(("127.0.0.1", port), timeout=10) for _ in range(300)]
        for one in stalled:
            one.sendall(pdu[:-1])
        with Client(port) as fresh:
            assert fresh.ask(search(b"dia")).hits == 38
        assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 20_000  # KiB
        for one in stalled:
            one.close()


@pytest.mark.parametrize(
    ("changes", "address"), [({"z3950_sessions": 2}, "all"), ({"z3950_sessions_per_address": 2}, "one")]
)
def test_sessions_are_bounded(changes: dict[str, int], address: str) -> None:
    with listening(target(), replace(SETTINGS, **changes)) as port, Client(port), Client(port) as second:
        third = socket.create_connection(("127.0.0.1", port), timeout=5)
        assert _gone(third)
        third.close()
        second.ask(Close(None, 0))
        assert second.receive() is None
        time.sleep(0.1)
        with Client(port) as fresh:
            assert fresh.begun.result


def _gone(connection: socket.socket) -> bool:
    try:
        return connection.recv(1) == b""
    except ConnectionResetError:
        return True


def test_a_silent_session_is_closed() -> None:
    with listening(target(), replace(SETTINGS, z3950_idle_seconds=1)) as port, Client(port) as client:
        assert client.receive().reason == Reason.LACK_OF_ACTIVITY
        assert client.receive() is None


def test_half_a_request_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listener, "Z3950_FIRST_SECONDS", 1)
    with listening(target()) as port, Client(port) as client, Client(port, begin=False) as silent:
        client.send(apdu.write(search(b"dia"))[:-1])
        for octet in range(5):  # a byte now and then does not help
            time.sleep(0.4)
            if octet == 3:
                break
        assert client.receive().reason == Reason.LACK_OF_ACTIVITY
        assert silent.receive() is None


def test_a_client_that_leaves_answers_unread_is_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listener, "Z3950_UNREAD_SECONDS", 1)
    with listening(target()) as port, Client(port, timeout=1) as client:
        client.ask(search(b"dia"))
        greedy = apdu.write(present(1, 38, syntax="1.2.840.10003.5.109.10")) * 1000
        pour(client, greedy)
        time.sleep(2.5)
        with contextlib.suppress(ConnectionResetError):
            while client.socket.recv(1 << 20):
                pass  # what was on its way


def test_a_wrong_password_waits_and_ends_the_session() -> None:
    catalogue = MemoryCatalogue({"koha": "bí mật"})
    with listening(target(catalogue)) as port, Client(port, begin=False) as client:
        start = time.monotonic()
        assert client.ask(init(authentication=("password", Password(None, "koha", "sai")))).result is False
        assert time.monotonic() - start >= 0.9
        assert client.receive() is None


def test_the_end_is_announced() -> None:
    with listening(target()) as port:
        client = Client(port)
    assert client.receive().reason == Reason.SHUTDOWN
    assert client.receive() is None
    client.socket.close()


def test_a_port_that_is_taken_is_a_sentence() -> None:
    with listening(target()) as port:
        settings = replace(SETTINGS, z3950_port=port)
        with pytest.raises(RefusedError, match=str(port)):
            asyncio.run(listener.serve(target(), settings, lambda number: None, asyncio.Event()))


def test_tls(tmp_path: Path) -> None:
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", key, "-out", certificate, "-days", "2",
         "-subj", "/CN=localhost"],
        check=True, capture_output=True,
    )  # fmt: skip
    settings = replace(SETTINGS, z3950_tls_certificate=str(certificate), z3950_tls_key=str(key))
    with listening(target(), settings) as port:
        context = ssl.create_default_context(cafile=str(certificate))
        plain = socket.create_connection(("127.0.0.1", port), timeout=10)
        with context.wrap_socket(plain, server_hostname="localhost") as wrapped:
            wrapped.sendall(apdu.write(init()))
            assert apdu.read(wrapped.recv(4096)).result


def test_a_certificate_that_is_none_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "bad.pem").write_text("no certificate")
    for name in ("bad.pem", "none.pem"):
        with pytest.raises(RefusedError, match=name):
            listener.tls(replace(Settings(), z3950_tls_certificate=str(tmp_path / name)))


def test_a_job_that_takes_long_is_heard_of_later() -> None:
    workers: Workers[int] = Workers(1)
    late: list[int] = []
    go, heard = threading.Event(), threading.Event()

    def hear(number: int) -> None:
        late.append(number)
        heard.set()

    def slow() -> int:
        go.wait(5)
        return 7

    assert workers.do(Job(slow, hear)) is None
    go.set()
    assert heard.wait(5)
    assert late == [7]
    for _ in range(100):  # distrusted at first, waited for again later
        result = workers.do(Job(lambda: 8, hear))
    assert result == 8 or 8 in late
    workers.stop()
