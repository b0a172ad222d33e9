"""The texts of many records at once, the same as `search.texts` makes of each by itself.

What costs in a record is not its letters but the steps taken over them, some hundreds for each. Here each step is one
operation on a run: all its letters are one column, its subfields, values and tokens are columns of places in it, and
what an engine is given is cut out of a column of everything that stands there, folded and not. A record that has
anything in it whose meaning depends on what stands around it, marks of their own above all, is left to `search.texts`.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from functools import cache
from itertools import pairwise
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from marc.record import FIELD_TERMINATOR, RECORD_TERMINATOR, SUBFIELD_DELIMITER
from search import analysis
from search.analysis import BEGUN, EDGE, FILLERS
from search.fields import PLAIN, REST, WRITTEN
from search.texts import EVERY, KNOWN, TEXT_RULES, Texts, linked, texts
from vietnamese.text import MOVABLE

Letters = NDArray[np.uint16]
Places = NDArray[np.intp]
Flags = NDArray[np.bool_]

_NAMES: Final = (*WRITTEN, *(name for _, name in KNOWN if name not in WRITTEN))
_REST, _PLAIN, _TITLE = map(_NAMES.index, (REST, PLAIN, "t"))
_OWN: Final = len(WRITTEN)
"""Names from here on are not the record's own words."""
_RULES: Final = 3
"""Rules of one tag, at most."""
_NONE: Final = 255

# Letters of the Basic Multilingual Plane; of others the two halves stand in a column, and are left to `search.texts`.
_END: Final = 0x10000
_SEPARATOR, _LETTER, _IDEOGRAPH, _ODD = range(4)
_LOOKED_AT: Final = ((0x20, 0x1100), (0x1200, 0x3100), (0xFF00, 0xFFF0))
"""Letters that are looked at one by one; of the others, ideographs alone are known."""
_COMPATIBLE: Final = 0xF900
"""Where ideographs begin whose normal form is another."""


class _Alphabet(NamedTuple):
    """What is known of each letter."""

    kinds: NDArray[np.uint8]
    exact: Letters
    """As exact tokens have it; of what is in no token, a blank."""
    folded: Letters
    before: NDArray[np.uint8]
    behind: NDArray[np.uint8]
    """Groups of pairs of letters, as bits, whose tone may stand on either (`vietnamese.text.MOVABLE`)."""


@cache
def _alphabet() -> _Alphabet:
    kinds = np.full(_END, _ODD, np.uint8)
    exact = np.full(_END, ord(" "), np.uint16)
    folded = exact.copy()
    before, behind = np.zeros(_END, np.uint8), np.zeros(_END, np.uint8)
    for first, last in analysis.IDEOGRAPHS:
        if last < _END and first != _COMPATIBLE:
            kinds[first : last + 1] = _IDEOGRAPH
            exact[first : last + 1] = folded[first : last + 1] = np.arange(first, last + 1)
    for code in (code for first, end in _LOOKED_AT for code in range(first, end)):
        if (known := _letter(chr(code))) is not None:
            kinds[code], exact[code], folded[code] = known
    kinds[:0x20] = _SEPARATOR  # delimiters; others are looked for
    for group, (firsts, seconds) in enumerate(MOVABLE):
        before[[ord(letter) for letter in firsts]] |= 1 << group
        behind[[ord(letter) for letter in seconds]] |= 1 << group
    return _Alphabet(kinds, exact, folded, before, behind)


def _letter(letter: str) -> tuple[int, int, int] | None:
    """What a letter is, and how it is written in exact and folded tokens, as it shows between two others; None where
    that depends on them."""
    if unicodedata.category(letter)[0] == "M" or letter == "Σ":
        return None
    exact, folded, _ = analysis.word(f"b{letter}b")
    found = exact.split()
    if len(found) == 2:
        return _SEPARATOR, ord(" "), ord(" ")
    if len(exact) == len(folded) == 4:
        return _LETTER, ord(exact[1]), ord(folded[1])
    return (_IDEOGRAPH, ord(exact[2]), ord(folded[2])) if len(found) == 3 and len(exact) == len(folded) == 6 else None


