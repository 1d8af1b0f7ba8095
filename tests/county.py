"""A small county, made by the verbs, on which most tests stand; and the people in it, by their login names."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from flask import Flask
from sqlalchemy import select

from checklist import access, clock, ledger, lists, picture
from checklist.actor import Actor, Auth
from checklist.audit import entries
from checklist.audit.check import Check
from checklist.audit.filters import Filter
from checklist.county import accounts, units
from checklist.items import signoff
from checklist.ledger import checkpoints, keys
from checklist.lists import drafting, editing
from models import Batch, Cadence, Duty, DutyList, Item, Post, PostKind, Role, Side, Tenure, Unit, UnitKind, User, db

ORIGIN = "test.example/log"
KEY = keys.SigningKey(ORIGIN, b"s" * 32)
FOUNDED = datetime(2026, 1, 5, 1, tzinfo=UTC)
NOW = datetime(2026, 3, 2, 1, tzinfo=UTC)  # nine o'clock on a Monday, in the county
PASSWORD = "a-quiet-river"

U, P = UnitKind, PostKind
UNITS = (
    # code, name, kind, as a speech calls it, parent
    ("QH", "中共清和县委员会", U.COMMITTEE, "县委", None),
    ("QH-GOV", "清和县人民政府", U.GOVERNMENT, "县政府", "QH"),
    ("QH-ZFB", "县政府办公室", U.DEPARTMENT, "政府办", "QH-GOV"),
    ("QH-CZJ", "县财政局", U.DEPARTMENT, "财政", "QH-GOV"),
    ("QH-JYJ", "县教育局", U.DEPARTMENT, "教育", "QH-GOV"),
    ("QH-DH", "东河镇", U.TOWN, "东河", "QH-GOV"),
    ("QH-XS", "西山镇", U.TOWN, "西山", "QH-GOV"),
)
POSTS = (
    # unit, name, kind, is secretary, who holds it, acting
    ("QH", "县委书记", P.PRINCIPAL, True, "zhao", False),
    ("QH-GOV", "县长", P.PRINCIPAL, True, "qian", False),
    ("QH-GOV", "副县长", P.MEMBER, False, "sun", False),
    ("QH-ZFB", "主任", P.PRINCIPAL, True, "li", False),
    ("QH-ZFB", "督查室干部", P.STAFF, False, "chu", False),
    ("QH-CZJ", "局长", P.PRINCIPAL, True, "zhou", False),
    ("QH-CZJ", "副局长", P.MEMBER, False, "wu", False),
    ("QH-JYJ", "局长", P.PRINCIPAL, True, "zheng", True),
    ("QH-DH", "镇长", P.PRINCIPAL, False, "wang", False),
    ("QH-DH", "党委书记", P.MEMBER, True, "feng", False),
    ("QH-XS", "镇长", P.PRINCIPAL, False, "chen", False),
    ("QH-XS", "党委书记", P.MEMBER, True, "sun", False),
)
PEOPLE = {
    "zhao": "赵书记",
    "qian": "钱县长",
    "sun": "孙副县长",
    "li": "李主任",
    "zhou": "周局长",
    "wu": "吴副局长",
    "zheng": "郑副局长",
    "wang": "王镇长",
    "feng": "冯书记",
    "chen": "陈镇长",
    "lian": "连干事",  # prepares for zhou
    "chu": "褚经办",
    "cai": "蔡经办",  # a second clerk
    "wei": "卫审计",
    "jiang": "蒋审计",  # of one bureau only
    "shen": "沈系统",
    "han": "韩安全",
    "yang": "杨日志",
}
GRANTS = (
    ("chu", Role.CLERK, "QH-GOV"),
    ("cai", Role.CLERK, "QH"),
    ("wei", Role.AUDITOR, "QH"),
    ("jiang", Role.AUDITOR, "QH-CZJ"),
    ("shen", Role.SYSTEM_ADMIN, "QH"),
    ("han", Role.SECURITY_ADMIN, "QH"),
    ("yang", Role.LOG_ADMIN, "QH"),
)
SPEECH = """同志们：
一、今年重点任务
一要管好财政资金。财政局要完善预算考核机制。要每季度召开一次政银企对接会。严禁截留、挪用专项资金。
二要优化服务。要推动政务服务事项网上可办率96%以上。要加大企业培育力度，年内净增企业50户。
三要压实责任。各镇主要负责同志要切实履行第一责任人职责。县政府班子成员要率先垂范。
"""
LEAD, SUPPORT = {"part": "lead"}, {"part": "support"}
OWNERS = {
    "预算考核": [{"unit": "QH-CZJ", **LEAD}],
    "对接会": [{"unit": "QH-CZJ", **LEAD}, {"unit": "QH-JYJ", **SUPPORT}],
    "严禁截留": [{"unit": "QH-CZJ", **LEAD}],
    "网上可办率": [{"unit": "QH-ZFB", **LEAD}],
    "净增企业": [{"post": "wu", **LEAD}],
    "第一责任人": [{"set": "towns", "except": ["QH-XS"], **LEAD}],
    "率先垂范": [{"set": "team", "except": [], **LEAD}],
}
console = Actor(console="test")


class Clock:
    """A clock that stands until it is moved on."""

    def __init__(self, at: datetime) -> None:
        self.at = at

    def __call__(self) -> datetime:
        return self.at

    def move(self, **by: float) -> None:
        self.at += timedelta(**by)

    def set_day(self, day: date) -> None:
        """Nine o'clock in the county on a day."""
        self.at = datetime(day.year, day.month, day.day, 1, tzinfo=UTC)


