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

# room → the rooms it may enter
MAY_IMPORT = {
    "verify": set(),
    "models": {"verify"},
    "checklist": {"checklist", "models", "verify"},
    "pages": {"pages", "checklist", "models", "verify"},
    "cli": {"cli", "checklist", "models", "verify"},
    "app": {"cli", "pages", "checklist", "models", "verify"},
}
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


def room_of(file: Path) -> str:
    return file.relative_to(ROOT).parts[0].removesuffix(".py")


def imports(file: Path) -> Iterator[str]:
    """Every module that a file imports, wherever in the file; `from a import b` counts as a and as a.b."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, f"{name_of(file)}: relative import"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


OURS = [file for file in tracked("*.py") if room_of(file) in MAY_IMPORT]


@pytest.mark.parametrize("file", OURS, ids=name_of)
def test_imports_run_one_way(file: Path) -> None:
    entered = {module.split(".")[0] for module in imports(file)} & MAY_IMPORT.keys()
    assert entered <= MAY_IMPORT[room_of(file)]


MODULES = {name_of(file).removesuffix(".py").removesuffix("/__init__").replace("/", "."): file for file in OURS}


def needed(module: str) -> Iterator[str]:
    """The modules of ours that one imports; a room's face too, where it imports from another room."""
    for imported in imports(MODULES[module]):
        parts = imported.split(".")
        named = [name for n in range(len(parts), 0, -1) if (name := ".".join(parts[:n])) in MODULES]
        yield from named[:1]
        yield from (face for face in named[1:] if not f"{module}.".startswith(f"{face}."))


def test_no_file_imports_one_that_leads_back_to_it() -> None:
    TopologicalSorter({module: set(needed(module)) for module in MODULES}).prepare()


@pytest.mark.parametrize("room", ["checklist.decompose", "checklist.files.child"])
def test_what_is_to_be_usable_alone_needs_nothing_else_of_ours(room: str) -> None:
    inside = {module for module in MODULES if f"{module}.".startswith(f"{room}.")}
    assert {other for module in inside for other in needed(module)} <= inside


@pytest.mark.parametrize("file", [f for f in OURS if room_of(f) == "checklist"], ids=name_of)
def test_what_may_happen_knows_nothing_of_the_web(file: Path) -> None:
    assert not [module for module in imports(file) if module.startswith(("flask", "wtforms"))]


def test_the_verifier_needs_nothing_but_python() -> None:
    assert {module.split(".")[0] for module in imports(ROOT / "verify.py")} <= sys.stdlib_module_names


PAGES = [file for file in OURS if room_of(file) == "pages" and "Blueprint(" in file.read_text(encoding="utf-8")]


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
