"""What the store says, in both languages."""

from foundation.errors import Message

LIBRARY_UNKNOWN = Message(
    "library.unknown",
    "không có thư viện nào mang mã {code!r}. Các mã đang có: {known}. Thêm thư viện mới bằng lệnh "
    "lienthong library add MÃ --name TÊN.",
    "there is no library with the code {code!r}. Codes there are: {known}. Add one with "
    "lienthong library add CODE --name NAME.",
)
LIBRARY_EXISTS = Message(
    "library.exists",
    "mã thư viện {code!r} đã được dùng cho “{name}”. Hãy chọn mã khác.",
    "the library code {code!r} is already used by “{name}”. Choose another code.",
)
LIBRARY_CODE = Message(
    "library.code",
    "mã thư viện {code!r} không dùng được: chỉ gồm chữ cái không dấu, chữ số và dấu gạch ngang, tối đa 40 ký tự.",
    "the library code {code!r} cannot be used: only ASCII letters, digits and hyphens, at most 40 characters.",
)
LIBRARY_CODE_DEVICE = Message(
    "library.code_device",
    "mã thư viện {code!r} không dùng được: Windows dành tên ấy cho thiết bị nên không đặt được thư mục. Hãy chọn mã "
    "khác.",
    "the library code {code!r} cannot be used: to Windows it is a device and no folder can have that name. Choose "
    "another code.",
)
LIBRARY_KIND = Message(
    "library.kind",
    "loại thư viện {kind!r} không có. Hãy chọn một trong: {known}.",
    "there is no kind of library {kind!r}. Choose one of: {known}.",
)
LIBRARY_NAME = Message(
    "library.name",
    "tên tiếng Việt của thư viện cần từ 1 đến {allowed} ký tự, tên tiếng Anh có thể để trống.",
    "the Vietnamese name of a library needs 1 to {allowed} characters, the English one may be empty.",
)
LIBRARY_CIRCLE = Message(
    "library.circle",
    "thư viện {code} không thể thuộc {parent}, vì {parent} đang thuộc {code}. Hãy chọn thư viện cấp trên khác.",
    "the library {code} cannot be below {parent}, for {parent} is below {code}. Choose another library above it.",
)
SOURCE_BUSY = Message(
    "source.busy",
    "thư viện {library} đang có một đợt nhập khác chạy (nguồn “{source}”). Hãy đợi đợt ấy xong rồi chạy lại lệnh này; "
    "chưa có gì thay đổi.",
    "another import into library {library} is running (source “{source}”). Wait for it to end, then run this command "
    "again; nothing was changed.",
)
CHANGE_SET_UNKNOWN = Message(
    "change_set.unknown",
    "không có đợt thay đổi số {number}. Xem danh sách bằng lệnh lienthong import --list.",
    "there is no change set {number}. See the list with lienthong import --list.",
)
CHANGE_SET_STATE = Message(
    "change_set.state",
    "đợt thay đổi số {number} đang ở trạng thái “{state}” nên không làm được việc này; chỉ làm được khi trạng thái là "
    "“{wanted}”.",
    "change set {number} is “{state}”, so this cannot be done; it must be “{wanted}”.",
)
UNDO_CONFLICT = Message(
    "undo.conflict",
    "không hoàn tác được đợt {number}: {count} biểu ghi đã được một đợt sau sửa tiếp ({sample}). Hãy hoàn tác các đợt "
    "sau trước, hoặc chỉ hoàn tác những biểu ghi còn lại (ở dòng lệnh: --force).",
    "change set {number} cannot be undone: {count} {count:record was|records were} changed again by a later one "
    "({sample}). Undo the later ones first, or undo only the others (at the shell: --force).",
)
REDO_CONFLICT = Message(
    "redo.conflict",
    "không công bố lại được đợt {number}: {count} biểu ghi đã được sửa từ khi hoàn tác ({sample}). Hãy hoàn tác các "
    "lần sửa ấy trước, hoặc chỉ công bố lại những biểu ghi còn lại.",
    "change set {number} cannot be published again: {count} {count:record was|records were} changed since it was "
    "undone ({sample}). Undo those changes first, or publish only the others again.",
)
LOCAL_ID_REPEATED = Message(
    "record.repeated",
    "số biểu ghi {local_id!r} xuất hiện lần thứ hai trong cùng tệp với nội dung khác. Giữ biểu ghi đầu; biểu ghi này "
    "được cách ly. Hãy sửa trường 001 rồi nhập lại.",
    "the record number {local_id!r} appears a second time in the same file with other content. The first one is kept, "
    "this one is quarantined. Mend field 001 and import it again.",
)
LOCAL_ID_LONG = Message(
    "record.local_id_long",
    "số biểu ghi dài {seen} ký tự, giới hạn LOCAL_ID_CHARACTERS là {allowed}. Hãy rút ngắn trường 001 rồi nhập lại.",
    "the record number has {seen} characters, the limit LOCAL_ID_CHARACTERS is {allowed}. Shorten field 001 and import "
    "the record again.",
)
TITLE_OTHER = Message(
    "record.title_other",
    "mã {local_id} đang là của một biểu ghi có nhan đề khác hẳn: “{before}”. Hãy xem mã này có bị dùng lại cho tài "
    "liệu khác không; công bố thì biểu ghi kia bị thay.",
    "the number {local_id} belongs to a record with quite another title: “{before}”. See whether it was given to "
    "another document; publishing replaces that record.",
)
LOCAL_ID_MADE = Message(
    "record.local_id_made",
    "không có trường 001; biểu ghi tạm mang số {local_id} theo vị trí trong tệp. Nếu lần sau tệp đổi thứ tự, biểu ghi "
    "sẽ không được nhận ra: hãy thêm trường 001.",
    "there is no field 001; the record goes by {local_id}, its position in the file. It will not be recognised "
    "when the "
    "file's order changes: add a field 001.",
)
RENDERING_FAILED = Message(
    "record.rendering_failed",
    "không tạo được khổ mẫu {format}: {reason}. Biểu ghi vẫn được lưu và phát ở các khổ mẫu khác.",
    "the format {format} could not be made: {reason}. The record is kept and shown in the other formats.",
)
CLOCK_LEAP = Message(
    "clock.leap",
    "đồng hồ máy chủ chỉ {now}, muộn hơn dấu thời gian gần nhất ({last}) tới {days} ngày (CLOCK_LEAP_DAYS là "
    "{allowed}). "
    "Chưa có gì được công bố. Hãy chỉnh đồng hồ, hoặc xác nhận giờ này là đúng bằng lệnh lienthong doctor "
    "--accept-clock.",
    "the server's clock says {now}, {days} {days:day|days} after the last stamp ({last}); CLOCK_LEAP_DAYS is "
    "{allowed}. Nothing was published. Set the clock right, or confirm it with lienthong doctor --accept-clock.",
)
STORE_FULL = Message(
    "store.full",
    "hết chỗ trên đĩa khi đang ghi kho dữ liệu ({reason}). Những gì đã báo là xong vẫn nguyên vẹn. Hãy giải phóng chỗ "
    "trống rồi chạy lại đúng lệnh vừa rồi: việc sẽ tiếp tục từ chỗ dừng.",
    "the disk is full while writing the store ({reason}). Everything reported as done is whole. Free some space "
    "and run "
    "the same command again: it continues where it stopped.",
)
STORE_FAILED = Message(
    "store.failed",
    "kho dữ liệu không trả lời được ({reason}). Những gì đã báo là xong vẫn nguyên vẹn. Hãy thử lại; nếu còn lỗi, chạy "
    "lienthong doctor.",
    "the store could not answer ({reason}). Everything reported as done is whole. Try again; if it goes on, run "
    "lienthong doctor.",
)
LOCK_FAILED = Message(
    "store.lock_failed",
    "không tạo được tệp khoá trong {folder} ({reason}). Hãy cho người dùng chạy máy chủ quyền ghi vào thư mục ấy rồi "
    "thử lại; chưa có gì thay đổi.",
    "no lock file can be made in {folder} ({reason}). Let the user that runs the server write there, then try again; "
    "nothing was changed.",
)
STORE_NEWER = Message(
    "store.newer",
    "kho dữ liệu đã được một phiên bản mới hơn nâng cấp ({found}); phiên bản này chỉ biết đến {known}. Hãy cài "
    "lại phiên "
    "bản mới.",
    "the store was upgraded by a newer release ({found}); this one knows {known}. Install the newer release again.",
)
UNDO_UNION = Message(
    "change_set.union",
    "đợt {number} là của mục lục liên hợp, được làm ra từ biểu ghi của các thư viện. Hãy hoàn tác đợt nhập đã gây ra "
    "nó, hoặc quyết định về cặp biểu ghi: lienthong union decide.",
    "change set {number} is of the union, which is made of what the libraries contributed. Undo the import that caused "
    "it, or decide about the pair of records: lienthong union decide.",
)
SOURCE_NAME = Message(
    "source.name",
    "{name!r} không thể làm tên nguồn. Hãy đặt tên từ 1 đến 100 ký tự, khác “uploads”.",
    "{name!r} cannot be the name of a source. Choose one of 1 to 100 characters, other than “uploads”.",
)
SOURCE_EXISTS = Message(
    "source.exists",
    "nguồn {name} đã có, của thư viện {library}. Hãy chọn tên khác.",
    "there is a source {name} already, of the library {library}. Choose another name.",
)
SOURCE_UNKNOWN = Message(
    "source.unknown",
    "không có nguồn {name}. Các nguồn hiện có: {known}.",
    "there is no source {name}. The sources are: {known}.",
)
RUN_UNKNOWN = Message(
    "run.unknown",
    "không có đợt thu thập {number}. Hãy xem danh sách các đợt của nguồn.",
    "there is no run {number}. See the list of runs of the source.",
)
RUN_STATE = Message(
    "run.state",
    "đợt thu thập {number} {state} nên không làm được việc này.",
    "run {number} {state}, so this cannot be done.",
)
RUN_RUNNING = Message("run.is_running", "đang chạy", "is running")
RUN_PAUSED = Message("run.is_paused", "đang tạm dừng", "rests")
RUN_CUT = Message("run.is_cut", "bị đứt và sẽ tự đi tiếp", "was cut and goes on by itself")
RUN_WAITING = Message("run.is_waiting", "bị phanh và đang chờ người xem", "is held by the brake and waits for a person")
RUN_DONE = Message("run.is_done", "đã xong", "is done")
RUN_FAILED = Message("run.is_failed", "đã hỏng và kết thúc", "has failed and is over")
RUN_STOPPED = Message("run.is_stopped", "đã bị bỏ", "was dropped")
PROVENANCE_LONG = Message(
    "record.provenance_long",
    "biểu ghi thu thập được đã qua {seen} kho, vượt giới hạn PROVENANCE_STEPS ({allowed}). Hãy thu thập từ kho gần gốc "
    "hơn.",
    "the harvested record was handed on by {seen} {seen:repository|repositories}, beyond PROVENANCE_STEPS ({allowed}). "
    "Harvest it from a repository nearer to its origin.",
)
TARGET_EXISTS = Message(
    "target.exists",
    "đã có nguồn sao chép tên {name!r}. Hãy chọn tên khác, hoặc bỏ nguồn cũ: lienthong target remove {name}.",
    "there is a target {name!r} already. Choose another name, or remove it: lienthong target remove {name}.",
)
TARGET_UNKNOWN = Message(
    "target.unknown",
    "không có nguồn sao chép tên {name!r}. Đang có: {known}. Xem lệnh lienthong target list.",
    "there is no target {name!r}. There are: {known}. See lienthong target list.",
)
CORRECTION_OVERTAKEN = Message(
    "record.correction_overtaken",
    "thư viện đã sửa trường này, nay nguồn cũng đổi nó: hiện bản của nguồn, bản sửa còn trong các phiên bản trước.",
    "the library had corrected this field, and now its source has changed it: the source is shown, the correction "
    "stands in the earlier versions.",
)
EDIT_MOVED = Message(
    "edit.moved",
    "biểu ghi đã thay đổi trong lúc bạn sửa. Chưa ghi gì; hãy xem hai bản cạnh nhau rồi chọn.",
    "the record was changed while you were editing it. Nothing was saved; compare the two and choose.",
)
EDIT_UNKNOWN = Message(
    "edit.unknown",
    "không có biểu ghi nào mang mã {identifier}. Hãy tìm lại trong mục lục.",
    "there is no record {identifier}. Search the catalogue again.",
)
EDIT_NUMBER_TAKEN = Message(
    "edit.number_taken",
    "thư viện đã có biểu ghi mang số {local_id} ({identifier}). Hãy mở biểu ghi ấy mà sửa, hoặc đổi trường 001.",
    "the library has a record with the number {local_id} already ({identifier}). Edit that one, or change field 001.",
)
EDIT_SAME = Message(
    "edit.same",
    "không có gì khác với biểu ghi đang công bố, nên không tạo phiên bản mới.",
    "nothing differs from the record as it is published, so no new version was made.",
)
EDIT_HARVESTED = Message(
    "edit.harvested",
    "biểu ghi này do nguồn {source} cung cấp; xoá ở đây thì lần thu thập sau lại đưa về. Hãy xoá nó ở nguồn.",
    "this record is given by the source {source}; deleted here, it would come back with the next harvest. Delete it at "
    "its source.",
)
EDIT_LEADER = Message(
    "edit.leader",
    "vị trí 05 của đầu biểu là “d” (biểu ghi bị xoá). Hãy đổi thành “c” hoặc “n”; muốn xoá thì dùng lệnh xoá biểu ghi.",
    "leader/05 is “d” (deleted record). Make it “c” or “n”; to delete a record, use what deletes records.",
)
EDIT_DELETED = Message(
    "edit.deleted",
    "biểu ghi đã bị xoá. Hãy hoàn tác đợt xoá để có lại nó.",
    "the record was deleted. Undo its deletion to have it back.",
)
EDIT_VERSION = Message(
    "edit.version",
    "biểu ghi này không có phiên bản {version}.",
    "this record has no version {version}.",
)
DRAFT_UNKNOWN = Message(
    "draft.unknown",
    "không có bản nháp số {number}: có thể đã công bố hoặc đã bỏ. Hãy xem danh sách bản nháp.",
    "there is no draft {number}: it may have been published or given up. See the list of drafts.",
)
DRAFT_UNREADY = Message(
    "draft.unready",
    "bản nháp chưa có nhan đề, hoặc còn dòng chưa phải là trường. Hãy điền và sửa trước khi gửi.",
    "the draft has no title yet, or lines that are no fields. Fill in and mend them before you send it.",
)
DRAFT_STATE = Message(
    "draft.state",
    "bản nháp đang chờ duyệt nên không sửa được. Hãy rút lại trước.",
    "the draft is waiting for approval and cannot be changed. Take it back first.",
)
DRAFT_LONG = Message(
    "draft.long",
    "biểu ghi dài {seen} byte, giới hạn {limit} là {allowed}. Chưa lưu; hãy rút ngắn rồi lưu lại.",
    "the record has {seen} bytes, the limit {limit} is {allowed}. It was not saved; shorten it and save again.",
)
DRAFTS_MANY = Message(
    "draft.many",
    "bạn đang có {seen} bản nháp, giới hạn {limit} là {allowed}. Hãy công bố hoặc bỏ bớt rồi tạo bản mới.",
    "you have {seen} drafts, the limit {limit} is {allowed}. Publish or give up some, then begin a new one.",
)

