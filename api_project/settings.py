"""All settings of Latchkey. The environment is read here and nowhere else; README.md lists the variables."""

import os
from datetime import timedelta
from pathlib import Path

from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _
from environs import Env, validate

from api_project.databases import with_our_backend
from api_project.environment import host, network, read, read_list
from api_project.logs import configuration

BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = BASE_DIR / "var"  # what this machine keeps: database, secret key, collected static files
env = Env()
A_DURATION = "a duration such as 15m, 12h or 30d, at most 36500d; 0 switches it off"
ORIGINS = "origins such as https://app.example.org, separated by commas"
HOSTS = "host names such as auth.example.org, without scheme, port or path, separated by commas"
NETWORKS = "networks such as 10.0.0.0/8, with no bits set behind the prefix, or addresses, separated by commas"
LIFETIME = validate.Range(min=timedelta(0), max=timedelta(days=36_500))

# --- The process -----------------------------------------------------------------------------------------------------

DEBUG = read(env.bool, "DEBUG", "true or false", default=False)
KEPT_SECRET_KEY = VAR_DIR / "secret_key"  # made by `make run`, so that manage.py finds it as well
SECRET_KEY = read(
    env.str,
    "SECRET_KEY",
    "a random text, best of 50 characters or more",
    validate=validate.Length(min=1),
    **({"default": KEPT_SECRET_KEY.read_text().strip()} if KEPT_SECRET_KEY.exists() else {}),
)
HOST = read(env.str, "HOST", "the address to listen on", default="127.0.0.1", validate=validate.Length(min=1))
PORT = read(env.int, "PORT", "a port number from 1 to 65535", default=8000, validate=validate.Range(1, 65535))
CPUS = os.cpu_count() or 1
WORKERS = read(env.int, "WORKERS", "a number from 1 to 512", default=CPUS, validate=validate.Range(1, 512))

# --- Who may reach it ------------------------------------------------------------------------------------------------

ALLOWED_HOSTS = read_list(env.str, "ALLOWED_HOSTS", HOSTS, item=host, default="localhost,127.0.0.1,[::1]", least=1)
CSRF_TRUSTED_ORIGINS = read_list(env.str, "CSRF_TRUSTED_ORIGINS", ORIGINS, item=str)
TRUSTED_PROXIES = read_list(env.str, "TRUSTED_PROXIES", NETWORKS, item=network)
METRICS_NETWORKS = read_list(env.str, "METRICS_NETWORKS", NETWORKS, item=network, default="127.0.0.0/8,::1/128")
CORS_ALLOWED_ORIGINS = read_list(env.str, "CORS_ALLOWED_ORIGINS", ORIGINS, item=str)
CORS_URLS_REGEX = r"^/api/"
CORS_ALLOW_CREDENTIALS = True  # listed origins only, and the cookie is SameSite=Lax
CORS_EXPOSE_HEADERS = ["Retry-After", "WWW-Authenticate", "X-CSRFToken", "X-Request-ID"]
HTTPS = read(env.bool, "HTTPS", "true when people reach the service over TLS, else false", default=False)

# Forwarding headers reach Django from listed proxies only: api_project.middleware.decide_whom_to_believe.
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_SSL_REDIRECT = HTTPS
# An API client that came in the clear has shown its token already: a redirect would only hide the mistake from it.
SECURE_REDIRECT_EXEMPT = [r"^api/"]
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0  # a year
# Other services of the domain may not be ready for TLS: the operator's choice.
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = read(
    env.bool, "HSTS_SUBDOMAINS", "true if every subdomain is reached over TLS as well, else false", default=False
)
SESSION_COOKIE_SECURE = HTTPS
CSRF_COOKIE_SECURE = HTTPS
# What a page may load, and where its forms may go. No script and no style stands in a page itself.
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
    },
    "EXCLUDE_URL_PREFIXES": ["/api/v1/"],  # JSON loads nothing
}

# --- Parts -----------------------------------------------------------------------------------------------------------

INSTALLED_APPS = [
    "api_project.apps.ApiProjectConfig",
    "django.contrib.auth",
    "users.apps.UsersConfig",
    "auth_api.apps.AuthApiConfig",
    "audit.apps.AuditConfig",
    "dashboard.apps.DashboardConfig",
    "api_project.apps.LatchkeyAdminConfig",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "corsheaders",
    "csp",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
]
MIDDLEWARE = [
    "api_project.health.probes",
    "api_project.middleware.Edge",  # and past all that follows, if the request brings nothing for it
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "api_project.static_files.StaticFiles",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "api_project.identity.Cors",
    "api_project.middleware.refuse_unknown_hosts",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "auth_api.middleware.NoteSessionUse",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "api_project.middleware.error_pages",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]
ROOT_URLCONF = "api_project.urls"
WSGI_APPLICATION = "api_project.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- Database --------------------------------------------------------------------------------------------------------

