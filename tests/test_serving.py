"""The server in life: nothing is cut when it is stopped, nobody slow keeps others waiting, and two processes are one."""

from __future__ import annotations

import os
import signal
import socket
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from pathlib import Path

import pytest
from flask import Flask

from checklist import ledger
from cli.processes import THREADS
from models import db
from tests import county
from tests.serving import Served, Visitor, serving

pytestmark = pytest.mark.skipif(os.name != "posix", reason="processes are forked on POSIX only")


@pytest.fixture
def served(app: Flask, qinghe: county.Clock, database_url: str) -> Iterator[Served]:
    db.session.rollback()
    with serving(database_url, app.instance_path) as served:
        yield served


def everyones_items() -> dict[str, int]:
    """For some people, an item that each can report and take back with one click."""
    words = {"zhou": "预算考核", "wang": "第一责任人", "sun": "率先垂范", "qian": "率先垂范"}
    return {login: county.item(of, login).id for login, of in words.items()}


def tick(port: int, login: str, item: int, times: int) -> int:
    """Report an item and take it back by turns; how often that was answered before the server went away."""
    with closing(Visitor(port, login)) as visitor:
        for n in range(times):
            try:
                visitor.post(f"/items/{item}/{'untick' if n % 2 else 'tick'}")
            except ConnectionRefusedError:
                return n
            assert visitor.answer.status == 200
    return times


def test_two_processes_write_side_by_side_into_one_log(served: Served) -> None:
    size, items = ledger.size(), everyones_items()
    db.session.rollback()
    with ThreadPoolExecutor() as people:
        done = [people.submit(tick, served.port, login, item, 20) for login, item in items.items()]
    assert sum(each.result() for each in done) == 80
    assert ledger.size() == size + 4 + 80  # four logins
    assert county.in_step()
    assert len(served.children()) == 2


def test_a_server_that_is_stopped_finishes_what_is_under_way(served: Served) -> None:
    size, items = ledger.size(), everyones_items()
    db.session.rollback()
    with ThreadPoolExecutor() as people:
        done = [people.submit(tick, served.port, login, item, 10_000) for login, item in items.items()]
        while ledger.size() < size + 4 + 20:
            db.session.rollback()
            time.sleep(0.1)
        served.process.terminate()
    assert served.process.wait(10) == 0
    db.session.rollback()
    assert ledger.size() == size + 4 + sum(each.result() for each in done)
    assert county.in_step()
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", served.port))


def test_a_process_that_is_killed_is_replaced(served: Served) -> None:
    before = served.children()
    os.kill(min(before), signal.SIGKILL)
    until = time.monotonic() + 20
    while not served.children() - before:
        assert time.monotonic() < until
        time.sleep(0.1)
    with closing(Visitor(served.port, "wu")) as visitor:
        assert "我的清单" in visitor.get("/items/")


def test_the_processes_end_with_the_one_that_started_them(served: Served) -> None:
    children = served.children()
    served.process.kill()
    until = time.monotonic() + 20
    while any(Path(f"/proc/{child}").exists() for child in children):
        assert time.monotonic() < until
        time.sleep(0.1)
    served.process.returncode = 0  # killed on purpose


def test_slow_visitors_keep_nobody_waiting(served: Served) -> None:
    each_way = 2 * THREADS + 1  # more than there are threads
    visitor = Visitor(served.port, "wu")
    ask = f"GET /items/ HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: {visitor.cookie}\r\n\r\n".encode()
    with ExitStack() as open_:
        open_.enter_context(closing(visitor))
        for said in [ask[:40]] * each_way + [ask * 20] * each_way:
            slow = open_.enter_context(socket.socket())
            slow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)  # and nothing is read from it
            slow.connect(("127.0.0.1", served.port))
            slow.sendall(said)
        assert "我的清单" in visitor.get("/items/")
