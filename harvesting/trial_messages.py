"""What a trial says of a source, in plain words."""

from __future__ import annotations

from typing import Final

from foundation.errors import Message

NOT_FOUND: Final = Message(
    "trial.not_found",
    "không tìm thấy OAI-PMH ở {url} hay {tried} địa chỉ thường gặp trên cùng máy chủ. Hãy hỏi thư viện địa chỉ "
    "OAI-PMH, và xem chức năng này đã được bật trong phần mềm chưa.",
    "no OAI-PMH at {url}, nor at {tried} {tried:usual address|usual addresses} of the same server. Ask the library for "
    "its OAI-PMH address, and whether its software has it switched on.",
)
LOGIN_WANTED: Final = Message(
    "trial.login",
    "{url} chỉ nhận người có tên và mật khẩu đúng (401). Hãy xin thư viện, rồi thử lại với tên và mật khẩu ấy.",
    "nobody without the right name and password is let in at {url} (401). Ask the library for them, then try again.",
)
FORBIDDEN: Final = Message(
    "trial.forbidden",
    "{url} không cho máy chủ này vào (403). Hãy đề nghị thư viện mở OAI-PMH cho địa chỉ IP của máy chủ này.",
    "{url} does not let this server in (403). Ask the library to open OAI-PMH to the IP address of this server.",
)
SWITCHED_OFF: Final = Message(
    "trial.off",
    "phần mềm ở {url} có OAI-PMH nhưng đang tắt. Với Koha: Quản trị → Thiết đặt hệ thống → Web services → OAI-PMH.",
    "the software at {url} has OAI-PMH, but it is switched off. In Koha: Administration → System preferences → Web "
    "services → OAI-PMH.",
)
OTHER_ADDRESS: Final = Message(
    "trial.other_address",
    "địa chỉ đúng là {url}, không phải {asked}.",
    "the right address is {url}, not {asked}.",
)
NO_ENCRYPTION: Final = Message(
    "trial.http",
    "địa chỉ không mã hoá (http). Nếu nguồn có https, hãy dùng https.",
    "the address is not encrypted (http). If the source has https, use that.",
)
VERSION: Final = Message(
    "trial.version",
    "nguồn nói phiên bản {version!r}, không phải 2.0.",
    "the source speaks version {version!r}, not 2.0.",
)
VERSION_UNTOLD: Final = Message(
    "trial.version_untold",
    "nguồn không nói phiên bản OAI-PMH (protocolVersion); máy chủ này nói phiên bản 2.0 với nguồn.",
    "the source does not say which version of OAI-PMH it speaks (protocolVersion); it is spoken to in 2.0.",
)
SECONDS: Final = Message(
    "trial.seconds", "dấu thời gian chính xác đến giây.", "its datestamps are exact to the second."
)
DAYS: Final = Message(
    "trial.days",
    "dấu thời gian chỉ chính xác đến ngày; mỗi đợt sẽ lấy lại cả ngày hôm trước.",
    "its datestamps are exact to the day only; each run takes the day before again.",
)
DELETIONS_KEPT: Final = Message(
    "trial.deletions_kept",
    "nguồn báo biểu ghi đã xoá và giữ thông tin ấy mãi.",
    "it announces deleted records and keeps that for ever.",
)
DELETIONS_FOR_A_WHILE: Final = Message(
    "trial.deletions_while",
    "nguồn chỉ báo biểu ghi đã xoá trong một thời gian; mỗi 30 ngày máy chủ sẽ so sánh lại toàn bộ.",
    "it announces deletions for a while only; everything is compared again every 30 days.",
)
DELETIONS_UNTOLD: Final = Message(
    "trial.deletions_untold",
    "nguồn không báo biểu ghi đã xoá ({policy}); mỗi 30 ngày máy chủ sẽ so sánh lại toàn bộ để biết.",
    "it does not announce deletions ({policy}); everything is compared again every 30 days to find them.",
)
EARLIEST_WRONG: Final = Message(
    "trial.earliest",
    "earliestDatestamp ({said}) sai: có biểu ghi cũ hơn, hoặc ngày ấy không thể có. Không ảnh hưởng việc thu thập "
    "toàn bộ.",
    "its earliestDatestamp ({said}) is wrong: there are older records, or there is no such date. Full harvests do not "
    "mind.",
)
CLOCK: Final = Message(
    "trial.clock",
    "đồng hồ của nguồn lệch {seconds} giây so với máy chủ này; giờ của nguồn được dùng để tính đợt sau.",
    "its clock is {seconds} {seconds:second|seconds} off ours; the next run is counted by its own.",
)
NO_CONTACT: Final = Message(
    "trial.contact",
    "nguồn không cho biết địa chỉ liên hệ (adminEmail).",
    "it names nobody to write to (adminEmail).",
)
MARC_THERE: Final = Message(
    "trial.marc",
    "có MARC 21 (metadataPrefix {prefix}).",
    "it has MARC 21 (metadataPrefix {prefix}).",
)
MARC_MISSING: Final = Message(
    "trial.no_marc",
    "không có MARC 21, chỉ có: {known}. Sẽ dùng {prefix}; thông tin nghèo hơn. Hãy hỏi nguồn có bật được marcxml "
    "không.",
    "it has no MARC 21, only: {known}. {prefix} is used, which says less. Ask whether marcxml can be switched on.",
)
FORMATS_UNTOLD: Final = Message(
    "trial.formats_untold",
    "nguồn không cho biết tên định dạng nào (ListMetadataFormats); thử {prefix}. Nếu không được, hãy hỏi nguồn "
    "metadataPrefix rồi thử lại với --prefix.",
    "it names no format (ListMetadataFormats); {prefix} is tried. If that fails, ask for the metadataPrefix and try "
    "again with --prefix.",
)
SETS: Final = Message(
    "trial.sets", "có {count} bộ để chọn (--set).", "it has {count} {count:set|sets} to choose from (--set)."
)
NO_SETS: Final = Message("trial.no_sets", "không chia bộ.", "it has no sets.")
FAILED: Final = Message("trial.failed", "{verb} không được: {reason}", "{verb} fails: {reason}")
EMPTY: Final = Message("trial.empty", "nguồn không có biểu ghi nào.", "the source has no records.")
RECORD_BY_RECORD: Final = Message(
    "trial.one_by_one",
    "ListRecords hỏng nhưng từng biểu ghi thì lấy được; đề nghị one_by_one (chậm hơn).",
    "ListRecords fails, but single records can be had; one_by_one is proposed (slower).",
)
SIZE: Final = Message(
    "trial.size",
    "nguồn hẹn {total} biểu ghi, {page} mỗi trang, {seconds} giây mỗi trang: toàn bộ mất khoảng {minutes} phút.",
    "it promises {total} {total:record|records}, {page} a page, {seconds} {seconds:second|seconds} a page: everything "
    "takes about {minutes} {minutes:minute|minutes}.",
)
SIZE_UNKNOWN: Final = Message(
    "trial.size_unknown",
    "nguồn không nói có bao nhiêu biểu ghi ({page} mỗi trang, {seconds} giây mỗi trang); chưa biết mất bao lâu.",
    "it does not say how many records it has ({page} a page, {seconds} {seconds:second|seconds} a page); the time is "
    "not known.",
)
SLOW: Final = Message(
    "trial.slow",
    "nguồn trả lời chậm ({seconds} giây mỗi trang); nên thu thập ban đêm.",
    "it answers slowly ({seconds} {seconds:second|seconds} a page); harvest it at night.",
)
TOKENS_GOOD: Final = Message("trial.tokens", "chuyển trang bằng resumptionToken tốt.", "its resumption tokens work.")
TOKEN_BROKEN: Final = Message(
    "trial.token_broken",
    "trang thứ hai không lấy được ({said}); đề nghị window_days=30 để lấy từng tháng.",
    "the second page cannot be had ({said}); window_days=30 is proposed, to ask month by month.",
)
TOKEN_REPEATS: Final = Message(
    "trial.token_repeats",
    "trang thứ hai lặp lại trang đầu; không thu thập hết được. Hãy báo cho nguồn.",
    "the second page repeats the first; not everything can be had. Tell the source.",
)
TOKEN_BLANKS: Final = Message(
    "trial.token_blanks",
    "quanh resumptionToken có khoảng trắng; đề nghị trim_token.",
    "there are blanks around its resumption token; trim_token is proposed.",
)
TOKEN_WITH_PREFIX: Final = Message(
    "trial.token_prefix",
    "nguồn đòi metadataPrefix cùng với resumptionToken, trái chuẩn (3.5); đề nghị prefix_with_token.",
    "it wants metadataPrefix together with the resumptionToken, against the standard (3.5); prefix_with_token is "
    "proposed.",
)
TOKEN_PLAIN: Final = Message(
    "trial.token_plain",
    "nguồn không giải mã resumptionToken; đề nghị plain_token.",
    "it does not decode the resumptionToken; plain_token is proposed.",
)
GZIP_DAMAGED: Final = Message(
    "trial.gzip",
    "câu trả lời nén bị hỏng; đề nghị no_gzip.",
    "its compressed answers are damaged; no_gzip is proposed.",
)
DATES_GOOD: Final = Message("trial.dates", "chọn theo ngày (from) đúng.", "it selects by date (from) as it should.")
DATES_DAYS: Final = Message(
    "trial.dates_days",
    "nguồn hứa đến giây nhưng chỉ nhận ngày; đề nghị days.",
    "it promises seconds and takes days only; days is proposed.",
)
DATES_IGNORED: Final = Message(
    "trial.dates_ignored",
    "nguồn bỏ qua from; mỗi đợt phải lấy lại tất cả. Đề nghị no_dates.",
    "it ignores from; each run has to take everything. no_dates is proposed.",
)
DATES_LOSE: Final = Message(
    "trial.dates_lose",
    "hỏi từ đúng dấu thời gian của một biểu ghi mà không thấy biểu ghi ấy; đề nghị overlap_seconds=86400.",
    "asked from the datestamp of a record, it does not give that record; overlap_seconds=86400 is proposed.",
)
READABLE: Final = Message(
    "trial.readable",
    "{count} biểu ghi thử đọc được cả.",
    "all of the {count} {count:record|records} tried can be read.",
)
UNREADABLE: Final = Message(
    "trial.unreadable",
    "{count} trong {every} biểu ghi thử không đọc được: {reason}",
    "{count} of the {every} {every:record|records} tried cannot be read: {reason}",
)
REPAIRED: Final = Message(
    "trial.repaired",
    "{count} trong {every} biểu ghi thử phải sửa mới đọc được, như: {reason}",
    "{count} of the {every} {every:record|records} tried are read with repairs, such as: {reason}",
)

