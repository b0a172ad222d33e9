"""The tables of the legacy Vietnamese encodings: facts, as short as they can be said.

Sources: VISCII 1.1 (RFC 1456); VPS as in Mozilla's vps.ut, checked against GNU recode; TCVN3 is the upper half of
TCVN 5712:1993 as the ABC fonts for Windows use it; VNI for Windows from its font layout, as UniKey has it.
`tests/vietnamese/test_encodings.py` checks them against iconv and Python's cp1258 where those know the encoding.
"""

from __future__ import annotations

from typing import Final

UNDEFINED: Final = "\ufffe"
"""Marks a byte without a character (the convention of `codecs.charmap_decode`)."""

CP1252_SIGNS: Final = "€\ufffe‚ƒ„…†‡ˆ‰Š‹Œ\ufffeŽ\ufffe\ufffe‘’“”•–—˜™š›œ\ufffežŸ"
"""0x80-0x9F of Windows: the fonts of TCVN3 and VNI leave the quotation marks and dashes of cp1252 in place."""

_ASCII: Final = "".join(map(chr, range(128)))


def _with(letters: dict[int, str]) -> str:
    """ASCII with letters on some control codes."""
    return "".join(letters.get(code, char) for code, char in enumerate(_ASCII))


VISCII_CONTROLS: Final = {0x02: "Ẳ", 0x05: "Ẵ", 0x06: "Ẫ", 0x14: "Ỷ", 0x19: "Ỹ", 0x1E: "Ỵ"}
VPS_CONTROLS: Final = {
    0x02: "Ạ", 0x03: "Ậ", 0x04: "Ặ", 0x05: "Ẹ", 0x06: "Ệ", 0x10: "Ị", 0x11: "Ọ", 0x12: "Ộ", 0x13: "Ợ", 0x14: "Ụ",
    0x15: "Ự", 0x19: "Ỵ", 0x1C: "Ẫ", 0x1D: "Ữ",
}  # fmt: skip

C0_LETTERS: Final = {"viscii": frozenset(VISCII_CONTROLS), "vps": frozenset(VPS_CONTROLS)}
"""Control codes that are letters in an encoding. ISO 2709 frames with 0x1D, 0x1E, 0x1F: a VISCII record may hold 0x1E
(Ỵ) and a VPS record 0x1D (Ữ) inside its text, so such files are split by directory lengths, never by terminators."""

SINGLE_BYTE: Final = {
    "viscii": _with(VISCII_CONTROLS)
    + "ẠẮẰẶẤẦẨẬẼẸẾỀỂỄỆỐỒỔỖỘỢỚỜỞỊỎỌỈỦŨỤỲ"
    + "ÕắằặấầẩậẽẹếềểễệốồổỗỠƠộờởịỰỨỪỬơớƯ"
    + "ÀÁÂÃẢĂẳẵÈÉÊẺÌÍĨỳĐứÒÓÔạỷừửÙÚỹỵÝỡư"
    + "àáâãảăữẫèéêẻìíĩỉđựòóôõỏọụùúũủýợỮ",
    "vps": _with(VPS_CONTROLS)
    + "ÀẢÃẤẦẨọỗĂếềểệẮẰẲẾ‘’ỀỂỄỐỒỔỖýỷỵỚỜỞ"
    + "\xa0ắằẳẵặỠớÙờởỡŨỨợỪổỬỲỸÍÌộỈĨÓửữÒỎÕự"
    + "ầÁÂấẩẫậđẻÉÊẹỉễịỹƯỦồốÔỏơÈừứÚũưÝẺß"
    + "àáâãảạăçèéêẽìíîĩẴĐòóôõöƠụùúủüỶẼỳ",
    # 0xB0-0xB4 are the tones alone; the capitals with tones on 0xAF, 0xBA … are of TCVN 5712 VN1, not of the fonts
    "tcvn3": _ASCII
    + CP1252_SIGNS
    + "\xa0ĂÂÊÔƠƯĐăâêôơưđẰ\u0300\u0309\u0303\u0301\u0323àảãáạẲằẳẵắẴ"
    + "ẮẦẨẪẤỀặầẩẫấậèỂẻẽéẹềểễếệìỉỄẾỒĩíịò"
    + "ỔỏõóọồổỗốộờởỡớợùỖủũúụừửữứựỳỷỹýỵỐ",
}
"""Encoding → the character of each of its 256 bytes."""

# VNI writes one letter as a base and at most one byte for all its marks; the lower-case mark is 0x20 higher.
VNI_MARKS: Final = {
    "\xd9": "\u0301", "\xd8": "\u0300", "\xdb": "\u0309", "\xd5": "\u0303", "\xcf": "\u0323",
    "\xc2": "\u0302", "\xc1": "\u0302\u0301", "\xc0": "\u0302\u0300", "\xc5": "\u0302\u0309", "\xc3": "\u0302\u0303",
    "\xc4": "\u0302\u0323",
    "\xca": "\u0306", "\xc9": "\u0306\u0301", "\xc8": "\u0306\u0300", "\xda": "\u0306\u0309", "\xdc": "\u0306\u0303",
    "\xcb": "\u0306\u0323",
}  # fmt: skip
VNI_LETTERS: Final = {
    "\xd1": "Đ", "\xd4": "Ơ", "\xd6": "Ư", "\xcd": "Í", "\xcc": "Ì", "\xc6": "Ỉ", "\xd3": "Ĩ", "\xd2": "Ị", "\xce": "Ỵ",
}  # fmt: skip

VIQR_MARKS: Final = {
    "^": "\u0302", "(": "\u0306", "+": "\u031b",
    "`": "\u0300", "?": "\u0309", "~": "\u0303", "'": "\u0301", ".": "\u0323",
}  # fmt: skip
"""RFC 1456: a mark typed behind its vowel; shape first, then tone."""
