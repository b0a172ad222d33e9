"""What the screens of duplicates and the services beside them say when something cannot be done."""

from __future__ import annotations

from typing import Final

from foundation.errors import Message

MATCH_LARGE: Final = Message(
    "match.large",
    "dữ liệu gửi để so có {seen} byte, vượt giới hạn {limit} = {allowed}. Hãy chia tệp ra rồi gửi từng phần.",
    "what was sent to be matched has {seen} bytes, beyond the limit {limit} = {allowed}. Send the file in parts.",
)
MATCH_MANY: Final = Message(
    "match.many",
    "tệp có hơn {allowed} biểu ghi, vượt giới hạn {limit}; các biểu ghi trước đó đã được so. "
    "Hãy gửi phần còn lại trong một yêu cầu khác.",
    "the file has more than {allowed} records, beyond the limit {limit}; those before were matched. "
    "Send the rest in another request.",
)
MATCH_NOTHING: Final = Message(
    "match.nothing",
    "yêu cầu không có biểu ghi nào. Hãy gửi MARC (ISO 2709, MARCXML, MARC-in-JSON) hay Dublin Core trong thân yêu cầu.",
    "the request has no record. Send MARC (ISO 2709, MARCXML, MARC-in-JSON) or Dublin Core as its body.",
)
NO_PARTY: Final = Message(
    "duplicates.no_party",
    "không biểu ghi nào trong câu hỏi này là của thư viện bạn ({parties}). Hãy để thư viện ấy hoặc tỉnh quyết định.",
    "no record of this question is of your library ({parties}). Leave it to that library or to the province.",
)
NOT_YOURS: Final = Message(
    "duplicates.not_yours",
    "quyết định số {number} do {library} đưa ra; chỉ thư viện ấy và tỉnh rút lại được. "
    "Hãy quyết định ngược lại: cặp ấy sẽ được chuyển lên tỉnh.",
    "decision {number} was made by {library}; that library and the province alone can withdraw it. "
    "Decide otherwise instead: the pair then goes to the province.",
)
