"""verify.py's own Ed25519 against OpenSSL's, by way of `cryptography`, and against RFC 8032.

Implementations differ at points of small order. verify.py takes the equation of RFC 8032, 5.1.7, without the cofactor,
as OpenSSL does, and only the one spelling of a point that 5.1.3 allows, where OpenSSL takes others.
"""

from __future__ import annotations

from hashlib import sha512

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from hypothesis import given
from hypothesis import strategies as st

from tests.logs import flipped
from verify import ORDER, P, ed25519_holds


def openssl_holds(public: bytes, message: bytes, signature: bytes) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True


def both_hold(public: bytes, message: bytes, signature: bytes) -> bool:
    """What both say, who must agree."""
    holds = ed25519_holds(public, message, signature)
    assert holds == openssl_holds(public, message, signature)
    return holds


# RFC 8032, section 7.1: secret key, public key, message, signature
OF_THE_RFC = {
    "TEST 1": (
        "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "",
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
    ),
    "TEST 2": (
        "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        "72",
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
    ),
    "TEST 3": (
        "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
        "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
        "af82",
        "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a",
    ),
    "TEST SHA(abc)": (
        "833fe62409237b9d62ec77587520911e9a759cec1d19755b7da901b96dca3d42",
        "ec172b93ad5e563bf4932c70e1245034c35467ef2efd4d64ebf819683467e2bf",
        sha512(b"abc").hexdigest(),
        "dc2a4459e7369633a52b1bf277839a00201009a3efbf3ecb69bea2186c26b58909351fc9ac90b3ecfdfbc7c66431e0303dca179c138ac17ad9bef1177331a704",
    ),
}


@pytest.mark.parametrize("name", OF_THE_RFC)
def test_the_signatures_of_the_rfc_hold(name: str) -> None:
    secret, public, message, signature = map(bytes.fromhex, OF_THE_RFC[name])
    key = Ed25519PrivateKey.from_private_bytes(secret)
    assert (key.public_key().public_bytes_raw(), key.sign(message)) == (public, signature)
    assert both_hold(public, message, signature)


PUBLIC, MESSAGE, SIGNATURE = map(bytes.fromhex, OF_THE_RFC["TEST SHA(abc)"][1:])


def test_a_flipped_bit_is_refused() -> None:
    assert not any(both_hold(changed, MESSAGE, SIGNATURE) for changed in flipped(PUBLIC))
    assert not any(both_hold(PUBLIC, changed, SIGNATURE) for changed in flipped(MESSAGE))
    assert not any(both_hold(PUBLIC, MESSAGE, changed) for changed in flipped(SIGNATURE))


@given(st.binary(min_size=32, max_size=32), st.binary(), st.data())
def test_any_key_and_message_get_one_answer(seed: bytes, message: bytes, data: st.DataObject) -> None:
    key = Ed25519PrivateKey.from_private_bytes(seed)
    public, signature = key.public_key().public_bytes_raw(), key.sign(message)
    assert both_hold(public, message, signature)
    parts = [public, message, signature]
    at = data.draw(st.sampled_from([at for at, part in enumerate(parts) if part]))
    bit = data.draw(st.integers(0, 8 * len(parts[at]) - 1))
    parts[at] = list(flipped(parts[at]))[bit]
    assert not both_hold(*parts)


@given(st.binary(min_size=32, max_size=32), st.binary(), st.binary(min_size=64, max_size=64))
def test_noise_gets_one_answer(public: bytes, message: bytes, signature: bytes) -> None:
    """Mostly no; a key of zeros is a point of order 4, and takes a signature of zeros under every fourth message."""
    both_hold(public, message, signature)


def number(value: int) -> bytes:
    return value.to_bytes(32, "little")


@pytest.mark.parametrize("times", range(1, 15))
def test_a_signature_cannot_be_respelt_by_adding_the_order(times: int) -> None:
    respelt = int.from_bytes(SIGNATURE[32:], "little") + times * ORDER
    assert not both_hold(PUBLIC, MESSAGE, SIGNATURE[:32] + number(respelt))


@pytest.mark.parametrize("length", [0, 31, 33, 64])
def test_a_key_of_another_length_is_none(length: int) -> None:
    assert not both_hold((PUBLIC * 2)[:length], MESSAGE, SIGNATURE)


@pytest.mark.parametrize("length", [0, 32, 63, 65, 128])
def test_a_signature_of_another_length_is_none(length: int) -> None:
    assert not both_hold(PUBLIC, MESSAGE, (SIGNATURE * 2)[:length])


# --- points of small order ----------------------------------------------------------------------------------

# R = SB without any message in it: under a key A of small order, SB = R + kA holds wherever k makes A vanish.
SEED = b"s" * 32
SECRET = int.from_bytes(sha512(SEED).digest()[:32], "little") & 2**254 - 8 | 2**254
START = Ed25519PrivateKey.from_private_bytes(SEED).public_key().public_bytes_raw()
FOR_ALL = START + number(SECRET % ORDER)
NEUTRAL = number(1)
OF_ORDER_8 = bytes.fromhex("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05")
MESSAGES = [b"%d" % count for count in range(64)]


def test_the_equation_is_the_one_without_the_cofactor() -> None:
    """With it, all of these would hold."""
    challenges = [sha512(START + OF_ORDER_8 + message).digest() for message in MESSAGES]
    multiples = [int.from_bytes(challenge, "little") % ORDER % 8 for challenge in challenges]
    assert {0, 1} <= set(multiples)
    for message, multiple in zip(MESSAGES, multiples, strict=True):
        assert both_hold(OF_ORDER_8, message, FOR_ALL) == (multiple == 0)


def test_the_neutral_point_signs_everything() -> None:
    """No log names such a key; RFC 8032 does not forbid it."""
    assert all(both_hold(NEUTRAL, message, FOR_ALL) for message in MESSAGES)


@pytest.mark.parametrize("respelt", [number(P + 1), number(1 | 1 << 255)], ids=["y beyond P", "a negative zero"])
def test_a_point_has_one_spelling(respelt: bytes) -> None:
    """The neutral point's others, which OpenSSL takes and RFC 8032, 5.1.3, refuses."""
    assert not any(ed25519_holds(respelt, message, FOR_ALL) for message in MESSAGES)


@pytest.mark.parametrize("y", [2, 7, 8, P - 2])
def test_a_key_that_is_no_point_signs_nothing(y: int) -> None:
    assert not any(both_hold(number(y), message, FOR_ALL) for message in MESSAGES)


def test_a_start_that_is_no_point_is_refused() -> None:
    assert not both_hold(PUBLIC, MESSAGE, number(2) + SIGNATURE[32:])
    assert not both_hold(NEUTRAL, MESSAGE, number(P + 1) + number(0))
    assert both_hold(NEUTRAL, MESSAGE, NEUTRAL + number(0))
