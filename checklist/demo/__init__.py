"""The demo county's year, told by the verbs with a clock of its own: its log is as real as any other."""

from __future__ import annotations

from checklist import clock, ledger
from checklist.demo.county import ACCOUNTS
from checklist.demo.lists import SPEECH, adopt_the_lists, begin_another_list
from checklist.demo.story import CONSOLE, FOUNDED, Story, found_the_county
from checklist.demo.year import tell_of_the_year
from checklist.ledger import checkpoints

__all__ = ["ACCOUNTS", "SPEECH", "fill"]

ORIGIN = "demo.shuangze.example/log"


def fill() -> None:
    """Fill an empty, migrated database: eight months of a county's work, up to now."""
    story = Story(clock.now())
    with clock.use_clock(story.time):
        story.on(FOUNDED)
        ledger.open_log(ORIGIN, by=CONSOLE)
        found_the_county(story)
        checkpoints.init_key(by=CONSOLE)
        adopt_the_lists(story)
        tell_of_the_year(story)
        begin_another_list(story)
