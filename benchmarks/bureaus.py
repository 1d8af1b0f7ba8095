"""A county of any number of bureaus with three years of log, each entry written by the ledger.

A bureau has a head and two members. A list of ten duties a year falls to all three, on two days of the year: 60 items
a post. They were signed and approved when they were due, but for the last ones of the first bureau, which wait for
review, and for those of the last day, which is still to come.

So that a thousand bureaus take minutes, every row is written once, as it ended (an item as approved, not as open,
reported, signed and approved by turns), and one head's act writes those of BLOCK bureaus.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from typing import Any

from sqlalchemy import select

from checklist import clock, ledger, picture
from checklist.actor import Actor
from checklist.items.statements import VERSION, statement
from checklist.lists.drafting import new_lineage
from models import (
    Assignment,
    Batch,
    Cadence,
    Duty,
    DutyList,
    Item,
    ItemState,
    ListKind,
    ListState,
    Logged,
    Part,
    Post,
    PostKind,
    Review,
    Side,
    Signature,
    Source,
    Tenure,
    Unit,
    UnitKind,
    User,
    Verdict,
    db,
)
from tests import county

YEARS = (2026, 2027, 2028)
TODAY = date(2028, 7, 3)
APPROVED = ItemState.APPROVED
DUTIES = 10
BLOCK = 20  # bureaus
SEATS = (("局长", PostKind.PRINCIPAL), ("副局长〔1〕", PostKind.MEMBER), ("副局长〔2〕", PostKind.MEMBER))
NAME = "年度工作任务分解表"
WORDINGS = [f"第{n}项：完善预算执行、项目验收和资金使用的台账，逐月核对，及时整改。" for n in range(1, DUTIES + 1)]
NOTE = "已逐月核对台账，发现的问题均已整改，情况通报已印发。"


@dataclass(frozen=True)
class Bureau:
    """A unit with its people and their posts, the head first."""

    unit: int
    people: tuple[int, ...]
    posts: tuple[int, ...]

    @property
    def holders(self) -> dict[int, int]:
        """For each post the person who holds it."""
        return dict(zip(self.posts, self.people, strict=True))

    def head(self) -> Actor:
        """Return the head at a page."""
        user, post = db.session.get_one(User, self.people[0]), picture.current().posts[self.posts[0]]
        return Actor(user=user, post=post, ip="10.0.0.1", session="0123456789abcdef")


Block = Sequence[Bureau]


def login(n: int) -> str:
    """Return by what name the head of the n-th bureau, from 1 on, logs in."""
    return f"bureau{n}.0"


def nodes(year: int) -> list[date]:
    """Return the days on which the items of a year fall due."""
    return [date(year, 6, 30), date(year, 12, 15)]


def build(units: int, time: county.Clock) -> list[Bureau]:
    """Let so many bureaus come to the county of tests, and work; leave the clock at TODAY."""
    time.set_day(date(YEARS[0], 1, 12))
    bureaus = found(units)
    blocks = [bureaus[n : n + BLOCK] for n in range(0, units, BLOCK)]
    for year in YEARS:
        time.set_day(date(year, 1, 12))
        for block in blocks:
            adopt(block, year)
        for node in nodes(year):
            if node < TODAY:
                time.set_day(node)
                for block in blocks:
                    sign(block, node)
    for block in blocks:
        with ledger.act("adopt", by=block[0].head()):
            insert_items(block, nodes(TODAY.year)[-1])
    time.set_day(TODAY)
    return bureaus


def insert(kind: type[Logged], rows: Iterable[dict[str, Any]]) -> list[int]:
    """Insert rows in an act, and return their ids in their order."""
    whole = list(rows)
    ledger.insert_rows(kind, whole)
    return list(db.session.scalars(select(kind.id).order_by(kind.id.desc()).limit(len(whole))))[::-1]


def found(units: int) -> list[Bureau]:
    """Found bureaus below the county's government, with their people."""
    password, day = county.user("zhou").password_hash, clock.today()
    below = {"kind": UnitKind.DEPARTMENT, "parent_id": county.unit("QH-GOV").id, "from_day": day}
    numbers = range(1, units + 1)
    with ledger.act("import_register", by=county.console):
        own = insert(Unit, ({"code": f"N-{n}", "name": f"第{n}局", "short_name": f"{n}局", **below} for n in numbers))
        seats = [(unit, *seat) for unit in own for seat in SEATS]
        heads = PostKind.PRINCIPAL
        posts = insert(
            Post, ({"unit_id": u, "name": name, "kind": kind, "is_secretary": kind is heads} for u, name, kind in seats)
        )
        named = [(f"bureau{n}.{seat}", f"{n:04}局{seat}号") for n in numbers for seat in range(len(SEATS))]
        people = insert(User, ({"login": login, "name": name, "password_hash": password} for login, name in named))
        pairs = zip(people, posts, strict=True)
        insert(Tenure, ({"user_id": user, "post_id": post, "from_day": day} for user, post in pairs))
    of = [slice(n, n + len(SEATS)) for n in range(0, len(posts), len(SEATS))]
    return [Bureau(unit, tuple(people[s]), tuple(posts[s])) for unit, s in zip(own, of, strict=True)]


