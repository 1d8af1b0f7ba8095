"""The demo county's year, told by the verbs with a clock of its own: its log is as real as any other."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from sqlalchemy import select

from checklist import accounts, clock, ledger, lists, owners, reviewing, signoff, units
from checklist.actor import Actor, Auth
from checklist.demo_county import (
    ACCOUNTS,
    ACTING,
    CHARGES,
    EVERYTHING_ELSE,
    EXCEPTED,
    GRANTS,
    GUARDS,
    LIAISONS,
    OTHERS,
    OWNERS,
    POSTS,
    PUNCTUAL,
    UNITS,
)
from models import Cadence, Duty, DutyList, Item, ItemState, Post, Unit, User, db

__all__ = ["ACCOUNTS", "fill"]

ORIGIN = "demo.shuangze.example/log"
SPEECH = Path(__file__).with_name("demo-speech.txt")
NOTICE = """关于开展节日期间纠治“四风”工作的通知
各镇、各部门要在节前开展一次廉政提醒谈话。财政局要严格审核公务接待支出。
要畅通监督举报渠道，对违规违纪问题发现一起、查处一起。
"""
BEGAN = 240  # days ago
CONSOLE = Actor(console="demo")


class Story:
    """The clock of the tale, and the people, posts and units in it."""

    def __init__(self, end: datetime) -> None:
        self.end = end
        self.now = end - timedelta(days=BEGAN)
        self.people: dict[str, User] = {}  # by login
        self.posts: dict[tuple[str, str], Post] = {}  # by login and unit code
        self.units: dict[str, Unit] = {}  # by code

    def time(self) -> datetime:
        """Every look at the clock takes a few seconds."""
        self.now += timedelta(seconds=7)
        return self.now

    def on(self, days_ago: int, hour: int = 9) -> None:
        """Go on to an hour of a day in the county; the tale never goes back."""
        day = (self.end - timedelta(days=days_ago)).astimezone(clock.SHANGHAI)
        self.now = max(self.now, day.replace(hour=hour, minute=0, second=0))

    def post(self, login: str) -> Post:
        """The first of somebody's posts."""
        return next(post for (holder, _), post in self.posts.items() if holder == login)

    def actor(self, login: str) -> Actor:
        """Somebody at work, with the password just given."""
        holds = any(holder == login for holder, _ in self.posts)
        session = f"{self.people[login].id:016x}"
        auth = Auth("password", clock.now())
        return Actor(self.people[login], self.post(login) if holds else None, "192.0.2.10", session, auth=auth)

    def reviewer(self, login: str) -> str:
        """Who reviews somebody; where the superior is outside the system, the clerk who records it."""
        post = reviewing.reviewers()[self.post(login)]
        return next((holder for (holder, _), p in self.posts.items() if p == post), "jingban")

    def number(self, word: str, n: int) -> str:
        """The number of a document."""
        return f"{word}〔{self.end.year}〕{n} 号"

    def items(self, login: str) -> list[Item]:
        """What is still to be done in the first of somebody's posts, soonest due first."""
        query = select(Item).where(Item.post == self.post(login), Item.state == ItemState.OPEN)
        return list(db.session.scalars(query.order_by(Item.due_on, Item.id)))


def fill() -> None:
    """Fill an empty, migrated database: eight months of a county's work, up to now."""
    story = Story(clock.now())
    with clock.told_by(story.time):
        ledger.open_log(ORIGIN, by=CONSOLE)
        found_the_county(story)
        story.on(200)
        adopt_the_breakdown(story)
        tell_of_reports(story)
        story.on(2, hour=15)
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
    for code, name, rank, secretary, login, _ in POSTS:
        post = units.add_post(story.units[code].id, name, rank, by=CONSOLE, is_secretary=secretary)
        units.appoint(story.people[login].id, post.id, today, by=CONSOLE, acting=login in ACTING)
        story.posts[login, code] = post
    for login, role, code in GRANTS:
        accounts.grant(story.people[login].id, role, story.units[code].id, today, None, by=CONSOLE)
    for login, principal in LIAISONS:
        units.make_liaison(story.people[login].id, story.post(principal).id, by=CONSOLE)
    for leader, codes in CHARGES:
        for code in codes:
            units.put_in_charge(story.posts[leader, "QH-GOV"].id, story.units[code].id, by=CONSOLE)


