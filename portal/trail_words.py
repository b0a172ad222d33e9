"""What the audit trail keeps, in the words of the page: the trail itself keeps short names that never change.

Programs (CSV, JSON) are given what is kept. Whatever is no name of ours is shown as it is: titles, notes, addresses.
"""

from __future__ import annotations

import re
from typing import Final

from accounts.rights import ACTS, ROLES, SCOPES

_WORDS: Final = {
    # batches, drafts, records
    "publish": "công bố", "ask": "gửi duyệt", "decline": "trả lại", "undo": "hoàn tác", "drop": "bỏ",
    "again": "đọc lại", "read": "đọc", "stop": "dừng", "map": "đổi cột", "delete": "xoá",
    "bring-back": "lấy lại bản cũ", "check": "kiểm tra", "published": "đã công bố", "staged": "chờ duyệt",
    "discarded": "đã bỏ",
    # harvests
    "pause": "tạm dừng", "resume": "chạy tiếp", "release": "cho qua", "discard": "bỏ", "retry": "đọc lại",
    "take back": "lấy lại", "rest": "cho nghỉ", "wake": "cho chạy lại", "remove": "bỏ", "restore": "lấy lại",
    "full": "toàn bộ", "compare": "đối chiếu", "new": "mới",
    # the union
    "same": "trùng với", "different": "khác với", "same_work": "cùng tác phẩm với", "pin": "chọn làm chính",
    "freeze": "giữ nguyên cụm", "split": "tách", "later": "để sau",
    # people and the system
    "lock": "khoá", "unlock": "mở khoá", "reset": "đặt lại mật khẩu", "codes": "mã dùng một lần",
    "password": "mật khẩu", "recovery": "mã khôi phục", "announce": "báo lại biểu ghi", "partner": "đối tác",
    "index rebuild": "lập lại chỉ mục", "backup": "sao lưu", "examine": "kiểm tra hệ thống",
    "verify": "kiểm tra bản sao lưu", "enable": "bật",
    "disable": "tắt",
}  # fmt: skip
_NAMED: Final = {
    "role": "vai trò", "invite": "lời mời", "collection": "bộ sưu tập", "query": "câu hỏi đã lưu", "trial": "lần thử",
    "draft": "bản nháp", "withdrawn": "rút lại", "run": "chạy", "mapping": "bảng mã", "lock": "khoá",
    "unlock": "mở khoá", "reset": "đặt lại mật khẩu", "codes": "mã dùng một lần",
}  # fmt: skip
_SENTENCES: Final = (
    (re.compile(r"(\d+) records"), r"\1 biểu ghi"),
    (re.compile(r"sent for approval: (.*)", re.DOTALL), r"gửi duyệt: \1"),
    (re.compile(r"returned to ([^:]*): (.*)", re.DOTALL), r"trả lại cho \1: \2"),
)
_BETWEEN: Final = re.compile(r"(\S+) (same|different|same_work) (\S+)")
_BEHIND: Final = re.compile(r"(\d+) (pin|freeze|split)\b(.*)", re.DOTALL)
_BEGUN: Final = re.compile(r"(role|invite|collection|query|lock|unlock|reset|codes):(.+)", re.DOTALL)
_ITS: Final = re.compile(r"(trial|draft|withdrawn|run|mapping) (\S+)(?: (published|dropped))?")
_COUNTED: Final = re.compile(r"(retry|discard|take back)( \S+)?: (\d+)")
_ENDS: Final = {"published": " được công bố", "dropped": " bị bỏ", None: ""}


def told(text: str, english: bool) -> str:
    """An object or a detail of the trail as the page says it."""
    sign, plain = (text[:1], text[1:]) if text[:1] in ("+", "-") else ("", text)
    names = plain.split()
    if names and plain not in _WORDS and all(one in _CALLED for one in names):
        return sign + ", ".join(_CALLED[one][english] for one in names)
    if english:
        return text
    if text in _WORDS:
        return _WORDS[text]
    if found := _BETWEEN.fullmatch(text):
        return f"{found[1]} {_WORDS[found[2]]} {found[3]}"
    if found := _BEHIND.fullmatch(text):
        return f"{found[1]} {_WORDS[found[2]]}{found[3]}"
    if found := _BEGUN.fullmatch(text):
        return f"{_NAMED[found[1]]}: {found[2]}"
    if found := _ITS.fullmatch(text):
        return f"{_NAMED[found[1]]} {_WORDS.get(found[2], found[2])}{_ENDS[found[3]]}"
    if found := _COUNTED.fullmatch(text):
        return f"{_WORDS[found[1]]}{found[2] or ''}: {found[3]}"
    for pattern, said in _SENTENCES:
        if pattern.fullmatch(text):
            return pattern.sub(said, text)
    return text


_CALLED: Final = {str(role): (words.vi, words.en) for role, words in ROLES.items()} | {
    scope: (ACTS[act].vi, ACTS[act].en) for scope, act in SCOPES.items()
}
"""Roles and scopes → what they are called in Vietnamese and in English."""
