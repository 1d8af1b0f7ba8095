"""The demo county's clock, and its people, posts and units as the tale finds them."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime, timedelta

from checklist import clock, picture
from checklist.actor import Actor, Auth
from checklist.county import accounts, units
from checklist.demo.county import ACCOUNTS, ACTING, CHARGES, GRANTS, LIAISONS, OTHERS, POSTS, UNITS
from models import Post, Unit, User

FOUNDED = 240  # days ago
ADOPTED = 200  # days ago; less where that would be before the list's own year
CONSOLE = Actor(console="demo")


class Story:
    """The clock of the tale, and the people, posts and units in it."""

    def __init__(self, end: datetime) -> None:
        self.end = end
        self.now = end - timedelta(days=FOUNDED + 7)  # before the first working day of the tale
        today = clock.day_of(end)
        self.year = (today - timedelta(days=120)).year  # of the lists
        self.adopted = min(ADOPTED, (today - date(self.year, 1, 10)).days)
        self.people: dict[str, User] = {}  # by login
        self.units: dict[str, Unit] = {}  # by code
        self.posts: dict[tuple[str, str], Post] = {}  # by login and unit code
        self.letters: Counter[str] = Counter()

    def time(self) -> datetime:
        """Return the time; every look at the clock takes a second."""
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

    def reviewer(self, post: Post) -> Post | None:
        """Return the reviewing post of a post, or None where the superior is outside the system."""
        id = picture.current().reviewers[post.id]
        return next((other for other in self.posts.values() if other.id == id), None)

    def actor(self, login: str, post: Post | None = None) -> Actor:
        """Return somebody at work, with the password just given."""
        user, at_work = self.people[login], post or next(iter(self.posts_of(login)), None)
        return Actor(user, at_work, "192.0.2.10", f"{user.id:016x}", auth=Auth("password", clock.now()))

    def number(self, word: str) -> str:
        """Return the number of the next document of that kind."""
        self.letters[word] += 1
        return f"{word}〔{clock.today().year}〕{self.letters[word]} 号"


def found_the_county(story: Story) -> None:
    for code, name, short_name, kind, parent in UNITS:
        above = story.units[parent] if parent else None
        story.units[code] = units.add_unit(code, name, kind, by=CONSOLE, short_name=short_name, parent=above)
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


def make_account(login: str, name: str, password: str | None, home: Unit) -> User:
    if password is None:
        return accounts.enrol(login, name, by=CONSOLE, home=home)
    return accounts.create(login, name, by=CONSOLE, home=home, password=password)[0]
