"""`lienthong serve --only …`: what a process serves, and what it leaves to others."""

from __future__ import annotations

import signal
import socket
import subprocess
import urllib.error
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager

import pytest

from tests.end_to_end.product import COMMAND, ROOT, Product, free_port, get, wait_until


@contextmanager
def serving(product: Product, only: str, port: int, z3950_port: int) -> Iterator[str]:
    """The first line it prints."""
    arguments = ("serve", "--only", only, "--port", str(port), "--z3950-port", str(z3950_port))
    process = product.start(*arguments)
    assert process.stdout is not None
    try:
        yield process.stdout.readline().decode()
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=30) in (0, -signal.SIGTERM)
    finally:
        process.terminate()  # not by a kill: its own processes would keep our end of the pipes open
        process.communicate(timeout=30)


def answers(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), 1).close()
    except OSError:
        return False
    return True


def test_web_alone_opens_no_z3950(product: Product) -> None:
    port, z3950_port = free_port(), free_port()
    with serving(product, "web", port, z3950_port) as line:
        assert line == f"ready http://127.0.0.1:{port}/\n"
        assert get(f"http://127.0.0.1:{port}/healthz") == b"ok\n"
        assert not answers(z3950_port)


def test_a_client_that_never_reads_its_answer_does_not_keep_the_server(product: Product, records: str) -> None:
    product.run("import", str(records), "--library", "bk01", "-q")
    product.run("union", "follow", "-q")
    with ExitStack() as clients, product.serving(leave_seconds="1") as address:
        host, port = address.removeprefix("http://").split(":")
        for _ in range(8):
            client = clients.enter_context(closing(socket.socket()))
            client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
            client.connect((host, int(port)))
            client.sendall(b"GET /oai?verb=ListRecords&metadataPrefix=marcxml HTTP/1.1\r\nHost: x\r\n\r\n" * 20)
    # `serving` has waited for the process to end, by now; the clients hang on until here.


def test_the_worker_alone_opens_nothing(product: Product) -> None:
    port, z3950_port = free_port(), free_port()
    with serving(product, "worker", port, z3950_port) as line:
        assert line == "ready worker\n"
        assert not answers(port)
        assert not answers(z3950_port)


def test_both_doors_find_what_is_imported(product: Product, records: str) -> None:
    port, z3950_port = free_port(), free_port()
    product.run("import", str(records), "--library", "bk01", "-q")
    product.run("union", "follow", "-q")  # a worker's work
    address = f"http://127.0.0.1:{port}"
    with serving(product, "web,z3950", port, z3950_port) as line:
        assert line == f"ready {address}/\n"

        def found() -> bool:
            try:
                return b"<zs:numberOfRecords>3000<" in get(
                    f"{address}/sru?version=1.1&query=dc.title=be&maximumRecords=0"
                )
            except urllib.error.HTTPError:  # the index is not there yet
                return False

        wait_until(found)
        wait_until(lambda: answers(z3950_port))
        assert "3.000 kết quả" in get(f"{address}/search?q=ho+ba+be").decode()


def test_a_part_that_there_is_not(product: Product) -> None:
    done = product.run("serve", "--only", "nowhere", check=2)
    assert "web, z3950, worker" in done.stderr


@pytest.mark.parametrize("only", ["web nowhere", "x"])
def test_nor_in_the_settings(product: Product, only: str) -> None:
    environment = product.environment | {"LIENTHONG_ONLY": only}
    done = subprocess.run([*COMMAND, "serve"], cwd=ROOT, env=environment, capture_output=True, check=False, timeout=60)
    assert done.returncode == 1
    assert "only" in done.stderr.decode()
