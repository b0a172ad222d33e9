"""The tables of the union (docs/decisions/015-union-in-the-store.md). Times are seconds since 1970, UTC.

    record ─ union_member ─ union_node ─ union_key      which description a record gives, and by what it is found
                  │              └ union_link           pairs of descriptions that resemble one another, with scores
             union_cluster                              what stands together; the record made of it is the item with the
                  │                                     same identifier (`catalogue.united`)
                  │      └ union_heir                   where the number of a retired one leads
             union_event                                what happened, in order
    union_decision                                      what people said; never erased, only withdrawn
    union_past                                          in which cluster a record was before it was deleted
    union_doubt, union_later                            what a person should look at, and not before when
    union_crowd                                         titles of which so many say the same that none is compared
    union_work                                          by which keys descriptions are of one work
    union_trial                                         rules that are tried before they hold, and what they would do
    union_state                                         how far the change sequence is followed, by which rules

A node is one description: records that are described alike to the letter share it. All but clusters, events, decisions,
delays and trials can be made again from the records.
"""

from __future__ import annotations

from typing import Final

from sqlalchemy import BigInteger, Column, Index, Integer, LargeBinary, SmallInteger, String, Table
from sqlalchemy import Text as LongText

from catalogue.schema import Number, metadata

union_node = Table(
    "union_node",
    metadata,
    Column("node", LargeBinary, primary_key=True),
    Column("dictionary", Integer, nullable=False),
    Column("features", LargeBinary, nullable=False),
    # What is looked at first (`union.sketches`): most descriptions that are candidates need not be read.
    Column("sketch", LargeBinary, nullable=False),
)

# The chain of one key (`union.keys.chains`): a block and its refinements are ranges of the primary key.
union_key = Table(
    "union_key",
    metadata,
    Column("plain", BigInteger, primary_key=True, autoincrement=False),
    Column("year", BigInteger, primary_key=True, autoincrement=False),
    Column("author", BigInteger, primary_key=True, autoincrement=False),
    Column("node", LargeBinary, primary_key=True),
    sqlite_with_rowid=False,
)

# Both ways, so that the neighbours of a node are one range. The score is in thousandths.
union_link = Table(
    "union_link",
    metadata,
    Column("node", LargeBinary, primary_key=True),
    Column("other", LargeBinary, primary_key=True),
    Column("score", BigInteger, nullable=False),
    sqlite_with_rowid=False,
)

union_member = Table(
    "union_member",
    metadata,
    Column("record_id", Number, primary_key=True, autoincrement=False),
    Column("node", LargeBinary, nullable=False),
    Column("cluster", BigInteger, nullable=False),
    Index(None, "node"),
    Index(None, "cluster"),
)

union_past = Table(
    "union_past",
    metadata,
    Column("record_id", Number, primary_key=True, autoincrement=False),
    Column("cluster", BigInteger, nullable=False),
)

union_cluster = Table(
    "union_cluster",
    metadata,
    Column("number", Number, primary_key=True, autoincrement=False),
    Column("identifier", String(40), nullable=False, unique=True),
    Column("state", SmallInteger, nullable=False),
    Column("version", Integer, nullable=False, server_default="0"),
    Column("hash", LargeBinary(16)),
    Column("datestamp", BigInteger, nullable=False),
    Column("created", BigInteger, nullable=False),
)

union_heir = Table(
    "union_heir",
    metadata,
    Column("cluster", BigInteger, primary_key=True, autoincrement=False),
    Column("place", Integer, primary_key=True, autoincrement=False),
    Column("heir", BigInteger, nullable=False),
    Index(None, "heir"),
)

