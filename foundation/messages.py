"""What the XML parser, the archive reader and the way out to other servers say."""

from __future__ import annotations

from typing import Final

from foundation.errors import Message

XML_DOCTYPE: Final = Message(
    "xml.doctype",
    "dòng {line}: tài liệu XML có khai báo DOCTYPE; máy chủ không nhận vì khai báo này có thể đọc tệp khác hoặc "
    "làm cạn bộ nhớ. Hãy bỏ khai báo DOCTYPE rồi gửi lại.",
    "line {line}: the XML document has a DOCTYPE, which is refused because it can read other files or exhaust "
    "memory. Remove the DOCTYPE and send it again.",
)
XML_ENCODING: Final = Message(
    "xml.encoding",
    "dòng {line}: tài liệu XML khai báo bảng mã {seen}; chỉ nhận UTF-8, UTF-16, US-ASCII và ISO-8859-1. "
    "Hãy chuyển sang UTF-8 rồi gửi lại.",
    "line {line}: the XML document declares the encoding {seen}; only UTF-8, UTF-16, US-ASCII and ISO-8859-1 are "
    "read. Convert it to UTF-8 and send it again.",
)
XML_MALFORMED: Final = Message(
    "xml.malformed",
    "dòng {line}: XML không đúng cú pháp ({reason}). Hãy sửa chỗ này hoặc xuất lại tệp từ phần mềm nguồn.",
    "line {line}: the XML is not well-formed ({reason}). Mend this place or export the file again.",
)
XML_LIMIT: Final = Message(
    "xml.limit",
    "dòng {line}: tài liệu XML vượt giới hạn {limit}: {seen}, cho phép {allowed}. "
    "Hãy chia nhỏ tài liệu hoặc kiểm tra xem tệp có bị hỏng không.",
    "line {line}: the XML document goes beyond the limit {limit}: {seen} seen, {allowed} allowed. "
    "Split the document, or check whether the file is damaged.",
)
XML_SCHEMA: Final = Message(
    "xml.schema",
    "không đọc được lược đồ XML {path}: {reason}. Hãy kiểm tra đường dẫn và các lược đồ mà tệp ấy gọi tới.",
    "the XML schema {path} cannot be read: {reason}. Check the path and the schemas that the file imports.",
)

ARCHIVE_DAMAGED: Final = Message(
    "archive.damaged",
    "tệp nén {name} bị hỏng hoặc bị cắt ngang ({reason}). Hãy nén lại từ tệp gốc rồi gửi lại.",
    "the compressed file {name} is damaged or cut off ({reason}). Compress it again from the original and send it.",
)
ARCHIVE_ENCRYPTED: Final = Message(
    "archive.encrypted",
    "tệp {name} trong tệp nén được đặt mật khẩu. Hãy nén lại không dùng mật khẩu.",
    "the file {name} in the archive is protected by a password. Compress it again without one.",
)
ARCHIVE_METHOD: Final = Message(
    "archive.method",
    "tệp {name} được nén theo kiểu {method}, máy chủ không đọc kiểu này. Hãy giải nén rồi nén lại thành zip hoặc gzip.",
    "{name} is compressed as {method}, which is not read here. Unpack it and compress it again as zip or gzip.",
)
ARCHIVE_LIMIT: Final = Message(
    "archive.limit",
    "tệp nén {name} vượt giới hạn {limit}: {seen}, cho phép {allowed}. "
    "Hãy kiểm tra tệp, hoặc chia thành nhiều tệp nhỏ.",
    "the compressed file {name} goes beyond the limit {limit}: {seen} seen, {allowed} allowed. "
    "Check the file, or split it into smaller ones.",
)
ARCHIVE_SPOOL: Final = Message(
    "archive.spool",
    "không ghi được tệp tạm khi mở {name}: {reason}. Hãy giải phóng dung lượng đĩa rồi chạy lại.",
    "a temporary file could not be written while opening {name}: {reason}. Free disk space and run again.",
)

