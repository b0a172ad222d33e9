"""What self-checks of the feed found, kept so that partners see a history and not only today."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any, Final

from sqlalchemy import Row, delete, insert, select, update

from catalogue.store import Store
from catalogue.tables import feed_check

RUNNING: Final = "running"
SOUND: Final = "sound"
FAULTY: Final = "faulty"
STOPPED: Final = "stopped"
FAILED: Final = "failed"
KEPT: Final = 400
"""Checks that are kept: a year of nights."""


@dataclass(frozen=True, slots=True)
class FeedCheck:
    """One self-check. Times are seconds since 1970, UTC."""

    number: int
    url: str
    state: str
    started: int
    finished: int | None
    counts: dict[str, int] = field(default_factory=dict)
    findings: list[dict[str, Any]] = field(default_factory=list)
    """Each with `rule`, `section`, `vi`, `en`, `count` and `examples`."""


def begin(store: Store, url: str) -> int:
    """Note that a check of the repository at `url` begins; returns its number. The oldest are forgotten."""
    with store.write() as connection:
        values = {"url": url[:1000], "state": RUNNING, "started": store.now(connection)}
        number: int = connection.execute(insert(feed_check).values(values).returning(feed_check.c.id)).scalar_one()
        connection.execute(delete(feed_check).where(feed_check.c.id <= number - KEPT))
        return number


def end(store: Store, number: int, state: str, counts: dict[str, int], findings: list[dict[str, Any]]) -> None:
    """Note how it ended."""
    with store.write() as connection:
        values = {
            "state": state,
            "finished": store.now(connection),
            "counts": json.dumps(counts),
            "findings": json.dumps(findings, ensure_ascii=False),
        }
        connection.execute(update(feed_check).where(feed_check.c.id == number).values(values))


def latest(store: Store, url: str = "", limit: int = 30) -> list[FeedCheck]:
    """The newest checks, newest first; with `url` those of that repository alone."""
    query = select(feed_check).order_by(feed_check.c.id.desc()).limit(limit)
    if url:
        query = query.where(feed_check.c.url == url)
    with store.read() as connection:
        return [_check(row) for row in connection.execute(query)]


def _check(row: Row[Any]) -> FeedCheck:
    counts, findings = json.loads(row.counts), json.loads(row.findings)
    return FeedCheck(row.id, row.url, row.state, row.started, row.finished, counts, findings)
