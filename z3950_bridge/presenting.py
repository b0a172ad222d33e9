"""Records on their way out: which fit into a message, what stands for those that do not, and segments
(Z39.50-2003, 3.2.3 and 3.3)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from foundation.limits import Z3950_PRESENT_RECORDS
from z3950_bridge import ber
from z3950_bridge.apdu_parts import DIAGNOSTIC, EXTERNAL, NAME_PLUS_RECORD
from z3950_bridge.asn1 import Encoded, decode
from z3950_bridge.diagnostics import Bib1, Refusal, Refused
from z3950_bridge.initialisation import Terms
from z3950_bridge.port import Catalogue, Waits
from z3950_bridge.records import Form, Kept, named, render
from z3950_bridge.result_sets import ResultSet
from z3950_bridge.wording import diagnostic

SUCCESS, TOO_LARGE, OUR_LIMIT, FAILURE = 0, 2, 4, 5
"""`PresentStatus`: partial-2, the rest will not fit in the preferred message size; partial-4, ended by the target."""

_ENVELOPE: Final = 200
"""Octets of a response around its records, at the most."""
_CHUNK: Final = 50
"""Records that are read from the catalogue at a time."""


class Shown(NamedTuple):
    """What a response carries."""

    records: tuple[Encoded, ...]
    """`NamePlusRecord`s, each a record or a surrogate diagnostic."""
    status: int
    known: bool = False
    """Whether every record of it was rendered before."""


def show(
    catalogue: Catalogue,
    kept: Kept,
    terms: Terms,
    found: ResultSet,
    places: Sequence[range],
    wanted: Form,
    *,
    bounded: bool = True,
    divisible: bool = False,
    at_once: bool = False,
) -> Shown:
    """The records at these places (0 is the first) of a result set, in the order asked for.

    Without `bounded` the preferred message size does not end the list: segments carry it on. `divisible` records may
    be larger than a message: they are cut. Raises Waits, when it is to be done `at_once`, for records that take
    time.
    """
    asked = sum(map(len, places))
    # A record that is larger than a message is sent only where it was asked for alone (3.3.1).
    largest = terms.record_size if asked == 1 or divisible else min(terms.record_size, terms.message_size - _ENVELOPE)
    made: list[Encoded] = []
    room = terms.message_size - _ENVELOPE
    if at_once:
        ready = _ready(catalogue, kept, found, places, wanted)
        if ready is not None and sum(map(len, ready)) <= min(room, largest):
            return Shown(tuple(ready), SUCCESS, True)
    for one in _rendered(catalogue, kept, found, places, wanted):
        if len(made) >= Z3950_PRESENT_RECORDS:
            return Shown(tuple(made), OUR_LIMIT)
        if isinstance(one, Refusal):
            data = _surrogate(one, found.shown, terms)
        elif len(one) > largest:
            over = Bib1.OVER_RECORD_SIZE if len(one) > terms.record_size else Bib1.OVER_PREFERRED_SIZE
            data = _surrogate(Refusal(over, str(len(one))), found.shown, terms)
        else:
            data = one
        if bounded and made and len(data) > room:
            return Shown(tuple(made), TOO_LARGE)
        room -= len(data)
        made.append(data)
    return Shown(tuple(made), SUCCESS)


def _ready(
    catalogue: Catalogue, kept: Kept, found: ResultSet, places: Sequence[range], wanted: Form
) -> list[Encoded] | None:
    """These records as they were rendered lately; None: some have to be rendered, which takes no time. Else Waits."""
    if sum(map(len, places)) > _CHUNK or any(stretch.stop > found.hits.at_hand for stretch in places):
        raise Waits
    numbers = [number for stretch in places for number in found.hits.page(stretch.start, stretch.stop)]
    ready = [data for data in kept.get(numbers, wanted, found.shown, catalogue.position()) if data is not None]
    if len(ready) == len(numbers):
        return ready
    if catalogue.prompt(len(numbers) - len(ready)):
        return None
    raise Waits


def _surrogate(refusal: Refusal, database: str, terms: Terms) -> Encoded:
    """A diagnostic in the place of a record."""
    record = ber.element(b"\xa2", DIAGNOSTIC.write(diagnostic(refusal, terms)))
    name = ber.element(b"\x80", database.encode("utf-8", "surrogateescape"))
    return Encoded(ber.element(b"\x30", name + ber.element(b"\xa1", record)))


def _rendered(
    catalogue: Catalogue, kept: Kept, found: ResultSet, places: Sequence[range], wanted: Form
) -> Iterator[Encoded | Refusal]:
    """The `NamePlusRecord` of each record, from those that were rendered lately or anew."""
    position = catalogue.position()
    for stretch in places:
        for start in range(stretch.start, stretch.stop, _CHUNK):
            numbers = list(found.hits.page(start, min(start + _CHUNK, stretch.stop)))
            lately = kept.get(numbers, wanted, found.shown, position)
            missing = [number for number, data in zip(numbers, lately, strict=True) if data is None]
            fresh = iter(catalogue.records(missing) if missing else ())
            for number, data in zip(numbers, lately, strict=True):
                if data is not None:
                    yield data
                    continue
                record = next(fresh, None)
                if record is None:
                    yield Refusal(Bib1.RECORD_DELETED, "")
                    continue
                try:
                    made = named(render(record, wanted), found.shown)
                except Refused as refused:
                    yield refused.refusal
                    continue
                kept.put(number, wanted, found.shown, position, made)
                yield made


# --- segments -------------------------------------------------------------------------------------------------


def segments(shown: Shown, size: int, most: int | None) -> list[tuple[Encoded, ...]]:
    """The records shared out over messages of `size` octets, none cut in two (level 1, 3.3.2).

    Raises Refused (217) when they need more than `most` messages.
    """
    room, made, current = size - _ENVELOPE, [], list[Encoded]()
    left = room
    for record in shown.records:
        if current and len(record) > left:
            made.append(tuple(current))
            current, left = [], room
        current.append(record)
        left -= len(record)
    made.append(tuple(current))
    if most is not None and most > 0 and len(made) > most:
        raise Refused(Bib1.SEGMENTS, str(len(made)))
    return made


_FRAGMENT_ENVELOPE: Final = 60


def fragments(shown: Shown, size: int, largest: int | None, terms: Terms) -> Shown:
    """The same, each record larger than a segment of `size` octets cut into fragments (level 2, 3.3.3).

    A fragment is a stretch of the octets of the record's EXTERNAL. `largest` bounds a record that is sent at all.
    """
    most = size - _ENVELOPE - _FRAGMENT_ENVELOPE
    if most <= 0:
        raise Refused(Bib1.SEGMENT_SIZE, str(_ENVELOPE + 2 * _FRAGMENT_ENVELOPE))
    made: list[Encoded] = []
    for record in shown.records:
        external = _external(record) if len(record) > min(most, largest or most) else b""
        if largest and largest < len(external):
            made.append(_surrogate(Refusal(Bib1.OVER_RECORD_SIZE, str(len(external))), "", terms))
        elif external and len(record) > most:
            made += _cut(external, most)
        else:
            made.append(record)
    return Shown(tuple(made), shown.status)


def _external(named_record: bytes) -> bytes:
    """The record inside a `NamePlusRecord`; empty for a surrogate diagnostic."""
    value = decode(NAME_PLUS_RECORD, named_record)
    return EXTERNAL.write(value.record[1]) if value.record[0] == "record" else b""


def _cut(external: bytes, most: int) -> Iterator[Encoded]:
    for start in range(0, len(external), most):
        tag = b"\xa3" if not start else b"\xa5" if start + most >= len(external) else b"\xa4"
        fragment = ber.element(tag, ber.element(b"\x04", external[start : start + most]))
        yield Encoded(ber.element(b"\x30", ber.element(b"\xa1", fragment)))
