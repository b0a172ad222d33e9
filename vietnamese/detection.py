"""Which encoding is this file in, and is it Vietnamese at all? Guesses to show to a person, never to apply in silence.

A guess is made for a whole file or source, from many texts at once. Every candidate encoding reads all texts; a reading
is judged by the grammar of the syllable and by how common its letters are in Vietnamese. The best reading must then
pass the gate: 60 % of the words are Vietnamese syllables, 15 % have marks. Without it every French title would be
read as something Vietnamese.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Final

from foundation.errors import FormatError
from vietnamese.encodings import cp1252_bytes, decode, read_as_cp1252, repair_case
from vietnamese.syllables import is_vietnamese_syllable
from vietnamese.text import normalise

ASCII: Final = "ascii"
OTHER: Final = "other"
UNKNOWN: Final = "unknown"

GATE_SYLLABLES: Final = 0.60
GATE_ACCENTED: Final = 0.15
"""Shares of words that make a text Vietnamese."""

_TEXTS: Final = 1000  # texts that are read by every candidate; more would not change the guess
_BYTES: Final = 2000  # of each
_SAMPLES: Final = 5

_PRIOR: Final = {"tcvn3": 0.0, "vni": 0.0, "cp1258": -1.0, "viscii": -2.0, "vps": -3.0}
"""Candidates in bits of belief beforehand: what Vietnamese libraries really hold, for texts too short to tell."""

_RARITY: Final = {
    letter: bits
    for bits, letters in {
        3: "đ", 4: "áôư", 5: "àêóạảậếểệịốộợ", 6: "ãìíùấầặềọỗớờụủ", 7: "âòúýơắỉỏồổởứừửữự", 8: "éăẩẫằỡ", 9: "õĩũẻẽ",
        10: "èẵ", 11: "ẹỳ", 12: "ẳễỷỹ", 15: "ỵ",
    }.items()
    for letter in letters
}  # fmt: skip
"""Letter → bits, -log2 of its share among the marked letters of Vietnamese text: counted by the project over 221,311
such letters in the Vietnamese message catalogues of 68 free programs (GNU, GNOME, Debian)."""

_LETTER_BITS: Final = 7.0  # what a letter drawn at random would cost, of about 130
_WORD_BITS: Final = 3.0  # a marked word that fits the grammar; by chance one in eight does
_WRONG_BITS: Final = -9.0  # a marked word that cannot be Vietnamese: a foreign name at best
_SIGN_BITS: Final = -9.0  # a sign among letters that nobody types
_FAILED_BITS: Final = -20.0  # a text with a byte the encoding does not have

_ONE_LETTER: Final = frozenset("ởỞýÝ")
"""Words of one letter that are evidence. Any other one letter is more likely è, á or a quotation mark of elsewhere."""

_WORD: Final = re.compile(r"[^\W\d_]+")
_SIGNS: Final = frozenset("“”‘’–—…«»°©®§±·×½²³\xa0•€™")
_VIQR_MARKED: Final = re.compile(rb"[A-Za-z][`'?~.^(+]|[Dd][Dd]")


@dataclass(frozen=True, slots=True)
class Guess:
    """A guess with its evidence.

    `encoding`: a name of `encodings.ENCODINGS` ("utf-8" for either normal form), or "ascii" (nothing to decode),
    "other" (not Vietnamese, or nothing to repair), "unknown" (no text, or two readings are as good). `confidence`: 0-1.
    `samples`: up to five texts as (before, after), before as Windows cp1252 shows the bytes.
    """

    encoding: str
    confidence: float
    samples: tuple[tuple[str, str], ...] = ()


@dataclass(slots=True)
class _Reading:
    """What one candidate makes of the texts."""

    bits: float
    words: int = 0
    syllables: int = 0
    accented: int = 0

    @property
    def vietnamese(self) -> bool:
        return (
            self.bits > 0
            and self.accented > 0
            and self.syllables >= GATE_SYLLABLES * self.words
            and self.accented >= GATE_ACCENTED * self.words
        )

    def read(self, text: str) -> None:
        """Count one decoded, normalised text in."""
        for word in _WORD.findall(text):
            self.words += 1
            fits = is_vietnamese_syllable(word)
            self.syllables += fits
            if word.isascii():
                continue
            if fits and (word.islower() or word.isupper() or word.istitle()):
                self.accented += len(word) > 1 or word in _ONE_LETTER
                marked = [letter for letter in word.lower() if not letter.isascii()]
                self.bits += _WORD_BITS + sum(_LETTER_BITS - _RARITY[letter] for letter in marked)
            else:
                self.bits += _WRONG_BITS
        self.bits += _SIGN_BITS * sum(not char.isascii() and not char.isalpha() and char not in _SIGNS for char in text)


def detect(samples: Sequence[bytes]) -> Guess:
    """The encoding of the texts `samples`, which come from one file or source (titles, say; more make it surer)."""
    marked = [sample for sample in samples if not sample.isascii()]
    if not marked:
        return _detect_viqr(samples)
    valid = [sample for sample in marked if _valid(sample, "utf-8")]
    if 2 * len(valid) > len(marked):
        twice = [sample for sample in valid if _valid(sample, "utf-8-twice")]
        if 2 * len(twice) > len(valid):
            return Guess("utf-8-twice", len(twice) / len(marked), _shown(twice, "utf-8-twice"))
        return Guess("utf-8", len(valid) / len(marked), _shown(valid, "utf-8"))
    texts = [sample[:_BYTES] for sample in _spread(marked)]
    readings = {encoding: _read(texts, _decoder(encoding), prior) for encoding, prior in _PRIOR.items()}
    best, confidence = _best(readings, lambda encoding: [_decoder(encoding)(text) for text in texts])
    if not best:
        return Guess(OTHER, confidence)
    return Guess(best if confidence > 0.5 else UNKNOWN, confidence, _shown(texts, best))


def unmojibake(text: str) -> Guess:
    """What `text` was before its bytes were read as cp1252 or Latin-1: the encoding; (text, repaired) is the sample.

    "Khæ mÉu" gives "tcvn3" and "Khổ mẫu"; "other" says that the text is good as it is, or beyond repair.
    """
    if text.isascii():
        return Guess(ASCII, 1.0)
    data = cp1252_bytes(text)
    if data is None:
        return Guess(OTHER, 1.0)
    if _valid(data, "utf-8"):
        return Guess("utf-8", 1.0, ((text, decode(data, "utf-8")),))
    start = data[:_BYTES]
    readings = {encoding: _read([start], _decoder(encoding), prior) for encoding, prior in _PRIOR.items()}
    readings[OTHER] = _read([start], lambda _: normalise(text[:_BYTES]), 1.0)
    best, confidence = _best(readings, lambda encoding: [text if encoding == OTHER else _decoder(encoding)(start)])
    if best in ("", OTHER):
        return Guess(OTHER, confidence)
    repaired = _decoder(best)(data)
    if repaired is None or confidence <= 0.5:
        return Guess(UNKNOWN, confidence)
    return Guess(best, confidence, ((text, repaired),))


def _detect_viqr(samples: Sequence[bytes]) -> Guess:
    """VIQR is plain ASCII, so only the gate tells it from English."""
    if not any(samples):
        return Guess(UNKNOWN, 0.0)
    typed = [sample[:_BYTES] for sample in _spread(samples) if _VIQR_MARKED.search(sample)]
    reading = _read(typed, _decoder("viqr"), 0.0)
    if reading.vietnamese and reading.bits > 0:
        return Guess("viqr", reading.syllables / reading.words, _shown(typed, "viqr"))
    return Guess(ASCII, 1.0)


def _decoder(encoding: str) -> Callable[[bytes], str | None]:
    def read(data: bytes) -> str | None:
        try:
            text = decode(data, encoding)
        except FormatError:
            return None
        return repair_case(text) if encoding == "tcvn3" else text

    return read


def _read(texts: Iterable[bytes], read: Callable[[bytes], str | None], prior: float) -> _Reading:
    reading = _Reading(prior)
    for data in texts:
        text = read(data)
        if text is None:
            reading.bits += _FAILED_BITS
        else:
            reading.read(text)
    return reading


def _best(readings: dict[str, _Reading], texts: Callable[[str], list[str | None]]) -> tuple[str, float]:
    """The best reading that is Vietnamese, and how sure it is: against all that read something else.

    An empty name when none is; the confidence then says how far the best one stays below the gate.
    """
    best = max(readings, key=lambda encoding: readings[encoding].bits)
    if not readings[best].vietnamese:
        found = readings[best]
        return "", 1.0 - found.syllables / max(found.words, 1) * GATE_SYLLABLES
    chosen = texts(best)
    rivals = [
        reading.bits - readings[best].bits
        for encoding, reading in readings.items()
        if encoding != best and reading.bits > readings[best].bits - 30 and texts(encoding) != chosen
    ]
    return best, 1.0 / (1.0 + sum(2.0**bits for bits in rivals))


def _valid(data: bytes, encoding: str) -> bool:
    try:
        decode(data, encoding)
    except FormatError:
        return False
    return True


def _spread(texts: Sequence[bytes]) -> Sequence[bytes]:
    """At most `_TEXTS` of the texts, from all over the file."""
    return texts[:: len(texts) // _TEXTS + 1]


def _shown(texts: Iterable[bytes], encoding: str) -> tuple[tuple[str, str], ...]:
    read = _decoder(encoding)
    pairs = ((read_as_cp1252(data), read(data)) for data in texts)
    return tuple(islice(((before, after) for before, after in pairs if after is not None), _SAMPLES))