# --- making it ----------------------------------------------------------------------------------------------


def fill(app: Flask) -> None:
    """Found the county in January, and adopt its list of the year."""
    lay_key(Path(app.instance_path))
    with clock.use_clock(Clock(FOUNDED)):
        ledger.open_log(ORIGIN, by=console)
        for code, name, kind, short, parent in UNITS:
            units.add_unit(code, name, kind, by=console, short_name=short, parent=unit(parent) if parent else None)
        for login, name in PEOPLE.items():
            accounts.create(login, name, by=console, home=unit("QH"), password=PASSWORD)
        for code, name, kind, secretary, login, acting in POSTS:
            post = units.add_post(unit(code).id, name, kind, by=console, is_secretary=secretary)
            units.appoint(user(login).id, post.id, clock.today(), by=console, acting=acting)
        for login, role, code in GRANTS:
            accounts.grant(user(login).id, role, unit(code).id, clock.today(), None, by=console)
        units.put_in_charge(post_of("sun").id, unit("QH-CZJ").id, by=console)
        units.make_liaison(user("lian").id, post_of("zhou").id, by=console)
        adopt(draft("廉政工作任务分解表", SPEECH))
        checkpoints.init_key(by=console)


def abolish(login: str) -> None:
    """End the post that somebody holds first, once he has left it."""
    post = post_of(login)
    tenure = db.session.scalars(select(Tenure).where(Tenure.post == post)).one()
    units.end_tenure(tenure.id, clock.today(), by=console)
    units.end_post(post.id, clock.today(), by=console)


def lay_key(instance: Path) -> None:
    """Put the key of all tests where the application looks for one."""
    file = instance / "keys" / "log.key"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(KEY.skey)
    file.chmod(0o600)


def draft(name: str, text: str, by: str = "chu") -> DutyList:
    """A draft of the county government's."""
    return drafting.draft(unit("QH-GOV").id, name=name, year=2026, title="讲话", text=text, by=actor(by))


def adopt(duty_list: DutyList) -> DutyList:
    """Give every duty an owner, and let two people put the list into force."""
    work = next(d for d in duty_list.duties if "预算考核" in d.wording).lineage
    for duty in list(duty_list.duties):
        editing.edit(duty.id, decided(duty, guards=[work]), by=actor("chu"))
    day = clock.today()
    lists.submit(duty_list.id, meeting="县政府常务会议", meeting_no="〔2026〕1 号", meeting_day=day, by=actor("chu"))
    return lists.adopt(duty_list.id, by=actor("li"))


