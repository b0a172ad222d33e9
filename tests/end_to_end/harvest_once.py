"""One harvest of one source in a process of its own, which a test may kill: python -m tests.end_to_end.harvest_once
HOME SOURCE. Prints the state that the run is left in; waits between attempts are short."""

from __future__ import annotations

import sys
import time
from dataclasses import replace
from pathlib import Path

from catalogue import sources
from catalogue.store import Store
from foundation.network import Budget, Client
from foundation.settings import Settings
from foundation.vault import Vault
from harvesting.course import Course
from harvesting.peer import Peer
from harvesting.settings import OaiSettings


def harvest(home: Path, name: str, kind: str = "", longest: float = 0.05) -> str:
    """The state in which a run of the source `name` is left."""
    store = Store.open(Settings(home=home))
    source = sources.named(store, name)
    made = OaiSettings.of(source.settings)
    line = made.line(Vault(home / "vault.key"), name, "LienThong test")
    budget = Budget(idle_seconds=1, total_seconds=10)
    with Client(replace(line, budget=budget)) as client:
        peer = Peer(client, made.url, made.quirks, sleep=lambda seconds: time.sleep(min(seconds, longest)))
        run = Course(store, source, made, peer).go(kind)
    store.close()
    return run.state


if __name__ == "__main__":
    sys.stdout.write(harvest(Path(sys.argv[1]), sys.argv[2], *sys.argv[3:4]))
