"""Report, sign, review: what moves an item from one state to the next."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from operator import eq, ge, gt, le, lt

from checklist import access, clock, ledger, picture
from checklist.actor import Actor, Auth
from checklist.items import LONGEST_DOCUMENT_NO, LONGEST_TEXT, cases, holidays
from checklist.items.statements import VERSION, digest, on_behalf_of, statement, takes_minutes
from checklist.refusal import Malformed, Refused, Stale, Unconfirmed, insist_on
from models import (
    Batch,
    Evidence,
    ExactDecimal,
    Item,
    ItemState,
    Reading,
    Review,
    Signature,
    Target,
    Verdict,
    db,
)

AUTH_LASTS = timedelta(minutes=15)
LONGEST_MINUTES_NO = 60
UNSEEN = ("Cc", "Cf", "Zl", "Zp")  # line ends, and what turns or hides the characters around it


@dataclass(frozen=True)
class Move:
    """A step between states. Who may take it stands in access.TABLE under the same verb."""

    label: str
    before: tuple[ItemState, ...]
    after: ItemState
    needs: str
    writes: str


S = ItemState
MOVES = {
    "tick": Move("报完成", (S.OPEN,), S.TICKED, "每项指标的完成值；办件的上一步已报完成", "item, reading, evidence"),
    "untick": Move("撤销报完成", (S.TICKED,), S.OPEN, "", "item"),
    "sign": Move(
        "签认",
        (S.OPEN, S.TICKED, S.RETURNED),
        S.SIGNED,
        "15 分钟内输过密码；班子清单须有会议纪要文号；退回后须有回复；办件的上一步已签认",
        "batch, signature, item",
    ),
    "withdraw": Move("撤回签认", (S.SIGNED,), S.TICKED, "理由", "signature, item"),
    "approve": Move("通过", (S.SIGNED,), S.APPROVED, "已打开查看；系统外审核须有文号", "review, item"),
    "send_back": Move("退回", (S.SIGNED, S.APPROVED), S.RETURNED, "理由和重报日期", "review, item"),
    "void": Move("因修订重办", (S.TICKED, S.SIGNED, S.APPROVED, S.DROPPED), S.OPEN, "修订改了内容", "signature, item"),
    "drop": Move("取消", (S.OPEN, S.TICKED, S.RETURNED, S.SIGNED), S.DROPPED, "修订删去事项或换人", "item"),
}


@dataclass(frozen=True)
class Report:
    """What an official may say of an item; only the values of its targets are ever asked for."""

    note: str = ""
    happened_on: date | None = None
    document_no: str = ""
    values: Mapping[int, Decimal] = field(default_factory=dict)
    reply: str = ""


def choices(item: Item, standing: access.Standing) -> list[str]:
    """Return the moves that this person can make with this item now; a template draws them as buttons."""
    fitting = [v for v, move in MOVES.items() if item.state in move.before and not cases.obstacle(item, v)]
    return [v for v in fitting if access.may(standing, v, item)]


# --- reporting ----------------------------------------------------------------------------------------------


def tick(id: int, *, by: Actor, rev: int | None = None, report: Report | None = None) -> Item:
    """Report an item as done. Raises Malformed while a target has no value."""
    with ledger.act_on("tick", Item, id, by=by) as item:
        _move(item, "tick", rev)
        item.reported_at, item.reported_by = clock.now(), by.user
        if report:
            _write(item, report)
        _insist_on_values(item)
    return item


def untick(id: int, *, by: Actor, rev: int | None = None) -> Item:
    """Take a report back; what was noted stays."""
    with ledger.act_on("untick", Item, id, by=by) as item:
        _move(item, "untick", rev)
        item.reported_at = item.reported_by = None
    return item


def report(id: int, what: Report, *, by: Actor, rev: int | None = None) -> Item:
    """Note the particulars of an item, before or after reporting it as done."""
    with ledger.act_on("report", Item, id, by=by) as item:
        if not item.state.is_unsigned:
            raise Refused(f"这一项{item.state.label}，不能再改。要改请先撤回签认。", item)
        _insist_on_rev(item, rev)
        _write(item, what)
    return item


def _write(item: Item, what: Report) -> None:
    _insist_on_lengths(what)
    if what.happened_on and what.happened_on > clock.today():
        raise Malformed("发生日期不能晚于今天。", "happened_on")
    item.note, item.happened_on, item.reply = what.note, what.happened_on, what.reply
    before = _documents_and_values(item)
    _write_document(item, what.document_no)
    for target in item.targets:
        _write_value(item, target, what.values.get(target.id))
    if _documents_and_values(item) != before:
        item.rev += 1  # a page drawn before is out of date, as if the item's own row had changed


def _insist_on_lengths(what: Report) -> None:
    typed = (
        ("完成说明", what.note, "note", LONGEST_TEXT),
        ("整改回复", what.reply, "reply", LONGEST_TEXT),
        ("文号", what.document_no, "document_no", LONGEST_DOCUMENT_NO),
    )
    for name, text, where, most in typed:
        if text.strip():  # none of them has to be filled in
            insist_on(name, text, where, most=most)


def _documents_and_values(item: Item) -> tuple[list[str], dict[Target, Decimal]]:
    return [e.document_no for e in item.documents], {r.target: r.value for r in item.readings}


def _write_document(item: Item, document_no: str) -> None:
    document = item.documents[0] if item.documents else None
    if document and document_no:
        document.document_no = document_no
    elif document:
        delete(document)
    elif document_no:
        item.evidence.append(Evidence(document_no=document_no))


def _write_value(item: Item, target: Target, value: Decimal | None) -> None:
    reading = next((r for r in item.readings if r.target == target), None)
    if value is not None and not ExactDecimal.holds(value):
        raise Malformed(f"“{target.of}”的完成值不是能记下的数，请核对。", f"value-{target.id}")
    if value is None:
        if reading:
            delete(reading)
    elif reading:
        reading.value, reading.met = value, is_met(target, value)
    else:
        item.readings.append(Reading(target=target, value=value, met=is_met(target, value)))


def delete(row: Evidence | Reading) -> None:
    """Delete a row of an item, which reads its lists anew only then: else the row could not tell the log its unit."""
    item = row.item
    db.session.delete(row)
    db.session.flush()
    db.session.expire(item, ["evidence", "readings"])


def is_met(target: Target, value: Decimal) -> bool | None:
    """Return whether a value is 达标; None while the target itself is 待定.

    以上、以内、不低于 include the figure, 超过、不满 exclude it (民法典 article 1259). For a rise (+) or a
    cut (-) the value is the size of the rise or cut that was reached.
    """
    meets = {">=": ge, "<=": le, ">": gt, "<": lt, "=": eq, "+": ge, "-": ge}[target.op]
    return None if target.value is None else bool(meets(value, target.value))


# --- signing ------------------------------------------------------------------------------------------------


def sign(shown: Mapping[int, str], *, by: Actor, minutes_no: str = "") -> Batch:
    """Sign items in one batch, all or nothing; `shown` maps each to the digest of the statement on the page.

    `minutes_no` is the number of the minutes with which 班子 items are signed; other items of the batch do not take
    it. Raises Malformed where it is lacking, Unconfirmed without a password given in the last 15 minutes, and Stale
    when a statement is no longer what the page showed.
    """
    with ledger.act("sign", by=by) as act:
        items = access.load_all(Item, sorted(shown))  # the steps of a case in their order
        for item in items:
            act.post = access.require(by, "sign", item)
        if not items or by.user is None:
            raise Malformed("请至少选一项再签认。")
        if len({item.post for item in items}) > 1:
            raise Refused("一次只能签认同一个岗位的事项，请分岗位签认。", items[0])
        minutes_no = minutes_no.strip()
        if any(map(takes_minutes, items)):
            _insist_on_minutes(minutes_no)
        if by.auth is None or clock.now() - by.auth.at > AUTH_LASTS:
            raise Unconfirmed("签认前请输入登录密码。", items[0])
        batch = Batch(post=items[0].post, user=by.user, signed_at=clock.now())
        db.session.add(batch)
        db.session.flush()
        acting, known = access.is_acting(by.user, batch.post_id), cases.of_duties(items)
        for item in items:
            text = statement(item, by.user, acting, minutes_no, known)
            if digest(text) != shown[item.id]:
                raise Stale(f"第 {item.id} 号事项在您打开页面之后有变化，请看过新的内容再签认。", item)
            _sign_one(item, batch)
            db.session.add(_signature(batch, item, text, acting, by.auth, minutes_no))
            db.session.flush()
    return batch


def _sign_one(item: Item, batch: Batch) -> None:
    _insist_on_values(item)
    if item.redo_by and not item.reply.strip():
        raise Refused(f"第 {item.id} 号事项是退回的，请先填写回复再签认。", item)
    _move(item, "sign")
    if item.reported_at is None:
        item.reported_at, item.reported_by = batch.signed_at, batch.user


def _signature(batch: Batch, item: Item, text: str, acting: bool, auth: Auth, minutes_no: str) -> Signature:
    return Signature(
        batch=batch,
        item=item,
        duty_id=item.duty_id,
        duty_version=item.duty.version,
        user=batch.user,
        signer=batch.user.name,
        post_title=item.post.title,
        acting=acting,
        statement=text,
        statement_version=VERSION,
        on_behalf_of=on_behalf_of(item),
        minutes_no=minutes_no if takes_minutes(item) else "",
        auth_method=auth.method,
        auth_at=auth.at,
    )


def withdraw(id: int, reason: str, *, by: Actor, rev: int | None = None) -> Item:
    """Take a signature back, with a reason, as long as nobody has reviewed it."""
    with ledger.act_on("withdraw", Item, id, by=by, reason=reason) as item:
        insist_on("撤回签认的理由", reason, "reason", most=LONGEST_TEXT)
        signature = item.signature
        _move(item, "withdraw", rev)
        if signature:
            signature.withdrawn_at, signature.withdrawn_because = clock.now(), reason
    return item


# --- reviewing ----------------------------------------------------------------------------------------------


def approve(id: int, *, by: Actor, rev: int | None = None, outside_document: str = "") -> Item:
    """Accept a signed item; `outside_document` where the superior reviewed it outside the system."""
    with ledger.act_on("approve", Item, id, by=by) as item:
        _review(item, Verdict.APPROVE, by, rev, outside_document)
    return item


def send_back(
    id: int, reason: str, redo_by: date | None, *, by: Actor, rev: int | None = None, outside_document: str = ""
) -> Item:
    """Return an item with a reason and the day by which it is to be signed again."""
    with ledger.act_on("send_back", Item, id, by=by, reason=reason) as item:
        insist_on("退回的理由", reason, "reason", most=LONGEST_TEXT)
        if redo_by is None or redo_by < clock.today():
            raise Malformed("请选择重报日期，今天或今天以后。", "redo_by")
        _review(item, Verdict.SEND_BACK, by, rev, outside_document, reason, redo_by)
        item.redo_by, item.reply = holidays.calendar().next_working(redo_by), ""
    return item


def _review(
    item: Item,
    verdict: Verdict,
    by: Actor,
    rev: int | None,
    outside_document: str,
    reason: str = "",
    redo_by: date | None = None,
) -> None:
    signature, outside = item.signature, picture.current().reviewer(item.post_id) is None
    _move(item, verdict.value, rev)
    if outside:
        insist_on("上级审核意见的文号", outside_document, "outside_document", most=LONGEST_DOCUMENT_NO)
    db.session.add(
        Review(
            item=item,
            signature=signature,
            verdict=verdict,
            reason=reason,
            redo_by=redo_by,
            reviewer=None if outside else by.user,
            reviewer_post_id=None if outside else _post_id(),
            outside_document=outside_document if outside else "",
            recorded_by=by.user,
            reviewed_at=clock.now(),
        )
    )


def _post_id() -> int | None:
    post = ledger.under_way().post
    return post.id if post else None


# --- what every move insists on -----------------------------------------------------------------------------


def _move(item: Item, verb: str, rev: int | None = None) -> None:
    move = MOVES[verb]
    if item.state not in move.before:
        raise Refused(f"这一项现在是“{item.state.label}”，不能{move.label}。请刷新页面查看最新情况。", item)
    if why := cases.obstacle(item, verb):
        raise Refused(why, item)
    _insist_on_rev(item, rev)
    item.state = move.after


def _insist_on_rev(item: Item, rev: int | None) -> None:
    if rev is not None and rev != item.rev:
        raise Stale("这一项在您打开页面之后有变化。下面是最新内容，您填写的也保留着，请核对后再提交。", item)


def _insist_on_values(item: Item) -> None:
    given = {reading.target for reading in item.readings}
    lacking = [target for target in item.targets if target not in given]
    if lacking:
        raise Malformed(f"请填写“{lacking[0].of}”的完成值。", f"value-{lacking[0].id}")


def _insist_on_minutes(minutes_no: str) -> None:
    insist_on("会议纪要文号，班子清单的事项要带着它签认", minutes_no, "minutes_no")
    if len(minutes_no) > LONGEST_MINUTES_NO:
        raise Malformed(f"会议纪要文号不超过 {LONGEST_MINUTES_NO} 字。", "minutes_no")
    if any(unicodedata.category(c) in UNSEEN for c in minutes_no):
        raise Malformed("会议纪要文号里有换行或看不见的字符，请重新输入。", "minutes_no")