union_event = Table(
    "union_event",
    metadata,
    Column("id", Number, primary_key=True),
    Column("batch", BigInteger, nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("change", String(10), nullable=False),
    Column("cluster", BigInteger, nullable=False),
    Column("other", BigInteger, nullable=False, server_default="0"),
    Column("record_id", BigInteger),
    Index(None, "cluster"),
    Index(None, "other"),
)

union_decision = Table(
    "union_decision",
    metadata,
    Column("id", Number, primary_key=True),
    Column("verdict", String(20), nullable=False),
    Column("a", BigInteger, nullable=False),
    Column("b", BigInteger),
    Column("members", LongText, nullable=False, server_default=""),
    Column("person", String(200), nullable=False, server_default=""),
    Column("library", String(40), nullable=False, server_default=""),
    Column("width", SmallInteger, nullable=False, server_default="0"),
    Column("note", LongText, nullable=False, server_default=""),
    Column("made", BigInteger, nullable=False),
    Column("withdrawn", BigInteger),
    Column("withdrawn_by", String(200), nullable=False, server_default=""),
    # Whether the clusters that are there were made with it.
    Column("applied", SmallInteger, nullable=False, server_default="0"),
    # The first of those that were made together and are taken back together; 0: it was made alone.
    Column("act", BigInteger, nullable=False, server_default="0"),
    # The title that a word is about which is about no records (`union.alikes`).
    Column("alike", BigInteger),
    Index(None, "a"),
    Index(None, "b"),
    Index(None, "act"),
)

# One question to a person: are these two clusters one (low < high), or is this cluster one at all (low = high)?
union_doubt = Table(
    "union_doubt",
    metadata,
    Column("low", BigInteger, primary_key=True, autoincrement=False),
    Column("high", BigInteger, primary_key=True, autoincrement=False),
    Column("reason", String(10), nullable=False),
    # The two records that are shown; their score and the gain are in thousandths.
    Column("a", BigInteger, nullable=False),
    Column("b", BigInteger, nullable=False),
    Column("score", BigInteger, nullable=False),
    Column("gain", BigInteger, nullable=False),
    Column("kind", String(12), nullable=False),
    # Numbers of the libraries whose records are in it, each with a space on either side.
    Column("libraries", LongText, nullable=False),
    Column("records", Integer, nullable=False),
    # The key of the title that both records have; 0: they have not one title.
    Column("alike", BigInteger, nullable=False, server_default="0"),
    Index(None, "gain", "low", "high"),
    Index(None, "high"),
    Index(None, "alike"),
)

# The blocks of titles that no refinement made small enough: their records were not compared with each other by them.
union_crowd = Table(
    "union_crowd",
    metadata,
    Column("plain", BigInteger, primary_key=True, autoincrement=False),
    Column("year", BigInteger, primary_key=True, autoincrement=False),
    Column("author", BigInteger, primary_key=True, autoincrement=False),
    sqlite_with_rowid=False,
)

union_later = Table(
    "union_later",
    metadata,
    Column("low", BigInteger, primary_key=True, autoincrement=False),
    Column("high", BigInteger, primary_key=True, autoincrement=False),
    Column("until", BigInteger, nullable=False),
    Column("person", String(200), nullable=False, server_default=""),
    Column("library", String(40), nullable=False, server_default=""),
    Column("note", LongText, nullable=False, server_default=""),
    Column("made", BigInteger, nullable=False),
)

union_work = Table(
    "union_work",
    metadata,
    Column("key", BigInteger, primary_key=True, autoincrement=False),
    Column("node", LargeBinary, primary_key=True),
    Index(None, "node"),
    sqlite_with_rowid=False,
)

union_trial = Table(
    "union_trial",
    metadata,
    Column("id", Number, primary_key=True),
    Column("state", String(20), nullable=False),
    Column("document", LongText, nullable=False),
    Column("note", LongText, nullable=False, server_default=""),
    Column("person", String(200), nullable=False, server_default=""),
    Column("result", LongText, nullable=False, server_default=""),
    Column("done", BigInteger, nullable=False, server_default="0"),
    Column("total", BigInteger, nullable=False, server_default="0"),
    Column("created", BigInteger, nullable=False),
    Column("heartbeat", BigInteger, nullable=False),
    Column("finished", BigInteger),
)

union_state = Table(
    "union_state",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("position", BigInteger, nullable=False),
    Column("batch", BigInteger, nullable=False),
    Column("next_cluster", BigInteger, nullable=False),
    Column("features", Integer, nullable=False),
    Column("policy", Integer, nullable=False),
    # The rules in force as JSON; empty: those that come with the program, of which `shipped` is the digest.
    Column("rules", LongText, nullable=False, server_default=""),
    Column("shipped", LargeBinary(16), nullable=False),
)

STANDING: Final = 1
"""union_cluster.state: it has members."""
RETIRED: Final = 2
"""union_cluster.state: it has none; its number leads to others (`union_heir`) or nowhere."""
