"""A browser without scripts, styles or a screen, inside the process: it follows links and sends forms.

Pages are read by the names that Playwright has for it, so that one walk is taken by both; and as strictly: what is
looked for is there once, what is typed into can be seen, and what a browser would not send is not sent.
"""

from __future__ import annotations

import mimetypes
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import urljoin

import playwright.sync_api
from flask.testing import FlaskClient
from werkzeug.datastructures import FileStorage, MultiDict
from werkzeug.http import parse_options_header

from tests.elements import Element, Text, Tree, fits, matches, plain

PRESSED = {"a", "summary", "button", "label", "input"}


class Locator:
    """What a page has, looked up anew each time."""

    def __init__(self, page: Page, find: Callable[[], list[Element]]) -> None:
        self.page, self.find = page, find

    def _inside(self, chosen: Callable[[Element], bool]) -> Locator:
        return Locator(self.page, lambda: list(dict.fromkeys(e for outer in self.find() for e in outer if chosen(e))))

    def locator(self, selector: str, has_text: Text = "") -> Locator:
        return self._inside(lambda e: matches(e, selector)).filter(has_text=has_text)

    def get_by_text(self, text: Text, exact: bool = False) -> Locator:
        def innermost(element: Element) -> bool:
            inside = [child for child in element.children if isinstance(child, Element)]
            said = fits(element.text, text, exact) and not any(fits(child.text, text, exact) for child in inside)
            return said and element.tag != "script" and not element.around("head")

        return self._inside(innermost)

    def get_by_label(self, text: Text, exact: bool = False) -> Locator:
        controls = ("input", "select", "textarea")
        return self._inside(
            lambda e: e.tag in controls and any(fits(label, text, exact) for label in self.page.labels(e))
        )

    def get_by_role(self, role: str, name: Text = "", exact: bool = False) -> Locator:
        def plays(element: Element) -> bool:
            return element.role == role and element.is_visible and fits(self.page.name_of(element), name, exact)

        return self._inside(plays)

    def filter(self, has_text: Text) -> Locator:
        return Locator(self.page, lambda: [e for e in self.find() if fits(e.text, has_text)])

    def nth(self, n: int) -> Locator:
        return Locator(self.page, lambda: self.find()[n : n + 1])

    @property
    def first(self) -> Locator:
        return self.nth(0)

    def count(self) -> int:
        return len(self.find())

    def text_content(self) -> str:
        return self.one().text

    def one(self) -> Element:
        found = self.find()
        assert len(found) == 1, f"{len(found)} of what should be there once"
        return found[0]

    def seen(self) -> Element:
        element = self.one()
        assert element.is_visible, f"<{element.tag}> cannot be seen"
        assert "disabled" not in element.attributes
        return element

    wait_for = seen

    # --- what one does ---

    def click(self) -> None:
        element = self.seen().around(*PRESSED)
        assert element, "nothing here to press"
        if element.tag == "a":
            assert "href" in element.attributes, "this leads nowhere"
            self.page.goto(element.attributes["href"])
        elif element.tag == "summary":
            details = element.parent.attributes  # type: ignore[union-attr]
            details.pop("open") if "open" in details else details.update(open="")
        elif element.role == "button":
            self.page.send(element)
        else:
            raise AssertionError(f"use check() for <{element.tag}>")

    def fill(self, text: str) -> None:
        element = self.seen()
        assert element.role == "textbox"
        element.attributes["value"] = text

    def check(self) -> None:
        element = self.seen()
        form = element.around("form")
        for other in form or ():
            if element.role == "radio" and other.attributes.get("name") == element.attributes["name"]:
                other.attributes.pop("checked", None)
        element.attributes["checked"] = ""

    def select_option(self, wanted: str) -> None:
        options = [element for element in self.seen() if element.tag == "option"]
        (chosen,) = [o for o in options if wanted in (o.attributes.get("value"), plain(o.text))]
        for option in options:
            option.attributes.pop("selected", None)
        chosen.attributes["selected"] = ""

    def set_input_files(self, file: Path | dict[str, Any]) -> None:
        element = self.seen()
        assert element.attributes["type"] == "file"
        if isinstance(file, Path):
            file = {"name": file.name, "mimeType": mimetypes.guess_type(file)[0], "buffer": file.read_bytes()}
        self.page.chosen[element] = file


