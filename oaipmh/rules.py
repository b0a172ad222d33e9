"""The rules of the self-check: each with a number that reports and documents may cite, and its clause."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Final

from foundation.errors import Message

EXAMPLES: Final = 20
"""Examples of one finding that are kept; the others are counted."""
EXAMPLE_CHARACTERS: Final = 300


@dataclass(frozen=True, slots=True)
class Rule:
    """What has to hold. `section`: of OAI-PMH 2.0, or `store` for what only the store itself can know."""

    number: str
    section: str
    message: Message


def _rule(number: str, section: str, vi: str, en: str) -> Rule:
    return Rule(number, section, Message(f"feed.{number}", vi, en))


REACHED = _rule("F01", "3.1.2", "máy chủ trả lời mọi yêu cầu bằng HTTP 200", "every request is answered by HTTP 200")
CONTENT_TYPE = _rule("F02", "3.1.2.1", "kiểu nội dung là text/xml", "the content type is text/xml")
WELL_FORMED = _rule("F03", "3.2", "câu trả lời là XML đúng cú pháp", "the answer is well-formed XML")
VALID = _rule("F04", "3.2", "câu trả lời hợp lệ theo lược đồ XML", "the answer is valid against its XML schemas")
ENVELOPE = _rule(
    "F05", "3.2", "có responseDate theo giờ UTC và request mang đúng địa chỉ gốc",
    "there is a responseDate in UTC, and request says the base URL",
)  # fmt: skip
IDENTIFY = _rule(
    "F06", "4.2", "Identify đủ các mục bắt buộc, địa chỉ gốc đúng như địa chỉ thu thập",
    "Identify has all it must, and the base URL that is harvested",
)  # fmt: skip
ERRORS = _rule("F07", "3.6", "yêu cầu sai nhận đúng mã lỗi", "a wrong request gets the right error code")
FORMATS = _rule("F08", "4.4", "có oai_dc; mỗi metadataPrefix chỉ một lần", "oai_dc is offered, no prefix twice")
SETS = _rule(
    "F09", "4.6", "setSpec không trùng, có tập hợp mẹ, setSpec trong đầu biểu đều được liệt kê",
    "no setSpec twice, parents are listed, and every setSpec of a header is",
)  # fmt: skip
TOKENS = _rule(
    "F10", "3.5", "danh sách đi hết bằng resumptionToken và kết thúc đúng cách",
    "a list is walked to its end by resumption tokens, and ends as it must",
)  # fmt: skip
CURSOR = _rule("F11", "3.5", "cursor bằng số biểu ghi đã giao trước đó", "cursor is the number of records before")
SIZE = _rule("F12", "3.5", "completeListSize bằng số biểu ghi nhận được", "completeListSize is what was received")
TWICE = _rule("F13", "2.5", "không biểu ghi nào xuất hiện hai lần", "no record comes twice in a list")
DATESTAMP = _rule(
    "F14", "2.7.1", "dấu thời gian đúng độ mịn, trong khoảng đã hỏi, không trước earliestDatestamp",
    "datestamps have the granularity, lie in the range asked for and not before earliestDatestamp",
)  # fmt: skip
SAME_LISTS = _rule("F15", "4.3, 4.5", "ListIdentifiers giống ListRecords", "ListIdentifiers and ListRecords agree")
RECORD = _rule(
    "F16", "2.5", "biểu ghi có đúng một phần metadata; biểu ghi đã xoá thì không có",
    "a record has exactly one metadata part, a deleted one has none",
)  # fmt: skip
INCREMENTAL = _rule(
    "F17", "2.7.1", "thu thập tăng dần (from) cho đúng những biểu ghi đã đổi",
    "an incremental harvest (from) brings exactly what changed",
)  # fmt: skip
GET_RECORD = _rule("F18", "4.1", "GetRecord giống từng byte với danh sách", "GetRecord equals the list byte for byte")
POST = _rule("F19", "3.1.1.2", "POST trả lời như GET", "POST is answered as GET is")
COMPRESSION = _rule("F20", "3.1.3", "câu trả lời nén và không nén như nhau", "compressed and plain answers agree")
POLICY = _rule("F21", "2.5.1", "biểu ghi đã xoá theo đúng deletedRecord", "deletions follow deletedRecord")
MISSING = _rule(
    "F30", "store", "mọi biểu ghi của kho đều có trong nguồn phát", "every record of the store is in the feed"
)
STRANGE = _rule(
    "F31", "store", "nguồn phát không có gì ngoài kho, và đúng trạng thái",
    "the feed shows nothing but the store, each in its state",
)  # fmt: skip
OTHER_BYTES = _rule("F32", "store", "nội dung phát đúng như đã dựng", "the feed gives the bytes that were rendered")
DAMAGED = _rule("F33", "store", "nội dung lưu trong kho còn nguyên vẹn", "the stored renderings are undamaged")

RULES: Final = tuple(value for value in list(globals().values()) if isinstance(value, Rule))
BY_NUMBER: Final = {rule.number: rule for rule in RULES}


@dataclass(slots=True)
class Findings:
    """What was found to break which rule, a few examples of each."""

    found: dict[str, list[str]] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)

    def add(self, rule: Rule, example: str) -> None:
        self.counts[rule.number] = self.counts.get(rule.number, 0) + 1
        kept = self.found.setdefault(rule.number, [])
        if len(kept) < EXAMPLES:
            kept.append(example[:EXAMPLE_CHARACTERS])

    def __bool__(self) -> bool:
        return bool(self.counts)

    def as_json(self) -> list[dict[str, Any]]:
        """One object for each rule that was broken, in the order of their numbers."""
        return [
            {
                "rule": number,
                "section": BY_NUMBER[number].section,
                "vi": BY_NUMBER[number].message.vi,
                "en": BY_NUMBER[number].message.en,
                "count": self.counts[number],
                "examples": self.found[number],
            }
            for number in sorted(self.counts)
        ]
