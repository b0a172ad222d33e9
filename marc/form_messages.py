"""What the readers of the other forms say: MARC-in-JSON, Aleph sequential, UNIMARC, CDS/ISIS."""

from __future__ import annotations

from foundation.errors import Message

# --- MARC-in-JSON -------------------------------------------------------------------------------------------------
JSON_BROKEN = Message(
    "marc.json_broken",
    "đoạn JSON bị hỏng ({reason}), bắt đầu bằng {start!r}. Hãy xuất lại biểu ghi này.",
    "the JSON is broken ({reason}), it begins with {start!r}. Export this record again.",
)
JSON_SHAPE = Message(
    "marc.json_shape",
    "đối tượng JSON không có danh sách “fields” nên không phải là biểu ghi MARC. "
    "Hãy kiểm tra định dạng đã chọn khi xuất.",
    "the JSON object has no list “fields”, so it is no MARC record. Check the format chosen for the export.",
)
JSON_DEEP = Message(
    "marc.json_deep",
    "JSON lồng nhau từ {seen} tầng trở lên; giới hạn {limit} là {allowed}. Hãy kiểm tra tệp có đúng là MARC-in-JSON.",
    "the JSON is nested {seen} deep or more; the limit {limit} is {allowed}. "
    "Check that the file really is MARC-in-JSON.",
)
JSON_LONG = Message(
    "marc.json_long",
    "đối tượng JSON có {seen} byte trở lên; giới hạn {limit} là {allowed}. Hãy kiểm tra tệp có đúng là MARC-in-JSON.",
    "the JSON object has {seen} bytes or more; the limit {limit} is {allowed}. Check that it really is MARC-in-JSON.",
)
JSON_NOT_TEXT = Message(
    "marc.json_not_text",
    "giá trị {text!r} không phải là chuỗi ký tự; đã đọc thành văn bản. Hãy sửa phần mềm xuất dữ liệu.",
    "the value {text!r} is not a string; it was read as text. Mend the program that exports it.",
)

# --- Aleph sequential ---------------------------------------------------------------------------------------------
ALEPH_LINE = Message(
    "marc.aleph_line",
    "dòng {line} không có dạng “SỐ NHÃN L nội dung” của Aleph: {text!r}. Hãy sửa dòng này.",
    "line {line} is not of Aleph's form “NUMBER TAG L content”: {text!r}. Mend this line.",
)
ALEPH_LONG = Message(
    "marc.aleph_long",
    "dòng {line} có hơn {allowed} byte (giới hạn {limit}). Hãy kiểm tra tệp có đúng là Aleph sequential.",
    "line {line} has more than {allowed} bytes (limit {limit}). Check that the file really is Aleph sequential.",
)
ALEPH_CONTINUED = Message(
    "marc.aleph_continued",
    "{count} dòng, từ dòng {line}, không có số biểu ghi và nhãn trường; đã nối vào trường đứng trước.",
    "{count} {count:line|lines}, from line {line} on, {count:has|have} no record number and tag; "
    "{count:it was|they were} joined to the field before.",
)
ALEPH_UNDIVIDED = Message(
    "marc.aleph_undivided",
    "trường không có dấu trường con $$; nội dung được nhận là $a. Hãy bổ sung mã trường con.",
    "the field has no subfield mark $$; its content was taken as $a. Supply the subfield codes.",
)

# --- UNIMARC ------------------------------------------------------------------------------------------------------
UNIMARC = Message(
    "marc.unimarc",
    "biểu ghi theo UNIMARC; đã chuyển sang MARC21 theo bảng chuyển đổi của Thư viện Quốc hội Hoa Kỳ.",
    "the record is UNIMARC; it was converted to MARC 21 by the conversion tables of the Library of Congress.",
)
UNIMARC_LEFT = Message(
    "marc.unimarc_left",
    "các trường UNIMARC {tags} không có chỗ trong MARC21; nội dung chỉ còn trong bản gốc.",
    "the UNIMARC fields {tags} have no place in MARC 21; their content remains in the original only.",
)
UNIMARC_SUBFIELDS = Message(
    "marc.unimarc_subfields",
    "các trường con UNIMARC {subfields} không có chỗ trong MARC21; nội dung chỉ còn trong bản gốc.",
    "the UNIMARC subfields {subfields} have no place in MARC 21; their content remains in the original only.",
)

