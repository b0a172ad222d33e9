"""Whatever a library sends, as readings: the one door through which files come in.

Each room recognises its own forms by their first bytes; a library's mappings say what its own tags mean.
"""

from __future__ import annotations

from collections.abc import Iterator
from io import BufferedReader
from typing import BinaryIO, Final, cast

from catalogue import mappings
from catalogue.store import Store
from dublin_core import readers as dublin_core
from foundation import archives
from foundation.errors import FormatError
from marc import isis_mapping
from marc import readers as marc
from marc.reading import Reading
from marc.spreadsheet import rows
from marc.spreadsheet.mapping import Mapping

ISIS: Final = "isis"
"""The kind of mapping (`catalogue.mappings`) that says what the tags of a library's CDS/ISIS base mean."""
COLUMNS: Final = "columns"
"""The kind of mapping that says what the headings of its spreadsheets mean."""
_ZIP: Final = b"PK\x03\x04"
_ENTRY_NAME: Final = 30  # APPNOTE 4.3.7: the name of the first entry begins there
_OPEN_DOCUMENT: Final = b"mimetypeapplication/vnd.oasis.opendocument.s"
_PARTS: Final = (b"[Content_Types].xml", b"_rels/", b"docProps/", b"xl/", _OPEN_DOCUMENT)
_OLE: Final = b"\xd0\xcf\x11\xe0"
HEAD_BYTES: Final = 8_192
"""How much of a file is looked at to recognise it."""


def readings(store: Store, library: str, stream: BinaryIO, name: str, encoding: str = "auto") -> Iterator[Reading]:
    """Every record of `stream`, in whatever form it is.

    Raises FormatError when it is none that is read here, a spreadsheet without a column of titles, or CDS/ISIS of a
    library without a mapping; InputError for an unknown encoding; RefusedError for an unknown library.
    """
    whole = stream if isinstance(stream, BufferedReader) else BufferedReader(cast("BufferedReader", stream))
    head = archives.begins(whole.peek(HEAD_BYTES)[:HEAD_BYTES])
    if dublin_core.recognise(head):
        return dublin_core.readings(cast(BinaryIO, whole), name)
    if is_list_of_books(head):
        return rows.read(cast(BinaryIO, whole), name, encoding=encoding, learned=columns(store, library))
    return marc.read(cast(BinaryIO, whole), name, encoding=encoding, tags=isis(store, library))


def is_list_of_books(head: bytes) -> bool:
    """Whether a file that begins so is a spreadsheet: .xlsx and .ods are zips that begin with a part of their own."""
    if head.startswith(_ZIP):
        return head[_ENTRY_NAME:].startswith(_PARTS)
    if head.startswith(_OLE):
        return True
    try:
        marc.recognise(head)
    except FormatError as error:
        return error.problem.values.get("seems") == "CSV"
    return False


def columns(store: Store, library: str) -> Mapping | None:
    """What the headings of the library's lists mean, as far as a person has said so."""
    kept = mappings.get(store, library, COLUMNS) if library else None  # a trial may not know whose file it is
    return None if kept is None else Mapping.from_json(kept)


def isis(store: Store, library: str) -> isis_mapping.Mapping | None:
    """What the tags of the library's CDS/ISIS base mean; None until somebody has said so."""
    kept = mappings.get(store, library, ISIS) if library else None
    return None if kept is None else isis_mapping.Mapping.from_json(kept)
