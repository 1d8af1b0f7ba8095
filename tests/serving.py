"""`flask serve` as it runs in life, for tests: processes of its own, on a port of its own."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path
from socket import create_server
from urllib.parse import urlencode

from tests import county
from tests.conftest import ROOT

FORM = "application/x-www-form-urlencoded"


class Served:
    """A running server: where it answers, and its processes."""

    def __init__(self, process: subprocess.Popen[str], port: int) -> None:
        self.process, self.port = process, port

    def children(self) -> set[int]:
        """The processes that answer, once both do."""
        until = time.monotonic() + 20
        while len(found := self._children()) != 2:
            assert time.monotonic() < until
            time.sleep(0.1)
        return found

    def _children(self) -> set[int]:
        found = subprocess.run(["pgrep", "-P", str(self.process.pid)], capture_output=True, text=True)
        return set(map(int, found.stdout.split()))


@contextmanager
def serving(url: str, instance: str | Path, **settings: str) -> Iterator[Served]:
    """Serve a database within this block; the server must not fail meanwhile, and stop when it is told to."""
    with create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    settings |= {"database_url": url, "secret_key": "t" * 40, "instance": str(instance), "address": f"127.0.0.1:{port}"}
    environment = {**os.environ, **{f"SHUANGZE_{name.upper()}": value for name, value in settings.items()}}
    command = [sys.executable, "-m", "flask", "--app", "app", "serve"]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, cwd=ROOT, env=environment, stdout=pipe, stderr=pipe, text=True) as process:
        assert process.stdout
        assert "已启动" in process.stdout.readline()
        yield Served(process, port)
        process.terminate()
        _, complaints = process.communicate(timeout=30)
        assert process.returncode == 0
        assert "Traceback" not in complaints


class Visitor:
    """Somebody's browser: one connection, a cookie, and the token of the last form."""

    def __init__(self, port: int, login: str) -> None:
        self.port, self.cookie = port, ""
        self.connect()
        self.get("/login")
        self.post("/login", login=login, password=county.PASSWORD)
        self.get("/items/")

    def connect(self) -> None:
        self.line = HTTPConnection("127.0.0.1", self.port, timeout=30)

    def close(self) -> None:
        self.line.close()

    def get(self, path: str) -> str:
        self.line.request("GET", path, headers={"Cookie": self.cookie})
        return self.read()

    def post(self, path: str, **fields: str) -> str:
        body = urlencode({"csrf_token": self.token, **fields})
        self.line.request("POST", path, body, {"Cookie": self.cookie, "Content-Type": FORM, "HX-Request": "true"})
        return self.read()

    def read(self) -> str:
        """The answer to what was asked last."""
        self.answer: HTTPResponse = self.line.getresponse()
        if cookie := self.answer.getheader("Set-Cookie"):
            self.cookie = cookie.partition(";")[0]
        text = self.answer.read().decode()
        if found := re.search(r'name="csrf_token"[^>]*value="([^"]+)"', text):
            self.token = found[1]
        return text
