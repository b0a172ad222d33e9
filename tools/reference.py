"""Writes the reference pages `docs/settings.md` and `docs/limits.md` from the code (`make reference`).

Both modules carry each name's explanation as the string below it; this puts the same words into a table, so that page
and program cannot disagree. `tests/test_docs.py` fails while a page is behind.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

from foundation import limits
from foundation.settings import Settings

ROOT = Path(__file__).resolve().parents[1]
TYPES = {"str": "text", "int": "number", "Path": "folder", "tuple[str, ...]": "list"}

SETTINGS = """\
# Settings

Settings stand in `lienthong.toml` in the home directory (or the file that `LIENTHONG_CONFIG` names) and in environment
variables `LIENTHONG_…` with the name in capitals; variables win. A name that is not in this table is refused, so that
a slip of the pen is not silent.

    # lienthong.toml
    base_url = "https://thuvien.example.vn"
    page_records = 200

    LIENTHONG_PAGE_RECORDS=200 lienthong serve

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


def explained(body: list[ast.stmt]) -> Iterator[tuple[str, str, str]]:
    """(name, type, explanation) of each annotated name that has a string below it."""
    for here, below in pairwise(body):
        if isinstance(here, ast.AnnAssign) and isinstance(below, ast.Expr) and isinstance(below.value, ast.Constant):
            yield ast.unparse(here.target), ast.unparse(here.annotation), " ".join(str(below.value.value).split())


def settings_page() -> str:
    module = ast.parse((ROOT / "foundation" / "settings.py").read_text(encoding="utf-8"))
    [body] = [node.body for node in module.body if isinstance(node, ast.ClassDef) and node.name == "Settings"]
    default = Settings()
    rows = []
    for name, kind, text in explained(body):
        value = str(getattr(default, name) or "") if kind.startswith("tuple") else str(getattr(default, name))
        rows.append(f"| `{name}` | {TYPES.get(kind, kind)} | {f'`{value}`' if value else 'empty'} | {text} |")
    return SETTINGS + "\n".join(rows) + "\n"


def limits_page() -> str:
    module = ast.parse((ROOT / "foundation" / "limits.py").read_text(encoding="utf-8"))
    rows = [f"| `{name}` | {amount(name)} | {text} |" for name, _, text in explained(module.body)]
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
