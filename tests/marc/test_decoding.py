"""`marc.decoding` and `marc.judgement`: the demonstration province comes back, whatever it was written in.

By the name of the encoding, and by `auto` from the file alone; what is no Vietnamese never becomes it.
"""

import gzip
import io
import re
from collections.abc import Iterator
from functools import cache
from itertools import islice

import pytest

from fixtures import province_files
from foundation.errors import InputError
from foundation.limits import MARC_LOOK_AHEAD_RECORDS
from marc import charset, decoding, iso2709, mrk, readers, repair
from marc.framing import frames
from marc.judgement import File
from marc.reading import Reading
from marc.record import SUBFIELD_DELIMITER, Field, Record
from tests.marc.samples import SHARED, iso, needs_data, zipped
from vietnamese import encodings

SINGLE = ("tcvn3", "vni", "viscii", "vps", "cp1258")


@cache
def province(count: int = 60) -> tuple[Record, ...]:
    """Records of every library of the province, as its files have them."""
    found: list[Record] = []
    for _, path in province_files():
        with path.open("rb") as stream:
            found += [reading.record for reading in islice(mrk.readings(stream), count) if reading.record]
    return tuple(found)


def value(text: str, encoding: str) -> bytes:
    """One value in an encoding; what the encoding cannot say (an em dash, Hán) is left out."""
    if encoding == "marc-8":
        return charset.encode(text).data
    if encoding.startswith("utf-8-") and encoding != "utf-8-twice":
        return encodings.read_as_cp1252(value(text, encoding.removeprefix("utf-8-"))).encode()
    try:
        return encodings.encode(text, encoding)
    except InputError:
        return b"".join(value(letter, encoding) for letter in text) if len(text) > 1 else b""


def written(record: Record, encoding: str, label: bytes = b" ") -> bytes:
    """ISO 2709 with lengths that are right, in an encoding and with any leader/09."""
    fields = []
    for part in record.parts():
        head, *pieces = part[3:].split(SUBFIELD_DELIMITER)
        content = value(head, encoding) + b"".join(
            b"\x1f" + piece[0].encode() + value(piece[1:], encoding) for piece in pieces
        )
        fields.append((part[:3], content))
    leader = record.leader.encode()
    return iso(*fields, leader=leader[5:9] + label + b"22", tail=leader[17:20] + b"4500")


def sayable(record: Record, encoding: str) -> Record:
    """The record with what the encoding can say; TCVN3 has no capitals with tones, so there all is small."""
    pieces = [
        piece if piece.isascii() else encodings.decode(value(piece, encoding), encoding)
        for piece in re.split("([\x1e\x1f])", record.text)
    ]
    text = "".join(pieces)
    return Record(text.lower() if encoding == "tcvn3" else text)


def lowered(record: Record | None, encoding: str) -> Record | None:
    return Record(record.text.lower()) if record is not None and encoding == "tcvn3" else record


def read(*files: bytes, encoding: str = "auto") -> list[Reading]:
    return list(iso2709.readings(io.BytesIO(b"".join(files)), encoding=encoding))


def codes(readings: list[Reading]) -> set[str]:
    return {problem.code for reading in readings for problem in reading.problems}


@cache
def french(count: int = 100) -> tuple[bytes, ...]:
    """Invented French records in cp1252."""
    titles = [
        "L'été à la montagne",
        "Les misérables : édition annotée",
        "Une forêt près de Besançon",
        "Là où naît la clarté",
    ]
    return tuple(
        iso(
            ("001", b"%d" % number),
            ("245", b"10\x1fa" + f"{titles[number % 4]} {number}".encode("cp1252")),
            leader=leader,
        )
        for number in range(count)
        for leader in [b"nam  22"]
    )


@pytest.mark.parametrize("label", [b" ", b"a"])
@pytest.mark.parametrize("encoding", SINGLE)
def test_a_chosen_encoding_reads_the_province_back(encoding: str, label: bytes) -> None:
    data = b"".join(written(record, encoding, label) for record in province(20))
    found = [reading.record for reading in iso2709.readings(io.BytesIO(data), encoding=encoding)]
    assert [lowered(record, encoding) for record in found] == [sayable(record, encoding) for record in province(20)]


