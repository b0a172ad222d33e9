"""A graph as bytes."""

from __future__ import annotations

import json
from typing import Any

from rdflib import Graph

from linked_data.vocabularies import PREFIXES


def serialise(graph: Graph, name: str) -> bytes:
    """`graph` in UTF-8 as `turtle`, `json-ld`, `xml` (RDF/XML) or `nt`.

    The same triples give the same bytes, but for RDF/XML, whose elements rdflib writes in any order. JSON-LD carries
    our prefixes as its context, so that nobody has to fetch one.
    """
    if name == "nt":
        lines = graph.serialize(format="nt", encoding="utf-8").splitlines(keepends=True)
        return b"".join(sorted(line for line in lines if line.strip()))
    if name == "json-ld":
        context = {prefix: str(namespace) for prefix, namespace in PREFIXES.items()}
        document = json.loads(graph.serialize(format="json-ld", context=context))
        return json.dumps(_ordered(document), ensure_ascii=False, indent=1, sort_keys=True).encode()
    return graph.serialize(format=name, encoding="utf-8")


def _ordered(value: Any) -> Any:
    """The same JSON-LD with its arrays sorted: they are sets (JSON-LD 1.1, 4.3), and we write no lists."""
    if isinstance(value, dict):
        return {name: _ordered(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return sorted(map(_ordered, value), key=lambda inner: json.dumps(inner, sort_keys=True))
    return value
