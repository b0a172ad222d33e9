"""CQL to what the index is asked: indexes, relations, modifiers, masks, anchors, order."""

from __future__ import annotations

import pytest

from search.query import And, Everything, Field, Match, Near, Not, Or, Query, Range, SortKey, Term
from z3950_bridge import context_sets, cql
from z3950_bridge.context_sets import LABELS, SETS, SORTABLE
from z3950_bridge.cql_translation import DEEPEST, translate
from z3950_bridge.sru_diagnostics import Diagnostic

F, M = Field, Match
ANY, TITLE, AUTHOR = F.ANY, F.TITLE, F.AUTHOR


def asked(source: str, sets: dict[str, Query] | None = None) -> Query:
    found = translate(cql.parse(source), sets)
    assert not isinstance(found, Diagnostic), found
    return found[0]


@pytest.mark.parametrize(
    ("source", "wanted"),
    [
        ("kiều", Term(ANY, "kiều")),
        ('"ba be"', Term(ANY, "ba be")),
        ("cql.serverChoice = x", Term(ANY, "x")),
        ("cql.anywhere = x", Term(ANY, "x")),
        ("CQL.KeyWords = x", Term(ANY, "x")),
        ("cql.allRecords = 1", Everything()),
        ('cql.allRecords = ""', Everything()),
        ("allRecords = 1", Everything()),
        ("*", Everything()),
        ("dc.title = x", Term(TITLE, "x")),
        ("DC.Title = x", Term(TITLE, "x")),
        ("title = x", Term(TITLE, "x")),
        ("isbn = 978", Term(F.ISBN, "978")),
        ("place = x", Term(F.PLACE, "x")),
        ('title scr "a b"', Term(TITLE, "a b")),
        ('title all "a b"', Term(TITLE, "a b")),
        ('title any "a b"', Term(TITLE, "a b", M.SOME)),
        ('title adj "a b"', Term(TITLE, "a b", M.PHRASE)),
        ('title == "a b"', Term(TITLE, "a b", M.WHOLE)),
        ('title exact "a b"', Term(TITLE, "a b", M.WHOLE)),
        ('title cql.exact "a b"', Term(TITLE, "a b", M.WHOLE)),
        ("title <> x", Not(Everything(), Term(TITLE, "x", M.WHOLE))),
        ("isbn == 978-604", Term(F.ISBN, "978-604")),
        ("title =/respectAccents bạc", Term(TITLE, "bạc", exact=True)),
        ("title =/ignoreAccents bạc", Term(TITLE, "bạc")),
        ("title =/cql.relevant/ignoreCase x", Term(TITLE, "x")),
        ("title =/string x", Term(TITLE, "x", M.WHOLE)),
        ("title =/word x", Term(TITLE, "x")),
        ("title =/unmasked a*b?", Term(TITLE, "a\\*b\\?")),
        ("title =/unmasked ^ab", Term(TITLE, "^ab")),
        ("title =/masked kiề*", Term(TITLE, "kiề*")),
        ("title = k?ều*", Term(TITLE, "k?ều*")),
        ('title = "a\\*bc"', Term(TITLE, "a\\*bc")),
        ("title = ^ho", Term(TITLE, "ho", M.FIRST)),
        ('title = "^ho ba"', Term(TITLE, "ho ba", M.FIRST)),
        ('title = "^ho b*x"', Term(TITLE, "ho b*x", M.FIRST)),
        ('title = "^ho ba^"', Term(TITLE, "ho ba", M.WHOLE)),
        ("title all ^ho", Term(TITLE, "ho", M.FIRST)),
        ('title = "a\\^b"', Term(TITLE, "a\\^b")),
        ("date < 1990", Range(F.DATE, None, "1990", high_included=False)),
        ("date <= 1990", Range(F.DATE, None, "1990")),
        ("date > 1990", Range(F.DATE, "1990", None, low_included=False)),
        ("date >= 1990", Range(F.DATE, "1990", None)),
        ('date within "1980 1990"', Range(F.DATE, "1980", "1990")),
        ('date within/isoDate "1980-05 1990-01-01"', Range(F.DATE, "1980", "1990")),
        ("rec.lastModificationDate >= 2026-11-22", Range(F.MODIFIED, "2026-11-22", None)),
        ("date = 1990", Term(F.DATE, "1990")),
        ("date == 19901231", Term(F.DATE, "1990")),
        ('date any "1990 1995"', Or((Term(F.DATE, "1990"), Term(F.DATE, "1995")))),
        ('date any "1990, 199?"', Or((Term(F.DATE, "1990"), Range(F.DATE, "1990", "1999")))),
        ('date all "1990 1995"', And((Term(F.DATE, "1990"), Term(F.DATE, "1995")))),
        ("date = 199?", Range(F.DATE, "1990", "1999")),
        ("date = 19*", Range(F.DATE, "1900", "1999")),
        ("date = 19??", Range(F.DATE, "1900", "1999")),
        ("date = 1990*", Range(F.DATE, "1990", "1990")),
        ("date = 1990-1995", Range(F.DATE, "1990", "1995")),
        ("rec.creationDate = 2026-1*", Range(F.ADDED, "202610", "202619")),
        ("rec.creationDate = 2026-11-2?", Range(F.ADDED, "20261120", "20261129")),
        ("rec.creationDate = 20*", Range(F.ADDED, "2000", "2099")),
        ("lt.dewey >= 895", Range(F.DEWEY, "895", None)),
        ("dc.description = x", Or((Term(F.ABSTRACT, "x"), Term(F.NOTE, "x")))),
        ("bib.identifier =/bib.identifierAuthority=isbn 978", Term(F.ISBN, "978")),
        ("a and b and c", And((Term(ANY, "a"), Term(ANY, "b"), Term(ANY, "c")))),
        ("a or b and c", And((Or((Term(ANY, "a"), Term(ANY, "b"))), Term(ANY, "c")))),
        ("a not (b or c)", Not(Term(ANY, "a"), Or((Term(ANY, "b"), Term(ANY, "c"))))),
        ("a prox b", Near(Term(ANY, "a"), Term(ANY, "b"))),
        ("title = a prox/distance<=3/ordered title = b", Near(Term(TITLE, "a"), Term(TITLE, "b"), 3, True)),
        ("a prox/distance<3/unit=word/unordered b", Near(Term(ANY, "a"), Term(ANY, "b"), 2)),
        ("a prox b and c", And((Near(Term(ANY, "a"), Term(ANY, "b")), Term(ANY, "c")))),
        ('>x="info:srw/context-sets/1/dc-v1.1" x.title = a', Term(TITLE, "a")),
        ('>"http://zing.z3950.org/cql/bath/2.0" name = a', Term(F.NAME, "a")),
        ('(a or >dc="info:srw/context-sets/4/bib-v1.0" dc.name=b)', Or((Term(ANY, "a"), Term(F.NAME, "b")))),
    ],
)
def test_meaning(source: str, wanted: Query) -> None:
    assert asked(source) == wanted


