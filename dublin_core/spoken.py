"""In which languages a record's resource is: MARC codes, the same in sets and in search, and their names."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import Final

from dublin_core import languages
from dublin_core.kinds import Names
from marc.record import FIELD_TERMINATOR, SUBFIELD_DELIMITER, Record

UNDETERMINED: Final = "und"
MOST: Final = 10
"""Languages of one record that are looked at: a phrase book in forty languages is not found by each of them."""

_NAMES: Final = """
    vie tiếng Việt | Vietnamese
    tyz tiếng Tày | Tày
    nut tiếng Nùng | Nùng
    ium tiếng Dao (Iu Miên) | Iu Mien
    mji tiếng Dao (Kìm Mùn) | Kim Mun
    hmn tiếng Mông | Hmong
    mww tiếng Mông Trắng | Hmong Daw
    hnj tiếng Mông Xanh | Hmong Njua
    mlc tiếng Cao Lan | Cao Lan
    blt tiếng Thái (Việt Nam) | Tai Dam
    mtq tiếng Mường | Muong
    cjm tiếng Chăm | Eastern Cham
    cmc nhóm tiếng Chăm | Chamic languages
    jra tiếng Gia Rai | Jarai
    rad tiếng Ê Đê | Rade
    bdq tiếng Ba Na | Bahnar
    sed tiếng Xơ Đăng | Sedang
    hre tiếng Hrê | Hre
    kpm tiếng Cơ Ho | Koho
    lzh Hán văn | Literary Chinese
    tai nhóm tiếng Tày - Thái | Tai languages
    sit nhóm tiếng Hán - Tạng | Sino-Tibetan languages
    mkh nhóm tiếng Môn - Khmer | Mon-Khmer languages
    map nhóm tiếng Nam Đảo | Austronesian languages
    chi tiếng Trung | Chinese
    eng tiếng Anh | English
    fre tiếng Pháp | French
    rus tiếng Nga | Russian
    ger tiếng Đức | German
    jpn tiếng Nhật | Japanese
    kor tiếng Hàn | Korean
    lao tiếng Lào | Lao
    khm tiếng Khmer | Khmer
    tha tiếng Thái | Thai
    bur tiếng Miến Điện | Burmese
    ind tiếng In-đô-nê-xi-a | Indonesian
    may tiếng Mã Lai | Malay
    tgl tiếng Ta-ga-lốc | Tagalog
    zha tiếng Choang | Zhuang
    spa tiếng Tây Ban Nha | Spanish
    por tiếng Bồ Đào Nha | Portuguese
    ita tiếng Ý | Italian
    lat tiếng La-tinh | Latin
    grc tiếng Hy Lạp cổ | Ancient Greek
    gre tiếng Hy Lạp | Greek
    san tiếng Phạn | Sanskrit
    pli tiếng Pa-li | Pali
    hin tiếng Hin-đi | Hindi
    ara tiếng Ả Rập | Arabic
    heb tiếng Do Thái | Hebrew
    per tiếng Ba Tư | Persian
    tur tiếng Thổ Nhĩ Kỳ | Turkish
    pol tiếng Ba Lan | Polish
    cze tiếng Séc | Czech
    slo tiếng Xlô-va-ki-a | Slovak
    hun tiếng Hung-ga-ri | Hungarian
    bul tiếng Bun-ga-ri | Bulgarian
    rum tiếng Ru-ma-ni | Romanian
    ukr tiếng U-crai-na | Ukrainian
    dut tiếng Hà Lan | Dutch
    swe tiếng Thuỵ Điển | Swedish
    dan tiếng Đan Mạch | Danish
    nor tiếng Na Uy | Norwegian
    fin tiếng Phần Lan | Finnish
    nep tiếng Nê-pan | Nepali
    epo quốc tế ngữ | Esperanto
    und chưa rõ ngôn ngữ | Language not given
"""
NAMES: Final = {
    line[:3]: Names(*(part.strip() for part in line[4:].split("|")))
    for line in filter(None, map(str.strip, _NAMES.splitlines()))
}


def names(code: str) -> Names:
    """The names of a language by its MARC code; of one that is not in the list, the code itself."""
    return NAMES.get(code) or Names(f"ngôn ngữ {code}", f"Language {code}")


def spoken(record: Record) -> tuple[str, ...]:
    """The MARC codes of the languages of the resource, in order: 008/35-37, then 041 $a and $d; `und` when none.

    A retired code and the other code of ISO 639-2 become the one MARC has (`vi`, `vie`; `deu`, `ger`); a language that
    only ISO 639-3 has keeps that code (041 with $2 iso639-3).
    """
    text = record.text
    fields = []
    at = text.find(FIELD_TERMINATOR + "041")
    while at >= 0:
        end = text.find(FIELD_TERMINATOR, at + 1)
        fields.append(text[at + 1 : end if end >= 0 else None])
        at = text.find(FIELD_TERMINATOR + "041", at + 1)
    return coded_languages(record.control("008")[35:38], fields)


def coded_languages(fixed: str, fields: Iterable[str]) -> tuple[str, ...]:
    """The same by 008/35-37 and the packed text of every 041."""
    found: dict[str, None] = {}
    if code := _code(fixed, ""):
        found[code] = None
    for field in fields:
        head, *pieces = field.split(SUBFIELD_DELIMITER)
        source = next((piece[1:].strip() for piece in pieces if piece[:1] == "2"), "") if head[4:5] == "7" else ""
        for piece in pieces:
            if piece[:1] in ("a", "d"):
                found |= dict.fromkeys(_codes(piece[1:], source))
    return tuple(found)[:MOST] if found else (UNDETERMINED,)


@lru_cache(maxsize=4096)
def _codes(value: str, source: str) -> tuple[str, ...]:
    code = value.strip().lower()
    if code in NAMES and code not in languages.TAGS:  # a code of ISO 639-3 without its $2, as many records have it
        return (code,) if code != UNDETERMINED else ()
    return tuple(filter(None, (languages.marc_code(tag)[0] for tag in languages.coded(value[:600], source))))


@lru_cache(maxsize=4096)
def _code(value: str, source: str) -> str:
    return languages.marc_code(languages.tag(value, source))[0] if len(value) == 3 else ""
