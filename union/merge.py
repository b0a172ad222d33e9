"""One record of many: the union record of a cluster, as a pure function of its members and the policy.

The members stay as they were harvested. The leader gives the description (1XX to 3XX), all members together give
numbers, subjects, further names and links, each library keeps its own holdings, and every field knows whose it is: a
field that is not the leader's carries $8 n\\p to an 883 that names the library and its record (MARC 21, 883 Metadata
Provenance; Appendix A, $8 field link type p).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from typing import Final, NamedTuple

from marc.record import FIELD_TERMINATOR, SUBFIELD_DELIMITER, Field, Record, pack, unpack
from union import editions, extents, identifiers, publication
from union.fixed import FIXED_LENGTH, united_fixed
from union.leader import Member, Policy, ordered
from union.words import listed, plain

_UNITED: Final = listed(
    "015 016 020 022 024 027 028 041 050 060 080 082 084 086 246 500 504 505 520 600 610 611 630 648 650 651 "
    "653 655 740 760 762 765 767 770 772 773 774 775 776 777 780 785 786 787 800 810 811 830 856"
)
"""Tags of which every member's fields are taken, each once."""
_NAMES: Final = {"100": "700", "110": "710", "111": "711", "700": "700", "710": "710", "711": "711"}
_OWN: Final = listed("541 561 562 563 583 852 853 854 855 863 864 865 866 867 868 876 877 878")
"""Tags that each library keeps, never merged: its holdings and what befell its copy."""
_OWN_ALWAYS: Final = listed("852 853 854 855 863 864 865 866 867 868 876 877 878")
_LONGEST: Final = frozenset(("505", "520"))
_REMOVED: Final = frozenset(["001", "003", "005", "035", "040", "883", "019"])
"""Tags that the union record has anew."""

_PASSED_OVER: Final = _REMOVED | {"008"}
_HEADINGS: Final = frozenset(["600", "610", "611", "630", "648", "650", "651", "655"])
"""Subjects in the words of a thesaurus; 653 holds free ones."""
_LINKED: Final = f"{SUBFIELD_DELIMITER}6"
"""Where a field of one script names that of another."""
_TAG: Final = 3
_YEAR: Final = 4
_NO_TIME: Final = "00000000000000.0"
"""005 of what nobody dated."""


class Origin(NamedTuple):
    """Whose a field of the union record is, and by which rule it is there."""

    tag: str
    libraries: tuple[str, ...]
    local_ids: tuple[str, ...]
    rule: str
    """leader, united, holdings, filled or made."""


class Disagreement(NamedTuple):
    """Members that say different things where one is true: the list of what to correct."""

    what: str
    """year, pages, isbn or edition."""
    values: tuple[tuple[str, str], ...]
    """(library/local id, what it says)."""


class Merged(NamedTuple):
    """The union record, the origin of each of its fields in their order, and where the members disagree."""

    record: Record
    origins: tuple[Origin, ...]
    disagreements: tuple[Disagreement, ...]
    leader: Member


class _Taken:
    """A field on its way into the union record, packed as records have it."""

    __slots__ = ("from_", "key", "part", "rule")

    def __init__(self, part: str, member: Member, rule: str, key: str) -> None:
        self.part, self.rule, self.key = part, rule, key
        self.from_ = [member]


class _Row(NamedTuple):
    """A field of the union record, packed, and whose it is."""

    part: str
    members: Sequence[Member]
    rule: str


def merge(
    members: Sequence[Member], cluster: str, policy: Policy | None = None, absorbed: Sequence[str] = ()
) -> Merged:
    """The union record `cluster` of `members`; `absorbed` are numbers of clusters that it took in.

    Raises ValueError when there are no members.
    """
    policy = policy or Policy()
    line = _line(members, policy)
    rows = _rows(line, cluster, policy, absorbed)
    origins = tuple([Origin(_tag(part), _libraries(some), _ids(some), rule) for part, some, rule in rows])
    return Merged(_record(line[0], rows), origins, _disagreements(line) if len(line) > 1 else (), line[0])


def united(members: Sequence[Member], cluster: str, policy: Policy, absorbed: Sequence[str] = ()) -> Record:
    """The record that `merge` makes, for who asks neither whose its fields are nor where the members disagree."""
    line = _line(members, policy)
    return _record(line[0], _rows(line, cluster, policy, absorbed))


