"""Tokens: what was packed is read again, and nothing else is ever read."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catalogue.feed import Cursor, Selection
from foundation.errors import InputError
from foundation.limits import SET_SPEC_CHARACTERS
from oaipmh.errors import Code, OaiError
from oaipmh.protocol import Verb
from oaipmh.tokens import Position, Tokens

UNHURRIED = settings(deadline=None)  # the machine may be busy
KEY, OLD = b"k" * 32, b"o" * 32
DAY = 86_400
NOW = 1_800_000_000
TOKENS = Tokens([KEY], "/oai", 30 * DAY)
PLACE = Position(
    Verb.LIST_RECORDS,
    Selection("marcxml", "lib:thai-nguyen-01", NOW - 90 * DAY, NOW - 60),
    NOW - 60,
    False,
    Cursor(NOW - 3 * DAY, 4_999_999),
    4_000_000,
    5_000_000,
    NOW,
)
ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
SECONDS = st.integers(-62_135_596_800, 253_402_300_799)
COUNT = st.integers(0, 1 << 40)


@st.composite
def positions(draw: st.DrawFn) -> Position:
    until = draw(SECONDS)
    spec = draw(st.from_regex(r"\A([A-Za-z0-9_.~-]+(:[a-z]+)*)?\Z"))
    return Position(
        draw(st.sampled_from([Verb.LIST_RECORDS, Verb.LIST_IDENTIFIERS])),
        Selection(draw(st.sampled_from(["oai_dc", "marcxml", "mods"])), spec, draw(st.none() | SECONDS), until),
        until,
        draw(st.booleans()),
        Cursor(draw(SECONDS), draw(st.integers(0, 1 << 62))),
        draw(COUNT),
        draw(COUNT),
        draw(SECONDS),
    )


def refused(read: Position | OaiError) -> bool:
    return isinstance(read, OaiError) and read.code is Code.BAD_RESUMPTION_TOKEN


@UNHURRIED
@given(positions())
def test_a_token_is_read_as_it_was_issued(position: Position) -> None:
    tokens = Tokens([KEY], "/oai", DAY)
    assert tokens.read(tokens.sign(position), position.verb, position.given) == position


def test_rules_84_85_a_token_is_short_and_needs_no_encoding() -> None:
    token = TOKENS.sign(PLACE)
    assert re.fullmatch(r"[A-Za-z0-9_-]+", token)
    assert len(token) < 100


def test_rule_85_the_longest_token() -> None:
    long = Selection("x" * 20, "s" * SET_SPEC_CHARACTERS, -62_135_596_800, NOW)
    place = replace(PLACE, selection=long, until=NOW, after=Cursor(0, 1 << 40), total=1 << 34, delivered=1 << 34)
    assert len(TOKENS.sign(place)) < 200


@pytest.mark.parametrize("index", range(len(TOKENS.sign(PLACE))))
def test_rule_82_any_character_changed_is_noticed(index: int) -> None:
    token = TOKENS.sign(PLACE)
    for letter in ALPHABET + "=+/ é":
        if letter != token[index]:
            assert refused(TOKENS.read(token[:index] + letter + token[index + 1 :], PLACE.verb, NOW))


@pytest.mark.parametrize("length", range(len(TOKENS.sign(PLACE))))
def test_rule_82_cut_short(length: int) -> None:
    assert refused(TOKENS.read(TOKENS.sign(PLACE)[:length], PLACE.verb, NOW))


@UNHURRIED
@given(st.text(max_size=120) | st.text(ALPHABET, max_size=120))
def test_rule_82_anything_else_is_refused(text: str) -> None:
    assert refused(TOKENS.read(text, Verb.LIST_RECORDS, NOW))


def test_rule_82_of_another_verb() -> None:
    assert refused(TOKENS.read(TOKENS.sign(PLACE), Verb.LIST_IDENTIFIERS, NOW))


@pytest.mark.parametrize("path", ["/oai/bk", "/oa", "", "/oai/"])
def test_rule_82_of_another_repository(path: str) -> None:
    assert refused(Tokens([KEY], path, DAY).read(TOKENS.sign(PLACE), PLACE.verb, NOW))


def test_rule_82_of_another_key() -> None:
    assert refused(Tokens([OLD], "/oai", DAY).read(TOKENS.sign(PLACE), PLACE.verb, NOW))


def test_the_old_key_is_accepted_after_rotation_and_signs_no_more() -> None:
    token = Tokens([OLD], "/oai", DAY).sign(PLACE)
    rotated = Tokens([KEY, OLD], "/oai", DAY)
    assert rotated.read(token, PLACE.verb, NOW) == PLACE
    assert rotated.sign(PLACE) == TOKENS.sign(PLACE)


def test_rule_81_expired() -> None:
    token = TOKENS.sign(PLACE)
    assert TOKENS.read(token, PLACE.verb, NOW + 30 * DAY) == PLACE
    assert refused(TOKENS.read(token, PLACE.verb, NOW + 30 * DAY + 1))


def test_rule_86_unknown_version(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("oaipmh.tokens._VERSION", 2)
    token = TOKENS.sign(PLACE)
    monkeypatch.undo()
    assert refused(TOKENS.read(token, PLACE.verb, NOW))


@pytest.mark.parametrize("keys", [[], [b""], [b"short"], [KEY, b"short"]])
def test_no_repository_without_a_good_key(keys: list[bytes]) -> None:
    with pytest.raises(InputError):
        Tokens(keys, "/oai", DAY)
