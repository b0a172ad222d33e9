"""What this room says to people. Repairs and refusals both name what was seen and what to do next."""

from __future__ import annotations

from foundation.errors import Message

# --- framing: where one record ends and the next begins ------------------------------------------------------
FILLER = Message(
    "marc.filler",
    "đã bỏ qua {count} byte thừa (xuống dòng, khoảng trắng, BOM …) đứng trước biểu ghi.",
    "{count} {count:stray byte|stray bytes} (line ends, blanks, BOM …) before the record {count:was|were} skipped.",
)
JUNK = Message(
    "marc.junk",
    "{count} byte nằm giữa các biểu ghi không phải là biểu ghi MARC: {start!r}. Đã giữ lại; hãy xem tệp gốc.",
    "{count} {count:byte|bytes} between the records {count:is|are} not a MARC record: {start!r}. "
    "{count:It was|They were} set aside whole; look at the file.",
)
CUT = Message(
    "marc.cut",
    "biểu ghi bị cắt ngang sau {count} byte: tệp thiếu phần sau. Hãy xuất hoặc tải lại tệp.",
    "the record breaks off after {count} {count:byte|bytes}: the rest is missing. Export or transfer the file again.",
)
TERMINATOR = Message(
    "marc.terminator",
    "thiếu dấu kết thúc biểu ghi; đã đọc theo danh mục.",
    "the record terminator is missing; the record was read by its directory.",
)
LENGTH = Message(
    "marc.length",
    "đầu biểu ghi độ dài {seen!r} nhưng biểu ghi có {actual} byte; đã dùng độ dài thực tế.",
    "the leader gives the length {seen!r}, but the record has {actual} {actual:byte|bytes}; the real length was used.",
)
RECORD_LIMIT = Message(
    "marc.record_limit",
    "{seen} byte mà không có dấu kết thúc biểu ghi; giới hạn {limit} là {allowed}. Hãy kiểm tra tệp có đúng là MARC.",
    "{seen} bytes without a record terminator; the limit {limit} is {allowed}. Check that the file really is MARC.",
)

# --- structure of one record ----------------------------------------------------------------------------------
LEADER_SHORT = Message(
    "marc.leader_short",
    "đầu biểu không đủ 24 ký tự ASCII: {seen!r}. Hãy sửa biểu ghi ở phần mềm nguồn.",
    "the leader is not 24 ASCII characters: {seen!r}. Mend the record in the system it came from.",
)
LEADER = Message(
    "marc.leader",
    "đầu biểu {seen!r} có vị trí không hợp lệ; đã dùng {used!r}.",
    "the leader {seen!r} has positions that are not valid; {used!r} was used.",
)
BASE = Message(
    "marc.base",
    "địa chỉ gốc của dữ liệu ghi là {seen!r}, thực tế là {actual}; đã dùng vị trí thực tế.",
    "the base address of data is given as {seen!r} but is {actual}; the real one was used.",
)
DIRECTORY = Message(
    "marc.directory",
    "danh mục ({entries} mục) không khớp với dữ liệu; đã lấy trường theo dấu kết thúc trường.",
    "the directory ({entries} {entries:entry|entries}) does not fit the data; fields were taken by their terminators.",
)
DIRECTORY_FIRST = Message(
    "marc.directory_first",
    "danh mục ({entries} mục) mất byte đầu tiên; đã bổ sung số 0, vì nhờ đó mọi độ dài và vị trí đều khớp với dữ liệu.",
    "the directory ({entries} {entries:entry|entries}) lost its first byte; a 0 was put there, since every length and "
    "start then fits.",
)
DIRECTORY_CHARACTERS = Message(
    "marc.directory_characters",
    "danh mục ({entries} mục) đếm theo ký tự chứ không theo byte; đã đọc theo ký tự, vì nhờ đó mọi trường đều khớp.",
    "the directory ({entries} {entries:entry|entries}) counts characters, not bytes; it was read so, since every "
    "field then fits.",
)
DIRECTORY_BROKEN = Message(
    "marc.directory_broken",
    "danh mục hỏng ({reason}): {pieces} dấu kết thúc trường cho {entries} mục. Hãy xuất lại biểu ghi.",
    "the directory is broken ({reason}), {pieces} {pieces:field terminator|field terminators} for {entries} "
    "{entries:entry|entries}. Export the record again.",
)
FIELD_OUTSIDE = Message(
    "marc.field_outside",
    "danh mục đặt trường ra ngoài biểu ghi (vị trí {start}, độ dài {length}). Hãy xuất lại biểu ghi.",
    "the directory puts the field outside the record (start {start}, length {length}). Export the record again.",
)
FIELD_OVERLAP = Message(
    "marc.field_overlap",
    "danh mục đặt trường chồng lên trường khác (vị trí {start}, độ dài {length}). Hãy xuất lại biểu ghi.",
    "the directory puts the field over another one (start {start}, length {length}). Export the record again.",
)
FIELD_EMPTY = Message(
    "marc.field_empty",
    "danh mục ghi độ dài trường bằng 0. Hãy xuất lại biểu ghi.",
    "the directory gives the field a length of 0. Export the record again.",
)
UNCLAIMED = Message(
    "marc.unclaimed",
    "{count} byte dữ liệu không thuộc trường nào trong danh mục; chúng chỉ còn trong bản gốc.",
    "{count} {count:byte|bytes} of data {count:belongs|belong} to no field of the directory; "
    "{count:it remains|they remain} in the original only.",
)
EMPTY_RECORD = Message(
    "marc.empty_record",
    "biểu ghi không có trường nào. Hãy kiểm tra phần mềm nguồn.",
    "the record has no field at all. Check the system it came from.",
)
FIELDS_LIMIT = Message(
    "marc.fields_limit",
    "biểu ghi có {seen} trường; giới hạn {limit} là {allowed}. Hãy tách biểu ghi.",
    "the record has {seen} fields; the limit {limit} is {allowed}. Split the record.",
)

