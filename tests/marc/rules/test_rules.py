"""Every rule finds what it is for, says where, and leaves alone what is like it but right."""

from __future__ import annotations

import gzip
import io
import time
import unicodedata

import pytest
from hypothesis import given

from foundation.errors import InputError, Place
from marc import iso2709, repair
from marc.record import Field, Record
from marc.rules import RULES, check, checked, mend
from marc.rules.profiles import DEFAULT, GPO, NATIONAL, PROFILES, Profile, profile
from tests.marc.rules.samples import TODAY, codes, found, record
from tests.marc.samples import SHARED, iso, needs_data, records

# Code of the rule, lines in place of the good ones, tags to drop, what the finding shows.
BROKEN = [
    ("field_size", "=520  \\\\$a" + "x" * 10_000, "", "10,005"),
    ("record_size", "\n".join("=500  \\\\$a" + f"{n} " + "x" * 9_000 for n in range(12)), "", "109,"),
    ("replacement", "=500  \\\\$aB\ufffdc Kạn", "", "B\ufffdc Kạn"),
    ("mark_order", "=500  \\\\$aVié\u0302t", "", "Viết"),
    ("mojibake", "=245  10$aB¾c K¹n ngµy nay", "", "Bắc Kạn ngày nay"),
    ("mojibake", "=100  0\\$aKhöông Ngoïc Toaûn", "", "Khương Ngọc Toản"),
    ("tag_letters", "=ABC  \\\\$ax", "", "ABC"),
    ("subfield_code", "=500  \\\\$Atext", "", "$Atext"),
    ("empty", "=500  \\\\$a$btext", "", ""),
    ("empty", "=003  ", "", ""),
    ("control_number", "", "001", ""),
    ("control_number", "=001  1\n=001  2", "", "2"),
    ("control_agency", "", "003", ""),
    ("last_changed", "=005  20260131093000", "", "20260131093000.0"),
    ("last_changed_wrong", "=005  2026-01-31", "", "2026-01-31"),
    ("last_changed_wrong", "=005  20261331093000.0", "", "20261331093000.0"),
    ("fixed_length", "=008  260131s2019", "", "260131s2019"),
    ("fixed_length", "", "008", ""),
    ("leader_codes", "=LDR  00000xam a2200000 a 4500", "", "x"),
    ("leader_codes", "=LDR  00000nqm a2200000 a 4500", "", "q"),
    ("additional_blanks", r"=006  m\\\\\o\\d\f", "", "m     o  d f"),
    ("additional_length", r"=006  m\\\\\o\\Q\f", "", "m     o  Q f"),
    ("additional_length", "=007  ta2", "", "ta2"),
    ("coded_position", r"=008  260131s2019\\\\vm\a\\\\\\\\\\000\9\vie\d", "", "9"),
    ("coded_position", "=007  tq", "", "q"),
    ("date_type", r"=008  260131s20192018vm\a\\\\\\\\\\000\0\vie\d", "", "s20192018"),
    ("date_type", r"=008  260131m20191999vm\a\\\\\\\\\\000\0\vie\d", "", "m20191999"),
    ("undefined_field", "=657  \\7$ax$2dot\n=665  \\\\$ax", "", "665"),
    ("repeated_field", "=250  \\\\$aa\n=245  10$aA :$bb /$cc\n=245  10$aB :$bb /$cc", "", "245"),
    ("indicator", "=260  5\\$aHà Nội :$bKim Đồng,$c2019", "", "5 → #/2/3"),
    ("obsolete", "=082  \\4$a959.7$223", "", "#"),
    ("obsolete", "=440  \\0$aTủ sách vàng", "", "440"),
    ("obsolete", "=020  \\\\$a9786049632457$bbìa mềm", "", "bìa mềm"),
    ("undefined_subfield", "=245  10$aA /$cb$jc", "", "c"),
    ("repeated_subfield", "=245  10$aA$aB /$cc", "", "B"),
    ("fill", r"=008  ||||||s2019\\\\vm\a\\\\\\\\\\000\0\vie\d", "", "||||||"),
    ("title_missing", "", "245", ""),
    ("title_missing", "=245  10$bphụ đề", "", ""),
    ("nonfiling", "=245  12$aLịch sử /$cA", "", "2 → 0"),
    ("title_entry", "=245  00$aLịch sử /$cA", "", "0 → 1"),
    ("main_entries", "=110  2\\$aThư viện", "", "110"),
    ("imprint", "=264  \\1$aHà Nội :$bA,$c2019", "", "260 + 264"),
    ("isbn", "=020  \\\\$a9786049632450", "", "9786049632450 → 9786049632457"),
    ("isbn", "=020  \\\\$a0306406153", "", "0306406153 → 0306406152"),
    ("isbn", "=020  \\\\$a97860496324", "", "97860496324"),
    ("isbn_form", "=020  \\\\$a978-604-963-245-7 (bìa mềm)", "", "$a 9786049632457 $q (bìa mềm)"),
    ("isbn_form", "=020  \\\\$a9786049632457 : 85.000đ", "", "$a 9786049632457 $c 85.000đ"),
    ("running_number", "=020  \\\\$a2415", "", "2415"),
    ("running_number", "=020  \\\\$aBK.00123", "", "BK.00123"),
    ("issn", "=022  \\\\$a0866-8656", "", "0866-8656"),
    ("issn", "=022  \\\\$a08668655", "", "08668655"),
    ("language_code", "=041  0\\$atay", "", "tay"),
    ("language_code", r"=008  260131s2019\\\\vm\a\\\\\\\\\\000\0\vnm\d", "", "vnm"),
    ("language_joined", "=041  0\\$avieENG", "", "$avieENG → $avie $aeng"),
    ("language_differs", "=041  0\\$aeng", "", "vie → eng"),
    ("minority_language", "=041  0\\$avie$ayao", "", "yao → ium"),
    ("place_code", "=043  \\\\$aa-vt", "", "a-vt → a-vt---"),
    ("place_code", "=044  \\\\$avn1", "", "vn1"),
    ("place_code", r"=008  260131s2019\\\\vnm\a\\\\\\\\\000\0\vie\d", "", "vnm"),
    ("relator", "=700  1\\$aDương, Thuấn$4tacgia", "", "tacgia"),
    ("relator", "=700  1\\$aDương, Thuấn$eaut", "", "aut → $4 aut"),
    ("rda", "=336  \\\\$avăn bản$btext$2rdacontent", "", "text"),
    ("rda", "=336  \\\\$aphim$bprm$2rdacontent", "", "prm → LDR/06 = a"),
    ("ddc_cutter", "=082  04$a005.275--LE-T$223", "", "$a 005.275 $b LE-T $2 23"),
    ("ddc_cutter", "=082  04$a338.9 597 NG-T$223", "", "$a 338.9597 $b NG-T $2 23"),
    ("ddc_shape", "=082  04$a959.7.15$223", "", "959.7.15"),
    ("ddc_edition", "=082  04$a959.7", "", ""),
    ("subject_source", "=650  \\7$aChợ", "", "7"),
    ("subject_source_unknown", "=650  \\7$aChợ$2tkvn", "", "tkvn"),
    ("linkage", "=880  10$6245-01/{dollar}1$a北", "", "245-01/$1"),
    ("linkage", "=245  10$6880-01$aA /$cb", "", "880-01"),
    ("script_code", "=245  10$6880-01$aA /$cb\n=880  10$6245-01/Nom$a北", "", "245-01/Nom"),
    ("address", "=856  40$uwww.example.vn", "", "www.example.vn → https://www.example.vn"),
    ("address", "=856  40$ujavascript:alert(1)", "", "javascript:alert(1)"),
    ("address", "=856  40$uhttps://example.vn/a b", "", "https://example.vn/a b"),
    ("link_number", "=773  0\\$tTạp chí$w77", "", "77"),
    ("future_date", "=260  \\\\$aHà Nội :$bA,$c20015", "", "20015"),
    ("future_date", r"=008  260131s9999\\\\vm\a\\\\\\\\\\000\0\vie\d", "", "9999"),
    ("punctuation", "=245  10$aLịch sử$btừ nguồn gốc /$cA", "", "Lịch sử → … :"),
    ("punctuation", "=LDR  00000nam a2200000 c 4500", "", "Lịch sử Bắc Kạn :"),
    ("name_order", "=100  1\\$aNguyễn Du", "", "1 (Nguyễn Du) → 0"),
    ("name_order", "=100  0\\$aNguyễn, Du", "", "0 (Nguyễn, Du) → 1"),
    ("name_several", "=100  0\\$aNguyệt Tú, Nguyệt Tĩnh", "", "Nguyệt Tú | Nguyệt Tĩnh"),
    ("name_role", "=100  0\\$aVõ Xuân Đàn sưu tầm", "", "$a Võ Xuân Đàn $e sưu tầm"),
    ("duplicate", "=500  \\\\$aA\n=500  \\\\$aA", "", "$aA"),
    ("uri", "=700  1\\$aDương, Thuấn$0123", "", "123"),
    ("uri", "=700  1\\$aDương, Thuấn$1(VN)123", "", "(VN)123"),
    ("text_language", "=041  0\\$aeng\n" r"=008  260131s2019\\\\vm\a\\\\\\\\\\000\0\eng\d", "", "vie"),
    ("capitals", "=245  10$aLỊCH SỬ TỈNH BẮC KẠN /$cA", "", "Lịch sử tỉnh bắc kạn"),
]  # fmt: skip

