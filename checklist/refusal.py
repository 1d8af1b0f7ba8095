"""Why an act does not happen. The message is shown as it stands: it says in Chinese what to do next."""

from sqlalchemy import String
from sqlalchemy.orm import InstrumentedAttribute

from models import Logged


class Problem(Exception):
    """An act that does not happen; `status` is the HTTP status that fits it, `field` the field of a form to blame."""

    status = 400
    field: str | None = None

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message

    @property
    def can_be_mended(self) -> bool:
        """Whether whoever sent a form can correct it or wait, and send it again; else the form is not the answer."""
        return self.status in (409, 422, 429)


class Malformed(Problem):
    """What was typed is not of the right form. Nothing was attempted, so nothing is logged."""

    status = 422

    def __init__(self, message: str, field: str | None = None) -> None:
        super().__init__(message)
        self.field = field


class Damaged(Problem):
    """What was kept is no longer what it was. Nothing that the person did, and nothing that trying again mends."""

    status = 500


class Refused(Problem):
    """The state of things does not allow the act. Logged, as are its kinds below.

    `about` is the row that it was tried on, if there is one.
    """

    status = 409

    def __init__(self, message: str, about: Logged | None = None, field: str | None = None) -> None:
        super().__init__(message)
        self.about = about
        self.field = field


class Stale(Refused):
    """Somebody else changed the row after the page was drawn."""


class Unconfirmed(Refused):
    """Signing needs the password, given at most 15 minutes ago in this session."""

    status = 403
    can_be_mended = True


class NotYours(Refused):
    """The person may see the row, and may not do this to it."""

    status = 403


class Unseen(Refused):
    """There is no such row, or none that this person may know of."""

    status = 404

    def __init__(self, about: Logged | None = None) -> None:
        super().__init__("找不到您要的内容。它可能不存在，或者不在您的查看范围内。请返回上一页。", about)


class Repeated(Exception):
    """The same form came a second time; `rows` names what it changed the first time, as {table: ids}."""

    def __init__(self, rows: dict[str, list[int]]) -> None:
        super().__init__(str(rows))
        self.rows = rows


def length(column: InstrumentedAttribute[str]) -> int:
    """Return how many characters a column of the model takes."""
    kind = column.type
    assert isinstance(kind, String)
    assert kind.length
    return kind.length


def insist_on(what: str, text: str, field: str, *, most: int | None = None) -> None:
    """Raise Malformed at `field` for a text that is blank, or longer than `most` characters."""
    if not text.strip():
        raise Malformed(f"请填写{what}。", field)
    if most is not None and len(text) > most:
        raise Malformed(f"{what}不超过 {most} 字。", field)