@cache
def _rules() -> tuple[NDArray[np.uint8], Flags]:
    """By rule, tag and code of a subfield: the index field; by rule and tag, whether every subfield is a value."""
    names = np.full((_RULES, 1001, 128), _NONE, np.uint8)
    each = np.zeros((_RULES, 1001), np.bool_)
    for tag, rules in TEXT_RULES.items():
        for number, (name, codes) in enumerate(rules):
            each[number, int(tag)] = (tag, name) in EVERY
            names[number, int(tag), [ord(code) for code in codes]] = _NAMES.index(name)
    return names, each


def run_texts(run: Sequence[str]) -> list[Texts]:
    """The texts of these records (packed)."""
    source = RECORD_TERMINATOR.join(["", *run, ""])
    codes = np.frombuffer(source.encode("utf-16-le", "surrogatepass"), np.uint16)
    pieces = _pieces(codes)
    tokens = _tokens(codes, pieces)
    found = _texts(tokens, len(run))
    for record in tokens.odd:
        found[record] = texts(run[record])
    return found


class _Pieces(NamedTuple):
    """The subfields that have words, value by value in the order of their records."""

    begins: Places
    ends: Places
    """Where a delimiter stands."""
    names: NDArray[np.uint8]
    opening: Flags
    """Whether a value begins here."""
    records: Places
    odd: set[int]
    """Records with control characters."""


def _pieces(codes: Letters) -> _Pieces:
    names, each = _rules()
    marks = np.flatnonzero(codes < 0x20)
    kinds = codes[marks]
    records = (kinds == ord(RECORD_TERMINATOR)).cumsum() - 1
    strange = kinds < ord(RECORD_TERMINATOR)
    odd = set(records[strange].tolist()) if strange.any() else set()
    heads = np.flatnonzero(kinds == ord(FIELD_TERMINATOR))
    tags = _tags(codes, marks[heads])
    fields = (kinds == ord(FIELD_TERMINATOR)).cumsum() - 1

    places = np.flatnonzero(kinds[:-1] == ord(SUBFIELD_DELIMITER))
    begins = marks[places] + 2
    ends = marks[places + 1]
    letters = np.where(begins <= ends, codes.take(begins - 1), 0)
    fields = fields[places]
    chosen = names[:, tags[fields], np.minimum(letters, 127)]
    rules, which = np.nonzero(chosen != _NONE)
    order = np.argsort(fields[which] * _RULES + rules, kind="stable")
    rules, which = rules[order], which[order]
    values = fields[which] * _RULES + rules
    opening = np.empty(len(which), np.bool_)
    opening[:1] = True
    np.not_equal(values[1:], values[:-1], out=opening[1:])
    opening |= each[rules, tags[fields[which]]]
    return _Pieces(begins[which], ends[which], chosen[rules, which], opening, records[places[which]], odd)


def _tags(codes: Letters, heads: Places) -> Places:
    """The tags of the fields behind these terminators as numbers; of an 880 that of the field it belongs to."""
    digits = codes.take(heads + np.array([[1], [2], [3]]), mode="clip").astype(np.intp) - ord("0")
    tags = np.where(((digits >= 0) & (digits < 10)).all(axis=0), digits[0] * 100 + digits[1] * 10 + digits[2], 1000)
    for field in np.flatnonzero(tags == 880).tolist():
        end = heads[field + 1] if field + 1 < len(heads) else len(codes)
        tag = linked(codes[heads[field] + 1 : end].tobytes().decode("utf-16-le", "surrogatepass"))
        tags[field] = int(tag) if tag in TEXT_RULES else 1000
    return tags


class _Tokens(NamedTuple):
    """The tokens of a run, and the values they are in; a value without any is none."""

    exact: Letters
    folded: Letters
    begins: Places
    ends: Places
    values: Places
    """The number of the value each is in."""
    first: Places
    """The first token of each value."""
    names: Places
    """The index field of each value."""
    records: Places
    odd: set[int]


