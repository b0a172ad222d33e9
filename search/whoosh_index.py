"""The index in Whoosh (pure Python): for machines without wheels and catalogues of some ten thousand records.

Two faults of all its releases are gone around: AndNot returns records it must exclude, so a negation is And with Not
inside; and a refreshed searcher counts updated records twice, so every commit gets a new one. What is found by places,
masks and ranges is worked out here from the postings, and Whoosh is left to join it.
"""

from __future__ import annotations

import re
from array import array
from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from whoosh import fields, index, query
from whoosh.analysis import Token, Tokenizer
from whoosh.matching import ListMatcher, NullMatcher
from whoosh.reading import TermNotFound
from whoosh.writing import LockError

from foundation.errors import LienThongError, StoreError
from foundation.limits import SEARCH_WINDOW
from search import messages
from search.analysis import FILLER, MANY, ONE, has_mask
from search.document import Document
from search.fields import ALL, MARKED
from search.index import EVERYWHERE, Answer, BrokenIndexError, Counted, Facet, Scope, check, check_sorted
from search.packing import (
    COLUMNS,
    COUNTED,
    KEYS,
    POSITIONED,
    SORTED,
    SPANS,
    packed,
    pattern,
    place,
    within,
)
from search.plan import All, Around, Between, Plan, Some, Span, Word, Words, plan
from search.query import Field, Query, SortKey
from search.ranking import ranking

_BUFFER_MEGABYTES: Final = 64
_NONE: Final = -1
_STATE: Final = "state"
"""What the one document goes by that says how far the index is."""
_HEADINGS: Final = "headings"
_PARTED: Final = "\n"


class _Parted(Tokenizer):  # type: ignore[misc]
    """Tokens parted by one character; fillers take a position and are none."""

    def __init__(self, mark: str) -> None:
        self.mark = mark

    def __call__(self, value: str, positions: bool = False, **_: object) -> Iterator[Token]:
        token = Token(positions)
        for position, text in enumerate(value.split(self.mark)):
            if text not in ("", FILLER):
                token.text, token.boost, token.pos, token.stopped = text, 1.0, position, False
                yield token


def _schema() -> fields.Schema:
    schema = fields.Schema(record=fields.ID(unique=True), state=fields.ID(unique=True), seq=fields.STORED())
    for name in POSITIONED:
        schema.add(name, fields.TEXT(analyzer=_Parted(" "), phrase=True))
    for name in (ALL, MARKED, KEYS):
        schema.add(name, fields.TEXT(analyzer=_Parted(" "), phrase=False))
    schema.add(_HEADINGS, fields.TEXT(analyzer=_Parted(_PARTED), phrase=False))
    for name in COLUMNS.values():
        schema.add(name, fields.ID(sortable=True))
    for name in ("number", "version", *SPANS):
        schema.add(name, fields.NUMERIC(int, bits=64, signed=True, sortable=True, default=_NONE))
    return schema


class _Found(query.Query):  # type: ignore[misc]
    """Records that `find` gives for a reader: their numbers there, in order."""

    boost = 1.0

    def __init__(self, find: Callable[[Any], Iterable[int]]) -> None:
        self.error = None
        self._find = find

    def __eq__(self, other: object) -> bool:
        return self is other

    def __hash__(self) -> int:
        return id(self)

    def field(self) -> None:
        return None

    def estimate_size(self, ixreader: Any) -> int:
        return int(ixreader.doc_count())

    def normalize(self) -> _Found:
        return self

    def simplify(self, ixreader: Any) -> _Found:
        return self

    def matcher(self, searcher: Any, context: Any = None) -> Any:
        numbers = list(self._find(searcher.reader()))
        return ListMatcher(numbers, all_weights=1.0) if numbers else NullMatcher()


