"""ISO 2709 in and out: MARC 21 as it lies in files and goes over Z39.50.

Almost every record is as it should be, and those go a quick way: one split, a few checks over the whole record, one
decoding. Whatever fails a check goes the careful way through `marc.directory` and `marc.repair`, field by field.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import lru_cache, partial
from itertools import pairwise, repeat
from operator import add
from struct import Struct
from typing import BinaryIO, NamedTuple

from foundation.errors import FormatError, InputError, LimitError, Place, Problem
from foundation.limits import ISO2709_FIELD_BYTES, ISO2709_RECORD_BYTES, LOCAL_ID_CHARACTERS, MARC_RECORD_BYTES
from marc import charset, decoding, directory, messages, repair
from marc.decoders import DECODERS, NEVER_QUICK, Decoder
from marc.framing import Frame, Kind, Run, frames, is_filler
from marc.framing import runs as framed_runs
from marc.judgement import UNJUDGED, Sample, Verdict
from marc.reading import Reading
from marc.record import FIELD_TERMINATOR, Record
from marc.stretches import Stretch, shown, stretches

_TERMINATOR = b"\x1e"
FEW = 8
"""Records that are sooner read one by one than together."""
_LABEL = Struct("5s7x5s")
"""Record length and base address of data."""


def readings(
    stream: BinaryIO, *, encoding: str = decoding.AUTO, decoders: Mapping[str, Decoder] = DECODERS
) -> Iterator[Reading]:
    """Every record of a stream and everything between them, in order, with flat memory.

    Line ends, blanks and the like between records are told as a problem of the record behind them; other junk is a
    reading of its own without a record. Raises InputError for an unknown encoding, and nothing else.
    """
    decoding.check_name(encoding, decoders)
    for stretch in stretches(stream, judged=encoding == decoding.AUTO):
        yield from of_stretch(stretch, encoding, decoders)


def of_stretch(
    stretch: Stretch, encoding: str = decoding.AUTO, decoders: Mapping[str, Decoder] = DECODERS
) -> Iterator[Reading]:
    """Every record of a stretch and what else it is, in order; `encoding` is a name that was checked."""
    piece, number, verdict, skipped = stretch
    if isinstance(piece, Frame):
        yield _filled(_read_frame(piece, number, encoding, decoders, verdict), skipped)
        return
    data, offset, bounds = piece
    for text, begin, end in zip(_texts(piece, encoding, verdict), bounds[:-1], bounds[1:], strict=True):
        record = data[begin:end]
        if text is not None:
            found = Reading(number, offset + begin, record, *_labelled(record, text))
        else:
            found = Reading(
                number, offset + begin, record, *read(record, encoding=encoding, decoders=decoders, verdict=verdict)
            )
        if skipped:
            found, skipped = _filled(found, skipped), 0
        yield found
        number += 1


def _texts(run: Run, encoding: str, verdict: Verdict) -> Iterable[str | None]:
    """The packed text of the records that are as they should be, where their bytes may be taken for what they seem."""
    count = len(run.bounds) - 1
    if encoding != decoding.AUTO or not verdict.quick or count < FEW:
        return repeat(None, count)
    from marc import runs  # noqa: PLC0415 - numpy, which commands that read no records need not load

    return runs.texts(run)


def _filled(reading: Reading, skipped: int) -> Reading:
    """A reading with what was skipped before it told."""
    if not skipped:
        return reading
    return reading._replace(problems=(Problem(messages.FILLER, values={"count": skipped}), *reading.problems))


def samples(stream: BinaryIO) -> Iterator[Sample]:
    """What each record of a stream shows of its encoding."""
    return map(shown, frames(stream))


def _read_frame(frame: Frame, number: int, encoding: str, decoders: Mapping[str, Decoder], verdict: Verdict) -> Reading:
    if unread := _unread(frame):
        return Reading(number, frame.offset, frame.data, None, (unread,))
    found = read(frame.data, encoding=encoding, decoders=decoders, verdict=verdict)
    return Reading(number, frame.offset, frame.data, *found)


def _unread(frame: Frame) -> Problem | None:
    """Why nothing can be read from a frame whatever is in it."""
    data = frame.data
    if frame.kind is Kind.JUNK:
        start = data[:60].decode("utf-8", "backslashreplace")
        return Problem(messages.JUNK, values={"count": len(data), "start": start})
    if frame.kind is Kind.TORN and len(data) >= MARC_RECORD_BYTES:
        values = {"limit": "MARC_RECORD_BYTES", "seen": len(data), "allowed": MARC_RECORD_BYTES}
        return Problem(messages.RECORD_LIMIT, values=values)
    return None


def read(
    data: bytes,
    *,
    encoding: str = decoding.AUTO,
    decoders: Mapping[str, Decoder] = DECODERS,
    verdict: Verdict = UNJUDGED,
) -> tuple[Record | None, tuple[Problem, ...]]:
    """One record from its bytes, and what had to be repaired; None when it cannot be read, the last problem says why.

    `encoding` is `auto`, `utf-8` or a name among `decoders`; `verdict` is what `auto` knows of the file.
    """
    text = None
    if verdict.quick if encoding == decoding.AUTO else data[9:10] == b"a" and encoding not in NEVER_QUICK:
        text = _quick(data)
    if text is None:
        return _careful(data, encoding, decoders, verdict)
    return _labelled(data, text)


def _labelled(data: bytes, text: str) -> tuple[Record, tuple[Problem, ...]]:
    """The record of packed text from the quick way: with its leader mended, and what is wrong in that."""
    leader, problems = repair.leader(f"00000{text[5:12]}00000{text[17:24]}")  # lengths aside, few are different
    if problems:
        leader, problems = repair.leader(text[:24])
    if data[9:10] != b"a" and not text.isascii():
        label = Problem(messages.ENCODING_LABEL, values={"seen": data[9:10].decode("latin-1"), "used": decoding.UTF8})
        problems = (*problems, label)
    return Record(leader + text[24:]), problems


def select(data: bytes, tags: frozenset[bytes]) -> list[str]:
    """The fields with these tags (b"245" …) as packed text, in order, without decoding any other.

    The same as reading the record and taking these from its `parts()`, but that fields nobody asked for are not looked
    into. Raises FormatError when the record has to be mended for it and cannot be.
    """
    text = _quick_select(data, tags)
    if text is not None:
        return text.split(FIELD_TERMINATOR)[1:]
    record, problems = _careful(data, decoding.AUTO, DECODERS, UNJUDGED)
    if record is None:
        last = problems[-1]
        raise FormatError(last.message, last.place, **last.values)
    wanted = {tag.decode("latin-1") for tag in tags}
    return [part for part in record.parts() if part[:3] in wanted]


class Selection(NamedTuple):
    """The fields of one record that were asked for."""

    offset: int
    """Of its first byte, in the stream, from 0."""
    parts: list[str]
    """Packed text, in order; empty also where the record could not be read."""
    problem: Problem | None = None
    """Why it could not."""


_SELECTED: Callable[[object], Selection] = partial(tuple.__new__, Selection)
"""`Selection._make` without a step of Python's for each."""


