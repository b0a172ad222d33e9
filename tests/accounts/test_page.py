"""The page for administrators shows the table of rights as it is."""

from __future__ import annotations

from pathlib import Path

from tools.rights_page import table


def test_the_page_shows_the_table(root: Path) -> None:
    assert table() in (root / "docs" / "accounts.md").read_text(encoding="utf-8"), "put tools.rights_page.table() there"
