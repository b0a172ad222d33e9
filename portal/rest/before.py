"""The addresses that were there before: what sends records, asks for duplicates and explains.

They are served where they were (`portal.push`, `portal.matching`), as they were; here they are only described.
"""

from __future__ import annotations

from typing import Final

from accounts.rights import Act
from portal.rest.operation import BYTES, Parameter, Table
from portal.rest.schema import ref, text

_NAME: Final = Parameter("name", text(), "Tên tệp.", "Name of the file.")
_RANGE: Final = Parameter(
    "Content-Range",
    text(),
    "Đoạn này ở đâu trong tệp (RFC 9110, 14.4).",
    "Where the piece stands in the file (RFC 9110, 14.4).",
    where="header",
)
_LINES: Final = "application/x-ndjson"


def add(table: Table) -> None:
    """Put the rows into the table."""
    table.group = "push"
    upload = ref("Upload")
    table.put(
        "POST",
        "/push",
        "push",
        Act.PUSH,
        "Gửi cả một tệp; nhập và công bố ngay.",
        "Send a whole file; it is imported and published at once.",
        upload,
        _NAME,
        takes=BYTES,
        others=(411, 415, 422, 503),
        also={202: upload},
    )
    table.put(
        "PUT",
        "/push/{upload}",
        "push_piece",
        Act.PUSH,
        "Gửi một đoạn của tệp.",
        "Send a piece of a file.",
        upload,
        _NAME,
        _RANGE,
        takes=BYTES,
        others=(411, 415, 422, 503),
        also={202: upload},
    )
    table.put(
        "GET",
        "/push/{upload}",
        "pushed",
        Act.PUSH,
        "Lượt gửi đã đến đâu.",
        "How far an upload is.",
        upload,
        others=(411, 415, 422, 503),
        also={202: upload},
    )
    table.put("DELETE", "/push/{upload}", "push_cancel", Act.PUSH, "Huỷ lượt gửi.", "Forget an upload.", None)
    table.group = "union"
    table.put(
        "POST",
        "/match",
        "match",
        Act.MATCH,
        "Hỏi trùng cho nhiều biểu ghi; mỗi dòng trả lời một biểu ghi.",
        "Ask for duplicates of records; a line is answered for each.",
        {"type": "string"},
        _NAME,
        takes=BYTES,
        gives=_LINES,
    )
    table.put(
        "GET",
        "/union/{name}",
        "union",
        Act.READ,
        "Một biểu ghi của mục lục liên hợp.",
        "One union record.",
        ref("UnionRecord"),
    )
    a, b = (Parameter(one, text(), "Biểu ghi: THƯ-VIỆN/SỐ.", "A record: LIBRARY/NUMBER.") for one in "ab")
    table.put(
        "GET",
        "/explain",
        "explain",
        Act.READ,
        "Vì sao hai biểu ghi là một ấn bản, hoặc không.",
        "Why two records are one edition, or are not.",
        ref("Explanation"),
        a,
        b,
    )
