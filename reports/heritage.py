"""Which documents the province is to digitise, and which are: by what their records say, and by nothing else.

The plan of the province (2021-2025) asks for 70 % of the old documents and of those of ethnic minorities. A record can
say so in the ways below; what no record says is not counted, and the share is as good as the records are.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Final

from dublin_core.kinds import kinds
from dublin_core.spoken import spoken
from linked_data.concepts import PEOPLES, named
from marc.record import FIELD_TERMINATOR, Record

MINORITY_LANGUAGES: Final = frozenset(
    (
        "tyz", "nut", "ium", "mji", "hmn", "mww", "hnj", "mlc", "blt", "mtq", "cjm", "cmc", "jra", "rad", "bdq", "sed",
        "hre", "kpm", "tai", "mkh", "khm",
    )
)  # fmt: skip
"""MARC and ISO 639-3 codes of languages of Vietnam's ethnic minorities, the collective ones among them."""
_MAJORITY: Final = "Kinh"
_SUBJECTS: Final = tuple(f"{FIELD_TERMINATOR}{tag}" for tag in ("600", "610", "611", "630", "650", "651", "653", "655"))
_NOM: Final = re.compile(r"\bnôm\b|\bchữ\s+hán\b|\bhán\s+văn\b", re.IGNORECASE)
_MINORITIES: Final = re.compile(r"\bdân tộc (thiểu số|ít người)\b", re.IGNORECASE)
_YEAR: Final = re.compile(r"[0-9u]{4}", re.ASCII)


def minority(record: Record) -> bool:
    """In a language of an ethnic minority (008/35-37, 041), or about one: a subject (6XX) that names
    the people, or ethnic minorities in general."""
    if not MINORITY_LANGUAGES.isdisjoint(spoken(record)):
        return True
    if not any(tag in record.text for tag in _SUBJECTS):
        return False
    fields = record.select(*(tag[1:] for tag in _SUBJECTS))
    return _names_minority(value for field in fields for code, value in field.subfields if code not in "0126w")


def old(record: Record, before: int) -> bool:
    """Made before the year `before` (008/07-10), handwritten (leader/06), or written in Hán or Nôm (546)."""
    if "manuscript" in kinds(record) and "thesis" not in kinds(record):
        return True
    fixed = record.control("008")
    year = fixed[7:11]
    # With digits that nobody knows (18uu) it is as late as they allow; a reprint (r) is as old as the document.
    first = year if fixed[6:7] != "r" else (fixed[11:15] if _YEAR.fullmatch(fixed[11:15]) else year)
    if _YEAR.fullmatch(first) and first != "uuuu" and int(first.replace("u", "9")) < before:
        return True
    written = (value for field in record.select("546") for _, value in field.subfields)
    return any(_NOM.search(value) for value in written)


def _names_minority(values: Iterable[str]) -> bool:
    return any(_is_minority(value) for value in values)


@lru_cache(maxsize=20_000)
def _is_minority(heading: str) -> bool:
    if _MINORITIES.search(heading):
        return True
    found = named(heading)
    return found is not None and found.scheme == PEOPLES and found.vi != _MAJORITY
