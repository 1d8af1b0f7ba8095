"""A bundle, or evidence, changed at random: whatever a forger does, verify.py never says 0 of what differs."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import verify
from tests import forgeries
from tests.forgeries import AUDITORS, OLDER, SIZE, WHOLE, Contents
from tests.mutations import EXAMPLES, REWRITTEN, Forgery, damage, damaged_zips, edited, laid_down, unsigned

pytestmark = pytest.mark.slow

# How many entries an auditor knows from outside.
REACH = dict(zip(AUDITORS, (SIZE, OLDER, OLDER, 0, 0), strict=True))


def verdicts(forgery: Forgery) -> dict[str, verify.Verdict]:
    """What each auditor is told of a forgery."""
    with tempfile.TemporaryDirectory() as folder:
        bundle = laid_down(forgery, Path(folder))
        return {auditor: verify.verify_bundle(bundle, outside) for auditor, outside in AUDITORS.items()}


# --- damage: nothing is computed anew -------------------------------------------------------------------------


@EXAMPLES
@given(damaged_zips() | damage())
def test_damage_is_seen_by_everybody(forgery: Forgery) -> None:
    for auditor, verdict in verdicts(forgery).items():
        assert verdict.exit_code == verify.TAMPERED, auditor


# --- members of two bundles ---------------------------------------------------------------------------------


BUNDLES = {
    "the whole": WHOLE,
    "a unit's": forgeries.UNIT,
    "an earlier one": forgeries.EARLIER,
    "one rewritten with the key": forgeries.bundle(REWRITTEN, forgeries.sealed(REWRITTEN)),
}


def without_what_nothing_counts(contents: Contents) -> Contents:
    """A bundle but for VERIFY.md and kept checkpoints: nothing says how many of these there were."""
    return {name: text for name, text in contents.items() if not name.startswith((verify.HOW_TO, verify.KEPT))}


@st.composite
def mixtures(draw: st.DrawFn) -> Forgery:
    a, b = draw(st.permutations(sorted(BUNDLES)))[:2]
    first, second = BUNDLES[a], BUNDLES[b]
    taken = draw(st.sets(st.sampled_from(sorted({*first, *second})), min_size=1))
    mixed = {name: text for name, text in first.items() if name not in taken}
    mixed |= {name: second[name] for name in taken if name in second}
    order = verify._in_order(mixed)
    return Forgery(f"{a}, with {sorted(taken)} of {b}", {name: mixed[name] for name in order}, draw(st.booleans()))


@EXAMPLES
@given(mixtures())
def test_of_two_bundles_nobody_makes_a_third(forgery: Forgery) -> None:
    assert isinstance(forgery.content, dict)
    told = without_what_nothing_counts(forgery.content)
    true = [name for name, contents in BUNDLES.items() if without_what_nothing_counts(contents) == told]
    for auditor, verdict in verdicts(forgery).items():
        if verdict.exit_code == verify.VERIFIED:
            assert true not in ([], ["one rewritten with the key"]), auditor
        assert true or verdict.exit_code == verify.TAMPERED or "tail" in verdict.doubts, auditor


# --- forgers who compute everything anew ---------------------------------------------------------------------


@EXAMPLES
@given(unsigned())
def test_without_the_key_nobody_writes_a_log_that_is_verified(forgery: Forgery) -> None:
    for auditor, verdict in verdicts(forgery).items():
        assert verdict.exit_code in (verify.TAMPERED, verify.UNANCHORED), auditor
        if forgery.first < REACH[auditor]:
            assert verdict.exit_code == verify.TAMPERED, auditor
        elif AUDITORS[auditor].keys:
            assert verdict.exit_code == verify.TAMPERED or "tail" in verdict.doubts, auditor


@st.composite
def signed(draw: st.DrawFn) -> Forgery:
    """A forger with the log's key."""
    what, entries, first = draw(edited())
    return Forgery(f"{what}, sealed", forgeries.bundle(entries, forgeries.sealed(entries)), draw(st.booleans()), first)


@EXAMPLES
@given(signed())
def test_not_even_the_key_rewrites_what_somebody_has_a_checkpoint_of(forgery: Forgery) -> None:
    for auditor, verdict in verdicts(forgery).items():
        if forgery.first < REACH[auditor]:
            assert verdict.exit_code == verify.TAMPERED, auditor
        elif not REACH[auditor]:
            assert verdict.exit_code == verify.TAMPERED or "anchor" in verdict.doubts, auditor
