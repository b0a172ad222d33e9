"""What exports say, in both languages."""

from foundation.errors import Message

FORMAT_UNKNOWN = Message(
    "export.format",
    "không có khổ mẫu {seen!r}. Hãy chọn một trong: {known}.",
    "there is no format {seen!r}. Choose one of: {known}.",
)
SET_UNKNOWN = Message(
    "export.set",
    "không có tập hợp {spec!r}. Các tập hợp đang có: {known}.",
    "there is no set {spec!r}. Sets there are: {known}.",
)
RESUME_OTHER = Message(
    "export.resume_other",
    "không xuất tiếp được vào {name}: lần xuất dở dang ở đó dùng lựa chọn khác ({seen}). Hãy chạy lại với đúng những "
    "lựa chọn ấy, hoặc bỏ --resume để xuất từ đầu.",
    "the export into {name} cannot be continued: the unfinished one there was asked for otherwise ({seen}). Run it "
    "again with those options, or leave out --resume to begin anew.",
)
RESUME_DAMAGED = Message(
    "export.resume_damaged",
    "không xuất tiếp được vào {name}: tệp vị trí hoặc tệp dở dang bị hỏng ({reason}). Hãy bỏ --resume để xuất từ đầu.",
    "the export into {name} cannot be continued: its position file or its unfinished file is damaged ({reason}). "
    "Leave out --resume to begin anew.",
)
UNWRITABLE = Message(
    "export.unwritable",
    "không ghi được tệp {name}: {reason}. Hãy kiểm tra chỗ trống và quyền ghi, rồi chạy lại với --resume để xuất "
    "tiếp từ chỗ dừng.",
    "the file {name} cannot be written: {reason}. Check the free space and that you may write there, then run again "
    "with --resume to continue where it stopped.",
)
EMPTY_RANGE = Message(
    "export.range",
    "khoảng thời gian rỗng: --since {since} muộn hơn --until {until}. Hãy sửa lại một trong hai.",
    "the range of time is empty: --since {since} is after --until {until}. Mend one of them.",
)
REFERENCES = Message(
    "export.references",
    "{count} ký tự không có trong MARC-8 được viết thành tham chiếu số (&#xNNNN;).",
    "{count} {count:character|characters} that MARC-8 does not have {count:was|were} written as numeric references "
    "(&#xNNNN;).",
)
