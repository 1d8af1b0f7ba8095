"""Tables, enums, types and the database session, in the order of the rooms of checklist/.

Every table that the log speaks of is a `Logged` class: its id is never reused, its `rev` moves on with every
change, and `unit_path` names the relationships that lead to the unit with which its log entries are tagged.
Columns marked `secret` enter the log as a hash of what is stored (see checklist.ledger.states).
"""

from __future__ import annotations

import enum
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from flask import current_app
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    ColumnElement,
    DateTime,
    Dialect,
    Enum,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
    and_,
    event,
    func,
    text,
)
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import (
    DeclarativeBase,
    Mapped,
    MappedColumn,
    declared_attr,
    foreign,
    joinedload,
    mapped_column,
    relationship,
    remote,
)
from sqlalchemy.orm.interfaces import ORMOption

CONSTRAINT_NAMES = {
    "ix": "ix_%(column_0_label)s",
    "uq": "uq_%(table_name)s_%(column_0_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    metadata = MetaData(naming_convention=CONSTRAINT_NAMES)


class Database(SQLAlchemy):
    @property
    def folder(self) -> Path:
        """Where the application keeps its files beside the database."""
        return Path(current_app.instance_path)


# A verb's rows stay readable after its commit as it left them; the next act reads everything anew.
db = Database(model_class=Base, session_options={"expire_on_commit": False})

if TYPE_CHECKING:
    Model = Base
else:
    Model = db.Model


# --- how every connection behaves ---------------------------------------------------------------------------


@event.listens_for(Engine, "connect")
def _prepare_sqlite(connection: Any, _record: object) -> None:
    if "sqlite3" not in type(connection).__module__:
        return
    # The driver's own transaction handling would begin too late: `_begin_sqlite` says BEGIN instead.
    connection.isolation_level = None
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=20000"):
        connection.execute(f"PRAGMA {pragma}")
    # Without it INSERT OR REPLACE would delete a log row past the delete trigger.
    connection.execute("PRAGMA recursive_triggers=ON")


@event.listens_for(Engine, "begin")
def _begin_sqlite(connection: Connection) -> None:
    if connection.dialect.name == "sqlite":
        mode = connection.get_execution_options().get("sqlite_begin", "DEFERRED")
        connection.exec_driver_sql(f"BEGIN {mode}")


# --- types --------------------------------------------------------------------------------------------------


class UtcDateTime(TypeDecorator[datetime]):
    """A moment: zone-aware in Python, UTC in the database (SQLite keeps no zone of its own)."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment without a zone")
        utc = value.astimezone(UTC)
        return utc.replace(tzinfo=None) if dialect.name == "sqlite" else utc

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class ExactDecimal(TypeDecorator[Decimal]):
    """A figure kept as its decimal text, so that neither database rounds it."""

    impl = String(40)
    cache_ok = True

    @staticmethod
    def holds(value: Decimal) -> bool:
        """Tell whether this is a number at all, and short enough to be kept."""
        return value.is_finite() and abs(value.adjusted()) < 20 and len(format(value, "f")) <= 40

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> str | None:
        return None if value is None else format(value, "f")

    def process_result_value(self, value: str | None, dialect: Dialect) -> Decimal | None:
        return None if value is None else Decimal(value)


class Word(enum.StrEnum):
    """A value in the database and the log, with its word on the screen."""

    label: str

    def __new__(cls, value: str, label: str = "") -> Word:
        word = str.__new__(cls, value)
        word._value_ = value
        word.label = label
        return word


def one_of(kind: type[Word]) -> Enum:
    """Return the column type of a Word: its value as text, checked by the database."""
    return Enum(
        kind,
        native_enum=False,
        create_constraint=True,
        name=kind.__name__.lower(),
        length=20,
        values_callable=lambda words: [w.value for w in words],
    )


# --- rows that the log speaks of ----------------------------------------------------------------------------


def column(
    word: str, *of: Any, secret: bool = False, inside: dict[str, str] | None = None, **options: Any
) -> MappedColumn[Any]:
    """Declare a column that the log speaks of, with its word for who reads the log.

    `inside` has the words of the keys that its JSON holds; `of` and `options` are those of mapped_column.
    """
    return mapped_column(*of, info={"word": word, "secret": secret, "inside": inside or {}}, **options)


class Logged(Model):
    __abstract__ = True

    word: ClassVar[str]  # what a row is called on the screen
    schema: ClassVar[int] = 1  # moves on when a migration changes the fields
    # By schema: the fields that its states still lacked, as replay is to take them.
    assumed: ClassVar[dict[int, dict[str, Any]]] = {}
    unit_path: ClassVar[tuple[str, ...] | None] = None  # None: the entry carries "-"

    id: Mapped[int] = column("编号", primary_key=True, sort_order=-2)
    rev: Mapped[int] = column("第几次改动", nullable=False, sort_order=-1)

    @declared_attr.directive
    @classmethod
    def __mapper_args__(cls) -> dict[str, Any]:
        return {"version_id_col": cls.rev}

    @declared_attr.directive
    @classmethod
    def __table_args__(cls) -> tuple[Any, ...]:
        return (*cls.rules(), {"sqlite_autoincrement": True})

    @classmethod
    def rules(cls) -> tuple[Any, ...]:
        """Return the constraints of this table over more than one column."""
        return ()

    @classmethod
    def read_along(cls) -> tuple[ORMOption, ...]:
        """What is read in one query with a row of this kind, since every act on it and every picture of it needs that."""
        return ()

    def attachments(self) -> list[dict[str, Any]]:
        """Return the files of this row, as the entry that creates it names them (see verify.BODY)."""
        return []


# --- access: who there is, and who holds and may do what ----------------------------------------------------


class UnitKind(Word):
    COMMITTEE = "committee", "县委"
    GOVERNMENT = "government", "县政府"
    TOWN = "town", "镇"
    DEPARTMENT = "department", "部门"


class PostKind(Word):
    PRINCIPAL = "principal", "一把手"
    MEMBER = "member", "班子成员"
    STAFF = "staff", "其他"


class Role(Word):
    SYSTEM_ADMIN = "system_admin", "系统管理员"
    SECURITY_ADMIN = "security_admin", "安全管理员"
    LOG_ADMIN = "log_admin", "审计管理员"
    AUDITOR = "auditor", "审计员"
    CLERK = "clerk", "经办人"


# 三员分立: no account holds two of these.
THREE_OFFICERS = (Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.LOG_ADMIN)


class Unit(Logged):
    """A tree; ends, is never deleted; its code never changes."""

    word = "单位"
    unit_path = ()

    code: Mapped[str] = column("单位代码", String(32), unique=True)
    name: Mapped[str] = column("单位名称", String(80))
    short_name: Mapped[str] = column("简称", String(20))  # as a speech calls it: 财政 for 县财政局
    kind: Mapped[UnitKind] = column("单位类别", one_of(UnitKind))
    parent_id: Mapped[int | None] = column("上级单位编号", ForeignKey("unit.id"), index=True)
    from_day: Mapped[date] = column("设立日期")
    until_day: Mapped[date | None] = column("撤销日期")

    parent: Mapped[Unit | None] = relationship(remote_side="Unit.id")

    def line(self) -> list[Unit]:
        """Return this unit and those above it, up to the root."""
        return [self, *(self.parent.line() if self.parent else [])]


class Post(Logged):
    """An office in a unit, whoever holds it."""

    word = "岗位"
    unit_path = ("unit",)

    unit_id: Mapped[int] = column("单位编号", ForeignKey("unit.id"), index=True)
    name: Mapped[str] = column("岗位名称", String(80))
    kind: Mapped[PostKind] = column("岗位类别", one_of(PostKind))
    is_secretary: Mapped[bool] = column("是否书记", default=False)
    reviewer_id: Mapped[int | None] = column("审核岗位编号", ForeignKey("post.id"))  # None: taken from the tree
    until_day: Mapped[date | None] = column("撤销日期")

    unit: Mapped[Unit] = relationship()
    reviewer: Mapped[Post | None] = relationship(remote_side="Post.id")

    @classmethod
    def read_along(cls) -> tuple[ORMOption, ...]:
        return (joinedload(cls.unit),)

    @property
    def title(self) -> str:
        return f"{self.unit.name} {self.name}"

    @property
    def is_head(self) -> bool:
        """Whether its holder speaks for the unit: as 一把手 or as secretary."""
        return self.is_secretary or self.kind is PostKind.PRINCIPAL


class User(Logged):
    """Somebody who can log in; the login name is not the display name."""

    word = "人员"

    login: Mapped[str] = column("登录名", String(40), unique=True)
    name: Mapped[str] = column("姓名", String(40))
    password_hash: Mapped[str | None] = column("密码（只记哈希的哈希）", String(255), secret=True)
    must_change_password: Mapped[bool] = column("须改密码", default=False)
    disabled_at: Mapped[datetime | None] = column("停用时间", UtcDateTime)


class Dated:
    """In force from a day until before another (half-open; None: open-ended)."""

    from_day: Mapped[date] = column("起始日期")
    until_day: Mapped[date | None] = column("终止日期")

    def holds_on(self, day: date) -> bool:
        return self.from_day <= day and (self.until_day is None or day < self.until_day)


class Tenure(Dated, Logged):
    """A person holds a post; `acting` for 代理/主持工作, which counts in full."""

    word = "任职"
    unit_path = ("post", "unit")

    user_id: Mapped[int] = column("任职人编号", ForeignKey("user.id"), index=True)
    post_id: Mapped[int] = column("岗位编号", ForeignKey("post.id"), index=True)
    acting: Mapped[bool] = column("主持工作", default=False)

    user: Mapped[User] = relationship()
    post: Mapped[Post] = relationship()


class Liaison(Dated, Logged):
    """Prepares a post's notes and completions; never signs."""

    word = "联络员"
    unit_path = ("post", "unit")

    user_id: Mapped[int] = column("人员编号", ForeignKey("user.id"), index=True)
    post_id: Mapped[int] = column("岗位编号", ForeignKey("post.id"), index=True)

    user: Mapped[User] = relationship()
    post: Mapped[Post] = relationship()


class Portfolio(Dated, Logged):
    """The unit (and field of work) that a leader is in charge of."""

    word = "分工"
    unit_path = ("post", "unit")

    post_id: Mapped[int] = column("岗位编号", ForeignKey("post.id"), index=True)
    charge_id: Mapped[int | None] = column("分管单位编号", ForeignKey("unit.id"), index=True)
    field: Mapped[str] = column("分管领域", String(80), default="")

    post: Mapped[Post] = relationship()
    charge: Mapped[Unit | None] = relationship()


class Grant(Dated, Logged):
    """A role given to a person for a unit and all below it."""

    word = "授权"
    unit_path = ("unit",)

    user_id: Mapped[int] = column("人员编号", ForeignKey("user.id"), index=True)
    role: Mapped[Role] = column("角色", one_of(Role))
    unit_id: Mapped[int] = column("单位编号", ForeignKey("unit.id"))

    user: Mapped[User] = relationship()
    unit: Mapped[Unit] = relationship()


class Session(Logged):
    """A login. The cookie holds the token; here stands its hash, and in the log only the hash of that."""

    word = "登录会话"

    public_id: Mapped[str] = column("会话编号", String(16), unique=True)
    token_hash: Mapped[str] = column("会话令牌（只记哈希的哈希）", String(64), unique=True, secret=True)
    user_id: Mapped[int] = column("登录人编号", ForeignKey("user.id"), index=True)
    ip: Mapped[str] = column("网络地址", String(45))
    started_at: Mapped[datetime] = column("登录时间", UtcDateTime)
    confirmed_at: Mapped[datetime | None] = column("验证密码的时间", UtcDateTime)  # asked again for signing
    ended_at: Mapped[datetime | None] = column("结束时间", UtcDateTime)

    user: Mapped[User] = relationship()


# --- ledger: the log, and what is counted beside it ---------------------------------------------------------


class Submission(Model):
    """The first result of a form, remembered so that the same form sent twice acts once."""

    nonce: Mapped[str] = mapped_column(String(32), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), primary_key=True)
    seq: Mapped[int] = mapped_column(BigInteger)