# Right, though like something wrong.
RIGHT = [
    ("mojibake", "=245  10$aThéâtre où naïf /$cA"),
    ("mojibake", "=245  10$aNguyên lý máy /$cA"),
    ("undefined_field", "=949  \\\\$ax\n=590  \\\\$ax\n=029  \\\\$ax"),
    ("undefined_field", "=866  \\0$a1990-"),
    ("undefined_subfield", "=245  10$aA /$cb$9c$7(prov)"),
    ("indicator", "=035  9\\$a1"),
    ("leader_codes", "=LDR  00000nam a2200000Ka 4500"),
    ("last_changed_wrong", "=005  20161231235960.0"),
    ("additional_length", "=007  cr|mn|"),
    ("date_type", r"=008  260131t20192018vm\a\\\\\\\\\\000\0\vie\d"),
    ("date_type", r"=008  260131c20199999vm\a\\\\\\\\\\000\0\vie\d"),
    ("title_missing", "=245  10$kHồ sơ"),
    ("nonfiling", "=245  10$aCác dân tộc /$cA"),
    ("isbn", "=020  \\\\$a080442957x"),
    ("isbn", "=020  \\\\$c85000đ"),
    ("running_number", "=020  \\\\$a0306406152"),
    ("issn", "=022  0\\$a2434-561X"),
    ("language_code", "=041  07$atyz$2iso639-3"),
    ("language_code", "=041  0\\$aviescr"),
    ("place_code", "=043  \\\\$an-us-ca"),
    ("relator", "=700  1\\$aDương, Thuấn$4http://id.loc.gov/vocabulary/relators/aut"),
    ("rda", "=336  \\\\$aText$bXYZ$2gnd"),
    ("ddc_shape", "=082  04$a557.3/08 s$a[Fic]$a959.7'15$223"),
    ("linkage", "=245  10$6880-01$aA /$cb\n=880  10$6245-01/{dollar}1$a北\n=880  \\\\$6500-00/{dollar}1$a北"),
    ("script_code", "=245  10$6880-01$aA /$cb\n=880  10$6245-01/Hani$a北"),
    ("address", "=856  40$uurn:isbn:9786049632457"),
    ("future_date", "=260  \\\\$aHà Nội :$bA,$c2027"),
    ("punctuation", "=260  \\\\$aHà Nội :$bA,$c[2019]-"),
    ("name_order", "=100  1\\$aNguyễn, Du,$d1766-1820"),
    ("name_order", "=100  1\\$aShakespeare, William"),
    ("name_several", "=100  1\\$aNông, Quốc Hưng"),
    ("duplicate", "=952  \\\\$aA\n=952  \\\\$aA"),
    ("text_language", "=245  10$aBắc Kạn /$cA\n" r"=008  260131s2019\\\\vm\a\\\\\\\\\\000\0\eng\d"),
    ("capitals", "=245  10$aWTO & AFTA /$cA"),
]  # fmt: skip


