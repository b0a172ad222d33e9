"""CQL → what the index is asked, or the diagnostic of SRU that says why not. Nothing is ignored.

`=` finds the words in any order, which is this server's choice (OASIS searchRetrieve Part 5, "The CQL Context Set":
relation `=`); `adj` wants them beside one another, `==` and `exact` the whole field.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from foundation.limits import QUERY_MASKS, QUERY_NEAR_WORDS, QUERY_STEM_CHARACTERS, QUERY_TERM_CHARACTERS, SRU_SORT_KEYS
from search.query import And, Everything, Field, Match, Near, Not, Or, Range, Term
from search.query import Query as Asked
from search.query import SortKey as Key
from z3950_bridge import context_sets, cql, dates
from z3950_bridge.attributes import CODES, ORDERED
from z3950_bridge.context_sets import SCANNED, SETS, SORTABLE, ContextSet
from z3950_bridge.dates import DATE, DATES, day
from z3950_bridge.sru_diagnostics import Diagnostic, RefusedQueryError

DEEPEST: Final = 100
"""Operators of the tree that the index is asked inside each other; `a and b or c and d …` of 500 would be 500 deep."""

_RELATIONS: Final = {
    "=": Match.ALL,
    "scr": Match.ALL,
    "all": Match.ALL,
    "any": Match.SOME,
    "adj": Match.PHRASE,
    "==": Match.WHOLE,
    "exact": Match.WHOLE,
    "<>": Match.WHOLE,
}
_COMPARISONS: Final = frozenset(("<", ">", "<=", ">="))
_IGNORED: Final = frozenset(("relevant", "ignorecase", "masked"))
"""Modifiers that ask for what is done anyway."""
_KNOWN: Final = frozenset(
    (*_IGNORED, "unmasked", "ignoreaccents", "respectaccents", "word", "string", "isodate", "number")
)
_BIB_NUMBERS: Final = {
    "isbn": Field.ISBN,
    "issn": Field.ISSN,
    "lccn": Field.STANDARD_NUMBER,
    "local": Field.CONTROL_NUMBER,
}
_SIGN: Final = re.compile(r"\\.|[*?^\\]", re.DOTALL)
_PROX_DEFAULT: Final = 1


@dataclass(frozen=True, slots=True)
class _How:
    """A relation with its modifiers."""

    name: str
    match: Match
    exact: bool
    masked: bool
    numbers: bool


class Scope:
    """What prefixes stand for at one place of a query."""

    def __init__(self, sets: Mapping[str, ContextSet | None] | None = None) -> None:
        self._sets: Mapping[str, ContextSet | None] = SETS if sets is None else sets

    def within(self, prefixes: Sequence[cql.Prefix]) -> Scope:
        """The scope behind some prefix assignments."""
        if not prefixes:
            return self
        made: dict[str, ContextSet | None] = dict(self._sets)
        for prefix in prefixes:
            found = context_sets.by_uri(prefix.uri)
            if found is None:
                raise RefusedQueryError(15, prefix.uri)
            made[prefix.name.lower()] = found
        return Scope(made)

    def fields(self, index: str) -> tuple[Field, ...]:
        """The fields of an index, `prefix.name` or `name`."""
        prefix, dot, name = index.partition(".")
        if not dot:
            own = self._sets.get("")
            fields = own.fields(index) if own else context_sets.unprefixed(index)
        else:
            found = self._sets.get(prefix.lower())
            if found is None:
                raise RefusedQueryError(15, prefix)
            fields = found.fields(name)
        if not fields:
            raise RefusedQueryError(16, index)
        return fields

    def special(self, index: str) -> str:
        """`allrecords` or `resultsetid`, which are no fields; else empty."""
        prefix, dot, name = index.lower().rpartition(".")
        if name not in ("allrecords", "resultsetid") or (dot and self._sets.get(prefix) is not context_sets.CQL):
            return ""
        return name


def translate(
    query: cql.Query, result_sets: Mapping[str, Asked] | None = None
) -> tuple[Asked, tuple[Key, ...]] | Diagnostic:
    """What the index is asked and in which order, or why it is not.

    `result_sets`: what the result sets that `cql.resultSetId` may name were asked for; None where there are none.
    """
    try:
        scope = Scope().within(query.root.prefixes)
        asked = _node(query.root, Scope(), result_sets)
        if _depth(asked) > DEEPEST:
            raise RefusedQueryError(38, DEEPEST)
        return asked, _order(query.sort, scope)
    except RefusedQueryError as refused:
        return refused.diagnostic


def clause(found: cql.Clause) -> tuple[Field, str] | Diagnostic:
    """The field and the term of a scan's clause (Part 6, "scanClause")."""
    try:
        how = _how(found)
        if how.name not in ("=", "==", "exact", "scr", "all", "any", "adj"):
            raise RefusedQueryError(19, found.relation)
        fields = Scope().within(found.prefixes).fields(found.index)
        field = next((field for field in fields if field in SCANNED), None)
        if field is None:
            raise RefusedQueryError(16, f"scan: {found.index}")
        if len(found.term) > QUERY_TERM_CHARACTERS:
            raise RefusedQueryError(23, len(found.term))
        return field, _SIGN.sub(lambda sign: sign[0][1:] if len(sign[0]) == 2 else "", found.term)
    except RefusedQueryError as refused:
        return refused.diagnostic