def _line(members: Sequence[Member], policy: Policy) -> list[Member]:
    if not members:
        raise ValueError("a cluster has members")
    return list(members) if len(members) == 1 else ordered(members, policy)


def _record(first: Member, rows: Iterable[_Row]) -> Record:
    return Record(FIELD_TERMINATOR.join([first.record.leader, *[row.part for row in rows]]))


def _rows(line: list[Member], cluster: str, policy: Policy, absorbed: Sequence[str]) -> list[_Row]:
    """The fields of the union record in their order; `line` has the leader first."""
    first, others = line[0], line[1:]
    taken = [
        _Taken(part, first, _RULES[part[:3]], _key(part) if others else "")
        for part in first.record.parts()
        if _kept(part)
    ]
    if others:  # most clusters have one member, which nothing has to be compared with
        known = _Known(taken)
        for member in others:
            _add(member, taken, known)
        taken = [one for one in _once_said(taken) if one.part[:3] not in _LONGEST or not _outdone(one, taken)]
    for one in taken:
        if one.rule == "holdings":
            one.part = _owned(one.part, one.from_[0])
    if any(_LINKED in member.record.text for member in line):
        taken = _scripts(taken)
    fixed, filled = united_fixed(line)
    made = [
        f"001{cluster}",
        f"003{policy.agency}",
        "005" + (max([member.record.control("005") for member in line], default="") or _NO_TIME),
        *map(pack, _control_numbers(line, absorbed, policy)),
        pack(_agencies(line, policy)),
    ]
    rows = [_Row(part, line, "made") for part in made]
    if fixed:
        rows.append(_Row(f"008{fixed}", filled or [first], "filled" if len(filled) > 1 else "leader"))
    rows += _provenance(taken, first, policy)
    rows.sort(key=lambda row: row.part[:3])
    return rows


def lone(member: Member, cluster: str, policy: Policy, absorbed: Sequence[str] = ()) -> Record:
    """The union record of a cluster with one member, as `merge` makes it: most of a catalogue, so its fields are passed
    on as they stand and only those are read that change."""
    text = member.record.text
    if _LINKED in text:  # links between scripts may lead to nothing
        return united([member], cluster, policy, absorbed)
    leader, *parts = text.split(FIELD_TERMINATOR)
    rows: list[str] = []
    numbers = {f"({member.source}){member.local_id}": None}
    own: Field | None = None
    first: dict[str, str] = {}
    for part in parts:
        tag = part[:3]
        if tag in _PASSED_OVER:
            if tag == "035":
                numbers |= dict.fromkeys([piece[1:] for piece in part.split(SUBFIELD_DELIMITER) if piece[:2] == "a("])
            elif tag == "040":
                own = own or unpack(part)
            else:
                first.setdefault(tag, part[3:])
        elif SUBFIELD_DELIMITER in part or (part[:2] == "00" and len(part) > len(tag)):
            kept = tag not in _OWN_ALWAYS and not _local(tag)
            rows.append(part if kept else _owned(part, member))
    made = [f"001{cluster}", f"003{policy.agency}", f"005{first.get('005') or _NO_TIME}"]
    made += [f"008{first['008']}"] if len(first.get("008", "")) == FIXED_LENGTH else []
    made += map(pack, [*_numbered(numbers, absorbed, policy), _agency(own, [member], policy)])
    return Record(FIELD_TERMINATOR.join([leader, *sorted([*made, *rows], key=_tag)]))


def _tag(part: str) -> str:
    return part[:3]


def _libraries(members: Iterable[Member]) -> tuple[str, ...]:
    return tuple([member.library for member in members])


def _ids(members: Iterable[Member]) -> tuple[str, ...]:
    return tuple([member.local_id for member in members])


def _local(tag: str) -> bool:
    return tag[0] == "9" or (tag[1] == "9" and tag != "490")


def _kept(part: str) -> bool:
    """Whether a field has a part in the record as it stands: it says something, and is not made anew."""
    return part[:3] not in _PASSED_OVER and (SUBFIELD_DELIMITER in part or (part[:2] == "00" and len(part) > _TAG))


