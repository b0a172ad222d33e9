"""Write the first migration from `catalogue.tables`, as long as no store of a release needs it to stay what it is.

    python -m tools.schema

The rows that every store has are kept as they stand in the file.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from alembic.autogenerate import produce_migrations, render_python_code
from alembic.migration import MigrationContext
from sqlalchemy import create_engine

from catalogue.tables import metadata

FILE = Path(__file__).resolve().parents[1] / "catalogue" / "migrations" / "versions" / "0001_first.py"
ROWS = "    # Rows that every store has"


def main() -> None:
    """Write the file anew."""
    before = FILE.read_text(encoding="utf-8")
    head = before[: before.index("def upgrade()")]
    rows = before[before.index(ROWS) :]
    with create_engine("sqlite://").connect() as connection:
        context = MigrationContext.configure(connection, opts={"target_metadata": metadata})
        upgrade = produce_migrations(context, metadata).upgrade_ops
        assert upgrade is not None
        body = render_python_code(upgrade)
    lines = [f"    {line.strip()}" for line in body.splitlines() if line.strip() and not line.strip().startswith("#")]
    FILE.write_text(
        f"{head}def upgrade() -> None:\n" + "\n".join(lines) + "\n" + rows,
        encoding="utf-8",
    )
    subprocess.run([sys.executable, "-m", "ruff", "format", "-q", FILE], check=True)  # noqa: S603 - our own file


if __name__ == "__main__":
    main()
