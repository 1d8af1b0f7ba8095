"""Several processes answer at one address: a parent starts them, replaces one that dies, and stops them gently.

Each is waitress: one thread reads and sends for all its connections, so that a slow one keeps no other waiting.
"""

from __future__ import annotations

import os
import select
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable

from flask import Flask
from waitress import wasyncore
from waitress.adjustments import Adjustments
from waitress.channel import HTTPChannel
from waitress.server import BaseWSGIServer, create_server

THREADS = 4  # in each process
GRACE = 10  # seconds for what is under way when the server is told to stop
BACKLOG = 1024  # connections that may wait to be accepted
LEAVES = 0.02  # seconds for which a process at work leaves a new connection to one that is idle
STOP = {signal.SIGTERM, signal.SIGINT}


def listen(address: str) -> list[socket.socket]:
    """Open an address like 127.0.0.1:8000; a host's name may stand for several."""
    found = Adjustments(listen=address).listen
    return [socket.create_server(where, family=family, backlog=BACKLOG) for family, _, _, where in found]


def run(count: int, app: Flask, sockets: list[socket.socket]) -> None:
    """Keep `count` processes answering until SIGTERM or Ctrl+C. Where nothing can be forked, answer here."""
    if not hasattr(os, "fork"):
        return answer(app, sockets, os.getppid())
    parent, awaited = os.getpid(), STOP | {signal.SIGCHLD}
    signal.signal(signal.SIGCHLD, lambda *_: None)  # a signal that is ignored could not be waited for everywhere
    signal.pthread_sigmask(signal.SIG_BLOCK, awaited)

    def work() -> None:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, awaited)
        answer(app, sockets, parent)  # which may be dead before this process first asks for it

    children = [_fork(work) for _ in range(count)]
    while signal.sigwait(awaited) == signal.SIGCHLD:
        dead = [child for child in children if os.waitpid(child, os.WNOHANG)[0]]
        if dead:
            time.sleep(1)  # whatever kills them at once must not keep the machine busy
            children = [_fork(work) if child in dead else child for child in children]
    for listener in sockets:
        listener.close()
    for child in children:
        os.kill(child, signal.SIGTERM)
    for child in children:
        os.waitpid(child, 0)


def _fork(work: Callable[[], None]) -> int:
    child = os.fork()
    if child == 0:
        work()
        sys.exit()
    return child


# --- one process --------------------------------------------------------------------------------------------

stopping = threading.Event()


class Channel(HTTPChannel):
    """A connection. It ends with its next answer once the process is stopping."""

    def service(self) -> None:
        if stopping.is_set():
            self.requests[0].headers["CONNECTION"] = "close"
        super().service()

    def is_idle(self) -> bool:
        busy = self.requests or self.request or self.total_outbufs_len
        return not busy and time.time() - self.last_activity > 0.5


class Turn:
    """When a process lets somebody in: at once while it is idle, and while it is at work once in LEAVES.

    Else whichever process happened to wake first would get all connections of a busy moment, and keep them.
    """

    def __init__(self, door: BaseWSGIServer) -> None:
        self._lets_in, self._work, self._next = door.readable, door.task_dispatcher, 0.0

    def __call__(self) -> bool:
        now = time.monotonic()
        if self.is_at_work and now < self._next:
            return False
        self._next = now + LEAVES
        return bool(self._lets_in())

    @property
    def is_at_work(self) -> bool:
        return bool(self._work.active_count or self._work.queue)


def answer(app: Flask, sockets: list[socket.socket], parent: int) -> None:
    """Answer until told to stop, or until `parent` is gone; then finish what is under way, for GRACE at most."""
    known: dict[int, wasyncore.dispatcher] = {}
    create_server(app, map=known, sockets=sockets, threads=THREADS, ident="")
    doors = [each for each in known.values() if isinstance(each, BaseWSGIServer)]
    for door in doors:
        door.channel_class, door.readable = Channel, Turn(door)

    def stop(*_: object) -> None:
        stopping.set()
        doors[0].pull_trigger()  # wakes the loop

    for name in STOP:
        signal.signal(name, stop)
    while not stopping.is_set() and os.getppid() == parent:
        wasyncore.loop(LEAVES if doors[0].readable.is_at_work else 1, use_poll=True, map=known, count=1)

    for door in doors:
        _close(door)
    until = time.monotonic() + GRACE
    while (open_ := [each for each in known.values() if isinstance(each, Channel)]) and time.monotonic() < until:
        for channel in open_:
            channel.will_close |= channel.is_idle()
        wasyncore.loop(0.1, use_poll=True, map=known, count=1)


def _close(door: BaseWSGIServer) -> None:
    """Let in who is waiting already, and nobody else."""
    for _ in range(BACKLOG):
        if not select.select([door.socket], [], [], 0)[0]:
            break
        door.handle_accept()
    wasyncore.dispatcher.close(door)  # door.close() would take away the means to wake the loop
