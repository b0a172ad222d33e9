"""Rule 56: names of Vietnamese persons.

A Vietnamese name begins with the surname. Libraries write it directly (`Nguyễn Du`, indicator 0) or set a comma behind
the surname after the pattern of the Library of Congress (`Nguyễn, Du`, indicator 1). Both are right; what is wrong is
an indicator that says the other thing, two persons in one field, or a role within the name.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from marc.rules import messages
from marc.rules.rule import Entry, Spot, View, rule
from vietnamese.syllables import is_vietnamese_syllable
from vietnamese.text import fold

_NAMES = ("100", "700")
_WORD = re.compile(r"[^\W\d_]+")
_SURNAME_LIST = (
    "nguyen tran le pham hoang huynh phan vu vo dang bui do ho ngo duong ly nong ha trieu la luong dao dinh mai truong "
    "doan lam vuong trinh dam chu hua ma vi be mac kieu thai ta cao luu ton to quach phung tong giap nghiem"
)
_SURNAMES = frozenset(_SURNAME_LIST.split())
"""Folded; the surnames nearly all Vietnamese bear, those of Tày, Nùng and Dao among them."""

_ROLES = re.compile(
    r"(?<!\w)(?:đồng chủ biên|tổng chủ biên|chủ biên|biên soạn|biên dịch|biên tập|sưu tầm|tuyển chọn|giới thiệu|"
    r"dịch|hiệu đính|minh hoạ|minh họa|soạn|chú giải|phiên âm|khảo dịch|hướng dẫn)(?!\w)",
    re.IGNORECASE,
)


def _is_vietnamese(name: str) -> bool:
    words = _WORD.findall(name)
    if not 2 <= len(words) <= 12 or not all(map(is_vietnamese_syllable, words)):
        return False
    return fold(words[0]) in _SURNAMES or any(not word.isascii() for word in words)


def _bare(value: str) -> str:
    return value.strip(" ,.;:/")


@rule(56, "W", messages.NAME_ORDER)
def name_order(view: View) -> Iterator[Spot]:
    for entry, name in _names(view):
        indicator = entry.field.indicators[0]
        if _ROLES.search(name) or len(_persons(name)) > 1:
            continue
        if indicator == "1" and "," not in name:
            yield entry.at(seen=f"1 ({name})", wanted="0", position=0)
        elif indicator == "0" and "," in name:
            yield entry.at(seen=f"0 ({name})", wanted="1", position=0)


@rule(56, "W", messages.NAME_SEVERAL)
def name_several(view: View) -> Iterator[Spot]:
    for entry, name in _names(view):
        persons = _persons(name)
        if len(persons) > 1:
            yield entry.at("a", name, " | ".join(persons))


@rule(56, "W", messages.NAME_ROLE)
def name_role(view: View) -> Iterator[Spot]:
    for entry, name in _names(view):
        found = _ROLES.search(name)
        if found and found.start() and len(_persons(name)) == 1:
            yield entry.at("a", name, f"$a {_bare(name[: found.start()])} $e {_bare(name[found.start() :])}")


def _names(view: View) -> Iterator[tuple[Entry, str]]:
    """The fields with the name of a Vietnamese person, and the name."""
    for entry in view.each(*_NAMES):
        name = _bare(entry.field.get("a"))
        if entry.field.indicators[0] != "3" and _is_vietnamese(name):
            yield entry, name


def _persons(name: str) -> list[str]:
    """The persons in one name: parts of two words or more each. `Nguyễn, Thị Hà` is one."""
    pieces = [piece.strip() for piece in re.split(r"[,;]| và ", name)]
    return pieces if len(pieces) > 1 and all(len(_WORD.findall(piece)) > 1 for piece in pieces) else [name]