# The Bath profile for SRU: index, then exact match by ==, first words by ^, first characters by ^…*, keyword by …*.
@pytest.mark.parametrize(
    ("name", "registered"),
    [
        ("cql", "info:srw/cql-context-set/1/cql-v1.2"),
        ("dc", "info:srw/cql-context-set/1/dc-v1.1"),
        ("bath", "http://zing.z3950.org/cql/bath/2.0/"),
        ("rec", "info:srw/cql-context-set/2/rec-1.1"),
        ("bib", "info:srw/cql-context-set/1/bib-v1"),
    ],
)
def test_each_set_is_announced_by_the_identifier_it_is_registered_with(name: str, registered: str) -> None:
    assert SETS[name].identifiers[0] == registered
    assert context_sets.by_uri(registered) is SETS[name]


@pytest.mark.parametrize(
    ("source", "number"),
    [("date = ?990", 28), ("date = 19?5", 28), ("date = abc", 36), ('date any "1990 abc"', 36), ("date = 199??", 28)],
)
def test_what_is_no_date_is_refused(source: str, number: int) -> None:
    found = translate(cql.parse(source))
    assert isinstance(found, Diagnostic)
    assert found.number == number


@pytest.mark.parametrize(
    ("index", "field"),
    [("dc.creator", AUTHOR), ("dc.title", TITLE), ("dc.subject", F.SUBJECT), ("bath.keyTitle", F.KEY_TITLE)],
)
@pytest.mark.parametrize(
    ("term", "text", "match"),
    [("= kiều", "kiều", M.ALL), ("= kiề*", "kiề*", M.ALL), ("== kiều", "kiều", M.WHOLE), ("= ^kiều", "kiều", M.FIRST),
     ("= ^kiề*", "kiề*", M.FIRST)],
)  # fmt: skip
def test_bath_searches(index: str, field: Field, term: str, text: str, match: Match) -> None:
    assert asked(f"{index} {term}") == Term(field, text, match)


