"""The tables of the FastAPI project, and how they are filled: accounts, and tokens by the digest of their key."""

import hashlib
import os
import secrets
from datetime import UTC, datetime, timedelta

from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher
from sqlalchemy import DateTime, Dialect, Engine, ForeignKey, String, TypeDecorator, create_engine, event
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

URL = os.environ["DATABASE_URL"].replace("postgresql:", "postgresql+psycopg:")
LIFETIME = timedelta(days=30)
# What pwdlib recommends, or Latchkey's parameters.
HASHERS = {
    "default": PasswordHash.recommended,
    "argon2id": lambda: PasswordHash((Argon2Hasher(time_cost=2, memory_cost=19 * 1024, parallelism=1),)),
}
passwords = HASHERS[os.environ["PEER_HASHER"]]()


class Moment(TypeDecorator[datetime]):
    """A time in UTC, which SQLite does not say."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Say it."""
        return value.replace(tzinfo=UTC) if value and value.tzinfo is None else value


class Base(DeclarativeBase):
    """What all tables have."""


class User(Base):
    """An account, as Django has it."""

    __tablename__ = "users"
    id: Mapped[int] = mapped_column(primary_key=True)
    username: Mapped[str] = mapped_column(String(150), unique=True)
    email: Mapped[str] = mapped_column(String(254))
    first_name: Mapped[str] = mapped_column(String(150), default="")
    last_name: Mapped[str] = mapped_column(String(150), default="")
    password: Mapped[str] = mapped_column(String(128))
    is_staff: Mapped[bool] = mapped_column(default=False)
    is_active: Mapped[bool] = mapped_column(default=True)
    date_joined: Mapped[datetime] = mapped_column(Moment)
    last_login: Mapped[datetime] = mapped_column(Moment)


class Token(Base):
    """A token, of which only the digest is kept."""

    __tablename__ = "tokens"
    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey(User.id, ondelete="CASCADE"))
    expires_at: Mapped[datetime] = mapped_column(Moment)


def connect() -> Engine:
    """Return the pool of connections: one for each thread that FastAPI has for its endpoints."""
    engine = create_engine(URL, pool_size=40)
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", prepare_sqlite)
    return engine


def prepare_sqlite(connection: object, record: object) -> None:
    """Have it as Latchkey has it, so that the database makes no difference."""
    connection.execute("PRAGMA journal_mode=WAL")  # type: ignore[attr-defined]  # the driver's
    connection.execute("PRAGMA synchronous=FULL")  # type: ignore[attr-defined]  # likewise


def issue(session: Session, user_id: int) -> str:
    """Make a token and return its key."""
    key = secrets.token_urlsafe(32)
    session.add(Token(digest=digest(key), user_id=user_id, expires_at=datetime.now(UTC) + LIFETIME))
    session.commit()
    return key


def digest(key: str) -> str:
    """Return what is kept of a key."""
    return hashlib.sha256(key.encode()).hexdigest()
