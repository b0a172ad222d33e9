"""Tables of the workshop: files that people bring, and what is done to a batch before it is published."""

from __future__ import annotations

from typing import Final

from sqlalchemy import BigInteger, Column, ForeignKey, Index, SmallInteger, String, Table
from sqlalchemy import Text as LongText

from catalogue.schema import Number, metadata

upload = Table(
    "upload",
    metadata,
    Column("id", Number, primary_key=True),
    Column("library_id", Number, ForeignKey("library.id"), nullable=False),
    # What the file is called, to be shown; `file` is what it is called on disk, which nobody outside chooses.
    Column("name", String(300), nullable=False),
    Column("file", String(64), nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("received", BigInteger, nullable=False, server_default="0"),
    Column("digest", String(64), nullable=False, server_default=""),
    Column("state", String(20), nullable=False),
    Column("encoding", String(20), nullable=False, server_default="auto"),
    Column("collections", String(1000), nullable=False, server_default=""),
    Column("change_set_id", Number, ForeignKey("change_set.id")),
    # 1: it holds corrected records of that change set, which is there before it.
    Column("corrects", SmallInteger, nullable=False, server_default="0"),
    Column("wish", String(20), nullable=False, server_default=""),
    Column("who", String(200), nullable=False, server_default=""),
    Column("reason_vi", LongText, nullable=False, server_default=""),
    Column("reason_en", LongText, nullable=False, server_default=""),
    # How far its reading is: bytes of the file, and records expected where that could be counted beforehand.
    Column("bytes_read", BigInteger, nullable=False, server_default="0"),
    Column("expected", BigInteger, nullable=False, server_default="0"),
    Column("began_at", BigInteger, nullable=False, server_default="0"),
    Column("created", BigInteger, nullable=False),
    Column("started", BigInteger),
    Column("heartbeat", BigInteger, nullable=False),
    Index(None, "library_id", "id"),
    Index(None, "state"),
)

errand = Table(
    "errand",
    metadata,
    Column("id", Number, primary_key=True),
    Column("change_set_id", Number, ForeignKey("change_set.id"), nullable=False),
    Column("kind", String(20), nullable=False),
    Column("state", String(20), nullable=False),
    Column("arguments", LongText, nullable=False, server_default="{}"),
    # The last record it is done with, and how many.
    Column("position", BigInteger, nullable=False, server_default="-1"),
    Column("done", BigInteger, nullable=False, server_default="0"),
    Column("changed", BigInteger, nullable=False, server_default="0"),
    Column("who", String(200), nullable=False, server_default=""),
    Column("reason_vi", LongText, nullable=False, server_default=""),
    Column("reason_en", LongText, nullable=False, server_default=""),
    Column("created", BigInteger, nullable=False),
    Column("heartbeat", BigInteger, nullable=False),
    Index(None, "change_set_id", "kind"),
    Index(None, "state"),
)

amended = Table(
    "amended",
    metadata,
    Column("errand_id", Number, ForeignKey("errand.id"), primary_key=True, autoincrement=False),
    Column("record_id", Number, primary_key=True, autoincrement=False),
    Column("before", BigInteger, nullable=False),
    Column("after", BigInteger, nullable=False),
    sqlite_with_rowid=False,
)

remark = Table(
    "remark",
    metadata,
    Column("change_set_id", Number, primary_key=True, autoincrement=False),
    Column("code", String(60), primary_key=True),
    Column("record_id", Number, primary_key=True, autoincrement=False),
    Column("severity", String(1), nullable=False),
    # Of a match with the union: CODE/LOCAL-ID of the record that is most like it.
    Column("resembles", String(300), nullable=False, server_default=""),
    Index(None, "change_set_id", "record_id"),
    sqlite_with_rowid=False,
)

opinion = Table(
    "opinion",
    metadata,
    Column("id", Number, primary_key=True),
    Column("change_set_id", Number, ForeignKey("change_set.id"), nullable=False),
    Column("kind", String(20), nullable=False),
    Column("who", String(200), nullable=False),
    Column("comment", LongText, nullable=False, server_default=""),
    Column("made", BigInteger, nullable=False),
    Index(None, "change_set_id"),
)

ERROR: Final = "E"
"""remark.severity: it has to be mended."""
WARNING: Final = "W"
"""remark.severity: it is worth a look."""
MATCH: Final = "M"
"""remark.severity: what the union would make of the record."""
