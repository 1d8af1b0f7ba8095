"""Most bodies of a long log are known by their shape and not read: no body may pass so that would not pass when read."""

from __future__ import annotations

import json
import random
import secrets

import pytest
from hypothesis import given
from hypothesis import strategies as st

import verify


def body(**fields: object) -> bytes:
    """A good body of an act on an item, with some fields changed."""
    state = {"schema": 1, "id": 7, "note": "已办", "guards": ["a1", "b2"], "owners": [{"part": "lead", "unit": "QH"}]}
    told = {
        "salt": secrets.token_hex(16),
        "actor": {"id": 3, "name": "周局长", "post": None},
        "ip": "10.0.0.1",
        "session": "0123456789abcdef",
        "req": secrets.token_hex(16),
        "action": "report",
        "object": {"type": "item", "id": 7, "rev": 2},
        "before": state,
        "after": {**state, "note": "办结"},
        "reason": None,
        "result": "ok",
        "attachments": [],
        "app": "shuangze 1",
    }
    return verify.canonical({**told, **fields})


def known(*bodies: bytes) -> verify.Shapes:
    shapes = verify.Shapes()
    for one in bodies:
        shapes.add(shapes.of(one))
    return shapes


def is_good(text: bytes) -> bool:
    try:
        verify.check_body(text)
    except verify.FormatError:
        return False
    return True


def test_a_body_that_differs_in_texts_and_numbers_alone_is_not_read_again() -> None:
    shapes = known(body())
    assert shapes.of(body(reason=None, object={"type": "duty", "id": 9, "rev": 1})) in shapes
    assert shapes.of(body(reason="改过")) not in shapes


@pytest.mark.parametrize(
    ("good", "bad"),
    [
        (b'"result":"ok"', b'"result":"no"'),
        (b'"action":"report"', b'"action":"erase"'),
        (b'"id":7', b'"id":07'),
        (b'"id":7', b'"id":7.0'),
        (b'"id":7', b'"id":9007199254740993'),
        (b'"ip":"10.0.0.1"', b'"ip":10'),
        (b'"note"', b'"n\xc3\xb6te"'),
        (b'"note":"', b'"note" :"'),
        (b'"note":"', b'"note":"\xff'),
        (b'"note":"', b'"note":"\0'),
        (b'"guards":["a1","b2"]', b'"guards":["a1","b2\x01"]'),
        (b'{"action"', b' {"action"'),
    ],
)
def test_what_would_not_pass_when_read_is_not_like_a_good_one(good: bytes, bad: bytes) -> None:
    text = body()
    assert good in text
    forged = text.replace(good, bad)
    assert not is_good(forged) or bad in (b'"result":"no"', b'"action":"erase"')
    shapes = known(text)
    assert shapes.of(forged) not in shapes


@given(st.data())
def test_whatever_bytes_are_changed_only_good_bodies_have_a_known_shape(data: st.DataObject) -> None:
    shapes = known(body(), body(reason="理由"), body(session=None, ip=None))
    forged = bytearray(body())
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(forged) - 1))
        piece = data.draw(st.sampled_from([b'"', b":", b",", b"[", b"]", b"{", b"}", b"\\", b"\0", b"t", b"0", b'":"']))
        forged[at : at + data.draw(st.integers(0, 3))] = piece
    if shapes.of(bytes(forged)) in shapes:
        assert is_good(bytes(forged))


def test_a_log_of_bodies_that_are_all_unlike_costs_no_more_room_than_there_is() -> None:
    shapes = verify.Shapes()
    for n in range(3000):
        names = {f"k{random.randrange(10**9)}_{m}": n for m in range(100)}
        shapes.add(shapes.of(body(before=None, after=names)))
    assert sum(len(shape) for _, _, shape in shapes._known) <= shapes._ROOM


def test_a_body_longer_than_any_of_ours_is_no_line_of_a_bundle() -> None:
    assert len(json.dumps("政" * 200_000, ensure_ascii=False).encode()) * 2 < verify.LONGEST_LINE
