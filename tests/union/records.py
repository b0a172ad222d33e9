"""Records for tests, written as short as they can be."""

from __future__ import annotations

from marc.record import Field, Record
from union import features
from union.features import Features

BOOK = {
    "245": "$aTruyện cổ Tày /$cNông Văn An",
    "100": "$aNông Văn An",
    "260": "$aH. :$bVăn hoá dân tộc,$c2010",
    "300": "$a215 tr.",
}


def record(leader: str = "00000nam a2200000 a 4500", control: str = "x1", **fields: str | list[str]) -> Record:
    """A record of fields as `t245="$aTitle$cName"`; indicators are blank unless they stand before the first $."""
    found = [Field("001", value=control)]
    for name, said in fields.items():
        for text in [said] if isinstance(said, str) else said:
            tag = name[1:]
            if tag.startswith("00"):
                found.append(Field(tag, value=text))
                continue
            head, *pieces = text.split("$")
            found.append(Field(tag, (head + "  ")[:2], tuple((piece[0], piece[1:]) for piece in pieces)))
    return Record.build(leader, sorted(found, key=lambda field: field.tag))


def described(**changes: str | list[str]) -> Features:
    """The features of a common book with some fields changed; an empty text takes a field away."""
    fields: dict[str, str | list[str]] = {f"t{tag}": text for tag, text in BOOK.items()}
    leader = str(changes.pop("leader", "00000nam a2200000 a 4500"))
    fields |= changes
    return features.read(record(leader, **{name: text for name, text in fields.items() if text}))
