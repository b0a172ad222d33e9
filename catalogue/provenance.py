"""Where a harvested record came from, and where those had it from who gave it to us.

A value that any door may show: the words are those of OAI-PMH's provenance container (implementation guidelines,
"XML schema to hold provenance information in the about part of a record"), which every other one can be made from.
It stands beside the version it speaks of, in `version.provenance`, and on its way there in `marc.reading.Reading`.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Final, NamedTuple

from catalogue import messages
from foundation.errors import LimitError
from foundation.limits import PROVENANCE_STEPS

_PACK: Final = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


class Provenance(NamedTuple):
    """One harvest: the record as the repository it was taken from gave it."""

    base_url: str
    """The repository it was harvested from."""
    identifier: str
    """Its identifier there."""
    datestamp: str
    """Its datestamp there, in that repository's granularity."""
    namespace: str
    """Of the metadata format in which it was harvested."""
    harvested: str
    """responseDate of the answer that held it, UTC."""
    altered: bool = False
    """Whether it was changed before it was given on in that same format."""
    before: Provenance | None = None
    """Where that repository had it from, by its own word; nested as often as it was handed on."""

    @property
    def chain(self) -> Iterator[Provenance]:
        """Every step, the latest first."""
        step: Provenance | None = self
        while step is not None:
            yield step
            step = step.before

    def given_as(self, namespace: str) -> Provenance:
        """The same for a record that is given on in the format of `namespace`: another one is another record."""
        return self if namespace == self.namespace else self._replace(altered=True)

    def pack(self) -> str:
        """The text that a store keeps, a list with one list for each step. Raises LimitError (PROVENANCE_STEPS)."""
        steps = [_PACK(step[:-1]) for step in self.chain]
        if len(steps) > PROVENANCE_STEPS:
            raise LimitError(messages.PROVENANCE_LONG, seen=len(steps), allowed=PROVENANCE_STEPS)
        return f"[{','.join(steps)}]"

    @classmethod
    def unpack(cls, text: str) -> Provenance:
        """What `pack` made `text` from."""
        found: Provenance | None = None
        for base_url, identifier, datestamp, namespace, harvested, altered in reversed(json.loads(text)):
            found = cls(base_url, identifier, datestamp, namespace, harvested, altered, found)
        assert found is not None
        return found