# --- files --------------------------------------------------------------------------------------------------
IS_FILE: Final = Message(
    "trial.file",
    "đây là một tệp {form}, {size} byte; mỗi lần tệp đổi sẽ là một đợt thu thập.",
    "this is a file of {form}, {size} bytes; each time it changes it becomes a run.",
)
IS_FOLDER: Final = Message(
    "trial.folder",
    "thư mục có {count} tệp; mỗi tệp mới hoặc đổi sẽ là một đợt thu thập.",
    "the folder has {count} {count:file|files}; each that is new or has changed becomes a run.",
)
KNOWN_AGAIN: Final = Message(
    "trial.known_again",
    "máy chủ của nguồn cho biết tệp đã đổi hay chưa, nên chỉ tải khi có bản mới.",
    "its server says whether the file has changed, so it is fetched only when it has.",
)
NOT_KNOWN_AGAIN: Final = Message(
    "trial.not_known_again",
    "máy chủ của nguồn không cho biết tệp đã đổi chưa (không có ETag, Last-Modified): lần nào cũng tải cả tệp.",
    "its server does not say whether the file has changed (no ETag, no Last-Modified): it is fetched whole each time.",
)
LOOKED_AT_PART: Final = Message(
    "trial.part",
    "tệp lớn: mới xem {seen} byte đầu, nên chưa biết có bao nhiêu biểu ghi.",
    "the file is large: only its first {seen} bytes were looked at, so how many records it has is not known.",
)
UNREAD_SOME: Final = Message(
    "trial.unread",
    "{count} trong {every} biểu ghi đầu không đọc được; khi thu thập chúng sẽ bị cách ly, các biểu ghi khác vẫn vào.",
    "{count} of the first {every} {every:record|records} cannot be read; a harvest would keep them aside and take the "
    "others.",
)
REPAIRED_SOME: Final = Message(
    "trial.records_repaired",
    "{count} trong {every} biểu ghi đầu được sửa khi đọc (bảng mã, độ dài, chỉ thị …); xem từng chỗ ở dưới.",
    "{count} of the first {every} {every:record|records} were repaired while they were read (encoding, lengths, "
    "indicators …).",
)
NO_FOLDER: Final = Message(
    "trial.no_folder",
    "không có thư mục {folder} trên máy chủ, hoặc không đọc được: {reason}.",
    "there is no folder {folder} on the server, or it cannot be read: {reason}.",
)
EMPTY_FOLDER: Final = Message(
    "trial.empty_folder",
    "thư mục {folder} chưa có tệp nào. Vẫn thêm được; tệp đặt vào sau sẽ được lấy.",
    "the folder {folder} has no file yet. It can be added; files put there later are taken.",
)

