"""The words of the figures in both languages, where they stand outside of a page: workbooks, the command line, CSV."""

from __future__ import annotations

from typing import Final

from catalogue.uses import DOWNLOAD, OAI, RECORDS, SEARCH, SRU, VIEW, WEB, Z3950
from dublin_core.kinds import Names

DOORS: Final = {
    WEB: Names("Trang web", "Web pages"),
    SRU: Names("SRU", "SRU"),
    Z3950: Names("Z39.50", "Z39.50"),
    OAI: Names("OAI-PMH", "OAI-PMH"),
}
USES: Final = {
    (WEB, SEARCH): Names("Lượt tìm kiếm trên trang web", "Searches on the web pages"),
    (WEB, VIEW): Names("Lượt xem biểu ghi", "Record pages viewed"),
    (WEB, DOWNLOAD): Names("Lượt tải biểu ghi", "Records downloaded"),
    (SRU, SEARCH): Names("Lượt tìm từ phần mềm khác qua SRU", "Searches by other systems over SRU"),
    (Z3950, SEARCH): Names("Lượt tìm từ phần mềm khác qua Z39.50", "Searches by other systems over Z39.50"),
    (SRU, RECORDS): Names("Biểu ghi cung cấp qua SRU", "Records given over SRU"),
    (Z3950, RECORDS): Names("Biểu ghi cung cấp qua Z39.50", "Records given over Z39.50"),
    (OAI, RECORDS): Names("Biểu ghi cung cấp qua OAI-PMH", "Records given over OAI-PMH"),
}
"""(door, kind) → what it is called."""
SEVERITIES: Final = {"E": Names("lỗi", "error"), "W": Names("nên xem", "remark")}

DEFINITIONS: Final = (
    Names(
        "Một lượt sử dụng là một lần tìm kiếm, xem biểu ghi hoặc tải biểu ghi trên trang web, hoặc một lần tìm từ "
        "phần mềm "
        "thư viện khác qua SRU, Z39.50.",
        "A use is a search, a record page or a record downloaded on the web pages, or a search by another library "
        "system "
        "over SRU or Z39.50.",
    ),
    Names(
        "Nhấn lại cùng một nội dung trong vòng 30 giây chỉ tính một lượt (COUNTER, bản 5, mục 7.2; ở đây áp dụng cả "
        "với tìm "
        "kiếm). Lật sang trang kết quả khác không phải lượt tìm mới.",
        "The same thing clicked again within 30 seconds is one use (COUNTER, Release 5, 7.2; here for searches as "
        "well). "
        "Another page of results is no new search.",
    ),
    Names(
        "Trên trang web, rô-bốt và chương trình tự động không được tính; chỉ tính câu trả lời thành công (mã 200, "
        "304).",
        "On the web pages robots and programs are left out; only answers that succeed (200, 304) are counted.",
    ),
    Names(
        "Biểu ghi mà chương trình lấy qua OAI-PMH, SRU, Z39.50 được thống kê riêng, không cộng vào lượt sử dụng.",
        "Records that programs take over OAI-PMH, SRU and Z39.50 are shown by themselves and not added to the uses.",
    ),
    Names(
        "Chỉ lưu số đếm theo tháng. Không lưu địa chỉ, không lưu tên người, không dùng cookie để đếm.",
        "Only counts by month are kept. No addresses, no names; no cookie is used for counting.",
    ),
    Names(
        "Tài liệu dân tộc thiểu số: ngôn ngữ (trường 008, 041) là tiếng dân tộc thiểu số hoặc đề mục (6XX) nêu tên "
        "dân tộc. "
        "Thư tịch cổ: ra đời trước năm {before}, hoặc bản viết tay, hoặc viết bằng chữ Hán, chữ Nôm (trường 546).",
        "Ethnic minorities: in a language of theirs (008, 041) or with a subject (6XX) that names a people. Old: "
        "made before "
        "{before}, handwritten, or in Hán or Nôm (546).",
    ),
    Names(
        "Đã số hóa: trường 856 có địa chỉ http(s) dẫn tới chính tài liệu (chỉ thị 2 khác 2, không phải riêng mục "
        "lục, bìa "
        "hay tóm tắt). Chỉ đếm được tài liệu đã có biểu ghi.",
        "Digitised: field 856 has an http(s) address of the document itself (second indicator not 2, no mere table of "
        "contents, cover or abstract). Only documents with a record can be counted.",
    ),
)
