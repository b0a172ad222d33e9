"""What the BER codec says of bytes that are no PDU."""

from __future__ import annotations

from typing import Final

from foundation.errors import Message

TRUNCATED: Final = Message(
    "ber.truncated",
    "byte {offset}: dữ liệu BER bị cắt ngang hoặc một độ dài vượt ra ngoài phần chứa nó. Hãy gửi lại trọn gói tin.",
    "byte {offset}: the BER data breaks off, or a length leads out of what contains it. Send the whole PDU.",
)
LENGTH: Final = Message(
    "ber.length",
    "byte {offset}: độ dài BER không hợp lệ ({reason}). Hãy kiểm tra phần mềm gửi.",
    "byte {offset}: the BER length is not valid ({reason}). Check the software that sent it.",
)
TAG: Final = Message(
    "ber.tag",
    "byte {offset}: nhãn BER không hợp lệ hoặc không phải gói tin Z39.50. Hãy kiểm tra phần mềm gửi và số cổng.",
    "byte {offset}: the BER tag is not valid, or is no Z39.50 PDU. Check the software that sent it and the port.",
)
ORDER: Final = Message(
    "ber.order",
    "byte {offset}: thành phần của {name} bị lặp hoặc sai thứ tự. Hãy kiểm tra phần mềm gửi.",
    "byte {offset}: an element of {name} is repeated or out of order. Check the software that sent it.",
)
MISSING: Final = Message(
    "ber.missing",
    "{name} thiếu thành phần bắt buộc {element}. Hãy kiểm tra phần mềm gửi.",
    "{name} lacks the mandatory element {element}. Check the software that sent it.",
)
VALUE: Final = Message(
    "ber.value",
    "giá trị kiểu {kind} không hợp lệ. Hãy kiểm tra phần mềm gửi.",
    "a value of the type {kind} is not valid. Check the software that sent it.",
)
LIMIT: Final = Message(
    "ber.limit",
    "gói tin Z39.50 vượt giới hạn {limit}: {seen}, cho phép {allowed}. Hãy chia nhỏ yêu cầu.",
    "the Z39.50 PDU goes beyond the limit {limit}: {seen} seen, {allowed} allowed. Ask in smaller requests.",
)
