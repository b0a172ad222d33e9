"""What the readers of `marc` say of a record, with the numbers of the rules, so that nothing is looked at twice."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from foundation.errors import Problem
from marc import charset_messages, messages
from marc.rules import control, fields, structure
from marc.rules.rule import LEADER, Rule, Spot, shown

_RULES: dict[str, Rule] = {
    message.code: rule
    for rule, said in {
        structure.leader_length: (messages.LEADER_SHORT,),
        structure.record_length: (messages.LENGTH,),
        structure.record_cut: (messages.CUT,),
        structure.base_address: (messages.BASE,),
        structure.directory: (messages.DIRECTORY_BROKEN, messages.EMPTY_RECORD),
        structure.directory_repaired: (messages.DIRECTORY, messages.DIRECTORY_FIRST, messages.DIRECTORY_CHARACTERS),
        structure.field_outside: (messages.FIELD_OUTSIDE, messages.FIELD_OVERLAP, messages.FIELD_EMPTY),
        structure.unclaimed: (messages.UNCLAIMED,),
        structure.terminator: (messages.TERMINATOR, messages.FILLER),
        structure.record_size: (messages.RECORD_LIMIT, messages.FIELDS_LIMIT, messages.SUBFIELDS_LIMIT),
        structure.encoding_label: (messages.ENCODING_LABEL,),
        structure.not_utf8: (messages.NOT_UTF8, messages.UNDECODED),
        structure.control_characters: (messages.CONTROL_CHARACTERS, messages.CONTROL_DELIMITER),
        structure.replacement: (
            messages.BYTES_LOST,
            charset_messages.UNKNOWN_CODE,
            charset_messages.TRUNCATED,
            charset_messages.LOST,
        ),
        structure.tag: (messages.TAG, messages.TAG_LEFT_OUT),
        structure.tag_letters: (messages.TAG_MENDED,),
        structure.subfield_code: (messages.SUBFIELD_CODE,),
        structure.loose_text: (messages.LOOSE_TEXT, messages.NO_SUBFIELDS),
        structure.empty: (messages.EMPTY_SUBFIELDS,),
        fields.indicator: (messages.INDICATORS, messages.INDICATORS_FOREIGN),
    }.items()
    for message in said
}

_LEADER_RULES = {10: structure.leader_counts, 11: structure.leader_counts} | dict.fromkeys(
    range(20, 24), structure.entry_map
)


def of_reading(problems: Iterable[Problem], whole: bool) -> Iterator[tuple[Rule, Spot, Problem]]:
    """Rule, spot and what was said, for each problem of a reading; `whole`: whether the record could be read."""
    for problem in problems:
        if problem.code == messages.LEADER.code:
            yield from ((rule, spot, problem) for rule, spot in _of_leader(**problem.values))
            continue
        rule = _RULES.get(problem.code) or _other(problem.code, whole)
        yield rule, Spot(problem.place.tag, subfield=problem.place.subfield), problem


def _other(code: str, whole: bool) -> Rule:
    """The rule for what has none of its own."""
    if code.startswith("spreadsheet."):
        return structure.list_cell if whole else structure.list_row
    return structure.repaired if whole else structure.unreadable


def _of_leader(seen: str, used: str) -> Iterator[tuple[Rule, Spot]]:
    """The rules that a mended leader broke, each once."""
    found: dict[Rule, Spot] = {}
    if len(seen) != 24:
        found[structure.leader_length] = Spot(LEADER, seen=shown(seen), wanted=used)
    else:
        for place in (5, 6, 7, 8, 10, 11, 17, 18, 19, 20, 21, 22, 23):
            if seen[place] != used[place]:
                rule = _LEADER_RULES.get(place, control.leader_codes)
                found.setdefault(rule, Spot(LEADER, position=place, seen=seen[place], wanted=used[place]))
    yield from found.items()


def rule_of(code: str) -> Rule | None:
    """The rule that a reader's message stands for, by the message's code, where nothing else of the problem is left;
    None for messages that are none of a reader's."""
    if code == messages.LEADER.code:
        return control.leader_codes
    return _RULES.get(code)
