"""The databases that are measured: a file, or PostgreSQL, made for the benchmark unless DATABASE_URL names one."""

import os
import sys
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
from psycopg import sql

DATABASES = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}
WITH_POSTGRESQL = Path(__file__).resolve().parent.parent / ".ci" / "with-postgresql"


def with_postgresql(name: str, module: str) -> None:
    """Begin anew with a cluster that is thrown away, if PostgreSQL is asked for and DATABASE_URL names none."""
    if name == "postgresql" and not os.environ.get("DATABASE_URL", "").startswith("postgresql:"):
        command = [str(WITH_POSTGRESQL), sys.executable, "-m", module, *sys.argv[1:]]
        os.execv(command[0], command)  # noqa: S606 - no shell is wanted


def database(name: str, place: Path) -> str:
    """Return the URL of a database named after the place: a file there, or one of PostgreSQL, made if need be."""
    if name == "sqlite":
        return f"sqlite:///{place / 'db.sqlite3'}"
    title = f"latchkey_{place.name}".lower()
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as connection:
        if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [title]).fetchone():
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(title)))
    return urlunsplit(urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{title}"))
