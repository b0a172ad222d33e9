"""What the first page of a long answer is found and put in order by, in tantivy, without weighing or reading texts.

The engine sorts what it finds by a column of numbers in little more than the time of finding it, and by texts in ten
times that. So how many words a title has is a column, and where it stands in the dictionary is two: the first letters
of its sort key, packed so that numbers compare as keys do. Titles that begin with the same two words share a key.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from hashlib import blake2b
from typing import Any, Final

import tantivy
from tantivy import Order

from search.analysis import BEGUN, EDGE, WORD_LETTERS, opening
from search.fields import MARKED, STARTS, exact
from search.packing import COLUMNS, KEYS
from search.packing import place as indexed
from search.query import Field
from search.tantivy_queries import either
from vietnamese.collation import SEPARATOR, sort_key

LENGTH: Final = "length"
"""Column of the words of a title."""
FILED: Final = ("filed1", "filed2")
"""Columns of a title's place in the dictionary."""
_WHOLE: Final = "filed3"
"""Column of a digest of the whole sort key: of millions of titles two that begin alike have the same by no chance."""
COLUMNS_OF_ORDER: Final = (LENGTH, *FILED, _WHOLE)
_TITLE: Final = COLUMNS[Field.TITLE.value]
NOWHERE: Final = dict.fromkeys(COLUMNS_OF_ORDER, 0)
"""What a document has that is no record. One without would make the columns of its whole segment slow."""
_KEY: Final = f"{STARTS}:"
_BEGINS: Final = re.compile(rf"{re.escape(EDGE)}[^ ]{{{BEGUN}}}")
_OPENS: Final = re.compile(rf"{re.escape(EDGE)}([^ ]+) [^ ]+ ([^ {re.escape(EDGE)}]+)")
"""The first two words of each title."""
_NAMED: Final = indexed(exact("t"))[1]
_WRITTEN: Final = _NAMED + EDGE
_LOOKED_AT: Final = 3 * WORD_LETTERS
"""Characters of a title that have its first two words, and the first behind an edge."""
_MORE: Final = 150
"""Titles behind the last one wanted that are looked at for those that begin with the same letters."""
Hits = list[tuple[Any, Any]]

_LETTERS: Final = "aăâbcdđeêfghijklmnoôơpqrstuưvwxyz"
_END: Final = SEPARATOR.decode("latin-1")
_SPACE: Final = sort_key(" x")[:2].decode("latin-1")
_BLANK: Final = "\x02"
"""A space in one byte: below those of all letters and digits, and of all signs but the low ones."""
_OWN: Final = (_END, _BLANK, *sorted(sort_key(letter).decode("latin-1")[0] for letter in "0123456789" + _LETTERS))
"""Bytes that have a number of their own."""
_OTHER: Final = re.compile(f"[^{re.escape(''.join(_OWN))}]")
_NUMBERS: Final = bytes([sum(own <= chr(code) for own in _OWN) - 1 for code in range(256)])
"""Byte → its number; of others that of the one below them."""
_AT_ONCE: Final = 11
"""Letters of a column: so many numbers make one of less than 64 bits."""
_WORTH: Final = tuple([len(_OWN) ** place for place in reversed(range(_AT_ONCE))])
_DIGEST: Final = 5
"""Bytes of it."""
_LETTERS_OF_ALL: Final = len(FILED) * _AT_ONCE
_HIGHEST: Final = bytes([len(_OWN) - 1]) * _LETTERS_OF_ALL
_LOWEST: Final = bytes(_LETTERS_OF_ALL)


def place(said: dict[str, Any], begun: str, numbers: tuple[int, int]) -> None:
    """Put into what is said of a record what it is found early and put in order by: `begun` as `Texts` has it, and what
    its title is `filed` by."""
    titles = said["t"]
    title = titles[: titles.find(f" {EDGE} ")]
    said[LENGTH] = title.count(" ")
    begins = _BEGINS.findall(titles)
    begins += [opening(one, two) for one, two in _OPENS.findall(titles)]
    if said[LENGTH] > 1:
        at = said["exact"].find(_WRITTEN)
        written = said["exact"][at : at + _LOOKED_AT].replace(_NAMED, "")
        _, one, two, *_ = written.split(" ", 3)
        begins.append(opening(one, two))
    said[KEYS] = [*said[KEYS], *[_KEY + begun for begun in dict.fromkeys(begins)]]
    said[MARKED] += begun
    if _TITLE in said:
        said |= zip(FILED, numbers, strict=True)
        said[_WHOLE] = _digest(said[_TITLE])