def decided(duty: Duty, guards: list[str]) -> editing.Edit:
    """What the clerk decides of a duty of SPEECH."""
    owners = next(owners for words, owners in OWNERS.items() if words in duty.wording)
    owners = [{**owner, "post": post_of(owner["post"]).id} if "post" in owner else owner for owner in owners]
    integrity = "严禁" in duty.wording
    return editing.Edit(
        wording=duty.wording,
        side=Side.INTEGRITY if integrity else Side.WORK,
        cadence=Cadence(duty.cadence),
        due_on=None,
        owners=owners,
        guards=guards if integrity else [],
        values={target.id: target.value for target in duty.targets},
        steps=duty.steps,
    )


# --- reading the log ----------------------------------------------------------------------------------------


def gained(since: int) -> list[entries.LogEntry]:
    """The log's entries from number `since` on, oldest first."""
    return entries.search(Filter(), by=actor("yang"), limit=ledger.size() - since)[::-1]


def in_step() -> bool:
    """Whether the tables still are what the log says: nothing is half done."""
    return checked().good


def checked() -> Check:
    """A check of the log and the tables, run to its end."""
    check = Check()
    for _ in check.run():
        pass
    return check


# --- finding one's way --------------------------------------------------------------------------------------


def unit(code: str) -> Unit:
    return db.session.scalars(select(Unit).where(Unit.code == code)).one()


def user(login: str) -> User:
    return db.session.scalars(select(User).where(User.login == login)).one()


def post_of(login: str, code: str | None = None) -> Post:
    """The post that somebody holds first, or the one in a unit."""
    name = next(p[1] for p in POSTS if p[4] == login and code in (None, p[0]))
    at = next(p[0] for p in POSTS if p[4] == login and code in (None, p[0]))
    return db.session.scalars(select(Post).join(Unit).where(Post.name == name, Unit.code == at)).one()


def actor(login: str, code: str | None = None, *, nonce: str | None = None, signing: bool = True) -> Actor:
    """Somebody at a page, with the password given just now unless `signing` is False."""
    holds = any(p[4] == login for p in POSTS)
    return Actor(
        user=user(login),
        post=post_of(login, code) if holds else None,
        ip="10.0.0.1",
        session="0123456789abcdef",
        auth=Auth("password", clock.now()) if signing else None,
        nonce=nonce,
    )


def duty(words: str) -> Duty:
    """The duty of the adopted list with these words in it."""
    return db.session.scalars(select(Duty).where(Duty.wording.contains(words)).order_by(Duty.id)).first()  # type: ignore[return-value]


def tenures_of(login: str) -> list[Tenure]:
    """The tenures by which somebody holds posts today."""
    held = select(Tenure).join(User).where(User.login == login).order_by(Tenure.id)
    return [tenure for tenure in db.session.scalars(held) if tenure.holds_on(clock.today())]


def reviewer_of(post: Post) -> Post | None:
    """The post that reviews another's items; None where that is outside the system."""
    id = picture.current().reviewers[post.id]
    return db.session.get(Post, id) if id else None


def item(words: str, login: str | None = None, period: str | None = None) -> Item:
    """The first item of a duty, of somebody's, of a period."""
    query = select(Item).join(Duty).where(Duty.wording.contains(words)).order_by(Item.id)
    found = db.session.scalars(query).all()
    return next(
        i for i in found if period in (None, i.period) and (login is None or i.post == post_of(login, i.post.unit.code))
    )


def ticked(words: str, login: str) -> Item:
    """An item that its holder has reported, with values that reach its targets."""
    found = item(words, login)
    values = {t.id: t.value or 1 for t in found.duty.targets}
    return signoff.tick(found.id, by=actor(login), report=signoff.Report(note="已办", values=values))


def sign(*items: Item, by: Actor) -> Batch:
    """Sign exactly what a page would have shown."""
    acting = access.is_acting(by.user, items[0].post_id) if by.user else False
    shown = {i.id: signoff.digest(signoff.statement(i, by.user, acting)) for i in items if by.user}
    return signoff.sign(shown, by=by)


def signed(words: str, login: str) -> Item:
    """An item reported and signed by its holder."""
    found = ticked(words, login)
    sign(found, by=actor(login))
    return found
