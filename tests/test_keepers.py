"""The pages of the system administrator and the security administrator: what each sees, and is offered."""

from __future__ import annotations

from datetime import date

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from checklist import ledger
from checklist.actor import Actor
from checklist.county import accounts, units
from models import Grant, Liaison, Post, PostKind, User, db
from tests import county
from tests.conftest import Visit

pytestmark = pytest.mark.usefixtures("qinghe")

TODAY = date(2026, 3, 2)
APRIL = date(2026, 4, 1)


@pytest.fixture
def page(visit: Visit) -> FlaskClient:
    """The system administrator's browser."""
    return visit("shen")


@pytest.fixture
def vacant(qinghe: county.Clock) -> Post:
    """A post of the government's office that nobody holds yet."""
    return units.add_post(county.unit("QH-ZFB").id, "副主任", PostKind.MEMBER, by=county.console)


def grants_of(login: str) -> list[Grant]:
    return list(db.session.scalars(select(Grant).where(Grant.user_id == county.user(login).id)))


# --- units and posts ----------------------------------------------------------------------------------------


def test_the_tree_shows_who_holds_prepares_reviews_and_leads(page: FlaskClient) -> None:
    text = page.get("/units/").text
    assert "郑副局长（主持工作）" in text
    for words in ("县财政局", "局长", "周局长", "2026-01-05 起", "连干事", "清和县人民政府 副县长", "系统外的上级"):
        assert words in text


@pytest.mark.parametrize("login", ["han", "zhou"])
def test_nobody_else_sees_these_pages(login: str, visit: Visit) -> None:
    page = visit(login)
    for address in ("/units/", f"/units/{county.unit('QH').id}", f"/posts/{county.post_of('wu').id}"):
        assert page.get(address).status_code == 403
    answer = page.post(f"/units/{county.unit('QH').id}/posts", data={})
    assert (answer.status_code, "县委书记" in answer.text) == (403, False)


def test_a_strangers_form_is_refused_and_logged(visit: Visit) -> None:
    page = visit("zhou")
    size = ledger.size()
    form = {"name": "助理", "kind": "staff", "reviewer": ""}
    assert page.post(f"/units/{county.unit('QH-CZJ').id}/posts", data=form).status_code == 403
    [line] = county.gained(size)
    assert (line.body["action"], line.body["result"]) == ("post.add", "refused: 403")


def test_a_bureau_gets_its_post_and_the_post_its_holder(page: FlaskClient) -> None:
    gov = county.unit("QH-GOV").id
    bureau = {"code": "QH-SJJ", "name": "县审计局", "short_name": "审计", "kind": "department"}
    answer = page.post(f"/units/{gov}/units", data=bureau)
    assert (answer.status_code, answer.location) == (303, f"/units/{gov}")
    assert "已保存" in page.get(answer.location).text
    id = county.unit("QH-SJJ").id
    page.post(f"/units/{id}/posts", data={"name": "局长", "kind": "principal", "is_secretary": "y", "reviewer": ""})
    post = db.session.scalars(select(Post).where(Post.unit_id == id)).one()
    assert (post.title, post.is_secretary) == ("县审计局 局长", True)
    cai = county.user("cai").id
    page.post(f"/posts/{post.id}/tenures", data={"user": cai, "from_day": "2026-03-02", "acting": "y"})
    page.post(f"/posts/{post.id}/liaisons", data={"user": county.user("lian").id})
    shown = page.get(f"/posts/{post.id}").text
    assert "蔡经办（主持工作）" in shown
    assert "连干事，自 2026-03-02" in shown


def test_the_same_form_twice_acts_once(page: FlaskClient) -> None:
    form = {"name": "助理", "kind": "staff", "reviewer": "", "nonce": "n" * 32}
    size = ledger.size()
    statuses = [page.post(f"/units/{county.unit('QH-CZJ').id}/posts", data=form).status_code for _ in range(2)]
    assert (statuses, ledger.size()) == ([303, 303], size + 1)
    end = f"/liaisons/{db.session.scalars(select(Liaison)).one().id}/end"
    assert [page.post(end, data={"nonce": "m" * 32}).status_code for _ in range(2)] == [303, 303]


def test_a_form_keeps_what_was_typed_and_says_what_is_wrong(page: FlaskClient) -> None:
    gov = county.unit("QH-GOV").id
    wrong = page.post(f"/units/{gov}/units", data={"code": "sjj", "name": "县审计局", "kind": "department"})
    assert wrong.status_code == 422
    assert 'value="县审计局"' in wrong.text
    assert "单位代码用 1–32 个大写字母" in wrong.text
    refused = page.post(f"/units/{gov}/posts", data={"name": "另一县长", "kind": "principal", "reviewer": ""})
    assert refused.status_code == 409
    assert 'value="另一县长"' in refused.text
    assert "已经有一把手岗位" in refused.text


def test_a_choice_that_nobody_made_is_asked_for(page: FlaskClient) -> None:
    post = county.post_of("wu").id
    answer = page.post(f"/posts/{post}/tenures", data={"user": "", "from_day": ""})
    assert answer.status_code == 422
    assert "请选择人员。" in answer.text
    assert "请填写任职日期。" in answer.text


def test_the_ended_and_the_disabled_are_not_offered(page: FlaskClient, vacant: Post) -> None:
    units.end_post(vacant.id, TODAY, by=county.console)
    accounts.disable(county.user("cai").id, by=county.console)
    assert "副主任" not in page.get("/units/").text
    assert f'<option value="{vacant.id}">' not in page.get(f"/units/{county.unit('QH-CZJ').id}").text
    assert "蔡经办" not in page.get(f"/posts/{county.post_of('wu').id}").text
    assert "办理任职" not in page.get(f"/posts/{vacant.id}").text