def test_a_record_without_a_flaw_has_no_finding() -> None:
    assert found(record()) == []


@pytest.mark.parametrize(("code", "changes", "drop", "shown"), BROKEN)
def test_rule_finds(code: str, changes: str, drop: str, shown: str) -> None:
    findings = [finding for finding in found(record(changes, drop)) if finding.rule.code == code]
    assert findings
    assert any(shown in finding.evidence() for finding in findings), [finding.evidence() for finding in findings]


@pytest.mark.parametrize(("code", "changes"), RIGHT)
def test_rule_leaves_alone(code: str, changes: str) -> None:
    assert code not in codes(record(changes))


def test_every_rule_is_tried() -> None:
    tried = {case[0] for case in BROKEN}
    assert tried == {rule.code for rule in RULES if rule.check}


def test_rules_are_numbered_without_a_gap_and_named_once() -> None:
    assert sorted({rule.number for rule in RULES}) == list(range(61))
    assert len({rule.code for rule in RULES}) == len(RULES)


def test_a_finding_names_its_place() -> None:
    [finding] = found(record("=500  \\\\$aA\n=500  \\\\$aB\ufffd"))
    assert finding.spot[:4] == ("500", 2, "a", 1)
    place = finding.place(Place(file="a.mrc", record=3, control_number="BK000001"))
    assert place == Place("a.mrc", 3, -1, "BK000001", "500", "a")


