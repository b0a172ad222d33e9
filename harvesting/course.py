"""The course of one harvest: from a source's settings to a published change set, through every way it can break off.

What a page brought, where the list stands and what was met are kept in one transaction, so a run that is killed at
any moment goes on behind its last page. Nothing is shown before the end, and a run that would delete much waits.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from typing import Any, Final

from sqlalchemy import Connection

from catalogue import changesets, runs
from catalogue.ingest import Staging, original_digest
from catalogue.publishing import publish
from catalogue.runs import Run
from catalogue.sources import Source
from catalogue.store import Store, iso
from foundation import collecting
from foundation.errors import InputError, LienThongError, PeerError, Problem, RefusedError
from harvesting import messages
from harvesting.peer import Peer, TooMuchError
from harvesting.settings import OaiSettings
from harvesting.taking import reading
from marc import marcxml_usual
from marc.marcxml_usual import Usual
from marc.reading import Reading
from oaipmh.answers import Answer, Harvested
from oaipmh.harvester import Harvest, Then, Wish, since_of
from oaipmh.identity import Identity, identity

FULL: Final = "full"
NEW: Final = "new"
COMPARE: Final = "compare"
_DAY: Final = 86_400
Progress = Callable[[Run], None]


@dataclass(slots=True)
class Course:
    """A run of `source` that its owner drives with `go`. One at a time for a source."""

    store: Store
    source: Source
    settings: OaiSettings
    peer: Peer
    progress: Progress = lambda run: None
    rest: Callable[[], PeerError | None] = lambda: None
    """Asked after each page: why the run should rest now, if it should (its hours are over)."""
    run: Run = field(init=False)
    _read: int = field(init=False, default=0)
    """Records that were read before this `go`."""
    _staging: Staging = field(init=False)
    _identity: Identity = field(init=False)
    _clock: int | None = field(init=False, default=None)
    """The repository's own time when the run began, or went on."""
    _judged: tuple[Sequence[Harvested], set[str]] = field(init=False, default=((), set()))
    """Records that `_same` was asked of last, and what it said."""
    _found: dict[bytes, Usual] = field(init=False, default_factory=dict)
    """The metadata of a record → what was read of it, of the page that `_enough` was asked of last, not of all."""
    _digests: dict[bytes, bytes] = field(init=False, default_factory=dict)
    """The metadata of a record → its digest, of the records that `_same` was asked of last."""
    _usual: bool = field(init=False, default=True)
    """Whether it is worth while to ask that."""

    def go(self, kind: str = "") -> Run:
        """Begin a run, or go on with one that was interrupted, and bring it as far as it comes.

        `kind`: `full`, `new`, `compare`; empty: what is due. Returns the run in the state it is left in. Raises
        RefusedError when another process is at it or an earlier run waits for a person, StoreError when the store
        fails; whatever is wrong with the peer is told in the run.
        """
        with self._alone() as held:
            if not held:
                raise RefusedError(messages.BUSY, name=self.source.name)
            if self._open(kind):
                return self._publish(complete=self.run.position.get("complete", True))
            try:
                self._identify()
                state = self._lists()
            except PeerError as error:
                return self._rest(runs.CUT, error)
            except (InputError, RefusedError) as error:  # refused: it leads into our own network
                return self._rest(runs.FAILED, error)
            if state == runs.PAUSED:
                return self._rest(state)
            if state == runs.STOPPED:
                return self._drop()
            return self._finish(complete=state == runs.DONE)

    # --- begin ----------------------------------------------------------------------------------------------
    def _alone(self) -> AbstractContextManager[bool]:
        return self.store.locks.hold(f"source-{self.source.number}", wait=0)

    def _open(self, kind: str) -> bool:
        """Begin or resume; True when a run that was killed had nothing left to do but to publish."""
        found = runs.unfinished(self.store, self.source.number)
        if found is not None and found.state == runs.WAITING:
            raise RefusedError(messages.WAITING_FOR_PERSON, run=found.number, name=self.source.name)
        if found is not None and found.change_set is not None:
            self.run = runs.resume(self.store, found.number)
            self._read = self.run.counts.get("read", 0)
        else:
            last = runs.last_ended(self.store, self.source.number)
            kind = kind or self._due(last)
            before = last.position if last is not None else {}
            position = {"since": {} if kind == FULL else before.get("next", {}), "before": before.get("identity", {})}
            position |= {"full": before.get("full"), "lists": {}, "next": {}}
            with self.store.read() as connection:
                title = f"{self.source.name} {iso(self.store.now(connection))}"
            self.run = runs.start(self.store, self.source.number, kind, title, position)
        assert self.run.change_set is not None
        with self.store.read() as connection:
            state = changesets.get(connection, self.run.change_set).state
        if state != changesets.STAGING:
            return True
        self._staging = Staging(self.store, self.run.change_set)
        return False

    def _due(self, last: Run | None) -> str:
        """New records as a rule; everything at first, where dates mean nothing, and once in a while."""
        if last is None or self.settings.quirks.no_dates:
            return FULL
        with self.store.read() as connection:
            now = self.store.now(connection)
        full = last.position.get("full") or 0
        return FULL if self.settings.full_days and now - full >= self.settings.full_days * _DAY else NEW

    def _identify(self) -> None:
        """Ask who it is, and tell what it does differently from the last time (granularity, deletions, beginnings)."""
        answer = self.peer.ask({"verb": "Identify"})
        self._identity, self._clock = identity(answer), answer.response_date
        now = {
            "granularity": self._identity.granularity,
            "deletedRecord": self._identity.deleted_record,
            "earliestDatestamp": self._identity.earliest,
        }
        before = self.run.position.get("before") or {}
        if answer.errors and before:
            now = before  # it said nothing, so nothing of it has changed
        told = [
            Problem(
                messages.POLICY_CHANGED, values={"name": name, "before": _said(before[name]), "after": _said(value)}
            )
            for name, value in now.items()
            if name in before and before[name] != value
        ]
        if not self._identity.version:
            said = "; ".join(code for code, _ in answer.errors) or "–"
            told.append(Problem(messages.NOT_IDENTIFIED, values={"said": said}))
        elif self._identity.version != "2.0":
            told.append(Problem(messages.VERSION, values={"version": self._identity.version[:20]}))
        with self.store.read() as connection:
            ours = self.store.now(connection)
        if self._clock is not None and abs(self._clock - ours) > _DAY:
            told.append(Problem(messages.CLOCK, values={"theirs": iso(self._clock), "ours": iso(ours)}))
        self.run.position["identity"] = now
        runs.tell(self.store, self.run.number, [*self.peer.heard(), *told])

    # --- the lists ------------------------------------------------------------------------------------------
    def _lists(self) -> str:
        """Every list of the source, each from where it stands; returns the state in which that ended."""
        whole = runs.DONE
        for spec in self.settings.sets or ("",):
            if spec in self.run.position["next"]:
                continue
            state = self._list(spec)
            if state in (runs.PAUSED, runs.STOPPED):
                return state
            if state == runs.FAILED:
                whole = runs.FAILED  # the other sets are harvested all the same
        return whole

    def _list(self, spec: str) -> str:
        harvest = self._harvest(spec)
        while (arguments := harvest.request()) is not None:
            moment = None
            try:
                answer = self.peer.ask(arguments, self._enough if self._usual else None)
                moment, received = answer.response_date, harvest.receive(answer)
            except TooMuchError:
                received = harvest.too_much()
            self.run.position["lists"][spec] = harvest.kept
            wish = self._keep(self.run.started if moment is None else moment, received.records, harvest.state.prefix)
            runs.tell(self.store, self.run.number, [*self.peer.heard(), *received.problems])
            if received.then is Then.FAILED:
                return runs.FAILED
            if wish:
                return runs.PAUSED if wish == runs.PAUSE else runs.STOPPED
            if received.then is Then.AGAIN:
                self.peer.rest(harvest.state.cuts)
            reason = self.rest()
            if reason is not None:
                raise reason
        if harvest.state.failed:  # before the run was cut
            return runs.FAILED
        self._judge(spec, harvest)
        quirks, days = self.settings.quirks, self._identity.days
        began = since_of(harvest.state.started, quirks, days=days)
        self.run.position["next"][spec] = self.run.position["since"].get(spec) if began is None else began
        return runs.DONE

    def _judge(self, spec: str, harvest: Harvest) -> None:
        """Whether a list that ended is one from which it can be told what is gone."""
        hole = harvest.state.short
        if self.run.kind != NEW and spec and not harvest.state.received:
            # A set that vanished answers as one that is empty does.
            runs.tell(self.store, self.run.number, [Problem(messages.NOTHING_IN_SET, values={"name": spec})])
            hole = True
        if hole:
            self.run.position["hole"] = True

    def _harvest(self, spec: str) -> Harvest:
        days, earliest = self._identity.days, self._identity.earliest
        # Windows need an end. Where it tells no time that can be read, ours will do: the last one is open.
        clock = self.run.started if self._clock is None else self._clock
        kept = self.run.position["lists"].get(spec)
        if kept is not None:
            return Harvest.resumed(kept, self.settings.quirks, days=days, earliest=earliest, clock=clock)
        since = None if self.run.kind != NEW else self.run.position["since"].get(spec)
        if since is not None and self._clock is not None and since > self._clock:
            values = {"theirs": iso(self._clock), "since": iso(since)}
            runs.tell(self.store, self.run.number, [Problem(messages.CLOCK_BACK, values=values)])
            since = None
        wish = Wish(self.settings.prefix, spec, since=since, identifiers=self.run.kind == COMPARE)
        return Harvest(wish, self.settings.quirks, days=days, earliest=earliest, clock=clock)

    def _keep(self, moment: int, records: Sequence[Harvested], prefix: str) -> str:
        """Stage what a page brought and keep where the run stands, in one transaction; returns a person's wish."""
        met = [one.identifier for one in records if one.identifier and not one.deleted]
        several = len(self.settings.sets) > 1
        if several:
            records = [*self._still_there(records, prefix)]
        if self.run.kind == COMPARE:
            records = [*self._differing(records, prefix)]
        elif self.settings.quirks.one_by_one:
            records = [self._whole(one, prefix) for one in records]
        return self._stage(moment, records, prefix, met if self.run.kind != NEW or several else [])

    @collecting.paused()
    def _stage(self, moment: int, records: Sequence[Harvested], prefix: str, met: Sequence[str]) -> str:
        """The same for records as they are to be kept; `met`: identifiers that a sweep leaves."""
        same = self._same(records)
        number = self._staging.counts["read"]
        days, found = self._identity.days, self._found
        batch: list[Reading] = [
            reading(
                number + place,
                one,
                self.peer.url,
                prefix,
                moment,
                days=days,
                usual=found.get(one.metadata or b""),
            )
            for place, one in enumerate(records, 1)
            if one.identifier not in same
        ]
        wish = ""

        def note(connection: Connection) -> None:
            nonlocal wish
            runs.meet(connection, self.run.number, met)
            now = self.store.now(connection)
            runs.trace(self.run.position, now - self.run.started, number + len(records))
            wish = runs.note(connection, self.run.number, self.run.position, self._staging.counts, now)

        self._staging.take(batch, note, unchanged=len(records) - len(batch), digests=self._digests)
        self.run.counts.update(self._staging.counts)
        self.progress(self.run)
        return wish

    def _same(self, records: Sequence[Harvested]) -> set[str]:
        """Identifiers of those records whose metadata is, byte for byte, what is kept."""
        if records is not self._judged[0]:
            named = {one.identifier: one.metadata for one in records if one.metadata is not None}
            self._digests = {one.metadata: original_digest(one.metadata) for one in records if one.metadata is not None}
            digests = {name: self._digests[metadata] for name, metadata in named.items()}
            self._judged = (records, self._staging.same(digests) if digests else set())
        return self._judged[1]

    def _enough(self, answer: Answer) -> bool:
        """Whether a page need not be parsed: each of its records is kept already, or can be read without a parser."""
        same = self._same(answer.records)
        fresh = [one.metadata for one in answer.records if one.metadata is not None and one.identifier not in same]
        self._found.clear()
        if any(one.original for one in answer.records):  # it was not kept whole
            return False
        for metadata in fresh:
            usual = marcxml_usual.read(metadata)
            if usual is None:
                # Where nothing is usual there is nothing to be tried, unless most of it is known.
                self._usual = bool(self._found) or 2 * len(fresh) < len(answer.records)
                self._found.clear()
                return False
            self._found[metadata] = usual
        return True

    def _differing(self, headers: Sequence[Harvested], prefix: str) -> list[Harvested]:
        """Of a list of identifiers: what is not kept, or under another datestamp, whole; and what is deleted."""
        kept = runs.stamps(self.store, self.source.number, [one.identifier for one in headers])
        found: list[Harvested] = []
        for one in headers:
            stamp, before = "" if one.datestamp is None else iso(one.datestamp), kept.get(one.identifier, "")
            # As far as both go: what was kept in days may be listed in seconds by now, or the other way round.
            both = min(len(before), 10 if self._identity.days else 20)
            if one.deleted:
                found.append(one)
            elif not stamp or not both or stamp[:both] != before[:both]:
                found.append(self._whole(one, prefix))
        return found

    def _whole(self, header: Harvested, prefix: str) -> Harvested:
        """The record of a header, by GetRecord."""
        if header.deleted or not header.identifier:
            return header
        arguments = {"verb": "GetRecord", "identifier": header.identifier, "metadataPrefix": prefix}
        answer = self.peer.ask(arguments)
        if answer.records and answer.records[0].identifier == header.identifier:
            return answer.records[0]
        told = Problem(messages.NOT_GIVEN, values={"said": answer.said or "–"})
        return replace(header, problems=(*header.problems, told))

    def _still_there(self, records: Sequence[Harvested], prefix: str) -> Iterator[Harvested]:
        """The same; but what one set calls deleted and another one of this run has shown is asked for by name, for some
        repositories call deleted what has only left the set."""
        gone = [one.identifier for one in records if one.deleted]
        shown = runs.met(self.store, self.run.number, gone) if gone else set()
        for one in records:
            found = self._whole(replace(one, deleted=False), prefix) if one.identifier in shown and one.deleted else one
            yield one if found.metadata is None else found

    # --- ends -----------------------------------------------------------------------------------------------
    def _finish(self, *, complete: bool) -> Run:
        if self.run.kind != NEW and self.settings.sweep:
            self._sweep(complete and not self.run.position.get("hole"))
        self.run.position["complete"] = complete
        with self.store.write() as connection:
            self._note(connection)
        self._staging.finish()
        self.run.counts.update(self._staging.counts)
        return self._publish(complete=complete)

    def _publish(self, *, complete: bool) -> Run:
        """Publish what is staged, unless the brake holds it."""
        assert self.run.change_set is not None
        gone, every = runs.deletions(self.store, self.run.change_set, self.source.number)
        if self.settings.brakes(gone, every):
            values = {"gone": gone, "every": every, "brake": self.settings.brake, "run": self.run.number}
            runs.tell(self.store, self.run.number, [Problem(messages.BRAKE, values=values)])
            runs.end(self.store, self.run.number, runs.WAITING)
            return runs.get(self.store, self.run.number)
        return release(self.store, self.run, complete=complete)

    def _sweep(self, complete: bool) -> None:
        """Stage the deletion of what a whole list did not name. A list with a hole in it proves nothing."""
        if not complete:
            runs.tell(self.store, self.run.number, [Problem(messages.INCOMPLETE)])
            return
        if not any(kept["received"] for kept in self.run.position["lists"].values()):
            runs.tell(self.store, self.run.number, [Problem(messages.NOTHING_AT_ALL)])
            return
        after = ""
        while names := runs.unmet(self.store, self.run.number, self.source.number, after):
            batch = [Reading(0, -1, b"", None, name=name, deleted=True) for name in names]
            self._staging.take(batch, self._note)
            after = names[-1]

    def _note(self, connection: Connection) -> None:
        now = self.store.now(connection)
        runs.note(connection, self.run.number, self.run.position, self._staging.counts, now)

    def _rest(self, state: str, error: LienThongError | None = None) -> Run:
        """Leave the run as it stands; what is staged waits with it."""
        if state == runs.CUT:
            # How often in a row it was cut without having come any further: whoever goes on with it waits the longer.
            further = self.run.counts.get("read", 0) > self._read
            self.run.position["cuts"] = 1 if further else self.run.position.get("cuts", 0) + 1
        told = [*self.peer.heard(), *([error.problem] if error is not None else [])]
        runs.tell(self.store, self.run.number, told)
        self.run.position["complete"] = state != runs.FAILED
        with self.store.write() as connection:
            self._note(connection)
        if state == runs.FAILED:
            # What came is good in itself; only the list as a whole could not be had.
            self._staging.finish()
            return self._publish(complete=False)
        runs.end(self.store, self.run.number, state)
        return runs.get(self.store, self.run.number)

    def _drop(self) -> Run:
        return stop(self.store, self.run)


