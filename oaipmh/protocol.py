"""Requests (sections 3.1.1 and 4): a query string or form body in, a `Request` or a `Refusal` out. No I/O.

The promise of this module: whatever bytes come, `parse` returns one of the two. What it lets through can be repeated
in the attributes of the `request` element without making the answer invalid against OAI-PMH.xsd.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import unquote_to_bytes

from foundation.limits import OAI_ARGUMENTS
from oaipmh.dates import Moment, parse_datestamp
from oaipmh.errors import Code, OaiError, Refusal, shown


class Verb(StrEnum):
    """The six requests, section 4."""

    GET_RECORD = "GetRecord"
    IDENTIFY = "Identify"
    LIST_IDENTIFIERS = "ListIdentifiers"
    LIST_METADATA_FORMATS = "ListMetadataFormats"
    LIST_RECORDS = "ListRecords"
    LIST_SETS = "ListSets"


LISTS = frozenset({Verb.LIST_IDENTIFIERS, Verb.LIST_RECORDS})
"""The requests whose answers may be large."""


@dataclass(frozen=True, slots=True)
class Request:
    """A legal request. Arguments that were not sent are empty or None."""

    verb: Verb
    arguments: tuple[tuple[str, str], ...]
    """As sent, without the verb, in the order of `_ORDER`: the attributes of the `request` element (3.2)."""
    identifier: str = ""
    prefix: str = ""
    set_spec: str = ""
    since: int | None = None
    until: int | None = None
    token: str = ""


@dataclass(frozen=True, slots=True)
class _Signature:
    required: frozenset[str]
    optional: frozenset[str]


_LIST = _Signature(frozenset({"metadataPrefix"}), frozenset({"from", "until", "set", "resumptionToken"}))
_NONE: frozenset[str] = frozenset()
_SIGNATURES = {
    Verb.GET_RECORD: _Signature(frozenset({"identifier", "metadataPrefix"}), _NONE),
    Verb.IDENTIFY: _Signature(_NONE, _NONE),
    Verb.LIST_IDENTIFIERS: _LIST,
    Verb.LIST_METADATA_FORMATS: _Signature(_NONE, frozenset({"identifier"})),
    Verb.LIST_RECORDS: _LIST,
    Verb.LIST_SETS: _Signature(_NONE, frozenset({"resumptionToken"})),
}
_ORDER = ("identifier", "metadataPrefix", "from", "until", "set", "resumptionToken")

_BROKEN_ESCAPE = re.compile(rb"%(?![0-9A-Fa-f]{2})")
# No argument of the protocol holds a control character, and XML 1.0 cannot carry most of them.
_FORBIDDEN = re.compile("[\x00-\x1f\x7f-\x9f\ufffe\uffff]")
_PREFIX = re.compile(r"[A-Za-z0-9\-_.!~*'()]+")  # OAI-PMH.xsd metadataPrefixType
_SET = re.compile(r"[A-Za-z0-9\-_.!~*'()]+(?::[A-Za-z0-9\-_.!~*'()]+)*")  # OAI-PMH.xsd setSpecType
# RFC 3986 in the shapes an item identifier takes: an absolute URI, or a word without a colon (which names no item,
# but is an identifier that does not exist, not a broken request).
_PCHAR = r"(?:[A-Za-z0-9\-._~!$&'()*+,;=:@/?]|%[0-9A-Fa-f]{2})"
_AUTHORITY = r"(?://[A-Za-z0-9.\-]+(?::[0-9]{1,5})?(?=[/?]|$))"
_URI = re.compile(rf"[A-Za-z][A-Za-z0-9+.\-]*:(?:{_AUTHORITY}{_PCHAR}*|(?!//){_PCHAR}+)|(?![^:]*:)(?!//){_PCHAR}+")


def parse(raw: bytes) -> Request | Refusal:
    """The request that `raw` (application/x-www-form-urlencoded, 3.1.1) holds, or every flaw found in it."""
    pieces = [piece for piece in raw.split(b"&", OAI_ARGUMENTS + 1) if piece]
    if len(pieces) > OAI_ARGUMENTS:
        return _refuse(Code.BAD_ARGUMENT, f"more than {OAI_ARGUMENTS} arguments; the protocol knows seven")
    flaws: list[OaiError] = []
    pairs: list[tuple[str, str]] = []
    unread: set[str] = set()
    for piece in pieces:
        name, _, value = piece.partition(b"=")
        pair = _decode(name), _decode(value)
        if pair[0] is None or pair[1] is None:
            seen = shown(piece.decode("ascii", "backslashreplace"))
            if pair[0] == "verb":
                return _refuse(Code.BAD_VERB, f"the verb is not readable UTF-8 text: {seen}")
            flaws.append(OaiError(Code.BAD_ARGUMENT, f"not readable as percent-encoded UTF-8 text: {seen}"))
            unread |= {pair[0]} if pair[0] else set()
        else:
            pairs.append((pair[0], pair[1]))
    verb = _verb([value for name, value in pairs if name == "verb"])
    if isinstance(verb, OaiError):
        return Refusal((verb,))
    pairs = [pair for pair in pairs if pair[0] != "verb"]
    flaws += _flaws(verb, pairs, unread)
    return Refusal(tuple(flaws)) if flaws else _request(verb, dict(pairs))


def _refuse(code: Code, text: str) -> Refusal:
    return Refusal((OaiError(code, text),))


def _decode(raw: bytes) -> str | None:
    """The text of a percent-encoded name or value, None if it is not UTF-8 free of control characters."""
    if _BROKEN_ESCAPE.search(raw):
        return None
    try:
        text = unquote_to_bytes(raw.replace(b"+", b" ")).decode("utf-8")
    except UnicodeDecodeError:
        return None
    return None if _FORBIDDEN.search(text) else text


def _verb(values: list[str]) -> Verb | OaiError:
    """badVerb (3.6): missing, repeated, or not one of the six as they are written."""
    if len(values) != 1:
        seen = "the verb is missing" if not values else "the verb is repeated"
    elif values[0] in _SIGNATURES:
        return Verb(values[0])
    else:
        seen = f"no verb {shown(values[0])}"
    return OaiError(Code.BAD_VERB, f"{seen}; send one of {', '.join(Verb)}")


def _flaws(verb: Verb, pairs: list[tuple[str, str]], unread: set[str]) -> list[OaiError]:
    """badArgument (3.6): illegal, repeated, missing and badly written arguments. Those `unread` are there, and told."""
    signature = _SIGNATURES[verb]
    names = Counter(name for name, _ in pairs)
    unknown = names.keys() - signature.required - signature.optional
    found = [f"{verb} takes no argument {shown(name)}" for name in sorted(unknown)]
    found += [f"the argument {name} is repeated" for name in _ORDER if names[name] > 1]
    # An exclusive argument stands alone, and alone it suffices (4.3, 4.5, 4.6).
    if "resumptionToken" in names.keys() | unread and "resumptionToken" in signature.optional:
        if len(names.keys() | unread) > 1:
            found.append("resumptionToken is exclusive; send no other argument with it")
    else:
        lacking = signature.required - names.keys() - unread
        found += [f"the argument {name} is missing" for name in _ORDER if name in lacking]
    moments: dict[str, Moment] = {}
    for name, value in pairs:
        if name not in _ORDER:
            continue
        if not value:
            found.append(f"the argument {name} is empty")
        elif name in ("from", "until"):
            moment = parse_datestamp(value)
            if moment is None:
                found.append(f"{name} must be YYYY-MM-DD or YYYY-MM-DDThh:mm:ssZ and exist, not {shown(value)}")
            else:
                moments[name] = moment
        elif not _well_formed(name, value):
            found.append(f"{name} is not well formed: {shown(value)}")
    if len(moments) == 2:
        found += _order(moments["from"], moments["until"])
    return [OaiError(Code.BAD_ARGUMENT, text) for text in found]


def _well_formed(name: str, value: str) -> bool:
    pattern = {"identifier": _URI, "metadataPrefix": _PREFIX, "set": _SET}.get(name)
    return pattern is None or pattern.fullmatch(value) is not None


def _order(since: Moment, until: Moment) -> list[str]:
    """Section 2.7.1: one granularity for both, and from not after until."""
    if since.is_day != until.is_day:
        return ["from and until must have the same granularity"]
    return ["from is later than until"] if since.first > until.last else []


def _request(verb: Verb, sent: dict[str, str]) -> Request:
    since, until = (parse_datestamp(sent.get(name, "")) for name in ("from", "until"))
    return Request(
        verb,
        tuple((name, sent[name]) for name in _ORDER if name in sent),
        sent.get("identifier", ""),
        sent.get("metadataPrefix", ""),
        sent.get("set", ""),
        since.first if since else None,
        until.last if until else None,
        sent.get("resumptionToken", ""),
    )
