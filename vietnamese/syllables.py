"""The Vietnamese syllable as a grammar: onset + rime + tone, with the spelling rules that bind them. No word list.

Every syllable of the written language (quốc ngữ) is one onset of `_ONSETS`, one rime of `_RIMES` and one of six tones.
Three rules bind the parts:

- c, g, ng stand before a ă â o ô ơ u ư; k, gh, ngh before e ê i y (Bắc Kạn apart); q only as qu; y alone after few
  onsets;
- a rime that ends in p, t, c, ch has the tone sắc or nặng, never another;
- the tone mark stands on one vowel of the rime, which the rime alone decides, but for open oa, oe, uy (old: hòa, khỏe,
  thúy; new: hoà, khoẻ, thuý).

The whole language is about 20,000 spellings, so the grammar is unrolled once into a table and asked by lookup.
"""

from __future__ import annotations

import unicodedata
from functools import cache
from typing import Final, NamedTuple

TONES: Final = ("", "\u0300", "\u0309", "\u0303", "\u0301", "\u0323")
"""Combining marks in dictionary order: ngang, huyền, hỏi, ngã, sắc, nặng."""

_SHARP: Final = ("\u0301", "\u0323")  # what a stopped syllable may carry


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


_ONSETS: Final = _words("b c ch d đ g gh gi h k kh l m n ng ngh nh p ph qu r s t th tr v x")
_LABIALS: Final = ("b", "m", "p", "ph", "v")  # no rounded glide after a rounded onset, but for the loans below
_LOANS: Final = ("buyt", "phuy", "voan", "kan", "kon")  # xe buýt, voan; Bắc Kạn and Kon Tum keep their k

_PLAIN: Final = _words(
    "a ai ao au ay am an ang anh ap at ac ach ăm ăn ăng ăp ăt ăc âu ây âm ân âng âp ât âc e eo em en eng "
    "ep et ec ê êu êm ên ênh êp êt êch i ia iu im in inh ip it ich iêu iêm iên iêng iêp iêt iêc o oi om "
    "on ong op ot oc oong ooc ô ôi ôm ôn ông ôp ôt ôc ơ ơi ơm ơn ơp ơt u ua ui um un ung up ut uc uôi uôm "
    "uôn uông uôt uôc ư ưa ưi ưu ưm ưng ưt ưc ươi ươu ươm ươn ương ươp ươt ươc"
)
_GLIDE: Final = _words(
    "oa oai oay oao oam oan oang oanh oap oat oac oach oăm oăn oăng oăt oăc oe oeo oen oet uê uêu uên "
    "uênh uêch uơ uy uya uyu uynh uyt uych uyp uyên uyêt uây uân uâng uât"
)
_AFTER_QU: Final = _words(
    "a ai ao au ay an ang anh ap at ac ach ăm ăn ăng ăp ăt ăc âu ây ân âng ât e eo en eng et ê ên ênh êt "
    "êch i in inh ip it ich y ynh yt ych yên yêt ơ ơn ơt ôc"
)
_AFTER_GI: Final = ("êng", "êt", "êc", "êu", "êm", "ê")  # giếng is gi + iêng with one i written
_WITHOUT_ONSET: Final = _words("y yêu yêm yên yêng yêt")
_BEFORE_Y: Final = ("h", "k", "l", "m", "n", "s", "t", "th", "v", "qu")


class Syllable(NamedTuple):
    """The parts of one syllable, lower case, NFC. `tone` is a combining mark or empty."""

    onset: str
    rime: str
    tone: str


def _fits(onset: str, rime: str) -> bool:
    """Whether the spelling rules let `rime` follow `onset` (general rimes; qu and gi are listed apart)."""
    front = rime[0] in "eêiy"
    if onset in ("c", "g", "ng"):
        return not front
    if onset in ("gh", "ngh"):
        return front and rime[0] != "y"
    if onset == "k":
        return front or onset + rime in _LOANS
    return not (rime in _GLIDE and onset in _LABIALS) or onset + rime in _LOANS


