"""`vietnamese.detection`: the encoding of a batch, of one title, of no Vietnamese at all, and mojibake."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vietnamese.detection import detect, unmojibake
from vietnamese.encodings import ENCODINGS, encode

TITLES = [
    "Lịch sử Đảng bộ huyện Ba Bể",
    "Thơ ca dân gian của người Tày ở Chợ Đồn",
    "Kỹ thuật trồng và chăm sóc cây hồng không hạt",
    "Truyện cổ các dân tộc thiểu số Việt Nam",
    "Nghiên cứu đặc điểm nông sinh học của giống lúa nếp",
]
FOREIGN = [
    "Les misérables : édition établie et annotée",
    "L'éducation à la santé dans les écoles françaises",
    "História da educação no século dezenove: introdução e crítica",
    "Einführung in die Übersetzungswissenschaft für Anfänger",
    "La comunicación científica en español: ¿qué, cómo y cuándo?",
    "Città e università: perché così?",
]


@pytest.mark.parametrize("encoding", [name for name in ENCODINGS if name != "utf-8-nfd"])
def test_a_batch_is_recognised(encoding: str) -> None:
    guess = detect([encode(title, encoding) for title in TITLES])
    assert guess.encoding == encoding
    assert guess.confidence > 0.8
    assert [after for _, after in guess.samples] == TITLES


@pytest.mark.parametrize("encoding", ["tcvn3", "vni", "viscii", "vps", "cp1258"])
@pytest.mark.parametrize("title", TITLES)
def test_one_title_is_recognised(title: str, encoding: str) -> None:
    assert detect([encode(title, encoding)]).encoding == encoding


def test_samples_show_before_and_after() -> None:
    assert detect([encode(TITLES[0], "tcvn3")]).samples == (("LÞch sö §¶ng bé huyÖn Ba BÓ", TITLES[0]),)


def test_capitals_of_tcvn3_are_repaired_in_the_samples() -> None:
    assert detect([encode("LỊCH SỬ ĐẢNG BỘ TỈNH", "tcvn3")]).samples[0][1] == "LỊCH SỬ ĐẢNG BỘ TỈNH"


def test_decomposed_utf8_is_utf8() -> None:
    assert detect([encode(title, "utf-8-nfd") for title in TITLES]).encoding == "utf-8"


def test_one_damaged_text_does_not_change_the_guess() -> None:
    guess = detect([*(encode(title, "vni") for title in TITLES), b"tr\xf6\xe9\x8d"])
    assert guess.encoding == "vni"


@pytest.mark.parametrize("title", FOREIGN)
def test_other_languages_are_not_read_as_vietnamese(title: str) -> None:
    assert detect([title.encode("cp1252")]).encoding == "other"


@pytest.mark.parametrize(
    ("texts", "encoding"), [([b"Plain English title. What? No."], "ascii"), ([], "unknown"), ([b""], "unknown")]
)
def test_nothing_to_tell(texts: list[bytes], encoding: str) -> None:
    assert detect(texts).encoding == encoding


@given(st.lists(st.binary(max_size=80), max_size=5))
def test_any_bytes_have_a_guess(texts: list[bytes]) -> None:
    guess = detect(texts)
    assert 0.0 <= guess.confidence <= 1.0
    assert guess.encoding in (*ENCODINGS, "ascii", "other", "unknown")


@pytest.mark.parametrize(
    ("seen", "encoding", "meant"),
    [
        ("Khæ mÉu MARC 21 cho d÷ liÖu th− môc", "tcvn3", "Khổ mẫu MARC 21 cho dữ liệu thư mục"),
        ("B¾c K¹n", "tcvn3", "Bắc Kạn"),
        ("Thö vieän tænh Baéc Kaïn", "vni", "Thư viện tỉnh Bắc Kạn"),
        ("Báº¯c Káº¡n", "utf-8", "Bắc Kạn"),
    ],
)
def test_mojibake_is_repaired(seen: str, encoding: str, meant: str) -> None:
    guess = unmojibake(seen)
    assert (guess.encoding, guess.samples) == (encoding, ((seen, meant),))


@pytest.mark.parametrize(
    "text", ["Sáng tác và phê bình", "Thư viện tỉnh Bắc Kạn", "À la recherche du temps perdu", "喃"]
)
def test_good_text_is_left_alone(text: str) -> None:
    assert unmojibake(text).encoding == "other"


@given(st.text(max_size=60))
def test_any_text_has_a_guess(text: str) -> None:
    assert unmojibake(text).encoding in (*ENCODINGS, "ascii", "other", "unknown")
