"""Who may ask how much: clients told apart, budgets, the queue for lists, and what a refused client is told."""

from __future__ import annotations

import io
import threading
import time
from collections.abc import Callable
from typing import Any

import pytest

from foundation.errors import InputError
from foundation.limits import OAI_CLIENTS
from foundation.settings import Settings, load
from oaipmh.flow import Allowance, Budgets, Client, Clients, Flow, Gate
from oaipmh.wsgi import BODIES, OaiApplication
from tests.oaipmh.world import library

LIST = "verb=ListRecords&metadataPrefix=oai_dc"
PROXIES = ("10.0.0.0/8", "2001:db8:ffff::/48")
PARTNERS = ("national=203.0.113.0/24", "region=198.51.100.7", "region=2001:db8:1::/48")


# --- clients ---


@pytest.mark.parametrize(
    ("remote", "forwarded", "expected"),
    [
        ("192.0.2.1", "", "192.0.2.1"),
        ("192.0.2.1", "198.51.100.7", "192.0.2.1"),  # not from a proxy of ours: anyone may write that
        ("10.1.1.1", "192.0.2.1", "192.0.2.1"),
        ("10.1.1.1", "1.2.3.4, 192.0.2.1", "192.0.2.1"),
        ("10.1.1.1", "1.2.3.4, 192.0.2.1, 10.2.2.2", "192.0.2.1"),
        ("10.1.1.1", "10.3.3.3", "10.3.3.3"),
        ("10.1.1.1", "unknown", "10.1.1.1"),
        ("10.1.1.1", "192.0.2.1:4711", "192.0.2.1"),
        ("10.1.1.1", "[2001:db8:2::5]:443", "2001:db8:2::/64"),
        ("10.1.1.1", ", ,", "10.1.1.1"),
        ("::ffff:10.1.1.1", "192.0.2.1", "192.0.2.1"),
        ("2001:db8:ffff::1", "2001:db8:2::5", "2001:db8:2::/64"),
        ("2001:db8:2:0:1::5", "", "2001:db8:2::/64"),
        ("203.0.113.9", "", "national"),
        ("10.1.1.1", "203.0.113.9", "national"),
        ("198.51.100.7", "", "region"),
        ("2001:db8:1:9::1", "", "region"),
        ("", "192.0.2.1", ""),
        ("unix:", "", ""),
    ],
)
def test_whose_request_it_is(remote: str, forwarded: str, expected: str) -> None:
    found = Clients(PROXIES, PARTNERS).of(remote, forwarded)
    assert found == Client(expected, expected in ("national", "region"))


def test_a_long_chain_of_proxies_costs_little() -> None:
    assert Clients(PROXIES, ()).of("10.1.1.1", "10.0.0.1," * 100_000 + "192.0.2.1").name == "192.0.2.1"


@pytest.mark.parametrize(
    ("name", "chosen"),
    [
        ("partners", Settings(partners=("national",))),
        ("partners", Settings(partners=("national=here",))),
        ("trusted_proxies", Settings(trusted_proxies=("10.0.0.0/99",))),
    ],
)
def test_a_network_that_is_none_is_named_at_the_start(name: str, chosen: Settings) -> None:
    with pytest.raises(InputError, match=name):
        Flow(chosen)


def test_lists_come_from_file_and_environment(tmp_path: Any) -> None:
    (tmp_path / "lienthong.toml").write_text('friends = ["https://a/oai"]\npartners = "a=10.0.0.1"\n', encoding="utf-8")
    found = load({"LIENTHONG_HOME": str(tmp_path), "LIENTHONG_TRUSTED_PROXIES": "10.0.0.0/8 ::1"})
    assert (found.friends, found.partners, found.trusted_proxies) == (
        ("https://a/oai",), ("a=10.0.0.1",), ("10.0.0.0/8", "::1"),
    )  # fmt: skip
    (tmp_path / "lienthong.toml").write_text("friends = [1]\n", encoding="utf-8")
    with pytest.raises(InputError, match="friends"):
        load({"LIENTHONG_HOME": str(tmp_path)})


# --- budgets ---


class Time:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


A, B, PARTNER = Client("192.0.2.1"), Client("192.0.2.2"), Client("national", is_partner=True)


def test_a_minutes_requests_may_come_at_once_and_then_flow_evenly() -> None:
    clock = Time()
    budgets = Budgets(Allowance(60, 0), Allowance(0, 0), clock)
    assert [budgets.ask(A) for _ in range(61)] == [0] * 60 + [1]
    assert budgets.ask(B) == 0
    assert {budgets.ask(PARTNER) for _ in range(1000)} == {0}
    clock.now += 1
    assert [budgets.ask(A), budgets.ask(A)] == [0, 1]
    clock.now += 3600
    assert [budgets.ask(A) for _ in range(61)] == [0] * 60 + [1]


