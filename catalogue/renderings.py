"""The formats a record is shown in: one entry here, and every door knows the new format.

A rendering is made once, when the record changes, and stored; nothing is rendered while somebody waits. The first two
formats are made before a record is published, for every version. The others are made behind it by a follower of the
change sequence (`catalogue.followers`), once for each record: a record enters their feed when they are ready.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, NamedTuple

from catalogue import messages
from dublin_core import dim, edm, mods, qualified
from dublin_core import xml as dublin_core
from dublin_core.edm import Showing
from foundation.errors import Problem
from marc import marcxml
from marc.record import Record
from marc.with_holdings import with_holdings

NOWHERE = Showing()

# What no XML 1.0 document may hold (production 2, Char), in UTF-8: one such byte would end the page it stands on for
# every harvester. Readers clean what they read; a record that was built by other means has only this to go through.
_CONTROLS = bytes(sorted({*range(0x20)} - {0x09, 0x0A, 0x0D}))
_NO_CHARACTERS = re.compile(rb"\xef\xbf[\xbe\xbf]")


@dataclass(frozen=True, slots=True)
class Format:
    """One format of the feed."""

    bit: int
    """Its place in the bit masks of the feed, for ever."""
    name: str
    """Its metadataPrefix."""
    namespace: str
    schema: str
    render: Callable[[Record, Showing], bytes | None]
    """One UTF-8 XML element with its own namespace declarations, no prolog; None: the record has no such format."""
    followed: bool = True
    """Whether it is made after publication."""

    @property
    def mask(self) -> int:
        return 1 << self.bit


def _plainly(write: Callable[[Record], bytes]) -> Callable[[Record, Showing], bytes]:
    """A format that needs the record alone."""
    return lambda record, showing: write(record)


FORMATS: tuple[Format, ...] = (
    Format(0, "oai_dc", dublin_core.OAI_DC, dublin_core.OAI_DC_SCHEMA, _plainly(dublin_core.oai_dc), followed=False),
    Format(1, "marcxml", marcxml.NAMESPACE, marcxml.SCHEMA, _plainly(marcxml.write), followed=False),
    Format(2, "mods", mods.MODS, mods.MODS_SCHEMA, _plainly(mods.mods)),
    Format(3, "qdc", qualified.QDC, qualified.QDC_SCHEMA, _plainly(qualified.qdc)),
    Format(4, "edm", edm.EDM, edm.EDM_SCHEMA, edm.edm),
    Format(5, "dim", dim.DIM, dim.DIM_SCHEMA, _plainly(dim.dim)),
    Format(
        6,
        "marc21_withholdings",
        marcxml.NAMESPACE,
        marcxml.SCHEMA,
        _plainly(lambda record: marcxml.write(with_holdings(record))),
    ),
)
STAGED: tuple[Format, ...] = tuple(entry for entry in FORMATS if not entry.followed)
FOLLOWED: tuple[Format, ...] = tuple(entry for entry in FORMATS if entry.followed)
BY_NAME = {entry.name: entry for entry in FORMATS}
STAGED_MASK = sum(entry.mask for entry in STAGED)
FOLLOWED_MASK = sum(entry.mask for entry in FOLLOWED)


_FEW: Final = 8
"""Records that are sooner written each by itself."""
_NONE: Final[Mapping[int, bytes]] = MappingProxyType({})


class Rendering(NamedTuple):
    """A record in one format."""

    format: Format
    hash: bytes
    data: bytes


class Failure(NamedTuple):
    """A format that could not be made."""

    format: Format
    reason: str


def render(record: Record) -> tuple[list[Rendering], list[Problem]]:
    """The record in every format of `STAGED`, and a problem for each that could not be made (the others go on)."""
    made, failures = make(record, STAGED, NOWHERE)
    return made, [_problem(failure) for failure in failures]


def render_all(
    records: Sequence[Record], written: Sequence[bytes] = ()
) -> Iterator[tuple[list[Rendering], list[Problem]]]:
    """What `render` gives for each of them; MARCXML is written for many at once. `written`: the MARCXML of each, where
    it is there already; else empty.
    """
    texts: list[bytes] = list(written) or [b""] * len(records)
    unwritten = [place for place, text in enumerate(texts) if not text]
    if len(unwritten) > _FEW:
        from marc import marcxml_runs  # noqa: PLC0415 - numpy, which commands that write few records need not load

        with suppress(Exception):  # some record cannot be written: `make` says which, and why
            made = list(marcxml_runs.write_all([records[place] for place in unwritten]))
            for place, text in zip(unwritten, made, strict=True):
                texts[place] = _allowed(text)
    bit = BY_NAME["marcxml"].bit
    for record, text in zip(records, texts, strict=True):
        shown, failures = make(record, STAGED, NOWHERE, {bit: text} if text else _NONE)
        yield shown, [_problem(failure) for failure in failures]


def make(
    record: Record, formats: Iterable[Format], showing: Showing, written: Mapping[int, bytes] = _NONE
) -> tuple[list[Rendering], list[Failure]]:
    """The record in those of `formats` that it has, and those that could not be made. `written`: bit of a format → it
    in this format, where it is there already and holds nothing that XML forbids.
    """
    made: list[Rendering] = []
    failures: list[Failure] = []
    for entry in formats:
        try:
            data = written.get(entry.bit)
            if data is None and (data := entry.render(record, showing)) is not None:
                data = _allowed(data)
        except Exception as error:
            failures.append(Failure(entry, repr(error)))
            continue
        if data is not None:
            made.append(Rendering(entry, hashlib.blake2b(data, digest_size=16).digest(), data))
    return made, failures


def _allowed(data: bytes) -> bytes:
    """`data` without what XML forbids. Nearly all is allowed, and a pattern would cost more than the rendering."""
    data = data.translate(None, _CONTROLS)
    return _NO_CHARACTERS.sub(b"", data) if b"\xef\xbf" in data else data


def _problem(failure: Failure) -> Problem:
    return Problem(messages.RENDERING_FAILED, values={"format": failure.format.name, "reason": failure.reason})