SHARE = max(4, min(16, 80 // WORKERS))  # of the 100 connections that PostgreSQL allows unless it is told otherwise
DATABASE_CONNECTIONS = read(
    env.int, "DATABASE_CONNECTIONS", "a number from 1 to 100", default=SHARE, validate=validate.Range(1, 100)
)
A_DATABASE = "a URL such as postgresql://user:password@host:5432/name or sqlite:////srv/latchkey.sqlite3"
FILE = f"sqlite:///{VAR_DIR / 'latchkey.sqlite3'}"
DATABASES = {"default": with_our_backend(read(env.dj_db_url, "DATABASE_URL", A_DATABASE, default=FILE))}

# --- Accounts and credentials ----------------------------------------------------------------------------------------

AUTH_USER_MODEL = "users.User"
AUTHENTICATION_BACKENDS = ["auth_api.backends.LimitedBackend"]
PASSWORD_HASHERS = [
    "users.hashers.Argon2idHasher",
    # Read, and upgraded at the next login: accounts that come from another Django project.
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "users.passwords.AcceptedAtLoginValidator"},
]
A_PREFIX = validate.Regexp(r"\A[A-Za-z0-9]{1,16}\Z")
TOKEN_PREFIX = read(env.str, "TOKEN_PREFIX", "1 to 16 letters and digits", default="lk", validate=A_PREFIX)
TOKEN_LIFETIME = read(env.timedelta, "TOKEN_LIFETIME", A_DURATION, default=timedelta(days=30), validate=LIFETIME)
TOKEN_IDLE_LIFETIME = read(
    env.timedelta, "TOKEN_IDLE_LIFETIME", A_DURATION, default=timedelta(days=14), validate=LIFETIME
)
A_LIMIT = "a number from 1 to 1000000, or 0 for no limit"
LIMIT = validate.Range(0, 1_000_000)
TOKENS_PER_USER = read(env.int, "TOKENS_PER_USER", A_LIMIT, default=25, validate=LIMIT)
LOGIN_FAILURES_PER_ACCOUNT_AND_NETWORK = read(
    env.int, "LOGIN_FAILURES_PER_ACCOUNT_AND_NETWORK", A_LIMIT, default=5, validate=LIMIT
)
LOGIN_FAILURES_PER_ACCOUNT = read(env.int, "LOGIN_FAILURES_PER_ACCOUNT", A_LIMIT, default=30, validate=LIMIT)
LOGIN_FAILURES_PER_NETWORK = read(env.int, "LOGIN_FAILURES_PER_NETWORK", A_LIMIT, default=100, validate=LIMIT)
A_WINDOW = validate.Range(min=timedelta(seconds=1), max=timedelta(days=30))
LOGIN_WINDOW = read(
    env.timedelta, "LOGIN_WINDOW", "a duration from 1s to 30d", default=timedelta(minutes=15), validate=A_WINDOW
)
# Of one process. One more password than there are processors would only slow down the others.
PASSWORD_CHECKS_AT_ONCE = read(
    env.int, "PASSWORD_CHECKS_AT_ONCE", A_LIMIT, default=max(1, CPUS // WORKERS), validate=LIMIT
)
PASSWORD_CHECKS_WAITING = read(
    env.int, "PASSWORD_CHECKS_WAITING", "a number from 0 to 512", default=64, validate=validate.Range(0, 512)
)
A_WAIT = validate.Range(min=timedelta(seconds=1), max=timedelta(seconds=20))
PASSWORD_CHECK_WAIT = read(
    env.timedelta, "PASSWORD_CHECK_WAIT", "a duration from 1s to 20s", default=timedelta(seconds=5), validate=A_WAIT
)
LOGIN_URL, LOGIN_REDIRECT_URL = "login", "dashboard"
CSRF_FAILURE_VIEW = "api_project.error_views.csrf_failure"
FILE_UPLOAD_HANDLERS = ["api_project.uploads.NoFiles"]
SESSION_ENGINE = "auth_api.sessions"
SESSION_COOKIE_AGE = 14 * 24 * 3600  # seconds; of a session that is to be remembered, and at most of any other
# Passed on to `manage.py create_first_admin`; empty means a random one.
ADMIN_PASSWORD = read(env.str, "ADMIN_PASSWORD", "a password", default="")

# --- The API ---------------------------------------------------------------------------------------------------------

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "auth_api.authentication.TokenAuthentication",
        "auth_api.authentication.BearerAuthentication",
        "auth_api.authentication.CookieAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["api_project.renderers.FastJSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["auth_api.parsers.BoundedJSONParser"],
    "DEFAULT_CONTENT_NEGOTIATION_CLASS": "api_project.negotiation.NeverRefuse",
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "api_project.errors.exception_handler",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Latchkey",
    "DESCRIPTION": "A self-hosted token-auth API with a login log that can be trusted.",
    "VERSION": "0.1.0",
    "LICENSE": {"name": "MIT License", "url": "https://opensource.org/license/mit"},
    "TAGS": [
        {"name": "audit", "description": "The login log: a row for each authentication attempt."},
        {"name": "auth", "description": "Logging in and out; tokens, sessions and lockouts; who a request comes from."},
        {"name": "users", "description": "One's own account; everybody's, for staff."},
    ],
    "SCHEMA_PATH_PREFIX": r"/api/v1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_AUTHENTICATION": [],
    "COMPONENT_SPLIT_REQUEST": True,
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "REDOC_DIST": "SIDECAR",
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "api_project.document.put_right",
        "api_project.schema.add_error_responses",
    ],
    "ENUM_NAME_OVERRIDES": {f"{name}Enum": f"users.vocabulary.{name}" for name in ("FailureReason", "Entrance")},
}

# --- Text, time and files --------------------------------------------------------------------------------------------

LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("de", _("German"))]
LOCALE_PATHS = [BASE_DIR / "api_project" / "locale"]
FORMAT_MODULE_PATH = "api_project.locale"
TIME_ZONE = "UTC"
STATIC_URL = "static/"
STATIC_ROOT = VAR_DIR / "static"
STORAGES = {"staticfiles": {"BACKEND": "api_project.static_files.Storage"}}
WHITENOISE_USE_FINDERS = DEBUG or not (STATIC_ROOT / "staticfiles.json").exists()  # `make run` has them collected

# --- Logs: one line an event on standard error, JSON unless DEBUG ----------------------------------------------------

LOGGING = configuration(is_json=not DEBUG)