class Throttle(Model):
    """A count of failed logins or of acts on unseen rows, by the address, account or login that they came from."""

    key: Mapped[str] = mapped_column(String(80), primary_key=True)
    failures: Mapped[int]
    since: Mapped[datetime] = mapped_column(UtcDateTime)


Sequence = BigInteger().with_variant(Integer, "sqlite")

# Written by the ledger alone and kept append-only by triggers (see migrations/).
audit_log = Table(
    "audit_log",
    db.metadata,
    Column("seq", Sequence, primary_key=True, autoincrement=False),
    Column("prev", Text, nullable=False, unique=True),
    Column("hash", Text, nullable=False, unique=True),
    Column("line", Text, nullable=False),
)

audit_body = Table(
    "audit_body",
    db.metadata,
    Column("seq", Sequence, ForeignKey("audit_log.seq"), primary_key=True, autoincrement=False),
    Column("body", Text, nullable=False),
)

audit_node = Table(
    "audit_node",
    db.metadata,
    Column("level", Integer, primary_key=True, autoincrement=False),
    Column("index", Sequence, primary_key=True, autoincrement=False),
    Column("hash", Text, nullable=False),
)

# One row: the number of the last entry that changed what picture.py is made of. Derived from the log.
register_seq = Table(
    "register_seq",
    db.metadata,
    Column("only", Integer, primary_key=True, autoincrement=False),
    Column("seq", Sequence, nullable=False),
)