class _Rules(dict[str, str]):
    """Tag → the rule by which a field of the leader is in the record: there are few, and many fields of each."""

    def __missing__(self, tag: str) -> str:
        found = self[tag] = "holdings" if tag in _OWN_ALWAYS or _local(tag) else "leader"
        return found


_RULES: Final = _Rules()


def _values(part: str, codes: str) -> list[str]:
    """The values of some subfields of a packed field."""
    return [piece[1:] for piece in part.split(SUBFIELD_DELIMITER)[1:] if piece[:1] in codes]


def _without(part: str, codes: str) -> str:
    """A packed field without some subfields; empty when none are left."""
    head, *pieces = part.split(SUBFIELD_DELIMITER)
    kept = [piece for piece in pieces if piece[:1] not in codes]
    return SUBFIELD_DELIMITER.join([head, *kept]) if kept else ""


@lru_cache(maxsize=16_384)
def _key(part: str) -> str:
    """What two fields share that say the same; empty for a field that is never compared."""
    tag = part[:3]
    if tag in _OWN or _local(tag) or tag.startswith("00") or tag == "880":
        return ""
    if tag == "020":
        return f"020 {identifiers.of_book(part)[0] or plain(' '.join(_values(part, 'az')))}"
    if tag == "856":
        link = next(iter(_values(part, "u")), "").strip().rstrip("/")
        return "856 " + link.removeprefix("https://").removeprefix("http://").casefold()
    if tag in _NAMES:
        return f"{_NAMES[tag]} {' '.join(sorted(plain(' '.join(_values(part, 'abcdqt'))).split()))}"
    said = plain(" ".join([piece[1:] for piece in part.split(SUBFIELD_DELIMITER)[1:] if piece[:1].isalpha()]))
    if tag[0] == "6":  # never mix thesauri
        return f"{tag}{part[4:5]}{next(iter(_values(part, '2')), '')} {said}"
    return f"{tag} {said}"


class _Known:
    """Fields of the union record by what they say. A person is the same with and without dates, as long as no others
    are known of that name: one library adds them to the heading, the next does not."""

    def __init__(self, taken: Iterable[_Taken]) -> None:
        self._by_key: dict[str, _Taken] = {}
        self._persons: dict[str, list[tuple[_Taken, set[str]]]] = {}
        for one in taken:
            if one.key:
                self.add(one)

    def add(self, one: _Taken) -> None:
        self._by_key[one.key] = one
        if one.part[1:3] == "00":
            name, years = _person(one.part)
            if name:
                self._persons.setdefault(name, []).append((one, set(years)))

    def find(self, part: str, key: str) -> _Taken | None:
        """The field that says what `part` does."""
        found = self._by_key.get(key)
        if found is not None or part[1:3] != "00":
            return found
        name, years = _person(part)
        for one, dated in self._persons.get(name, ()):
            if dated <= years or years <= dated:
                dated.update(years)
                return one
        return None


@lru_cache(maxsize=16_384)
def _person(part: str) -> tuple[str, frozenset[str]]:
    """The name of a packed X00 without dates, and the years of it; no name for any other field, or a work of theirs."""
    if part[1:3] != "00" or part[:3] not in _NAMES or f"{SUBFIELD_DELIMITER}t" in part:
        return "", frozenset()
    said = plain(" ".join(_values(part, "abcq"))).split()
    years = frozenset([word for word in said if _is_year(word)])
    dates = plain(" ".join(_values(part, "d"))).split()
    return " ".join(sorted(set(said) - years)), years | {word for word in dates if _is_year(word)}


def _is_year(word: str) -> bool:
    return len(word) == _YEAR and word.isdigit()


def _once_said(taken: Sequence[_Taken]) -> Iterator[_Taken]:
    """The fields, of 653 only the terms that no heading and no term before them has: what is an entry of a thesaurus
    for one library is a free word for the next."""
    if "653" not in {one.part[:3] for one in taken}:
        yield from taken
        return
    said = {
        plain(" ".join([piece[1:] for piece in one.part.split(SUBFIELD_DELIMITER)[1:] if piece[:1].isalpha()]))
        for one in taken
        if one.part[:3] in _HEADINGS
    }
    for one in taken:
        if one.part[:3] == "653":
            head, *pieces = one.part.split(SUBFIELD_DELIMITER)
            kept = []
            for piece in pieces:
                term = plain(piece[1:]) if piece[:1] == "a" else ""
                if term not in said:
                    kept.append(piece)
                    said |= {term} - {""}
            if not any(piece[:1] == "a" for piece in kept) and any(piece[:1] == "a" for piece in pieces):
                continue
            one.part = SUBFIELD_DELIMITER.join([head, *kept])
        yield one


