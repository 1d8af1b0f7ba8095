"""The demo county's year, told by the verbs with a clock of its own: its log is as real as any other."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from sqlalchemy import select

from checklist import (
    accounts,
    checkpoints,
    clock,
    editing,
    ledger,
    lists,
    owners,
    reviewing,
    signoff,
    statements,
    units,
)
from checklist.actor import Actor, Auth
from checklist.demo_county import (
    ACCOUNTS,
    ACTING,
    CHARGES,
    DECISION,
    DEEDS,
    EVERYTHING_ELSE,
    GOALS,
    GRANTS,
    GUARDS,
    LETTERS,
    LIAISONS,
    NO_DUTIES,
    NOTICE,
    OTHERS,
    OWNERS,
    POSTS,
    REACHED,
    REPORTS,
    REWORDED,
    SIDES,
    UNITS,
    Deed,
)
from models import Cadence, Duty, DutyList, Item, ItemState, Post, Unit, User, db

__all__ = ["ACCOUNTS", "fill"]

ORIGIN = "demo.shuangze.example/log"
SPEECH = Path(__file__).with_name("demo-speech.txt")
FOUNDED = 240  # days ago
ADOPTED = 200  # days ago; less where that would be before the list's own year
CONSOLE = Actor(console="demo")


class Story:
    """The clock of the tale, and the people, posts and units in it."""

    def __init__(self, end: datetime) -> None:
        self.end = end
        self.now = end - timedelta(days=FOUNDED + 7)  # before the first working day of the tale
        today = clock.day_of(end)
        year = (today - timedelta(days=120)).year
        self.adopted = min(ADOPTED, (today - date(year, 1, 10)).days)
        self.people: dict[str, User] = {}  # by login
        self.units: dict[str, Unit] = {}  # by code
        self.posts: dict[tuple[str, str], Post] = {}  # by login and unit code
        self.reviewers: dict[Post, Post | None] = {}
        self.letters: Counter[str] = Counter()

    def time(self) -> datetime:
        """Every look at the clock takes a second."""
        self.now += timedelta(seconds=1)
        return self.now

    def on(self, days_ago: int, hour: int = 9) -> None:
        """Go on to an hour of a working day in the county, Friday for a weekend; the tale never goes back."""
        day = (self.end - timedelta(days=days_ago)).astimezone(clock.SHANGHAI)
        day -= timedelta(days=max(0, day.weekday() - 4))
        self.now = max(self.now, day.replace(hour=hour, minute=0, second=0, microsecond=0))

    def posts_of(self, login: str) -> list[Post]:
        return [post for (holder, _), post in self.posts.items() if holder == login]

    def holder(self, post: Post) -> str:
        return next(login for (login, _), held in self.posts.items() if held == post)

    def actor(self, login: str, post: Post | None = None) -> Actor:
        """Somebody at work, with the password just given."""
        user, at_work = self.people[login], post or next(iter(self.posts_of(login)), None)
        return Actor(user, at_work, "192.0.2.10", f"{user.id:016x}", auth=Auth("password", clock.now()))

    def number(self, word: str) -> str:
        """The number of the next document of that kind."""
        self.letters[word] += 1
        return f"{word}〔{clock.today().year}〕{self.letters[word]} 号"


def fill() -> None:
    """Fill an empty, migrated database: eight months of a county's work, up to now."""
    story = Story(clock.now())
    with clock.told_by(story.time):
        story.on(FOUNDED)
        ledger.open_log(ORIGIN, by=CONSOLE)
        found_the_county(story)
        checkpoints.init_key(by=CONSOLE)
        adopt_the_lists(story)
        tell_of_the_year(story)
        begin_another_list(story)


# --- the county ---------------------------------------------------------------------------------------------


