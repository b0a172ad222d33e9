"""What is read without a parser is what the parser reads, and what the parser refuses is never read without it."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fixtures.generator import generate
from marc import marcxml, marcxml_usual
from marc.record import Field, Record
from tests.marc.samples import records

LEADER = "00000nam a2200000 a 4500"
WRITTEN = marcxml.write(next(generate(1, library="bk00")))
PREFIXED = (
    WRITTEN.replace(b"</", b"</marc:").replace(b"<", b"<marc:").replace(b"<marc:/marc:", b"</marc:")
    .replace(b"xmlns=", b"xmlns:marc=")
)  # fmt: skip
LAID_OUT = WRITTEN.replace(b"><", b">\n  <")


def same(data: bytes) -> None:
    found = marcxml_usual.read(data)
    if found is not None:
        record = Record(found.text)
        assert marcxml.read(data) == (record, ())
        assert found.written in (b"", marcxml.write(record))


@pytest.mark.parametrize("data", [WRITTEN, PREFIXED, LAID_OUT], ids=["plain", "prefixed", "laid out"])
def test_usual_records_need_no_parser(data: bytes) -> None:
    assert marcxml_usual.read(data) == (marcxml.read(WRITTEN)[0].text, WRITTEN)  # type: ignore[union-attr]
    same(data)


def test_what_we_wrote_ourselves_is_kept_as_it_came_and_not_made_again() -> None:
    found = marcxml_usual.read(WRITTEN)
    assert found is not None
    assert found.written is WRITTEN


@given(records)
def test_what_we_write_is_read_as_it_was_or_left_to_the_parser(record: Record) -> None:
    same(marcxml.write(record))


@pytest.mark.parametrize("value", ["Then & Tày", "a < b > c", "“x”", "x; \"y\" 'z' &amp;", " ", "]]>"])
def test_values_of_every_kind(value: str) -> None:
    record = Record.build(LEADER, [Field("001", value="1"), Field("245", "10", (("a", value), ("b", "x")))])
    assert marcxml_usual.read(marcxml.write(record)) == (record.text, marcxml.write(record))


@pytest.mark.parametrize(
    ("usual", "other"),
    [
        (b'ind1="1"', b'ind1="1" ind1="1"'),
        (b'ind1="1" ind2="0"', b'ind2="0" ind1="1"'),
        (b'code="a"', b"code='a'"),
        (b'code="a"', b'code="""'),
        (b'code="a"', b'code="&"'),
        (b'code="a"', b'code="ab"'),
        (b"<leader>", b"<leader>0"),
        (b"<leader>00000", b"<leader>12345"),
        (b"<leader>00000", b"<leader>0\x01000"),
        (b"<leader>00000", b"<leader>0]]>0"),
        (b"<leader>00000", b"<leader>0\t000"),
        (b"</leader>", b'</leader><controlfield tag="245">x</controlfield>'),
        (b'tag="245"', b'tag="24A"'),
        (b'tag="245"', b'tag="005"'),
        (b'code="a"', b'code=">"'),
        (b"</subfield>", b" a > b</subfield>"),
        (b"</subfield>", b"&gt; &quot;x&quot;</subfield>"),
        (b"</subfield>", "&lt;\u0338</subfield>".encode()),
        (b"</subfield>", "\u0085</subfield>".encode()),
        (b"<leader>", b"<leader xml:space='preserve'>"),
        (b"</leader>", b"</leader>x"),
        (b"</subfield><subfield", b"</subfield>x<subfield"),
        (b"</subfield><subfield", b"</subfield></datafield><subfield"),
        (b"</subfield>", b"<b/></subfield>"),
        (b"</subfield>", b"&nbsp;</subfield>"),
        (b"</subfield>", b"&#7845;</subfield>"),
        (b"</subfield>", b"&amp;lt;</subfield>"),
        (b"</subfield>", b"]]></subfield>"),
        (b"</subfield>", b"<!-- x --></subfield>"),
        (b"</subfield>", b"<?x?></subfield>"),
        (b"</subfield>", b"\x1f</subfield>"),
        (b"</subfield>", b"\n</subfield>"),
        (b"</subfield>", b"\xff</subfield>"),
        (b"</subfield>", b"\xef\xbf\xbf</subfield>"),
        (b"</subfield>", "a\u0301".encode() + b"</subfield>"),
        (b"</record>", b"</record >"),
        (b"</record>", b""),
        (b"</record>", b"</record><record></record>"),
        (b"MARC21/slim", b"MARC21/other"),
        (b"<record ", b'<record type="Bibliographic" '),
        (b"<record ", b'<record id="a>b" '),
    ],
)
@pytest.mark.parametrize("written", [WRITTEN, LAID_OUT], ids=["plain", "laid out"])
def test_what_is_not_usual_is_read_as_the_parser_reads_it_or_not_at_all(
    usual: bytes, other: bytes, written: bytes
) -> None:
    assert usual in WRITTEN
    same(written.replace(usual, other, 1))
    same(written.replace(usual, other))


@given(st.sampled_from([WRITTEN, PREFIXED, LAID_OUT]), st.binary(max_size=12), st.integers(0), st.integers(0, 30))
@settings(max_examples=200, deadline=None)
def test_any_bytes_are_read_as_the_parser_reads_them_or_not_at_all(
    written: bytes, noise: bytes, at: int, cut: int
) -> None:
    at %= len(written)
    same(written[:at] + noise + written[at + cut :])
    same(written[:at] + written[at + cut :][:cut] + written[at:])