def selections(stream: BinaryIO, tags: frozenset[bytes]) -> Iterator[Selection]:
    """`select` for each record of a stream, in order, with flat memory; raises nothing for what is in the stream.

    Junk between records is a selection of its own with its problem, as in `readings`. Records are in UTF-8, or say
    themselves that they are in MARC-8 and are; for what only the whole file could tell there is `readings`.
    """
    from marc import runs  # noqa: PLC0415 - numpy, which commands that read no records need not load

    table = runs.wanted(tags)
    for piece in framed_runs(stream):
        if isinstance(piece, Frame):
            if piece.kind is not Kind.JUNK or not is_filler(piece.data):
                yield _selection(piece, tags)
            continue
        data, offset, bounds = piece
        if len(bounds) <= FEW:
            for begin, end in pairwise(bounds):
                yield _selection(Frame(data[begin:end], offset + begin, Kind.RECORD), tags)
            continue
        found = runs.parts(piece, table)
        places = [offset + begin for begin in bounds[:-1]]
        if None not in found:
            yield from map(_SELECTED, zip(places, found, repeat(None), strict=False))
            continue
        for parts, place, begin, end in zip(found, places, bounds[:-1], bounds[1:], strict=True):
            if parts is None:
                yield _selection(Frame(data[begin:end], place, Kind.RECORD), tags)
            else:
                yield Selection(place, parts)


