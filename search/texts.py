"""The texts of a record as engines take them: its words, and its values between edges.

Here one record is looked at by itself, word by word; `search.run_texts` does the same for many at once.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

from marc.record import FIELD_TERMINATOR, SUBFIELD_DELIMITER
from search import analysis
from search.analysis import BEGUN, EDGE, FILLERS
from search.fields import EACH, PLAIN, REST, RULES, WRITTEN

BESIDES: Final = "000"
"""Tag of a field that no record has: what is known besides what a record says. Every subfield is a value."""
KNOWN: Final = (("o", REST), ("l", "lx"), ("h", "hx"))
"""Code of a subfield of it → index field: numbers in another form, other names of places."""
TEXT_RULES: Final = RULES | {BESIDES: tuple((name, code) for code, name in KNOWN)}
EVERY: Final = EACH | {(BESIDES, name) for _, name in KNOWN}
_OWN_WORDS: Final = frozenset(WRITTEN)


class Texts(NamedTuple):
    """Tokens, with a blank behind each."""

    words: str = ""
    """The folded tokens of every word, in no order that means anything."""
    titles: str = ""
    """The folded tokens of titles proper, between edges."""
    folded: str = ""
    """Those of everything else between edges, each behind the name of its index field."""
    exact: str = ""
    """The exact ones of everything, likewise; without those of `PLAIN`, which `folded` has. Between two values of one
    index field stand fillers, in this and the two before it."""
    marked: str = ""
    """The exact tokens that are not ASCII, of every word."""
    begun: str = ""
    """The first two letters of the folded tokens of every word, each pair once and behind an edge."""


def texts(text: str) -> Texts:
    """The texts of a record (packed)."""
    words = titles = folded = exact = marked = ""
    met: set[str] = set()
    for part in text.split(FIELD_TERMINATOR)[1:]:
        for index, value in _values(part):
            exactly, plainly, marks = analysis.tokens(value)
            if not exactly:
                continue
            name = PLAIN if index == REST and exactly == plainly else index
            apart = FILLERS if name in met else ""
            met.add(name)
            if name in _OWN_WORDS:
                words += plainly
                marked += marks
            if name == "t":
                titles += apart + _between_edges("", plainly)
            else:
                folded += apart + _between_edges(f"{name}:", plainly)
            if name != PLAIN:
                exact += apart + _between_edges(f"{name}:", exactly)
    begun = sorted({word[:BEGUN] for word in words.split() if len(word) >= BEGUN})
    return Texts(words, titles, folded, exact, marked, "".join([f"{EDGE}{letters} " for letters in begun]))


def _between_edges(begin: str, tokens: str) -> str:
    first = tokens[: tokens.index(" ")]
    return f"{begin}{EDGE}{first} {begin}{tokens.replace(' ', f' {begin}')}{EDGE} "


def _values(part: str) -> Iterator[tuple[str, str]]:
    """What a field says: index field and text of each value."""
    tag = linked(part) if part[:3] == "880" else part[:3]
    if tag in TEXT_RULES:
        pieces = [piece for piece in part.split(SUBFIELD_DELIMITER)[1:] if piece]
        for name, codes in TEXT_RULES[tag]:
            chosen = [piece[1:] for piece in pieces if piece[0] in codes]
            if (tag, name) in EVERY:
                yield from ((name, value) for value in chosen)
            elif chosen:
                yield name, " ".join(chosen)


def linked(part: str) -> str:
    """The tag of the field that an 880 is the other script of (MARC 21, appendix A, $6)."""
    tag = next((piece[1:4] for piece in part.split(SUBFIELD_DELIMITER)[1:] if piece[:1] == "6"), "")
    return tag if tag in RULES else ""