class WhooshIndex:
    """An index in a folder of its own (`search.index.Index`)."""

    def __init__(self, folder: Path, writable: bool = False) -> None:
        """Open the index in `folder`; a writer makes it when there is none. Raises BrokenIndexError, StoreError."""
        self._writable = writable
        with _faults():
            if not index.exists_in(str(folder)):
                if not writable:
                    raise BrokenIndexError(messages.INDEX_DAMAGED, reason="TOC")
                folder.mkdir(parents=True, exist_ok=True)
                index.create_in(str(folder), _schema())
            self._index = index.open_dir(str(folder), schema=_schema())
            self._generation = self._index.latest_generation()
            self._searcher = self._index.searcher()

    # --- reading --------------------------------------------------------------------------------------------
    def search(
        self,
        query: Query,
        *,
        sort: Sequence[SortKey] = (),
        offset: int = 0,
        limit: int = 20,
        facets: Sequence[Facet] = (),
        scope: Scope = EVERYWHERE,
    ) -> Answer:
        """`Index.search`."""
        check(sort, offset, limit, facets)
        with _faults():
            found = self._ordered(query, sort, scope)
            numbers = self._columns("number", found[offset : offset + limit])
            held = set(found)
            counted = {facet.field: self._count_by(held, facet) for facet in facets}
        return Answer(len(found), tuple(numbers), counted)

    def identifiers(
        self, query: Query, *, sort: Sequence[SortKey] = (), limit: int = SEARCH_WINDOW, scope: Scope = EVERYWHERE
    ) -> tuple[int, array[int]]:
        """`Index.identifiers`."""
        check(sort, 0, limit, ())
        with _faults():
            found = self._ordered(query, sort, scope)
            return len(found), array("q", self._columns("number", found[:limit]))

    def _ordered(self, asked: Query, sort: Sequence[SortKey], scope: Scope) -> list[int]:
        """The engine's numbers of all records found, the first first."""
        parts = [plan(asked), *(Word(name, key) for name, key in scope.keys)]
        wanted = self._node(All(tuple(parts)))
        if sort:
            found = list(self._searcher.docs_for_query(wanted))
            check_sorted(len(found), sort)
            for key in reversed(sort):
                found = self._sorted(found, key)
            return found
        scores = {number: score for score, number in self._searcher.search(wanted, limit=None).top_n}
        for gain, weight in ranking(asked):
            for number in self._searcher.docs_for_query(self._node(gain)):
                if number in scores:
                    scores[number] += weight
        return sorted(scores, key=lambda number: (-scores[number], number))

    def _sorted(self, found: list[int], key: SortKey) -> list[int]:
        column = SORTED[key.field]
        values = dict(zip(found, self._columns(column, found), strict=True))
        valued = [number for number in found if values[number] not in ("", _NONE)]
        without = [number for number in found if values[number] in ("", _NONE)]
        valued.sort(key=values.__getitem__, reverse=key.descending)
        return without + valued if key.missing_first else valued + without

    def _columns(self, name: str, numbers: Iterable[int]) -> list[Any]:
        # Whoosh's own joint column fails when a segment has no such column.
        leaves = list(self._searcher.reader().leaf_readers())
        starts = [start for _, start in leaves]
        columns = [_column(reader, name) for reader, _ in leaves]
        found = []
        for number in numbers:
            leaf = bisect_right(starts, number) - 1
            found.append(columns[leaf](number - starts[leaf]))
        return found

    def _count_by(self, found: set[int], facet: Facet) -> tuple[Counted, ...]:
        counts: Counter[str] = Counter()
        if facet.field is Field.DATE:
            counts.update(str(year) for year in self._columns("from", found) if year != _NONE)
        else:
            begin = COUNTED[facet.field] + ":"
            reader = self._searcher.reader()
            for term in reader.expand_prefix(_HEADINGS, begin):
                text = term.decode()
                if count := sum(number in found for number in _postings(reader, _HEADINGS, text)):
                    counts[text[len(begin) :]] = count
        ordered = sorted(counts.items(), key=lambda one: (-one[1], one[0]))
        return tuple(Counted(value, count) for value, count in ordered[: facet.limit])

    # --- queries --------------------------------------------------------------------------------------------
    def _node(self, node: Plan) -> Any:
        match node:
            case Word(name, token) if not has_mask(token):
                field, begin = place(name)
                return query.Term(field, begin + token)
            case Word(name, token):
                field, begin = place(name)
                return _Found(lambda reader: _any_of(reader, field, _expanded(reader, field, begin, token)))
            case Words():
                return _Found(lambda reader: _beside(reader, node))
            case Around(name, one, other, most):
                return _Found(lambda reader: _around(reader, name, (one, other), most))
            case Span():
                return _Found(lambda reader: _within_span(reader, node))
            case Between(name):
                field, begin = place(name)
                return _Found(
                    lambda reader: _any_of(
                        reader, field, within(node, (key.decode() for key in reader.expand_prefix(field, begin)))
                    )
                )
            case All((), ()):
                return _Found(_every)
            case All(parts, taken):
                kept = [self._node(part) for part in parts] or [_Found(_every)]
                return query.And([*kept, *(query.Not(self._node(part)) for part in taken)])
            case Some(()):
                return query.NullQuery
            case Some(parts):
                return query.Or([self._node(part) for part in parts])

    # --- writing --------------------------------------------------------------------------------------------
    def apply(self, documents: Iterable[Document], removals: Iterable[int], seq: int) -> None:
        """`Index.apply`."""
        assert self._writable
        with _faults():
            writer = self._index.writer(limitmb=_BUFFER_MEGABYTES)
            try:
                for number in removals:
                    writer.delete_by_term("record", str(number))
                for one in documents:
                    writer.update_document(**_row(one))
                writer.update_document(state=_STATE, seq=seq)
                writer.commit()
            except BaseException:
                writer.cancel()
                raise
        self.refresh()

    # --- what is held ---------------------------------------------------------------------------------------
    @property
    def last_seq(self) -> int:
        """`Index.last_seq`."""
        with _faults():
            state = self._searcher.document(state=_STATE)
            return -1 if state is None else int(state["seq"])

    @property
    def count(self) -> int:
        """`Index.count`."""
        with _faults():
            return sum(1 for _ in _every(self._searcher.reader()))

    def held(self, first: int, end: int) -> dict[int, int]:
        """`Index.held`."""
        with _faults():
            every = list(_every(self._searcher.reader()))
            numbers = self._columns("number", every)
            versions = self._columns("version", every)
            return {one: other for one, other in zip(numbers, versions, strict=True) if first <= one < end}

    def refresh(self) -> None:
        """`Index.refresh`: a new searcher, never the old one refreshed."""
        with _faults():
            if self._index.latest_generation() != self._generation:
                self._generation = self._index.latest_generation()
                self._searcher = self._index.searcher()

    def stamp(self) -> int:
        """`Index.stamp`."""
        with _faults():
            return int(self._index.latest_generation())

    def examine(self) -> None:
        """Read every term, its postings and every column. Whoosh keeps no checksums."""
        with _faults():
            reader = self._searcher.reader()
            for name, term in reader.all_terms():
                for _ in _postings(reader, name, term):
                    pass
            every = list(_every(reader))
            for name in ("number", "version", *SPANS, *COLUMNS.values()):
                self._columns(name, every)
            if self.last_seq < -1:
                raise BrokenIndexError(messages.INDEX_DAMAGED, reason="state")

    def close(self) -> None:
        """`Index.close`."""
        self._searcher.close()
        self._index.close()


