"""A follower as a process of its own, slow enough to be killed anywhere: a line for every batch.

python -m tests.catalogue.slow_follower URL HOME
"""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import Any

from catalogue import followers, moving, set_sweep
from catalogue.store import Store
from foundation.settings import Settings
from tests.catalogue.sets_world import SITE


def main(url: str, home: str) -> None:
    store = Store.open(Settings(home=Path(home), database=url))
    followers.BATCH = followers.ENOUGH = set_sweep.BATCH = 20
    apply = moving.apply

    def slowly(*arguments: Any) -> set[int]:
        # Between the blobs, the rows and the position, all of one commit.
        time.sleep(0.01)
        moved = apply(*arguments)
        time.sleep(0.01)
        return moved

    moving.apply = slowly

    def tell(done: int) -> None:
        sys.stdout.write(f"{done}\n")
        sys.stdout.flush()

    set_sweep.run(store, tell)
    followers.Follower(store, SITE).follow(tell)


if __name__ == "__main__":
    main(*sys.argv[1:])
