"""A follower that says when it has read a batch and then waits to be killed, before it writes.

python -m tests.union.slow_follower BATCHES       that many are written before
"""

from __future__ import annotations

import sys
import time

from catalogue.store import Store
from foundation.settings import load
from union import follower
from union.follower import Follower
from union.writing import write


def main() -> None:
    left = [int(sys.argv[1])]

    def stop(*arguments: object) -> bool:
        if left[0] == 0:
            write(*arguments)  # type: ignore[arg-type] # in the transaction that never ends
            sys.stdout.write("read\n")
            sys.stdout.flush()
            time.sleep(600)
        left[0] -= 1
        return write(*arguments)  # type: ignore[arg-type]

    follower.write = stop  # type: ignore[assignment]
    Follower(Store.open(load()), batch=7).follow()


if __name__ == "__main__":
    main()
