"""Staging: readings of a file or a harvest become versions under a change set, batch by batch.

Each batch is one transaction that also notes the position, so an import that was killed goes on behind its last batch
and an import that runs out of disk keeps what it has. Nothing staged is visible; `catalogue.publishing` shows it.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from types import MappingProxyType
from typing import Any, Final, NamedTuple

from sqlalchemy import Connection, bindparam, select

from catalogue import bulk, changesets, corrections, jobs, messages, packing
from catalogue.corrections import Correction
from catalogue.membership import Membership
from catalogue.packing import Shown
from catalogue.store import Store
from catalogue.tables import LIVE, STAGED, effect, original, quarantine, record, rendering, version
from foundation import collecting
from foundation.errors import LimitError, Problem, RefusedError
from foundation.limits import LOCAL_ID_CHARACTERS
from marc.reading import Reading
from marc.record import Record
from marc.spreadsheet import rows as spreadsheet

NORMALISED: Final = packing.NORMALISED
NUMBERS: Final = 10_000
"""Numbers taken from the store's series at a time."""
_AT_ONCE: Final = 500
"""Versions whose formats are held at once before they are compressed; a page of a list may have any number."""
COUNTS: Final = ("read", "new", "changed", "unchanged", "deleted", "repaired", "quarantined")
_MINE: Final = (effect.c.record_id == record.c.id) & (effect.c.change_set_id == bindparam("number"))
_STAGED: Final = version.alias("staged")
_SHOWN: Final = (
    select(record.c.local_id, version.c.original, effect.c.record_id)
    .join(version, version.c.id == record.c.version_id)
    .outerjoin(effect, _MINE)
    .where(record.c.source_id == bindparam("source"), record.c.status == LIVE)
)
_KNOWN: Final = (
    select(
        record.c.local_id,
        record.c.id,
        record.c.status,
        record.c.version_id,
        version.c.original,
        version.c.content,
        version.c.collections,
        effect.c.record_id,
        effect.c.after,
        _STAGED.c.original,
        version.c.correction,
    )
    .outerjoin(version, version.c.id == record.c.version_id)
    .outerjoin(effect, _MINE)
    .outerjoin(_STAGED, _STAGED.c.id == effect.c.after)
    .where(record.c.source_id == bindparam("source"))
)


class Known(NamedTuple):
    """What the store knows of a record with this local id."""

    id: int
    status: int
    version_id: int | None
    original: bytes | None
    """Hash of the bytes as they came."""
    content: bytes | None
    """Hash of what was read from them: the same bytes read in another encoding are another record."""
    collections: str
    """Numbers of the collections that its import, or an earlier one, named."""
    staged: int | None
    """The version that this change set has staged for it already, if any."""
    dropped: bool = False
    """This change set deletes it, as far as it has come."""
    correction: str | None = None
    """What the library's own people changed in it (`catalogue.corrections`)."""


class _Coming(NamedTuple):
    """A version that is to be written."""

    number: int
    record: int
    reading: Reading
    text: bytes
    """Of its record."""
    original: bytes
    content: bytes
    """Hashes of the bytes, and of what was read from them."""
    collections: str
    correction: Correction | None
    shown: Shown | None
    """How it is shown, if that was made before."""


@dataclass(slots=True)
class _Batch:
    """Rows of one transaction."""

    records: list[tuple[Any, ...]] = field(default_factory=list)
    versions: list[_Coming] = field(default_factory=list)
    effects: dict[int, tuple[int | None, int | None] | None] = field(default_factory=dict)
    """Record → versions before and after; None: as if nothing had happened to it."""
    quarantine: list[tuple[Any, ...]] = field(default_factory=list)


