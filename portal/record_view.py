"""What a record's page says: common fields under plain words, and every field as MARC has it."""

from __future__ import annotations

from typing import NamedTuple

from dublin_core.citation import AUTHOR, CONTRIBUTOR, EDITOR, TRANSLATOR, Citation, Link
from dublin_core.spoken import UNDETERMINED, spoken
from dublin_core.spoken import names as language_names
from linked_data.graph import web_iri
from marc.record import Field, Record
from portal.wording import language
from portal.wording import said as _


class Row(NamedTuple):
    """A label and its values."""

    label: str
    values: tuple[str, ...]


class WebLink(NamedTuple):
    """An electronic location that may become a link: http and https alone."""

    address: str
    label: str


def rows(found: Citation, record: Record) -> list[Row]:
    """The fields most readers want, in the order of a catalogue card; what the record does not say is left out."""
    imprint = " : ".join(filter(None, (found.place, found.publisher)))
    said = [
        Row(_("Tác giả"), _names(found, AUTHOR)),
        Row(_("Chủ biên, biên soạn"), _names(found, EDITOR)),
        Row(_("Người dịch"), _names(found, TRANSLATOR)),
        Row(_("Người tham gia khác"), _others(found)),
        Row(_("Xuất bản"), (", ".join(filter(None, (imprint, found.date))),)),
        Row(_("Lần xuất bản"), (found.edition,)),
        Row(_("Mô tả vật lý"), (found.extent,)),
        Row(_("Tùng thư"), tuple(" ; ".join(filter(None, one)) for one in found.series)),
        Row(_("Trong"), (found.host,)),
        Row(_("ISBN"), found.isbns),
        Row(_("ISSN"), found.issns),
        Row(_("Ngôn ngữ"), tuple(_language(code) for code in spoken(record) if code != UNDETERMINED)),
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


def people(found: Citation) -> list[str]:
    """Everybody a record names, each once: libraries write the same person with dates and without."""
    return list(dict.fromkeys(name.text for name in found.names))


def cited(found: Citation) -> str:
    """One line to copy into a list of references, in the order of ISBD (area 1, 2, 4)."""
    who = "; ".join(_names(found, AUTHOR) or _names(found, EDITOR) or people(found))
    imprint = ", ".join(filter(None, (" : ".join(filter(None, (found.place, found.publisher))), found.date)))
    said = ". – ".join(part.rstrip(" .") for part in (found.title, found.edition, imprint) if part)
    return ". ".join(part.rstrip(" .") for part in (who, said) if part) + "."


def download_kinds() -> list[tuple[str, tuple[tuple[str, str], ...]]]:
    """What a record is taken away for, and (suffix, name) of the forms for it; the most wanted first."""
    return [
        (_("Trích dẫn"), (("ris", "RIS (Zotero, EndNote)"), ("bib", "BibTeX"))),
        (
            _("Biên mục"),
            (("mrc", "MARC 21 (ISO 2709)"), ("xml", "MARCXML"), ("json", "MARC-in-JSON"), ("mods", "MODS"),
             ("dc", "Dublin Core")),
        ),
        (_("Dữ liệu liên kết"), (("jsonld", "JSON-LD"), ("ttl", "Turtle"), ("rdf", "RDF/XML"), ("nt", "N-Triples"))),
    ]  # fmt: skip


def _language(code: str) -> str:
    names = language_names(code)
    name = names.en if language() == "en" else names.vi
    return name[:1].upper() + name[1:]


def _others(found: Citation) -> tuple[str, ...]:
    """Contributors who have no other part: one library's author is another's added entry."""
    known = {name.text for name in found.names if name.role != CONTRIBUTOR}
    return tuple(name for name in _names(found, CONTRIBUTOR) if name not in known)


def _names(found: Citation, role: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name.text for name in found.names if name.role == role))
