"""Names of fields and subfields in Vietnamese librarians' words and in English, short enough for a heading.

The Vietnamese are those of the teaching of cataloguing in Vietnam; the English are the project's own. A field or
subfield without a name here is shown by its tag alone.
"""

from __future__ import annotations

from functools import cache

from foundation.errors import Language

_LABELS = """
LDR     Đầu biểu                                Leader
001     Số kiểm soát                            Control number
003     Mã cơ quan gán số kiểm soát             Agency of the control number
005     Ngày giờ giao dịch lần cuối             Last changed
006     Đặc trưng tài liệu kèm                  Additional material
007     Đặc trưng vật lý                        Physical form codes
008     Các yếu tố dữ liệu có độ dài cố định    Fixed-length data
010     Số kiểm soát của Thư viện Quốc hội Mỹ   LC control number
013     Thông tin sáng chế                      Patent
015     Số thư mục quốc gia                     National bibliography number
016     Số của cơ quan thư mục quốc gia         National agency number
017     Số đăng ký bản quyền, lưu chiểu         Copyright or deposit number
020     Chỉ số ISBN                             ISBN
020a    Số ISBN                                 ISBN
020c    Giá, điều kiện có được                  Price, terms
020q    Thông tin bổ sung về ISBN               Qualifier
020z    Số ISBN sai hoặc đã huỷ                 Cancelled or wrong ISBN
022     Chỉ số ISSN                             ISSN
022a    Số ISSN                                 ISSN
024     Số nhận dạng chuẩn khác                 Other identifier
027     Số báo cáo kỹ thuật                     Report number
028     Số của nhà xuất bản                     Publisher's number
034     Dữ liệu toán học bản đồ dạng mã         Map data in codes
035     Số kiểm soát của hệ thống khác          Other system's number
037     Nguồn bổ sung                           Source of acquisition
040     Cơ quan biên mục                        Cataloguing agency
040a    Cơ quan biên mục gốc                    Original agency
040b    Ngôn ngữ biên mục                       Language of cataloguing
040e    Quy tắc mô tả                           Rules of description
041     Mã ngôn ngữ                             Languages
041a    Mã ngôn ngữ chính văn                   Language of the text
041h    Mã ngôn ngữ nguyên bản                  Language of the original
041b    Mã ngôn ngữ bản tóm tắt                 Language of the summary
043     Mã vùng địa lý                          Geographic area
044     Mã nước xuất bản                        Country of publication
045     Mã thời kỳ của nội dung                 Period of the content
046     Ngày tháng đặc biệt dạng mã             Coded dates
050     Ký hiệu phân loại Thư viện Quốc hội Mỹ  LC call number
052     Phân loại địa lý                        Geographic class
055     Ký hiệu xếp giá Canada                  Canadian call number
060     Ký hiệu xếp giá Thư viện Y học Mỹ       NLM call number
070     Ký hiệu xếp giá Thư viện Nông nghiệp Mỹ NAL call number
074     Số tài liệu của GPO                     GPO item number
080     Chỉ số phân loại UDC                    UDC number
082     Chỉ số phân loại thập phân Dewey        Dewey number
082a    Chỉ số phân loại DDC                    Class number
082b    Ký hiệu tác giả, tác phẩm               Item number
0822    Lần xuất bản DDC                        Edition of DDC
084     Chỉ số phân loại khác (BBK …)           Other class number
086     Số tài liệu chính phủ                   Government document number
088     Số báo cáo                              Report number
100     Tiêu đề chính - Tên cá nhân             Author, person
100a    Họ tên cá nhân                          Name
100c    Danh hiệu, chức danh                    Title of the person
100d    Năm sinh, năm mất                       Dates
100e    Vai trò                                 Role
110     Tiêu đề chính - Tên tập thể             Author, corporate body
110a    Tên tập thể                             Name
110b    Đơn vị trực thuộc                       Unit
111     Tiêu đề chính - Tên hội nghị            Author, meeting
130     Nhan đề đồng nhất làm tiêu đề chính     Main uniform title
210     Nhan đề viết tắt                        Abbreviated title
222     Nhan đề khoá                            Key title
240     Nhan đề đồng nhất                       Uniform title
242     Nhan đề dịch                            Translated title
245     Nhan đề và thông tin trách nhiệm        Title and responsibility
245a    Nhan đề chính                           Title
245b    Phần còn lại của nhan đề                Rest of the title
245c    Thông tin trách nhiệm                   Statement of responsibility
245h    Vật mang tin                            Medium
245n    Số của phần, tập                        Number of the part
245p    Tên phần, tập                           Name of the part
246     Dạng khác của nhan đề                   Other form of the title
247     Nhan đề trước                           Former title
250     Lần xuất bản                            Edition
250a    Lần xuất bản                            Edition
255     Dữ liệu toán học bản đồ                 Map data
260     Thông tin xuất bản, phát hành           Publication
260a    Nơi xuất bản                            Place
260b    Nhà xuất bản                            Publisher
260c    Năm xuất bản                            Date
263     Dự kiến ngày xuất bản                   Projected date
264     Sản xuất, xuất bản, phát hành           Production, publication
264a    Nơi xuất bản                            Place
264b    Nhà xuất bản                            Publisher
264c    Năm xuất bản                            Date
300     Mô tả vật lý                            Physical description
300a    Số trang, khối lượng                    Extent
300b    Các đặc điểm vật lý khác                Other details
300c    Khổ, kích thước                         Dimensions
300e    Tài liệu kèm theo                       Accompanying material
306     Thời lượng                              Playing time
310     Định kỳ hiện thời                       Frequency
321     Định kỳ trước đây                       Former frequency
336     Loại nội dung                           Content type
337     Loại phương tiện                        Media type
338     Loại vật mang tin                       Carrier type
340     Vật mang tin                            Medium
362     Năm xuất bản và số tập                  Dates and numbering
490     Thông tin tùng thư                      Series statement
490a    Nhan đề tùng thư                        Series
490v    Số tập trong tùng thư                   Volume
500     Phụ chú chung                           Note
501     Phụ chú "Cùng với"                      Bound with
502     Phụ chú luận văn, luận án               Thesis note
504     Phụ chú thư mục                         Bibliography note
505     Phụ chú nội dung                        Contents
506     Phụ chú hạn chế truy cập                Access restriction
508     Phụ chú nhóm thực hiện                  Production credits
511     Phụ chú người trình bày, diễn xuất      Performers
515     Phụ chú đánh số                         Numbering note
520     Tóm tắt, chú giải                       Summary
521     Phụ chú đối tượng sử dụng               Audience
522     Phụ chú phạm vi địa lý                  Geographic coverage
525     Phụ chú phụ trương                      Supplements
530     Phụ chú vật mang tin khác               Other physical form
533     Phụ chú bản sao                         Reproduction
534     Phụ chú nguyên bản                      Original version
538     Yêu cầu hệ thống                        System requirements
540     Điều kiện sử dụng, sao chép             Terms of use
541     Phụ chú nguồn bổ sung trực tiếp         Immediate source
545     Phụ chú tiểu sử, lịch sử                Biography or history
546     Phụ chú ngôn ngữ                        Language note
550     Phụ chú cơ quan phát hành               Issuing body
561     Lịch sử sở hữu                          Ownership
580     Phụ chú liên kết                        Linking note
586     Phụ chú giải thưởng                     Awards
588     Phụ chú nguồn mô tả                     Source of description
600     Tiêu đề đề mục - Tên cá nhân            Subject, person
610     Tiêu đề đề mục - Tên tập thể            Subject, corporate body
611     Tiêu đề đề mục - Tên hội nghị           Subject, meeting
630     Tiêu đề đề mục - Nhan đề đồng nhất      Subject, title
648     Tiêu đề đề mục - Thời kỳ                Subject, period
650     Tiêu đề đề mục - Chủ đề                 Subject, topic
650a    Đề mục chủ đề                           Topic
650x    Đề mục con chung                        Subdivision
650y    Đề mục con thời gian                    Period subdivision
650z    Đề mục con địa lý                       Place subdivision
650v    Đề mục con hình thức                    Form subdivision
651     Tiêu đề đề mục - Địa danh               Subject, place
653     Từ khoá tự do                           Keywords
655     Thể loại, hình thức                     Genre or form
656     Tiêu đề đề mục - Nghề nghiệp            Subject, occupation
700     Tiêu đề bổ sung - Tên cá nhân           Added entry, person
700a    Họ tên cá nhân                          Name
700e    Vai trò                                 Role
710     Tiêu đề bổ sung - Tên tập thể           Added entry, corporate body
711     Tiêu đề bổ sung - Tên hội nghị          Added entry, meeting
730     Tiêu đề bổ sung - Nhan đề đồng nhất     Added entry, title
740     Tiêu đề bổ sung - Nhan đề phân tích     Added entry, part's title
752     Địa danh theo cấp bậc                   Place by levels
760     Tùng thư chính                          Main series
765     Nguyên bản                              Original language
770     Phụ trương                              Supplement
772     Tài liệu chính của phụ trương           Parent of a supplement
773     Tài liệu chủ                            Host item
774     Đơn vị hợp thành                        Constituent
775     Lần xuất bản khác                       Other edition
776     Dạng vật lý khác                        Other physical form
780     Tài liệu trước                          Preceding
785     Tài liệu sau                            Succeeding
787     Liên quan khác                          Other relation
800     Tùng thư - Tên cá nhân                  Series, person
810     Tùng thư - Tên tập thể                  Series, corporate body
830     Tùng thư - Nhan đề đồng nhất            Series, title
850     Cơ quan lưu giữ                         Holding institution
852     Nơi lưu giữ                             Location
852a    Cơ quan lưu giữ                         Library
852b    Kho                                     Collection
852j    Ký hiệu xếp giá                         Shelf mark
856     Địa chỉ điện tử và truy cập             Electronic address
856u    Địa chỉ URI                             URI
866     Vốn tài liệu dạng văn bản               Holdings in words
880     Dạng chữ viết khác                      Other script
"""
"""Tag or tag and subfield, 40 columns of Vietnamese, English."""


@cache
def _labels() -> dict[str, tuple[str, str]]:
    lines = [line for line in _LABELS.split("\n") if line]
    return {line[:8].strip(): (line[8:48].strip(), line[48:].strip()) for line in lines}


def label(tag: str, subfield: str = "", language: Language = "vi") -> str:
    """What a field, or a subfield of it, is called; empty when it has no name here."""
    found = _labels().get(tag + subfield)
    return (found[0] if language == "vi" else found[1]) if found else ""
