"""The formats a record is shown in: one entry here, and every door knows the new format.

A rendering is made once, when the record changes, and stored; nothing is rendered while somebody waits.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

from catalogue import messages
from dublin_core import xml as dublin_core
from foundation.errors import Problem
from marc import marcxml
from marc.record import Record

# What no XML 1.0 document may hold (production 2, Char), in UTF-8: one such byte would end the page it stands on for
# every harvester. Readers clean what they read; a record that was built by other means has only this to go through.
_FORBIDDEN = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f]|\xef\xbf[\xbe\xbf]")


@dataclass(frozen=True, slots=True)
class Format:
    """One format of the feed."""

    bit: int
    """Its place in the bit masks of the feed, for ever."""
    name: str
    """Its metadataPrefix."""
    namespace: str
    schema: str
    render: Callable[[Record], bytes]
    """One UTF-8 XML element with its own namespace declarations, no prolog."""

    @property
    def mask(self) -> int:
        return 1 << self.bit


FORMATS: tuple[Format, ...] = (
    Format(0, "oai_dc", dublin_core.OAI_DC, dublin_core.OAI_DC_SCHEMA, dublin_core.oai_dc),
    Format(1, "marcxml", marcxml.NAMESPACE, marcxml.SCHEMA, marcxml.write),
)
BY_NAME = {entry.name: entry for entry in FORMATS}


class Rendering(NamedTuple):
    """A record in one format."""

    format: Format
    hash: bytes
    data: bytes


def render(record: Record) -> tuple[list[Rendering], list[Problem]]:
    """The record in every format, and a problem for each format that could not be made (the others go on)."""
    made: list[Rendering] = []
    problems: list[Problem] = []
    for entry in FORMATS:
        try:
            data = _FORBIDDEN.sub(b"", entry.render(record))
        except Exception as error:
            values = {"format": entry.name, "reason": repr(error)}
            problems.append(Problem(messages.RENDERING_FAILED, values=values))
            continue
        made.append(Rendering(entry, hashlib.blake2b(data, digest_size=16).digest(), data))
    return made, problems
