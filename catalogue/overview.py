"""What a library's people want to see of it at a glance: batches that wait, what came last, how much is shown."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import func, select

from catalogue import changesets
from catalogue.harvest_tables import run
from catalogue.libraries import Library, all_libraries
from catalogue.store import Store
from catalogue.tables import change_set, library, source


@dataclass(frozen=True, slots=True)
class Waiting:
    """A batch that is staged and waits for a person to publish or discard it."""

    change_set: int
    library: str
    title: str
    created: int
    """Seconds since 1970, UTC."""


@dataclass(frozen=True, slots=True)
class Overview:
    """One library. Times are seconds since 1970, UTC; None: never."""

    library: Library
    last_harvest: int | None
    """When a harvest of one of its sources last came to a good end."""
    last_import: int | None
    """When a batch of files was last published."""


def waiting(store: Store, libraries: Collection[str] | None = None) -> list[Waiting]:
    """Staged imports, the oldest first; `libraries`: codes of those whose they are, None: all."""
    query = (
        select(change_set.c.id, library.c.code, change_set.c.title, change_set.c.created)
        .join(source, source.c.id == change_set.c.source_id)
        .join(library, library.c.id == source.c.library_id)
        .outerjoin(run, run.c.change_set_id == change_set.c.id)
        .where(change_set.c.state == changesets.STAGED, run.c.id.is_(None))
        .order_by(change_set.c.id)
    )
    if libraries is not None:
        query = query.where(library.c.code.in_(libraries))
    with store.read() as connection:
        return [Waiting(*row) for row in connection.execute(query)]


def of(store: Store, libraries: Collection[str] | None = None) -> list[Overview]:
    """Each library, by its code."""
    published = (
        select(library.c.code, change_set.c.kind, func.max(change_set.c.published))
        .join(source, source.c.id == change_set.c.source_id)
        .join(library, library.c.id == source.c.library_id)
        .where(change_set.c.state == changesets.PUBLISHED, change_set.c.kind.in_(("import", "harvest")))
        .group_by(library.c.code, change_set.c.kind)
    )
    # A harvest that found nothing new is good news too, and publishes nothing.
    ended = (
        select(library.c.code, func.max(run.c.finished))
        .select_from(
            run.join(source, source.c.id == run.c.source_id).join(library, library.c.id == source.c.library_id)
        )
        .where(run.c.state == "done")
        .group_by(library.c.code)
    )
    with store.read() as connection:
        imports = {code: at for code, kind, at in connection.execute(published) if kind == "import"}
        harvests = {row[0]: row[1] for row in connection.execute(ended)}
    return [
        Overview(one, harvests.get(one.code), imports.get(one.code))
        for one in all_libraries(store)
        if libraries is None or one.code in libraries
    ]
