"""The format of the log: the bytes that every implementation has to agree on, and those that none may take."""

from __future__ import annotations

import ast
import json
import re
import subprocess
from hashlib import sha256
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import verify
from tests.conftest import ROOT
from tests.logs import naive_root, verify_entries
from tests.published import BODIES, ENTRIES, LINES, PAGE, VECTORS, posix_shell

ENTRY_HASHES = [
    "1ebd1bdd16e4ad9b2677302e9cd969171e6aac4c7b71a6c07d21e1a607df615b",
    "34d4200b2945afc853574ecbd7b964209bdffea001d3a24df11ed2dcb4f28e93",
    "8b1c79866112554a418a9b125731eb1281756d69c578070c8d1bf791850b4ec9",
    "7ba0311418d8b1c49c763752955043b416ee4f7b6278448a6c8ea18b3dddbd7e",
    "73355922ffca49d68e57104376a260b807b9f24db429afb3b3cbb615c4e40079",
    "44f6e84b95cf699e724b815aeb5261a43123f23059b81b3bd92e576730b01dff",
    "5a4420e294356fbf6b2a40d7cb3d7becab1352666c1cbb172b068b65ae937396",
]
ROOT_OF_VECTORS = "f1c974456ac9d3c87d6fa2651632d3535aa11e4469ae5cc598085e00978d3714"

# --- canonical JSON -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "null"),
        ([True, False, 0, -1, 2**53 - 1, 1 - 2**53], "[true,false,0,-1,9007199254740991,-9007199254740991]"),
        ({"b": [], "a": {}, "A": "", "_": 1}, '{"A":"","_":1,"a":{},"b":[]}'),
        # RFC 8785, section 3.2.2
        ('€$\u000f\nA\'B"\\\\"/', r'"€$\u000f\nA' + "'" + r'B\"\\\\\"/"'),
        ("\0\b\t\n\v\f\r\x1f\x7f\u2028", '"\\u0000\\b\\t\\n\\u000b\\f\\r\\u001f\x7f\u2028"'),
        ("一岗双责 𠮷", '"一岗双责 𠮷"'),
        ("e\u0301", '"e\u0301"'),  # no normalisation: that is done at input, never when hashing
    ],
)
def test_a_value_has_one_spelling(value: Any, text: str) -> None:
    assert verify.canonical(value) == text.encode()


@pytest.mark.parametrize(
    "value",
    [1.0, float("nan"), 2**53, -(2**53), "\ud800", ["\udfff"], {"键": 1}, {1: 2}, (1, 2), b"1"],
    ids=ascii,
)
def test_what_two_programs_might_spell_differently_is_refused(value: Any) -> None:
    with pytest.raises(verify.FormatError):
        verify.canonical(value)


def test_a_value_nested_beyond_reading_is_refused() -> None:
    value: list[Any] = []
    for _ in range(100_000):
        value = [value]
    with pytest.raises(verify.FormatError):
        verify.canonical(value)


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(1 - 2**53, 2**53 - 1) | st.text(),
    lambda parts: st.lists(parts) | st.dictionaries(st.text(st.characters(max_codepoint=127)), parts),
)


@settings(deadline=None)
@given(VALUES)
def test_whatever_is_written_reads_back_the_same(value: Any) -> None:
    assert verify._parse(verify.canonical(value)) == value


@pytest.mark.parametrize(
    "text",
    [
        b'{"a":1,"a":2}',
        b'{"b":1,"a":2}',
        b'{"a": 1}',
        b'{"a":1}\n',
        b'{"a":1}\r',
        b'\xef\xbb\xbf{"a":1}',
        rb'"\u00e9"',
        rb'"\u000F"',
        rb'"\/"',
        rb'"\ud800"',
        b'"\xed\xa0\x80"',
        b'"\xff"',
        b"1.0",
        b"1e3",
        b"-0",
        b"01",
        b"NaN",
        b"Infinity",
        b"9007199254740992",
        b"1" * 5000,
        b"[" * 100_000,
        b"",
    ],
    ids=lambda text: repr(text[:20]),
)
def test_another_spelling_is_refused(text: bytes) -> None:
    with pytest.raises(verify.FormatError):
        verify._parse(text)


# --- header, body and hash ----------------------------------------------------------------------------------