class Staging:
    """One change set being filled from one source.

    `collections`: numbers of the sets that its records are put into beside those they were put into before.
    `edits`: for what was written here and comes from no source: local id → the correction to keep with it, None for a
    record that was born here. Without it, the corrections that are kept are made again on what comes in.
    """

    def __init__(
        self,
        store: Store,
        number: int,
        batch: int = 1000,
        collections: Iterable[int] = (),
        edits: Mapping[str, Correction | None] | None = None,
    ) -> None:
        self._store = store
        self._edits = edits
        self._batch = batch
        self._trained = False
        self._numbers = {"record": range(0), "version": range(0)}
        self.number = number
        with store.read() as connection:
            found = changesets.require(connection, number, changesets.STAGING)
            self._own_set = Membership(connection).own(found.library)
        self._source = found.source
        self._collections = tuple(sorted(set(collections)))
        self.position = found.position
        self.counts: dict[str, int] = dict.fromkeys(COUNTS, 0) | found.counts

    def stage(
        self, readings: Iterable[Reading], progress: Callable[[dict[str, int]], None], job: int | None = None
    ) -> None:
        """Stage every reading behind the position, and leave the change set `staged`.

        `progress` is called with the counts after each batch. Raises StoreError when the database fails; what was
        staged before stays, and staging can go on.
        """
        remaining = islice(readings, self.position, None)

        def note(connection: Connection) -> None:
            if job is not None:
                jobs.advance(connection, job, self.position + len(batch), self._store.now(connection))

        while batch := list(islice(remaining, self._batch)):
            self.take(batch, note)
            progress(self.counts)
        self.finish()

    def take(
        self,
        batch: Sequence[Reading],
        note: Callable[[Connection], None],
        unchanged: int = 0,
        digests: Mapping[bytes, bytes] = MappingProxyType({}),
    ) -> None:
        """Stage one batch in one transaction, in which `note` keeps whatever says how far the source is read.

        `unchanged`: how many more came with it that `same` has recognised; `digests`: bytes of readings → their
        digest, as far as it is known. Raises StoreError; then none of it is kept.
        """
        shown = self._train(batch)
        self._reserve(len(batch))
        with self._store.write() as connection:
            with collecting.paused():
                counts = self._stage_batch(connection, batch, shown, digests)
            counts["read"] += unchanged
            counts["unchanged"] += unchanged
            changesets.advance(connection, self.number, self.position + len(batch), counts)
            note(connection)
        self.position += len(batch)
        self.counts = counts

    def finish(self) -> None:
        """Nothing more comes: the change set can be looked at and published."""
        with self._store.write() as connection:
            changesets.advance(connection, self.number, self.position, self.counts, changesets.STAGED)

    def same(self, digests: Mapping[str, bytes]) -> set[str]:
        """Those local ids of the source whose record is shown now with the original of this digest (`digest`).

        So a harvest need not read what it has; what this change set has staged for them already is not the same.
        """
        mine = {"source": self._source, "number": self.number}
        with self._store.read() as connection:
            query = _SHOWN.where(bulk.among(connection, record.c.local_id, digests.keys()))
            return {
                name
                for name, held, touched in connection.execute(query, mine)
                if touched is None and digests[name] == held
            }

    def _train(self, batch: Sequence[Reading]) -> dict[int, Shown]:
        """Give the store its dictionaries, in a transaction before the one that uses them.

        Returns what had to be made for that: place in the batch → how its record is shown.
        """
        if self._trained:
            return {}
        self._trained = True
        places = [place for place, reading in enumerate(batch) if reading.record is not None]
        with self._store.write() as connection:
            made = packing.train(connection, self._store.compression, [batch[place] for place in places])
        return dict(zip(places, made, strict=False))

    def _stage_batch(
        self,
        connection: Connection,
        readings: Sequence[Reading],
        shown: Mapping[int, Shown],
        hashed: Mapping[bytes, bytes],
    ) -> dict[str, int]:
        counts = dict(self.counts)
        rows = _Batch()
        named = [(reading, local_id(reading)) for reading in readings]
        known = self._known(connection, {name for _, name in named if name})
        digests: dict[int, bytes] = {}
        for place, (given, name) in enumerate(named):
            counts["read"] += 1
            reading, problem = given, _refusal(given, name)
            found = known.get(name)
            if reading.deleted or (reading.record is not None and _is_deleted(reading.record) and not problem):
                counts["deleted"] += self._delete(rows, known, name)
                continue
            digest = (hashed.get(reading.original) if hashed else None) or original_digest(reading.original)
            if problem is None and reading.record and found is not None and found.staged is not None:
                if digests.get(found.staged, found.original) == digest:
                    counts["unchanged"] += 1
                    continue
                # A harvest meets what changed under it a second time, and the later one is right. Two records of one
                # file with the same number are two records.
                if not reading.name:
                    problem = _repeated(reading, name)
            if problem is not None or reading.record is None:
                counts["quarantined"] += 1
                rows.quarantine.append(self._quarantine(reading, problem or reading.problems[-1]))
                continue
            counts["repaired"] += bool(reading.problems)
            reading, kept, as_it_was = self._corrected(connection, reading, name, found, digest)
            assert reading.record is not None
            text = reading.record.text.encode()
            content = hashlib.blake2b(text, digest_size=16).digest()
            assigned = self._assigned(found)
            same = found is not None and not found.dropped and (found.original, found.content) == (digest, content)
            if (same or as_it_was) and found is not None and found.collections == assigned:
                counts["unchanged"] += 1
                continue
            version_id = self._next("version")
            if found is None:
                found = known[name] = Known(self._next("record"), STAGED, None, None, None, "", version_id)
                rows.records.append((found.id, new_identifier(), self._source, name, STAGED, ""))
            else:
                known[name] = found._replace(staged=version_id, dropped=False)
            counts["new" if found.version_id is None else "changed"] += 1
            digests[version_id] = digest
            rows.effects[found.id] = (found.version_id, version_id)
            made = shown.get(place) if reading.record is given.record else None
            rows.versions.append(_Coming(version_id, found.id, reading, text, digest, content, assigned, kept, made))
        self._write(connection, rows)
        return counts

    def _corrected(
        self, connection: Connection, reading: Reading, name: str, found: Known | None, digest: bytes
    ) -> tuple[Reading, Correction | None, bool]:
        """The reading with what people had changed in the record changed again, what is to be kept of that, and
        whether it gives nothing new."""
        if self._edits is not None:
            return reading, self._edits[name], False
        if found is None or found.correction is None or reading.record is None or found.dropped:
            return reading, None, False
        made, kept, overtaken = corrections.apply(reading.record, Correction.unpack(found.correction))
        told = [Problem(messages.CORRECTION_OVERTAKEN).at(tag=tag) for tag in overtaken]
        reading = reading._replace(record=made, problems=(*reading.problems, *told))
        if digest != found.original or overtaken:
            return reading, kept, False
        columns = (version.c.dictionary, version.c.normalised)
        row = connection.execute(select(*columns).where(version.c.id == (found.staged or found.version_id))).one()
        shown = Record(self._store.compression.decompress(connection, row.dictionary, row.normalised).decode())
        return reading, kept, corrections.alike(made, shown)

    def _delete(self, rows: _Batch, known: dict[str, Known], name: str) -> bool:
        """Stage that a record is gone; False when nobody has ever seen it."""
        found = known.get(name)
        if found is None or (found.version_id is None and found.staged is None):
            return False
        rows.effects[found.id] = None if found.version_id is None else (found.version_id, None)
        known[name] = found._replace(staged=None, dropped=True)
        return found.version_id is not None

    def _known(self, connection: Connection, names: set[str]) -> dict[str, Known]:
        """What the store knows of these local ids of the source."""
        found: dict[str, Known] = {}
        if not names:
            return found
        query = _KNOWN.where(bulk.among(connection, record.c.local_id, names))
        rows = connection.execute(query, {"source": self._source, "number": self.number})
        for name, number, status, version_id, digest, content, named, touched, after, theirs, kept in rows:
            held = theirs if after is not None else digest
            dropped = touched is not None and after is None
            found[name] = Known(number, status, version_id, held, content, named or "", after, dropped, kept)
        return found

    def _reserve(self, count: int) -> None:
        """Have at least `count` numbers of each series at hand, outside of any transaction."""
        for series, held in self._numbers.items():
            if len(held) < count:
                self._numbers[series] = self._store.reserve(series, max(count, NUMBERS))

    def _next(self, series: str) -> int:
        held = self._numbers[series]
        self._numbers[series] = held[1:]
        return held[0]

    def _assigned(self, found: Known | None) -> str:
        """The collections of a new version: those of the version before it, and those of this import."""
        before = found.collections if found is not None else ""
        if not self._collections:
            return before
        return " ".join(map(str, sorted({*map(int, before.split()), *self._collections})))

    def _quarantine(self, reading: Reading, problem: Problem) -> tuple[Any, ...]:
        return (
            self.number,
            reading.number,
            reading.offset,
            reading.line,
            str(problem.values.get("heading", ""))[:300],
            problem.code,
            problem.text("vi"),
            problem.text("en"),
            reading.original,
            reading.name,
        )

    def _write(self, connection: Connection, rows: _Batch) -> None:
        bulk.insert(connection, record, "id identifier source_id local_id status sets", rows.records)
        for start in range(0, len(rows.versions), _AT_ONCE):
            self._write_versions(connection, rows.versions[start : start + _AT_ONCE])
        bulk.insert(
            connection,
            effect,
            "change_set_id record_id before after",
            [(self.number, number, *found) for number, found in rows.effects.items() if found is not None],
            "ON CONFLICT (change_set_id, record_id) DO UPDATE SET after = excluded.after",
        )
        withdrawn = [(self.number, number) for number, found in rows.effects.items() if found is None]
        bulk.execute(connection, "DELETE FROM effect WHERE change_set_id = ? AND record_id = ?", withdrawn)
        bulk.insert(
            connection,
            quarantine,
            "change_set_id number position line heading code reason_vi reason_en bytes name",
            rows.quarantine,
        )

    def _write_versions(self, connection: Connection, coming: Sequence[_Coming]) -> None:
        """Rows of versions, of the bytes they came as, and of the formats they are shown in."""
        readings, texts = [one.reading for one in coming], [one.text for one in coming]
        made = packing.pack(connection, self._store.compression, readings, texts, [one.shown for one in coming])
        originals = [(one.original, *packed.original) for one, packed in zip(coming, made, strict=True)]
        bulk.insert(connection, original, "hash dictionary bytes", originals, "ON CONFLICT (hash) DO NOTHING")
        versions = [
            (
                one.number,
                one.record,
                self.number,
                one.original,
                one.content,
                *packed.normalised,
                packed.formats,
                _told(one.reading, packed.problems),
                one.reading.provenance or None,
                None if one.correction is None else one.correction.pack(),
                self._own_set,
                0,
                one.collections,
            )
            for one, packed in zip(coming, made, strict=True)
        ]
        bulk.insert(
            connection,
            version,
            "id record_id change_set_id original content dictionary normalised formats problems provenance "
            "correction sets epoch collections",
            versions,
        )
        renderings = [(one.number, *row) for one, packed in zip(coming, made, strict=True) for row in packed.renderings]
        bulk.insert(connection, rendering, "version_id format hash dictionary bytes", renderings)


