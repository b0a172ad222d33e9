"""The Z39.50 port: connections, time limits and back-pressure around `z3950_bridge.target`.

One event loop frames the requests of all sessions; what asks the catalogue is done by `Workers`. A session has one
request in work at a time, and is not read from while it has sent ahead more than it may.
"""

from __future__ import annotations

import asyncio
import signal
import ssl
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from typing import Final

import structlog

from foundation.errors import InputError, RefusedError
from foundation.limits import (
    Z3950_FIRST_SECONDS,
    Z3950_PDU_BYTES,
    Z3950_PENDING_BYTES,
    Z3950_REFUSAL_SECONDS,
    Z3950_UNREAD_SECONDS,
    Z3950_UNSENT_BYTES,
)
from foundation.settings import Settings
from z3950_bridge import attention
from z3950_bridge import target_messages as messages
from z3950_bridge.ber import Framer
from z3950_bridge.target import Answer, Reason, Session, Target
from z3950_bridge.workers import Job, Workers

log = structlog.get_logger()

_BATCH: Final = 16
"""Requests of one session that are answered at once before others have their turn."""
_FAREWELL_SECONDS: Final = 5
"""How long a closed connection may take to read what is left."""


class Connection(asyncio.Protocol):
    """One client."""

    def __init__(self, listener: Listener) -> None:
        self._listener = listener
        self._session = Session(listener.target)
        self._framer = Framer(Z3950_PDU_BYTES, "Z3950_PDU_BYTES")
        self._transport: asyncio.Transport | None = None
        self._busy = self._paused = self._closing = self._scheduled = False
        self._reading = True
        self._since = listener.loop.time()
        """When the state that is waited in began: connected, last request done, paused, closing."""
        self._job: Job[Answer] | None = None
        self.address = ""
        self._requests = 0

    # --- asyncio.Protocol

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        peer = transport.get_extra_info("peername")
        self.address = str(peer[0]) if peer else ""
        if not self._listener.admit(self):
            transport.abort()

    def connection_lost(self, exc: Exception | None) -> None:
        self._closing = True
        self._listener.forget(self)
        if not self._busy:
            self._session.end()

    def data_received(self, data: bytes) -> None:
        if self._closing:
            return
        self._framer.feed(data)
        self._advance()

    def pause_writing(self) -> None:
        self._paused, self._since = True, self._listener.loop.time()

    def resume_writing(self) -> None:
        self._paused, self._since = False, self._listener.loop.time()
        self._advance()

    # --- requests

    def _advance(self) -> None:
        """Goes on with what has come in, as far as it may."""
        self._scheduled = False
        for _ in range(_BATCH):
            if self._busy or self._paused or self._closing:
                break
            try:
                pdu = self._framer.next()
            except InputError as error:
                problem = error.problem
                self._send(self._session.close(Reason.PROTOCOL_ERROR, problem.message, **problem.values))
                break
            if pdu is None:
                break
            self._requests += 1
            self._since = self._listener.loop.time()
            answer = self._session.answer_at_once(pdu)
            if answer is not None:
                self._send(answer)
            else:
                self._ask(pdu)
        else:
            if not self._scheduled:
                self._scheduled = True
                self._listener.loop.call_soon(self._advance)
        self._regulate()

    def _ask(self, pdu: bytes) -> None:
        """Has a thread answer."""
        self._busy = True
        self._job = self._listener.job(self, self._session, pdu)
        answer = self._listener.workers.do(self._job)
        if answer is not None:
            self._settle(answer)

    def _regulate(self) -> None:
        """Reads from the client while it has not sent ahead too much."""
        if self._transport is None or self._transport.is_closing():
            return
        waiting = self._busy or self._paused or self._scheduled
        wanted = not (waiting and len(self._framer) > Z3950_PENDING_BYTES)
        if wanted != self._reading:
            self._reading = wanted
            if wanted:
                self._transport.resume_reading()
            else:
                self._transport.pause_reading()

    def answered(self, answer: Answer) -> None:
        """The answer of a thread that took longer."""
        self._settle(answer)
        self._advance()

    def _settle(self, answer: Answer) -> None:
        self._busy, self._since = False, self._listener.loop.time()
        if self._closing:
            self._session.end()
        elif answer.refused:
            self._busy = True  # whoever tries out passwords waits
            self._listener.loop.call_later(Z3950_REFUSAL_SECONDS, self._refused, answer)
        else:
            self._send(answer)

    def _refused(self, answer: Answer) -> None:
        self._busy = False
        self._send(answer)

    def _send(self, answer: Answer) -> None:
        if self._closing or self._transport is None:
            return
        if answer.data:
            self._transport.write(answer.data)
        if answer.close:
            self._closing, self._since = True, self._listener.loop.time()
            self._transport.close()

    def abort(self) -> None:
        """Ends it without a word."""
        self._closing = True
        if self._transport is not None:
            self._transport.abort()

    # --- time

    @property
    def unsent(self) -> int:
        """Bytes that the client has not read."""
        return self._transport.get_write_buffer_size() if self._transport is not None else 0

    @property
    def since(self) -> float:
        return self._since

    def sweep(self, now: float, settings: Settings) -> None:
        """Ends what has waited too long."""
        waited = now - self._since
        if self._closing:
            if waited > _FAREWELL_SECONDS:
                self.abort()
        elif self._paused:
            if waited > Z3950_UNREAD_SECONDS:
                self.abort()
        elif self._busy:
            if waited > settings.z3950_search_seconds:
                if self._job is not None:
                    self._listener.workers.lose(self._job)
                seconds = settings.z3950_search_seconds
                self._send(self._session.close(Reason.RESOURCES, messages.TOO_SLOW, seconds=seconds))
        elif self._session.terms is None or len(self._framer):
            if waited > Z3950_FIRST_SECONDS:
                seconds = Z3950_FIRST_SECONDS
                self._send(self._session.close(Reason.LACK_OF_ACTIVITY, messages.IDLE, seconds=seconds))
        elif waited > settings.z3950_idle_seconds:
            seconds = settings.z3950_idle_seconds
            self._send(self._session.close(Reason.LACK_OF_ACTIVITY, messages.IDLE, seconds=seconds))

    def shut_down(self) -> None:
        """The server stops; a request in work is not waited for here."""
        if not self._busy:
            self._send(self._session.close(Reason.SHUTDOWN, messages.SHUTDOWN))