def _tokens(codes: Letters, pieces: _Pieces) -> _Tokens:
    alphabet = _alphabet()
    lengths = pieces.ends - pieces.begins + 1  # with the delimiter, which parts words
    letters = codes.take(_spread(pieces.begins, lengths))
    bounds = lengths.cumsum()
    kinds = alphabet.kinds.take(letters)
    odd = pieces.odd
    if (strange := np.flatnonzero(kinds == _ODD)).size:
        odd |= set(pieces.records[bounds.searchsorted(strange, side="right")].tolist())
    exact = alphabet.exact.take(letters)
    folded = alphabet.folded.take(letters)

    inside = kinds == _LETTER
    alone = kinds == _IDEOGRAPH
    begun, ended = inside.copy(), inside.copy()
    begun[1:] &= ~inside[:-1]
    ended[:-1] &= ~inside[1:]
    begins, ends = np.flatnonzero(begun | alone), np.flatnonzero(ended | alone) + 1
    which = bounds.searchsorted(begins, side="right")
    odd |= set(pieces.records[which[ends - begins > analysis.WORD_LETTERS]].tolist())
    _place_tones(exact, begins, ends)

    values = pieces.opening.cumsum()[which] - 1
    opening = np.empty(len(values), np.bool_)
    opening[:1] = True
    np.not_equal(values[1:], values[:-1], out=opening[1:])
    first = np.flatnonzero(opening)
    names = pieces.names[which[first]].astype(np.intp)
    differing = np.concatenate(([0], (exact != folded).cumsum()))
    last = np.append(first[1:], len(values))[: len(first)] - 1
    names[(names == _REST) & (differing[ends[last]] == differing[begins[first]])] = _PLAIN
    return _Tokens(exact, folded, begins, ends, opening.cumsum() - 1, first, names, pieces.records[which[first]], odd)


def _place_tones(exact: Letters, begins: Places, ends: Places) -> None:
    alphabet = _alphabet()
    pairs = alphabet.before.take(exact[:-1]) & alphabet.behind.take(exact[1:])
    words = np.unique(begins.searchsorted(np.flatnonzero(pairs), side="right") - 1)
    for begin, end in zip(begins[words].tolist(), ends[words].tolist(), strict=True):
        word = exact[begin:end].tobytes().decode("utf-16-le")
        if (placed := analysis.placed(word)) != word:  # as many letters
            exact[begin:end] = np.frombuffer(placed.encode("utf-16-le"), np.uint16)


def _spread(begins: Places, lengths: Places) -> Places:
    """All places of spans, one behind the other."""
    ends = lengths.cumsum()
    spread = np.repeat(begins - ends + lengths, lengths)
    spread += _counting(len(spread))
    return spread


_counted: Final = [np.arange(100_000)]
np.empty(8_000_000, np.uint8)
# Given back at once: after that the C library keeps as much at hand, where it would give every column of some hundred
# thousand bytes back to the system, and have it made anew, page by page (mallopt(3), M_MMAP_THRESHOLD).


def _counting(count: int) -> Places:
    """The numbers from 0 on; made once, for they are needed again and again."""
    if len(_counted[0]) < count:
        _counted[0] = np.arange(count)
    return _counted[0][:count]


# What stands before a token: nothing; the name of the index field, also with an edge, also with fillers before that;
# and the same without a name, for titles.
_BEFORE: Final = (
    "",
    *(f"{begin}{name}:{edge}" for begin, edge in (("", ""), ("", EDGE), (FILLERS, EDGE)) for name in _NAMES),
    *("", EDGE, FILLERS + EDGE),
)
_NAMED, _TITLED, _STEP = 1, len(_BEFORE) - 3, len(_NAMES)
_WRITTEN_BEFORE: Final = np.frombuffer("".join(_BEFORE).encode("utf-16-le"), np.uint16)
_LENGTHS_BEFORE: Final = np.array([len(text) for text in _BEFORE])
_BLANK: Final = np.array([ord(" ")], np.uint16)
_PAIR: Final = 4
"""Letters of two behind an edge, and the blank behind them."""
_BEGINS_BEFORE: Final = _LENGTHS_BEFORE.cumsum() - _LENGTHS_BEFORE