def _node(node: cql.Node, scope: Scope, sets: Mapping[str, Asked] | None) -> Asked:
    chain: list[tuple[cql.Boolean, Scope]] = []
    while isinstance(node, cql.Boolean):
        scope = scope.within(node.prefixes)
        chain.append((node, scope))
        node = node.left
    asked: Asked | None = None
    for joint, around in reversed(chain):
        if joint.operator == "prox":
            asked = _near(joint, around)
            continue
        if joint.modifiers:
            raise RefusedQueryError(46, joint.modifiers[0].name)
        left = _clause(joint.left, around, sets) if isinstance(joint.left, cql.Clause) else asked
        assert left is not None
        right = _node(joint.right, around, sets)
        if joint.operator == "not":
            asked = Not(left, right)
        else:
            kind = And if joint.operator == "and" else Or
            # A chain is one list, so that it is no deeper for an engine than it looks.
            asked = kind((*left.parts, right)) if isinstance(left, kind) else kind((left, right))
    return _clause(node, scope, sets) if asked is None else asked


def _depth(asked: Asked) -> int:
    deepest, waiting = 0, [(asked, 1)]
    while waiting:
        one, depth = waiting.pop()
        deepest = max(deepest, depth)
        if isinstance(one, And | Or):
            waiting += [(part, depth + 1) for part in one.parts]
        elif isinstance(one, Not):
            waiting += [(one.kept, depth + 1), (one.taken, depth + 1)]
    return deepest


def _near(joint: cql.Boolean, scope: Scope) -> Asked:
    """`prox` with unit, distance and order (Part 5, "Proximity Modifiers"): by default words beside one another."""
    distance, ordered = _PROX_DEFAULT, False
    for modifier in joint.modifiers:
        name = modifier.name.lower().removeprefix("cql.")
        if name == "unit":
            if modifier.comparison not in ("=", "==") or modifier.value.lower().removeprefix("cql.") != "word":
                raise RefusedQueryError(42, modifier.value)
        elif name == "distance":
            if not re.fullmatch("[0-9]{1,6}", modifier.value):
                raise RefusedQueryError(41, modifier.value)
            distance = int(modifier.value)
            if modifier.comparison == "<":
                distance -= 1
            elif modifier.comparison not in ("<=", "=", "==") or (modifier.comparison != "<=" and distance != 1):
                raise RefusedQueryError(40, f"{modifier.comparison}{modifier.value}")
        elif name in ("ordered", "unordered") and not modifier.comparison:
            ordered = name == "ordered"
        else:
            raise RefusedQueryError(46, modifier.name)
    if not 1 <= distance <= QUERY_NEAR_WORDS:
        raise RefusedQueryError(41, distance)
    if isinstance(joint.left, cql.Boolean) or isinstance(joint.right, cql.Boolean):
        raise RefusedQueryError(39, "an operand of prox has to be one term", "mỗi vế của prox phải là một từ cần tìm")
    lefts, rights = _words(joint.left, scope), _words(joint.right, scope)
    if [one.field for one in lefts] != [one.field for one in rights]:
        raise RefusedQueryError(18, f"{joint.left.index} prox {joint.right.index}")
    return _one_of([Near(one, two, distance, ordered) for one, two in zip(lefts, rights, strict=True)])


