"""Everything that a screen does, a program can do: each address of the portal beside the operations of `/api/v1`.

A screen that is added stands in no row here, and fails the test until somebody says by which operation a program does
the same; or, in few cases, why it is for somebody who sits in front of it.
"""

from __future__ import annotations

from typing import Final

from accounts.rights import EVERYBODY
from portal.workshop import act_of
from tests.portal.rest_world import World, rest_made, rows, world  # noqa: F401 - fixtures

ACTS: Final[dict[str, str]] = {
    # import
    "imports.send": "send_file", "imports.begin": "send_file", "imports.piece": "send_file",
    "imports.read": "examine_file map_file read_file", "imports.steer": "stop_file read_file reopen_file drop_file",
    # batches
    "batches.decide": "publish ask decline undo_batch redo_batch drop_batch", "batches.check": "check_batch",
    "batches.correct": "send_corrections", "batches.mend": "fix", "batches.unfix": "undo_fix",
    "batches.save": "mend_record", "batches.take": "mend_refused",
    # the editor
    "editor.begin": "add_draft", "editor.write": "write_draft mend_draft send_draft publish_draft",
    "editor.check": "draft", "editor.find": "record union", "draft_acts.drop": "drop_draft",
    "draft_acts.rebase": "rebase_draft", "draft_acts.give_back": "return_draft",
    "draft_acts.take_back": "take_draft_back", "record_desk.edit": "draft_record", "record_desk.copy": "add_draft",
    "record_desk.change": "bring_back delete_record undo_record",
    # copying
    "copying.begin": "look_up", "copying.take": "copy_hits copy_into_draft",
    "targets.keep": "put_target", "targets.turn": "enable_target disable_target remove_target",
    "targets.attempt": "try_target",
    # harvests
    "sources.add": "add_source run_source", "sources.attempt": "try_source", "sources.accept": "try_source",
    "sources.change": "change_source",
    "sources.run": "run_source", "sources.turn": "rest_source wake_source remove_source restore_source",
    "runs.pause": "pause_run", "runs.resume": "resume_run", "runs.stop": "discard_run", "runs.release": "release_run",
    "runs.undo": "undo_run", "quarantine.discard": "discard", "quarantine.retry": "retry",
    "quarantine.take_back": "take_back",
    # the union
    "duplicates.answer": "decide", "duplicates.all_different": "all_different",
    "duplicates.sooner": "ask_sooner", "duplicates.withdraw": "withdraw",
    "clusters.split": "split", "clusters.pin": "pin", "clusters.freeze": "freeze",
    "rules.submit": "try_union_rules", "rules.decide": "publish_union_rules drop_union_rules",
    # sets
    "collections.add": "put_set", "collections.change": "put_set", "collections.turn": "drop_set restore_set",
    "collections.put": "put_records take_records", "collections.place": "put_records take_records",
    "collections.undo": "undo_collection_act", "queries.add": "put_set", "queries.change": "put_set",
    "queries.turn": "drop_set restore_set",
    # harvesters
    "announcing.tell": "try_announcement announce", "partners.name": "name_partner",
    # administration
    "organisations.add": "add_library", "organisations.change": "change_library",
    "organisations.make_token": "add_token", "organisations.revoke": "revoke_token",
    "people.invite": "invite", "people.revoke": "revoke_invitation", "people.give": "give_role",
    "people.end": "end_role", "people.lock": "lock_person", "people.unlock": "unlock_person",
    "people.codes_off": "codes_off_person", "people.reset": "reset_person",
    "system.ask": "backup_system examine_system", "system.verify": "verify_backup", "system.rebuild": "rebuild_index",
}  # fmt: skip
"""What is done on a screen (an address that takes POST) → operations."""

