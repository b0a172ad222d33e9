"""The schema's history. `upgrade` brings a store to the newest revision; a newer store than this is refused."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Connection, Engine, inspect, text

from catalogue import messages
from catalogue.locks import Locks
from foundation.errors import StoreError

NEWEST = "0001"


def revision(connection: Connection) -> str | None:
    """The revision a store is at; None for an empty database."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    found: str | None = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    return found


def upgrade(engine: Engine, locks: Locks) -> None:
    """Bring the store to the newest revision. One process does it, others wait; it happens wholly or not at all.

    Raises StoreError when the store was made by a newer release.
    """
    with engine.connect() as connection:
        if revision(connection) == NEWEST:
            return
    # Alembic is imported only when there is something to do: it costs as much as a whole `lienthong --help`.
    from alembic import command  # noqa: PLC0415
    from alembic.config import Config  # noqa: PLC0415
    from alembic.script import ScriptDirectory  # noqa: PLC0415

    config = Config()
    # A value of Config goes through ConfigParser, to which a per cent sign is a reference.
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    with locks.hold("migrate"), engine.connect() as connection:
        writer = connection.execution_options(lienthong_write=True)
        with writer.begin():
            found = revision(writer)
            known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
            if found is not None and found not in known:
                raise StoreError(messages.STORE_NEWER, found=found, known=NEWEST)
            config.attributes["connection"] = writer
            command.upgrade(config, "head")