@pytest.mark.parametrize("seq", range(len(LINES)))
def test_the_vectors_are_written_byte_for_byte(seq: int) -> None:
    line, body = ENTRIES[seq]
    told = json.loads(line)
    assert told.pop("v") == verify.VERSION
    assert verify.header(**told) == line
    assert verify.entry_hash(line).hex() == ENTRY_HASHES[seq] == sha256(b"\0" + line).hexdigest()
    if body is not None:
        assert verify.canonical(json.loads(body)) == body
        assert verify.body_hash(body) == told["body"] == sha256(body).hexdigest()
        assert verify.check_body(body) == json.loads(body)


def test_the_vectors_verify() -> None:
    verdict = verify_entries(ENTRIES)
    assert verdict.ok
    assert (verdict.size, verdict.root, verdict.erased) == (7, ROOT_OF_VECTORS, 1)
    assert verdict.origin == "hekou.example/shuangze"


@posix_shell
def test_sha256sum_agrees() -> None:
    readme = (VECTORS / "README.md").read_text(encoding="utf-8")
    (script,) = re.findall("```sh\n(.+?)\n```", readme, re.DOTALL)
    told = subprocess.run(["sh", "-c", script], cwd=VECTORS, check=True, capture_output=True, text=True).stdout
    assert [line.split()[0] for line in told.splitlines()] == ENTRY_HASHES


GOOD = LINES[3]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        pytest.param(rb'("seq":3),("ts":"[^"]+")', rb"\2,\1", id="keys in another order"),
        pytest.param(rb'"seq":3', rb'"seq":3,"seq":3', id="a key twice"),
        pytest.param(rb',"v":1', b"", id="a key missing"),
        pytest.param(rb',"v":1', b',"v":1,"w":1', id="a key more"),
        pytest.param(b'":3', b'": 3', id="a space"),
        pytest.param(b'":3', b'":03', id="a leading zero"),
        pytest.param(b'":3', b'":+3', id="a sign"),
        pytest.param(b'":3', b'":-3', id="negative"),
        pytest.param(b'":3', b'":3.0', id="a float"),
        pytest.param(b'":3', b'":3e0', id="an exponent"),
        pytest.param(b'":3', b'":"3"', id="seq as text"),
        pytest.param(b'":3', b'":' + b"9" * 16, id="too large"),
        pytest.param(b'":3', '":３'.encode(), id="a full-width digit"),
        pytest.param(b'"body":"61f', b'"body":"61F', id="upper-case hex"),
        pytest.param(b'"prev":"8', b'"prev":"', id="a short hash"),
        pytest.param(b'"prev":"8', b'"prev":"88', id="a long hash"),
        pytest.param(b'00Z"', b'00"', id="no zone"),
        pytest.param(b'00Z"', b'00z"', id="a small z"),
        pytest.param(b'00Z"', b'00+00:00"', id="another zone"),
        pytest.param(b"000000Z", b"000Z", id="three decimals"),
        pytest.param(rb"\.000000Z", b"Z", id="no decimals"),
        pytest.param(b"02T01", b"02 01", id="no T"),
        pytest.param(b"2026-03-02", b"20260302", id="no dashes"),
        pytest.param(b"HK-CZJ", b"hk-czj", id="a small unit"),
        pytest.param(b"HK-CZJ", "河口".encode(), id="a Chinese unit"),
        pytest.param(b"HK-CZJ", b"", id="no unit"),
        pytest.param(b"HK-CZJ", b"H" * 33, id="a long unit"),
        pytest.param(b"HK-CZJ", rb"HK\\u002dCZJ", id="an escape"),
        pytest.param(b'"v":1', b'"v":2', id="another version"),
        pytest.param(b'"v":1', b'"v":true', id="a version that is true"),
        pytest.param(b"}$", b"}\n", id="a line feed"),
        pytest.param(b"}$", b"}\r", id="a carriage return"),
        pytest.param(b"}$", b"}\0", id="a NUL"),
        pytest.param(b"^", b"\xef\xbb\xbf", id="a byte-order mark"),
    ],
)
def test_a_header_has_one_form(old: bytes, new: bytes) -> None:
    changed, times = re.subn(old, new, GOOD)
    assert times == 1
    assert verify.HEADER.fullmatch(GOOD)
    assert not verify.HEADER.fullmatch(changed)


def test_a_header_that_is_none_cannot_be_written() -> None:
    told = json.loads(GOOD)
    del told["v"]
    for wrong in ({"unit": "河口"}, {"seq": -1}, {"seq": True}, {"ts": "2026-03-02"}, {"prev": "0"}, {"body": None}):
        with pytest.raises(verify.FormatError):
            verify.header(**{**told, **wrong})


BODY: dict[str, Any] = json.loads(BODIES[b"3"])