# --- what the readers see ------------------------------------------------------------------------------------

GOOD_BYTES = iso2709.write(record())

READ = [
    ("leader_counts", GOOD_BYTES[:10] + b"33" + GOOD_BYTES[12:], "W"),
    ("entry_map", GOOD_BYTES[:20] + b"45e0" + GOOD_BYTES[24:], "W"),
    ("leader_codes", GOOD_BYTES[:5] + b"!" + GOOD_BYTES[6:], "E"),
    ("record_length", b"99999" + GOOD_BYTES[5:], "W"),
    ("base_address", GOOD_BYTES[:12] + b"00025" + GOOD_BYTES[17:], "W"),
    ("terminator", b"\r\n" + GOOD_BYTES, "W"),
    ("record_cut", GOOD_BYTES[:100], "E"),
    ("encoding_label", GOOD_BYTES[:9] + b" " + GOOD_BYTES[10:], "W"),
    ("not_utf8", iso(("001", b"1"), ("245", b"00\x1fa\xff\xfe")), "E"),
    ("control_characters", iso(("001", b"1"), ("245", b"00\x1faA\x07B")), "W"),
    ("tag", iso(("0\xff1", b"1"), ("245", b"00\x1faA")), "E"),
    ("subfield_code", iso(("001", b"1"), ("245", b"00\x1faA\x1f\xc3\xa2B")), "E"),
    ("loose_text", iso(("001", b"1"), ("245", b"00loose\x1faA")), "W"),
    ("empty", iso(("001", b"1"), ("245", b"00\x1faA\x1f")), "W"),
    ("indicator", iso(("001", b"1"), ("245", b"0!\x1faA")), "E"),
]


@pytest.mark.parametrize(("code", "data", "severity"), READ, ids=[case[0] for case in READ])
def test_what_a_reader_says_has_its_number(code: str, data: bytes, severity: str) -> None:
    [reading, *_] = iso2709.readings(io.BytesIO(data))
    assert (code, severity) in {(finding.rule.code, finding.severity) for finding in checked(reading, today=TODAY)}


