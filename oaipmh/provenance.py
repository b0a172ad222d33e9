"""Provenance as it comes in: the container in `about` of a harvested record, to the chain it tells.

Implementation guidelines, "XML schema to hold provenance information in the about part of a record". What a
repository says of the origin of its records is its own word; it is kept and passed on, never acted upon.
"""

from __future__ import annotations

from collections.abc import Iterable

from lxml.etree import _Element

from catalogue.provenance import Provenance
from foundation import xml
from foundation.errors import InputError
from foundation.limits import PROVENANCE_STEPS

NAMESPACE = "http://www.openarchives.org/OAI/2.0/provenance"
_CHARACTERS = 1_000


def chain(about: Iterable[bytes]) -> Provenance | None:
    """The chain that the `about` containers of a record tell, at most PROVENANCE_STEPS - 1 long; None if none does."""
    for data in about:
        try:
            root = xml.parse(data)
        except InputError:
            continue
        if root.tag == f"{{{NAMESPACE}}}provenance":
            return _step(_inside(root), PROVENANCE_STEPS - 1)
    return None


def _inside(element: _Element) -> _Element | None:
    return next(element.iterchildren(f"{{{NAMESPACE}}}originDescription"), None)


def _step(element: _Element | None, left: int) -> Provenance | None:
    if element is None or not left:
        return None
    said = {child.tag.rpartition("}")[2]: (child.text or "").strip()[:_CHARACTERS] for child in element}
    return Provenance(
        said.get("baseURL", ""),
        said.get("identifier", ""),
        said.get("datestamp", ""),
        said.get("metadataNamespace", ""),
        element.get("harvestDate", "").strip()[:_CHARACTERS],
        element.get("altered", "").strip() in ("true", "1"),
        _step(_inside(element), left - 1),
    )
