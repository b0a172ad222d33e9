"""What a foreign repository says of itself: Identify, ListMetadataFormats, ListSets, as values."""

from __future__ import annotations

from dataclasses import dataclass

from lxml.etree import _Element

from oaipmh.answers import Answer
from oaipmh.dates import parse_datestamp


@dataclass(frozen=True, slots=True)
class Identity:
    """An Identify answer (4.2)."""

    name: str
    base_url: str
    version: str
    emails: tuple[str, ...]
    earliest: int | None
    deleted_record: str
    """`persistent`, `transient`, `no`; whatever it says."""
    granularity: str

    @property
    def days(self) -> bool:
        """Whether its dates have no time."""
        return "T" not in self.granularity

    @property
    def keeps_deletions(self) -> bool:
        return self.deleted_record == "persistent"


def identity(answer: Answer) -> Identity:
    """What an Identify answer says; what it leaves out is empty."""
    said: dict[str, list[str]] = {}
    for child in _inside(answer, "Identify"):
        said.setdefault(_local(child), []).append((child.text or "").strip()[:500])

    def one(name: str) -> str:
        return said.get(name, [""])[0]

    earliest = parse_datestamp(one("earliestDatestamp"))
    return Identity(
        one("repositoryName"),
        one("baseURL"),
        one("protocolVersion"),
        tuple(said.get("adminEmail", ())),
        None if earliest is None else earliest.first,
        one("deletedRecord"),
        one("granularity") or "YYYY-MM-DD",
    )


def formats(answer: Answer) -> list[tuple[str, str]]:
    """(prefix, namespace) of each format in a ListMetadataFormats answer; one without a prefix cannot be asked for."""
    found = [
        {_local(part): (part.text or "").strip() for part in one} for one in _inside(answer, "ListMetadataFormats")
    ]
    return [(one["metadataPrefix"], one.get("metadataNamespace", "")) for one in found if one.get("metadataPrefix")]


def sets(answer: Answer) -> list[tuple[str, str]]:
    """(setSpec, name) of each set on one page of ListSets."""
    found = [{_local(part): (part.text or "").strip() for part in one} for one in _inside(answer, "ListSets")]
    return [(one["setSpec"], one.get("setName", "")) for one in found if one.get("setSpec")]


def _inside(answer: Answer, name: str) -> list[_Element]:
    if answer.root is None:
        return []
    found = next((child for child in answer.root if _local(child) == name), None)
    return [] if found is None else list(found)


def _local(element: _Element) -> str:
    return element.tag.rpartition("}")[2]
