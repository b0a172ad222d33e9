"""What goes in and out, by name. What is answered may grow by further names; what is sent may not."""

from __future__ import annotations

from typing import Any, Final

from foundation import limits
from portal.rest.schema import Schema, array, flag, maybe, one_of, ref, share, table, text, thing, whole

_WHEN: Final = text(description="RFC 3339, UTC")
_COUNTS: Final = table(whole())
_MARC: Final = thing("leader fields", leader=text(100), fields=array(table({}), limits.MARC_FIELDS), free=True) | {
    "description": "MARC-in-JSON: {leader, fields: [{tag: value} | {tag: {ind1, ind2, subfields: [{code: value}]}}]}"
}

_SUMMARY: Final = thing(
    "*", identifier=text(), title=text(), authors=array(text()), imprint=text(), date=text(), kind=text(),
    languages=array(text()), isbn=array(text()), subjects=array(text()), libraries=array(text()), modified=_WHEN,
)  # fmt: skip
_SIDE: Final = thing("*", record=text(), identifier=text(), title=text())

_DRAFT: Final[dict[str, Any]] = {
    "number": whole(), "library": text(), "person": text(), "state": text(), "title": text(), "kind": text(),
    "record": text(), "base": maybe(whole()), "revision": whole(), "note": text(), "origin": text(),
    "created": _WHEN, "changed": _WHEN,
}  # fmt: skip
_RULES_TRIAL: Final[dict[str, Any]] = {
    "number": whole(), "state": text(), "note": text(), "person": text(), "created": _WHEN, "finished": maybe(_WHEN),
    "done": whole(), "total": whole(),
}  # fmt: skip

