"""The feed: what the store shows to those who follow it, in the order in which it changed.

Protocols read these values; none of them has its own idea of time, of sets or of what a deletion is. All times are
whole seconds since 1970-01-01T00:00:00Z (the granularity of OAI-PMH 2.0, section 3.3.1 "seconds").
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from catalogue.provenance import Provenance


class Cursor(NamedTuple):
    """The last entry a harvester has seen; a page starts behind it. Order is (datestamp, record)."""

    datestamp: int
    record: int


@dataclass(frozen=True, slots=True)
class Selection:
    """What a harvester asks for: one format, perhaps one set, from and until both inclusive."""

    format: str
    set_spec: str = ""
    """Empty: everything the repository has."""
    since: int | None = None
    until: int | None = None

    @property
    def start(self) -> Cursor:
        """Before the first entry there can be."""
        return Cursor(-1 if self.since is None else max(self.since, -1), -1)


class Entry(NamedTuple):
    """One record as the feed shows it in one format."""

    identifier: str
    """The opaque id inside this store, without the OAI scheme and domain."""
    datestamp: int
    record: int
    """The second half of the cursor: the store's own number of the record."""
    sets: tuple[str, ...]
    """setSpecs of the sets it is in."""
    deleted: bool
    metadata: bytes | None
    """The rendering: one UTF-8 XML element with its own namespace declarations, no prolog.

    None if deleted or not asked for.
    """
    provenance: Provenance | None = None
    """Of a harvested record, where its metadata comes from; given with the metadata."""


@dataclass(frozen=True, slots=True)
class SetDescription:
    """A set of the feed."""

    spec: str
    name_vi: str
    name_en: str
    about_vi: str = ""
    about_en: str = ""
    """What is in it, in a sentence or two; may be empty."""


class Segment(NamedTuple):
    """A run of one list as a protocol wrote and compressed it (`catalogue.segments`)."""

    after: Cursor
    first: Cursor
    """No entry stands behind `after` and before this one, which is the first."""
    last: Cursor
    """It holds every entry up to here, and none behind."""
    records: int
    """Entries that are shown."""
    metadata_bytes: int
    """Bytes of their renderings together."""
    crc32: int
    """Of what was compressed (RFC 1952, 8)."""
    size: int
    """Bytes of what was compressed."""
    data: bytes
    """Blocks of RFC 1951, none of them final, that end on a byte and refer to nothing before them."""
