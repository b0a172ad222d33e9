"""Refusals as an APDU carries them, in the version and the letters that were agreed on."""

from __future__ import annotations

from z3950_bridge.apdu_parts import Choice, Diagnostic
from z3950_bridge.charsets import native
from z3950_bridge.diagnostics import BIB1_DIAGNOSTICS, Refusal, shortened
from z3950_bridge.initialisation import Terms


def diagnostic(refusal: Refusal, terms: Terms) -> Diagnostic:
    """`DefaultDiagFormat` of a refusal: version 2 has visible strings only."""
    words = shortened(refusal.addinfo)
    if terms.version == 2:
        return Diagnostic(BIB1_DIAGNOSTICS, int(refusal.condition), ("v2", words.encode("ascii", "replace").decode()))
    return Diagnostic(BIB1_DIAGNOSTICS, int(refusal.condition), ("v3", native(words, terms.charset)))


def diagnostic_record(refusal: Refusal, terms: Terms) -> Choice:
    """`DiagRec` of a refusal."""
    return "default", diagnostic(refusal, terms)
