"""Promise 2, with real processes: publishers of random length with clocks that are set back, killed at
random, while harvesters poll. At the end every harvester's copy, kept by incremental visits alone, is the store."""

from __future__ import annotations

import random
import subprocess
import sys
import threading
import time
from pathlib import Path

from catalogue.store import Store
from foundation.settings import Settings
from tests.catalogue.follow import Harvester, everything

SECONDS = 8
PUBLISHERS = ("bk01", "bk01b", "bk02")


def test_no_harvester_misses_a_record(store: Store, settings: Settings, root: Path) -> None:
    # The store's own clock is the machine's here: what the fixtures set up is years behind it.
    store.close()
    live = Store.open(settings)
    stop = threading.Event()
    chance = random.Random(7)
    harvesters = [
        Harvester(live, name, spec) for name in ("oai_dc", "marcxml") for spec in ("", "library:bk01", "library:bk02")
    ]
    trouble: list[BaseException] = []

    def poll(harvester: Harvester, pause: float) -> None:
        try:
            while not stop.is_set():
                harvester.visit()
                stop.wait(pause)
        except BaseException as error:
            trouble.append(error)
            raise

    threads = [threading.Thread(target=poll, args=(one, chance.uniform(0, 0.3))) for one in harvesters]
    for thread in threads:
        thread.start()
    published = keep_publishing(settings, root, chance)
    stop.set()
    for thread in threads:
        thread.join()
    assert not trouble
    assert published > len(PUBLISHERS)
    for harvester in harvesters:
        harvester.visit()
        truth = everything(live, harvester.selection.set_spec)[harvester.selection.format]
        assert harvester.copy == {entry.identifier: entry.metadata for entry in truth if not entry.deleted}
    live.close()


def keep_publishing(settings: Settings, root: Path, chance: random.Random) -> int:
    """Three publishers at a time for a while; one is killed now and then and another takes its place."""
    begun = time.monotonic()
    end = begun + 2 * SECONDS
    running: dict[str, subprocess.Popen[bytes]] = {}
    finished: list[subprocess.Popen[bytes]] = []

    def start(library: str, seed: int) -> None:
        left = max(1.0, end - time.monotonic())
        arguments = [settings.database_url, str(settings.home), library[:4], str(seed), str(left)]
        command = [sys.executable, "-m", "tests.catalogue.publisher", *arguments]
        running[library] = subprocess.Popen(command, cwd=root, stdout=subprocess.PIPE)

    for seed, library in enumerate(PUBLISHERS):
        start(library, seed)
    seed = len(PUBLISHERS)
    # Each has published once before any is killed: starting takes longer than they live on a machine with much to do.
    first = [process.stdout.readline() for process in running.values() if process.stdout is not None]
    start_up = time.monotonic() - begun
    end = time.monotonic() + SECONDS
    while time.monotonic() < end:
        time.sleep(start_up + chance.uniform(0.5, 1.5))
        library = chance.choice(PUBLISHERS)
        running[library].kill()
        finished.append(running[library])
        start(library, seed)
        seed += 1
    finished += running.values()
    return len(first) + sum(len(process.communicate(timeout=60)[0].splitlines()) for process in finished)
