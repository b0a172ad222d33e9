"""What this room says."""

from __future__ import annotations

from typing import Final

from foundation.errors import Message

UNDECODABLE: Final = Message(
    "vietnamese.undecodable",
    "byte 0x{byte:02X} không phải là chữ trong bảng mã {encoding}. Hãy kiểm tra lại bảng mã của nguồn.",
    "byte 0x{byte:02X} is no character of the encoding {encoding}. Check the encoding of the source.",
)
UNENCODABLE: Final = Message(
    "vietnamese.unencodable",
    "bảng mã {encoding} không có ký tự {character!r} (ký tự thứ {position}). Hãy chọn UTF-8.",
    "the encoding {encoding} has no character {character!r} (character {position}). Choose UTF-8.",
)
UNKNOWN_ENCODING: Final = Message(
    "vietnamese.unknown_encoding",
    "không có bảng mã {name!r}. Hãy chọn một trong: {known}.",
    "there is no encoding {name!r}. Choose one of: {known}.",
)
