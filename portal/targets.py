"""`/workshop/targets`: the catalogues of other libraries that may be searched and copied from.

/workshop/targets            those that are kept, and public ones that are known; on and off
/workshop/targets/NAME       its settings, a trial, forgetting it; /workshop/new-target: one more
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from flask import Blueprint, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from accounts.rights import Act
from catalogue.store import Store
from foundation.errors import InputError, Message, RefusedError
from foundation.settings import Settings
from foundation.vault import Vault
from harvesting import target_trial
from harvesting.targets import Targets, known
from portal import target_forms
from portal.lists import as_asked
from portal.telling import done, refused
from portal.workshop import allowed, language, missing, noted, required
from z3950_bridge.peer import SRU, Z3950, Peer, peer

COLUMNS: Final = ("name", "title", "protocol", "state", "place", "source")
TRIAL_SECONDS: Final = 20
"""A page waits for a trial no longer, whatever the target's own settings say."""
Page = str | tuple[str, int] | Response
GUARDED: Final = Message(
    "target.guarded",
    "mạng nội bộ, tệp chứng thư, và địa chỉ của nguồn ở mạng nội bộ thì chỉ quản trị hệ thống đổi được. Hãy nhờ họ.",
    "private networks, certificate files, and the address of a target in a private network are for administrators of "
    "the system. Ask one of them.",
)
PASSWORD_MOVED: Final = Message(
    "target.password_moved",
    "địa chỉ hoặc tên đăng nhập đã đổi: mật khẩu đang giữ chỉ dành cho nơi cũ. Hãy gõ lại mật khẩu, hoặc bỏ mật khẩu.",
    "the address or the user name is another: the password that is kept is for the old one alone. Type it again, or "
    "take it away.",
)


def create(store: Store, settings: Settings) -> Blueprint:
    """The screens."""
    pages = Blueprint("targets", __name__, url_prefix="/workshop")
    targets = Targets(store, Vault(settings.home / "vault.key"))
    _listing(pages, targets, settings)
    _one(pages, targets, settings)
    return pages


def _listing(pages: Blueprint, targets: Targets, settings: Settings) -> None:
    @pages.get("/targets")
    @required(Act.TARGETS)
    def every() -> Page:
        found = rows(targets)
        listed = ({name: one[name] for name in COLUMNS} for one in found)
        return as_asked("targets", COLUMNS, listed) or render_template(
            "targets/list.html", found=found, settings=settings
        )

    @pages.post("/targets/<name>/<any('enable','disable','remove'):what>")
    @required(Act.TARGETS)
    def turn(name: str, what: str) -> Response:
        try:
            turned(targets, name, what)
        except (RefusedError, InputError) as error:
            return refused(url_for("targets.every"), error)
        said = {
            "enable": _("Đã bật %(name)s: người biên mục tìm được ở đó.", name=name),
            "disable": _("Đã tắt %(name)s; thiết đặt được giữ.", name=name),
            "remove": _("Đã bỏ %(name)s; biểu ghi đã sao chép vẫn còn.", name=name),
        }
        return done(url_for("targets.every"), said[what])


def _one(pages: Blueprint, targets: Targets, settings: Settings) -> None:
    def page(made: Peer, fresh: bool, **more: Any) -> str:
        shown: dict[str, Any] = {"reason": "", "trial": None, "searched": "", "enabled": True} | more
        return render_template(
            "targets/form.html", made=made, fresh=fresh, fields=target_forms.of_protocol(made.protocol),
            shown=target_forms.shown(made), protocols=target_forms.PROTOCOLS, administrator=allowed(Act.SYSTEM),
            english=language() == "en", settings=settings, **shown,
        )  # fmt: skip

    @pages.get("/new-target")
    @required(Act.TARGETS)
    def new() -> Page:
        protocol = SRU if request.args.get("protocol") == SRU else Z3950
        return page(Peer(name="", protocol=protocol), True)

    @pages.get("/targets/<name>")
    @required(Act.TARGETS)
    def one(name: str) -> Page:
        enabled, made = _kept(targets, name)
        if made is None:
            missing()
        return page(made, False, enabled=enabled)

    @pages.post("/new-target")
    @pages.post("/targets/<name>")
    @required(Act.TARGETS)
    def keep(name: str = "") -> Page:
        form, fresh = request.form, not name
        name = name or form.get("name", "").strip()
        before = None if fresh else _kept(targets, name)[1]
        if before is None and not fresh:
            missing()
        protocol = before.protocol if before else SRU if form.get("protocol") == SRU else Z3950
        try:
            values = target_forms.read(protocol, form)
            secret = None if "forget" in form else form.get("password", "") or (None if fresh else ...)
            made = kept(targets, name, protocol, values, secret, enabled="enabled" in form)
        except (RefusedError, InputError) as error:
            typed = before or Peer(name=name, protocol=protocol)
            return page(typed, fresh, reason=error.text(language())), 409
        return done(url_for("targets.one", name=made.name), _("Đã lưu %(name)s. Hãy gọi thử.", name=made.name))

    @pages.post("/targets/<name>/try")
    @required(Act.TARGETS)
    def attempt(name: str) -> Page:
        enabled, made = _kept(targets, name)
        if made is None:
            missing()
        words = request.form.get("words", "")[:500]
        return page(made, False, enabled=enabled, searched=words, trial=tried(targets, name, words))