def _bare() -> list[tuple[str, str]]:
    """Every (onset, rime) of the language, without tones."""
    pairs = [("", rime) for rime in _PLAIN + _GLIDE + _WITHOUT_ONSET]
    for onset in _ONSETS:
        if onset == "qu":
            pairs += [(onset, rime) for rime in _AFTER_QU]
        elif onset == "gi":
            pairs += [(onset, rime) for rime in _PLAIN if not rime.startswith("i")]
            pairs += [(onset, rime) for rime in _AFTER_GI]
        else:
            pairs += [(onset, rime) for rime in _PLAIN + _GLIDE if _fits(onset, rime)]
            if onset in _BEFORE_Y:
                pairs.append((onset, "y"))
    # gì, gìn, gíp: the i belongs to onset and rime at once
    pairs += [("g", "i"), ("g", "in"), ("g", "im"), ("g", "ip")]
    return list(dict.fromkeys(pairs))


def _seats(onset: str, rime: str) -> tuple[int, int]:
    """Index in `rime` of the vowel that carries the tone, in the new and in the old style."""
    shaped = [at for at, letter in enumerate(rime) if letter in "ăâêôơư"]
    if shaped:
        return shaped[-1], shaped[-1]
    vowels = [at for at, letter in enumerate(rime) if letter in "aeiouy"]
    if rime in ("oa", "oe", "uy") and onset != "qu":
        return 1, 0
    if vowels[-1] + 1 < len(rime) or len(vowels) == 1:  # a consonant ends the syllable, or nothing to choose
        return vowels[-1], vowels[-1]
    middle = 1 if len(vowels) == 3 or rime in ("oa", "oe", "uy") else 0
    return vowels[middle], vowels[middle]


def _spell(onset: str, rime: str, tone: str, seat: int) -> str:
    return unicodedata.normalize("NFC", onset + rime[: seat + 1] + tone + rime[seat + 1 :])


@cache
def _table() -> dict[str, tuple[Syllable, str, str]]:
    """Spelling → (parts, spelling in the new style, in the old style), for every syllable and both styles."""
    table: dict[str, tuple[Syllable, str, str]] = {}
    for onset, rime in _bare():
        new, old = _seats(onset, rime)
        for tone in _SHARP if rime.endswith(("p", "t", "c", "ch")) else TONES:
            spelt = _spell(onset, rime, tone, new)
            spellings = spelt, spelt if new == old else _spell(onset, rime, tone, old)
            for spelling in spellings:
                # "gia" is gi + a before it is g + ia: the longer onset came first
                table.setdefault(spelling, (Syllable(onset, rime, tone), *spellings))
    return table


@cache
def _misplaced() -> dict[str, tuple[str, str]]:
    """Spellings with the tone on the glide of a closed syllable or on qu, gi (hòan, qúy) → the right (new, old)."""
    table = _table()
    wrong: dict[str, tuple[str, str]] = {}
    for (onset, rime, tone), new, old in table.values():
        if onset in ("qu", "gi"):
            spelling = unicodedata.normalize("NFC", onset + tone + rime)
        elif rime in _GLIDE and rime[:2] in ("oa", "oă", "oe", "uy", "uê", "uâ"):
            spelling = _spell(onset, rime, tone, 0)
        else:
            continue
        if spelling not in table:
            wrong.setdefault(spelling, (new, old))
    return wrong


def styles(word: str) -> tuple[str, str] | None:
    """The spellings of one lower-case NFC syllable in the (new, old) style; None when it is not a syllable."""
    found = _table().get(word)
    return found[1:] if found else _misplaced().get(word)


def parse(word: str) -> Syllable | None:
    """The parts of one word in any case and normal form; None when it is not a Vietnamese syllable.

    Either style of tone placement is a good spelling; a tone on any other letter is not.
    """
    found = _table().get(unicodedata.normalize("NFC", word).lower())
    return found[0] if found else None


def is_vietnamese_syllable(word: str) -> bool:
    """Whether `word` is spelled as a syllable of Vietnamese can be. Says nothing about whether the word exists."""
    return parse(word) is not None
