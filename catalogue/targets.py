"""Targets: catalogues of other libraries that can be searched and copied from. What their settings mean, `z3950_bridge`
knows; here they are kept."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Row, delete, insert, select, update

from catalogue import messages
from catalogue.store import Store
from catalogue.tables import target
from foundation.errors import RefusedError


@dataclass(frozen=True, slots=True)
class Target:
    """One of them."""

    name: str
    kind: str
    """`z3950` or `sru`."""
    enabled: bool
    settings: dict[str, Any] = field(default_factory=dict)
    created: int = 0


def add(store: Store, name: str, kind: str, settings: dict[str, Any], *, enabled: bool) -> Target:
    """A new target. Raises RefusedError for a name that is taken."""
    with store.write() as connection:
        store.turn(connection, "target")
        if connection.execute(select(target.c.name).where(target.c.name == name)).first() is not None:
            raise RefusedError(messages.TARGET_EXISTS, name=name)
        made = Target(name, kind, enabled, settings, store.now(connection))
        text = json.dumps(settings, ensure_ascii=False)
        values = {"name": name, "kind": kind, "enabled": int(enabled), "settings": text, "created": made.created}
        connection.execute(insert(target).values(values))
    return made


def get(store: Store, name: str) -> Target:
    """The target `name`. Raises RefusedError naming those there are."""
    with store.read() as connection:
        row = connection.execute(select(target).where(target.c.name == name)).first()
        if row is None:
            known = connection.scalars(select(target.c.name).order_by(target.c.name).limit(30)).all()
            raise RefusedError(messages.TARGET_UNKNOWN, name=name[:40], known=", ".join(known) or "–")
    return _target(row)


def every(store: Store) -> list[Target]:
    """All targets, by name."""
    with store.read() as connection:
        return [_target(row) for row in connection.execute(select(target).order_by(target.c.name))]


def change(store: Store, name: str, *, enabled: bool | None = None, settings: dict[str, Any] | None = None) -> None:
    """Enables, disables or gives other settings. Raises RefusedError like `get`."""
    get(store, name)
    values: dict[str, Any] = {}
    if enabled is not None:
        values["enabled"] = int(enabled)
    if settings is not None:
        values["settings"] = json.dumps(settings, ensure_ascii=False)
    if values:
        with store.write() as connection:
            connection.execute(update(target).where(target.c.name == name).values(values))


def remove(store: Store, name: str) -> None:
    """Forgets a target; records that were copied from it stay. Raises RefusedError like `get`."""
    get(store, name)
    with store.write() as connection:
        connection.execute(delete(target).where(target.c.name == name))


def _target(row: Row[Any]) -> Target:
    return Target(row.name, row.kind, bool(row.enabled), json.loads(row.settings), row.created)