@pytest.mark.parametrize("label", [b" ", b"a"])
@pytest.mark.parametrize("encoding", SINGLE)
def test_auto_reads_the_province_back_and_says_that_it_guessed(encoding: str, label: bytes) -> None:
    readings = read(*(written(record, encoding, label) for record in province(20)))
    found = [lowered(reading.record, encoding) for reading in readings]
    assert found == [sayable(record, encoding) for record in province(20)]
    told = [problem for reading in readings for problem in reading.problems]
    assert {(problem.code, problem.values["used"]) for problem in told} == {("marc.guessed", encoding)}
    assert "đoán, độ tin" in told[0].text("vi")


@pytest.mark.parametrize("count", [3, 10])
@pytest.mark.parametrize("encoding", SINGLE)
def test_a_few_records_are_enough(encoding: str, count: int) -> None:
    few = province(20)[:count]
    readings = read(*(written(record, encoding) for record in few))
    assert [lowered(reading.record, encoding) for reading in readings] == [sayable(record, encoding) for record in few]


@pytest.mark.parametrize("label", [b" ", b"a"])
def test_marc8_is_read_whatever_the_label_says_and_a_wrong_label_is_told(label: bytes) -> None:
    readings = read(*(written(record, "marc-8", label) for record in province(20)))
    assert [reading.record for reading in readings] == list(province(20))
    assert codes(readings) == (set() if label == b" " else {"marc.encoding_label", "marc.guessed"})


@pytest.mark.parametrize("name", ["utf-8-twice", *(f"utf-8-{encoding}" for encoding in SINGLE)])
def test_text_that_was_garbled_before_it_became_utf8_is_mended_and_told(name: str) -> None:
    inner = name.removeprefix("utf-8-")
    readings = read(*(written(record, name, b"a") for record in province(20)))
    whole = [sayable(record, inner) if inner in SINGLE else record for record in province(20)]
    assert [lowered(reading.record, inner) for reading in readings] == whole
    assert codes(readings) == {"marc.guessed"}
    assert {problem.values["used"] for reading in readings for problem in reading.problems} == {name}


def test_utf8_three_times_over_is_mended() -> None:
    title = "Truyện cổ tích Việt Nam"
    thrice = encodings.encode(encodings.encode(title, "utf-8-twice").decode(), "utf-8-twice")
    [reading] = read(iso(("245", b"10\x1fa" + thrice), leader=b"nam a22"))
    assert reading.record is not None
    assert reading.record.fields[0].get("a") == title


def test_the_garbled_form_can_be_chosen_for_a_mixed_file() -> None:
    good, garbled = written(province()[0], "utf-8", b"a"), written(province()[1], "utf-8-tcvn3", b"a")
    readings = read(good, garbled, encoding="utf-8-tcvn3")
    assert readings[0].record == province()[0]
    assert lowered(readings[1].record, "tcvn3") == sayable(province()[1], "tcvn3")


def test_viqr_is_read_where_it_is_chosen_and_leaves_numbers_and_addresses() -> None:
    data = iso(
        ("001", b"BKa.1"), ("245", b"10\x1faVie^.t Nam"), ("856", b"40\x1fuhttp://a.b/a.html"), leader=b"nam a22"
    )
    [reading] = read(data, encoding="viqr")
    assert reading.record is not None
    assert [field.value or field.subfields[0][1] for field in reading.record.fields] == [
        "BKa.1", "Việt Nam", "http://a.b/a.html",
    ]  # fmt: skip


@pytest.mark.parametrize("name", ["latin-1", "cp1252"])
def test_western_text_is_read_where_it_is_chosen(name: str) -> None:
    [reading] = read(french()[1], encoding=name)
    assert reading.record is not None
    assert reading.record.fields[1].get("a") == "Les misérables : édition annotée 1"


@pytest.mark.parametrize("count", [3, 100])
def test_french_in_latin1_does_not_become_vietnamese_nor_marc8(count: int) -> None:
    readings = read(*french(count))
    assert [reading.record for reading in readings] == [None] * count
    assert codes(readings) == {"marc.not_utf8"}
    assert "cp1252" in readings[0].problems[-1].values["encodings"]
    assert "--encoding" in readings[0].problems[-1].text("vi")


