"""Writes the reference pages `docs/settings.md` and `docs/limits.md` from the code (`make reference`).

Both modules carry each name's explanation as the string below it; this puts the same words into a table, so that page
and program cannot disagree. `tests/test_docs.py` fails while a page is behind.
"""

from __future__ import annotations

import inspect
from pathlib import Path

from foundation import limits, settings_told
from foundation.settings import Settings
from foundation.settings_told import documented

ROOT = Path(__file__).resolve().parents[1]
TYPES = {"str": "text", "int": "number", "Path": "folder", "tuple[str, ...]": "list"}

SETTINGS = """\
# Settings

Settings stand in `lienthong.toml` in the home directory (or the file that `LIENTHONG_CONFIG` names, which must be
there then) and in environment variables `LIENTHONG_…` with the name in capitals; variables win. A name that is not in
this table and a value that makes no sense are refused, so that a slip of the pen is not silent.

    # lienthong.toml
    base_url = "https://thuvien.example.vn"
    page_records = 200

    LIENTHONG_PAGE_RECORDS=200 lienthong serve

What is in force, with the same explanations, is on the screen *Hệ thống* → *Thiết đặt đang dùng*.

"""
HEAD = """\
| name | type | default | meaning |
|---|---|---|---|
"""

LIMITS = """\
# Limits

Bounds that guard time, memory and disk against hostile or damaged input. They are not settings: each is chosen so that
no honest input we have seen comes near it. An error names the limit as it is written here, the value seen and the
value allowed.

| limit | value | reason |
|---|---|---|
"""


def settings_page() -> str:
    default, told = Settings(), settings_told.told()
    kinds = {name: kind for name, kind, _ in documented(inspect.getsource(Settings))}
    parts = []
    for group in settings_told.GROUPS:
        parts.append(f"## {group.en} / {group.vi}\n\n{HEAD}" if group.en != group.vi else f"## {group.en}\n\n{HEAD}")
        for name in group.meanings:
            kept = getattr(default, name)
            value = str(kept or "") if isinstance(kept, tuple) else str(kept)
            kind = TYPES.get(kinds[name], kinds[name])
            meaning = f"{told[name].en}<br>{told[name].vi}"
            parts.append(f"| `{name}` | {kind} | {f'`{value}`' if value else 'empty'} | {meaning} |\n")
        parts.append("\n")
    return SETTINGS + "".join(parts).rstrip() + "\n"


def limits_page() -> str:
    source = (ROOT / "foundation" / "limits.py").read_text(encoding="utf-8")
    rows = [f"| `{name}` | {amount(name)} | {text} |" for name, _, text in documented(source)]
    return LIMITS + "\n".join(rows) + "\n"


def amount(name: str) -> str:
    """The value in the unit that its name speaks of, as people write it."""
    value = getattr(limits, name)
    if name.endswith(("_BYTES", "_FLOOR", "_CHUNK")):
        for unit, size in (("GiB", limits.GIB), ("MiB", limits.MIB), ("KiB", limits.KIB)):
            if value % size == 0:
                return f"{value // size:,} {unit}"
    return f"{value:,}"


PAGES = {"docs/settings.md": settings_page, "docs/limits.md": limits_page}


if __name__ == "__main__":
    for path, page in PAGES.items():
        (ROOT / path).write_text(page(), encoding="utf-8")
