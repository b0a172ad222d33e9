"""What is wrong with a source, judged by its own past; and telling those who have to know, once, and when it is over.

`judge` is pure: runs in, reasons out. A source is measured against itself: how long it usually is without news, how
many records it usually has. Who was told is kept after each letter. A process that is killed between the two tells
again rather than never, under the same Message-ID, by which mail programs show it once. A mail server that is away is
left alone until the next look; an address that is turned down is tried less and less often.
"""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Final

from catalogue import alarms, runs, sources
from catalogue.alarms import Alarm
from catalogue.runs import Run
from catalogue.sources import Source
from catalogue.store import Store, iso
from foundation import addresses, mail
from foundation.errors import LienThongError, PeerError, Problem
from foundation.limits import RETRY_SECONDS
from foundation.network import Budget, Client, Line
from foundation.settings import Settings
from harvesting import messages
from harvesting.opening import agent, common

_log = logging.getLogger("lienthong.alarms")

SILENT, FEWER, REJECTED, BRAKE, FAILING = "silent", "fewer", "rejected", "brake", "failing"
HISTORY: Final = 60
"""Runs of a source that its habits are read from."""
_DAY: Final = 86_400
_INTERVALS: Final = 4
"""How often a source must have brought news before it has a habit."""
_FEWER: Final = 10
"""Per cent by which a full harvest may be smaller than the one before."""
_REJECTED: Final = 5
"""Per cent of what was read that may be quarantined."""
_REJECTED_RECORDS: Final = 5
_FAILURES: Final = 3

Teller = Callable[[str, Alarm, bool], None]
"""Tells an address of an alarm, or that it is over. Raises LienThongError when that did not work."""


def judge(history: Sequence[Run], now: int) -> dict[str, Problem]:
    """What is wrong with a source whose newest runs are `history`, newest first: kind → reason."""
    if not history:
        return {}
    found: dict[str, Problem] = {}
    last = history[0]
    if last.state == runs.WAITING:
        found[BRAKE] = Problem(messages.ALARM_BRAKE, values={"run": last.number})
    failed = _failures(history)
    if failed >= _FAILURES:
        reason = last.said[-1] if last.said else {"vi": "–", "en": "–"}
        values = {"times": failed, "reason": f"{reason['vi']} / {reason['en']}"}
        found[FAILING] = Problem(messages.ALARM_FAILING, values=values)
    done = [one for one in history if one.state == runs.DONE]
    if (silent := _silence(done, now)) is not None:
        found[SILENT] = silent
    full = [one.counts.get("read", 0) for one in done if one.kind in ("full", "compare")][:2]
    if len(full) == 2 and full[0] * 100 < full[1] * (100 - _FEWER):
        found[FEWER] = Problem(messages.ALARM_FEWER, values={"now": full[0], "before": full[1]})
    ended = next((one for one in history if one.state in (runs.DONE, runs.FAILED)), None)
    if ended is not None:
        read, refused = ended.counts.get("read", 0), ended.counts.get("quarantined", 0)
        if refused >= _REJECTED_RECORDS and refused * 100 > read * _REJECTED:
            values = {"refused": refused, "read": read, "run": ended.number}
            found[REJECTED] = Problem(messages.ALARM_REJECTED, values=values)
    return found


def _failures(history: Sequence[Run]) -> int:
    """How often in a row the source could not be harvested: runs that failed, and cuts of the one that goes on."""
    times = history[0].position.get("cuts", 0) if history[0].state == runs.CUT else 0
    for one in history[1 if history[0].state == runs.CUT else 0 :]:
        if one.state != runs.FAILED:
            break
        times += 1
    return int(times)


