"""The trail's own words, as people read them. What is written down never changes its meaning, so it is kept in short
fixed words (`noted`, `accounts.audit.note`); a page says them in the reader's language, programs get them as they are.
"""

from __future__ import annotations

import re
from typing import Final

from flask_babel import lazy_gettext as _

from accounts.audit import Entry
from accounts.rights import ACTS, ROLES, SCOPES, Act, Role
from portal import amendment_words
from portal.workshop import language

_WORDS: Final = {
    "+": _("thêm"), "=": _("đổi"), "-": _("bỏ"),
    "same": _("cùng một ấn bản"), "different": _("khác ấn bản"), "same_work": _("chỉ cùng tác phẩm"),
    "freeze": _("khoá cụm"), "publish": _("công bố"), "ask": _("gửi duyệt"), "decline": _("trả lại"),
    "undo": _("hoàn tác"), "redo": _("công bố lại"), "drop": _("bỏ"), "delete": _("xoá biểu ghi"),
    "bring-back": _("lấy lại bản cũ"), "again": _("đọc lại"), "announce": _("báo lại bộ đã đổi"),
    "pause": _("tạm dừng"), "resume": _("chạy tiếp"), "stop": _("dừng hẳn"), "release": _("cho công bố"),
    "rest": _("cho nghỉ"), "wake": _("cho chạy lại"), "remove": _("xoá nguồn"),
    "restore": _("khôi phục nguồn"), "run": _("thu thập phần mới"), "run new": _("thu thập phần mới"),
    "run full": _("lấy lại tất cả"), "run compare": _("so danh sách"), "staged": _("chờ công bố"),
    "published": _("đã công bố"), "recovery": _("mã dự phòng"), "index rebuild": _("lập lại chỉ mục"),
    "enable": _("bật"), "disable": _("tắt"), "partner": _("đối tác"), "verify": _("kiểm tra bản sao lưu"),
    "first": _("tài khoản đầu tiên"), "password": _("mật khẩu"),
    "code": _("mã dùng một lần"), "reset": _("đặt lại"), "backup": _("sao lưu"), "examine": _("kiểm tra toàn bộ kho"),
}  # fmt: skip
"""Whole words."""
_FORMS: Final = (
    (r"(\S+) (same|different|same_work) (\S+)", _("%(a)s và %(c)s: %(b)s")),
    (r"(\d+) pin (\S+)", _("cụm %(a)s: cho %(b)s dẫn đầu")),
    (r"(\d+) freeze", _("cụm %(a)s: khoá")),
    (r"(\d+) split\b ?(.*)", _("cụm %(a)s: tách %(b)s")),
    (r"withdrawn (\d+)", _("rút quyết định %(a)s")),
    (r"draft (\d+)", _("bản nháp %(a)s")),
    (r"draft of (.+)", _("do %(a)s soạn")),
    (r"sent for approval: (.*)", _("gửi duyệt: %(a)s")),
    (r"returned to (.+?): ?(.*)", _("trả lại cho %(a)s: %(b)s")),
    (r"trial (\d+)", _("lần thử %(a)s")),
    (r"trial (\d+) published", _("công bố lần thử %(a)s")),
    (r"trial (\d+) dropped", _("bỏ lần thử %(a)s")),
    (r"retry: (\d+)", _("đọc lại, nhận %(a)s")),
    (r"discard (\S*): (\d+)", _("bỏ %(b)s (%(a)s)")),
    (r"take back (\S*): (\d+)", _("lấy lại %(b)s (%(a)s)")),
    (r"(\d+) records", _("%(a)s biểu ghi")),
    (r"(.+) #(\d+)", _("%(a)s, đợt %(b)s")),
    (r"#(\d+)", _("lô nhập %(a)s")),
    (r"role:(.+)", _("vai trò của %(a)s")),
    (r"lock:(.+)", _("khoá tài khoản %(a)s")),
    (r"unlock:(.+)", _("mở khoá tài khoản %(a)s")),
    (r"codes:(.+)", _("mã dùng một lần của %(a)s")),
    (r"invite:(.+)", _("mời %(a)s")),
    (r"collection:(.+)", _("bộ sưu tập %(a)s")),
    (r"query:(.+)", _("câu hỏi đã lưu %(a)s")),
    (r"mapping (\S+)", _("bảng ghép %(a)s")),
    (r"reset:(.+)", _("đặt lại mật khẩu của %(a)s")),
)
_COMPILED: Final = tuple((re.compile(pattern), words) for pattern, words in _FORMS)
_NAMES: Final = frozenset((Act.IMPORT,))
"""Acts whose objects are names that people gave: never translated, unless they are whole words of ours."""


def told(entry: Entry) -> tuple[str, str]:
    """What an entry was done to, and its detail, as words; what is not of ours stays as it is."""
    named = entry.act in _NAMES
    if named and entry.detail.isdecimal():
        return amendment_words.read(entry.object) or _said(entry.object, named), str(
            _("lần sửa %(number)s", number=entry.detail)
        )
    return _said(entry.object, named), _scopes(entry) or _role(entry) or _said(entry.detail, named)


def _said(text: str, named: bool) -> str:
    if text in _WORDS:
        return str(_WORDS[text])
    if not named:
        for pattern, words in _COMPILED:
            if found := pattern.fullmatch(text):
                parts = (str(_WORDS.get(one, one)) for one in found.groups())
                return str(words) % dict(zip("abc", parts, strict=False))
    return text


def _role(entry: Entry) -> str:
    """`library_cataloguer`, with a minus sign when it was taken, and an end behind it."""
    name, _mark, ends = entry.detail.removeprefix("-").partition(" ≤ ")
    if entry.act != Act.PEOPLE or name not in list(Role):
        return ""
    words = ROLES[Role(name)].en if language() == "en" else ROLES[Role(name)].vi
    taken = str(_("thu hồi vai trò %(role)s", role=words)) if entry.detail.startswith("-") else words
    return f"{taken} ≤ {ends}" if ends else taken


def _scopes(entry: Entry) -> str:
    """What a token may do, by the names that its form has."""
    names = entry.detail.split()
    if entry.act != Act.TOKENS or not names or not all(name in SCOPES for name in names):
        return ""
    words = [ACTS[SCOPES[name]] for name in names]
    return ", ".join(one.en if language() == "en" else one.vi for one in words)
