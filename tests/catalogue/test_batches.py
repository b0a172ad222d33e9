"""A batch before it is published: what is wrong with it, mended alike and one by one, undone, corrected, approved."""

from __future__ import annotations

import io
import os
from multiprocessing import get_context
from pathlib import Path

import pytest
from openpyxl import load_workbook  # type: ignore[import-untyped]

from catalogue import amending, batches, changesets, errands, imports, mending, remarks, staged, uploads
from catalogue.store import Store
from catalogue.uploads import Uploads
from foundation.errors import InputError, RefusedError
from foundation.settings import Settings
from harvesting.staging import Desk
from marc.amendments import REPLACE, SET, Amendment
from marc.record import Field, Record
from marc.spreadsheet import errors_workbook
from tests.catalogue.conftest import counts, put, readings, record, stage

LIST = "Mã;Tên sách;Tác giả;Năm XB\nm1;Hồ Ba Bể;Nguyễn A;2001\nm2;;Nguyễn B;2002\nm3;=1+1;Nguyễn C;20015\n"


def desk(store: Store, settings: Settings) -> None:
    work = Desk(store, settings)
    while work.step():
        pass


def brought(store: Store, settings: Settings, text: str = LIST) -> int:
    """A list of books, staged, checked and compared; the number of its batch."""
    files = Uploads(store, settings.home)
    found = files.receive("bk01", "kho.csv", io.BytesIO(text.encode()), "lan")
    files.ask(found.number)
    desk(store, settings)
    number = uploads.get(store, found.number).change_set
    assert number is not None
    return number


def said(store: Store, number: int) -> dict[str, int]:
    return {one.code: one.records for one in remarks.groups(store, number)}


def of(store: Store, number: int, local_id: str) -> staged.Staged:
    return next(one for one in staged.page(store, number) if one.local_id == local_id)


def year(one: staged.Staged) -> str:
    assert one.record is not None
    return next(one.record.select("264")).get("c")


def test_the_whole_course_on_both_databases(store: Store, settings: Settings) -> None:
    number = brought(store, settings)
    assert said(store, number)["spreadsheet.title_missing"] == 1
    step = amending.ask(store, number, Amendment(REPLACE, "264", "c", "20015", "2015"), "spreadsheet.year", "lan")
    assert (step.state, step.changed) == (errands.DONE, 1)
    assert amending.undo(store, number, step.number) == 1
    assert year(of(store, number, "m3")) == "20015"
    amending.ask(store, number, Amendment(SET, "040", "a", new="BK01"), who="lan")
    mending.mend_row(store, "bk01", number, mending.pieces(store, number)[0], {"Mã": "m2", "Tên sách": "Then"})
    assert batches.publish(store, number, "lan").state == errands.DONE
    shown = staged.published(store, "bk01/m3")
    assert shown is not None
    assert next(shown.select("040")).get("a") == "BK01"
    assert batches.undo(store, number) == batches.undo(store, number)
    assert staged.published(store, "bk01/m2") is None
    assert batches.redo(store, number) == batches.redo(store, number)
    assert staged.published(store, "bk01/m3") == shown
    assert staged.published(store, "bk01/m2") is not None
    assert batches.undo(store, number) == batches.undo(store, number)
    assert staged.published(store, "bk01/m2") is None


def killed_while_it_corrects(settings: Settings, number: int) -> None:
    mending.take(Store.open(settings), number, readings(record("m1", "Hồ Ba Bể")), lambda _: os._exit(9), batch=1)


def test_a_batch_whose_correction_was_killed_is_staged_again_and_can_be_published(
    store: Store, settings: Settings
) -> None:
    number = stage(store, readings(record("m1", "Ho Ba Be"), record("m2")))
    killed = get_context("spawn").Process(target=killed_while_it_corrects, args=(settings, number))
    killed.start()
    killed.join()
    assert killed.exitcode == 9
    desk(store, settings)
    with store.read() as connection:
        found = changesets.get(connection, number)
    assert (found.state, found.counts["read"], found.counts["new"]) == (changesets.STAGED, 2, 2)
    assert errands.under_way(store) == []
    assert batches.publish(store, number, "lan").state == errands.DONE