# --- SRU and ResourceSync -----------------------------------------------------------------------------------
IS_SRU: Final = Message(
    "trial.sru",
    "đây là máy chủ SRU {title}; các dạng biểu ghi: {schemas}.",
    "this is the SRU server {title}; its record schemas: {schemas}.",
)
SRU_DATES: Final = Message(
    "trial.sru_dates",
    "hỏi được theo ngày sửa ({index}), nên mỗi đợt chỉ lấy phần mới; toàn bộ được so lại mỗi tháng để thấy cái đã xoá.",
    "it can be asked by the day of change ({index}), so a run takes what is new; all is compared each month.",
)
SRU_NO_DATES: Final = Message(
    "trial.sru_no_dates",
    "không có chỉ mục ngày sửa nào ta biết, nên đợt nào cũng phải lấy tất cả. Có OAI-PMH thì nên dùng OAI-PMH.",
    "it has no index of dates that is known here, so each run takes everything. Use OAI-PMH if it has that.",
)
IS_SYNC: Final = Message(
    "trial.sync",
    "đây là nguồn ResourceSync có danh sách tài nguyên gồm {parts} phần.",
    "this is a ResourceSync source whose resource list has {parts} {parts:part|parts}.",
)
SYNC_CHANGES: Final = Message(
    "trial.sync_changes",
    "có danh sách thay đổi, nên mỗi đợt chỉ lấy phần mới, kể cả cái đã xoá.",
    "it has change lists, so a run takes what is new, deletions too.",
)
SYNC_NO_CHANGES: Final = Message(
    "trial.sync_no_changes",
    "không có danh sách thay đổi, nên đợt nào cũng phải xem hết danh sách tài nguyên.",
    "it has no change lists, so each run goes through the whole resource list.",
)
HOST_KEY_SHOWN: Final = Message(
    "trial.host_key",
    "máy chủ {host} đưa ra khoá {key}. Hãy hỏi người phụ trách máy chủ ấy (gọi điện, không qua đường này) xem có đúng "
    "khoá của họ không; trên máy ấy xem bằng: ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub. Đúng thì nhận khoá và "
    "thử tiếp; trước lúc đó chưa gửi tên đăng nhập hay mật khẩu.",
    "the host {host} shows the key {key}. Ask those who run it (by telephone, not by this line) whether it is theirs; "
    "on that machine it is shown by: ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub. If it is, accept it and go on "
    "with the trial; until then no user name or password is sent.",
)
HOST_KEY_SAME: Final = Message(
    "trial.host_key_same",
    "khoá của máy chủ đúng là khoá đã nhận: {key}.",
    "the host's key is the one that was accepted: {key}.",
)
IS_REMOTE_FOLDER: Final = Message(
    "trial.remote_folder",
    "thư mục có {count} tệp có thể lấy; đã thử tệp mới nhất, {name}.",
    "a folder with {count} {count:file|files} that can be taken; the newest, {name}, was tried.",
)
IS_REMOTE_FILE: Final = Message(
    "trial.remote_file",
    "một tệp, {size} byte; lần sau nhận ra nó bằng độ dài, giờ sửa và nội dung.",
    "one file of {size} bytes; it is known again by its length, its time and its content.",
)
