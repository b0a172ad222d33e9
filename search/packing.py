"""How a document is packed into the few fields of an engine: the same for all of them.

Every field of an engine costs something in every record, so index fields share one, each with a prefix on its tokens.
Only those that measure relevance, the words of everything and of the title, have one of their own.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any, Final

from search.analysis import MANY, ONE
from search.document import AUTHOR, CALL, GENRE, LANGUAGE, PLACE, SUBJECT, TITLE, Document
from search.fields import ALL, EXACT, KEY_NAMES, MARKED, NUMBERS, STARTS
from search.plan import Between
from search.query import Field

POSITIONED: Final = ("t", "folded", "exact")
"""Fields of an engine with the places of tokens."""
KEYS: Final = "keys"
SPANS: Final = tuple(dict.fromkeys(name for pair in NUMBERS.values() for name in pair))
COLUMNS: Final = {TITLE: "o_title", AUTHOR: "o_author", CALL: "o_call", LANGUAGE: "o_language"}
"""`Field.value` → column that is sorted by."""
SORTED: Final = {
    **{Field(kind): name for kind, name in COLUMNS.items()},
    Field.DATE: "from", Field.ADDED: "added", Field.MODIFIED: "modified",
}  # fmt: skip
_BY_KEY: Final = ("library", "collection", "material", "language", "country")
_BY_HEADING: Final = (SUBJECT, AUTHOR, GENRE, PLACE)
COUNTED: Final = {Field(name): f"f_{name}" for name in (*_BY_KEY, *_BY_HEADING)}
"""Facet → column. The facet of dates is the column `from`."""
_NAMED: Final = frozenset((*KEY_NAMES, STARTS))


def place(index: str) -> tuple[str, str]:
    """The engine's field of an index field, and what its tokens begin with there."""
    if index in (ALL, MARKED, "t"):
        return index, ""
    if index in _NAMED:
        return KEYS, index + ":"
    return ("exact", index[: -len(EXACT)] + ":") if index.endswith(EXACT) else ("folded", index + ":")


def packed(one: Document) -> dict[str, Any]:
    """The fields of an engine: texts are tokens parted by blanks, `keys` and columns of facets are lists."""
    words, titles, folded, exact, marked, _ = one.texts
    said: dict[str, Any] = {
        "record": one.number,
        "version": one.version,
        "added": one.added,
        "modified": one.modified,
        ALL: words,
        "t": titles,
        "folded": folded,
        "exact": exact,
        MARKED: marked,
        KEYS: one.keys,
    }
    if one.years is not None:
        said["from"], said["to"] = one.years
    for kind, key in one.order.items():
        said[COLUMNS[kind]] = key
    for name, codes in one.codes.items():
        said["f_" + name] = codes
    for name in _BY_HEADING:
        if name in one.shown:
            said["f_" + name] = one.shown[name]
    return said


def pattern(token: str) -> str:
    """A token with masks as a regular expression, in the syntax that Python and Rust share."""
    return "".join(".*" if char == MANY else "." if char == ONE else re.escape(char) for char in token)


def common(node: Between) -> str:
    """What every key between two ends begins with."""
    if node.low is None or node.high is None:
        return ""
    length = 0
    while length < min(len(node.low), len(node.high)) and node.low[length] == node.high[length]:
        length += 1
    return node.low[:length]


def within(node: Between, keys: Iterable[str]) -> list[str]:
    """Those of `keys` (with their prefix) that lie between the ends."""
    begin = place(node.index)[1]
    found = []
    for whole in keys:
        key = whole.removeprefix(begin)
        above = node.low is None or key > node.low or (key == node.low and node.low_included)
        below = node.high is None or key < node.high or (key == node.high and node.high_included)
        if above and below:
            found.append(whole)
    return found
