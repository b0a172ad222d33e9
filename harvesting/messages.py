"""What harvesting says: of settings, of runs, and to the person who has to look."""

from __future__ import annotations

from typing import Final

from foundation import limits
from foundation.errors import LimitError, Message

SETTING_UNKNOWN: Final = Message(
    "harvesting.setting",
    "nguồn thu thập không có thiết đặt {name!r}. Các thiết đặt có thể khai: {known}.",
    "a source has no setting {name!r}. The settings are: {known}.",
)
SETTING_WRONG: Final = Message(
    "harvesting.value",
    "thiết đặt {name} không nhận giá trị {value!r}. Hãy xem docs/harvesting.md.",
    "the setting {name} does not take the value {value!r}. See docs/harvesting.md.",
)
WAITED: Final = Message(
    "harvesting.waited",
    "nguồn trả lời {status}; đã chờ {seconds} giây rồi hỏi lại.",
    "the source answers {status}; asked again after {seconds} {seconds:second|seconds}.",
)
STATUS: Final = Message(
    "harvesting.status",
    "nguồn trả lời {status} cho {url} dù đã thử {attempts} lần. Hãy thử lại sau hoặc báo cho người phụ trách nguồn.",
    "the source answers {status} to {url} after {attempts} {attempts:attempt|attempts}. Try later, or tell the people "
    "of the source.",
)
BUSY: Final = Message(
    "harvesting.busy",
    "nguồn {name} đang được thu thập bởi một tiến trình khác.",
    "the source {name} is being harvested by another process.",
)
BRAKE: Final = Message(
    "harvesting.brake",
    "đợt {run} sẽ xoá {gone} trong {every} biểu ghi của nguồn, quá {brake} %. Chưa có gì được công bố. Nếu đúng vậy, "
    "hãy công bố đợt này; nếu không, hãy bỏ nó.",
    "run {run} would delete {gone} of {every} {every:record|records} of the source, more than {brake} %. Nothing is "
    "published yet. If that is right, publish the run; if not, drop it.",
)
NOTHING_AT_ALL: Final = Message(
    "harvesting.nothing",
    "nguồn không gửi biểu ghi nào trong một đợt thu thập toàn bộ; không biểu ghi nào bị coi là đã xoá. Hãy hỏi nguồn.",
    "the source sent no record at all in a full harvest; none is taken to be deleted. Ask the source.",
)
INCOMPLETE: Final = Message(
    "harvesting.incomplete",
    "đợt thu thập không trọn vẹn, nên những biểu ghi không gặp không bị coi là đã xoá.",
    "the run was not complete, so records that were not met are not taken to be deleted.",
)
POLICY_CHANGED: Final = Message(
    "harvesting.changed",
    "nguồn đã đổi {name}: trước là {before}, nay là {after}.",
    "the source changed its {name}: it was {before} and is {after} now.",
)
NOTHING_IN_SET: Final = Message(
    "harvesting.empty_set",
    "bộ {name!r} không còn biểu ghi nào trong một đợt toàn bộ; không biểu ghi nào bị coi là đã xoá. Hãy hỏi nguồn.",
    "the set {name!r} has no record at all in a full harvest; none is taken to be deleted. Ask the source.",
)
SETS_LOOP: Final = Message(
    "harvesting.sets_loop",
    "danh sách bộ của nguồn lặp lại không dứt; đã dừng sau {count} bộ. Hãy báo cho nguồn.",
    "the source's list of sets repeats itself without end; left after {count} {count:set|sets}. Tell the source.",
)
NOT_IDENTIFIED: Final = Message(
    "harvesting.not_identified",
    "nguồn không tự giới thiệu bằng Identify ({said}); vẫn thu thập, với thời gian theo ngày. Hãy báo cho nguồn.",
    "the source does not identify itself ({said}); harvested all the same, with dates in days. Tell the source.",
)
VERSION: Final = Message(
    "harvesting.version",
    "nguồn nói phiên bản {version!r} của OAI-PMH chứ không phải 2.0; vẫn thu thập, cần xem kết quả.",
    "the source speaks version {version!r} of OAI-PMH and not 2.0; harvested all the same, look at what comes.",
)
CLOCK: Final = Message(
    "harvesting.clock",
    "đồng hồ của nguồn ({theirs}) lệch quá một ngày so với máy này ({ours}); thời gian của nguồn được dùng.",
    "the clock of the source ({theirs}) is more than a day away from ours ({ours}); theirs is used.",
)
CLOCK_BACK: Final = Message(
    "harvesting.clock_back",
    "đồng hồ của nguồn ({theirs}) sớm hơn lần thu thập trước ({since}); đợt này hỏi lại tất cả.",
    "the clock of the source ({theirs}) is before the last harvest ({since}); this run asks for everything again.",
)
NOT_GIVEN: Final = Message(
    "harvesting.not_given",
    "nguồn có nêu biểu ghi này trong danh sách nhưng không đưa ra khi được hỏi ({said}).",
    "the source lists this record and does not give it when asked ({said}).",
)
WAITING_FOR_PERSON: Final = Message(
    "harvesting.waiting",
    "đợt {run} của nguồn {name} đang chờ người xem. Trước hết hãy công bố hoặc bỏ đợt ấy.",
    "run {run} of the source {name} waits for a person. Publish that run first, or drop it.",
)

