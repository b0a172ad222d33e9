"""Which records are compared at all: keys that two records of one edition share more often than not.

Each record has about eight keys of several makes, so that a typing error in one field leaves the others. A key that too
many records share is refined, first by year, then by author; where even that leaves too many, no pair is made of it and
the crowd is reported, for a person has to know that "Báo cáo" was not compared with every other "Báo cáo".
"""

from __future__ import annotations

from functools import lru_cache
from hashlib import blake2b
from itertools import combinations
from typing import Final

from union.features import Features
from union.persons import FREQUENT
from union.words import LITTLE

_LETTERS: Final = 14
_WORDS: Final = 4
_NAMES: Final = 2
_SYLLABLE: Final = 4.3
"""Letters of a word on the average below which words are syllables: one tells less, so more are put together."""
_MORE: Final = 6
SIGN: Final = "\x1f"
"""Between a key and what refines it; stands in no value of a record."""
TITLE: Final = "p"
"""How the keys of titles begin."""
DEPTH: Final = 3
"""Keys of a chain: the plain one, with the year, with year and author."""


def keys(record: Features) -> list[str]:
    """The plain keys of a record, each once. A record that says nothing has none and is compared with nothing."""
    found = [f"i{number}" for number in (*record.isbns, *record.set_isbns)]
    found += [f"s{number}" for number in record.issns]
    found += [f"n{number}" for number in record.identifiers]
    title = record.title
    year = record.years[0] if record.years else 0
    if title:
        letters = title.replace(" ", "")
        short = _short(title, letters)
        found.append(_titled(letters, short, record.volume))
        telling = _telling(f"{title} {record.rest}" if title.count(" ") < _WORDS else title)
        size = 3 if short and len(telling) > 2 else 2
        found += [f"w{' '.join(some)} {year}" for some in combinations(telling[: _WORDS - (size == 2)], size)]
        authors = dict.fromkeys([_author(name) for name in record.names[:_NAMES]])
        for author in authors:
            found.append(f"a{author} {' '.join(sorted(telling[:2])) if telling else letters[:6]}")
            if year:
                found.append(f"h{author[:8]} {year}")
        if year and record.pages > 4:
            found.append(f"g{year} {record.pages} {letters[:2]}")
        if record.part and len(record.part) > 6:
            found.append(f"p{record.part.replace(' ', '')[:_LETTERS]}#")
    found += [f"p{other.replace(' ', '')[:_LETTERS]}#{record.volume}" for other in record.others if len(other) > 6]
    return list(dict.fromkeys(found))


def titled(record: Features) -> str:
    """The key of how a title proper begins, and of the volume; empty without a title."""
    letters = record.title.replace(" ", "")
    return _titled(letters, _short(record.title, letters), record.volume) if letters else ""


def _titled(letters: str, short: bool, volume: str) -> str:
    return f"p{letters[: _LETTERS + _MORE * short]}#{volume}"


def _short(title: str, letters: str) -> bool:
    """Whether the words of a title are syllables."""
    return len(letters) < _SYLLABLE * (title.count(" ") + 1)


def refined(key: str, record: Features, depth: int) -> str:
    """The key of a record in a crowded block: with its year (depth 1), and with its author and pages (depth 2)."""
    return key + refinements(record)[depth]


def refinements(record: Features) -> tuple[str, str, str]:
    """What is added to each key of a record, by depth."""
    year = f"{SIGN}{record.years[0] if record.years else 0}"
    author = _author(record.names[0])[:8] if record.names else ""
    return "", year, f"{year}{SIGN}{author} {record.pages}"


def chains(found: list[str], record: Features) -> list[int]:
    """The chain of every key, hashed: for each key as many numbers as there are depths.

    A block is a beginning of a chain, so what refines a key is hashed once for all keys of a record.
    """
    ends = [hashed(end) for end in refinements(record)[1:]]
    return [number for key in found for number in (hashed(key), *ends)]


_EMPTY: Final = blake2b(digest_size=8)
"""Copied for each key, which takes half the time of making one."""


def hashed(key: str) -> int:
    """A key as an unsigned 64-bit number, the same on every machine."""
    found = _EMPTY.copy()
    found.update(key.encode("utf-8", "surrogatepass"))
    return int.from_bytes(found.digest())


def _telling(title: str) -> list[str]:
    """The words of a title, the longest first; of equal length in the order of the alphabet."""
    found = {word for word in title.split() if word not in LITTLE}
    return sorted(sorted(found), key=len, reverse=True)[:_WORDS]


@lru_cache(maxsize=16_384)
def _author(name: str) -> str:
    """What of a name stands in every form of it: its longest telling word, or all words of a short Vietnamese name."""
    found = name.split()
    telling = [word for word in found if len(word) > 4 and word not in FREQUENT]
    return max(telling, key=lambda word: (len(word), word)) if telling else "".join(sorted(found))