def test_prefix_holds_only_where_it_is_given() -> None:
    found = translate(cql.parse('(>q="info:srw/context-sets/1/dc-v1.1" q.title = a) and q.title = b'))
    assert found == Diagnostic(15, "q")


def test_prefix_of_the_query_holds_for_its_order() -> None:
    found = translate(cql.parse('>q="info:srw/context-sets/1/dc-v1.1" q.title = a sortBy q.date'))
    assert not isinstance(found, Diagnostic)
    assert found[1] == (SortKey(F.DATE),)


@pytest.mark.parametrize(
    ("keys", "wanted"),
    [
        ("dc.title", SortKey(TITLE)),
        ("title/sort.descending", SortKey(TITLE, descending=True)),
        ("dc.date/descending/missingLow", SortKey(F.DATE, descending=True)),
        ("dc.date/missingLow/descending", SortKey(F.DATE, descending=True)),
        ("dc.date/sort.missingLow", SortKey(F.DATE, missing_first=True)),
        ("dc.date/sort.missingHigh", SortKey(F.DATE)),
        ("dc.date/sort.descending/sort.missingHigh", SortKey(F.DATE, True, True)),
        ("dc.title/sort.ignoreCase/sort.ignoreAccents", SortKey(TITLE)),
    ],
)
def test_order(keys: str, wanted: SortKey) -> None:
    found = translate(cql.parse(f"a sortBy {keys}"))
    assert not isinstance(found, Diagnostic)
    assert found[1] == (wanted,)


def test_result_sets_are_what_they_were_asked_for() -> None:
    sets: dict[str, Query] = {"s1": Term(TITLE, "a")}
    assert asked("cql.resultSetId = s1 and b", sets) == And((Term(TITLE, "a"), Term(ANY, "b")))
    assert translate(cql.parse("cql.resultSetId = s2"), sets) == Diagnostic(51, "s2")


def test_tree_is_never_deeper_than_engines_can_walk() -> None:
    deep = " ".join(["a"] + [("and", "or")[at % 2] + " a" for at in range(400)])
    assert translate(cql.parse(deep)) == Diagnostic(38, str(DEEPEST))
    flat = asked("a" + " and a" * 400)
    assert flat == And((Term(ANY, "a"),) * 401)


def test_the_fifteen_elements_are_there() -> None:
    elements = "title creator subject description publisher contributor date type format identifier source language"
    for name in [*elements.split(), "relation", "coverage", "rights"]:
        assert SETS["dc"].fields(name), name


def test_every_field_has_a_name_and_a_label() -> None:
    for field in Field:
        assert SETS["lt"].fields(field.value) == (field,)
        assert LABELS[field][0]
        assert LABELS[field][1]
    assert set(Field) >= SORTABLE


def test_no_uri_stands_for_two_sets() -> None:
    uris = [
        uri.rstrip("/").lower()
        for found in SETS.values()
        for uri in dict.fromkeys(u.rstrip("/") for u in found.identifiers)
    ]
    assert len(uris) == len(set(uris))
    assert context_sets.by_uri("http://nowhere.example/") is None
