"""A publisher as a process of its own, for the tests that kill it: publishes random changes until it is told to stop.

python -m tests.catalogue.publisher URL HOME LIBRARY SEED SECONDS
"""

from __future__ import annotations

import random
import sys
import time
from pathlib import Path
from typing import Any

from catalogue import changesets, libraries, publishing
from catalogue.ingest import Staging
from catalogue.store import Store
from foundation.settings import Settings
from tests.catalogue.conftest import readings, record

GONE = "00000dam a2200000 a 4500"


def main(url: str, home: str, library: str, seed: str, seconds: str) -> None:
    chance = random.Random(seed)
    skew = 0

    def clock() -> int:
        return int(time.time()) + skew

    store = Store.open(Settings(home=Path(home), database=url), clock if chance.random() < 0.8 else None)
    point = publishing._point_records

    def slowly(*arguments: Any) -> None:
        # Between the stamp and the commit: the longer this takes, the more harvesters look in between.
        time.sleep(chance.choice([0, 0, 0.05, 0.4, 1.3]))
        point(*arguments)

    publishing._point_records = slowly
    end = time.monotonic() + float(seconds)
    while time.monotonic() < end:
        time.sleep(chance.choice([0, 0, 0.7]))
        # This process's clock is set back while it works.
        skew = chance.choice([0, 0, -3, -3600])
        with store.write() as connection:
            source = libraries.uploads(connection, library)
            number = changesets.create(connection, store.now(connection), source, "import", "thử")
        some = chance.sample(range(5000), chance.randint(1, 6))
        leaders = [GONE if chance.random() < 0.2 else "00000nam a2200000 a 4500" for _ in some]
        records = [
            record(f"{library}-{n}", f"Nhan đề {chance.random()}", leader)
            for n, leader in zip(some, leaders, strict=True)
        ]
        Staging(store, number).stage(readings(*records), lambda counts: None)
        publishing.publish(store, number)
        sys.stdout.write(f"{number}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main(*sys.argv[1:])
