"""A page as a tree of elements: what they say, what they are for, and which of them can be seen without a style."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html.parser import HTMLParser

VOID = {"br", "col", "hr", "img", "input", "link", "meta", "wbr"}
ROLES = {"a": "link", "textarea": "textbox", "select": "combobox", "td": "cell", "button": "button"}
ROLES |= {f"h{n}": "heading" for n in range(1, 7)}
Text = str | re.Pattern[str]


class Element:
    def __init__(self, tag: str, attributes: dict[str, str], parent: Element | None) -> None:
        self.tag, self.attributes, self.parent = tag, attributes, parent
        self.children: list[Element | str] = []

    def __iter__(self) -> Iterator[Element]:
        """Walk the elements inside this one, in their order."""
        for child in self.children:
            if isinstance(child, Element):
                yield child
                yield from child

    def line(self) -> Iterator[Element]:
        """Yield this element and those around it, outwards."""
        yield self
        if self.parent:
            yield from self.parent.line()

    def around(self, *tags: str) -> Element | None:
        return next((element for element in self.line() if element.tag in tags), None)

    @property
    def text(self) -> str:
        return "".join(child if isinstance(child, str) else child.text for child in self.children)

    @property
    def is_visible(self) -> bool:
        if self.tag in ("head", "script") or "hidden" in self.attributes or self.attributes.get("type") == "hidden":
            return False
        folded = self.parent and self.parent.tag == "details" and self.tag != "summary"
        if folded and "open" not in self.parent.attributes:
            return False
        return not self.parent or self.parent.is_visible

    @property
    def role(self) -> str:
        if self.tag == "input":
            kind = self.attributes.get("type", "text")
            return {"checkbox": "checkbox", "radio": "radio", "submit": "button"}.get(kind, "textbox")
        own = "" if self.tag == "a" and "href" not in self.attributes else ROLES.get(self.tag, "")
        return self.attributes.get("role", own)

    @property
    def value(self) -> str:
        if self.tag == "select":
            options = [element for element in self if element.tag == "option"]
            chosen = [option for option in options if "selected" in option.attributes] or options
            return chosen[0].attributes.get("value", chosen[0].text)
        if self.tag == "textarea":
            return self.attributes.get("value", self.text.removeprefix("\n"))
        return self.attributes.get("value", "on" if self.role in ("checkbox", "radio") else "")


class Tree(HTMLParser):
    def __init__(self, html: str) -> None:
        super().__init__()
        self.root = self.inner = Element("", {}, None)
        self.feed(html)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        element = Element(tag, {name: value or "" for name, value in attributes}, self.inner)
        self.inner.children.append(element)
        if tag not in VOID:
            self.inner = element

    def handle_endtag(self, tag: str) -> None:
        if opened := self.inner.around(tag):
            assert opened.parent
            self.inner = opened.parent

    def handle_data(self, data: str) -> None:
        self.inner.children.append(data)


def plain(text: str) -> str:
    return " ".join(text.split())


def fits(text: str, wanted: Text, exact: bool = False) -> bool:
    """Whether a text is, or holds, the wanted one; case and the kind of space do not matter unless it is exact."""
    text = plain(text)
    if isinstance(wanted, re.Pattern):
        return bool(wanted.search(text))
    return text == plain(wanted) if exact else plain(wanted).lower() in text.lower()


def matches(element: Element, selector: str) -> bool:
    """Whether a selector of tags, #ids and .classes, one inside the other, leads to an element."""
    *outer, own = selector.split()
    parts = re.findall(r"[#.]?[\w-]+", own)
    classes = element.attributes.get("class", "").split()
    for part in parts:
        name = part.lstrip("#.")
        if name not in (
            [element.attributes.get("id")] if part[0] == "#" else classes if part[0] == "." else [element.tag]
        ):
            return False
    around = list(element.line())[1:]
    return not outer or any(matches(other, " ".join(outer)) for other in around)
