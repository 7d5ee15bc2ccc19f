"""What is written about logins is sound: a database that refuses it fails its part, as one that is full does."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import DataError, IntegrityError, OperationalError


@contextmanager
def writing_sound_values() -> Iterator[None]:
    """Take it for the database's failure if it refuses what the block writes: somebody has forbidden it to take that.

    To be opened before the transaction: some constraints are looked at when it is committed.

    Raises:
        OperationalError: in the place of an IntegrityError, or a DataError.
    """
    try:
        yield
    except (IntegrityError, DataError) as error:
        raise OperationalError("the database does not take what is sound") from error
