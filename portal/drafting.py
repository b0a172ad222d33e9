"""What the pages of drafts share: who may see one, what was typed into it, the page that shows it."""

from __future__ import annotations

from typing import Any

from flask import abort, g, make_response, render_template, request

from accounts import audit
from accounts.rights import Act
from catalogue import corrections, drafts, editing, history, messages
from catalogue.drafts import Draft
from catalogue.editing import Saved
from catalogue.history import Subject
from catalogue.store import Store
from foundation.errors import InputError, Language, RefusedError
from foundation.limits import EDITOR_FORM_BYTES
from foundation.settings import Settings
from marc import entry, marc21_labels, worksheet
from marc.rules import NOT_IN_LISTS, mend
from portal import editor_view as view
from portal.workshop import allowed, language, missing, noted, person_name, who


def bounded(_endpoint: str | None, _values: dict[str, Any] | None) -> None:
    """Before anything reads the form: a long record is allowed, and nothing longer. And our script may run."""
    request.max_content_length = request.max_form_memory_size = EDITOR_FORM_BYTES
    g.scripted = True


class Drafting:
    """Drafts as the one who asks may see and change them."""

    def __init__(self, store: Store, settings: Settings) -> None:
        self.store = store
        self._settings = settings

    def seen(self, number: int) -> Draft:
        """A draft of one's own, or one that was sent and that one may publish; all others are not there (404)."""
        try:
            found = drafts.get(self.store, number)
        except RefusedError:
            missing()
        own = found.person == who().actor and allowed(Act.EDIT, found.library)
        if not own and not (found.state == drafts.SENT and allowed(Act.PUBLISH, found.library)):
            missing()
        return found

    def own(self, number: int) -> Draft:
        """A draft of one's own, 404 for any other."""
        found = self.seen(number)
        if found.person != who().actor:
            missing()
        return found

    def subject(self, found: Draft) -> Subject | None:
        """The record that the draft changes, as it is now; None for a new one."""
        return history.subject(self.store, found.identifier) if found.identifier else None

    def typed(self, found: Draft, shown: str) -> str:
        """The lines that were sent. What was sent for approval is published as it is: who looks does not change it."""
        if found.state == drafts.SENT or "from" not in request.form:
            return found.text
        rows = {name: request.form.getlist(name) for name in ("tag", "first", "second", "content")}
        try:
            text = view.typed(request.form, rows, shown, found.text, found.kind)
            worksheet.read(text)
        except InputError as error:
            abort(make_response(self.page(found, shown, refused=error.text(language())), 413))
        return text

    def keep(self, found: Draft, text: str) -> Draft:
        """Keep what was typed; another draft when this one was changed in another window."""
        if found.state == drafts.SENT:
            return found
        sent = request.form.get("revision", "")
        revision = int(sent) if sent.isascii() and sent.isdigit() and len(sent) < 10 else -1
        name = view.title(worksheet.read(text).record)
        return drafts.keep(self.store, found.number, text, revision, title=name)

    def page(
        self, found: Draft, shown: str, *, text: str | None = None, checked: bool = False, refused: str = "",
        confirm: bool = False,
    ) -> str:  # fmt: skip
        """The draft in one of the views. `text`: what was typed, where it could not be kept."""
        text = found.text if text is None else text
        said = findings(self.store, found, shown, language(), text)
        now = self.subject(found)
        return self.rendered(
            "editor/draft.html",
            draft=found,
            view=shown,
            views=view.VIEWS,
            text=text,
            said=said,
            checked=checked,
            refused=refused,
            confirm=confirm,
            told=request.args,
            groups=view.groups(text, found.kind, said, language()) if shown == view.FORM else [],
            near=view.near(self.store, text, found.kind) if checked and shown == view.FORM else {},
            rows=worksheet.rows(text) if shown == view.TABLE else [],
            subject=now,
            moved=now is not None and now.version != found.base,
            tag_name=lambda tag: marc21_labels.label(tag, "", language()),
            others=list(map(person_name, drafts.others(self.store, found.record, found.person)))
            if found.record
            else [],
            may_publish=bool(allowed(Act.PUBLISH, found.library)),
            own=found.person == who().actor,
        )

    def rendered(self, template: str, **values: Any) -> str:
        """A page."""
        return render_template(template, settings=self._settings, **values)


