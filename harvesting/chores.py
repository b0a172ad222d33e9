"""Long work behind the doors that a person or the clock asks for: backups, and looking the whole store through.

Whoever asks leaves a note in the store; the worker does it in a thread of its own, as a job that everybody can see.
"""

from __future__ import annotations

import json
import logging
import threading
import time
from collections.abc import Callable
from dataclasses import asdict
from typing import Any, Final

from catalogue import alarms as kept
from catalogue import backup, health, jobs
from catalogue.store import Store
from foundation.errors import LienThongError
from foundation.settings import Settings
from harvesting.schedule import next_after, parse, zone

_log = logging.getLogger("lienthong.chores")

BACKUP: Final = "backup"
EXAMINE: Final = "examine"
KINDS: Final = (BACKUP, EXAMINE)
ALIVE: Final = "worker alive"
ALIVE_SECONDS: Final = 180
"""A worker that gave no sign of life for so long is not running."""
_TELL_SECONDS: Final = 1.0


def ask(store: Store, kind: str) -> None:
    """Ask the worker for a chore; once asked, asking again changes nothing."""
    with store.read() as connection:
        now = store.now(connection)
    kept.remember(store, f"asked {kind}", str(now))


def asked(store: Store, kind: str) -> bool:
    """Whether somebody asked for it and nobody has begun."""
    return bool(kept.recall(store, f"asked {kind}"))


def sign(store: Store) -> None:
    """Say that a worker lives."""
    with store.read() as connection:
        now = store.now(connection)
    kept.remember(store, ALIVE, str(now))


def last_sign(store: Store) -> int | None:
    """When a worker last said that it lives; None: never."""
    found = kept.recall(store, ALIVE)
    return int(found) if found else None


def examined(store: Store) -> tuple[int, list[dict[str, Any]]] | None:
    """When the whole store was last looked through, and what was found (`catalogue.health.Finding` as values)."""
    found = kept.recall(store, EXAMINE)
    if not found:
        return None
    said = json.loads(found)
    return int(said["moment"]), list(said["findings"])


class Chores:
    """The chores of one store. `step` never waits for one."""

    def __init__(self, store: Store, settings: Settings) -> None:
        self._store, self._settings = store, settings
        self._here = zone(settings.timezone)
        self._at_work = threading.Thread()

    def step(self) -> None:
        """Begin what is asked for or due, one at a time. Raises StoreError."""
        if self._at_work.is_alive():
            return
        for kind, do in ((EXAMINE, self.examine), (BACKUP, self.back_up)):
            if asked(self._store, kind) or (kind == BACKUP and self._backup_due()):
                kept.remember(self._store, f"asked {kind}", "")
                self._at_work = threading.Thread(target=self._done, args=(kind, do), name=kind, daemon=True)
                self._at_work.start()
                return

    def join(self) -> None:
        """Wait for what is at work."""
        if self._at_work.is_alive():
            self._at_work.join()

    def _backup_due(self) -> bool:
        """By the schedule, counted from the last one that was begun; a store in PostgreSQL has tools of its own."""
        if not (self._store.sqlite and self._settings.backup_schedule):
            return False
        with self._store.read() as connection:
            now = self._store.now(connection)
        begun = kept.recall(self._store, "begun backup")
        if not begun:  # the first one comes at its hour, not at the first start
            kept.remember(self._store, "begun backup", str(now))
            return False
        return next_after(parse(self._settings.backup_schedule), int(begun), self._here, BACKUP) <= now

    def _done(self, kind: str, do: Callable[[Callable[[int], None]], str]) -> None:
        """Do it as a job."""
        try:
            number = jobs.start(self._store, kind)
            told = time.monotonic()

            def tell(done: int) -> None:
                nonlocal told
                if time.monotonic() - told >= _TELL_SECONDS:
                    told = time.monotonic()
                    with self._store.write() as connection:
                        jobs.advance(connection, number, done, self._store.now(connection))

            try:
                jobs.finish(self._store, number, jobs.DONE, do(tell))
            except LienThongError as error:
                _log.warning("%s: %s", kind, error.text("en"))
                jobs.finish(self._store, number, jobs.FAILED, error.text("vi"))
        except Exception:
            _log.exception("%s", kind)

    def back_up(self, tell: Callable[[int], None] = lambda done: None) -> str:
        """Make a backup and delete those too many; returns its name. `tell`: per cent. Raises as `backup.make`."""
        with self._store.read() as connection:
            kept_now = str(self._store.now(connection))
        kept.remember(self._store, "begun backup", kept_now)
        _, made = backup.make(
            self._store, self._settings, progress=lambda done, every: tell(done * 100 // max(1, every))
        )
        backup.thin(backup.place(self._settings), self._settings.backup_keep)
        return made.name

    def examine(self, tell: Callable[[int], None] = lambda done: None) -> str:
        """Look the whole store through and keep what was found; returns how many things are wrong."""
        found = health.examine(self._store, self._settings.home)
        with self._store.read() as connection:
            now = self._store.now(connection)
        said = {"moment": now, "findings": [asdict(one) for one in found]}
        kept.remember(self._store, EXAMINE, json.dumps(said, ensure_ascii=False))
        return str(sum(not one.ok for one in found))