# --- what screens and programs do alike -----------------------------------------------------------------------
def rows(targets: Targets) -> list[dict[str, Any]]:
    """Every target that is kept and every public one that is known, without passwords."""
    found = targets.every()
    mine = {one.name for one, _peer in found}
    listed = [_row(made, "enabled" if one.enabled else "disabled") for one, made in found]
    others = [(name, entry) for name, entry in known().items() if name not in mine]
    return listed + [_row(entry.peer, "known") | {"source": f"https://{entry.source}"} for _name, entry in others]


def kept(
    targets: Targets, name: str, protocol: str, values: Mapping[str, Any], password: Any, *, enabled: bool
) -> Peer:  # fmt: skip
    """Add a target, or give it those other settings that `values` names.

    `password`: None takes it away, `...` keeps it.

    Raises InputError for a setting, RefusedError for one that the asker may not set, and when a password that is kept
    would be sent elsewhere than it was given for.
    """
    existing = {one.name: (one, made) for one, made in targets.every()}
    before = existing[name][1] if name in existing else None
    if target_forms.guarded(values, before) and not allowed(Act.SYSTEM):
        raise RefusedError(GUARDED)
    held = before.stored() if before is not None else {}
    said = {key: value for key, value in values.items() if key != "password"}
    made = peer(name, protocol, {**held, **said, "password": ""})
    if password is ... and before is not None and before.password:
        if target_forms.moved(made, before):
            raise RefusedError(PASSWORD_MOVED)
        made = made.with_password(targets.get(name).password)
    elif password not in (None, ...):
        made = peer(name, protocol, made.stored() | {"password": password})
    if before is None:
        targets.add(made, enabled=enabled)
    else:
        targets.change(made)
        if existing[name][0].enabled != enabled:
            targets.enable(name, enabled)
    noted(Act.TARGETS, name, f"{'=' if before else '+'} {made.place}"[:300])
    return made


def turned(targets: Targets, name: str, what: str) -> None:
    """`enable`, `disable` or `remove` a target. Raises RefusedError when there is none."""
    if what == "remove":
        targets.remove(name)
    else:
        targets.enable(name, what == "enable")
    noted(Act.TARGETS, name, {"enable": "1", "disable": "0", "remove": "-"}[what])


def tried(targets: Targets, name: str, words: str) -> target_trial.Trial:
    """Call a target that is kept or known. Raises RefusedError when there is none."""
    names = {one.name for one, _peer in targets.every()}
    chosen = targets.get(name) if name in names or name not in known() else known()[name].peer
    noted(Act.TARGETS, name, "?")
    return target_trial.attempt(chosen, words, TRIAL_SECONDS)


def _kept(targets: Targets, name: str) -> tuple[bool, Peer | None]:
    """Whether it is enabled, and its settings with the password locked."""
    for one, made in targets.every():
        if one.name == name:
            return one.enabled, made
    return False, known()[name].peer if name in known() else None


def _row(made: Peer, state: str) -> dict[str, Any]:
    said = {key: value for key, value in made.stored().items() if key != "password"}
    return {
        "name": made.name, "title": made.title or made.name, "protocol": made.protocol, "state": state,
        "place": made.place, "source": "", "settings": said, "password": bool(made.password),
    }  # fmt: skip
