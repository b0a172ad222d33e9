"""What is wrong with a batch, grouped by kind: what readers noticed, what the rules find, what was refused.

Remarks are noted once, by an errand behind the staging, and anew for whatever is mended. A group is told in one plain
sentence: that of its message, with … for what differs from record to record.
"""

from __future__ import annotations

import re
import string
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from types import ModuleType
from typing import Any, Final

from sqlalchemy import Connection, delete, func, select

from catalogue import bulk, errands, messages, staged
from catalogue.batch_tables import ERROR, MATCH, WARNING, remark
from catalogue.errands import Errand
from catalogue.staged import Staged
from catalogue.store import Store
from catalogue.tables import quarantine
from dublin_core import messages as dublin_core
from foundation import messages as foundation
from foundation.errors import Message
from marc import charset_messages, form_messages
from marc import messages as marc
from marc.proposals import PROPOSING
from marc.rules import NOT_IN_LISTS, RULES, check
from marc.rules.profiles import DEFAULT, Profile
from marc.spreadsheet import messages as spreadsheet

REFUSED: Final = "R"
"""Of a group: these were not taken in at all."""
_QUIET: Final = frozenset((messages.LOCAL_ID_MADE.code,))
"""What readers notice and nobody has to mend."""
_TITLE: Final = 100
_WHERE: Final = re.compile(r"^[^:]*\{(?:row|line)\}[^:]*: ")
_CELL: Final = re.compile(r"(?:dòng|row) [0-9]+, (?:cột|column) [A-Z]+ \(")
_FAR: Final = re.compile(r"^[^:]*(?:biểu ghi thứ|record) [0-9]+[^:]*: ")
_ORDER: Final = {REFUSED: 0, ERROR: 1, WARNING: 2}


@dataclass(frozen=True, slots=True)
class Group:
    """All remarks of one kind."""

    code: str
    severity: str
    """`R` refused, `E` error, `W` worth a look."""
    vi: str
    en: str
    records: int
    mends: bool = False
    """Whether a rule can mend them all by itself."""
    proposes: bool = False
    """Whether a rule knows what most likely should stand there."""

    def sentence(self, language: str) -> str:
        """What is wrong, in one sentence."""
        return self.en if language == "en" else self.vi


@dataclass(frozen=True, slots=True)
class Told:
    """One remark about one record, with its place and its own sentence."""

    code: str
    severity: str
    place: str
    vi: str
    en: str

    def sentence(self, language: str) -> str:
        """What is wrong, in one sentence."""
        return self.en if language == "en" else self.vi


# --- noting ---------------------------------------------------------------------------------------------------
def run(store: Store, errand: Errand, going: Callable[[], bool] = lambda: True, profile: Profile = DEFAULT) -> None:
    """Do an errand of the kind `check`, from where it stands, as long as it is `going`."""
    for some in staged.everything(store, errand.change_set, errand.position):
        with store.write() as connection:
            note(connection, errand.change_set, some, profile)
            errands.advance(connection, errand.number, store.now(connection), some[-1].number, len(some))
        if not going():
            return
    errands.end(store, errand.number)


def note(connection: Connection, change_set: int, some: Sequence[Staged], profile: Profile = DEFAULT) -> None:
    """Note what is wrong with these records, in place of what was noted before; matches with the union stay."""
    numbers = [found.number for found in some]
    mine = (remark.c.change_set_id == change_set) & remark.c.record_id.in_(numbers) & (remark.c.severity != MATCH)
    connection.execute(delete(remark).where(mine))
    rows = [
        (change_set, code, found.number, severity)
        for found in some
        for code, severity in {told.code: told.severity for told in of(found, profile)}.items()
    ]
    bulk.insert(connection, remark, "change_set_id code record_id severity", rows)


def of(found: Staged, profile: Profile = DEFAULT) -> list[Told]:
    """What is wrong with one record, errors first."""
    told = [Told(one["code"], WARNING, _place(one), *map(_near, (one["vi"], one["en"]))) for one in noticed(found)]
    if before := found.other_title:
        other, values = messages.TITLE_OTHER, {"local_id": found.local_id, "before": before[:_TITLE]}
        told.append(Told(other.code, WARNING, "245", other.vi.format(**values), other.en.format(**values)))
    if found.record is not None:
        for finding in check(found.record, profile):
            if found.listed and finding.rule.code in NOT_IN_LISTS:
                continue
            spot, message = finding.spot, finding.rule.message
            place = f"{spot.tag} ${spot.subfield}" if spot.subfield else spot.tag
            seen = finding.evidence("vi"), finding.evidence("en")
            said = [
                f"{text} ({proof})" if proof else text
                for text, proof in zip((message.vi, message.en), seen, strict=True)
            ]
            told.append(Told(finding.rule.code, finding.severity, place, *said))
    return sorted(told, key=lambda one: _ORDER.get(one.severity, 9))


