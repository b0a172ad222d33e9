"""Which encoding a file is in, when its records do not say it or do not say the truth.

A file is judged once, from many records together, and never field by field: a single title can be read in several ways,
two hundred cannot. Where the answer is not sure there is none, and the records are set aside for a person to choose.

The records vote, too. One file that two typists filled in two encodings would give a fine guess for the larger half and
garble the other; so nearly all must agree, and a later record that is surely something else is not read. Where they do
not agree, and nearly each is sure of itself, each is read as what it surely is, and those that are not sure are not.
"""

from __future__ import annotations

import re
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from itertools import islice
from typing import Final, Generic, NamedTuple, TypeVar

from foundation.errors import LienThongError
from foundation.limits import MARC_LOOK_AHEAD_BYTES, MARC_LOOK_AHEAD_RECORDS
from marc import charset
from marc.charset_messages import MARK_ALONE, TRUNCATED, UNKNOWN_CODE, UNKNOWN_ESCAPE
from marc.decoders import DECODERS, LEGACY, MARC8, NEVER_QUICK, REREADINGS, TWICE, UTF8, is_utf8
from vietnamese.detection import UNKNOWN, Guess, detect, unmojibake
from vietnamese.encodings import cp1252_bytes, read_as_cp1252
from vietnamese.syllables import is_vietnamese_syllable

SURE: Final = 0.95
"""Confidence from which a guess is used. Measured on the demonstration province and on a Vietnamese university: every
record by itself is guessed right or not surely; of 1,354 in other languages (MARC-8, not ASCII) none was surely one of
these encodings."""
AGREE: Final = 0.9
"""Share of the votes that the encoding of a file needs."""
FAULTS: Final = 0.05
"""Share of bytes over 0x7F that cannot stand where they do in MARC-8. Real MARC-8 has 0.00 to 0.02; Latin-1 and the
Vietnamese encodings taken for MARC-8 have 0.20 to 0.42."""

DAMAGED: Final = 0.1
"""Places that are not UTF-8 for each letter beyond ASCII that is, at most, in a record that is damaged UTF-8."""

MIXED: Final = "mixed"
"""What a file is in whose records are in several encodings, each sure of its own."""

_ENOUGH: Final = 10
"""Bytes over 0x7F, or letters beyond ASCII, from which anything is believed that no label says."""
_VALUES: Final = 1000
_LENGTH: Final = 300

ESC: Final = b"\x1b"
NOTHING: Final = Guess(UNKNOWN, 0.0)

_HIGH: Final = bytes(range(0x80, 0x100))
_FAULT: Final = (
    re.compile(  # unassigned in ANSEL; or a mark with no letter behind it. (A class first: that is fastest.)
        rb"[\x80-\x87\x8a-\x8c\x8f-\xa0\xaf\xbb\xbe\xbf\xc9-\xff]"
        rb"(?:(?<=[\x80-\xdf\xfc\xfd\xff])|(?![A-Za-z\xa1-\xbd\xe0-\xfe]))"
    )
)
_ESCAPED: Final = re.compile(
    rb"\x1b(?:\$[,)\-]?[1-9A-Z]|[(,)\-]!?[0-9A-Z]|[bgps])(?:[\x21-\x7e]*?(?=\x1b|[\x00-\x20\x7f-\xff]|\Z))?|\x1b"
)
"""A sequence that switches sets, and what stands in the set it switches to; or a lone escape."""
_LOST: Final = "\ufffd".encode()
_UNKNOWN: Final = (UNKNOWN_CODE, UNKNOWN_ESCAPE, TRUNCATED, MARK_ALONE)
_UTF8_CHARACTER: Final = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}")
_WORD: Final = re.compile(r"[^\W\d_]+")


class Sample(NamedTuple):
    """What one record shows of its encoding."""

    label: str
    """Leader/09; `a` says UTF-8, a blank says MARC-8."""
    data: bytes
    """The whole record."""
    size: int
    """Bytes that are held back with it; more than `data` where it is no record."""
    subfield: re.Pattern[bytes]
    """What finds the values of its subfields."""

    @property
    def values(self) -> list[bytes]:
        """Those of its subfields that are not ASCII."""
        return [] if self.data.isascii() else [v for v in self.subfield.findall(self.data) if not v.isascii()]

    @property
    def tells(self) -> bool:
        """Whether it shows anything at all, which ASCII without escape sequences does not."""
        return not self.data.isascii() or ESC in self.data

    @property
    def foreign(self) -> bool:
        """Whether it is not UTF-8. Escape sequences are MARC-8, unless the record itself says UTF-8."""
        return (self.label != "a" and ESC in self.data) or not is_utf8(self.data)

    @property
    def damaged(self) -> bool:
        """Whether it is UTF-8, as it says, but for a few bytes: no other encoding makes many characters of UTF-8."""
        if self.label != "a":
            return False
        text = self.data.decode("utf-8", "replace")
        lost = text.count("\ufffd") - self.data.count(_LOST)
        letters = sum(not letter.isascii() for letter in text) - text.count("\ufffd")
        return 0 < lost <= DAMAGED * letters and letters >= _ENOUGH


