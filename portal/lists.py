"""Lists of the workshop for programs and spreadsheets: the same rows as JSON or CSV, asked for by `?format=`."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from flask import Response, request

from marc.spreadsheet.cells import protect


def as_asked(name: str, columns: Sequence[str], rows: Iterable[Mapping[str, Any]]) -> Response | None:
    """The rows in the form that is asked for; None when it is the page. `name`: of the file, without its ending.

    In CSV no cell is taken for a formula by the program that opens it; the byte order mark tells it that this is UTF-8.
    """
    wanted = request.args.get("format", "")
    if wanted == "json":
        made = [{column: row[column] for column in columns} for row in rows]
        return Response(json.dumps({name: made}, ensure_ascii=False), content_type="application/json")
    if wanted != "csv":
        return None
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(columns)
    for row in rows:
        writer.writerow(["" if row[column] is None else protect(str(row[column])) for column in columns])
    answer = Response("\ufeff" + out.getvalue(), content_type="text/csv; charset=utf-8")
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return answer
