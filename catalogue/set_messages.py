"""What sets and saved queries say, in both languages."""

from foundation.errors import Message

_HELP_VI = 'Ví dụ: language=tyz or 650a~"dân tộc Tày". Cách viết: docs/formats-and-sets.md.'
_HELP_EN = 'For example: language=tyz or 650a~"tay ethnic". How to write it: docs/formats-and-sets.md.'

QUERY_CHARACTER = Message(
    "set_query.character",
    "câu chọn có ký tự không hiểu được ở vị trí {position}: “{seen}”. Dấu ngoặc kép đã đóng chưa? " + _HELP_VI,
    "the query has a character at position {position} that is not understood: “{seen}”. Are all quotation marks "
    "closed? " + _HELP_EN,
)
QUERY_EXPECTED = Message(
    "set_query.expected",
    "câu chọn dừng ở vị trí {position} (“{seen}”): ở đây phải là {wanted}. " + _HELP_VI,
    "the query stops at position {position} (“{seen}”): {wanted} was expected here. " + _HELP_EN,
)
QUERY_NAME = Message(
    "set_query.name",
    "câu chọn hỏi “{seen}” ở vị trí {position}, tên này không có. Các tên: {known}; hoặc số trường như 650a, 6xx, "
    "008/35-37.",
    "the query asks for “{seen}” at position {position}, which is no name. Names: {known}; or a field such as 650a, "
    "6xx, 008/35-37.",
)
QUERY_ORDER = Message(
    "set_query.order",
    "ở vị trí {position}: phép so sánh {seen} chỉ dùng cho year. Với các tên khác hãy dùng = hoặc ~.",
    "at position {position}: {seen} is for year alone. Use = or ~ with the other names.",
)
QUERY_YEAR = Message(
    "set_query.year",
    "ở vị trí {position}: “{seen}” không phải năm. Viết year=1975, year=1945..1975, year>=2000.",
    "at position {position}: “{seen}” is not a year. Write year=1975, year=1945..1975, year>=2000.",
)
QUERY_EMPTY = Message(
    "set_query.empty",
    "ở vị trí {position}: không có chữ nào để tìm. Hãy viết ít nhất một chữ giữa hai dấu ngoặc kép.",
    "at position {position}: there is no word to look for. Write at least one between the quotation marks.",
)
QUERY_LIMIT = Message(
    "set_query.limit",
    "câu chọn vượt giới hạn {limit}: {seen}, cho phép {allowed}. Hãy chia thành nhiều bộ, hoặc dùng 6xx thay cho từng "
    "trường.",
    "the query goes beyond the limit {limit}: {seen} seen, {allowed} allowed. Make several sets of it, or write 6xx "
    "for the single fields.",
)
SLUG = Message(
    "set.slug",
    "tên bộ {slug!r} không dùng được: chỉ gồm chữ cái thường không dấu, chữ số và dấu gạch ngang, tối đa 60 ký tự; dấu "
    "hai chấm ngăn bộ cha và bộ con.",
    "the set cannot be called {slug!r}: only small ASCII letters, digits and hyphens, at most 60 characters; a colon "
    "stands between a set and the one below it.",
)
SET_EXISTS = Message(
    "set.exists",
    "bộ {spec} đã có (“{name}”). Hãy chọn tên ngắn khác, hoặc sửa bộ ấy (ở dòng lệnh: thêm --replace).",
    "the set {spec} is there already (“{name}”). Choose another short name, or change that one (at the command line: "
    "add --replace).",
)
SET_MISSING = Message(
    "set.missing",
    "không có bộ {spec}. Các bộ đang có: {known}.",
    "there is no set {spec}. There are: {known}.",
)
SET_PARENT = Message(
    "set.parent",
    "bộ {spec} nằm dưới {parent}, nhưng {parent} chưa có. Hãy lập {parent} trước.",
    "the set {spec} is below {parent}, which is not there. Add {parent} first.",
)
SET_CHILDREN = Message(
    "set.children",
    "bộ {spec} còn bộ con: {children}. Hãy bỏ các bộ con trước; chưa có gì thay đổi.",
    "the set {spec} has sets below it: {children}. Remove those first; nothing was changed.",
)
SETS_MANY = Message(
    "set.many",
    "đã có {seen} bộ do người lập, giới hạn SETS_DEFINED là {allowed}. Hãy bỏ bớt bộ không còn dùng.",
    "there are {seen} sets made by people, the limit SETS_DEFINED is {allowed}. Remove those nobody uses.",
)
COLLECTION_LIBRARY = Message(
    "collection.library",
    "bộ sưu tập {slug!r} thuộc thư viện {owner}, không nhận biểu ghi của thư viện {library}. Hãy chọn bộ sưu tập khác.",
    "the collection {slug!r} belongs to library {owner} and takes no records of library {library}. Choose another one.",
)
SET_NOT_REMOVED = Message(
    "set.not_removed",
    "không có bộ {spec} đã bỏ để lấy lại. Xem các bộ đã bỏ ở cuối danh sách bộ.",
    "there is no set {spec} that was taken away and could be brought back. Those are at the end of the list of sets.",
)
COLLECTION_NOTHING = Message(
    "collection.nothing",
    "chưa chọn biểu ghi nào. Hãy đánh dấu hoặc dán mã biểu ghi, mỗi dòng một mã.",
    "no record was chosen. Mark some, or paste their identifiers, one a line.",
)
COLLECTION_AT_ONCE = Message(
    "collection.at_once",
    "vượt giới hạn {limit}: một lần xếp tối đa {allowed} biểu ghi, ở đây là {seen}. Hãy chia nhỏ, hoặc dùng câu chọn "
    "của bộ sưu tập: nó lấy mọi biểu ghi thích hợp, kể cả những biểu ghi đến sau.",
    "beyond the limit {limit}: {allowed} records can be put in at once, these are {seen}. Do it in parts, or use the "
    "query of the collection: it takes every record that fits, those that come later too.",
)
COLLECTION_ACT = Message(
    "collection.act",
    "bộ sưu tập {slug!r} không có lần xếp số {number}. Xem các lần xếp ở trang của bộ sưu tập.",
    "nothing was put into or taken out of the collection {slug!r} under number {number}. Its page lists what was.",
)
COLLECTION_ACT_UNDONE = Message(
    "collection.act_undone",
    "lần xếp số {number} đã được hoàn tác rồi; không có gì thay đổi.",
    "number {number} was undone already; nothing was changed.",
)