SUBFIELDS_LIMIT = Message(
    "marc.subfields_limit",
    "trường có {seen} trường con; giới hạn {limit} là {allowed}. Hãy kiểm tra biểu ghi ở phần mềm nguồn.",
    "the field has {seen} subfields; the limit {limit} is {allowed}. Check the record in the system it came from.",
)

# --- one field --------------------------------------------------------------------------------------------------
TAG = Message(
    "marc.tag",
    "nhãn trường {seen!r} không hợp lệ: phải là ba chữ số hoặc chữ cái ASCII, khác 000. Hãy sửa biểu ghi.",
    "the tag {seen!r} is not valid: three ASCII digits or letters, not 000. Mend the record.",
)
TAG_MENDED = Message(
    "marc.tag_mended",
    "nhãn trường {seen!r} không theo quy tắc; đã nhận là {used!r}.",
    "the tag {seen!r} is unusual; it was accepted as {used!r}.",
)
TAG_LEFT_OUT = Message(
    "marc.tag_left_out",
    "nhãn trường {seen!r} không hợp lệ; trường được để ra ngoài: {text!r}. Hãy sửa nhãn trường.",
    "the tag {seen!r} is not valid; the field was left out: {text!r}. Mend the tag.",
)
INDICATORS = Message(
    "marc.indicators",
    "chỉ thị {seen!r} không hợp lệ; đã dùng {used!r}.",
    "the indicators {seen!r} are not valid; {used!r} was used.",
)
INDICATORS_FOREIGN = Message(
    "marc.indicators_foreign",
    "chỉ thị có ký tự ngoài ASCII: {seen!r}. Hãy sửa biểu ghi ở phần mềm nguồn.",
    "the indicators are not ASCII: {seen!r}. Mend the record in the system it came from.",
)
LOOSE_TEXT = Message(
    "marc.loose_text",
    "văn bản không thuộc trường con nào đã được để ra ngoài: {text!r}. Hãy bổ sung mã trường con.",
    "text that belongs to no subfield was left out: {text!r}. Supply its subfield code.",
)
NO_SUBFIELDS = Message(
    "marc.no_subfields",
    "trường dữ liệu không có trường con nào; đã để ra ngoài trường có nội dung {text!r}. Hãy bổ sung mã trường con.",
    "the data field has no subfield; the field was left out with its content {text!r}. Supply a subfield code.",
)
EMPTY_SUBFIELDS = Message(
    "marc.empty_subfields",
    "đã bỏ {count} dấu phân cách không có mã trường con theo sau.",
    "{count} {count:delimiter|delimiters} without a subfield code behind {count:it was|them were} dropped.",
)
SUBFIELD_CODE = Message(
    "marc.subfield_code",
    "mã trường con {seen!r} không hợp lệ; trường được để ra ngoài: {text!r}. Hãy sửa mã trường con.",
    "the subfield code {seen!r} is not valid; the field was left out: {text!r}. Mend the code.",
)
CONTROL_DELIMITER = Message(
    "marc.control_delimiter",
    "trường điều khiển có dấu phân cách trường con; đã đổi thành $.",
    "the control field holds subfield delimiters; they were turned into $.",
)
CONTROL_CHARACTERS = Message(
    "marc.control_characters",
    "đã bỏ hoặc đổi thành khoảng trắng {count} ký tự điều khiển.",
    "{count} {count:control character was|control characters were} removed or turned into blanks.",
)