def test_a_tenure_that_is_still_to_come_is_shown_and_can_be_called_off(page: FlaskClient, vacant: Post) -> None:
    tenure = units.appoint(county.user("cai").id, vacant.id, APRIL, by=county.console)
    assert "蔡经办，自 2026-04-01" in page.get(f"/posts/{vacant.id}").text
    page.post(f"/tenures/{tenure.id}/end", data={"until_day": "2026-04-01"})
    assert "蔡经办，自" not in page.get(f"/posts/{vacant.id}").text
    assert units.appoint(county.user("lian").id, vacant.id, TODAY, by=county.console)


# --- people and roles ---------------------------------------------------------------------------------------


def test_only_the_two_officers_see_the_people(visit: Visit) -> None:
    page = visit("yang")
    addresses = ["/people/", f"/people/{county.user('wu').id}"]
    assert [page.get(address).status_code for address in addresses] == [403, 403]
    assert page.post("/people/", data={}).status_code == 403


def test_the_people_are_shown_with_their_posts_and_roles(visit: Visit) -> None:
    accounts.disable(county.user("cai").id, by=county.console)
    shown = visit("han").get("/people/").text
    for words in ("西山镇 党委书记", "审计员（县财政局）", "已停用"):
        assert words in shown


def test_each_officer_is_offered_only_what_is_his(visit: Visit) -> None:
    wu = f"/people/{county.user('wu').id}"
    his = {"重置密码": True, "停用账号": True, "解除登录限制": False, "增加授权": False}
    shown = visit("shen").get(wu).text
    assert {words: words in shown for words in his} == his
    shown = visit("han").get(wu).text
    assert {words: words not in shown for words in his} == his
    assert "开设账号" not in visit("han").get("/people/").text


def test_a_first_password_is_shown_once_and_never_again(visit: Visit) -> None:
    page = visit("shen")
    form = {"login": "lv", "name": "吕干事", "nonce": "n" * 32}
    made = page.post("/people/", data=form)
    assert made.status_code == 200
    password = made.text.partition("<strong>")[2].partition("</strong>")[0]
    assert accounts.log_in("lv", password, by=Actor(ip="10.0.0.7"))
    assert "Location" not in made.headers
    assert not [cookie for cookie in made.headers.getlist("Set-Cookie") if password in cookie]
    again = page.post("/people/", data=form)
    assert again.status_code == 303
    assert "初始密码只显示一次" in page.get("/people/").text
    assert db.session.scalars(select(User.name).where(User.login == "lv")).all() == ["吕干事"]


def test_a_reset_password_is_shown_once_too(visit: Visit) -> None:
    page, address = visit("shen"), f"/people/{county.user('wu').id}/password"
    answer = page.post(address, data={"nonce": "n" * 32})
    assert (answer.status_code, "的初始密码" in answer.text) == (200, True)
    assert page.post(address, data={"nonce": "n" * 32}).status_code == 303


def test_a_form_that_is_wrong_comes_back_as_it_was_typed(visit: Visit) -> None:
    answer = visit("shen").post("/people/", data={"login": "wu", "name": "另一个吴"})
    assert answer.status_code == 422
    assert 'value="另一个吴"' in answer.text
    assert "这个登录名已经有人用了" in answer.text


def test_roles_are_granted_and_taken_back_on_a_persons_page(visit: Visit) -> None:
    page, lian = visit("han"), county.user("lian").id
    form = {"role": "auditor", "unit": county.unit("QH-CZJ").id, "from_day": "2026-03-02", "until_day": ""}
    assert page.post(f"/people/{lian}/grants", data=form).location == f"/people/{lian}"
    [given] = grants_of("lian")
    take_back = f"/people/grants/{given.id}/end"
    assert take_back in page.get(f"/people/{lian}").text
    ends = [page.post(take_back, data={"nonce": "n" * 32}).status_code for _ in range(2)]
    assert ends == [303, 303]
    assert take_back not in page.get(f"/people/{lian}").text


def test_a_grant_that_is_refused_says_why_above_its_form(visit: Visit) -> None:
    form = {"role": "log_admin", "unit": county.unit("QH").id, "from_day": "2026-03-02", "until_day": "2026-04-01"}
    answer = visit("han").post(f"/people/{county.user('zhou').id}/grants", data=form)
    assert answer.status_code == 409
    assert 'value="2026-04-01"' in answer.text
    assert "不能兼任审计管理员" in answer.text


@pytest.mark.parametrize(("role", "entries"), [("auditor", 1), ("", 0)])
def test_the_system_administrator_grants_nothing_well_filled_in_or_not(role: str, entries: int, visit: Visit) -> None:
    page, size = visit("shen"), ledger.size()
    form = {"role": role, "unit": county.unit("QH").id, "from_day": "2026-03-02", "until_day": ""}
    assert page.post(f"/people/{county.user('lian').id}/grants", data=form).status_code == 403
    assert [line.body["result"] for line in county.gained(size)] == ["refused: 403"] * entries


def test_an_account_is_closed_and_opened_by_a_press_that_counts_once(visit: Visit) -> None:
    page, wu = visit("shen"), f"/people/{county.user('wu').id}"
    press = {"nonce": "n" * 32}
    assert [page.post(f"{wu}/disable", data=press).status_code for _ in range(2)] == [303, 303]
    assert "已停用" in page.get(wu).text
    assert page.post(f"{wu}/enable", data={"nonce": "m" * 32}).status_code == 303
    assert "停用账号" in page.get(wu).text
    own = page.post(f"/people/{county.user('shen').id}/disable", data={})
    assert (own.status_code, "不能停用自己的账号" in own.text) == (409, True)
