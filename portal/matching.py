"""What programs ask of the union: is this record there already, why are two records one, what is a union record.

    POST /api/v1/match              records in any form that is read here; a line of JSON for each comes back
    GET  /api/v1/union/ID           a union record: members, origins of its fields, disagreements, history
    GET  /api/v1/explain?a=&b=      why two records are one edition by the rules and by people, or are not

`match` needs a token with the scope `match`; nothing is kept of what is sent. The answer is newline-delimited JSON and
begins before the last record has come in, so neither side holds a whole file.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from io import RawIOBase
from itertools import islice
from typing import Any, BinaryIO, Final, cast

from flask import Blueprint, Response, request, stream_with_context
from werkzeug.exceptions import HTTPException

from accounts.rights import Act
from catalogue.forms import readings
from catalogue.ingest import describe
from catalogue.store import Store, iso
from foundation.errors import FormatError, LienThongError, LimitError, RefusedError, StoreError
from foundation.limits import MATCH_BYTES, MATCH_RECORDS
from marc import marcjson
from marc.reading import Reading
from marc.record import Record
from portal import problems
from portal.duplicate_messages import MATCH_LARGE, MATCH_MANY, MATCH_NOTHING
from portal.workshop import allowed, language, required, who
from union import alignment, chronicle, kinship, matching, reading, wording
from union.doubts import probability
from union.matching import Match
from union.scoring import Explanation

_LINES: Final = "application/x-ndjson; charset=utf-8"
_AT_ONCE: Final = 100


class _Body(RawIOBase):
    """The body of a request as it comes, at most so many bytes of it."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._seen = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        try:
            data = self._stream.read(len(buffer))
        except (OSError, HTTPException):
            data = b""
        self._seen += len(data)
        if self._seen > MATCH_BYTES:
            raise LimitError(MATCH_LARGE, limit="MATCH_BYTES", seen=self._seen, allowed=MATCH_BYTES)
        buffer[: len(data)] = data
        return len(data)


def create(store: Store) -> Blueprint:
    """The blueprint of the services."""
    door = Blueprint("matching", __name__, url_prefix="/api/v1")

    @door.errorhandler(LienThongError)
    def wrong(error: LienThongError) -> Response:
        return problems.answer(_status(error), error.problem, language())

    @door.post("/match")
    @required(Act.MATCH)
    def match() -> Response:
        if (request.content_length or 0) > MATCH_BYTES:
            raise LimitError(MATCH_LARGE, limit="MATCH_BYTES", seen=request.content_length, allowed=MATCH_BYTES)
        found = _answers(store, who().duties[0].library)
        first = next(found, None)  # what is wrong with the whole is told before the answer begins
        lines = (json.dumps(one, ensure_ascii=False) + "\n" for one in _and(first, found))
        return Response(stream_with_context(lines), content_type=_LINES, headers={"Cache-Control": "no-store"})

    @door.get("/union/<path:name>")
    @required(Act.READ)
    def union(name: str) -> Response:
        return document(union_document(store, reading.find(store, name)))

    @door.get("/explain")
    @required(Act.READ)
    def explain() -> Response:
        return document(pair_document(store, request.args.get("a", ""), request.args.get("b", "")))

    return door


def _status(error: LienThongError) -> int:
    if isinstance(error, StoreError):
        return 503
    if isinstance(error, LimitError):
        return 413
    return 404 if isinstance(error, RefusedError) else 400


def document(value: Any) -> Response:
    """A value as JSON."""
    answer = Response(json.dumps(value, ensure_ascii=False), content_type="application/json")
    answer.vary.add("Accept-Language")
    return answer


