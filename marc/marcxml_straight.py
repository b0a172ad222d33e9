"""From ISO 2709 straight to MARCXML: the bytes that reading and `marc.marcxml.write` give, without the record between.

A run of records is proved (`marc.run_proof`), and then each of its delimiters becomes the markup that MARCXML has in
its place: kind by kind, all of a kind in one operation. The text between is moved as it stands. What has to be repaired
is no matter for this and is left to who reads record by record.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from itertools import accumulate, pairwise
from typing import NamedTuple, cast

import numpy as np
from numpy.typing import NDArray

from marc import iso2709, marcxml, repair
from marc.columns import WIDTH, Bytes, Flags, Numbers, copy, put
from marc.framing import Frame, Run
from marc.iso2709 import FEW
from marc.reading import Reading
from marc.run_proof import Proof, prove
from marc.stretches import Stretch, parted

_LEADER, _CONTROL, _DATA = range(3)
"""What ends where a field terminator stands: leader and directory, a control field, a data field."""
_END = 0
"""What begins there: nothing more, or `_CONTROL` or `_DATA`."""
_CLOSING = [
    marcxml.HEAD.encode() + b"0" * 24 + b"</leader>",
    b"</controlfield>",
    b"</subfield></datafield>",
]
_OPENING = [
    b"</record>\n",
    b'<controlfield tag="ttt">',
    b'<datafield tag="ttt" ind1="i" ind2="j"><subfield code="c">',
]
_MARKUP = [closing + opening for closing in _CLOSING for opening in _OPENING]
_SUBFIELD = len(_MARKUP)
_MARKUP += [b'</subfield><subfield code="c">', b"&amp;", b"&lt;", b"&gt;"]
"""What stands for a field terminator (by what ends and what begins), for a subfield delimiter, and for three signs."""
_TAGGED = [
    [np.array([list(markup.replace(b"ttt", b"%03d" % tag)) for tag in range(1000)], dtype=np.uint8) for markup in row]
    for row in (_MARKUP[:3], _MARKUP[3:6], _MARKUP[6:9])
]
"""The same by the tag of the field that begins."""
_CODED: NDArray[np.void] = np.array(
    [list(_MARKUP[_SUBFIELD].replace(b'"c"', b'"%c"' % code)) for code in range(256)], dtype=np.uint8
).view(f"V{len(_MARKUP[_SUBFIELD])}")[:, 0]
"""What stands for a subfield delimiter, by the code behind it."""
_GROWN = np.array([len(text) for text in _MARKUP])
_TAKEN = np.array([1, 1, 5] * 3 + [2, 1, 1, 1])
"""Bytes of the record that become this: the delimiter, with it indicators and code."""
_SIGN_MARKUP: Bytes = np.zeros(256, dtype=np.uint8)
_SIGN_MARKUP[list(b"&<>")] = range(_SUBFIELD + 1, len(_MARKUP))
_HEAD = len(marcxml.HEAD)
"""Where the leader is in what stands for the end of the directory."""

_TITLE, _UNIMARC_TITLE = 245, 200
_QUOTED: Flags = np.zeros(256, dtype=np.bool_)
_QUOTED[list(b'&<>"')] = True
_LETTERS: Flags = np.array([chr(number).isalnum() and number < 0x80 for number in range(256)])
_LETTERS_OR_BLANK: Flags = _LETTERS | (np.arange(256) == 0x20)
_FIXED = {0: b"00000", 9: b"a", 10: b"22", 12: b"00000", 20: b"4500"}
"""What every record's leader says at these positions (`marc.record`)."""
_STROKE = "\u0338"
"""The mark that joins the end of a tag before it."""
_ASCII, _SOUND, _LOOSE, _UNSOUND = range(4)
"""What the text of a record is: ASCII, in NFC, not in NFC, or to be mended."""


class Written(NamedTuple):
    """What became of a run."""

    pieces: list[bytes | memoryview]
    """Joined: the records that could be written, as MARCXML in UTF-8, a line feed behind each."""
    bounds: list[int]
    """Where in these each record of the run begins, and the end; nothing is between for an odd one."""
    odd: list[bool]
    """For each record whether it has to be read by itself."""


def write(run: Run) -> Written:
    """A run as MARCXML, but for records that have anything to mend or to tell, which are odd. Raises nothing.

    A record that is not odd has what `iso2709.read` and `marcxml.write` give for it, is no UNIMARC, and is valid UTF-8;
    whether its file means that, only the file can say (`marc.judgement`).
    """
    texts = _texts(run)
    proof = prove(run)
    odd = proof.sick | (texts == _UNSOUND) | _strange_leader(proof, texts) | _strange_fields(proof)
    if odd.any():
        kept = [pair for pair, left in zip(pairwise(run.bounds), odd.tolist(), strict=True) if not left]
        if not kept:
            return Written([], [0] * len(run.bounds), odd.tolist())
        bounds = [0, *accumulate(end - begin for begin, end in kept)]
        proof = prove(Run(b"".join([run.data[begin:end] for begin, end in kept]), 0, bounds))
    return _divided(*_document(proof), texts, odd)


