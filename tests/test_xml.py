"""The XML parser survives what the world sends: the seventeen documents by name, every limit at its edge, any bytes."""

from __future__ import annotations

import contextlib
import gzip
import re
import resource
import socket
import threading
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from foundation import limits, messages, xml
from foundation.errors import FormatError, InputError, LimitError

RECORD = frozenset({"record"})
LAUGHS = (
    b'<!DOCTYPE lolz [<!ENTITY a0 "lol">'
    + b"".join(b'<!ENTITY a%d "%s">' % (n, b"&a%d;" % (n - 1) * 10) for n in range(1, 10))
    + b"]><lolz>&a9;</lolz>"
)
QUADRATIC = b'<!DOCTYPE q [<!ENTITY a "' + b"x" * 50_000 + b'">]><q>' + b"&a;" * 20_000 + b"</q>"


@pytest.fixture
def listener() -> Iterator[tuple[int, list[object]]]:
    """A port of this machine and the list of connections it saw."""
    seen: list[object] = []
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.05)
        done = threading.Event()

        def listen() -> None:
            while not done.is_set():
                try:
                    connection, address = server.accept()
                except TimeoutError:
                    continue
                seen.append(address)
                connection.close()

        thread = threading.Thread(target=listen)
        thread.start()
        yield server.getsockname()[1], seen
        done.set()
        thread.join()


def both(data: bytes) -> list[Callable[[], object]]:
    return [lambda: xml.parse(data), lambda: list(xml.elements(BytesIO(data), RECORD))]


def nested(depth: int) -> bytes:
    return b"<a>" * depth + b"</a>" * depth


def attributes(count: int) -> bytes:
    return b"<a " + b" ".join(b'a%d="1"' % n for n in range(count)) + b"/>"


REFUSED = {
    "billion laughs": (LAUGHS, "xml.doctype", ""),
    "quadratic blow-up": (QUADRATIC, "xml.doctype", ""),
    "depth 100,000": (nested(100_000), "xml.limit", "XML_DEPTH"),
    "depth 300": (nested(300), "xml.limit", "XML_DEPTH"),
    "12 MB in one text node": (b"<record>" + b"x" * 12_000_000 + b"</record>", "xml.limit", "XML_TEXT_BYTES"),
    "12 MB attribute": (b'<record a="' + b"x" * 12_000_000 + b'"/>', "xml.limit", "XML_TEXT_BYTES"),
    "200,000 attributes": (attributes(200_000), "xml.limit", "XML_ATTRIBUTES"),
    "UTF-7 declared": (b'<?xml version="1.0" encoding="UTF-7"?><a>+ADw-b+AD4-</a>', "xml.encoding", ""),
    "declared UTF-8, Latin-1 bytes": (b'<?xml version="1.0" encoding="UTF-8"?><a>\xe9</a>', "xml.malformed", ""),
    "reference to a control character": (b"<a>&#1;</a>", "xml.malformed", ""),
    "NUL byte": (b"<a>\0</a>", "xml.malformed", ""),
    "gzipped 50 MB of blanks": (gzip.compress(b" " * 50_000_000), "xml.malformed", ""),
}


@pytest.mark.parametrize("name", REFUSED)
def test_attack_is_refused_by_name(name: str) -> None:
    data, code, limit = REFUSED[name]
    for read in both(data):
        with pytest.raises(InputError) as caught:
            read()
        assert caught.value.problem.code == code
        assert caught.value.problem.values.get("limit", "") == limit


@pytest.mark.parametrize(
    "document",
    {
        "external entity to a file": '<!DOCTYPE a [<!ENTITY x SYSTEM "file://{path}">]><a>&x;</a>',
        "external DTD over HTTP": '<!DOCTYPE a SYSTEM "http://127.0.0.1:{port}/a.dtd"><a/>',
        "parameter entity over HTTP": '<!DOCTYPE a [<!ENTITY % x SYSTEM "http://127.0.0.1:{port}/x"> %x;]><a/>',
        "behind a comment and an instruction": "<?xml version='1.0'?>\n<!-- <!DOCTYPE -->\n<?p?>\n"
        '<!DOCTYPE a SYSTEM "http://127.0.0.1:{port}/a.dtd"><a/>',
    }.items(),
    ids=lambda item: item[0],
)
def test_nothing_outside_the_document_is_read(
    document: tuple[str, str], listener: tuple[int, list[object]], tmp_path: Path
) -> None:
    port, seen = listener
    (tmp_path / "secret").write_text("secret")
    text = document[1].replace("{path}", str(tmp_path / "secret")).replace("{port}", str(port))
    for encoding in ("utf-8", "utf-8-sig", "utf-16"):
        for read in both(text.encode(encoding)):
            with pytest.raises(FormatError) as caught:
                read()
            assert caught.value.problem.message == messages.XML_DOCTYPE
    assert caught.value.problem.values["line"] == text.count("\n", 0, text.rindex("<!DOCTYPE a")) + 1
    assert seen == []


