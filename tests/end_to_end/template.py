"""A process that has read every module of the product, and of which each command of a test is a copy.

Starting Python and reading the modules is most of what a command costs, and the tests run hundreds of them. What is
tested stays the same: a process of its own, with arguments, environment, folder, files and an exit code.
"""

from __future__ import annotations

import atexit
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import traceback
from collections.abc import Mapping, Sequence
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

MESSAGE = 1 << 17


class Template:
    """The test's side of it. Ends with the test process."""

    def __init__(self, folder: Path) -> None:
        self._lock = threading.Lock()
        self._ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        command = [sys.executable, "-m", "tests.end_to_end.template", str(theirs.fileno())]
        self._process = subprocess.Popen(command, cwd=folder, pass_fds=[theirs.fileno()], stdin=subprocess.DEVNULL)
        theirs.close()
        atexit.register(self._ours.close)

    def run(
        self, arguments: Sequence[str], folder: Path, environment: Mapping[str, str], given: bytes | None
    ) -> tuple[int, bytes, bytes]:
        """Exit code (of a signal: negative), standard output and standard error of one command."""
        with tempfile.TemporaryFile() as said, tempfile.TemporaryFile() as wrong, tempfile.TemporaryFile() as heard:
            heard.write(given or b"")
            heard.seek(0)
            end, told = os.pipe()
            asked = json.dumps({"arguments": list(arguments), "folder": str(folder), "environment": dict(environment)})
            with os.fdopen(end, "rb") as ended:
                try:
                    files = [heard.fileno(), said.fileno(), wrong.fileno(), told]
                    with self._lock:
                        socket.send_fds(self._ours, [asked.encode()], files)
                finally:
                    os.close(told)
                code = int(ended.read() or b"1")
            for file in (said, wrong):
                file.seek(0)
            return code, said.read(), wrong.read()


@cache
def template(folder: Path) -> Template:
    """The one of this test process."""
    return Template(folder)


def serve(asked: socket.socket) -> None:
    """Run what is asked for, each in a copy of a copy, until nobody can ask any more."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # copies are waited for by their own parents
    while True:
        message, files, _, _ = socket.recv_fds(asked, MESSAGE, 4)
        if not message:
            return
        if os.fork() == 0:
            asked.close()
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            child = os.fork()
            if child == 0:
                _command(json.loads(message), files)
            code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
            os.write(files[3], str(code).encode())
            os._exit(0)
        for file in files:
            os.close(file)


def _command(asked: dict[str, Any], files: list[int]) -> None:
    os.close(files[3])
    for number, file in enumerate(files[:3]):
        os.dup2(file, number)
        os.close(file)
    os.environ.clear()
    os.environ.update(asked["environment"])
    os.chdir(asked["folder"])
    sys.argv = ["lienthong", *asked["arguments"]]
    code: Any = 0
    try:
        import_module("cli.main").run()
    except SystemExit as left:
        code = left.code
        if isinstance(code, str):
            sys.stderr.write(f"{code}\n")
            code = 1
    except BaseException:
        traceback.print_exc()
        code = 1
    for thread in threading.enumerate():
        if thread is not threading.current_thread() and not thread.daemon:
            thread.join()
    atexit._run_exitfuncs()
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except (OSError, ValueError):
            code = code or 1
    os._exit(code or 0)


if __name__ == "__main__":
    for name in {place.partition(":")[0] for place in import_module("cli.main").COMMANDS.values()}:
        import_module(f"cli.{name}")
    serve(socket.socket(fileno=int(sys.argv[1])))
