"""A project on FastAPI, as its tutorial has it: a session of SQLAlchemy for each request, in a thread.

Each request looks its token up, with its account, by the digest of the key: one query, and revoked is revoked.
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Annotated

from fastapi import Depends, FastAPI, HTTPException
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from pydantic import BaseModel, ConfigDict
from sqlalchemy import select
from sqlalchemy.orm import Session

from benchmarks.peers.fastapi_tables import Token, User, connect, digest, issue, passwords

app = FastAPI()
engine = connect()
NOBODY = passwords.hash("")  # compared with where there is no account, so that it takes as long


class Account(BaseModel):
    """What Latchkey says of an account."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    username: str
    email: str
    first_name: str
    last_name: str
    is_staff: bool
    date_joined: datetime
    last_login: datetime | None


class Login(BaseModel):
    """A name and a password."""

    username: str
    password: str


class Key(BaseModel):
    """What a login hands out."""

    token: str


def open_session() -> Iterator[Session]:
    """Open a session for the request."""
    with Session(engine) as session:
        yield session


Sessions = Annotated[Session, Depends(open_session)]
Bearer = Annotated[HTTPAuthorizationCredentials, Depends(HTTPBearer())]


def authenticate(session: Sessions, bearer: Bearer) -> User:
    """Return the account of the request's token."""
    wanted = Token.digest == digest(bearer.credentials)
    found = select(User).join(Token, Token.user_id == User.id).where(wanted, Token.expires_at > datetime.now(UTC))
    user = session.scalars(found).one_or_none()
    if user is None or not user.is_active:
        raise HTTPException(401, headers={"WWW-Authenticate": "Bearer"})
    return user


@app.get("/api/v1/users/me/")
def read_me(user: Annotated[User, Depends(authenticate)]) -> Account:
    """Return one's own account."""
    return Account.model_validate(user)


@app.post("/api/v1/auth/login/")
def log_in(login: Login, session: Sessions) -> Key:
    """Check the password and hand out a token."""
    user = session.scalars(select(User).where(User.username == login.username)).one_or_none()
    is_right = passwords.verify(login.password, user.password if user else NOBODY)
    if user is None or not is_right or not user.is_active:
        raise HTTPException(400)
    return Key(token=issue(session, user.id))
