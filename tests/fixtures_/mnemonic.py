"""A plain reading of the province's mnemonic files, so that their tests need no other room."""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path

from fixtures import province_files, province_folder
from marc.record import Field, Record


@cache
def catalogue(code: str) -> tuple[Record, ...]:
    """The records of one library, as they stand in its file (no repair, no normal form)."""
    return tuple(records(dict(province_files())[code]))


def records(path: Path) -> list[Record]:
    blocks = path.read_bytes().decode().removesuffix("\n").split("\n\n")
    return [record(block.strip("\n").split("\n")) for block in blocks]


def record(lines: list[str]) -> Record:
    leader, *rest = lines
    assert leader.startswith("=LDR  "), leader
    return Record.build(leader[6:], [field(line) for line in rest])


def field(line: str) -> Field:
    tag, content = line[1:4], line[6:]
    if tag.startswith("00"):
        return Field(tag, value=content.replace("\\", " "))
    head, *pieces = content.split("$")
    subfields = tuple((piece[0], piece[1:].replace("{dollar}", "$")) for piece in pieces)
    return Field(tag, head.replace("\\", " "), subfields)


def key(name: str) -> list[dict[str, str]]:
    """The rows of `duplicates.csv` or `siblings.csv`."""
    with (province_folder() / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