def _selection(frame: Frame, tags: frozenset[bytes]) -> Selection:
    problem = _unread(frame)
    if problem is None:
        try:
            return Selection(frame.offset, select(frame.data, tags))
        except InputError as error:
            problem = error.problem
    return Selection(frame.offset, [], problem)


@lru_cache(maxsize=1024)
def _tags(count: int) -> Struct:
    """Takes the tag out of each of so many directory entries."""
    return Struct("3s9x" * count)


def _counted(data: bytes) -> tuple[int, int] | None:
    """Base address and number of fields, when length, base address and terminators are as they should be."""
    if len(data) < 26 or data[-2:] != b"\x1e\x1d":
        return None
    length, address = _LABEL.unpack_from(data)
    if not (length + address).isdigit() or int(length) != len(data):
        return None
    base = int(address)
    count, rest = divmod(base - 25, 12)
    if rest or count < 1 or base >= len(data) or data[base - 1] != 0x1E:
        return None
    return base, count


def _quick(data: bytes) -> str | None:
    """Packed text with the leader as it stands; None when anything is out of order."""
    packed = _packed(data)
    return repair.sound(packed) if packed is not None else None


def _quick_marc8(data: bytes) -> str | None:
    """The same of a record in MARC-8, all values at once; None also where the decoder has something to say."""
    packed = _packed(data)
    if packed is None:
        return None
    text, problems = charset.decode(packed[24:])
    return None if problems else repair.sound(packed[:24] + text.encode())


def _packed(data: bytes) -> bytes | None:
    """Leader and fields, each field behind its tag, as far as structure goes; None when any of it is out of order."""
    counted = _counted(data)
    if counted is None:
        return None
    base, count = counted
    pieces = data[base:-2].split(_TERMINATOR)
    if count != len(pieces) or not _contiguous(data[24 : base - 1], count, len(data) - base - 1):
        return None
    tags = _tags(count).unpack_from(data, 24)
    return _TERMINATOR.join([data[:24], *map(add, tags, pieces)])


def _quick_select(data: bytes, wanted: frozenset[bytes]) -> str | None:
    """The same with the wanted fields only; what is in the others is not looked at."""
    counted = _counted(data)
    if counted is None:
        return None
    base, count = counted
    pieces = data[base:-2].split(_TERMINATOR)
    if count != len(pieces) or not _contiguous(data[24 : base - 1], count, len(data) - base - 1):
        return None
    tags = _tags(count).unpack_from(data, 24)
    parts = [tag + piece for tag, piece in zip(tags, pieces, strict=True) if tag in wanted]
    return repair.sound(_TERMINATOR.join([data[:24], *parts]))


class _Lanes(NamedTuple):
    """Masks for a directory of some number of fields that is taken as one number, each of its bytes a lane."""

    high: int
    """0xF0 in each lane of a length (four digits) or start (five)."""
    zeros: int
    """0x30, the digit 0, in these."""
    low: int
    """0x0F in these."""
    sixes: int
    """0x06 in these: added to a digit it leaves 0x10 alone, added to anything else it does not."""
    tens: int
    """0x10 in these."""
    lengths: int
    """0x0F in each lane of a length."""
    starts: int
    """0x0F in each lane of a start."""
    carry: int
    """0xF6 in each lane of a start: with it, ten or more overflows to the next digit."""
    ones: int
    """0x01 in each lane of a start."""


@lru_cache(maxsize=1024)
def _lanes(count: int) -> _Lanes:
    def mask(length: str, start: str) -> int:
        return int.from_bytes(bytes.fromhex("000000" + length * 4 + start * 5) * count, "big")

    pairs = ["F0F0", "3030", "0F0F", "0606", "1010", "0F00", "000F", "00F6", "0001"]
    return _Lanes(*(mask(pair[:2], pair[2:]) for pair in pairs))


