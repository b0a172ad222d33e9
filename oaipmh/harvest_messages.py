"""What a harvest says of another repository's answers: what was mended, what is wrong, what to ask its people."""

from __future__ import annotations

from typing import Final

from foundation.errors import Message

MENDED_BEFORE: Final = Message(
    "harvest.mended_before",
    "đã bỏ phần thừa trước câu trả lời (thông báo của PHP, dòng trống …).",
    "what stood in front of the answer (a PHP notice, blank lines …) was left out.",
)
MENDED_BEHIND: Final = Message(
    "harvest.mended_behind",
    "đã bỏ phần thừa sau câu trả lời.",
    "what stood behind the answer was left out.",
)
MENDED_BYTES: Final = Message(
    "harvest.mended_bytes",
    "{count} chỗ không phải UTF-8 đã được thay bằng U+FFFD; cần xem lại các chữ này.",
    "{count} {count:place|places} that {count:is|are} not UTF-8 became U+FFFD; "
    "{count:this letter needs|these letters need} a look.",
)
MENDED_ENCODING: Final = Message(
    "harvest.mended_encoding",
    "trang không phải UTF-8 như khai báo; đã đọc theo bảng mã nhận ra được.",
    "the page is not the UTF-8 it says it is; it was read in the encoding that it seems to be in.",
)
MENDED_CONTROLS: Final = Message(
    "harvest.mended_controls",
    "đã bỏ {count} ký tự điều khiển không được phép trong XML.",
    "{count} {count:control character|control characters} that XML does not allow {count:was|were} left out.",
)
MENDED_DECLARATION: Final = Message(
    "harvest.mended_declaration",
    "đã bỏ {count} khai báo XML nằm giữa trang.",
    "{count} XML declarations in the middle of the page were left out.",
)
MENDED_ENTITY: Final = Message(
    "harvest.mended_entity",
    "{count} ký hiệu HTML (như &nbsp;) đã được đổi thành ký tự.",
    "{count} HTML entities (such as &nbsp;) became the characters they mean.",
)
MENDED_AMPERSAND: Final = Message(
    "harvest.mended_ampersand",
    "{count} dấu & không được mã hoá đã được sửa.",
    "{count} {count:ampersand|ampersands} that were not escaped {count:was|were} mended.",
)
ANSWER_EMPTY: Final = Message(
    "harvest.empty",
    "câu trả lời trống. Hãy thử lại sau; nếu vẫn vậy, hãy hỏi người phụ trách nguồn.",
    "the answer is empty. Try again later; if it stays so, ask the people of the source.",
)
ANSWER_HTML: Final = Message(
    "harvest.html",
    "nguồn trả về một trang web chứ không phải OAI-PMH. Hãy kiểm tra địa chỉ: thường kết thúc bằng /oai hoặc /oai2d.",
    "the source answers with a web page, not with OAI-PMH. Check the address: most end in /oai or /oai2d.",
)
ANSWER_LOGIN: Final = Message(
    "harvest.login",
    "nguồn trả về trang đăng nhập hoặc trang kiểm tra người dùng. Hãy đề nghị nguồn mở OAI-PMH cho máy chủ này.",
    "the source answers with a login or captcha page. Ask its people to open the OAI-PMH address for this server.",
)
ANSWER_OTHER: Final = Message(
    "harvest.other",
    "câu trả lời không phải là OAI-PMH; nó bắt đầu bằng: {start!r}. Hãy kiểm tra địa chỉ.",
    "the answer is not OAI-PMH; it begins with: {start!r}. Check the address.",
)
ANSWER_CUT: Final = Message(
    "harvest.cut",
    "câu trả lời dừng giữa chừng; những biểu ghi trọn vẹn đã được giữ, phần còn lại sẽ được hỏi lại.",
    "the answer stops in the middle; the records that are whole are kept, the rest is asked for again.",
)
RECORD_BROKEN: Final = Message(
    "harvest.record_broken",
    "biểu ghi này không đọc được ({reason}); các biểu ghi khác trong trang vẫn được nhận.",
    "this record cannot be read ({reason}); the others of the page go on.",
)
NO_IDENTIFIER: Final = Message(
    "harvest.no_identifier",
    "biểu ghi không có mã định danh OAI nên không thể nhận. Hãy báo cho nguồn.",
    "the record has no OAI identifier and cannot be taken. Tell the source.",
)
NO_METADATA: Final = Message(
    "harvest.no_metadata",
    "biểu ghi không có siêu dữ liệu và cũng không được báo là đã xoá.",
    "the record has no metadata and is not said to be deleted either.",
)
SEVERAL_METADATA: Final = Message(
    "harvest.several_metadata",
    "biểu ghi có {count} phần siêu dữ liệu; phần đầu được dùng.",
    "the record has {count} {count:piece|pieces} of metadata; the first is used.",
)
DATESTAMP_WRONG: Final = Message(
    "harvest.datestamp",
    "dấu thời gian {seen!r} không đúng chuẩn; thời điểm của câu trả lời được dùng thay.",
    "the datestamp {seen!r} is not one of the protocol; the moment of the answer is used instead.",
)
NAMESPACE_WRONG: Final = Message(
    "harvest.namespace",
    "câu trả lời dùng không gian tên {seen!r} chứ không phải của OAI-PMH 2.0.",
    "the answer uses the namespace {seen!r} and not the one of OAI-PMH 2.0.",
)
QUIRK_UNKNOWN: Final = Message(
    "harvest.quirk",
    "nguồn không có đặc điểm {name!r} với giá trị {value!r}. Các đặc điểm có thể khai: {known}.",
    "a source has no switch {name!r} with the value {value!r}. The switches are: {known}.",
)
EMPTY_PAGES: Final = Message(
    "harvest.empty_pages",
    "nguồn đã trả {count} trang liền không có biểu ghi nào mà vẫn hẹn trang sau; đã dừng. Hãy báo cho nguồn.",
    "the source gave {count} {count:page|pages} without a record in a row and still promises more; stopped. Tell the "
    "source.",
)
TOKEN_LOOP: Final = Message(
    "harvest.loop",
    "nguồn lặp lại cùng một trang với cùng một resumptionToken (trang {page}); đã dừng. Hãy báo cho nguồn.",
    "the source repeats the same page with the same resumptionToken (page {page}); stopped. Tell the source.",
)
SHORTFALL: Final = Message(
    "harvest.shortfall",
    "nguồn hẹn {total} biểu ghi nhưng chỉ gửi {received}; không biểu ghi nào bị coi là đã xoá vì thế.",
    "the source promised {total} {total:record|records} and sent {received}; none is taken to be deleted for that.",
)
PEER_SAID: Final = Message(
    "harvest.error",
    "nguồn trả lời bằng lỗi: {said}.",
    "the source answers with an error: {said}.",
)
TOO_MUCH: Final = Message(
    "harvest.too_much",
    "nguồn từ chối danh sách dài như vậy (413); hỏi lại từng khoảng {days} ngày.",
    "the source refuses so long a list (413); asked again in windows of {days} {days:day|days}.",
)
TOO_MUCH_STILL: Final = Message(
    "harvest.too_much_still",
    "nguồn từ chối cả danh sách của một ngày (413), hoặc không cho hỏi theo ngày. Hãy hỏi người phụ trách nguồn.",
    "the source refuses even the list of one day (413), or cannot be asked by date. Ask its people.",
)
TOKEN_EXPIRED: Final = Message(
    "harvest.expired",
    "resumptionToken đã hết hạn; bắt đầu lại từ chỗ đã lưu gần nhất.",
    "the resumptionToken has expired; beginning again at the last point that was kept.",
)