class Stood(NamedTuple):
    """Records one behind the other that had nothing to mend or to tell."""

    pieces: list[bytes | memoryview]
    """As in `Written`."""
    records: int


def of_stretch(stretch: Stretch) -> Iterator[Stood | Reading]:
    """A stretch of a file whose encoding nobody chose: as MARCXML what can be written straight, the rest as read."""
    run, number, verdict, skipped = stretch
    if isinstance(run, Frame) or len(run.bounds) <= FEW or not verdict.quick:
        yield from iso2709.of_stretch(stretch)
        return
    if skipped:
        first, rest = parted(run, 1)
        yield from iso2709.of_stretch(stretch._replace(piece=first or run))
        run, number = cast(Run, rest), number + 1
    pieces, bounds, odd = write(run)
    odd_places = [place for place, left in enumerate(odd) if left]
    if not odd_places:
        yield Stood(pieces, len(odd))
        return
    whole = memoryview(b"".join(pieces))
    begin = 0
    for place in odd_places:
        if place > begin:
            yield Stood([whole[bounds[begin] : bounds[place]]], place - begin)
        data = _record(run, place)
        one = Run(data, run.offset + run.bounds[place], [0, len(data)])
        yield from iso2709.of_stretch(Stretch(one, number + place, verdict, 0))
        begin = place + 1
    if begin < len(odd):
        yield Stood([whole[bounds[begin] :]], len(odd) - begin)


def _record(run: Run, place: int) -> bytes:
    return run.data[run.bounds[place] : run.bounds[place + 1]]


def _texts(run: Run) -> Bytes:
    """What the text of each record is.

    Only what is beyond ASCII is looked at, and two characters before it: a letter that it may join, and the delimiter
    before that, which makes the letter a code.
    """
    states = np.zeros(len(run.bounds) - 1, dtype=np.uint8)
    if run.data.isascii():
        return states
    data = np.frombuffer(run.data, np.uint8)
    high = data > 0x7F
    near = high.copy()
    near[:-1] |= high[1:]
    near[:-2] |= high[2:]
    places = np.flatnonzero(near)
    looked = data[places].tobytes()
    bounds = places.searchsorted(run.bounds).tolist()
    whole = _state(looked)
    for place, (begin, end) in enumerate(pairwise(bounds)):
        if begin < end:
            states[place] = whole if whole == _SOUND else _state(looked[begin:end])
    return states


def _state(data: bytes) -> int:
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        return _UNSOUND
    composed = repair.composed(text)
    if composed is None or (composed != text and _STROKE in text):
        return _UNSOUND
    return _SOUND if composed == text else _LOOSE


def _strange_leader(proof: Proof, texts: Bytes) -> Flags:
    """For each record whether something in its leader has to be mended, or told."""
    leader = proof.data[proof.bounds[:-1] + np.arange(24)[:, np.newaxis]]
    good = _LETTERS_OR_BLANK.take(leader[[5, 7, 8, 9, 17, 18, 19]]).all(axis=0) & _LETTERS.take(leader[6])
    for place in (10, 20):
        for step, sign in enumerate(_FIXED[place]):
            good &= leader[place + step] == sign
    good &= (texts == _ASCII) | (leader[9] == ord("a"))
    strange: Flags = ~good
    return strange


def _strange_fields(proof: Proof) -> Flags:
    """For each record whether a code is markup, a control field comes behind others, or it may be UNIMARC."""
    strange = np.zeros(len(proof.sick), dtype=np.bool_)
    data, tags, records = proof.data, proof.tags, proof.records
    control = tags < 10
    behind = np.flatnonzero(control[1:] & ~control[:-1] & (records[1:] == records[:-1])) + 1
    strange[records[behind]] = True
    codes = proof.marks[proof.kinds == 0x1F] + 1
    quoted = codes[_QUOTED.take(data.take(codes, mode="clip"))]
    strange[proof.bounds.searchsorted(quoted, side="right") - 1] = True
    foreign = records[tags == _UNIMARC_TITLE]
    if len(foreign):
        titled = np.zeros_like(strange)
        titled[records[tags == _TITLE]] = True
        strange[foreign[~titled[foreign]]] = True
    return strange


