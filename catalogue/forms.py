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
from marc import isis_mapping
from marc import readers as marc
from marc.reading import Reading

ISIS: Final = "isis"
"""The kind of mapping (`catalogue.mappings`) that says what the tags of a library's CDS/ISIS base mean."""
HEAD_BYTES: Final = 8_192
"""How much of a file is looked at to recognise it."""


def readings(store: Store, library: str, stream: BinaryIO, name: str, encoding: str = "auto") -> Iterator[Reading]:
    """Every record of `stream`, in whatever form it is.

    Raises FormatError when it is none that is read here, or CDS/ISIS of a library without a mapping; InputError for an
    unknown encoding; RefusedError for an unknown library.
    """
    whole = stream if isinstance(stream, BufferedReader) else BufferedReader(cast("BufferedReader", stream))
    if dublin_core.recognise(archives.begins(whole.peek(HEAD_BYTES)[:HEAD_BYTES])):
        return dublin_core.readings(cast(BinaryIO, whole), name)
    return marc.read(cast(BinaryIO, whole), name, encoding=encoding, tags=isis(store, library))


def isis(store: Store, library: str) -> isis_mapping.Mapping | None:
    """What the tags of the library's CDS/ISIS base mean; None until somebody has said so."""
    kept = mappings.get(store, library, ISIS)
    return None if kept is None else isis_mapping.Mapping.from_json(kept)
