"""Trials that somebody waits for in a browser: each runs in a thread, and what it finds is kept for a day.

A trial of a dead server takes minutes, longer than a browser should wait for a page; so the page asks again. Kept in
the store, for another process may answer the next request. The password is kept locked, for the form behind the trial.
"""

from __future__ import annotations

import json
import secrets
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Final

from catalogue import notes
from catalogue.store import Store
from foundation.errors import LienThongError, RefusedError, StoreError
from foundation.limits import SOURCE_TRIALS
from foundation.settings import Settings
from harvesting import messages, trial, trial_files, trial_sftp
from harvesting.opening import vault
from harvesting.trial import Tell, Trial, Wish

_KEPT: Final = 86_400
_SILENT: Final = 240
"""A trial that has said nothing for so long was killed with its process."""
_AT_ONCE: Final = 4
_turns = threading.Semaphore(_AT_ONCE)
_room = threading.BoundedSemaphore(SOURCE_TRIALS)


@dataclass(frozen=True, slots=True)
class Kept:
    """A trial as it stands."""

    number: str
    asker: str
    """Who asked for it; nobody else is shown it."""
    wish: dict[str, Any]
    """What is tried, without its password."""
    locked: str
    """The password, locked for this trial."""
    at: str = ""
    """What is being asked."""
    began: int = 0
    found: dict[str, Any] | None = None
    """The trial as `harvesting.trial.values` writes it, once it is over."""
    error: dict[str, str] = field(default_factory=dict)
    """Why there is none: `vi`, `en`."""

    @property
    def over(self) -> bool:
        return self.found is not None or bool(self.error)


def attempt(store: Store, settings: Settings, wish: Wish, tell: Tell = lambda what: None) -> Trial:
    """Try an address of any kind: an SFTP server, a file, or whatever OAI-PMH can be found behind it.

    Raises as `harvesting.trial.attempt`.
    """
    if wish.url.strip().lower().startswith("sftp:"):
        return trial_sftp.attempt(store, settings, wish, tell)
    return trial_files.attempt(store, settings, wish, tell)


def begin(store: Store, settings: Settings, asker: str, wish: Wish, folder: str = "") -> str:
    """Start a trial of an address, or of a folder of this machine; returns its number.

    Raises RefusedError while SOURCE_TRIALS are under way.
    """
    if not _room.acquire(blocking=False):
        raise RefusedError(messages.TRIALS_MANY, limit="SOURCE_TRIALS", allowed=SOURCE_TRIALS)
    try:
        kept = _begun(store, settings, asker, wish, folder)
    except BaseException:
        _room.release()
        raise

    def tried(tell: Callable[[str], None]) -> Trial:
        if folder:
            return trial_files.attempt_folder(store, folder, wish.library)
        return attempt(store, settings, wish, tell)

    threading.Thread(target=_run, args=(store, kept, tried), name="trial", daemon=True).start()
    return kept.number


def get(store: Store, number: str, asker: str) -> Kept | None:
    """The trial, if there is one of this number that was asked for by `asker`."""
    text = notes.recall(store, f"trial {number}"[:200])
    found = Kept(**json.loads(text)) if text else None
    return found if found is not None and found.asker == asker else None


def silent(store: Store, kept: Kept) -> bool:
    """Whether it should be over by now and is not."""
    with store.read() as connection:
        return not kept.over and store.now(connection) - kept.began > _SILENT


def password(settings: Settings, kept: Kept) -> str:
    """The password it was tried with."""
    return vault(settings).unlock(kept.locked, f"trial {kept.number}") if kept.locked else ""


def _begun(store: Store, settings: Settings, asker: str, wish: Wish, folder: str) -> Kept:
    """The trial before anything is asked, kept."""
    number = secrets.token_urlsafe(12)
    with store.read() as connection:
        now = store.now(connection)
    notes.forget(store, "trial ", now - _KEPT)
    told = {"url": wish.url, "library": wish.library, "allow_private": wish.allow_private, "user": wish.user}
    told |= {"prefix": wish.prefix, "folder": folder, "allow": list(wish.allow), "host_key": wish.host_key}
    locked = vault(settings).lock(wish.password, f"trial {number}") if wish.password else ""
    kept = Kept(number, asker, told, locked, began=now)
    _keep(store, kept)
    return kept


def _run(store: Store, kept: Kept, attempt: Callable[[Callable[[str], None]], Trial]) -> None:
    def tell(what: str) -> None:
        _keep(store, kept, at=what)

    try:
        with _turns:
            found = attempt(tell)
        _keep(store, kept, found=trial.values(found))
    except LienThongError as error:
        with suppress(StoreError):  # the server ends: who waits sees a trial that fell silent
            _keep(store, kept, error={"vi": error.text("vi"), "en": error.text("en")})
    finally:
        _room.release()


def _keep(store: Store, kept: Kept, **more: Any) -> None:
    values = {name: getattr(kept, name) for name in Kept.__dataclass_fields__} | more
    notes.remember(store, f"trial {kept.number}", json.dumps(values, ensure_ascii=False))
