"""The text of a token."""

import ast
import re
import sys
import tomllib
from pathlib import Path

import pytest

from auth_api import keys

ROOT = Path(__file__).resolve().parents[2]


def test_key_has_prefix_random_part_and_checksum() -> None:
    assert re.fullmatch(r"lk_[0-9A-Za-z]{49}", keys.generate("lk"))


def test_keys_differ_and_use_the_whole_alphabet() -> None:
    made = {keys.generate("lk") for _ in range(500)}
    assert len(made) == 500
    assert set("".join(key[3:] for key in made)) == set(keys.ALPHABET)


def test_base62_counts_as_its_alphabet_goes() -> None:
    assert [keys.base62(number, length=2) for number in (0, 9, 10, 35, 36, 61, 62)] == [
        "00", "09", "0A", "0Z", "0a", "0z", "10",
    ]  # fmt: skip


def test_256_bits_fit_into_43_characters() -> None:
    assert 62 ** (keys.RANDOM_LENGTH - 1) < 2**keys.RANDOM_BITS <= 62**keys.RANDOM_LENGTH
    assert 62 ** (keys.CHECKSUM_LENGTH - 1) < 2**32 <= 62**keys.CHECKSUM_LENGTH


def test_checksum_is_crc32_in_base62() -> None:
    assert keys.checksum("123456789") == keys.base62(0xCBF43926, length=6)  # the check value of CRC-32/ISO-HDLC


def test_every_changed_character_fails_the_checksum() -> None:
    key = keys.generate("lk")
    for position in range(3, len(key)):
        changed = key[:position] + ("0" if key[position] != "0" else "1") + key[position + 1 :]
        assert not keys.is_well_formed(changed)


@pytest.mark.parametrize(
    "text", ["", "lk_", "abcd1234", "lk_" + "0" * 49, "x" * 1_000_000, "lk_\ud800", "lk_é" + "0" * 48]
)
def test_other_text_is_no_key(text: str) -> None:
    assert not keys.is_well_formed(text)


def test_line_break_after_a_key_is_no_key() -> None:
    assert not keys.is_well_formed(keys.generate("lk") + "\n")


def test_key_of_an_earlier_prefix_stays_well_formed() -> None:
    assert keys.is_well_formed(keys.generate("acme"))


def test_digest_is_sha256_in_hexadecimal() -> None:
    assert keys.digest("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"  # FIPS 180-2


def test_hint_shows_the_prefix_and_four_characters() -> None:
    key = keys.generate("lk")
    assert keys.hint(key) == f"lk_…{key[-4:]}"


def test_scanners_are_given_the_expression_that_finds_keys() -> None:
    in_readme = re.search(r"`(\\b\S+\\b)`", (ROOT / "README.md").read_text())
    assert in_readme is not None
    (rule,) = tomllib.loads((ROOT / "examples" / "gitleaks.toml").read_text())["rules"]
    for expression in (in_readme[1], rule["regex"]):
        assert re.search(expression, f"token={keys.generate('lk')};")
        assert not re.search(expression, f"token={keys.generate('lk')}0;")


def test_text_of_a_key_is_a_matter_of_the_standard_library_alone() -> None:
    tree = ast.parse(Path(keys.__file__).read_text())
    froms = {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    names = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    assert {name.partition(".")[0] for name in froms | names} <= sys.stdlib_module_names
