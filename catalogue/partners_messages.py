"""What the log of partners says, in both languages."""

from foundation.errors import Message

NOTHING_SAID = Message(
    "partner.nothing",
    "chưa nói nhận ra đơn vị này bằng gì. Hãy ghi mạng, chương trình hoặc thư điện tử "
    "(ở dòng lệnh: --network, --agent, --mail).",
    "it is not said how to recognise this partner. Give a network, a program or a mail address "
    "(at the shell: --network, --agent, --mail).",
)
NO_NETWORK = Message(
    "partner.network",
    "{seen!r} không phải dải địa chỉ mạng. Hãy ghi dạng 203.0.113.0/24 hoặc 2001:db8::/48.",
    "{seen!r} is no network. Write it as 203.0.113.0/24 or 2001:db8::/48.",
)
NAMED_ALREADY = Message(
    "partner.named",
    "đã có đơn vị tên {name!r}. Hãy chọn tên khác.",
    "there is a partner called {name!r} already. Choose another name.",
)
UNKNOWN = Message(
    "partner.unknown",
    "không có đơn vị nào tên {name!r}. Các đơn vị đang có: {known}.",
    "there is no partner called {name!r}. Partners there are: {known}.",
)
