"""A change for many records in one line, and as the trail keeps it: told in the language of whoever reads."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any, Final

from catalogue import remarks
from foundation.errors import InputError
from marc.amendments import INDICATOR, PROPOSAL, REMOVE, REPLACE, RULE, SET, TRIM, Amendment
from portal.wording import language

_MARK: Final = "fix:"
_VALUE: Final = 80
"""Characters of a value that the trail keeps."""


def kept(made: Amendment) -> str:
    """How the trail writes a change down."""
    short = replace(made, old=made.old[:_VALUE], new=made.new[:_VALUE])
    said = {name: value for name, value in short.as_values().items() if value}
    return _MARK + json.dumps(said, ensure_ascii=False, separators=(",", ":"))


def read(text: str) -> str:
    """What the trail wrote down, in words; empty for what is no change."""
    if not text.startswith(_MARK):
        return ""
    try:
        values = json.loads(text.removeprefix(_MARK))
        return told(Amendment.of_values(values).as_values()) if isinstance(values, dict) else ""
    except (ValueError, InputError):
        return ""


def told(values: dict[str, Any]) -> str:
    """One line that says what a change does."""
    made = Amendment(**values) if values else Amendment("")
    english = language() == "en"
    place = f"{made.tag} ${made.code}" if made.code and made.kind != INDICATOR else made.tag
    new, old = made.new.replace(" ", "#") if made.kind == INDICATOR else made.new, made.old
    said = remarks.plain(made.tag) or (made.tag, made.tag)
    words = {
        TRIM: (f"Cắt khoảng trắng và dấu thừa ở {place}", f"Trim {place}"),
        SET: (f"Ghi “{new}” vào {place}", f"Set {place} to “{new}”"),
        REPLACE: (f"Thay “{old}” bằng “{new}” ở {place}", f"Replace “{old}” by “{new}” in {place}"),
        INDICATOR: (f"Chỉ thị {made.code} của {place} thành {new}", f"Indicator {made.code} of {place} to {new}"),
        REMOVE: (f"Bỏ {place}", f"Remove {place}"),
        RULE: (f"Tự sửa: {said[0]}", f"Mend by itself: {said[1]}"),
        PROPOSAL: (f"Ghi theo đề nghị của quy tắc: {said[0]}", f"Write what the rule proposes: {said[1]}"),
    }
    return words.get(made.kind, ("Sửa một biểu ghi", "Edit one record"))[english]
