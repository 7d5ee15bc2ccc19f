"""Reading the environment."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SETTINGS = (ROOT / "api_project" / "settings.py").read_text()


def load(expression: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Print an expression of the settings in a process of its own, under this environment alone."""
    return subprocess.run(
        [sys.executable, "-c", f"from api_project import settings; print({expression})"],
        cwd=ROOT, env={"PATH": os.environ["PATH"], **environment}, capture_output=True, text=True, check=False,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("expression", "variable", "value", "result"),
    [
        ("settings.DEBUG", None, None, "False"),
        ("settings.DEBUG", "DEBUG", "true", "True"),
        ("settings.ALLOWED_HOSTS", None, None, "['localhost', '127.0.0.1', '[::1]']"),
        ("settings.ALLOWED_HOSTS", "ALLOWED_HOSTS", "a.example,b.example", "['a.example', 'b.example']"),
        ("settings.ALLOWED_HOSTS", "ALLOWED_HOSTS", ".example.org,*", "['.example.org', '*']"),
        ("settings.ALLOWED_HOSTS", "ALLOWED_HOSTS", "[2001:db8::1],Auth.Example", "['[2001:db8::1]', 'Auth.Example']"),
        ("settings.TOKEN_LIFETIME", None, None, "30 days, 0:00:00"),
        ("settings.TOKEN_LIFETIME", "TOKEN_LIFETIME", "12h", "12:00:00"),
        ("settings.TOKEN_LIFETIME", "TOKEN_LIFETIME", "0", "0:00:00"),
        ("settings.TRUSTED_PROXIES", "TRUSTED_PROXIES", "10.0.0.0/8", "[IPv4Network('10.0.0.0/8')]"),
        ("settings.TRUSTED_PROXIES", "TRUSTED_PROXIES", "::1/128 ,,", "[IPv6Network('::1/128')]"),
        ("settings.TRUSTED_PROXIES", "TRUSTED_PROXIES", "::ffff:10.0.0.0/104", "[IPv4Network('10.0.0.0/8')]"),
        ("settings.TRUSTED_PROXIES", "TRUSTED_PROXIES", "::ffff:10.0.0.1", "[IPv4Network('10.0.0.1/32')]"),
        ("settings.TRUSTED_PROXIES", "TRUSTED_PROXIES", "::/0", "[IPv6Network('::/0')]"),
        ("settings.METRICS_NETWORKS", "METRICS_NETWORKS", "::ffff:0:0/96", "[IPv4Network('0.0.0.0/0')]"),
        ("settings.TRUSTED_PROXIES", None, None, "[]"),
        ("settings.METRICS_NETWORKS", "METRICS_NETWORKS", "", "[]"),
        ("settings.METRICS_NETWORKS", None, None, "[IPv4Network('127.0.0.0/8'), IPv6Network('::1/128')]"),
        ("settings.SESSION_COOKIE_SECURE", "HTTPS", "true", "True"),
        (
            "settings.DATABASES['default']['ENGINE']",
            "DATABASE_URL",
            "postgresql://u@h/d",
            "api_project.postgresql",
        ),
        (
            "settings.DATABASES['default']['OPTIONS']['sslmode']",
            "DATABASE_URL",
            "postgresql://u@h/d?sslmode=verify-full&options=-c%20a%3Db",
            "verify-full",
        ),
        ("settings.DATABASES['default']['NAME']", "DATABASE_URL", "sqlite:////srv/x.sqlite3", "/srv/x.sqlite3"),
    ],
)
def test_variable_is_typed(expression: str, variable: str | None, value: str, result: str) -> None:
    loaded = load(expression, SECRET_KEY="x" * 50, **({variable: value} if variable else {}))
    assert loaded.stdout.strip() == result, loaded.stderr


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("SECRET_KEY", ""),
        ("DEBUG", "perhaps"),
        ("PORT", "http"),
        ("PORT", "70000"),
        ("WORKERS", "0"),
        ("ALLOWED_HOSTS", ""),
        ("ALLOWED_HOSTS", " , "),
        ("ALLOWED_HOSTS", "https://auth.example.org"),
        ("ALLOWED_HOSTS", "auth.example.org:8000"),
        ("ALLOWED_HOSTS", "auth.example.org/"),
        ("ALLOWED_HOSTS", "*.example.org"),
        ("ALLOWED_HOSTS", "auth.example.org."),
        ("ALLOWED_HOSTS", "2001:db8::1"),
        ("ALLOWED_HOSTS", "localhost,auth example"),
        ("TOKEN_LIFETIME", "a month"),
        ("TOKEN_LIFETIME", "-1d"),
        ("TOKEN_LIFETIME", "36501d"),
        ("TOKEN_LIFETIME", "999999999999d"),
        ("TOKENS_PER_USER", "-1"),
        ("DATABASE_CONNECTIONS", "101"),
        ("PASSWORD_CHECKS_WAITING", "513"),
        ("TOKEN_PREFIX", "l_k"),
        ("TOKEN_PREFIX", ""),
        ("TRUSTED_PROXIES", "proxy.example"),
        ("METRICS_NETWORKS", "proxy.example"),
        ("DATABASE_URL", "mysql-ish://secret"),
        ("DATABASE_URL", "mysql://secret"),
        ("DATABASE_URL", "postgresql://u:secret@h/d?foo=bar"),
        ("DATABASE_URL", "postgresql://u:secret@h/d?conn_max_age=abc"),
        ("DATABASE_URL", "postgresql://u:secret@h"),
        ("DATABASE_URL", "sqlite:////srv/x.sqlite3?timeout=3"),
        ("HTTPS", "on the way"),
    ],
)
def test_wrong_value_is_refused_by_name_and_not_repeated(variable: str, value: str) -> None:
    loaded = load("'loaded'", **({"SECRET_KEY": "x" * 50} | {variable: value}))
    assert loaded.returncode != 0
    last_line = loaded.stderr.strip().splitlines()[-1]
    assert last_line.startswith(
        f"django.core.exceptions.ImproperlyConfigured: The environment variable {variable} must "
    )
    assert not value or value not in last_line.partition("must")[2]