def make_account(login: str, name: str, password: str | None, home: Unit) -> User:
    if password is None:
        return accounts.enrol(login, name, by=CONSOLE, home=home)
    return accounts.create(login, name, by=CONSOLE, home=home, password=password)[0]


# --- the lists ----------------------------------------------------------------------------------------------


def adopt_the_breakdown(story: Story) -> None:
    """From the speech to a list in force, by two people."""
    duties = draft(story, "廉政工作会任务分解表", "在县政府系统廉政工作会上的讲话", SPEECH.read_text(encoding="utf-8"))
    clerk = story.actor("jingban")
    lists.set_nodes(duties.id, nodes(story.end), by=clerk)
    for duty in list(duties.duties):
        for flag in duty.flags:
            if flag.get("standard"):
                lists.mend(duty.id, flag["text"], flag["standard"], by=clerk)
    for duty in list(duties.duties):
        lists.edit(duty.id, decided(story, duties, duty), by=clerk)
    meeting = {"meeting": "县政府第三次常务会议", "meeting_no": story.number("清政纪", 3)}
    lists.submit(duties.id, **meeting, meeting_day=clock.today(), by=clerk)
    story.on(199, hour=15)
    lists.adopt(duties.id, by=story.actor("zhuren"))


def begin_another_list(story: Story) -> None:
    """A draft for visitors to go on with."""
    draft(story, "节日期间纠治“四风”任务分解表", "关于节日期间纠治“四风”的通知", NOTICE)


def draft(story: Story, name: str, title: str, text: str) -> DutyList:
    year = clock.today().year
    return lists.draft(
        story.units["QH-GOV"].id, name=name, year=year, title=title, text=text, by=story.actor("jingban")
    )


def nodes(end: datetime) -> list[date]:
    """报送节点 such that one is long past, one just past and one to come, whatever day it is."""
    return [(end + timedelta(days=days)).date() for days in (-110, -20, 25)]


def decided(story: Story, duties: DutyList, duty: Duty) -> lists.Edit:
    """What the clerk makes of a proposal."""
    chosen = next((who for words, who in OWNERS if words in duty.wording), EVERYTHING_ELSE)
    guarded = [work for words, work in GUARDS if words in duty.wording]
    values = {target.id: Decimal(60) if target.value is None else target.value for target in duty.targets}
    return lists.Edit(
        wording=duty.wording,
        side=duty.side,
        cadence=Cadence(duty.cadence),
        due_on=None,
        owners=[owner(story, kind, name, part) for kind, name, part in chosen],
        guards=[d.lineage for d in duties.duties for work in guarded if work in d.wording],
        values=values,
    )


def owner(story: Story, kind: str, name: str, part: str) -> owners.Owner:
    if kind == "post":
        return {"post": story.post(name).id, "part": part}
    excepted = {"except": EXCEPTED.get(name, [])} if kind == "set" else {}
    return {kind: name, **excepted, "part": part}


# --- what people did ----------------------------------------------------------------------------------------


