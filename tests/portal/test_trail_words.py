"""The audit trail in words: every name that the code keeps in it is said in Vietnamese; what people wrote is left."""

from __future__ import annotations

import pytest

from portal.trail_words import told

SAID = [
    ("library_cataloguer", "Biên mục viên"), ("-contributor", "-Cộng tác viên"),
    ("publish", "công bố"), ("import publish", "Nhập dữ liệu, chờ duyệt, Công bố biểu ghi"),
    ("import edit", "Nhập dữ liệu, chờ duyệt, Soạn biểu ghi"),
    ("bk05/bt-00241 different bk02/PN0146", "bk05/bt-00241 khác với bk02/PN0146"),
    ("12 freeze", "12 giữ nguyên cụm"), ("trial 1", "lần thử 1"), ("trial 3 published", "lần thử 3 được công bố"),
    ("role:congtac", "vai trò: congtac"), ("collection:dia-chi", "bộ sưu tập: dia-chi"),
    ("draft 7", "bản nháp 7"), ("sent for approval: Hồ Ba Bể", "gửi duyệt: Hồ Ba Bể"),
    ("returned to mai: thiếu năm", "trả lại cho mai: thiếu năm"), ("retry: 4", "đọc lại: 4"),
    ("discard harvest.record_broken: 2", "bỏ harvest.record_broken: 2"), ("14 records", "14 biểu ghi"),
    ("announce", "báo lại biểu ghi"), ("index rebuild", "lập lại chỉ mục"), ("run full", "chạy toàn bộ"),
    ("+ https://oai.example.vn", "+ https://oai.example.vn"), ("Sách về the same thing", "Sách về the same thing"),
    ("", ""),
]  # fmt: skip


@pytest.mark.parametrize(("kept", "said"), SAID)
def test_what_is_kept_is_said_in_vietnamese(kept: str, said: str) -> None:
    assert told(kept, english=False) == said


def test_an_english_page_says_roles_in_words_and_leaves_the_rest() -> None:
    assert told("-contributor", english=True) == "-Contributor"
    assert told("a same b", english=True) == "a same b"
