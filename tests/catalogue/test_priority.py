"""Work behind the doors stands back for who waits for an answer, in a real process as the system sees it."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from pathlib import Path
from time import monotonic, sleep

import pytest

from catalogue.background import PATIENCE
from catalogue.store import Store
from foundation.settings import Settings

pytestmark = pytest.mark.skipif(not hasattr(os, "nice"), reason="this system has no priorities of POSIX")
LOWEST = 19
"""Nobody is nicer (nice, POSIX.1-2017: the system's limit)."""
DID = "did"


def tell(_store: Store, settings: Settings, stop: threading.Event) -> None:
    """A work: writes down the priority it is done with, twice in turn, and waits."""
    found = os.getpriority(os.PRIO_PROCESS, threading.get_native_id()) if sys.platform == "linux" else os.nice(0)
    ready = settings.home / f"{DID}.part"
    ready.write_text(f"{found} {os.nice(0)}")
    ready.rename(settings.home / DID)
    stop.wait()


def priorities(home: Path) -> tuple[int, int]:
    """Of the thread that does a work, and of the process it is in."""
    program = f"from catalogue import background; background.run(('{__name__}:{tell.__name__}',))"
    root = Path(__file__).parents[2]
    environment = {**os.environ, "LIENTHONG_HOME": str(home), "PYTHONPATH": str(root)}
    process = subprocess.Popen([sys.executable, "-c", program], env=environment, cwd=root)
    try:
        end = monotonic() + 60
        while not (home / DID).exists() and monotonic() < end and process.poll() is None:
            sleep(0.02)
        thread, whole = map(int, (home / DID).read_text().split())
    finally:
        process.kill()
        process.wait()
    return thread, whole


def test_background_work_has_a_lower_priority_and_who_started_it_keeps_its_own(tmp_path: Path) -> None:
    mine = os.nice(0)
    expected = min(mine + PATIENCE, LOWEST)
    assert PATIENCE > 0
    assert priorities(tmp_path) == (expected, expected)
    assert os.nice(0) == mine
