"""What a run could not read, read again: with today's readers, and with a repair that a person has agreed to."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from io import BytesIO
from itertools import islice
from typing import Final

from sqlalchemy import Connection

from catalogue import changesets, forms, quarantine, runs, sources
from catalogue.ingest import Staging
from catalogue.libraries import UPLOADS
from catalogue.publishing import publish
from catalogue.quarantine import Quarantined
from catalogue.runs import Run
from catalogue.sources import Source
from catalogue.store import Store, iso
from foundation.errors import InputError, Problem, RefusedError
from harvesting import messages
from harvesting.tag_mending import mended
from harvesting.taking import reading
from marc.reading import Reading
from oaipmh import answers
from oaipmh.answers import NAMESPACE

READABLE, PROPOSED, OUTDATED, UNREADABLE = "readable", "proposed", "outdated", "unreadable"
_BATCH: Final = 200
_OAI: Final = "oai"


@dataclass(frozen=True, slots=True)
class Again:
    """One quarantined piece after another look."""

    entry: Quarantined
    outcome: str
    """`readable` by today's readers, `proposed`: with the repair told in `problems`; `outdated`: the source has sent
    the record since; `unreadable`."""
    reading: Reading

    @property
    def problems(self) -> tuple[Problem, ...]:
        """What is repaired in it, or at last why it cannot be read."""
        return self.reading.problems


@dataclass(frozen=True, slots=True)
class Retried:
    """What came of another look at everything that was left in quarantine."""

    run: int
    """0: of no run, but of a change set."""
    counts: dict[str, int]
    """Pieces by outcome."""
    change_set: int | None = None
    """By which they came in; None when nothing did."""


@dataclass(frozen=True, slots=True)
class Batch:
    """What was left by one change set, whether a harvest or an import brought it."""

    change_set: int
    source: Source
    title: str
    moment: int
    """When it was begun, in seconds since 1970."""


def left(store: Store, run: Run) -> Iterator[Quarantined]:
    """What a run left in quarantine and nobody has settled, in order."""
    if run.change_set is not None:
        yield from (entry for entry in quarantine.of(store, run.change_set) if entry.settled is None)


def look(store: Store, run: Run) -> Iterator[Again]:
    """Another look at what a run left, nothing is changed. Raises StoreError."""
    if run.change_set is not None:
        yield from look_at(store, run.change_set)


def look_at(store: Store, change_set: int) -> Iterator[Again]:
    """The same of what a change set left. Raises RefusedError when there is none, StoreError."""
    yield from _look(store, _batch(store, change_set))


def retry(store: Store, number: int, repair: bool = False) -> Retried:
    """Take in what run `number` left and can be read now; with `repair` also what can be read with the repair.

    Raises RefusedError when the run is not over or its source is being harvested, StoreError.
    """
    found = runs.get(store, number)
    if found.state not in (runs.DONE, runs.FAILED) or found.change_set is None:
        raise RefusedError(messages.NOT_OVER, run=number, state=found.state)
    return replace(retry_set(store, found.change_set, repair), run=number)


def retry_set(store: Store, change_set: int, repair: bool = False) -> Retried:
    """The same for what a change set left. Raises RefusedError when it is not published or its source is busy."""
    batch = _batch(store, change_set)
    with store.read() as connection:
        changesets.require(connection, change_set, changesets.PUBLISHED)
    wanted = (READABLE, PROPOSED) if repair else (READABLE,)
    counts = dict.fromkeys((READABLE, PROPOSED, OUTDATED, UNREADABLE), 0)
    with store.locks.hold(f"source-{batch.source.number}", wait=5) as held:
        if not held:
            raise RefusedError(messages.BUSY, name=batch.source.name)
        staging: Staging | None = None
        taken: list[int] = []
        outdated: list[int] = []
        some: list[Reading] = []
        for again in _look(store, batch):
            counts[again.outcome] += 1
            if again.outcome == OUTDATED:
                outdated.append(again.entry.number)
            elif again.outcome in wanted:
                staging = staging or _staging(store, batch)
                taken.append(again.entry.number)
                some.append(again.reading)
                if len(some) == _BATCH:
                    staging.take(some, _nothing)
                    some = []
        if outdated:
            with store.write() as connection:
                quarantine.settle(connection, outdated, change_set)
        if staging is None:
            return Retried(0, counts)
        staging.take(some, _nothing)
        staging.finish()
        publish(store, staging.number)
        with store.write() as connection:
            quarantine.settle(connection, taken, staging.number)
        return Retried(0, counts, staging.number)


def _batch(store: Store, change_set: int) -> Batch:
    with store.read() as connection:
        found = changesets.get(connection, change_set)
    return Batch(change_set, sources.get(store, found.source), found.title, found.created)


def _staging(store: Store, batch: Batch) -> Staging:
    with store.write() as connection:
        now = store.now(connection)
        kind = "import" if batch.source.name == UPLOADS else "harvest"
        title = f"{batch.source.name} {iso(now)} ← {batch.change_set}"
        number = changesets.create(connection, now, batch.source.number, kind, title)
    return Staging(store, number)


def _nothing(connection: Connection) -> None:
    """Nothing has to be kept beside the batch: whoever retries again finds the rest unsettled."""


def _look(store: Store, batch: Batch) -> Iterator[Again]:
    after = 0
    while entries := quarantine.page(store, batch.change_set, after=after, limit=_BATCH):
        yield from _looked(store, batch, entries)
        after = entries[-1].number


def _looked(store: Store, batch: Batch, entries: list[Quarantined]) -> Iterator[Again]:
    harvested = [entry.name for entry in entries if entry.name]
    since = quarantine.later(store, batch.source.number, batch.change_set, harvested)
    for entry in entries:
        if entry.name in since:
            yield Again(entry, OUTDATED, _unread(entry))
            continue
        now = _read(store, batch, entry, entry.data)
        if now.record is not None:
            yield Again(entry, READABLE, now)
            continue
        text, changes = mended(entry.data.decode("utf-8", "replace")) if batch.source.kind == _OAI else ("", 0)
        proposal = _read(store, batch, entry, text.encode()) if changes else now
        if proposal.record is None:
            yield Again(entry, UNREADABLE, now)
            continue
        told = Problem(messages.TAGS_MENDED, values={"count": changes})
        yield Again(entry, PROPOSED, proposal._replace(problems=(told, *proposal.problems)))


def _unread(entry: Quarantined, *problems: Problem) -> Reading:
    return Reading(entry.record, -1, entry.data, None, problems, name=entry.name)


def _read(store: Store, batch: Batch, entry: Quarantined, data: bytes) -> Reading:
    """The piece as if it came now."""
    try:
        if batch.source.kind == _OAI:
            return _harvested(batch, entry, data)
        return _of_file(store, batch, entry, data)
    except InputError as error:
        return _unread(entry, error.problem)


def _of_file(store: Store, batch: Batch, entry: Quarantined, data: bytes) -> Reading:
    """A piece of a file, read as a file of one record. Raises InputError."""
    encoding = str(batch.source.settings.get("encoding", "auto"))
    found = [*islice(forms.readings(store, batch.source.library, BytesIO(data), batch.title, encoding), 2)]
    if len(found) != 1:
        return _unread(entry, Problem(messages.NOT_ONE, values={"count": len(found)}))
    return found[0]._replace(number=entry.record, file=batch.title)


def _harvested(batch: Batch, entry: Quarantined, data: bytes) -> Reading:
    """A piece of a list, read in the frame of a page. Raises InputError."""
    settings = batch.source.settings
    origin = (str(settings.get("url", "")), str(settings.get("prefix", "marcxml")))
    answer = answers.read(_framed(data, entry.name, batch.moment))
    if len(answer.records) != 1:
        return _unread(entry, Problem(messages.NOT_ONE, values={"count": len(answer.records)}))
    found = replace(answer.records[0], identifier=answer.records[0].identifier or entry.name)
    if not found.identifier:
        return _unread(entry, *found.problems)
    made = reading(entry.record, found, *origin, batch.moment)
    return made._replace(original=entry.data, problems=(*answer.problems, *made.problems))


def _framed(data: bytes, name: str, moment: int) -> bytes:
    record = data.strip()
    if b"<header" not in record[:2_000] and b":header" not in record[:2_000]:
        shown = name.replace("&", "&amp;").replace("<", "&lt;").encode()
        header = b"<header><identifier>%s</identifier><datestamp>%s</datestamp></header>" % (
            shown,
            iso(moment).encode(),
        )
        record = b"<record>%s<metadata>%s</metadata></record>" % (header, record)
    return b'<OAI-PMH xmlns="%s"><ListRecords>%s</ListRecords></OAI-PMH>' % (NAMESPACE.encode(), record)
