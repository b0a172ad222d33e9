"""One full harvest of the source `x`, measured from within: python -m benchmarks.harvesting_ours HOME [PROFILE].

With a second word it prints where the time goes instead.
"""

from __future__ import annotations

import cProfile
import json
import pstats
import sys
import time
from pathlib import Path

from catalogue import sources
from catalogue.runs import Run
from catalogue.store import Store
from foundation.network import Client
from foundation.settings import Settings
from foundation.vault import Vault
from harvesting.course import FULL, Course
from harvesting.peer import Peer
from harvesting.settings import OaiSettings


def harvest(home: Path) -> Run:
    store = Store.open(Settings(home=home))
    source = sources.named(store, "x")
    made = OaiSettings.of(source.settings)
    with Client(made.line(Vault(home / "vault.key"), "x", "LienThong")) as client:
        run = Course(store, source, made, Peer(client, made.url, made.quirks)).go(FULL)
    store.close()
    return run


def peak() -> float:
    """Megabytes of memory this process held at most. `getrusage` would count what the one that started it held."""
    held = next(line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM:"))
    return int(held.split()[1]) / 1024


if __name__ == "__main__":
    if len(sys.argv) > 2:
        profile = cProfile.Profile()
        profile.runcall(harvest, Path(sys.argv[1]))
        pstats.Stats(profile).sort_stats("cumtime").print_stats(60)
    else:
        start = time.process_time()
        found = harvest(Path(sys.argv[1]))
        seconds = time.process_time() - start
        print(json.dumps({**found.counts, "state": found.state, "cpu": seconds, "memory": peak()}))