def _said(value: str | int | None) -> str:
    """What a repository said of itself, as a person reads it; `earliestDatestamp` is kept in seconds."""
    return iso(value) if isinstance(value, int) else value or "–"


def release(store: Store, run: Run, *, complete: bool = True) -> Run:
    """Publish what a run staged, and note that it is done; that it failed if it is not `complete`.

    Raises StoreError.
    """
    assert run.change_set is not None
    complete = complete and run.position.get("complete", True)
    # A list that could not be had goes on where it went on this time.
    position: dict[str, Any] = run.position | {"next": run.position["since"] | run.position["next"], "lists": {}}
    if complete and run.kind != NEW:
        position["full"] = run.started
    with store.write() as connection:
        runs.note(connection, run.number, position, run.counts, store.now(connection))
    with store.read() as connection:
        published = changesets.get(connection, run.change_set).state == changesets.PUBLISHED
    if not published:
        publish(store, run.change_set)
    runs.end(store, run.number, runs.DONE if complete else runs.FAILED)
    return runs.get(store, run.number)


def stop(store: Store, run: Run) -> Run:
    """Drop what a run staged; nobody has seen it. Raises RefusedError when it is published."""
    if run.change_set is not None:
        changesets.discard(store, run.change_set)
    runs.end(store, run.number, runs.STOPPED)
    return runs.get(store, run.number)
