"""What was harvested, as readings that the store can stage: MARC from whatever form it came in, with its provenance."""

from __future__ import annotations

from lxml.etree import _Element

from catalogue.provenance import Provenance
from dublin_core import readers as dublin_core
from dublin_core.to_marc import Origin
from foundation import xml
from foundation.errors import InputError, Problem
from marc import marcxml, marcxml_usual
from marc.marcxml_usual import Usual
from marc.reading import Reading, Written
from marc.record import Record
from oaipmh.answers import Harvested
from oaipmh.dates import format_datestamp
from oaipmh.provenance import chain


def reading(
    number: int,
    found: Harvested,
    repository: str,
    prefix: str,
    moment: int,
    *,
    days: bool = False,
    usual: Usual | None = None,
) -> Reading:
    """One record of a list as a reading, named by its OAI identifier; without a record when it cannot be read.

    `number`: its place in the run, from 1. `repository`: the base address it came from. `moment`: responseDate.
    `usual`: its metadata, where it was read by `marcxml_usual` already.
    """
    if found.deleted:
        return Reading(number, -1, b"", None, found.problems, name=found.identifier, deleted=True)
    if found.metadata is None or not found.identifier:
        return Reading(number, -1, found.original, None, found.problems, name=found.identifier)
    stamp = format_datestamp(moment if found.datestamp is None else found.datestamp).decode("ascii")
    stamp = stamp[:10] if days else stamp
    usual = marcxml_usual.read(found.metadata) if usual is None and found.element is None else usual
    if usual is not None:
        record: Record | None = Record(usual.text)
        problems, namespace = found.problems, marcxml.NAMESPACE
    else:
        origin = Origin(found.identifier, stamp, repository, prefix)
        record, problems, namespace = record_of(found.metadata, found.element, origin)
        problems = (*found.problems, *problems)
    provenance = Provenance(
        repository, found.identifier, stamp, namespace, format_datestamp(moment).decode("ascii"),
        altered=bool(problems), before=chain(found.about),
    )  # fmt: skip
    written = None if usual is None or record is None else Written(record, usual.written)
    return Reading(
        number, -1, found.metadata, record, problems,
        name=found.identifier, provenance=provenance.pack(), written=written,
    )  # fmt: skip


def record_of(data: bytes, element: _Element | None, origin: Origin) -> tuple[Record | None, tuple[Problem, ...], str]:
    """The record in one piece of XML, what was repaired in it, and the namespace it was in.

    `element`: the same as it was parsed with its page, where it was.
    """
    usual = marcxml_usual.read(data) if element is None else None
    if usual is not None:
        return Record(usual.text), (), marcxml.NAMESPACE
    try:
        element = xml.parse(data) if element is None else element
    except InputError as error:
        return None, (error.problem,), ""
    namespace = element.tag[1:].rpartition("}")[0]
    if element.tag.rpartition("}")[2] in ("record", "collection"):
        record, problems = (
            marcxml.read(data) if element.tag.endswith("collection") else marcxml.read_element(element, 1)
        )
    else:
        record, problems = dublin_core.described(element, origin)
    return record, problems, namespace
