"""UNIMARC to MARC 21 as a table: what each field, subfield and code becomes.

After the UNIMARC to MARC 21 Conversion Specifications of the Library of Congress (August 2001), brought up to what
both formats say today (UNIMARC Manual, 3rd edition; MARC 21 with 490 for 440, 246 for all varying titles, $0 for the
numbers of authority records).
"""

from __future__ import annotations

from typing import Final, NamedTuple


class Subfield(NamedTuple):
    """A subfield's code in MARC 21, and the mark in front of it, which UNIMARC leaves to the program (ISBD).

    With `joins`, a value that follows one of the same code goes into that subfield, behind the mark.
    """

    code: str
    mark: str = ""
    joins: bool = False
    close: str = ""


class Rule(NamedTuple):
    """A field's tag in MARC 21, its indicators and subfields.

    An indicator is one character, or the name of how it is found (see `marc.unimarc`): `=1` is the field's own first.
    """

    tag: str
    indicators: tuple[str, str]
    subfields: dict[str, Subfield]


def _codes(text: str) -> dict[str, Subfield]:
    """Subfields by their UNIMARC code, written one to a word: `a` keeps its code, `e>b` changes it, `b>a+` joins it.

    In braces stands the mark before the value, with _ for a blank, and behind | what closes it: `c>c{_(|)}`.
    """
    found = {}
    for word in text.split():
        head, _, mark = word.partition("{")
        joins = head.endswith("+")
        source, _, target = head.rstrip("+").partition(">")
        mark, _, close = mark.rstrip("}").replace("_", " ").partition("|")
        found[source] = Subfield(target or source, mark, joins, close)
    return found


_NAME = "a b>a+{,_} d>b{_} c>c{,_} f>d{,_} g>q{_(|)} 3>0 4>4 p>u"
_BODY = "a b>b{._} c>c{_(|)} d>n{_(|)} e>c{_:_} f>d{_:_} g>a+{,_} h>a+{_} 3>0 4>4 p>u"
_SUBJECT = "x y>z z>y j>v 2 3>0"
_LINK = "t a v>g d c>d h>g i>g o x y>z z>y 3>0 0>w p>h"


def _pairs(text: str) -> dict[str, str]:
    """ "a:b c:d" as a table."""
    return dict(pair.split(":") for pair in text.split())


