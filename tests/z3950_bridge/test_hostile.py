"""What nobody honest sends: each is answered or ends its session, quickly, and the next client is served."""

from __future__ import annotations

import time
import tracemalloc
from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from foundation.errors import InputError
from foundation.limits import MIB, Z3950_PDU_BYTES
from tests.z3950_bridge.asking import Client, deep, init, negotiating, operand, present, scan, search
from tests.z3950_bridge.listening import listening, target
from tests.z3950_bridge.test_codec import SAMPLES, indefinite
from z3950_bridge import apdu, ber, charsets, rpn
from z3950_bridge.apdu_parts import External, Info
from z3950_bridge.apdu_search import SearchRequest
from z3950_bridge.apdu_session import ExtendedServicesRequest
from z3950_bridge.target import Session, Target

INIT = apdu.write(init())


def query(contents: bytes) -> bytes:
    return apdu.write(search(("type_1", contents)))


def nested_rpn(levels: int) -> bytes:
    """A query so deep that nothing recursive could write it."""
    tree = leaf = ber.element(b"\xa0", ber.element(b"\xbf\x66", b"\xbf\x2c\x00\x9f\x2d\x01a"))
    parts = []
    length = len(tree)
    for _ in range(levels):
        length += len(leaf) + 6
        head = b"\xa1" + ber.length_octets(length)
        parts.append(head)
        length += len(head)
    body = b"".join(reversed(parts)) + tree + (leaf + b"\xbf\x2e\x02\xa0\x00") * levels
    return query(ber.element(b"\x06", ber.oid_octets(rpn.BIB1)) + body)


