"""A trial of an SFTP server, in two steps: which key it shows, then, once a person accepted it, what is there."""

from __future__ import annotations

import shlex
from dataclasses import replace

from catalogue.store import Store
from foundation import sftp
from foundation.errors import LienThongError, Problem
from foundation.settings import Settings
from foundation.sftp import Sftp
from harvesting import remote, trial, trial_files
from harvesting import trial_messages as messages
from harvesting.dialogue import Finding
from harvesting.kinds import SFTP
from harvesting.trial import Tell, Trial, Wish


def attempt(store: Store, settings: Settings, wish: Wish, tell: Tell) -> Trial:
    """Try `wish.url`, whatever is wrong with it is in the trial. Raises InputError for an address that is none."""
    at = sftp.address(wish.url.strip())
    url = str(at)
    host_key = sftp.pinned(wish.host_key) if wish.host_key else ""
    tell(url)
    findings: list[Finding] = []
    with Sftp(trial_files.line_of(settings, wish, url), at, host_key) as server:
        try:
            if not host_key:
                shown = server.host_key()
                problem = Problem(messages.HOST_KEY_SHOWN, values={"host": at.host, "key": shown})
                again = replace(wish, url=url, host_key=shown)
                found = (Finding(False, problem),)
                return Trial(
                    url, "", (), found, command=_command(again, "try"), kind=SFTP, settings={"host_key": shown}
                )
            folder, entries = remote.listed(server, sftp.path_of(at))
            findings.append(Finding(True, Problem(messages.HOST_KEY_SAME, values={"key": server.seen})))
            known, ready = {"host_key": host_key}, replace(wish, url=url, host_key=host_key)
            if not entries:
                findings.append(Finding(False, Problem(messages.EMPTY_FOLDER, values={"folder": url})))
                return Trial(url, url, (), tuple(findings), kind=SFTP, settings=known, command=_command(ready, "add"))
            newest = max(entries, key=lambda entry: entry.modified)
            single = remote.place(folder, newest) == sftp.path_of(at)
            values = {"count": len(entries), "name": newest.name, "size": f"{newest.size:,}"}
            told = messages.IS_REMOTE_FILE if single else messages.IS_REMOTE_FOLDER
            findings.append(Finding(True, Problem(told, values=values)))
            tell(f"{url} {newest.name}")
            data = bytearray()
            server.fetch(remote.place(folder, newest), 0, min(newest.size, trial_files.LOOK_BYTES), data.extend)
        except LienThongError as error:
            return Trial(url, "", (), (*findings, Finding(False, error.problem)), kind=SFTP)
    made = trial_files.judged(
        store, url, SFTP, (newest.name, newest.size), bytes(data), tuple(findings), _command(ready, "add"), wish.library
    )
    return replace(made, settings=known)


def _command(wish: Wish, verb: str) -> str:
    """The command for the next step."""
    words = ["lienthong", "harvest", verb]
    words += [trial.name_for(wish.url), "--url", wish.url, "--sftp"] if verb == "add" else [wish.url]
    words += ["--host-key", wish.host_key]
    words += ["--library", wish.library or "CODE"] if verb == "add" or wish.library else []
    for network in wish.allow:
        words += ["--allow", network]
    if wish.allow_private:
        words.append("--allow-private")
    words += ["--user", wish.user or "USER"]
    words += ["--key-file", "KEY"] if wish.password.startswith("-----BEGIN") else ["--password-stdin"]
    return shlex.join([*words, *(["--schedule", "hằng đêm"] if verb == "add" else [])])