def test_a_finding_of_a_reader_says_what_the_reader_said() -> None:
    [reading] = iso2709.readings(io.BytesIO(b"99999" + GOOD_BYTES[5:]))
    [finding] = [finding for finding in checked(reading, today=TODAY) if finding.rule.code == "record_length"]
    assert "99999" in finding.evidence("en")


# --- profiles ------------------------------------------------------------------------------------------------


def test_a_profile_takes_rules_away_and_changes_severity() -> None:
    given = record("=020  \\\\$a2415", "003")
    own = Profile("own", "", "", off=frozenset(["control_agency"]), severity={"running_number": "E"})
    assert {(finding.rule.code, finding.severity) for finding in found(given, own)} == {("running_number", "E")}


def test_a_profile_allows_what_is_local() -> None:
    given = record("=301  \\\\$ax\n=665  \\\\$aA\n=260  5\\$aHà Nội :$bA,$c2019$wx\n=650  \\7$aA$2bkt")
    own = Profile(
        "own",
        "",
        "",
        local_fields=frozenset(["301", "665"]),
        local_subfields={"260": "w"},
        local_indicators={"260": ("5", "")},
        local_sources=frozenset(["bkt"]),
    )
    assert found(given, own) == []
    assert codes(given) == {"obsolete", "undefined_field", "indicator", "undefined_subfield", "subject_source_unknown"}


def test_profiles_name_rules_that_are_there() -> None:
    known = {rule.code for rule in RULES}
    assert all((one.off | set(one.severity)) <= known for one in PROFILES.values())


def test_profiles_are_found_by_name() -> None:
    assert profile("national") is NATIONAL
    with pytest.raises(InputError, match="tcvn7539"):
        profile("nobody")


# --- any record, real records --------------------------------------------------------------------------------


@given(records)
def test_check_takes_any_record(given_record: Record) -> None:
    for finding in check(given_record, today=TODAY):
        assert finding.evidence("vi") is not None
        assert unicodedata.is_normalized("NFC", finding.rule.message.vi)


def test_numbers_that_are_digits_in_unicode_alone_break_nothing() -> None:
    fields = [Field(tag, value="²" * 40) for tag in ("001", "005", "006", "007", "008")]
    fields += [Field(tag, "²²", (("a", "٣" * 13), ("c", "٢٠١٩²"))) for tag in ("020", "022", "082", "260")]
    assert check(Record.build(repair.LEADER_BLANK, fields), DEFAULT, TODAY)


@pytest.mark.parametrize(
    "piece", ["- ", "-a", "1 ", "(", "9.", "a'", "é\u0302", "Ãa", "Nguyễn, ", " ", "/", "{x|", "1-"]
)
def test_long_values_take_time_in_proportion(piece: str) -> None:
    text = "000" + repair.value(piece * 20_000)[0]
    fields = [Field(tag, value=text) for tag in ("001", "005", "006", "007", "008")]
    tags = ("020", "022", "041", "043", "082", "100", "245", "260", "336", "700", "773", "856", "880")
    fields += [Field(tag, "00", (("a", text), ("6", text), ("u", text), ("w", text), ("0", text))) for tag in tags]
    start = time.process_time()
    mend(Record.build(repair.LEADER_BLANK, fields), today=TODAY)
    assert time.process_time() - start < 20


@needs_data
def test_records_of_a_great_catalogue_do_not_cry_wolf() -> None:
    path = SHARED / "data" / "marc" / "gpo" / "gpo_utf8_dev.mrc.gz"
    wrong = total = 0
    with gzip.open(path) as stream:
        for reading in iso2709.readings(stream):  # type: ignore[arg-type]
            total += 1
            wrong += any(finding.severity == "E" for finding in checked(reading, GPO))
            if total == 1_000:
                break
    assert wrong / total < 0.08  # true errors, one by one; docs/checks.md
