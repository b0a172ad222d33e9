"""Asking a repository over a real connection: which addresses may be called, waiting when it is busy."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, make_server

import pytest

from catalogue import feed_checks
from catalogue.store import Store
from foundation.addresses import networks
from foundation.errors import InputError, RefusedError
from foundation.settings import Settings
from oaipmh import own_check
from oaipmh.asking import InProcess, Remote
from oaipmh.flow import Flow
from oaipmh.selfcheck import Check
from oaipmh.wsgi import OaiApplication
from tests.oaipmh.world import library

HERE = networks(["127.0.0.0/8"])
Application = Callable[[dict[str, Any], Callable[..., Any]], list[bytes]]


class Quiet(WSGIRequestHandler):
    def log_message(self, *_: Any) -> None:
        pass


@contextmanager
def served(application: Application) -> Iterator[str]:
    """The base URL under which `application` answers."""
    with make_server("127.0.0.1", 0, application, handler_class=Quiet) as server:  # type: ignore[arg-type]
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/oai"
        finally:
            server.shutdown()
            thread.join()


def busy(times: int, application: Application) -> Application:
    left = [times]

    def answer(environ: dict[str, Any], start_response: Callable[..., Any]) -> list[bytes]:
        left[0] -= 1
        if left[0] < 0:
            return application(environ, start_response)
        start_response("503 Service Unavailable", [("Retry-After", "7"), ("Content-Length", "0")])
        return [b""]

    return answer


def test_a_repository_is_checked_over_the_network() -> None:
    world = library(5, settings=Settings(page_records=4))
    world.store.tick()
    with served(world.app) as address, Remote(address, HERE) as ask:
        report = Check(ask, sleep=lambda _: None, formats=["marcxml"], sets=["lib:bk"]).run()
    # It says another base URL than the one it was asked at; nothing else is wrong with it.
    assert report.findings.as_json() == []
    assert report.counts["records"] > 5


def test_own_networks_are_called_only_if_that_is_allowed(store: Store) -> None:
    with served(library(1).app) as address, Remote(address) as ask:
        with pytest.raises(RefusedError, match=r"127\.0\.0\.1"):
            own_check.check_other(store, address, Check(ask))
        assert [one.state for one in feed_checks.latest(store)] == [feed_checks.FAILED]


@pytest.mark.parametrize(
    "address", ["ftp://x.vn/oai", "thuvien.vn/oai", "http://a:b@x.vn/oai", "http:///oai", "http://x y/"]
)
def test_what_is_no_address_is_refused_before_anything_is_asked(address: str) -> None:
    with pytest.raises(InputError):
        Remote(address)


@pytest.mark.parametrize("remote", [True, False], ids=["over the network", "in this process"])
def test_a_busy_repository_is_asked_again_when_it_says(remote: bool) -> None:
    waits: list[float] = []
    application = busy(2, library(1).app)
    with served(application) as address, Remote(address, HERE, sleep=waits.append) as distant:
        ask = distant if remote else InProcess(application, "/oai", sleep=waits.append)
        assert ask({"verb": "Identify"}).status == 200
    assert waits == [7, 7]


def test_one_that_stays_busy_is_left() -> None:
    waits: list[float] = []
    ask = InProcess(busy(99, library(1).app), "/oai", sleep=waits.append)
    assert ask({"verb": "Identify"}).status == 503
    assert len(waits) == 3


def test_nobody_there_is_a_finding() -> None:
    with served(library(1).app) as address:
        pass
    with Remote(address, HERE) as ask:
        assert set(Check(ask).run().findings.counts) == {"F01"}


def test_an_answer_with_no_end_is_a_finding(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("oaipmh.asking.OAI_ANSWER_BYTES", 1000)
    with served(library(3).app) as address, Remote(address, HERE) as ask:
        answer = ask({"verb": "ListRecords", "metadataPrefix": "marcxml"})
    assert (answer.status, b"1000" in answer.body) == (0, True)


def test_post_and_plain_answers_are_had() -> None:
    with served(library(3).app) as address, Remote(address, HERE) as ask:
        arguments = {"verb": "ListRecords", "metadataPrefix": "marcxml"}
        usual, posted, plain = ask(arguments), ask(arguments, post=True), ask(arguments, gzip=False)
    assert usual.body == posted.body == plain.body
    assert usual.wire_bytes < plain.wire_bytes == len(plain.body)


def test_the_check_of_our_own_feed_spends_no_budget() -> None:
    poor = Flow(Settings(client_requests=1))
    application = OaiApplication(library(3).app._lookup, poor)
    ask = InProcess(application, "/oai", sleep=lambda _: None)
    assert [ask({"verb": "Identify"}).status for _ in range(3)] == [200] * 3
    with served(application) as address, Remote(address, HERE, sleep=lambda _: None) as distant:
        assert [distant({"verb": "Identify"}).status for _ in range(2)] == [200, 503]
