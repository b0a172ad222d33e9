"""Languages: MARC codes as BCP 47 tags, and the script of a field in another script.

The MARC Code List for Languages is ISO 639-2/B; BCP 47 (RFC 5646, 2.2.1) wants the shortest ISO 639 code, so `vie` is
`vi` and `chi` is `zh`. The peoples of Vietnam have codes in ISO 639-3 alone: 041 with $2 iso639-3 keeps them (`tyz`).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

_SHORT = """
    aar=aa abk=ab afr=af aka=ak alb=sq amh=am ara=ar arg=an arm=hy asm=as ava=av ave=ae aym=ay aze=az bak=ba bam=bm
    baq=eu bel=be ben=bn bih=bh bis=bi bos=bs bre=br bul=bg bur=my cat=ca cha=ch che=ce chi=zh chu=cu chv=cv cor=kw
    cos=co cre=cr cze=cs dan=da div=dv dut=nl dzo=dz eng=en epo=eo est=et ewe=ee fao=fo fij=fj fin=fi fre=fr fry=fy
    ful=ff geo=ka ger=de gla=gd gle=ga glg=gl glv=gv gre=el grn=gn guj=gu hat=ht hau=ha heb=he her=hz hin=hi hmo=ho
    hrv=hr hun=hu ibo=ig ice=is ido=io iii=ii iku=iu ile=ie ina=ia ind=id ipk=ik ita=it jav=jv jpn=ja kal=kl kan=kn
    kas=ks kau=kr kaz=kk khm=km kik=ki kin=rw kir=ky kom=kv kon=kg kor=ko kua=kj kur=ku lao=lo lat=la lav=lv lim=li
    lin=ln lit=lt ltz=lb lub=lu lug=lg mac=mk mah=mh mal=ml mao=mi mar=mr may=ms mlg=mg mlt=mt mon=mn nau=na nav=nv
    nbl=nr nde=nd ndo=ng nep=ne nno=nn nob=nb nor=no nya=ny oci=oc oji=oj ori=or orm=om oss=os pan=pa per=fa pli=pi
    pol=pl por=pt pus=ps que=qu roh=rm rum=ro run=rn rus=ru sag=sg san=sa sin=si slo=sk slv=sl sme=se smo=sm sna=sn
    snd=sd som=so sot=st spa=es srd=sc srp=sr ssw=ss sun=su swa=sw swe=sv tah=ty tam=ta tat=tt tel=te tgk=tg tgl=tl
    tha=th tib=bo tir=ti ton=to tsn=tn tso=ts tuk=tk tur=tr twi=tw uig=ug ukr=uk urd=ur uzb=uz ven=ve vie=vi vol=vo
    wel=cy wln=wa wol=wo xho=xh yid=yi yor=yo zha=za zul=zu
"""
"""ISO 639-2/B to ISO 639-1, every code that has both."""

_TERMINOLOGICAL = """
    bod=bo ces=cs cym=cy deu=de ell=el eus=eu fas=fa fra=fr hye=hy isl=is kat=ka mkd=mk mri=mi msa=ms mya=my nld=nl
    ron=ro slk=sk sqi=sq zho=zh
"""
"""ISO 639-2/T, where it differs from /B (ISO 639-3 uses these), to ISO 639-1."""

_LONG = """
    ace ach ada ady afa afh ain akk ale alg alt ang anp apa arc arn arp art arw ast ath aus awa bad bai bal ban bas
    bat bej bem ber bho bik bin bla bnt bra btk bua bug byn cad cai car cau ceb cel chb chg chk chm chn cho chp chr
    chy cmc cnr cop cpe cpf cpp crh crp csb cus dak dar day del den dgr din doi dra dsb dua dum dyu efi egy eka elx
    enm ewo fan fat fil fiu fon frm fro frr frs fur gaa gay gba gem gez gil gmh goh gon gor got grb grc gsw gwi hai
    haw hil him hit hmn hsb hup iba ijo ilo inc ine inh ira iro jbo jpr jrb kaa kab kac kam kar kaw kbd kha khi kho
    kmb kok kos kpe krc krl kro kru kum kut lad lah lam lez lol loz lua lui lun luo lus mad mag mai mak man map mas
    mdf mdr men mga mic min mkh mnc mni mno moh mos mun mus mwl mwr myn myv nah nai nap nds new nia nic niu nog non
    nqo nso nub nwc nym nyn nyo nzi osa ota oto paa pag pal pam pap pau peo phi phn pon pra pro raj rap rar roa rom
    rup sad sah sai sal sam sas sat scn sco sel sem sga sgn shn sid sio sit sla sma smi smj smn sms snk sog son srn
    srr ssa suk sus sux syc syr tai tem ter tet tig tiv tkl tlh tli tmh tog tpi tsi tum tup tut tvl tyv udm uga umb
    vai vot wak wal war was wen xal yao yap ypk zap zbl zen zgh znd zun zza