def _words(found: cql.Clause, scope: Scope) -> list[Term]:
    asked = _clause(found, scope, None)
    terms = [part for part in (asked.parts if isinstance(asked, Or) else (asked,)) if isinstance(part, Term)]
    if not terms:
        raise RefusedQueryError(39, found.relation)
    for term in terms:
        if any(sign in ("*", "?") for sign in _SIGN.findall(term.text)):
            raise RefusedQueryError(33, found.term)
        if term.match is Match.FIRST or (term.match is Match.WHOLE and "^" in found.term):
            raise RefusedQueryError(34, found.term)
        if term.match not in (Match.ALL, Match.PHRASE):
            raise RefusedQueryError(39, found.relation)
    return terms


def _clause(found: cql.Clause, scope: Scope, sets: Mapping[str, Asked] | None) -> Asked:
    scope = scope.within(found.prefixes)
    special = scope.special(found.index)
    if special == "allrecords":
        return Everything()
    if special == "resultsetid":
        if sets is None:
            raise RefusedQueryError(50, found.term)
        if found.term not in sets:
            raise RefusedQueryError(51, found.term)
        return sets[found.term]
    how = _how(found)
    fields = _narrowed(found, scope.fields(found.index))
    if not found.term.strip():
        raise RefusedQueryError(27, found.index)
    if len(found.term) > QUERY_TERM_CHARACTERS:
        raise RefusedQueryError(23, len(found.term))
    if how.name in _COMPARISONS or how.name == "within":
        return _one_of([_compared(field, how, found) for field in fields])
    text, match = _anchored(found, how)
    if text == "*" and Field.ANY in fields:
        return Everything()
    if how.numbers and not DATE.fullmatch(text):
        raise RefusedQueryError(36, found.term)
    _check_masks(text)
    asked = _one_of([_term(field, text, match, how.exact) for field in fields])
    return Not(Everything(), asked) if how.name == "<>" else asked


def _how(found: cql.Clause) -> _How:
    name = found.relation.lower().removeprefix("cql.")
    if name not in _RELATIONS and name not in _COMPARISONS and name != "within":
        raise RefusedQueryError(22 if name == "encloses" else 19, found.relation)
    names = set()
    for modifier in found.modifiers:
        plain = modifier.name.lower().removeprefix("cql.")
        if plain == "bib.identifierauthority" and modifier.value.lower() in _BIB_NUMBERS:
            continue
        if plain not in _KNOWN or modifier.comparison:
            raise RefusedQueryError(20, modifier.name)
        names.add(plain)
    for pair in ({"ignoreaccents", "respectaccents"}, {"masked", "unmasked"}, {"word", "string"}):
        if pair <= names:
            raise RefusedQueryError(21, "/".join(sorted(pair)))
    match = _RELATIONS.get(name, Match.ALL)
    if "string" in names and name in ("=", "scr"):
        match = Match.WHOLE
    numbers = bool(names & {"isodate", "number"})
    return _How(name, match, "respectaccents" in names, "unmasked" not in names, numbers)


def _narrowed(found: cql.Clause, fields: tuple[Field, ...]) -> tuple[Field, ...]:
    """`bib.identifier =/bib.identifierAuthority=isbn 978…` (Bib context set 1.0)."""
    for modifier in found.modifiers:
        if modifier.name.lower() == "bib.identifierauthority":
            return (_BIB_NUMBERS[modifier.value.lower()],)
    return fields


def _term(field: Field, text: str, match: Match, exact: bool) -> Asked:
    if field in DATES:
        return _dates(field, text, match)
    if field in CODES and match is not Match.SOME:
        return Term(field, text, Match.ALL, exact)
    return Term(field, text, match, exact)


def _dates(field: Field, text: str, match: Match) -> Asked:
    """One date or several: a serial may have come out in all of the years of a term, a book in any of them."""
    found: list[Asked] = []
    for word in [text] if match is Match.WHOLE else re.split(r"[\s,;]+", text):
        one = dates.asked(field, word)
        if one is None:
            raise RefusedQueryError(28 if re.sub("[?*]", "", word).isdecimal() else 36, word)
        found.append(one)
    return _one_of(found) if match is Match.SOME or len(found) == 1 else And(tuple(found))


