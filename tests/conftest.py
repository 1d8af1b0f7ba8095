"""What tests start from.

`app` is an application on an empty, migrated database, once on SQLite and once on PostgreSQL; a test that also names
a fixture of LAYERS starts from that template. `server` serves the same application to a browser.
"""

from __future__ import annotations

import gc
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextvars import Context
from pathlib import Path
from threading import Thread
from typing import Any, NoReturn

import flask_migrate
import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import settings
from playwright.sync_api import BrowserContext, Page, Playwright
from waitress import wasyncore
from waitress.server import create_server

from app import create_app
from checklist import clock
from checklist.county import accounts
from models import db
from tests import all_verbs, changes, county, forms, places
from tests.databases import Fill, PostgreSQL, SQLite, Templates, find_postgresql, running
from tests.forms import expect

ROOT = Path(__file__).parent.parent
REQUIRE_ALL = os.environ.pop("SHUANGZE_TEST_REQUIRE_ALL", "") == "1"

# How long an example takes is no matter of a test: the machine may be busy.
settings.register_profile("any machine", deadline=None)
settings.load_profile("any machine")

# A developer's own settings must not decide a test.
for name in [name for name in os.environ if name.startswith("SHUANGZE_")]:
    del os.environ[name]

# fixture → what fills its template, on top of those before it
LAYERS: dict[str, Fill] = {"qinghe": county.fill, "prepared": places.fill, "lived": all_verbs.fill}


@pytest.fixture(scope="session", autouse=True)
def method_in_life() -> Iterator[str]:
    """Hash the passwords of tests at next to no cost; how they are hashed in life."""
    method, accounts.METHOD = accounts.METHOD, "scrypt:128:8:1"
    yield method
    accounts.METHOD = method


def migrate(app: Flask) -> None:
    flask_migrate.upgrade()


def missing(what: str, remedy: str) -> NoReturn:
    reason = f"{what} is missing; {remedy}"
    if REQUIRE_ALL:
        pytest.fail(reason, pytrace=False)
    pytest.skip(reason)


# --- databases ----------------------------------------------------------------------------------------------

DATABASES = pytest.StashKey[Path]()


def pytest_configure(config: pytest.Config) -> None:
    """Make one folder of databases for all workers of a run, in memory where there is enough: no test cuts the power."""
    given = getattr(config, "workerinput", {}).get("databases")
    memory = Path("/dev/shm")
    roomy = memory.exists() and shutil.disk_usage(memory).free > 2**31  # a container may have 64 MB of it
    elsewhere = "/tmp" if os.name == "posix" else None
    folder = Path(given or tempfile.mkdtemp(prefix="shuangze-", dir=memory if roomy else elsewhere))
    folder.chmod(0o711)  # PostgreSQL runs as somebody else
    config.stash[DATABASES] = folder


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    node.workerinput["databases"] = str(node.config.stash[DATABASES])


def pytest_collection_finish() -> None:
    """Let the garbage collector look at what tests make, and not at every module for every test."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 50, 100)


def pytest_unconfigure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):
        folder = config.stash[DATABASES]
        if programs := find_postgresql():
            PostgreSQL(folder / "postgresql", programs).stop()
        shutil.rmtree(folder)


@pytest.fixture(scope="session")
def sqlite(application: Flask, pytestconfig: pytest.Config, tmp_path_factory: pytest.TempPathFactory) -> Templates:
    server = SQLite(pytestconfig.stash[DATABASES] / "sqlite")
    return Templates(server, application, tmp_path_factory.mktemp("sqlite"))


@pytest.fixture(scope="session")
def postgresql(
    application: Flask, pytestconfig: pytest.Config, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Templates]:
    programs = find_postgresql()
    if not programs:
        missing("PostgreSQL", "apt-get install postgresql")
    server = PostgreSQL(pytestconfig.stash[DATABASES] / "postgresql", programs)
    yield Templates(server, application, tmp_path_factory.mktemp("postgresql"))
    server.admin.close()


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "kind" in metafunc.fixturenames:
        # A browser sees no difference between databases.
        kinds = ["sqlite"] if "browse" in metafunc.fixturenames else ["sqlite", "postgresql"]
        metafunc.parametrize("kind", kinds)


@pytest.fixture
def database_url(kind: str, request: pytest.FixtureRequest) -> Iterator[str]:
    """A database of the test's own."""
    templates: Templates = request.getfixturevalue(kind)
    template = templates.make("migrated", migrate)
    for layer, fill in LAYERS.items():
        if layer in request.fixturenames:
            template = templates.make(layer, fill, on=template)
    with templates.database(template) as url:
        yield url


# --- the application ----------------------------------------------------------------------------------------


class Client(FlaskClient):
    """Each request gets a context of its own, as in life: in the test's, Flask-Login would remember the last user."""

    def open(self, *args: Any, **kwargs: Any) -> Any:
        db.session.rollback()
        response = Context().run(super().open, *args, **{"buffered": True, **kwargs})
        db.session.rollback()
        db.session.expire_all()  # what the test looks at next is what the request left
        return response


