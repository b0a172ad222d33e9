"""What a record's page says: common fields under plain words, and every field as MARC has it."""

from __future__ import annotations

from typing import NamedTuple

from flask_babel import gettext as _

from dublin_core.citation import AUTHOR, CONTRIBUTOR, EDITOR, TRANSLATOR, Citation, Link
from linked_data.graph import web_iri
from marc.record import Field, Record


class Row(NamedTuple):
    """A label and its values."""

    label: str
    values: tuple[str, ...]


class WebLink(NamedTuple):
    """An electronic location that may become a link: http and https alone."""

    address: str
    label: str


def rows(found: Citation) -> list[Row]:
    """The fields most readers want, in the order of a catalogue card; what the record does not say is left out."""
    imprint = " : ".join(filter(None, (found.place, found.publisher)))
    said = [
        Row(_("Tác giả"), _names(found, AUTHOR)),
        Row(_("Chủ biên, biên soạn"), _names(found, EDITOR)),
        Row(_("Người dịch"), _names(found, TRANSLATOR)),
        Row(_("Người tham gia khác"), _names(found, CONTRIBUTOR)),
        Row(_("Xuất bản"), (", ".join(filter(None, (imprint, found.date))),)),
        Row(_("Lần xuất bản"), (found.edition,)),
        Row(_("Mô tả vật lý"), (found.extent,)),
        Row(_("Tùng thư"), tuple(" ; ".join(filter(None, one)) for one in found.series)),
        Row(_("Trong"), (found.host,)),
        Row(_("ISBN"), found.isbns),
        Row(_("ISSN"), found.issns),
        Row(_("Ngôn ngữ"), found.languages),
        Row(_("Chủ đề"), found.subjects),
        Row(_("Ký hiệu phân loại"), (found.classification,)),
        Row(_("Tóm tắt"), (found.abstract,)),
        Row(_("Phụ chú"), found.notes),
    ]
    return [Row(label, kept) for label, values in said if (kept := tuple(filter(None, values)))]


def web_links(links: tuple[Link, ...]) -> list[WebLink]:
    """The links a page may show as links; an address of another scheme (javascript:, data:) is none."""
    found = []
    for link in links:
        address = web_iri(link.address)
        if address is not None:
            found.append(WebLink(str(address), link.label or str(address)))
    return found


def marc(record: Record) -> list[Field]:
    """Every field, the leader first as a field of its own."""
    return [Field("LDR", value=record.leader), *record.fields]


def _names(found: Citation, role: str) -> tuple[str, ...]:
    return tuple(name.text for name in found.names if name.role == role)