def _texts(tokens: _Tokens, count: int) -> list[Texts]:
    """What engines are given: tokens as they stand, or those of each value between edges."""
    letters = np.concatenate((_WRITTEN_BEFORE, tokens.folded, tokens.exact, _BLANK))
    folded = len(_WRITTEN_BEFORE)
    exact = folded + len(tokens.folded)
    every = len(tokens.first)
    lengths = tokens.ends - tokens.begins

    own = tokens.names[tokens.values] < _OWN
    marks = np.concatenate(([0], (tokens.exact >= 0x80).cumsum()))
    marked = own & (marks[tokens.ends] > marks[tokens.begins])
    records = tokens.records[tokens.values]

    # Two more for each value: its first token behind an edge before all of them, and an edge behind.
    numbers = np.arange(every)
    counts = np.diff(tokens.first, append=len(lengths))
    opening = tokens.first + 2 * numbers
    among = np.arange(len(lengths)) + 2 * tokens.values + 1
    values = np.repeat(numbers, counts + 2)
    begins, spans, kinds = np.zeros((3, len(values)), np.intp)
    begins[among], spans[among] = tokens.begins, lengths
    begins[opening], spans[opening] = tokens.begins[tokens.first], lengths[tokens.first]
    kinds[opening + counts + 1] = 1
    kinds[opening] = 1 + _met(tokens)
    names = tokens.names[values]
    named = _NAMED + _STEP * kinds + names
    within = tokens.records[values]

    def cut(chosen: Flags, before: Places, offset: int) -> list[str]:
        some = np.flatnonzero(chosen)
        return _cut(letters, before[some], begins[some] + offset, spans[some], within[some], count)

    def bare(chosen: Flags, offset: int) -> list[str]:
        some = np.flatnonzero(chosen)
        return _cut(letters, None, tokens.begins[some] + offset, lengths[some], records[some], count)

    columns = (
        bare(own, folded),
        cut(names == _TITLE, _TITLED + kinds, folded),
        cut(names != _TITLE, named, folded),
        cut(names != _PLAIN, named, exact),
        bare(marked, exact),
        _begun(tokens, records, own & (lengths >= BEGUN), count),
    )
    return list(map(Texts, *columns))


def _begun(tokens: _Tokens, records: Places, chosen: Flags, count: int) -> list[str]:
    """For each record the first two letters of these tokens, each pair once and behind an edge."""
    begins = tokens.begins[chosen]
    pairs = np.unique(records[chosen] << 32 | tokens.folded[begins].astype(np.intp) << 16 | tokens.folded[begins + 1])
    written = np.empty((len(pairs), _PAIR), np.uint16)
    written[:, 0], written[:, 1], written[:, 2], written[:, 3] = (
        ord(EDGE),
        pairs >> 16 & 0xFFFF,
        pairs & 0xFFFF,
        ord(" "),
    )
    text = written.tobytes().decode("utf-16-le", "surrogatepass")
    bounds = (pairs.searchsorted(np.arange(count + 1) << 32) * _PAIR).tolist()
    return [text[begin:end] for begin, end in pairwise(bounds)]


def _met(tokens: _Tokens) -> Flags:
    """Whether the record of each value has one of the same index field before it."""
    fields = tokens.records * _STEP + tokens.names
    order = np.argsort(fields, kind="stable")
    again = np.zeros(len(order), np.bool_)
    again[order[1:]] = fields[order[1:]] == fields[order[:-1]]
    return again


def _cut(
    letters: Letters, before: Places | None, begins: Places, lengths: Places, records: Places, count: int
) -> list[str]:
    """For each record the tokens that stand in these places, with what stands before them, and a blank behind each."""
    lengths = lengths + 1  # the blank
    ends = lengths.cumsum()
    if before is not None:
        widths = _LENGTHS_BEFORE[before]
        begins = np.stack((_BEGINS_BEFORE[before], begins), axis=1).ravel()
        ends += widths.cumsum()
        lengths = np.stack((widths, lengths), axis=1).ravel()
    found = letters.take(_spread(begins, lengths))
    found[ends - 1] = ord(" ")
    text = found.tobytes().decode("utf-16-le", "surrogatepass")
    bounds = np.concatenate(([0], ends))[records.searchsorted(np.arange(count + 1))].tolist()
    return [text[begin:end] for begin, end in pairwise(bounds)]