def _add(member: Member, taken: list[_Taken], known: _Known) -> None:
    """What `member`, who does not lead, brings to the record."""
    for part in member.record.parts():
        way = _WAYS[part[:3]]
        if not way or SUBFIELD_DELIMITER not in part:
            continue
        if way == "holdings":
            taken.append(_Taken(part, member, way, ""))
            continue
        brought = _brought(part, way)
        if not brought:
            continue
        key = _key(brought)
        same = known.find(brought, key)
        if same is not None:
            dated = same.key != key and not _person(same.part)[1] and not _values(same.part, "e4")
            if dated and same.rule == "united":  # the fuller heading; that of the leader stands
                same.part, same.key = brought, key
                same.from_.insert(0, member)
            else:
                same.from_.append(member)
            continue
        one = _Taken(brought, member, "united", key)
        known.add(one)
        taken.append(one)


class _Ways(dict[str, str]):
    """Tag → how a field of a member that does not lead comes into the record: among its holdings, with all others
    under a tag, or not at all (empty). Names of 1XX become 7XX."""

    def __missing__(self, tag: str) -> str:
        own = tag in _OWN or (len(tag) == _TAG and _local(tag))
        found = self[tag] = "holdings" if own else _NAMES.get(tag) or (tag if tag in _UNITED else "")
        return found


_WAYS: Final = _Ways()


def _brought(part: str, tag: str) -> str:
    """A field as another member brings it under `tag`, empty when it brings nothing: $8 and $6 point into a record that
    is not here."""
    if part[0] == "1" and part[:3] in _NAMES:
        part = f"{tag}{part[3] if part[3] in '0123' else '1'} {part[5:]}"
    return _without(part, "68") if _LINKED in part or f"{SUBFIELD_DELIMITER}8" in part else part


def _outdone(one: _Taken, taken: list[_Taken]) -> bool:
    """Whether another summary or table of contents says more than this one, which no leader gave."""
    if one.rule != "united" or one.part[:3] not in _LONGEST:
        return False
    rivals = [other for other in taken if other.part[:3] == one.part[:3] and other is not one]
    return any((other.rule == "leader" or len(other.key) > len(one.key)) for other in rivals)


def _owned(part: str, member: Member) -> str:
    """A field of one library's own with its mark: $a of 852 (it has no $5), $5 in all others."""
    tag = part[:3]
    if tag == "852":
        named = next(iter(_values(part, "a")), "")
        return part if named else f"{part[:5]}{SUBFIELD_DELIMITER}a{member.source}{part[5:]}"
    if tag.startswith("00") or tag in _OWN_ALWAYS or next(iter(_values(part, "5")), ""):
        return part
    return f"{part}{SUBFIELD_DELIMITER}5{member.source}"


def _scripts(taken: list[_Taken]) -> list[_Taken]:
    """Without a $6 that leads to nothing: 880 and its field stay only together."""
    there: set[str] = set()
    back: set[str] = set()
    for one in taken:
        for value in _values(one.part, "6"):
            (back if one.part[:3] == "880" else there).add(f"{value[:3]}{one.part[:3]}{value[3:6]}")
    kept = []
    for one in taken:
        tag, link = one.part[:3], next(iter(_values(one.part, "6")), "")
        if tag == "880" and link and link[4:6] != "00" and f"880{link[:3]}{link[3:6]}" not in there:
            continue
        if tag != "880" and link.startswith("880") and f"{tag}880{link[3:6]}" not in back:
            one.part = _without(one.part, "6")
        if one.part:
            kept.append(one)
    return kept