@pytest.fixture(scope="session")
def application(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    """The one application of a run: to make it anew for every test would take longer than most tests."""
    app = create_app(secret_key="t" * 40, instance=str(tmp_path_factory.mktemp("application")))
    app.config.update(TESTING=True, WTF_CSRF_ENABLED=False)
    app.test_client_class = Client
    return app


@pytest.fixture
def app(application: Flask, database_url: str, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Flask]:
    """The application on a database and in a folder of the test's own."""
    if "qinghe" in request.fixturenames:
        county.lay_key(tmp_path / "instance")
    with running(application, database_url, tmp_path / "instance"):
        yield application


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def qinghe(app: Flask) -> Iterator[county.Clock]:
    """The county of tests.county on the second of March; its clock, to be moved on."""
    standing = county.Clock(county.NOW)
    with clock.use_clock(standing):
        yield standing


@pytest.fixture
def prepared(qinghe: county.Clock) -> county.Clock:
    """The same with a list in every state; see tests.places."""
    return qinghe


@pytest.fixture
def lived(qinghe: county.Clock) -> county.Clock:
    """The county after all that it does in a year; see tests.all_verbs."""
    return qinghe


Visit = Callable[[str], FlaskClient]
Browse = Callable[[str], Page]


@pytest.fixture
def visit(app: Flask, qinghe: county.Clock) -> Visit:
    """Log somebody in: a client of his own."""

    def visit(login: str) -> FlaskClient:
        client = app.test_client()
        assert client.post("/login", data={"login": login, "password": county.PASSWORD}).status_code == 303
        return client

    return visit


# --- a browser ----------------------------------------------------------------------------------------------


@pytest.fixture
def server(app: Flask) -> Iterator[str]:
    """The address of the application, served as in life."""
    htmx = ROOT / "instance" / "vendor" / "htmx.min.js"
    if not htmx.exists():
        missing("The local copy of htmx", "flask --app app htmx-fetch")
    vendor = Path(app.instance_path) / "vendor"
    vendor.mkdir()
    shutil.copy(htmx, vendor)
    app.config.update(TESTING=False, WTF_CSRF_ENABLED=True)

    sockets: dict[int, Any] = {}
    waitress = create_server(app, map=sockets, host="127.0.0.1", port=0)
    thread = Thread(target=waitress.run)
    thread.start()
    yield f"http://127.0.0.1:{waitress.effective_port}"
    waitress.trigger.pull_trigger(lambda: wasyncore.close_all(sockets))  # in its own thread: it may be in select()
    thread.join()
    waitress.task_dispatcher.shutdown()


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any], playwright: Playwright) -> dict[str, Any]:
    ours = ("chromium-headless-shell", "chromium", "google-chrome")  # the first starts and draws quickest
    programs = [*map(shutil.which, ours), playwright.chromium.executable_path]
    installed = [program for program in programs if program and Path(program).exists()]
    if not installed:
        missing("Chromium", "apt-get install chromium-headless-shell fonts-noto-cjk, or: playwright install chromium")
    quiet = "--disable-quic --no-first-run --disable-background-networking --disable-component-update --disable-sync"
    arguments = ["--no-sandbox", "--disable-gpu", *quiet.split()]
    return {**browser_type_launch_args, "executable_path": installed[0], "args": arguments}


@pytest.fixture(params=[True, False], ids=["chromium", "no-js"])
def js(request: pytest.FixtureRequest) -> bool:
    """Whether the browser runs scripts: every page must work either way."""
    return bool(request.param)


@pytest.fixture
def browser_context_args(browser_context_args: dict[str, Any], server: str, js: bool) -> dict[str, Any]:
    chinese = {"locale": "zh-CN", "timezone_id": "Asia/Shanghai"}
    return {**browser_context_args, **chinese, "base_url": server, "java_script_enabled": js}


@pytest.fixture
def context(context: BrowserContext, server: str) -> Iterator[BrowserContext]:
    strangers: list[str] = []

    def refuse(route: Any) -> None:
        strangers.append(route.request.url)
        route.abort()

    context.set_default_timeout(10_000)
    context.route(lambda url: not url.startswith((f"{server}/", "data:", "blob:")), refuse)
    yield context
    assert not strangers, "a page must not reach out"


@pytest.fixture
def browse(app: Flask, qinghe: county.Clock, js: bool, tmp_path: Path, request: pytest.FixtureRequest) -> Browse:
    """Log somebody in with a browser, which without scripts need not be a real one; whoever sat there is logged out."""
    context = None
    if js or request.node.get_closest_marker("chromium"):
        context = request.getfixturevalue("context")
    else:
        app.config.update(TESTING=False, WTF_CSRF_ENABLED=True)

    def browse(login: str) -> Page:
        if context:
            context.clear_cookies()
            page = context.new_page()
        else:
            page = forms.Page(app.test_client(), tmp_path)
        page.goto("/login")
        page.get_by_label("登录名").fill(login)
        page.get_by_label("密码").fill(county.PASSWORD)
        page.get_by_role("button", name="登录").click()
        expect(page.locator(".who")).to_contain_text(county.PEOPLE[login])
        return page

    return browse


# --- what is run, and what is written -----------------------------------------------------------------------


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--write-docs", action="store_true", help="rewrite the pages of docs/ that tests print")
    parser.addoption(
        "--changed", action="store_true", help="run only files that name what differs from the last commit"
    )


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    if collection_path.match("test_*.py") and config.getoption("--changed"):
        return not changes.is_needed(collection_path) or None
    return None


@pytest.fixture
def printed(request: pytest.FixtureRequest) -> Callable[[str, str], None]:
    """Check that a page of docs/ is as printed from the code."""

    def check(page: str, text: str) -> None:
        file = ROOT / "docs" / page
        if request.config.getoption("--write-docs"):
            file.write_text(text, encoding="utf-8")
        current = file.read_text(encoding="utf-8") if file.exists() else ""
        assert current == text, f"rewrite it: pytest {request.node.nodeid} --write-docs"

    return check
