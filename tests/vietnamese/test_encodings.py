"""`vietnamese.encodings`: every letter both ways, the tables against iconv, errors with their position."""

import shutil
import subprocess
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foundation.errors import FormatError, InputError
from tests.vietnamese.test_text import LETTERS
from vietnamese.encodings import C0_LETTERS, ENCODINGS, decode, encode, repair_case
from vietnamese.text import normalise

TITLES = st.text(st.sampled_from([*LETTERS, *" abcdhnt.,-()'?1234\\"]), max_size=40)


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_every_letter_round_trips(encoding: str) -> None:
    for letter in LETTERS:
        back = decode(encode(letter, encoding), encoding)
        assert back == (letter.lower() if encoding == "tcvn3" and _toned_capital(letter) else letter)


def _toned_capital(letter: str) -> bool:
    return letter.isupper() and bool(set(unicodedata.normalize("NFD", letter)) & set("\u0300\u0301\u0303\u0309\u0323"))


@pytest.mark.parametrize(
    ("encoding", "data"),
    [
        ("tcvn3", b"B\xbec K\xb9n, th\xad vi\xd6n, \xa7\xae"),
        ("vni", b"Ba\xe9c Ka\xefn, th\xf6 vie\xe4n, \xd1\xf1"),
        ("viscii", b"B\xa1c K\xd5n, th\xdf vi\xaen, \xd0\xf0"),
        ("vps", b"B\xa1c K\xe5n, th\xdc vi\x8cn, \xf1\xc7"),
        ("cp1258", b"B\xe3\xecc Ka\xf2n, th\xfd vi\xea\xf2n, \xd0\xf0"),
        ("viqr", b"Ba('c Ka.n, thu+ vie^.n, DDdd"),
        ("utf-8-twice", "Báº¯c Káº¡n, thÆ° viá»‡n, Ä\x90Ä‘".encode()),
        ("utf-8-nfd", unicodedata.normalize("NFD", "Bắc Kạn, thư viện, Đđ").encode()),
    ],
)
def test_known_bytes(encoding: str, data: bytes) -> None:
    assert decode(data, encoding) == "Bắc Kạn, thư viện, Đđ"
    assert encode("Bắc Kạn, thư viện, Đđ", encoding) == data


@given(TITLES, st.sampled_from([name for name in ENCODINGS if name != "tcvn3"]))
def test_encode_and_decode_are_inverse(text: str, encoding: str) -> None:
    assert decode(encode(text, encoding), encoding) == normalise(text)


@given(TITLES)
def test_tcvn3_keeps_all_but_the_case(text: str) -> None:
    assert decode(encode(text, "tcvn3"), "tcvn3").lower() == normalise(text).lower()


@given(st.binary(max_size=60), st.sampled_from(ENCODINGS))
def test_any_bytes_are_text_or_a_format_error(data: bytes, encoding: str) -> None:
    try:
        text = decode(data, encoding)
    except FormatError as error:
        problem = error.problem
        text = ""
    else:
        problem = None
    assert normalise(text) == text
    assert problem is None or data[problem.place.offset] == problem.values["byte"]


@pytest.mark.parametrize(
    ("encoding", "data", "offset"),
    [
        ("tcvn3", b"ab\x81", 2),
        ("vni", b"b\xf9", 1),  # a mark without its vowel
        ("vni", b"tr\xf6\xe9", 3),  # ư never takes a breve
        ("viqr", b"abc\xe9", 3),
        ("utf-8", b"ab\xff", 2),
        ("utf-8-twice", "é".encode() + "ế".encode(), 2),
        ("utf-8-twice", "aé".encode(), 1),
    ],
)
def test_the_error_says_where(encoding: str, data: bytes, offset: int) -> None:
    with pytest.raises(FormatError) as caught:
        decode(data, encoding)
    assert caught.value.problem.place.offset == offset
    assert f"0x{data[offset]:02X}" in str(caught.value)


def test_what_cannot_be_written_is_named() -> None:
    with pytest.raises(InputError, match="喃"):
        encode("chữ 喃", "viscii")
    with pytest.raises(InputError, match="klingon"):
        decode(b"", "klingon")


@pytest.mark.parametrize(
    ("encoding", "name", "codes"),
    [
        ("viscii", "VISCII", range(256)),
        # the fonts have quotation marks on 0x80-0x9F and nothing on the controls, where TCVN 5712 VN1 has capitals
        ("tcvn3", "TCVN5712-1", range(0xA1, 256)),
        ("cp1258", "CP1258", range(256)),
    ],
)
def test_the_tables_agree_with_iconv(encoding: str, name: str, codes: range) -> None:
    iconv = shutil.which("iconv")
    if iconv is None:
        pytest.skip("iconv is not installed")
    known = subprocess.run([iconv, "-l"], capture_output=True, text=True, check=True).stdout
    if f"{name}//" not in known:
        pytest.skip(f"this iconv does not know {name}")
    for code in codes:
        run = subprocess.run([iconv, "-f", name, "-t", "UTF-8"], input=bytes([code]), capture_output=True, check=False)
        if run.returncode == 0:
            assert decode(bytes([code]), encoding) == run.stdout.decode()
        else:
            with pytest.raises(FormatError):
                decode(bytes([code]), encoding)


def test_letters_on_control_codes_are_said() -> None:
    for encoding in ("viscii", "vps", "tcvn3", "vni", "cp1258", "viqr"):
        letters = {code for code in range(32) if decode(bytes([code]), encoding) != chr(code)}
        assert letters == C0_LETTERS.get(encoding, frozenset())
    assert 0x1E in C0_LETTERS["viscii"]
    assert 0x1D in C0_LETTERS["vps"]
    assert 0x1F not in C0_LETTERS["viscii"] | C0_LETTERS["vps"]


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("BắC KạN", "BẮC KẠN"),
        ("UBND TỉNH BắC KạN", "UBND TỈNH BẮC KẠN"),
        ("NGUYễN Vũ ở HUYệN", "NGUYỄN VŨ Ở HUYỆN"),
        ("Nguyễn Vũ Anh ở Hà Nội", "Nguyễn Vũ Anh ở Hà Nội"),
        ("Nghiên cứu ở TP HCM", "Nghiên cứu ở TP HCM"),
        ("Tỉnh ủy. HọC TậP", "Tỉnh ủy. HỌC TẬP"),
        ("A Vũ", "A Vũ"),
    ],
)
def test_repair_case(written: str, meant: str) -> None:
    assert repair_case(written) == meant
    assert repair_case(meant) == meant
