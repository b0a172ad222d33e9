"""A search of the search page as a saved query says it (`catalogue.set_query`), for who keeps a search as a set.

The two ask the same of a record in almost all cases, and not in all: the index knows more of words than a saved query
does. So the page shows what both find before anything is kept.
"""

from __future__ import annotations

import re
from typing import Final

from foundation.errors import Message, RefusedError
from search.query import And, Everything, Field, Match, Not, Or, Query, Range, Term

NOTHING = Message(
    "saved.nothing",
    "chưa tìm gì: hãy tìm trước, rồi lưu câu hỏi ấy.",
    "nothing was searched for: search first, then keep that search.",
)
NO_NAME = Message(
    "saved.no_name",
    "bộ chưa có tên tiếng Việt. Hãy ghi tên mà người đọc sẽ thấy.",
    "the set has no Vietnamese name. Give it the name that readers will see.",
)
NOT_SAID = Message(
    "saved.not_said",
    "câu chọn không viết được phần “{part}” của câu tìm. Hãy bỏ phần ấy, hoặc tự viết câu chọn.",
    "a saved query cannot say “{part}”, a part of the search. Leave it out, or write the query yourself.",
)
_NAMES: Final = {
    Field.ANY: ("any",), Field.TITLE: ("title",), Field.TITLE_PROPER: ("245",), Field.UNIFORM_TITLE: ("130", "240"),
    Field.SERIES: ("series",), Field.NAME: ("author", "600", "610", "611"), Field.AUTHOR: ("author",),
    Field.PERSONAL_AUTHOR: ("100", "700"), Field.CORPORATE_AUTHOR: ("110", "710"),
    Field.CONFERENCE_AUTHOR: ("111", "711"), Field.SUBJECT: ("subject",), Field.SUBJECT_PERSON: ("600",),
    Field.SUBJECT_PLACE: ("651",), Field.GENRE: ("655",), Field.PUBLISHER: ("publisher",),
    Field.PLACE: ("260a", "264a"), Field.NOTE: ("note",), Field.ABSTRACT: ("520",), Field.ISBN: ("020a",),
    Field.ISSN: ("022a",), Field.CONTROL_NUMBER: ("001", "035a"), Field.CLASSIFICATION: ("classification",),
    Field.DEWEY: ("082a",), Field.LC_CLASS: ("050a",),
}  # fmt: skip
"""Fields of the index → names of a saved query, one of which has to hold."""
_CODES: Final = {
    Field.LANGUAGE: "language", Field.MATERIAL: "material", Field.ACCESS: "access", Field.LIBRARY: "library",
    Field.COLLECTION: "collection",
}  # fmt: skip
_YEAR: Final = re.compile(r"\d{1,4}")
_MASK: Final = re.compile(r"(?<!\\)[*?]")


def written(query: Query) -> str:
    """The saved query that asks what `query` asks. Raises RefusedError naming the part that it has no words for."""
    if isinstance(query, Everything):
        raise RefusedError(NOTHING)
    return _said(query)


def _said(query: Query) -> str:
    if isinstance(query, Term):
        return _term(query)
    if isinstance(query, Range):
        return _range(query)
    if isinstance(query, And):
        return " and ".join(map(_part, query.parts))
    if isinstance(query, Or):
        return " or ".join(map(_part, query.parts))
    if isinstance(query, Not):
        without = f"not {_part(query.taken)}"
        return without if isinstance(query.kept, Everything) else f"{_part(query.kept)} and {without}"
    raise RefusedError(NOT_SAID, part=str(query)[:80])


def _part(query: Query) -> str:
    """In brackets where it would fall apart without."""
    text = _said(query)
    return f"({text})" if re.search(r" (and|or) |^not ", _bare(text)) else text


def _bare(text: str) -> str:
    """Without what stands between quotation marks."""
    return re.sub(r'"(?:[^"\\]|\\.)*"', '""', text)


def _term(term: Term) -> str:
    text = term.text.strip()
    if term.field in _CODES and not text.endswith("*"):
        return f"{_CODES[term.field]}={_quoted(_plain(term, text))}"
    if term.field is Field.DATE and _YEAR.fullmatch(text):
        return f"year={text}"
    names = _NAMES.get(term.field)
    if names is None or not text:
        raise RefusedError(NOT_SAID, part=f"{term.field.value}:{text}"[:80])
    sign = "~=" if term.exact else "~"
    # One word after the other may stand anywhere; as a phrase they stand beside one another. A whole heading is asked
    # for as a phrase: its subdivisions are parted by punctuation that a saved query does not compare.
    phrases = text.split() if term.match in (Match.ALL, Match.SOME) else [text]
    said = [_either([f"{name}{sign}{_quoted(_plain(term, one))}" for name in names]) for one in phrases]
    return (" or " if term.match is Match.SOME else " and ").join(said)


def _either(tests: list[str]) -> str:
    return tests[0] if len(tests) == 1 else f"({' or '.join(tests)})"


def _range(query: Range) -> str:
    low, high = query.low or "", query.high or ""
    years = all(not one or _YEAR.fullmatch(one) for one in (low, high))
    if query.field is not Field.DATE or not years or not (query.low_included and query.high_included):
        raise RefusedError(NOT_SAID, part=f"{query.field.value}:{low}..{high}"[:80])
    return f"year={low}..{high}"


def _plain(term: Term, text: str) -> str:
    """The letters that are meant: of the masks a saved query knows a `*` at the end alone."""
    if _MASK.search(text[:-1]) or (text.endswith("?") and not text.endswith("\\?")):
        raise RefusedError(NOT_SAID, part=f"{term.field.value}:{text}"[:80])
    return re.sub(r"\\(.)", r"\1", text)


def _quoted(text: str) -> str:
    if re.fullmatch(r"[a-z0-9][a-z0-9:.-]*", text) and text not in ("and", "or", "not", "exists"):
        return text
    return '"' + re.sub(r'(["“”\\])', r"\\\1", text) + '"'
