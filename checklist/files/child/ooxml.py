"""What every reader of Office's XML needs: names without their namespace, and no document type declaration."""

from __future__ import annotations

from typing import Any

MOST_ELEMENTS = 500_000  # a report of 20,000 characters has about 30,000
DEEPEST = 200  # a table in a table in a text box has about 40

_WORD = (
    "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}",
    "{http://purl.oclc.org/ooxml/wordprocessingml/main}",
    "{http://schemas.openxmlformats.org/markup-compatibility/2006}",
)


class Doctype(Exception):
    """A document type declaration: no office file has one, and it is where entities are declared."""


class TooMuch(Exception):
    """More elements, or more of them in one another, than a file that somebody wrote has."""


class Reader:
    """The least that an XML parser calls on what it reads for; who has a `start` or `end` calls these first."""

    elements = depth = 0

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        self.elements += 1
        self.depth += 1
        if self.elements > MOST_ELEMENTS or self.depth > DEEPEST:
            raise TooMuch

    def end(self, tag: str) -> None:
        self.depth -= 1

    def doctype(self, *_: Any) -> None:
        raise Doctype

    def data(self, text: str) -> None:
        """Text between the tags, which most readers do without."""

    def close(self) -> None:
        return None


def local(tag: str) -> str:
    """The name of one of Word's own elements; of others nothing, so that w:t and a:t are not confused."""
    return next((tag.removeprefix(space) for space in _WORD if tag.startswith(space)), "")


def value(attributes: dict[str, str], name: str = "val") -> str:
    """An attribute of Word's own, "" where there is none."""
    return next((attributes[space + name] for space in _WORD if space + name in attributes), "")
