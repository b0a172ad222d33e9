"""What each setting is for, in both languages, in groups: for the screen that shows them and for `docs/settings.md`.

told()["page_records"].vi       # "Số biểu ghi nhiều nhất …"
told()["page_records"].en       # the string below the field in `settings.py`, which is its documentation
GROUPS                          # headings with the names below them, every setting once
"""

from __future__ import annotations

import ast
import inspect
from collections.abc import Iterator
from functools import lru_cache
from itertools import pairwise
from typing import Final, NamedTuple

from foundation import settings
from foundation.errors import Language


class Meaning(NamedTuple):
    """What one setting is for."""

    vi: str
    en: str

    def text(self, language: Language) -> str:
        """In the language of the page."""
        return self.en if language == "en" else self.vi


class Group(NamedTuple):
    """Settings that belong together."""

    vi: str
    en: str
    meanings: dict[str, str]
    """Name → what it is for, in Vietnamese."""

    def text(self, language: Language) -> str:
        """The heading in the language of the page."""
        return self.en if language == "en" else self.vi


GROUPS: Final = (
    Group("Kho và máy chủ", "Store and server", {
        "home": "Thư mục chứa kho dữ liệu, các khoá và chỉ mục.",
        "database": "Địa chỉ (URL của SQLAlchemy) của kho. Để trống: SQLite trong `home`. PostgreSQL: "
        "postgresql+psycopg://tên:mật-khẩu@máy/kho.",
        "base_url": "Địa chỉ công khai của máy chủ, không có dấu / ở cuối. Để trống: http://HOST:PORT đang phục vụ.",
        "host": "Địa chỉ mạng mà máy chủ nhận kết nối.",
        "port": "Cổng của trang web, OAI-PMH và REST.",
        "only": "Tiến trình này phục vụ những gì: `web`, `z3950`, `worker`; để trống: tất cả. Các phần của một kho có "
        "thể chạy trên nhiều máy.",
        "workers": "Số tiến trình máy chủ. Một là đủ cho một tỉnh; nhiều hơn cần thêm nhân bộ xử lý.",
        "threads": "Số yêu cầu mà một tiến trình làm cùng lúc.",
        "leave_seconds": "Khi được bảo dừng, máy chủ chờ bao lâu cho những câu trả lời đang dở và những máy chưa "
        "chịu rời.",
        "trusted_proxies": "Mạng của các máy trung gian (proxy) của mình: chỉ chúng được nói máy hỏi là ai trong "
        "X-Forwarded-For.",
        "timezone": "Múi giờ của lịch chạy và báo cáo.",
        "search_engine": "tantivy; hoặc whoosh (thuần Python, phần cài thêm `whoosh`) cho kho đến vài vạn biểu ghi.",
        "log_level": "Mức ghi nhật ký: debug, info, warning hoặc error.",
    }),
    Group("Tên và giới thiệu", "Name and introduction", {
        "repository_name": "Tên kho chung (`repositoryName`) trong câu trả lời Identify.",
        "repository_domain": "Tên miền trong mọi mã OAI (oai:TÊN-MIỀN:MÃ). Chọn một lần: đổi nó là đổi mọi mã.",
        "admin_email": "Thư điện tử để đơn vị thu thập liên hệ; có trong Identify.",
        "licence": "Địa chỉ của giấy phép cho dùng biểu ghi (dữ liệu thư mục, không phải sách); có trong Identify và "
        "kèm mỗi biểu ghi. Để trống: không nói gì.",
        "library_licences": "Giấy phép của riêng từng thư viện khi khác chung, mỗi mục viết MÃ=ĐỊA-CHỈ.",
        "friends": "Địa chỉ gốc của các kho OAI-PMH khác mà đơn vị thu thập có thể muốn biết, nêu trong Identify.",
        "icon_url": "Địa chỉ một hình PNG hoặc GIF, 88 × 31 điểm, để nơi khác ghi biểu ghi từ đâu đến.",
        "icon_link": "Bấm vào hình ấy thì đến đâu. Để trống: trang đầu.",
    }),
    Group("Nguồn phát OAI-PMH", "The feed (OAI-PMH)", {
        "page_records": "Số biểu ghi nhiều nhất của một trang ListRecords.",
        "page_headers": "Số đầu mục nhiều nhất của một trang ListIdentifiers.",
        "page_bytes": "Số byte của một trang trước khi nén; trang dừng sớm khi thêm một biểu ghi nữa sẽ vượt.",
        "token_days": "Mã tiếp tục (resumption token) có giá trị bao nhiêu ngày.",
        "list_queue": "Số yêu cầu danh sách được xếp hàng ở một tiến trình; thêm một là trả 503 kèm Retry-After.",
        "list_seconds": "Một yêu cầu danh sách chờ đến lượt lâu nhất bao nhiêu giây rồi nhận 503: ngắn hơn sức chờ của "
        "mọi máy thu thập.",
        "feed_hour": "Giờ trong ngày (0 đến 23, theo giờ của máy) mà máy chủ làm các tệp trọn kho rồi tự thu thập "
        "nguồn phát của mình để kiểm tra; 24: không bao giờ.",
        "schemas": "Tệp XML Schema nhập các lược đồ của OAI-PMH và các định dạng, để kiểm tra nguồn phát. Để trống: "
        "chỉ kiểm tra cấu trúc.",
        "partner_days": "Lưu bao nhiêu ngày việc ai đã thu thập gì.",
        "partner_page": "1: trang `/feed/partners` cho thấy các đối tác có tên đã thu thập gì; 0: không có trang ấy.",
    }),
    Group("Mỗi nơi gọi được bao nhiêu", "How much each caller gets", {
        "client_requests": "Số yêu cầu OAI-PMH mỗi phút từ một địa chỉ (IPv6: một /64) đến một tiến trình. 0: không "
        "giới hạn.",
        "client_bytes": "Số byte mỗi phút mà một tiến trình gửi cho một địa chỉ qua OAI-PMH. 0: không giới hạn.",
        "partners": "Những mạng có mức riêng, mỗi mục viết TÊN=MẠNG, như quocgia=203.0.113.0/24.",
        "partner_requests": "Như client_requests, cho một đối tác, mọi địa chỉ của họ gộp lại.",
        "partner_bytes": "Như client_bytes, cho một đối tác.",
        "api_requests": "Số yêu cầu mỗi phút bằng một khoá đến `/api/v1` của một tiến trình. 0: không giới hạn.",
        "api_requests_open": "Cũng vậy, từ một địa chỉ không có khoá.",
    }),
    Group("Z39.50", "Z39.50", {
        "z3950_port": "Cổng của Z39.50.",
        "z3950_workers": "Số tiến trình Z39.50. Một là đủ cho một tỉnh; nhiều hơn cần thêm nhân bộ xử lý (Windows "
        "không chia được một cổng).",
        "z3950_sessions": "Số phiên Z39.50 mở cùng lúc ở một tiến trình. Ai đến sau bị ngắt ngay.",
        "z3950_sessions_per_address": "Cũng vậy, từ một địa chỉ: sau một địa chỉ có thể là cả một thư viện.",
        "z3950_idle_seconds": "Phiên Z39.50 không hỏi gì trong bấy nhiêu giây thì bị đóng.",
        "z3950_search_seconds": "Câu hỏi Z39.50 lâu hơn bấy nhiêu giây thì phiên kết thúc.",
        "z3950_threads": "Số câu hỏi Z39.50 được làm cùng lúc.",
        "z3950_kept_bytes": "Bộ nhớ giữ các biểu ghi vừa gửi qua Z39.50, để khỏi kết xuất lại.",
        "z3950_tls_certificate": "Chuỗi chứng chỉ (PEM) của cổng Z39.50. Để trống: không TLS, như hầu hết phần mềm chờ "
        "đợi.",
        "z3950_tls_key": "Khoá riêng (PEM) của chứng chỉ ấy. Để trống: nằm trong cùng tệp.",
    }),
    Group("Nhập và thu thập", "Imports and harvests", {
        "import_batch": "Số biểu ghi ghi vào kho trong một lần khi nhập; nhập bị ngắt thì phải đọc lại nhiều nhất bấy "
        "nhiêu.",
        "harvest_sources": "Số nguồn được thu thập cùng lúc; các nguồn khác chờ.",
        "report_schedule": "Khi nào mỗi thư viện nhận thư về biểu ghi đã lấy và bị từ chối, viết như lịch chạy. Để "
        "trống: không gửi.",
        "quality_profile": "Bộ quy tắc (docs/checks.md) dùng để tính chất lượng của dữ liệu đã công bố.",
    }),
    Group("Báo động và thư", "Alarms and mail", {
        "notify": "Địa chỉ thư và webhook được báo khi nguồn nào có chuyện, thêm vào những địa chỉ của chính nguồn ấy.",
        "notify_allow": "Địa chỉ hoặc mạng của mình mà webhook được gọi đến.",
        "smtp_host": "Máy chủ nhận thư gửi đi. Để trống: không gửi thư.",
        "smtp_port": "Cổng của máy ấy.",
        "smtp_security": "starttls; tls (mã hoá từ byte đầu, thường ở cổng 465); hoặc none, cho máy chuyển thư trên "
        "chính máy này.",
        "smtp_user": "Tên đăng nhập máy chủ thư. Để trống: không đăng nhập.",
        "smtp_password": "Mật khẩu của tên ấy; nên đặt ở LIENTHONG_SMTP_PASSWORD hơn là trong tệp.",
        "smtp_ca_file": "Chứng chỉ (PEM) tin thêm cho máy chủ thư, như của cơ quan chứng thực riêng. "
        "Từ Python 3.13, chúng và chứng chỉ của máy chủ thư phải có mã nhận diện khoá (RFC 5280, 4.2.1).",
        "smtp_from": "Người gửi của thư. Để trống: admin_email.",
    }),
    Group("Sao lưu", "Backups", {
        "backup_schedule": "Khi nào sao lưu kho (chỉ SQLite), viết như lịch chạy. Để trống: không bao giờ.",
        "backup_keep": "Số bản sao lưu được giữ; thêm một thì bản cũ nhất bị xoá.",
        "backup_folder": "Nơi đặt bản sao lưu, nên ở đĩa khác. Để trống: thư mục backups trong `home`.",
    }),
    Group("Báo cáo", "Reports", {
        "uses_seconds": "Bao nhiêu giây thì ghi một lần các lượt đếm ở cửa: máy bị tắt ngang thì mất nhiều nhất bấy "
        "nhiêu.",
        "uses_low": "Số lượt sử dụng một năm mà tỉnh phải đạt, ít nhất.",
        "uses_high": "Cũng vậy, nhiều nhất; 0: chỉ hiện mức ít nhất.",
        "robots": "Tệp các mẫu (mỗi dòng một biểu thức chính quy) để nhận ra User-Agent của máy tự động, như danh sách "
        "chính thức của COUNTER. Để trống: danh sách ngắn kèm theo máy chủ.",
        "digitised_percent": "Phần trăm tài liệu cổ và tài liệu của các dân tộc thiểu số phải được số hoá.",
        "heritage_before": "Tài liệu làm trước năm này là tài liệu cổ.",
    }),
    Group("Đăng nhập", "Signing in", {
        "session_idle_minutes": "Người đã đăng nhập mà không làm gì trong bấy nhiêu phút thì phải đăng nhập lại.",
        "session_hours": "Sau bấy nhiêu giờ thì đằng nào cũng phải đăng nhập lại.",
        "oidc_issuer": "Địa chỉ nơi cấp danh tính (OpenID Connect), như cổng đăng nhập của tỉnh. Để trống: không có.",
        "oidc_client": "Nơi ấy gọi máy chủ này là gì (`client_id`).",
        "oidc_secret": "Bí mật mà nơi ấy cấp cho máy chủ này; nên đặt ở LIENTHONG_OIDC_SECRET hơn là trong tệp.",
        "oidc_name": "Người ta gọi nơi ấy là gì; ghi trên nút ở trang đăng nhập.",
        "oidc_allow": "Địa chỉ hoặc mạng của mình nơi có thể đặt nơi cấp danh tính.",
    }),
)  # fmt: skip


@lru_cache(maxsize=1)
def told() -> dict[str, Meaning]:
    """Name → what it is for, in the order of the groups. Raises KeyError where one of the two languages is missing."""
    english = {name: text for name, _, text in documented(inspect.getsource(settings.Settings))}
    found = {name: Meaning(vi, english.pop(name)) for group in GROUPS for name, vi in group.meanings.items()}
    if english:
        raise KeyError(*english)
    return found


def documented(source: str) -> Iterator[tuple[str, str, str]]:
    """(name, type, explanation) of each annotated name of a module or class that has a string below it."""
    body = ast.parse(source).body
    if len(body) == 1 and isinstance(body[0], ast.ClassDef):
        body = body[0].body
    for here, below in pairwise(body):
        if isinstance(here, ast.AnnAssign) and isinstance(below, ast.Expr) and isinstance(below.value, ast.Constant):
            yield ast.unparse(here.target), ast.unparse(here.annotation), " ".join(str(below.value.value).split())
