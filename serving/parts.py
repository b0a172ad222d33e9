"""The parts of a server, of which one process may serve some (`Settings.only`)."""

from __future__ import annotations

from foundation.errors import InputError
from foundation.settings import WRONG, Settings

WEB, Z3950, WORKER = PARTS = ("web", "z3950", "worker")


def parts(settings: Settings) -> tuple[str, ...]:
    """What this process serves. Raises InputError for a part that does not exist."""
    for name in settings.only:
        if name not in PARTS:
            raise InputError(WRONG, name="only", seen=name, origin="--only, lienthong.toml", wanted=", ".join(PARTS))
    return settings.only or PARTS
