"""The forms a record is exported in, each a function from a record to bytes with what stands before and behind all."""

from __future__ import annotations

import csv
import io
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, NamedTuple

from dublin_core import bibtex, mods, qualified, ris
from dublin_core.citation import AUTHOR, citation
from dublin_core.copies import copies
from dublin_core.xml import oai_dc
from marc import iso2709, iso2709_marc8, marcjson, marcxml, mrk
from marc.record import Field, Record

_DELETED_LEADER: Final = "00000dam a2200000 a 4500"
_PROLOG: Final = b'<?xml version="1.0" encoding="UTF-8"?>\n'


class Exported(NamedTuple):
    """One record on its way out."""

    identifier: str
    """Its opaque identifier."""
    library: str
    library_vi: str
    library_en: str
    local_id: str
    datestamp: int
    """Seconds since 1970."""
    record: Record | None
    """None when it is deleted, or no longer in the set that is exported."""


class Written(NamedTuple):
    """What a form made of a record."""

    data: bytes
    references: int = 0
    """Characters that had to be written as references."""


@dataclass(frozen=True, slots=True)
class Form:
    """One form of export."""

    name: str
    write: Callable[[Exported, Record], Written]
    """Raises LimitError for a record that the form cannot hold."""
    head: bytes = b""
    foot: bytes = b""
    deletions: bool = False
    """Whether a deletion can be said in it (leader/05 `d`); otherwise it stands in the manifest alone."""


def tombstone(one: Exported) -> Record:
    """A deleted record as MARC 21 says it: leader/05 `d` and the number by which the library knows it."""
    shown = "".join(char if char.isprintable() else " " for char in unicodedata.normalize("NFC", one.local_id))
    return Record.build(_DELETED_LEADER, [Field("001", value=shown)])


def _marc8(one: Exported, record: Record) -> Written:
    data, problems = iso2709_marc8.write(record)
    return Written(data, sum(int(problem.values.get("count", 1)) for problem in problems))


def _plain(write: Callable[[Record], bytes], end: bytes = b"") -> Callable[[Exported, Record], Written]:
    return lambda one, record: Written(write(record) + end)


# --- CSV ------------------------------------------------------------------------------------------------------

COLUMNS: Final = (
    "identifier", "library", "local_id", "title", "authors", "other_names", "place", "publisher", "date", "edition",
    "extent", "series", "isbn", "issn", "languages", "subjects", "classification", "call_numbers", "links",
)  # fmt: skip
_FORMULA: Final = tuple("=+-@＝＋－＠|%")
"""What begins a formula or a command in a spreadsheet (OWASP, CSV Injection), in full width too."""


def _row(one: Exported, record: Record) -> Written:
    found = citation(record)
    return Written(
        _csv_line(
            one.identifier,
            one.library,
            one.local_id,
            found.title,
            "; ".join(name.text for name in found.names if name.role == AUTHOR),
            "; ".join(name.text for name in found.names if name.role != AUTHOR),
            found.place,
            found.publisher,
            found.date,
            found.edition,
            found.extent,
            "; ".join(" ; ".join(filter(None, series)) for series in found.series),
            "; ".join(found.isbns),
            "; ".join(found.issns),
            "; ".join(found.languages),
            "; ".join(found.subjects),
            found.classification,
            "; ".join(dict.fromkeys(copy.shelf_mark for copy in copies(record) if copy.shelf_mark)),
            "; ".join(link.address for link in found.links),
        )
    )


def _csv_line(*values: str) -> bytes:
    line = io.StringIO()
    csv.writer(line, lineterminator="\r\n").writerow(map(cell, values))  # RFC 4180
    return line.getvalue().encode()


def cell(value: str) -> str:
    """A value on one line that no spreadsheet takes for a formula: an apostrophe stands before what looks like one."""
    text = " ".join(value.split())
    return f"'{text}" if text.startswith(_FORMULA) else text


FORMS: Final = {
    form.name: form
    for form in (
        Form("marc21", _plain(iso2709.write), deletions=True),
        Form("marc8", _marc8, deletions=True),
        Form(
            "marcxml",
            _plain(marcxml.write, b"\n"),
            head=_PROLOG + f'<collection xmlns="{marcxml.NAMESPACE}">\n'.encode(),
            foot=b"</collection>\n",
            deletions=True,
        ),
        Form("oai_dc", _plain(oai_dc, b"\n"), head=_PROLOG + b"<records>\n", foot=b"</records>\n"),
        Form("qdc", _plain(qualified.qdc, b"\n"), head=_PROLOG + b"<records>\n", foot=b"</records>\n"),
        Form(
            "mods",
            _plain(mods.mods, b"\n"),
            head=_PROLOG + f'<modsCollection xmlns="{mods.MODS}">\n'.encode(),
            foot=b"</modsCollection>\n",
        ),
        Form("mrk", _plain(mrk.write, b"\n"), deletions=True),
        Form("jsonl", _plain(marcjson.write, b"\n"), deletions=True),
        # Excel takes a file without the mark for one of the machine's own code page.
        Form("csv", _row, head="\ufeff".encode() + _csv_line(*COLUMNS)),
        Form("ris", lambda one, record: Written(ris.write(record, one.identifier))),
        Form("bibtex", lambda one, record: Written(bibtex.write(record, one.identifier))),
    )
}
"""By name. Forms of rooms above this one (RDF) are added by who exports."""
