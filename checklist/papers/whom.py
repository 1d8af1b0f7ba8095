"""Whom the names in a table mean: units, posts and people of this county, by every name that a table may give them."""

from __future__ import annotations

import re
from collections import Counter

from checklist import picture
from checklist.decompose.named import Named
from checklist.lists import owners
from checklist.lists.owners import Owner
from models import Unit


class KnownOwners:
    """The owners of this county by the names that a table may give them; a name that two bear means neither."""

    def __init__(self, root: Unit) -> None:
        self.root = root
        county, units = picture.current(), owners.units_below(root)
        posts = [post for post in county.posts.values() if not post.has_ended]
        within = [post for post in posts if root.id in post.unit.line]
        named: list[tuple[str, Owner]] = [(unit.name, {"unit": unit.code}) for unit in units]
        named += [(post.title, {"post": post.id}) for post in posts]
        named += [(post.name, {"post": post.id}) for post in within if post.unit.id == root.id]
        named += [(words, {"set": name, "except": []}) for name, words in owners.SETS.items()]
        held = ((county.people[id].name, post.id) for post in within for id in county.holders.get(post.id, ()))
        named += [(name, {"post": id}) for name, id in held]
        count = Counter(name for name, _ in named)
        self.by_name = {name: owner for name, owner in named if count[name] == 1}

    def find(self, name: Named) -> list[Owner]:
        """Return the owners that a name means, with their part; none where it means nobody here."""
        found = self._exactly(name.name)
        if found is None:
            return owners.proposed([{"name": name.name, "role": name.role}], self.root)
        return [{**found, "part": name.role}]

    def _exactly(self, name: str) -> Owner | None:
        if marked := re.fullmatch(r".*〔(.+)〕", name):
            return self._by_key(marked[1])
        if excepted := re.fullmatch(r"(.+)（(.+)除外）", name):
            return self._set(excepted[1], excepted[2].split("、"))
        return self.by_name.get(name)

    def _by_key(self, key: str) -> Owner | None:
        if key.isdigit():
            return {"post": int(key)} if int(key) in picture.current().posts else None
        return {"unit": key} if any(unit.code == key for unit in owners.units_below(self.root)) else None

    def _set(self, words: str, left_out: list[str]) -> Owner | None:
        """Return a set with exceptions, where every one of them is known; else it means more than was meant."""
        name = next((name for name, label in owners.SETS.items() if label == words), None)
        if name is None:
            return None
        whole: Owner = {"set": name, "except": []}
        keys = {label: key for key, label in owners.exceptable(whole, self.root)}
        marked = {label: found[1] for label in left_out if (found := re.fullmatch(r".*〔(.+)〕", label))}
        found_keys = [marked.get(label) or keys.get(label) for label in left_out]
        return {"set": name, "except": found_keys} if all(found_keys) else None
