"""What a person says of the columns or tags of one file, kept for the next file of the library.

Screens and programs teach by the same rule: what is said goes into the library's own mapping (`catalogue.mappings`);
what a person lets stand of a guess is what they said.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from catalogue import examination, forms, mappings
from catalogue.examination import Examined
from catalogue.store import Store
from marc.isis_mapping import Mapping as TagMapping
from marc.isis_mapping import Rule
from marc.spreadsheet.headings import TARGETS
from marc.spreadsheet.mapping import Column, learn
from marc.spreadsheet.mapping import Mapping as ColumnMapping

Place = tuple[int, int]
"""Number of a table in the file and of a column in the table, both from 0."""


def teach(
    store: Store, library: str, seen: Examined, columns: Mapping[Place, str], tags: Mapping[int, str]
) -> bool:  # fmt: skip
    """Keep what was said of a list of books (place → target) or of a CDS/ISIS base (tag → MARC tag, empty: none).

    `seen`: the file as it was looked at. Returns whether anything new was said. Raises FormatError for what is no MARC
    tag, RefusedError for an unknown library.
    """
    if seen.form == examination.SHEET:
        return _columns(store, library, seen, columns)
    if seen.form == examination.ISIS and seen.mapping is not None:
        return _tags(store, library, seen, seen.mapping, tags)
    return False


def _columns(store: Store, library: str, seen: Examined, said: Mapping[Place, str]) -> bool:
    chosen = tuple(
        replace(column, target=said[at, place])
        for at, table in enumerate(seen.tables)
        for place, column in enumerate(table.columns)
        if said.get((at, place)) in TARGETS
    )
    before = {(column.heading, column.target) for table in seen.tables for column in table.columns}
    if all((column.heading, column.target) in before for column in chosen) and not (chosen and _unsure(seen)):
        return False
    kept = ColumnMapping(tuple(Column(column.heading, column.target) for column in chosen))
    mappings.put(store, library, forms.COLUMNS, learn(forms.columns(store, library), kept).to_json())
    return True


def _unsure(seen: Examined) -> bool:
    """Whether some column was only guessed."""
    return any(0 < column.confidence < 1 for table in seen.tables for column in table.columns)


def _tags(store: Store, library: str, seen: Examined, mapping: TagMapping, said: Mapping[int, str]) -> bool:
    rules = dict(mapping.rules)
    for tag in seen.tags:
        wanted = said.get(tag.tag, tag.target).strip()
        if wanted == tag.target:
            continue
        rules.pop(tag.tag, None)
        if wanted:
            rules[tag.tag] = (Rule(wanted),)
    checked = TagMapping.from_json(replace(mapping, rules=rules).to_json())  # raises FormatError for what is no tag
    if checked == mapping and seen.kept:
        return False
    mappings.put(store, library, forms.ISIS, checked.to_json())
    return True