RULES: Final[dict[str, Rule]] = {
    "010": Rule("020", (" ", " "), _codes("a b>q d>c z")),
    "011": Rule("022", (" ", " "), _codes("a y z d>c f>l g>m")),
    "013": Rule("024", ("2", " "), _codes("a b>q d>c z")),
    "015": Rule("027", (" ", " "), _codes("a b>q z")),
    "016": Rule("024", ("0", " "), _codes("a b>q d>c z")),
    "017": Rule("024", ("7", " "), _codes("a b>q d>c z 2")),
    "020": Rule("015", (" ", " "), _codes("b>a z")),
    "021": Rule("017", (" ", " "), _codes("b>a a>b z")),
    "022": Rule("086", (" ", " "), _codes("b>a z")),
    "035": Rule("035", (" ", " "), _codes("a z")),
    "040": Rule("030", (" ", " "), _codes("a z")),
    "071": Rule("028", ("=1", " "), _codes("a b c>q")),
    "101": Rule("041", ("language", " "), _codes("a b>k c>h d>b e>f h>e i>g j>j 2")),
    "200": Rule(
        "245",
        ("main", "skip"),
        _codes("a+{_;_} b>h{_[|]} c>c+{._} d>b+{_=_} e>b+{_:_} f>c+{_/_} g>c+{_;_} h>n{._} i>p{._}"),
    ),
    "205": Rule("250", (" ", " "), _codes("a b>b+{,_} d>b+{_=_} f>b+{_/_} g>b+{_;_}")),
    "206": Rule("255", (" ", " "), _codes("a b c d e f")),
    "207": Rule("362", ("0", " "), _codes("a+{_;_} z")),
    "208": Rule("254", (" ", " "), _codes("a d>a+{_=_}")),
    "210": Rule("260", (" ", " "), _codes("a{_;_} c>b{_:_} d>c{,_} e>e{_(} g>f{_:_} h>g{,_}")),
    "211": Rule("263", (" ", " "), _codes("a")),
    "214": Rule("264", (" ", "publication"), _codes("a{_;_} c>b{_:_} d>c{,_}")),
    "215": Rule("300", (" ", " "), _codes("a c>b{_:_} d>c{_;_} e>e{_+_}")),
    "225": Rule("490", ("0", " "), _codes("a d>a+{_=_} e>a+{_:_} f>a+{_/_} h>a+{._} i>a+{._} v>v{_;_} x>x{,_}")),
    "230": Rule("256", (" ", " "), _codes("a")),
    "300": Rule("500", (" ", " "), _codes("a 5")),
    "301": Rule("500", (" ", " "), _codes("a")),
    "302": Rule("546", (" ", " "), _codes("a")),
    "303": Rule("500", (" ", " "), _codes("a")),
    "304": Rule("500", (" ", " "), _codes("a")),
    "305": Rule("500", (" ", " "), _codes("a")),
    "306": Rule("500", (" ", " "), _codes("a")),
    "307": Rule("500", (" ", " "), _codes("a")),
    "308": Rule("500", (" ", " "), _codes("a")),
    "309": Rule("500", (" ", " "), _codes("a")),
    "310": Rule("500", (" ", " "), _codes("a")),
    "311": Rule("580", (" ", " "), _codes("a")),
    "312": Rule("500", (" ", " "), _codes("a")),
    "313": Rule("500", (" ", " "), _codes("a")),
    "314": Rule("500", (" ", " "), _codes("a")),
    "315": Rule("515", (" ", " "), _codes("a")),
    "316": Rule("590", (" ", " "), _codes("a 5")),
    "317": Rule("561", (" ", " "), _codes("a 5")),
    "318": Rule("583", (" ", " "), _codes("a b c d e f h i j k l n o p r>x 5")),
    "320": Rule("504", (" ", " "), _codes("a")),
    "321": Rule("510", ("0", " "), _codes("a b x c")),
    "322": Rule("508", (" ", " "), _codes("a")),
    "323": Rule("511", ("0", " "), _codes("a")),
    "324": Rule("534", (" ", " "), _codes("a>n")),
    "325": Rule("533", (" ", " "), _codes("a b c d e f n")),
    "326": Rule("310", (" ", " "), _codes("a b")),
    "327": Rule("505", ("0", " "), _codes("a+{_--_} b>a+{_--_} p>a+{_--_}")),
    "328": Rule("502", (" ", " "), _codes("a b d>d e>c c>g f>d t>a z>g")),
    "330": Rule("520", (" ", " "), _codes("a")),
    "332": Rule("524", (" ", " "), _codes("a")),
    "333": Rule("521", (" ", " "), _codes("a")),
    "334": Rule("586", (" ", " "), _codes("a b>a+{,_} d>a+{,_}")),
    "336": Rule("516", (" ", " "), _codes("a")),
    "337": Rule("538", (" ", " "), _codes("a")),
    "345": Rule("037", (" ", " "), _codes("a>b b>a c>f d>c")),
    "410": Rule("830", (" ", "0"), _codes("t>a h>n{._} i>p{._} v>v{_;_} x>x{,_} 3>0 0>w w>w")),
    "411": Rule("762", ("0", " "), _codes(_LINK)),
    "421": Rule("770", ("0", " "), _codes(_LINK)),
    "422": Rule("772", ("0", " "), _codes(_LINK)),
    "423": Rule("777", ("0", " "), _codes(_LINK)),
    "424": Rule("787", ("0", " "), _codes(_LINK)),
    "425": Rule("787", ("0", " "), _codes(_LINK)),
    "430": Rule("780", ("0", "0"), _codes(_LINK)),
    "431": Rule("780", ("0", "1"), _codes(_LINK)),
    "432": Rule("780", ("0", "2"), _codes(_LINK)),
    "433": Rule("780", ("0", "3"), _codes(_LINK)),
    "434": Rule("780", ("0", "5"), _codes(_LINK)),
    "435": Rule("780", ("0", "6"), _codes(_LINK)),
    "436": Rule("780", ("0", "4"), _codes(_LINK)),
    "437": Rule("780", ("0", "7"), _codes(_LINK)),
    "440": Rule("785", ("0", "0"), _codes(_LINK)),
    "441": Rule("785", ("0", "1"), _codes(_LINK)),
    "442": Rule("785", ("0", "2"), _codes(_LINK)),
    "443": Rule("785", ("0", "3"), _codes(_LINK)),
    "444": Rule("785", ("0", "4"), _codes(_LINK)),
    "445": Rule("785", ("0", "5"), _codes(_LINK)),
    "446": Rule("785", ("0", "6"), _codes(_LINK)),
    "447": Rule("785", ("0", "7"), _codes(_LINK)),
    "448": Rule("785", ("0", "8"), _codes(_LINK)),
    "451": Rule("775", ("0", " "), _codes(_LINK)),
    "452": Rule("776", ("0", " "), _codes(_LINK)),
    "453": Rule("767", ("0", " "), _codes(_LINK)),
    "454": Rule("765", ("0", " "), _codes(_LINK)),
    "455": Rule("787", ("0", " "), _codes(_LINK)),
    "456": Rule("787", ("0", " "), _codes(_LINK)),
    "461": Rule("773", ("0", " "), _codes(_LINK)),
    "462": Rule("773", ("0", " "), _codes(_LINK)),
    "463": Rule("773", ("0", " "), _codes(_LINK)),
    "464": Rule("774", ("0", " "), _codes(_LINK)),
    "470": Rule("787", ("0", " "), _codes(_LINK)),
    "481": Rule("777", ("0", " "), _codes(_LINK)),
    "482": Rule("777", ("0", " "), _codes(_LINK)),
    "488": Rule("787", ("0", " "), _codes(_LINK)),
    "500": Rule("240", ("1", "0"), _codes("a b>h h>n{._} i>p{._} k>f l>k m>l n>g q>s r>m s>n u>r w>o 3>0")),
    "501": Rule("243", ("1", "0"), _codes("a b>h e>f k>f m>l r>m s>n u>r w>o 3>0")),
    "503": Rule("246", ("3", " "), _codes("a")),
    "510": Rule("246", ("3", "1"), _codes("a e>b{_:_} h>n{._} i>p{._} n>g")),
    "512": Rule("246", ("1", "4"), _codes("a e>b{_:_} h>n{._} i>p{._}")),
    "513": Rule("246", ("1", "5"), _codes("a e>b{_:_} h>n{._} i>p{._}")),
    "514": Rule("246", ("1", "6"), _codes("a e>b{_:_}")),
    "515": Rule("246", ("1", "7"), _codes("a")),
    "516": Rule("246", ("1", "8"), _codes("a e>b{_:_}")),
    "517": Rule("246", ("3", " "), _codes("a e>b{_:_} h>n{._} i>p{._}")),
    "518": Rule("246", ("3", " "), _codes("a")),
    "520": Rule("247", ("1", "0"), _codes("a e>b{_:_} h>n i>p n>g x")),
    "530": Rule("222", (" ", "0"), _codes("a b")),
    "531": Rule("210", ("0", " "), _codes("a b")),
    "532": Rule("246", ("3", " "), _codes("a")),
    "540": Rule("246", ("3", " "), _codes("a e>b{_:_} h>n i>p")),
    "541": Rule("242", ("1", "0"), _codes("a e>b{_:_} h>n{._} i>p{._} z>y")),
    "600": Rule("600", ("name", "thesaurus"), _codes(_NAME + " t " + _SUBJECT)),
    "601": Rule("610", ("body", "thesaurus"), _codes(_BODY + " t " + _SUBJECT)),
    "602": Rule("600", ("3", "thesaurus"), _codes("a f>d{,_} t " + _SUBJECT)),
    "604": Rule("600", ("1", "thesaurus"), _codes("a t " + _SUBJECT)),
    "605": Rule("630", ("0", "thesaurus"), _codes("a h>n{._} i>p{._} k>f l>k m>l n>g q>s " + _SUBJECT)),
    "606": Rule("650", (" ", "thesaurus"), _codes("a " + _SUBJECT)),
    "607": Rule("651", (" ", "thesaurus"), _codes("a " + _SUBJECT)),
    "608": Rule("655", (" ", "thesaurus"), _codes("a " + _SUBJECT)),
    "610": Rule("653", (" ", " "), _codes("a")),
    "615": Rule("653", (" ", " "), _codes("a x>a")),
    "620": Rule("752", (" ", " "), _codes("a b c d 3>0")),
    "626": Rule("753", (" ", " "), _codes("a b c")),
    "660": Rule("043", (" ", " "), _codes("a")),
    "661": Rule("045", (" ", " "), _codes("a")),
    "675": Rule("080", (" ", " "), _codes("a v>2 3>0")),
    "676": Rule("082", ("0", "4"), _codes("a v>2 3>0")),
    "680": Rule("050", (" ", "4"), _codes("a b 3>0")),
    "686": Rule("084", (" ", " "), _codes("a b 2 3>0")),
    "700": Rule("100", ("name", " "), _codes(_NAME)),
    "701": Rule("700", ("name", " "), _codes(_NAME)),
    "702": Rule("700", ("name", " "), _codes(_NAME)),
    "710": Rule("110", ("body", " "), _codes(_BODY)),
    "711": Rule("710", ("body", " "), _codes(_BODY)),
    "712": Rule("710", ("body", " "), _codes(_BODY)),
    "716": Rule("720", (" ", " "), _codes("a f>a+{,_}")),
    "720": Rule("100", ("3", " "), _codes("a f>d{,_} 3>0 4>4")),
    "721": Rule("700", ("3", " "), _codes("a f>d{,_} 3>0 4>4")),
    "722": Rule("700", ("3", " "), _codes("a f>d{,_} 3>0 4>4")),
    "730": Rule("720", (" ", " "), _codes("a 4>4")),
    "830": Rule("500", (" ", " "), _codes("a")),
    "850": Rule("850", (" ", " "), _codes("a")),
    "856": Rule("856", ("=1", "=2"), _codes("a b c d f h i j k l m n o p q r s t u v w x z 2")),
}