def test_bytes_are_paid_afterwards() -> None:
    clock = Time()
    budgets = Budgets(Allowance(0, 6000), Allowance(0, 60_000), clock)
    for client, wait in ((A, 30), (PARTNER, 0)):
        assert budgets.ask(client) == 0
        budgets.pay(client, 9000)
        assert budgets.ask(client) == wait
    clock.now += 29
    assert budgets.ask(A) == 1
    clock.now += 1
    assert budgets.ask(A) == 0


def test_waiting_as_long_as_told_is_enough() -> None:
    clock = Time()
    budgets = Budgets(Allowance(7, 1000), Allowance(0, 0), clock)
    for _ in range(200):
        clock.now += budgets.ask(A)
        assert budgets.ask(A) <= 9
        budgets.pay(A, 130)


def test_a_clock_that_goes_back_gives_and_takes_nothing() -> None:
    clock = Time()
    budgets = Budgets(Allowance(2, 0), Allowance(0, 0), clock)
    assert [budgets.ask(A), budgets.ask(A)] == [0, 0]
    clock.now -= 500
    assert budgets.ask(A) == 30


def test_a_million_addresses_take_no_memory() -> None:
    budgets = Budgets(Allowance(1, 0), Allowance(0, 0), Time())
    for number in range(3 * OAI_CLIENTS):
        budgets.ask(Client(str(number)))
    assert len(budgets._accounts) == OAI_CLIENTS


# --- the gate ---


def wait_until(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.002)


def enter(gate: Gate, client: Client, entered: list[Any]) -> threading.Thread:
    """Ask for a place in a thread of its own; returns once it waits or has been answered."""
    before = len(gate._waiting) + len(entered)
    thread = threading.Thread(target=lambda: entered.append((client, gate.enter(client))), daemon=True)
    thread.start()
    wait_until(lambda: len(gate._waiting) + len(entered) > before)
    return thread


def test_who_waits_gets_a_place_in_the_order_of_coming() -> None:
    gate = Gate(2, 8, 10)
    assert gate.enter(A)
    assert gate.enter(A)
    entered: list[Any] = []
    threads = [enter(gate, client, entered) for client in (A, B, PARTNER)]
    assert entered == []
    for count in (1, 2, 3):
        gate.leave()
        wait_until(lambda: len(entered) == count)  # noqa: B023 - called before the next round
    assert entered == [(A, True), (B, True), (PARTNER, True)]
    for thread in threads:
        thread.join()


def test_nobody_waits_longer_than_told() -> None:
    gate = Gate(1, 8, 0.05)
    assert gate.enter(A)
    assert not gate.enter(B)
    gate.leave()
    assert gate.enter(B)


def test_the_queue_has_an_end_and_nobody_takes_more_than_half() -> None:
    gate = Gate(1, 4, 10)
    assert gate.enter(A)
    entered: list[Any] = []
    threads = [enter(gate, A, entered) for _ in range(2)]
    assert not gate.enter(A)
    threads += [enter(gate, B, entered) for _ in range(2)]
    assert not gate.enter(PARTNER)
    for _ in range(5):
        gate.leave()
    for thread in threads:
        thread.join(10)
    assert len(entered) == 4
    assert gate.enter(A), "the last place came back"