def test_one_file_may_hold_marc8_and_utf8_by_their_labels() -> None:
    both = [data for record in province(10) for data in (written(record, "marc-8"), written(record, "utf-8", b"a"))]
    readings = read(*both)
    assert [reading.record for reading in readings] == [record for record in province(10) for _ in "12"]
    assert codes(readings) == set()


def test_marc8_far_behind_utf8_is_read_by_its_label() -> None:
    readings = read(*(written(record, "utf-8", b"a") for record in province(60)), written(province()[0], "marc-8"))
    assert readings[-1].record == province()[0]


def test_utf8_records_among_legacy_ones_stay_utf8() -> None:
    both = [data for record in province(10) for data in (written(record, "tcvn3"), written(record, "utf-8", b"a"))]
    assert [reading.record for reading in read(*both)][1::2] == list(province(10))


@pytest.mark.parametrize("second", ["vni", "cp1258", "marc-8"])
def test_of_two_encodings_each_record_is_read_as_what_it_surely_is(second: str) -> None:
    first = [written(record, "tcvn3") for record in province(10)]
    others = [written(record, second) for record in province(10)]
    readings = read(*[data for pair in zip(first, others, strict=True) for data in pair])
    alone = [reading.record for reading in read(*first)]
    assert [reading.record for reading in readings][::2] == alone
    found = [reading.record for reading in readings][1::2]
    assert all(one in (None, record) for one, record in zip(found, province(10), strict=True))
    assert found.count(None) <= len(found) / 20
    assert codes(readings[::2]) == {"marc.guessed_alone"}
    assert {problem.values["used"] for problem in readings[0].problems} == {"tcvn3"}


def test_what_is_not_sure_of_itself_in_a_mixed_file_is_left_to_a_person() -> None:
    both = [data for record in province(10) for data in (written(record, "tcvn3"), written(record, "vni"))]
    unsure = written(Record.build(repair.LEADER_BLANK, [Field("245", "10", (("a", "Quê"),))]), "tcvn3")
    last = read(*both, unsure)[-1]
    assert last.record is None
    assert last.problems[-1].code == "marc.not_utf8"


def test_two_encodings_of_which_many_records_are_not_sure_are_left_to_a_person() -> None:
    both = [data for record in province(2) for data in (written(record, "tcvn3"), written(record, "vni"))]
    unsure = written(Record.build(repair.LEADER_BLANK, [Field("245", "10", (("a", "Quê"),))]), "tcvn3")
    assert codes(read(*both[:10], *[unsure] * 10)) == {"marc.not_utf8"}


@pytest.mark.parametrize("stranger", ["vni", "viscii", "marc-8"])
def test_a_late_record_in_another_encoding_is_set_aside_not_garbled(stranger: str) -> None:
    usual = [written(record, "tcvn3") for record in province(30)]
    other = max(province(30), key=lambda record: len(value(record.text, "utf-8")) - len(record.text))
    last = read(*usual, written(other, stranger))[-1]
    assert last.record is None
    assert (last.problems[-1].code, last.problems[-1].values["seen"]) == ("marc.another_encoding", stranger)


def test_damaged_utf8_is_not_taken_for_another_encoding() -> None:
    good = [written(record, "utf-8", b"a") for record in province(10)]
    data = good[5].replace(b"\xe1\xbb", b"\xe1?", 1)
    assert data != good[5]
    readings = read(*good[:5], data, *good[6:])
    assert [[problem.code for problem in reading.problems] for reading in readings] == [
        ["marc.bytes_lost"] if number == 5 else [] for number in range(len(good))
    ]
    assert readings[5].problems[0].values["count"] == 2  # of three bytes the second is gone
    assert readings[5].record is not None
    assert readings[5].record.text.count("\ufffd") == 2
    assert readings[5].original == data