# --- backups ------------------------------------------------------------------------------------------------
BACKUP_POSTGRESQL = Message(
    "backup.postgresql",
    "kho dữ liệu ở PostgreSQL: hãy sao lưu bằng công cụ của chính nó (pg_dump --format=custom, hoặc sao lưu liên tục), "
    "và chép thêm vault.key cùng lienthong.toml. Xem docs/operations.md.",
    "the store is in PostgreSQL: back it up with its own tools (pg_dump --format=custom, or continuous archiving), and "
    "copy vault.key and lienthong.toml. See docs/operations.md.",
)
BACKUP_BUSY = Message(
    "backup.busy",
    "đang có một lần sao lưu khác chạy. Hãy đợi lần ấy xong.",
    "another backup is being made. Wait for it to end.",
)
BACKUP_NONE = Message(
    "backup.none",
    "{folder} không phải một bản sao lưu (không đọc được backup.json). Hãy chỉ đúng thư mục của bản sao lưu.",
    "{folder} is no backup (its backup.json cannot be read). Name the folder of the backup itself.",
)
BACKUP_DAMAGED = Message(
    "backup.damaged",
    "bản sao lưu {folder} không còn nguyên vẹn: {name} khác lúc sao lưu. Hãy dùng bản khác.",
    "the backup {folder} is not whole: {name} is not what it was. Use another one.",
)
BACKUP_NOT_WHOLE = Message(
    "backup.not_whole",
    "bản chép không nguyên vẹn ({said}); nó đã bị bỏ. Hãy chạy lienthong doctor rồi sao lưu lại.",
    "the copy is not whole ({said}) and was dropped. Run lienthong doctor, then back up again.",
)
RESTORE_RUNNING = Message(
    "restore.running",
    "máy chủ đang chạy trên {home}. Hãy dừng nó rồi chạy lại lệnh này; chưa có gì thay đổi.",
    "a server is running on {home}. Stop it, then run this command again; nothing was changed.",
)
RESTORE_BUSY = Message(
    "restore.busy",
    "một lệnh hay tiến trình khác đang mở kho dữ liệu ở {home}. Hãy đợi nó xong hoặc dừng nó rồi chạy lại lệnh này; "
    "chưa có gì thay đổi.",
    "another command or process has the store in {home} open. Wait for it to end, or stop it, then run this command "
    "again; nothing was changed.",
)
RESTORE_UNDER_WAY = Message(
    "restore.under_way",
    "một bản sao lưu đang được khôi phục vào {home}. Hãy đợi xong rồi làm lại; chưa có gì thay đổi.",
    "a backup is being put back in {home}. Wait for that to end, then try again; nothing was changed.",
)