def found_the_county(story: Story) -> None:
    for code, name, short_name, kind, parent in UNITS:
        above = story.units[parent] if parent else None
        story.units[code] = units.found(code, name, kind, by=CONSOLE, short_name=short_name, parent=above)
    names = {login: name for *_, login, name in POSTS} | OTHERS
    passwords = {account.login: account.password for account in ACCOUNTS}
    for login, name in names.items():
        story.people[login] = make_account(login, name, passwords.get(login), story.units["QH"])
    today = clock.today()
    for code, name, rank, is_secretary, login, _ in POSTS:
        post = units.add_post(story.units[code].id, name, rank, by=CONSOLE, is_secretary=is_secretary)
        units.appoint(story.people[login].id, post.id, today, by=CONSOLE, acting=login in ACTING)
        story.posts[login, code] = post
    for login, role, code in GRANTS:
        accounts.grant(story.people[login].id, role, story.units[code].id, today, None, by=CONSOLE)
    for principal, login in LIAISONS.items():
        units.make_liaison(story.people[login].id, story.posts_of(principal)[0].id, by=CONSOLE)
    for leader, codes in CHARGES:
        for code in codes:
            units.put_in_charge(story.posts[leader, "QH-GOV"].id, story.units[code].id, by=CONSOLE)
    story.reviewers = reviewing.reviewers()


def make_account(login: str, name: str, password: str | None, home: Unit) -> User:
    if password is None:
        return accounts.enrol(login, name, by=CONSOLE, home=home)
    return accounts.create(login, name, by=CONSOLE, home=home, password=password)[0]


# --- the lists ----------------------------------------------------------------------------------------------


def adopt_the_lists(story: Story) -> None:
    """From a text to a list in force, each by two people."""
    story.on(story.adopted)
    speech = SPEECH.read_text(encoding="utf-8")
    tasks = draft(story, "jingban", "QH-GOV", "廉政工作会任务分解表", "在县政府系统廉政工作会上的讲话", speech)
    submit(story, "jingban", tasks, "县政府第三次常务会议", story.number("清政纪"))
    team = draft(story, "xianwei", "QH", "县委班子廉政任务分解表", "县委关于落实主体责任的决定", DECISION)
    submit(story, "xianwei", team, "县委常委会会议", story.number("清常纪"))
    story.on(story.adopted, hour=15)
    lists.adopt(tasks.id, by=story.actor("zhuren"))
    lists.adopt(team.id, by=story.actor("shuji"))


def draft(story: Story, clerk: str, unit: str, name: str, title: str, text: str) -> DutyList:
    by, year = story.actor(clerk), clock.today().year
    return lists.draft(story.units[unit].id, name=name, year=year, title=title, text=text, by=by)


def submit(story: Story, clerk: str, duties: DutyList, meeting: str, number: str) -> None:
    """Set the days, go through the proposals, and hand the list over with its meeting."""
    # One day to report on is past and one to come, whatever day it is now.
    nodes = [clock.day_of(story.end + timedelta(days=days)) for days in (-55, 25)]
    lists.set_nodes(duties.id, nodes, by=story.actor(clerk))
    go_through(story, clerk, duties)
    lists.submit(duties.id, meeting=meeting, meeting_no=number, meeting_day=clock.today(), by=story.actor(clerk))


def go_through(story: Story, clerk: str, duties: DutyList) -> None:
    """What the clerk makes of the proposals: slips mended, what is no duty dropped, owners found for the rest."""
    for duty in list(duties.duties):
        for flag in duty.flags:
            if flag.get("standard"):
                editing.mend(duty.id, flag["text"], flag["standard"], by=story.actor(clerk))
        if any(words in duty.wording for words in NO_DUTIES):
            editing.drop(duty.id, by=story.actor(clerk))
        else:
            editing.edit(duty.id, decided(story, duties, duty), by=story.actor(clerk))


