"""The table of rules: weights of levels for each kind of record, vetoes, thresholds, caps. JSON, versioned, checked.

    {"version": 3,
     "thresholds": {"link": 0.3, "join": 0.0, "review": -2.0, "sure": 4.0},
     "caps": {"block": 50, "cluster": 200},
     "vetoes": {"volume": true, "year": {"serial": false}, …},
     "tables": {"book": {"bias": {"bias": -4.6}, "title": {"equal_long": 0.9, …}, …},
                "serial": {"like": "book", "issn": {"equal": 6.0}, …}}}

A table that is `like` another has its weights but for those it names. The rules that come with the program stand in
`rules.json` beside this file.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

from foundation.errors import FormatError, LimitError
from foundation.limits import UNION_RULES_BYTES
from union import messages
from union.comparison import NAMES
from union.vetoes import VETOES

KINDS: Final = ("book", "vietnamese", "serial", "map", "music", "part", "electronic")
"""The tables: monographs, Vietnamese monographs, serials, cartographic material, music and recordings, component
parts, online editions."""
BIAS: Final = "bias"
_FILE: Final = Path(__file__).with_name("rules.json")
_THRESHOLDS: Final = {"link": 0.0, "join": 0.0, "review": -2.0, "sure": 4.0}
_CAPS: Final = {"block": 50, "cluster": 200}
_LEAST: Final = {"block": 2, "cluster": 2}

Weights = Mapping[str, Mapping[str, float]]


@dataclass(frozen=True)
class Thresholds:
    """Log-odds: `link` to be an edge, `join` the mean between two groups, `review` the least worth showing to a person,
    `sure` above which a library may merge without review."""

    link: float
    join: float
    review: float
    sure: float


@dataclass(frozen=True)
class Rules:
    """One version of the rules. `vetoes` is kind → names of those in force."""

    version: int
    thresholds: Thresholds
    block_cap: int
    cluster_cap: int
    """Descriptions in one cluster, unless people put together more."""
    vetoes: Mapping[str, frozenset[str]]
    tables: Mapping[str, Weights]
    trained: Mapping[str, Any]


def read(data: bytes) -> Rules:
    """The rules of a JSON document in UTF-8. Raises FormatError that names the place, LimitError for a huge one."""
    if len(data) > UNION_RULES_BYTES:
        raise LimitError(messages.RULES_SIZE, limit="UNION_RULES_BYTES", seen=len(data), allowed=UNION_RULES_BYTES)
    try:
        document = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise FormatError(messages.RULES_JSON, reason=str(error)[:100]) from error
    whole = _object(document, "/")
    _known(whole, {"version", "thresholds", "caps", "vetoes", "tables", "trained"}, "/")
    version = whole.get("version")
    if not isinstance(version, int) or isinstance(version, bool) or version < 1:
        raise _wrong("/version", "số nguyên dương / a positive whole number")
    thresholds = _numbers(whole.get("thresholds", {}), _THRESHOLDS, "/thresholds")
    caps = _numbers(whole.get("caps", {}), _CAPS, "/caps")
    for name, least in _LEAST.items():
        if caps[name] < least or caps[name] != int(caps[name]):
            raise _wrong(f"/caps/{name}", f"số nguyên >= {least} / a whole number >= {least}")
    if thresholds["review"] > thresholds["link"]:
        raise _wrong("/thresholds/review", "phải <= link / must be <= link")
    return Rules(
        version,
        Thresholds(**thresholds),
        int(caps["block"]),
        int(caps["cluster"]),
        _vetoes(_object(whole.get("vetoes", {}), "/vetoes")),
        _tables(_object(whole.get("tables"), "/tables")),
        _object(whole.get("trained", {}), "/trained"),
    )


@cache
def shipped() -> Rules:
    """The rules that come with the program."""
    return read(_FILE.read_bytes())


def shipped_document() -> dict[str, Any]:
    """The same as the JSON document, to be changed and written again."""
    document: dict[str, Any] = json.loads(_FILE.read_bytes())
    return document


def _wrong(where: str, reason: str) -> FormatError:
    return FormatError(messages.RULES_SHAPE, where=where[:100], reason=reason)


def _object(value: Any, where: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise _wrong(where, "phải là một đối tượng JSON / must be a JSON object")
    return value


def _known(found: Mapping[str, Any], names: set[str], where: str) -> None:
    for name in found:
        if name not in names:
            known = ", ".join(sorted(names))
            raise _wrong(f"{where.rstrip('/')}/{name[:40]}", f"không có tên này / no such name; {known}")


def _number(value: Any, where: str) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value) or abs(value) > 1e6:
        raise _wrong(where, "phải là số / must be a number")
    return float(value)


def _numbers(value: Any, defaults: Mapping[str, float], where: str) -> dict[str, float]:
    found = _object(value, where)
    _known(found, set(defaults), where)
    return {name: _number(found.get(name, default), f"{where}/{name}") for name, default in defaults.items()}


def _vetoes(found: dict[str, Any]) -> dict[str, frozenset[str]]:
    _known(found, set(VETOES), "/vetoes")
    force: dict[str, set[str]] = {kind: set() for kind in KINDS}
    for name in VETOES:
        said = found.get(name, True)
        if isinstance(said, dict):
            _known(said, set(KINDS), f"/vetoes/{name}")
        by_kind = said if isinstance(said, dict) else dict.fromkeys(KINDS, said)
        for kind in KINDS:
            value = by_kind.get(kind, True)
            if not isinstance(value, bool):
                raise _wrong(f"/vetoes/{name}", "true, false, {kind: true|false}")
            if value:
                force[kind].add(name)
    return {kind: frozenset(names) for kind, names in force.items()}


def _tables(found: dict[str, Any]) -> dict[str, Weights]:
    _known(found, set(KINDS), "/tables")
    if "book" not in found:
        raise _wrong("/tables/book", "thiếu bảng này / this table is missing")
    book = _table(found["book"], "/tables/book", {})
    tables: dict[str, Weights] = {"book": book}
    for kind in KINDS[1:]:
        tables[kind] = _table(found.get(kind, {"like": "book"}), f"/tables/{kind}", {"book": book})
    return tables


def _table(value: Any, where: str, others: Mapping[str, Weights]) -> Weights:
    found = dict(_object(value, where))
    like = found.pop("like", None)
    if like is not None and (not isinstance(like, str) or like not in others):
        raise _wrong(f"{where}/like", "chỉ có thể là book / can only be book")
    _known(found, {BIAS, *NAMES}, where)
    weights: dict[str, dict[str, float]] = {name: dict(of) for name, of in others[like].items()} if like else {}
    for name, levels in found.items():
        own = weights.setdefault(name, {})
        for level, weight in _object(levels, f"{where}/{name}").items():
            own[level] = _number(weight, f"{where}/{name}/{level[:40]}")
    return weights
