"""BER and APDUs: what peers really sent is read and written again, and nothing else gets through."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foundation.errors import FormatError, InputError, LimitError
from foundation.limits import BER_DEPTH, BER_ELEMENTS, RPN_DEPTH
from tests.z3950_bridge.asking import V3, deep, init, operand, present, search
from z3950_bridge import apdu, ber, grs1, opac, rpn
from z3950_bridge.apdu_lists import ScanRequest, SortKeySpecification, SortRequest
from z3950_bridge.apdu_parts import Diagnostic, External, NamedRecord
from z3950_bridge.apdu_search import DeleteResultSetRequest, PresentResponse, Range, SearchResponse
from z3950_bridge.apdu_session import Close, ExtendedServicesRequest, Password
from z3950_bridge.asn1 import decode
from z3950_bridge.diagnostics import Refused
from z3950_bridge.records import GRS1, OPAC
from z3950_bridge.rpn_ber import read_query, write_query, written_operand

SAMPLES: list[Any] = [
    init(reference=b"1", authentication=("password", Password("g", "thủ thư", "mật khẩu"))),
    init(authentication=("open", "user/pass"), implementation_name="YAZ"),
    search(b"s\xc3\xa1ch", small_elements=("generic", "B"), syntax="1.2.840.10003.5.10"),
    present(1, 10, additional_ranges=(Range(20, 5),), composition=("simple", ("generic", "F")), max_segment_count=3),
    SearchResponse(b"x", 3, 1, 2, True, None, 0, ("records", (NamedRecord("Default", ("record", External("1.2.3", None,
        None, ("octets", b"abc")))),))),
    PresentResponse(None, 0, 0, 5, ("diagnostic", Diagnostic("1.2.840.10003.4.1", 13, ("v3", "ngoài phạm vi")))),
    ScanRequest(None, ("Default",), rpn.BIB1, written_operand(operand(b"bac")), 0, 20, 1),
    SortRequest(None, ("1",), "1", (SortKeySpecification(("generic", ("field", "title")), 0, 1, ("null", True)),)),
    DeleteResultSetRequest(b"r", 0, ("1", "2")),
    ExtendedServicesRequest(None, 1, "1.2.840.10003.9.5"),
    Close(None, 0, "xong"),
]  # fmt: skip


@pytest.mark.parametrize("value", SAMPLES, ids=lambda value: type(value).__name__)
def test_apdu_comes_back_the_same(value: Any) -> None:
    assert apdu.read(apdu.write(value)) == value


def test_captured_pdus_come_back_the_same(captured: list[Path]) -> None:
    assert len(captured) == 64
    for path in captured:
        data = path.read_bytes()
        value = apdu.read(data)
        written = apdu.write(value)
        assert apdu.read(written) == value, path
        # Every octet, but for lengths that were not written the shortest way.
        assert written == ber.definite(data), path


def test_captured_pdus_are_framed_octet_by_octet(captured: list[Path]) -> None:
    framer = ber.Framer(1 << 20, "test")
    for path in captured:
        data = path.read_bytes()
        for at in range(len(data) - 1) if len(data) < 4000 else (0,):
            framer.feed(data[at : at + 1])
            assert framer.next() is None
        framer.feed(data[len(data) - 1 :] if len(data) < 4000 else data[1:])
        assert framer.next() == data


def test_captured_queries_come_back_the_same(captured: list[Path]) -> None:
    found = [apdu.read(path.read_bytes()) for path in captured if path.stem.endswith("c-22")]
    assert len(found) == 8
    for request in found:
        query = read_query(request.query[1])
        assert read_query(write_query(query)) == query


def test_captured_opac_and_generic_records_come_back_the_same(captured: list[Path]) -> None:
    seen = []
    for path in captured:
        value = apdu.read(path.read_bytes())
        if not isinstance(value, PresentResponse) or not value.records or value.records[0] != "records":
            continue
        for one in value.records[1]:
            kind, external = one.record
            if kind != "record" or external.direct_reference not in (OPAC, GRS1):
                continue
            data = external.encoding[1]
            if external.direct_reference == OPAC:
                assert opac.OPAC_RECORD.write(decode(opac.OPAC_RECORD, data)) == ber.definite(data)
            else:
                assert grs1.write(grs1.read(data)) == ber.definite(data)
            seen.append(external.direct_reference)
    assert {OPAC, GRS1} <= set(seen)


def test_proximity_and_result_sets_come_back_the_same() -> None:
    near = rpn.Proximity(False, 1, True, 2, 2)
    tree = rpn.Operation(
        rpn.Operator.PROXIMITY,
        rpn.Operation(rpn.Operator.OR, operand(b"a"), rpn.ResultSet("1")),
        rpn.Operand((rpn.Attribute(1, "tên", "1.2.840.10003.3.9"),), 1999),
        near,
    )
    query = rpn.Query(rpn.BIB1, tree)
    assert read_query(write_query(query)) == query


@pytest.mark.parametrize("octet", [0x01, 0x7F, 0xFF])
def test_any_octet_but_zero_is_true(octet: int) -> None:
    data = apdu.write(search(b"a", replace=True)).replace(b"\x90\x01\x01", b"\x90\x01" + bytes((octet,)))
    assert apdu.read(data).replace is True


def indefinite(data: bytes) -> bytes:
    """The same element with an indefinite length, and so everything constructed in it."""
    key, start, end = ber.header(data, 0)
    tag = data[: 1 if key < 256 else len(key.to_bytes(4, "big").lstrip(b"\0"))]
    if not tag[0] & 0x20:
        return data
    parts = []
    while start < end:
        _, _, stop = ber.header(data, start)
        parts.append(indefinite(data[start:stop]))
        start = stop
    return tag + b"\x80" + b"".join(parts) + b"\0\0"


@pytest.mark.parametrize("value", SAMPLES, ids=lambda value: type(value).__name__)
def test_indefinite_lengths_say_the_same(value: Any) -> None:
    assert ber.definite(indefinite(apdu.write(value))) == apdu.write(value)
    assert apdu.read(indefinite(apdu.write(value))) == value


def test_the_deepest_query_fits_the_depth_of_a_pdu() -> None:
    whole = apdu.write(search(deep(RPN_DEPTH - 1)))
    assert read_query(apdu.read(indefinite(whole)).query[1]) == read_query(apdu.read(whole).query[1])


PDU = apdu.write(init())

BAD = {
    "nothing": b"",
    "length of five octets": b"\xb4\x85\0\0\0\0\0",
    "length of 126 octets": b"\xb4\xfe" + b"\xff" * 126,
    "length beyond the end": b"\xb4\x05\x83",
    "inner length beyond the outer": b"\xb4\x04\x83\x7f\0\xe0",
    "octets behind": PDU + b"\0",
    "indefinite primitive": b"\xb4\x80\x83\x80\0\0\0\0",
    "no end of contents": b"\xb4\x80\x83\x02\x00\xe0",
    "end of contents with contents": b"\xb4\x80\x83\x02\0\xe0\0\1x\0\0",
    "unknown PDU": b"\xbf\x7b\x00",
    "universal tag": b"\x30\x00",
    "tag of five octets": b"\xbf\xff\xff\xff\xff\x01\x00",
    "tag with zeros in front": b"\xbf\x80\x30\x00",
    "mandatory element missing": b"\xb4\x04\x83\x02\x00\xe0",
    "element twice": b"\xb4\x08\x83\x02\0\xe0\x83\x02\0\xe0",
    "elements out of order": b"\xb4\x08\x84\x02\0\xe0\x83\x02\0\xe0",
    "integer of nine octets": PDU.replace(b"\x85\x03\x10\0\0", b"\x85\x03\x10\0\0"[:1] + b"\x09" + b"\1" * 9),
    "integer of no octets": b"\xb8\x06\x9f\x1f\x01\x31\x9e\0",
    "truth of two octets": b"\xbf\x1f\x05\x9f\x2c\x02\1\1",
    "bits without a count": b"\xb4\x02\x83\x00",
    "bits with nine unused": b"\xb4\x04\x83\x02\x09\xe0",
}


@pytest.mark.parametrize("data", BAD.values(), ids=BAD)
def test_bad_octets_are_refused(data: bytes) -> None:
    with pytest.raises(InputError):
        apdu.read(data)


@pytest.mark.parametrize("contents", [b"", b"\x80\x01", b"\xff" * 10 + b"\x01", b"\x2a\x80\x01", b"\x81", b"\1" * 200])
def test_bad_object_identifiers_are_refused(contents: bytes) -> None:
    with pytest.raises(InputError):
        ber.oid(contents)


@pytest.mark.parametrize("value", ["1.2.840.10003.5.109.10", "0.39", "2.999.4294967295", "1.0.10646.1.0.8"])
def test_object_identifier_comes_back_the_same(value: str) -> None:
    assert ber.oid(ber.oid_octets(value)) == value


@given(st.integers(-(2**63), 2**63 - 1))
def test_integer_comes_back_the_same(value: int) -> None:
    octets = ber.integer_octets(value)
    assert ber.integer(octets) == value
    assert len(octets) == 1 or octets[:2] not in (b"\0\0", b"\xff\xff")


@given(st.integers(0, 2**62))
def test_bits_come_back_the_same(value: int) -> None:
    assert ber.bits(ber.bits_octets(value)) == value


def test_definite_nesting_is_bounded() -> None:
    data = b""
    for _ in range(BER_DEPTH + 5):
        data = ber.element(b"\xb4", data)
    with pytest.raises(LimitError, match="BER_DEPTH"):
        ber.definite(b"\xb4\x80" + data + b"\0\0")


@pytest.mark.parametrize("depth", [5_000, 200_000])
def test_indefinite_nesting_is_refused_at_once(depth: int) -> None:
    framer = ber.Framer(1 << 20, "test")
    framer.feed(b"\xb4\x80" * depth)
    with pytest.raises(LimitError, match="BER_DEPTH"):
        framer.next()


def test_members_are_bounded() -> None:
    names = ("d",) * (BER_ELEMENTS + 1)
    with pytest.raises(LimitError, match="BER_ELEMENTS"):
        apdu.read(apdu.write(search(b"a", databases=names)))


@pytest.mark.parametrize("head", [b"\xb4\x84\x7f\xff\xff\xff", b"\xb6\x83\x10\x00\x01"])
def test_too_long_a_pdu_is_refused_by_its_first_octets(head: bytes) -> None:
    framer = ber.Framer(1 << 20, "Z3950_PDU_BYTES")
    framer.feed(head)
    with pytest.raises(LimitError, match="Z3950_PDU_BYTES"):
        framer.next()


def test_too_long_an_indefinite_pdu_is_refused() -> None:
    framer = ber.Framer(1000, "Z3950_PDU_BYTES")
    framer.feed(b"\xb6\x80" + b"\x04\x03abc" * 300)
    with pytest.raises(LimitError, match="Z3950_PDU_BYTES"):
        framer.next()


@pytest.mark.parametrize("start", [b"GET / HTTP/1.1\r\n", b"\x16\x03\x01\x02\x00", b"\0\0\0\0", b"\x30\x80"])
def test_other_protocols_are_refused_by_their_first_octet(start: bytes) -> None:
    framer = ber.Framer(1 << 20, "test")
    framer.feed(start)
    with pytest.raises(FormatError):
        framer.next()


def test_nothing_is_looked_at_twice() -> None:
    """A PDU of many small elements, in small pieces: the work grows with the octets, not with their square."""
    framer = ber.Framer(1 << 20, "test")
    body = b"\x04\x00" * 200_000
    framer.feed(b"\xb6\x80")
    for at in range(0, len(body), 7):
        framer.feed(body[at : at + 7])
        assert framer.next() is None
    framer.feed(b"\0\0")
    assert framer.next() is not None


@given(st.binary(max_size=300))
def test_any_octets_are_read_or_refused(data: bytes) -> None:
    for read in (apdu.read, lambda octets: apdu.read(b"\xb6" + ber.length_octets(len(octets)) + octets), grs1.read):
        with contextlib.suppress(InputError):
            read(data)
    with contextlib.suppress(InputError, Refused):
        read_query(data)


def test_version_3_is_the_third_bit() -> None:
    assert apdu.write(init(version=V3))[2:6] == b"\x83\x02\x00\xe0"
