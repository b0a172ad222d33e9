"""DSpace simple archive format: a folder for each item, with its metadata in XML and a list of its files.

    archive/item_000/dublin_core.xml      schema dc
                     metadata_dcterms.xml other schemas
                     contents             name TAB bundle:… TAB description:… TAB primary:true
                     collections          handles, the owning one first
                     handle               the item's own
                     file.pdf             only named here, never opened

Source: DSpace documentation, *Importing and Exporting Items via Simple Archive Format*.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO, NamedTuple

from dublin_core import messages
from dublin_core.items import DigitalFile, DigitalItem, rights_of, safe_name
from dublin_core.reading import LeftOut, statements
from dublin_core.terms import QualifiedDublinCore, QualifiedStatement
from foundation import xml
from foundation.errors import InputError, LimitError, Place, Problem
from foundation.limits import DC_STATEMENTS, DSPACE_FILE_BYTES, READ_CHUNK

_LISTS = ("contents", "collections", "handle")


class ReadItem(NamedTuple):
    """One folder of an archive: the item, or None with the reason as the last problem."""

    folder: str
    item: DigitalItem | None
    problems: tuple[Problem, ...]


@dataclass(slots=True)
class _Folder:
    name: str
    statements: list[QualifiedStatement] = field(default_factory=list)
    left_out: LeftOut = field(default_factory=LeftOut)
    texts: dict[str, str] = field(default_factory=dict)
    names: set[str] = field(default_factory=set)
    described: bool = False
    fault: Problem | None = None

    def add(self, more: list[QualifiedStatement]) -> None:
        """More statements; raises LimitError when there are too many in all its files."""
        seen = len(self.statements) + len(more)
        if seen > DC_STATEMENTS:
            raise LimitError(messages.STATEMENTS_LIMIT, limit="DC_STATEMENTS", seen=seen, allowed=DC_STATEMENTS)
        self.statements += more

    def known(self) -> bool:
        """Whether a file of the format was in it."""
        return bool(self.described or self.texts or self.statements or self.fault)


def items(members: Iterable[tuple[str, BinaryIO]]) -> Iterator[ReadItem]:
    """Every item of an archive, given its files as (path, stream) with those of one folder together.

    `foundation.archives.members` gives a zip so, `folder` a directory. What is broken in one item costs that item only.
    A folder that holds no file of the format is passed over. Raises StoreError when the machine fails.
    """
    shelf = Shelf()
    for path, stream in members:
        yield from shelf.leave(path)
        shelf.take(path, stream)
    yield from shelf.close()


class Shelf:
    """The folder that is being read: files go in one by one, the item comes out when the next folder begins."""

    def __init__(self) -> None:
        self._folder: _Folder | None = None

    def leave(self, path: str) -> Iterator[ReadItem]:
        """The item of the folder so far, when the file `path` does not belong to it."""
        parent = path.rpartition("/")[0]
        held = self._folder
        if held is not None and parent != held.name and not (held.known() and parent.startswith(held.name + "/")):
            yield from self.close()
        if self._folder is None:
            self._folder = _Folder(parent)

    def take(self, path: str, stream: BinaryIO) -> bool:
        """Read one file of the folder; False when it is no part of an item."""
        held = self._folder or _Folder(path.rpartition("/")[0])
        self._folder = held
        name = path.rpartition("/")[2]
        inner = path.removeprefix(held.name + "/")
        held.names.add(inner)
        if inner != name or not (is_metadata(name) or name in _LISTS):
            return held.known()
        _read(held, name, stream)
        return True

    def close(self) -> Iterator[ReadItem]:
        """The item of the last folder."""
        held, self._folder = self._folder, None
        if held is not None and held.known():
            yield _told(held)


def folder(path: Path) -> Iterator[tuple[str, BinaryIO]]:
    """The files below a directory as `items` wants them; links are not followed."""
    for directory, folders, files in os.walk(path):
        folders.sort()
        for name in sorted(files):
            file = Path(directory) / name
            if file.is_file() and not file.is_symlink():
                with file.open("rb") as stream:
                    yield file.relative_to(path.parent).as_posix(), stream


def is_metadata(name: str) -> bool:
    """Whether a file name is one that only this format has."""
    return name == "dublin_core.xml" or (name.startswith("metadata_") and name.endswith(".xml"))


def _read(held: _Folder, name: str, stream: BinaryIO) -> None:
    if held.fault is not None:
        return
    try:
        data = _whole(stream, name)
        if name in _LISTS:
            held.texts[name] = data.decode("utf-8", "replace").removeprefix("\ufeff")
            return
        held.add(statements(xml.parse(data), held.left_out))
        held.described = held.described or name == "dublin_core.xml"
    except InputError as error:
        held.fault = error.problem.at(file=f"{held.name}/{name}")


def _whole(stream: BinaryIO, name: str) -> bytes:
    pieces, size = [], 0
    while piece := stream.read(READ_CHUNK):
        size += len(piece)
        if size > DSPACE_FILE_BYTES:
            raise LimitError(
                messages.DSPACE_LIMIT, limit="DSPACE_FILE_BYTES", name=name, seen=size, allowed=DSPACE_FILE_BYTES
            )
        pieces.append(piece)
    return b"".join(pieces)


def _told(current: _Folder) -> ReadItem:
    if current.fault is not None:
        return ReadItem(current.name, None, (current.fault,))
    if not current.described:
        problem = Problem(messages.DSPACE_METADATA, Place(file=current.name), {"name": current.name})
        return ReadItem(current.name, None, (problem,))
    said = QualifiedDublinCore.of(current.statements)
    files, problems = _files(current)
    problems += current.left_out.problems()
    handles = current.texts.get("collections", "").split()
    handle = "".join(current.texts.get("handle", "").split()[:1])
    item = DigitalItem(said, handles[0] if handles else "", rights_of(said), tuple(files), handle)
    return ReadItem(current.name, item, tuple([problem.at(file=current.name) for problem in problems]))


def _files(current: _Folder) -> tuple[list[DigitalFile], list[Problem]]:
    """The files that `contents` lists. Their names come from outside: one that leads elsewhere is left out."""
    files: list[DigitalFile] = []
    problems: list[Problem] = []
    for line in current.texts.get("contents", "").splitlines():
        name, *marks = line.strip().split("\t")
        if name.startswith("-r "):  # a file registered where it lies: -r -s 1 -f path
            name = name.partition(" -f ")[2]
        if not name:
            continue
        safe = safe_name(name.strip())
        if not safe:
            problems.append(Problem(messages.DSPACE_FILE_NAME, values={"seen": name[:80]}))
            continue
        said = dict(mark.partition(":")[::2] for mark in marks if ":" in mark)
        present = safe in current.names
        if not present:
            problems.append(Problem(messages.DSPACE_FILE_MISSING, values={"seen": safe[:80]}))
        bundle, words = said.get("bundle", "ORIGINAL").strip(), said.get("description", "").strip()
        files.append(DigitalFile(safe, bundle, words, said.get("primary", "").strip() == "true", present))
    return files, problems
