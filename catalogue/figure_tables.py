"""Tables of figures: uses counted at the doors, and what is true of the records (rules they break, what they are).

    use_count                                     how often what was used, by month; nothing of who it was
    record ─ trait_record                         what is true of one published record
                  └ trait ─ trait_count           the records of which it is true, and how many, by library
                                 └ trait_month    how many it were at the end of each month

A month is a number, 202611. Nothing here is needed by any other room: all but `use_count` and the months gone by can be
made again from the records.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Integer, String, Table
from sqlalchemy import Text as LongText

from catalogue.schema import Number, metadata

use_count = Table(
    "use_count",
    metadata,
    Column("month", Integer, primary_key=True, autoincrement=False),
    Column("door", String(10), primary_key=True),
    Column("kind", String(20), primary_key=True),
    # Code of the library; empty: of all together.
    Column("library", String(40), primary_key=True),
    # A format, or the partner who harvests; else empty.
    Column("detail", String(100), primary_key=True),
    Column("count", BigInteger, nullable=False),
    sqlite_with_rowid=False,
)

trait_record = Table(
    "trait_record",
    metadata,
    Column("record_id", Number, primary_key=True, autoincrement=False),
    Column("library_id", Number, nullable=False),
    Column("codes", LongText, nullable=False),
)

trait = Table(
    "trait",
    metadata,
    Column("code", String(30), primary_key=True),
    Column("library_id", Number, primary_key=True, autoincrement=False),
    Column("record_id", Number, primary_key=True, autoincrement=False),
    sqlite_with_rowid=False,
)

trait_count = Table(
    "trait_count",
    metadata,
    Column("library_id", Number, primary_key=True, autoincrement=False),
    Column("code", String(30), primary_key=True),
    Column("records", BigInteger, nullable=False),
    sqlite_with_rowid=False,
)

trait_month = Table(
    "trait_month",
    metadata,
    Column("code", String(30), primary_key=True),
    Column("library_id", Number, primary_key=True, autoincrement=False),
    Column("month", Integer, primary_key=True, autoincrement=False),
    Column("records", BigInteger, nullable=False),
    sqlite_with_rowid=False,
)