def noticed(found: Staged) -> list[dict[str, Any]]:
    """What the reader of a record noticed and somebody might mend."""
    return [one for one in found.problems if one["code"] not in _QUIET]


def _near(sentence: str) -> str:
    """A kept sentence without the file and the number of the record, beside which it is shown."""
    row = _CELL.search(sentence)
    if row is not None:
        return sentence[row.start() :]
    return _FAR.sub("", sentence, count=1)


def _place(one: dict[str, Any]) -> str:
    code = f"${one['subfield']}" if one["subfield"] else ""
    return str(one.get("heading") or f"{one['tag']} {code}".strip())


# --- telling --------------------------------------------------------------------------------------------------
def groups(store: Store, change_set: int) -> list[Group]:
    """What is wrong with a batch: what was refused first, then the most frequent first."""
    noted = (
        select(remark.c.code, remark.c.severity, func.count())
        .where(remark.c.change_set_id == change_set, remark.c.severity != MATCH)
        .group_by(remark.c.code, remark.c.severity)
    )
    waiting = (quarantine.c.change_set_id == change_set) & quarantine.c.settled.is_(None)
    refused = select(
        quarantine.c.code, func.count(), func.min(quarantine.c.reason_vi), func.min(quarantine.c.reason_en)
    )
    with store.read() as connection:
        found = [_group(code, severity, count) for code, severity, count in connection.execute(noted)]
        for code, count, vi, en in connection.execute(refused.where(waiting).group_by(quarantine.c.code)):
            found.append(_group(code, REFUSED, count, (vi, en)))
    return sorted(found, key=lambda one: (one.severity != REFUSED, -one.records, one.code))


def matches(store: Store, change_set: int) -> dict[str, int]:
    """Outcome of the comparison with the union → records, as far as they have been compared."""
    query = select(remark.c.code, func.count()).where(remark.c.change_set_id == change_set, remark.c.severity == MATCH)
    with store.read() as connection:
        return {code.partition(".")[2]: count for code, count in connection.execute(query.group_by(remark.c.code))}


def match_of(store: Store, change_set: int, number: int) -> tuple[str, str]:
    """(outcome, CODE/LOCAL-ID it resembles) of one record; empty where it was not compared yet."""
    mine = (remark.c.change_set_id == change_set) & (remark.c.record_id == number) & (remark.c.severity == MATCH)
    with store.read() as connection:
        row = connection.execute(select(remark.c.code, remark.c.resembles).where(mine)).first()
    return ("", "") if row is None else (row.code.partition(".")[2], row.resembles)


def note_matches(connection: Connection, change_set: int, found: Iterable[tuple[int, str, str]]) -> None:
    """Keep (record, outcome, CODE/LOCAL-ID it resembles), in place of what was kept before."""
    rows = [(change_set, f"match.{outcome}", number, MATCH, like[:300]) for number, outcome, like in found]
    numbers = [row[2] for row in rows]
    mine = (remark.c.change_set_id == change_set) & (remark.c.severity == MATCH)
    for start in range(0, len(numbers), 500):
        connection.execute(delete(remark).where(mine & remark.c.record_id.in_(numbers[start : start + 500])))
    bulk.insert(connection, remark, "change_set_id code record_id severity resembles", rows)


# --- sentences ------------------------------------------------------------------------------------------------
def _group(code: str, severity: str, records: int, example: tuple[str, str] = ("", "")) -> Group:
    vi, en = plain(code) or example
    rule = _rules().get(code)
    mends = rule is not None and rule.mend is not None
    return Group(code, severity, vi or code, en or code, records, mends, severity != REFUSED and code in PROPOSING)


def plain(code: str) -> tuple[str, str] | None:
    """The sentence of a kind of remark in both languages, None for a code that nobody knows."""
    rule = _rules().get(code)
    found = _messages().get(code) or (None if rule is None else rule.message)
    return None if found is None else (_general(found.vi), _general(found.en))


def _general(template: str) -> str:
    """A message without what differs: "ISBN … sai số kiểm tra"."""
    parts = string.Formatter().parse(_WHERE.sub("", template))
    text = "".join(before + ("…" if name is not None else "") for before, name, _, _ in parts)
    text = re.sub("…+", "…", text.replace(" (…)", "").replace("“…”", "…")).replace("….", "…")
    return text[:1].upper() + text[1:]


@lru_cache(maxsize=1)
def _rules() -> dict[str, Any]:
    return {rule.code: rule for rule in RULES}


@lru_cache(maxsize=1)
def _messages() -> dict[str, Message]:
    rooms: tuple[ModuleType, ...] = (
        foundation,
        marc,
        form_messages,
        charset_messages,
        spreadsheet,
        dublin_core,
        messages,
    )
    return {one.code: one for room in rooms for one in vars(room).values() if isinstance(one, Message)}
