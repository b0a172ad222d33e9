"""`/workshop`: the first page behind the sign-in. What needs me, what is at work, how my libraries stand."""

from __future__ import annotations

from typing import Any, Final

from flask import current_app, render_template, request, url_for
from werkzeug.wrappers import Response

from accounts import tokens
from accounts.rights import Act
from catalogue import drafts, feed_checks, overview, runs
from catalogue.store import Store, iso
from foundation.settings import Settings
from harvesting import attention, standing
from harvesting.attention import Matter
from portal.small_charts import progress
from portal.system import JOBS
from portal.twins import values
from portal.workshop import allowed, libraries, who
from union import questions
from union.doubts import REASONS

_SOON: Final = 14 * 86_400
"""Tokens that end within this are told of."""
_PLACES: Final[dict[str, tuple[str, Act]]] = {
    attention.HELD: ("runs.one", Act.RUNS),
    attention.FAILING: ("sources.every", Act.RUNS),
    attention.BATCHES: ("batches.listing", Act.IMPORT),
    attention.RETURNED: ("editor.desk", Act.EDIT),
    attention.DRAFTS: ("editor.desk", Act.PUBLISH),
    attention.QUARANTINE: ("quarantine.every", Act.QUARANTINE),
    attention.DOUBTS: ("duplicates.queue", Act.DECIDE),
    attention.TOKENS: ("organisations.tokens_of", Act.TOKENS),
}
"""Where each matter is seen to, and who may. A screen that this server does not have is not linked to."""
_REFRESH: Final = 10


def page(store: Store, settings: Settings) -> Response | str:
    """The page, or what it says as JSON."""
    seen = [one.code for one in libraries(Act.IMPORT)]
    found = [(one, _address(one)) for one in matters(store, settings)]
    going, working = attention.at_work(store, seen)
    working = working if allowed(Act.SYSTEM) else [one for one in working if one.kind == "import"]
    mine = overview.of(store, seen)
    check = next(iter(feed_checks.latest(store, limit=1)), None)
    resting = attention.resting(store, settings, seen)
    if request.args.get("format") == "json":
        return values(_plain(found, mine, going, resting))
    standings = [(run, standing.run_standing(run)) for run in going]
    return render_template(
        "desk.html", found=found, going=[(run, one, progress(one.received, one.promised)) for run, one in standings],
        resting=resting, working=working, kinds=JOBS, mine=mine, check=check, name=who().name, standing=standing,
        refresh=_REFRESH if going or working else 0, settings=settings,
    )  # fmt: skip


def matters(store: Store, settings: Settings) -> list[Matter]:
    """What waits for the one who asks, as far as they may see to it."""
    seen = [one.code for one in libraries(Act.IMPORT)]
    asked = questions.counts(store, questions.Chosen(mine=tuple(one.code for one in libraries(Act.DECIDE))))
    doubts = sum(asked[reason] for reason in REASONS) if allowed(Act.DECIDE) else 0
    sent, returned = drafts.counted(store, [one.code for one in libraries(Act.PUBLISH)], who().actor)
    found = attention.matters(
        store, settings, seen, doubts=doubts, tokens=_ending(store), drafts=sent, returned=returned
    )
    return [one for one in found if allowed(_PLACES[one.kind][1])]


def _address(one: Matter) -> str:
    endpoint = _PLACES[one.kind][0]
    if endpoint not in current_app.view_functions:
        return ""
    if one.kind == attention.BATCHES and one.number:
        return url_for("batches.batch", number=one.number)
    return url_for(endpoint, number=one.number) if endpoint == "runs.one" else url_for(endpoint)


def _ending(store: Store) -> int:
    """How many tokens of the asker's libraries end soon."""
    if not allowed(Act.TOKENS):
        return 0
    codes = {one.code for one in libraries(Act.TOKENS)}
    with store.read() as connection:
        now = store.now(connection)
    return sum(
        one.library in codes and one.good(now) and one.expires is not None and one.expires - now < _SOON
        for one in tokens.every(store)
    )


def _plain(
    found: list[tuple[Matter, str]], mine: list[overview.Overview], going: list[runs.Run],
    resting: list[tuple[runs.Run, int]],
) -> dict[str, Any]:  # fmt: skip
    return {
        "matters": [
            {"kind": one.kind, "count": one.count, "vi": one.vi, "en": one.en, "url": address} for one, address in found
        ],
        "libraries": [
            {
                "library": one.library.code,
                "records": one.library.records,
                "last_harvest": None if one.last_harvest is None else iso(one.last_harvest),
                "last_import": None if one.last_import is None else iso(one.last_import),
            }
            for one in mine
        ],
        "runs": [one.number for one in going],
        "resting": [{"run": one.number, "source": one.name, "again": iso(again)} for one, again in resting],
    }
