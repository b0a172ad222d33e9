"""SUTRS, plain text for a person's eyes (Z39.50-2003, Appendix 5 REC, RecordSyntax-SUTRS): lines of at most 72
characters that end in a line feed."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from typing import Final

from dublin_core.citation import citation
from dublin_core.copies import copies
from marc.record import Record

_WIDTH: Final = 72


def text_record(record: Record, brief: bool) -> str:
    """The record in words, labels in Vietnamese; brief: title, names, date and control number alone."""
    lines = []
    for label, value in _labelled(record, brief):
        lines += textwrap.wrap(f"{label}: {value}", _WIDTH, subsequent_indent="  ", break_on_hyphens=False)
    return "\n".join(lines) + "\n"


def _labelled(record: Record, brief: bool) -> Iterator[tuple[str, str]]:
    found = citation(record)
    published = ", ".join(filter(None, (found.place, found.publisher)))
    rows = [
        ("Nhan đề", found.title),
        ("Tác giả", "; ".join(name.text for name in found.names)),
        ("Năm xuất bản", found.date),
        ("Số kiểm soát", record.control("001")),
    ]
    if not brief:
        rows[2:2] = [("Lần xuất bản", found.edition), ("Xuất bản", published)]
        rows += [
            ("Mô tả vật lý", found.extent),
            ("Tùng thư", "; ".join(" ; ".join(filter(None, series)) for series in found.series)),
            ("ISBN", "; ".join(found.isbns)),
            ("ISSN", "; ".join(found.issns)),
            ("Chủ đề", "; ".join(found.subjects)),
            ("Phân loại", found.classification),
            ("Tóm tắt", found.abstract),
            *(("Liên kết", link.address) for link in found.links),
            *(
                ("Nơi lưu giữ", ", ".join(filter(None, (copy.location, copy.sublocation, copy.shelf_mark))))
                for copy in copies(record)
            ),
        ]
    return ((label, value) for label, value in rows if value)
