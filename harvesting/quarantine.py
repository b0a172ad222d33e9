"""What a run could not read, read again: with today's readers, and with a repair that a person has agreed to."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

from sqlalchemy import Connection

from catalogue import changesets, quarantine, runs, sources
from catalogue.ingest import Staging
from catalogue.publishing import publish
from catalogue.quarantine import Quarantined
from catalogue.runs import Run
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
    """What came of another look at everything that a run left in quarantine."""

    run: int
    counts: dict[str, int]
    """Pieces by outcome."""
    change_set: int | None = None
    """By which they came in; None when nothing did."""


def left(store: Store, run: Run) -> Iterator[Quarantined]:
    """What a run left in quarantine and nobody has settled, in order."""
    if run.change_set is not None:
        yield from (entry for entry in quarantine.of(store, run.change_set) if entry.settled is None)


def look(store: Store, run: Run) -> Iterator[Again]:
    """Another look at what a run left, nothing is changed. Raises StoreError."""
    held: list[Quarantined] = []
    for entry in left(store, run):
        held.append(entry)
        if len(held) == _BATCH:
            yield from _looked(store, run, held)
            held = []
    yield from _looked(store, run, held)


def retry(store: Store, number: int, repair: bool = False) -> Retried:
    """Take in what can be read now; with `repair` also what can be read with the proposed repair.

    Raises RefusedError when the run is not over or its source is being harvested, StoreError.
    """
    found = runs.get(store, number)
    if found.state not in (runs.DONE, runs.FAILED) or found.change_set is None:
        raise RefusedError(messages.NOT_OVER, run=number, state=found.state)
    wanted = (READABLE, PROPOSED) if repair else (READABLE,)
    counts = dict.fromkeys((READABLE, PROPOSED, OUTDATED, UNREADABLE), 0)
    with store.locks.hold(f"source-{found.source}", wait=5) as held:
        if not held:
            raise RefusedError(messages.BUSY, name=found.name)
        staging: Staging | None = None
        taken: list[int] = []
        outdated: list[int] = []
        batch: list[Reading] = []
        for again in look(store, found):
            counts[again.outcome] += 1
            if again.outcome == OUTDATED:
                outdated.append(again.entry.number)
            elif again.outcome in wanted:
                staging = staging or _staging(store, found)
                taken.append(again.entry.number)
                batch.append(again.reading)
                if len(batch) == _BATCH:
                    staging.take(batch, _nothing)
                    batch = []
        if outdated:
            with store.write() as connection:
                quarantine.settle(connection, outdated, found.change_set)
        if staging is None:
            return Retried(number, counts)
        staging.take(batch, _nothing)
        staging.finish()
        publish(store, staging.number)
        with store.write() as connection:
            quarantine.settle(connection, taken, staging.number)
        return Retried(number, counts, staging.number)


def _staging(store: Store, run: Run) -> Staging:
    with store.write() as connection:
        now = store.now(connection)
        number = changesets.create(connection, now, run.source, "harvest", f"{run.name} {iso(now)} ← {run.number}")
    return Staging(store, number)


def _nothing(connection: Connection) -> None:
    """Nothing has to be kept beside the batch: whoever retries again finds the rest unsettled."""


def _looked(store: Store, run: Run, entries: list[Quarantined]) -> Iterator[Again]:
    assert run.change_set is not None
    settings = sources.named(store, run.name).settings
    origin = (str(settings.get("url", "")), str(settings.get("prefix", "marcxml")))
    since = quarantine.later(store, run.source, run.change_set, [entry.name for entry in entries if entry.name])
    for entry in entries:
        if entry.name in since:
            yield Again(entry, OUTDATED, _unread(entry))
            continue
        now = _read(entry, run, origin, entry.data)
        if now.record is not None:
            yield Again(entry, READABLE, now)
            continue
        text, changes = mended(entry.data.decode("utf-8", "replace"))
        proposal = _read(entry, run, origin, text.encode()) if changes else now
        if proposal.record is None:
            yield Again(entry, UNREADABLE, now)
            continue
        told = Problem(messages.TAGS_MENDED, values={"count": changes})
        yield Again(entry, PROPOSED, proposal._replace(problems=(told, *proposal.problems)))


def _unread(entry: Quarantined, *problems: Problem) -> Reading:
    return Reading(entry.record, -1, entry.data, None, problems, name=entry.name)


def _read(entry: Quarantined, run: Run, origin: tuple[str, str], data: bytes) -> Reading:
    """The piece in the frame of a page, as if it came now."""
    try:
        answer = answers.read(_framed(data, entry.name, run.started))
    except InputError as error:
        return _unread(entry, error.problem)
    if len(answer.records) != 1:
        return _unread(entry, Problem(messages.NOT_ONE, values={"count": len(answer.records)}))
    found = replace(answer.records[0], identifier=answer.records[0].identifier or entry.name)
    if not found.identifier:
        return _unread(entry, *found.problems)
    made = reading(entry.record, found, *origin, run.started)
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