"""
"""ISO 639-2 codes without a shorter one; collective codes (`tai`, `mkh`) are among them and stay what they are."""

_RETIRED = """
    cam=km esp=eo eth=gez far=fo fri=fy gae=gd gag=gl gal=om gua=gn int=ia iri=ga kus=kos lan=oc mla=mg mol=ro max=gv
    sao=sm scc=sr scr=hr sho=sn snh=si sso=st swz=ss tag=tl taj=tg tar=tt tsw=tn
"""
"""Codes the MARC list has retired and old records still hold."""

TAGS = {code: code for code in _LONG.split()} | {
    pair[:3]: pair[4:] for pair in (_SHORT + _TERMINOLOGICAL + _RETIRED).split()
}
"""Every MARC code that names a language or a group; `und`, `mul`, `mis` and `zxx` name none and are left out."""

_NOTHING = frozenset(("und", "mul", "mis", "zxx"))
_TAG = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*")

_NAMES = {
    "tiếng việt": "vi",
    "chữ nôm": "vi",
    "vietnamese": "vi",
    "tiếng anh": "en",
    "english": "en",
    "tiếng pháp": "fr",
    "french": "fr",
    "tiếng nga": "ru",
    "russian": "ru",
    "tiếng trung": "zh",
    "tiếng hán": "zh",
    "chinese": "zh",
    "tiếng tày": "tyz",
    "tiếng nùng": "nut",
    "tiếng mông": "hmn",
    "tiếng hmông": "hmn",
    "hmong": "hmn",
    "tiếng dao": "ium",
    "tiếng lào": "lo",
    "tiếng thái lan": "th",
    "tiếng nhật": "ja",
    "japanese": "ja",
    "tiếng hàn": "ko",
    "tiếng đức": "de",
    "german": "de",
    "spanish": "es",
}
"""Names of languages as notes (546) write them, for records whose codes say nothing."""
_NAMED = re.compile(r"\b(?:" + "|".join(sorted(_NAMES, key=len, reverse=True)) + r")\b")


def tag(code: str, source: str = "") -> str:
    """The BCP 47 tag of a code in 041 (`source` is $2) or 008/35-37, or an empty string when it names no language."""
    code = code.strip(" .").lower()
    known = TAGS.get(code)
    if known or not source:
        return known or ""
    return code if _TAG.fullmatch(code) and code not in _NOTHING else ""


def coded(value: str, source: str = "") -> list[str]:
    """The tags in one subfield of 041. Before 2001 several codes stood in one: `engfre`."""
    if source or len(value) == 3:
        pieces = [value]
    else:
        value = value.replace(" ", "")
        pieces = [value[at : at + 3] for at in range(0, len(value), 3)] if len(value) % 3 == 0 else []
    return [found for piece in pieces if (found := tag(piece, source))]


def named(note: str) -> list[str]:
    """The tags of the languages a note names."""
    return [_NAMES[name] for name in _NAMED.findall(note.lower())]


_CODES = {pair[4:]: pair[:3] for pair in _SHORT.split()} | {code: code for code in _LONG.split()}
_EXACT = re.compile(r"[a-z]{3}")


def marc_code(value: str) -> tuple[str, str]:
    """The code of 041 for a language as Dublin Core gives it, and its $2: `vi`, `vie`, `en-US` → (`vie`, empty).

    A language that only ISO 639-3 knows comes with `iso639-3` (`tyz`); what is no code gives two empty strings.
    """
    first = value.strip().lower().replace("_", "-").partition("-")[0]
    code = _CODES.get(TAGS.get(first, first), "")
    if code or not _EXACT.fullmatch(first) or first in _NOTHING:
        return code, ""
    return first, "iso639-3"


_SCRIPTS = {
    "(3": "Arab",
    "(4": "Arab",
    "(B": "Latn",
    "$1": "Hani",
    "(N": "Cyrl",
    "(Q": "Cyrl",
    "(S": "Grek",
    "(2": "Hebr",
}
"""Script codes of $6 (MARC 21, Appendix A, Control Subfields); newer records give ISO 15924 codes there."""

_LETTERS = {
    "CJK": "Hani",
    "HIRAGANA": "Jpan",
    "KATAKANA": "Jpan",
    "HANGUL": "Kore",
    "CYRILLIC": "Cyrl",
    "ARABIC": "Arab",
    "HEBREW": "Hebr",
    "GREEK": "Grek",
    "THAI": "Thai",
    "LAO": "Laoo",
    "KHMER": "Khmr",
    "TAI": "Tavt",
    "CHAM": "Cham",
    "DEVANAGARI": "Deva",
}
"""First word of a letter's Unicode name, to its ISO 15924 script."""