MARK_ORDER = Message(
    "marc.mark_order",
    "dấu tiếng Việt trong {count} trường con bị đặt sai thứ tự hoặc gõ thay bằng dấu phẩy; đã sắp lại (ế, Cử).",
    "Vietnamese marks stood in the wrong order, or were typed as commas, in {count} {count:value|values}; "
    "{count:it was|they were} put right.",
)

# --- encodings ----------------------------------------------------------------------------------------------------
ENCODING_LABEL = Message(
    "marc.encoding_label",
    "đầu biểu vị trí 09 là {seen!r} nhưng dữ liệu là {used}; đã đọc theo {used}.",
    "leader position 09 is {seen!r}, but the data is {used}; it was read as {used}.",
)
BYTES_LOST = Message(
    "marc.bytes_lost",
    "{count} chỗ có byte không phải UTF-8 trong biểu ghi tự khai là UTF-8; đã thay bằng U+FFFD: {text!r}. "
    "Hãy đối chiếu với tài liệu hoặc bản gốc và nhập lại chữ.",
    "{count} {count:place holds|places hold} bytes that are not UTF-8 in a record that says it is; U+FFFD was put "
    "there: {text!r}. Compare with the item or the original and enter the letters again.",
)
NOT_UTF8 = Message(
    "marc.not_utf8",
    "byte {byte} không phải là UTF-8, và không đoán chắc được bảng mã. Có thể là: {encodings}. "
    "Hãy xem thử, rồi đọc lại tệp theo bảng mã đúng (ở dòng lệnh: --encoding).",
    "byte {byte} is not UTF-8, and the encoding cannot be told for sure. It may be: {encodings}. "
    "Look at the text, then read the file again in the right encoding (at the shell: --encoding).",
)
GUESSED = Message(
    "marc.guessed",
    "đọc theo bảng mã {used} (đoán, độ tin {confidence}). Nếu chữ sai, hãy đọc lại tệp theo bảng mã khác "
    "(ở dòng lệnh: --encoding).",
    "read as {used} (a guess, confidence {confidence}). If the text is wrong, read the file again in another encoding "
    "(at the shell: --encoding).",
)
GUESSED_ALONE = Message(
    "marc.guessed_alone",
    "tệp có nhiều bảng mã; biểu ghi này tự nó rõ là {used} (phần biểu ghi tự rõ: {confidence}). "
    "Nếu chữ sai, hãy xuất riêng các biểu ghi này.",
    "the file is in several encodings; this record is {used} by itself (share of such records: {confidence}). "
    "If the text is wrong, export such records by themselves.",
)
ANOTHER_ENCODING = Message(
    "marc.another_encoding",
    "cả tệp theo bảng mã {used} nhưng biểu ghi này lại theo {seen}. Hãy xuất riêng các biểu ghi này, "
    "rồi nhập với --encoding {seen}.",
    "the file is in {used}, but this record is in {seen}. Export such records by themselves, "
    "and import them with --encoding {seen}.",
)
UNDECODED = Message(
    "marc.undecoded",
    "không giải mã được theo bảng mã {encoding}: {reason}. Hãy chọn bảng mã khác: {encodings}.",
    "the text cannot be decoded as {encoding}: {reason}. Choose another encoding: {encodings}.",
)
UNKNOWN_ENCODING = Message(
    "marc.unknown_encoding",
    "không có bảng mã {seen!r}. Hãy chọn một trong: {encodings}.",
    "there is no encoding {seen!r}. Choose one of: {encodings}.",
)

