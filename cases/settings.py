"""Django's settings, and the only module that reads the environment.

What the team may change is in config.yaml (cases/config.py). What belongs to one machine comes from
the environment: CME_CONFIG (the configuration file), CME_DATA (the data folder), CME_DATABASE_URL
(postgresql://...; without it SQLite in the data folder), CME_HTTPS=1 behind a TLS proxy, CME_HOSTS, CME_PORT, CME_LOG=json,
CME_METRICS_PORT (cases/metrics.py),
CME_SSO_ISSUER, CME_SSO_CLIENT, CME_SSO_ROLES and CME_PASSWORDS=off (sign-in with Microsoft Entra),
and secrets CME_<NAME> or files in $CREDENTIALS_DIRECTORY or <data folder>.secrets (mode 0600).
"""

from __future__ import annotations

import os
import secrets as _random
import sys
from pathlib import Path
from urllib.parse import unquote, urlsplit

ROOT = Path(__file__).resolve().parent.parent
CONFIG_FILE = Path(os.environ.get("CME_CONFIG") or ROOT / "config.yaml")
DATA = Path(os.environ.get("CME_DATA") or ROOT / "var" / "data").absolute()
SECRETS = Path(os.environ.get("CME_SECRETS") or f"{DATA}.secrets")
METRICS_PORT = int(os.environ.get("CME_METRICS_PORT") or 0)
WORKER = bool(os.environ.get("CME_WORKER"))
ENVIRONMENT = os.environ  # handed to child processes by flows/serving.py


class SecretMissing(Exception):
    """A secret is in none of the places where it may be. The message names it and the places."""


def secret(name: str) -> str:
    """Return the secret `name`: systemd credential, then CME_NAME, then a file of mode 0600.

    Raises:
        SecretMissing: none has it, or its file may be read by others.
    """
    folder = os.environ.get("CREDENTIALS_DIRECTORY")
    given = Path(folder) / name if folder else None
    # deploy/cme-flows.service gives an empty one where there is none.
    if given and given.is_file() and (told := given.read_text().strip()):
        return told
    if value := os.environ.get(f"CME_{name.upper()}"):
        return value
    path = SECRETS / name
    if not path.is_file():
        raise SecretMissing(
            f"{name} is not set: put it in CME_{name.upper()} or in {path} (mode 0600)."
        )
    if path.stat().st_mode & 0o077:
        raise SecretMissing(f"{path} can be read by others: chmod 600 {path}.")
    return path.read_text().strip()


def own_secret(name: str) -> str:
    """Return a secret of this installation's own, made at first need outside the data folder."""
    try:
        return secret(name)
    except SecretMissing:
        path = SECRETS / name
        if path.exists():
            raise
        SECRETS.mkdir(parents=True, exist_ok=True, mode=0o700)
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w") as file:
            file.write(_random.token_hex(32))
        return path.read_text().strip()


def _database() -> dict[str, object]:
    url = os.environ.get("CME_DATABASE_URL", "")
    if not url:
        DATA.mkdir(parents=True, exist_ok=True, mode=0o700)
        # IMMEDIATE: with SQLite's default a read that turns into a write fails at once when another
        # process writes, and no timeout helps it.
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": str(DATA / "cme.sqlite3"),
            "OPTIONS": {
                "timeout": 20,
                "transaction_mode": "IMMEDIATE",
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;"
                " PRAGMA foreign_keys=ON; PRAGMA busy_timeout=20000;",
            },
            "TEST": {"NAME": str(DATA / "test.sqlite3")},
        }
    parts = urlsplit(url)
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": parts.path.lstrip("/"),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": parts.hostname or "",
        "PORT": str(parts.port or ""),
        "OPTIONS": {"application_name": "cme-intake"},
    }