def _told(reading: Reading, problems: Sequence[Problem]) -> str | None:
    """What there is to be said of a version, as it is kept; `problems`: formats that could not be made."""
    said = [*reading.problems, *problems]
    if not reading.name and reading.record is not None and not reading.record.control("001").strip():
        said.append(Problem(messages.LOCAL_ID_MADE, values={"local_id": local_id(reading)}))
    return json.dumps([describe(problem) for problem in said], ensure_ascii=False) if said else None


def describe(problem: Problem) -> dict[str, Any]:
    """A problem as it is kept beside a version: code, where in the record, and the sentence in both languages; of a row
    of a spreadsheet, the heading of the cell too."""
    place = problem.place
    told = {
        "code": problem.code,
        "tag": place.tag,
        "subfield": place.subfield,
        "vi": problem.text("vi"),
        "en": problem.text("en"),
    }
    heading = problem.values.get("heading")
    return told | {"heading": str(heading)} if heading else told


def original_digest(data: bytes) -> bytes:
    """What tells the bytes of one record as they came from those of another."""
    return hashlib.blake2b(data, digest_size=20).digest()


def local_id(reading: Reading) -> str:
    """What a record is known by in its source: what its source calls it, field 001, or the position in the named file.

    Never the content, for two copies of one sheet are two records.
    """
    if reading.name or reading.record is None:
        return reading.name
    name = reading.record.control("001").strip()
    return name or f"{reading.file}#{reading.number}"[-LOCAL_ID_CHARACTERS:]


