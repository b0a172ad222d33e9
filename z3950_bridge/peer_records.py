"""Records of another catalogue as ours: MARC 21 in Unicode, whatever they came as.

ISO 2709 is read in the encoding that the target's settings name, or in the one that its records, those of one answer
judged together, are surely in (`marc.judgement`). UNIMARC becomes MARC 21. XML is MARCXML, or Dublin Core or MODS as
`marc` and `dublin_core` read them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from io import BytesIO
from typing import Final, NamedTuple

from dublin_core import readers as dublin_core
from foundation import xml
from foundation.errors import InputError, Problem
from foundation.limits import PEER_RECORD_BYTES
from marc import decoding, iso2709, marcxml, unimarc
from marc.judgement import UNJUDGED, judge
from marc.record import Record
from z3950_bridge import origin_messages as messages
from z3950_bridge.asking import Row, words
from z3950_bridge.origin import Given, Said
from z3950_bridge.peer import Peer

_LEAST: Final = 5
"""Octets that a record cannot be shorter than."""


class Taken(NamedTuple):
    """One record of an answer."""

    peer: str
    """Name of the target."""
    position: int
    """Among all that it found, from 1."""
    record: Record | None
    """None: it could not be read, or the target gave a diagnostic for it; the last problem says why."""
    original: bytes
    """As it came."""
    problems: tuple[Problem, ...] = ()


def taken(peer: Peer, rows: Sequence[Row]) -> Iterator[Taken]:
    """The records of one answer, in order. Raises nothing: a record that cannot be read says so in its place."""
    marc = [one.given.data for one in rows if isinstance(one.given, Given) and one.given.kind == "marc"]
    verdict = UNJUDGED
    if peer.charset == decoding.AUTO:
        verdict = judge(decoding.sample(data) for data in marc if _LEAST < len(data) <= PEER_RECORD_BYTES)
    for position, given in rows:
        if isinstance(given, Said):
            said = {"words": words(given), "condition": given.condition, "addinfo": given.addinfo}
            yield Taken(
                peer.name, position, None, b"", (Problem(messages.DIAGNOSED, values={"name": peer.name} | said),)
            )
            continue
        values = {"name": peer.name, "position": position}
        if len(given.data) > PEER_RECORD_BYTES:
            more = {"limit": "PEER_RECORD_BYTES", "seen": len(given.data), "allowed": PEER_RECORD_BYTES}
            yield Taken(peer.name, position, None, b"", (Problem(messages.RECORD_LARGE, values=values | more),))
            continue
        record: Record | None = None
        problems: tuple[Problem, ...] = ()
        try:
            if given.kind == "marc":
                record, problems = iso2709.read(given.data, encoding=peer.charset, verdict=verdict)
            elif given.kind == "xml":
                record, problems = _of_xml(given.data)
        except InputError as error:
            record, problems = None, (error.problem,)
        if record is not None and unimarc.recognise(record):
            record, more_problems = unimarc.to_marc21(record)
            problems = (*problems, *more_problems)
        if record is None and not problems:
            problems = (Problem(messages.RECORD_UNREAD, values=values | {"kind": given.kind[:60]}),)
        yield Taken(peer.name, position, record, given.data, problems)


def _of_xml(data: bytes) -> tuple[Record | None, tuple[Problem, ...]]:
    root = xml.parse(data)
    if root.tag.rpartition("}")[2] == "collection" and len(root):
        root = root[0]
    if root.tag.rpartition("}")[2] == "record":
        return marcxml.read_element(root, 1)
    if not dublin_core.recognise(data):
        return None, ()
    found = next(dublin_core.readings(BytesIO(data), ""), None)
    return (None, ()) if found is None else (found.record, found.problems)
