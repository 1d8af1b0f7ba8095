"""What an entry changed, in words: the fields and values of the states before and after, for who reads no code.

The raw line stands below on the same page; what has no word here is shown as it is.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Enum

from checklist.lists.owners import SETS
from models import Part, Word, db

FIELDS = {
    "abandoned_because": "放弃的理由",
    "acting": "主持工作",
    "adopted_on": "生效日期",
    "after": "改后",
    "answer": "答复",
    "answered_at": "答复时间",
    "answered_by_id": "答复人编号",
    "auth_at": "验证密码的时间",
    "auth_method": "验证方式",
    "batch_id": "签认批次编号",
    "before": "改前",
    "began_on": "发生日期",
    "cadence": "频次",
    "cancelled_because": "撤销的理由",
    "cancelled_on": "撤销日期",
    "case": "所属办件",
    "case_id": "办件编号",
    "charge_id": "分管单位编号",
    "code": "单位代码",
    "confirmed_at": "验证密码的时间",
    "consultation_id": "征求意见编号",
    "corrected_at": "勘误时间",
    "days": "放假和上班的日子",
    "deadline": "原文时限",
    "decided_by_id": "确认人编号",
    "declined_because": "退回修改的理由",
    "disabled_at": "停用时间",
    "document_no": "文号",
    "drafted_by_id": "起草人编号",
    "dropped": "已删去",
    "due": "到期日",
    "due_on": "完成日期",
    "duty_id": "责任事项编号",
    "duty_list_id": "清单编号",
    "duty_version": "责任事项版次",
    "end": "原文位置（止）",
    "ended_at": "结束时间",
    "field": "分管领域",
    "file_name": "文件名",
    "file_sha256": "文件哈希",
    "file_size": "文件大小（字节）",
    "file_type": "文件类型",
    "files": "文件哈希",
    "flags": "待核对之处",
    "from_day": "起始日期",
    "guards": "看住的业务（沿革编号）",
    "happened_on": "发生日期",
    "id": "编号",
    "ip": "网络地址",
    "is_secretary": "是否书记",
    "item_id": "本期事项编号",
    "kind": "类别",
    "last_day": "答复截止日期",
    "lineage": "沿革编号",
    "login": "登录名",
    "meeting": "会议名称",
    "meeting_day": "会议日期",
    "meeting_no": "会议文号或纪要号",
    "met": "达标",
    "minutes_no": "会议纪要文号",
    "must_change_password": "须改密码",
    "n": "次序",
    "name": "名称",
    "named": "原文点名",
    "nodes": "报送节点",
    "note": "完成说明",
    "notice": "依据的通知",
    "objections": "意见",
    "of": "指标名称",
    "on_behalf_of": "代表",
    "op": "要求",
    "outside_document": "上级审核意见的文号",
    "owners": "责任人",
    "page": "页面",
    "parent_id": "上级单位编号",
    "part": "承担",
    "password_hash": "密码（只记哈希的哈希）",
    "path": "所在章节",
    "period": "本期",
    "position": "序号",
    "post": "岗位编号",
    "post_id": "岗位编号",
    "post_title": "岗位",
    "public_id": "会话编号",
    "quote": "原文",
    "reason": "理由",
    "recorded_by_id": "记录人编号",
    "redo_by": "重报日期",
    "reply": "整改回复",
    "reported_at": "报完成时间",
    "reported_by_id": "报完成人编号",
    "rev": "第几次改动",
    "reviewed_at": "审核时间",
    "reviewer_id": "审核人或审核岗位编号",
    "reviewer_post_id": "审核岗位编号",
    "revised_because": "修订的理由",
    "role": "角色",
    "set": "集合",
    "sha256": "哈希",
    "short_name": "简称",
    "side": "类别",
    "signature_id": "签认编号",
    "signed_at": "签认时间",
    "signer": "签认人",
    "source_id": "来源文件编号",
    "start": "原文位置（起）",
    "started_at": "开始时间",
    "state": "状态",
    "statement": "签认全文",
    "statement_version": "签认全文的格式",
    "steps": "程序",
    "submitted_by_id": "提交人编号",
    "target_id": "指标编号",
    "text": "内容",
    "tier": "清单类型",
    "title": "标题",
    "token_hash": "会话令牌（只记哈希）",
    "unit": "单位",
    "unit_id": "单位编号",
    "until_day": "终止日期",
    "user_id": "人员编号",
    "value": "数值",
    "verdict": "审核结论",
    "version": "版次",
    "voided_at": "作废时间",
    "voided_by_id": "作废人编号",
    "why": "拟出依据",
    "withdrawn_at": "撤回时间",
    "withdrawn_because": "撤回的理由",
    "wording": "任务表述",
    "written_at": "写下的时间",
    "year": "年度",
    "except": "除外",
}
_WORDS = {**SETS, **{part.value: part.label for part in Part}}  # of what stands inside owners and names


def legible(table: str, name: str, value: Any) -> str:
    """A field's value for a reader: 每季度 for `quarterly`, 是 for true; a list on one line, without brackets."""
    if value is None:
        return "（无）"
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, list):
        return "；".join(legible("", name, one) for one in value) or "（空）"
    if isinstance(value, dict):
        pairs = (f"{FIELDS.get(key, key)} {legible('', key, one)}" for key, one in value.items() if one not in ([], ""))
        return "，".join(pairs) or "（空）"
    if value == "":
        return "（空）"
    return _in_words(table, name, str(value))


def _in_words(table: str, name: str, value: str) -> str:
    if name in ("part", "role", "set") and value in _WORDS:
        return _WORDS[value]
    known = db.metadata.tables.get(table)
    kind = known.columns[name].type if known is not None and name in known.columns else None
    words = kind.enum_class or () if isinstance(kind, Enum) else ()
    return next((word.label for word in words if isinstance(word, Word) and word == value), value)
