"""Notes that work leaves for other processes of the same store: what was asked, what was found, how far it is."""

from __future__ import annotations

from sqlalchemy import delete

from catalogue.alarms import recall, remember
from catalogue.harvest_tables import remembered
from catalogue.store import Store

__all__ = ["forget", "recall", "remember"]


def forget(store: Store, begins: str, before: int) -> None:
    """Forget notes whose name begins so and that were written before a moment (seconds since 1970)."""
    mine = remembered.c.name.startswith(begins, autoescape=True) & (remembered.c.changed < before)
    with store.write() as connection:
        connection.execute(delete(remembered).where(mine))