SHAPES: Final[dict[str, Schema]] = {
    "Problem": thing("title code", type=text(), title=text(), status=whole(), code=text(), free=True),
    "Marc": _MARC,
    "Library": thing(
        "*", code=text(), name_vi=text(), name_en=text(), kind=text(), parent=text(), valid_from=text(),
        valid_until=text(), successor=text(), records=whole(),
    ),
    "Record": thing(
        "*", identifier=text(), library=text(), local_id=text(), version=whole(), modified=_WHEN, record=ref("Marc"),
    ),
    "Summary": _SUMMARY,
    "Found": thing(
        "*", query=text(), count=whole(), items=array(ref("Summary")), next=maybe(text()),
        facets=table(array(thing("*", value=text(), count=whole()))),
    ),
    "Version": thing(
        "*", change_set=whole(), kind=text(), title=text(), state=text(), published=_WHEN, version=maybe(whole()),
        current=flag(), corrected=flag(), by=text(), writer=text(),
    ),
    "Old": thing("*", identifier=text(), version=whole(), record=ref("Marc")),
    "Saved": thing("*", identifier=text(), version=maybe(whole()), change_set=whole(), noticed=array(text())),
    "File": thing(
        "*", number=whole(), library=text(), name=text(), size=whole(), received=whole(), state=text(),
        encoding=text(), change_set=maybe(whole()), reason=text(), created=_WHEN,
    ),
    "Batch": thing(
        "*", number=whole(), library=text(), state=text(), title=text(), created=_WHEN, published=maybe(_WHEN),
        counts=_COUNTS,
    ),
    "BatchInFull": thing(
        "*", number=whole(), library=text(), state=text(), title=text(), created=_WHEN, published=maybe(_WHEN),
        counts=_COUNTS, matches=_COUNTS,
        opinions=array(thing("*", kind=text(), who=text(), comment=text(), made=_WHEN)),
        work=array(ref("Errand")),
    ),
    "Errand": thing("*", number=whole(), kind=text(), state=text(), done=whole(), changed=whole(), reason=text()),
    "Trouble": thing("*", code=text(), severity=text(), records=whole(), says=text(), mends=flag(), proposes=flag()),
    "StagedRecord": thing(
        "*", record=whole(), local_id=text(), title=text(), effect=text(), match=text(), resembles=text(),
        problems=array(thing("*", code=text(), severity=text(), place=text(), says=text())),
        marc=maybe({"type": "object"}),
    ),
    "Refused": thing("*", piece=whole(), record=whole(), line=whole(), code=text(), says=text(), bytes=whole()),
    "Fix": thing(
        "kind", kind=one_of("trim", "set", "replace", "indicator", "remove", "rule", "proposal"), tag=text(20),
        subfield=text(2), old=text(2_000), new=text(2_000), inside=flag(), code=text(60),
    ),
    "Trial": thing(
        "*", records=whole(), changed=whole(),
        samples=array(thing("*", local_id=text(), before=array(text()), after=array(text()))),
    ),
    "Source": thing(
        "*", number=whole(), name=text(), library=text(), kind=text(), state=text(), light=text(), records=whole(),
        last_run=maybe(whole()), last_begun=maybe(_WHEN), next=maybe(_WHEN), health_vi=text(), health_en=text(),
    ),
    "SourceInFull": thing("*", source=ref("Source"), settings={"type": "object"}),
    "Run": thing(
        "run source library kind state started heartbeat finished change_set", run=whole(), source=text(),
        library=text(), kind=text(), state=text(), started=_WHEN, heartbeat=_WHEN, finished=maybe(_WHEN),
        change_set=maybe(whole()), free=True,
    ),
    "RunInFull": thing(
        "*", run=ref("Run"), said=array({"type": "object"}), promised=maybe(whole()), pages=whole(),
    ),
    "Effect": thing("*", record=whole(), identifier=text(), local_id=text(), title=text()),
    "QuarantineGroup": thing(
        "*", change_set=whole(), run=maybe(whole()), source=text(), library=text(), code=text(), says=text(),
        count=whole(),
    ),
    "Quarantined": thing(
        "*", number=whole(), identifier=text(), record=whole(), line=whole(), code=text(), says=text(), bytes=whole(),
        data=text(description="base64 (RFC 4648, 4)"),
    ),
    "Counted": thing("*", count=whole(), change_set=maybe(whole())),
    "Question": thing(
        "*", low=whole(), high=whole(), reason=text(), a=_SIDE, b=_SIDE, score=share(), probability=share(),
        gain=share(), kind=text(), libraries=array(text()), records=whole(),
    ),
    "QuestionInFull": thing("*", question=ref("Question"), fields=array({"type": "object"})),
    "Alike": thing(
        "*", number=text(), title=text(), records=whole(), questions=whole(), compared=flag(), libraries=array(text()),
    ),
    "Decision": thing(
        "*", number=whole(), at=_WHEN, verdict=text(), records=array(text()), by=text(), library=text(), why=text(),
        withdrawn=maybe(_WHEN),
    ),
    "Act": thing("*", number=whole(), decisions=whole(), disputed=flag(), outvoted=flag()),
    "UnionRecord": thing("number identifier version members", free=True, number=whole(), identifier=text(),
                         version=whole(), members=array(text())),
    "Explanation": thing("a b score verdict", free=True, a=text(), b=text(), score=share(), verdict=text()),
    "Matter": thing("*", kind=text(), count=whole(), number=whole(), vi=text(), en=text()),
    "Figures": {"type": "object", "description": "docs/statistics.md"},
    "RuleRecords": thing(
        "*", rule=text(), vi=text(), en=text(), next=maybe(text()),
        items=array(thing("*", library=text(), local_id=text(), identifier=text())),
    ),
    "Target": thing("*", name=text(), title=text(), protocol=text()),
    "TargetInFull": thing(
        "*", name=text(), title=text(), protocol=text(), state=one_of("enabled", "disabled", "known"), place=text(),
        source=text(), settings={"type": "object"}, password=flag(),
    ),
    "TargetTrial": thing(
        "*", place=text(), answers=flag(), said=text(), indexes=array(text()), schemas=array(text()),
        hits=maybe(whole()), samples=array(thing("*", position=whole(), title=text(), problems=array(text()))),
        problem=maybe(text()),
    ),
    "Lookup": thing(
        "*", number=whole(), query=text(), field=text(), complete=flag(), targets=table({"type": "object"}),
        items=array(thing("*", number=whole(), target=text(), position=whole(), title=text(), author=text(),
                          year=text(), same_as=maybe(whole()), problems=array(text()))),
    ),
    "Hit": thing("*", number=whole(), target=text(), record=maybe({"type": "object"}), problems=array(text())),
    "Token": thing(
        "*", number=whole(), library=text(), name=text(), scopes=array(text()), created=_WHEN, expires=maybe(_WHEN),
        revoked=maybe(_WHEN), used=maybe(_WHEN),
    ),
    "NewToken": thing("*", token=ref("Token"), secret=text()),
    "Person": thing(
        "*", number=whole(), login=text(), name=text(), role=text(), library=text(), giver=text(), begins=_WHEN,
        ends=maybe(_WHEN),
    ),
    "Health": thing("*", ok=flag(), findings=array({"type": "object"})),
    "Job": thing(
        "*", number=whole(), kind=text(), state=text(), change_set=maybe(whole()), done=whole(), message=text(),
        started=_WHEN, heartbeat=_WHEN, finished=maybe(_WHEN),
    ),
    "Alarm": thing(
        "*", number=whole(), source=text(), library=text(), kind=text(), vi=text(), en=text(), raised=_WHEN,
        cleared=maybe(_WHEN), told=array({}),
    ),
    "Examined": thing(
        "*", form=text(), detail=text(), file=text(), encoding=text(), confidence=share(), candidates=array(text()),
        samples=array(thing("*", before=text(), after=text())),
        tables=array(thing("*", name=text(), rows=whole(), left_out=array(thing("*", row=whole(), text=text())),
                           columns=array(thing(
            "*", heading=text(), target=text(), confidence=share(), samples=array(text()))))),
        tags=array(thing("*", tag=whole(), records=whole(), samples=array(text()), target=text())),
        kept=flag(), records=array(thing("*", marc=maybe({"type": "object"}), problems=array(text()))),
        expected=whole(),
    ),
    "RefusedPiece": thing(
        "*", piece=whole(), record=whole(), line=whole(), code=text(), says=text(), bytes=whole(),
        cells=maybe(table(text())), record_marc=maybe({"type": "object"}),
    ),
    "SourceTrial": thing(
        "*", trial=text(), library=text(), over=flag(), at=text(), kind=text(), settings={"type": "object"},
        found=maybe({"type": "object"}), error=maybe({"type": "object"}),
    ),
    "Draft": thing("*", **_DRAFT),
    "DraftInFull": thing(
        "*", **_DRAFT, text=text(), marc=maybe({"type": "object"}), moved=flag(), others=array(text()),
        problems=array(thing("*", severity=text(), says=text(), evidence=text(), place=text(), mends=flag())),
        may_publish=flag(),
    ),
    "Difference": thing("*", tag=text(), kind=one_of("changed", "added", "removed"), before=text(), after=text()),
    "Set": thing(
        "*", kind=text(), slug=text(), spec=text(), name_vi=text(), name_en=text(), query=text(), about_vi=text(),
        about_en=text(), library=text(), called=array(text()), members=whole(),
    ),
    "SetRecord": thing("*", identifier=text(), title=text(), libraries=array(text()), placed=flag()),
    "Placed": thing(
        "*", act=maybe(whole()), titles=whole(), same=whole(), foreign=whole(), unknown=array(text()),
        change_sets=array(whole()),
    ),
    "Placing": thing(
        "*", number=whole(), what=one_of("put", "take"), at=_WHEN, records=whole(), undone=flag(),
        change_sets=array(whole()),
    ),
    "Unplaced": thing("*", records=whole(), kept=whole()),
    "SetTrial": thing(
        "*", looked=whole(), members=whole(), libraries=_COUNTS,
        samples=array(thing("*", identifier=text(), title=text())),
    ),
    "Announcement": thing(
        "*", records=whole(), shown=whole(), stamp=maybe(_WHEN), change_sets=array(whole()), unknown=array(text()),
        many=flag(),
    ),
    "Partner": thing(
        "*", number=whole(), name=text(), named=flag(), network=text(), agent=text(), mail=text(), first=_WHEN,
        last=_WHEN, requests=whole(), errors=_COUNTS,
    ),
    "PartnerList": thing(
        "*", library=text(), verb=text(), format=text(), set=text(), since=maybe(_WHEN), started=_WHEN, last=_WHEN,
        requests=whole(), delivered=whole(), total=whole(), complete=flag(),
    ),
    "RulesTrial": thing("*", **_RULES_TRIAL),
    "RulesTrialInFull": thing("*", trial=ref("RulesTrial"), rules=text(), result={"type": "object"}),
    "Invitation": thing(
        "*", number=whole(), name=text(), email=text(), role=text(), library=text(), ends=maybe(_WHEN), giver=text(),
        created=_WHEN, expires=_WHEN,
    ),
    "Link": thing("*", link=text(), days=whole(), sent=flag(), trouble=text()),
    "Entry": thing(
        "*", number=whole(), moment=_WHEN, actor=text(), act=text(), object=text(), library=text(), detail=text(),
        change_set=maybe(whole()), address=text(),
    ),
    "Backup": thing("*", name=text(), made=_WHEN, records=whole(), size=whole()),
    "Upload": {"type": "object", "description": "docs/push.md"},
}  # fmt: skip