def _row(one: Document) -> dict[str, Any]:
    """A document as Whoosh takes it: texts, numbers, and the headings to count by as terms."""
    said = packed(one)
    row: dict[str, Any] = {"record": str(one.number), "number": one.number, "version": one.version}
    headings = [f"{name}:{value}" for name in COUNTED.values() for value in said.get(name, ())]
    row[_HEADINGS] = _PARTED.join(headings)
    row[KEYS] = " ".join(said[KEYS])
    for name in (*POSITIONED, ALL, MARKED, *COLUMNS.values(), *SPANS):
        if name in said:
            row[name] = said[name]
    return row


# --- what the postings say ------------------------------------------------------------------------------------
def _postings(reader: Any, field: str, token: str | bytes) -> Iterator[int]:
    try:
        matcher = reader.postings(field, token)
    except TermNotFound:
        return
    yield from matcher.all_ids()


def _positions(reader: Any, field: str, tokens: Iterable[str]) -> dict[int, set[int]]:
    """Record → where one of `tokens` stands in it."""
    found: dict[int, set[int]] = {}
    for token in tokens:
        try:
            matcher = reader.postings(field, token)
        except TermNotFound:
            continue
        while matcher.is_active():
            found.setdefault(matcher.id(), set()).update(matcher.value_as("positions"))
            matcher.next()
    return found


