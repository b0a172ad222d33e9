"""`/quality`: which rules are broken how often, by library and month; `/quality/<code>`: the records behind it."""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from flask import Blueprint, Response, abort, make_response, render_template, request
from flask_babel import gettext as _

from accounts.rights import Act
from catalogue import contents
from catalogue.contents import Content
from catalogue.store import Store
from catalogue.uses import month_of
from dublin_core.citation import citation
from dublin_core.kinds import Names
from foundation.errors import RefusedError
from foundation.settings import Settings
from harvesting.schedule import zone
from marc import rules
from marc.rules.profiles import Profile, profile
from portal import charts, figures, listing, workshop
from portal.charts import Series
from portal.wording import percent
from portal.workshop import required
from reports import quality as standing
from reports import quality_workbook, shelf, tables
from reports.quality import KINDS, Quality
from reports.shelf import Listed, Place
from reports.traits import BY_CODE, ERRORS, REMARKS
from reports.words import SEVERITIES

LISTED: Final = 50
"""Records of one page: each is read and looked at again, to show what is wrong in it."""
_SHOWN: Final = 3
"""Places of one record that are shown; how many more there are is said."""
_SEVERITY: Final = {ERRORS: "E", REMARKS: "W"}
_WITH_PLACES: Final = BY_CODE.keys() | _SEVERITY.keys()
"""Codes that say that something is wrong in a record."""
_AFTER: Final = re.compile(r"([0-9]{1,15})-([0-9]{1,15})")


class Row(NamedTuple):
    """One record of a list."""

    identifier: str
    title: str
    library: str
    local_id: str
    places: list[tuple[str, str]]
    """Where it breaks a rule and what stands there; and which rule, where the list is of several."""
    more: int
    """Places that are not shown."""


def create(store: Store, settings: Settings, base_url: str) -> Blueprint:
    """The screen and its lists. `base_url` has no slash at its end."""
    pages = Blueprint("quality", __name__)
    chosen_profile = profile(settings.quality_profile)

    @pages.get("/quality")
    @required(Act.QUALITY)
    def overview() -> Response:
        scope = figures.scope(store, Act.QUALITY)
        form, name = request.args.get("format", ""), f"chat-luong-{figures.named(scope.owners, scope.chosen)}"
        if form == "xlsx":
            data = quality_workbook.workbook(store, settings, base_url, scope.owners)
            return figures.file(data, figures.XLSX, f"{name}.xlsx")
        found = standing.quality(store, settings, scope.owners)
        rows, values = tables.quality_rows(found), tables.quality_as_values(found)
        program = figures.for_program(form, name, rows, values)
        return program or make_response(_page(found, scope, settings))

    @pages.get("/quality/<code>")
    @required(Act.QUALITY)
    def records(code: str) -> Response:
        scope = figures.scope(store, Act.QUALITY)
        after = _AFTER.fullmatch(request.args.get("after", ""))
        place = Place(int(after[1]), int(after[2])) if after else None
        form = request.args.get("format", "")
        try:
            names, found = standing.records(store, code, scope.owners, place, LISTED + 1)
        except RefusedError:
            abort(404)
        shown = found[:LISTED]
        behind = shown[-1].place if len(found) > LISTED else None
        said = [("library", "local_id", "identifier", "url")] + [
            (one.library, one.local_id, one.identifier, f"{base_url}/record/{one.identifier}") for one in shown
        ]
        values = {
            "rule": code,
            "vi": names.vi,
            "en": names.en,
            "records": [dict(zip(said[0], row, strict=True)) for row in said[1:]],
            "after": f"{behind.library}-{behind.record}" if behind else None,
        }
        if (program := figures.for_program(form, f"quy-tac-{code}", said, values)) is not None:
            return program
        read = {one.number: one for one in contents.shown(store, [one.place.record for one in shown])}
        page = render_template(
            "quality_records.html",
            code=code,
            rule=BY_CODE.get(code),
            with_places=code in _WITH_PLACES,
            words=listing.chosen(names),
            rows=[_row(one, read.get(one.place.record), code, chosen_profile) for one in shown],
            scope=scope,
            count=_count(store, code, scope),
            after=values["after"],
            begun=place is not None,
            trend=_trend(store, settings, code, scope),
            english=listing.english(),
            severities={name: listing.chosen(one) for name, one in SEVERITIES.items()},
            settings=settings,
        )
        return make_response(page)

    return pages


def _page(found: Quality, scope: figures.Scope, settings: Settings) -> str:
    kind, by = request.args.get("kind", ""), profile(found.profile)
    trend = found.trend
    labels = [str(month % 100) for month, _one in trend]
    series = [
        Series(_("Không vi phạm"), [one.clean for _month, one in trend], 0),
        Series(_("Chỉ nên xem"), [one.remarks for _month, one in trend], 3),
        Series(_("Có lỗi"), [one.errors for _month, one in trend], 4),
    ]
    return render_template(
        "quality.html",
        found=found,
        scope=scope,
        rules=[one for one in found.rules if kind not in KINDS or one.kind == kind],
        kind=kind if kind in KINDS else "",
        kinds={name: listing.chosen(one) for name, one in KINDS.items()},
        severities={name: listing.chosen(one) for name, one in SEVERITIES.items()},
        series=series,
        chart=charts.columns(labels, series, _("Biểu ghi cuối mỗi tháng, theo kết quả kiểm tra")),
        profile=listing.chosen(Names(by.vi, by.en)),
        percent=percent,
        english=listing.english(),
        settings=settings,
    )


def _row(one: Listed, content: Content | None, code: str, by: Profile) -> Row:
    if content is None:  # it went between the two questions
        return Row(one.identifier, "", one.library, one.local_id, [], 0)
    language = workshop.language()
    places = []
    for finding in rules.check(content.record, by) if code in _WITH_PLACES else ():
        if finding.rule.code == code or finding.severity == _SEVERITY.get(code):
            spot = finding.spot
            where = f"{spot.tag} ${spot.subfield}" if spot.subfield else spot.tag
            rule = finding.rule.message
            told = "" if finding.rule.code == code else f" – {listing.chosen(Names(rule.vi, rule.en))}"
            places.append((f"{where}: {finding.evidence(language)}".strip(": "), told))
    title = citation(content.record).title
    return Row(one.identifier, title, one.library, one.local_id, places[:_SHOWN], max(0, len(places) - _SHOWN))


def _count(store: Store, code: str, scope: figures.Scope) -> int:
    counts = shelf.counts(store)
    return sum(some.get(code, 0) for owner, some in counts.items() if scope.owners is None or owner in scope.owners)


def _trend(store: Store, settings: Settings, code: str, scope: figures.Scope) -> list[tuple[int, int]]:
    """Month and records at its end, of the last year."""
    with store.read() as connection:
        last = month_of(store.now(connection), zone(settings.timezone))
    return sorted(shelf.months(store, [code], last - 100, last, scope.owners)[code].items())