def _repeated(reading: Reading, name: str) -> Problem:
    """That a number stands for something else in the same file; of a list, in the words of the list."""
    if reading.cell is not None:
        return spreadsheet.repeated(reading, name)
    problem = Problem(messages.LOCAL_ID_REPEATED, values={"local_id": name})
    return problem.at(record=reading.number, offset=reading.offset)


def require_shown(written: Record, name: str) -> None:
    """Raises what keeps a record that a person writes from being shown under `name`: RefusedError for one that calls
    itself deleted, LimitError LOCAL_ID_CHARACTERS."""
    if _is_deleted(written):
        raise RefusedError(messages.EDIT_LEADER)
    if (seen := len(name)) > LOCAL_ID_CHARACTERS:
        raise LimitError(messages.LOCAL_ID_LONG, limit="LOCAL_ID_CHARACTERS", seen=seen, allowed=LOCAL_ID_CHARACTERS)


def _is_deleted(one: Record) -> bool:
    """MARC 21 Bibliographic, leader/05: d, deleted record."""
    return one.leader[5] == "d"


def _refusal(reading: Reading, name: str) -> Problem | None:
    if reading.record is not None and len(name) > LOCAL_ID_CHARACTERS:
        values = {"seen": len(name), "allowed": LOCAL_ID_CHARACTERS}
        return Problem(messages.LOCAL_ID_LONG, values=values).at(record=reading.number, offset=reading.offset)
    return None


_ALPHABET: Final = b"23456789bcdfghjkmnpqrstvwxz"
_LETTERS: Final = bytes(_ALPHABET[n % len(_ALPHABET)] for n in range(256))


def new_identifier() -> str:
    """An opaque identifier: 14 characters without vowels, so that no word, place or code can hide in one."""
    return secrets.token_bytes(14).translate(_LETTERS).decode()