# --- CDS/ISIS -----------------------------------------------------------------------------------------------------
ISIS_NEEDS_MAPPING = Message(
    "marc.isis_needs_mapping",
    "tệp có vẻ là {seems}; mỗi thư viện tự đặt nhãn trường CDS/ISIS. "
    "Hãy chọn bảng chuyển nhãn sang MARC21 của thư viện, hoặc để máy chủ đề xuất một bảng rồi sửa lại.",
    "the file seems to be {seems}, whose tags each library chose for itself. Choose the library's mapping of tags to "
    "MARC 21, or have one suggested and correct it.",
)
ISIS_BROKEN = Message(
    "marc.isis_broken",
    "biểu ghi CDS/ISIS bị hỏng ({reason}). Hãy xuất lại tệp từ CDS/ISIS.",
    "the CDS/ISIS record is broken ({reason}). Export the file again from CDS/ISIS.",
)
ISIS_LIMIT = Message(
    "marc.isis_limit",
    "{seen} byte mà chưa hết một biểu ghi CDS/ISIS; giới hạn {limit} là {allowed}. Hãy kiểm tra tệp.",
    "{seen} bytes and no end of a CDS/ISIS record; the limit {limit} is {allowed}. Check the file.",
)
ISIS_LENGTH = Message(
    "marc.isis_length",
    "độ dài hoặc danh mục của biểu ghi CDS/ISIS không khớp với dữ liệu; đã lấy trường theo dấu kết thúc trường.",
    "the length or directory of the CDS/ISIS record does not fit its data; fields were taken by their terminators.",
)
ISIS_LINES = Message(
    "marc.isis_lines",
    "{count} dòng bị cắt khoảng trắng ở cuối; đã bù lại cho đủ 80 ký tự.",
    "{count} {count:line had|lines had} lost the blanks at {count:its|their} end; {count:it was|they were} filled up "
    "to 80 characters.",
)
ISIS_ENCODING = Message(
    "marc.isis_encoding",
    "không đọc được {text!r} theo bảng mã {encoding}. Hãy chọn bảng mã của tệp: {encodings}.",
    "{text!r} cannot be read as {encoding}. Choose the encoding of the file: {encodings}.",
)
ISIS_GUESSED = Message(
    "marc.isis_guessed",
    "bảng mã được đoán là {encoding} (mức chắc chắn {confidence}). Nếu chữ bị sai, hãy chọn bảng mã khác.",
    "the encoding was guessed as {encoding} (confidence {confidence}). If letters are wrong, choose another one.",
)
MASTER_BROKEN = Message(
    "marc.master_broken",
    "tệp .mst của CDS/ISIS không đúng cấu trúc ({reason}). "
    "Hãy chép lại cả hai tệp .mst và .xrf, hoặc xuất ra ISO 2709.",
    "the CDS/ISIS .mst file is not as it should be ({reason}). Copy the .mst and .xrf files again, or export ISO 2709.",
)
MASTER_RECORD = Message(
    "marc.master_record",
    "biểu ghi MFN {mfn} trong tệp .mst bị hỏng ở byte {at}. Hãy kiểm tra cơ sở dữ liệu bằng CDS/ISIS rồi chép lại.",
    "record MFN {mfn} in the .mst file is broken at byte {at}. Check the base with CDS/ISIS and copy it again.",
)
MASTER_LIMIT = Message(
    "marc.master_limit",
    "tệp .mst vượt giới hạn {limit}: {seen}, cho phép {allowed}. Hãy xuất ra ISO 2709 thành nhiều tệp nhỏ.",
    "the .mst file goes beyond the limit {limit}: {seen} seen, {allowed} allowed. "
    "Export it as ISO 2709 in small files.",
)
MAPPING_BROKEN = Message(
    "marc.mapping_broken",
    "bảng chuyển nhãn có chỗ sai ở {where}: {reason}. Hãy sửa rồi lưu lại.",
    "the mapping is wrong at {where}: {reason}. Mend it and save it again.",
)
ISIS_UNMAPPED = Message(
    "marc.isis_unmapped",
    "bảng chuyển nhãn không nói gì về {tags}; nội dung chỉ còn trong bản gốc. Hãy bổ sung bảng nếu cần.",
    "the mapping says nothing about {tags}; their content remains in the original only. Add to the mapping if needed.",
)
ISIS_VALUES = Message(
    "marc.isis_values",
    "bảng chuyển nhãn tạo ra hơn {allowed} trường (giới hạn {limit}); phần còn lại bị bỏ. Hãy xem lại dấu tách.",
    "the mapping makes more than {allowed} fields (limit {limit}); the rest is left out. Look at its separators.",
)