# Of each entry what it is looked for by (see checklist.ledger.index); of an erased one what its header says alone.
LOOKED_FOR = ("at", "unit", "actor", "action", "object_type", "object_id", "duty_id", "refused")
audit_index = Table(
    "audit_index",
    db.metadata,
    Column("seq", Sequence, primary_key=True, autoincrement=False),
    Column("at", Text, nullable=False),  # as the header writes it
    Column("unit", Text, nullable=False),
    Column("actor", Text),
    Column("action", Text),
    Column("object_type", Text),
    Column("object_id", Sequence),
    Column("duty_id", Sequence),
    Column("refused", Boolean, nullable=False),
    *(Index(None, name, "seq") for name in LOOKED_FOR),
)

# The names of all who act in audit_index, so that part of a name leads to the whole ones.
audit_name = Table("audit_name", db.metadata, Column("name", Text, primary_key=True))

audit_checkpoint = Table(
    "audit_checkpoint",
    db.metadata,
    Column("size", Sequence, primary_key=True, autoincrement=False),
    Column("note", Text, nullable=False),
)


# --- items: what is reported, signed and reviewed, and the days it is due; the record ends with it ----------


class ItemState(Word):
    """Where an item stands, and the groups of states by which steps, days, sections and counts go."""

    OPEN = "open", "待办"
    TICKED = "ticked", "已报完成"
    SIGNED = "signed", "已签认"
    RETURNED = "returned", "已退回"
    APPROVED = "approved", "已通过"
    DROPPED = "dropped", "已取消"

    @property
    def is_unsigned(self) -> bool:
        """Whether a signature is still owed: the report can be changed, and the due day counts and may move."""
        return self in (ItemState.OPEN, ItemState.TICKED, ItemState.RETURNED)

    @property
    def is_signed(self) -> bool:
        """Whether a signature stands: the next step of a case may follow, and nothing more is owed."""
        return self in (ItemState.SIGNED, ItemState.APPROVED)

    @property
    def section(self) -> str | None:
        """The section of a checklist for whatever is in this state; None where the due day decides."""
        sections = {ItemState.RETURNED: "returned", ItemState.SIGNED: "waiting", ItemState.APPROVED: "done"}
        return sections.get(self)


