"""What telling records anew says, in both languages."""

from foundation.errors import Message

TOO_MANY = Message(
    "announce.too_many",
    "sẽ báo lại {count:,} trong {shown:,} biểu ghi, hơn {share} nguồn phát; mọi đơn vị thu thập sẽ tải lại chừng ấy. "
    "Chưa có gì thay đổi. Nếu đúng là muốn vậy, hãy xác nhận (ở dòng lệnh: --many).",
    "this would announce {count:,} of {shown:,} {shown:record|records} again, more than {share} of the feed; every "
    "harvester would fetch them all again. Nothing was changed. If that is meant, confirm it (at the shell: --many).",
)
NOTHING_CHOSEN = Message(
    "announce.nothing_chosen",
    "chưa nói báo lại biểu ghi nào. Hãy ghi mã biểu ghi, bộ, thư viện, ngày thay đổi hoặc số lô "
    "(ở dòng lệnh: --set, --library, --changed-since, --change-set).",
    "it is not said which records to announce. Name records, a set, a library, a day of change or a batch "
    "(at the shell: --set, --library, --changed-since, --change-set).",
)
FORMAT_UNKNOWN = Message(
    "announce.format_unknown",
    "không có khổ mẫu {name!r}. Các khổ mẫu đang có: {known}.",
    "there is no format {name!r}. Formats there are: {known}.",
)
SET_UNKNOWN = Message(
    "announce.set_unknown",
    "không có tập hợp {name!r}. Xem danh sách bằng yêu cầu ListSets.",
    "there is no set {name!r}. See the list with a ListSets request.",
)
LIBRARY_UNKNOWN = Message(
    "announce.library_unknown",
    "không có thư viện nào mang mã {code!r}. Các mã đang có: {known}.",
    "there is no library with the code {code!r}. Codes there are: {known}.",
)
NOT_SILENT = Message(
    "announce.not_silent",
    "đợt {number} không phải đợt sửa lặng nên đơn vị thu thập đã được báo. Muốn báo lại thì chọn theo tập hợp, thư "
    "viện hoặc mã biểu ghi.",
    "change set {number} was not silent, so harvesters have been told. To tell them again choose by set, library or "
    "record.",
)
ANNOUNCED_ALREADY = Message(
    "announce.already",
    "đợt {number} đã được báo rồi. Muốn báo lần nữa thì chọn theo tập hợp, thư viện hoặc mã biểu ghi.",
    "change set {number} was announced already. To tell it once more choose by set, library or record.",
)