def _contiguous(entries: bytes, count: int, size: int) -> bool:
    """Whether each field begins where the one before ends, from 0 to `size`.

    Start + length is worked out for all fields in one addition of large numbers with a decimal digit in each byte.
    """
    high, zeros, low, sixes, tens, lengths, starts, carry, ones = _lanes(count)
    number = int.from_bytes(entries, "big")
    if number & high != zeros or (number & low) + sixes & tens:
        return False
    begin = number & starts
    end = begin + ((number & lengths) >> 40) + carry
    end -= (end >> 4 & ones) * 0xF6  # where nothing overflowed
    return end == (begin << 96) + int.from_bytes(b"%05d" % size, "big") - 0x3030303030


def _careful(
    data: bytes, encoding: str, decoders: Mapping[str, Decoder], verdict: Verdict
) -> tuple[Record | None, tuple[Problem, ...]]:
    """A record read field by field, with every repair that needs no guess."""
    problems: list[Problem] = []
    try:
        leader, found = repair.leader(data[:24].decode("latin-1"))
        values = decoding.Values(decoding.sample(data), encoding, decoders, verdict)
        text = _quick_marc8(data) if values.whole else None
        if text is not None:
            return Record(leader + text[24:]), (*found, *values.problems)
        problems.extend(found)
        fields = directory.locate(data, problems)
        parts = [leader]
        for tag, content in fields:
            part, found_here = _field(tag, content, values)
            problems.extend(found_here)
            if part:
                parts.append(part)
        problems.extend(values.problems)
        if len(parts) == 1:
            raise FormatError(messages.EMPTY_RECORD)
    except InputError as error:
        return None, (*problems, error.problem.at(control_number=_control_number(data)))
    return Record(FIELD_TERMINATOR.join(parts)), tuple(problems)


def _control_number(data: bytes) -> str:
    """What seems to be field 001 of a record that could not be read, to find it again by; empty if nothing does."""
    base = data.find(_TERMINATOR, 24) + 1
    value = data[base : base + LOCAL_ID_CHARACTERS].partition(_TERMINATOR)[0]
    return value.decode("ascii") if data[24:27] == b"001" and value.isascii() and value.isalnum() else ""


def _field(tag: str, content: bytes, values: decoding.Values) -> tuple[str, list[Problem]]:
    if not repair.TAG.fullmatch(tag) and not repair.TAG.fullmatch(tag.upper()):
        text = content[:80].decode("utf-8", "backslashreplace")
        return "", [Problem(messages.TAG_LEFT_OUT, values={"seen": tag, "text": text})]
    try:
        return repair.field(tag, content.decode("latin-1"), values.code if tag.startswith("00") else values)
    except InputError as error:
        raise repair.placed(error, tag) from error


def write(record: Record) -> bytes:
    """The record as ISO 2709 in UTF-8: leader/09 `a`, two indicators, two-character codes, entry map 4500.

    Raises LimitError for a field over `ISO2709_FIELD_BYTES` or a record over `ISO2709_RECORD_BYTES`.
    """
    return framed(record, record.text.encode(), b"a")


def framed(record: Record, packed: bytes, scheme: bytes) -> bytes:
    """`packed`, the text of `record` in the encoding that leader/09 `scheme` names, as ISO 2709.

    Raises LimitError like `write`.
    """
    leader, *parts = packed.split(_TERMINATOR)
    entries, start = [], 0
    for part in parts:
        length = len(part) - 2  # without the tag, with the terminator
        if length > ISO2709_FIELD_BYTES:
            raise LimitError(
                messages.FIELD_TOO_LONG,
                Place(control_number=record.control("001"), tag=part[:3].decode("ascii")),
                limit="ISO2709_FIELD_BYTES",
                seen=length,
                allowed=ISO2709_FIELD_BYTES,
            )
        entries.append(b"%b%04d%05d" % (part[:3], length, start))
        start += length
    base = 24 + 12 * len(parts) + 1
    total = base + start + 1
    if total > ISO2709_RECORD_BYTES:
        raise LimitError(
            messages.RECORD_TOO_LONG,
            Place(control_number=record.control("001")),
            limit="ISO2709_RECORD_BYTES",
            seen=total,
            allowed=ISO2709_RECORD_BYTES,
        )
    label = b"%05d%b%b22%05d%b4500" % (total, leader[5:9], scheme, base, leader[17:20])
    body = [part[3:] for part in parts]
    return _TERMINATOR.join([label + b"".join(entries), *body, b"\x1d"])
