"""What a person does with sources and runs: the same for the command line and for web pages.

Everything here takes plain values and returns plain values; who may do it is asked before.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

from catalogue import alarms, runs, sources, undo
from catalogue.runs import Run
from catalogue.sources import Source
from catalogue.store import Store
from foundation import addresses
from foundation.errors import InputError, RefusedError
from foundation.network import resolve
from foundation.settings import Settings
from foundation.sftp import judge_secret
from harvesting import alarms as judging
from harvesting import course, kinds, messages
from harvesting.opening import USUAL, Conditions, means, opened, vault

DUE: Final = "due"
"""Of `Source.wanted`: whatever kind of run is due."""


def add(
    store: Store,
    settings: Settings,
    code: str,
    name: str,
    values: dict[str, Any],
    password: str = "",
    kind: str = kinds.OAI,
) -> Source:
    """A new source of the library `code`; `values` are those of the settings of its kind, the password apart.

    Raises InputError for a value that is none, RefusedError for a name that is taken or a library that is not known.
    """
    return kinds.add(store, means(settings), code, name, kind, values | ({"password": password} if password else {}))


def change(store: Store, settings: Settings, name: str, values: dict[str, Any], password: str = "") -> Source:
    """Give some settings of a source other values; the others stay. Raises as `add`."""
    found = _there(store, name)
    if password:
        judge_secret(password)
    locked = {"password": vault(settings).lock(password, name)} if password else {}
    sources.change(store, found.number, kinds.kind(found.kind).check(found.settings | values | locked))
    return sources.named(store, name)


def rest(store: Store, name: str) -> Source:
    """Let a source rest: nothing is harvested before a person asks for it; a run at work rests behind its next page.

    Raises RefusedError when there is none of this name, or it was removed.
    """
    found = _there(store, name)
    sources.set_state(store, found.number, sources.PAUSED)
    _quiet(store, found)
    return sources.named(store, name)


def wake(store: Store, name: str) -> Source:
    """Let a source that rested be harvested again when it is due. Raises as `rest`."""
    found = _there(store, name)
    sources.set_state(store, found.number, "")
    last = runs.unfinished(store, found.number)
    if last is not None and last.state == runs.PAUSED:
        sources.want(store, found.number, runs.RESUME)
    return sources.named(store, name)


def remove(store: Store, name: str) -> Source:
    """Take a source out of all lists. Its records stay shown, and `restore` brings it back as it was.

    Raises as `rest`, and while one of its runs waits for a person.
    """
    found = _there(store, name)
    last = runs.unfinished(store, found.number)
    if last is not None and last.state == runs.WAITING:
        raise RefusedError(messages.WAITING_FOR_PERSON, run=last.number, name=name)
    sources.set_state(store, found.number, sources.REMOVED)
    _quiet(store, found)
    alarms.turn(store, found.number, {})
    return sources.named(store, name)


def restore(store: Store, name: str) -> Source:
    """Bring back a source that was removed; it rests until it is woken. Raises RefusedError when it was not removed."""
    found = sources.named(store, name)
    if found.state != sources.REMOVED:
        raise RefusedError(messages.SOURCE_STATE, name=name, state=found.state or "–")
    sources.set_state(store, found.number, sources.PAUSED)
    return sources.named(store, name)


def _there(store: Store, name: str) -> Source:
    found = sources.named(store, name)
    if found.state == sources.REMOVED:
        raise RefusedError(messages.SOURCE_REMOVED, name=name)
    return found


def _quiet(store: Store, source: Source) -> None:
    """Let its run rest, if one is open and not resting."""
    last = runs.unfinished(store, source.number)
    if last is not None and last.state in (runs.RUNNING, runs.CUT):
        pause(store, last.number)


def private_addresses(url: str) -> tuple[str, ...]:
    """The private addresses that a URL leads to now: what has to be allowed for it, and nothing more.

    Raises InputError when its host has no address now.
    """
    at = addresses.url(url, (*addresses.WEB, *addresses.SFTP))
    try:
        found = [ipaddress.ip_address(text.partition("%")[0]) for text in resolve(at.host, at.port)]
    except (OSError, UnicodeError) as error:
        raise InputError(messages.NOT_RESOLVED, host=at.host) from error
    return tuple(str(one) for one in found if not addresses.is_public(one))


# --- runs ---------------------------------------------------------------------------------------------------


def run(store: Store, settings: Settings, source: Source, kind: str = "", conditions: Conditions = USUAL) -> Run:
    """Harvest a source here and now, or go on with its unfinished run; returns the run in the state it is left in.

    Raises RefusedError when another process is at it or a run waits for a person, StoreError.
    """
    with opened(store, settings, source, conditions) as harvestable:
        return harvestable.go(kind)


def ask(store: Store, name: str, kind: str = DUE) -> Source:
    """Ask a worker to harvest a source now. Raises RefusedError when there is none of this name or a run waits."""
    found = _there(store, name)
    last = runs.unfinished(store, found.number)
    if last is not None and last.state == runs.WAITING:
        raise RefusedError(messages.WAITING_FOR_PERSON, run=last.number, name=name)
    sources.want(store, found.number, runs.RESUME if last is not None and last.state == runs.PAUSED else kind)
    return sources.named(store, name)


def pause(store: Store, number: int) -> Run:
    """Let a run rest, at once when nobody is at it, else behind its next page. Raises RefusedError when it is over."""
    with _alone(store, number, *runs.OPEN) as (found, alone):
        if not alone:
            return runs.wish(store, number, runs.PAUSE)
        runs.end(store, found.number, runs.PAUSED)
    return runs.get(store, number)


def resume(store: Store, number: int) -> Run:
    """Ask a worker to go on with a run. Raises RefusedError when it cannot go on."""
    found = resumable(store, number)
    _there(store, found.name)
    sources.want(store, found.source, runs.RESUME)
    return found


def resumable(store: Store, number: int) -> Run:
    """The run `number`, if it can go on. Raises RefusedError when it is over, waits, or is not the newest."""
    found = _in(store, number, *runs.OPEN)
    newest = runs.latest(store, found.source, 1)[0]
    if newest.number != number:
        raise RefusedError(messages.NOT_NEWEST, run=number, name=found.name, newest=newest.number)
    return found


def stop(store: Store, number: int) -> Run:
    """End a run and drop what it staged; nobody has seen it. Raises RefusedError when it is over."""
    with _alone(store, number, *runs.OPEN, runs.WAITING) as (found, alone):
        left = course.stop(store, found) if alone else runs.wish(store, number, runs.STOP)
    judging.look(store, left.source)
    return left


def release(store: Store, number: int) -> Run:
    """Publish what the brake held. Raises RefusedError when the run does not wait."""
    with _alone(store, number, runs.WAITING) as (found, alone):
        if not alone:
            raise RefusedError(messages.BUSY, name=found.name)
        left = course.release(store, found)
    judging.look(store, left.source)
    return left


def undo_run(store: Store, number: int, force: bool = False) -> int:
    """Take back what a run brought; returns the number of the change set that did it.

    Raises RefusedError when nothing of it is published, or later changes would be lost (see `catalogue.undo`).
    """
    found = runs.get(store, number)
    if found.undone:
        raise RefusedError(messages.UNDONE_ALREADY, run=number, name=found.name)
    if found.state not in (runs.DONE, runs.FAILED) or found.change_set is None or not runs.brought(found):
        raise RefusedError(messages.NOTHING_TO_UNDO, run=number)
    return undo.undo(store, found.change_set, force)[0]


def _in(store: Store, number: int, *states: str) -> Run:
    found = runs.get(store, number)
    if found.state not in states:
        raise runs.refused(found)
    return found


@contextmanager
def _alone(store: Store, number: int, *states: str) -> Iterator[tuple[Run, bool]]:
    """The run, and whether nobody is at its source; if so nobody will be as long as this lasts."""
    found = _in(store, number, *states)
    with store.locks.hold(f"source-{found.source}", wait=0) as alone:
        yield (_in(store, number, *states) if alone else found), alone
