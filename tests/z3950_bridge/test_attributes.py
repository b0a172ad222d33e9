"""Bib-1: what clients really send and what the Bath Profile asks for, and a diagnostic for everything else."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.query import And, Everything, Field, Match, Near, Not, Or, Query, Range, Term
from tests.z3950_bridge.test_pqf import STRUCTURES
from z3950_bridge import attributes, ccl, pqf, rpn
from z3950_bridge.attributes import Diagnostic, translate

F, M = Field, Match

REQUIRED_USE = (
    1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 16, 20, 21, 30, 31, 32, 33, 47, 52, 54, 58, 63, 1002, 1003, 1004,
    1007, 1011, 1012, 1016, 1017, 1018, 1019, 1021, 1028, 1031, 1033, 1035, 1045, 1075, 1079, 1211,
)  # fmt: skip


def asked(source: str) -> Query | Diagnostic:
    return translate(pqf.parse(source))


@pytest.mark.parametrize("use", REQUIRED_USE)
def test_use_is_known(use: int) -> None:
    found = asked(f"@attr 1={use} 1999")
    assert not isinstance(found, Diagnostic)


@pytest.mark.parametrize("use", [15, 60, 999, 1010, 5000])
def test_unknown_use_is_named(use: int) -> None:
    assert asked(f"@attr 1={use} x") == Diagnostic(114, str(use))


TITLE, AUTHOR, SUBJECT, ANY = F.TITLE, F.AUTHOR, F.SUBJECT, F.ANY

# Bath Profile 2.0, Functional Area A: (search, relation, position, structure, truncation, completeness) → how.
BATH_0 = {"keyword": (3, 3, 2, 100, 1)}
BATH_1 = {
    "keyword, right truncation": (3, 3, 2, 1, 1),
    "exact match": (3, 1, 1, 100, 3),
    "first words in field": (3, 1, 1, 100, 1),
    "first characters in field": (3, 1, 1, 1, 1),
}
HOW = {
    "keyword": ("kiều", M.ALL),
    "keyword, right truncation": ("kiều*", M.ALL),
    "exact match": ("kiều", M.WHOLE),
    "first words in field": ("kiều", M.FIRST),
    "first characters in field": ("kiều*", M.FIRST),
}
BATH_USES = {1003: AUTHOR, 4: TITLE, 21: SUBJECT, 33: F.KEY_TITLE}


def six(use: int, values: tuple[int, ...], term: str) -> str:
    """All six attributes, as the profile wants them sent."""
    return f"@attr 1={use} " + "".join(f"@attr {kind}={value} " for kind, value in enumerate(values, 2)) + f'"{term}"'


@pytest.mark.parametrize(("use", "search"), list(product(BATH_USES, HOW)))
def test_bath_text_searches(use: int, search: str) -> None:
    """Levels 0 and 1: author, title, subject; level 2: key title."""
    values = (BATH_0 | BATH_1)[search]
    text, match = HOW[search]
    assert asked(six(use, values, "kiều")) == Term(BATH_USES[use], text, match)


@pytest.mark.parametrize(
    ("query", "wanted"),
    [
        (six(1016, (3, 3, 2, 100, 1), "x"), Term(ANY, "x")),
        (six(1016, (3, 3, 2, 1, 1), "xy"), Term(ANY, "xy*")),
        (six(1007, (3, 1, 1, 100, 1), "8931-0"), Term(F.STANDARD_NUMBER, "8931-0")),
        (six(31, (3, 1, 4, 100, 1), "1990"), Term(F.DATE, "1990")),
        (six(31, (1, 1, 4, 100, 1), "1990"), Range(F.DATE, None, "1990", high_included=False)),
        (six(31, (2, 1, 4, 100, 1), "1990"), Range(F.DATE, None, "1990")),
        (six(31, (4, 1, 4, 100, 1), "1990"), Range(F.DATE, "1990", None)),
        (six(31, (5, 1, 4, 100, 1), "1990"), Range(F.DATE, "1990", None, low_included=False)),
        (six(31, (104, 1, 4, 100, 1), "1980 1990"), Range(F.DATE, "1980", "1990")),
        (six(31, (3, 1, 5, 100, 1), "19991231"), Term(F.DATE, "1999")),
        (six(1031, (3, 3, 2, 100, 1), "book"), Term(F.MATERIAL, "book")),
        (six(1031, (3, 1, 1, 100, 1), "book"), Term(F.MATERIAL, "book")),
        (six(54, (3, 1, 1, 100, 1), "vie"), Term(F.LANGUAGE, "vie")),
    ],
)
def test_bath_other_searches(query: str, wanted: Query) -> None:
    assert asked(query) == wanted


@pytest.mark.parametrize(
    ("query", "wanted"),
    [
        # The search form of Koha, one field each (the term between quotation marks), and several joined with @and.
        ("@attr 1=7 @attr 5=1 978604", Term(F.ISBN, "978604*")),
        ("@attr 1=8 @attr 5=1 1859", Term(F.ISSN, "1859*")),
        ('@attr 1=4 "truyện kiều"', Term(TITLE, "truyện kiều")),
        ('@attr 1=1003 "nguyễn du"', Term(AUTHOR, "nguyễn du")),
        ('@attr 1=21 "thơ"', Term(SUBJECT, "thơ")),
        ('@attr 1=16 "895.922"', Or(tuple(Term(field, "895.922") for field in attributes.USE[16]))),
        (
            "@attr 1=16 @attr 2=3 @attr 3=1 @attr 4=1 @attr 5=1 @attr 6=1 PL4378",
            Or(tuple(Term(field, "PL4378*", M.FIRST) for field in attributes.USE[16])),
        ),
        ("@attr 1=12 bk1", Or((Term(F.CONTROL_NUMBER, "bk1"), Term(F.IDENTIFIER, "bk1")))),
        ('@attr 1=1016 "hồ ba bể"', Term(ANY, "hồ ba bể")),
        ("@attr 1=1007 9786041", Term(F.STANDARD_NUMBER, "9786041")),
        ("@attr 1=31 1990", Term(F.DATE, "1990")),
        ("@and @attr 1=1003 du @attr 1=4 kiều", And((Term(AUTHOR, "du"), Term(TITLE, "kiều")))),
        # The attributes of a server's row in Koha stand in front and hold for all.
        ("@attr 4=1 @or @attr 1=1003 x @attr 1=4 y", Or((Term(AUTHOR, "x", M.PHRASE), Term(TITLE, "y", M.PHRASE)))),
        # Alma's list.
        ("@attr 1=1017 x", Term(ANY, "x")),
        ("@attr 1=1 x", Term(F.PERSONAL_AUTHOR, "x")),
        ("@attr 1=1004 x", Term(F.PERSONAL_AUTHOR, "x")),
        ("@attr 1=1211 ocm123", Term(F.CONTROL_NUMBER, "ocm123")),
        # Connexion asks for one local number at a time; OCLC and Innovative send all six.
        ("@attr 1=12 @attr 2=3 @attr 5=100 a1", Or((Term(F.CONTROL_NUMBER, "a1"), Term(F.IDENTIFIER, "a1")))),
        (six(4, (3, 1, 1, 1, 1), "truyện ki"), Term(TITLE, "truyện ki*", M.FIRST)),
        (six(1016, (3, 3, 6, 100, 1), "kiều truyện"), Term(ANY, "kiều truyện")),
        (six(7, (3, 1, 1, 100, 1), "978-604-1"), Term(F.ISBN, "978-604-1")),
        ("@attr 1=4 @attr 5=104 k#ều?", Term(TITLE, "k?ều*")),
        ("@attr 1=4 @attr 5=101 k#u", Term(TITLE, "k*u")),
    ],
)  # fmt: skip
def test_what_clients_send(query: str, wanted: Query) -> None:
    assert asked(query) == wanted


@pytest.mark.parametrize(
    ("query", "wanted"),
    [
        ("x", Term(ANY, "x")),
        ('@attr 1=4 @attr 4=1 "a b"', Term(TITLE, "a b", M.PHRASE)),
        ('@attr 1=4 @attr 4=2 "a b"', Term(TITLE, "a b")),
        ('@attr 1=4 @attr 4=6 @attr 5=1 "an ba"', Term(TITLE, "an* ba*")),
        ('@attr 1=4 @attr 4=1 @attr 5=1 "an ba"', Term(TITLE, "an ba*", M.PHRASE)),
        ('@attr 1=4 @attr 4=1 @attr 5=2 "an ba"', Term(TITLE, "*an ba", M.PHRASE)),
        ('@attr 1=4 @attr 4=1 @attr 5=3 "an ba"', Term(TITLE, "*an ba*", M.PHRASE)),
        ("@attr 1=4 @attr 6=2 x", Term(TITLE, "x", M.WHOLE)),
        ("@attr 1=4 @attr 4=3 x", Term(TITLE, "x", M.WHOLE)),
        ("@attr 1=4 @attr 3=2 x", Term(TITLE, "x", M.FIRST)),
        ("@attr 1=4 @attr 2=6 x", Not(Everything(), Term(TITLE, "x"))),
        ("@attr 1=4 @attr 2=102 x", Term(TITLE, "x")),
        ("@attr 2=103 x", Everything()),
        ("@attr 1=31 @attr 2=103 x", Range(F.DATE)),
        ("@attr 1=4 a*b?", Term(TITLE, "a\\*b\\?")),
        ("@attr 1=31 1980-1990", Range(F.DATE, "1980", "1990")),
        ("@attr 1=1012 @attr 2=4 20261122", Range(F.MODIFIED, "2026-11-22", None)),
        ("@attr 1=31 @attr 2=5 2026-11-22", Range(F.DATE, "2026", None, low_included=False)),
        ("@attr 1=31 1980-", Range(F.DATE, "1980", None)),
        ("@attr 1=31 @attr 5=1 198", Range(F.DATE, "1980", "1989")),
        ("@attr 1=13 @attr 2=4 895", Range(F.DEWEY, "895", None)),
        ("@term numeric 1990", Term(ANY, "1990")),
        ("@and @and a b c", And((Term(ANY, "a"), Term(ANY, "b"), Term(ANY, "c")))),
        ("@not a @or b c", Not(Term(ANY, "a"), Or((Term(ANY, "b"), Term(ANY, "c"))))),
        ("@attr 1=4 @prox 0 3 1 2 k 2 a b", Near(Term(TITLE, "a"), Term(TITLE, "b"), 3, True)),
        ("@attr 1=4 @prox 0 3 0 1 k 2 a b", Near(Term(TITLE, "a"), Term(TITLE, "b"), 2)),
        ('"\\xe9t\\xe9"', Term(ANY, "été")),  # no UTF-8, so Latin-1
    ],
)
def test_meaning(query: str, wanted: Query) -> None:
    assert asked(query) == wanted


@pytest.mark.parametrize(
    ("query", "number", "addinfo"),
    [
        ("@attrset gils @attr 1=4 x", 121, "1.2.840.10003.3.5"),
        ("@attr gils 1=4 x", 121, "1.2.840.10003.3.5"),
        ("@attr 7=1 x", 113, "7"),
        ("@attr 12=1 x", 113, "12"),
        ("@attr 1=title x", 114, "title"),
        ("@attr 2=100 x", 117, "100"),
        ("@attr 2=101 x", 117, "101"),
        ("@attr 2=7 x", 117, "7"),
        ("@attr 3=4 x", 119, "4"),
        ("@attr 4=103 x", 118, "103"),
        ("@attr 4=7 x", 118, "7"),
        ("@attr 5=102 x", 120, "102"),
        ("@attr 5=103 x", 120, "103"),
        ("@attr 6=4 x", 122, "4"),
        ("@attr 6=four x", 122, "four"),
        ("@attr 1=4 @attr 2=1 x", 123, "use 4, relation 1"),
        ("@attr 1=4 @attr 4=4 1990", 123, "use 4, structure 4"),
        ("@attr 1=4 @attr 2=103 x", 123, "use 4, relation 103"),
        ("@attr 1=31 @attr 2=1 abc", 126, "abc"),
        ("@attr 1=31 abc", 126, "abc"),
        ("@attr 1=31 @attr 2=104 1990", 126, "1990"),
        ("@attr 1=31 @attr 2=104 @attr 4=4 \"1 2 3\"", 126, "1 2 3"),
        ('@attr 1=4 ""', 125, "the term is empty"),
        ('"a\\x00b"', 125, "NUL"),
        ("@attr 5=1 x", 9, "x"),
        ("@attr 5=104 ?", 9, "?"),
        ("@attr 5=104 a?b?c?d?e?f?g?h?i?j", 7, "a?b?c?d?e?f?g?h?i?j"),
        ("@attr 1=4 " + "x" * 1001, 11, "1001"),
        ("@set nosuch", 30, "nosuch"),
        ("@and a @set nosuch", 30, "nosuch"),
        ("@prox 1 3 0 2 k 2 a b", 110, "proximity: exclusion"),
        ("@prox 0 3 0 5 k 2 a b", 131, "5"),
        ("@prox 0 3 0 3 k 2 a b", 131, "3"),
        ("@prox 0 3 0 2 k 3 a b", 132, "3"),
        ("@prox 0 3 0 2 p 2 a b", 132, "2"),
        ("@prox 0 0 0 2 k 2 a b", 202, "0"),
        ("@prox 0 1 0 2 k 2 @and a b c", 201, "an operand of a proximity has to be a term"),
        ("@prox 0 1 0 2 k 2 @attr 1=4 a @attr 1=21 b", 201, "the terms have to be words of one and the same field"),
        ("@prox 0 1 0 2 k 2 @set a b", 129, ""),
    ],
)  # fmt: skip
def test_refusal_says_what(query: str, number: int, addinfo: str) -> None:
    assert asked(query) == Diagnostic(number, addinfo)


def test_two_values_of_one_type_are_refused() -> None:
    """PQF cannot say it (the last one counts), a PDU can."""
    twice = rpn.Operand((rpn.Attribute(1, 4), rpn.Attribute(1, 21)), b"x")
    assert translate(rpn.Query(rpn.BIB1, twice)) == Diagnostic(123, "use 4 and 21")


def test_result_sets_are_what_they_were_asked_for() -> None:
    sets: dict[str, Query] = {"s1": Term(TITLE, "a")}
    found = translate(pqf.parse("@and @set s1 @attr 1=21 b"), sets)
    assert found == And((Term(TITLE, "a"), Term(SUBJECT, "b")))


@pytest.mark.parametrize("values", list(product(range(1, 7), range(1, 4), (1, 2, 4, 6), (1, 2, 3, 100), range(1, 4))))
def test_every_combination_is_answered_or_refused(values: tuple[int, ...]) -> None:
    """All values of the profile together on a title and on a date: never an exception, never another field."""
    for use, field in ((4, TITLE), (31, F.DATE)):
        found = asked(six(use, values, "1990"))
        assert isinstance(found, Diagnostic) or repr(field) in repr(found)
        if values[2] == 4 and use == 4:
            assert found == Diagnostic(123, "use 4, structure 4") or values[0] in (1, 2, 4, 5)


def test_ccl_of_every_qualifier_is_understood() -> None:
    for name in filter(None, ccl.QUALIFIERS):
        assert not isinstance(translate(ccl.parse(f"{name}=1990")), Diagnostic), name


@given(STRUCTURES)
def test_anything_is_a_query_or_a_diagnostic(structure: rpn.Structure) -> None:
    found = translate(rpn.Query(rpn.BIB1, structure), {})
    assert isinstance(found, Diagnostic | Term | Range | And | Or | Not | Near | Everything)


@given(st.binary(max_size=60), st.sampled_from([1, 2, 3, 100, 101, 104]))
def test_any_term_is_masked_or_refused(term: bytes, truncation: int) -> None:
    operand = rpn.Operand((rpn.Attribute(1, 4), rpn.Attribute(5, truncation)), term)
    found = translate(rpn.Query(rpn.BIB1, operand))
    assert isinstance(found, Diagnostic | Term)