def filed(keys: Sequence[str]) -> list[tuple[int, int]]:
    """The first letters of sort keys as two numbers each: where keys differ, those of the lower are never higher."""
    import numpy as np  # noqa: PLC0415 - which who only searches need not load

    letters = np.frombuffer(b"".join(map(_numbered, keys)), np.uint8).reshape(len(keys), len(FILED), _AT_ONCE)
    numbers = letters.astype(np.uint64) @ np.array(_WORTH, np.uint64)
    return [(first, second) for first, second in numbers.tolist()]


def _digest(key: str) -> int:
    return int.from_bytes(blake2b(key.encode("latin-1"), digest_size=_DIGEST).digest())


def _numbered(key: str) -> bytes:
    """The numbers of the first letters of a key.

    A letter or sign that has none is as the one below it with the highest letters behind: so what it stands before or
    behind is kept, and what follows it is not told.
    """
    letters = key[: 2 * _LETTERS_OF_ALL].partition(_END)[0].replace(_SPACE, _BLANK)
    other = _OTHER.search(letters)
    if other is None:
        numbers = letters.encode("latin-1").translate(_NUMBERS) + _LOWEST
    elif other[0] == _SPACE[0] and letters[other.end() :] < _SPACE[1]:  # a sign before the blank
        numbers = letters[: other.start()].encode("latin-1").translate(_NUMBERS) + b"\x00" + _HIGHEST
    else:
        numbers = letters[: other.end()].encode("latin-1").translate(_NUMBERS) + _HIGHEST
    return numbers[:_LETTERS_OF_ALL]


class Titles:
    """Puts what is found in the order of titles, for one commit of the index."""

    def __init__(self, searcher: Any, schema: Any) -> None:
        self._searcher, self._schema = searcher, schema

    def page(self, found: Any, order: Order, offset: int, limit: int) -> tuple[int, Hits]:
        """How many are found, and `limit` of them from a place on; those without a title last."""
        end = offset + limit
        result = self._searcher.search(found, limit=end + _MORE, order_by_field=FILED[0], order=order)
        hits: Hits = result.hits
        first = [number for number, _ in hits]
        known = len(hits) if result.count == len(hits) else first.index(first[-1])
        if known < min(end, result.count):  # more begin with the same letters than were asked for
            result = self._searcher.search(found, limit=limit, offset=offset, order_by_field=_TITLE, order=order)
            return result.count, result.hits
        # Those of the page, and whatever begins as its first and its last do.
        hits = [hit for hit, number in zip(hits, first, strict=True) if number in {*first[offset:end]}]
        begin = offset - first.index(first[offset]) if hits else 0
        return result.count, self._ordered(hits, order, begin, begin + limit)

    def _ordered(self, hits: Hits, order: Order, begin: int, end: int) -> Hits:
        """From one place to another, titles in the order of their first letters, by the next ones too; and where these
        are the same and titles are not, by their keys."""
        addresses = [address for _, address in hits]
        next_ones, digests = (self._searcher.fast_field_values(name, addresses) for name in (FILED[1], _WHOLE))
        numbers = [(first, second) for (first, _), second in zip(hits, next_ones, strict=True)]
        titles = sorted({number for number in numbers if number[0] is not None}, reverse=order == Order.Desc)
        places = {number: at for at, number in enumerate(titles)}
        ranks = [places.get(number, len(titles)) for number in numbers]
        within = {*sorted(ranks)[begin:end]} - {len(titles)}
        alike: dict[int, dict[int, Any]] = {}
        for rank, digest, address in zip(ranks, digests, addresses, strict=True):
            if rank in within:
                alike.setdefault(rank, {}).setdefault(digest, address)
        unlike = {digest: one for some in alike.values() if len(some) > 1 for digest, one in some.items()}
        keys = dict(zip(unlike, self._places([*unlike.values()], order), strict=True)) if unlike else {}
        ordered = [
            (rank, keys.get(digest, 0), at) for at, (rank, digest) in enumerate(zip(ranks, digests, strict=True))
        ]
        return [hits[at] for *_, at in sorted(ordered)[begin:end]]

    def _places(self, addresses: list[Any], order: Order) -> list[int]:
        """Which of these each is by its whole key."""
        records = self._searcher.fast_field_values("record", addresses)
        chosen = either([tantivy.Query.term_query(self._schema, "record", record) for record in records])
        hits = self._searcher.search(chosen, limit=len(records), order_by_field=_TITLE, order=order, count=False).hits
        places = {placed(address): at for at, (_, address) in enumerate(hits)}
        return [places[placed(address)] for address in addresses]


def placed(address: Any) -> tuple[int, int]:
    """Where the engine keeps a record, as what can be compared."""
    return address.segment_ord, address.doc