class DayKind(Word):
    OFF = "off", "放假"
    WORK = "work", "上班"


class Verdict(Word):
    APPROVE = "approve", "通过"
    SEND_BACK = "send_back", "退回"


class Item(Logged):
    """A lead's duty in a period: the thing on the checklist.

    The step of a case is an item too: `case` is then the case's name, and `period` the year in which it began with
    the step's number, 2026-S01. So a name is used once a year for a duty and a post.
    """

    word = "本期事项"
    unit_path = ("post", "unit")

    duty_id: Mapped[int] = column("责任事项编号", ForeignKey("duty.id"), index=True)
    lineage: Mapped[str] = column("责任事项的沿革编号", String(16))
    post_id: Mapped[int] = column("岗位编号", ForeignKey("post.id"))
    period: Mapped[str] = column("本期", String(10))
    case: Mapped[str] = column("所属办件", String(60), default="")
    due_on: Mapped[date] = column("到期日")
    state: Mapped[ItemState] = column("状态", one_of(ItemState), default=ItemState.OPEN, index=True)
    note: Mapped[str] = column("完成说明", Text, default="")
    happened_on: Mapped[date | None] = column("发生日期")
    reported_at: Mapped[datetime | None] = column("报完成时间", UtcDateTime)
    reported_by_id: Mapped[int | None] = column("报完成人编号", ForeignKey("user.id"))
    redo_by: Mapped[date | None] = column("重报日期")  # the day a reviewer set when sending back
    reply: Mapped[str] = column("整改回复", Text, default="")  # to the reviewer, when signing again

    duty: Mapped[Duty] = relationship()
    post: Mapped[Post] = relationship()
    reported_by: Mapped[User | None] = relationship()
    step: Mapped[Step | None] = relationship(back_populates="item")
    readings: Mapped[list[Reading]] = relationship(back_populates="item", order_by="Reading.id")
    evidence: Mapped[list[Evidence]] = relationship(back_populates="item", order_by="Evidence.id")
    signatures: Mapped[list[Signature]] = relationship(back_populates="item", order_by="Signature.id")
    reviews: Mapped[list[Review]] = relationship(back_populates="item", order_by="Review.id")

    @classmethod
    def rules(cls) -> tuple[Any, ...]:
        in_order = Index("ix_item_post_id_due", "post_id", text("coalesce(redo_by, due_on)"))  # as `due` spells it
        return UniqueConstraint("lineage", "post_id", "period", "case"), in_order

    @classmethod
    def read_along(cls) -> tuple[ORMOption, ...]:
        along = joinedload
        return (
            along(cls.duty).options(along(Duty.duty_list), along(Duty.targets)),
            along(cls.post).joinedload(Post.unit),
            along(cls.step).joinedload(Step.case),
            along(cls.readings),
            along(cls.evidence),
            along(cls.signatures),
        )

    @hybrid_property
    def due(self) -> date:
        """The day that counts: the reviewer's, once an item has been sent back."""
        return self.redo_by or self.due_on

    @due.inplace.expression
    @classmethod
    def _due(cls) -> ColumnElement[date]:
        return func.coalesce(cls.redo_by, cls.due_on)

    @property
    def title(self) -> str:
        """What is to be done, in a line: the duty's wording, or the case and its step."""
        return f"{self.step.case.name}：{self.step.name}" if self.step else self.duty.wording

    @property
    def targets(self) -> list[Target]:
        """The figures to be reported: of a case only at its last step."""
        return self.duty.targets if self.step is None or self.step is self.step.case.steps[-1] else []

    @property
    def signature(self) -> Signature | None:
        """The signature in force: the last one that was neither withdrawn nor voided by a revision."""
        in_force = [s for s in self.signatures if s.withdrawn_at is None and s.voided_at is None]
        return in_force[-1] if in_force else None

    @property
    def documents(self) -> list[Evidence]:
        """The evidence that is only the number of a document."""
        return [e for e in self.evidence if e.file_sha256 is None]

    @property
    def files(self) -> list[Evidence]:
        """The evidence that is a file."""
        return [e for e in self.evidence if e.file_sha256 is not None]


class Reading(Logged):
    """The value reached of a target; `met` is None while the target's figure is 待定."""

    word = "指标完成值"
    unit_path = ("item", "post", "unit")

    item_id: Mapped[int] = column("本期事项编号", ForeignKey("item.id"), index=True)
    target_id: Mapped[int] = column("指标编号", ForeignKey("target.id"))
    value: Mapped[Decimal] = column("完成值", ExactDecimal)
    met: Mapped[bool | None] = column("达标")

    item: Mapped[Item] = relationship(back_populates="readings")
    target: Mapped[Target] = relationship()

    @classmethod
    def rules(cls) -> tuple[Any, ...]:
        return (UniqueConstraint("item_id", "target_id"),)


