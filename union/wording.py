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
    "titles": ("nhan đề khác hẳn nhau", "titles that have nothing in common"),
    "rest": ("cùng nhan đề ngắn, khác phần còn lại và số trang", "one short title, another subtitle and extent"),
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
    "equal_with_rest": ("giống hệt, cả phụ đề", "equal, with its subtitle"),
    "rest_missing": ("giống, một bên không có phụ đề", "equal, a subtitle on one side"),
    "rest_alike": ("giống, phụ đề gần giống", "equal, subtitles alike"),
    "rest_differs": ("giống, phụ đề khác", "equal, subtitles differ"),
    "other_title": ("giống nhan đề khác của bên kia", "another title of the other"),
    "little_words": ("khác từ phụ", "little words differ"),
    "word_more": ("một bên hơn một từ", "a word more"),
    "words_more": ("một bên hơn vài từ", "some words more"),
    "replaced_like": ("một từ gõ sai", "a word mistyped"),
    "replaced_one": ("khác một từ", "another word"),
    "replaced": ("khác vài từ", "other words"),
    "unlike": ("khác nhau", "unlike"),
    "subset": ("bên này nằm trong bên kia", "some on one side alone"),
    "partly": ("khác dấu một phần", "diacritics differ in part"),
    "part_missing": ("một bên không ghi tên phần", "name of the part on one side"),
    "part_differs": ("khác tên phần", "names of parts differ"),
    "other_equal": ("giống tác giả khác của bên kia", "another author of the other"),
    "other_entry": ("tiêu đề chính khác, thông tin trách nhiệm giống", "other main entry, statement alike"),
    "different_entry": ("khác, một bên không có tiêu đề chính", "different, no main entry on one side"),
    "unnamed": ("bên kia không nêu tên này", "not named by the other"),
    "resembling": ("hơi giống", "resembling"),
    "shared_reissue": ("có chung, năm in lại", "shared, a reissue"),
    "shared_other": ("có chung năm khác", "another year shared"),
    "worded_differently": ("ghi khác lời", "worded differently"),
    "same_country": ("khác nơi, cùng nước", "same country"),
    "other_country": ("khác nước", "other country"),
    "country_only": ("cùng nước", "country alone, the same"),
    "volumes_equal": ("cùng số tập", "as many volumes"),
    "volumes_differ": ("khác số tập", "other numbers of volumes"),
    "volumes_or_pages": ("bên ghi tập, bên ghi trang", "volumes here, pages there"),
    "equal_one": ("đều một trang", "one page each"),
    "number_differs": ("cùng tùng thư, khác số", "same series, other number"),
    "number_equal": ("khác tùng thư, cùng số", "other series, same number"),
}
_TOGETHER: Final[dict[str, tuple[str, str]]] = {
    "title_same": ("cùng nhan đề", "same title"),
    "title_longer": ("nhan đề dài hơn", "longer title"),
    "title_alike": ("nhan đề gần giống", "title alike"),
    "title_replaced": ("nhan đề khác từ", "other words in the title"),
    "title_other": ("khác nhan đề", "other title"),
    "author_same": ("cùng tác giả", "same author"),
    "author_other": ("khác tác giả", "other author"),
    "author_unnamed": ("không nêu tác giả ấy", "author not named"),
    "author_unknown": ("không rõ tác giả", "author unknown"),
    "year_same": ("cùng năm", "same year"),
    "year_close": ("năm gần nhau", "years close"),
    "year_unknown": ("không rõ năm", "year unknown"),
    "year_other": ("khác năm", "other year"),
    "pages_same": ("cùng số trang", "same extent"),
    "pages_close": ("số trang gần nhau", "extent close"),
    "pages_unknown": ("không rõ số trang", "extent unknown"),
    "pages_other": ("khác số trang", "other extent"),
    "publisher_same": ("cùng nhà xuất bản", "same publisher"),
    "publisher_unknown": ("không rõ nhà xuất bản", "publisher unknown"),
    "publisher_other": ("khác nhà xuất bản", "other publisher"),
}
"""What the levels that put fields together are made of."""
_GRADES: Final = ("_long", "_plain", "_short")
"""How much a title that is equal says, by its length; of no interest to who reads."""
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
    """The name of a level."""
    plain = name
    for grade in _GRADES:
        plain = plain.removesuffix(grade)
    found = _WORDS.get(name) or _WORDS.get(plain)
    if found is not None:
        return _chosen(found, language)
    words = name.split("_")
    parts = [_TOGETHER.get("_".join(two)) for two in zip(words[::2], words[1::2], strict=False)]
    if len(words) % 2 or None in parts:
        return name.replace("_", " ")
    return ", ".join(_chosen(two, language) for two in parts if two)


def _chosen(two: tuple[str, str], language: Language) -> str:
    return two[0] if language == "vi" else two[1]
