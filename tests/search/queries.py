"""The contract: queries of every kind that every engine answers with the oracle's count."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator

from marc.record import Record
from search.query import And, Everything, Field, Match, Near, Not, Or, Query, Range, Term

WORDS = (
    "bac kan", "Bắc Kạn", "Bắc Cạn", "viet nam", "VIỆT NAM", "dân tộc", "dan toc", "đường", "duong", "đ", "hoà bình",
    "hòa bình", "truyện Kiều", "Nguyễn Du", "nguyen du", "Du Nguyễn", "1945", "tập 2", "Ba Bể", "ba be", "không-có-gì",
    "xyzzy", "lượn cọi", "hát then", "thủy", "thuỷ", "Tày", "tay", "Nùng", "C", "nông nghiệp", "Hồ Chí Minh", "văn học",
    "字", "喃", "傳", "𡨸喃", "金雲翹", "tr.", "NXB", "Nhà xuất bản", "...", "", "   ", "!", "it's",
)  # fmt: skip
MASKED = (
    "ba*", "b?c", "*ang", "*uo*", "ng*n", "d?n t?c", "van h*", "*oc", "kh?ng", "ngu*n", "th??", "*", "việt* nam*",
    "bắ*", "d*g", "đư*", "chợ m?i", "\\*", "truy\\ện", "hò*",
)  # fmt: skip
TEXT_FIELDS = (
    Field.ANY, Field.TITLE, Field.TITLE_PROPER, Field.UNIFORM_TITLE, Field.KEY_TITLE, Field.SERIES, Field.NAME,
    Field.AUTHOR, Field.PERSONAL_AUTHOR, Field.CORPORATE_AUTHOR, Field.CONFERENCE_AUTHOR, Field.SUBJECT,
    Field.SUBJECT_PERSON, Field.SUBJECT_PLACE, Field.GENRE, Field.PUBLISHER, Field.PLACE, Field.NOTE, Field.ABSTRACT,
)  # fmt: skip
KEYS: tuple[tuple[Field, str], ...] = (
    (Field.LANGUAGE, "vie"), (Field.LANGUAGE, "VIE"), (Field.LANGUAGE, "tyz"), (Field.LANGUAGE, "chi"),
    (Field.LANGUAGE, "vie tyz"), (Field.LANGUAGE, "v*"), (Field.LANGUAGE, "eng"), (Field.LANGUAGE, "xxx"),
    (Field.ACCESS, "online"), (Field.ACCESS, "Online"), (Field.ACCESS, "onl*"), (Field.ACCESS, "offline"),
    (Field.COUNTRY, "vm"), (Field.COUNTRY, "VM "), (Field.COUNTRY, "xxu"),
    (Field.LIBRARY, "bk00"), (Field.LIBRARY, "BK03"), (Field.LIBRARY, "bk0?"), (Field.LIBRARY, "bk99"),
    (Field.COLLECTION, "dia-chi"), (Field.IDENTIFIER, "b00007"), (Field.IDENTIFIER, "b0000*"),
    *((Field.MATERIAL, kind) for kind in (
        "book", "serial", "map", "manuscript", "thesis", "sound", "video", "electronic", "image", "score", "software",
    )),
    (Field.DEWEY, "895.922"), (Field.DEWEY, "895*"), (Field.DEWEY, "3*"), (Field.DEWEY, "39?.*"),
    (Field.DEWEY, "959.7"),
    (Field.CLASSIFICATION, "398*"), (Field.CLASSIFICATION, "*597*"), (Field.LC_CLASS, "PL*"),
    (Field.CALL_NUMBER, "895*"), (Field.CALL_NUMBER, "*NG"), (Field.CALL_NUMBER, "398.2 TR"),
    (Field.CALL_NUMBER, "39*"),
    (Field.CONTROL_NUMBER, "BKT*"), (Field.CONTROL_NUMBER, "*1"), (Field.CONTROL_NUMBER, "(OCoLC)*"),
    (Field.ISBN, "978*"), (Field.ISBN, "604*"), (Field.ISBN, "978-604*"), (Field.ISBN, "*"), (Field.ISBN, "abc"),
    (Field.ISSN, "*"), (Field.STANDARD_NUMBER, "978604*"), (Field.STANDARD_NUMBER, "http*"),
)  # fmt: skip
RANGES = (
    Range(Field.DATE, "1980", "1990"), Range(Field.DATE, "1980", "1990", False, False), Range(Field.DATE, "2000"),
    Range(Field.DATE, None, "1950"), Range(Field.DATE, "2015", None, False),
    Range(Field.DATE, None, "1960", True, False),
    Range(Field.DATE, "1990", "1980"), Range(Field.DATE), Range(Field.DATE, "2005", "2005"), Range(Field.DATE, "2024"),
    Range(Field.ADDED, "2026-02-01", "2026-02-28"), Range(Field.ADDED, "2026-02"),
    Range(Field.ADDED, None, "2026-02"),
    Range(Field.ADDED, "2026-02", None, False), Range(Field.ADDED, None, "2026-02", True, False),
    Range(Field.MODIFIED, "2026-03-01", "2026-03-05"), Range(Field.MODIFIED, "2027"),
    Range(Field.ADDED, "2026", "2026"),
    Range(Field.DEWEY, "300", "399.999"), Range(Field.DEWEY, "895"), Range(Field.DEWEY, None, "200"),
    Range(Field.CLASSIFICATION, "630", "640", True, False), Range(Field.CALL_NUMBER, "390", "391", False, True),
    Range(Field.CONTROL_NUMBER, "bkt000100", "bkt000200"),
)  # fmt: skip


def contract(records: list[tuple[Record, str]]) -> Iterator[Query]:
    """Every query of the contract."""
    for text in (*WORDS, *MASKED):
        yield Term(Field.ANY, text)
        yield Term(Field.ANY, text, Match.PHRASE)
        yield Term(Field.TITLE, text, Match.FIRST)
        yield Term(Field.ANY, text, exact=True)
    for text in WORDS:
        yield Term(Field.ANY, text, Match.SOME)
        yield Term(Field.TITLE, unicodedata.normalize("NFD", text), Match.PHRASE, exact=True)
    for field in TEXT_FIELDS:
        for text in ("Bắc Kạn", "thái nguyên", "van hoc", "hà nội", "nguy*", "tày", "*"):
            yield Term(field, text)
        yield Term(field, "Thái Nguyên", Match.WHOLE)
        yield Term(field, "việt nam", Match.PHRASE, exact=True)
        yield Term(field, "truyen ng*", Match.FIRST)
    for field, text in KEYS:
        yield Term(field, text)
    yield Term(Field.LANGUAGE, "tyz chi", Match.SOME)
    yield Term(Field.DEWEY, "959.7 895.922", Match.SOME)
    yield from RANGES
    yield from _places()
    yield from _near()
    yield from _joined()
    yield from _taken_from(records)


def _places() -> Iterator[Query]:
    for name in ("Bắc Kạn", "Bắc Cạn", "bac can", "Thái Nguyên", "Bắc Thái", "Hà Nội", "H.", "Ba Bể", "Chợ Rã"):
        for field in (Field.PLACE, Field.SUBJECT_PLACE):
            yield Term(field, name, Match.PHRASE)
            yield Term(field, name, Match.WHOLE, exact=True)
    for name in ("H.", "HN", "Hanoi", "Hà Nội", "[H.]", "TP.HCM", "T.P. Hồ Chí Minh", "Saigon", "S."):
        for how in (Match.ALL, Match.SOME, Match.PHRASE):
            yield Term(Field.PLACE, name, how)


def _near() -> Iterator[Query]:
    pairs = (("dân", "tày"), ("bắc", "kạn"), ("kạn", "bắc"), ("nguyễn", "du"), ("van hoc", "viet nam"), ("ho", "be"))
    for left, right in pairs:
        for distance in (1, 2, 3, 7, 16):
            yield Near(Term(Field.ANY, left), Term(Field.ANY, right), distance)
        yield Near(Term(Field.TITLE, left), Term(Field.TITLE, right), 4, ordered=True)


def _joined() -> Iterator[Query]:
    title, author = Term(Field.TITLE, "truyen"), Term(Field.AUTHOR, "nguyen")
    viet, old, here = Term(Field.LANGUAGE, "vie"), Range(Field.DATE, None, "1990"), Term(Field.ANY, "bắc kạn")
    yield And((title, author))
    yield Or((title, author, here))
    yield Not(here, viet)
    yield Not(Everything(), here)
    yield Not(viet, Or((old, here)))
    yield And((viet, Not(here, title), Or((old, author))))
    yield Not(Not(viet, old), Not(here, author))
    yield Not(Everything(), Everything())
    yield And((Not(Everything(), title), Not(Everything(), author)))
    yield Or((Not(here, viet), And((old, title))))
    yield Not(And((here, viet)), Or((Not(old, title), author)))
    yield And(())
    yield Or(())
    yield Everything()
    yield And((Everything(), Term(Field.ANY, "b?c*"), Range(Field.DATE, "2000")))
    yield And((here, Term(Field.ACCESS, "online")))
    yield Not(viet, Term(Field.ACCESS, "online"))
    yield Not(Term(Field.SUBJECT, "*"), Term(Field.SUBJECT_PLACE, "*"))


def _taken_from(records: list[tuple[Record, str]]) -> Iterator[Query]:
    """Titles, names, subjects and numbers as they stand in every thirtieth record."""
    for record, _ in records[::30]:
        for field in record.select("245"):
            title = " ".join(field.all("abfgknps")).replace("*", "").replace("?", "").replace("\\", "")
            yield Term(Field.TITLE, title, Match.WHOLE)
            yield Term(Field.TITLE, unicodedata.normalize("NFD", title.upper()), Match.WHOLE, exact=True)
            yield Term(Field.TITLE_PROPER, " ".join(title.split()[:3]), Match.FIRST)
            yield Term(Field.ANY, title)
        for field in record.select("100"):
            yield Term(Field.AUTHOR, field.get("a"), Match.PHRASE)
        for field in record.select("650", "653"):
            yield Term(Field.SUBJECT, field.get("a"), Match.WHOLE, exact=True)
        yield Term(Field.CONTROL_NUMBER, record.control("001"))
    for record, _ in records:
        for number, field in enumerate(record.select("020", "022")):
            text = field.get("a")
            if number == 0 and text and hash_of(text) % 6 == 0:
                yield Term(Field.ISBN if field.tag == "020" else Field.ISSN, text)
                yield Term(Field.ANY, text.split()[0])
                if text[:3] == "978":
                    plain = text.replace("-", "").replace(" ", "")[:13]
                    yield Term(Field.STANDARD_NUMBER, f"{plain[:3]}-{plain[3:6]} {plain[6:]}")
                    yield Term(Field.ISBN, plain[3:11] + "*")


def hash_of(text: str) -> int:
    return sum(map(ord, text))
