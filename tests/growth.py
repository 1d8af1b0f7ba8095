"""The county of tests.places with one of everything, and then with more of everything that a page could read row by row."""

from __future__ import annotations

from datetime import timedelta

from checklist import clock, feedback, lists
from checklist.county import accounts, units
from checklist.items import cases, signoff
from checklist.ledger import checkpoints
from checklist.lists import consultation, corrections, drafting, versions
from models import Answer, Cadence, DutyList, Item, ItemState, PostKind, Review, Role, Side, Tier, UnitKind, User, db
from tests import county, places
from tests.cases import begun
from tests.drafts import MEETING, edit
from tests.files import attach
from tests.places import Places

MORE = 5  # units, of which each leads a part of each list
FEW, ROWS = 9, 20  # duties on a list, before and after


def one_of_each() -> Places:
    """The places, with one thing also where those have nothing."""
    found = places.laid_out()
    case = begun()
    feedback.write("字再大些", "/items/", by=county.actor("zhou"))
    signed = county.signed("预算考核", "zhou")
    _sent_back(signed)
    lists_too = _lists("小", FEW)
    tick(1)
    return found | {"case": case.steps[0].item_id, "returned": signed.id} | lists_too


def more_of_each(found: Places) -> Places:
    """The places in a county that has grown: there the same, or as many as there are rows in the place of one."""
    _units()
    _offices(found)
    for login in ("zhou", "wu", "zheng", "wang"):
        feedback.write("很好", "/items/", by=county.actor(login))
        checkpoints.take()
    for n in range(MORE):
        cases.begin(int(found["case"]), f"第 {n} 件", clock.today(), by=county.actor("zhou"))
        _sent_back(db.session.get_one(Item, found["returned"]))
    more = _lists("大", ROWS)
    batch = county.sign(*tick(6), by=county.actor("zhou"))
    tick(3)
    attach(open_item(), county.actor("zhou"))
    return (
        found
        | more
        | {
            "batch": batch.id,
            "signed": batch.signatures[0].item_id,
            "signature": batch.signatures[0].id,
            "item": found["returned"],
            "size": checkpoints.take().size,
            "entry": 400,
        }
    )


