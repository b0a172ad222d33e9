"""What people type into one box, as a query. Any text is one: there is nothing to get wrong.

truyện kiều                    every word, anywhere
"truyện kiều"                  the words beside one another
tác-giả:"Nguyễn Du"            in a field, by its Vietnamese or English name, with or without diacritics
=Bắc                           with just these diacritics
-thơ   -chủ-đề:thơ             without
kiều OR hoặc                   one or the other (OR, HOẶC, |)
năm:1990-1999   năm:>=2000     years and days
việt*                          words that begin so
"""

from __future__ import annotations

import re
from typing import Final

from foundation.limits import SEARCH_TERM_CHARACTERS
from search.fields import KEYS, NUMBERS, TEXT
from search.query import And, Everything, Field, Match, Not, Or, Query, Range, Term
from vietnamese.text import fold, normalise

NAMES_VI: Final = {
    "nhan đề": Field.TITLE, "tên sách": Field.TITLE, "nhan đề chính": Field.TITLE_PROPER, "tùng thư": Field.SERIES,
    "tác giả": Field.AUTHOR, "tên người": Field.NAME, "tập thể": Field.CORPORATE_AUTHOR, "chủ đề": Field.SUBJECT,
    "từ khoá": Field.SUBJECT, "nhân vật": Field.SUBJECT_PERSON, "địa danh": Field.SUBJECT_PLACE,
    "thể loại": Field.GENRE, "nhà xuất bản": Field.PUBLISHER, "nxb": Field.PUBLISHER, "nơi xuất bản": Field.PLACE,
    "ghi chú": Field.NOTE, "tóm tắt": Field.ABSTRACT, "số": Field.STANDARD_NUMBER, "số kiểm soát": Field.CONTROL_NUMBER,
    "mã": Field.IDENTIFIER, "phân loại": Field.CLASSIFICATION, "ddc": Field.DEWEY, "ký hiệu": Field.CALL_NUMBER,
    "kí hiệu": Field.CALL_NUMBER, "ngôn ngữ": Field.LANGUAGE, "nước": Field.COUNTRY, "loại": Field.MATERIAL,
    "truy cập": Field.ACCESS, "thư viện": Field.LIBRARY, "bộ sưu tập": Field.COLLECTION, "năm": Field.DATE,
    "ngày thêm": Field.ADDED, "ngày sửa": Field.MODIFIED, "mọi nơi": Field.ANY,
}  # fmt: skip
"""What librarians call the fields. In the box the words of a name are joined: nhan-đề:, nhan_đề:, nhanđề:."""
_CLAUSES: Final = 100
"""Clauses that are read; nobody types more, and what is pasted is found by its beginning."""
_CLAUSE: Final = re.compile(
    r"""(?P<or>(?:OR|HOẶC|\|\|?)(?=\s|$))
      | (?P<minus>[-−])?(?:(?P<field>[^\s:"“”|]{1,40}):(?=\S))?(?P<exact>=)?
        (?:["“”„](?P<phrase>[^"“”„]*)(?:["“”„]|$)|(?P<word>[^\s"“”„]+))
      | \S""",
    re.VERBOSE,
)
_SPAN: Final = re.compile(r"(\d{4}(?:-\d\d){0,2})?(?:\.\.|[–—]|-(?=\d{4}))(\d{4}(?:-\d\d){0,2})?")
_BOUND: Final = re.compile(r"([<>]=?)(\d{4}(?:-\d\d){0,2})")
_POINT: Final = re.compile(r"\d{4}(?:-\d\d){0,2}")


def named(name: str) -> Field | None:
    """The field that `name` means, in Vietnamese or English, with or without diacritics; None when it means none."""
    return _FIELDS.get(_key(name))


def parse(text: str) -> Query:
    """The query of what was typed. An empty text finds everything. Never raises."""
    alternatives: list[list[tuple[bool, Query]]] = [[]]
    words: list[str] = []

    def close() -> None:
        """Words in a row are one term."""
        if words:
            alternatives[-1].append((True, Term(Field.ANY, " ".join(words))))
            words.clear()

    text = normalise(text[:SEARCH_TERM_CHARACTERS])
    for number, match in enumerate(_CLAUSE.finditer(text)):
        if number == _CLAUSES:
            break
        if match["or"]:
            close()
            if alternatives[-1]:
                alternatives.append([])
            continue
        value = match["word"] if match["phrase"] is None else match["phrase"]
        if value is None:
            continue
        field = named(match["field"]) if match["field"] else Field.ANY
        if field is None:  # no name of a field: a word with a colon in it
            field, value = Field.ANY, f"{match['field']} {value}"
        plain = match["phrase"] is None and not match["minus"] and not match["exact"] and field is Field.ANY
        if plain:
            words.append(_literal(value))
            continue
        close()
        clause = _clause(field, value, match["phrase"] is not None, bool(match["exact"]))
        alternatives[-1].append((not match["minus"], clause))
    close()
    found = [_joined(clauses) for clauses in alternatives if clauses]
    return Everything() if not found else found[0] if len(found) == 1 else Or(tuple(found))


def _clause(field: Field, value: str, phrase: bool, exact: bool) -> Query:
    if field in NUMBERS:
        return _numbers(field, value.strip())
    how = Match.PHRASE if phrase and field in (*TEXT, Field.ANY) else Match.ALL
    return Term(field, _literal(value), how, exact and field not in KEYS)


def _numbers(field: Field, value: str) -> Query:
    """A date or a stretch of time; what is neither is searched as words."""
    if _POINT.fullmatch(value):
        return Term(field, value)
    if (span := _SPAN.fullmatch(value)) and (span[1] or span[2]):
        return Range(field, span[1], span[2])
    if bound := _BOUND.fullmatch(value):
        included = bound[1].endswith("=")
        if bound[1][0] == ">":
            return Range(field, bound[2], None, low_included=included)
        return Range(field, None, bound[2], high_included=included)
    return Term(Field.ANY, _literal(value))


def _joined(clauses: list[tuple[bool, Query]]) -> Query:
    wanted = tuple(query for kept, query in clauses if kept)
    taken = tuple(query for kept, query in clauses if not kept)
    kept: Query = Everything() if not wanted else wanted[0] if len(wanted) == 1 else And(wanted)
    return Not(kept, taken[0] if len(taken) == 1 else Or(taken)) if taken else kept


def _literal(value: str) -> str:
    """`value` as a term: of the masks only `*` is meant; who asks a question ends it with a question mark."""
    return value.replace("\\", "\\\\").replace("?", "\\?")


def _key(name: str) -> str:
    return re.sub(r"[\s_\-]", "", fold(normalise(name)))


_FIELDS: Final = {_key(name): field for name, field in NAMES_VI.items()} | {_key(field.value): field for field in Field}