CODED: Final = ("100", "102", "105", "110")
"""Fields of codes that go into 008, and 101 with them."""

MEETING: Final = {"610": "611", "110": "111", "710": "711"}
"""Where the first indicator of a corporate body is 1, the body is a meeting."""

KINDS: Final = _pairs("a:a b:t c:c d:d e:e f:f g:g i:i j:j k:k l:m m:o r:r")
"""Record label 6, type of record → leader/06."""

AUDIENCES: Final = _pairs("b:a c:b a:j d:c e:d k:e m:g")
"""100 $a/17 → 008/22; the first three say at which age."""

CONTENTS: Final = _pairs("a:b b:c c:i d:a e:d f:e g:r i:s j:p k:j l:u m:m n:l p:t r:n s:z t:6 v:m")
"""105 $a/4-7, form of contents → 008/24-27."""

SERIALS: Final = _pairs("a:p b:m c:n e:l f:d")
"""110 $a/0, type of continuing resource → 008/21."""

FREQUENCIES: Final = _pairs("a:d b:c c:w d:e e:s f:m g:b h:q i:t j:f k:a l:g m:h n:i o:j u:u")
"""110 $a/1, frequency of issue → 008/18."""

RELATORS: Final = _pairs("""
    005:act 010:adp 018:aui 020:ann 030:arr 040:art 050:asg 060:asn 065:auc 070:aut 072:aqt 075:aft 080:aui
    090:aud 100:ant 110:bnd 120:bdd 130:bkd 140:bjd 150:bpd 160:bsl 170:cll 180:ctg 190:cns 200:chr 205:clb
    210:cmm 212:cwt 220:com 230:cmp 240:cmt 245:ccp 250:cnd 260:cph 270:crr 273:cur 275:dnc 280:dte 290:dto
    295:dgg 300:drt 305:dis 310:dst 320:dnr 330:dub 340:edt 350:egr 360:etr 365:exp 370:flm 380:frg 390:fmo
    400:fnd 410:grt 420:hnr 430:ilu 440:ill 445:pro 450:ins 460:ive 470:ivr 480:lbt 490:lse 500:lso 510:ltg
    520:lyr 530:mte 540:mon 545:mus 550:nrt 555:opn 557:orm 560:org 570:oth 575:pma 580:ppm 582:pta 584:pth
    587:pth 590:prf 595:res 600:pht 605:prs 610:prt 620:pop 630:pro 635:prg 637:pmn 640:pfr 650:pbl 651:pbd
    660:rcp 665:rtm 670:rce 673:rth 675:rev 677:rtm 680:rbr 690:sce 695:sad 700:scr 705:scl 710:sec 720:sgn
    721:sng 723:spn 725:stn 727:ths 730:trl 740:tyd 750:tyg 755:voc 760:wde 770:wam
""")
"""$4 of names: UNIMARC's number → the code of the MARC relator list."""