class Listener:
    """All connections of a process."""

    def __init__(self, target: Target, settings: Settings, loop: asyncio.AbstractEventLoop) -> None:
        self.target, self.settings, self.loop = target, settings, loop
        self.workers = Workers[Answer](settings.z3950_threads)
        self._connections: set[Connection] = set()
        self._addresses: Counter[str] = Counter()

    def admit(self, connection: Connection) -> bool:
        """Whether there is room for one more; if not, it is cut off at once: before Init nothing can be said."""
        many = len(self._connections) >= self.settings.z3950_sessions
        if many or self._addresses[connection.address] >= self.settings.z3950_sessions_per_address:
            log.warning("z3950.busy", address=connection.address, sessions=len(self._connections))
            return False
        self._connections.add(connection)
        self._addresses[connection.address] += 1
        return True

    def forget(self, connection: Connection) -> None:
        if connection in self._connections:
            self._connections.remove(connection)
            self._addresses[connection.address] -= 1
            if not self._addresses[connection.address]:
                del self._addresses[connection.address]

    def job(self, connection: Connection, session: Session, pdu: bytes) -> Job[Answer]:
        """To answer a request in a thread; `connection.answered` is called where that is not done in a moment."""
        call = self.loop.call_soon_threadsafe

        def late(answer: Answer) -> None:
            with suppress(RuntimeError):  # the loop is closed: nobody is left to hear it
                call(connection.answered, answer)

        return Job(lambda: session.answer(pdu), late)

    def sweep(self) -> None:
        """Once a second: ends what has waited too long, and what keeps too many answers unread."""
        now = self.loop.time()
        for connection in list(self._connections):
            connection.sweep(now, self.settings)
        unsent = {one: one.unsent for one in self._connections}
        total = sum(unsent.values())
        for connection in sorted(unsent, key=lambda one: one.since):
            if total <= Z3950_UNSENT_BYTES:
                break
            if unsent[connection]:
                total -= unsent[connection]
                connection.abort()

    async def close(self) -> None:
        """Says goodbye to every session, and waits a moment for requests in work."""
        end = self.loop.time() + _FAREWELL_SECONDS
        while self._connections and self.loop.time() < end:
            for connection in list(self._connections):
                connection.shut_down()
            await asyncio.sleep(0.05)
        for connection in list(self._connections):
            connection.abort()
        self.workers.stop()


def tls(settings: Settings) -> ssl.SSLContext | None:
    """The TLS of the port. Raises RefusedError for a certificate that cannot be used."""
    path = settings.z3950_tls_certificate
    if not path:
        return None
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    try:
        context.load_cert_chain(path, settings.z3950_tls_key or None)
    except (OSError, ssl.SSLError) as error:
        raise RefusedError(messages.TLS, path=path, reason=error) from error
    return context


async def serve(
    target: Target,
    settings: Settings,
    ready: Callable[[int], None],
    stop: asyncio.Event,
) -> None:
    """Serves until `stop` is set; `ready` is called with the port once it listens.

    Raises RefusedError when the port or the certificate cannot be had.
    """
    loop = asyncio.get_running_loop()
    context = tls(settings)
    listener = Listener(target, settings, loop)
    try:
        server = await loop.create_server(
            lambda: Connection(listener),
            settings.host or None,
            settings.z3950_port,
            ssl=context,
            backlog=1024,
            reuse_port=True if settings.z3950_workers > 1 else None,
        )
    except OSError as error:
        listener.workers.stop()
        reason = error.strerror or str(error)
        raise RefusedError(messages.LISTEN, host=settings.host, port=settings.z3950_port, reason=reason) from error
    try:
        ready(server.sockets[0].getsockname()[1])
        while not stop.is_set():
            with suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), 1)
            listener.sweep()
    finally:
        server.close()
        await listener.close()


def run(target: Target, settings: Settings, ready: Callable[[int], None]) -> None:
    """Serves until the process is told to end (SIGTERM or SIGINT). Raises RefusedError like `serve`."""

    async def main() -> None:
        stop = asyncio.Event()
        loop = asyncio.get_running_loop()
        for name in (signal.SIGTERM, signal.SIGINT):
            try:
                loop.add_signal_handler(name, stop.set)
            except NotImplementedError:  # Windows
                signal.signal(name, lambda *_: loop.call_soon_threadsafe(stop.set))
        await serve(target, settings, ready, stop)

    with asyncio.Runner(loop_factory=attention.loop) as runner:
        runner.run(main())