class Evidence(Logged):
    """The number of a document, or a file, which items.evidence keeps by its hash; never required."""

    word = "佐证"
    schema = 2
    assumed: ClassVar = {1: dict.fromkeys(("file_name", "file_sha256", "file_size", "file_type"))}
    unit_path = ("item", "post", "unit")

    item_id: Mapped[int] = column("本期事项编号", ForeignKey("item.id"), index=True)
    document_no: Mapped[str] = column("文号", String(120))  # "" for a file
    file_name: Mapped[str | None] = column("文件名", String(120))  # for people only; the file's place is its hash
    file_sha256: Mapped[str | None] = column("文件哈希", String(64))
    file_size: Mapped[int | None] = column("文件大小（字节）")
    file_type: Mapped[str | None] = column("文件类型", String(100))  # the media type that its content shows

    item: Mapped[Item] = relationship(back_populates="evidence")

    def attachments(self) -> list[dict[str, Any]]:
        if self.file_sha256 is None:
            return []
        told = {"name": self.file_name, "sha256": self.file_sha256, "size": self.file_size, "type": self.file_type}
        return [told]


class Batch(Logged):
    """One press of 签认: its items' signatures stand or fall together. Its id is the receipt's number."""

    word = "签认批次"
    unit_path = ("post", "unit")

    post_id: Mapped[int] = column("岗位编号", ForeignKey("post.id"), index=True)
    user_id: Mapped[int] = column("签认人编号", ForeignKey("user.id"))
    signed_at: Mapped[datetime] = column("签认时间", UtcDateTime)

    post: Mapped[Post] = relationship()
    user: Mapped[User] = relationship()
    signatures: Mapped[list[Signature]] = relationship(back_populates="batch", order_by="Signature.id")


class Signature(Logged):
    """One item signed; `statement` is verbatim what the page showed, name and post are as they stood that day."""

    word = "签认"
    schema = 2
    assumed: ClassVar = {1: {"voided_at": None, "voided_by_id": None}}
    unit_path = ("item", "post", "unit")

    batch_id: Mapped[int] = column("签认批次编号", ForeignKey("batch.id"), index=True)
    item_id: Mapped[int] = column("本期事项编号", ForeignKey("item.id"), index=True)
    duty_id: Mapped[int] = column("责任事项编号", ForeignKey("duty.id"))
    duty_version: Mapped[int] = column("责任事项版次")
    user_id: Mapped[int] = column("签认人编号", ForeignKey("user.id"))
    signer: Mapped[str] = column("签认人", String(40))
    post_title: Mapped[str] = column("岗位", String(160))
    acting: Mapped[bool] = column("主持工作")
    statement: Mapped[str] = column("签认全文", Text)
    statement_version: Mapped[int] = column("签认全文的格式")
    on_behalf_of: Mapped[str] = column("代表", String(80), default="")
    minutes_no: Mapped[str] = column("会议纪要文号", String(60), default="")
    auth_method: Mapped[str] = column("验证方式", String(20))
    auth_at: Mapped[datetime] = column("验证密码的时间", UtcDateTime)
    withdrawn_at: Mapped[datetime | None] = column("撤回时间", UtcDateTime)
    withdrawn_because: Mapped[str] = column("撤回的理由", Text, default="")
    voided_at: Mapped[datetime | None] = column("作废时间", UtcDateTime)
    voided_by_id: Mapped[int | None] = column("使其作废的责任事项编号", ForeignKey("duty.id"))  # of the new version

    duty: Mapped[Duty] = relationship(foreign_keys="Signature.duty_id")
    voided_by: Mapped[Duty | None] = relationship(foreign_keys="Signature.voided_by_id")
    batch: Mapped[Batch] = relationship(back_populates="signatures", lazy="joined")
    item: Mapped[Item] = relationship(back_populates="signatures")
    user: Mapped[User] = relationship()


class Review(Logged):
    """A reviewer's word on one signature; `outside_document` where the superior does not use the system."""

    word = "审核"
    unit_path = ("item", "post", "unit")

    item_id: Mapped[int] = column("本期事项编号", ForeignKey("item.id"), index=True)
    signature_id: Mapped[int] = column("签认编号", ForeignKey("signature.id"))
    verdict: Mapped[Verdict] = column("审核结论", one_of(Verdict))
    reason: Mapped[str] = column("理由", Text, default="")
    redo_by: Mapped[date | None] = column("重报日期")
    reviewer_id: Mapped[int | None] = column("审核人编号", ForeignKey("user.id"))
    reviewer_post_id: Mapped[int | None] = column("审核岗位编号", ForeignKey("post.id"))
    outside_document: Mapped[str] = column("上级审核意见的文号", String(120), default="")
    recorded_by_id: Mapped[int] = column("记录人编号", ForeignKey("user.id"))
    reviewed_at: Mapped[datetime] = column("审核时间", UtcDateTime)

    item: Mapped[Item] = relationship(back_populates="reviews")
    signature: Mapped[Signature] = relationship()
    reviewer: Mapped[User | None] = relationship(foreign_keys="Review.reviewer_id", lazy="joined")
    reviewer_post: Mapped[Post | None] = relationship()
    recorded_by: Mapped[User] = relationship(foreign_keys="Review.recorded_by_id", lazy="joined")


class Case(Logged):
    """One event of a duty that is done whenever one arises: a fund, a tender, a decision.

    Its steps are rows of their own, each with its item; a case that was called off has none left.
    """

    word = "办件"
    unit_path = ("post", "unit")

    lineage: Mapped[str] = column("责任事项的沿革编号", String(16), index=True)
    post_id: Mapped[int] = column("岗位编号", ForeignKey("post.id"), index=True)
    name: Mapped[str] = column("办件名称", String(60))
    began_on: Mapped[date] = column("发生日期")
    cancelled_on: Mapped[date | None] = column("撤销日期")
    cancelled_because: Mapped[str] = column("撤销的理由", Text, default="")

    post: Mapped[Post] = relationship()
    steps: Mapped[list[Step]] = relationship(back_populates="case", order_by="Step.n")


