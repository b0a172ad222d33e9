"""What every query must find in the demonstration province: worked out in plain Python, slowly, from the records alone.

Nothing of `search` is used here but the shape of queries. Words are cut character by character, marks are taken off by
decomposing, every record is looked at for every query.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator
from functools import cache

from marc.record import Field as MarcField
from marc.record import Record
from search.query import And, Everything, Field, Match, Near, Not, Or, Query, Range, Term
from vietnamese import places

WORK = "adfgklmnoprst"
HEADING = "abcdefgklmnopqrstvxyz"
SUBJECTS = f"630{HEADING} 648{HEADING} 650{HEADING} 653*{HEADING} 654{HEADING} 656{HEADING} 690{HEADING}"
NAMED = f"600{HEADING} 610{HEADING} 611{HEADING}"
PERSONS, BODIES, MEETINGS = "100abcdjq 700abcdjq", "110abcdgn 710abcdgn", "111acdegnq 711acdegnq"
UNIFORM = f"130{WORK} 240{WORK} 243{WORK} 730{WORK}"
OTHER_TITLES = "210ab 242abnp 246abfgnp 247abfgnp 505*t 700t 710t 711t 740anp 780t 785t"
NOTES = " ".join([f"5{n:02}abcdefghijklmnopqrstuvwxyz" for n in range(100) if n not in (5, 20)] + ["505agr", "520abc"])
SOURCES = {
    Field.TITLE: f"245abfgknps {UNIFORM} 222ab {OTHER_TITLES}",
    Field.TITLE_PROPER: "245abfgknps",
    Field.UNIFORM_TITLE: UNIFORM,
    Field.KEY_TITLE: "222ab",
    Field.SERIES: f"440anp 490a 800abcdqtnp 810abcdtnp 811acdeqtnp 830{WORK}",
    Field.AUTHOR: f"{PERSONS} {BODIES} {MEETINGS} 245c 720a",
    Field.NAME: f"{PERSONS} {BODIES} {MEETINGS} 245c 720a {NAMED}",
    Field.PERSONAL_AUTHOR: PERSONS,
    Field.CORPORATE_AUTHOR: BODIES,
    Field.CONFERENCE_AUTHOR: MEETINGS,
    Field.SUBJECT: f"{SUBJECTS} {NAMED} 651{HEADING} 650z 662abcdfgh 752abcdfgh",
    Field.SUBJECT_PERSON: NAMED,
    Field.SUBJECT_PLACE: f"651{HEADING} 650z 662abcdfgh 752abcdfgh",
    Field.GENRE: "655abvxyz",
    Field.PUBLISHER: "260bf 264b",
    Field.PLACE: "260ae 264a",
    Field.NOTE: NOTES,
    Field.ABSTRACT: "520abc",
}
REST = (
    "010az 020az 022azy 024az 027az 028ab 050ab 080ab 082ab 084ab 090ab 250ab 254a 255abc 300abe 310a 362a 773adgt "
    "852hijkmp 856yz3 952op"
)
WAYS = (
    ("ha noi", "hanoi", "hn", "h n", "h"),
    ("ho chi minh", "hochiminh", "tphcm", "hcm", "h c m", "sai gon", "saigon", "s"),
    ("thai nguyen", "tn"),
    ("bac kan", "bac can", "bk"),
)
"""How places of publication are written, as a person would list them."""
PLACES = {Field.PLACE, Field.SUBJECT_PLACE}


# --- words ----------------------------------------------------------------------------------------------------
@cache
def ideograph(char: str) -> bool:
    name = unicodedata.name(char, "")
    return "IDEOGRAPH" in name or "RADICAL" in name or unicodedata.category(char) == "Co"


def cut(text: str, kept: str = "") -> list[str]:
    """Runs of letters, digits and marks; an ideograph is a run by itself. `kept`: signs that count as letters."""
    words, word = [], ""
    for char in unicodedata.normalize("NFC", text).lower():
        if ideograph(char):
            words += [word, char]
            word = ""
        elif unicodedata.category(char)[0] in "LN" or char in kept or (word and unicodedata.category(char)[0] == "M"):
            word += char
        else:
            words.append(word)
            word = ""
    return [found for found in [*words, word] if found]


@cache
def bare(word: str) -> str:
    letters = [char for char in unicodedata.normalize("NFD", word) if unicodedata.category(char) != "Mn"]
    return "".join(letters).replace("đ", "d")


OPEN = re.compile(r"([oOuU])([\u0300\u0301\u0303\u0309\u0323])([aeyAEY])$")


@cache
def placed(word: str) -> str:
    """hòa → hoà, khỏe → khoẻ, thúy → thuý (but quý): the one habit that parts two spellings of a word."""
    apart = unicodedata.normalize("NFD", word)
    found = OPEN.search(apart)
    if not found or apart[: found.start()].endswith("q") or found[1] + found[3] not in ("oa", "oe", "uy"):
        return word
    return unicodedata.normalize("NFC", apart[: found.start()] + found[1] + found[3] + found[2])


def same(asked: str, word: str) -> bool:
    """Whether `word` is what `asked`, with its masks, stands for."""
    if not ("*" in asked or "?" in asked):
        return asked == word
    if asked[0] == "*":
        return any(same(asked[1:], word[at:]) for at in range(len(word) + 1))
    return bool(word) and asked[0] in ("?", word[0]) and same(asked[1:], word[1:])


# --- records --------------------------------------------------------------------------------------------------
def pieces(record: Record, sources: str) -> Iterator[str]:
    """The values at `sources`: a tag and the subfields that are joined, or with a star stand for themselves."""
    for source in sources.split():
        tag, codes = source[:3], source[3:].removeprefix("*")
        for field in tagged(record).get(tag, ()):
            values = [value for code, value in field.subfields if code in codes]
            yield from values if source[3] == "*" else [" ".join(values)]


@cache
def tagged(record: Record) -> dict[str, list[MarcField]]:
    """The fields by their tags; what is said in another script stands with what it repeats."""
    found: dict[str, list[MarcField]] = {}
    for field in record.fields:
        found.setdefault(field.get("6")[:3] if field.tag == "880" else field.tag, []).append(field)
    return found


def other_names(value: str) -> Iterator[str]:
    """Names the place had later, and its other spellings."""
    name = value.replace("[", "").replace("]", "").strip(" :;,")
    ahead, seen = places.lookup(name), set()
    while ahead:
        place = ahead.pop()
        if place.identifier not in seen:
            seen.add(place.identifier)
            yield from (one for one in (place.name, *place.other_names) if bare(one.lower()) != bare(name.lower()))
            ahead += places.successors(place)


class Shelf:
    """The records, and what can be asked of them."""

    def __init__(self, records: list[tuple[Record, str, str, int, int]]) -> None:
        """(record, identifier, library, day added, day modified); their numbers are their places."""
        self._records = records
        self.words = cache(self._words)
        self.keys = cache(self._keys)
        self.find = cache(self._find)

    def _find(self, query: Query) -> set[int]:
        every = set(range(len(self._records)))
        match query:
            case Everything():
                return every
            case And(parts):
                return set.intersection(every, *map(self.find, parts))
            case Or(parts):
                return set().union(*map(self.find, parts))
            case Not(kept, taken):
                return self.find(kept) - self.find(taken)
        return {number for number in every if self.has(number, query)}

    def has(self, number: int, query: Query) -> bool:
        match query:
            case Range():
                return self.in_range(number, query)
            case Near():
                return self.near(number, query)
            case Term(field, text, how, exact):
                if field in (Field.DATE, Field.ADDED, Field.MODIFIED):
                    return self.in_range(number, Range(field, text, text))
                if field not in SOURCES and field is not Field.ANY:
                    return self.has_key(number, field, text, how)
                form: Callable[[str], str] = placed if exact else bare
                bare_text = re.sub(r"\\(.)", lambda found: " " if found[1] in "*?" else found[1], text)
                asked = [form(word) for word in cut(bare_text, "*?")]
                values = self.words(number, field, exact)
                if field is Field.PLACE and not exact and how in (Match.ALL, Match.SOME, Match.PHRASE):
                    asked_for = re.sub("[^a-z]|^t[.]?p(?=.)", "", squeeze(text))
                    ways = next((ways for ways in WAYS if asked_for in (way.replace(" ", "") for way in ways)), ())
                    if any(value == [one] if len(one) == 1 else value and self.stands(one.split(), value, Match.PHRASE)
                           for one in ways for value in values):  # fmt: skip
                        return True
                if field is Field.ANY and how is not Match.SOME and self.numbered(number, text):
                    return True
                anywhere = [word for value in values for word in value]
                if how in (Match.ALL, Match.SOME):
                    test = all if how is Match.ALL else any
                    return bool(asked) and test(any(same(one, word) for word in anywhere) for one in asked)
                return any(self.stands(asked, value, how) for value in values)
        raise AssertionError(query)

    def numbered(self, number: int, text: str) -> bool:
        """In the one box a standard number is found as such, however it is written there and in the record."""
        asked = squeeze(text)
        keys = {key for key in isbns(text) if len(key) == 13 and len(asked) in (10, 13)}
        keys |= {asked} if re.fullmatch(r"\d{7}[\dx]", asked) else set()
        return any([key] in self.words(number, Field.ANY, False) for key in keys)

    @staticmethod
    def stands(asked: list[str], value: list[str], how: Match) -> bool:
        starts = [0] if how in (Match.FIRST, Match.WHOLE) else range(len(value))
        for start in starts:
            here = value[start : start + len(asked)]
            if how is Match.WHOLE and len(value) != len(asked):
                continue
            if asked and len(here) == len(asked) and all(map(same, asked, here)):
                return True
        return False

    def near(self, number: int, query: Near) -> bool:
        one, two = cut(query.left.text), cut(query.right.text)
        for value in self.words(number, query.left.field, False):
            lefts = [at for at in range(len(value)) if value[at : at + len(one)] == list(map(bare, one))]
            rights = [at for at in range(len(value)) if value[at : at + len(two)] == list(map(bare, two))]
            for left in lefts:
                for right in rights:
                    behind, ahead = right - (left + len(one) - 1), left - (right + len(two) - 1)
                    if 1 <= behind <= query.distance or (not query.ordered and 1 <= ahead <= query.distance):
                        return True
        return False

    def _words(self, number: int, field: Field, exact: bool) -> list[list[str]]:
        record = self._records[number][0]
        if field is Field.ANY:
            sources = " ".join(dict.fromkeys(" ".join([*SOURCES.values(), REST]).split()))
        else:
            sources = SOURCES[field]
        values = list(pieces(record, sources))
        if field is Field.ANY:
            values += [key for name in (Field.ISBN, Field.ISSN) for key in self.keys(number, name) if key.isalnum()]
        if field in PLACES:
            values += [name for value in values for name in other_names(value)]
        form = placed if exact else bare
        return [[form(word) for word in cut(value)] for value in values]

    # --- numbers and codes ------------------------------------------------------------------------------------
    def has_key(self, number: int, field: Field, text: str, how: Match) -> bool:
        keys = self.keys(number, field)
        codes = (Field.LANGUAGE, Field.COUNTRY, Field.MATERIAL, Field.ACCESS, Field.LIBRARY, Field.COLLECTION)
        if how is Match.SOME:
            asked = [*text.split(), text]
            return any(self.one_key(keys, field, one) for one in asked)
        if field in codes and how is Match.ALL:
            return bool(text.split()) and all(self.one_key(keys, field, one) for one in text.split())
        return self.one_key(keys, field, text)

    def one_key(self, keys: set[str], field: Field, text: str) -> bool:
        asked = squeeze(text)
        if field in (Field.ISBN, Field.STANDARD_NUMBER) and len(asked) == 10 and valid_ten(asked):
            asked = "978" + asked[:9] + last_of_thirteen("978" + asked[:9])
        return asked != "" and any(same(asked, key) for key in keys)

    def _keys(self, number: int, field: Field) -> set[str]:
        record, identifier, library, *_ = self._records[number]
        fixed = record.control("008")
        match field:
            case Field.IDENTIFIER:
                return {identifier}
            case Field.LIBRARY:
                return {library}
            case Field.COLLECTION:
                return set()
            case Field.CONTROL_NUMBER:
                found = {squeeze(record.control("001"))} | {squeeze(v) for v in subfields(record, "035", "az")}
                return {one for key in found for one in (key, key.partition(")")[2] if key[:1] == "(" else "") if one}
            case Field.ISBN:
                return {key for value in subfields(record, "020", "az") for key in isbns(value)}
            case Field.ISSN:
                return {squeeze(value) for value in subfields(record, "022", "azyl")}
            case Field.STANDARD_NUMBER:
                found = self.keys(number, Field.ISBN) | self.keys(number, Field.ISSN)
                for source in ("010az", "024az", "025a", "026ae", "027az", "028a", "856u"):
                    found |= {squeeze(value) for value in subfields(record, source[:3], source[3:])} - {""}
                return found
            case Field.DEWEY:
                return classes(subfields(record, "082", "a"))
            case Field.LC_CLASS:
                return classes(subfields(record, "050", "a"))
            case Field.CLASSIFICATION:
                others = classes([*subfields(record, "080", "a"), *subfields(record, "084", "a")])
                return others | self.keys(number, Field.DEWEY) | self.keys(number, Field.LC_CLASS)
            case Field.CALL_NUMBER:
                marks = [" ".join(f.all("khim")) for f in record.select("852")]
                marks += [" ".join(f.all("o")) for f in record.select("952")]
                return classes([*marks, *subfields(record, "090", "a")])
            case Field.LANGUAGE:
                runs = [value.strip().lower() for value in subfields(record, "041", "ad")]
                found = {run[at : at + 3] for run in runs for at in range(0, len(run) - 2, 3)}
                return found | {code for code in [fixed[35:38].lower()] if len(code) == 3 and code.isalpha()}
            case Field.COUNTRY:
                return {squeeze(fixed[15:18].strip("|#\\"))} - {""}
            case Field.ACCESS:
                places = [f for f in record.select("856") if f.indicators[1] != "2"]
                return {"online"} if any(one.startswith("https://") for f in places for one in f.all("u")) else set()
            case Field.MATERIAL:
                return kinds(record, fixed)
        raise AssertionError(field)

    # --- spans ------------------------------------------------------------------------------------------------
    def in_range(self, number: int, query: Range) -> bool:
        record, _, _, added, modified = self._records[number]
        if query.field is Field.DATE:
            span = years(record)
            return span is not None and overlaps(query, str(span[0]), str(span[1]), 4)
        if query.field in (Field.ADDED, Field.MODIFIED):
            day = str(added if query.field is Field.ADDED else modified)
            return overlaps(query, day, day, 8)
        for key in self.keys(number, query.field):
            low, high = (None if end is None else squeeze(end) for end in (query.low, query.high))
            above = low is None or key > low or (query.low_included and key == low)
            below = high is None or key < high or (query.high_included and key == high)
            if above and below:
                return True
        return False


def subfields(record: Record, tag: str, codes: str) -> list[str]:
    return [value for field in tagged(record).get(tag, ()) for value in field.all(codes)]


def squeeze(text: str) -> str:
    return re.sub(r"[\s\-\u2010-\u2015]", "", bare(unicodedata.normalize("NFC", text).lower()))


def classes(values: list[str]) -> set[str]:
    return {squeeze(part) for value in values if value.split() for part in (value, value.split()[0])} - {""}


def valid_ten(text: str) -> bool:
    if not re.fullmatch(r"\d{9}[\dx]", text):
        return False
    return sum((10 - at) * (10 if char == "x" else int(char)) for at, char in enumerate(text)) % 11 == 0


def last_of_thirteen(twelve: str) -> str:
    return str((10 - sum(int(char) * (1, 3)[at % 2] for at, char in enumerate(twelve)) % 10) % 10)


def isbns(value: str) -> set[str]:
    found = re.match(r"[ (]*(\d[\d\s-]*[xX]?)", value)
    number = squeeze(found[1]) if found else ""
    if valid_ten(number):
        return {number, "978" + number[:9] + last_of_thirteen("978" + number[:9])}
    if re.fullmatch(r"978\d{10}", number) and number[12] == last_of_thirteen(number[:12]):
        return {number, next(number[3:12] + sign for sign in "0123456789x" if valid_ten(number[3:12] + sign))}
    return {number} - {""}


def years(record: Record) -> tuple[int, int] | None:
    fixed = record.control("008")
    kind, first, last = fixed[6:7], fixed[7:11], fixed[11:15]
    if kind in tuple("cdikmqurpste") and re.fullmatch(r"1\d{3}|2[01]\d\d", first):
        if kind in tuple("cdikmqu") and re.fullmatch(r"1\d{3}|2[01]\d\d", last):
            return int(first), max(int(first), int(last))
        goes_on = kind in tuple("cku") and last in ("9999", "uuuu", "    ", "||||")
        return int(first), 9999 if goes_on else int(first)
    written = [value for field in record.select("260", "264") for value in field.all("c")][:1]
    corrected = re.search(r"(?:i\. ?e\.|tức)\D{0,12}((?:1\d|20)\d\d)", written[0]) if written else None
    year = corrected or (re.search(r"(?<!\d)((?:1\d|20)\d\d)(?!\d)", written[0]) if written else None)
    return (int(year[1]), int(year[1])) if year else None


def overlaps(query: Range, begin: str, end: str, digits: int) -> bool:
    """Whether a span has a day or year between the ends of a range, which may be written as less than a day."""
    low = None if query.low is None else query.low.replace("-", "")
    high = None if query.high is None else query.high.replace("-", "")
    if low is not None and high is not None and low > high:
        return False
    if low is not None:
        above = end[: len(low)] >= low if query.low_included else end[: len(low)] > low
        if not above:
            return False
    if high is not None:
        below = begin[: len(high)] <= high if query.high_included else begin[: len(high)] < high
        if not below:
            return False
    return digits > 0


NAMED_KINDS = {
    "c": "score", "d": "score", "e": "map", "f": "map", "g": "video", "i": "sound", "j": "sound", "k": "image",
    "m": "software", "o": "kit", "p": "mixed", "r": "object",
}  # fmt: skip


def kinds(record: Record, fixed: str) -> set[str]:
    kind, level = record.leader[6], record.leader[7]
    thesis = any(record.select("502")) or (kind in "at" and level in "mc" and len(fixed) > 27 and "m" in fixed[24:28])
    if thesis:
        found = {"thesis"}
    elif kind in NAMED_KINDS:
        found = {NAMED_KINDS[kind]}
    elif level in "siba":
        found = {"serial" if level in "si" else "article"}
    else:
        found = {"manuscript" if kind == "t" else "book"}
    if kind in "dft" and not thesis:
        found.add("manuscript")
    form = fixed[29:30] if kind in "efgkor" else fixed[23:24]
    if form and form in "abcdfoqs":
        found.add({"d": "large-print", "f": "braille"}.get(form, "microform" if form in "abc" else "electronic"))
    elif "c" in {field.value[:1] for field in record.select("007")}:
        found.add("electronic")
    return found
