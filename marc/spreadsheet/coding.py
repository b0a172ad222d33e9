"""The coded parts of a record: kind of material, language, country and the forty characters of 008.

Positions and codes are those of MARC 21 Format for Bibliographic Data (leader, 008, 041, 336-338) and of the MARC code
lists for languages and countries; languages of Vietnam without a MARC code have their ISO 639-3 code in a second 041.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final, NamedTuple

from marc.record import Field
from marc.spreadsheet.particulars import tidy
from vietnamese.text import fold, is_vietnamese_syllable, normalise


class Kind(NamedTuple):
    """A kind of material: its names, leader 06 and 07, 008/18-34, and 336-338 as (term, code)."""

    names: tuple[str, ...]
    leader: str
    fixed: str
    content: tuple[str, str]
    media: tuple[str, str]
    carrier: tuple[str, str]


# 008/18-34 with every position that may be left open said to be so ("|"), and the undefined ones blank
_BOOK, _SERIAL, _MAP = "|" * 14 + " ||", "|| " + "|" * 9 + "   ||", "|||||| |  || | ||"
_VISUAL, _SOUND, _FILE = "||| |     ||   ||", "||||||||||||||" + " | ", "    ||  | |      "
_TEXT, _UNMEDIATED, _VOLUME, _LEAF = ("văn bản", "txt"), ("không qua trung gian", "n"), ("tập", "nc"), ("tờ", "nb")

KINDS: Final = (
    Kind(("Sách", "Sách tham khảo", "Sách thiếu nhi", "Sách giáo khoa", "Giáo trình", "Sách địa chí", "Sách nghiệp vụ",
          "Sách in", "Book", "Books", "Tài liệu", "Sách lẻ", "Sách bộ"), "am", _BOOK, _TEXT, _UNMEDIATED, _VOLUME),
    Kind(("Báo, tạp chí", "Báo", "Tạp chí", "Báo - tạp chí", "Báo tạp chí", "Ấn phẩm định kỳ", "Serial", "Journal",
          "Newspaper"), "as", _SERIAL, _TEXT, _UNMEDIATED, _VOLUME),
    Kind(("Luận văn, luận án", "Luận văn", "Luận án", "Khoá luận", "Đề tài", "Đề tài khoa học", "Thesis"),
         "tm", _BOOK, _TEXT, _UNMEDIATED, _VOLUME),
    Kind(("Sách chép tay", "Bản thảo", "Sách Hán Nôm", "Hán Nôm", "Sách cổ", "Thư tịch cổ", "Manuscript"),
         "tm", _BOOK, _TEXT, _UNMEDIATED, _VOLUME),
    Kind(("Bản đồ", "Map"), "em", _MAP, ("hình ảnh bản đồ", "cri"), _UNMEDIATED, _LEAF),
    Kind(("Tranh ảnh", "Tranh", "Ảnh", "Picture"), "km", _VISUAL, ("hình ảnh tĩnh", "sti"), _UNMEDIATED, _LEAF),
    Kind(("Băng, đĩa hình", "Băng hình", "Đĩa hình", "Phim", "DVD", "VCD", "Video"),
         "gm", _VISUAL, ("hình ảnh động hai chiều", "tdi"), ("video", "v"), ("đĩa hình", "vd")),
    Kind(("Băng, đĩa tiếng", "Băng từ", "Đĩa tiếng", "Đĩa CD", "CD", "Băng cát xét", "Sách nói", "Audio"),
         "im", _SOUND, ("lời nói", "spw"), ("âm thanh", "s"), ("đĩa âm thanh", "sd")),
    Kind(("Đĩa CD-ROM", "CD-ROM", "Phần mềm", "Software"),
         "mm", _FILE, ("tập dữ liệu máy tính", "cod"), ("máy tính", "c"), ("đĩa máy tính", "cd")),
    Kind(("Sách điện tử", "Tài liệu điện tử", "Tài liệu số", "Ebook", "E-book"),
         "am", _BOOK, _TEXT, ("máy tính", "c"), ("tài nguyên trực tuyến", "cr")),
)  # fmt: skip
_KINDS: Final = {fold(name): kind for kind in KINDS for name in kind.names}


def kind_of(cell: str) -> Kind | None:
    """The kind of material that a cell names; a book where it names none; None where the name is not known."""
    return _KINDS.get(fold(normalise(tidy(cell)))) if cell.strip() else KINDS[0]


class Language(NamedTuple):
    """A language: its name, the MARC code, and the ISO 639-3 code where MARC has only one for its group."""

    name: str
    code: str
    precise: str = ""


LANGUAGES: Final = (
    Language("Tiếng Việt", "vie"), Language("Tiếng Tày", "tai", "tyz"), Language("Tiếng Nùng", "tai", "nut"),
    Language("Tiếng Dao", "sit", "ium"), Language("Tiếng Mông", "hmn"), Language("Tiếng Cao Lan", "tai", "mlc"),
    Language("Tiếng Hán", "chi", "lzh"), Language("Tiếng Trung", "chi"), Language("Tiếng Anh", "eng"),
    Language("Tiếng Pháp", "fre"), Language("Tiếng Nga", "rus"), Language("Tiếng Đức", "ger"),
    Language("Tiếng Nhật", "jpn"), Language("Tiếng Hàn", "kor"), Language("Tiếng Lào", "lao"),
    Language("Tiếng Khmer", "khm"), Language("Tiếng Thái", "tha"), Language("Tiếng Chăm", "cmc", "cjm"),
    Language("Tiếng Thái Việt Nam", "tai", "blt"), Language("Tiếng Mường", "mkh", "mtq"),
    Language("Tiếng Tây Ban Nha", "spa"), Language("Tiếng Bồ Đào Nha", "por"), Language("Tiếng Ý", "ita"),
    Language("Tiếng La-tinh", "lat"), Language("Tiếng Ba Lan", "pol"), Language("Tiếng Séc", "cze"),
    Language("Tiếng Hà Lan", "dut"), Language("Tiếng Thuỵ Điển", "swe"), Language("Tiếng Ả Rập", "ara"),
    Language("Tiếng Hy Lạp", "gre"), Language("Tiếng Phạn", "san"), Language("Tiếng In-đô-nê-xi-a", "ind"),
    Language("Tiếng Mã Lai", "may"), Language("Tiếng Hung-ga-ri", "hun"), Language("Tiếng Bun-ga-ri", "bul"),
    Language("Quốc tế ngữ", "epo"), Language("Nhiều thứ tiếng", "mul"),
)  # fmt: skip
"""The languages of Vietnamese libraries; the first names are the template's."""

