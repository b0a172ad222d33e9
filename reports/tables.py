"""The figures as JSON and as CSV, for programs and for spreadsheets; names of fields and columns never change."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterable, Sequence
from typing import Any, Final

from foundation.settings import Settings
from reports.quality import Quality, Standing
from reports.yearly import BESIDE, KINDS, Year

_FORMULA: Final = re.compile(r"[=+\-@\t\r]")
Row = Sequence[str | int | float | None]


def as_json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, indent=1).encode() + b"\n"


def as_csv(rows: Iterable[Row]) -> bytes:
    """A table that spreadsheets open: UTF-8 with its mark, and no text that they take for a formula (CWE-1236)."""
    out = io.StringIO(newline="")
    table = csv.writer(out)
    for row in rows:
        cells = ["" if cell is None else cell for cell in row]
        table.writerow([f"'{cell}" if isinstance(cell, str) and _FORMULA.match(cell) else cell for cell in cells])
    return b"\xef\xbb\xbf" + out.getvalue().encode()


def year_rows(found: Year) -> list[Row]:
    """A month to the row: uses by door and kind, their sum, what was given to programs, records at the month's end."""
    names = [f"{door}_{kind}" for door, kind in KINDS]
    given = [f"{door}_{kind}" for door, kind in BESIDE]
    rows: list[Row] = [["month", *names, "uses", *given, "records"]]
    for place, month in enumerate(found.months):
        used = [found.counts[key][place] for key in KINDS]
        taken = [found.counts[key][place] for key in BESIDE]
        rows.append([f"{month // 100}-{month % 100:02}", *used, sum(used), *taken, found.growth.get(month)])
    return rows


def year_as_values(found: Year, settings: Settings) -> dict[str, Any]:
    """Everything of a year."""
    headings, *rows = year_rows(found)
    return {
        "year": found.year,
        "uses": found.uses,
        "uses_last_year": found.before,
        "uses_target": [settings.uses_low, settings.uses_high],
        "uses_forecast": found.forecast,
        "counted_since": None if found.since is None else f"{found.since // 100}-{found.since % 100:02}",
        "left_out": {"robots": found.robots, "repeated": found.repeats},
        "heritage": found.share._asdict() | {"percent": round(found.share.percent, 2)},
        "heritage_target_percent": settings.digitised_percent,
        "records_not_yet_counted": found.behind,
        "months": [dict(zip(map(str, headings), row, strict=True)) for row in rows],
        "downloads": dict(found.downloads),
        "partners": [{"name": name, "records": records} for name, records in found.partners],
        "libraries": [
            {
                "library": one.library.code,
                "name": one.library.name_vi,
                "name_en": one.library.name_en,
                "uses": one.uses,
                "searches": one.searches,
                "views": one.views,
                "downloads": one.downloads,
                "given": one.given,
                "records": one.records,
                "records_last_year": one.records_before,
                "heritage": one.share._asdict() | {"percent": round(one.share.percent, 2)},
                "harvests": one.harvests,
                "harvests_failed": one.failed,
            }
            for one in found.libraries
        ],
    }


def quality_rows(found: Quality) -> list[Row]:
    """A broken rule to the row, with the records of each library."""
    codes = [one.library.code for one in found.libraries if one.library is not None]
    rows: list[Row] = [["rule", "number", "kind", "severity", "fixable", "records", "vi", "en", *codes]]
    for one in found.rules:
        said = one.code, one.number, one.kind, one.severity, int(one.fixable), one.records, *one.names
        rows.append([*said, *(one.libraries.get(code, 0) for code in codes)])
    return rows


def quality_as_values(found: Quality) -> dict[str, Any]:
    """Everything of how quality stands."""
    return {
        "profile": found.profile,
        "records_not_yet_counted": found.behind,
        "all": _standing(found.whole),
        "libraries": [{"library": one.library.code} | _standing(one) for one in found.libraries if one.library],
        "months": [{"month": f"{month // 100}-{month % 100:02}"} | _standing(one) for month, one in found.trend],
        "rules": [
            {
                "rule": one.code,
                "number": one.number,
                "kind": one.kind,
                "severity": one.severity,
                "fixable": one.fixable,
                "records": one.records,
                "libraries": dict(one.libraries),
                "vi": one.names.vi,
                "en": one.names.en,
            }
            for one in found.rules
        ],
    }


def _standing(one: Standing) -> dict[str, Any]:
    return {"records": one.records, "complete": one.clean, "with_errors": one.errors, "with_remarks": one.remarks}
