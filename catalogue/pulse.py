"""Whether a store has moved since somebody last had nothing to do: what lets a server rest between publications.

Whoever follows the store asks every second or so whether there is something new. At rest the answer is known without
asking any table: nothing was committed since the last look, which found nothing.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Hashable
from typing import Final

from catalogue.store import Store

SECONDS: Final = 30.0
"""After so long it is looked all the same: for what comes with time, or with the death of another process."""


class Pulse:
    """One follower's knowledge that there is nothing to do. For one thread.

    `seconds`: for how long that is believed of a store that does not move; `clock`: seconds that never go back.
    """

    def __init__(self, store: Store, seconds: float = SECONDS, clock: Callable[[], float] = time.monotonic) -> None:
        self._store, self._seconds, self._clock = store, seconds, clock
        self._seen: Hashable = None
        self._rested: Hashable = None
        self._until = -1.0

    def still(self) -> bool:
        """Whether nothing was committed since the look that `rest` was told after. Raises StoreError."""
        self._seen = self._store.stamp()
        return self._seen == self._rested and self._clock() < self._until

    def rest(self) -> None:
        """There was nothing to do at a look that began after `still` was asked. What it wrote itself is looked at
        once more."""
        self._rested, self._until = self._seen, self._clock() + self._seconds
