"""One record of many: the union record of a cluster, as a pure function of its members and the policy.

The members stay as they were harvested. The leader gives the description (1XX to 3XX), all members together give
numbers, subjects, further names and links, each library keeps its own holdings, and every field knows whose it is: a
field that is not the leader's carries $8 n\\p to an 883 that names the library and its record (MARC 21, 883 Metadata
Provenance; Appendix A, $8 field link type p).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
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
    """A field on its way into the union record."""

    __slots__ = ("field", "from_", "key", "rule")

    def __init__(self, field: Field, member: Member, rule: str, key: str) -> None:
        self.field, self.rule, self.key = field, rule, key
        self.from_ = [member]


def merge(
    members: Sequence[Member],
    cluster: str,
    policy: Policy | None = None,
    absorbed: Sequence[str] = (),
    compared: bool = True,
) -> Merged:
    """The union record `cluster` of `members`; `absorbed` are numbers of clusters that it took in. Unless it is to be
    `compared` where the members disagree, that is left out.

    Raises ValueError when there are no members.
    """
    if not members:
        raise ValueError("a cluster has members")
    policy = policy or Policy()
    alone = len(members) == 1  # most clusters have one member, which nothing has to be compared with
    line = list(members) if alone else ordered(members, policy)
    first, others = line[0], line[1:]
    taken = [
        _Taken(field, first, _rule(field), "" if alone else _key(field))
        for field in first.record.fields
        if _kept(field, first)
    ]
    if not alone:
        by_key = {one.key: one for one in taken if one.key}
        for member in others:
            _add(member, taken, by_key)
        taken = [one for one in taken if not _outdone(one, taken)]
    for one in taken:
        one.field = _owned(one)
    linked = _scripts(taken)
    fixed, filled = united_fixed(line)
    numbered = _provenance(linked, first, policy)
    made = [
        Field("001", value=cluster),
        Field("003", value=policy.agency),
        Field("005", value=max([member.record.control("005") for member in line], default="") or _NO_TIME),
        *([Field("008", value=fixed)] if fixed else []),
        *_control_numbers(line, absorbed, policy),
        _agencies(line, policy),
    ]
    rows = [(field, Origin(field.tag, _libraries(line), _ids(line), "made")) for field in made if field.tag != "008"]
    rows += [
        (field, _origin(field.tag, filled or [first], "filled" if len(filled) > 1 else "leader"))
        for field in made
        if field.tag == "008"
    ]
    rows += numbered
    rows.sort(key=lambda row: row[0].tag)
    record = Record.build(first.record.leader, [field for field, _ in rows])
    differing = _disagreements(line) if compared and not alone else ()
    return Merged(record, tuple([origin for _, origin in rows]), differing, first)


def lone(member: Member, cluster: str, policy: Policy, absorbed: Sequence[str] = ()) -> Record:
    """The union record of a cluster with one member, as `merge` makes it: most of a catalogue, so its fields are passed
    on as they stand and only those are read that change."""
    text = member.record.text
    if f"{SUBFIELD_DELIMITER}6" in text:  # links between scripts may lead to nothing
        return merge([member], cluster, policy, absorbed).record
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
            rows.append(part if kept else pack(_owned(_Taken(unpack(part), member, "holdings", ""))))
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


def _origin(tag: str, members: Sequence[Member], rule: str) -> Origin:
    return Origin(tag, _libraries(members), _ids(members), rule)


def _local(tag: str) -> bool:
    return tag[0] == "9" or (tag[1] == "9" and tag != "490")


def _kept(field: Field, member: Member) -> bool:
    return field.tag not in _REMOVED and field.tag != "008" and bool(field.subfields or field.value)


def _rule(field: Field) -> str:
    return "holdings" if field.tag in _OWN_ALWAYS or _local(field.tag) else "leader"


def _key(field: Field) -> str:
    """What two fields share that say the same; empty for a field that is never compared."""
    tag = field.tag
    if tag in _OWN or _local(tag) or tag.startswith("00") or tag == "880":
        return ""
    if tag == "020":
        number, _ = identifiers.of_book("020  " + "".join(f"\x1f{code}{value}" for code, value in field.subfields))
        return f"020 {number or plain(' '.join(field.all('az')))}"
    if tag == "856":
        return "856 " + field.get("u").strip().rstrip("/").removeprefix("https://").removeprefix("http://").casefold()
    if tag in _NAMES:
        return f"{_NAMES[tag]} {' '.join(sorted(plain(' '.join(field.all('abcdqt'))).split()))}"
    said = plain(" ".join([value for code, value in field.subfields if code.isalpha()]))
    if tag[0] == "6":  # never mix thesauri
        return f"{tag}{field.indicators[1]}{field.get('2')} {said}"
    return f"{tag} {said}"


def _add(member: Member, taken: list[_Taken], by_key: dict[str, _Taken]) -> None:
    """What `member`, who does not lead, brings to the record."""
    for part in member.record.parts():
        if not _wanted(part[:3]):
            continue
        field = unpack(part)
        if not _kept(field, member):
            continue
        if field.tag in _OWN or _local(field.tag):
            taken.append(_Taken(field, member, "holdings", ""))
            continue
        brought = _brought(field)
        if brought is None:
            continue
        key = _key(brought)
        known = by_key.get(key)
        if known is not None:
            known.from_.append(member)
            continue
        one = _Taken(brought, member, "united", key)
        by_key[key] = one
        taken.append(one)


@lru_cache(maxsize=1_024)
def _wanted(tag: str) -> bool:
    """Whether a field of a member that does not lead has any part in the record."""
    return tag in _UNITED or tag in _NAMES or tag in _OWN or (len(tag) == 3 and _local(tag))


def _brought(field: Field) -> Field | None:
    """A field as another member brings it: names of 1XX become 7XX; $8 and $6 point into a record that is not here."""
    tag = field.tag
    if tag in _NAMES:
        indicators = (field.indicators[0] if field.indicators[0] in "0123" else "1") + " "
        indicators = indicators if tag[0] == "1" else field.indicators
        field = field._replace(tag=_NAMES[tag], indicators=indicators)
    elif tag not in _UNITED:
        return None
    subfields = tuple([pair for pair in field.subfields if pair[0] not in "68"])
    return field._replace(subfields=subfields) if subfields else None


def _outdone(one: _Taken, taken: list[_Taken]) -> bool:
    """Whether another summary or table of contents says more than this one, which no leader gave."""
    if one.rule != "united" or one.field.tag not in _LONGEST:
        return False
    rivals = [other for other in taken if other.field.tag == one.field.tag and other is not one]
    return any((other.rule == "leader" or len(other.key) > len(one.key)) for other in rivals)


def _owned(one: _Taken) -> Field:
    """A field of one library's own with its mark: $a of 852 (it has no $5), $5 in all others."""
    field, member = one.field, one.from_[0]
    if one.rule != "holdings":
        return field
    if field.tag == "852":
        return field if field.get("a") else field._replace(subfields=(("a", member.source), *field.subfields))
    if field.tag.startswith("00") or field.get("5") or (field.tag in _OWN_ALWAYS):
        return field
    return field._replace(subfields=(*field.subfields, ("5", member.source)))


