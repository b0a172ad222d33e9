"""What a repository does differently from the standard, as named switches on its source.

A new switch is a field here; its documentation is what a person reads who chooses it. Every switch is there because a
repository in the field needed it.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from typing import Any

from foundation.errors import InputError
from oaipmh import harvest_messages as messages


@dataclass(frozen=True, slots=True, kw_only=True)
class Quirks:
    """One repository's own ways. The default is the standard's."""

    post: bool = False
    """Send requests by POST: tokens longer than its server takes in an address (414)."""
    prefix_with_token: bool = False
    """Send metadataPrefix, set, from and until together with the token, which 3.5 forbids and some servers want."""
    plain_token: bool = False
    """Send the token without percent-encoding, for servers that do not decode it."""
    trim_token: bool = False
    """Take blanks and line ends around the token away."""
    empty_pages: int = 10
    """Pages without records, one after another, before the list is taken to be stuck."""
    days: bool = False
    """Send dates without time even if Identify promises seconds."""
    no_dates: bool = False
    """Never send from and until: it answers wrongly or not at all. Every run is a full one."""
    window_days: int = 0
    """Ask for so many days at a time, so that an expired token costs one window. 0: for everything at once."""
    ordered: bool = False
    """It lists by rising datestamp, so that an expired token costs only what came behind the last one. Be sure."""
    overlap_seconds: int = 0
    """How far an incremental run goes back beyond the last one, for repositories that publish late. 0: one granule."""
    no_gzip: bool = False
    """Do not ask for compressed answers: its own are damaged."""
    one_by_one: bool = False
    """ListIdentifiers and then GetRecord for each, where ListRecords dies of a record."""
    ignore_shortfall: bool = False
    """Its completeListSize is wrong; do not report what seems to be missing."""


STANDARD = Quirks()


def quirks(values: dict[str, Any]) -> Quirks:
    """Quirks from settings of a source. Raises InputError for a name or value that is none."""
    known = {entry.name: entry.type for entry in fields(Quirks)}
    for name, value in values.items():
        wanted = known.get(name)
        fits = isinstance(value, bool) if wanted == "bool" else type(value) is int and 0 <= value <= 1_000_000
        if wanted is None or not fits:
            raise InputError(messages.QUIRK_UNKNOWN, name=name, value=value, known=", ".join(known))
    return Quirks(**values)


def changed(found: Quirks) -> dict[str, Any]:
    """What differs from the standard, as it is stored."""
    usual = asdict(STANDARD)
    return {name: value for name, value in asdict(found).items() if value != usual[name]}