def decided(story: Story, duties: DutyList, duty: Duty) -> editing.Edit:
    wording = duty.wording
    for proposed, better in REWORDED.items():
        wording = wording.replace(proposed, better)
    leads, supports = next(((leads, helps) for words, leads, helps in OWNERS if words in wording), EVERYTHING_ELSE)
    goal = next((Decimal(goal) for words, goal in GOALS.items() if words in wording), None)
    guarded = [work for words, work in GUARDS if words in wording]
    return editing.Edit(
        wording=wording,
        side=next((side for words, side in SIDES.items() if words in wording), duty.side),
        cadence=Cadence(duty.cadence),
        due_on=None,
        owners=[*chosen(story, leads, "lead"), *chosen(story, supports, "support")],
        guards=[d.lineage for d in duties.duties for work in guarded if work in d.wording],
        values={target.id: target.value if target.value is not None else goal for target in duty.targets},
        steps=duty.steps,
    )


def chosen(story: Story, names: str, part: str) -> Iterator[owners.Owner]:
    """Owners as demo_county.OWNERS writes them."""
    for name in names.split():
        group, _, left_out = name.partition("!")
        login, _, unit = name.partition("@")
        if name in story.units:
            yield {"unit": name, "part": part}
        elif group in owners.SETS:
            yield {"set": group, "except": left_out.split(), "part": part}
        else:
            post = story.posts[login, unit] if unit else story.posts_of(login)[0]
            yield {"post": post.id, "part": part}


def begin_another_list(story: Story) -> None:
    """A draft for visitors to go on with: one row gone through, one added, the rest as proposed."""
    title = "关于开展节日期间纠治“四风”工作的通知"
    duties = draft(story, "jingban", "QH-GOV", "节日期间纠治“四风”任务分解表", title, NOTICE)
    first = duties.duties[0]
    editing.edit(first.id, decided(story, duties, first), by=story.actor("jingban"))
    editing.add(duties.id, "节后 5 个工作日内汇总各单位自查情况", by=story.actor("jingban"))


# --- what people did ----------------------------------------------------------------------------------------


def tell_of_the_year(story: Story) -> None:
    """Day by day: what the punctual sign in the morning is reviewed in the afternoon; other deeds in between."""
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
        story.on(days_ago, hour=15)
        for said in signed.values():
            for item, _ in said:
                approve(story, item)


Reports = dict[int, dict[Post, list[tuple[Item, str]]]]


def reports_by_day(story: Story) -> Reports:
    """What the punctual report: by days ago and post, items and notes. What falls due later is still to be done."""
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
    """Do one of demo_county.DEEDS."""
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
    acting = signoff.is_acting(user, post)
    shown = {item.id: statements.digest(statements.statement(item, user, acting)) for item in items}
    signoff.sign(shown, by=story.actor(login, post))


def reviewer(story: Story, item: Item) -> Actor:
    """Who reviews an item; where the superior is outside the system, the clerk who records it."""
    post = story.reviewers[item.post]
    return story.actor(story.holder(post), post) if post else story.actor("xianwei")


def approve(story: Story, item: Item) -> None:
    letter = "" if story.reviewers[item.post] else story.number("市纪函")
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


def withdraw(story: Story, item: Item, deed: Deed) -> None:
    signoff.withdraw(item.id, deed.text, by=story.actor(deed.whose, item.post))


def send_back(story: Story, item: Item, deed: Deed) -> None:
    signoff.send_back(item.id, deed.text, clock.today() + timedelta(days=10), by=reviewer(story, item))


ACTS: dict[str, tuple[ItemState, Callable[[Story, Item, Deed], None]]] = {
    "tick": (ItemState.OPEN, tick),
    "prepare": (ItemState.OPEN, prepare),
    "sign": (ItemState.OPEN, tick_and_sign),
    "enter_late": (ItemState.OPEN, enter_late),
    "withdraw": (ItemState.SIGNED, withdraw),
    "send_back": (ItemState.SIGNED, send_back),
    "sign_again": (ItemState.RETURNED, sign_again),
    "approve": (ItemState.SIGNED, lambda story, item, _: approve(story, item)),
}
