"""What the workshop says of files and batches, in both languages."""

from __future__ import annotations

from typing import Final

from foundation.errors import Message

UPLOAD_UNKNOWN: Final = Message(
    "upload.unknown",
    "không có tệp nhận số {number}. Hãy xem danh sách ở trang Nhập dữ liệu.",
    "there is no received file {number}. See the list on the import page.",
)
UPLOAD_STATE: Final = Message(
    "upload.state",
    "tệp số {number} đang ở trạng thái “{state}”, nên chưa làm được việc này. Hãy tải lại trang để xem tệp ấy đến đâu.",
    "file {number} is “{state}”, so this cannot be done now. Reload the page to see how far it is.",
)
UPLOAD_LARGE: Final = Message(
    "upload.large",
    "tệp có {seen} byte; giới hạn {limit} là {allowed}. Hãy nén tệp thành .zip, hoặc chia thành nhiều tệp.",
    "the file has {seen} bytes; the limit {limit} is {allowed}. Compress it as .zip, or split it.",
)
UPLOAD_EMPTY: Final = Message(
    "upload.empty",
    "chưa chọn tệp, hoặc tệp rỗng. Hãy chọn tệp rồi gửi lại.",
    "no file was chosen, or it is empty. Choose a file and send it again.",
)
UPLOAD_OFFSET: Final = Message(
    "upload.offset",
    "đã nhận đến byte {offset}, nhưng phần vừa gửi bắt đầu ở byte {start}. Hãy gửi tiếp từ byte {offset}.",
    "up to byte {offset} is here, but the piece begins at byte {start}. Go on from byte {offset}.",
)
UPLOAD_OTHER: Final = Message(
    "upload.other",
    "tệp “{name}” có {seen} byte, khác với tệp đang nhận dở ({allowed} byte). Hãy chọn đúng tệp cũ để gửi tiếp, hoặc "
    "bỏ tệp dở rồi gửi tệp mới.",
    "the file “{name}” has {seen} bytes and is not the one that was begun ({allowed} bytes). Choose that one to go "
    "on, or drop what is here and send the new one.",
)
UPLOAD_GONE: Final = Message(
    "upload.gone",
    "tệp “{name}” không còn trên máy chủ này. Hãy gửi lại tệp.",
    "the file “{name}” is no longer on this server. Send it again.",
)
UPLOAD_MANY: Final = Message(
    "upload.many",
    "thư viện {library} đang có {seen} tệp chưa xong; giới hạn {limit} là {allowed}. Hãy công bố hoặc bỏ bớt trước.",
    "the library {library} has {seen} files that are not finished; the limit {limit} is {allowed}. Publish or drop "
    "some first.",
)
STOPPED: Final = Message(
    "upload.stopped",
    "đã dừng theo yêu cầu; những gì đọc xong vẫn còn. Bấm “Đọc tiếp” để làm tiếp từ chỗ dừng.",
    "stopped as asked; what was read is kept. “Go on” continues where it stopped.",
)
BATCH_BUSY: Final = Message(
    "batch.busy",
    "lô {number} đang có việc khác chạy ({kind}). Hãy đợi việc ấy xong rồi làm lại; chưa có gì thay đổi.",
    "batch {number} is being worked on ({kind}). Wait for that to end and try again; nothing was changed.",
)
RECORD_UNKNOWN: Final = Message(
    "batch.record_unknown",
    "lô {number} không có biểu ghi {record}. Hãy mở lại từ danh sách của lô.",
    "batch {number} has no record {record}. Open it again from the list of the batch.",
)
RECORD_LOST: Final = Message(
    "batch.record_broken",
    "biểu ghi vừa sửa không dùng được: {reason}. Hãy sửa lại chỗ ấy rồi lưu.",
    "the record as it was edited cannot be used: {reason}. Mend that place and save again.",
)
RECORD_NUMBER: Final = Message(
    "batch.record_number",
    "trường 001 phải giữ nguyên là {wanted!r}: đó là mã để nhận ra biểu ghi ở lần nhập sau.",
    "field 001 must stay {wanted!r}: the record is known by it when it is imported again.",
)
RECORD_LARGE: Final = Message(
    "batch.record_large",
    "biểu ghi có {seen} ký tự; giới hạn {limit} là {allowed}. Hãy rút ngắn.",
    "the record has {seen} characters; the limit {limit} is {allowed}. Shorten it.",
)
PIECE_UNMENDED: Final = Message(
    "batch.piece_unmended",
    "dòng này vẫn chưa nhận được: {reason}",
    "this row still cannot be taken in: {reason}",
)
PIECE_TAKEN: Final = Message(
    "batch.piece_taken",
    "mã {name!r} đã có trong lô này. Hãy đặt mã khác để thành biểu ghi riêng.",
    "{name!r} is in this batch already. Give another number to make it a record of its own.",
)
PIECE_UNKNOWN: Final = Message(
    "batch.piece_unknown",
    "lô {number} không có dòng bị từ chối số {piece}, hoặc dòng ấy đã được nhận rồi.",
    "batch {number} has no refused row {piece}, or it was taken in already.",
)
CORRECTION_FORM: Final = Message(
    "batch.correction_form",
    "tệp “{name}” không phải là danh mục Excel hay CSV. Hãy gửi lại tệp lỗi đã tải về sau khi sửa các ô đỏ.",
    "the file “{name}” is no list in Excel or CSV. Send the error workbook back after mending its red cells.",
)
FIX_UNKNOWN: Final = Message(
    "fix.unknown",
    "không có việc sửa số {number} nào hoàn tác được trong lô này.",
    "there is no fix {number} in this batch that can be undone.",
)
FIX_ORDER: Final = Message(
    "fix.order",
    "sau việc sửa {number} còn có việc sửa {later} đụng đến cùng những biểu ghi. Hãy hoàn tác việc {later} trước.",
    "fix {later} came after fix {number} and touched the same records. Undo {later} first.",
)
NOT_ASKED: Final = Message(
    "opinion.not_asked",
    "lô {number} chưa được gửi duyệt. Chỉ duyệt hoặc trả lại được lô đã gửi duyệt.",
    "batch {number} was not sent for approval. Only such a batch can be approved or declined.",
)
COMMENT_LONG: Final = Message(
    "opinion.comment_long",
    "lời nhắn có {seen} ký tự; giới hạn {limit} là {allowed}. Hãy viết ngắn hơn.",
    "the comment has {seen} characters; the limit {limit} is {allowed}. Make it shorter.",
)
COMMENT_NEEDED: Final = Message(
    "opinion.comment_needed",
    "khi trả lại một lô, hãy viết vài lời cho người gửi biết phải sửa gì.",
    "when a batch is declined, say in a few words what has to be mended.",
)