# --- schedule -----------------------------------------------------------------------------------------------
SCHEDULE: Final = Message(
    "harvesting.schedule",
    "không hiểu lịch {text!r}. Hãy viết như: hằng đêm · mỗi ngày 02:30 · thứ hai hằng tuần 01:00 · mỗi 6 giờ · "
    "hoặc cron năm ô: 30 2 * * *.",
    "the schedule {text!r} is not understood. Write: every night · daily 02:30 · weekly mon 01:00 · every 6 hours · or "
    "cron with five fields: 30 2 * * *.",
)
HOURS: Final = Message(
    "harvesting.hours",
    "không hiểu giờ được phép {text!r}. Hãy viết như 22:00-05:00, nhiều khoảng thì cách nhau bằng dấu phẩy.",
    "the hours {text!r} are not understood. Write 22:00-05:00, several with commas.",
)
ZONE: Final = Message(
    "harvesting.zone",
    "không có múi giờ {name!r} (thiết đặt timezone). Ví dụ: Asia/Ho_Chi_Minh.",
    "there is no time zone {name!r} (setting timezone). For example: Asia/Ho_Chi_Minh.",
)

# --- at the desk --------------------------------------------------------------------------------------------
RECIPIENT: Final = Message(
    "harvesting.recipient",
    "{seen!r} không phải địa chỉ thư điện tử hay địa chỉ https:// để báo tin.",
    "{seen!r} is neither an e-mail address nor an https:// address to tell.",
)
OUT_OF_HOURS: Final = Message(
    "harvesting.out_of_hours",
    "hết giờ được phép ({hours}); đợt này nghỉ và sẽ tự đi tiếp khi đến giờ.",
    "its hours are over ({hours}); the run rests and goes on by itself when they come.",
)
INTERRUPTED: Final = Message(
    "harvesting.interrupted",
    "đã dừng chờ theo yêu cầu.",
    "waiting was ended on request.",
)
NOT_RESOLVED: Final = Message(
    "harvesting.not_resolved",
    "không tìm được địa chỉ IP của {host} nên chưa biết phải cho phép gì. Hãy dùng --allow MẠNG (như 10.1.0.0/16).",
    "the IP address of {host} cannot be found, so what to allow is not known. Use --allow NETWORK (such as "
    "10.1.0.0/16).",
)
NOTHING_TO_UNDO: Final = Message(
    "harvesting.nothing_to_undo",
    "đợt {run} chưa công bố gì, hoặc không mang về gì mới, nên không có gì để hoàn tác.",
    "run {run} has published nothing, or brought nothing new, so there is nothing to undo.",
)
UNDONE_ALREADY: Final = Message(
    "harvesting.undone_already",
    "đợt {run} đã được hoàn tác rồi. Để lấy lại biểu ghi, hãy thu thập toàn bộ nguồn {name}.",
    "run {run} has been taken back already. To have its records again, harvest everything of the source {name}.",
)
NOT_NEWEST: Final = Message(
    "harvesting.not_newest",
    "đợt {run} không đi tiếp được: nguồn {name} đã có đợt {newest} sau đó.",
    "run {run} cannot go on: the source {name} has had run {newest} since.",
)

