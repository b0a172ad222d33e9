"""The files of a folder that hold something for us, and when they are at rest.

A folder is somebody's: nothing in it is moved, renamed or deleted. A file is taken when two looks at it show the same
length and time, so that one that is being written or copied is left alone.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Final, NamedTuple

from foundation import limits
from foundation.errors import LimitError
from harvesting import push_messages

_PASSING: Final = (".part", ".tmp", ".crdownload", ".download", ".partial", ".swp", ".bak", ".lnk")
_SYSTEM: Final = {"thumbs.db", "desktop.ini"}


class Entry(NamedTuple):
    """A file as a look at its folder shows it."""

    name: str
    """Below the folder, with `/` between its parts."""
    size: int
    modified: int
    """In whatever unit its place tells time."""


def is_ours(name: str) -> bool:
    """Whether a file of this name (its last part) may hold records: not hidden, of an office program, or unfinished."""
    return not (
        name.startswith((".", "~$"))
        or name.endswith("~")
        or name.lower().endswith(_PASSING)
        or name.lower() in _SYSTEM
        or not name.isprintable()  # what cannot be shown cannot be told of either
    )


def look(folder: Path) -> list[Entry]:
    """The files in `folder` and the folders below it, by name. Links are not followed.

    Raises LimitError (FOLDER_FILES), OSError when the folder cannot be read.
    """
    found: list[Entry] = []
    for entry, name in _walk(folder, "", 1):
        try:
            state = entry.stat(follow_symlinks=False)
        except OSError:
            continue  # gone since
        found.append(Entry(name, state.st_size, state.st_mtime_ns))
        if len(found) > limits.FOLDER_FILES:
            raise too_many(str(folder))
    return sorted(found)


def too_many(folder: str) -> LimitError:
    """What is said of a folder that nobody means to be read."""
    return LimitError(
        push_messages.TOO_MANY_FILES, folder=folder, limit="FOLDER_FILES", allowed=limits.FOLDER_FILES
    )  # fmt: skip


def _walk(folder: Path, prefix: str, depth: int) -> Iterator[tuple[os.DirEntry[str], str]]:
    with os.scandir(folder) as entries:
        for entry in entries:
            if not is_ours(entry.name):
                continue
            if entry.is_file(follow_symlinks=False):
                yield entry, f"{prefix}{entry.name}"
            elif entry.is_dir(follow_symlinks=False) and depth < limits.FOLDER_DEPTH:
                try:
                    yield from _walk(Path(entry.path), f"{prefix}{entry.name}/", depth + 1)
                except PermissionError:
                    continue


def at_rest(before: list[Entry], now: list[Entry]) -> list[Entry]:
    """Those that both looks show alike."""
    known = set(before)
    return [entry for entry in now if entry in known and entry.size]