def _lists(size: str, rows: int) -> Places:
    """A list of so many rows in every state."""
    adopted = _ready(f"{size}清单", rows)
    for duty in adopted.duties[: rows // 2]:
        corrections.correct(duty.id, duty.wording.replace("账实", "帐实"), "笔误", by=county.actor("li"), rev=duty.rev)
    revised = versions.revise(_ready(f"{size}修订", rows).id, "提高标准", by=county.actor("chu"))
    for duty in list(revised.duties):
        edit(duty, county.actor("chu"), wording=f"{duty.wording}，并报告")
    revising = versions.revise(_ready(f"{size}待修订", rows).id, "提高标准", by=county.actor("chu"))
    for duty in list(revising.duties):
        edit(duty, county.actor("chu"), wording=f"{duty.wording}，并报告")
    lists.submit(revising.id, **MEETING, by=county.actor("chu"))
    led_draft = led(draft(f"{size}草稿", rows))
    soon = clock.today() + timedelta(days=9)
    heard = consultation.consult(led(draft(f"{size}征求", rows)).id, soon, by=county.actor("chu"))
    opinion = next(o for o in heard.consultations[-1].opinions if o.unit.code == "QH-CZJ")
    consultation.answer(opinion.id, Answer.OBJECTS, {heard.duties[0].lineage: "改由别处牵头"}, by=county.actor("zhou"))
    text = {"name": f"{size}成员", "year": 2026, "title": "意见", "text": _text(rows)}
    members = drafting.draft(county.unit("QH-GOV").id, **text, tier=Tier.MEMBER, by=county.actor("chu"))
    return {
        "adopted": adopted.id,
        "adopted_duty": adopted.duties[0].id,
        "revised": revised.id,
        "revising": revising.id,
        "draft": led_draft.id,
        "duty": led_draft.duties[2].id,
        "submitted": submitted(rows=rows).id,
        "members": members.id,
        "consulting": heard.id,
        "opinion": opinion.id,
    }


def _units() -> None:
    government = county.unit("QH-GOV")
    for n in range(MORE):
        code, name, short = f"QH-N{n}", f"县新{n}局", f"新{n}"
        unit = units.add_unit(code, name, UnitKind.DEPARTMENT, by=county.console, short_name=short, parent=government)
        for title, kind in (("局长", PostKind.PRINCIPAL), ("副局长", PostKind.MEMBER)):
            post = units.add_post(unit.id, title, kind, by=county.console, is_secretary=kind is PostKind.PRINCIPAL)
            units.appoint(person().id, post.id, clock.today(), by=county.console)
            units.make_liaison(person().id, post.id, by=county.console)
        units.put_in_charge(county.post_of("sun").id, unit.id, by=county.console)
        post = units.add_post(government.id, f"副县长{n}", PostKind.MEMBER, by=county.console)
        units.appoint(person().id, post.id, clock.today(), by=county.console)


def _offices(found: Places) -> None:
    """Give more to the unit, the post and the person that have pages of their own."""
    town = county.unit("QH-XS")
    for n in range(MORE):
        units.add_unit(
            f"QH-XS-{n}", f"西山{n}办", UnitKind.DEPARTMENT, by=county.console, short_name=f"西{n}", parent=town
        )
        units.put_in_charge(int(found["post"]), county.unit(f"QH-XS-{n}").id, by=county.console)
        units.make_liaison(person().id, int(found["post"]), by=county.console)
        post = units.add_post(town.id, f"副镇长{n}", PostKind.MEMBER, by=county.console)
        units.appoint(person().id, post.id, clock.today(), by=county.console)
        accounts.grant(
            int(found["user"]), Role.CLERK, county.unit(f"QH-N{n}").id, clock.today(), None, by=county.console
        )


def person() -> User:
    """Somebody who has come into the county."""
    n = db.session.query(User).count()
    return accounts.create(f"p{n}", f"新人{n}", by=county.console, home=county.unit("QH"), password=county.PASSWORD)[0]


def _text(rows: int = ROWS) -> str:
    figures = ("", "率96%以上", "")
    return "一、任务\n" + "\n".join(f"财政局要完成第{n}号资金清理，账实相符{figures[n % 3]}。" for n in range(rows))


def draft(name: str, rows: int = ROWS) -> DutyList:
    """A draft of so many rows, of which nobody leads one yet."""
    return county.draft(name, _text(rows))


def led(duty_list: DutyList) -> DutyList:
    """Let everybody lead and support something of a list, and integrity guard work of this list and of all others."""
    work = [
        duty.lineage for duty in db.session.query(lists.Duty).filter_by(side=Side.WORK).order_by(lists.Duty.id.desc())
    ]
    elsewhere = county.duty("预算考核").lineage
    posts = [tenure.post_id for login in ("sun", "qian", "wu") for tenure in county.tenures_of(login)]
    for n, duty in enumerate(list(duty_list.duties)):
        owners = [{"unit": "QH-CZJ", **county.LEAD}, {"post": posts[n % len(posts)], **county.SUPPORT}]
        owners += [
            {"set": "towns", "except": ["QH-XS"], **county.SUPPORT},
            {"set": "team", "except": [], **county.SUPPORT},
        ]
        side = Side.INTEGRITY if n % 3 == 2 else Side.WORK
        edit(
            duty,
            county.actor("chu"),
            owners=owners,
            side=side,
            cadence=Cadence.ONCE,
            guards=[work[n], elsewhere] if n else [],
        )
    return duty_list


def submitted(name: str = "", rows: int = ROWS) -> DutyList:
    """One more list that waits for 李主任."""
    name = name or f"待确认{db.session.query(DutyList).count()}"
    return lists.submit(led(draft(name, rows)).id, **MEETING, by=county.actor("chu"))


def _ready(name: str, rows: int = ROWS) -> DutyList:
    return lists.adopt(submitted(name, rows).id, by=county.actor("li"))


def _open_items() -> list[Item]:
    """Those of 周局长 that nobody has touched and that take no figures and no cases; what guards no other work comes first."""
    db.session.expire_all()  # pages have changed them meanwhile
    mine = db.session.query(Item).filter_by(post_id=county.post_of("zhou").id, state=ItemState.OPEN, case="", note="")
    plain = (item for item in mine if item.duty.cadence is Cadence.ONCE and not item.targets)
    return sorted(plain, key=lambda item: (bool(item.duty.guards), item.id))


def open_item(guards: bool = False) -> Item:
    """An item that nobody has touched; one that guards other work, or none."""
    item = _open_items()[-guards]
    assert bool(item.duty.guards) is guards
    return item


def tick(count: int) -> list[Item]:
    """So many items that 周局长 has reported."""
    said = signoff.Report(note="已办", document_no="〔2026〕1号")
    return [signoff.tick(item.id, by=county.actor("zhou"), report=said) for item in _open_items()[:count]]


def _sent_back(item: Item) -> Review:
    """Send a signed item back, and let it be signed again."""
    signoff.send_back(item.id, "重写", clock.today(), by=county.actor("sun"))
    signoff.report(item.id, signoff.Report(note="已办", reply="已改"), by=county.actor("zhou"))
    county.sign(db.session.get_one(Item, item.id), by=county.actor("zhou"))
    return item.reviews[-1]
