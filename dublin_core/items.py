"""Items of digital collections as they are at home: Dublin Core statements, a collection, rights and files.

An item that did not come as one piece of bytes (a folder of a DSpace archive) is kept as its canonical form: one line
of JSON (RFC 8259) in UTF-8 with sorted names, so that the same item always gives the same bytes.
"""

from __future__ import annotations

import json
from typing import Any, NamedTuple

from dublin_core import messages
from dublin_core.terms import QualifiedDublinCore, QualifiedStatement
from foundation.errors import FormatError

FORMAT = "lienthong-item-1"
_PATH_CHARACTERS = 1000
_NAME_BYTES = 255  # what usual file systems take


class DigitalFile(NamedTuple):
    """One file of an item.

    name         relative path inside the item's folder, parts joined by `/`, checked by `safe_name`
    bundle       DSpace's purpose: ORIGINAL, TEXT, THUMBNAIL, LICENSE …
    description  what the file is, in words
    primary      whether it is shown first
    present      whether it came along
    """

    name: str
    bundle: str = "ORIGINAL"
    description: str = ""
    primary: bool = False
    present: bool = True


class DigitalItem(NamedTuple):
    """One item. `collection` is the handle or name of what it belongs to, `rights` its licence or else its terms."""

    statements: QualifiedDublinCore
    collection: str = ""
    rights: str = ""
    files: tuple[DigitalFile, ...] = ()
    identifier: str = ""
    """Its name at home: a handle, an OAI identifier."""

    def canonical(self) -> bytes:
        """The one line of JSON that says this item, with its line end."""
        said: dict[str, Any] = {
            "collection": self.collection,
            "files": [file._asdict() for file in self.files],
            "format": FORMAT,
            "identifier": self.identifier,
            "rights": self.rights,
            "statements": [list(statement) for statement in self.statements.statements],
        }
        return (json.dumps(said, ensure_ascii=False, sort_keys=True, separators=(",", ":")) + "\n").encode()


def read_item(line: bytes) -> DigitalItem:
    """The item of a canonical line. Raises FormatError when it is none."""
    try:
        said = json.loads(line)
        if said["format"] != FORMAT:
            raise ValueError(f"format {said['format']!r}"[:80])
        return DigitalItem(
            QualifiedDublinCore.of([QualifiedStatement(*map(_text, one)) for one in said["statements"]]),
            _text(said["collection"]),
            _text(said["rights"]),
            tuple([_file(one) for one in said["files"]]),
            _text(said["identifier"]),
        )
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise FormatError(messages.ITEM_DAMAGED, reason=f"{type(error).__name__}: {error}"[:120]) from error


def rights_of(statements: QualifiedDublinCore) -> str:
    """The licence of a description, else its first statement of rights."""
    return next(iter([*statements.values("license"), *statements.values("rights")]), "")


def safe_name(name: str) -> str:
    """`name` as a relative path of a file, or an empty string when it could lead anywhere else.

    Refused: absolute paths, drives, `..`, empty parts, control characters, names longer than a file system takes.
    """
    name = name.replace("\\", "/").removeprefix("./")
    if ":" in name or not name.isprintable() or len(name) > _PATH_CHARACTERS:
        return ""
    return name if all(map(_safe_part, name.split("/"))) else ""


def _safe_part(part: str) -> bool:
    return part != "" and part[-1] not in " ." and len(part.encode()) <= _NAME_BYTES


def _file(said: dict[str, Any]) -> DigitalFile:
    name = safe_name(_text(said["name"]))
    if not name:
        raise ValueError("file name")
    return DigitalFile(
        name, _text(said["bundle"]), _text(said["description"]), said["primary"] is True, said["present"] is True
    )


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(type(value).__name__)
    return value
