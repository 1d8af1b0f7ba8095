"""The house's own rules (CONTRIBUTING.md), held by machine so that no reviewer has to."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from graphlib import TopologicalSorter
from pathlib import Path

import click
import pytest

from app import SETTINGS, create_app
from tests.conftest import ROOT

# room → the rooms that it enters, from the ground floor up: every arrow leads to a line above its own
THE_RECORD = {
    "models": "",
    "clock": "",
    "picture": "models clock",
    "durable": "",
    "actor": "models picture",
    "refusal": "models",
    "formats": "refusal",
    "access": "models picture actor refusal",
    "ledger": "verify checklist models clock picture durable actor refusal access",
    "items": "models clock picture durable actor refusal formats access ledger",
}
MAY_IMPORT = {
    "verify": "",
    "checklist": "",  # the version
    **THE_RECORD,
    "decompose": "",
    "files": "refusal",
    "feedback": "models clock actor refusal ledger",
    "readiness": "models ledger",
    "lists": "models clock picture actor refusal access ledger items decompose files",
    "papers": "models picture actor refusal ledger items decompose files lists",
    "county": "models clock picture actor refusal access ledger files papers",
    "audit": "verify models clock actor refusal access ledger items files lists",
    "demo": "models clock picture actor access ledger items lists county",
    "cli": "verify models clock actor refusal access ledger items decompose files county audit demo readiness",
    "pages": "verify checklist models clock picture durable actor refusal formats access ledger items decompose files feedback"
    " readiness lists papers county audit demo",
    "app": "models pages cli",
}
LONGEST_RECORD = 5000
VAGUE_NAMES = {"common", "helpers", "manager", "service", "utils"}
LONGEST_FILE = 360
LONG_BY_NATURE = {"models.py", "verify.py"}
# Spelled apart, or this file would find itself.
INDEX_HOSTS = [b"pypi" + b".org", b"pythonhosted" + b".org", b"npmjs" + b".org", b"npmjs" + b".com"]


def tracked(pattern: str) -> list[Path]:
    """The files that are, or are about to be, committed."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", "--deduplicate", pattern]
    listing = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    return [ROOT / name for name in listing.split("\0") if name and (ROOT / name).exists()]


def name_of(file: Path) -> str:
    return str(file.relative_to(ROOT))


def room_of(module: str) -> str:
    """Return the room of a module or a file: within checklist/ its first folder or file, elsewhere the top name."""
    top, *inside = module.removesuffix(".py").replace("/", ".").split(".")
    return inside[0] if top == "checklist" and inside and not inside[0].startswith("__") else top


def imports(file: Path) -> Iterator[str]:
    """Every module that a file imports, wherever in the file; `from a import b` counts as a and as a.b."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, f"{name_of(file)}: relative import"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


HOUSE = ("models", "verify", "checklist", "pages", "cli", "app")
OURS = [file for file in tracked("*.py") if name_of(file).removesuffix(".py").split("/")[0] in HOUSE]
ROOMS = {room: [file for file in OURS if room_of(name_of(file)) == room] for room in MAY_IMPORT}


def test_every_file_has_its_room() -> None:
    assert sorted(file for files in ROOMS.values() for file in files) == sorted(OURS)


@pytest.mark.parametrize("room", MAY_IMPORT)
def test_a_room_enters_the_rooms_that_the_table_says_and_no_other(room: str) -> None:
    entered = {room_of(module) for file in ROOMS[room] for module in imports(file) if module.split(".")[0] in HOUSE}
    assert entered - {room} == set(MAY_IMPORT[room].split())


def test_arrows_between_rooms_run_one_way() -> None:
    rooms = list(MAY_IMPORT)
    assert not [(room, up) for room in rooms for up in MAY_IMPORT[room].split() if up not in rooms[: rooms.index(room)]]


def test_the_record_can_be_read_in_an_afternoon_without_the_rest() -> None:
    files = [file for room in THE_RECORD for file in ROOMS[room]]
    own = [file.read_text(encoding="utf-8").partition("\n# --- lists: ")[0] for file in files]  # of models.py
    assert sum(len(text.splitlines()) for text in own) <= LONGEST_RECORD
    entered = {room for rooms in THE_RECORD.values() for room in rooms.split()}
    assert entered <= {*THE_RECORD, "verify", "checklist"}


MODULES = {name_of(file).removesuffix(".py").removesuffix("/__init__").replace("/", "."): file for file in OURS}


def needed(module: str) -> Iterator[str]:
    """The modules of ours that one imports; a room's face too, where it imports from another room."""
    for imported in imports(MODULES[module]):
        parts = imported.split(".")
        named = [name for n in range(len(parts), 0, -1) if (name := ".".join(parts[:n])) in MODULES]
        yield from named[:1]
        yield from (face for face in named[1:] if not f"{module}.".startswith(f"{face}."))