class Step(Logged):
    """Where an item stands in its case: the steps are signed in the order of `n`, which counts from 1."""

    word = "办件步骤"
    unit_path = ("case", "post", "unit")

    case_id: Mapped[int] = column("办件编号", ForeignKey("case.id"), index=True)
    n: Mapped[int] = column("次序")
    name: Mapped[str] = column("步骤名称", String(80))
    item_id: Mapped[int] = column("本期事项编号", ForeignKey("item.id"), unique=True)

    case: Mapped[Case] = relationship(back_populates="steps")
    item: Mapped[Item] = relationship(back_populates="step", lazy="joined")

    @classmethod
    def rules(cls) -> tuple[Any, ...]:
        return (UniqueConstraint("case_id", "n"),)


class HolidayYear(Logged):
    """The days of a year that are off, or worked in their stead, as the notice says; replaced as a whole.

    `days` is [{"day": ISO date, "kind": a DayKind, "name": 元旦}], earliest first; the first may lie in the December
    before: 元旦 of 2023 began on the 31st.
    """

    word = "节假日安排"

    year: Mapped[int] = column("年度", unique=True)
    notice: Mapped[str] = column("依据的通知", String(60))
    days: Mapped[list[dict[str, str]]] = column(
        "放假和上班的日子", JSON, inside={"day": "日期", "kind": "类别", "name": "名称"}
    )


# --- lists: what was asked of whom, as drafted, consulted on, adopted and corrected -------------------------


class ListKind(Word):
    BREAKDOWN = "breakdown", "任务分解表"
    RESPONSIBILITY = "responsibility", "责任清单"


class Tier(Word):
    NONE = "none", "不分层级"
    TEAM = "team", "班子"
    SECRETARY = "secretary", "书记"
    MEMBER = "member", "成员"


# What a list is, by its tier, in words: only a 责任清单 has one.
SORTS = {
    tier: ListKind.BREAKDOWN.label if tier is Tier.NONE else f"{ListKind.RESPONSIBILITY.label}·{tier.label}"
    for tier in Tier
}


class ListState(Word):
    DRAFT = "draft", "草稿"
    CONSULTING = "consulting", "征求意见中"
    SUBMITTED = "submitted", "待确认"
    ADOPTED = "adopted", "已生效"
    SUPERSEDED = "superseded", "已被新版取代"
    ABANDONED = "abandoned", "已放弃"


class Side(Word):
    WORK = "work", "业务"
    INTEGRITY = "integrity", "廉政"
    BOTH = "both", "业务与廉政"


class Cadence(Word):
    ONCE = "once", "一次完成"
    MONTHLY = "monthly", "每月"
    QUARTERLY = "quarterly", "每季度"
    HALF_YEARLY = "half-yearly", "每半年"
    YEARLY = "yearly", "每年"
    PER_EVENT = "per-event", "逢事必办"
    ONGOING = "ongoing", "长期坚持"


class Part(Word):
    LEAD = "lead", "牵头"
    SUPPORT = "support", "配合"


class Answer(Word):
    AGREES = "agrees", "无意见"
    OBJECTS = "objects", "有意见"


class Source(Logged):
    """The speech or rule that duties come from, whole."""

    word = "来源文件"
    unit_path = ("unit",)

    unit_id: Mapped[int] = column("单位编号", ForeignKey("unit.id"))
    title: Mapped[str] = column("标题", String(200))
    text: Mapped[str] = column("全文", Text)
    sha256: Mapped[str] = column("全文的哈希", String(64))

    unit: Mapped[Unit] = relationship()


