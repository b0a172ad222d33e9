"""One target called on trial: does it answer, what does it say of itself, can its records be read. Nothing is kept."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Final

from foundation.errors import InputError, LienThongError, Problem
from search import box
from z3950_bridge import origin_line, sru_client, together
from z3950_bridge.asking import Count, Stop
from z3950_bridge.peer import SRU, Peer

_RECORDS: Final = 3
_NAMES: Final = 40


@dataclass(frozen=True, slots=True)
class Sample:
    """A record that came."""

    position: int
    title: str
    """Empty for one that could not be read."""
    problems: tuple[Problem, ...] = ()


@dataclass(slots=True)
class Trial:
    """What came of it."""

    place: str
    answers: bool = False
    said: str = ""
    """What it calls itself; of SRU with its version."""
    silent: Problem | None = None
    """An SRU server that explains nothing: many search well all the same."""
    indexes: tuple[str, ...] = ()
    schemas: tuple[str, ...] = ()
    hits: int | None = None
    """Records found; None: nothing was searched for, or the search failed."""
    samples: list[Sample] = field(default_factory=list)
    error: LienThongError | None = None
    """Why it ended early."""

    @property
    def problem(self) -> Problem | None:
        """The same in words."""
        return None if self.error is None else self.error.problem


def attempt(chosen: Peer, words: str = "", seconds: int = 0) -> Trial:
    """Call a target, and search it for `words` as the search box reads them; at most `seconds`, or as its settings say.

    Never raises for what the target does.
    """
    if seconds:
        chosen = replace(chosen, timeout=min(seconds, chosen.timeout))
    made = Trial(chosen.place)
    try:
        _greet(chosen, made)
        if words.strip():
            _search(chosen, words, made)
    except LienThongError as error:
        made.error = error
    return made


def _greet(chosen: Peer, made: Trial) -> None:
    stop = Stop(chosen.name, chosen.timeout)
    if chosen.protocol != SRU:
        made.said = origin_line.greet(chosen, stop)
        made.answers = True
        return
    try:
        found = sru_client.explain(chosen, stop)
    except InputError as error:
        made.answers, made.silent = True, error.problem
        return
    made.answers = True
    made.said = f"{found.title or chosen.place}: SRU {found.version or '?'}"
    made.indexes, made.schemas = tuple(found.indexes[:_NAMES]), tuple(found.schemas[:_NAMES])


def _search(chosen: Peer, words: str, made: Trial) -> None:
    few = replace(chosen, maximum=_RECORDS)
    for event in together.fetch(few, box.parse(words), 1, _RECORDS, Stop(chosen.name, chosen.timeout)):
        if isinstance(event, Count):
            made.hits = event.hits
        elif event.record is None:
            made.samples.append(Sample(event.position, "", tuple(event.problems)))
        else:
            title = next((" ".join(one.all("abnpc")) for one in event.record.select("245")), "–")
            made.samples.append(Sample(event.position, title, tuple(event.problems)))
