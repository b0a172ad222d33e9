"""Every sentence of the product stands in both languages, and a program can rely on its code."""

from __future__ import annotations

import importlib
import re
import string
import unicodedata
from collections import Counter

import pytest

from foundation.errors import Message, counted
from tests.test_house import ROOT, house

VIETNAMESE = set("àáảãạăằắẳẵặâầấẩẫậèéẻẽẹêềếểễệìíỉĩịòóỏõọôồốổỗộơờớởỡợùúủũụưừứửữựỳýỷỹỵđ")


BROKEN: list[str] = []


def all_messages() -> list[tuple[str, Message]]:
    """(module.NAME, message) of every constant, once: where it is defined, not where it is imported."""
    found: dict[int, tuple[str, Message]] = {}
    for path in house():
        # Only modules that speak of Message can define one; the others need not be imported for this.
        if "Message(" not in path.read_text(encoding="utf-8"):
            continue
        name = ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
        try:
            module = importlib.import_module(name)
        except ImportError as error:
            BROKEN.append(f"{name}: {error}")
            continue
        for constant, value in vars(module).items():
            if isinstance(value, Message):
                found.setdefault(id(value), (f"{name}.{constant}", value))
    return sorted(found.values(), key=lambda pair: pair[0])


MESSAGES = all_messages()


def fields(template: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(template) if name is not None}


def test_every_module_with_messages_can_be_imported() -> None:
    assert BROKEN == []
    assert len(MESSAGES) > 10


def test_codes_are_unique() -> None:
    counts = Counter(message.code for _, message in MESSAGES)
    assert [code for code, count in counts.items() if count > 1] == []


@pytest.mark.parametrize(("name", "message"), MESSAGES, ids=[name for name, _ in MESSAGES])
def test_message_is_whole(name: str, message: Message) -> None:
    assert fields(message.vi) == fields(message.en)
    assert message.vi.strip()
    assert message.en.strip()
    assert VIETNAMESE & set(message.vi.lower()), "Vietnamese without diacritics"
    assert not VIETNAMESE & set(message.en.lower()) - set("àáâèéêìíòóôõùúý"), "Vietnamese in the English text"
    assert unicodedata.is_normalized("NFC", message.vi)
    assert message.code == message.code.lower()
    assert " " not in message.code


class One(int):
    """1, however it is to be written."""

    def __format__(self, _wish: str) -> str:
        return "1"


VERBS = frozenset(
    "address allows answers appears belongs compresses does ends exists fails goes has holds is lacks lets names needs "  # noqa: SIM905
    "offers opens redirects refuses selects sends shows stands waits was".split()
)
"""What ends in s behind a number or a name, and counts nothing."""
LARGE = {"allowed", "seen", "size", "least"}
"""What a limit allows, and what went beyond it, is never one."""
PLURAL = re.compile(r"(?<![\w.,/:$])1 (?:(?:field|control|further|stray|usual|differing) )?([a-z]{2,}s)\b")


def test_english_says_one_of_a_thing_as_one() -> None:
    said = {
        name: message.text("en", **{one: 7 if one in LARGE else One(1) for one in fields(message.en)})
        for name, message in MESSAGES
    }
    assert {name: text for name, text in said.items() if set(PLURAL.findall(text)) - VERBS} == {}


@pytest.mark.parametrize(("count", "text"), [(0, "0 records were"), (1, "1 record was"), (1830, "1,830 records were")])
def test_the_form_follows_the_number(count: int, text: str) -> None:
    message = Message("x", "{count} biểu ghi", "{count:,} {count:record was|records were}")
    assert message.text("en", count=count) == text
    assert counted(count, "record was", "records were") == text