class DutyList(Logged):
    """One version in a series; the series is unit, kind, tier, year and name."""

    word = "清单"
    schema = 3
    assumed: ClassVar = {1: {"revised_because": "", "abandoned_because": ""}, 2: {"abandoned_because": ""}}
    unit_path = ("unit",)
    SERIES: ClassVar = ("unit_id", "kind", "tier", "year", "name")  # what all versions of a list have in common

    unit_id: Mapped[int] = column("单位编号", ForeignKey("unit.id"), index=True)
    kind: Mapped[ListKind] = column("清单类别", one_of(ListKind))
    tier: Mapped[Tier] = column("层级", one_of(Tier), default=Tier.NONE)
    year: Mapped[int] = column("年度")
    name: Mapped[str] = column("清单名称", String(120))
    version: Mapped[int] = column("版次", default=1)
    state: Mapped[ListState] = column("状态", one_of(ListState), default=ListState.DRAFT)
    source_id: Mapped[int] = column("来源文件编号", ForeignKey("source.id"))
    nodes: Mapped[list[str]] = column("报送节点", JSON)  # ISO dates
    meeting: Mapped[str] = column("会议名称", String(120), default="")
    meeting_no: Mapped[str] = column("会议文号或纪要号", String(60), default="")
    meeting_day: Mapped[date | None] = column("会议日期")
    drafted_by_id: Mapped[int] = column("起草人编号", ForeignKey("user.id"))
    submitted_by_id: Mapped[int | None] = column("提交人编号", ForeignKey("user.id"))
    decided_by_id: Mapped[int | None] = column("确认人编号", ForeignKey("user.id"))
    declined_because: Mapped[str] = column("退回修改的理由", Text, default="")
    adopted_on: Mapped[date | None] = column("生效日期")
    revised_because: Mapped[str] = column("修订的理由", Text, default="")  # "" for the first version
    abandoned_because: Mapped[str] = column("放弃的理由", Text, default="")

    unit: Mapped[Unit] = relationship()
    source: Mapped[Source] = relationship()
    drafted_by: Mapped[User] = relationship(foreign_keys="DutyList.drafted_by_id")
    submitted_by: Mapped[User | None] = relationship(foreign_keys="DutyList.submitted_by_id")
    decided_by: Mapped[User | None] = relationship(foreign_keys="DutyList.decided_by_id")
    duties: Mapped[list[Duty]] = relationship(back_populates="duty_list", order_by="Duty.position")
    consultations: Mapped[list[Consultation]] = relationship(back_populates="duty_list", order_by="Consultation.id")
    namesakes: Mapped[list[DutyList]] = relationship(  # of one unit, kind, tier, year and name; itself among them
        primaryjoin=lambda: and_(
            *(remote(foreign(getattr(DutyList, key))) == getattr(DutyList, key) for key in DutyList.SERIES)
        ),
        order_by="DutyList.version",
        viewonly=True,
    )

    @classmethod
    def rules(cls) -> tuple[Any, ...]:
        return (UniqueConstraint(*cls.SERIES, "version"),)

    @classmethod
    def read_along(cls) -> tuple[ORMOption, ...]:
        return joinedload(cls.unit), joinedload(cls.source)

    @property
    def sort(self) -> str:
        """Its kind and tier, in words: 任务分解表, 责任清单·班子."""
        return SORTS[self.tier]

    @property
    def kept(self) -> list[Duty]:
        """The duties that have not been dropped from the list."""
        return [duty for duty in self.duties if not duty.dropped]


class Duty(Logged):
    """One line of a list: the source's exact words, and the office's wording apart from them.

    `start` and `end` count code points of the source's text; a duty that the clerk added has none.
    `owners` is what the clerk chose: [{"unit": code} | {"post": id} | {"set": name, "except": [codes]}, each
    with "part"]; adoption spreads it into assignments. `guards` holds the lineages of the work it guards.
    """

    word = "责任事项"
    unit_path = ("duty_list", "unit")

    duty_list_id: Mapped[int] = column("清单编号", ForeignKey("duty_list.id"), index=True)
    lineage: Mapped[str] = column("沿革编号", String(16), index=True)  # the same through all versions of a list
    version: Mapped[int] = column("版次", default=1)
    position: Mapped[int] = column("序号")
    start: Mapped[int | None] = column("原文位置（起）")
    end: Mapped[int | None] = column("原文位置（止）")
    quote: Mapped[str] = column("原文", Text, default="")
    wording: Mapped[str] = column("任务表述", Text)
    side: Mapped[Side] = column("类别", one_of(Side))
    path: Mapped[list[str]] = column("所在章节", JSON, default=list)
    named: Mapped[list[dict[str, str]]] = column(
        "原文点名", JSON, default=list, inside={"name": "名称", "role": "承担"}
    )
    owners: Mapped[list[dict[str, Any]]] = column(
        "责任人",
        JSON,
        default=list,
        inside={"unit": "单位", "post": "岗位编号", "set": "集合", "except": "除外", "part": "承担"},
    )
    cadence: Mapped[Cadence] = column("频次", one_of(Cadence))
    deadline: Mapped[str | None] = column("原文时限", String(80))  # the text's own words
    due_on: Mapped[date | None] = column("完成日期")
    steps: Mapped[list[str]] = column("程序", JSON, default=list)
    flags: Mapped[list[dict[str, str]]] = column(
        "待核对之处", JSON, default=list, inside={"kind": "类别", "text": "内容", "standard": "规范表述"}
    )
    guards: Mapped[list[str]] = column("看住的业务（沿革编号）", JSON, default=list)
    why: Mapped[str] = column("拟出依据", String(200), default="")
    dropped: Mapped[bool] = column("已删去", default=False)

    @property
    def doubts(self) -> list[str]:
        """The decomposer's doubts, in words; none once the clerk has saved the row."""
        return [flag["text"] for flag in self.flags if flag["kind"] == "doubt"]

    @property
    def is_unsure(self) -> bool:
        return len(self.doubts) > 1

    def like(self, **changed: Any) -> Duty:
        """Return a new duty, of no list yet, that is the same with its figures, save for what is given otherwise."""
        return Duty(**{**_values(self), "targets": [target.like() for target in self.targets], **changed})

    @classmethod
    def read_along(cls) -> tuple[ORMOption, ...]:
        return (joinedload(cls.duty_list).joinedload(DutyList.unit),)

    duty_list: Mapped[DutyList] = relationship(back_populates="duties")
    targets: Mapped[list[Target]] = relationship(back_populates="duty", order_by="Target.n", lazy="selectin")
    assignments: Mapped[list[Assignment]] = relationship(back_populates="duty", order_by="Assignment.id")
    corrections: Mapped[list[Correction]] = relationship(back_populates="duty", order_by="Correction.id")


