"""One repository: a `Request` in, the whole answer out (section 4). All it knows of records it reads from the feed."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby

from catalogue.feed import Cursor, Entry, Segment, Selection
from foundation.settings import Settings
from oaipmh import writer
from oaipmh.compression import Piece
from oaipmh.errors import Code, OaiError, Refusal
from oaipmh.protocol import LISTS, Request, Verb
from oaipmh.repository import Feed, Repository, Snapshot
from oaipmh.segments import RECORDS, wording
from oaipmh.tokens import Position, Tokens

_log = logging.getLogger("lienthong.oaipmh")
_SAMPLES = 20
_DAY = 86_400
_LONGEST = 3650 * _DAY  # a token has to have an expirationDate that can be written

Body = Sequence[Piece] | OaiError


@dataclass(slots=True)
class _Page:
    """What a list shows at once, as far as it has come."""

    limit: int
    room: int
    """Bytes of metadata that may still come."""
    pieces: list[Entry | Segment] = field(default_factory=list)
    count: int = 0
    last: Cursor = field(default=Cursor(-1, -1))
    more: bool = False
    """Whether a record that can be delivered comes behind it: no token may lead to nothing."""

    def take(self, piece: Entry | Segment) -> bool:
        """Put a piece behind the others; False: it has no place here any more. The first record always has one."""
        if isinstance(piece, Segment):
            count, size, last = piece.records, piece.metadata_bytes, piece.last
        else:
            count, size, last = 1, len(piece.metadata or b""), Cursor(piece.datestamp, piece.record)
        self.more = self.count > 0 and (self.count + count > self.limit or size > self.room)
        if not self.more:
            self.pieces.append(piece)
            self.count += count
            self.room -= size
            self.last = last
        return not self.more

    def suits(self, segment: Segment) -> bool:
        """Whether all of it has a place here, or nothing of it."""
        fits = self.count + segment.records <= self.limit and segment.metadata_bytes <= self.room
        return segment.records > 0 and (fits or self.count == self.limit)


class Provider:
    """Answers the requests of one repository.

    `keys`: what signs its tokens, newest first. `settings`: page sizes and the lifetime of tokens. `clock` gives the
    responseDate of answers that need no look into the store. Safe to use from several threads if the feed is.
    """

    def __init__(
        self,
        repository: Repository,
        feed: Feed,
        keys: Sequence[bytes],
        settings: Settings,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.repository = repository
        self._feed = feed
        self._tokens = Tokens(keys, repository.path, min(settings.token_days * _DAY, _LONGEST))
        self._settings = settings
        self._clock = clock
        self._wording = wording(repository)
        self._verbs: dict[Verb, Callable[[Snapshot, Request], Body]] = {
            Verb.IDENTIFY: self._identify,
            Verb.LIST_METADATA_FORMATS: self._metadata_formats,
            Verb.LIST_SETS: self._sets,
            Verb.GET_RECORD: self._record,
        }

    def pieces(self, request: Request | Refusal, most: int | None = None) -> list[Piece]:
        """The answer to a request: an XML document in UTF-8, in pieces, some of them written and compressed beforehand.

        Raises StoreError. A list shows at most `most` records at once, if that is less than the settings say.
        """
        if isinstance(request, Refusal):
            # A request that is not understood must not cost the store anything.
            return writer.document(self.repository, int(self._clock()), None, writer.errors(request.errors))
        with self._feed.snapshot() as snapshot:
            if request.verb in LISTS:
                body = self._list(snapshot, request, most)
            else:
                body = self._verbs[request.verb](snapshot, request)
            if isinstance(body, OaiError):
                body = writer.errors([body])
            return writer.document(self.repository, snapshot.response_date, request, body)

    def _identify(self, snapshot: Snapshot, request: Request) -> Body:
        selection = Selection(self.repository.formats[0].prefix)
        found = snapshot.page(selection, None, _SAMPLES, 0, metadata=False)
        sample = next((entry for entry in found if not entry.deleted), found[0] if found else None)
        return writer.identify(self.repository, snapshot.earliest, sample.identifier if sample else "")

    def _metadata_formats(self, snapshot: Snapshot, request: Request) -> Body:
        announced = self.repository.announced
        if request.identifier:
            opaque = self.repository.opaque(request.identifier)
            names = None if opaque is None else snapshot.formats(opaque)
            if names is None:
                return _unknown_item()
            announced = tuple(entry for entry in announced if self.repository.format_of(entry.prefix) in names)
            if not announced:
                return OaiError(Code.NO_METADATA_FORMATS, "the item has no metadata in any format")
        return writer.metadata_formats(announced)

    def _sets(self, snapshot: Snapshot, request: Request) -> Body:
        """ListSets (4.6): in pages like any list, although it takes thousands of libraries to see a second one."""
        before: Position | None = None
        if request.token:
            read = self._tokens.read(request.token, request.verb, snapshot.response_date)
            if isinstance(read, OaiError):
                return read
            before = read
        described = snapshot.sets() if self.repository.has_sets else []
        if not described:
            return _no_sets()
        start = 0
        if before:
            # Behind the last set that was given, wherever it stands now; by number if it is no more.
            last = before.selection.set_spec
            start = next((at for at, entry in enumerate(described, 1) if entry.spec == last), before.delivered)
        size = max(1, self._settings.page_headers)
        start = min(start, len(described) - 1)  # no token leads to nothing
        page, token = described[start : start + size], b""
        if start + size < len(described):
            now = snapshot.response_date
            selection = Selection("", page[-1].spec)
            position = Position(
                request.verb,
                selection,
                now,
                False,
                Cursor(0, 0),
                start + size,
                len(described),
                before.given if before else now,
            )
            token = writer.resumption(
                self._tokens.sign(position), len(described), start, position.given + self._tokens.lifetime
            )
        elif before:
            token = writer.resumption("", len(described), start, None)
        return writer.sets(self.repository, page, token)

    def _record(self, snapshot: Snapshot, request: Request) -> Body:
        name = self.repository.format_of(request.prefix)
        if name is None:
            return _unknown_format()
        opaque = self.repository.opaque(request.identifier)
        entry = None if opaque is None else snapshot.entry(opaque, name)
        if entry is None:
            known = opaque is not None and snapshot.formats(opaque) is not None
            return _unavailable() if known else _unknown_item()
        if not writer.deliverable(entry):
            return _unavailable()
        return [b"<GetRecord>", *writer.records(self.repository, [entry]), b"</GetRecord>"]

    def _list(self, snapshot: Snapshot, request: Request, most: int | None) -> Body:
        """ListIdentifiers and ListRecords (4.3, 4.5): the same entries in the same order."""
        before: Position | None = None
        if request.token:
            read = self._tokens.read(request.token, request.verb, snapshot.response_date)
            if isinstance(read, OaiError):
                return read
            if self.repository.format_of(read.selection.format) is None:
                return OaiError(Code.BAD_RESUMPTION_TOKEN, "the token is for a format that is no longer offered")
            before, selection, until = read, read.selection, read.until
        else:
            started = self._begin(snapshot, request)
            if isinstance(started, OaiError):
                return started
            selection, until = started
        page = self._page(snapshot, request.verb, selection, before.after if before else None, most)
        if not page.count and before and before.is_open:
            page = self._moved(snapshot, before)
        if not page.count:
            return OaiError(Code.NO_RECORDS_MATCH, "no record matches from, until, set and metadataPrefix")
        name = request.verb.encode()
        parts = [b"<%b>" % name, *self._written(request.verb, page)]
        delivered = before.delivered if before else 0
        if page.more:
            position = Position(
                request.verb,
                selection,
                until,
                before.is_open if before else request.until is None,
                page.last,
                delivered + page.count,
                before.total if before else max(snapshot.total(selection), page.count + 1),
                snapshot.response_date,
            )
            expires = position.given + self._tokens.lifetime
            parts.append(writer.resumption(self._tokens.sign(position), position.total, delivered, expires))
        elif before:
            # Only a list that came in pieces ends with an empty token (3.5).
            parts.append(writer.resumption("", before.total, delivered, None))
        parts.append(b"</%b>" % name)
        return parts

    def _written(self, verb: Verb, page: _Page) -> Iterator[Piece]:
        """A page as it stands in the answer."""
        write = writer.records if verb is Verb.LIST_RECORDS else writer.headers
        for _, group in groupby(page.pieces, lambda piece: isinstance(piece, Segment)):
            entries: list[Entry] = []
            for piece in group:
                if isinstance(piece, Segment):
                    yield piece
                else:
                    entries.append(piece)
            yield from write(self.repository, entries)

    def _begin(self, snapshot: Snapshot, request: Request) -> tuple[Selection, int] | OaiError:
        """What a new list request selects, with `until` frozen at the first answer so that the list ends."""
        name = self.repository.format_of(request.prefix)
        if name is None:
            return _unknown_format()
        if request.set_spec and not (self.repository.has_sets and snapshot.sets()):
            return _no_sets()
        now = snapshot.response_date
        until = now if request.until is None else min(request.until, now)
        return Selection(name, request.set_spec, request.since, until), until

    def _page(
        self, snapshot: Snapshot, verb: Verb, selection: Selection, after: Cursor | None, limit: int | None = None
    ) -> _Page:
        """The next page, at most `limit` records of it."""
        metadata = verb is Verb.LIST_RECORDS
        most = max(1, self._settings.page_records if metadata else self._settings.page_headers)
        page = _Page(most if limit is None else min(most, limit), self._settings.page_bytes)
        stretch = self._records if metadata else self._entries
        for piece in stretch(snapshot, selection, after, page):
            if not page.take(piece):
                break
        return page

    def _records(
        self, snapshot: Snapshot, selection: Selection, after: Cursor | None, page: _Page
    ) -> Iterator[Entry | Segment]:
        """What comes behind `after`: segments where there are some that suit the page, entries elsewhere."""
        at = after or selection.start
        for segment in snapshot.segments(self._wording, selection, at, page.limit // RECORDS + 1):
            if at < segment.after:
                yield from self._entries(snapshot, selection, at, page, segment.after, metadata=True)
                at = segment.after
            if at < segment.first and page.suits(segment):
                yield segment
            else:
                yield from self._entries(snapshot, selection, at, page, segment.last, metadata=True)
            at = segment.last
        yield from self._entries(snapshot, selection, at, page, metadata=True)

    def _entries(
        self,
        snapshot: Snapshot,
        selection: Selection,
        after: Cursor | None,
        page: _Page,
        through: Cursor | None = None,
        metadata: bool = False,
    ) -> Iterator[Entry]:
        """Entries behind `after` and not behind `through` that can be delivered, for as long as they are asked for."""
        ask, again = page.limit - page.count + 1, 1
        while found := snapshot.page(selection, after, ask, page.room, metadata, through):
            for entry in found:
                if writer.deliverable(entry) or not metadata:
                    yield entry
                else:
                    _log.error("no %s of %s: left out of the page", selection.format, entry.identifier)
            after = Cursor(found[-1].datestamp, found[-1].record)
            if after == through:
                return
            # The first read was meant to suffice; what follows makes up for records left out, or looks for one more.
            ask, again = again, min(page.limit, again * 2)

    def _moved(self, snapshot: Snapshot, before: Position) -> _Page:
        """What is left of a list whose remaining records all changed since: they now stand behind the frozen `until`.

        A token was given, so records must come (an empty list is invalid). Those that moved come with their new
        datestamps, at most as many as were left, and end the list; the next incremental harvest brings them again.
        """
        selection = replace(before.selection, until=snapshot.response_date)
        page = self._page(snapshot, before.verb, selection, before.after, max(1, before.total - before.delivered))
        page.more = False
        return page


def _unknown_item() -> OaiError:
    return OaiError(Code.ID_DOES_NOT_EXIST, "no item of this repository has this identifier")


def _unknown_format() -> OaiError:
    return OaiError(Code.CANNOT_DISSEMINATE_FORMAT, "this repository has no such format; see ListMetadataFormats")


def _unavailable() -> OaiError:
    return OaiError(
        Code.CANNOT_DISSEMINATE_FORMAT,
        "the item is not available in this format; see ListMetadataFormats with identifier",
    )


def _no_sets() -> OaiError:
    return OaiError(Code.NO_SET_HIERARCHY, "this repository has no sets")