def test_a_correction_that_goes_on_is_left_alone(store: Store, settings: Settings) -> None:
    number = stage(store, readings(record("m1"), record("m2")))
    seen = []

    def look(_: dict[str, int]) -> None:
        desk(store, settings)
        with store.read() as connection:
            seen.append(changesets.get(connection, number).state)

    mending.take(store, number, readings(record("m1", "Hồ Ba Bể")), look, batch=1)
    assert seen == [changesets.STAGING]
    assert counts(store, number)["read"] == 2


class TestOnSqlite:
    @pytest.fixture
    def settings(self, tmp_path: Path) -> Settings:
        return Settings(home=tmp_path / "home")

    def test_problems_are_grouped_the_refused_and_the_most_frequent_first(
        self, store: Store, settings: Settings
    ) -> None:
        found = remarks.groups(store, brought(store, settings))
        assert found[0].severity == remarks.REFUSED
        assert [one.records for one in found[1:]] == sorted((one.records for one in found[1:]), reverse=True)

    def test_a_number_that_is_now_another_title_s_is_told_before_it_is_published(
        self, store: Store, settings: Settings
    ) -> None:
        batches.publish(
            store, brought(store, settings, "Mã;Tên sách\nm1;Hồ Ba Bể\nm2;Truyện Kiều\nm3;Then Tày\n"), "lan"
        )
        number = brought(store, settings, "Mã;Tên sách\nm1;Ho Ba Be xưa và nay\nm2;Tắt đèn\nm3;Then Tày\n")
        assert said(store, number)["record.title_other"] == 1
        (told,) = [one for one in remarks.of(of(store, number, "m2")) if one.code == "record.title_other"]
        assert "m2" in told.vi
        assert "Truyện Kiều" in told.vi
        assert of(store, number, "m1").other_title == ""

    def test_a_list_is_not_asked_for_what_no_list_has(self, store: Store, settings: Settings) -> None:
        number = brought(store, settings)
        assert not {"control_agency", "ddc_edition"} & said(store, number).keys()
        assert all(one.listed for one in staged.page(store, number))
        (marc,) = staged.page(store, stage(store, readings(record("a1"))))
        assert not marc.listed
        assert "control_agency" in {one.code for one in remarks.of(marc)}

    def test_a_group_is_one_plain_sentence(self) -> None:
        plain = remarks.plain("spreadsheet.year")
        assert plain is not None
        assert plain[0].startswith("Năm xuất bản … không hợp lệ")
        assert all("{" not in sentence for sentence in plain)

    def test_a_trial_changes_nothing(self, store: Store, settings: Settings) -> None:
        number = brought(store, settings)
        trial = amending.trial(store, number, Amendment(REPLACE, "264", "c", "20015", "2015"))
        assert (trial.records, trial.changed) == (2, 1)
        assert trial.samples[0].after == ("264 #1 $c 2015",)
        assert year(of(store, number, "m3")) == "20015"

    def test_what_is_mended_is_no_problem_any_more_and_is_one_again_when_undone(
        self, store: Store, settings: Settings
    ) -> None:
        number = brought(store, settings)
        step = amending.ask(store, number, Amendment(REPLACE, "264", "c", "20015", "2015"), "spreadsheet.year")
        assert "spreadsheet.year" not in said(store, number)
        amending.undo(store, number, step.number)
        assert said(store, number)["spreadsheet.year"] == 1
        assert amending.undo(store, number, step.number) == 0

    def test_fixes_are_undone_the_last_first(self, store: Store, settings: Settings) -> None:
        number = brought(store, settings)
        first = amending.ask(store, number, Amendment(SET, "040", "a", new="A"))
        second = amending.ask(store, number, Amendment(SET, "040", "a", new="B"))
        with pytest.raises(RefusedError, match=str(second.number)):
            amending.undo(store, number, first.number)
        amending.undo(store, number, second.number)
        amending.undo(store, number, first.number)
        one = of(store, number, "m1").record
        assert one is not None
        assert next(one.select("040")).get("a") == ""

    def test_another_batch_cannot_undo_it(self, store: Store, settings: Settings) -> None:
        number = brought(store, settings)
        step = amending.ask(store, number, Amendment(SET, "040", "a", new="A"))
        with pytest.raises(RefusedError):
            amending.undo(store, number + 1, step.number)

    def test_the_same_file_again_brings_no_mistake_back(self, store: Store, settings: Settings) -> None:
        number = brought(store, settings)
        amending.ask(store, number, Amendment(REPLACE, "264", "c", "20015", "2015"))
        batches.publish(store, number, "lan")
        again = brought(store, settings)
        with store.read() as connection:
            counts = changesets.get(connection, again).counts
        assert (counts["changed"], counts["unchanged"]) == (0, 2)

    def test_a_killed_fix_goes_on(self, store: Store, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
        number = brought(store, settings, "Tên sách;Năm XB\n" + "".join(f"Sách {n};2001\n" for n in range(9)))
        monkeypatch.setattr(staged, "_AT_ONCE", 4)
        monkeypatch.setattr(amending, "SMALL", 0)
        step = amending.ask(store, number, Amendment(SET, "040", "a", new="A"))
        assert step.state == errands.WAITING
        amending.run(store, step, lambda: False)
        half = errands.get(store, step.number)
        assert half is not None
        assert (half.state, half.changed) == (errands.RUNNING, 4)
        desk(store, settings)
        done = errands.get(store, step.number)
        assert done is not None
        assert (done.state, done.changed) == (errands.DONE, 9)

    def test_one_record_in_a_form(self, store: Store, settings: Settings) -> None:
        number = brought(store, settings)
        found = of(store, number, "m3")
        assert found.record is not None
        fields = [
            field._replace(subfields=(("c", "2015"),)) if field.tag == "264" else field for field in found.record.fields
        ]
        step = amending.edit(store, number, found.number, Record.build(found.record.leader, fields), "lan")
        assert step is not None
        assert "spreadsheet.year" not in said(store, number)
        assert amending.edit(store, number, found.number, Record.build(found.record.leader, fields), "lan") is None

    def test_an_edit_keeps_the_number_of_the_record(self, store: Store, settings: Settings) -> None:
        number = brought(store, settings)
        found = of(store, number, "m1")
        with pytest.raises(RefusedError, match="m1"):
            amending.edit(store, number, found.number, record("khác"))
        with pytest.raises(InputError):
            amending.edit(store, number, found.number, Record("x" * 24 + "\x1e001m1"))

    def test_a_refused_row_that_is_still_wrong_says_why(self, store: Store, settings: Settings) -> None:
        number = brought(store, settings)
        piece = mending.pieces(store, number)[0]
        with pytest.raises(RefusedError, match="nhan đề"):
            mending.mend_row(store, "bk01", number, piece, {"Mã": "m2", "Tên sách": " "})
        with pytest.raises(RefusedError, match="m1"):
            mending.mend_row(store, "bk01", number, piece, {"Mã": "m1", "Tên sách": "Khác"})
        mending.mend_row(store, "bk01", number, piece, {"Mã": "m2", "Tên sách": "Then"})
        assert mending.pieces(store, number) == []
        with store.read() as connection:
            counts = changesets.get(connection, number).counts
        assert (counts["read"], counts["new"], counts["quarantined"]) == (3, 3, 0)
        with pytest.raises(RefusedError):
            mending.piece(store, number, piece.number)

    def test_the_error_workbook_out_and_in_again(self, store: Store, settings: Settings, tmp_path: Path) -> None:
        number = brought(store, settings)
        book = load_workbook(io.BytesIO(errors_workbook.xlsx(mending.faulty(store, number))))
        sheet = book.active
        rows = {row[2].value: row for row in sheet.iter_rows(min_row=2)}
        headings = [cell.value for cell in sheet[1]]
        assert set(rows) == {"m2", "m3"}
        assert rows["m3"][headings.index("Tên sách")].data_type == "s", "what looks like a formula is text"
        assert rows["m2"][headings.index("Tên sách")].fill.fgColor.rgb.endswith("FFC7CE")
        rows["m2"][headings.index("Tên sách")].value = "Then Tày"
        rows["m3"][headings.index("Năm XB")].value = "2015"
        out = io.BytesIO()
        book.save(out)
        for _ in range(2):  # sent twice, it changes nothing the second time
            files = Uploads(store, settings.home)
            sent = files.receive("bk01", "sửa.xlsx", io.BytesIO(out.getvalue()), "lan", number)
            files.ask(sent.number)
            desk(store, settings)
            assert uploads.get(store, sent.number).state == uploads.STAGED
            assert (year(of(store, number, "m3")), of(store, number, "m2").title) == ("2015", "Then Tày / Nguyễn B")
            with store.read() as connection:
                counts = changesets.get(connection, number).counts
            assert (counts["read"], counts["new"], counts["quarantined"]) == (3, 3, 0)

    def test_a_correction_that_is_no_list_is_refused_and_the_batch_stays(
        self, store: Store, settings: Settings
    ) -> None:
        number = brought(store, settings)
        files = Uploads(store, settings.home)
        sent = files.receive("bk01", "a.mrc", io.BytesIO(b"00026nam a2200025 a 4500\x1e\x1d"), "lan", number)
        files.ask(sent.number)
        desk(store, settings)
        assert uploads.get(store, sent.number).state == uploads.REFUSED
        assert batches.get(store, number).state == changesets.STAGED
        files.drop(sent.number)
        assert batches.get(store, number).state == changesets.STAGED

    def test_the_union_is_asked_before_anything_is_published(self, store: Store, settings: Settings) -> None:
        put(store, Record.build("00000nam a2200000 a 4500", [
            Field("001", value="x1"), Field("100", "0 ", (("a", "Nguyễn A"),)),
            Field("245", "00", (("a", "Hồ Ba Bể /"), ("c", "Nguyễn A"))), Field("264", " 1", (("c", "2001"),)),
        ]), library="bk02")  # fmt: skip
        number = brought(store, settings)
        assert sum(remarks.matches(store, number).values()) == 2
        assert remarks.match_of(store, number, of(store, number, "m1").number)[0] in ("new", "doubtful", "duplicate")

    def test_asked_declined_asked_approved(self, store: Store, settings: Settings) -> None:
        number = brought(store, settings)
        with pytest.raises(RefusedError):
            batches.decline(store, number, "hoa", "chưa gửi")
        assert batches.ask(store, number, "lan").state == batches.ASKED
        batches.ask(store, number, "lan")
        with pytest.raises(RefusedError):
            batches.decline(store, number, "hoa", " ")
        assert batches.decline(store, number, "hoa", "thiếu tác giả").state == batches.DECLINED
        batches.ask(store, number, "lan", "đã sửa")
        batches.publish(store, number, "hoa")
        batches.publish(store, number, "hoa")
        kinds = [one.kind for one in batches.opinions(store, number)]
        assert kinds == ["asked", "declined", "asked", "approved"]
        assert batches.get(store, number).state == changesets.PUBLISHED

    def test_a_large_batch_is_published_in_the_background(
        self, store: Store, settings: Settings, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        number = brought(store, settings)
        monkeypatch.setattr(batches, "SMALL", 0)
        assert batches.publish(store, number, "lan").state == errands.WAITING
        desk(store, settings)
        assert batches.get(store, number).state == changesets.PUBLISHED

    def test_a_published_batch_is_not_mended(self, store: Store, settings: Settings) -> None:
        number = brought(store, settings)
        batches.publish(store, number, "lan")
        with pytest.raises(RefusedError):
            amending.ask(store, number, Amendment(SET, "040", "a", new="A"))
        with pytest.raises(RefusedError):
            amending.edit(store, number, of(store, number, "m1").number, record("m1"))

    def test_batches_of_a_library_newest_first(self, store: Store, settings: Settings) -> None:
        first, second = brought(store, settings), brought(store, settings, "Tên sách;Năm XB\nKhác;2001\nNữa;2002\n")
        assert [one.number for one in batches.latest(store, ["bk01"])] == [second, first]
        assert [one.number for one in batches.latest(store, ["bk01"], before=second)] == [first]
        assert batches.latest(store, ["bk02"]) == []

    def test_the_command_line_import_is_a_batch_too(self, store: Store, settings: Settings, tmp_path: Path) -> None:
        path = tmp_path / "b.csv"
        path.write_text(LIST, encoding="utf-8")
        done = imports.import_files(store, "bk01", [imports.of_path(path)], preview=True)
        errands.put(store, done.change_set, errands.CHECK)
        desk(store, settings)
        assert said(store, done.change_set)["spreadsheet.year"] == 1