def _provenance(taken: list[_Taken], first: Member, policy: Policy) -> list[_Row]:
    """The fields and whose they are, those of others linked by $8 to an 883 that names them."""
    eighth = [one.part for one in taken if f"{SUBFIELD_DELIMITER}8" in one.part]
    used = [value.split("\\")[0].split(".")[0] for part in eighth for value in _values(part, "8")]
    number = max([int(value) for value in used if value.isascii() and value.isdigit() and len(value) < 5], default=0)
    links: dict[Member, str] = {}
    rows = []
    for one in taken:
        part, whose = one.part, one.from_[0]
        if one.rule == "united" and whose is not first:
            if whose not in links:
                number += 1
                links[whose] = f"{number}\\p"
            part = f"{part[:5]}{SUBFIELD_DELIMITER}8{links[whose]}{part[5:]}"
        rows.append(_Row(part, one.from_, one.rule))
    for member, link in links.items():
        said = (("8", link), ("a", f"lienthong union {policy.version}"), ("q", member.source))
        made = Field("883", "0 ", (*said, ("w", f"({member.source}){member.local_id}")))
        rows.append(_Row(pack(made), [member], "made"))
    return rows


def _control_numbers(line: list[Member], absorbed: Sequence[str], policy: Policy) -> list[Field]:
    """035: each member's number as (SOURCE)id and the numbers they had from elsewhere; $z of clusters taken in."""
    seen: dict[str, None] = {}
    for member in line:
        seen[f"({member.source}){member.local_id}"] = None
        for part in member.record.text.split(f"{FIELD_TERMINATOR}035")[1:]:
            pieces = part.partition(FIELD_TERMINATOR)[0].split(SUBFIELD_DELIMITER)[1:]
            seen |= dict.fromkeys([piece[1:] for piece in pieces if piece[:2] == "a("])
    return _numbered(seen, absorbed, policy)


def _numbered(seen: Iterable[str], absorbed: Sequence[str], policy: Policy) -> list[Field]:
    fields = [Field("035", "  ", (("a", value),)) for value in seen]
    gone = [("z", f"({policy.agency}){number}") for number in absorbed]
    return [*fields, *([Field("035", "  ", tuple(gone))] if gone else [])]


def _agencies(line: list[Member], policy: Policy) -> Field:
    """040: the leader's agency catalogued, the union transcribed, the others modified."""
    own = line[0].record.control("040")
    return _agency(unpack(f"040{own}") if own else None, line, policy)


def _agency(own: Field | None, line: Sequence[Member], policy: Policy) -> Field:
    first = own.get("a") if own and own.get("a") else line[0].source
    kept = [pair for pair in own.subfields if pair[0] in "be"] if own else []
    others = dict.fromkeys([member.source for member in line[1:]])
    others.pop(first, None)
    before = [pair for pair in kept if pair[0] == "b"][:1]
    rules = [pair for pair in kept if pair[0] == "e"]
    changed = [("d", source) for source in others]
    return Field("040", "  ", (("a", first), *before, *rules, ("c", policy.agency), *changed))


def _disagreements(line: list[Member]) -> tuple[Disagreement, ...]:
    """Where members say different things of year, pages, ISBN and edition."""
    said: dict[str, list[tuple[str, str]]] = {}
    for member in line:
        name = f"{member.library}/{member.local_id}"
        imprint = publication.Imprint()
        for part in member.record.parts():
            tag = part[:3]
            if tag in ("260", "264"):
                imprint.add(part)
            elif tag == "300" and extents.read(part).pages:
                said.setdefault("pages", []).append((name, str(extents.read(part).pages)))
            elif tag == "020" and identifiers.of_book(part)[0]:
                said.setdefault("isbn", []).append((name, identifiers.of_book(part)[0]))
            elif tag == "250":
                ordinal = editions.read(" ".join(value[1:] for value in part.split("\x1f")[1:] if value[0] == "a"))[0]
                said.setdefault("edition", []).extend([(name, str(ordinal))] if ordinal else [])
        if imprint.years:
            said.setdefault("year", []).append((name, str(imprint.years[0])))
    return tuple([Disagreement(what, tuple(values)) for what, values in sorted(said.items()) if _differ(values)])


def _differ(values: list[tuple[str, str]]) -> bool:
    by_record: dict[str, set[str]] = {}
    for name, value in values:
        by_record.setdefault(name, set()).add(value)
    found = list(by_record.values())
    return any(found[0].isdisjoint(other) for other in found[1:])