@pytest.mark.parametrize("variable", ["TRUSTED_PROXIES", "METRICS_NETWORKS"])
def test_network_with_bits_behind_its_prefix_is_refused_in_a_sentence_that_says_so(variable: str) -> None:
    loaded = load("'loaded'", SECRET_KEY="x" * 50, **{variable: "10.0.0.5/8"})
    assert "with no bits set behind the prefix" in loaded.stderr


@pytest.mark.parametrize("written", ["a.example,b.example", "a.example, b.example", " a.example ,\tb.example\n,, "])
@pytest.mark.parametrize("variable", ["ALLOWED_HOSTS", "CORS_ALLOWED_ORIGINS", "CSRF_TRUSTED_ORIGINS"])
def test_spaces_and_empty_items_of_a_list_do_not_count(variable: str, written: str) -> None:
    loaded = load(f"settings.{variable}", SECRET_KEY="x" * 50, **{variable: written})
    assert loaded.stdout.strip() == "['a.example', 'b.example']", loaded.stderr


@pytest.mark.parametrize("variable", re.findall(r'env\.int,\s*"(\w+)"', SETTINGS))
def test_number_without_sense_is_refused_by_name(variable: str) -> None:
    loaded = load("'loaded'", SECRET_KEY="x" * 50, **{variable: "99999999999999999999999"})
    assert f"The environment variable {variable} must hold a" in loaded.stderr


def test_environment_is_read_in_the_settings_alone() -> None:
    readers = {
        str(path.relative_to(ROOT))
        for app in ("api_project", "auth_api", "audit", "users")
        for path in (ROOT / app).rglob("*.py")
        if re.search(r"environ\b|getenv|Env\(\)", path.read_text())
    }
    # The entry point says which settings these are, and the gateway means the request's environ.
    assert readers == {"api_project/settings.py", "api_project/wsgi.py", "api_project/gateway.py"}
