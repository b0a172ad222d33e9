"""Where the index of this machine lies, and how one takes the place of another.

    HOME/index/current               names the folder that is answered from, for union records
    HOME/index/tantivy-1-…/          a generation: engine, number of the schema, chance
    HOME/index/writer.lock           held by the one process of this machine that writes
    HOME/index/damaged               names a generation that a reader could not read
    HOME/index/rebuild               a person wants the index to be built anew
    HOME/index/contributed/…         the same for what libraries contributed

A new generation is built beside the old one, and takes its place by one rename. Nothing in here is precious: what is
lost is built again from the store.
"""

from __future__ import annotations

import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from pathlib import Path
from typing import Final

from catalogue.locks import hold_file
from foundation.errors import InputError, RefusedError, StoreError
from foundation.settings import Settings
from search import messages
from search.index import SCHEMA, Index

ENGINES: Final = ("tantivy", "whoosh")


class Generations:
    """The folder `index` of a home: of union records or, without `union`, of what libraries contributed.

    Two indexes, so that a search of the public goes through no record that it cannot find.
    """

    def __init__(self, settings: Settings, union: bool = True) -> None:
        """Raises InputError when the settings name an engine that does not exist."""
        if settings.search_engine not in ENGINES:
            raise InputError(messages.ENGINE_UNKNOWN, seen=settings.search_engine)
        self.engine = settings.search_engine
        self.union = union
        self.root = settings.home / "index" / ("" if union else "contributed")
        self._pointer = self.root / "current"
        self._pointer_name = str(self._pointer)
        self._damaged = self.root / "damaged"

    def writing(self, wait: float = 0.0) -> AbstractContextManager[bool]:
        """Be the one that writes on this machine; True when it could be had within `wait` seconds."""
        return hold_file(self.root, "writer", wait)

    def current(self) -> Path | None:
        """The generation to answer from; None when there is none, or none of this engine and schema."""
        try:
            name = self._pointer.read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError):
            return None
        folder = self.root / name
        known = name.startswith(f"{self.engine}-{SCHEMA}-") and "/" not in name and "\\" not in name
        return folder if known and folder.is_dir() else None

    def stamp(self) -> tuple[int, int, int]:
        """Another value whenever another generation took the place."""
        try:
            found = os.stat(self._pointer_name)  # not Path.stat, which takes twice as long
        except OSError:
            return (0, 0, 0)
        return found.st_mtime_ns, found.st_size, found.st_ino

    def open(self, folder: Path, writable: bool = False) -> Index:
        """Raises BrokenIndexError, StoreError; RefusedError when the engine is not installed."""
        if self.engine == "tantivy":
            from search.tantivy_index import TantivyIndex  # noqa: PLC0415 - only the engine in use is loaded

            return TantivyIndex(folder, writable)
        try:
            from search.whoosh_index import WhooshIndex  # noqa: PLC0415
        except ImportError as error:
            raise RefusedError(messages.ENGINE_MISSING) from error
        return WhooshIndex(folder, writable)

    @contextmanager
    def building(self) -> Iterator[Path]:
        """A folder for a new generation, which is removed when it was not put into place."""
        folder = self.root / f"{self.engine}-{SCHEMA}-{secrets.token_hex(6)}"
        try:
            folder.mkdir(parents=True)
            yield folder
        except OSError as error:
            raise StoreError(messages.INDEX_FULL, reason=error.strerror or str(error)) from error
        finally:
            if self.current() != folder:
                shutil.rmtree(folder, ignore_errors=True)

    def put_in_place(self, folder: Path) -> None:
        """Let `folder` be answered from, and remove the others. Readers of an old one still have its files open."""
        new = self.root / "current.new"
        with new.open("w", encoding="utf-8") as stream:
            stream.write(folder.name + "\n")
            stream.flush()
            os.fsync(stream.fileno())
        new.replace(self._pointer)
        self.sweep()

    def sweep(self) -> None:
        """Remove what no rebuilding finished and what was replaced; only for the one that writes."""
        keep = self.current()
        for folder in self.root.glob("*-*-*"):
            if folder.is_dir() and folder != keep:
                shutil.rmtree(folder, ignore_errors=True)

    def report_damage(self, folder: Path) -> None:
        """Tell the writer that `folder` could not be read."""
        with suppress(OSError):
            self._damaged.write_text(folder.name + "\n", encoding="utf-8")

    def ask_rebuild(self) -> None:
        """Ask the one that writes on this machine to build the index anew."""
        self.root.mkdir(parents=True, exist_ok=True)
        (self.root / "rebuild").touch()

    @property
    def rebuild_asked(self) -> bool:
        """Whether somebody asked for it and nobody has begun."""
        return (self.root / "rebuild").exists()

    def take_rebuild(self) -> bool:
        """Whether somebody asked for it; once."""
        try:
            (self.root / "rebuild").unlink()
        except OSError:
            return False
        return True

    def take_damage_report(self) -> str:
        """The name of the generation that was reported, once; "" when none was."""
        try:
            name = self._damaged.read_text(encoding="utf-8", errors="replace").strip()
            self._damaged.unlink()
        except OSError:
            return ""
        return name


def both(settings: Settings) -> tuple[Generations, Generations]:
    """The indexes of union records and of what libraries contributed. Raises InputError like `Generations`."""
    return Generations(settings), Generations(settings, union=False)
