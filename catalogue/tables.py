"""The schema, one for SQLite and PostgreSQL. Times are seconds since 1970-01-01T00:00:00Z, UTC.

How the tables hang together:

    library ─ source ─ record ─ version ─ rendering        what libraries contributed, what the union made of it, and
                                                           what it looks like (`UNION`, docs/decisions/016)
                         │         └ original               the bytes as received, once per content
    change_set ─ effect ─┘                                  which record went from which version to which
    feed ─ feed_set ─ defined_set                           who sees what, stamped (`catalogue.feed`, `catalogue.sets`)
    followed ─ follower                                     formats made after publication (`catalogue.followers`)
    segment                                                 runs of the feed, written beforehand (`catalogue.segments`)
    change                                                  the change sequence
    target                                                  other catalogues to copy from (`catalogue.targets`)
    token                                                   what lets a library's program in (`accounts.tokens`)
    person ─ duty, session, invitation, audit               accounts (`catalogue.accounts_tables`)
    draft, lookup ─ hit                                     being written, found elsewhere (`catalogue.editing_tables`)
    replay                                                  what programs asked for by a key (`catalogue.rest_tables`)
    run ─ seen, alarm, remembered                           harvests of sources (`catalogue.harvest_tables`)
    upload, errand ─ amended, remark, opinion               what people bring and mend (`catalogue.batch_tables`)
    heading, heading_use                                    lists to browse, counted behind it (`catalogue.headings`)
    clock                                                   last stamp, mark, last change (`catalogue.clock`)
    feed_check, manifest                                    what proves that the feed is whole
    use_count, trait                                        uses and quality, counted (`catalogue.figure_tables`)
    partner ─ partner_list                                  who harvested what, and how far (`catalogue.partners`)

A version never changes after it was published; a record points at the version it shows now. So a preview, an undo and
a history are all answered by `effect`, and nothing is ever overwritten.
"""

from __future__ import annotations

from typing import Final

from sqlalchemy import (
    BigInteger,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    SmallInteger,
    String,
    Table,
    UniqueConstraint,
    text,
)
from sqlalchemy import Text as LongText

import catalogue.accounts_tables
import catalogue.batch_tables
import catalogue.editing_tables
import catalogue.figure_tables
import catalogue.harvest_tables
import catalogue.rest_tables
import catalogue.union_tables  # noqa: F401 - all belong to the same schema
from catalogue import schema
from catalogue.schema import Number

metadata = schema.metadata

library = Table(
    "library",
    metadata,
    Column("id", Number, primary_key=True),
    Column("code", String(40), nullable=False, unique=True),
    Column("name_vi", String(300), nullable=False),
    Column("name_en", String(300), nullable=False, server_default=""),
    Column("kind", String(20), nullable=False),
    Column("email", String(200), nullable=False, server_default=""),
    Column("parent_id", Number, ForeignKey("library.id")),
    Column("successor_id", Number, ForeignKey("library.id")),
    Column("valid_from", String(10), nullable=False, server_default=""),
    Column("valid_until", String(10), nullable=False, server_default=""),
    Column("created", BigInteger, nullable=False),
)

source = Table(
    "source",
    metadata,
    Column("id", Number, primary_key=True),
    Column("library_id", Number, ForeignKey("library.id"), nullable=False),
    Column("name", String(100), nullable=False),
    Column("kind", String(20), nullable=False),
    Column("settings", LongText, nullable=False, server_default="{}"),
    Column("created", BigInteger, nullable=False),
    # The kind of run that somebody asked for, until a worker takes it up.
    Column("wanted", String(20), nullable=False, server_default=""),
    # Empty: harvested when it is due; else `paused` or `removed` (`catalogue.sources`).
    Column("state", String(20), nullable=False, server_default=""),
    UniqueConstraint("library_id", "name"),
)

target = Table(
    "target",
    metadata,
    Column("name", String(40), primary_key=True),
    Column("kind", String(20), nullable=False),
    Column("enabled", SmallInteger, nullable=False, server_default="0"),
    Column("settings", LongText, nullable=False, server_default="{}"),
    Column("created", BigInteger, nullable=False),
)

change_set = Table(
    "change_set",
    metadata,
    Column("id", Number, primary_key=True),
    Column("source_id", Number, ForeignKey("source.id"), nullable=False),
    Column("kind", String(20), nullable=False),
    Column("state", String(20), nullable=False),
    Column("title", String(1000), nullable=False),
    Column("fingerprint", String(64), nullable=False, server_default=""),
    Column("position", BigInteger, nullable=False, server_default="0"),
    Column("counts", LongText, nullable=False, server_default="{}"),
    Column("undoes", Number, ForeignKey("change_set.id")),
    Column("created", BigInteger, nullable=False),
    Column("published", BigInteger),
    # docs/decisions/008-silent.md: it changed renderings and moved no datestamp; when that was announced after all.
    Column("silent", SmallInteger, nullable=False, server_default="0"),
    Column("announced", BigInteger),
    Index(None, "source_id", "state"),
)