def test_places_are_neither_lost_nor_made() -> None:
    gate = Gate(3, 64, 10)
    inside, most, refused = 0, 0, 0
    lock = threading.Lock()

    def work(client: Client) -> None:
        nonlocal inside, most, refused
        for _ in range(200):
            if not gate.enter(client):
                refused += 1
                continue
            with lock:
                inside += 1
                most = max(most, inside)
            time.sleep(0)
            with lock:
                inside -= 1
            gate.leave()

    threads = [threading.Thread(target=work, args=(Client(str(n)),)) for n in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (inside, refused, gate._free, len(gate._waiting)) == (0, 0, 3, 0)
    assert most <= 3


# --- what a client sees ---


def call(app: OaiApplication, query: str = LIST, **environ: Any) -> tuple[str, dict[str, str], bytes]:
    values = {"REQUEST_METHOD": "GET", "PATH_INFO": "/oai", "QUERY_STRING": query, "REMOTE_ADDR": "192.0.2.1"}
    seen: list[Any] = []
    body = b"".join(app(values | environ, lambda *start: seen.extend(start)))
    return seen[0], dict(seen[1]), body


def application(**chosen: Any) -> OaiApplication:
    return OaiApplication(library(5).app._lookup, Flow(Settings(**chosen)))


def test_rule_111_a_greedy_client_is_told_when_to_come_again_and_the_others_are_served() -> None:
    app = application(client_requests=3)
    statuses = [call(app)[0] for _ in range(4)]
    assert statuses == ["200 OK"] * 3 + ["503 Service Unavailable"]
    headers, body = call(app)[1:]
    assert 0 < int(headers["Retry-After"]) <= 20
    assert "giây" in body.decode()
    assert call(app, REMOTE_ADDR="192.0.2.2")[0] == "200 OK"


def test_rule_111_a_budget_of_bytes_counts_what_is_sent() -> None:
    app = application(client_bytes=2000)
    assert call(app)[0] == "200 OK"
    assert call(app)[0].startswith("503")
    app = application(client_bytes=10_000)
    statuses = [call(app, HTTP_ACCEPT_ENCODING="gzip")[0] for _ in range(5)]
    assert statuses == ["200 OK"] * 5


def test_rule_111_a_partner_has_a_budget_of_its_own() -> None:
    app = application(client_requests=1, partners=("national=203.0.113.0/24",))
    assert {call(app, REMOTE_ADDR="203.0.113.5")[0] for _ in range(50)} == {"200 OK"}


def test_rule_110_lists_beyond_the_queue_are_refused_and_identify_is_not() -> None:
    app = application(threads=2, list_queue=0)
    assert app._flow.gate.enter(A)
    status, headers, _ = call(app)
    assert status.startswith("503")
    assert 0 < int(headers["Retry-After"]) < 3600
    assert call(app, "verb=Identify")[0] == "200 OK"
    assert call(app, "verb=GetRecord&metadataPrefix=oai_dc&identifier=oai:x")[0] == "200 OK"
    app._flow.gate.leave()
    assert call(app)[0] == "200 OK"


def test_a_place_comes_back_whatever_happens() -> None:
    class Broken:
        def pieces(self, *_: Any) -> Any:
            raise ZeroDivisionError

    app = OaiApplication(lambda code: Broken(), Flow(Settings(threads=2)))  # type: ignore[arg-type, return-value]
    for _ in range(3):
        with pytest.raises(ZeroDivisionError):
            call(app)
    assert app._flow.gate._free == 1


class Hanging(io.BytesIO):
    """A client that sends half of a body and nothing more."""

    def __init__(self, let_go: threading.Event) -> None:
        super().__init__(b"verb=Identify")
        self._let_go = let_go

    def read(self, size: int | None = -1) -> bytes:
        self._let_go.wait(10)
        return super().read(size)


def test_clients_that_hang_in_their_bodies_hold_few_threads() -> None:
    app, let_go = application(), threading.Event()

    def post(body: io.BytesIO) -> tuple[str, dict[str, str], bytes]:
        return call(app, "", REQUEST_METHOD="POST", CONTENT_LENGTH="13", **{"wsgi.input": body})

    threads = [threading.Thread(target=post, args=(Hanging(let_go),)) for _ in range(BODIES)]
    for thread in threads:
        thread.start()
    assert call(app)[0] == "200 OK"
    status, headers, _ = post(io.BytesIO(b"verb=Identify"))
    assert (status, headers["Retry-After"]) == ("503 Service Unavailable", "10")
    let_go.set()
    for thread in threads:
        thread.join()
    assert post(io.BytesIO(b"verb=Identify"))[0] == "200 OK"


@pytest.mark.parametrize(
    ("kind", "is_taken"),
    [
        ("", True),
        ("application/x-www-form-urlencoded", True),
        ("Application/X-WWW-Form-URLEncoded; charset=UTF-8", True),
        ('application/x-www-form-urlencoded;charset="utf-8"', True),
        ("application/x-www-form-urlencoded; charset=windows-1258", False),
        ("multipart/form-data; boundary=x", False),
        ("application/json", False),
        ("text/xml", False),
    ],
)
def test_a_body_of_another_kind_is_refused_by_name(kind: str, is_taken: bool) -> None:
    body = io.BytesIO(b"verb=Identify")
    environ = {"REQUEST_METHOD": "POST", "CONTENT_LENGTH": "13", "CONTENT_TYPE": kind, "wsgi.input": body}
    status, _, text = call(application(), "", **environ)
    assert status == ("200 OK" if is_taken else "415 Unsupported Media Type")
    assert is_taken or kind[:20] in text.decode()
