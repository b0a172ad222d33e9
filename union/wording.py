"""Comparisons, levels and vetoes in a librarian's words, Vietnamese and English: what an explanation shows."""

from __future__ import annotations

from typing import Final

from foundation.errors import Language

COMPARISONS: Final[dict[str, tuple[str, str]]] = {
    "year": ("Năm xuất bản", "Year"),
    "volume": ("Tập, phần", "Volume or part"),
    "carrier": ("Vật mang tin", "Carrier"),
    "language": ("Ngôn ngữ", "Language"),
    "numbers": ("Số trong nhan đề", "Numbers in the title"),
    "pages": ("Số trang, số tập", "Extent"),
    "title": ("Nhan đề", "Title"),
    "marks": ("Dấu tiếng Việt", "Diacritics"),
    "author": ("Tác giả", "Author"),
    "publisher": ("Nhà xuất bản", "Publisher"),
    "edition": ("Lần xuất bản", "Edition"),
    "isbn": ("ISBN", "ISBN"),
    "issn": ("ISSN", "ISSN"),
    "identifier": ("Số định danh khác", "Other identifiers"),
    "place": ("Nơi xuất bản", "Place"),
    "height": ("Khổ sách", "Height"),
    "series": ("Tùng thư", "Series"),
    "subjects": ("Chủ đề", "Subjects"),
    "statement": ("Thông tin trách nhiệm", "Statement of responsibility"),
    "host": ("Tài liệu chủ", "Host item"),
    "printing": ("Năm + trang + nhà xuất bản", "Year, extent and publisher together"),
    "work": ("Nhan đề + tác giả", "Title and author together"),
}
VETOES: Final[dict[str, tuple[str, str]]] = {
    "volume": ("khác tập", "different volumes"),
    "part": ("khác phần", "different parts"),
    "edition": ("khác lần xuất bản", "different editions"),
    "carrier": (
        "khác vật mang tin (bản in, trực tuyến, vi phim, đĩa)",
        "different carriers (print, online, film, disc)",
    ),
    "kind": ("khác loại hình tài liệu", "different kinds of material"),
    "language": ("khác ngôn ngữ", "different languages"),
    "year": ("năm xuất bản cách nhau hơn hai năm", "published more than two years apart"),
    "numbers": ("số trong nhan đề khác nhau", "different numbers in the title"),
    "issn": ("khác ISSN", "different ISSN"),
    "marks": ("nhan đề khác nhau ở dấu tiếng Việt", "titles differ in their diacritics"),
    "words": ("nhan đề khác nhau một từ", "titles with another word"),
    "host": ("bài trích từ hai tài liệu khác nhau", "parts of different hosts"),
    "access": ("khác điều kiện sử dụng", "different access restrictions"),
}
_WORDS: Final[dict[str, tuple[str, str]]] = {
    "equal": ("giống hệt", "equal"),
    "missing": ("ít nhất một bên không có", "missing on a side"),
    "none": ("không bên nào có", "on neither side"),
    "differ": ("khác nhau", "different"),
    "different": ("khác nhau", "different"),
    "one_missing": ("một bên không có", "missing on one side"),
    "off_by_one": ("lệch một", "off by one"),
    "off_by_two": ("lệch không quá hai", "off by two at most"),
    "off_by_few": ("lệch không quá mười", "off by ten at most"),
    "far": ("cách xa", "far apart"),
    "near": ("gần bằng", "nearly equal"),
    "spelling": ("khác chính tả", "spelt differently"),
    "prefix": ("bên này là phần đầu của bên kia", "one begins the other"),
    "initials": ("tên viết tắt khớp nhau", "initials fit"),
    "partial": ("một bên đầy đủ hơn", "one is fuller"),
    "similar": ("gần giống", "similar"),
    "alike": ("gần giống", "alike"),
    "contained": ("bên này nằm trong bên kia", "one contains the other"),
    "overlap": ("trùng một phần", "overlapping"),
    "shared": ("có chung", "shared"),
    "in_statement": ("có trong thông tin trách nhiệm", "in the statement of responsibility"),
    "one_bare": ("một bên gõ không dấu", "one typed without diacritics"),
    "differ_little": ("khác ít", "a little different"),
    "one_missing_other_pages": ("một bên không có, số trang khác", "missing on one side, other extent"),
    "later_missing": ("một bên không ghi lần tái bản", "a later edition unsaid on one side"),
    "film_of_book": ("vi phim mô tả như sách", "film described as the book"),
}
OUTCOMES: Final[dict[str, tuple[str, str]]] = {
    "same": ("CÙNG MỘT ẤN BẢN", "THE SAME EDITION"),
    "review": ("CẦN NGƯỜI XEM", "FOR A PERSON TO DECIDE"),
    "different": ("KHÁC NHAU", "DIFFERENT"),
    "forbidden": ("KHÔNG ĐƯỢC GHÉP", "MUST NOT BE MERGED"),
}


def comparison(name: str, language: Language) -> str:
    """The name of a comparison."""
    return _chosen(COMPARISONS[name], language)


def veto(name: str, language: Language) -> str:
    """What a veto says."""
    return _chosen(VETOES[name], language)


def outcome(name: str, language: Language) -> str:
    """The outcome of a comparison of two records."""
    return _chosen(OUTCOMES[name], language)


def level(name: str, language: Language) -> str:
    """The name of a level; those that put fields together, or are rare, are shown as the table has them."""
    found = _WORDS.get(name)
    if found is None and name.startswith("equal"):
        found = _WORDS["equal"]
    return _chosen(found, language) if found else name.replace("_", " ")


def _chosen(two: tuple[str, str], language: Language) -> str:
    return two[0] if language == "vi" else two[1]