_OTHER_NAMES: Final = {
    "vietnamese": "vie", "viet nam": "vie", "vn": "vie", "vi": "vie", "quoc ngu": "vie", "chu quoc ngu": "vie",
    "english": "eng", "en": "eng", "french": "fre", "fra": "fre", "fr": "fre", "russian": "rus", "ru": "rus",
    "german": "ger", "deu": "ger", "de": "ger", "chinese": "chi", "zho": "chi", "zh": "chi", "trung quoc": "chi",
    "hoa": "chi", "hoa ngu": "chi", "japanese": "jpn", "ja": "jpn", "nhat ban": "jpn", "korean": "kor", "ko": "kor",
    "trieu tien": "kor", "han quoc": "kor", "han nom": "lzh", "chu han": "lzh", "han van": "lzh", "chu nom": "vie",
    "nom": "vie", "nom tay": "tyz", "tay nung": "tyz", "nom dao": "ium", "hmong": "hmn", "h'mong": "hmn", "meo": "hmn",
    "san chay": "mlc", "campuchia": "khm", "kho me": "khm", "italia": "ita", "la tinh": "lat", "tiep": "cze",
}  # fmt: skip


def _languages() -> dict[str, Language]:
    known: dict[str, Language] = {}
    for language in LANGUAGES:
        name = normalise(language.name).lower()
        for spelling in (name.removeprefix("tiếng "), fold(name.removeprefix("tiếng ")), language.precise):
            known.setdefault(spelling, language)
        known.setdefault("" if language.precise else language.code, language)
    # the codes of groups name no one language, but they are what MARC 21 has
    known |= {code: Language(code, code) for code in ("tai", "sit", "mkh", "cmc", "und", "zxx", "mis")}
    return known | {name: known[code] for name, code in _OTHER_NAMES.items()}


_LANGUAGES: Final = {name: language for name, language in _languages().items() if name}
_LANGUAGE_WORDS: Final = re.compile(r"^(?:tiếng|tieng|chữ(?=\s+việt)|song ngữ|song ngu)\s+")
_LANGUAGE_MARKS: Final = re.compile(r"\s*[;,/+&\n–]\s*|\s+-\s+|-(?=\s)|\s+(?:và|va|and)\s+")