def test_xinclude_is_inert(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("secret")
    root = xml.parse(
        f'<a xmlns:i="http://www.w3.org/2001/XInclude"><i:include href="{tmp_path}/secret" parse="text"/></a>'.encode()
    )
    assert "".join(str(text) for text in root.itertext()) == ""


def test_doctype_behind_a_long_prolog_is_refused() -> None:
    prolog = b"<!--" + b"x" * limits.XML_PROLOG_BYTES + b"-->"
    with pytest.raises(LimitError) as caught:
        xml.parse(prolog + b"<!DOCTYPE a><a/>")
    assert caught.value.problem.values["limit"] == "XML_PROLOG_BYTES"


def test_doctype_is_seen_through_short_reads() -> None:
    class Drip(BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            return super().read(1)

    with pytest.raises(FormatError) as caught:
        list(xml.elements(Drip(b"<!DOCTYPE a><a/>"), RECORD))
    assert caught.value.problem.message == messages.XML_DOCTYPE


GOOD = "<?xml version='1.0' encoding='{}'?>\n<record>Truyện Kiều, Đỗ</record>"


@pytest.mark.parametrize(
    "data",
    {
        "UTF-16 with BOM": GOOD.format("UTF-16").encode("utf-16"),
        "UTF-16 little-endian without BOM": GOOD.format("UTF-16").encode("utf-16-le"),
        "UTF-16 big-endian without BOM": GOOD.format("UTF-16").encode("utf-16-be"),
        "UTF-8": GOOD.format("utf-8").encode(),
        "UTF-8 with BOM": GOOD.format("UTF-8").encode("utf-8-sig"),
        "UTF-8 that declares UTF-16": GOOD.format("utf-16").encode(),
        "nothing declared": "<record>Truyện Kiều, Đỗ</record>".encode(),
        "ASCII with references": b"<?xml version='1.0' encoding='US-ASCII'?><record>"
        b"Truy&#x1EC7;n Ki&#x1EC1;u, &#272;&#7895;</record>",
    }.items(),
    ids=lambda item: item[0],
)
def test_encoding_is_read(data: tuple[str, bytes]) -> None:
    assert xml.parse(data[1]).text == "Truyện Kiều, Đỗ"
    assert [element.text for element, _ in xml.elements(BytesIO(data[1]), RECORD)] == ["Truyện Kiều, Đỗ"]


def test_latin_1_is_read() -> None:
    assert xml.parse("<?xml version='1.0' encoding='ISO-8859-1'?><a>é</a>".encode("latin-1")).text == "é"


@pytest.mark.parametrize("encoding", ["UTF-7", "cp1258", "EBCDIC-CP-US", "UCS-4", "x' y='"])
def test_other_encodings_are_refused(encoding: str) -> None:
    with pytest.raises(FormatError):
        xml.parse(f"<?xml version='1.0' encoding='{encoding}'?><a/>".encode())


@pytest.mark.parametrize("encoding", ["utf-32", "utf-32-le", "utf-32-be", "cp037"])
def test_other_families_of_bytes_are_refused(encoding: str) -> None:
    with pytest.raises(FormatError) as caught:
        xml.parse('<?xml version="1.0"?><a/>'.encode(encoding))
    assert caught.value.problem.message == messages.XML_ENCODING


def test_depth_at_its_edge() -> None:
    for depth in (limits.XML_DEPTH - 1, limits.XML_DEPTH):
        assert xml.parse(nested(depth)).tag == "a"
    with pytest.raises(LimitError) as caught:
        xml.parse(nested(limits.XML_DEPTH + 1))
    assert caught.value.problem.values == {"limit": "XML_DEPTH", "seen": 101, "allowed": 100, "line": 1}


def test_attributes_at_their_edge() -> None:
    for count in (limits.XML_ATTRIBUTES - 1, limits.XML_ATTRIBUTES):
        assert len(xml.parse(attributes(count)).attrib) == count
    with pytest.raises(LimitError, match="XML_ATTRIBUTES"):
        xml.parse(attributes(limits.XML_ATTRIBUTES + 1))


@pytest.mark.parametrize("form", [b"<a>%s</a>", b"<a b='%s'/>", b"<a><b/>%s</a>", b"<a><![CDATA[%s]]></a>"])
def test_text_at_its_edge(form: bytes) -> None:
    for size in (limits.XML_TEXT_BYTES - 1, limits.XML_TEXT_BYTES):
        xml.parse(form % (b"x" * size))
    with pytest.raises(LimitError, match="XML_TEXT_BYTES"):
        xml.parse(form % (b"x" * (limits.XML_TEXT_BYTES + 1)))


def test_element_bytes_at_their_edge(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "XML_ELEMENT_BYTES", 1_000_000)
    for size in (999_999, 1_000_000):
        xml.parse(b"<a>" + b"<b/>\n" * ((size - 7) // 5) + b" " * ((size - 7) % 5) + b"</a>")
    with pytest.raises(LimitError, match="XML_ELEMENT_BYTES"):
        xml.parse(b"<a>" + b"x" * 999_994 + b"</a>")
    # In a stream the size of an open element is known to one feed.
    over = b"<record>" + b"<b/>\n" * ((1_000_000 + 3 * xml.FEED) // 5) + b"</record>"
    under = b"<record>" + b"<b/>\n" * ((1_000_000 - 2 * xml.FEED) // 5) + b"</record>"
    assert len(list(xml.elements(BytesIO(under), RECORD))) == 1
    with pytest.raises(LimitError, match="XML_ELEMENT_BYTES"):
        list(xml.elements(BytesIO(over), RECORD))


def test_elements_at_their_edge(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "XML_ELEMENTS", 5)
    for count in (3, 4):
        data = b"<record>" + b"<b/>" * count + b"</record>"
        assert len(xml.parse(data)) == count
        # Counted for each record anew.
        assert len(list(xml.elements(BytesIO(b"<list>" + data * 3 + b"</list>"), RECORD))) == 3
    for read in both(b"<record>" + b"<b/>" * 5 + b"</record>"):
        with pytest.raises(LimitError, match="XML_ELEMENTS"):
            read()


def test_elements_come_whole_with_their_lines() -> None:
    data = (
        b'<list xmlns="u:x">\n<head/>\n<record n="1"><a>x</a></record>tail\n\n<record n="2"><record/></record>\n</list>'
    )
    found = [(element.get("n"), len(element), line) for element, line in xml.elements(BytesIO(data), RECORD)]
    assert found == [("1", 1, 3), ("2", 1, 5)]
    assert len(list(xml.elements(BytesIO(data), frozenset({"{u:x}record"})))) == 2
    assert list(xml.elements(BytesIO(data), frozenset({"{u:y}record"}))) == []


def test_line_numbers_do_not_end_at_65535() -> None:
    data = b"<l>" + b"\n" * 70_000 + b"<record/>\n<record>\n</record></l>"
    assert [line for _, line in xml.elements(BytesIO(data), RECORD)] == [70_001, 70_002]


def test_elements_before_a_fault_are_given() -> None:
    reading = xml.elements(BytesIO(b"<l><record/>\n<record/>\n<record>&nbsp;</record></l>"), RECORD)
    assert [next(reading)[0].tag, next(reading)[0].tag] == ["record", "record"]
    with pytest.raises(FormatError) as caught:
        next(reading)
    assert caught.value.problem.values["line"] == 3
    assert "nbsp" in caught.value.problem.values["reason"]


def test_memory_is_flat_in_the_length_of_the_stream() -> None:
    """The process' own peak, since libxml2 does not ask Python for memory."""

    class Endless:
        def __init__(self, count: int) -> None:
            self.parts = iter(
                [b"<l>", *([b"<junk>x</junk><record><a>" + b"x" * 900 + b"</a></record>"] * count), b"</l>"]
            )

        def read(self, size: int) -> bytes:
            return b"".join(part for _, part in zip(range(size // 1000), self.parts, strict=False))

    assert sum(1 for _ in xml.elements(Endless(2_000), RECORD)) == 2_000  # type: ignore[arg-type]
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert sum(1 for _ in xml.elements(Endless(60_000), RECORD)) == 60_000  # type: ignore[arg-type]
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 20 * 1024


SNIPPETS = (
    b"< > / <a> </a> <record> </record> <record <?xml~version='1.0'~encoding='utf-16'?> &lt; &x; <!-- --> "
    b"<![CDATA[ ]]> <!DOCTYPE \0 \xff\xfe \xe1\xba\xaf b='1'"
).split(b" ")


@given(
    st.one_of(
        st.binary(max_size=300),
        st.lists(st.sampled_from(SNIPPETS), max_size=30).map(lambda parts: b"".join(parts).replace(b"~", b" ")),
    )
)
@example(b"")
@example(b"<a/><b/>")
@example(b"\xff\xfe<")
def test_any_bytes_give_an_element_or_our_error(data: bytes) -> None:
    for read in both(data):
        with contextlib.suppress(InputError):
            read()


@given(st.text(max_size=60))
def test_escaped_text_comes_back(text: str) -> None:
    root = xml.parse(f'<a b="{xml.escape_attribute(text)}">{xml.escape(text)}</a>'.encode("utf-8", "surrogatepass"))
    wanted = xml.forbidden.sub("\ufffd", text)
    assert root.get("b") == wanted
    assert (root.text or "") == re.sub("\r\n?", "\n", wanted)
