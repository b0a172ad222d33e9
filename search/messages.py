"""What searching says."""

from __future__ import annotations

from typing import Final

from foundation.errors import Message

LIMIT: Final = Message(
    "search.limit",
    "yêu cầu tìm vượt giới hạn {limit}: {seen:,}, cho phép {allowed:,}. Hãy rút gọn yêu cầu tìm.",
    "the search goes beyond the limit {limit}: {seen:,} seen, {allowed:,} allowed. Make the search shorter.",
)
WINDOW: Final = Message(
    "search.window",
    "chỉ xem được {allowed:,} kết quả đầu ({limit}); yêu cầu đến kết quả thứ {seen:,}. Hãy thêm điều kiện tìm, hoặc "
    "thu hoạch qua OAI-PMH để lấy toàn bộ.",
    "only the first {allowed:,} results can be looked at ({limit}); number {seen:,} was asked for. Narrow the search, "
    "or harvest by OAI-PMH to have everything.",
)
MASK_SHORT: Final = Message(
    "search.mask_short",
    "từ {seen!r} quá ngắn để tìm chặt cụt: cần ít nhất {allowed} chữ cái ({limit}). Hãy gõ thêm chữ.",
    "the word {seen!r} is too short to be truncated: it needs at least {allowed} letters ({limit}). Type more of it.",
)
MASK_WIDE: Final = Message(
    "search.mask_wide",
    "từ chặt cụt trong cụm từ khớp quá nhiều từ khác nhau. Hãy gõ thêm chữ.",
    "a truncated word in a phrase stands for too many different words. Type more of it.",
)
NEAR_FIELD: Final = Message(
    "search.near_field",
    "tìm gần nhau chỉ được trong một trường có chữ; ở đây là {left} và {right}. Hãy dùng cùng một trường.",
    "a proximity search needs one field of words; here are {left} and {right}. Use the same field for both.",
)
RANGE_FIELD: Final = Message(
    "search.range_field",
    "không tìm theo khoảng trong trường {field} được. Hãy dùng ngày, năm, số hoặc ký hiệu.",
    "the field {field} cannot be searched by a range. Use a date, a number or a class.",
)
DATE_SYNTAX: Final = Message(
    "search.date_syntax",
    "trường {field} cần một năm hoặc ngày như 1998 hay 2026-11-22, không phải {seen!r}. Hãy sửa rồi tìm lại.",
    "the field {field} needs a year or a day such as 1998 or 2026-11-22, not {seen!r}. Correct it and search again.",
)
SORT_FIELD: Final = Message(
    "search.sort_field",
    "không sắp xếp theo {field} được. Có thể sắp theo: {known}.",
    "results cannot be sorted by {field}. They can be by: {known}.",
)
SORT_SIZE: Final = Message(
    "search.sort_size",
    "có {seen:,} kết quả; sắp xếp theo nhiều khoá chỉ được đến {allowed:,} ({limit}). Hãy dùng một khoá, hoặc thêm "
    "điều kiện tìm.",
    "there are {seen:,} results; several sort keys are possible up to {allowed:,} ({limit}). Use one key, or narrow "
    "the search.",
)
FACET_FIELD: Final = Message(
    "search.facet_field",
    "không đếm theo {field} được. Có thể đếm theo: {known}.",
    "results cannot be counted by {field}. They can be by: {known}.",
)
BROWSE_FIELD: Final = Message(
    "search.browse_field",
    "không có danh mục duyệt cho {field}. Có thể duyệt: {known}.",
    "there is no list to browse for {field}. There are: {known}.",
)
FIELD_UNKNOWN: Final = Message(
    "search.field_unknown",
    "không có trường tìm {field!r}. Có: {known}.",
    "there is no search field {field!r}. There are: {known}.",
)
INDEX_MISSING: Final = Message(
    "search.index_missing",
    "chỉ mục tìm kiếm đang được lập. Hãy thử lại sau ít phút; nếu máy chủ không chạy, hãy dùng lienthong index "
    "rebuild.",
    "the search index is being built. Try again in a few minutes; if the server is not running, use lienthong index "
    "rebuild.",
)
INDEX_DAMAGED: Final = Message(
    "search.index_damaged",
    "chỉ mục tìm kiếm bị hỏng ({reason}) và sẽ được lập lại từ kho. Không biểu ghi nào bị mất. Hãy thử lại sau.",
    "the search index is damaged ({reason}) and will be built again from the store. No record is lost. Try again "
    "later.",
)
INDEX_FULL: Final = Message(
    "search.index_full",
    "không ghi được chỉ mục tìm kiếm: {reason}. Kho dữ liệu không bị ảnh hưởng; hãy giải phóng đĩa, chỉ mục sẽ "
    "tự theo kịp.",
    "the search index could not be written: {reason}. The store is safe; free disk space, and the index will catch up.",
)
INDEX_BUSY: Final = Message(
    "search.index_busy",
    "một tiến trình khác trên máy này đang ghi chỉ mục. Hãy để nó chạy xong, hoặc dừng máy chủ rồi chạy lại.",
    "another process on this machine is writing the index. Let it finish, or stop the server and run again.",
)
ENGINE_UNKNOWN: Final = Message(
    "search.engine_unknown",
    "không có bộ máy tìm kiếm {seen!r}. Có: tantivy, whoosh.",
    "there is no search engine {seen!r}. There are: tantivy, whoosh.",
)
ENGINE_MISSING: Final = Message(
    "search.engine_missing",
    "chưa cài bộ máy tìm kiếm whoosh. Hãy cài: pip install 'lienthong[whoosh]'.",
    "the search engine whoosh is not installed. Install it: pip install 'lienthong[whoosh]'.",
)