@pytest.mark.parametrize("file", tracked("tests/*.py"), ids=name_of)
def test_what_several_tests_need_is_in_no_file_of_tests(file: Path) -> None:
    assert not [module for module in imports(file) if module.startswith("tests.test_")]


def test_no_file_imports_one_that_leads_back_to_it() -> None:
    TopologicalSorter({module: set(needed(module)) for module in MODULES}).prepare()


@pytest.mark.parametrize("room", ["checklist.decompose", "checklist.files.child"])
def test_what_is_to_be_usable_alone_needs_nothing_else_of_ours(room: str) -> None:
    inside = {module for module in MODULES if f"{module}.".startswith(f"{room}.")}
    assert {other for module in inside for other in needed(module)} <= inside


@pytest.mark.parametrize("file", [f for f in OURS if name_of(f).startswith("checklist/")], ids=name_of)
def test_what_may_happen_knows_nothing_of_the_web(file: Path) -> None:
    assert not [module for module in imports(file) if module.startswith(("flask", "wtforms"))]


def test_the_verifier_needs_nothing_but_python() -> None:
    assert {module.split(".")[0] for module in imports(ROOT / "verify.py")} <= sys.stdlib_module_names


PAGES = [file for file in ROOMS["pages"] if "Blueprint(" in file.read_text(encoding="utf-8")]


@pytest.mark.parametrize("file", PAGES, ids=name_of)
def test_no_page_imports_another_page(file: Path) -> None:
    reached = {".".join(module.split(".")[:2]) for module in imports(file)}
    assert not [page.name for page in PAGES if page != file and f"pages.{page.stem}" in reached]


def test_a_file_is_named_by_its_noun() -> None:
    assert not [name_of(file) for file in tracked("*.py") if file.stem in VAGUE_NAMES]


def test_no_file_grows_into_two() -> None:
    files = [file for file in tracked("*.py") if file.name not in LONG_BY_NATURE and "versions" not in file.parts]
    lines = {name_of(file): len(file.read_text(encoding="utf-8").splitlines()) for file in files}
    assert not {name: count for name, count in lines.items() if count > LONGEST_FILE}


@pytest.mark.parametrize("file", tracked("templates/*.html"), ids=name_of)
def test_a_template_holds_no_code_and_no_unescaped_text(file: Path) -> None:
    inline = r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son\w+=|\shx-on|javascript:|\|\s*safe\b|autoescape\s+false"
    assert not re.findall(inline, file.read_text(encoding="utf-8"), re.IGNORECASE)


@pytest.mark.parametrize("file", tracked("templates/**/_*.html"), ids=name_of)
def test_a_fragment_names_its_variables_first(file: Path) -> None:
    assert file.read_text(encoding="utf-8").startswith("{#")


SETTINGS_PAGE = """\
# Settings

Environment variables, read when the application starts.

| variable | default | meaning |
|---|---|---|
"""


def test_every_setting_is_documented(printed: Callable[[str, str], None]) -> None:
    rows = [
        f"| `SHUANGZE_{name.upper()}` | {setting.default} | {setting.meaning} |\n" for name, setting in SETTINGS.items()
    ]
    printed("settings.md", SETTINGS_PAGE + "".join(rows))


def test_every_command_is_documented(tmp_path: Path) -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    app = create_app(secret_key="t" * 40, instance=str(tmp_path))
    assert not [command for command in commands(app.cli) if f"flask {command}" not in readme]


def commands(group: click.Group, above: str = "") -> Iterator[str]:
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from commands(command, f"{above}{name} ")
        elif (
            command.callback and command.callback.__module__.split(".")[0] == "cli"
        ):  # Flask's and Flask-Migrate's own are theirs
            yield above + name


def test_no_committed_file_names_a_package_index() -> None:
    contents = {name_of(file): file.read_bytes() for file in tracked("*")}
    assert not [name for name, content in contents.items() if any(host in content for host in INDEX_HOSTS)]
