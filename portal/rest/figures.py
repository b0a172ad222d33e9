"""Statistics and the quality of the data: the figures of the screens."""

from __future__ import annotations

import re
from typing import Final

from accounts.rights import Act
from foundation.errors import InputError
from portal import desk, figures
from portal.rest import messages
from portal.rest.operation import LIBRARY, PAGED, Answer, Call, Parameter, Rooms, Table
from portal.rest.schema import array, ref, text, thing
from reports import quality, tables, yearly
from reports.shelf import Place

_AFTER: Final = re.compile(r"([0-9]{1,15})-([0-9]{1,15})", re.ASCII)
_YEAR: Final = Parameter("year", text(4, 4, "[0-9]{4}"), "Năm; bỏ trống là năm nay.", "Year; left out: this one.")


def add(table: Table, rooms: Rooms) -> None:
    """Put the rows into the table."""
    store, settings = rooms.store, rooms.settings
    table.group = "figures"

    @table.on(
        "GET",
        "/matters",
        "matters",
        Act.IMPORT,
        "Những việc đang chờ người ở thư viện của khoá: phiên bị phanh, nguồn hỏng, lô chờ duyệt, mẩu cách ly …",
        "What waits for a person at the token's library: runs held, sources that fail, batches, quarantine …",
        thing("*", items=array(ref("Matter"))),
    )
    def waiting(call: Call) -> Answer:
        names = ("kind", "count", "number", "vi", "en")
        found = desk.matters(store, settings)
        return Answer({"items": [{name: getattr(one, name) for name in names} for one in found]})

    @table.on(
        "GET",
        "/statistics",
        "statistics",
        Act.STATISTICS,
        "Lượt sử dụng, số hoá, biểu ghi, thu thập của một năm.",
        "Uses, digitisation, records and harvests of a year.",
        ref("Figures"),
        LIBRARY,
        _YEAR,
    )
    def year(call: Call) -> Answer:
        scope = figures.scope(store, Act.STATISTICS)
        asked = call.query.get("year", "")
        wanted = yearly.year_of(asked) if asked else yearly.this_year(store, settings)
        return Answer(tables.year_as_values(yearly.year(store, settings, wanted, scope.owners), settings))

    @table.on(
        "GET",
        "/quality",
        "quality",
        Act.QUALITY,
        "Quy tắc nào bị vi phạm bao nhiêu, theo thư viện và tháng.",
        "Which rules are broken how often, by library and month.",
        ref("Figures"),
        LIBRARY,
    )
    def overview(call: Call) -> Answer:
        return Answer(
            tables.quality_as_values(quality.quality(store, settings, figures.scope(store, Act.QUALITY).owners))
        )

    @table.on(
        "GET",
        "/quality/{code}",
        "quality_records",
        Act.QUALITY,
        "Những biểu ghi vi phạm một quy tắc.",
        "The records that break a rule.",
        ref("RuleRecords"),
        LIBRARY,
        *PAGED,
    )
    def records(call: Call) -> Answer:
        begun = _AFTER.fullmatch(call.after) if call.after else None
        if call.after and begun is None:
            raise InputError(messages.CURSOR, seen=call.after[:80])
        place = Place(int(begun[1]), int(begun[2])) if begun else None
        owners = figures.scope(store, Act.QUALITY).owners
        names, found = quality.records(store, call.path["code"], owners, place, call.limit + 1)
        shown = found[: call.limit]
        behind = shown[-1].place if len(found) > call.limit else None
        following = None if behind is None else f"{behind.library}-{behind.record}"
        rows = [{"library": one.library, "local_id": one.local_id, "identifier": one.identifier} for one in shown]
        value = {"rule": call.path["code"], "vi": names.vi, "en": names.en, "items": rows, "next": following}
        return Answer(value, following=following)