class Page(Locator):
    """What one client was answered last."""

    def __init__(self, client: FlaskClient, folder: Path) -> None:
        self.client, self.folder = client, folder
        self.url = "/"
        self.chosen: dict[Element, dict[str, Any]] = {}
        self.downloads: list[SimpleNamespace] = []
        self.root = Element("", {}, None)
        super().__init__(self, lambda: [self.root])

    def goto(self, address: str) -> None:
        address = urljoin(self.url, address)
        self._open(address.partition("#")[0], method="GET")

    @contextmanager
    def expect_download(self) -> Iterator[SimpleNamespace]:
        download = SimpleNamespace(value=None)
        before = len(self.downloads)
        yield download
        (download.value,) = self.downloads[before:]

    def send(self, button: Element) -> None:
        """Send the form of a button as a browser does, unless it would ask for more first."""
        assert button.attributes.get("type", "submit") == "submit", "without scripts this does nothing"
        form, files, fields = self._form_of(button), MultiDict[str, FileStorage](), MultiDict[str, str]()
        lenient = "novalidate" in form.attributes or "formnovalidate" in button.attributes
        for control in self._controls(form):
            name = control.attributes["name"]
            given = control.value or control in self.chosen
            assert lenient or given or "required" not in control.attributes, f"{name} is asked for"
            if control.attributes.get("type") == "file":
                file = self.chosen.get(control, {"name": "", "mimeType": None, "buffer": b""})
                kind = file["mimeType"] or "application/octet-stream"
                files.add(name, FileStorage(BytesIO(file["buffer"]), file["name"], name, kind))
            else:
                fields.add(name, control.value.replace("\n", "\r\n"))
        if name := button.attributes.get("name"):
            fields.add(name, button.attributes.get("value", ""))
        address = urljoin(self.url, button.attributes.get("formaction", form.attributes.get("action", "")))
        if form.attributes.get("method", "get").lower() == "get":
            self._open(address.partition("?")[0], method="GET", query_string=fields)
        elif form.attributes.get("enctype") == "multipart/form-data":
            sent = [*fields.items(multi=True), *files.items(multi=True)]
            self._open(address, method="POST", data=MultiDict(sent), content_type="multipart/form-data")
        else:
            self._open(address, method="POST", data=fields)

    def _form_of(self, control: Element) -> Element:
        """Find the form that a control names, or else is in."""
        named = control.attributes.get("form")
        found = next((e for e in self.root if named and e.attributes.get("id") == named), control.around("form"))
        assert found, f"<{control.tag}> belongs to no form"
        return found

    def _controls(self, form: Element) -> Iterator[Element]:
        """Yield the controls of a form that a browser sends, in their order."""
        for control in self.root:
            if control.tag not in ("input", "select", "textarea") or not control.attributes.get("name"):
                continue
            unchecked = control.role in ("checkbox", "radio") and "checked" not in control.attributes
            if "disabled" not in control.attributes and not unchecked and self._form_of(control) is form:
                yield control

    def _open(self, address: str, **request: Any) -> None:
        response = self.client.open(address, headers={"Referer": f"http://localhost{self.url}"}, **request)
        if response.status_code in (302, 303):
            self._open(urljoin(address, response.headers["Location"]).partition("#")[0], method="GET")
            return
        how, about = parse_options_header(response.headers.get("Content-Disposition"))
        if how == "attachment":
            file = self.folder / f"download-{len(self.downloads)}"
            file.write_bytes(response.data)
            kept = {"suggested_filename": about["filename"], "path": lambda: file}
            self.downloads.append(SimpleNamespace(**kept, save_as=lambda path: shutil.copy(file, path)))
        else:
            self.url, self.root, self.chosen = response.request.full_path, Tree(response.text).root, {}

    # --- what things are called ---

    def labels(self, control: Element) -> list[str]:
        own = control.attributes.get("id")
        labels = [e.text for e in self.root if e.tag == "label" and own and e.attributes.get("for") == own]
        around = control.around("label")
        named = control.attributes.get("aria-labelledby", "").split()
        others = " ".join(e.text for e in self.root if named and e.attributes.get("id") in named)
        return [
            *labels,
            *([around.text] if around else []),
            *filter(None, [others, control.attributes.get("aria-label")]),
        ]

    def name_of(self, element: Element) -> str:
        if label := element.attributes.get("aria-label"):
            return label
        return " ".join(self.labels(element)) if element.tag in ("input", "select", "textarea") else element.text


def expect(found: Any) -> Any:
    """Expect of what a page has, whichever browser it is in."""
    return Expectation(found) if isinstance(found, Locator) else playwright.sync_api.expect(found)


class Expectation:
    """What Playwright's expect() says of a locator, said of one of ours."""

    def __init__(self, found: Locator) -> None:
        self.found = found

    def to_contain_text(self, text: str) -> None:
        assert plain(text) in plain(self.found.one().text)

    def not_to_contain_text(self, text: str) -> None:
        assert plain(text) not in plain(self.found.one().text)

    def to_have_text(self, text: str) -> None:
        assert plain(self.found.one().text) == plain(text)

    def to_have_value(self, value: str) -> None:
        assert self.found.one().value == value

    def to_have_count(self, count: int) -> None:
        assert self.found.count() == count

    def to_be_visible(self) -> None:
        assert self.found.one().is_visible