def _silence(done: Sequence[Run], now: int) -> Problem | None:
    """A source that used to bring something every so often and has not for twice its longest pause."""
    news = [one.started for one in done if any(one.counts.get(name, 0) for name in ("new", "changed", "deleted"))]
    pauses = [later - sooner for later, sooner in pairwise(news)]
    if len(pauses) < _INTERVALS or not done:
        return None
    longest, silent = max(*pauses, _DAY), now - news[0]
    if silent <= 2 * longest:
        return None
    return Problem(messages.ALARM_SILENT, values={"days": silent // _DAY, "usual": -(-longest // _DAY)})


# --- telling ------------------------------------------------------------------------------------------------


def watch(store: Store, settings: Settings, tell: Teller | None = None) -> None:
    """Look at every source, keep what is wrong and what is over, and tell who has to know. Raises StoreError."""
    with store.read() as connection:
        now = store.now(connection)
    every = {one.number: one for one in sources.every(store)}
    for source in every.values():
        _look(store, source, now)
    teller = tell or (lambda who, one, over: deliver(settings, who, one, over))
    away = False
    for one in alarms.unfinished(store):
        over = one.cleared is not None
        if not over and one.source not in every:  # removed since
            continue
        wanted = set(one.told) - set(one.told_over) if over else recipients(settings, every[one.source])
        heard: list[str] = []
        for who in sorted(wanted - set(() if over else one.told)):
            mailed = not who.startswith(("http://", "https://"))
            if (mailed and away) or now < _next(store, who):
                continue
            try:
                teller(who, one, over)
            except LienThongError as error:
                _log.warning("alarm %s of %s is not told to %s: %s", one.kind, one.name, who, error.text("en"))
                away = away or mail.is_away(error)
                if not mail.is_away(error):
                    _turned_down(store, who, now)
                continue
            heard.append(who)
            alarms.told(store, one, heard, over=over)
            if alarms.recall(store, _waits(who)):
                alarms.remember(store, _waits(who), "")


def look(store: Store, number: int) -> None:
    """Look at one source at once: a person has decided what it was alarmed about. Raises StoreError."""
    with store.read() as connection:
        now = store.now(connection)
    _look(store, sources.get(store, number), now)


def _look(store: Store, source: Source, now: int) -> None:
    wrong = judge(runs.latest(store, source.number, HISTORY), now)
    if source.state:  # it rests, so that it is silent is no news
        wrong.pop(SILENT, None)
    alarms.turn(store, source.number, {kind: (one.text("vi"), one.text("en")) for kind, one in wrong.items()})


def _waits(who: str) -> str:
    """Under which name is kept how often in a row an address turned us down, and when it is tried again."""
    return f"tell {hashlib.sha256(who.encode()).hexdigest()[:32]}"


def _next(store: Store, who: str) -> int:
    return int(alarms.recall(store, _waits(who)).partition(" ")[2] or 0)


def _turned_down(store: Store, who: str, now: int) -> None:
    """The first time it is tried again at the next look; then after two minutes, four, and so on up to six hours."""
    times = int(alarms.recall(store, _waits(who)).partition(" ")[0] or 0) + 1
    wait = 0 if times == 1 else min(RETRY_SECONDS, 60 * 2 ** min(times - 1, 12))
    alarms.remember(store, _waits(who), f"{times} {now + wait}")


def recipients(settings: Settings, source: Source) -> set[str]:
    """Whom to tell of trouble with a source."""
    return {*settings.notify, *common(source, "notify")}


def deliver(settings: Settings, who: str, one: Alarm, over: bool) -> None:
    """Tell one address. Raises PeerError when it cannot be reached, RefusedError when it may not be."""
    if who.startswith(("http://", "https://")):
        post(settings, who, one, over)
        return
    word = ("đã hết", "over") if over else ("cảnh báo", "alarm")
    subject = f"[Liên Thông] {one.name}: {word[0]} – {one.kind}"
    moment = iso(one.cleared if over and one.cleared is not None else one.raised)
    vi = f"Nguồn {one.name} (thư viện {one.library}), {moment}:\n{one.reason_vi}\n"
    en = f"Source {one.name} (library {one.library}), {moment}:\n{one.reason_en}\n"
    if over:
        vi, en = f"Việc sau đây đã hết.\n\n{vi}", f"The following is over.\n\n{en}"
    more, event = f"lienthong harvest status {one.name}", f"alarm {one.number} {'over' if over else 'raised'}"
    told = f"{vi}\nXem thêm: màn hình Nguồn thu thập, hoặc {more}\n\n---\n\n{en}\nSee the screen Sources, or {more}\n"
    mail.send(settings, who, subject, told, event)


def post(settings: Settings, address: str, one: Alarm, over: bool) -> None:
    """Send an alarm to a webhook as JSON. Raises PeerError for any status but 2xx."""
    body = json.dumps(
        {
            "event": "over" if over else "raised",
            "alarm": one.number,
            "kind": one.kind,
            "source": one.name,
            "library": one.library,
            "vi": one.reason_vi,
            "en": one.reason_en,
            "raised": iso(one.raised),
            "over": None if one.cleared is None else iso(one.cleared),
        },
        ensure_ascii=False,
    ).encode()
    line = Line(
        allowed=addresses.networks(settings.notify_allow),
        agent=agent(settings),
        budget=Budget(connect_seconds=10, idle_seconds=20, total_seconds=30, plain_bytes=1_000_000),
    )
    headers = {"Content-Type": "application/json; charset=utf-8"}
    with (
        Client(line) as client,
        client.request(address, method="POST", body=body, headers=headers) as answer,
    ):
        if not 200 <= answer.status < 300:
            raise PeerError(messages.STATUS, status=answer.status, url=address, attempts=1)
