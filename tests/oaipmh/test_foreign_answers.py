"""What other repositories answer, in every state it comes in (`oaipmh.answers`, `oaipmh.mending`)."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from foundation.errors import FormatError, InputError, LimitError
from oaipmh import answers
from vietnamese import encodings

OAI = "http://www.openarchives.org/OAI/2.0/"
DC = (
    '<oai_dc:dc xmlns:oai_dc="http://www.openarchives.org/OAI/2.0/oai_dc/" xmlns:dc="http://purl.org/dc/elements/1.1/">'
    "<dc:title>{}</dc:title></oai_dc:dc>"
)
TITLES = ("Then cổ Tày ở Bắc Kạn", "Sli Nùng", "Lượn Slương: khảo cứu, sưu tầm và giới thiệu")


def record(number: int, title: str, stamp: str = "2026-11-20T08:00:00Z") -> str:
    return (
        f"<record><header><identifier>oai:x.vn:{number}</identifier><datestamp>{stamp}</datestamp>"
        f"<setSpec>a</setSpec></header><metadata>{DC.format(title)}</metadata></record>"
    )


def page(
    inside: str, verb: str = "ListRecords", root: str = f'<OAI-PMH xmlns="{OAI}">', end: str = "</OAI-PMH>"
) -> str:
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n{root}<responseDate>2026-11-22T01:02:03Z</responseDate>'
        f'<request verb="{verb}">http://x.vn/oai</request><{verb}>{inside}</{verb}>{end}'
    )


RECORDS = "".join(record(number, title) for number, title in enumerate(TITLES))
GOOD = page(RECORDS + '<resumptionToken completeListSize="9" cursor="0">a+b/c=</resumptionToken>')


def titles(found: answers.Answer) -> list[str]:
    made = []
    for one in found.records:
        text = (one.metadata or b"").decode()
        made.append(text[text.index("<dc:title>") + 10 : text.index("</dc:title>")])
    return made


def test_a_good_page_is_read_without_a_word() -> None:
    found = answers.read(GOOD.encode())
    assert titles(found) == list(TITLES)
    assert found.token == answers.Token("a+b/c=", 9, 0)
    assert (found.response_date, found.problems, found.errors, found.complete) == (1795309323, (), (), True)
    first = found.records[0]
    assert (first.identifier, first.sets, first.deleted, first.problems) == ("oai:x.vn:0", ("a",), False, ())


def test_metadata_is_cut_out_of_the_bytes_as_they_came() -> None:
    inside = DC.format("A  &#66; <!-- no -->").replace(" <!-- no -->", "")
    found = answers.read(page(record(1, "A  &#66;")).encode())
    assert found.records[0].metadata == inside.encode()


MARKED = {
    "prefix": page(RECORDS).replace("<", "<oai:").replace("<oai:/", "</oai:").replace("<oai:?", "<?")
    .replace("<oai:oai_dc:", "<oai_dc:").replace("</oai:oai_dc:", "</oai_dc:").replace("<oai:dc:", "<dc:")
    .replace("</oai:dc:", "</dc:").replace("xmlns=", "xmlns:oai="),
    "no namespace": page(RECORDS, root="<OAI-PMH>"),
    "https namespace": page(RECORDS, root='<OAI-PMH xmlns="https://www.openarchives.org/OAI/2.0/">'),
    "namespaces of the metadata above": page(RECORDS, root=f'<OAI-PMH xmlns="{OAI}" xmlns:dc="http://purl.org/dc/elements/1.1/">')
    .replace(' xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title', "><dc:title"),
    "php notice before": "<br />\n<b>Notice</b>: Undefined index in oai.php on line 12<br />\n" + page(RECORDS),
    "php notice behind": page(RECORDS) + "<br />\n<b>Warning</b>: mysql_close()",
    "blank lines before": "\r\n\n" + page(RECORDS),
    "mark and blanks": "\ufeff\n" + page(RECORDS),
    "two declarations": '<?xml version="1.0"?>' + page(RECORDS),
    "declaration in a record": page(RECORDS.replace("<metadata>", '<metadata><?xml version="1.0"?>', 1)),
    "attributes on record": page(RECORDS.replace("<record>", '<record  xmlns:y="y">')),
    "comment with a record": page("<!-- <record> -->" + RECORDS),
    "doctype": page(RECORDS).replace("?>\n", "?><!DOCTYPE OAI-PMH>\n"),
}  # fmt: skip


@pytest.mark.parametrize("kind", MARKED)
def test_every_record_of_a_page_that_is_only_odd_is_read_right(kind: str) -> None:
    found = answers.read(MARKED[kind].encode())
    assert titles(found) == list(TITLES)
    assert all(not one.problems for one in found.records)


def test_a_page_in_utf16_is_read() -> None:
    text = page(RECORDS).replace("UTF-8", "UTF-16")
    assert titles(answers.read(text.encode("utf-16"))) == list(TITLES)


@pytest.mark.parametrize("name", ["tcvn3", "vni", "viscii", "cp1258"])
def test_a_page_in_an_old_encoding_that_says_utf8_is_read(name: str) -> None:
    found = answers.read(encodings.encode(page(RECORDS), name))
    assert titles(found) == list(TITLES)
    assert [one.code for one in found.problems] == ["harvest.mended_encoding"]


def test_a_french_page_in_latin1_that_says_utf8_is_read() -> None:
    french = record(1, "Étude générale des minorités du Tonkin") + record(2, "Les Mân de la haute région")
    found = answers.read(page(french).encode("latin-1"))
    assert titles(found) == ["Étude générale des minorités du Tonkin", "Les Mân de la haute région"]


@pytest.mark.parametrize(
    ("raw", "read", "code"),
    [
        ("A &nbsp; B &eacute;", "A \xa0 B é", "harvest.mended_entity"),
        ("Hùng & Anh", "Hùng &amp; Anh", "harvest.mended_ampersand"),
        ("x\x03y\x1az", "xyz", "harvest.mended_controls"),
        ("x&#3;y&#xFFFE;z", "xyz", "harvest.mended_controls"),
        ("R&D; &madeup; &amp; &#7855;", "R&amp;D; &amp;madeup; &amp; ắ", "harvest.mended_ampersand"),
    ],
)
def test_what_xml_does_not_allow_is_mended_and_told(raw: str, read: str, code: str) -> None:
    found = answers.read(page(record(1, raw)).encode())
    assert titles(found) == [read]
    assert code in [one.code for one in found.problems]


def test_bytes_that_mean_nothing_are_shown_as_lost() -> None:
    found = answers.read(page(RECORDS).encode().replace("Sli Nùng".encode(), b"Sli N\xf9ng"))
    assert titles(found)[1] == "Sli N\ufffdng"
    assert [(one.code, one.values) for one in found.problems] == [("harvest.mended_bytes", {"count": 1})]


def test_a_record_that_cannot_be_saved_costs_itself_alone() -> None:
    broken = page(RECORDS.replace("Sli Nùng</dc:title>", "Sli Nùng</dc:titel>"))
    found = answers.read(broken.encode())
    assert [one.identifier for one in found.records] == ["oai:x.vn:0", "oai:x.vn:1", "oai:x.vn:2"]
    assert [bool(one.metadata) for one in found.records] == [True, False, True]
    assert "Sli Nùng" in found.records[1].original.decode()
    assert found.records[1].problems[0].code == "harvest.record_broken"
    assert found.complete


@given(st.integers(0, len(GOOD.encode())))
@settings(max_examples=60, deadline=None)
def test_a_page_cut_anywhere_gives_the_records_that_are_whole(at: int) -> None:
    data = GOOD.encode()
    try:
        found = answers.read(data[:at])
    except FormatError:
        assert b"<OAI-PMH" not in data[: max(0, at - 1)]
        return
    whole = data[:at].count(b"</record>")
    assert len(found.records) >= whole
    assert titles(found)[:whole] == list(TITLES)[:whole]
    assert found.complete == (at == len(data))


ODD = {
    "no datestamp": ("<datestamp>2026-11-20T08:00:00Z</datestamp>", "", "harvest.datestamp"),
    "local time": ("2026-11-20T08:00:00Z", "2026-11-20T08:00:00+07:00", "harvest.datestamp"),
    "no metadata": (DC.format("X"), "", "harvest.no_metadata"),
    "no identifier": ("<identifier>oai:x.vn:1</identifier>", "", "harvest.no_identifier"),
    "two metadata": (DC.format("X"), DC.format("X") + DC.format("Y"), "harvest.several_metadata"),
}


@pytest.mark.parametrize("kind", ODD)
def test_an_odd_record_is_kept_and_told(kind: str) -> None:
    old, new, code = ODD[kind]
    (found,) = answers.read(page(record(1, "X").replace(old, new)).encode()).records
    assert [one.code for one in found.problems] == [code]
    if kind in ("no metadata", "no identifier"):
        assert found.original
    else:
        assert titles(answers.Answer(None, records=(found,))) == ["X"]


def test_deleted_headers_and_identifier_lists() -> None:
    header = '<header status="deleted"><identifier> oai:x.vn:9\n</identifier><datestamp>2026-11-20</datestamp></header>'
    for inside, verb in ((header, "ListIdentifiers"), (f"<record>{header}</record>", "ListRecords")):
        (found,) = answers.read(page(inside, verb).encode()).records
        assert (found.identifier, found.deleted, found.metadata, found.problems) == ("oai:x.vn:9", True, None, ())
        assert found.datestamp == 1795132800


def test_errors_of_any_code_are_values() -> None:
    text = page("", "x").replace(
        "<x></x>", '<error code="noRecordsMatch">none</error><error code="own">\n odd </error>'
    )
    assert answers.read(text.encode()).errors == (("noRecordsMatch", "none"), ("own", "odd"))


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "harvest.empty"),
        (b"\xef\xbb\xbf \n", "harvest.empty"),
        (b"<!DOCTYPE html><html><body><form><input type='password'></form>", "harvest.login"),
        (b"<html><h1>404</h1></html>", "harvest.html"),
        (b"Fatal error: out of memory", "harvest.other"),
        (b"<rss><channel/></rss>", "harvest.other"),
        (b"\x1f\x8b\x08", "harvest.other"),
    ],
)
def test_what_is_no_answer_is_named(data: bytes, code: str) -> None:
    with pytest.raises(FormatError) as caught:
        answers.read(data)
    assert caught.value.problem.code == code


def test_a_bomb_of_entities_is_never_unpacked() -> None:
    bomb = '<!DOCTYPE OAI-PMH [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>'
    found = answers.read(page(record(1, "&b;")).replace("?>\n", "?>" + bomb).encode())
    assert titles(found) == ["&amp;b;"]


def test_depth_is_bounded() -> None:
    deep = "<a>" * 500 + "</a>" * 500
    with pytest.raises(LimitError):
        answers.read(page(record(1, "X").replace(DC.format("X"), deep)).encode())


@given(st.binary(max_size=300), st.integers(0, len(GOOD)), st.integers(0, 40))
@settings(max_examples=300, deadline=None)
def test_any_bytes_are_an_answer_or_our_error(noise: bytes, at: int, cut: int) -> None:
    data = GOOD.encode()
    for changed in (noise, data[:at] + noise + data[at + cut :]):
        with suppress(InputError):
            answers.read(changed)


MARC = '<record xmlns="http://www.loc.gov/MARC21/slim"><leader>x</leader></record>'


@pytest.mark.parametrize("made", [GOOD, GOOD.replace(DC.format(TITLES[1]), MARC)], ids=["dc", "marc"])
def test_a_page_that_is_skimmed_says_what_a_page_that_is_read_says(made: str) -> None:
    skimmed, found = answers.skim(made.encode()), answers.read(made.encode())
    assert skimmed is not None
    assert (skimmed.records, skimmed.token, skimmed.response_date) == (found.records, found.token, found.response_date)


def told(found: answers.Answer) -> list[answers.Harvested]:
    """Its records without their bytes, which only who reads a wrong one keeps whole."""
    return [replace(one, original=b"") for one in found.records]


HEADER = "<identifier>oai:x.vn:1</identifier>"


@pytest.mark.parametrize(
    ("usual", "other"),
    [
        (HEADER, "<identifier>oai:x.vn:a&amp;b</identifier>"),
        (HEADER, "<identifier>oai:x.vn:Đọc</identifier>"),
        (HEADER, "<identifier> oai:x.vn:1\n</identifier>"),
        (HEADER, f"<setSpec>b</setSpec>{HEADER}"),
        (HEADER, ""),
        ("2026-11-20T08:00:00Z", "2026-11-20"),
        ("2026-11-20T08:00:00Z", "2026-02-30T08:00:00Z"),
        ("<setSpec>a</setSpec>", ""),
        ("<setSpec>a</setSpec>", "\n <setSpec>a:b</setSpec>\n <setSpec>c</setSpec>"),
        ("<setSpec>a</setSpec>", "<setSpec> a </setSpec><setSpec/>"),
        ("</metadata></record>", "</metadata>\n  </record>\n  "),
        ("<metadata>", "\n<metadata>\n"),
        ("</metadata></record>", "</metadata><about><x xmlns='y'>z</x></about></record>"),
        (f"<metadata>{DC.format(TITLES[1])}</metadata>", ""),
        (f"<metadata>{DC.format(TITLES[1])}</metadata>", "<metadata/>"),
        ("<header>", '<header status="deleted">'),
    ],
)
@pytest.mark.parametrize("all_of_them", [False, True])
def test_headers_that_need_a_parser_are_skimmed_as_they_are_read(usual: str, other: str, all_of_them: bool) -> None:
    one = record(1, TITLES[1])
    assert usual in one
    made = (GOOD.replace(usual, other) if all_of_them else GOOD.replace(one, one.replace(usual, other))).encode()
    skimmed, found = answers.skim(made), answers.read(made)
    if skimmed is not None:
        assert (told(skimmed), skimmed.token) == (told(found), found.token)


@pytest.mark.parametrize(
    "odd",
    [
        GOOD.replace(DC.format(TITLES[0]), MARC.replace("<record xmlns", "<record><a/></record><record xmlns")),
        GOOD.replace(TITLES[0], "<![CDATA[<record>]]>"),
        GOOD.replace("xmlns=", 'xmlns:dc="x" xmlns='),
        GOOD.replace("</OAI-PMH>", ""),
        page("<error/>"),
    ],
    ids=["inner record", "CDATA", "prefix from above", "cut", "no records"],
)
def test_a_page_that_cannot_be_skimmed_is_not(odd: str) -> None:
    assert answers.skim(odd.encode()) is None


@given(st.binary(max_size=60), st.integers(0, len(GOOD)), st.integers(0, 40))
@settings(max_examples=300, deadline=None)
def test_what_is_skimmed_of_any_bytes_holds_no_record_that_reading_does_not(noise: bytes, at: int, cut: int) -> None:
    data = GOOD.encode()
    changed = data[:at] + noise + data[at + cut :]
    skimmed = answers.skim(changed)
    known = {one.metadata for one in answers.read(data).records}
    if skimmed is not None and all(one.metadata in known for one in skimmed.records):
        assert told(skimmed) == told(answers.read(changed))


@pytest.mark.parametrize("name", ["idna", "undefined", "hex", "punycode", "khong-co"])
def test_an_encoding_that_is_none_of_text_costs_the_page_nothing(name: str) -> None:
    said = page("<Identify><repositoryName>Caf\xe9 &amp; \xe8</repositoryName></Identify>")
    data = f'<?xml version="1.0" encoding="{name}"?>{said.partition("?>")[2] or said}'.encode("latin-1")
    assert answers.read(data).root is not None
