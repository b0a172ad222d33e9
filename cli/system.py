"""What the operating system has against a command, as one sentence in both languages."""

from __future__ import annotations

import errno
from typing import Final

from foundation.errors import Message, Problem, StoreError

FAILED: Final = Message(
    "system.failed",
    "hệ điều hành báo lỗi: {reason} ({where}). Hãy xem lại chỗ ấy rồi chạy lại lệnh.",
    "the operating system says: {reason} ({where}). Look at that, then run the command again.",
)
_FULL: Final = ("đĩa đã đầy", "the disk is full")
_DENIED: Final = ("không có quyền", "permission denied")
_WORDS: Final = {
    errno.EACCES: _DENIED,
    errno.EPERM: _DENIED,
    errno.EROFS: ("chỉ đọc được, không ghi được", "it can only be read"),
    errno.ENOENT: ("không có tệp hay thư mục này", "no such file or folder"),
    errno.ENOTDIR: ("một phần của đường dẫn không phải thư mục", "a part of the path is no folder"),
    errno.EISDIR: ("đây là thư mục, không phải tệp", "it is a folder, not a file"),
    errno.EEXIST: ("đã có tệp hay thư mục tên này", "there is a file or folder of this name already"),
    errno.ENAMETOOLONG: ("tên quá dài", "the name is too long"),
    errno.ENOSPC: _FULL,
    errno.EDQUOT: _FULL,
    errno.EMFILE: ("quá nhiều tệp đang mở", "too many files are open"),
    errno.EIO: ("không đọc hay ghi được thiết bị; đĩa có thể đang hỏng", "the device failed; the disk may be dying"),
}


def told(error: OSError) -> StoreError:
    """The error of the system as our own."""
    said = error.strerror or str(error) or type(error).__name__
    vi, en = _WORDS.get(error.errno or 0, (said, said))
    reason = Problem(Message("system.reason", "{vi}", "{en}"), values={"vi": vi, "en": en})
    names = [str(name) for name in (error.filename, error.filename2) if name is not None]
    return StoreError(FAILED, reason=reason, where=" → ".join(names) or errno.errorcode.get(error.errno or 0, "–"))