SECRET_KEY = own_secret("site_key")
DEBUG = False
HTTPS = os.environ.get("CME_HTTPS") == "1"
PORT = int(os.environ.get("CME_PORT") or 8000)
ALLOWED_HOSTS = ["127.0.0.1", "localhost", *os.environ.get("CME_HOSTS", "").split()]
CSRF_TRUSTED_ORIGINS = [f"https://{h}" for h in os.environ.get("CME_HOSTS", "").split()]

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "axes",
    "cases",
    "review",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "review.middleware.SessionLimits",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "review.middleware.DefaultDeny",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "csp.middleware.CSPMiddleware",
    "axes.middleware.AxesMiddleware",
]
ROOT_URLCONF = "review.urls"
WSGI_APPLICATION = "review.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.jinja2.Jinja2",
        "DIRS": [ROOT / "templates" / "pages"],
        "APP_DIRS": False,
        "OPTIONS": {
            "environment": "review.pages.environment",
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.messages.context_processors.messages",
                "review.pages.everywhere",
            ],
        },
    }
]
DATABASES = {"default": _database()}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_USER_MODEL = "cases.Person"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
_VALIDATION = "django.contrib.auth.password_validation"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"{_VALIDATION}.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": f"{_VALIDATION}.CommonPasswordValidator"},
    {"NAME": f"{_VALIDATION}.UserAttributeSimilarityValidator"},
]
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = 0.25  # hours
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_VERBOSE = False
AXES_SENSITIVE_PARAMETERS = ["username", "ip_address"]
# Sign-in with Microsoft Entra, only when it is configured (docs/runbook.md); `review/sso.py` does it.
SSO_ISSUER = os.environ.get("CME_SSO_ISSUER", "").rstrip("/")
SSO_CLIENT = os.environ.get("CME_SSO_CLIENT", "")
# What Entra's roles or groups are here: "CME.Officer=officer 0f3c...=manager".
SSO_ROLES = dict(
    pair.rsplit("=", 1) for pair in os.environ.get("CME_SSO_ROLES", "").split() if "=" in pair
)
PASSWORDS = not (SSO_ISSUER and os.environ.get("CME_PASSWORDS") == "off")
if SSO_ISSUER:
    INSTALLED_APPS += [
        "allauth",
        "allauth.account",
        "allauth.socialaccount",
        "allauth.socialaccount.providers.openid_connect",
    ]
    MIDDLEWARE += ["allauth.account.middleware.AccountMiddleware"]
    MIGRATION_MODULES = {"account": None, "socialaccount": None}  # it keeps nothing here
    SOCIALACCOUNT_ADAPTER = "review.sso.Adapter"

LOGIN_URL = "sign-in"
LOGIN_REDIRECT_URL = "today"
LOGOUT_REDIRECT_URL = "sign-in"

LANGUAGE_CODE = "en-gb"
TIME_ZONE = "Europe/London"
USE_I18N = False
USE_TZ = True

STATIC_URL = "static/"
STATICFILES_DIRS = [ROOT / "review" / "static"]
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = False
DATA_UPLOAD_MAX_MEMORY_SIZE = 30 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000

SESSION_COOKIE_AGE = 8 * 3600
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
if HTTPS:
    SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = "__Host-session", "__Host-csrf"
    SECURE_SSL_REDIRECT = True
    SECURE_HSTS_SECONDS = 31_536_000
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CONTENT_TYPE_NOSNIFF = True
X_FRAME_OPTIONS = "DENY"
CSRF_FAILURE_VIEW = "review.views.errors.csrf_failed"

from csp.constants import NONCE  # noqa: E402

_SELF = "'self'"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": [_SELF, NONCE],
        "style-src": [_SELF],
        "img-src": [_SELF, "data:"],
        "font-src": [_SELF],
        "connect-src": [_SELF],
        "form-action": [_SELF],
        "base-uri": ["'none'"],
        "frame-ancestors": ["'none'"],
        "manifest-src": [_SELF],
    }
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "plain": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"},
        "json": {"()": "cases.logs.JsonLines"},
    },
    "handlers": {
        "stderr": {
            "class": "logging.StreamHandler",
            "formatter": "json" if os.environ.get("CME_LOG") == "json" else "plain",
        }
    },
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    "loggers": {
        "cme": {"level": "INFO"},
        # Django's request logger prints paths and exception texts; our error page logs an id instead.
        "django.request": {"level": "CRITICAL"},
    },
}
TESTING = "pytest" in sys.modules
