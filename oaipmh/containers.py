"""Containers that the implementation guidelines define: what stands in `description` of a repository or a set and in
`about` of a record. Each is one element with its own namespace and schema (protocol, 3.2).
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from catalogue.provenance import Provenance
from oaipmh.repository import Icon, Repository
from oaipmh.text import escape

_OAI = "http://www.openarchives.org/OAI/2.0/"


def _element(name: str, namespace: str, schema: str, content: bytes, attributes: bytes = b"") -> bytes:
    """A root element of the namespace and schema of these names below the protocol's own address."""
    return (
        b'<%b xmlns="%b" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="%b %b"%b>%b</%b>'
    ) % (
        name.encode(),
        (_OAI + namespace).encode(),
        (_OAI + namespace).encode(),
        (_OAI + schema).encode(),
        attributes,
        content,
        name.encode(),
    )


def identifiers(repository: Repository, sample: str) -> bytes:
    """The identifier scheme (guidelines for the oai-identifier format, 2.0). `sample`: opaque id of an item."""
    content = (
        b"<scheme>oai</scheme><repositoryIdentifier>%b</repositoryIdentifier><delimiter>:</delimiter>"
        b"<sampleIdentifier>%b</sampleIdentifier>"
        % (escape(repository.domain), escape(repository.identifier(sample or "1")))
    )
    return _element("oai-identifier", "oai-identifier", "oai-identifier.xsd", content)


def manifest(licences: Iterable[str]) -> bytes:
    """Every licence that records of a repository or set have (guidelines for rights expressions, 4)."""
    content = b"".join(b'<rights><rightsReference ref="%b"/></rights>' % escape(found) for found in licences)
    applies = b' appliesTo="http://www.openarchives.org/OAI/2.0/entity#metadata"'
    return _element("rightsManifest", "rights/", "rightsManifest.xsd", content, applies)


def friends(addresses: Iterable[str]) -> bytes:
    """Confederate repositories (guidelines for the friends container)."""
    content = b"".join(b"<baseURL>%b</baseURL>" % escape(address) for address in addresses)
    return _element("friends", "friends/", "friends.xsd", content)


def branding(icon: Icon) -> bytes:
    """The picture that stands for the repository (guidelines for the branding container)."""
    content = (
        b"<collectionIcon><url>%b</url><link>%b</link><title>%b</title><width>88</width><height>31</height>"
        b"</collectionIcon>" % (escape(icon.url), escape(icon.link), escape(icon.title))
    )
    return _element("branding", "branding/", "branding.xsd", content)


def descriptions(repository: Repository, sample: str) -> list[bytes]:
    """All that a repository says of itself beyond what every one must say, each in its `description` (4.2)."""
    found = []
    if repository.has_oai_identifiers:
        found.append(identifiers(repository, sample))
    if repository.all_licences:
        found.append(manifest(repository.all_licences))
    if repository.friends:
        found.append(friends(repository.friends))
    if repository.icon:
        found.append(branding(repository.icon))
    return [b"<description>%b</description>" % container for container in found]


@lru_cache(maxsize=64)  # there are few licences, and every record has one
def rights(licence: str) -> bytes:
    """The licence of one record's metadata, in its `about` (guidelines for rights expressions, 3).

    It is not said of the book: MARC fields 506 and 540 speak of that, and stand in the metadata as dc:rights.
    """
    content = b'<rightsReference ref="%b"/>' % escape(licence)
    return b"<about>%b</about>" % _element("rights", "rights/", "rights.xsd", content)


def provenance(found: Provenance) -> bytes:
    """Where a record was harvested, in its `about`; each originDescription holds the one before it.

    The guidelines for aggregators (3) ask for all that came with the record to be handed on.
    """
    inside = b""
    for step in reversed(list(found.chain)):
        inside = (
            b'<originDescription harvestDate="%b" altered="%b"><baseURL>%b</baseURL><identifier>%b</identifier>'
            b"<datestamp>%b</datestamp><metadataNamespace>%b</metadataNamespace>%b</originDescription>"
        ) % (
            escape(step.harvested),
            b"true" if step.altered else b"false",
            escape(step.base_url),
            escape(step.identifier),
            escape(step.datestamp),
            escape(step.namespace),
            inside,
        )
    return b"<about>%b</about>" % _element("provenance", "provenance", "provenance.xsd", inside)
