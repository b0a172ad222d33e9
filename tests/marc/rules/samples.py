"""A record without a flaw, and records that differ from it in a few lines."""

from __future__ import annotations

import io
from datetime import date

from marc import mrk
from marc.record import Record
from marc.rules import Finding, check
from marc.rules.profiles import DEFAULT, Profile

TODAY = date(2026, 5, 4)

GOOD = r"""
=LDR  00000nam a2200000 a 4500
=001  BK000001
=003  BKTVT
=005  20260131093000.0
=008  260131s2019\\\\vm\a\\\\\\\\\\000\0\vie\d
=020  \\$a9786049632457$q(bìa mềm)$c85000đ
=040  \\$aBKTVT$bvie
=041  0\$avie
=044  \\$avm
=043  \\$aa-vt---
=082  04$a959.7153$bL302S$223
=100  0\$aNông Văn Nhay$d1930-
=245  10$aLịch sử Bắc Kạn :$btừ nguồn gốc đến năm 2000 /$cNông Văn Nhay
=250  \\$aTái bản lần thứ 2
=260  \\$aHà Nội :$bVăn hoá dân tộc,$c2019
=300  \\$a312 tr. :$bảnh ;$c21 cm
=336  \\$avăn bản$btxt$2rdacontent
=337  \\$akhông qua trung gian$bn$2rdamedia
=338  \\$atập$bnc$2rdacarrier
=500  \\$aThư mục: tr. 305-310
=651  \4$aBắc Kạn$xLịch sử
=700  1\$aDương, Thuấn$4aut$0(VN-NLV)123
=773  0\$tTạp chí Văn hoá$w(BKTVT)77$x0866-8655
=856  40$uhttps://thuvien.example.vn/1
=952  \\$aBKTVT$pBK0001
""".strip()


DISORDER = "\u00e9\u0302"
"""The tone inside, the shape outside."""
STAND_IN = "@@"


def record(changes: str = "", drop: str = "") -> Record:
    """The good record with lines in place of those of the same tag; tags in `drop` go away without one."""
    lines = [line for line in changes.strip().split("\n") if line]
    tags = {line[1:4] for line in lines} | set(drop.split())
    kept = [line for line in GOOD.split("\n") if line[1:4] not in tags]
    leader = [line for line in (*lines, *kept) if line.startswith("=LDR")]
    rest = sorted((line for line in (*kept, *lines) if not line.startswith("=LDR")), key=lambda line: line[1:4])
    # Readers put marks in order themselves; a record that was made otherwise may have them wrong.
    text = "\n".join([*leader, *rest]).replace(DISORDER, STAND_IN)
    [reading] = mrk.readings(io.BytesIO(text.encode()))
    assert reading.record is not None
    return Record(reading.record.text.replace(STAND_IN, DISORDER))


def found(given: Record, profile: Profile = DEFAULT) -> list[Finding]:
    return check(given, profile, TODAY)


def codes(given: Record, profile: Profile = DEFAULT) -> set[str]:
    return {finding.rule.code for finding in found(given, profile)}