def test_a_damaged_record_does_not_settle_the_encoding_of_its_file() -> None:
    damaged = written(province()[0], "utf-8", b"a").replace(b"\xe1\xbb", b"\xe1?", 1)
    usual = [written(record, "tcvn3") for record in province(30)]
    first, *rest = read(damaged, *usual)
    assert {problem.code for problem in first.problems} == {"marc.bytes_lost"}
    assert all(reading.record for reading in rest)


@pytest.mark.parametrize("encoding", ["tcvn3", "vni", "viscii", "vps", "cp1258"])
def test_another_encoding_is_never_damaged_utf8(encoding: str) -> None:
    assert not any(decoding.sample(written(record, encoding, b"a")).damaged for record in province(200))


def test_much_damage_is_not_filled_in() -> None:
    data = written(province()[0], "utf-8", b"a").replace(b"\xe1\xbb", b"\xe1?")
    record, problems = iso2709.read(data)
    assert record is None
    assert problems[-1].code == "marc.not_utf8"


def stray(text: bytes, label: bytes = b"a") -> bytes:
    data = iso(("001", b"stray"), ("245", b"10\x1fa" + text), ("500", b"  \x1faPlain words, and many of them"))
    return data[:9] + label + data[10:]


def test_a_few_letters_nobody_can_name_do_not_cost_the_record() -> None:
    """It says UTF-8 and is not, among records in MARC-8: Latin-1 or MARC-8, a few letters cannot tell."""
    usual = [written(record, "marc-8") for record in province(30)]
    last = read(*usual, stray(b"F\xd6NSTER"))[-1]
    assert last.record is not None
    assert "245" + "10\x1faF\ufffdNSTER" in last.record.parts()
    assert [problem.code for problem in last.problems] == ["marc.bytes_lost"]


def test_many_letters_nobody_can_name_do() -> None:
    usual = [written(record, "marc-8") for record in province(30)]
    last = read(*usual, stray(b"F\xd6\xd8NST\xd6\xd8R " * 6))[-1]
    assert last.record is None


@pytest.mark.parametrize("encoding", ["tcvn3", "vni", "viscii", "cp1258"])
def test_letters_are_not_lost_where_another_encoding_is_likely(encoding: str) -> None:
    usual = [written(record, encoding) for record in province(30)]
    found = read(*usual, stray(b"F\xd6NSTER"))
    assert not codes(found) & {"marc.bytes_lost"}


def test_broken_escapes_do_not_cost_a_record_that_says_marc8() -> None:
    found = read(stray(b"Soci\x1bt\xe2e \x1b$1!PV\x1b(B, Soci\xe2et\x1b, Proc\xe1es", b" "))[0]
    assert found.record is not None
    title = next(part for part in found.record.parts() if part.startswith("245"))
    assert title.startswith("24510\x1faSoci\ufffdté ")
    assert title.endswith(", Sociét\ufffd, Procès")
    assert "charset.unknown_escape" in codes([found])


@pytest.mark.parametrize("text", [b"\x1bNguy\xd4n V\xb7n \xad\xd3", b"\x1b\xc5\xf0\xd2 \xe0\xe8"])
def test_an_escape_alone_does_not_make_marc8(text: bytes) -> None:
    found = read(stray(text, b" "))[0]
    assert found.record is None
    assert found.problems[-1].code == "marc.not_utf8"


def test_a_single_record_is_not_guessed() -> None:
    record, problems = iso2709.read(written(province()[0], "tcvn3"))
    assert record is None
    assert problems[-1].code == "marc.not_utf8"


@pytest.mark.parametrize("encoding", ["tcvn3", "vni", "viscii", "cp1258", "utf-8-twice"])
def test_mnemonic_files_are_judged_too(encoding: str) -> None:
    lines = [mrk.write(record).decode() for record in province(10)]
    data = b"\n".join(b"\n".join(value(line, encoding) for line in text.split("\n")) for text in lines)
    readings = list(mrk.readings(io.BytesIO(data)))
    whole = [sayable(record, encoding) if encoding in SINGLE else record for record in province(10)]
    assert [lowered(reading.record, encoding) for reading in readings] == whole
    assert codes(readings) == {"marc.guessed"}


