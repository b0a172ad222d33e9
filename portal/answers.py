"""What screens of the workshop share when they answer: reasons why something was not done, lists."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from typing import Any

from flask import Response, jsonify, render_template

from foundation.errors import LienThongError, RefusedError
from marc.spreadsheet.cells import protect
from portal.workshop import language


def reason_page(error: LienThongError, back: str) -> tuple[str, int]:
    """The page that says why something was not done, with the way back."""
    status = 409 if isinstance(error, RefusedError) else 400
    return render_template("batch/reason.html", reason=error.text(language()), back=back), status


def listed(form: str, name: str, headings: Sequence[str], rows: Sequence[Sequence[Any]]) -> Response | None:
    """A list as JSON or CSV when `form` asks for that; None when it is to be a page.

    No cell of the CSV is taken for a formula by the program that opens it.
    """
    if form == "json":
        return jsonify({name: [dict(zip(headings, row, strict=True)) for row in rows]})
    if form != "csv":
        return None
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(headings)
    writer.writerows([protect("" if cell is None else str(cell)) for cell in row] for row in rows)
    answer = Response("\ufeff" + out.getvalue(), mimetype="text/csv")
    answer.headers["Content-Disposition"] = f"attachment; filename={name}.csv"
    return answer