@pytest.mark.parametrize(
    "wrong",
    [
        *({"salt": salt} for salt in (None, "a0", "A" * 32, "a" * 33)),
        *({"actor": actor} for actor in ("王建国", {}, {**BODY["actor"], "id": "3"}, {**BODY["actor"], "more": 1})),
        *({"object": row} for row in ({"type": "item", "id": 7}, {"type": "item", "id": 7, "rev": True}, 7)),
        *({"action": action} for action in (None, "", "Tick", "login.", "签认", "tick\n")),
        *({"result": result} for result in (None, "", "OK", "refused", "refused: 40", "ok\n")),
        *({"attachments": attached} for attached in (None, {}, ["a.pdf"], [{"name": "a.pdf"}])),
        *({"before": state} for state in ([], "", 0)),
        *({"req": req} for req in (None, "", "g" * 32)),
        {"ip": 1},
        {"session": 1},
        {"reason": []},
        {"app": None},
        {"more": 1},
    ],
    ids=str,
)
def test_a_field_that_is_not_as_it_should_be_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(verify.FormatError):
        verify.check_body(verify.canonical({**BODY, **wrong}))


@pytest.mark.parametrize("name", BODY)
def test_a_field_that_is_missing_is_refused(name: str) -> None:
    with pytest.raises(verify.FormatError):
        verify.check_body(verify.canonical({key: value for key, value in BODY.items() if key != name}))


# --- the Merkle tree ----------------------------------------------------------------------------------------

# The leaves and roots with which the implementations of Certificate Transparency test one another.
LEAVES = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"]
ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]


@pytest.mark.parametrize("size", range(9))
def test_the_tree_is_that_of_certificate_transparency(size: int) -> None:
    leaves = [verify.entry_hash(bytes.fromhex(leaf)) for leaf in LEAVES[:size]]
    assert verify.root(leaves).hex() == naive_root(leaves).hex() == ROOTS[size]


@settings(deadline=None)
@given(st.lists(st.binary(min_size=32, max_size=32), max_size=70))
def test_a_tree_of_any_size_has_the_root_that_the_rfc_gives_it(leaves: list[bytes]) -> None:
    assert verify.root(leaves) == naive_root(leaves)


def test_an_inner_node_does_not_pass_for_an_entry() -> None:
    left, right = (bytes.fromhex(digest) for digest in ENTRY_HASHES[:2])
    assert verify.node_hash(left, right) != verify.entry_hash(left + right)


# --- a stick ------------------------------------------------------------------------------------------------


def test_the_verifier_is_written_for_python_3_9() -> None:
    ast.parse((ROOT / "verify.py").read_text(encoding="utf-8"), feature_version=(3, 9))


@settings(deadline=None)
@given(st.lists(st.tuples(st.binary() | st.sampled_from(LINES), st.none() | st.binary() | st.just(BODIES[b"0"]))))
def test_anything_at_all_gets_a_verdict(entries: list[tuple[bytes, bytes | None]]) -> None:
    verdict = verify_entries(entries)
    assert verdict.ok == (not verdict.problem)
    assert len(verify.report(verdict, "zh")) == len(verify.report(verdict, "en"))


# --- docs/log-format.md -------------------------------------------------------------------------------------


def table(heading: str) -> dict[str, list[str]]:
    """A table of the page: the further cells of each row, by what stands in backquotes or plainly in the first."""
    lines = PAGE.split(f"| {heading} |")[1].split("\n\n")[0].splitlines()[2:]
    rows = [line.strip("| ").split(" | ") for line in lines]
    return {name.strip("`"): cells for first, *cells in rows for name in first.split(", ")}


def test_the_page_on_the_format_names_every_field() -> None:
    fields = table("field | null")
    assert list(fields) == list(verify.BODY)
    assert {name: nullable for name, (nullable, _) in fields.items()} == {
        name: "yes" if may_be(None) else "no" for name, may_be in verify.BODY.items()
    }
    assert list(table("field | what it holds")) == list(json.loads(GOOD))
    assert tuple(table("file")) == verify.MEMBERS


def test_the_page_on_the_format_explains_every_verdict() -> None:
    assert table("problem").keys() == verify.PROBLEMS.keys()
    codes = {verify.VERIFIED, verify.TAMPERED, verify.UNREADABLE, verify.UNANCHORED}
    assert set(map(int, table("exit code"))) == codes


def test_the_page_on_the_format_shows_an_entry() -> None:
    header, body = (example.encode() for example in re.findall("```json\n(.+)\n```", PAGE))
    assert (header, body) == ENTRIES[3]
