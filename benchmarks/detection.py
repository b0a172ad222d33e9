"""How often the encoding of Vietnamese text is recognised, and how often other languages are taken for Vietnamese.

Run as `python -m benchmarks.detection`. Reads real titles from the folder `shared` beside the repository; other
languages from its French records and from the names of languages and countries that Babel has in eleven languages.
"""

from __future__ import annotations

import random
import re
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pymarc
from babel import Locale

from foundation.errors import InputError
from vietnamese.detection import OTHER, UNKNOWN, detect
from vietnamese.encodings import encode
from vietnamese.text import is_vietnamese_syllable, normalise

DATA = Path(__file__).resolve().parents[1].parent / "shared" / "data" / "marc"
LANGUAGES = ["fr", "pt", "de", "es", "it", "ca", "nl", "sv", "da", "fi", "is"]
ENCODINGS = ("tcvn3", "vni", "viscii", "cp1258")


def titles(path: Path) -> Iterator[str]:
    with path.open("rb") as stream:
        for record in pymarc.MARCReader(stream, to_unicode=True, force_utf8="vietnam" in str(path)):
            for field in record.get_fields("245") if record else ():
                yield from (normalise(value.strip(" /:=")) for value in field.get_subfields("a"))


def vietnamese(title: str) -> bool:
    """The same gate as the detector's, asked of the Unicode text: the file has many English titles."""
    words = re.findall(r"[^\W\d_]+", title)
    fitting = [word for word in words if is_vietnamese_syllable(word)]
    return len(fitting) >= 0.6 * len(words) and sum(not word.isascii() for word in fitting) >= 0.15 * len(words) > 0


def foreign() -> Iterator[bytes]:
    names = [
        name
        for code in LANGUAGES
        for kind in ("languages", "territories")
        for name in getattr(Locale(code), kind).values()
    ]
    for text in [*titles(DATA / "diverse" / "Evergreen__lul_fre_500.mrc"), *names]:
        try:
            data = text.encode("cp1252")
        except UnicodeEncodeError:
            continue
        if not data.isascii():
            yield data


def recognised(batches: list[list[str]], encoding: str) -> float:
    """Share of the batches (per cent) whose encoding `detect` names."""
    seen = right = 0
    for batch in batches:
        try:
            data = [encode(title, encoding) for title in batch]
        except InputError:
            continue  # a sign that the encoding does not have
        seen += 1
        right += detect(data).encoding == encoding
    return 100 * right / max(seen, 1)


def report(name: str, value: float, target: float, ok: bool) -> None:
    print(f"{name}: {value:.2f} % (target {target:g} %) {'ok' if ok else 'short'}")


def main() -> int:
    if not DATA.exists():
        print("detection: skipped, there is no folder of real titles beside the repository")
        return 0
    chosen = sorted({title for title in titles(DATA / "vietnam" / "university_sample.mrc") if vietnamese(title)})
    single = [[title] for title in chosen if 26 <= len(title) <= 80]
    draw = random.Random(20)
    batches = [draw.sample(chosen, 20) for _ in range(100)]
    started = time.perf_counter()
    for encoding in ENCODINGS:
        for kind, texts, target in (("titles of 26-80 letters", single, 98.0), ("batches of 20", batches, 100.0)):
            share = recognised(texts, encoding)
            report(f"{encoding}, {len(texts)} {kind} recognised", share, target, share >= target)
    speed = len(ENCODINGS) * (len(single) + 20 * len(batches)) / (time.perf_counter() - started)
    others = list(foreign())
    taken = [data for data in others if detect([data]).encoding not in (OTHER, UNKNOWN)]
    share = 100 * len(taken) / len(others)
    report(f"{len(others)} texts of other languages taken for Vietnamese", share, 0.4, share <= 0.4)
    print(f"titles a second, encoding included: {speed:,.0f} (target 3,000) {'ok' if speed >= 3000 else 'short'}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
