"""What answers are counted by, in tantivy.

The engine counts numbers of which every record has one in a fourteenth of the time that it needs for several texts of a
record. So every value of a facet has a number in the index, given by its writer; the first values of a record stand in
columns of their own, nought where there is none, and only what is beyond them in a column of several values. What a
number stands for are keys in a document that is no record, written in the same commit and never deleted: one to find
the number by the text, and one to find the text by the number.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from heapq import nlargest
from typing import Any, Final, NamedTuple

from search.index import Counted, Facet
from search.packing import COUNTED, KEYS
from search.query import Field

_SINGLE: Final = {
    COUNTED[field]: places
    for field, places in ((Field.SUBJECT, 3), (Field.AUTHOR, 2), (Field.LANGUAGE, 2), (Field.MATERIAL, 2))
}
"""Columns of one value of a facet; of others it is one."""
SINGLE: Final = {
    name: tuple(f"{name}{place}" for place in range(1, _SINGLE.get(name, 1) + 1)) for name in COUNTED.values()
}
SEVERAL: Final = tuple(COUNTED.values())
"""Columns of what is beyond those."""
NONE: Final = {column: 0 for columns in SINGLE.values() for column in columns}
"""What a document has that has no value. One without would make the columns of its whole segment slow."""

_BY_TEXT, _BY_NUMBER, _END = "\x03", "\x04", "\x00"
_HELD: Final = 200_000
"""Values of which the writer remembers the number, of 150 bytes each."""
_NAMED: Final = 50_000
"""Numbers of which a reader remembers the text."""
_TIES: Final = 100
"""Values behind the last one wanted that are looked at, so that of equally frequent ones the first by name is given."""
_FEW: Final = 1_000
"""An answer of so few records is counted by all its values at once."""
_TIMES: Final = 10
"""So many times the values wanted are asked of a column; and so many times those, if they tell too little."""
_EVERY_VALUE: Final = 65_000
"""Values a segment may give for a column: with fewer the most frequent of all could be counted wrong."""


class Numbers:
    """The numbers that a writer gives to values, from one on for each facet."""

    def __init__(self, searcher: Any) -> None:
        self.searcher = searcher
        """Of the last commit."""
        self._known: dict[str, dict[str, int]] = {name: {} for name in SEVERAL}
        self._last = {name: _last(searcher, name) for name in SEVERAL}
        self._all_known = not any(self._last.values())
        self._fresh: list[str] = []

    def place(self, said: dict[str, Any]) -> None:
        """Put numbers in columns into what is said of a record, in place of the texts of `packing.packed`."""
        said |= NONE
        for name, known in self._known.items():
            texts = said.pop(name, None)
            if not texts:
                continue
            columns = SINGLE[name]
            if len(texts) == 1:  # nearly all
                said[columns[0]] = known.get(texts[0]) or self._number(name, texts[0])
                continue
            numbers = [known.get(text) or self._number(name, text) for text in dict.fromkeys(texts)]
            said.update(zip(columns, numbers, strict=False))
            if len(numbers) > len(columns):
                said[name] = numbers[len(columns) :]

    def fresh(self) -> list[str]:
        """The keys of values that were met since this was asked for last."""
        keys, self._fresh = self._fresh, []
        if sum(map(len, self._known.values())) > _HELD:
            self._known = {name: {} for name in SEVERAL}
            self._all_known = False
        return keys

    def _number(self, name: str, text: str) -> int:
        begin = f"{_BY_TEXT}{name}:{text.replace(_END, ' ')}{_END}"
        found = [] if self._all_known else self._searcher_has(begin)
        if found:
            number = int(found[0][len(begin) :])
        else:
            number = self._last[name] = self._last[name] + 1
            self._fresh += (f"{begin}{number}", f"{_BY_NUMBER}{name}:{number}{_END}{text}")
        self._known[name][text] = number
        return number

    def _searcher_has(self, begin: str) -> list[str]:
        return [key for key, _ in self.searcher.terms_with_prefix(KEYS, begin, limit=1)]


def _last(searcher: Any, name: str) -> int:
    """The highest number given; there is none left out below it."""
    low, high = 0, 1
    while _text(searcher, name, high) is not None:
        low, high = high, high * 2
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if _text(searcher, name, middle) is not None else (low, middle)
    return low


def _text(searcher: Any, name: str, number: int) -> str | None:
    begin = f"{_BY_NUMBER}{name}:{number}{_END}"
    found = searcher.terms_with_prefix(KEYS, begin, limit=1)
    return str(found[0][0])[len(begin) :] if found else None


class _Column(NamedTuple):
    """How often the values of one column are there."""

    counts: dict[int, int]
    rest: int
    """At most so often each of the others."""


class Tally:
    """Counts what is found. One for an index: what a number stands for never changes."""

    def __init__(self) -> None:
        self._texts: dict[tuple[str, int], str] = {}

    def count(self, searcher: Any, found: Any, facets: Sequence[Facet], records: int) -> list[tuple[Counted, ...]]:
        """The values of each facet among what `found` finds, which are so many records."""
        chosen: dict[Facet, Counter[int]] = {}
        ahead = {facet: _EVERY_VALUE if records <= _FEW else _TIMES * facet.limit for facet in facets}
        while ahead:
            told = _told(searcher, found, {name: size for one, size in ahead.items() for name in _columns(one.field)})
            untold: dict[str, set[int]] = {}
            for facet, size in [*ahead.items()]:
                columns = [told[name] for name in _columns(facet.field)]
                best = _best(columns, facet.limit)
                if best is None and size < _EVERY_VALUE:
                    ahead[facet] = min(size * _TIMES, _EVERY_VALUE)
                    continue
                chosen[facet] = _joined(columns) if best is None else best
                del ahead[facet]
                for name, column in zip(_columns(facet.field), columns, strict=True):
                    if column.rest and (others := chosen[facet].keys() - column.counts.keys()):
                        untold[name] = others
            _complete(searcher, found, chosen, untold)
        return [self._named(searcher, facet, chosen[facet]) for facet in facets]

    def _named(self, searcher: Any, facet: Facet, counts: Counter[int]) -> tuple[Counted, ...]:
        most = sorted(counts.items(), key=lambda one: (-one[1], one[0]))[: facet.limit + _TIES]
        if len(most) > facet.limit:
            last = most[facet.limit - 1][1]
            most = [one for one in most if one[1] >= last]
        named = [Counted(self._name(searcher, facet.field, number), count) for number, count in most]
        return tuple(sorted(named, key=lambda one: (-one.count, one.value))[: facet.limit])

    def _name(self, searcher: Any, field: Field, number: int) -> str:
        if field is Field.DATE:
            return str(number)
        key = COUNTED[field], number
        text = self._texts.get(key)
        if text is None:
            text = _text(searcher, *key) or ""
            if len(self._texts) >= _NAMED:
                self._texts.clear()
            self._texts[key] = text
        return text


def _columns(field: Field) -> tuple[str, ...]:
    return ("from",) if field is Field.DATE else (*SINGLE[COUNTED[field]], COUNTED[field])


def _told(searcher: Any, found: Any, sizes: dict[str, int]) -> dict[str, _Column]:
    """The most frequent values of columns, at most so many of each."""
    terms = {
        name: {"terms": {"field": name, "size": size, "segment_size": _EVERY_VALUE}} for name, size in sizes.items()
    }
    columns: dict[str, _Column] = {}
    for name, answer in searcher.aggregate(found, terms).items():
        counts = {int(bucket["key"]): int(bucket["doc_count"]) for bucket in answer["buckets"]}
        rest = min(counts.values(), default=0) if answer["sum_other_doc_count"] else 0
        counts.pop(0, None)
        columns[name] = _Column(counts, rest)
    return columns


def _joined(columns: Iterable[_Column]) -> Counter[int]:
    counts: Counter[int] = Counter()
    for column in columns:
        counts.update(column.counts)
    return counts


def _best(columns: Sequence[_Column], limit: int) -> Counter[int] | None:
    """The values that may be among the `limit` most frequent, with how often the columns tell of them; None where one
    may be that no column tells of."""
    counts = _joined(columns)
    unseen = sum(column.rest for column in columns)
    if not unseen:
        return counts
    last = min(nlargest(limit, counts.values()), default=0) if len(counts) >= limit else 0
    if unseen >= last:
        return None
    return Counter(
        {
            value: count
            for value, count in counts.items()
            if count + unseen >= last
            and count + sum(column.rest for column in columns if value not in column.counts) >= last
        }
    )


def _complete(searcher: Any, found: Any, chosen: dict[Facet, Counter[int]], wanted: dict[str, set[int]]) -> None:
    """Count these values of columns that did not tell of them: by all of a column, for ranges take thrice as long."""
    told = _told(searcher, found, dict.fromkeys(wanted, _EVERY_VALUE)) if wanted else {}
    for facet, counts in chosen.items():
        for name in _columns(facet.field):
            for value in wanted.get(name, ()):
                counts[value] += told[name].counts.get(value, 0)
