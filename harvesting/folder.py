"""A folder of this machine that is watched: what a library's program, a scanner or a shared drive puts there."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from foundation.errors import LimitError, PeerError
from harvesting import listing, messages
from harvesting.contract import Sleep
from harvesting.files import Fetched, copied
from harvesting.listing import Entry


class Watched:
    """Files that are looked at from visit to visit, wherever they are; `settle`: seconds between two looks."""

    def __init__(self, settle: float = 2.0, sleep: Sleep = time.sleep) -> None:
        self._settle, self._sleep = settle, sleep

    def look(self) -> list[Entry]:
        """The files that there are now. Raises PeerError, LimitError (FOLDER_FILES), RefusedError."""
        raise NotImplementedError

    def bring(self, entry: Entry) -> Fetched | None:
        """A copy of one of them; None when it is gone, or no longer what it was. Raises as `look`, LimitError."""
        raise NotImplementedError

    def begun(self) -> int:
        """As `Place.begun`: nothing, where files are copied at once."""
        return 0

    def files(self, kept: dict[str, Any], *, everything: bool) -> Iterator[Fetched]:
        """As `Place.files`. A file is at rest when two looks, of this visit or the one before, show it alike.

        One that is too large keeps nobody waiting: it is told of when the others are here.
        """
        now = self.look()
        before = [Entry(name, *state) for name, state in kept.get("look", {}).items()]
        done = {} if everything else dict(kept.get("done", {}))
        if any(entry not in before for entry in now if done.get(entry.name) != [*entry[1:]]):
            self._sleep(self._settle)
            before, now = now, self.look()
        kept["look"] = {entry.name: [*entry[1:]] for entry in now}
        kept["done"] = {name: state for name, state in kept.get("done", {}).items() if name in kept["look"]}
        over: LimitError | None = None
        for entry in sorted(listing.at_rest(before, now), key=lambda entry: entry.modified):
            if done.get(entry.name) == [*entry[1:]]:
                continue
            try:
                found = self.bring(entry)
            except LimitError as error:
                over = over or error
                continue
            if found is not None:
                kept["done"][entry.name] = [*entry[1:]]
                yield found
        if over is not None:
            raise over


class Folder(Watched):
    """The files of `folder`; `copies`: where they are copied. Nothing is ever moved or deleted in it."""

    def __init__(self, folder: Path, copies: Path, settle: float = 2.0, sleep: Sleep = time.sleep) -> None:
        super().__init__(settle, sleep)
        self._folder, self._copies = folder, copies

    def look(self) -> list[Entry]:
        try:
            return listing.look(self._folder)
        except OSError as error:
            raise PeerError(messages.FOLDER_UNREADABLE, folder=self._folder, reason=error.strerror or error) from error

    def bring(self, entry: Entry) -> Fetched | None:
        try:
            with (self._folder / entry.name).open("rb") as stream:
                return copied(stream, self._copies, entry.name)
        except FileNotFoundError:
            return None  # gone since
        except OSError as error:
            raise PeerError(messages.FOLDER_UNREADABLE, folder=entry.name, reason=error.strerror) from error
