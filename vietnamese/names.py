"""Personal names as Vietnamese catalogues write them.

A Vietnamese name is family, middle, given, spoken and filed in that order. Catalogues write it as it is spoken ("Nông
Quốc Hưng"), or as an AACR2 heading ("Nông, Quốc Hưng", the same words in the same order), or turned round as a Western
name ("Hưng, Nông Quốc"). A comma therefore proves nothing, and one field may hold several persons and their roles
("Đỗ Sanh chủ biên; Lê Doãn Hồng"). Everything here is a reading of the text: compare names by `key`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import Final

from vietnamese.text import fold, is_vietnamese_syllable, normalise, tone_placement, word_key


@cache
def _families() -> frozenset[str]:
    """Keys of the family names; made when a name is first read, since the table of syllables takes its time."""
    return frozenset(word_key(name) for name in _FAMILY_NAMES.split())


@cache
def _bare_families() -> frozenset[str]:
    return frozenset(fold(name) for name in _FAMILY_NAMES.split())


@dataclass(frozen=True, slots=True)
class PersonName:
    """One person as read from a text. `display` is the name in its spoken order, without comma, dates and roles.

    `family`, `middle` and `given` are empty where the name does not show them (pen names have no family name).
    `inverted` says that the text had turned the order round. `roles` are words like "dịch"; `dates` and `titles` are
    what stood with the name ("1765-1820"; "PGS.TS", "Vua Việt Nam").
    """

    display: str
    family: str = ""
    middle: str = ""
    given: str = ""
    inverted: bool = False
    roles: tuple[str, ...] = ()
    dates: str = ""
    titles: tuple[str, ...] = ()


_FAMILY_NAMES: Final = (
    "Âu An Bạch Bàn Bành Bế Biện Bùi Cà Cấn Cầm Cao Châu Chảo Chẻo Chíu Chu Chử Cù Cung Cứ Dương Diệp Doãn Đàm "
    "Đan Đào Đặng Đậu Đèo Điêu Đinh Đoàn Đỗ Đồng Đống Đổng Đới Đường Giang Giàng Giáp Hà Hạ Hàn Hầu Hồ Hoàng Hứa Huỳnh "
    "Kha Khổng Khuất Khúc Khương Kiều Kim La Lã Lại Lâm Lành Lầu Lê Lều Liêu Liễu Lò Lộc Lưu Lục Lương Lường Lữ "
    "Lý Ma Mã Mạc Mạch Mai Mẫn Mông Ngân Nghiêm Ngô Ngụy Nguyễn Nhâm Nhan Nhữ Ninh Nông Ông Phạm Phan Phàn Phí "
    "Phó Phùng Phương Quách Quan Quàng Sái Sầm Sùng Tạ Tằng Tăng Tẩn Thạch Thái Thân Thẩm Thào Thiều Tiêu Tiết Tô "
    "Tôn Tống Tòng Trần Trang Triệu Trình Trịnh Trương Từ Tưởng Ung Uông Vàng Văn Vi Viên Võ Vừ Vũ Vương Xa"
)
"""Family names of the Kinh, and of the Tày, Nùng, Dao, Mông and Hoa of the northern mountains."""

_ROYAL: Final = frozenset(("tôn thất", "tôn nữ"))  # family names of two words
_MIDDLES: Final = frozenset(("thị", "văn"))  # middle names that end no natural name

_ROLE_WORDS: Final = (
    "sưu tầm", "biên soạn", "đồng chủ biên", "chủ biên", "biên dịch", "biên tập", "tuyển chọn", "giới thiệu",
    "hiệu đính", "chú giải", "chú thích", "phiên âm", "dịch nghĩa", "dịch thơ", "dịch", "soạn", "tuyển", "kể", "ghi",
    "khảo cứu", "nghiên cứu", "sáng tác", "minh hoạ", "vẽ", "hướng dẫn", "thực hiện", "chủ trì", "viết lời", "lời",
    "nhạc",
)  # fmt: skip
_ROLE_ABBREVIATIONS: Final = {
    "ch.b.": "chủ biên", "b.s.": "biên soạn", "s.t.": "sưu tầm", "h.đ.": "hiệu đính", "g.th.": "giới thiệu",
    "b.d.": "biên dịch", "minh họa": "minh hoạ",
}  # fmt: skip
_ROLE: Final = (
    "(?:" + "|".join(map(re.escape, sorted((*_ROLE_WORDS, *_ROLE_ABBREVIATIONS), key=len, reverse=True))) + ")"
)
_ROLE_LIST: Final = rf"{_ROLE}(?:(?:\s*[,&–-]\s*|\s+và\s+|\s+){_ROLE})*"
_ROLES_BEHIND: Final = re.compile(
    rf"(?<![\s,])[\s,]+(?P<open>[(\[])?\s*(?:người\s+)?(?P<roles>{_ROLE_LIST})\s*(?(open)[)\]])[\s.]*$"
)
_ROLES_BEFORE: Final = re.compile(rf"^\s*(?:[Nn]gười\s+)?(?P<roles>{_ROLE_LIST})\s*:\s*", re.IGNORECASE)
_EACH_ROLE: Final = re.compile(_ROLE, re.IGNORECASE)

_TITLE: Final = re.compile(
    r"^(?:(?:GS|PGS|TSKH|TS|ThS|KTS|KS|BS|DS|CN|LS|NGND|NGƯT|NSND|NSƯT|Giáo sư|Phó giáo sư|Tiến sĩ|Thạc sĩ)\b[.,]?\s*)+"
)
_DATES: Final = re.compile(
    r"^(?:(?:sinh|mất|ca|b|d)\.?\s*)?\d{3,4}\??\s*(?:[-–]\s*(?:\d{3,4}\??)?)?\.?$", re.IGNORECASE
)
_BRACKETED_DATES: Final = re.compile(r"\s*\(\s*(\d{3,4}\??\s*[-–]\s*(?:\d{3,4}\??)?)\s*\)\s*")
_AND: Final = re.compile(r"\s+(?:và|and|với)\s+|\s*[&+]\s*")
_OTHERS: Final = re.compile(
    r"(?<![\s,])[\s,]*(?:(?:\[?et al\.?\]?|\.\.\.|…|\[?và những người khác\]?|\[và nh\.? ng\.? khác\])[\s.]*)+$"
)
_BODY: Final = re.compile(
    r"(?:Bộ|Ban|Viện|Trường|Đại học|Hội|Tổng|Công ty|Nhóm|Khoa|Sở|Phòng|Cục|Vụ|Đảng|Quốc hội|Chính phủ|[UỦ][ỷy] ban"
    r"|UBND|Trung tâm|Nhà xuất bản|Thư viện|Bảo tàng|Tiêu chuẩn|Tỉnh|Huyện|Nhiều|Không rõ)\b",
    re.IGNORECASE,
)
"""How the name of a body begins; its commas and "và" are its own."""

_TAIL: Final = 200  # roles and "et al." are looked for in so many last characters
_INITIAL: Final = re.compile(r"^(?:\w\.?|\w{1,2}\.)$")
_GLUED_INITIALS: Final = re.compile(r"\.(?=\w)")


def parse_all(text: str) -> list[PersonName]:
    """Every person (or body) of one field or statement of responsibility, in order, each with its roles.

    A semicolon always separates persons. A comma does when every part has at least two words ("Nguyệt Tú, Nguyệt
    Tĩnh"); with a part of one word it is the comma of a heading ("Nông, Quốc Hưng").
    """
    persons: list[PersonName] = []
    for part in normalise(text).split(";"):
        names, roles = _without_roles(" ".join(part.split()))
        if _BODY.match(names.lstrip("[")):
            persons.append(PersonName(names.strip(" ,.[]"), roles=roles))
            continue
        separate = [name for joined in _AND.split(names) for name in _separate(joined)]
        persons += _with_roles(separate, roles)
    return persons


def _with_roles(names: list[str], roles: tuple[str, ...]) -> list[PersonName]:
    """The persons of one part. A role stands behind one name or the last of several ("A, B dịch; C biên tập")."""
    persons: list[PersonName] = []
    for name in reversed(names):
        rest, own = _without_roles(name) if persons else (name, roles)
        roles = own or roles
        persons.append(_person(rest, roles))
    return persons[::-1]


def parse(name: str) -> PersonName:
    """The person of a text that names one; of several, the first. Text without a name gives an empty `display`."""
    return next(iter(parse_all(name)), PersonName(""))


def key(name: str) -> str:
    """What two spellings of one name share: NFC, one tone placement, case folded, no commas; the word order stays.

    "Nông, Quốc Hưng", "Nông Quốc Hưng" and "NÔNG QUỐC HƯNG" have one key; "Hưng Nông Quốc" has another.
    """
    return " ".join(tone_placement(name).casefold().replace(",", " ").split()).rstrip(" .;:/")


def _without_roles(part: str) -> tuple[str, tuple[str, ...]]:
    """The names of one part, and the roles that stood before or behind them."""
    roles: list[str] = []
    before = _ROLES_BEFORE.match(part)
    if before:
        roles += _EACH_ROLE.findall(before["roles"].lower())
        part = part[before.end() :]
    part = _without_others(part)
    behind = _ROLES_BEHIND.search(part, max(0, len(part) - _TAIL))
    if behind:
        roles += _EACH_ROLE.findall(behind["roles"])
        part = _without_others(part[: behind.start()])
    return part, tuple(dict.fromkeys(_ROLE_ABBREVIATIONS.get(role, role) for role in roles))


def _without_others(part: str) -> str:
    others = _OTHERS.search(part, max(0, len(part) - _TAIL))
    return part[: others.start()] if others else part


def _separate(names: str) -> list[str]:
    """The names of a comma list; one when the comma is inside a name."""
    parts = [part.strip() for part in names.split(",")]
    parts = [part for part in parts if part]
    if any(_DATES.match(part) for part in parts):
        return [", ".join(parts)]
    several = len(parts) > 1 and all(len(part.split()) > 1 and not part[0].islower() for part in parts)
    return parts if several else [", ".join(parts)] if parts else []


def _person(text: str, roles: tuple[str, ...]) -> PersonName:
    dates = ""
    bracketed = _BRACKETED_DATES.search(text)
    if bracketed:
        dates, text = bracketed[1], _BRACKETED_DATES.sub(" ", text, count=1)
    title = _TITLE.match(text.strip())
    titles = [title[0].strip(" ,.")] if title else []
    parts = [part.strip() for part in (text.strip()[title.end() :] if title else text).split(",")]
    dates = dates or next((part.rstrip(".") for part in parts if _DATES.match(part)), "")
    parts = [part for part in parts if part and not _DATES.match(part)]
    titles += parts[2:]  # "Lê, Lợi, Vua Việt Nam"
    words = [_words(part) for part in parts[:2]]
    family, middle, given, inverted = _order(words)
    display = " ".join(part for part in (family, middle, given) if part) or ", ".join(map(" ".join, words))
    if family and inverted is None:  # a Western name: the family name is said last
        display = " ".join(part for part in (given, middle, family) if part)
    turned = inverted if inverted is not None else len(words) > 1
    return PersonName(display, family, middle, given, turned, roles, dates, tuple(titles))


def _words(part: str) -> list[str]:
    """Words, glued initials apart: "N.V. An" → N. V. An."""
    words = _GLUED_INITIALS.sub(". ", part).split()
    last = words[-1].rstrip(".") if words else ""
    if len(last) > 2 or (len(last) == 2 and is_vietnamese_syllable(last)):
        words[-1] = last  # the full stop was of ISBD, not of an initial
    return words


def _order(parts: list[list[str]]) -> tuple[str, str, str, bool | None]:
    """(family, middle, given, inverted); inverted is None for a Western name, whose display order is the other."""
    words = [word for part in parts for word in part]
    if not words or any(word[0].islower() for word in words[1:]):  # a body, or a phrase
        return "", "", "", False
    if not _vietnamese(words):
        if len(parts) == 2:
            return " ".join(parts[0]), "", " ".join(parts[1]), None
        return (words[-1], " ".join(words[1:-1]), words[0], None) if len(words) > 1 else ("", "", words[0], False)
    inverted = len(parts) == 2 and _turned(parts[0], parts[1])
    if inverted:
        words = [*parts[1], *parts[0]]
    if len(words) > 1 and (_is_family(words) or _INITIAL.match(words[0]) or len(parts) == 2):
        size = 2 if " ".join(words[:2]).lower() in _ROYAL and len(words) > 2 else 1
        return " ".join(words[:size]), " ".join(words[size:-1]), words[-1], inverted
    return "", "", " ".join(words), inverted


def _vietnamese(words: list[str]) -> bool:
    """Whether all full words are Vietnamese syllables, or a name typed without marks begins with a family name."""
    full = [word for word in words if not _INITIAL.match(word)]
    if not full:
        return False
    return all(map(is_vietnamese_syllable, full)) or (len(words) > 1 and "".join(full).isascii() and _is_family(words))


def _turned(first: list[str], second: list[str]) -> bool:
    """Whether "Hưng, Nông Quốc" puts the given name first: the family name is behind the comma, not before it."""
    if not _is_family(second):
        return False
    return not _is_family(first) or (len(second) > 1 and second[-1].lower() in _MIDDLES)


def _is_family(words: list[str]) -> bool:
    """Whether the first word is a family name; typed without marks only where no word of the name has any."""
    return word_key(words[0]) in _families() or (" ".join(words).isascii() and fold(words[0]) in _bare_families())
