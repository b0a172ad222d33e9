"""What the rules for Dublin Core say: what is the matter and what to do next."""

from __future__ import annotations

from typing import Final

from foundation.errors import Message

TITLE: Final = Message(
    "quality.dc_title",
    "Thiếu nhan đề (dc:title). Hãy điền nhan đề ở biểu ghi gốc.",
    "The title (dc:title) is missing. Fill it in in the source record.",
)
DATE: Final = Message(
    "quality.dc_date",
    "Thiếu dc:date, hoặc ngày không theo dạng nnnn, nnnn-tt, nnnn-tt-nn. Hãy ghi năm xuất bản bằng bốn chữ số.",
    "dc:date is missing or not of the form yyyy, yyyy-mm, yyyy-mm-dd. Give the year of publication in four digits.",
)
LANGUAGE: Final = Message(
    "quality.dc_language",
    "dc:language không phải mã ISO 639. Tiếng Việt là vi, tiếng Tày là tyz.",
    "dc:language is not an ISO 639 code. Vietnamese is vi, Tày is tyz.",
)
TYPE: Final = Message(
    "quality.dc_type",
    "Không có dc:type nào thuộc từ vựng DCMI hoặc COAR. Hãy thêm một giá trị như Text, Image, Sound.",
    "No dc:type is of the DCMI or COAR vocabulary. Add one such as Text, Image, Sound.",
)
IDENTIFIER: Final = Message(
    "quality.dc_identifier",
    "Không có dc:identifier nào mở được trên mạng. Hãy thêm địa chỉ https:// của biểu ghi hoặc tài liệu.",
    "No dc:identifier can be opened on the web. Add the https:// address of the record or the item.",
)
RIGHTS: Final = Message(
    "quality.dc_rights",
    "Thiếu dc:rights là địa chỉ của rightsstatements.org hoặc creativecommons.org. Hãy chọn một tuyên bố về quyền.",
    "dc:rights lacks an address of rightsstatements.org or creativecommons.org. Choose a rights statement.",
)
EUROPEANA: Final = Message(
    "quality.dc_europeana",
    "Thiếu yếu tố mà Europeana bắt buộc. Hãy bổ sung yếu tố nêu bên cạnh.",
    "An element that Europeana requires is missing. Supply the one named beside.",
)
OPENAIRE: Final = Message(
    "quality.dc_openaire",
    "Thiếu yếu tố mà OpenAIRE bắt buộc (tác giả, nhan đề, ngày, loại, quyền truy cập). Hãy bổ sung.",
    "A property that OpenAIRE requires is missing (creator, title, date, type, access right). Supply it.",
)
EMPTY: Final = Message(
    "quality.dc_empty",
    "Yếu tố để trống. Hãy bỏ yếu tố này hoặc điền giá trị.",
    "The element is empty. Drop it or fill it in.",
)
ATTRIBUTES: Final = Message(
    "quality.dc_attributes",
    "Yếu tố DC đơn giản có thuộc tính không được phép (oai_dc.xsd chỉ cho xml:lang). Hãy bỏ thuộc tính ở phía gửi.",
    "A simple DC element has an attribute other than xml:lang, which oai_dc.xsd forbids. The sender must drop it.",
)
CHARACTERS: Final = Message(
    "quality.dc_characters",
    "Giá trị có ký tự mà XML cấm. Hãy xoá ký tự điều khiển ở biểu ghi gốc.",
    "The value has a character that XML forbids. Remove control characters from the source record.",
)
DUPLICATES: Final = Message(
    "quality.dc_duplicates",
    "Yếu tố lặp lại y nguyên. Hãy bỏ bản thừa.",
    "The element is repeated word for word. Drop the copy.",
)
UNKNOWN_PROFILE: Final = Message(
    "quality.unknown_profile",
    "không có hồ sơ kiểm tra Dublin Core {seen!r}. Hãy chọn một trong: {profiles}.",
    "there is no Dublin Core profile {seen!r}. Choose one of: {profiles}.",
)