def _compared(field: Field, how: _How, found: cql.Clause) -> Asked:
    if field not in ORDERED:
        raise RefusedQueryError(22, f"{found.index} {found.relation}")
    text = found.term.strip()
    if "^" in text:
        raise RefusedQueryError(32, text)
    ends = text.split() if how.name == "within" else [text]
    if how.name == "within" and len(ends) != 2:
        raise RefusedQueryError(36, text)
    if field in DATES:
        if not all(DATE.fullmatch(end) for end in ends):
            raise RefusedQueryError(36, text)
        ends = [day(field, end) for end in ends]
    if how.name == "within":
        return Range(field, ends[0], ends[1])
    if how.name in ("<", "<="):
        return Range(field, None, ends[0], high_included=how.name == "<=")
    return Range(field, ends[0], None, low_included=how.name == ">=")


def _anchored(found: cql.Clause, how: _How) -> tuple[str, Match]:
    """The term without its anchors, and what they make of the relation (Part 5, "Anchoring")."""
    if not how.masked:
        return re.sub(r"([*?\\])", r"\\\1", found.term), how.match
    text = found.term.strip()
    carets = [sign.start() for sign in _SIGN.finditer(text) if sign[0] == "^"]
    if not carets:
        return text, how.match
    first, last = carets[0] == 0, carets[-1] == len(text) - 1 and len(text) > 1
    inner = text[first : len(text) - last].strip()
    # Words of `any` and `all` would each have an anchor of their own.
    many = how.name in ("any", "all") and " " in inner
    if len(carets) != first + last or not first or not inner or many or how.match is Match.WHOLE:
        raise RefusedQueryError(32, found.term)
    return inner, Match.WHOLE if last else Match.FIRST


def _check_masks(text: str) -> None:
    if "*" not in text and "?" not in text:
        return
    if sum(sign in ("*", "?") for sign in _SIGN.findall(text)) > QUERY_MASKS:
        raise RefusedQueryError(30, text)
    for word in text.split():
        letters = _SIGN.sub(lambda sign: sign[0][1:], word)
        if len(letters) < QUERY_STEM_CHARACTERS and any(sign in ("*", "?") for sign in _SIGN.findall(word)):
            raise RefusedQueryError(29, word)


def _one_of(parts: Sequence[Asked]) -> Asked:
    return parts[0] if len(parts) == 1 else Or(tuple(parts))


def _order(keys: Sequence[cql.SortKey], scope: Scope) -> tuple[Key, ...]:
    """sortBy (Part 5, "Sorting" and "The Sort Context Set")."""
    if len(keys) > SRU_SORT_KEYS:
        raise RefusedQueryError(84, len(keys))
    made: list[Key] = []
    for key in keys:
        found = Key(sortable(key.index, scope))
        # The direction first: where the lowest stands depends on it.
        for modifier in sorted(key.modifiers, key=lambda one: "missing" in one.name.lower()):
            found = _modified(found, modifier)
        made.append(found)
    if len({key.field for key in made}) != len(made):
        raise RefusedQueryError(85)
    return tuple(made)


def sortable(index: str, scope: Scope | None = None) -> Field:
    """The field an index is sorted by; raises RefusedQueryError where it cannot be."""
    field = next((field for field in (scope or Scope()).fields(index) if field in SORTABLE), None)
    if field is None:
        raise RefusedQueryError(88, index)
    return field


def _modified(key: Key, modifier: cql.Modifier) -> Key:
    name = modifier.name.lower().removeprefix("sort.")
    if modifier.comparison:
        raise RefusedQueryError(92 if name == "missingvalue" else 20, modifier.name)
    if name in ("ascending", "descending"):
        return replace(key, descending=name == "descending")
    if name in ("missinglow", "missinghigh"):
        # Lowest is first in an ascending order and last in a descending one.
        return replace(key, missing_first=(name == "missinglow") != key.descending)
    if name in ("ignorecase", "ignoreaccents"):
        return key
    raise RefusedQueryError(91 if name == "respectcase" else 92 if name.startswith("missing") else 20, modifier.name)