class Verdict(NamedTuple):
    """What a file was judged to be. None where no record has asked yet; "unknown" where the answer is not sure."""

    foreign: Guess | None = None
    """For records that are not UTF-8: MARC-8 or one of `LEGACY`."""
    garbled: Guess | None = None
    """For records that are UTF-8 and yet not text: one of `REREADINGS`."""

    @property
    def quick(self) -> bool:
        """Whether valid UTF-8 can be believed without a look at the record."""
        garbled = self.garbled is None or not self.garbled.confidence
        return garbled and (self.foreign is None or self.foreign.encoding not in NEVER_QUICK)

    def suffices(self, sample: Sample) -> bool:
        """Whether this record can be read without looking at more of its file."""
        if sample.tells and sample.foreign and sample.damaged:
            return True
        return not sample.tells or (self.foreign if sample.foreign else self.garbled) is not None


UNJUDGED: Final = Verdict()

Item = TypeVar("Item")


class File(Generic[Item]):
    """The records of a file in order, with a verdict on it that is reached where it is first needed.

    Then the reader looks ahead, as far as `MARC_LOOK_AHEAD_RECORDS` and `MARC_LOOK_AHEAD_BYTES` allow: once for each
    kind of record, at most.
    """

    def __init__(self, items: Iterator[Item], shown: Callable[[Item], Sample]) -> None:
        """`shown` says what an item shows of its encoding."""
        self._items = items
        self._shown = shown
        self._held: deque[Item] = deque()
        self.verdict = UNJUDGED

    def __iter__(self) -> Iterator[Item]:
        ended = False
        while not ended:
            ended = True
            for item in self._items:
                yield item
                ended = False
                if self._held:
                    break
            while self._held:
                yield self._held.popleft()

    def judged(self, sample: Sample) -> Verdict:
        """The verdict for the item that was given last, and all behind it."""
        if self.verdict.suffices(sample):
            return self.verdict
        samples = [sample, *map(self._shown, self._held)]
        room = MARC_LOOK_AHEAD_BYTES - sum(one.size for one in samples)
        for item in islice(self._items, MARC_LOOK_AHEAD_RECORDS - len(samples)):
            self._held.append(item)
            samples.append(self._shown(item))
            room -= samples[-1].size
            if room <= 0:
                break
        found = judge(samples)
        self.verdict = Verdict(self.verdict.foreign or found.foreign, self.verdict.garbled or found.garbled)
        return self.verdict


def judge(samples: Iterable[Sample]) -> Verdict:
    """What the file of these records is in."""
    telling = [sample for sample in samples if sample.tells]
    foreign = [sample for sample in telling if sample.foreign and not sample.damaged]
    unicode = [sample for sample in telling if not sample.foreign]
    return Verdict(_foreign(foreign) if foreign else None, _garbled(unicode) if unicode else None)


def _foreign(samples: Sequence[Sample]) -> Guess:
    faults, high = map(sum, zip(*(marc8_faults(sample.data) for sample in samples), strict=True))
    values = _values(samples)
    found = detect(values)
    vietnamese = found.encoding in LEGACY and found.confidence >= SURE
    labelled = any(sample.label != "a" for sample in samples)
    if not vietnamese and faults <= FAULTS * high and (labelled or high >= _ENOUGH):
        return Guess(MARC8, 1.0 - faults / max(high, 1), shown(values, MARC8))
    voted = list(map(vote, samples))
    votes = Counter(voted)
    if high < _ENOUGH:
        return NOTHING
    if not vietnamese:
        return _mixed(samples, voted)
    agreed = votes[found.encoding] >= AGREE * (votes.total() - votes[""])
    return found if agreed else _mixed(samples, voted)


def _mixed(samples: Sequence[Sample], voted: Sequence[str]) -> Guess:
    """Whether each record may be read by its own vote: nearly all have one, and none is for what looks like ASCII."""
    votes = Counter(voted)
    sure = votes.total() - votes[""]
    several = len(votes.keys() - {""}) > 1 and not votes.keys() & NEVER_QUICK
    if not several or sure < AGREE * votes.total():
        return NOTHING
    firsts = {encoding: sample for sample, encoding in zip(samples, voted, strict=True) if encoding}
    pairs = [pair for encoding, sample in firsts.items() for pair in shown(sample.values, encoding, 2)]
    return Guess(MIXED, sure / votes.total(), tuple(pairs[:5]))


def vote(sample: Sample) -> str:
    """The encoding that a record is surely in by itself, or nothing."""
    found = detect(sample.values)
    if found.encoding in LEGACY and found.confidence >= SURE:
        return found.encoding
    faults, high = marc8_faults(sample.data)
    return MARC8 if not faults and high >= _ENOUGH else ""


