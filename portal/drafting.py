"""What the pages of drafts share: who may see one, what was typed into it, the page that shows it."""

from __future__ import annotations

from typing import Any

from flask import abort, g, make_response, render_template, request

from accounts.rights import Act
from catalogue import drafts, history
from catalogue.drafts import Draft
from catalogue.history import Subject
from catalogue.store import Store
from foundation.errors import InputError, RefusedError
from foundation.limits import EDITOR_FORM_BYTES
from foundation.settings import Settings
from marc import worksheet
from portal import editor_view as view
from portal.workshop import allowed, language, missing, who


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
        said = view.findings(text, found.kind, shown, language(), new=found.record is None)
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
            others=drafts.others(self.store, found.record, found.person) if found.record else [],
            may_publish=bool(allowed(Act.PUBLISH, found.library)),
            own=found.person == who().actor,
        )

    def rendered(self, template: str, **values: Any) -> str:
        """A page."""
        return render_template(template, settings=self._settings, **values)


def chosen(name: str) -> str:
    """The view of this name, or the form."""
    return name if name in view.VIEWS else view.FORM