def _document(proof: Proof) -> tuple[memoryview, Numbers]:
    """Records as MARCXML one behind the other, and where each ends. None of them is odd."""
    places, kinds, terminators = _events(proof)
    grown = _GROWN.take(kinds)
    behind = places + _TAKEN.take(kinds)
    stretches = np.zeros_like(places)
    np.subtract(places[1:], behind[:-1], out=stretches[:-1])
    ends = np.flatnonzero((kinds < _SUBFIELD) & (kinds % 3 == _END))
    stretches[ends] = 0  # the next leader and directory
    targets = (grown + stretches).cumsum() - stretches

    size = int(targets[-1])
    out = np.empty(size + WIDTH, dtype=np.uint8)
    copy(proof.data, behind, out, targets, stretches)
    at = targets - grown
    _put_markup(out, proof, at, kinds, places, terminators)
    return out.data[:size], targets[ends]


def _events(proof: Proof) -> tuple[Numbers, Bytes, Numbers]:
    """Each place where markup comes in, which, and which of these places are the terminators of the fields."""
    data = proof.data
    control = proof.tags < 10
    what = np.zeros(len(proof.terminators), dtype=np.uint8)
    what[proof.opened] = np.where(control, _CONTROL, _DATA)
    what[1:] += 3 * what[:-1]
    what[proof.first[:-1]] %= 3  # a leader ends, whatever ended before

    kinds = proof.kinds
    within = kinds == 0x1F
    within[1:] &= kinds[:-1] != 0x1E  # the first is part of its field's markup
    chosen = np.flatnonzero(within | (kinds == 0x1E))
    marks = proof.marks[chosen]
    markup = np.full(len(marks), _SUBFIELD, dtype=np.uint8)
    fields = np.flatnonzero(kinds[chosen] == 0x1E)
    markup[fields] = what
    signs = np.flatnonzero((data == ord("&")) | (data & 0xFD == ord("<")))  # > differs from < in one bit
    if not len(signs):
        return marks, markup, fields
    places = np.concatenate([marks, signs])
    order = places.argsort(kind="stable")
    both = np.concatenate([markup, _SIGN_MARKUP.take(data[signs])])[order]
    return places[order], both, np.flatnonzero(both < _SUBFIELD)


def _put_markup(out: Bytes, proof: Proof, at: Numbers, kinds: Bytes, places: Numbers, terminators: Numbers) -> None:
    """Each kind of markup where it belongs, with what it says of its own: leader, tag, indicators, code."""
    data = proof.data
    tags = np.zeros(len(proof.terminators), dtype=np.intp)
    tags[proof.opened] = proof.tags
    for ends in (_LEADER, _CONTROL, _DATA):
        for begins in (_CONTROL, _DATA):
            table = _TAGGED[ends][begins]
            chosen = np.flatnonzero(kinds[terminators] == 3 * ends + begins)
            if not len(chosen):
                continue
            rows = table.take(tags[chosen], axis=0)
            source = terminators[chosen]
            if ends == _LEADER:
                rows[:, _HEAD : _HEAD + 24] = _leaders(proof, proof.first[:-1].searchsorted(chosen))
            if begins == _DATA:
                for step, column in ((1, -31), (2, -22), (4, -3)):
                    rows[:, column] = data[places[source] + step]
            put(out, at[source], rows.view(f"V{table.shape[1]}")[:, 0])
        put(out, at[terminators[kinds[terminators] == 3 * ends + _END]], _MARKUP[3 * ends + _END])
    chosen = np.flatnonzero(kinds == _SUBFIELD)
    put(out, at[chosen], _CODED.take(data[places[chosen] + 1]))
    if len(chosen) + len(terminators) < len(kinds):
        for kind in range(_SUBFIELD + 1, len(_MARKUP)):
            put(out, at[kinds == kind], _MARKUP[kind])


def _leaders(proof: Proof, records: Numbers) -> Bytes:
    """The leaders of these records as every record has them."""
    leaders: Bytes = proof.data[proof.bounds[records][:, np.newaxis] + np.arange(24)]
    for place, text in _FIXED.items():
        leaders[:, place : place + len(text)] = np.frombuffer(text, np.uint8)
    return leaders


def _divided(written: memoryview, ends: Numbers, texts: Bytes, odd: Flags) -> Written:
    """The records of a run where they are now, and those in NFC that were not."""
    lengths = np.zeros(len(odd) + 1, dtype=np.intp)
    lengths[1:][~odd] = np.diff(ends, prepend=0)
    behind = lengths.cumsum()
    pieces: list[bytes | memoryview] = []
    done = 0
    for place in np.flatnonzero((texts == _LOOSE) & ~odd).tolist():
        begin, end = int(behind[place]), int(behind[place + 1])
        piece = _composed(str(written[begin:end], "utf-8")).encode()
        lengths[place + 1] = len(piece)
        pieces += [written[done:begin], piece]
        done = end
    return Written([*pieces, written[done:]], lengths.cumsum().tolist(), odd.tolist())


def _composed(document: str) -> str:
    """A document in NFC, which markup leaves alone."""
    pieces = document.split("<")
    return "<".join([piece if piece.isascii() else unicodedata.normalize("NFC", piece) for piece in pieces])
