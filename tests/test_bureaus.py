"""The county that benchmarks.units measures is one that people could have made, and its plot can be read by all."""

from __future__ import annotations

from xml.etree import ElementTree

from benchmarks import bureaus, plot
from checklist.items import progress
from models import Post, db
from tests import county
from tests.conftest import Visit


def test_a_county_of_bureaus_is_what_its_log_says(qinghe: county.Clock) -> None:
    bureaus.build(2, qinghe)
    assert county.in_step()


def test_a_head_of_a_bureau_has_60_items_and_20_to_review(qinghe: county.Clock, visit: Visit) -> None:
    first, _ = bureaus.build(2, qinghe)
    head, *members = (db.session.get_one(Post, id) for id in first.posts)
    tally = progress.Tally.of([head])
    assert (tally.total, tally.approved, tally.signed) == (60, 40, 10)
    assert len(progress.waiting(members)) == 20
    assert visit(bureaus.login(1)).get("/reviews/").text.count('href="/reviews/') >= 20


def test_lines_of_a_plot_are_told_apart_without_colours_and_in_words() -> None:
    drawn = ElementTree.fromstring(
        plot.log_log({"tick": {1: 8.0, 1000: 9.0}, "a <page>": {1: 7, 1000: 700}}, "T", "units", "ms")
    )
    texts = [element.text or "" for element in drawn.iter("{http://www.w3.org/2000/svg}text")]
    assert [text for text in texts if text[1:3] == "  "] == ["a  a <page>: 700 ms", "b  tick: 9 ms"]
    assert texts.count("a") == texts.count("b") == 2
    assert "tick: 8.0 at 1, 9.0 at 1,000" in drawn.findtext("{http://www.w3.org/2000/svg}desc", "")
