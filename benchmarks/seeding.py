"""The process that makes a project's database: tables, accounts, and a token of the first account's.

Run in the project's environment, with the names of the accounts as arguments; it prints the token's key.
"""

import os
import sys
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from benchmarks import accounts


def main(names: Sequence[str]) -> None:
    """Make the database, and print the key."""
    sys.stdout.write(seed_fastapi(names) if os.environ.get("PEER") == "fastapi" else seed_django(names))


def seed_django(names: Sequence[str]) -> str:
    """Make it with Django."""
    import django  # noqa: PLC0415 - not where FastAPI runs

    django.setup()
    from django.contrib.auth import get_user_model  # noqa: PLC0415 - needs the app registry
    from django.core.management import call_command  # noqa: PLC0415 - likewise

    call_command("migrate", verbosity=0)
    exec(accounts.script(names), {})  # noqa: S102 - lines of ours
    user = get_user_model()._default_manager.get(username=accounts.READER)  # noqa: SLF001 - Django documents it
    return ISSUE[os.environ.get("PEER", "latchkey")](user)


def seed_fastapi(names: Sequence[str]) -> str:
    """Make it with SQLAlchemy."""
    from sqlalchemy.orm import Session  # noqa: PLC0415 - installed for FastAPI alone

    from benchmarks.peers import fastapi_tables as tables  # noqa: PLC0415 - likewise

    engine = tables.connect()
    tables.Base.metadata.create_all(engine)
    right, some_day = tables.passwords.hash(accounts.PASSWORD), datetime.fromisoformat(accounts.SOME_DAY)
    with Session(engine) as session:
        session.add_all(
            tables.User(
                username=name, email=f"{name}@example.org", password=right, date_joined=some_day, last_login=some_day
            )
            for name in names
        )
        session.commit()
        return tables.issue(session, accounts.FIRST["id"])


def of_nobody(user: Any) -> str:
    """Return a key for those who ask for none."""
    return "none"


def of_latchkey(user: Any) -> str:
    """Make a token."""
    key: str = user.auth_tokens.issue(name="benchmark").key
    return key


def of_authtoken(user: Any) -> str:
    """Make the token."""
    from rest_framework.authtoken.models import Token  # noqa: PLC0415 - installed for some peers only

    return str(Token.objects.create(user=user).key)


def of_knox(user: Any) -> str:
    """Make a token."""
    from knox.models import AuthToken  # noqa: PLC0415 - likewise

    return str(AuthToken.objects.create(user)[1])


def of_simplejwt(user: Any) -> str:
    """Sign an access token."""
    from rest_framework_simplejwt.tokens import AccessToken  # noqa: PLC0415 - likewise

    return str(AccessToken.for_user(user))


def of_claims(user: Any) -> str:
    """Sign an access token that holds the account."""
    from benchmarks.peers.claims import ClaimingSerializer  # noqa: PLC0415 - likewise

    return str(ClaimingSerializer.get_token(user).access_token)


def of_allauth(user: Any) -> str:
    """Log in, and return the session's key, which is the token."""
    from django.contrib.auth import login  # noqa: PLC0415 - needs the app registry
    from django.contrib.sessions.backends.db import SessionStore  # noqa: PLC0415 - likewise
    from django.http import HttpRequest  # noqa: PLC0415 - likewise

    request, last_login = HttpRequest(), user.last_login
    request.session = SessionStore()
    login(request, user, backend="allauth.account.auth_backends.AuthenticationBackend")
    request.session.save()
    type(user)._default_manager.update(last_login=last_login)  # noqa: SLF001 - Django documents it
    return str(request.session.session_key)


ISSUE: dict[str, Callable[[Any], str]] = {
    "latchkey": of_latchkey,
    "bare": of_nobody,
    "drf": of_nobody,
    "authtoken": of_authtoken,
    "axes": of_authtoken,
    "knox": of_knox,
    "simplejwt": of_simplejwt,
    "simplejwt_stateless": of_claims,
    "allauth": of_allauth,
}

if __name__ == "__main__":
    main(sys.argv[1:])
