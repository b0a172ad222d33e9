"""Tables of cataloguing: records that are being written, and searches in other libraries' catalogues.

Times are seconds since 1970-01-01T00:00:00Z, UTC.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, ForeignKey, Index, Integer, LargeBinary, String, Table
from sqlalchemy import Text as LongText

from catalogue.schema import Number, metadata

draft = Table(
    "draft",
    metadata,
    Column("id", Number, primary_key=True),
    Column("library_id", Number, ForeignKey("library.id"), nullable=False),
    Column("person", String(200), nullable=False),
    # The record it changes and the version it was begun from; NULL: a new record.
    Column("record_id", Number, ForeignKey("record.id")),
    Column("base", BigInteger),
    Column("state", String(20), nullable=False),
    Column("title", String(300), nullable=False, server_default=""),
    Column("kind", String(20), nullable=False, server_default=""),
    # The record as lines, as they were typed: what is wrong in them is kept too.
    Column("text", LongText, nullable=False),
    Column("revision", Integer, nullable=False, server_default="0"),
    # Of a copy: the target, and the bytes as they came from there.
    Column("origin", String(60), nullable=False, server_default=""),
    Column("original", LargeBinary),
    # What the person who looked at it has to say.
    Column("note", LongText, nullable=False, server_default=""),
    Column("created", BigInteger, nullable=False),
    Column("changed", BigInteger, nullable=False),
    Index(None, "person", "changed"),
    Index(None, "record_id"),
    # A number is never given out twice: a form that was left open must not write into a later draft.
    sqlite_autoincrement=True,
)

lookup = Table(
    "lookup",
    metadata,
    Column("id", Number, primary_key=True),
    Column("person", String(200), nullable=False),
    Column("query", String(500), nullable=False),
    Column("field", String(40), nullable=False, server_default=""),
    # Target → how it stands: hits, taken, seconds, problem in both languages, ended.
    Column("targets", LongText, nullable=False, server_default="{}"),
    Column("started", BigInteger, nullable=False),
    Column("until", BigInteger, nullable=False),
    Column("finished", BigInteger),
    Index(None, "person"),
    sqlite_autoincrement=True,
)

hit = Table(
    "hit",
    metadata,
    Column("lookup_id", Number, ForeignKey("lookup.id"), primary_key=True, autoincrement=False),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("peer", String(40), nullable=False),
    Column("position", Integer, nullable=False),
    # Packed text; NULL: it could not be read, and the last problem says why.
    Column("record", LongText),
    Column("original", LargeBinary, nullable=False),
    Column("problems", LongText, nullable=False, server_default="[]"),
    Column("same_as", Integer, nullable=False, server_default="0"),
    Column("held", LongText),
)
