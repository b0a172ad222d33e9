"""Values of cells as text, the letters of columns, and text that no spreadsheet program takes for a formula."""

from __future__ import annotations

import datetime
import re

Value = int | float | str | bool | datetime.time | datetime.date | datetime.datetime | datetime.timedelta

_FORMULA = re.compile(r"'*[=+\-@\t\r]")
"""What a program may take for a formula (OWASP, CSV Injection), or what `protect` has made of it."""


def text(value: Value) -> str:
    """A cell as its reader sees it. Excel keeps every number as a float: 2014.0 is the year 2014, 9.786E+12 an ISBN.

    Dates are written as ISO 8601, a time of midnight is left out.
    """
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if isinstance(value, datetime.datetime) and value.time() == datetime.time():
        return value.date().isoformat()
    return str(value)


def letter(column: int) -> str:
    """The name of a column, counted from 0: A, B, … Z, AA."""
    name = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(ord("A") + rest) + name
    return name


def number(letters: str) -> int:
    """The column of a name, counted from 0; the inverse of `letter`."""
    column = 0
    for sign in letters.upper():
        column = column * 26 + ord(sign) - ord("A") + 1
    return column - 1


def protect(cell: str) -> str:
    """`cell` with an apostrophe before it where a program would take it for a formula; `unprotect` takes it away."""
    return "'" + cell if _FORMULA.match(cell) else cell


def unprotect(cell: str) -> str:
    """What `protect` was given. Excel shows such an apostrophe as "this is text", so foreign files have it too."""
    return cell[1:] if cell.startswith("'") and _FORMULA.match(cell) else cell
