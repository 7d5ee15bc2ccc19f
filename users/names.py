"""One account, one spelling: how names and addresses are brought to the form in which they are stored and compared."""

import unicodedata

LONGEST_LOGIN = 254  # characters: the longest e-mail address; usernames are shorter
LONGEST = 1000  # characters that are looked at; no account's name is half as long


def normalise(text: str) -> str:
    """Return the text in NFKC, case-folded and stripped: ``Bob``, ``bob`` and a full-width ``bob `` are the same.

    Folding can undo the composition, hence NFKC a second time. Its time is quadratic in the number of accents in a row,
    and no other thread runs meanwhile: what is too long to be a name is cut first.
    """
    folded = unicodedata.normalize("NFKC", text[:LONGEST]).casefold()
    return unicodedata.normalize("NFKC", folded).strip()


def is_storable(text: str) -> bool:
    """Whether a database column could hold the text: no NUL, no lone surrogate. No account is called otherwise."""
    return "\0" not in text and not any("\ud800" <= character <= "\udfff" for character in text)