# --- alarms -------------------------------------------------------------------------------------------------
ALARM_BRAKE: Final = Message(
    "alarm.brake",
    "đợt {run} bị phanh lại vì sẽ xoá quá nhiều biểu ghi. Hãy xem đợt ấy, rồi công bố hoặc bỏ nó.",
    "run {run} is held by the brake since it would delete too much. Look at it, then publish it or drop it.",
)
ALARM_FAILING: Final = Message(
    "alarm.failing",
    "đã {times} lần liền không thu thập được. Lần gần nhất: {reason}",
    "could not be harvested {times} {times:time|times} in a row. The last time: {reason}",
)
ALARM_SILENT: Final = Message(
    "alarm.silent",
    "đã {days} ngày không có gì mới; trước đây lâu nhất là {usual} ngày. Hãy hỏi thư viện.",
    "nothing new for {days} {days:day|days}; it was {usual} {usual:day|days} at the longest before. Ask the library.",
)
ALARM_FEWER: Final = Message(
    "alarm.fewer",
    "lần thu thập toàn bộ gần nhất chỉ có {now} biểu ghi, lần trước là {before}. Hãy hỏi nguồn có mất dữ liệu không.",
    "the last full harvest had only {now} {now:record|records}, the one before {before}. Ask the source whether it "
    "lost data.",
)
ALARM_REJECTED: Final = Message(
    "alarm.rejected",
    "{refused} trong {read} biểu ghi của đợt {run} không đọc được. Hãy xem chúng ở phần cách ly.",
    "{refused} of {read} {read:record|records} of run {run} could not be read. They wait in quarantine.",
)

