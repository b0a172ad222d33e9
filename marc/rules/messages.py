"""What each rule says: what is the matter and what to do next. One message to a rule; the place and what was seen stand
beside it in the finding."""

from __future__ import annotations

from typing import Final

from foundation.errors import Message

# --- 1-20: structure ------------------------------------------------------------------------------------------
UNREADABLE: Final = Message(
    "rules.unreadable",
    "Biểu ghi không đọc được nên đã để riêng. Hãy xem lý do bên dưới rồi xuất lại biểu ghi từ phần mềm nguồn.",
    "The record could not be read and was set aside. See the reason below and export it again.",
)
REPAIRED: Final = Message(
    "rules.repaired",
    "Biểu ghi có chỗ hỏng, đã tự sửa được khi đọc. Hãy xem lại chỗ đã sửa.",
    "The record was damaged and could be repaired on reading. Look at what was repaired.",
)
LIST_ROW: Final = Message(
    "rules.list_row",
    "Có dòng trong bảng tính chưa nhập được. Hãy sửa ô nêu bên dưới trong bảng tính rồi gửi lại.",
    "A row of the spreadsheet cannot be taken yet. Mend the cell named below in the spreadsheet and send it again.",
)
LIST_CELL: Final = Message(
    "rules.list_cell",
    "Có ô trong bảng tính không đúng với cột của nó; nội dung vẫn được giữ. Hãy xem lại ô nêu bên dưới.",
    "A cell of the spreadsheet is not what its column promises; its content was kept. Look at the cell named below.",
)
LEADER_LENGTH: Final = Message(
    "rules.leader_length",
    "Đầu biểu không đủ 24 ký tự. Hãy xuất lại biểu ghi từ phần mềm nguồn.",
    "The leader is not 24 characters long. Export the record again from the system it came from.",
)
LEADER_COUNTS: Final = Message(
    "rules.leader_counts",
    "Đầu biểu vị trí 10-11 phải là 22. Đã sửa khi đọc, không cần làm gì thêm.",
    "Leader positions 10-11 must be 22. Mended on reading; nothing is left to do.",
)
ENTRY_MAP: Final = Message(
    "rules.entry_map",
    "Đầu biểu vị trí 20-23 phải là 4500. Đã sửa khi đọc, không cần làm gì thêm.",
    "Leader positions 20-23 must be 4500. Mended on reading; nothing is left to do.",
)
RECORD_LENGTH: Final = Message(
    "rules.record_length",
    "Độ dài ghi ở đầu biểu không đúng. Đã tính lại; ghi lại biểu ghi là xong.",
    "The length in the leader is wrong. It was counted again; writing the record anew is all.",
)
RECORD_CUT: Final = Message(
    "rules.record_cut",
    "Biểu ghi bị cắt ngang, thiếu phần sau. Hãy xuất hoặc tải lại tệp.",
    "The record breaks off and the rest is missing. Export or transfer the file again.",
)
BASE_ADDRESS: Final = Message(
    "rules.base_address",
    "Địa chỉ gốc của dữ liệu ở đầu biểu không đúng. Đã tính lại; ghi lại biểu ghi là xong.",
    "The base address in the leader is wrong. It was counted again; writing the record anew is all.",
)
DIRECTORY: Final = Message(
    "rules.directory",
    "Danh mục của biểu ghi hỏng, không biết chắc trường nào ở đâu. Hãy xuất lại biểu ghi.",
    "The directory is broken and cannot say which field is where. Export the record again.",
)
DIRECTORY_REPAIRED: Final = Message(
    "rules.directory_repaired",
    "Danh mục không khớp với dữ liệu; đã lấy trường theo dấu kết thúc trường. Hãy xem lại biểu ghi.",
    "The directory does not fit the data; fields were taken by their terminators. Look at the record.",
)
FIELD_OUTSIDE: Final = Message(
    "rules.field_outside",
    "Danh mục đặt trường ra ngoài biểu ghi hoặc chồng lên trường khác. Hãy xuất lại biểu ghi.",
    "The directory puts a field outside the record or over another one. Export the record again.",
)
UNCLAIMED: Final = Message(
    "rules.unclaimed",
    "Có dữ liệu không thuộc trường nào trong danh mục, nên không đọc được. Hãy xem bản gốc.",
    "Some data belongs to no field of the directory and was not read. Look at the original.",
)
TERMINATOR: Final = Message(
    "rules.terminator",
    "Thiếu dấu kết thúc biểu ghi hoặc có ký tự thừa giữa các biểu ghi. Ghi lại biểu ghi là xong.",
    "A record terminator is missing, or stray bytes stand between records. Writing the record anew is all.",
)
RECORD_SIZE: Final = Message(
    "rules.record_size",
    "Biểu ghi dài hơn 99 999 byte, ISO 2709 không chứa được. Hãy xuất bằng MARCXML.",
    "The record is longer than the 99,999 bytes of ISO 2709. Export it as MARCXML.",
)
FIELD_SIZE: Final = Message(
    "rules.field_size",
    "Trường dài hơn 9 999 byte, ISO 2709 không chứa được. Hãy rút gọn trường hoặc xuất bằng MARCXML.",
    "The field is longer than the 9,999 bytes of ISO 2709. Shorten it, or export as MARCXML.",
)
ENCODING_LABEL: Final = Message(
    "rules.encoding_label",
    "Đầu biểu vị trí 09 khai sai bảng mã. Đã đọc theo bảng mã thật; ghi lại biểu ghi là xong.",
    "Leader position 09 names the wrong encoding. The real one was used; writing the record anew is all.",
)
NOT_UTF8: Final = Message(
    "rules.not_utf8",
    "Không đọc được chữ trong biểu ghi theo bảng mã đã chọn. Hãy đọc lại theo bảng mã khác, ví dụ TCVN3, VNI.",
    "The text cannot be read in the encoding chosen. Read it again in another one, such as TCVN3 or VNI.",
)
CONTROL_CHARACTERS: Final = Message(
    "rules.control_characters",
    "Có ký tự điều khiển lẫn trong dữ liệu; đã bỏ khi đọc. Ghi lại biểu ghi là xong.",
    "Control characters stood in the data and were dropped. Writing the record anew is all.",
)
REPLACEMENT: Final = Message(
    "rules.replacement",
    "Có ký tự � thay cho chữ đã mất do chuyển mã sai. Hãy nhập lại chữ theo tài liệu hoặc xuất lại từ nguồn.",
    "There is a � for a letter lost in a wrong conversion. Type it again from the item, or export again.",
)
MARK_ORDER: Final = Message(
    "rules.mark_order",
    "Dấu tiếng Việt đặt sai thứ tự nên tìm không ra. Tự sửa được.",
    "Vietnamese marks stand in the wrong order, so that searches miss the word. It can be mended by itself.",
)
MOJIBAKE: Final = Message(
    "rules.mojibake",
    "Chữ có vẻ bị lỗi phông (bảng mã cũ). Hãy so “trước → sau”; nếu đúng, nhập lại tệp với bảng mã đó.",
    "The text seems garbled by an old encoding. Compare before and after; read the file again in that encoding.",
)
TAG: Final = Message(
    "rules.tag",
    "Nhãn trường không hợp lệ. Nhãn trường là ba chữ số; hãy sửa biểu ghi.",
    "The tag is not valid. A tag is three digits; mend the record.",
)
TAG_LETTERS: Final = Message(
    "rules.tag_letters",
    "Nhãn trường có chữ cái; MARC 21 chỉ dùng ba chữ số. Hãy kiểm tra phần mềm nguồn.",
    "The tag has letters; MARC 21 uses three digits. Check the system it came from.",
)
SUBFIELD_CODE: Final = Message(
    "rules.subfield_code",
    "Mã trường con phải là chữ thường a-z hoặc chữ số. Hãy sửa mã.",
    "A subfield code must be a small letter or a digit. Mend the code.",
)
LOOSE_TEXT: Final = Message(
    "rules.loose_text",
    "Có chữ không thuộc trường con nào nên đã để ra ngoài. Hãy thêm mã trường con, ví dụ $a.",
    "Some text belongs to no subfield and was left out. Put a code before it, $a for instance.",
)
EMPTY: Final = Message(
    "rules.empty",
    "Trường hoặc trường con để trống. Tự bỏ được.",
    "A field or subfield is empty. It can be removed by itself.",
)
# --- 21-35: the format ----------------------------------------------------------------------------------------
CONTROL_NUMBER: Final = Message(
    "rules.control_number",
    "Biểu ghi phải có đúng một trường 001 (số kiểm soát). Hãy bật xuất số biểu ghi ở phần mềm nguồn.",
    "A record has exactly one field 001, its control number. Let the source system export it.",
)
CONTROL_AGENCY: Final = Message(
    "rules.control_agency",
    "Thiếu trường 003 cho biết số 001 do thư viện nào gán. Hãy thêm mã thư viện vào 003.",
    "Field 003, the agency that gave the number in 001, is missing. Add the library's code.",
)
LAST_CHANGED: Final = Message(
    "rules.last_changed",
    "Trường 005 thiếu phần lẻ của giây ở cuối (.0). Tự thêm được.",
    "Field 005 lacks the fraction of a second at its end (.0). It can be added by itself.",
)
LAST_CHANGED_WRONG: Final = Message(
    "rules.last_changed_wrong",
    "Trường 005 phải là năm, tháng, ngày, giờ, phút, giây: 20260131093000.0. Hãy để phần mềm ghi lại.",
    "Field 005 must be year, month, day, hour, minute, second: 20260131093000.0. Let the software write it again.",
)
FIXED_LENGTH: Final = Message(
    "rules.fixed_length",
    "Phải có một trường 008 dài đúng 40 ký tự. Hãy mở khung nhập 008 và điền lại.",
    "There must be one field 008 of exactly 40 characters. Open its form and fill it in again.",
)
LEADER_CODES: Final = Message(
    "rules.leader_codes",
    "Mã ở đầu biểu không có trong MARC 21. Hãy chọn lại loại biểu ghi, cấp thư mục hoặc mức biên mục.",
    "A code of the leader is not in MARC 21. Choose type of record, level or encoding level again.",
)
ADDITIONAL_BLANKS: Final = Message(
    "rules.additional_blanks",
    "Trường 006 thiếu hoặc thừa khoảng trắng ở cuối; phải dài đúng 18 ký tự. Tự sửa được.",
    "Field 006 has lost or won blanks at its end; it is 18 characters long. It can be mended by itself.",
)
ADDITIONAL_LENGTH: Final = Message(
    "rules.additional_length",
    "Trường 006 hoặc 007 có độ dài không đúng với loại tài liệu. Hãy điền lại.",
    "Field 006 or 007 is not as long as its kind of material asks. Fill it in again.",
)
CODED_POSITION: Final = Message(
    "rules.coded_position",
    "Mã ở vị trí này của trường cố định không có trong MARC 21. Hãy chọn lại mã.",
    "The code at this position of the fixed field is not in MARC 21. Choose it again.",
)
DATE_TYPE: Final = Message(
    "rules.date_type",
    "Loại năm và các năm ở 008/06-14 không hợp nhau. Hãy xem lại năm xuất bản.",
    "Type of date and dates in 008/06-14 do not agree. Look at the dates of publication again.",
)
UNDEFINED_FIELD: Final = Message(
    "rules.undefined_field",
    "MARC 21 không có trường này. Nếu là trường riêng của thư viện, hãy chuyển sang 9XX hoặc khai trong hồ sơ "
    "kiểm tra.",
    "MARC 21 has no such field. If it is your own, move it to 9XX or name it in the profile.",
)
REPEATED_FIELD: Final = Message(
    "rules.repeated_field",
    "Trường này chỉ được có một lần. Hãy gộp hoặc chuyển bớt sang trường phù hợp.",
    "This field may stand once only. Join them, or move one to the field it belongs in.",
)
INDICATOR: Final = Message(
    "rules.indicator",
    "Chỉ thị không có trong MARC 21. Hãy chọn lại chỉ thị.",
    "The indicator is not defined in MARC 21. Choose it again.",
)
OBSOLETE: Final = Message(
    "rules.obsolete",
    "Mã, chỉ thị hoặc trường này MARC 21 đã bỏ. Nên thay khi có dịp sửa biểu ghi.",
    "This code, indicator or field is obsolete. Replace it when you next edit the record.",
)
UNDEFINED_SUBFIELD: Final = Message(
    "rules.undefined_subfield",
    "Trường này không có trường con như vậy. Hãy kiểm tra xem dữ liệu có nhập nhầm chỗ không.",
    "The field has no such subfield. Check whether the data was typed in the wrong place.",
)
REPEATED_SUBFIELD: Final = Message(
    "rules.repeated_subfield",
    "Trường con này chỉ được có một lần trong trường. Hãy gộp lại hoặc lặp cả trường.",
    "This subfield may stand once in the field. Join them, or repeat the whole field.",
)
FILL: Final = Message(
    "rules.fill",
    "Không được dùng ký tự lấp | ở vị trí này. Hãy chọn một mã.",
    "The fill character | is not allowed at this position. Choose a code.",
)
# --- 36-60: the content ---------------------------------------------------------------------------------------
TITLE_MISSING: Final = Message(
    "rules.title_missing",
    "Thiếu nhan đề (245 $a). Hãy điền nhan đề chính.",
    "The title (245 $a) is missing. Fill it in.",
)
NONFILING: Final = Message(
    "rules.nonfiling",
    "Chỉ thị 2 của 245 không khớp với mạo từ đứng đầu nhan đề. Hãy đếm lại ký tự bỏ qua khi sắp xếp.",
    "Indicator 2 of 245 does not fit the article the title begins with. Count again what sorting must skip.",
)
TITLE_ENTRY: Final = Message(
    "rules.title_entry",
    "Chỉ thị 1 của 245 phải là 1 khi có tiêu đề chính (1XX), là 0 khi không có.",
    "Indicator 1 of 245 must be 1 with a main entry (1XX) and 0 without one.",
)
MAIN_ENTRIES: Final = Message(
    "rules.main_entries",
    "Chỉ được có một tiêu đề chính (1XX). Hãy chuyển tiêu đề thứ hai sang 7XX.",
    "There may be one main entry (1XX). Move the second to 7XX.",
)
IMPRINT: Final = Message(
    "rules.imprint",
    "Thông tin xuất bản nên ghi ở 260 hoặc 264, không ghi cả hai. Hãy bỏ bớt một trường.",
    "Publication stands in 260 or in 264, not in both. Take one away.",
)
ISBN: Final = Message(
    "rules.isbn",
    "ISBN sai số kiểm tra hoặc thiếu số. Hãy so với số in trên sách; nếu sách in sai thì chuyển sang $z.",
    "The ISBN's check digit or length is wrong. Compare with the book; a number printed wrong belongs in $z.",
)
ISBN_FORM: Final = Message(
    "rules.isbn_form",
    "020 $a chỉ ghi số ISBN, không dấu nối; giá ghi ở $c, ghi chú ở $q. Tự tách được.",
    "020 $a holds the ISBN alone, without hyphens; price in $c, qualifier in $q. They can be parted by themselves.",
)
RUNNING_NUMBER: Final = Message(
    "rules.running_number",
    "020 $a có vẻ là số đăng ký cá biệt hoặc số thứ tự, không phải ISBN. Hãy chuyển sang trường xếp giá (852 $p, 952).",
    "020 $a looks like an accession number, not an ISBN. Move it to the holdings field (852 $p, 952).",
)
ISSN: Final = Message(
    "rules.issn",
    "ISSN sai số kiểm tra hoặc sai dạng 1234-5678. Hãy so với số in trên tạp chí.",
    "The ISSN's check digit or form (1234-5678) is wrong. Compare with the serial.",
)
LANGUAGE_CODE: Final = Message(
    "rules.language_code",
    "Mã ngôn ngữ không có trong danh mục MARC. Tiếng Việt là vie; mã ISO 639-3 thì thêm chỉ thị 2 = 7 và $2 iso639-3.",
    "The language code is not in the MARC list. For ISO 639-3 give indicator 2 = 7 and $2 iso639-3.",
)
LANGUAGE_JOINED: Final = Message(
    "rules.language_joined",
    "Mỗi mã ngôn ngữ ở 041 phải ở một trường con riêng, viết thường. Tự tách được.",
    "Each language code of 041 stands in a subfield of its own, in small letters. They can be parted by themselves.",
)
LANGUAGE_DIFFERS: Final = Message(
    "rules.language_differs",
    "Ngôn ngữ ở 008/35-37 khác với mã đầu tiên ở 041 $a. Hãy chọn lại cho khớp.",
    "The language in 008/35-37 differs from the first 041 $a. Make them agree.",
)
MINORITY_LANGUAGE: Final = Message(
    "rules.minority_language",
    "Mã này là một ngôn ngữ khác trùng tên: yao là tiếng Yao ở châu Phi, day là nhóm Dayak. Với Dao, Tày hãy dùng "
    "ISO 639-3 (ium, tyz).",
    "This code is another language of that name: yao is African Yao, day is Dayak. For Dao and Tày use ISO 639-3 "
    "(ium, tyz).",
)
PLACE_CODE: Final = Message(
    "rules.place_code",
    "Mã nước hoặc mã vùng địa lý không có trong danh mục MARC. Việt Nam là vm (008/15-17) và a-vt--- (043).",
    "The country or area code is not in the MARC lists. Viet Nam is vm (008/15-17) and a-vt--- (043).",
)
RELATOR: Final = Message(
    "rules.relator",
    "Mã vai trò không có trong danh mục MARC, hoặc mã ghi nhầm vào $e. Mã ghi ở $4, lời ghi ở $e.",
    "The role code is not in the MARC list, or a code stands in $e. Codes go to $4, words to $e.",
)
RDA: Final = Message(
    "rules.rda",
    "Mã ở 336, 337 hoặc 338 không có trong danh mục RDA, hoặc không hợp với loại biểu ghi. Hãy chọn lại.",
    "The code in 336, 337 or 338 is not an RDA code, or does not fit the type of record. Choose it again.",
)
DDC_CUTTER: Final = Message(
    "rules.ddc_cutter",
    "Ký hiệu tác giả ghi chung với chỉ số phân loại. Tự tách sang 082 $b được.",
    "The item number stands with the class number. It can be moved to 082 $b by itself.",
)
DDC_SHAPE: Final = Message(
    "rules.ddc_shape",
    "Chỉ số DDC không đúng dạng: ba chữ số, dấu chấm, rồi phần mở rộng. Hãy xem lại.",
    "The Dewey number is not three digits, a point and its extension. Look at it again.",
)
DDC_EDITION: Final = Message(
    "rules.ddc_edition",
    "082 thiếu $2 cho biết lần xuất bản DDC (14 hoặc 23). Hãy thêm.",
    "082 lacks $2, the edition of DDC (14 or 23). Add it.",
)
SUBJECT_SOURCE: Final = Message(
    "rules.subject_source",
    "Chỉ thị 2 = 7 thì phải có $2 cho biết nguồn đề mục. Hãy thêm $2 hoặc chọn chỉ thị 4.",
    "Indicator 2 = 7 needs $2, the source of the heading. Add $2, or choose indicator 4.",
)
SUBJECT_SOURCE_UNKNOWN: Final = Message(
    "rules.subject_source_unknown",
    "Mã nguồn đề mục ở $2 không có trong danh mục MARC. Hãy kiểm tra lại mã.",
    "The source code in $2 is not in the MARC lists. Check the code.",
)
LINKAGE: Final = Message(
    "rules.linkage",
    "$6 không trỏ đúng: trường 880 và trường gốc phải chỉ về nhau bằng cùng một số. Hãy đánh số lại.",
    "$6 leads nowhere: a field 880 and its counterpart must name each other with one number. Number them again.",
)
SCRIPT_CODE: Final = Message(
    "rules.script_code",
    "Mã chữ viết ở $6 không có trong MARC 21. Hán, Nôm là $1.",
    "The script code in $6 is not in MARC 21. Han and Nom are $1.",
)
ADDRESS: Final = Message(
    "rules.address",
    "Địa chỉ ở 856 $u không đúng dạng. Địa chỉ bắt đầu bằng https:// và không có khoảng trắng.",
    "The address in 856 $u is not well formed. It begins with https:// and has no blanks.",
)
LINK_NUMBER: Final = Message(
    "rules.link_number",
    "Số kiểm soát ở $w nên có mã cơ quan trong ngoặc: (MÃ)số. Hãy thêm.",
    "A control number in $w has its agency in brackets: (CODE)number. Add it.",
)
FUTURE_DATE: Final = Message(
    "rules.future_date",
    "Năm ở tương lai hoặc không thể có. Hãy xem lại năm xuất bản.",
    "The date lies in the future or cannot be. Look at the date of publication again.",
)
PUNCTUATION: Final = Message(
    "rules.punctuation",
    "Dấu câu ISBD giữa các trường con không khớp với đầu biểu vị trí 18. Hãy thêm hoặc bỏ dấu cho thống nhất.",
    "ISBD punctuation between subfields does not agree with leader/18. Add or drop it throughout.",
)
NAME_ORDER: Final = Message(
    "rules.name_order",
    "Chỉ thị 1 không khớp với cách ghi tên người Việt: 0 là ghi thuận, 1 là ghi họ rồi dấu phẩy.",
    "Indicator 1 does not fit the Vietnamese name: 0 for direct order, 1 for surname and comma.",
)
NAME_SEVERAL: Final = Message(
    "rules.name_several",
    "Một trường tên cá nhân chỉ ghi một người. Hãy chuyển người thứ hai sang 700.",
    "A field holds one person. Move the second to a field 700.",
)
NAME_ROLE: Final = Message(
    "rules.name_role",
    "Vai trò ghi lẫn trong tên. Hãy chuyển các chữ chỉ vai trò sang $e.",
    "The role stands within the name. Move its words to $e.",
)
DUPLICATE: Final = Message(
    "rules.duplicate",
    "Trường lặp lại y nguyên. Tự bỏ bản thừa được.",
    "The field is repeated word for word. The copy can be taken away by itself.",
)
URI: Final = Message(
    "rules.uri",
    "$1 phải là địa chỉ URI; $0 là URI hoặc (MÃ)số. Hãy sửa lại.",
    "$1 must be a URI; $0 is a URI or (CODE)number. Mend it.",
)
TEXT_LANGUAGE: Final = Message(
    "rules.text_language",
    "Nhan đề có vẻ là tiếng Việt nhưng mã ngôn ngữ không nói vậy. Nếu đúng, hãy ghi vie ở 008/35-37.",
    "The title seems Vietnamese but no language code says so. If it is, put vie in 008/35-37.",
)
CAPITALS: Final = Message(
    "rules.capitals",
    "Nhan đề viết toàn chữ hoa. Hãy viết hoa chữ đầu câu và tên riêng.",
    "The title is all in capitals. Write capitals at the beginning and in names alone.",
)