def _and(first: dict[str, Any] | None, others: Iterator[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    if first is not None:
        yield first
        yield from others


# --- match ------------------------------------------------------------------------------------------------------------


def _answers(store: Store, library: str) -> Iterator[dict[str, Any]]:
    """One answer for each record, and what they come to. What stops it in the middle is told in the last line."""
    counts: Counter[str] = Counter()
    stream = cast(BinaryIO, _Body(cast(BinaryIO, request.stream)))
    ahead = readings(store, library, stream, request.args.get("name", "records"))
    problem: dict[str, Any] | None = None
    while problem is None:
        some: list[Reading] = []
        try:
            for one in islice(ahead, _AT_ONCE):
                some.append(one)
        except LienThongError as error:
            if not some and not counts:
                raise
            problem = describe(error.problem)
        if counts.total() + len(some) > MATCH_RECORDS:
            some = some[: MATCH_RECORDS - counts.total()]
            over = LimitError(MATCH_MANY, limit="MATCH_RECORDS", seen=MATCH_RECORDS + 1, allowed=MATCH_RECORDS)
            problem = describe(over.problem)
        if not some and problem is None:
            break
        for told in _compared(store, some):
            counts[told["outcome"]] += 1
            yield told
    if not counts:
        raise FormatError(MATCH_NOTHING)
    yield {"summary": dict(counts)} | ({"problem": problem} if problem else {})


def _compared(store: Store, some: list[Reading]) -> Iterator[dict[str, Any]]:
    known = [(one.name or one.record.control("001"), one.record) for one in some if one.record is not None]
    matched = matching.match(store, known)
    for one in some:
        if one.record is None:
            told = {"number": one.number, "outcome": "refused"}
            yield told | {"problems": [describe(problem) for problem in one.problems[-1:]]}
        else:
            yield {"number": one.number} | _told(next(matched))


def _told(one: Match) -> dict[str, Any]:
    told: dict[str, Any] = {"local_id": one.local_id, "outcome": one.outcome}
    if one.outcome == matching.DUPLICATE:
        told["same_as"] = one.candidates[0].union
    candidates = [
        {"union": each.union, "record": each.record} | explanation(each.explanation) for each in one.candidates
    ]
    return told | {"candidates": candidates}


# --- documents --------------------------------------------------------------------------------------------------------


def explanation(found: Explanation) -> dict[str, Any]:
    """The score of a pair with everything it is made of, named in the reader's language."""
    tongue = language()
    return {
        "score": found.score,
        "probability": round(probability(found.score), 4),
        "verdict": found.outcome,
        "rules": found.kind,
        "start": found.bias,
        "levels": [
            {
                "criterion": name,
                "level": level,
                "weight": weight,
                "says": f"{wording.comparison(name, tongue)}: {wording.level(level, tongue)}",
            }
            for name, level, weight in found.levels
        ],
        "vetoes": [{"veto": name, "says": wording.veto(name, tongue)} for name in found.vetoes],
    }


def pair_document(store: Store, a: str, b: str) -> dict[str, Any]:
    """Everything about two records, as `/api/v1/explain` has it. Raises RefusedError for one that there is not."""
    found = reading.pair(store, a, b)
    named = allowed(Act.DECIDE)
    said = [
        {
            "decision": kept.number,
            "verdict": kept.decision.verdict.value,
            "library": kept.decision.library,
            "made": iso(kept.made),
            "withdrawn": None if kept.withdrawn is None else iso(kept.withdrawn),
        }
        | ({"by": kept.decision.by, "why": kept.decision.note} if named else {})
        for kept in found.decisions
    ]
    return {"a": a, "b": b, "together": found.together, "decisions": said} | explanation(found.explanation)


def union_document(store: Store, found: reading.UnionRecord) -> dict[str, Any]:
    """A union record as `/api/v1/union` has it; the names of people only for those who decide, too."""
    merged = None if found.record is None else reading.explained(store, found)
    named = allowed(Act.DECIDE)
    return {
        "number": found.number,
        "identifier": found.identifier,
        "version": found.version,
        "datestamp": iso(found.datestamp),
        "retired": found.retired,
        "leads_to": list(found.leads_to),
        "members": list(found.members),
        "leader": "" if merged is None else f"{merged.leader.library}/{merged.leader.local_id}",
        "record": None if found.record is None else json.loads(marcjson.write(found.record)),
        "origins": [one._asdict() for one in merged.origins] if merged else [],
        "disagreements": [one._asdict() for one in merged.disagreements] if merged else [],
        "editions": [
            {"union": one.identifier, "title": one.said.title, "date": one.said.date, "records": one.records}
            for one in kinship.siblings(store, found.number)
        ],
        "history": [
            {
                "at": iso(one.at),
                "what": one.what,
                "clusters": [identifier for _, identifier in one.clusters],
                "records": list(one.records),
                "decision": one.act or None,
                "library": one.library,
                "withdrawn": None if one.withdrawn is None else iso(one.withdrawn),
            }
            | ({"by": one.by, "why": one.why, "withdrawn_by": one.withdrawn_by} if named else {})
            for one in chronicle.of(store, found.number)
        ],
    }


def aligned(left: Record, right: Record) -> list[dict[str, Any]]:
    """Two records beside each other, as the page of a question has it in JSON."""
    tongue = language()
    return [
        {
            "criterion": row.name,
            "says": wording.comparison(row.name, tongue),
            "marc": row.tags,
            "values": [
                {
                    "a": "".join(piece.text for piece in line.left),
                    "b": "".join(piece.text for piece in line.right),
                    "differs": list(line.kinds),
                }
                for line in row.lines
            ],
        }
        for row in alignment.rows(left, right)
    ]
