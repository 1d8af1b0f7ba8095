"""Keys, checkpoints, receipts, proofs and bodies: any bytes may come in, and each has one spelling."""

from __future__ import annotations

from base64 import b64encode

import pytest
from hypothesis import given
from hypothesis import strategies as st

import verify
from tests import forgeries
from tests.mutations import EXAMPLES, TEXTS, Text, damaged, disordered, misspelt


def spelling(text: Text, content: bytes) -> bytes | None:
    """How a text spells what it reads in a content; None where it refuses, as it may, but only in its own words."""
    try:
        told = text.parse(content)
    except verify.FormatError:
        return None
    return text.spell(told)


def insist_on_one_spelling(form: str, content: bytes) -> None:
    if form == "a key":
        try:
            content = content.decode().strip().encode()  # from a file, with its line feed
        except UnicodeDecodeError:
            return  # the command line refuses it before
    assert spelling(TEXTS[form], content) in (None, content)


@pytest.mark.parametrize("form", TEXTS)
def test_a_good_text_is_spelt_as_it_is_read(form: str) -> None:
    assert spelling(TEXTS[form], TEXTS[form].good) == TEXTS[form].good


@pytest.mark.parametrize("form", TEXTS)
@EXAMPLES
@given(data=st.data())
def test_a_changed_text_is_refused_or_has_one_spelling(form: str, data: st.DataObject) -> None:
    good = TEXTS[form].good
    _, content = data.draw(damaged(good) | disordered(good) | misspelt(good))
    insist_on_one_spelling(form, content)


@pytest.mark.parametrize("form", TEXTS)
@EXAMPLES
@given(content=st.binary(max_size=300) | st.text(max_size=100).map(lambda text: text.encode("utf-8", "ignore")))
def test_any_bytes_at_all_are_refused_or_have_one_spelling(form: str, content: bytes) -> None:
    insist_on_one_spelling(form, content)


NOTES_OF_ANYBODY = st.builds(
    b"%s\n%s\n%s\n\n\xe2\x80\x94 %s %s\n".__mod__,
    st.tuples(
        st.text(min_size=1, max_size=5).map(lambda text: text.encode("utf-8", "ignore")),
        st.integers(-1, 10**16).map(lambda size: b"%d" % size) | st.sampled_from([b"00", b"+1", b"1_0", "１".encode()]),
        st.binary(min_size=31, max_size=33).map(b64encode),
        st.text(min_size=1, max_size=5).map(lambda text: text.encode("utf-8", "ignore")),
        st.binary(max_size=8).map(b64encode),
    ),
)


@EXAMPLES
@given(note=NOTES_OF_ANYBODY)
def test_a_checkpoint_with_anything_in_its_places_is_refused_or_has_one_spelling(note: bytes) -> None:
    insist_on_one_spelling("a checkpoint", note)
    head = forgeries.proof().partition(b"\n\n")[0] + b"\n\n"
    insist_on_one_spelling("a proof", head + note)


@EXAMPLES
@given(name=st.text(max_size=6), public=st.binary(min_size=31, max_size=33), form=st.sampled_from([b"\1", b"\2", b""]))
def test_a_key_is_read_as_it_is_written_or_refused(name: str, public: bytes, form: bytes) -> None:
    key = verify.Key(name, public)
    text = f"{name}+{key.id.hex()}+{b64encode(form + public).decode()}"
    insist_on_one_spelling("a key", text.encode())


@pytest.mark.parametrize("form", TEXTS)
@pytest.mark.parametrize(
    "content",
    [b"", b"\xff", b"\0" * 1000, b"[" * 100_000, b"1" * 5000, b"=" * 1000, b"+" * 1000, b"a\n" * 100_000],
    ids=lambda content: repr(content[:4]),
)
def test_what_might_exhaust_a_parser_is_refused(form: str, content: bytes) -> None:
    if form == "a key":
        content = content.decode("latin-1").encode()
    good = TEXTS[form].good
    for bad in (content, good + content) if content else (content,):
        assert spelling(TEXTS[form], bad) is None