# --- quarantine ---------------------------------------------------------------------------------------------
TAGS_MENDED: Final = Message(
    "harvesting.tags",
    "các thẻ XML không khớp nhau; đã sửa {count} chỗ theo đề nghị. Cần xem lại biểu ghi.",
    "the XML tags do not match; {count} {count:place was|places were} mended as proposed. The record needs a look.",
)
NOT_ONE: Final = Message(
    "harvesting.not_one",
    "trong phần bị cách ly có {count} biểu ghi chứ không phải một.",
    "the quarantined piece holds {count} {count:record|records}, not one.",
)
NOT_OVER: Final = Message(
    "harvesting.not_over",
    "đợt {run} đang ở trạng thái {state}; hãy đọc lại phần cách ly khi đợt đã kết thúc.",
    "run {run} is in the state {state}; read its quarantine again when it is over.",
)
FOLDER_UNWRITABLE: Final = Message(
    "harvesting.folder_unwritable",
    "không ghi được vào thư mục {folder}: {reason}.",
    "the folder {folder} cannot be written to: {reason}.",
)
SOURCE_KIND: Final = Message(
    "harvesting.source_kind",
    "không có kiểu nguồn {kind!r}. Các kiểu có thể khai: {known}.",
    "there is no kind of source {kind!r}. The kinds are: {known}.",
)
FILE_LIMIT: Final = Message(
    "harvesting.file_limit",
    "tệp {name} vượt giới hạn {limit}: {seen} byte, cho phép {allowed}. Hãy xin nguồn chia nhỏ hoặc nén.",
    "the file {name} goes beyond the limit {limit}: {seen} bytes, {allowed} allowed. Ask for smaller or packed files.",
)
NO_NAME: Final = Message(
    "harvesting.no_name",
    "biểu ghi không có số biểu ghi (trường 001), nên lần sau không nhận ra được. Hãy hỏi nguồn.",
    "the record has no number (field 001), so it could not be known again. Ask the source.",
)
SRU_SAID: Final = Message(
    "harvesting.sru_said",
    "máy chủ SRU trả lời: {said}. Hãy xem lại câu hỏi (query), chỉ mục ngày và tên dạng biểu ghi của nguồn.",
    "the SRU server says: {said}. Look at the source's query, its index of dates and its record schema.",
)
NOT_SYNC: Final = Message(
    "harvesting.not_sync",
    "đây không phải tài liệu ResourceSync mà là {seen}.",
    "this is no document of ResourceSync but {seen}.",
)
NO_RESOURCE_LIST: Final = Message(
    "harvesting.no_resource_list",
    "nguồn ResourceSync ở {url} không có resourcelist. Hãy hỏi nguồn.",
    "the ResourceSync source at {url} has no resource list. Ask the source.",
)
NOT_THERE: Final = Message(
    "harvesting.not_there",
    "nguồn có nêu {url} trong danh sách nhưng không đưa ra (404).",
    "the source lists {url} and does not give it (404).",
)
SOURCE_REMOVED: Final = Message(
    "harvesting.removed",
    "nguồn {name} đã bị xoá khỏi danh sách. Hãy khôi phục nó (restore) trước.",
    "the source {name} was removed. Bring it back first (restore).",
)
SOURCE_STATE: Final = Message(
    "harvesting.source_state",
    "nguồn {name} không ở trạng thái làm được việc này ({state}). Hãy tải lại trang để xem trạng thái mới nhất.",
    "the source {name} is not in a state for this ({state}). Look at it again.",
)
FOLDER_UNREADABLE: Final = Message(
    "harvesting.folder",
    "không đọc được {folder}: {reason}. Hãy kiểm tra ổ đĩa, đường dẫn và quyền đọc.",
    "{folder} cannot be read: {reason}. Check the drive, the path and that it may be read.",
)
REST_LATER: Final = Message(
    "harvesting.rest_later",
    "tệp {name} mới nhận {seen} trên {size} byte thì hết thời gian; phần đã nhận được giữ, đợt sau lấy tiếp từ đó.",
    "time ran out with {seen} of {size} bytes of the file {name}; they are kept, and the next run goes on from there.",
)
LOOK_TOO_LONG: Final = Message(
    "harvesting.look_too_long",
    "xem thư mục {folder} mất quá {seconds} giây. Hãy xin nguồn một thư mục riêng, ít thư mục con.",
    "looking through the folder {folder} took more than {seconds} {seconds:second|seconds}. Ask for a folder of its "
    "own with few others in it.",
)
LOOKUPS_BUSY: Final = Message(
    "harvesting.lookups_busy",
    "đang có {allowed} lần tìm ở nơi khác cùng chạy (giới hạn {limit}). Hãy đợi nửa phút rồi tìm lại.",
    "{allowed} searches in other catalogues are running (limit {limit}). Wait half a minute and search again.",
)
COPY_NO_WORDS: Final = Message(
    "copy.no_words",
    "chưa có từ cần tìm. Hãy điền nhan đề, tác giả hay ISBN.",
    "there is nothing to search for. Fill in a title, an author or an ISBN.",
)
TRIALS_MANY: Final = Message(
    "trial.many",
    "đang có {allowed} lần thử địa chỉ cùng lúc (giới hạn {limit}). Hãy đợi vài phút rồi thử lại.",
    "{allowed} addresses are being tried at the same time (the limit {limit}). Wait a few minutes, then try again.",
)
COPY_NO_TARGETS: Final = Message(
    "copy.no_targets",
    "chưa có mục lục nào được bật để tìm. Hãy nhờ quản trị viên bật một nguồn sao chép.",
    "no catalogue is enabled to search in. Ask the administrator to enable one.",
)
COPY_NOTHING: Final = Message(
    "copy.nothing_chosen",
    "chưa chọn biểu ghi nào đọc được. Hãy đánh dấu ít nhất một dòng.",
    "no readable record was chosen. Mark at least one line.",
)


def file_limit(name: str, seen: int) -> LimitError:
    """What is said of a file that is too large to be fetched."""
    allowed = limits.SOURCE_FILE_BYTES
    return LimitError(FILE_LIMIT, name=name, limit="SOURCE_FILE_BYTES", seen=seen, allowed=allowed)
