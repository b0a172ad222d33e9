"""What the room of accounts says, in both languages."""

from __future__ import annotations

from typing import Final

from foundation.errors import Message

NOT_SIGNED_IN: Final = Message(
    "access.nobody",
    "việc này cần đăng nhập. Hãy đăng nhập rồi làm lại.",
    "this needs an account. Sign in and try again.",
)
# `{{act}}` is what the act is called in each language; `accounts.access` puts it in.
NOT_ALLOWED: Final = Message(
    "access.refused",
    "tài khoản “{name}” không có quyền “{{act}}”. Hãy nhờ người phụ trách thư viện hoặc quản trị hệ thống cấp quyền "
    "này.",
    "the account “{name}” has no right to “{{act}}”. The library's manager or an administrator can give it.",
)
NOT_THERE: Final = Message(
    "access.elsewhere",
    "tài khoản “{name}” không có quyền “{{act}}” ở thư viện {library}. Hãy chọn thư viện của mình, hoặc nhờ người phụ "
    "trách thư viện ấy.",
    "the account “{name}” has no right to “{{act}}” at the library {library}. Choose a library of yours, or ask that "
    "library's manager.",
)
LOGIN_WRONG: Final = Message(
    "person.login",
    "tên đăng nhập {login!r} không dùng được: từ 2 đến 60 ký tự, chỉ gồm chữ thường không dấu, chữ số, dấu chấm, gạch "
    "ngang, gạch dưới và @.",
    "the login {login!r} cannot be used: 2 to 60 characters, only small ASCII letters, digits, full stops, hyphens, "
    "underscores and @.",
)
LOGIN_TAKEN: Final = Message(
    "person.taken",
    "tên đăng nhập {login} đã có người dùng. Hãy chọn tên khác.",
    "the login {login} is taken. Choose another one.",
)
NAME_WRONG: Final = Message(
    "person.name",
    "họ tên cần từ 1 đến 200 ký tự in được.",
    "the name needs 1 to 200 printable characters.",
)
PERSON_UNKNOWN: Final = Message(
    "person.unknown",
    "không có ai mang tên đăng nhập {login!r}. Xem danh sách bằng lệnh lienthong user list.",
    "there is nobody with the login {login!r}. See the list with lienthong user list.",
)
PASSWORD_SHORT: Final = Message(
    "password.short",
    "mật khẩu có {seen} ký tự, cần ít nhất {allowed}. Một câu ngắn dễ nhớ tốt hơn một từ khó nhớ.",
    "the password has {seen} characters, at least {allowed} are needed. A short sentence is better than a hard word.",
)
PASSWORD_LONG: Final = Message(
    "password.long",
    "mật khẩu dài quá {allowed} byte. Hãy chọn mật khẩu ngắn hơn.",
    "the password is longer than {allowed} bytes. Choose a shorter one.",
)
PASSWORD_COMMON: Final = Message(
    "password.common",
    "mật khẩu này quá dễ đoán: thường gặp, lặp lại, hoặc chứa tên của bạn. Hãy chọn một câu mà chỉ bạn nghĩ ra.",
    "this password is too easy to guess: common, repetitive, or with your name in it. Choose a sentence of your own.",
)
ROLE_UNKNOWN: Final = Message(
    "role.unknown",
    "không có vai trò {role!r}. Các vai trò: {known}.",
    "there is no role {role!r}. The roles are: {known}.",
)
ROLE_LIBRARY: Final = Message(
    "role.library",
    "vai trò “{role}” cần một thư viện. Hãy chọn thư viện.",
    "the role “{role}” needs a library. Choose one.",
)
ROLE_REFUSED: Final = Message(
    "role.refused",
    "không ai cấp được quyền rộng hơn, ở nơi khác, hoặc lâu hơn quyền của chính mình. Hãy nhờ quản trị hệ thống.",
    "nobody gives more rights than they hold themselves, elsewhere, or for longer. Ask an administrator.",
)
ROLE_SELF: Final = Message(
    "role.self",
    "không ai thu hồi được vai trò của chính mình. Hãy nhờ người khác có quyền.",
    "nobody takes their own role away. Ask somebody else who may.",
)
ROLE_NOT_HELD: Final = Message(
    "role.not_held",
    "{login} không có vai trò {role} ở {library}. Xem vai trò đang có: lienthong user list.",
    "{login} has no role {role} at {library}. See the roles there are: lienthong user list.",
)
LAST_ADMINISTRATOR: Final = Message(
    "role.last_administrator",
    "{login} là người quản trị cuối cùng, chưa thu hồi hay khoá được. Hãy cấp vai trò quản trị cho người khác trước.",
    "{login} is the last administrator, who can be neither dismissed nor locked. Make somebody else one first.",
)
TOKEN_EXISTS: Final = Message(
    "token.exists",
    "thư viện {library} đã có một khoá tên “{name}” còn dùng được. Hãy chọn tên khác, hoặc thu hồi khoá cũ trước.",
    "the library {library} has a token “{name}” that is good. Choose another name, or revoke that one first.",
)
TOKEN_UNKNOWN: Final = Message(
    "token.unknown",
    "thư viện {library} không có khoá nào tên “{name}” còn dùng được. Các khoá đang có: {known}.",
    "the library {library} has no token “{name}” that is good. Tokens there are: {known}.",
)
TOKEN_NAME: Final = Message(
    "token.name",
    "tên khoá {name!r} không dùng được: cần từ 1 đến 100 ký tự in được.",
    "the name {name!r} cannot be used for a token: 1 to 100 printable characters are needed.",
)
TOKEN_SCOPE: Final = Message(
    "token.scope",
    "không có quyền {scope!r}. Các quyền có thể cho: {known}.",
    "there is no scope {scope!r}. The scopes are: {known}.",
)
TOKEN_BEYOND: Final = Message(
    "token.beyond",
    "không ai cho khoá nhiều quyền hơn chính mình: quyền {scope!r} không nằm trong những quyền có thể cho ở thư viện "
    "này ({held}).",
    "nobody gives a token more than they hold themselves: {scope!r} is not among what you may give at this library "
    "({held}).",
)
TOKEN_LONGER: Final = Message(
    "token.longer",
    "khoá không được dùng lâu hơn quyền của người cấp: hãy cho hạn tối đa {left} ngày.",
    "a token may not last longer than the right of who gives it: give it at most {left} {left:day|days}.",
)
LINK_DEAD: Final = Message(
    "link.dead",
    "đường dẫn này không dùng được nữa: đã dùng, đã quá hạn, hoặc đã bị thu hồi. Hãy nhờ người phụ trách thư viện gửi "
    "đường dẫn mới.",
    "this link opens nothing any more: it was used, is too old, or was revoked. Ask the library's manager for another.",
)
TOO_MANY: Final = Message(
    "sign_in.wait",
    "đã thử sai quá nhiều lần. Hãy đợi {seconds} giây rồi thử lại; nếu quên mật khẩu, hãy nhờ người phụ trách thư viện "
    "gửi đường dẫn đặt lại.",
    "there were too many wrong attempts. Wait {seconds} {seconds:second|seconds}; who has forgotten the password asks "
    "the library's manager for a link to choose a new one.",
)
IDENTITY_WRONG: Final = Message(
    "identity.wrong",
    "nơi cấp danh tính trả lời không khớp với yêu cầu của trình duyệt này ({reason}). Hãy đăng nhập lại từ đầu.",
    "the provider of identities gave an answer that this browser did not ask for ({reason}). Sign in again.",
)
IDENTITY_PEER: Final = Message(
    "identity.peer",
    "nơi cấp danh tính {issuer} chưa trả lời được ({reason}). Hãy thử lại sau, hoặc đăng nhập bằng mật khẩu.",
    "the provider of identities {issuer} does not answer as it should ({reason}). Try later, or use a password.",
)
IDENTITY_TAKEN: Final = Message(
    "identity.taken",
    "danh tính này đã nối với tài khoản khác. Hãy gỡ nối ở tài khoản kia trước.",
    "this identity is joined to another account. Part it there first.",
)
IDENTITY_UNKNOWN: Final = Message(
    "identity.unknown",
    "danh tính này chưa nối với tài khoản nào. Hãy đăng nhập bằng mật khẩu, rồi nối ở trang Tài khoản của tôi.",
    "this identity is joined to no account. Sign in with your password, then join it on the page My account.",
)
LOCK_SELF: Final = Message(
    "person.self",
    "không ai khoá được tài khoản của chính mình. Hãy nhờ người khác có quyền.",
    "nobody locks their own account. Ask somebody else who may.",
)
DAY_WRONG: Final = Message(
    "day.wrong",
    "{seen!r} không phải là một ngày. Hãy ghi như 2026-12-31, hoặc để trống.",
    "{seen!r} is no day. Write it like 2026-12-31, or leave it empty.",
)
LETTER_SUBJECT: Final = Message(
    "letter.subject",
    "{site}: đường dẫn cho tài khoản của bạn",
    "{site}: a link for your account",
)
LETTER: Final = Message(
    "letter.text",
    "Đường dẫn dưới đây mở tài khoản của bạn ở {site}. Nó chỉ dùng được một lần, trong vài ngày; đừng chuyển cho ai.\n"
    "\n{link}\n\nNếu bạn không chờ thư này, hãy bỏ qua.",
    "The link below opens your account at {site}. It is good once, for some days; pass it on to nobody.\n"
    "\n{link}\n\nIf you did not expect this letter, leave it.",
)