def adopt(block: Block, year: int) -> None:
    """Bring a list of the year into force for each of some bureaus."""
    text, clerk = "\n".join(WORDINGS), county.user("chu").id
    source = {"title": NAME, "text": text, "sha256": sha256(text.encode()).hexdigest()}
    made = {"kind": ListKind.BREAKDOWN, "year": year, "name": NAME, "nodes": [day.isoformat() for day in nodes(year)]}
    met = {"meeting": "局务会议", "meeting_no": f"〔{year}〕1 号", "meeting_day": clock.today()}
    decided = {
        "state": ListState.ADOPTED,
        "drafted_by_id": clerk,
        "submitted_by_id": clerk,
        "adopted_on": clock.today(),
    }
    with ledger.act("adopt", by=block[0].head()):
        sources = insert(Source, ({"unit_id": bureau.unit, **source} for bureau in block))
        own = [
            {"unit_id": bureau.unit, "source_id": id, "decided_by_id": bureau.people[0]}
            for bureau, id in zip(block, sources, strict=True)
        ]
        adopted = insert(DutyList, (row | made | met | decided for row in own))
        rows = [
            (bureau, {"duty_list_id": id, "lineage": new_lineage(), "position": n, "wording": wording})
            for bureau, id in zip(block, adopted, strict=True)
            for n, wording in enumerate(WORDINGS, 1)
        ]
        duties = insert(Duty, ({**row, **led_by(bureau)} for bureau, row in rows))
        led = [(duty, post) for duty, (bureau, _) in zip(duties, rows, strict=True) for post in bureau.posts]
        insert(Assignment, ({"duty_id": duty, "post_id": post, "part": Part.LEAD} for duty, post in led))


def led_by(bureau: Bureau) -> dict[str, Any]:
    owners = [{"post": post, **county.LEAD} for post in bureau.posts]
    return {"side": Side.WORK, "cadence": Cadence.ONGOING, "owners": owners}


def sign(block: Block, node: date) -> None:
    """Let what falls due on a day be signed, and reviewed: the heads' by the county's head, the members' by theirs."""
    holders = {post: user for bureau in block for post, user in bureau.holders.items()}
    by, above = block[0].head(), county.actor("qian")
    assert above.user
    assert above.post
    reviewers = {post: (bureau.people[0], bureau.posts[0]) for bureau in block for post in bureau.posts}
    reviewers |= {bureau.posts[0]: (above.user.id, above.post.id) for bureau in block}
    with ledger.act("sign", by=by):
        insert_items(block, node, reported=True)
        pressed = ({"post_id": post, "user_id": user, "signed_at": clock.now()} for post, user in holders.items())
        batches = dict(zip(holders, insert(Batch, pressed), strict=True))
        people = {user.id: user for user in db.session.scalars(select(User).where(User.id.in_(holders.values())))}
        of_day = select(Item).where(Item.post_id.in_(holders), Item.period == node.isoformat()).order_by(Item.id)
        items = db.session.scalars(of_day.options(*Item.read_along())).unique().all()
        told = [(item, people[holders[item.post_id]], batches[item.post_id]) for item in items]
        signatures = insert(Signature, (signature(*one) for one in told))
        signed = list(zip(items, signatures, strict=True))
        reviews = [review(item, id, *reviewers[item.post_id]) for item, id in signed if item.state is APPROVED]
    with ledger.act("approve", by=by):
        insert(Review, reviews)


def insert_items(block: Block, node: date, *, reported: bool = False) -> None:
    """Insert the items of a day, open or as reported, signed and reviewed in the end."""
    holders = {post: user for bureau in block for post, user in bureau.holders.items()}
    assigned = select(Duty.id, Duty.lineage, Assignment.post_id).join(Duty.assignments).join(Duty.duty_list)
    due = assigned.where(Assignment.post_id.in_(holders), DutyList.year == node.year).order_by(Assignment.id)
    rows = [
        {"duty_id": duty, "lineage": lineage, "post_id": post, "period": node.isoformat(), "due_on": node}
        | (ending(post, holders[post], node) if reported else {})
        for duty, lineage, post in db.session.execute(due)
    ]
    insert(Item, rows)


def ending(post: int, holder: int, node: date) -> dict[str, Any]:
    first = picture.current().posts[post].unit.code == "N-1"
    state = ItemState.SIGNED if first and node == nodes(TODAY.year)[0] else APPROVED
    return {"state": state, "note": NOTE, "reported_at": clock.now(), "reported_by_id": holder}


def signature(item: Item, user: User, batch: int) -> dict[str, Any]:
    return {
        "batch_id": batch,
        "item_id": item.id,
        "duty_id": item.duty_id,
        "duty_version": item.duty.version,
        "user_id": user.id,
        "signer": user.name,
        "post_title": item.post.title,
        "acting": False,
        "statement": statement(item, user, False),
        "statement_version": VERSION,
        "auth_method": "password",
        "auth_at": clock.now(),
    }


def review(item: Item, signature: int, user: int, post: int) -> dict[str, Any]:
    of = {"item_id": item.id, "signature_id": signature, "verdict": Verdict.APPROVE, "reviewed_at": clock.now()}
    return of | {"reviewer_id": user, "reviewer_post_id": post, "recorded_by_id": user}
