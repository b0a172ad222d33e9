"""Places with their time: what a name meant, what became of it, and what was there before.

In July 2025 the province Bắc Kạn was merged into Thái Nguyên, its districts were abolished, and their names given to
new and smaller units: "Ba Bể" is a district of 15 communes until 30 June 2025 and a commune made of three from then on.
Three new units took communes of two districts. So a place is an entity of its own with an identifier that says nothing,
dates, and successors; a name only leads to places. The facts and their sources stand in `places.csv`.
"""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Final

from vietnamese.text import fold, normalise, word_key

_TABLE: Final = Path(__file__).with_name("places.csv")

_KINDS: Final = {
    "tỉnh": "tỉnh", "t.": "tỉnh",
    "thành phố": "thành phố", "tp.": "thành phố", "tp": "thành phố",
    "huyện": "huyện", "h.": "huyện",
    "thị trấn": "thị trấn", "tt.": "thị trấn",
    "phường": "phường", "p.": "phường",
    "xã": "xã", "x.": "xã",
}  # fmt: skip
"""What may stand before a name, and the kind of place it means."""

_PROVINCE: Final = "tỉnh"


@dataclass(frozen=True, slots=True)
class Place:
    """One place as long as it was the same place.

    `identifier` is opaque. `kind` is tỉnh, thành phố, huyện, thị trấn, phường or xã. `codes` are (code list, code):
    gso2004 and gso2025 (statistics office before and since July 2025), iso3166-2. `valid_from` and `valid_until` are
    EDTF dates, both inclusive, empty where unknown or still open; "1997?" is believed. `part_of` is an identifier.
    """

    identifier: str
    kind: str
    name: str
    other_names: tuple[str, ...] = ()
    codes: tuple[tuple[str, str], ...] = ()
    valid_from: str = ""
    valid_until: str = ""
    part_of: str = ""

    @property
    def label(self) -> str:
        """Kind and name: "huyện Ba Bể"."""
        return f"{self.kind} {self.name}"

    @property
    def current(self) -> bool:
        return not self.valid_until


@dataclass(slots=True)
class _Gazetteer:
    places: dict[str, Place] = field(default_factory=dict)
    parts: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    became: dict[str, list[str]] = field(default_factory=dict)
    was: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    by_key: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))


@cache
def _gazetteer() -> _Gazetteer:
    found = _Gazetteer()
    with _TABLE.open(encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(line for line in stream if not line.startswith("#")):
            identifier = row["id"]
            place = Place(
                identifier,
                row["kind"],
                row["name"],
                tuple(filter(None, row["other_names"].split("|"))),
                tuple((scheme, code) for scheme, _, code in (pair.partition(":") for pair in row["codes"].split())),
                row["valid_from"],
                row["valid_until"],
                row["part_of"],
            )
            found.places[identifier] = place
            found.parts[place.part_of].append(identifier)
            found.became[identifier] = row["became"].split()
            for name in {_key(name) for name in (place.name, *place.other_names)}:
                found.by_key[name].append(identifier)
                found.by_key[fold(name)].append(identifier)
    for identifier in found.places:
        for successor in _became(found, identifier):
            found.was[successor].append(identifier)
    return found


def _became(gazetteer: _Gazetteer, identifier: str) -> list[str]:
    """What is written; or else what the parts became, for a district that was divided."""
    written = gazetteer.became[identifier]
    return written or list(
        dict.fromkeys(successor for part in gazetteer.parts.get(identifier, ()) for successor in gazetteer.became[part])
    )


def _key(name: str) -> str:
    return word_key(normalise(name)).strip(" .")


def _places(identifiers: Iterable[str]) -> list[Place]:
    places = _gazetteer().places
    return [places[identifier] for identifier in dict.fromkeys(identifiers)]


def place(identifier: str) -> Place | None:
    """The place of this identifier, or None."""
    return _gazetteer().places.get(identifier)


def parts(of: Place) -> list[Place]:
    """The places directly inside `of`, in the order of their codes."""
    return _places(_gazetteer().parts.get(of.identifier, ()))


def lookup(name: str) -> list[Place]:
    """Every place that `name` means or meant: provinces first, then what was before July 2025, then what is since.

    The kind may stand before the name ("huyện Ba Bể", "H. Ba Bể") and what it was part of behind it ("Ba Bể, Bắc Kạn");
    both narrow the answer. A name typed without any marks finds all places that fold to it ("ba be"); with marks it is
    taken at its word, old spellings (Bắc Cạn), tone placement and i/y apart.
    """
    head, *wider = [part for part in name.split(",") if part.strip()] or [""]
    kind, key = _kind_and_key(head)
    gazetteer = _gazetteer()
    found = [gazetteer.places[identifier] for identifier in dict.fromkeys(gazetteer.by_key.get(key, ()))]
    if kind:
        found = [place for place in found if place.kind == kind]
    return [place for place in found if _inside(place, wider)]


def _kind_and_key(text: str) -> tuple[str, str]:
    """("huyện", "ba bể") of "Huyện Ba Bể"; an empty kind when none is written."""
    key = _key(text)
    for prefix, kind in _KINDS.items():
        if key.startswith(prefix) and (prefix.endswith(".") or key[len(prefix) :].startswith(" ")):
            return kind, key[len(prefix) :].strip()
    return "", key


def _inside(place: Place, wider: Iterable[str]) -> bool:
    """Whether every name of `wider` is one of what the place was part of, at its time or before."""
    around: set[str] = {"việt nam", "viet nam", "vietnam"}
    for outer in _around(place):
        for name in (outer.name, *outer.other_names):
            around |= {_key(name), fold(name)}
    return all(_kind_and_key(name)[1] in around for name in wider)


def _around(place: Place) -> Iterator[Place]:
    gazetteer = _gazetteer()
    outer = gazetteer.places.get(place.part_of)
    while outer:
        yield outer
        if not place.current:
            yield from predecessors(outer)
        outer = gazetteer.places.get(outer.part_of)


def successors(of: Place) -> list[Place]:
    """What `of` became: one unit for a commune, all units that took one of its communes for a district."""
    return _places(_became(_gazetteer(), of.identifier))


def predecessors(of: Place) -> list[Place]:
    """What `of` was made of; the inverse of `successors`, so a divided district is among them with its communes."""
    return _places(_gazetteer().was.get(of.identifier, ()))


def expand(name: str) -> list[Place]:
    """The places to search for when somebody asks for `name`: all it means, and what lies or lay inside, old and new.

    "Huyện Ba Bể" gives the district, its 15 communes and the five units they became; "xã Ba Bể" the new commune and the
    three it was made of. An older name comes along though it was wider (Bắc Thái for Bắc Kạn), a newer province never:
    for Bắc Kạn nobody wants all of Thái Nguyên.
    """
    gazetteer = _gazetteer()
    found: dict[str, None] = {}

    def add(identifier: str) -> None:
        if identifier in found:
            return
        found[identifier] = None
        for inner in gazetteer.parts.get(identifier, ()):
            add(inner)
        for earlier in gazetteer.was.get(identifier, ()):
            if identifier in gazetteer.became[earlier]:  # not the district that only a part came from
                add(earlier)

    for meant in lookup(name):
        add(meant.identifier)
    later = [
        successor
        for identifier in found
        if gazetteer.places[identifier].kind != _PROVINCE
        for successor in gazetteer.became[identifier]
    ]
    return _places([*found, *later])
