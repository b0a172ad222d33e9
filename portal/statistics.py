"""`/statistics`: uses of a year against the goal, digitised documents, records and harvests; the yearly report."""

from __future__ import annotations

from flask import Blueprint, Response, abort, make_response, render_template, request
from flask_babel import gettext as _

from accounts.rights import Act
from catalogue.store import Store
from foundation.errors import InputError
from foundation.settings import Settings
from portal import charts, figures, listing
from portal.charts import Series
from portal.wording import percent
from portal.workshop import required
from reports import tables, workbook, yearly
from reports.words import DEFINITIONS, USES
from reports.yearly import BESIDE, KINDS, Year


def create(store: Store, settings: Settings) -> Blueprint:
    """The screen and its files."""
    pages = Blueprint("statistics", __name__)

    @pages.get("/statistics")
    @required(Act.STATISTICS)
    def year() -> Response:
        scope = figures.scope(store, Act.STATISTICS)
        try:
            asked = request.args.get("year", "")
            wanted = yearly.year_of(asked) if asked else yearly.this_year(store, settings)
        except InputError:
            abort(404)
        found = yearly.year(store, settings, wanted, scope.owners)
        name = f"thong-ke-{wanted}-{figures.named(scope.owners, scope.chosen)}"
        form = request.args.get("format", "")
        if form == "xlsx":
            owner = scope.chosen.name_vi if scope.chosen else ""
            return figures.file(workbook.yearly(store, settings, found, owner), figures.XLSX, f"{name}.xlsx")
        rows, values = tables.year_rows(found), tables.year_as_values(found, settings)
        program = figures.for_program(form, name, rows, values)
        return program or make_response(_page(store, settings, found, scope))

    return pages


def _page(store: Store, settings: Settings, found: Year, scope: figures.Scope) -> str:
    keys = (*KINDS, *BESIDE)
    labels = [str(month % 100) for month in found.months]
    words = {key: listing.chosen(USES[key]) for key in keys}
    series = [Series(words[key], found.counts[key], place) for place, key in enumerate(KINDS)]
    grown = [found.growth.get(month) for month in found.months]
    low, high = settings.uses_low, settings.uses_high
    return render_template(
        "statistics.html",
        found=found,
        scope=scope,
        years=yearly.years(store, settings),
        kinds=[(words[key], place) for place, key in enumerate(KINDS)],
        beside=[words[key] for key in BESIDE],
        rows=[
            (month, [found.counts[key][place] for key in KINDS], [found.counts[key][place] for key in BESIDE])
            for place, month in enumerate(found.months)
        ],
        totals=([sum(found.counts[key]) for key in KINDS], [sum(found.counts[key]) for key in BESIDE]),
        uses_chart=charts.columns(labels, series, _("Lượt sử dụng theo tháng, năm %(year)s", year=found.year)),
        growth_chart=charts.line(labels, [Series(_("Biểu ghi"), grown, 0)], _("Biểu ghi cuối mỗi tháng")),
        goal=charts.goal(found.uses, low, high, _("Lượt sử dụng so với mục tiêu")) if found.whole and low else "",
        share=charts.goal(found.share.percent, settings.digitised_percent, 100, _("Tỷ lệ đã số hóa so với mục tiêu")),
        definitions=[listing.chosen(one).format(before=settings.heritage_before) for one in DEFINITIONS],
        percent=percent,
        english=listing.english(),
        settings=settings,
    )