def _expanded(reader: Any, field: str, begin: str, token: str) -> list[str]:
    """The tokens a masked one stands for."""
    literal = re.split(f"[{MANY}{ONE}]", token, maxsplit=1)[0]
    whole = re.compile(re.escape(begin) + pattern(token), re.DOTALL)
    found = (key.decode() for key in reader.expand_prefix(field, begin + literal))
    return [key for key in found if whole.fullmatch(key)]


def _any_of(reader: Any, field: str, tokens: Iterable[str]) -> list[int]:
    return sorted({number for token in tokens for number in _postings(reader, field, token)})


def _beside(reader: Any, node: Words) -> list[int]:
    """Records in which the tokens stand at their places."""
    field, begin = place(node.index)
    starts: dict[int, set[int]] | None = None
    for at, token in node.slots:
        tokens = _expanded(reader, field, begin, token) if has_mask(token) else [begin + token]
        here = _positions(reader, field, tokens)
        if starts is None:
            starts = here
        else:
            starts = {
                number: kept
                for number, places in starts.items()
                if number in here and (kept := {start for start in places if start + at in here[number]})
            }
    return sorted(starts or ())


def _around(reader: Any, name: str, pair: tuple[str, str], most: int) -> list[int]:
    """Records in which two tokens stand at most so many places apart."""
    field, begin = place(name)
    one, other = (_positions(reader, field, [begin + token]) for token in pair)
    near = range(-most, most + 1)
    return sorted(
        number
        for number in one.keys() & other.keys()
        if any(at + distance in other[number] for at in one[number] for distance in near)
    )


def _within_span(reader: Any, node: Span) -> list[int]:
    first, last = _column(reader, node.first), _column(reader, node.last)
    return [
        number
        for number in _every(reader)
        if first(number) != _NONE and first(number) <= node.high and last(number) >= node.low
    ]


def _column(reader: Any, name: str) -> Callable[[int], Any]:
    """The values of a column of one segment, by record."""
    if not reader.has_column(name):
        missing = "" if name in COLUMNS.values() else _NONE
        return lambda number: missing
    values: Callable[[int], Any] = reader.column_reader(name).__getitem__
    return values


def _every(reader: Any) -> Iterator[int]:
    """Every record; what says how far the index is, is none."""
    states = set(_postings(reader, "state", _STATE))
    return (number for number in reader.all_doc_ids() if number not in states)


@contextmanager
def _faults() -> Iterator[None]:
    """What Whoosh raises as what it means."""
    try:
        yield
    except (LienThongError, AssertionError):
        raise
    except LockError as error:
        raise StoreError(messages.INDEX_BUSY) from error
    except Exception as error:
        if isinstance(error, OSError) and error.errno == 28:
            raise StoreError(messages.INDEX_FULL, reason=str(error)) from error
        raise BrokenIndexError(messages.INDEX_DAMAGED, reason=f"{type(error).__name__}: {error}"[:200]) from error
