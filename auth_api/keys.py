"""The text of a token: ``<prefix>_<random><checksum>``, as GitHub describes for its own.

256 bits of randomness in base62, then six base62 characters of CRC32 over them, so that a scanner or a server tells a
token from other text without asking anybody.
https://github.blog/2021-04-05-behind-githubs-new-authentication-token-formats/
"""

import hashlib
import re
import secrets
import string
import zlib

ALPHABET = string.digits + string.ascii_uppercase + string.ascii_lowercase
RANDOM_BITS = 256
RANDOM_LENGTH = 43  # the base62 characters that 256 bits need
CHECKSUM_LENGTH = 6  # those that 32 bits need
HINT_LENGTH = 4  # characters of the end that a hint shows

SHAPE = re.compile(rf"[A-Za-z0-9]{{1,16}}_([A-Za-z0-9]{{{RANDOM_LENGTH}}})([A-Za-z0-9]{{{CHECKSUM_LENGTH}}})")


def generate(prefix: str) -> str:
    """Return a new key."""
    random = base62(secrets.randbits(RANDOM_BITS), length=RANDOM_LENGTH)
    return f"{prefix}_{random}{checksum(random)}"


def is_well_formed(key: str) -> bool:
    """Whether the text has the shape and the checksum of a key. The prefix may be an earlier one."""
    match = SHAPE.fullmatch(key)
    return match is not None and checksum(match[1]) == match[2]


def digest(key: str) -> str:
    """Return what is stored of a key: its SHA-256 in hexadecimal. No salt, since a key can't be guessed."""
    return hashlib.sha256(key.encode()).hexdigest()


def hint(key: str) -> str:
    """Return what its owner recognises a key by: the prefix and the last characters."""
    return f"{key.partition('_')[0]}_…{key[-HINT_LENGTH:]}"


def checksum(text: str) -> str:
    """Return CRC32 of the text in base62."""
    return base62(zlib.crc32(text.encode()), length=CHECKSUM_LENGTH)


def base62(number: int, *, length: int) -> str:
    """Return the number in base62, padded with zeros to ``length``."""
    characters = []
    for _ in range(length):
        number, index = divmod(number, len(ALPHABET))
        characters.append(ALPHABET[index])
    return "".join(reversed(characters))
