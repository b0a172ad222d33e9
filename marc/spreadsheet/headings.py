"""The headings that Vietnamese and English lists of books use, and what each column then holds.

A line is a target: its name in mappings, what people see (Vietnamese, English), where it goes in MARC 21. Indented
below it are its headings, folded: lower case, without marks and signs.
"""

from __future__ import annotations

from typing import Final, NamedTuple


class Target(NamedTuple):
    """Something a column may hold."""

    name: str
    vi: str
    en: str
    field: str


_TABLE: Final = """
id | Mã biểu ghi | Record number | 001
    ma; ma so; ma sach; ma tai lieu; ma an pham; ma bieu ghi; 001; id; mfn; record id; record number;
    control number; so bieu
    ghi; so kiem soat
accession | Số đăng ký cá biệt | Accession number | 852 $p
    so dkcb; dkcb; so dang ky ca biet; dang ky ca biet; so dk; so dang ky; so ca biet; ma vach; ma dkcb; ma xep
    gia; barcode; accession number; accession no; accession
title | Nhan đề | Title | 245 $a
    nhan de; nhan de chinh; ten sach; ten tai lieu; ten an pham; tua sach; tua de; tieu de; ten; nhan de tai
    lieu; ten bao tap chi; ten bao; ten tap chi; ten luan van; ten luan an; ten de tai; 245; 245 a; title; book
    title; main title; ten sach bao; ten cuon sach; ten dau sach; nhan de va thong tin trach nhiem; dau sach
subtitle | Phụ đề | Subtitle | 245 $b
    phu de; nhan de phu; thong tin bo sung nhan de; thong tin khac ve nhan de; thong tin lien quan den nhan de;
    ten phu; 245 b; subtitle; other title information
parallel | Nhan đề song song | Parallel title | 245 $b
    nhan de song song; parallel title
responsibility | Thông tin trách nhiệm | Statement of responsibility | 245 $c
    thong tin trach nhiem; minh xac trach nhiem; trach nhiem; 245 c; statement of responsibility; responsibility
author | Tác giả | Author | 100, 700
    tac gia; ten tac gia; tac gia chinh; ho ten tac gia; ho va ten tac gia; nguoi viet; tg; tac gia ca nhan; tac
    gia dich gia; 100; 100 a; author; authors; creator; main author
contributor | Tác giả khác | Other author | 700
    tac gia phu; dong tac gia; tac gia khac; nguoi tham gia; tac gia bo sung; 700; 700 a; other author; other authors;
    contributor; contributors; co author
body | Tác giả tập thể | Corporate author | 110, 710
    tac gia tap the; co quan ban hanh; co quan bien soan; 110; 710; corporate author; corporate body
editor | Chủ biên | Editor | 700 $e
    chu bien; nguoi chu bien; editor; editors
compiler | Người biên soạn | Compiler | 700 $e
    bien soan; nguoi bien soan; soan gia; nguoi soan; compiler
collector | Người sưu tầm | Collector | 700 $e
    suu tam; nguoi suu tam; collector
translator | Người dịch | Translator | 700 $e
    nguoi dich; dich gia; dich; ten nguoi dich; translator; translators
part | Tập | Part | 245 $n
    tap; tap so; tap quyen; so tap; quyen; quyen so; phan; volume; vol; part; 245 n
part_title | Tên tập | Title of part | 245 $p
    ten tap; ten phan; nhan de tap; 245 p; part title; title of part; volume title
edition | Lần xuất bản | Edition | 250
    lan xuat ban; lan xb; lan tai ban; tai ban; lan in; ban in; 250; 250 a; edition
imprint | Thông tin xuất bản | Imprint | 264
    thong tin xuat ban; xuat ban; noi xuat ban nha xuat ban nam xuat ban; xuat ban phat hanh; dia chi xuat ban;
    260; 264; imprint; publication
place | Nơi xuất bản | Place of publication | 264 $a
    noi xuat ban; noi xb; noi in; dia diem xuat ban; nxb noi; 260 a; 264 a; place of publication; place; place
    published; xuat ban noi; xuat ban noi xb; xuat ban noi xuat ban
publisher | Nhà xuất bản | Publisher | 264 $b
    nha xuat ban; nxb; nha xb; ten nha xuat ban; ten nxb; don vi xuat ban; 260 b; 264 b; publisher; xuat ban
    nxb; xuat ban nha xuat ban; xuat ban nha xb
year | Năm xuất bản | Year | 264 $c
    nam xuat ban; nam xb; namxb; nam; nam in; nxb nam; nam phat hanh; ngay xuat ban; 260 c; 264 c; year;
    publication year; date; year of publication; date of publication; publication date; xuat ban nam; xuat ban
    nam xb; xuat ban nam xuat ban
extent | Số trang | Extent | 300 $a
    so trang; trang; st; so tr; tong so trang; so to; khoi luong; mo ta vat ly; so luong trang; 300; 300 a;
    pages; extent; number of pages; pagination; physical description
illustration | Minh hoạ | Illustrations | 300 $b
    minh hoa; 300 b; illustrations
size | Khổ | Size | 300 $c
    kho sach; kho co; kich thuoc; co; kho cm; 300 c; size; dimensions; format; height
series | Tùng thư | Series | 490
    tung thu; bo sach; tu sach; thuoc bo; thuoc tu sach; 490; 490 a; series; series title
isbn | ISBN | ISBN | 020 $a
    isbn; ma isbn; so isbn; chi so isbn; ma so isbn; 020; 020 a; isbn13; isbn 13; isbn 10
issn | ISSN | ISSN | 022 $a
    issn; ma issn; so issn; 022; 022 a
price | Giá tiền | Price | 020 $c
    gia tien; gia; gia bia; don gia; gia sach; gia mua; tien; thanh tien; 020 c; price; cost; unit price
language | Ngôn ngữ | Language | 041, 008/35-37
    ngon ngu; ma ngon ngu; ngon ngu van ban; ngon ngu tai lieu; nn; tieng; 041; 041 a; language; lang
original_language | Ngôn ngữ gốc | Original language | 041 $h
    ngon ngu goc; nguyen ban; dich tu; dich tu tieng; 041 h; original language; translated from
class | Ký hiệu phân loại | Class number | 082 $a
    ky hieu phan loai; mon loai; ddc; phan loai; chi so phan loai; chi so ddc; ky hieu ddc; khpl; kh phan loai;
    ma phan loai; so phan loai; phan loai ddc; 082; 082 a; dewey; class number; classification; class
shelf_mark | Ký hiệu xếp giá | Shelf mark | 082, 852
    ky hieu xep gia; khxg; ky hieu kho; xep gia; kh xep gia; ky hieu; so goi; call number; shelf mark; call no;
    callnumber
book_number | Ký hiệu tên sách | Book number | 082 $b
    ky hieu ten sach; cutter; ky hieu tac gia; ma cutter; chi so cutter; 082 b; book number
subject | Chủ đề | Subject | 650
    chu de; de muc chu de; tieu de de muc; dm chu de; de muc; 650; 650 a; subject; subjects; topic
place_subject | Địa danh | Place as subject | 651
    dia danh; dia ly; 651; 651 a; geographic subject; place as subject; dia phuong
keyword | Từ khoá | Keywords | 653
    tu khoa; tu khoa tu do; tk; 653; 653 a; keyword; keywords; tags
summary | Tóm tắt | Summary | 520
    tom tat; noi dung; tom tat noi dung; noi dung tom tat; gioi thieu; chu giai; mo ta; mo ta noi dung; 520; 520
    a; summary; abstract; description
contents | Mục lục | Contents | 505
    muc luc; muc luc sach; 505; 505 a; contents; table of contents
note | Ghi chú | Note | 500
    ghi chu; phu chu; chu thich; gc; 500; 500 a; note; notes; remark; remarks
kind | Loại tài liệu | Kind of material | Leader 06-07, 336-338
    loai tai lieu; loai hinh; loai hinh tai lieu; dang tai lieu; loai an pham; loai; loai sach; kieu tai lieu;
    type; material type; kind; document type; loai hinh an pham
url | Địa chỉ tài liệu số | Link | 856 $u
    url; duong dan; lien ket; link; dia chi tai lieu so; ban so; dia chi truy cap; 856; 856 u; website; link tai
    lieu
copies | Số bản | Copies | 852
    so ban; so luong; so cuon; sl; so luong ban; tong so ban; ban; cuon; so luong sach; 852 t; copies; number of
    copies; quantity; qty
location | Kho | Storeroom | 852 $b
    ten kho; kho luu; kho luu tru; vi tri; noi luu giu; noi de; diem luu thong; gia ke; ke; 852 b; location;
    shelf location; storeroom; collection
received | Ngày nhập | Date received | 008/00-05
    ngay nhap; ngay nhap kho; ngay vao so; ngay dang ky; ngay nhan; ngay bo sung; thoi gian nhap; date received;
    acquisition date; date acquired
ignore | (bỏ qua) | (ignored) | -
    stt; so thu tu; tt; so tt; no; loi; loi can sua; can sua; dong goc; dong cu; chu ky; nguoi nhap; index;
    error; errors; source row
"""

TARGETS: Final[dict[str, Target]] = {}
"""Everything a column may be mapped to, by name."""
PHRASES: Final[dict[str, str]] = {}
"""Folded heading to the name of its target."""


def _fill() -> None:
    name, wrapped = "", ""
    for line in [*_TABLE.strip().splitlines(), ""]:
        if line.startswith(" "):
            wrapped += " " + line
            continue
        PHRASES.update({" ".join(phrase.split()): name for phrase in wrapped.split(";") if phrase.strip()})
        wrapped = ""
        if line:
            name, vi, en, field = [part.strip() for part in line.split("|")]
            TARGETS[name] = Target(name, vi, en, field)


_fill()
