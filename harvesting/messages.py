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
    "the source answers {status}; asked again after {seconds} seconds.",
)
STATUS: Final = Message(
    "harvesting.status",
    "nguồn trả lời {status} cho {url} dù đã thử {attempts} lần. Hãy thử lại sau hoặc báo cho người phụ trách nguồn.",
    "the source answers {status} to {url} after {attempts} attempts. Try later, or tell the people of the source.",
)
BUSY: Final = Message(
    "harvesting.busy",
    "nguồn {name} đang được thu thập bởi một tiến trình khác.",
    "the source {name} is being harvested by another process.",
)
BRAKE: Final = Message(
    "harvesting.brake",
    "đợt này sẽ xoá {gone} trong {every} biểu ghi của nguồn, quá {brake} %. Chưa có gì được công bố. Nếu đúng vậy, hãy "
    "chạy: lienthong harvest release {run}; nếu không: lienthong harvest stop {run}.",
    "this run would delete {gone} of {every} records of the source, more than {brake} %. Nothing is published yet. If "
    "that is right: lienthong harvest release {run}; if not: lienthong harvest stop {run}.",
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
    "the source's list of sets repeats itself without end; left after {count} sets. Tell the source.",
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
    "đợt {run} của nguồn {name} đang chờ người xem. Hãy chạy lienthong harvest release {run} hoặc stop {run} trước.",
    "run {run} of the source {name} waits for a person. First: lienthong harvest release {run}, or stop {run}.",
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
FOLDER_UNREADABLE: Final = Message(
    "harvesting.folder",
    "không đọc được {folder}: {reason}. Hãy kiểm tra ổ đĩa, đường dẫn và quyền đọc.",
    "{folder} cannot be read: {reason}. Check the drive, the path and that it may be read.",
)


def file_limit(name: str, seen: int) -> LimitError:
    """What is said of a file that is too large to be fetched."""
    allowed = limits.SOURCE_FILE_BYTES
    return LimitError(FILE_LIMIT, name=name, limit="SOURCE_FILE_BYTES", seen=seen, allowed=allowed)