def findings(store: Store, found: Draft, shown: str, tongue: Language, text: str | None = None) -> view.Findings:
    """What the rules say of a draft in one of the views. `text`: what was typed, where it is not kept yet."""
    text = found.text if text is None else text
    if found.record is None:
        unasked = view.GIVEN_HERE
    else:  # of a row of a list, what nobody can be asked who has a list
        unasked = NOT_IN_LISTS if history.subject(store, found.identifier).listed else frozenset()
    return view.findings(text, found.kind, shown, tongue, unasked)


def begun(store: Store, found: Subject) -> Draft | None:
    """The draft in which who asks changes a record, made when there is none; None for a record that is deleted."""
    if found.record is None or found.version is None:
        return None
    return drafts.begun(store, who().actor, found.number) or drafts.begin(
        store, found.library, who().actor, worksheet.text(found.record), title=view.title(found.record),
        kind=entry.kind_of(found.record), of=(found.number, found.version),
    )  # fmt: skip


def mended(store: Store, found: Draft) -> Draft:
    """The draft with what the rules can mend by themselves; as it is when lines are no fields, or it was sent."""
    sheet = worksheet.read(found.text)
    if sheet.faults or found.state == drafts.SENT:
        return found
    record, _applied = mend(sheet.record)
    return drafts.keep(store, found.number, worksheet.text(record), found.revision, title=view.title(record))


def rebased(store: Store, found: Draft, now: Subject, *, merge: bool) -> tuple[Draft, tuple[str, ...]]:
    """Go on from what is published now, with one's own text as it is, or (`merge`) with one's changes made on it again;
    the draft, and the tags of the changes that were overtaken. Ends the request with 404 where there is no such way."""
    if now.record is None or now.version is None or found.state == drafts.SENT:
        missing()
    text = found.text
    overtaken: tuple[str, ...] = ()
    if merge and found.base is not None:
        base = history.of(store, now.number, found.base)
        mine = worksheet.read(found.text).record
        merged = corrections.apply(now.record, corrections.between(base, mine))
        text, overtaken = worksheet.text(merged.record), tuple(merged.overtaken)
    return drafts.rebase(store, found.number, now.version, text), overtaken


def sent(store: Store, found: Draft) -> Draft:
    """Send it for approval, once. Raises RefusedError while it has no title, or lines that are no fields."""
    sheet = worksheet.read(found.text)
    if sheet.faults or not view.title(sheet.record):
        raise RefusedError(messages.DRAFT_UNREADY)
    if found.state == drafts.SENT or not allowed(Act.EDIT, found.library):
        return found
    noted(Act.EDIT, f"draft {found.number}", f"sent for approval: {found.title}", library=found.library)
    return drafts.send(store, found.number)


def returned(store: Store, found: Draft, note: str) -> Draft:
    """Give a draft that was sent back to its writer; 404 for one that was not."""
    if found.state != drafts.SENT:
        missing()
    noted(Act.PUBLISH, f"draft {found.number}", f"returned to {found.person}: {note}", library=found.library)
    return drafts.give_back(store, found.number, note)


def published(store: Store, found: Draft) -> Saved:
    """Publish it; the draft is gone then. Raises RefusedError as `editing.create` and `editing.save`."""
    record = worksheet.read(found.text).record
    now = history.subject(store, found.identifier) if found.identifier else None
    if now is None:
        saved = editing.create(store, found.library, record, original=found.original)
    else:
        saved = editing.save(store, now, record, based_on=found.base or -1)
    detail = f"{audit.DRAFT_OF}{found.person}" if found.person != who().actor else ""
    noted(Act.PUBLISH, saved.identifier, detail, saved.change_set, library=found.library)
    drafts.drop(store, found.number)
    return saved


def chosen(name: str) -> str:
    """The view of this name, or the form."""
    return name if name in view.VIEWS else view.FORM
