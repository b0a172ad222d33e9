"""Tables of harvesting: runs of a source, what a full one has met, what is wrong with a source and who was told.

Times are seconds since 1970-01-01T00:00:00Z, UTC.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, ForeignKey, Index, String, Table
from sqlalchemy import Text as LongText

from catalogue.schema import Number, metadata

run = Table(
    "run",
    metadata,
    Column("id", Number, primary_key=True),
    Column("source_id", Number, ForeignKey("source.id"), nullable=False),
    Column("change_set_id", Number, ForeignKey("change_set.id")),
    Column("kind", String(20), nullable=False),
    Column("state", String(20), nullable=False),
    Column("wish", String(20), nullable=False, server_default=""),
    Column("position", LongText, nullable=False, server_default="{}"),
    Column("counts", LongText, nullable=False, server_default="{}"),
    Column("said", LongText, nullable=False, server_default="[]"),
    Column("started", BigInteger, nullable=False),
    Column("heartbeat", BigInteger, nullable=False),
    Column("finished", BigInteger),
    Index(None, "source_id", "id"),
)

seen = Table(
    "seen",
    metadata,
    Column("run_id", Number, primary_key=True, autoincrement=False),
    Column("local_id", String(200), primary_key=True),
    sqlite_with_rowid=False,
)

alarm = Table(
    "alarm",
    metadata,
    Column("id", Number, primary_key=True),
    Column("source_id", Number, ForeignKey("source.id"), nullable=False),
    Column("kind", String(20), nullable=False),
    Column("reason_vi", LongText, nullable=False),
    Column("reason_en", LongText, nullable=False),
    Column("raised", BigInteger, nullable=False),
    Column("cleared", BigInteger),
    # Who has been told that it was raised, and that it is over: lists of addresses.
    Column("told", LongText, nullable=False, server_default="[]"),
    Column("told_over", LongText, nullable=False, server_default="[]"),
    Index(None, "source_id", "kind"),
)

remembered = Table(
    "remembered",
    metadata,
    Column("name", String(200), primary_key=True),
    Column("value", LongText, nullable=False),
    Column("changed", BigInteger, nullable=False),
)
