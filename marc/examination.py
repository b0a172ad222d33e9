"""What a file seems to be in, to show to a person before it is read: encoding, how sure, and text before and after."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from foundation.limits import MARC_LOOK_AHEAD_BYTES, MARC_LOOK_AHEAD_RECORDS
from marc.decoders import AUTO, DECODERS, LIKE_UTF8, UTF8, check_name
from marc.judgement import Sample, judge, shown
from vietnamese.detection import ASCII, UNKNOWN

_CHOSEN = 20
"""Values that are tried to see which encodings can be chosen at all."""


@dataclass(frozen=True, slots=True)
class Encoding:
    """`name` is what `--encoding` takes, or "ascii" (nothing to choose), "mixed" (each record its own), or "unknown" (a
    person has to choose).

    `confidence` is 0 to 1; an encoding that was chosen, not judged, has 1. `samples` are up to five values as (before,
    after), before as a program for Windows shows the bytes. `candidates` are the names that could be chosen instead.
    """

    name: str
    confidence: float
    samples: tuple[tuple[str, str], ...]
    candidates: tuple[str, ...]


def encoding_of(samples: Iterable[Sample], encoding: str = AUTO) -> Encoding:
    """What the records that `samples` are of are in, or how they would look in `encoding`.

    Looks as far ahead as a reader does. Raises InputError for an unknown encoding.
    """
    check_name(encoding, DECODERS)
    telling = list(_looked_at(samples))
    foreign = [sample for sample in telling if sample.foreign]
    values = [value for sample in foreign or telling for value in sample.values]
    candidates = tuple(name for name in _choices(bool(foreign)) if _reads(name, values[:_CHOSEN]))
    if encoding != AUTO:
        return Encoding(encoding, 1.0, shown(values, encoding), candidates)
    if not telling:
        return Encoding(ASCII, 1.0, (), candidates)
    verdict = judge(telling)
    guess = verdict.foreign or verdict.garbled
    if guess is not None and guess.confidence:
        return Encoding(guess.encoding, guess.confidence, guess.samples, candidates)
    if not foreign:
        return Encoding(UTF8, 1.0, shown(values, UTF8), candidates)
    return Encoding(UNKNOWN, 0.0, (), candidates)


def _looked_at(samples: Iterable[Sample]) -> Iterator[Sample]:
    """Those that tell anything, within the limits of looking ahead."""
    room, records = MARC_LOOK_AHEAD_BYTES, 0
    for sample in samples:
        if sample.tells:
            yield sample
        records += sample.tells
        room -= sample.size
        if room <= 0 or records >= MARC_LOOK_AHEAD_RECORDS:
            return


def _choices(foreign: bool) -> list[str]:
    if foreign:
        return sorted(DECODERS.keys() - LIKE_UTF8)
    return [UTF8, *sorted(LIKE_UTF8)]


def _reads(name: str, values: list[bytes]) -> bool:
    return len(shown(values, name, len(values))) == len(values)