SIGHTS: Final[dict[str, str]] = {
    "imports.choose": "files libraries", "imports.file": "file examine_file", "imports.blank": "template",
    "batches.listing": "batches", "batches.batch": "batch problems", "batches.errors": "errors",
    "batches.fix": "try_fix", "batches.one": "batch_records", "batches.records": "batch_records",
    "batches.refused": "refused", "batches.refusal": "refused_piece",
    "editor.desk": "drafts", "editor.draft": "draft", "editor.headings": "headings",
    "draft_acts.compare": "draft_differences", "record_desk.record": "record versions",
    "record_desk.compare": "differences", "copying.search": "targets", "copying.found": "lookup",
    "copying.hit": "hit", "sources.every": "sources", "sources.one": "source", "sources.form": "source",
    "sources.new": "libraries", "sources.tried": "source_trial", "runs.every": "runs", "runs.one": "run",
    "runs.effect": "effects", "quarantine.every": "quarantine", "quarantine.one": "quarantined",
    "quarantine.again": "look_again", "quarantine.data": "quarantined", "quarantine.letter": "quarantine_letter",
    "duplicates.queue": "questions questions_later questions_alike",
    "duplicates.question": "question", "duplicates.pair": "explain",
    "duplicates.decisions": "decisions", "clusters.every": "clusters", "clusters.cluster": "union",
    "rules.all_trials": "union_rules", "rules.trial": "union_rules_trial", "sureness.sure": "sureness",
    "quality.overview": "quality", "quality.records": "quality_records", "statistics.year": "statistics",
    "people.everybody": "people invitations", "people.invited": "invitations",
    "people.one": "people", "organisations.every": "libraries",
    "organisations.one": "library", "organisations.tokens_of": "tokens", "trail.log": "audit verify_audit",
    "trail.rights": "rights", "system.home": "system backups jobs", "system.in_force": "settings",
    "system.log": "alarms", "system.work": "jobs",
    "signing.desk": "matters runs jobs",
    "collections.every": "sets removed_sets", "collections.one": "sets set_records collection_acts",
    "collections.choose": "search sets", "queries.every": "sets removed_sets", "queries.one": "sets set_records",
    "queries.new": "try_set word_set", "targets.every": "every_target", "targets.one": "every_target",
    "targets.new": "every_target", "announcing.choose": "try_announcement", "partners.every": "partners",
    "partners.one": "partner_lists",
    # what everybody reads
    "search.collection": "search",
    "search.search": "search", "search.browse": "headings", "records.record": "record union",
    "home": "libraries",
}  # fmt: skip
"""What a screen shows (an address that is read) → operations."""

OTHERWISE: Final[dict[str, str]] = {
    "account": "one's own password, codes and sessions: a program has none",
    "signing": "signing in: a program shows its token",
    "push": "is an operation itself", "matching": "is an operation itself", "rest": "is an operation itself",
    "described": "tells of the operations",
    "feed": "protocols for programs (OAI-PMH, ResourceSync, Atom) and what proves them",
    "unapi": "a protocol for programs", "connect": "tells how to connect, and shows nothing of the store",
    "static": "", "alive": "for programs already", "ready": "for programs already",
}  # fmt: skip
"""Blueprints, and addresses without one, that are for somebody who sits there, or for programs already."""
NO_SCREENS: Final = frozenset(("search.opensearch", "records.void", "records.dataset", "records.concept"))
"""Addresses beside screens that programs alone read."""


def test_every_act_of_a_screen_has_an_operation_that_does_the_same(world: World) -> None:  # noqa: F811
    names = {row.name for row in rows(world)}
    wrong = []
    for rule in world.app.url_map.iter_rules():
        endpoint = rule.endpoint
        blueprint = endpoint.partition(".")[0]
        if endpoint not in ACTS | SIGHTS and (blueprint in OTHERWISE or endpoint in NO_SCREENS):
            continue
        does = set(rule.methods or ()) - {"GET", "HEAD", "OPTIONS"}
        told = (ACTS if does else SIGHTS).get(endpoint, "")
        if not told or set(told.split()) - names:
            wrong.append((endpoint, rule.rule, told))
    assert wrong == []


def test_the_table_names_no_screen_that_is_gone(world: World) -> None:  # noqa: F811
    assert set(ACTS | SIGHTS) - set(world.app.view_functions) == set()


def test_what_a_screen_asks_for_the_operation_asks_for_too(world: World) -> None:  # noqa: F811
    """The right of a screen is among those of the operation, so that no token goes round it."""
    acts = {row.name: set(row.acts) for row in rows(world)}
    wrong = []
    for endpoint, told in ACTS.items():
        act = act_of(world.app, endpoint)
        wrong += [(endpoint, name) for name in told.split() if acts[name] - EVERYBODY and act not in acts[name]]
    # A source is run at once by whoever adds it; its own address asks for the right to run.
    assert [one for one in wrong if one != ("sources.add", "run_source")] == []