URL_WRONG: Final = Message(
    "network.url",
    "{url} không phải là địa chỉ có thể gọi ({reason}). Hãy chép lại địa chỉ, bắt đầu bằng http:// hoặc https://.",
    "{url} is not an address that can be called ({reason}). Copy the address again; it begins with http:// or https://.",
)
URL_PASSWORD: Final = Message(
    "network.password",
    "địa chỉ của {host} có tên người dùng hoặc mật khẩu. Hãy bỏ khỏi địa chỉ và ghi vào thiết đặt của nguồn, "
    "nơi mật khẩu được mã hoá.",
    "the address of {host} has a user name or password in it. Take it out and put it into the settings of the source, "
    "where it is kept encrypted.",
)
NETWORK_WRONG: Final = Message(
    "network.allowed",
    "{seen!r} không phải là địa chỉ hay mạng IP. Hãy ghi như 10.1.2.3 hoặc 10.1.0.0/16.",
    "{seen!r} is not an IP address or network. Write it as 10.1.2.3 or 10.1.0.0/16.",
)
ADDRESS_REFUSED: Final = Message(
    "network.refused",
    "không gọi {host} cổng {port}: {address} thuộc mạng nội bộ hoặc cổng không được phép. Nếu đúng là máy của đơn vị "
    "bạn, hãy cho phép mạng đó trong thiết đặt của nguồn.",
    "{host} port {port} is not called: {address} belongs to a private network, or the port is not allowed. If it is "
    "a machine of yours, allow its network in the settings of the source.",
)
HOST_UNKNOWN: Final = Message(
    "network.host",
    "không tìm thấy máy chủ {host} ({reason}). Hãy kiểm tra tên máy và đường truyền.",
    "the host {host} is not found ({reason}). Check its name and the line.",
)
UNREACHABLE: Final = Message(
    "network.unreachable",
    "không kết nối được với {host} cổng {port} ({reason}). Hãy thử lại sau, hoặc hỏi người phụ trách máy chủ đó.",
    "{host} port {port} cannot be reached ({reason}). Try again later, or ask those who run it.",
)
TLS_FAILED: Final = Message(
    "network.tls",
    "không lập được kết nối an toàn với {host} ({reason}). Nếu máy chủ dùng chứng thư riêng, hãy khai tệp chứng thư "
    "trong thiết đặt của nguồn.",
    "no secure connection to {host} ({reason}). If it uses a certificate of its own, name the certificate file in the "
    "settings of the source.",
)
BROKE_OFF: Final = Message(
    "network.broke_off",
    "kết nối với {url} đứt sau {seen} byte ({reason}). Những gì đã nhận trọn vẹn được giữ; lần sau sẽ làm tiếp.",
    "the answer of {url} broke off after {seen} bytes ({reason}). What came whole is kept; the next attempt goes on.",
)
CODING_UNKNOWN: Final = Message(
    "network.coding",
    "{url} nén câu trả lời theo kiểu {coding} mà không ai yêu cầu. Hãy báo cho người phụ trách máy chủ đó.",
    "{url} compresses its answer as {coding}, which nobody asked for. Tell those who run it.",
)
TOO_SLOW: Final = Message(
    "network.slow",
    "{url} chỉ gửi {seen} byte mỗi giây, ít nhất phải {least}. Hãy thử lại vào giờ khác.",
    "{url} sends only {seen} bytes a second, {least} is the least. Try again at another hour.",
)
ANSWER_LIMIT: Final = Message(
    "network.limit",
    "câu trả lời của {url} vượt giới hạn {limit}: {seen}, cho phép {allowed}. Hãy xin nguồn chia trang nhỏ hơn.",
    "the answer of {url} goes beyond the limit {limit}: {seen} seen, {allowed} allowed. Ask for smaller pages.",
)
REDIRECTS: Final = Message(
    "network.redirects",
    "{url} chuyển hướng quá {allowed} lần. Hãy dùng địa chỉ cuối cùng mà trình duyệt hiện ra.",
    "{url} redirects more than {allowed} times. Use the address that a browser ends at.",
)
HOST_BUSY: Final = Message(
    "network.busy",
    "đang có kết nối khác với {host} quá lâu; mỗi máy chủ chỉ được gọi một lần một lúc. Hãy thử lại sau.",
    "another connection to {host} has been busy for too long; each host is called once at a time. Try again later.",
)
SECRET_LOST: Final = Message(
    "vault.lost",
    "không giải mã được mật khẩu của {owner} bằng khoá trong {path}. Hãy nhập lại mật khẩu, hoặc phục hồi tệp khoá.",
    "the password of {owner} cannot be decrypted with the key in {path}. Enter it again, or restore the key file.",
)
KEY_UNREADABLE: Final = Message(
    "vault.key",
    "không đọc hoặc ghi được tệp khoá {path}: {reason}. Hãy kiểm tra quyền truy cập thư mục dữ liệu.",
    "the key file {path} cannot be read or written: {reason}. Check the rights of the data directory.",
)
NO_MAIL: Final = Message(
    "mail.none",
    "chưa khai máy chủ thư (smtp_host), nên không gửi được thư. Hãy khai trong lienthong.toml.",
    "no mail server is set (smtp_host), so no mail can be sent. Set it in lienthong.toml.",
)
MAIL_REFUSED: Final = Message(
    "mail.refused",
    "máy chủ thư {host} không nhận thư gửi {to}: {reason}. Sẽ thử lại, mỗi lần cách xa hơn; hãy kiểm tra địa chỉ ấy "
    "và smtp_from.",
    "the mail server {host} did not take the mail to {to}: {reason}. It is tried again, less and less often; check "
    "that address and smtp_from.",
)
MAIL_AWAY: Final = Message(
    "mail.away",
    "không gửi được thư: máy chủ thư {host} cổng {port} không trả lời ({reason}). Thư được giữ và gửi lại sau; hãy "
    "kiểm tra smtp_host, smtp_port, smtp_security và đường truyền.",
    "no mail can be sent: the mail server {host} port {port} does not answer ({reason}). The mail is kept and sent "
    "later; check smtp_host, smtp_port, smtp_security and the line.",
)
MAIL_NO_TLS: Final = Message(
    "mail.no_tls",
    "máy chủ thư {host} cổng {port} không có STARTTLS, nên không gửi gì cho nó. Hãy hỏi người phụ trách; nếu cổng ấy "
    'mã hoá ngay từ đầu (thường là 465), đặt smtp_security = "tls".',
    "the mail server {host} port {port} offers no STARTTLS, so nothing was sent to it. Ask those who run it; if that "
    'port is encrypted from the first byte (usually 465), set smtp_security = "tls".',
)
MAIL_CERTIFICATE: Final = Message(
    "mail.certificate",
    "chứng thư của máy chủ thư {host} không đúng ({reason}), nên không gửi gì cho nó. Nếu đơn vị có chứng thư gốc "
    "riêng, hãy khai tệp ấy ở smtp_ca_file; smtp_host phải đúng tên trong chứng thư.",
    "the certificate of the mail server {host} is not right ({reason}), so nothing was sent to it. If your house has a "
    "certificate authority of its own, name its file in smtp_ca_file; smtp_host must be the name in the certificate.",
)
MAIL_LOGIN: Final = Message(
    "mail.login",
    "máy chủ thư {host} không cho {user!r} đăng nhập ({reason}). Hãy kiểm tra smtp_user và smtp_password.",
    "the mail server {host} does not let {user!r} in ({reason}). Check smtp_user and smtp_password.",
)
CODING_WRONG: Final = Message(
    "coding.wrong",
    "không giải nén được {name} theo {coding}: {reason}. Hãy nén và gửi lại.",
    "{name} cannot be unpacked as {coding}: {reason}. Compress and send it again.",
)
CODING_LIMIT: Final = Message(
    "coding.limit",
    "{name} khi giải nén vượt giới hạn {limit}: {seen}, cho phép {allowed}. Hãy chia tệp nhỏ hơn.",
    "{name} goes beyond the limit {limit} when unpacked: {seen} seen, {allowed} allowed. Split the file.",
)
SFTP_MISSING: Final = Message(
    "sftp.missing",
    "máy chủ này chưa cài phần đọc tệp qua SFTP. Hãy chạy: pip install 'lienthong[sftp]', rồi khởi động lại.",
    "reading files over SFTP is not installed here. Run: pip install 'lienthong[sftp]', then start the server again.",
)
HOST_KEY_WRONG: Final = Message(
    "sftp.host_key",
    "{seen!r} không phải là khoá máy chủ SSH. Hãy ghi như ssh-ed25519 SHA256:…, đúng như lần thử hiện ra, hoặc dán "
    "dòng khoá công khai của máy chủ.",
    "{seen!r} is not the key of an SSH server. Write it as ssh-ed25519 SHA256:…, as a trial shows it, or paste the "
    "line with the server's public key.",
)
HOST_KEY_CHANGED: Final = Message(
    "sftp.host_key_changed",
    "khoá của máy chủ {host} không phải là khoá đã nhận: đã nhận {known}, nay là {seen}. Chưa gửi gì cho máy chủ ấy, "
    "kể cả mật khẩu. Hãy gọi điện hỏi người phụ trách có đổi máy hay khoá không; nếu đúng, nhận khoá mới: "
    "lienthong harvest change TÊN --host-key {seen_quoted}",
    "the key of the host {host} is not the one that was accepted: accepted was {known}, now it is {seen}. Nothing was "
    "sent to it, no password either. Ring up those who run it and ask whether machine or key were changed; if so, "
    "accept the new key: lienthong harvest change NAME --host-key {seen_quoted}",
)
HOST_KEY_UNACCEPTED: Final = Message(
    "sftp.host_key_unaccepted",
    "chưa ai nhận khoá của máy chủ {host}, nên chưa đăng nhập. Hãy thử nguồn trước: lienthong harvest try {url}",
    "nobody has accepted the key of the host {host}, so there was no login. Try the source first: "
    "lienthong harvest try {url}",
)
KEY_WRONG: Final = Message(
    "sftp.key",
    "khoá riêng không dùng được ({reason}). Hãy dán nguyên tệp khoá, kể cả dòng BEGIN và END, loại không đặt mật khẩu: "
    "ssh-keygen -t ed25519 -N '' -f khoa",
    "the private key cannot be used ({reason}). Paste the whole key file, its lines BEGIN and END too, of a key "
    "without a passphrase: ssh-keygen -t ed25519 -N '' -f key",
)
LOGIN_REFUSED: Final = Message(
    "sftp.login",
    "máy chủ {host} không cho {user!r} đăng nhập bằng {means} đã khai ({reason}). Hãy kiểm tra tên đăng nhập và "
    "mật khẩu hay khoá; máy chủ này không thử lại, để tài khoản khỏi bị khoá.",
    "the host {host} does not let {user!r} in with the {means} given ({reason}). Check the user name and the password "
    "or key; it is not tried again, so that the account is not locked.",
)
SFTP_PATH: Final = Message(
    "sftp.path",
    "không đọc được {path} ở {host}: {reason}. Hãy kiểm tra đường dẫn, và tài khoản có quyền đọc không.",
    "{path} at {host} cannot be read: {reason}. Check the path, and that the account may read it.",
)
