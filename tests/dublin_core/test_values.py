"""The small parts: elements, dates, languages, numbers, punctuation, each by a table of input and output."""

import pytest

from dublin_core.dates import fixed_field_date, written_date
from dublin_core.elements import ELEMENTS, DublinCore
from dublin_core.identifiers import control_number, isbn, issn, standard_number
from dublin_core.languages import TAGS, coded, named, script_tag, tag
from dublin_core.punctuation import persons, strip_brackets, strip_end


def test_of_orders_cleans_and_drops() -> None:
    dc = DublinCore.of(
        [
            ("rights", "mở", ""),
            ("title", "  Then\n Tày ", "vi"),
            ("title", "Then Tày", "vi"),
            ("title", "Then Tày"),
            ("title", "\x00 \x1f"),
            ("audience", "mọi người"),
            ("subject", "dân\x0b ca", "no language"),
        ]
    )
    assert dc.statements == (
        ("title", "Then Tày", "vi"),
        ("title", "Then Tày", ""),
        ("subject", "dân ca", ""),
        ("rights", "mở", ""),
    )
    assert dc.values("title") == ["Then Tày", "Then Tày"]
    assert dc
    assert not DublinCore(())


def test_there_are_fifteen_elements() -> None:
    assert len(set(ELEMENTS)) == 15


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("260101s1998    ", "1998"),
        ("260101t19982001", "1998"),
        ("260101c19989999", "1998"),
        ("260101d19902005", "1990"),
        ("260101m19982001", "1998"),
        ("260101r20191930", "2019"),
        ("260101e19880503", "1988-05-03"),
        ("260101e19880532", "1988"),
        ("181222s9999||||", ""),
        ("260101s19uu    ", ""),
        ("260101s||||||||", ""),
        ("260101nuuuuuuuu", ""),
        ("260101b        ", ""),
        ("260101s１９９８    ", ""),
        ("", ""),
    ],
)
def test_date_of_008(value: str, expected: str) -> None:
    assert fixed_field_date(value) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("[1974?]", "1974"),
        ("c2001", "2001"),
        ("©2001", "2001"),
        ("1998-2001", "1998"),
        ("-1991", "1991"),
        ("2019-05-03", "2019-05-03"),
        ("2019-13-03", "2019"),
        ("1958 [i.e. 1985]", "1985"),
        ("1971 [that is, 1976]", "1976"),
        ("1958 [tức 1985]", "1985"),
        ("[197-?]", ""),
        ("[19--]", ""),
        ("9999", ""),
        ("35000đ", ""),
        ("dang cap nhat", ""),
    ],
)
def test_date_as_written(value: str, expected: str) -> None:
    assert written_date(value) == expected


@pytest.mark.parametrize(
    ("code", "source", "expected"),
    [
        ("vie", "", "vi"),
        ("eng", "", "en"),
        ("chi", "", "zh"),
        ("fre", "", "fr"),
        ("tai", "", "tai"),
        ("hmn", "", "hmn"),
        ("scr", "", "hr"),
        ("und", "", ""),
        ("mul", "", ""),
        ("zxx", "", ""),
        ("|||", "", ""),
        ("^^^", "", ""),
        ("tyz", "", ""),
        ("tyz", "iso639-3", "tyz"),
        ("vie", "iso639-3", "vi"),
        ("zho", "iso639-3", "zh"),
        ("und", "iso639-3", ""),
        ("not a code", "local", ""),
    ],
)
def test_language_code(code: str, source: str, expected: str) -> None:
    assert tag(code, source) == expected


def test_the_list_of_languages_is_whole() -> None:
    assert sum(len(short) == 2 and len(code) == 3 for code, short in TAGS.items()) >= 184
    assert {"zha": "za", "khm": "km", "lao": "lo", "mkh": "mkh"}.items() <= TAGS.items()


def test_codes_run_together_are_taken_apart() -> None:
    assert coded("viefreund") == ["vi", "fr"]
    assert coded("vi") == []


def test_languages_named_in_a_note() -> None:
    assert named("Chính văn chữ Hán; phiên âm tiếng Việt, tiếng Tày.") == ["vi", "tyz"]
    assert named("In Vietnamese and English.") == ["vi", "en"]


