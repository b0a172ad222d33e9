"""The index in tantivy (Rust): the default, for catalogues of any size.

tantivy is given tokens parted by blanks and parts them there; it knows nothing of letters. How far the index has
followed the change sequence stands in a document of its own, that every commit writes: so records and sequence are in
the same commit, or neither is. Those of earlier commits are taken out by the next one that takes out a record too: an
index in which nothing was ever deleted is counted by the lengths of its lists.
"""

from __future__ import annotations

import json
import os
import zlib
from array import array
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import Any, Final

import tantivy
from tantivy import FieldType, Occur, Order

from foundation.errors import LienThongError, LimitError, StoreError
from foundation.limits import SEARCH_WINDOW
from search import messages
from search.analysis import FILLER
from search.document import TITLE, Document
from search.fields import ALL, MARKED
from search.index import EVERYWHERE, Answer, BrokenIndexError, Counted, Facet, Scope, check, check_sorted
from search.lately import Lately
from search.packing import COLUMNS, KEYS, POSITIONED, SORTED, SPANS, packed
from search.plan import All, plan
from search.query import Everything, Field, Query, SortKey
from search.tantivy_facets import NONE, SEVERAL, Numbers, Tally
from search.tantivy_order import COLUMNS_OF_ORDER, NOWHERE, Titles, filed, place
from search.tantivy_queries import Queries
from search.tantivy_ranking import Asked, best, counted

HEAP_BYTES: Final = 100_000_000
_AT_ONCE: Final = 20
_DEEP: Final = 1_000
"""From this place on, pages are cut from the whole list of an answer."""
_COUNTED: Final = 400
"""Facets that are kept, of 3 KB each."""
_LISTS: Final = 8
"""Lists that are kept, of 400 KB at most each."""
_FOOTER_MAGIC: Final = 1337
_STATE, _NUMBERING = 0, 1
"""In the field `state` of what is no record: how far the index is (`version` says it), and what the numbers of facets
stand for."""


def _schema() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    for name in POSITIONED:
        builder.add_text_field(name, tokenizer_name="tokens", index_option="position")
    # How often a word is there counts for its relevance; where it stands only the fields it comes from say.
    builder.add_text_field(ALL, tokenizer_name="words", index_option="freq")
    builder.add_text_field(MARKED, tokenizer_name="words", index_option="basic")
    builder.add_text_field(KEYS, tokenizer_name="raw", index_option="basic")
    for name in COLUMNS.values():
        builder.add_text_field(name, tokenizer_name="column", index_option="basic", fast=True)
    for name in ("record", "version", *SPANS, *NONE, *SEVERAL, *COLUMNS_OF_ORDER):
        builder.add_unsigned_field(name, indexed=name == "record", fast=True)
    builder.add_unsigned_field("state", indexed=True)
    return builder.build()


class _Known:
    """What was found in one commit and is asked for again and again."""

    def __init__(self, searcher: Any, schema: Any, whole: bool) -> None:
        self.searcher, self.queries = searcher, Queries(searcher, schema, whole)
        self.counted: Lately[tuple[Counted, ...]] = Lately(_COUNTED)
        """What was asked, and the facet → its values."""
        self.lists: Lately[tuple[int, array[int]]] = Lately(_LISTS)
        """What was asked, and how far → count and records."""


