"""A folder of this machine that is watched: what a library's program, a scanner or a shared drive puts there."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from foundation.errors import PeerError
from harvesting import listing, messages
from harvesting.contract import Sleep
from harvesting.files import Fetched, copied
from harvesting.listing import Entry


class Folder:
    """The files of `folder`; `copies`: where they are copied. Nothing is ever moved or deleted in it."""

    def __init__(self, folder: Path, copies: Path, settle: float = 2.0, sleep: Sleep = time.sleep) -> None:
        self._folder, self._copies, self._settle, self._sleep = folder, copies, settle, sleep

    def files(self, kept: dict[str, Any], *, everything: bool) -> Iterator[Fetched]:
        """As `Place.files`. A file is at rest when two looks, of this visit or the one before, show it alike."""
        try:
            now = listing.look(self._folder)
            before = [Entry(name, *state) for name, state in kept.get("look", {}).items()]
            done = {} if everything else dict(kept.get("done", {}))
            if any(entry not in before for entry in now if done.get(entry.name) != [*entry[1:]]):
                self._sleep(self._settle)
                before, now = now, listing.look(self._folder)
        except OSError as error:
            raise PeerError(messages.FOLDER_UNREADABLE, folder=self._folder, reason=error.strerror or error) from error
        kept["look"] = {entry.name: [*entry[1:]] for entry in now}
        kept["done"] = {name: state for name, state in kept.get("done", {}).items() if name in kept["look"]}
        for entry in sorted(listing.at_rest(before, now), key=lambda entry: entry.modified):
            if done.get(entry.name) == [*entry[1:]]:
                continue
            try:
                with (self._folder / entry.name).open("rb") as stream:
                    found = copied(stream, self._copies, entry.name)
            except FileNotFoundError:
                continue  # gone since
            except OSError as error:
                raise PeerError(messages.FOLDER_UNREADABLE, folder=entry.name, reason=error.strerror) from error
            kept["done"][entry.name] = [*entry[1:]]
            yield found