@pytest.mark.parametrize(
    ("written_as", "meant"),
    [("Liên Bang Cư\u0309", "Liên Bang Cử"), ("ti\u0301\u0302 nhe\u0301\u0302", "tí\u0302 nhế")],
)
def test_marks_in_another_order_are_put_right_and_told(written_as: str, meant: str) -> None:
    [reading] = read(iso(("245", b"10\x1fa" + written_as.encode()), leader=b"nam a22"))
    assert reading.record is not None
    assert reading.record.fields[0].get("a") == meant
    assert codes([reading]) == ({"marc.mark_order"} if "\u0302" in written_as else set())


def test_what_is_held_back_is_bounded() -> None:
    """After a record that needs a verdict, no more than the limits say is taken from the stream before it is given."""
    taken = 0

    def counted() -> Iterator[bytes]:
        nonlocal taken
        for number in range(100_000):
            taken += 1
            yield french()[number % 100]

    file = File(counted(), decoding.sample)
    first = next(iter(file))
    file.judged(decoding.sample(first))
    assert taken <= MARC_LOOK_AHEAD_RECORDS + 1


@pytest.mark.parametrize(("label", "encoding"), [("iso2709", "tcvn3"), ("iso2709", "marc-8"), ("mrk", "utf-8")])
def test_a_file_can_be_examined_before_it_is_read(label: str, encoding: str) -> None:
    if label == "mrk":
        data = b"\n".join(mrk.write(record) for record in province(10))
    else:
        data = b"".join(written(record, encoding) for record in province(10))
    found = readers.examine(io.BytesIO(zipped(huyen=data)), "a.zip")
    assert (found.file, found.format.value, found.encoding.name) == ("a.zip/huyen", label, encoding)
    assert found.encoding.confidence > 0.9
    assert found.encoding.samples
    assert all(before and after for before, after in found.encoding.samples)


def test_examining_shows_how_the_text_would_look_in_a_chosen_encoding() -> None:
    found = readers.examine(io.BytesIO(b"".join(french())), "fr.mrc").encoding
    assert (found.name, found.confidence, found.samples) == ("unknown", 0.0, ())
    assert "cp1252" in found.candidates
    chosen = readers.examine(io.BytesIO(b"".join(french())), "fr.mrc", encoding="cp1252").encoding
    assert chosen.samples[0][1] == "L'été à la montagne 0"


@needs_data
def test_real_vietnamese_records_in_marc8_and_utf8_are_read_by_their_labels() -> None:
    with (SHARED / "data/marc/gpo/gpo_vie_hmn.mrc").open("rb") as stream:
        readings = list(iso2709.readings(stream))
    assert len(readings) == 36
    assert all(reading.record for reading in readings)
    assert "marc.guessed" not in codes(readings)
    for reading in readings:
        assert reading.record is None or ("\ufffd" in reading.record.text) <= ("\ufffd".encode() in reading.original)


@needs_data
def test_real_marc8_titles_equal_their_utf8_twins() -> None:
    """But for letters that one of them has lost (U+FFFD)."""
    with gzip.open(SHARED / "data/marc/gpo/gpo_marc8_dev.mrc.gz") as stream:
        taken = islice(iso2709.readings(stream), 16_000)  # type: ignore[arg-type]
        found = [reading.record for reading in taken if reading.record and not reading.record.text.isascii()]
    marc8 = {record.control("001"): title(record.parts()) for record in found}
    pairs = []
    with gzip.open(SHARED / "data/marc/gpo/gpo_utf8_dev.mrc.gz") as stream:
        for frame in islice(frames(stream), 40_000):  # type: ignore[arg-type]
            parts = iso2709.select(frame.data, frozenset([b"001", b"245"]))
            if parts and not marc8.get(parts[0][3:], "").isascii():
                pairs.append((title(parts), marc8[parts[0][3:]]))
    whole = [pair for pair in pairs if "\ufffd" not in "".join(pair)]
    assert len(whole) > 20
    assert [pair for pair in whole if pair[0] != pair[1]] == []


def title(parts: list[str]) -> str:
    """Subfield a of field 245, in packed text."""
    return next((part.split(SUBFIELD_DELIMITER)[1] for part in parts if part.startswith("245")), "")