class TantivyIndex:
    """An index in a folder of its own (`search.index.Index`)."""

    def __init__(self, folder: Path, writable: bool = False) -> None:
        """Open the index in `folder`; a writer makes it when there is none. Raises BrokenIndexError, StoreError."""
        self._folder = folder
        self._meta = str(folder / "meta.json")
        self._schema = _schema()
        with _faults():
            if writable:
                folder.mkdir(parents=True, exist_ok=True)
            elif not (folder / "meta.json").exists():
                raise BrokenIndexError(messages.INDEX_DAMAGED, reason="meta.json")
            self._index = tantivy.Index(self._schema, str(folder), reuse=True)
            whitespace = tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.whitespace())
            self._index.register_tokenizer("words", whitespace.build())
            whitespace = tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.whitespace())
            self._index.register_tokenizer(
                "tokens", whitespace.filter(tantivy.Filter.custom_stopword([FILLER])).build()
            )
            raw = tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.raw())
            # A column is sorted and counted by and never looked up, so nothing of it goes into the inverted index.
            self._index.register_tokenizer("column", raw.filter(tantivy.Filter.remove_long(1)).build())
            raw = tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.raw())
            self._index.register_fast_field_tokenizer("column", raw.build())
            self._index.config_reader(reload_policy="manual")
            self._writer = self._index.writer(HEAP_BYTES, 1) if writable else None
            self._searcher = self._opened()
            self._known = _Known(self._searcher, self._schema, self._whole)
            self._highest = self._last_record() if writable else -1
            self._numbers_of = Numbers(self._searcher) if writable else None
            self._tally = Tally()

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
        searcher = self._searcher
        with _faults():
            asked = self._asked(searcher, query, scope)
            if asked.found is None:
                return Answer(0, (), {facet.field: () for facet in facets})
            if limit and (offset >= _DEEP or query == Everything()):
                reach = _DEEP if offset + limit <= _DEEP else SEARCH_WINDOW
                count, first = self._list(searcher, asked, tuple(sort), reach)
                numbers = first[offset : offset + limit].tolist()
            else:
                count, numbers = self._numbers(searcher, asked, sort, offset, limit)
            counted = self._counted(searcher, asked, facets, count) if facets else {}
        return Answer(count, tuple(numbers), counted)

    def identifiers(
        self, query: Query, *, sort: Sequence[SortKey] = (), limit: int = SEARCH_WINDOW, scope: Scope = EVERYWHERE
    ) -> tuple[int, array[int]]:
        """`Index.identifiers`."""
        check(sort, 0, limit, ())
        searcher = self._searcher
        with _faults():
            asked = self._asked(searcher, query, scope)
            if asked.found is None:
                return 0, array("q")
            count, numbers = self._numbers(searcher, asked, sort, 0, limit)
        return count, array("q", numbers)

    def _numbers(
        self, searcher: Any, asked: Asked, sort: Sequence[SortKey], offset: int, limit: int
    ) -> tuple[int, list[int]]:
        if limit == 0:
            return counted(searcher, self._of(searcher).queries, asked), []
        if len(sort) > 1:
            return self._sorted_by_several(searcher, asked.found, sort, offset, limit)
        if sort:
            return self._sorted(searcher, asked.found, sort[0], offset, limit)
        count, hits = best(searcher, self._of(searcher).queries, asked, offset, limit)
        return count, self._columns(searcher, "record", hits)

    def _sorted(self, searcher: Any, found: Any, key: SortKey, offset: int, limit: int) -> tuple[int, list[int]]:
        """In the order of one column. The engine puts records without a value last, whatever the direction."""
        column = SORTED[key.field]
        if key.field is Field.TITLE and not key.missing_first and offset + limit <= _DEEP:
            count, hits = Titles(searcher, self._schema).page(found, _direction(key), offset, limit)
            return count, self._columns(searcher, "record", hits)
        if not key.missing_first:
            result = searcher.search(found, limit=limit, offset=offset, order_by_field=column, order=_direction(key))
            return result.count, self._columns(searcher, "record", result.hits)
        valued = tantivy.Query.exists_query(column)
        without = tantivy.Query.boolean_query([(Occur.Must, found), (Occur.MustNot, valued)])
        first = searcher.search(without, limit=limit, offset=offset, order_by_field="record", order=Order.Asc)
        numbers = self._columns(searcher, "record", first.hits)
        count = searcher.search(found, limit=1).count
        if len(numbers) < limit and offset + len(numbers) < count:
            both = tantivy.Query.boolean_query([(Occur.Must, found), (Occur.Must, valued)])
            rest = searcher.search(
                both,
                limit=limit - len(numbers),
                offset=max(0, offset - first.count),
                order_by_field=column,
                order=_direction(key),
            )
            numbers += self._columns(searcher, "record", rest.hits)
        return count, numbers

    def _sorted_by_several(
        self, searcher: Any, found: Any, sort: Sequence[SortKey], offset: int, limit: int
    ) -> tuple[int, list[int]]:
        """The engine sorts by one key, so all that is found is fetched once for each, and put together."""
        count = searcher.search(found, limit=1).count
        check_sorted(count, sort)
        ranks: dict[int, list[int]] = {}
        for key in sort:
            hits = searcher.search(
                found, limit=max(1, count), order_by_field=SORTED[key.field], order=_direction(key)
            ).hits
            rank, before = 0, None
            for number, (value, _) in zip(self._columns(searcher, "record", hits), hits, strict=True):
                if value != before:
                    rank, before = rank + 1, value
                missing = -1 if key.missing_first else count + 1
                ranks.setdefault(number, []).append(missing if value is None else rank)
        ordered = sorted(ranks, key=lambda number: (ranks[number], number))
        return count, ordered[offset : offset + limit]

    def _list(self, searcher: Any, asked: Asked, sort: tuple[SortKey, ...], reach: int) -> tuple[int, array[int]]:
        """The first `reach` records of an answer. A page costs the engine what all pages before it cost, and who asks
        for one far behind asks for the next: so the list is made once after a commit, and kept."""
        lists = self._of(searcher).lists
        key = asked.query, sort, asked.scope, reach
        kept = lists.get(key)
        if kept is None:
            count, numbers = self._numbers(searcher, asked, sort, 0, reach)
            kept = count, array("q", numbers)
            lists.put(key, kept)
        return kept

    def _of(self, searcher: Any) -> _Known:
        """What is kept of this commit."""
        known = self._known
        if known.searcher is not searcher:
            known = self._known = _Known(searcher, self._schema, self._whole)
        return known

    def _counted(
        self, searcher: Any, asked: Asked, facets: Sequence[Facet], records: int
    ) -> dict[Field, tuple[Counted, ...]]:
        """The facets of an answer. They are the same on all its pages and in every order, and take longer than the
        answer: so they are counted once after a commit, all in one walk through what is found, and kept."""
        lately = self._of(searcher).counted
        known = {facet: lately.get((asked.query, asked.scope, facet)) for facet in facets}
        fresh = [facet for facet, values in known.items() if values is None]
        for facet, values in zip(fresh, self._tally.count(searcher, asked.found, fresh, records), strict=True):
            known[facet] = values
            lately.put((asked.query, asked.scope, facet), values)
        return {facet.field: values or () for facet, values in known.items()}

    @staticmethod
    def _columns(searcher: Any, name: str, hits: Sequence[tuple[Any, Any]]) -> list[int]:
        return searcher.fast_field_values(name, [address for _, address in hits]) if hits else []

    def _asked(self, searcher: Any, query: Query, scope: Scope) -> Asked:
        """The query as the engine takes it; `found` is None where there are none."""
        node = plan(query)
        return Asked(query, scope, node, self._of(searcher).queries.within(node, scope))

    # --- writing --------------------------------------------------------------------------------------------
    def apply(self, documents: Iterable[Document], removals: Iterable[int], seq: int) -> None:
        """`Index.apply`."""
        assert self._writer is not None
        assert self._numbers_of is not None
        with _faults():
            try:
                gone = list(removals)
                self._delete(gone)
                taken = bool(gone)
                ahead = iter(documents)
                # A few at a time: Python's collector does not begin before some hundred lists and tables are held, and
                # what was just made is still in the processor's cache when the engine takes it.
                while some := list(islice(ahead, _AT_ONCE)):
                    numbers = [one.number for one in some]
                    # What is not there need not be looked for in every segment: most records are new, or all.
                    if min(numbers) <= self._highest or len(set(numbers)) < len(numbers):
                        self._delete(numbers)
                        taken = True
                    self._highest = max(self._highest, *numbers)
                    titles = filed([one.order.get(TITLE, "") for one in some])
                    for one, title in zip(some, titles, strict=True):
                        said = packed(one)
                        self._numbers_of.place(said)
                        place(said, one.texts.begun, title)
                        self._writer.add_document(tantivy.Document.from_dict(said, self._schema))
                if taken:
                    self._writer.delete_documents_by_query(self._states())
                self._write(_STATE, version=seq + 1)
                if keys := self._numbers_of.fresh():
                    self._write(_NUMBERING, **{KEYS: keys})
                self._writer.commit()
            except BaseException:
                self._writer = None  # what was put in must not come into the next commit: the folder is opened anew
                raise
        self.refresh()
        self._numbers_of.searcher = self._searcher

    def _write(self, state: int, **said: Any) -> None:
        assert self._writer is not None
        self._writer.add_document(tantivy.Document.from_dict(NONE | NOWHERE | said | {"state": state}, self._schema))

    def _states(self) -> Any:
        """What finds how far the index is, and was."""
        return tantivy.Query.term_query(self._schema, "state", _STATE)

    def _everything(self) -> Any:
        return self._of(self._searcher).queries.query(All())

    def _last_record(self) -> int:
        """The highest number of a record in the index; -1 when there is none."""
        last = self._searcher.search(self._everything(), limit=1, order_by_field="record", order=Order.Desc).hits
        return int(last[0][0]) if last else -1

    def _delete(self, numbers: list[int]) -> None:
        assert self._writer is not None
        if numbers:
            gone = tantivy.Query.term_set_query(self._schema, "record", numbers)
            self._writer.delete_documents_by_query(gone)

    # --- what is held ---------------------------------------------------------------------------------------
    @property
    def last_seq(self) -> int:
        """`Index.last_seq`."""
        with _faults():
            hits = self._searcher.search(self._states(), limit=1, order_by_field="version").hits
            return int(hits[0][0]) - 1 if hits else -1

    @property
    def count(self) -> int:
        """`Index.count`."""
        with _faults():
            return int(self._searcher.search(self._everything(), limit=1).count)

    def held(self, first: int, end: int) -> dict[int, int]:
        """`Index.held`."""
        with _faults():
            within = tantivy.Query.range_query(self._schema, "record", FieldType.Unsigned, first, end - 1)
            hits = self._searcher.search(within, limit=max(1, end - first)).hits
            numbers = self._columns(self._searcher, "record", hits)
            return dict(zip(numbers, self._columns(self._searcher, "version", hits), strict=True))

    def refresh(self) -> None:
        """`Index.refresh`; costs next to nothing when there is nothing new."""
        with _faults():
            if self._stamp() != self._seen:
                self._searcher = self._opened()

    def _opened(self) -> Any:
        while True:
            self._seen = self._stamp()
            self._whole = not any(segment["deletes"] for segment in self._segments())
            self._index.reload()
            if self._stamp() == self._seen:  # else of another commit than was looked at
                return self._index.searcher()

    def _segments(self) -> list[dict[str, Any]]:
        """What the last commit says of its parts. Raises OSError, ValueError, KeyError."""
        with open(self._meta, "rb") as stream:
            segments: list[dict[str, Any]] = json.load(stream)["segments"]
        return segments

    def stamp(self) -> tuple[int, int, int]:
        """`Index.stamp`."""
        try:
            return self._stamp()
        except OSError as error:
            raise BrokenIndexError(messages.INDEX_DAMAGED, reason="meta.json") from error

    def _stamp(self) -> tuple[int, int, int]:
        """Another value after every commit: the engine writes the file anew and puts it in the place of the old."""
        found = os.stat(self._meta)  # not Path.stat, which takes twice as long
        return found.st_mtime_ns, found.st_size, found.st_ino

    def examine(self) -> None:
        """Every file of the last commit, by the checksum in its footer: JSON, its length, 1337 at the very end."""
        try:
            names = [one["segment_id"].replace("-", "") for one in self._segments()]
            for path in sorted(self._folder.iterdir()):
                if path.name.split(".")[0] in names and path.suffix != ".del":
                    _check_footer(path)
            for name in names:
                if not (self._folder / f"{name}.term").exists():
                    raise BrokenIndexError(messages.INDEX_DAMAGED, reason=f"{name}.term")
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise BrokenIndexError(messages.INDEX_DAMAGED, reason=f"{type(error).__name__}: {error}"[:200]) from error

    def close(self) -> None:
        """`Index.close`."""
        self._writer = None


