"""A bell between the processes of one machine: who publishes rings it, who follows the change sequence wakes up.

It is a file whose time of change moves. A process that only looked every so often would let two followers in a row, the
union and then the index, add up their pauses; a file is there for every process of the machine, also for a command that
nobody started from the server, on Windows as well. A ring that is missed costs nobody anything but the usual pause, and
so do publications of other hosts of the same store.
"""

from __future__ import annotations

import os
import threading
import time
from contextlib import suppress
from pathlib import Path
from typing import Final

LOOK_SECONDS: Final = 0.05
"""Between two looks at the file, each of which is one call of the system."""


class Bell:
    """The bell of one home."""

    def __init__(self, folder: Path) -> None:
        self._path = str(folder / "published.bell")

    def ring(self) -> None:
        """Something was published; to be called after its commit. Never fails: whoever follows looks by itself too."""
        now = time.time_ns()  # the file system's own time stands still for milliseconds
        with suppress(OSError):
            try:
                os.utime(self._path, ns=(now, now))
            except FileNotFoundError:
                os.makedirs(os.path.dirname(self._path), exist_ok=True)
                with open(self._path, "ab"):
                    pass

    def stamp(self) -> int:
        """Another value after every ring."""
        try:
            return os.stat(self._path).st_mtime_ns
        except OSError:
            return 0


class Ear:
    """One follower's way to listen: it hears every ring behind the last one it woke up by."""

    def __init__(self, bell: Bell) -> None:
        self._bell = bell
        self._heard = -1

    def wait(self, stop: threading.Event, seconds: float) -> bool:
        """Wait for a ring, for `seconds` at most; True when `stop` is set. What rang while nobody waited has rung."""
        end = time.monotonic() + seconds
        while (stamp := self._bell.stamp()) == self._heard:
            left = end - time.monotonic()
            if left <= 0 or stop.wait(min(left, LOOK_SECONDS)):
                break
        self._heard = stamp
        return stop.is_set()