def languages_of(cell: str) -> tuple[list[Language], list[str]]:
    """The languages a cell names ("Tiếng Việt", "song ngữ Anh - Việt", "vie") and the names that nobody knows."""
    found, unknown = [], []
    for part in _LANGUAGE_MARKS.split(normalise(cell[:500])):
        languages = _named(part)
        found += languages
        if not languages and part.strip():
            unknown.append(tidy(part))
    return list(dict.fromkeys(found)), unknown


def _named(part: str) -> list[Language]:
    name = _LANGUAGE_WORDS.sub("", tidy(part).lower())
    name = _LANGUAGE_WORDS.sub("", name)
    language = _LANGUAGES.get(name) or _LANGUAGES.get(fold(name))
    if language:
        return [language]
    pair = [_LANGUAGES.get(word) or _LANGUAGES.get(fold(word)) for word in re.split(r"[\s-]+", name)]
    return [language for language in pair if language] if len(pair) == 2 and all(pair) else []  # "Việt Anh"


def guessed(title: str) -> Language:
    """Vietnamese, when the words of a title are Vietnamese syllables; else undetermined."""
    words = re.findall(r"[^\W\d_]+", title)[:50]
    fits = sum(map(is_vietnamese_syllable, words))
    return LANGUAGES[0] if words and fits * 5 >= len(words) * 4 else Language("", "und")


_COUNTRIES: Final = {
    "new york": "nyu", "london": "enk", "oxford": "enk", "cambridge": "enk", "paris": "fr ", "moscow": "ru ",
    "mat-xco-va": "ru ", "matxcova": "ru ", "moskva": "ru ", "bac kinh": "cc ", "beijing": "cc ", "tokyo": "ja ",
    "seoul": "ko ", "berlin": "gw ", "singapore": "si ", "bangkok": "th ", "vieng chan": "ls ", "thuong hai": "cc ",
}  # fmt: skip


def country_of(place: str, language: Language) -> str:
    """008/15-17: Vietnam for a place written in Vietnamese, or for a Vietnamese book of no place; else unknown."""
    if not place:
        return "vm " if language.code == "vie" else "xx "
    known = _COUNTRIES.get(fold(place))
    return known or ("vm " if guessed(place).code == "vie" else "xx ")


def leader(kind: Kind) -> str:
    """A new record of a kind, in Unicode, with ISBD punctuation (leader 18, i)."""
    return f"00000n{kind.leader} a2200000 i 4500"


def fixed_field(kind: Kind, entered: str, years: list[str], country: str, language: Language, children: bool) -> Field:
    """008. `entered` is yymmdd or empty: no day is invented, for the same row must give the same record every time."""
    serial = kind.leader[1] == "s"
    if serial:
        dates = f"c{years[0]}9999" if years else "cuuuu9999"
    elif len(years) > 1 and years[-1] > years[0]:
        dates = f"m{years[0]}{years[-1]}"
    else:
        dates = f"s{years[0]}    " if years else "nuuuuuuuu"
    fixed = kind.fixed
    if children and fixed == _BOOK:  # 008/22, target audience: juvenile
        fixed = fixed[:4] + "j" + fixed[5:]
    return Field("008", value=f"{entered or '000000'}{dates}{country}{fixed}{language.code} d")


def language_fields(languages: list[Language], original: list[Language]) -> list[Field]:
    """041, where 008/35-37 cannot say it all: several languages, a translation, or a language of a group."""
    fields = []
    codes = list(dict.fromkeys(language.code for language in languages))
    sources = list(dict.fromkeys(language.code for language in original))
    precise = [language.precise for language in languages if language.precise]
    if len(codes) > 1 or sources or precise:
        subfields = [("a", code) for code in codes] + [("h", code) for code in sources]
        fields.append(Field("041", "1 " if sources else "0 ", tuple(subfields)))
    if precise:
        subfields = [*(("a", code) for code in precise), ("2", "iso639-3")]
        fields.append(Field("041", f"{fields[0].indicators[0]}7", tuple(subfields)))
    return fields


@lru_cache(maxsize=len(KINDS))
def carrier_fields(kind: Kind) -> list[Field]:
    """336, 337 and 338 (RDA content, media and carrier)."""
    values = (("336", kind.content, "rdacontent"), ("337", kind.media, "rdamedia"), ("338", kind.carrier, "rdacarrier"))
    return [Field(tag, "  ", (("a", term), ("b", code), ("2", source))) for tag, (term, code), source in values]