def _direction(key: SortKey) -> Any:
    return Order.Desc if key.descending else Order.Asc


def _check_footer(path: Path) -> None:
    with path.open("rb") as stream:
        data = stream.read()
    length, magic = (
        int.from_bytes(data[at : at + 4], "little") for at in (-8 % max(8, len(data)), -4 % max(4, len(data)))
    )
    body = data[: len(data) - 8 - length]
    if magic != _FOOTER_MAGIC or length > len(data):
        raise BrokenIndexError(messages.INDEX_DAMAGED, reason=path.name)
    if json.loads(data[len(body) : -8])["crc"] != zlib.crc32(body):
        raise BrokenIndexError(messages.INDEX_DAMAGED, reason=path.name)


@contextmanager
def _faults() -> Iterator[None]:
    """What the engine raises as what it means. A panic of the engine is no Exception."""
    try:
        yield
    except (LienThongError, KeyboardInterrupt, SystemExit, GeneratorExit, AssertionError):
        raise
    except BaseException as error:
        said = str(error)
        if "No space left" in said or "File too large" in said or (isinstance(error, OSError) and error.errno == 28):
            raise StoreError(messages.INDEX_FULL, reason=said[:200]) from error
        if "max_expansions" in said or "expansion" in said:
            raise LimitError(messages.MASK_WIDE, limit="16384", seen=16_384, allowed=16_384) from error
        if "LockBusy" in said or "Lockfile" in said:
            raise StoreError(messages.INDEX_BUSY) from error
        raise BrokenIndexError(messages.INDEX_DAMAGED, reason=f"{type(error).__name__}: {said}"[:200]) from error
