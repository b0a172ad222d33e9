"""The page of values to paste is true of the running server, and its test tells the truth."""

from __future__ import annotations

import re
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from html import unescape
from socketserver import ThreadingMixIn
from threading import Thread
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import pytest

from portal import app
from search.finder import Finder
from serving import z3950
from serving.web import application
from tests.end_to_end.product import free_port
from tests.portal.conftest import BASE, Province
from tests.z3950_bridge.listening import listening


class Quiet(WSGIRequestHandler):
    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the standard library's name
        pass


class Web(ThreadingMixIn, WSGIServer):
    daemon_threads = True


@contextmanager
def web(province: Province, port: int, z3950_port: int) -> Iterator[None]:
    settings = replace(province.settings, port=port, z3950_port=z3950_port)
    with make_server("127.0.0.1", port, application(province.store, settings), Web, Quiet) as running:
        thread = Thread(target=running.serve_forever, daemon=True)
        thread.start()
        try:
            yield
        finally:
            running.shutdown()
            thread.join()


def tried(province: Province, port: int, z3950_port: int, language: str = "vi") -> dict[str, tuple[str, str]]:
    """What the test says: label → (state, words)."""
    settings = replace(province.settings, port=port, z3950_port=z3950_port)
    client = app.create(province.store, settings, BASE, Finder(province.store, settings)).test_client()
    page = unescape(client.post(f"/connect?lang={language}").text)
    found = re.findall(r'<dt>([^<:]+): [^<]*</dt><dd class="verdict" data-state="(\w+)">([^<]*)<', page)
    return {label: (state, said) for label, state, said in found}


def test_the_values_are_those_of_the_server(province: Province) -> None:
    settings = replace(province.settings, z3950_port=2199)
    page = app.create(province.store, settings, "https://lib.example/muc-luc").test_client().get("/connect").text
    values = "lib.example 2199 lienthong https://lib.example/muc-luc/sru muc-luc/sru 443 bk08 dia-chi"
    for value in values.split():
        assert f"<code>{value}</code>" in page, value


def test_a_sound_server_is_told_to_be_sound(province: Province) -> None:
    chosen = z3950.target(province.store, province.settings)
    settings = replace(province.settings, host="127.0.0.1", z3950_port=0)
    port = free_port()
    with listening(chosen, settings) as z3950_port, web(province, port, z3950_port):
        found = tried(province, port, z3950_port)
        assert {label: state for label, (state, _) in found.items()} == {
            "Mục lục": "sound", "Z39.50": "sound", "SRU": "sound",
        }  # fmt: skip
        hits = {re.findall(r"(\d+) biểu ghi", said)[0] for _, said in found.values()}
        assert len(hits) == 1
        assert "found" in tried(province, port, z3950_port, "en")["SRU"][1]


def test_what_does_not_answer_is_told(province: Province) -> None:
    found = tried(province, free_port(), free_port())
    assert found["Mục lục"][0] == "sound"
    assert found["Z39.50"][0] == found["SRU"][0] == "failed"
    assert "127.0.0.1" in found["Z39.50"][1]


def test_what_answers_wrongly_is_told(province: Province) -> None:
    with socket.create_server(("127.0.0.1", 0)) as wrong:
        port = wrong.getsockname()[1]

        def talk() -> None:
            for _ in range(2):
                line, _address = wrong.accept()
                with line:
                    line.recv(1000)
                    line.sendall(b"HTTP/1.1 500 Oops\r\nContent-Length: 0\r\n\r\n")

        thread = Thread(target=talk, daemon=True)
        thread.start()
        found = tried(province, port, port)
    assert found["Z39.50"][0] == found["SRU"][0] == "failed"
    assert "500" in found["SRU"][1]


@pytest.mark.parametrize("method", ["get", "post"])
def test_the_page_may_not_be_kept(province: Province, method: str) -> None:
    settings = replace(province.settings, port=1, z3950_port=1)
    client = app.create(province.store, settings, BASE).test_client()
    assert getattr(client, method)("/connect").headers["Cache-Control"] == "no-store"
