"""The deeds of the demo county's people in its year, day by day."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from checklist import access, clock
from checklist.actor import Actor
from checklist.demo.county import DEEDS, LETTERS, LIAISONS, REACHED, REPORTS, REVISED, TIERS, Deed
from checklist.demo.lists import adopt_the_tiers, revise_a_list
from checklist.demo.story import Story
from checklist.items import cases, signoff, statements
from models import Duty, Item, ItemState, Post, db


def tell_of_the_year(story: Story) -> None:
    """Live through the days: the punctual sign in the morning and are reviewed in the afternoon; other deeds between."""
    reports = reports_by_day(story)
    for days_ago in range(story.adopted - 1, 0, -1):
        story.on(days_ago)
        signed = reports.get(days_ago, {})
        for post, said in signed.items():
            for item, note in said:
                report(story, story.holder(post), item, note)
            sign(story, [item for item, _ in said])
        for deed in (d for d in DEEDS if d.days_ago == days_ago):
            do(story, deed)
        if days_ago == TIERS:
            adopt_the_tiers(story)
        if days_ago == REVISED:
            revise_a_list(story)
        story.on(days_ago, hour=15)
        for said in signed.values():
            for item, _ in said:
                approve(story, item)


Reports = dict[int, dict[Post, list[tuple[Item, str]]]]


def reports_by_day(story: Story) -> Reports:
    """Return the items and notes that the punctual report, by days ago and post; what falls due later is still to do."""
    found: Reports = defaultdict(lambda: defaultdict(list))
    told: set[Item] = set()
    items = list(db.session.scalars(select(Item).order_by(Item.due_on, Item.id)))
    today = clock.day_of(story.end)
    for ahead, login, words, note in REPORTS:
        mine = (i for i in items if i.post in story.posts_of(login) and words in i.duty.wording and i not in told)
        item = next(mine, None)
        days_ago = (today - item.due_on).days + ahead if item else 0
        if item and days_ago > 0:
            told.add(item)
            found[min(days_ago, story.adopted - 1)][item.post].append((item, note))
    return found


def do(story: Story, deed: Deed) -> None:
    """Do one of county.DEEDS."""
    state, act = ACTS[deed.what]
    mine = Item.post_id.in_([post.id for post in story.posts_of(deed.whose)])
    query = select(Item).join(Duty).where(mine, Item.state == state, Duty.wording.contains(deed.words))
    act(story, db.session.scalars(query.order_by(Item.due_on, Item.id).limit(1)).one(), deed)


def report(story: Story, login: str, item: Item, note: str, **more: Any) -> None:
    holder = story.holder(item.post)
    reached = next((values for words, values in REACHED.items() if words in item.duty.wording), ())
    values = {target.id: Decimal(value) for target, value in zip(item.duty.targets, reached, strict=True)}
    letter = story.number(LETTERS[holder]) if holder in LETTERS else ""
    what = signoff.Report(note=note, document_no=letter, values=values, **more)
    by = story.actor(login, item.post)
    if item.state is ItemState.RETURNED:
        signoff.report(item.id, what, by=by)
    else:
        signoff.tick(item.id, by=by, report=what)


def sign(story: Story, items: list[Item]) -> None:
    """Sign items of one post in one press."""
    post = items[0].post
    login = story.holder(post)
    user = story.people[login]
    acting = access.is_acting(user, post.id)
    minutes_no = story.number("清常纪") if any(map(statements.takes_minutes, items)) else ""
    shown = {item.id: statements.digest(statements.statement(item, user, acting, minutes_no)) for item in items}
    signoff.sign(shown, by=story.actor(login, post), minutes_no=minutes_no)


def reviewer(story: Story, item: Item) -> Actor:
    """Return who reviews an item; where the superior is outside the system, the clerk who records it."""
    post = story.reviewer(item.post)
    return story.actor(story.holder(post), post) if post else story.actor("xianwei")


def approve(story: Story, item: Item) -> None:
    letter = "" if story.reviewer(item.post) else story.number("市纪函")
    signoff.approve(item.id, by=reviewer(story, item), outside_document=letter)


def tick(story: Story, item: Item, deed: Deed) -> None:
    report(story, deed.whose, item, deed.text)


def prepare(story: Story, item: Item, deed: Deed) -> None:
    report(story, LIAISONS[deed.whose], item, deed.text)


def tick_and_sign(story: Story, item: Item, deed: Deed) -> None:
    report(story, deed.whose, item, deed.text)
    sign(story, [item])


def enter_late(story: Story, item: Item, deed: Deed) -> None:
    report(story, deed.whose, item, deed.text, happened_on=clock.today() - timedelta(days=20))
    sign(story, [item])


def sign_again(story: Story, item: Item, deed: Deed) -> None:
    report(story, deed.whose, item, deed.text, reply="已按退回意见补充。")
    sign(story, [item])


def open_case(story: Story, item: Item, deed: Deed) -> None:
    last_day = date(item.duty.duty_list.year, 12, 31)  # in spring the tale is still of last year's list
    cases.begin(item.id, deed.text, min(clock.today(), last_day), by=story.actor(deed.whose, item.post))


def take_step(story: Story, item: Item, deed: Deed) -> Item:
    """Report and sign the step whose turn it is in the latest case of the item's duty."""
    step = cases.turn(cases.of_duty(item)[0])
    report(story, deed.whose, step, deed.text)
    sign(story, [step])
    return step


def pass_step(story: Story, item: Item, deed: Deed) -> None:
    approve(story, take_step(story, item, deed))


def withdraw(story: Story, item: Item, deed: Deed) -> None:
    signoff.withdraw(item.id, deed.text, by=story.actor(deed.whose, item.post))


def send_back(story: Story, item: Item, deed: Deed) -> None:
    signoff.send_back(item.id, deed.text, clock.today() + timedelta(days=10), by=reviewer(story, item))


ACTS: dict[str, tuple[ItemState, Callable[[Story, Item, Deed], object]]] = {
    "tick": (ItemState.OPEN, tick),
    "open_case": (ItemState.OPEN, open_case),
    "take_step": (ItemState.OPEN, take_step),
    "pass_step": (ItemState.OPEN, pass_step),
    "prepare": (ItemState.OPEN, prepare),
    "sign": (ItemState.OPEN, tick_and_sign),
    "enter_late": (ItemState.OPEN, enter_late),
    "withdraw": (ItemState.SIGNED, withdraw),
    "send_back": (ItemState.SIGNED, send_back),
    "sign_again": (ItemState.RETURNED, sign_again),
    "approve": (ItemState.SIGNED, lambda story, item, _: approve(story, item)),
}
