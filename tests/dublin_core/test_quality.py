"""Rules 61 to 72, each by an example that breaks it and one that does not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dublin_core.elements import ELEMENTS, DublinCore
from dublin_core.quality import PROFILES, RULES, Statement, check
from foundation.errors import InputError

GOOD = [
    Statement("title", "Truyện Kiều", "vi"),
    Statement("creator", "Nguyễn Du"),
    Statement("subject", "Thơ"),
    Statement("date", "1955"),
    Statement("type", "Text"),
    Statement("identifier", "https://thuvien.example.vn/1"),
    Statement("language", "vi"),
    Statement("rights", "http://rightsstatements.org/vocab/NoC-US/1.0/"),
    Statement("rights", "info:eu-repo/semantics/openAccess"),
    Statement("edm:provider", "Thư viện tỉnh"),
    Statement("edm:dataProvider", "Thư viện tỉnh"),
    Statement("edm:isShownAt", "https://thuvien.example.vn/1"),
]

# Rule, element to take away, statements to put there, profile.
BROKEN = [
    (61, "title", [], "oai_dc"),
    (61, "title", [Statement("title", "  ")], "oai_dc"),
    (62, "date", [Statement("date", "[20--?]")], "oai_dc"),
    (62, "date", [Statement("date", "2019-13")], "openaire"),
    (63, "language", [Statement("language", "Tiếng Việt")], "oai_dc"),
    (63, "language", [Statement("language", "vn")], "oai_dc"),
    (64, "type", [Statement("type", "Sách")], "oai_dc"),
    (65, "identifier edm:isShownAt", [Statement("identifier", "BK0001")], "oai_dc"),
    (66, "rights", [Statement("rights", "Bản quyền")], "europeana"),
    (67, "edm:isShownAt", [], "europeana"),
    (67, "language", [], "europeana"),
    (67, "subject type", [], "europeana"),
    (68, "creator", [], "openaire"),
    (68, "rights", [Statement("rights", "https://creativecommons.org/licenses/by/4.0/")], "openaire"),
    (69, "subject", [Statement("subject", "")], "oai_dc"),
    (70, "subject", [Statement("subject", "Thơ", attributes=("type",))], "oai_dc"),
    (71, "subject", [Statement("subject", "Th\x0bơ")], "oai_dc"),
    (72, "subject", [Statement("subject", "Thơ"), Statement("subject", " Thơ ")], "oai_dc"),
]


@pytest.mark.parametrize("profile", PROFILES)
def test_a_good_description_passes(profile: str) -> None:
    assert check(GOOD, profile) == []


@pytest.mark.parametrize(("number", "without", "added", "profile"), BROKEN)
def test_rule_finds(number: int, without: str, added: list[Statement], profile: str) -> None:
    given_statements = [found for found in GOOD if found.element not in without.split()] + added
    assert number in {finding.rule.number for finding in check(given_statements, profile)}


def test_every_rule_is_tried() -> None:
    assert {case[0] for case in BROKEN} == {rule.number for rule in RULES} == set(range(61, 73))


@pytest.mark.parametrize("value", ["1955", "1955-02", "1955-02-28", "1955-02-28T10:00Z", "1990/1999"])
def test_dates_of_w3cdtf_pass(value: str) -> None:
    given_statements = [found for found in GOOD if found.element != "date"] + [Statement("date", value)]
    assert check(given_statements) == []


@pytest.mark.parametrize("value", ["vi", "vie", "tyz", "tyz-Hani", "zh-Hant"])
def test_languages_pass(value: str) -> None:
    given_statements = [found for found in GOOD if found.element != "language"] + [Statement("language", value)]
    assert check(given_statements) == []


def test_an_unknown_profile_is_refused() -> None:
    with pytest.raises(InputError, match="openaire"):
        check(GOOD, "nobody")


def test_our_own_descriptions_have_a_sound_form() -> None:
    dc = DublinCore.of([("title", "A"), ("title", "A"), ("subject", " "), ("subject", "a\x00b")])
    assert not {finding.rule.number for finding in check([Statement(*one) for one in dc.statements])} & {69, 70, 71, 72}


@given(st.lists(st.builds(Statement, st.sampled_from(ELEMENTS), st.text(max_size=30))), st.sampled_from(list(PROFILES)))
def test_check_takes_anything(statements: list[Statement], profile: str) -> None:
    assert all(finding.severity in ("E", "W") for finding in check(statements, profile))
