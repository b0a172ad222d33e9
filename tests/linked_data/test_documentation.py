"""The documents say what the code does: every form on the web, every form of export."""

from __future__ import annotations

import re
from pathlib import Path

from catalogue.export_forms import FORMS as EXPORTS
from cli.export import NAMES
from linked_data.negotiation import FORMS

DOCS = Path(__file__).resolve().parents[2] / "docs"


def table(page: str, heading: str) -> dict[str, list[str]]:
    """First cell → the others, of the table whose heading row begins so."""
    text = (DOCS / page).read_text(encoding="utf-8").split(f"| {heading} |", 1)[1]
    rows: dict[str, list[str]] = {}
    for line in text.splitlines()[2:]:
        if not line.startswith("|"):
            break
        first, *others = [cell.strip() for cell in line.strip("|").split("|")]
        rows[first.strip("`")] = others
    return rows


def test_every_form_of_a_record_is_explained() -> None:
    said = {
        suffix: tuple(re.findall("`([^`]+)`", cells[1])) for suffix, cells in table("linked-data.md", "suffix").items()
    }
    assert said.keys() == {form.suffix for form in FORMS}
    for form in FORMS:
        assert set(said[form.suffix]) <= set(form.media_types)
        assert bool(said[form.suffix]) is bool(form.media_types)


def test_every_form_of_export_is_explained() -> None:
    said = table("export.md", "format")
    assert said.keys() == set(NAMES)
    listed = {name for name, cells in said.items() if "manifest" in cells[1]}
    assert listed == {name for name in NAMES if name == "nt" or not EXPORTS[name].deletions}
