"""The twins of a list for programs and spreadsheets: `?format=json` and `?format=csv` of the same address."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from flask import Response, request

_FORMULA: Final = re.compile(r"[=+\-@\t\r]")

Row = Mapping[str, Any]


def twin(rows: Sequence[Row], name: str, **more: Any) -> Response | None:
    """The list in the form that was asked for; None: as a page. `more`: what JSON says beside the list.

    The first row names the columns of the CSV; a value that is a list or a mapping is JSON in its cell.
    """
    wanted = request.args.get("format", "")
    if wanted == "json":
        return values({name: list(rows), **more})
    if wanted != "csv":
        return None
    out = io.StringIO(newline="")
    table = csv.writer(out)
    if rows:
        table.writerow(rows[0])
    for row in rows:
        table.writerow([_cell(value) for value in row.values()])
    answer = Response(b"\xef\xbb\xbf" + out.getvalue().encode(), content_type="text/csv; charset=utf-8")
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return answer


def values(said: Mapping[str, Any]) -> Response:
    """Plain values as JSON."""
    return Response(json.dumps(said, ensure_ascii=False, default=str), content_type="application/json")


def _cell(value: Any) -> str:
    text = "" if value is None else value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    # No number begins with these but a negative one, and no list here has any.
    return f"'{text}" if _FORMULA.match(text) else text
