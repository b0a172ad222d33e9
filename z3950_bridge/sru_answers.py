"""What another SRU server answers: bytes in, values out, in every version (1.1 and 1.2: srw-types.xsd; 2.0:
sruResponse.xsd; ZeeRex 2.0). Names are compared without their namespaces, for servers mix those up."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

from lxml import etree
from lxml.etree import _Element

from foundation import xml
from foundation.errors import FormatError
from z3950_bridge import origin_messages
from z3950_bridge.origin import Given, Said
from z3950_bridge.sru_diagnostics import URI

_PREFIXES: Final = (URI, "info:srw/diagnostic/2/")


class Retrieved(NamedTuple):
    """A searchRetrieveResponse."""

    hits: int
    records: tuple[Given | Said, ...]
    diagnostics: tuple[Said, ...]
    next: int
    """Position of the first record behind this answer, 0 where none is said."""


class Explained(NamedTuple):
    """What a server says of itself."""

    version: str
    title: str
    database: str
    indexes: tuple[str, ...]
    """As they are written in CQL: `dc.title`."""
    schemas: tuple[str, ...]
    """Short names: `marcxml`."""
    records: int
    """Most records of one answer, 0 where it is not said."""


def retrieved(data: bytes) -> Retrieved:
    """The answer to a search. Raises FormatError or LimitError."""
    root = xml.parse(data)
    if _local(root) != "searchRetrieveResponse":
        # Some servers answer a query that they refuse with the explain record and a diagnostic in it.
        said = tuple(_said(one) for one in root.iter() if _local(one) == "diagnostic")
        if not said:
            raise FormatError(origin_messages.NOT_ASKED, seen=_local(root)[:60])
        return Retrieved(0, (), said, 0)
    records = _child(root, "records")
    given = tuple(_record(one) for one in records if _local(one) == "record") if records is not None else ()
    diagnostics = _child(root, "diagnostics")
    said = tuple(map(_said, diagnostics)) if diagnostics is not None else ()
    return Retrieved(_number(root, "numberOfRecords"), given, said, _number(root, "nextRecordPosition"))


def faceted(data: bytes) -> list[tuple[tuple[str, int], ...]]:
    """The facets of an answer (facetedResults.xsd): the values of each with their numbers, in the order they stand.
    Raises FormatError or LimitError."""
    root = xml.parse(data)
    found = []
    for facet in (one for one in root.iter() if _local(one) == "facet"):
        terms = [one for one in facet.iter() if _local(one) == "term"]
        found.append(tuple((_text(_child(one, "actualTerm")), _number(one, "count")) for one in terms))
    return found


def explained(data: bytes) -> Explained:
    """The explain record. Raises FormatError or LimitError."""
    root = xml.parse(data)
    escaped = next((one for one in root.iter() if _local(one) == "recordData"), None)
    if escaped is not None and not len(escaped) and (escaped.text or "").lstrip().startswith("<"):
        root = xml.parse((escaped.text or "").strip().encode())
    record = next((one for one in root.iter() if _local(one) == "explain"), None)
    if record is None:
        raise FormatError(origin_messages.NOT_ASKED, seen=_local(root)[:60])
    server = _child(record, "serverInfo")
    indexes = []
    for name in record.iter():
        if _local(name) == "name" and name.get("set") and (name.text or "").strip():
            indexes.append(f"{name.get('set')}.{(name.text or '').strip()}")
    schemas = [one.get("name") or one.get("identifier") or "" for one in record.iter() if _local(one) == "schema"]
    most = [_text(one) for one in record.iter() if _local(one) == "setting" and one.get("type") == "maximumRecords"]
    title = next((_text(one) for one in record.iter() if _local(one) == "title" and _text(one)), "")
    database = next((_text(one) for one in record.iter() if _local(one) == "database" and _text(one)), "")
    return Explained(
        (server.get("version") or "") if server is not None else "",
        title,
        database,
        tuple(dict.fromkeys(indexes)),
        tuple(dict.fromkeys(filter(None, schemas))),
        int(most[0]) if most and most[0].isdecimal() and len(most[0]) < 10 else 0,
    )


def _record(element: _Element) -> Given | Said:
    data = _child(element, "recordData")
    if data is None:
        return Said(0, "recordData", "")
    inner = next(_elements(data), None)
    if inner is None:  # recordPacking or recordXMLEscaping `string`
        return Given("xml", (data.text or "").strip().encode())
    if _local(inner) == "diagnostic":
        return _said(inner)
    return Given("xml", etree.tostring(inner, encoding="utf-8", with_tail=False))


def _said(element: _Element) -> Said:
    uri = _text(_child(element, "uri"))
    words = " ".join(filter(None, (_text(_child(element, name)) for name in ("message", "details"))))[:300]
    for prefix in _PREFIXES:
        number = uri.removeprefix(prefix)
        if number != uri and number.isdecimal() and len(number) < 6:
            return Said(int(number), words, prefix)
    return Said(0, words, uri[:200])


def _elements(element: _Element) -> Iterator[_Element]:
    return (one for one in element if isinstance(one.tag, str))


def _child(element: _Element, name: str) -> _Element | None:
    return next((one for one in _elements(element) if _local(one) == name), None)


def _local(element: _Element) -> str:
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def _text(element: _Element | None) -> str:
    found = "" if element is None else " ".join((element.text or "").split())
    return "".join(letter if letter.isprintable() else " " for letter in found)


def _number(root: _Element, name: str) -> int:
    found = _text(_child(root, name))
    return int(found) if found.isdecimal() and len(found) < 16 else 0
