"""What a repository is made of: what it says of itself, the formats it gives, and the feed it reads."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol
from urllib.parse import quote, unquote, urlsplit

from catalogue.feed import Cursor, Entry, Segment, Selection, SetDescription

# oai-identifier.xsd, repositoryIdentifierType: a dot is needed, and no label may begin with a digit.
_DOMAIN = re.compile(r"[A-Za-z][A-Za-z0-9\-]*(?:\.[A-Za-z][A-Za-z0-9\-]*)+")
# Of the characters that oai-identifier.xsd allows, those that mean nothing in a URI or in XML; the others are encoded.
_LOCAL = re.compile(r"[A-Za-z0-9\-_.~!*(),;:@$=+/]+")
_LOCAL_SAFE = "-_.~!*(),;:@$=+/"


class Snapshot(Protocol):
    """One consistent read of the feed. Every method raises StoreError when the store fails."""

    @property
    def response_date(self) -> int:
        """What the answer must say; every later stamp is >= it."""
        ...

    @property
    def earliest(self) -> int:
        """Earliest datestamp of all entries, deleted ones included; response_date if there is none."""
        ...

    def total(self, selection: Selection) -> int:
        """How many entries a list of `selection` has."""
        ...

    def page(
        self,
        selection: Selection,
        after: Cursor | None,
        limit: int,
        byte_limit: int,
        metadata: bool,
        through: Cursor | None = None,
    ) -> list[Entry]:
        """The entries behind `after` in the order of Cursor, at most `limit`, none behind `through`.

        With `metadata` the page ends before the entry that would bring the metadata beyond `byte_limit` bytes, but
        has at least one entry if there is one. An entry whose metadata cannot be produced comes with None, and is
        no reason to fail.
        """
        ...

    def segments(self, kind: str, selection: Selection, after: Cursor | None, ask: int) -> Iterator[Segment]:
        """What `oaipmh.segments` has stored of the list behind `after` and within `until`, in order; maybe nothing.

        The first may begin before `after`. `ask`: about how many are wanted.
        """
        ...

    def entry(self, identifier: str, format_name: str) -> Entry | None:
        """One record with its metadata; None: no such item, or not in this format."""
        ...

    def formats(self, identifier: str) -> list[str] | None:
        """Formats of an item (of a deleted one: those it had); None: no such item."""
        ...

    def sets(self) -> list[SetDescription]:
        """Every set, the parent of every `a:b` included (2.6)."""
        ...


class Feed(Protocol):
    """The store as a provider sees it."""

    def snapshot(self) -> AbstractContextManager[Snapshot]: ...


@dataclass(frozen=True, slots=True)
class MetadataFormat:
    """One metadataFormat of ListMetadataFormats (3.4): prefix, address of its schema, its namespace."""

    prefix: str
    schema: str
    namespace: str


class Icon(NamedTuple):
    """The picture by which others show where records come from (guidelines for branding)."""

    url: str
    link: str
    title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Repository:
    """What Identify says, and how names of the protocol become names of the store."""

    name: str
    base_url: str
    """Exactly the address that is harvested, from the settings: a Host header is the client's word, not ours."""
    domain: str
    """`oai:<domain>:<opaque id>`."""
    admin_emails: tuple[str, ...]
    formats: tuple[MetadataFormat, ...]
    """oai_dc must be among them (5)."""
    aliases: Mapping[str, str] = field(default_factory=dict)
    """Other prefixes under which a format is asked for, each announced as a format of its own."""
    has_sets: bool = True
    home: str = ""
    """setSpec of the set whose repository this is; empty for the repository of everything."""
    licence: str = ""
    """Address of the licence of its metadata; empty: nothing is said."""
    licences: Mapping[str, str] = field(default_factory=dict)
    """Licences of sets that have one of their own."""
    friends: tuple[str, ...] = ()
    """Base URLs of confederate repositories."""
    icon: Icon | None = None

    def licence_of(self, sets: Iterable[str]) -> str:
        """The licence of a record in these sets; a library's own repository shows none, and is itself one.

        A union record is of several libraries: it has the licence in which all of them agree, and else none that could
        be said of the whole.
        """
        specs = [spec for spec in (*sets, self.home) if spec.startswith("library:") or spec in self.licences]
        found = {self.licences.get(spec, self.licence) for spec in specs} or {self.licence}
        return found.pop() if len(found) == 1 else ""

    @property
    def all_licences(self) -> list[str]:
        """Every licence that a record may have here (guidelines for rights expressions, 4.1)."""
        if self.home:
            return [found] if (found := self.licence_of(())) else []
        return sorted({self.licence, *self.licences.values()} - {""})

    @property
    def path(self) -> str:
        """What tokens are bound to: the path of the base URL, so that a new host or https does not end harvests."""
        return urlsplit(self.base_url).path

    @property
    def announced(self) -> tuple[MetadataFormat, ...]:
        """Every prefix that may be asked for."""
        known = {entry.prefix: entry for entry in self.formats}
        named = [(alias, known[prefix]) for alias, prefix in self.aliases.items()]
        return self.formats + tuple(MetadataFormat(alias, entry.schema, entry.namespace) for alias, entry in named)

    def format_of(self, prefix: str) -> str | None:
        """The feed's name of the format that `prefix` asks for; None if the repository has none."""
        name = self.aliases.get(prefix, prefix)
        return name if any(entry.prefix == name for entry in self.formats) else None

    @property
    def has_oai_identifiers(self) -> bool:
        """Whether the domain may stand in an oai-identifier description."""
        return _DOMAIN.fullmatch(self.domain) is not None

    def identifier(self, opaque: str) -> str:
        """The OAI identifier of an item of the store."""
        return f"oai:{self.domain}:{local_part(opaque)}"

    def opaque(self, identifier: str) -> str | None:
        """The item of the store that an OAI identifier names; None if it is not one of this repository."""
        start = f"oai:{self.domain}:"
        if not identifier.startswith(start):
            return None
        opaque = unquote(identifier[len(start) :], errors="replace")
        # One item has one identifier (2.4): other spellings of the same bytes name nothing.
        return opaque if self.identifier(opaque) == identifier else None


def local_part(opaque: str) -> str:
    """An id of the store as the third part of an OAI identifier, percent-encoded where it has to be."""
    return opaque if _LOCAL.fullmatch(opaque) else quote(opaque, safe=_LOCAL_SAFE, errors="replace")