_WRITERS = {
    "Hani": "vi tyz nut ium mji mlc hmn mww hnj hmv lzh zh yue tai ja ko",
    "Jpan": "ja",
    "Kore": "ko",
    "Arab": "ar fa ur ps sd ug ku az ms jv ota tr",
    "Cyrl": "ru uk be bg mk kk sr mn tg ky tt uz az ba cv os ab tk chu cu ro",
    "Hebr": "he yi lad arc",
    "Grek": "el grc",
    "Thai": "th pi",
    "Laoo": "lo pi",
    "Khmr": "km pi",
    "Tavt": "blt tai",
    "Cham": "cja cjm",
    "Deva": "hi ne mr sa pi",
}
"""Languages that are written in a script: a record of several languages has its 880 in one of these."""

_SUPPRESSED = (
    "ja-Jpan ko-Kore ar-Arab fa-Arab ur-Arab ps-Arab ru-Cyrl uk-Cyrl be-Cyrl bg-Cyrl mk-Cyrl kk-Cyrl he-Hebr yi-Hebr "
    "el-Grek th-Thai lo-Laoo km-Khmr hi-Deva ne-Deva mr-Deva vi-Latn en-Latn fr-Latn de-Latn es-Latn"
)
"""Scripts so usual that BCP 47 asks not to name them (Suppress-Script in the registry)."""


def script_tag(linkage: str, value: str, languages: Iterable[str]) -> str:
    """The language tag of an 880 field: `vi-Hani`, `zh-Hani`, `ru`, `und-Arab`, or an empty string.

    `linkage` is its $6 (`245-01/$1`), `value` its text, `languages` the tags of the record. `$1` stands for Chinese,
    Japanese and Korean alike, so kana and Hangul in the text decide; Han of a Vietnamese record is Hán or Nôm.
    """
    code = linkage.partition("/")[2].partition("/")[0]
    script = _SCRIPTS.get(code, code if len(code) == 4 and code.isascii() and code.isalpha() else "")
    if script in ("", "Hani"):
        seen = {found for sign in set(value) if not sign.isascii() and (found := _script_of(sign))}
        script = next((found for found in ("Jpan", "Kore") if found in seen), "") or script or min(seen, default="")
    if not script:
        return ""
    # The group code `tai` stands beside the exact language in records of the Tày and Nùng, and gives way to it.
    spoken = sorted((tag.partition("-")[0] for tag in languages), key="tai".__eq__)
    writers = _WRITERS.get(script, "").split()
    language = next((found for found in spoken if found in writers), "")
    if script == "Latn" and spoken:
        language = spoken[0]
    full = f"{language or 'und'}-{script.title()}"
    return language if full in _SUPPRESSED.split() else full


def _script_of(sign: str) -> str:
    if ord(sign) >= 0x20000:  # CJK extensions newer than the Unicode tables at hand have no name yet
        return "Hani"
    return _LETTERS.get(unicodedata.name(sign, "").partition(" ")[0], "")