@pytest.mark.parametrize(
    ("linkage", "value", "languages", "expected"),
    [
        ("245-01/$1", "傳翹", ["vi"], "vi-Hani"),
        ("245-01/$1", "紅樓夢", ["zh"], "zh-Hani"),
        ("245-01/$1", "𠁰", ["tai", "tyz"], "tyz-Hani"),
        ("245-01/$1", "雪国の", ["ja"], "ja"),
        ("245-01/$1", "한국", ["ko"], "ko"),
        ("245-01/$1", "傳翹", ["en"], "und-Hani"),
        ("245-01/(N", "Война", ["ru"], "ru"),
        ("245-01/(N", "Србија", ["sr"], "sr-Cyrl"),
        ("245-01/(3/r", "كتاب", ["ar"], "ar"),
        ("245-01/(3", "كتاب", ["en"], "und-Arab"),
        ("245-01/(S", "Βιβλίο", ["el"], "el"),
        ("245-01/(2", "ספר", ["he"], "he"),
        ("245-01/Hani", "傳翹", ["vi"], "vi-Hani"),
        ("245-01", "傳翹", ["vi"], "vi-Hani"),
        ("245-01", "ໜັງສື", ["lo"], "lo"),
        ("245-01/(B", "Truyện Kiều", ["zh"], "zh-Latn"),
        ("245-01", "plain", ["vi"], ""),
    ],
)
def test_language_of_another_script(linkage: str, value: str, languages: list[str], expected: str) -> None:
    assert script_tag(linkage, value, languages) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("0-306-40615-2", "urn:isbn:0306406152"),
        ("080442957x", "urn:isbn:080442957X"),
        ("9780306406157 (hardback)", "urn:isbn:9780306406157"),
        ("978-604-2-12345-0", ""),
        ("0306406153", ""),
        ("2415", ""),
        ("", ""),
        ("97803064061571", ""),
        ("1234567890128", ""),
    ],
)
def test_isbn(value: str, expected: str) -> None:
    assert isbn(value) == expected


def test_issn_control_number_and_standard_number() -> None:
    assert issn("0378-5955") == "urn:issn:0378-5955"
    assert issn("03785955") == "urn:issn:0378-5955"
    assert issn("0378-5954") == ""
    assert issn("1") == ""
    assert control_number("(OCoLC) 1") == "(OCoLC) 1"
    assert control_number("()1") == ""
    assert control_number("1") == ""
    assert standard_number("7", "doi", "doi:10.1/x") == "https://doi.org/10.1/x"
    assert standard_number("7", "doi", "https://doi.org/10.1/x") == "https://doi.org/10.1/x"
    assert standard_number("7", "uri", "https://x.vn") == "https://x.vn"
    assert standard_number("7", "urn", "urn:nbn:vn:1") == "urn:nbn:vn:1"
    assert standard_number("3", "", " ") == ""


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("Tiêu đề :", "Tiêu đề"),
        ("Tiêu đề /", "Tiêu đề"),
        ("  Tiêu   đề.  ", "Tiêu đề"),
        ("Foerst, Denis L.", "Foerst, Denis L."),
        ("King, M. L., Jr.,", "King, M. L., Jr."),
        ("Acme Co.", "Acme Co."),
        ("U.S.", "U.S."),
        ("no. 1.2-102.", "no. 1.2-102"),
        ("Phần 2.", "Phần 2"),
        ("1949-", "1949-"),
        ("Và còn nữa...", "Và còn nữa..."),
        (".", ""),
        (". : /", ""),
        ("?", "?"),
    ],
)
def test_isbd_marks_at_the_end(value: str, expected: str) -> None:
    assert strip_end(value) == expected


def test_brackets_of_a_supplied_publisher() -> None:
    assert strip_brackets("[U.S. Govt. Print. Off.],") == "U.S. Govt. Print. Off."


def test_persons_of_one_field() -> None:
    assert persons("Nam Cao; Tô Hoài, [et al.]") == ["Nam Cao", "Tô Hoài"]
    assert persons("Nguyễn, Du, 1765-1820.") == ["Nguyễn, Du, 1765-1820"]
    assert persons(" ; ") == []