def _scripts(taken: list[_Taken]) -> list[_Taken]:
    """Without a $6 that leads to nothing: 880 and its field stay only together."""
    there: set[str] = set()
    back: set[str] = set()
    for one in taken:
        for value in one.field.all("6"):
            (back if one.field.tag == "880" else there).add(f"{value[:3]}{one.field.tag}{value[3:6]}")
    kept = []
    for one in taken:
        link = one.field.get("6")
        if one.field.tag == "880" and link and link[4:6] != "00" and f"880{link[:3]}{link[3:6]}" not in there:
            continue
        if one.field.tag != "880" and link.startswith("880") and f"{one.field.tag}880{link[3:6]}" not in back:
            one.field = one.field._replace(subfields=tuple([pair for pair in one.field.subfields if pair[0] != "6"]))
        if one.field.subfields or one.field.value:
            kept.append(one)
    return kept


def _provenance(taken: list[_Taken], first: Member, policy: Policy) -> list[tuple[Field, Origin]]:
    """The fields with their origins, those of others linked by $8 to an 883 that names whose they are."""
    used = [value.split("\\")[0].split(".")[0] for one in taken for value in one.field.all("8")]
    number = max([int(value) for value in used if value.isascii() and value.isdigit() and len(value) < 5], default=0)
    links: dict[Member, str] = {}
    rows: list[tuple[Field, Origin]] = []
    for one in taken:
        field, whose = one.field, one.from_[0]
        if one.rule == "united" and whose is not first:
            if whose not in links:
                number += 1
                links[whose] = f"{number}\\p"
            field = field._replace(subfields=(("8", links[whose]), *field.subfields))
        rows.append((field, _origin(field.tag, one.from_, one.rule)))
    for member, link in links.items():
        said = (("8", link), ("a", f"lienthong union {policy.version}"), ("q", member.source))
        made = Field("883", "0 ", (*said, ("w", f"({member.source}){member.local_id}")))
        rows.append((made, _origin("883", [member], "made")))
    return rows


def _control_numbers(line: list[Member], absorbed: Sequence[str], policy: Policy) -> list[Field]:
    """035: each member's number as (SOURCE)id and the numbers they had from elsewhere; $z of clusters taken in."""
    seen: dict[str, None] = {}
    for member in line:
        seen[f"({member.source}){member.local_id}"] = None
        for field in member.record.select("035"):
            for value in field.all("a"):
                if value.startswith("("):
                    seen[value] = None
    return _numbered(seen, absorbed, policy)


def _numbered(seen: Iterable[str], absorbed: Sequence[str], policy: Policy) -> list[Field]:
    fields = [Field("035", "  ", (("a", value),)) for value in seen]
    gone = [("z", f"({policy.agency}){number}") for number in absorbed]
    return [*fields, *([Field("035", "  ", tuple(gone))] if gone else [])]


def _agencies(line: list[Member], policy: Policy) -> Field:
    """040: the leader's agency catalogued, the union transcribed, the others modified."""
    return _agency(next(line[0].record.select("040"), None), line, policy)


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
