"""What this room says: to the person who trains, reads rule tables, decides."""

from __future__ import annotations

from typing import Final

from foundation.errors import Message

RULES_JSON: Final = Message(
    "union.rules_json",
    "bảng luật đối sánh không phải là JSON hợp lệ: {reason}. Hãy dùng tệp do `lienthong union train --output` ghi ra.",
    "the table of matching rules is not valid JSON: {reason}. Use a file that `lienthong union train --output` wrote.",
)
RULES_SHAPE: Final = Message(
    "union.rules_shape",
    "bảng luật đối sánh sai ở {where}: {reason}. Hãy sửa chỗ này rồi chạy lại.",
    "the table of matching rules is wrong at {where}: {reason}. Mend it there and run again.",
)
RULES_SIZE: Final = Message(
    "union.rules_size",
    "bảng luật đối sánh vượt giới hạn {limit}: {seen} byte, cho phép {allowed}. Hãy kiểm tra có đúng tệp không.",
    "the table of matching rules goes beyond the limit {limit}: {seen} bytes, {allowed} allowed. Check the file.",
)
LABELS_SHAPE: Final = Message(
    "union.labels_shape",
    "dòng {line} của tệp nhãn không đọc được: {reason}. "
    "Mỗi dòng phải là id1,id2,nhãn với nhãn 1 (trùng) hoặc 0 (khác).",
    "line {line} of the labels cannot be read: {reason}. Each line must be id1,id2,label with label 1 (same) or 0.",
)
LABELS_UNKNOWN: Final = Message(
    "union.labels_unknown",
    "{count} cặp trong tệp nhãn nói đến biểu ghi không có trong tệp biểu ghi, ví dụ {example!r}. Các cặp ấy "
    "tính là không ghép được.",
    "{count} {count:pair|pairs} of the labels name records that the file of records does not have, {example!r} for "
    "one. They count as not matched.",
)
LABELS_FEW: Final = Message(
    "union.labels_few",
    "chỉ có {same} cặp trùng và {different} cặp khác; cần ít nhất {needed} cặp mỗi loại để huấn luyện.",
    "there are only {same} matching and {different} {different:differing pair|differing pairs}; {needed} of each are "
    "needed to train.",
)
RECORD_UNKNOWN: Final = Message(
    "union.record_unknown",
    "không thấy biểu ghi {name!r}. Hãy ghi là TỆP#001 (số kiểm soát) hoặc TỆP#3 (biểu ghi thứ ba).",
    "there is no record {name!r}. Write FILE#001 (its control number) or FILE#3 (the third record).",
)
NO_RECORDS: Final = Message(
    "union.no_records",
    "không đọc được biểu ghi nào trong {file}. "
    "Hãy kiểm tra đó là MARC-in-JSON mỗi dòng một biểu ghi, hoặc tệp zip của nó.",
    "no record could be read from {file}. Check that it is MARC-in-JSON, a record to the line, or a zip of it.",
)
DECISION_SELF: Final = Message(
    "union.decision_self",
    "quyết định phải nói về hai biểu ghi khác nhau, không phải {record!r} hai lần.",
    "a decision must be about two different records, not about {record!r} twice.",
)
LIBRARY_UNKNOWN: Final = Message(
    "union.library_unknown",
    "không có thư viện nào mang mã {code!r}. Xem các mã: lienthong library list.",
    "there is no library with the code {code!r}. To see the codes: lienthong library list.",
)
DECISION_UNKNOWN: Final = Message(
    "union.decision_unknown",
    "không có quyết định số {number} đang có hiệu lực. Xem danh sách: lienthong union decisions.",
    "there is no decision {number} in force. To see them: lienthong union decisions.",
)
CONTRIBUTION_UNKNOWN: Final = Message(
    "union.contribution_unknown",
    "không có biểu ghi nào là {name!r}. Hãy ghi MÃ-THƯ-VIỆN/SỐ-BIỂU-GHI (ví dụ bk01/55) hoặc mã định danh.",
    "there is no record {name!r}. Write LIBRARY-CODE/LOCAL-ID (bk01/55, say) or its identifier.",
)
UNION_UNKNOWN: Final = Message(
    "union.union_unknown",
    "không có biểu ghi chung nào là {name!r}. Hãy ghi số của cụm, mã định danh, hoặc MÃ-THƯ-VIỆN/SỐ-BIỂU-GHI.",
    "there is no union record {name!r}. Write the number of a cluster, an identifier, or LIBRARY-CODE/LOCAL-ID.",
)
UNION_BUSY: Final = Message(
    "union.busy",
    "một tiến trình khác đang ghép mục lục liên hợp. Hãy đợi nó xong rồi chạy lại.",
    "another process is at work on the union. Wait until it is done and run this again.",
)
ALIKE_UNKNOWN: Final = Message(
    "union.alike_unknown",
    "không còn câu hỏi chung nào về nhan đề này: đã có người trả lời, hoặc các biểu ghi nay đã khác nhau. "
    "Hãy tải lại danh sách.",
    "nothing is asked about this title any more: somebody answered, or the records differ by now. Load the list again.",
)
SPLIT_WHOLE: Final = Message(
    "union.split_whole",
    "đã chọn {chosen} trong {members} biểu ghi của cụm {number}. "
    "Muốn tách, hãy chọn ít nhất một và để lại ít nhất một.",
    "{chosen} of the {members} {members:record|records} of cluster {number} are chosen. To split it choose at least "
    "one and leave one.",
)
ACT_PAIRS: Final = Message(
    "union.act_pairs",
    "quyết định này nói về {seen} cặp biểu ghi, vượt giới hạn {limit} = {allowed}. Hãy tách cụm lớn ra trước.",
    "this decision is about {seen} pairs of records, beyond the limit {limit} = {allowed}. "
    "Split the large cluster first.",
)
TRIAL_OPEN: Final = Message(
    "union.trial_open",
    "đang có một bảng luật được thử (số {number}). Hãy công bố hoặc bỏ nó trước khi thử bảng khác.",
    "a table of rules is being tried already (number {number}). Publish or drop it before another is tried.",
)
TRIAL_UNKNOWN: Final = Message(
    "union.trial_unknown",
    "không có lần thử bảng luật số {number}. Hãy xem danh sách các lần thử.",
    "there is no trial of rules {number}. See the list of trials.",
)
TRIAL_STATE: Final = Message(
    "union.trial_state",
    "lần thử bảng luật số {number} không còn ở bước làm được việc này. Hãy tải lại trang để xem nó đến đâu.",
    "the trial of rules {number} is no longer at a step at which this can be done. Load the page again to see it.",
)
