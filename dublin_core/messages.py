"""What this room says to people."""

from __future__ import annotations

from foundation.errors import Message

NOTHING_SAID = Message(
    "dc.nothing_said",
    "dòng {line}: phần tử <{name}> không có yếu tố Dublin Core hay MODS nào đọc được. Hãy kiểm tra định dạng đã chọn "
    "khi xuất hoặc thu thập.",
    "line {line}: the <{name}> element holds no Dublin Core or MODS that can be read. Check the format chosen for the "
    "export or harvest.",
)
NO_TITLE = Message(
    "dc.no_title",
    "tài liệu không có nhan đề nên biểu ghi không có trường 245. Hãy bổ sung nhan đề.",
    "the item has no title, so the record has no field 245. Supply a title.",
)
LEFT_OUT = Message(
    "dc.left_out",
    "{count} giá trị thuộc yếu tố không có trong Dublin Core ({names}) chỉ còn trong bản gốc. Hãy cho biết chúng ứng "
    "với yếu tố nào nếu cần dùng.",
    "{count} {count:value|values} of elements that are not of Dublin Core ({names}) {count:remains|remain} in the "
    "original only. Say which elements they stand for if they are needed.",
)
STATEMENTS_LIMIT = Message(
    "dc.statements_limit",
    "tài liệu có {seen} giá trị; giới hạn {limit} là {allowed}. Hãy chia nhỏ tài liệu.",
    "the item has {seen} values; the limit {limit} is {allowed}. Split it.",
)
OTHER_FORMAT = Message(
    "dc.other_format",
    "tệp {name} không phải là Dublin Core, MODS hay gói DSpace. Hãy gửi tệp XML oai_dc, qdc, MODS hoặc gói DSpace "
    "(zip).",
    "{name} is not Dublin Core, MODS or a DSpace archive. Send XML in oai_dc, qdc or MODS, or a DSpace archive (zip).",
)
ITEM_DAMAGED = Message(
    "dc.item_damaged",
    "dòng dữ liệu tài liệu số bị hỏng ({reason}). Hãy nhập lại từ tệp gốc.",
    "the line of a digital item is damaged ({reason}). Import it again from the original file.",
)
DSPACE_METADATA = Message(
    "dc.dspace_metadata",
    "thư mục {name} của gói DSpace không có tệp dublin_core.xml. Hãy bổ sung tệp này rồi nhập lại.",
    "the folder {name} of the DSpace archive has no dublin_core.xml. Add it and import again.",
)
DSPACE_LIMIT = Message(
    "dc.dspace_limit",
    "tệp {name} của gói DSpace lớn hơn {allowed} byte (giới hạn {limit}). Hãy kiểm tra tệp này.",
    "{name} of the DSpace archive has more than {allowed} bytes (limit {limit}). Check this file.",
)
DSPACE_FILE_NAME = Message(
    "dc.dspace_file_name",
    "tệp contents nêu tên {seen!r} nằm ngoài thư mục tài liệu hoặc không hợp lệ; đã bỏ tên này. Hãy sửa tệp contents.",
    "the file contents names {seen!r}, which lies outside the item's folder or is no file name; it was left out. Mend "
    "the file contents.",
)
DSPACE_FILE_MISSING = Message(
    "dc.dspace_file_missing",
    "tệp {seen!r} được nêu trong contents nhưng không có trong gói. Hãy bổ sung tệp rồi nhập lại.",
    "{seen!r} is named in contents but is not in the archive. Add the file and import again.",
)