dictionary = Table(
    "dictionary",
    metadata,
    Column("id", Number, primary_key=True),
    Column("kind", String(20), nullable=False),
    Column("samples", Integer, nullable=False),
    Column("bytes", LargeBinary, nullable=False),
)

original = Table(
    "original",
    metadata,
    Column("hash", LargeBinary(20), primary_key=True),
    Column("dictionary", Integer, nullable=False),
    Column("bytes", LargeBinary, nullable=False),
)

record = Table(
    "record",
    metadata,
    Column("id", Number, primary_key=True, autoincrement=False),
    Column("identifier", String(40), nullable=False, unique=True),
    Column("source_id", Number, ForeignKey("source.id"), nullable=False),
    Column("local_id", String(200), nullable=False),
    Column("status", SmallInteger, nullable=False),
    Column("version_id", BigInteger),
    # Numbers of the sets in the header that everybody sees, separated by spaces.
    Column("sets", LongText, nullable=False, server_default=""),
    UniqueConstraint("source_id", "local_id"),
)

version = Table(
    "version",
    metadata,
    Column("id", Number, primary_key=True, autoincrement=False),
    Column("record_id", Number, ForeignKey("record.id"), nullable=False),
    Column("change_set_id", Number, ForeignKey("change_set.id"), nullable=False),
    Column("original", LargeBinary(20), nullable=False),
    Column("content", LargeBinary(16), nullable=False),
    Column("dictionary", Integer, nullable=False),
    Column("normalised", LargeBinary, nullable=False),
    Column("formats", Integer, nullable=False),
    Column("problems", LongText),
    Column("provenance", LongText),
    # What the library's own people changed in what its source gave (`catalogue.corrections`); NULL: nothing.
    Column("correction", LongText),
    # Numbers of the sets it is in, as decided by the definitions of `epoch`; of the collections an import named.
    Column("sets", LongText, nullable=False, server_default=""),
    Column("epoch", Integer, nullable=False, server_default="-1"),
    Column("collections", LongText, nullable=False, server_default=""),
    Index(None, "record_id"),
    Index(None, "change_set_id"),
    Index(
        "ix_version_corrected", "record_id",
        sqlite_where=text("correction IS NOT NULL"), postgresql_where=text("correction IS NOT NULL"),
    ),
)  # fmt: skip

rendering = Table(
    "rendering",
    metadata,
    Column("version_id", Number, primary_key=True, autoincrement=False),
    Column("format", SmallInteger, primary_key=True, autoincrement=False),
    Column("hash", LargeBinary(16), nullable=False),
    Column("dictionary", Integer, nullable=False),
    Column("bytes", LargeBinary, nullable=False),
    sqlite_with_rowid=False,
)

# With row numbers: blobs of a kilobyte would each take a page of their own in a table without.
followed = Table(
    "followed",
    metadata,
    Column("record_id", Number, primary_key=True, autoincrement=False),
    Column("format", SmallInteger, primary_key=True, autoincrement=False),
    Column("hash", LargeBinary(16), nullable=False),
    Column("dictionary", Integer, nullable=False),
    Column("bytes", LargeBinary, nullable=False),
)

unmade = Table(
    "unmade",
    metadata,
    Column("record_id", Number, primary_key=True, autoincrement=False),
    Column("format", SmallInteger, primary_key=True, autoincrement=False),
    Column("reason", String(500), nullable=False),
    Column("noted", BigInteger, nullable=False),
)

follower = Table(
    "follower",
    metadata,
    Column("name", String(40), primary_key=True),
    Column("position", BigInteger, nullable=False),
    Column("formats", Integer, nullable=False),
)

effect = Table(
    "effect",
    metadata,
    Column("change_set_id", Number, primary_key=True, autoincrement=False),
    Column("record_id", Number, primary_key=True, autoincrement=False),
    Column("before", BigInteger),
    Column("after", BigInteger),
    Index(None, "record_id"),
    sqlite_with_rowid=False,
)

quarantine = Table(
    "quarantine",
    metadata,
    Column("id", Number, primary_key=True),
    Column("change_set_id", Number, ForeignKey("change_set.id"), nullable=False),
    Column("number", BigInteger, nullable=False),
    Column("position", BigInteger, nullable=False),
    Column("line", BigInteger, nullable=False, server_default="0"),
    Column("heading", String(300), nullable=False, server_default=""),
    Column("code", String(60), nullable=False),
    Column("reason_vi", LongText, nullable=False),
    Column("reason_en", LongText, nullable=False),
    Column("bytes", LargeBinary, nullable=False),
    # What its source calls it, and the change set by which it came in after all (or was found to be out of date).
    Column("name", LongText, nullable=False, server_default=""),
    Column("settled", BigInteger),
    Index(None, "change_set_id", "number"),
)