def tell_of_reports(story: Story) -> None:
    """Items in every state: approved, sent back and signed again, withdrawn, late, waiting, reported, open."""
    story.on(112)
    finance = Desk(story, "caizheng")
    finance.approve("直达资金", "已与 14 个预算单位核对，账实相符。", document_no=story.number("清财", 41))
    finance.improve(
        "沉淀资金", "已办结。", "请写明办结了哪几笔、多少资金。", "清理沉淀资金 3 笔，计 412 万元，已收回国库。"
    )
    finance.approve("截留", "全部纳入动态监控，未发现截留、挪用。")
    story.on(111, hour=10)
    permits = Desk(story, "shenpi")
    permits.approve("网办率", "两项比率均已提前达到。", value=97)
    permits.approve("“五上”", "已开展集中培育，净增户数低于目标，正在追赶。", value=31)
    Desk(story, "xianzhang").approve_outside("率先垂范", "已带头落实，主持廉政专题会 2 次。", story.number("清委", 17))
    story.on(110, hour=14)
    keep_up(story)
    story.on(96)
    Desk(story, "dh-shuji").sign("应诉", "应诉工作于节点前完成，当时出差在外，现补记。", days_ago=20)
    story.on(40)
    Desk(story, "yibao").withdraw("检查", "已完成第二轮检查。", "有一家机构的数字要更正。")
    story.on(21, hour=10)
    keep_up(story)
    story.on(19, hour=10)
    employment = Desk(story, "renshe")
    employment.sign("", "已按要求完成。")
    employment.sign("", "已按要求完成。")
    story.on(12)
    Desk(story, "fuju").sign("一般性支出", "“三公经费”月报已公开，比上年压减 6%。")
    story.on(6)
    Desk(story, "jiaoyu").send_back("工资", "已落实。", "请附工资收入水平的对比数。")
    finance = Desk(story, "caizheng")
    finance.sign("对接会", "政银企对接会已召开，签约 11 户。")
    finance.tick("减税降费", "减免台账已汇总，请局长签认。", by="lianluo")
    finance.tick("", "")


def keep_up(story: Story) -> None:
    """The punctual report what is due this week, each with the number of a document."""
    number = 0
    for login in PUNCTUAL:
        desk = Desk(story, login)
        while desk.open and desk.open[0].due_on <= clock.today() + timedelta(days=7):
            number += 1
            desk.approve("", "", document_no=story.number("清督", number))


class Desk:
    """One official's checklist, and across the table whoever reviews it.

    An item is taken by words in it; where none has them, the one that is due first.
    """

    def __init__(self, story: Story, login: str) -> None:
        self.story, self.login = story, login
        self.reviewer = story.reviewer(login)
        self.open = story.items(login)

    def tick(
        self,
        words: str,
        note: str,
        *,
        by: str = "",
        document_no: str = "",
        days_ago: int | None = None,
        value: int | None = None,
    ) -> Item:
        item = next((i for i in self.open if words in i.duty.wording), self.open[0])
        self.open.remove(item)
        values = {t.id: Decimal(value) if value else t.value or Decimal(1) for t in item.duty.targets}
        happened = None if days_ago is None else clock.today() - timedelta(days=days_ago)
        report = signoff.Report(note, happened, document_no, values)
        return signoff.tick(item.id, by=self.story.actor(by or self.login), report=report)

    def sign(self, words: str, note: str, **what: Any) -> Item:
        return self._sign(self.tick(words, note, **what))

    def _sign(self, item: Item) -> Item:
        text = signoff.statement(item, self.story.people[self.login], self.login in ACTING)
        signoff.sign({item.id: signoff.digest(text)}, by=self.story.actor(self.login))
        return item

    def withdraw(self, words: str, note: str, reason: str) -> Item:
        return signoff.withdraw(self.sign(words, note).id, reason, by=self.story.actor(self.login))

    def approve(self, words: str, note: str, **what: Any) -> Item:
        return signoff.approve(self.sign(words, note, **what).id, by=self.story.actor(self.reviewer))

    def approve_outside(self, words: str, note: str, letter: str) -> Item:
        """The superior does not use the system; a clerk records the number of the letter that approves."""
        return signoff.approve(self.sign(words, note).id, by=self.story.actor(self.reviewer), outside_document=letter)

    def send_back(self, words: str, note: str, reason: str) -> Item:
        by, redo_by = self.story.actor(self.reviewer), clock.today() + timedelta(days=10)
        return signoff.send_back(self.sign(words, note).id, reason, redo_by, by=by)

    def improve(self, words: str, note: str, reason: str, better: str) -> Item:
        """Sent back, put right, and then approved."""
        item = self.send_back(words, note, reason)
        values = {reading.target_id: reading.value for reading in item.readings}
        report = signoff.Report(note=better, reply="已按要求补充。", values=values)
        signoff.report(item.id, report, by=self.story.actor(self.login))
        return signoff.approve(self._sign(item).id, by=self.story.actor(self.reviewer))