COUNTRIES: Final = _pairs("""
    AD:an AE:ts AF:af AG:aq AI:am AL:aa AM:ai AO:ao AQ:ay AR:ag AS:as AT:au AU:at AW:aw AZ:aj BA:bn BB:bb BD:bg
    BE:be BF:uv BG:bu BH:ba BI:bd BJ:dm BM:bm BN:bx BO:bo BR:bl BS:bf BT:bt BV:bv BW:bs BY:bw BZ:bh CA:xxc CC:xb
    CD:cg CF:cx CG:cf CH:sz CI:iv CK:cw CL:cl CM:cm CN:cc CO:ck CR:cr CU:cu CV:cv CX:xa CY:cy CZ:xr DE:gw DJ:ft
    DK:dk DM:dq DO:dr DZ:ae EC:ec EE:er EG:ua EH:ss ER:ea ES:sp ET:et FI:fi FJ:fj FK:fk FM:fm FO:fa FR:fr GA:go
    GB:xxk GD:gd GE:gs GF:fg GH:gh GI:gi GL:gl GM:gm GN:gv GP:gp GQ:eg GR:gr GS:xs GT:gt GU:gu GW:pg GY:gy HK:hk
    HM:hm HN:ho HR:ci HT:ht HU:hu ID:io IE:ie IL:is IN:ii IO:bi IQ:iq IR:ir IS:ic IT:it JM:jm JO:jo JP:ja KE:ke
    KG:kg KH:cb KI:gb KM:cq KN:xd KP:kn KR:ko KW:ku KY:cj KZ:kz LA:ls LB:le LC:xk LI:lh LK:ce LR:lb LS:lo LT:li
    LU:lu LV:lv LY:ly MA:mr MC:mc MD:mv ME:mo MG:mg MH:xe MK:xn ML:ml MM:br MN:mp MO:mh MP:nw MQ:mq MR:mu MS:mj
    MT:mm MU:mf MV:xc MW:mw MX:mx MY:my MZ:mz NA:sx NC:nl NE:ng NF:nx NG:nr NI:nq NL:ne NO:no NP:np NR:nu NU:xh
    NZ:nz OM:mk PA:pn PE:pe PF:fp PG:pp PH:ph PK:pk PL:pl PM:xl PN:pc PR:pr PS:wj PT:po PW:pw PY:py QA:qa RE:re
    RO:rm RS:rb RU:ru RW:rw SA:su SB:bp SC:se SD:sj SE:sw SG:si SH:xj SI:xv SK:xo SL:sl SM:sm SN:sg SO:so SR:sr
    SS:sd ST:sf SV:es SY:sy SZ:sq TC:tc TD:cd TG:tg TH:th TJ:ta TK:tl TL:em TM:tk TN:ti TO:to TR:tu TT:tr TV:tv
    TW:ch TZ:tz UA:un UG:ug US:xxu UY:uy UZ:uz VA:vc VC:xm VE:ve VG:vb VI:vi VN:vm VU:nn WF:wf WS:ws YE:ye YT:ot
    ZA:sa ZM:za ZW:rh
""")
"""102 $a: the country's code in ISO 3166 → the code of the MARC list."""