def _garbled(samples: Sequence[Sample]) -> Guess:
    texts = [value.decode("utf-8", "ignore") for value in _values(samples)]  # some are cut
    values = [text.encode() for text in texts]
    if sum(not letter.isascii() for text in texts for letter in text) < _ENOUGH:
        return NOTHING
    found = detect(values)
    if found.encoding == TWICE:  # most values, and the decoder leaves the others as they are
        return Guess(TWICE, found.confidence, shown(values, TWICE))
    # text beyond cp1252 was never taken for cp1252
    suspects = [text for text in texts if cp1252_bytes(text)]
    if not suspects or len(suspects) < AGREE * len(values):
        return NOTHING
    found = unmojibake("\n".join(suspects))
    if found.encoding not in LEGACY or found.confidence < SURE:
        return NOTHING
    encoding = f"{UTF8}-{found.encoding}"
    return Guess(encoding, found.confidence, shown(values, encoding))


def is_garbled(sample: Sample, encoding: str) -> bool:
    """Whether a record of a garbled file is so itself: text beyond cp1252, in most values, was never taken for cp1252.

    UTF-8 in UTF-8 needs no such care; its decoder knows for each value.
    """
    suspects = [value for value in sample.values if cp1252_bytes(value.decode("utf-8", "ignore"))]
    return encoding == TWICE or 2 * len(suspects) > len(sample.values)


def _values(samples: Iterable[Sample]) -> list[bytes]:
    """Different values, or how they begin: a shelf mark that stands in each record tells no more than once."""
    return list(dict.fromkeys(value[:_LENGTH] for sample in samples for value in sample.values))[:_VALUES]


def shown(values: Iterable[bytes], encoding: str, most: int = 5) -> tuple[tuple[str, str], ...]:
    """A few values before, as a program for Windows shows them, and after; without those that cannot be read."""
    pairs = []
    before = "utf-8" if encoding in REREADINGS else ""
    for value in values:
        with suppress(LienThongError, UnicodeError):
            after = value.decode("utf-8") if encoding == UTF8 else DECODERS[encoding](value)[0]
            pairs.append((value.decode(before) if before else read_as_cp1252(value), after))
        if len(pairs) == most:
            break
    return tuple(pairs)


def marc8_faults(data: bytes) -> tuple[int, int]:
    """How many bytes cannot stand where they do in MARC-8, and how many are over 0x7F.

    Letters that were lost before (U+FFFD in UTF-8) say nothing. Where sets are switched, what the decoder does not know
    is counted instead; in ASCII only MARC-8 switches any.
    """
    if data.isascii():
        return 0, 0
    data = data.replace(_LOST, b"")
    high = len(data) - len(data.translate(None, _HIGH))
    if ESC in data:
        return sum(problem.message in _UNKNOWN for problem in charset.decode(data).problems), high + data.count(ESC)
    return len(_FAULT.findall(data)), high


def fits_marc8(sample: Sample) -> bool:
    """Whether a record by itself reads as MARC-8; one that says UTF-8 must not hold a character of it."""
    faults, high = marc8_faults(sample.data)
    return faults <= FAULTS * high and (sample.label != "a" or not _UTF8_CHARACTER.search(sample.data))


def is_damaged_marc8(sample: Sample) -> bool:
    """Whether a record says MARC-8 and switches character sets, as only MARC-8 does, but some of it is broken.

    Escape sequences that lead nowhere are what is broken; the bytes over 0x7F outside of them stand as in MARC-8.
    """
    if sample.label == "a" or ESC not in sample.data:
        return False
    outside = _ESCAPED.sub(b"", sample.data)
    high = len(outside) - len(outside.translate(None, _HIGH))
    return len(_FAULT.findall(outside)) <= FAULTS * high


def strays(sample: Sample, verdict: Verdict) -> bool:
    """Whether a record in a file of MARC-8 says UTF-8, is neither, and has little that is not ASCII.

    Whether that is Latin-1 or MARC-8 cannot be told from a few letters; what is ASCII in it is right in any case.
    """
    foreign = verdict.foreign
    if sample.label != "a" or foreign is None or foreign.encoding != MARC8 or other(sample, MARC8) != UTF8:
        return False
    text = b"".join(sample.subfield.findall(sample.data))
    return len(text) - len(text.translate(None, _HIGH)) <= DAMAGED * len(text)


def other(sample: Sample, encoding: str) -> str:
    """What a record surely is in when it is not the `encoding` of its file; empty when nothing speaks against that."""
    if fits_marc8(sample) if encoding == MARC8 else _reads_well(sample.values, encoding):
        return ""
    found = detect(sample.values)
    if found.encoding in LEGACY and found.confidence >= SURE:
        return "" if found.encoding == encoding else found.encoding
    if encoding == MARC8:
        return UTF8 if sample.label == "a" else ""  # UTF-8, but damaged
    return MARC8 if sample.label != "a" and vote(sample) == MARC8 else ""


def _reads_well(values: Iterable[bytes], encoding: str) -> bool:
    """Whether the words with marks are syllables of Vietnamese, mostly."""
    text = " ".join([after for _, after in shown(values, encoding)])
    marked = [word for word in _WORD.findall(text) if not word.isascii()]
    return sum(map(is_vietnamese_syllable, marked)) >= AGREE * len(marked)
