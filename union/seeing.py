"""What sketches show of pairs: for each comparison the state it is in, so many pairs at once as one likes.

Beside `union.comparison`, whose levels it foretells: a state is a few levels of which the pair has one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from union.comparison import AUTHORS
from union.rules import KINDS
from union.sketches import COLUMNS, HERE, INITIALS, MAIN, MARKED, REVISED

DTYPE: Final = np.dtype([(name, kind, (many,)) if many > 1 else (name, kind) for name, kind, many in COLUMNS])
Rows = NDArray[np.int64]
"""Numbers of any width."""
Mask = NDArray[np.bool_]
Places = NDArray[np.intp]
Indices = Places | Sequence[int]
Sides = tuple[Rows, Rows]

BOOK: Final = KINDS.index("book")
_HERE_BOOK: Final = KINDS.index("vietnamese")
_ELECTRONIC: Final = KINDS.index("electronic")
_PRINT, _ONLINE, _FILM = map(ord, "pof")


def table_of(sketches: Sequence[bytes]) -> Mapping[str, Rows]:
    """Sketches by columns."""
    rows: Any = np.frombuffer(b"".join(sketches), DTYPE)
    return {name: np.ascontiguousarray(rows[name]) for name, *_ in COLUMNS}


class Pairs:
    """Pairs of sketches, given as places in a table of them. What several questions ask is found once."""

    def __init__(self, sketches: Mapping[str, Rows], left: Indices, right: Indices) -> None:
        self._sketches, self._left, self._right = sketches, left, right
        self._sides: dict[str, Sides] = {}

    def sides(self, name: str) -> Sides:
        """One column of both."""
        found = self._sides.get(name)
        if found is None:
            column = self._sketches[name]
            found = self._sides[name] = column[self._left], column[self._right]
        return found

    def both(self, name: str) -> Mask:
        """Whether both have a value."""
        a, b = self.sides(name)
        found: Mask = (a != 0) & (b != 0)
        return found

    def either(self, name: str) -> Mask:
        """Whether one has a value, or both."""
        a, b = self.sides(name)
        found: Mask = (a != 0) | (b != 0)
        return found

    def maybe(self, name: str) -> Mask:
        """Whether the values may be the same; else they surely are not."""
        a, b = self.sides(name)
        found: Mask = a == b
        return found

    def apart(self, name: str) -> Mask:
        """Whether two sets surely have nothing in common."""
        a, b = self.sides(name)
        found: Mask = (a & b) == 0
        return found

    def flagged(self, flag: int) -> Sides:
        """Whether each has a flag."""
        a, b = self.sides("flags")
        return (a & flag) != 0, (b & flag) != 0

    def any_flagged(self, flag: int) -> Mask:
        """Whether one has a flag, or both."""
        a, b = self.sides("flags")
        found: Mask = ((a | b) & flag) != 0
        return found

    @cached_property
    def table(self) -> Places:
        """By which table of weights they are compared (`union.scoring.Scorer.kind`)."""
        a, b = self.sides("kind")
        c, d = self.sides("carrier")
        book = np.where(self.any_flagged(HERE), _HERE_BOOK, BOOK)
        book = np.where((c == _ONLINE) & (d == _ONLINE), _ELECTRONIC, book)
        return np.where((a != b) | (a == BOOK), book, a)

    @cached_property
    def gap(self) -> NDArray[np.int16]:
        """The least difference between a year of one and a year of the other."""
        a, b = self.sides("years")
        return np.abs(a[:, :, None] - b[:, None, :]).min(axis=(1, 2))  # type: ignore[no-any-return]

    @cached_property
    def first_years(self) -> Sides:
        """The first year of each, 0 where there is none."""
        a, b = self.sides("years")
        return a[:, 0], b[:, 0]

    @cached_property
    def languages_differ(self) -> Mask:
        """Whether the languages of both surely cannot be of one book (`union.comparison.languages_differ`)."""
        a, b = self.sides("languages")
        several = (a > 1) & (b > 1) & ~self.maybe("language")
        return self.both("language") & (self.apart("language_set") | several)

    @cached_property
    def numbers_differ(self) -> Mask:
        """Whether each title surely has a number that the other has not."""
        a, b = self.sides("number_set")
        found: Mask = ((a & ~b) != 0) & ((b & ~a) != 0)
        return found

    @cached_property
    def year(self) -> Places:
        """The place in `YEARS`."""
        (a, b), gap = self.first_years, self.gap
        one, other = self.sides("years")
        in_other = (one == b[:, None]).any(axis=1) | (other == a[:, None]).any(axis=1)
        near = np.abs(a - b) <= 2
        cases = [(a == 0) | (b == 0), a == b, in_other & near, in_other, gap == 0, gap == 1, gap == 2, gap <= 10]
        return np.select(cases, range(8), 8)

    @cached_property
    def pages(self) -> Places:
        """The place in `PAGES`."""
        (a, b), (v, w) = self.sides("pages"), self.sides("volumes")
        a, b = a.astype(np.int64), b.astype(np.int64)
        gap, larger = np.abs(a - b), np.maximum(a, b)
        sets, counted = (v > 1) | (w > 1), (v != 0) & (w != 0)
        cases = [
            sets & counted & (v == w), sets & counted, sets, (a == 0) | (b == 0), (gap == 0) & (a > 1), gap == 0,
            (gap <= 2) & (larger > 20), (gap <= 8) & (larger > 60), gap * 8 <= larger,
        ]  # fmt: skip
        return np.select(cases, range(9), 9)


YEARS: Final = (
    "missing", "equal", "shared", "shared_reissue", "shared_other", "off_by_one", "off_by_two", "off_by_few", "far",
)  # fmt: skip
"""The levels of `year`, which sketches show as they are."""
PAGES: Final = (
    "volumes_equal", "volumes_differ", "volumes_or_pages", "missing", "equal", "equal_one", "off_by_two", "near",
    "differ_little", "differ",
)  # fmt: skip
"""The levels of `pages`, which sketches show as they are."""


# --- the others: each finds the place of a state in the row that stands beside it in `LOOKS` --------------------------


def _volume(pairs: Pairs) -> Places:
    (a, b), (c, d) = pairs.sides("volume"), pairs.sides("part")
    (p, q), same = pairs.sides("pages"), pairs.maybe("volume")
    cases = [
        ~same & (a != 0) & (b != 0), ~same & ((p == q) | (p == 0) | (q == 0)), ~same,
        (a == 0) & (c == 0) & (d == 0), (c != 0) == (d != 0),
    ]  # fmt: skip
    return np.select(cases, range(5), 5)


def _carrier(pairs: Pairs) -> Places:
    a, b = pairs.sides("carrier")
    return np.where(a == b, 0, np.where(filmed(pairs), 2, 1))


def filmed(pairs: Pairs) -> Mask:
    """Whether one is in print and the other on film: perhaps a film of the book."""
    a, b = pairs.sides("carrier")
    found: Mask = ((a == _PRINT) & (b == _FILM)) | ((a == _FILM) & (b == _PRINT))
    return found


def _language(pairs: Pairs) -> Places:
    return np.select([~pairs.both("language"), pairs.languages_differ], [0, 1], 2)


def _numbers(pairs: Pairs) -> Places:
    cases = [~pairs.either("number_set"), pairs.numbers_differ, ~pairs.maybe("number_set")]
    return np.select(cases, range(3), 3)


def _edition(pairs: Pairs) -> Places:
    (a, _), (m, n) = pairs.sides("edition"), pairs.sides("ordinal")
    numbered, both = pairs.both("ordinal"), pairs.both("edition")
    first = (np.where(a != 0, m, n) <= 1) & ~pairs.any_flagged(REVISED)
    cases = [
        ~pairs.either("edition"), both & pairs.maybe("edition"), both & numbered & (m != n), both & numbered, both,
        first,
    ]  # fmt: skip
    return np.select(cases, range(6), 6)


def _of_sets(name: str) -> Callable[[Pairs], Places]:
    def look(pairs: Pairs) -> Places:
        return np.select([~pairs.both(name), pairs.apart(name)], [0, 1], 2)

    return look


def _place(pairs: Pairs) -> Places:
    both, same, countries = pairs.both("place"), pairs.maybe("country"), pairs.both("country")
    cases = [
        both & pairs.maybe("place"), both & countries & same, both & countries, both, countries & same, countries,
    ]  # fmt: skip
    return np.select(cases, range(6), 6)


def _height(pairs: Pairs) -> Places:
    a, b = pairs.sides("height")
    gap = np.abs(a.astype(np.int32) - b)
    return np.select([~pairs.both("height"), gap == 0, gap == 1, gap == 2], range(4), 4)


def _series(pairs: Pairs) -> Places:
    return np.select([~pairs.either("series"), ~pairs.both("series")], [0, 1], 2)


def _statement(pairs: Pairs) -> Places:
    return np.select([~pairs.both("statement"), ~pairs.maybe("statement")], [0, 1], 2)


def _host(pairs: Pairs) -> Places:
    return np.where(pairs.both("host"), 1, 0)


def _marks(pairs: Pairs) -> Places:
    return np.where(pairs.maybe("title") & pairs.any_flagged(MARKED), 1, 0)


def publisher(pairs: Pairs) -> Places:
    """The place in `PUBLISHERS`."""
    return np.select([~pairs.both("publisher"), pairs.apart("publisher_words")], [0, 1], 2)


def author(pairs: Pairs) -> Places:
    """The place in `BY`."""
    (a, b), (main, other) = pairs.sides("name"), pairs.flagged(MAIN)
    (f, g), (s, t) = pairs.sides("first_words"), pairs.sides("statement_words")
    said = ((f != 0) & ((f & ~t) == 0)) | ((g != 0) & ((g & ~s) == 0))
    stated = pairs.both("statement")
    strange = pairs.apart("name_words") & ~pairs.any_flagged(INITIALS)
    # Who is alone with a name is looked for in the statement of the other.
    other_says = np.where(a != 0, pairs.sides("statement")[1] != 0, pairs.sides("statement")[0] != 0)
    alone = np.where(said, 3, np.where(other_says, 2, 1))
    apart = 5 + 4 * (main != other) + 2 * said + stated
    return np.select([(a == 0) & (b == 0), (a == 0) | (b == 0), strange], [0, alone, apart], 4)


PUBLISHERS: Final = (("missing",), ("alike", "different"), ("equal", "contained", "alike", "overlap", "different"))
BY: Final = (
    ("none",), ("one_missing",), ("unnamed",), ("unnamed", "in_statement"), AUTHORS,
    *(
        (level, *(("in_statement",) if said else ()), *(("other_entry",) if stated else ()))
        for level in ("different", "different_entry") for said in (False, True) for stated in (False, True)
    ),
)  # fmt: skip
LOOKS: Final[Mapping[str, tuple[Callable[[Pairs], Places], tuple[tuple[str, ...], ...]]]] = {
    "volume": (_volume, (
        ("differ",), ("one_missing",), ("one_missing_other_pages",), ("none",), ("equal", "part_differs", "differ"),
        ("part_missing", "differ"),
    )),
    "carrier": (_carrier, (("equal",), ("differ",), ("film_of_book", "differ"))),
    "language": (_language, (("missing",), ("differ",), ("equal", "differ"))),
    "numbers": (_numbers, (("none",), ("differ",), ("subset", "differ"), ("equal", "subset", "differ"))),
    "edition": (_edition, (
        ("none",), ("equal", "differ", "alike", "worded_differently"), ("differ",), ("equal", "differ"),
        ("alike", "worded_differently"), ("one_missing",), ("later_missing",),
    )),
    "isbn": (_of_sets("isbn_set"), (("missing",), ("differ",), ("equal", "shared", "differ"))),
    "issn": (_of_sets("issn_set"), (("missing",), ("differ",), ("equal", "differ"))),
    "identifier": (_of_sets("identifier_set"), (
        ("missing",), ("differ", "missing"), ("equal", "differ", "missing"),
    )),
    "place": (_place, (
        ("equal", "alike", "same_country", "other_country", "differ"), ("alike", "same_country", "other_country"),
        ("alike", "other_country"), ("alike", "differ"), ("country_only", "other_country"), ("other_country",),
        ("missing",),
    )),
    "height": (_height, (("missing",), ("equal",), ("off_by_one",), ("off_by_two",), ("differ",))),
    "series": (_series, (
        ("missing",), ("one_missing",), ("alike", "differ", "equal", "number_differs", "number_equal"),
    )),
    "subjects": (_of_sets("subject_set"), (("missing",), ("differ",), ("equal", "overlap", "differ"))),
    "statement": (_statement, (
        ("missing",), ("prefix", "different", "alike", "resembling"),
        ("equal", "prefix", "different", "alike", "resembling"),
    )),
    "host": (_host, (("missing",), ("equal", "differ"))),
    "marks": (_marks, (("none",), ("none", "one_bare", "equal", "differ", "partly"))),
}  # fmt: skip
"""Of every comparison but year, pages, publisher, author and title, whose levels weigh together as well: what finds its
state, and the levels that it may have in each."""