HOSTILE: dict[str, bytes] = {
    "length bomb": b"\xb6\x84\x7f\xff\xff\xff",
    "length of 126 octets": b"\xb6\xfe" + b"\xff" * 126,
    "length of 2^63": b"\xb6\x88\x80\0\0\0\0\0\0\0",
    "indefinite nesting of 5,000": b"\xb6\x80" * 5_000,
    "indefinite nesting of 200,000": b"\xb6\x80" * 200_000,
    "definite nesting in indefinite": b"\xb6\x80" + b"\xb6\x84\0\0\1\0" * 100 + b"\0" * 2000,
    "garbage": bytes(range(256)) * 20,
    "zeros": b"\0" * 10_000,
    "HTTP": b"GET / HTTP/1.1\r\nHost: x\r\n\r\n",
    "TLS": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
    "unknown PDU": b"\xbf\x7b\x02\x80\x00",
    "empty Search": b"\xb6\x00",
    "integer of 20 octets": b"\xb8\x1b\x9f\x1f\x01a\x9e\x14" + b"\x7f" * 20,
    "object identifier with an arc of 2^70": query(b"\x06\x0c\x2a" + b"\xff" * 10 + b"\x7f" + b"\xa0\x00"),
    "empty object identifier": query(b"\x06\x00\xa0\x00"),
    "object identifier cut off": query(b"\x06\x02\x2a\x86\xa0\x00"),
    "query of 500 levels": nested_rpn(500),
    "query of 20,000 levels": nested_rpn(20_000),
    "query of 60,000 levels": nested_rpn(60_000),
    "query in indefinite lengths": indefinite(apdu.write(search(deep(30)))),
    "query with an element cut off": query(b"\x06\x03\x2a\x03\x04\xa0\x20\xbf"),
    "1,000 attributes": apdu.write(search(rpn.Operand((rpn.Attribute(1, 4),) * 1000, b"a"))),
    "attribute values beyond all numbers": apdu.write(search(rpn.Operand((rpn.Attribute(2**62, -(2**62)),), b"a"))),
    "term with NUL and no UTF-8": apdu.write(search(b"\0\xff\xfe\x1b(S")),
    "term of 500,000 octets": apdu.write(search(b"x" * 500_000)),
    "truncation of everything": apdu.write(search(b"*")),
    "regular expression": apdu.write(search(rpn.Operand((rpn.Attribute(5, 102),), b"(a+)+$"))),
    "set name of half a megabyte": apdu.write(search(b"a", result_set="x" * (MIB // 2))),
    "10,000 databases": apdu.write(search(b"a", databases=("Default",) * 10_000)),
    "database with line feeds": apdu.write(search(b"a", databases=("a\r\nz3950.failed\x1b[2J",))),
    "bounds beyond all numbers": apdu.write(
        search(b"dia", small_set_upper_bound=2**62, large_set_lower_bound=2**62, medium_set_present_number=2**62)
    ),
    "present of everything": apdu.write(present(1, 2**62)),
    "present before the first": apdu.write(present(-(2**62), 2**62)),
    "scan of 2^31 terms": apdu.write(scan(b"a", 2**31 - 1)),
    "scan from beyond": apdu.write(scan(b"a", 5, 2**31)),
    "scan in steps": apdu.write(scan(b"a", 5)._replace(step_size=2**31)),
    "a set in itself": apdu.write(search(rpn.ResultSet("default"))),
    "second Init": INIT,
    "update": apdu.write(
        ExtendedServicesRequest(None, 1, "1.2.840.10003.9.5", parameters=External("1.2.840.10003.9.5.1.1", None, None,
        ("single", b"\xa1\x80" * 50 + b"\0\0" * 50)))
    ),
    "other information that is nested": apdu.write(
        search(b"a", other_info=(Info(None, ("external", External("1.2", None, None, ("single", b"\x30\x80" * 90)))),))
    ),
}  # fmt: skip


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    with listening(target()) as number:
        yield number


@pytest.mark.parametrize("begun", [True, False], ids=["after Init", "before Init"])
@pytest.mark.parametrize("data", HOSTILE.values(), ids=HOSTILE)
def test_hostile_input_harms_nobody(port: int, data: bytes, begun: bool) -> None:
    start = time.monotonic()
    with Client(port, begin=begun, timeout=0.3) as client:
        try:
            client.send(data)
            client.receive()
        except OSError:
            pass  # it waits for the rest, or has gone
        with Client(port) as fresh:
            assert fresh.ask(search(b"dia")).hits == 38
    assert time.monotonic() - start < 10


@pytest.mark.parametrize("size", [Z3950_PDU_BYTES, 5 * MIB])
def test_a_term_larger_than_a_request_may_be_is_not_even_received(port: int, size: int) -> None:
    with Client(port) as client:
        try:
            client.send(apdu.write(search(b"x" * size)))
            answer = client.receive()
        except OSError:
            answer = None  # cut off while it was still sending
        assert answer is None or answer.reason == 6


def test_memory_does_not_grow_with_hostile_input() -> None:
    chosen = target()
    tracemalloc.start()
    try:
        for data in HOSTILE.values():
            framer = ber.Framer(Z3950_PDU_BYTES, "Z3950_PDU_BYTES")
            session = Session(chosen)
            session.answer(INIT)
            try:
                framer.feed(data)
                while (pdu := framer.next()) is not None:
                    session.answer(pdu)
            except InputError:
                pass
            session.end()
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 64 * MIB


# --- mutations of honest requests -----------------------------------------------------------------------------


@cache
def shared_target() -> Target:
    return target()


REQUESTS: list[Any] = [
    *SAMPLES,
    negotiating(charsets.proposal("utf-8", True)),
    negotiating(charsets.proposal("marc-8", True)),
    search(deep(5)),
    search(operand(b"dia"), small_set_upper_bound=5, large_set_lower_bound=100, medium_set_present_number=2),
]
SEEDS = [apdu.write(value) for value in REQUESTS]


@st.composite
def mutations(draw: st.DrawFn) -> bytes:
    """An honest PDU with a few octets changed, taken out, doubled or put in."""
    data = bytearray(draw(st.sampled_from(SEEDS)))
    for _ in range(draw(st.integers(1, 6))):
        at = draw(st.integers(0, len(data)))
        match draw(st.sampled_from("scid")):
            case "s" if at < len(data):
                data[at] = draw(st.sampled_from([0, 1, 0x7F, 0x80, 0x84, 0xFF, data[at] ^ 0x20, data[at] ^ 1]))
            case "c":
                del data[at : at + draw(st.integers(1, 8))]
            case "i":
                data[at:at] = draw(st.binary(max_size=8))
            case "d":
                data[at:at] = data[at : at + draw(st.integers(1, 40))]
    return bytes(data)


@settings(max_examples=400, suppress_health_check=[HealthCheck.too_slow])
@given(mutations())
def test_mutated_requests_are_answered_or_end_the_session(data: bytes) -> None:
    session = Session(shared_target())
    session.answer(INIT)
    session.answer(apdu.write(search(b"dia")))
    answer = session.answer(data)
    framer = ber.Framer(1 << 30, "test")
    framer.feed(answer.data)
    said = []
    while (pdu := framer.next()) is not None:
        said.append(apdu.read(pdu))
    assert not len(framer)
    assert said or answer.close or _asks_for_nothing(data)
    session.end()


def _asks_for_nothing(data: bytes) -> bool:
    """A TriggerResourceControlRequest has no answer."""
    return ber.pdu_tag(data) == 32


def test_captured_pdus_of_servers_end_a_session_of_ours(captured: list[Any]) -> None:
    for path in captured:
        session = Session(shared_target())
        session.answer(INIT)
        data = path.read_bytes()
        answer = session.answer(data)
        assert answer.close or isinstance(apdu.read(data), SearchRequest) or answer.data