# --- whole files --------------------------------------------------------------------------------------------------
EMPTY_FILE = Message(
    "marc.empty_file",
    "tệp rỗng: 0 biểu ghi. Hãy xuất lại tệp từ phần mềm nguồn.",
    "the file is empty: 0 records. Export it again from the system it came from.",
)
OTHER_FORMAT = Message(
    "marc.other_format",
    "tệp không phải là MARC mà có vẻ là {seems}. Hãy gửi tệp MARC21 (ISO 2709), MARCXML hoặc .mrk, hay chọn cách nhập "
    "dành cho loại tệp này.",
    "the file is not MARC; it seems to be {seems}. Send MARC 21 (ISO 2709), MARCXML or .mrk, or choose the import "
    "for this kind of file.",
)
PLAIN_TEXT = Message("marc.plain_text", "văn bản thường", "plain text")
BINARY_DATA = Message("marc.binary_data", "dữ liệu nhị phân", "binary data")
"""What a file seems to be that has no name."""
NO_MARC_ELEMENTS = Message(
    "marc.no_marc_elements",
    "dòng {line}: phần tử <record> không chứa trường MARC nào. Hãy kiểm tra định dạng đã chọn khi xuất hoặc thu thập.",
    "line {line}: the <record> element holds no MARC field. Check the format chosen for the export or harvest.",
)
MRK_LINE = Message(
    "marc.mrk_line",
    "dòng này không có dạng “=NHÃN  nội dung”: {text!r}. Hãy sửa lại.",
    "this line is not of the form “=TAG  content”: {text!r}. Mend it.",
)
MRK_LONG = Message(
    "marc.mrk_long",
    "dòng này có hơn {allowed} byte (giới hạn {limit}). Hãy kiểm tra tệp có đúng là .mrk.",
    "this line has more than {allowed} bytes (limit {limit}). Check that the file really is .mrk.",
)
MRK_NAMES = Message(
    "marc.mrk_names",
    "không biết ký hiệu {names}; đã giữ nguyên.",
    "the mnemonics {names} are not known; they were kept as they are.",
)

# --- writing ------------------------------------------------------------------------------------------------------
RECORD_TOO_LONG = Message(
    "marc.record_too_long",
    "biểu ghi có {seen} byte; ISO 2709 chỉ chứa được {allowed} (giới hạn {limit}). Hãy xuất bằng MARCXML.",
    "the record has {seen} bytes; ISO 2709 holds {allowed} (limit {limit}). Export it as MARCXML.",
)
FIELD_TOO_LONG = Message(
    "marc.field_too_long",
    "trường có {seen} byte; ISO 2709 chỉ chứa được {allowed} (giới hạn {limit}). Hãy xuất bằng MARCXML.",
    "the field has {seen} bytes; ISO 2709 holds {allowed} (limit {limit}). Export it as MARCXML.",
)
SHEET_LINE = Message(
    "sheet.line",
    "dòng này không phải là một trường: {text}. Hãy viết như =245  10$aNhan đề, mỗi trường một dòng.",
    "this line is no field: {text}. Write it like =245  10$aTitle, one field a line.",
)
SHEET_LEADER = Message(
    "sheet.leader",
    "có hai đầu biểu (LDR). Hãy xoá bớt một dòng.",
    "there are two leaders (LDR). Delete one of the lines.",
)
SHEET_EMPTY = Message(
    "sheet.empty",
    "trường này chưa có nội dung. Hãy điền, hoặc xoá dòng.",
    "this field says nothing. Fill it in, or delete the line.",
)
SHEET_LINES = Message(
    "sheet.lines",
    "biểu ghi có {seen} dòng, giới hạn {limit} là {allowed}. Hãy bớt trường.",
    "the record has {seen} lines, the limit {limit} is {allowed}. Take out some fields.",
)
