"""A list that the units are asked about, and what they answer."""

from __future__ import annotations

from datetime import timedelta

from checklist.lists import consultation
from models import Answer, DutyList, Opinion
from tests import county
from tests.drafts import ready

LAST_DAY = county.NOW.date() + timedelta(days=3)
WORDS = "对接会由金融办牵头更合适"


def consulting() -> DutyList:
    return consultation.consult(ready().id, LAST_DAY, by=county.actor("chu"))


def opinion(duty_list: DutyList, code: str) -> Opinion:
    return next(o for o in duty_list.consultations[-1].opinions if o.unit.code == code)


def lineage(duty_list: DutyList, words: str) -> str:
    return next(duty.lineage for duty in duty_list.duties if words in duty.wording)


def object_to(duty_list: DutyList, login: str = "zhou", code: str = "QH-CZJ", text: str = WORDS) -> Opinion:
    said = {lineage(duty_list, "对接会"): text}
    return consultation.answer(opinion(duty_list, code).id, Answer.OBJECTS, said, by=county.actor(login))


def agree(duty_list: DutyList, login: str, code: str) -> Opinion:
    return consultation.answer(opinion(duty_list, code).id, Answer.AGREES, {}, by=county.actor(login, code))


def answered() -> DutyList:
    """A consultation in which every unit has answered."""
    duty_list = consulting()
    object_to(duty_list)
    for login, code in (("qian", "QH-GOV"), ("zheng", "QH-JYJ"), ("li", "QH-ZFB"), ("wang", "QH-DH")):
        agree(duty_list, login, code)
    return duty_list
