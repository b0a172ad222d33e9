"""What programs asked for under a key of theirs, and what they were answered (`catalogue.replays`).

Times are seconds since 1970-01-01T00:00:00Z, UTC.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, ForeignKey, Index, Integer, LargeBinary, String, Table
from sqlalchemy import Text as LongText

from catalogue.schema import Number, metadata

replay = Table(
    "replay",
    metadata,
    Column("token_id", Number, ForeignKey("token.id"), primary_key=True, autoincrement=False),
    Column("name", String(100), primary_key=True),
    # SHA-256 of what was asked.
    Column("digest", LargeBinary(32), nullable=False),
    Column("created", BigInteger, nullable=False),
    # 0: it is being done.
    Column("status", Integer, nullable=False, server_default="0"),
    Column("headers", LongText, nullable=False, server_default="{}"),
    Column("body", LargeBinary, nullable=False, server_default=""),
    Index(None, "created"),
)
