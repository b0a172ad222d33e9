"""Tables of accounts: people, what they may do where, how they come in, and what was done by whom.

Times are seconds since 1970-01-01T00:00:00Z, UTC. Secrets that are shown once (links, tickets, codes) are kept as
SHA-256 alone: they are random, so a slow hash would gain nothing. Passwords are chosen by people and kept as argon2id.
"""

from __future__ import annotations

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
)
from sqlalchemy import Text as LongText

from catalogue.schema import Number, metadata

person = Table(
    "person",
    metadata,
    Column("id", Number, primary_key=True),
    Column("login", String(100), nullable=False, unique=True),
    Column("name", String(200), nullable=False),
    Column("email", String(200), nullable=False, server_default=""),
    # Empty: signs in by the provider of identities alone, or has not chosen one yet.
    Column("password", String(200), nullable=False, server_default=""),
    Column("password_changed", BigInteger),
    # The secret of one-time codes, encrypted (`foundation.vault`); the last step that was used, so that none is twice.
    Column("totp", LongText, nullable=False, server_default=""),
    Column("totp_step", BigInteger, nullable=False, server_default="0"),
    Column("created", BigInteger, nullable=False),
    Column("seen", BigInteger),
    Column("locked", BigInteger),
)

duty = Table(
    "duty",
    metadata,
    Column("id", Number, primary_key=True),
    Column("person_id", Number, ForeignKey("person.id"), nullable=False),
    Column("role", String(40), nullable=False),
    # NULL: everything.
    Column("library_id", Number, ForeignKey("library.id")),
    Column("giver", String(120), nullable=False),
    Column("created", BigInteger, nullable=False),
    Column("begins", BigInteger, nullable=False),
    Column("ends", BigInteger),
    Column("revoked", BigInteger),
    Index(None, "person_id"),
    Index(None, "library_id"),
)

invitation = Table(
    "invitation",
    metadata,
    Column("id", Number, primary_key=True),
    Column("kind", String(20), nullable=False),
    Column("hash", LargeBinary(32), nullable=False, unique=True),
    # Of a link to choose a new password: whose.
    Column("person_id", Number, ForeignKey("person.id")),
    Column("name", String(200), nullable=False, server_default=""),
    Column("email", String(200), nullable=False, server_default=""),
    Column("role", String(40), nullable=False, server_default=""),
    Column("library_id", Number, ForeignKey("library.id")),
    Column("ends", BigInteger),
    Column("giver", String(120), nullable=False),
    Column("created", BigInteger, nullable=False),
    Column("expires", BigInteger, nullable=False),
    Column("used", BigInteger),
    Column("revoked", BigInteger),
    Index(None, "library_id"),
)

session = Table(
    "session",
    metadata,
    Column("id", Number, primary_key=True),
    Column("hash", LargeBinary(32), nullable=False, unique=True),
    Column("person_id", Number, ForeignKey("person.id"), nullable=False),
    # 0 while the one-time code is still asked for.
    Column("complete", SmallInteger, nullable=False),
    Column("created", BigInteger, nullable=False),
    Column("used", BigInteger, nullable=False),
    Column("address", String(64), nullable=False, server_default=""),
    Column("agent", String(200), nullable=False, server_default=""),
    Index(None, "person_id"),
    Index(None, "used"),
)

recovery_code = Table(
    "recovery_code",
    metadata,
    Column("id", Number, primary_key=True),
    Column("person_id", Number, ForeignKey("person.id"), nullable=False),
    Column("hash", LargeBinary(32), nullable=False),
    Column("used", BigInteger),
    Index(None, "person_id"),
)

identity = Table(
    "identity",
    metadata,
    Column("id", Number, primary_key=True),
    Column("person_id", Number, ForeignKey("person.id"), nullable=False),
    Column("issuer", String(300), nullable=False),
    Column("subject", String(255), nullable=False),
    Column("created", BigInteger, nullable=False),
    UniqueConstraint("issuer", "subject"),
    Index(None, "person_id"),
)

throttle = Table(
    "throttle",
    metadata,
    Column("key", String(100), primary_key=True),
    Column("failures", Integer, nullable=False),
    Column("last", BigInteger, nullable=False),
    Column("until", BigInteger, nullable=False),
)

audit = Table(
    "audit",
    metadata,
    Column("id", Number, primary_key=True, autoincrement=False),
    Column("moment", BigInteger, nullable=False),
    Column("actor", String(120), nullable=False),
    Column("act", String(40), nullable=False),
    Column("object", String(300), nullable=False, server_default=""),
    Column("library", String(40), nullable=False, server_default=""),
    Column("detail", LongText, nullable=False, server_default=""),
    Column("change_set", BigInteger),
    Column("address", String(64), nullable=False, server_default=""),
    Column("hash", LargeBinary(32), nullable=False),
    Index(None, "actor", "id"),
    Index(None, "library", "id"),
    Index(None, "act", "id"),
    Index(None, "change_set", "id"),
)

audit_head = Table(
    "audit_head",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("last", BigInteger, nullable=False),
    Column("hash", LargeBinary(32), nullable=False),
)