feed_set = Table(
    "feed_set",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("spec", String(200), nullable=False, unique=True),
    Column("name_vi", String(300), nullable=False),
    Column("name_en", String(300), nullable=False),
    Column("about_vi", LongText, nullable=False, server_default=""),
    Column("about_en", LongText, nullable=False, server_default=""),
    Column("state", SmallInteger, nullable=False, server_default="1"),
)

defined_set = Table(
    "defined_set",
    metadata,
    Column("set_id", Integer, ForeignKey("feed_set.id"), primary_key=True, autoincrement=False),
    Column("query", LongText, nullable=False, server_default=""),
    Column("names", LongText, nullable=False, server_default=""),
    Column("library_id", Number, ForeignKey("library.id")),
    Column("changed", BigInteger, nullable=False),
)

feed = Table(
    "feed",
    metadata,
    Column("set_id", Integer, primary_key=True, autoincrement=False),
    Column("datestamp", BigInteger, primary_key=True, autoincrement=False),
    Column("record_id", Number, primary_key=True, autoincrement=False),
    Column("status", SmallInteger, primary_key=True, autoincrement=False),
    Column("formats", Integer, nullable=False),
    Index(None, "record_id", "set_id"),
    sqlite_with_rowid=False,
)

segment = Table(
    "segment",
    metadata,
    Column("id", Number, primary_key=True),
    Column("kind", String(40), nullable=False),
    Column("set_id", Integer, nullable=False),
    Column("format", SmallInteger, nullable=False),
    Column("after_stamp", BigInteger, nullable=False),
    Column("after_record", BigInteger, nullable=False),
    Column("first_stamp", BigInteger, nullable=False),
    Column("first_record", BigInteger, nullable=False),
    Column("last_stamp", BigInteger, nullable=False),
    Column("last_record", BigInteger, nullable=False),
    Column("records", Integer, nullable=False),
    Column("metadata_bytes", BigInteger, nullable=False),
    Column("crc32", BigInteger, nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("bytes", LargeBinary, nullable=False),
    # A publisher looks for segments by position alone, whatever their kind and format; its range is in the index.
    Index(
        "ix_segment_run", "set_id", "last_stamp", "last_record", "format", "kind", "after_stamp", "after_record",
        unique=True,
    ),
)  # fmt: skip

change = Table(
    "change",
    metadata,
    Column("seq", Number, primary_key=True, autoincrement=False),
    Column("record_id", Number, nullable=False),
    Column("change_set_id", Number, nullable=False),
    Column("datestamp", BigInteger, nullable=False),
    Column("deleted", SmallInteger, nullable=False),
    Column("silent", SmallInteger, nullable=False, server_default="0"),
    # Of a silent change: the formats made after publication whose bytes it changed, noted when they were made.
    Column("formats", Integer, nullable=False, server_default="0"),
)

clock = Table(
    "clock",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("last_stamp", BigInteger, nullable=False),
    Column("mark", BigInteger, nullable=False),
    Column("seq", BigInteger, nullable=False),
    # Counts every commit that moved the feed; formats made after publication enter it without a change of their own.
    Column("commits", BigInteger, nullable=False, server_default="0"),
    Column("accepted", BigInteger, nullable=False, server_default="0"),
    Column("epoch", Integer, nullable=False, server_default="0"),
)

heading = Table(
    "heading",
    metadata,
    Column("id", Number, primary_key=True, autoincrement=False),
    Column("kind", SmallInteger, nullable=False),
    Column("key", LargeBinary, nullable=False),
    Column("text", LongText, nullable=False),
    Column("count", Integer, nullable=False),
    Index("ix_heading_order", "kind", "key", unique=True),
)

heading_use = Table(
    "heading_use",
    metadata,
    Column("record_id", Number, primary_key=True, autoincrement=False),
    Column("headings", LargeBinary, nullable=False),
)

mapping = Table(
    "mapping",
    metadata,
    Column("library_id", Number, ForeignKey("library.id"), primary_key=True, autoincrement=False),
    Column("kind", String(40), primary_key=True),
    Column("value", LongText, nullable=False),
    Column("changed", BigInteger, nullable=False),
)

counter = Table(
    "counter",
    metadata,
    Column("name", String(20), primary_key=True),
    Column("next", BigInteger, nullable=False),
)

job = Table(
    "job",
    metadata,
    Column("id", Number, primary_key=True),
    Column("kind", String(20), nullable=False),
    Column("state", String(20), nullable=False),
    Column("change_set_id", Number, ForeignKey("change_set.id")),
    Column("done", BigInteger, nullable=False, server_default="0"),
    Column("message", LongText, nullable=False, server_default=""),
    Column("started", BigInteger, nullable=False),
    Column("heartbeat", BigInteger, nullable=False),
    Column("finished", BigInteger),
)

token = Table(
    "token", metadata,
    Column("id", Number, primary_key=True), Column("library_id", Number, ForeignKey("library.id"), nullable=False),
    Column("name", String(100), nullable=False), Column("hash", LargeBinary(32), nullable=False),
    Column("scopes", String(200), nullable=False), Column("created", BigInteger, nullable=False),
    Column("expires", BigInteger), Column("revoked", BigInteger), Column("used", BigInteger),
    Index(None, "library_id"),
)  # fmt: skip

secret = Table(
    "secret",
    metadata,
    Column("id", Number, primary_key=True),
    Column("name", String(40), nullable=False),
    Column("value", LargeBinary, nullable=False),
    Column("created", BigInteger, nullable=False),
)

feed_check = Table(
    "feed_check",
    metadata,
    Column("id", Number, primary_key=True),
    Column("url", String(1000), nullable=False),
    Column("state", String(20), nullable=False),
    Column("started", BigInteger, nullable=False),
    Column("finished", BigInteger),
    Column("counts", LongText, nullable=False, server_default="{}"),
    Column("findings", LongText, nullable=False, server_default="[]"),
)

manifest = Table(
    "manifest",
    metadata,
    Column("set_id", Integer, primary_key=True, autoincrement=False),
    Column("format", SmallInteger, primary_key=True, autoincrement=False),
    Column("kind", String(20), primary_key=True),
    Column("file", String(200), nullable=False),
    Column("seq", BigInteger, nullable=False),
    Column("as_of", BigInteger, nullable=False),
    Column("made", BigInteger, nullable=False),
    Column("records", BigInteger, nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("sha256", String(64), nullable=False),
)

partner = Table(
    "partner",
    metadata,
    Column("id", Number, primary_key=True),
    Column("name", String(100), nullable=False, unique=True),
    Column("named", SmallInteger, nullable=False, server_default="0"),
    Column("network", String(50), nullable=False, server_default=""),
    Column("agent", String(200), nullable=False, server_default=""),
    Column("mail", String(200), nullable=False, server_default=""),
    Column("first", BigInteger, nullable=False),
    Column("last", BigInteger, nullable=False),
    Column("requests", BigInteger, nullable=False, server_default="0"),
    Column("bytes", BigInteger, nullable=False, server_default="0"),
    Column("errors", LongText, nullable=False, server_default="{}"),
)

partner_list = Table(
    "partner_list",
    metadata,
    Column("id", Number, primary_key=True),
    Column("partner_id", Number, ForeignKey("partner.id"), nullable=False),
    Column("repository", String(64), nullable=False),
    Column("verb", String(20), nullable=False),
    Column("format", String(40), nullable=False),
    Column("set_spec", String(200), nullable=False),
    Column("since", BigInteger, nullable=False),
    Column("until", BigInteger, nullable=False),
    Column("started", BigInteger, nullable=False),
    Column("last", BigInteger, nullable=False),
    Column("requests", BigInteger, nullable=False),
    Column("delivered", BigInteger, nullable=False),
    Column("total", BigInteger, nullable=False),
    Column("bytes", BigInteger, nullable=False),
    Column("complete", SmallInteger, nullable=False),
    UniqueConstraint(
        "partner_id", "repository", "verb", "format", "set_spec", "since", "until", name="uq_partner_list_walk"
    ),
    Index(None, "last"),
)

# --- values of the small columns ----------------------------------------------------------------------------
STAGED: Final = 0
"""record.status: known to a change set that is not published; nobody sees it."""
LIVE: Final = 1
"""record.status and feed.status: shown."""
DELETED: Final = 2
"""record.status and feed.status: a tombstone, kept for ever."""
LEFT: Final = 3
"""feed.status: no longer in this set; who harvests the set sees a deletion."""

UNION: Final = 0
"""library.id and source.id of the union: its records were made of what the libraries contributed."""
EVERYTHING: Final = 0
"""feed.set_id of the set that every union record is in."""
OWN: Final = 450_000
"""feed.set_id of what the library n contributed: OWN + n. A contributed record is in this set alone."""

WAITING: Final = 0
"""feed_set.state: it has had no member yet, so nobody is told of it."""
LISTED: Final = 1
"""feed_set.state: shown in ListSets."""
LEAVING: Final = 2
"""feed_set.state: taken away by a person; shown until its last member has left."""
REMOVED: Final = 3
"""feed_set.state: empty for good. It still answers, so that those who harvested it learn that its members have left."""

COLLECTIONS: Final = 900_000
"""feed_set.id of the set above all collections; its members are those of any collection."""
QUERIES: Final = 900_001
"""feed_set.id of the set above all saved queries."""