class Target(Logged):
    """A figure to reach. `value` is None where the text masks it (待定)."""

    word = "指标"
    unit_path = ("duty", "duty_list", "unit")

    duty_id: Mapped[int] = column("责任事项编号", ForeignKey("duty.id"), index=True)
    n: Mapped[int] = column("次序")
    of: Mapped[str] = column("指标名称", String(80))
    op: Mapped[str] = column("要求", String(2))
    value: Mapped[Decimal | None] = column("目标值", ExactDecimal)
    unit: Mapped[str] = column("计量单位", String(20))

    duty: Mapped[Duty] = relationship(back_populates="targets")

    def like(self, **changed: Any) -> Target:
        """Return a new figure, of no duty yet, that is the same, save for what is given otherwise."""
        return Target(**{**_values(self), **changed})

    @classmethod
    def rules(cls) -> tuple[Any, ...]:
        return (
            UniqueConstraint("duty_id", "n"),
            CheckConstraint("op IN ('>=', '<=', '>', '<', '=', '+', '-')", name="op"),
        )


def _values(row: Duty | Target) -> dict[str, Any]:
    """Return what a row says, without its own keys and what it belongs to."""
    columns = row.__table__.columns
    return {c.key: getattr(row, c.key) for c in columns if not c.foreign_keys and c.key not in ("id", "rev")}


class Assignment(Logged):
    """A duty and a post; frozen at adoption. Only a lead reports and signs."""

    word = "责任分配"
    unit_path = ("post", "unit")

    duty_id: Mapped[int] = column("责任事项编号", ForeignKey("duty.id"), index=True)
    post_id: Mapped[int] = column("岗位编号", ForeignKey("post.id"), index=True)
    part: Mapped[Part] = column("承担", one_of(Part))

    duty: Mapped[Duty] = relationship(back_populates="assignments")
    post: Mapped[Post] = relationship()

    @classmethod
    def rules(cls) -> tuple[Any, ...]:
        return (UniqueConstraint("duty_id", "post_id"),)


class Consultation(Logged):
    """A draft laid before the units that it names, until the end of its last day."""

    word = "征求意见"
    unit_path = ("duty_list", "unit")

    duty_list_id: Mapped[int] = column("清单编号", ForeignKey("duty_list.id"), index=True)
    from_day: Mapped[date] = column("起始日期")
    last_day: Mapped[date] = column("答复截止日期")  # included
    ended_at: Mapped[datetime | None] = column("结束时间", UtcDateTime)

    duty_list: Mapped[DutyList] = relationship(back_populates="consultations")
    opinions: Mapped[list[Opinion]] = relationship(back_populates="consultation", order_by="Opinion.id", lazy="joined")


class Opinion(Logged):
    """A unit's answer. Made for each unit that is asked; `answer` is None until it answers.

    `objections` maps a duty's lineage to what the unit has against it.
    """

    word = "单位意见"
    unit_path = ("unit",)

    consultation_id: Mapped[int] = column("征求意见编号", ForeignKey("consultation.id"), index=True)
    unit_id: Mapped[int] = column("答复单位编号", ForeignKey("unit.id"), index=True)
    answer: Mapped[Answer | None] = column("答复", one_of(Answer))
    objections: Mapped[dict[str, str]] = column("意见", JSON, default=dict)
    answered_by_id: Mapped[int | None] = column("答复人编号", ForeignKey("user.id"))
    answered_at: Mapped[datetime | None] = column("答复时间", UtcDateTime)

    consultation: Mapped[Consultation] = relationship(back_populates="opinions")
    unit: Mapped[Unit] = relationship(lazy="joined")
    answered_by: Mapped[User | None] = relationship(lazy="joined")

    @classmethod
    def rules(cls) -> tuple[Any, ...]:
        return (UniqueConstraint("consultation_id", "unit_id"),)

    @classmethod
    def read_along(cls) -> tuple[ORMOption, ...]:
        return (joinedload(cls.consultation).joinedload(Consultation.duty_list),)


class Correction(Logged):
    """A slip mended in the wording of a duty in force; it voids nothing."""

    word = "勘误"
    unit_path = ("duty", "duty_list", "unit")

    duty_id: Mapped[int] = column("责任事项编号", ForeignKey("duty.id"), index=True)
    before: Mapped[str] = column("改前", Text)
    after: Mapped[str] = column("改后", Text)
    reason: Mapped[str] = column("勘误的理由", Text)
    user_id: Mapped[int] = column("勘误人编号", ForeignKey("user.id"))
    corrected_at: Mapped[datetime] = column("勘误时间", UtcDateTime)

    duty: Mapped[Duty] = relationship(back_populates="corrections")
    user: Mapped[User] = relationship(lazy="joined")


# --- feedback -----------------------------------------------------------------------------------------------


class Feedback(Logged):
    """A message written with the button at the foot of a page."""

    word = "意见反馈"

    user_id: Mapped[int] = column("填写人编号", ForeignKey("user.id"))
    page: Mapped[str] = column("页面", String(200))
    text: Mapped[str] = column("内容", Text)
    written_at: Mapped[datetime] = column("写下的时间", UtcDateTime)

    user: Mapped[User] = relationship()
