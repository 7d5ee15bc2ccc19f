"""One account, one spelling."""

import sys

import pytest

from users.names import is_storable, normalise


@pytest.mark.parametrize("spelling", ["bob", "Bob", "BOB ", "\u2003bob\n", "\uff42\uff4f\uff42"])
def test_spellings_of_one_name_are_the_same(spelling: str) -> None:
    assert normalise(spelling) == "bob"


def test_sharp_s_and_its_capital_are_the_same() -> None:
    assert normalise("STRASSE") == normalise("stra\u00dfe") == normalise("STRA\u1e9eE")


def test_normalising_twice_changes_nothing_for_any_character() -> None:
    characters = (chr(point) for point in range(sys.maxunicode + 1) if not 0xD800 <= point <= 0xDFFF)
    assert [character for character in characters if normalise(normalise(character)) != normalise(character)] == []


@pytest.mark.parametrize("text", ["bob\0", "bob\ud800"])
def test_text_that_no_column_takes_is_known_as_such(text: str) -> None:
    assert not is_storable(text)
