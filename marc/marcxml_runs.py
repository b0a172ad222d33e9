"""Write MARCXML for many records at once: the same bytes as `marc.marcxml.write`, in a fraction of its steps.

Markup of MARCXML has a fixed length for each delimiter of packed text. So where every piece of it goes can be worked
out for a whole run as columns of numbers: first the places, then each kind of markup in one operation, then the text.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

import numpy as np

from marc import marcxml
from marc.columns import WIDTH, Bytes, Flags, Numbers, copy, put
from marc.record import RECORD_TERMINATOR, Record

_RUN_CHARACTERS = 128 * 1024
"""About how much packed text is written at once."""

_HEAD = marcxml.HEAD.encode()
_ENDS = [b"</leader>", b"</controlfield>", b"</subfield></datafield>", b"</subfield>", b""]
"""What ends what is open: the leader, a control field, a data field, a subfield; nothing before a field's first."""
_OPENED = np.array([0, 2, 2, 1], dtype=np.uint8)
"""The first three of these, by what began."""
_RECORD, _FIELD, _SUBFIELD, _CONTROL = range(4)
_BEGINS = [
    b"</record>" + _HEAD,
    b'<datafield tag="ttt" ind1="i" ind2="j">',
    b'<subfield code="c">',
    b'<controlfield tag="ttt">',
]
"""What a record terminator (for the next record), a data field, a subfield and a control field begin with."""
_VARIABLE = [[], [16, 17, 18, 27, 36], [16], [19, 20, 21]]
"""The places in it of the characters behind the delimiter."""
_TAKEN = np.array([1 + len(variable) for variable in _VARIABLE])
_OPENING = np.array([len(text) for text in _BEGINS])
_CLOSING = np.array([len(text) for text in _ENDS])
_ESCAPES = {ord("&"): b"&amp;", ord("<"): b"&lt;", ord(">"): b"&gt;"}
_ESCAPED_CODE = np.zeros(256, dtype=np.bool_)
_ESCAPED_CODE[list(b'&<>"')] = True


def write_all(records: Iterable[Record]) -> Iterator[bytes]:
    """What `marcxml.write` gives for each of these records, in order; about `_RUN_CHARACTERS` are held at a time.

    The records hold what `marc.record` promises.
    """
    held: list[Record] = []
    size = 0
    for record in records:
        held.append(record)
        size += len(record.text)
        if size >= _RUN_CHARACTERS:
            yield from _written(held)
            held, size = [], 0
    if held:
        yield from _written(held)


def _written(records: Sequence[Record]) -> Iterator[bytes]:
    packed = RECORD_TERMINATOR.join([*[record.text for record in records], " " * WIDTH]).encode()
    marks = _marks(np.frombuffer(packed, np.uint8))
    written, bounds = _document(marks)
    begin = 0
    for record, odd, end in zip(records, marks.odd.tolist(), bounds, strict=True):
        yield marcxml.write(record) if odd else written[begin:end]
        begin = end


class _Marks(NamedTuple):
    """The delimiters of packed records, each with a record terminator behind it, and what markup they become."""

    data: Bytes
    places: Numbers
    kinds: Bytes
    """An index of `_BEGINS`."""
    ended: Bytes
    """An index of `_ENDS`."""
    odd: Flags
    """For each record whether it has to be written by itself: fields out of order, codes that are markup."""


def _marks(data: Bytes) -> _Marks:
    places = np.flatnonzero(data < 0x20)
    kinds = data[places] - np.uint8(0x1D)
    second, third = data.take(places + 1, mode="clip"), data.take(places + 2, mode="clip")
    control = (kinds == _FIELD) & (second == 0x30) & (third == 0x30)
    kinds[control] = _CONTROL
    ended = np.empty_like(kinds)
    ended[0] = 0
    ended[1:] = _OPENED.take(kinds[:-1])  # 0 the leader, 1 a control field, 2 a data field
    within = kinds == _SUBFIELD
    bad = (within & _ESCAPED_CODE.take(second)) | (control & (ended == 2))
    end = kinds == _RECORD
    odd = np.zeros(int(end.sum()), dtype=np.bool_)
    odd[places[end].searchsorted(places[bad])] = True
    within[1:] &= kinds[:-1] == _FIELD
    ended[kinds == _SUBFIELD] = 3
    ended[within] = 4
    return _Marks(data, places, kinds, ended, odd)


def _document(marks: _Marks) -> tuple[bytes, list[int]]:
    """The records as MARCXML one behind the other, and where each ends."""
    data, places, kinds, ended, _ = marks
    closing = _CLOSING.take(ended)
    opening = _OPENING.take(kinds)
    taken = _TAKEN.take(kinds)
    signs = np.flatnonzero((data == ord("&")) | (data & 0xFD == ord("<")))  # > differs from < in one bit
    lengths = np.where(data[signs] == ord("&"), len(b"&amp;"), len(b"&lt;"))
    order = np.concatenate([places, signs]).argsort(kind="stable") if len(signs) else None
    every, gone, grown = (
        both if order is None else both[order]
        for both in (
            np.concatenate([places, signs]),
            np.concatenate([taken, np.ones_like(signs)]),
            np.concatenate([closing + opening, lengths]),
        )
    )
    added = len(_HEAD) + grown.cumsum()
    target = every - (gone.cumsum() - gone) + added - grown

    out = np.empty(int(target[-1] + grown[-1]) + WIDTH, dtype=np.uint8)
    out[: len(_HEAD)] = np.frombuffer(_HEAD, np.uint8)
    begins = np.concatenate([[0], every + gone])[:-1]
    copy(data, begins, out, np.concatenate([[len(_HEAD)], target + grown])[:-1], every - begins)

    if order is None:
        at = target
    else:
        back = np.empty_like(order)
        back[order] = np.arange(len(order))
        at = target[back[: len(places)]]
        for sign, escape in _ESCAPES.items():
            put(out, target[back[len(places) :]][data[signs] == sign], escape)
    for number, text in enumerate(_ENDS[:-1]):
        put(out, at[ended == number], text)
    at = at + closing
    for number, (text, variable) in enumerate(zip(_BEGINS, _VARIABLE, strict=True)):
        chosen = np.flatnonzero(kinds == number)
        rows = np.tile(np.frombuffer(text, np.uint8), (len(chosen), 1))
        source = places[chosen]
        for step, column in enumerate(variable, 1):
            rows[:, column] = data[source + step]
        put(out, at[chosen], rows.view(f"V{len(text)}")[:, 0])
    return out.tobytes(), (at[kinds == _RECORD] + len(_BEGINS[_RECORD]) - len(_HEAD)).tolist()
