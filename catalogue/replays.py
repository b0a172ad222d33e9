"""Writes that programs name by a key, so that one that is sent twice is done once.

    begun = replays.begin(store, token, key, digest)     NEW: do it, then `keep` the answer or `forget` it

What was answered is kept for a day; the same key with the same request is given it again, with another it is refused
(draft-ietf-httpapi-idempotency-key-header-06, 2).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Literal

from sqlalchemy import delete, insert, select, update

from catalogue.rest_tables import replay
from catalogue.store import Store

KEPT_SECONDS: Final = 86_400
ABANDONED_SECONDS: Final = 900
"""After so long nobody believes that the first request is still being done: its process was killed."""


@dataclass(frozen=True, slots=True)
class Replay:
    """How a request stands that came under a key."""

    state: Literal["new", "busy", "other", "done"]
    """`busy`: the first one is being done; `other`: the key is that of another request; `done`: see what follows."""
    status: int = 0
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""


def begin(store: Store, token: int, key: str, digest: bytes) -> Replay:
    """Whether the request with this digest is to be done; of two that come at once, one is told `new`."""
    with store.write() as connection:
        now = store.now(connection)
        connection.execute(delete(replay).where(replay.c.created < now - KEPT_SECONDS))
        mine = (replay.c.token_id == token) & (replay.c.name == key)
        row = connection.execute(select(replay).where(mine)).one_or_none()
        if row is not None and bytes(row.digest) != digest:
            return Replay("other")
        if row is not None and row.status:
            return Replay("done", row.status, json.loads(row.headers), bytes(row.body))
        if row is not None and row.created > now - ABANDONED_SECONDS:
            return Replay("busy")
        connection.execute(delete(replay).where(mine))
        connection.execute(insert(replay).values(token_id=token, name=key, digest=digest, created=now))
        return Replay("new")


def keep(store: Store, token: int, key: str, status: int, headers: Mapping[str, str], body: bytes) -> None:
    """Keep what was answered."""
    values = {"status": status, "headers": json.dumps(dict(headers)), "body": body}
    with store.write() as connection:
        mine = (replay.c.token_id == token) & (replay.c.name == key)
        connection.execute(update(replay).where(mine).values(values))


def forget(store: Store, token: int, key: str) -> None:
    """Let the key be used again: nothing was done."""
    with store.write() as connection:
        connection.execute(delete(replay).where(replay.c.token_id == token, replay.c.name == key))
