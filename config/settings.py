"""Settings of the register. Everything that differs between machines comes from the environment, and a wrong value
stops the start with a sentence that names the variable.

docs/operations.md lists the variables.
"""

from __future__ import annotations

import os
from datetime import timedelta
from importlib.util import find_spec
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.core.management.utils import get_random_secret_key
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from config import servers

BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = Path(os.environ.get("VAR_DIR") or BASE_DIR / "var")
#: Seconds of the times that a rate can name.
UNITS = {"second": 1, "minute": 60, "hour": 3600, "day": 86_400}
SHORTEST_TOKEN = 20

# --- readers of the environment -------------------------------------------------------------------------------------


def env_flag(name: str, default: bool) -> bool:
    """Read ``1``/``true``/``yes``/``on`` or their opposites; anything else is an error, not a guess."""
    value = os.environ.get(name, "").strip().lower()
    if not value:
        return default
    if value in {"1", "true", "yes", "on"}:
        return True
    if value in {"0", "false", "no", "off"}:
        return False
    raise ImproperlyConfigured(f"{name} must be true or false, not {value!r}.")


def env_list(name: str) -> list[str]:
    """Read a comma-separated list."""
    return [part.strip() for part in os.environ.get(name, "").split(",") if part.strip()]


def env_choice(name: str, choices: tuple[str, ...], default: str) -> str:
    """Read one of a few words."""
    value = os.environ.get(name, "").strip().lower() or default
    if value not in choices:
        raise ImproperlyConfigured(f"{name} must be {' or '.join(choices)}, not {value!r}.")
    return value


def env_networks(name: str) -> list[IPv4Network | IPv6Network]:
    """Read a comma-separated list of addresses and networks."""
    networks = []
    for part in env_list(name):
        try:
            networks.append(ip_network(part))
        except ValueError:
            message = f"{name} must list addresses or networks such as 127.0.0.1 or 10.0.0.0/8, not {part!r}."
            raise ImproperlyConfigured(message) from None
    return networks


def env_token(name: str) -> str:
    """Read a secret that programs send: long enough not to be guessed. No message says what it is."""
    value = os.environ.get(name, "").strip()
    if value and (len(value) < SHORTEST_TOKEN or not value.isascii() or len(value.split()) > 1):
        raise ImproperlyConfigured(f"{name} must be {SHORTEST_TOKEN} characters of ASCII or more, without spaces.")
    return value


def env_dsn(name: str) -> str:
    """Read the address that errors are reported to. No message says what it is: it holds a key."""
    value = os.environ.get(name, "").strip()
    if not value:
        return ""
    try:
        read = urlsplit(value)
        complete = read.scheme in {"https", "http"} and read.username and read.hostname and read.path.strip("/")
    except ValueError:
        complete = ""
    if not complete:
        raise ImproperlyConfigured(f"{name} must be an address such as https://key@errors.example.org/1.")
    if find_spec("sentry_sdk") is None:
        raise ImproperlyConfigured(f"{name} needs a package: pip install -r requirements-sentry.lock.")
    return value


def env_seconds(name: str, default: int) -> int:
    """Read a whole number of seconds, zero or more."""
    value = os.environ.get(name, "").strip()
    if not value:
        return default
    if not value.isascii() or not value.isdigit():
        raise ImproperlyConfigured(f"{name} must be a whole number of seconds, not {value!r}.")
    return int(value)


def env_minutes(name: str, default: int) -> int:
    """Read a whole number of minutes, zero or more."""
    value = os.environ.get(name, "").strip()
    if not value:
        return default
    if not value.isascii() or not value.isdigit():
        raise ImproperlyConfigured(f"{name} must be a whole number of minutes, not {value!r}.")
    return int(value)


def env_rate(name: str, default: str) -> tuple[int, int] | None:
    """Read requests in a time, such as ``600/minute``, as their number and the seconds; ``0`` is no limit: None."""
    value = os.environ.get(name, "").strip() or default
    return None if value == "0" else _rate(name, value, "a rate such as 600/minute")


def env_rates(name: str, default: str) -> list[tuple[int, int]]:
    """Read several rates that all hold, such as ``5/hour,20/day``; ``0`` is no limit: none."""
    value = os.environ.get(name, "").strip() or default
    if value == "0":
        return []
    return [_rate(name, part.strip(), "rates such as 5/hour,20/day") for part in value.split(",")]


def _rate(name: str, value: str, wanted: str) -> tuple[int, int]:
    number, _slash, unit = value.partition("/")
    if not (number.isascii() and number.isdigit() and int(number) and unit in UNITS):
        raise ImproperlyConfigured(f"{name} must be 0 or {wanted}, not {value!r}.")
    return int(number), UNITS[unit]


def env_origins(name: str) -> list[str]:
    """Read a comma-separated list of origins, each with its scheme."""
    origins = env_list(name)
    for origin in origins:
        if not origin.startswith(("https://", "http://")):
            raise ImproperlyConfigured(f"{name} must list origins such as https://example.org, not {origin!r}.")
    return origins


def secret_key(debug: bool) -> str:
    """The key that signs sessions: from SECRET_KEY, or kept in the file that SECRET_KEY_FILE names, made once."""
    if key := os.environ.get("SECRET_KEY"):
        return key
    if path := os.environ.get("SECRET_KEY_FILE"):
        return _kept_key(Path(path))
    if debug:
        return "insecure-key-for-development-only"
    raise ImproperlyConfigured("SECRET_KEY is required when DEBUG is off: set it to a long random text.")


def _kept_key(path: Path) -> str:
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(get_random_secret_key())
    key = path.read_text().strip()
    if not key:
        raise ImproperlyConfigured(f"SECRET_KEY_FILE: {path} is empty; remove it, and a new key is made.")
    return key


def issuer(_device: object) -> str:
    """What an authenticator app calls the register."""
    return gettext("Register of sister cities")


# --- core -----------------------------------------------------------------------------------------------------------

DEBUG = env_flag("DEBUG", False)
SECRET_KEY = secret_key(DEBUG)
ALLOWED_HOSTS = env_list("ALLOWED_HOSTS") or (["localhost", "127.0.0.1", "[::1]"] if DEBUG else [])
if not ALLOWED_HOSTS:
    raise ImproperlyConfigured("ALLOWED_HOSTS is required when DEBUG is off: list the names this site answers to.")

INSTALLED_APPS = [
    "friendship.apps.FriendshipConfig",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.sitemaps",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django_filters",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "simple_history",
    "axes",
    "django_otp",
    "django_otp.plugins.otp_totp",
    "django_otp.plugins.otp_static",
    "csp",
    "corsheaders",
]

MIDDLEWARE = [
    "corsheaders.middleware.CorsMiddleware",  # first, so that redirects and refusals carry its headers as well
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",  # here, so that files and refusals say it as well
    "friendship.middleware.CompressionMiddleware",
    "friendship.middleware.PolicyMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "friendship.middleware.LanguageMiddleware",
    "friendship.databases.middleware.StandbyMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django_otp.middleware.OTPMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "simple_history.middleware.HistoryRequestMiddleware",
    "friendship.accounts.middleware.AccountMiddleware",
    "axes.middleware.AxesMiddleware",  # last: it replaces the answer to a log-in that is locked out
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.jinja2.Jinja2",
        "NAME": "pages",
        "DIRS": [BASE_DIR / "templates" / "pages"],
        "OPTIONS": {"environment": "friendship.templating.environment"},
    },
    {
        # The admin and the packages keep Django's own engine.
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]

DATABASES = servers.databases(
    os.environ.get("DATABASE_URL", "").strip(), env_list("DATABASE_REPLICA_URLS"), VAR_DIR, env_flag("PGBOUNCER", False)
)
DATABASE_ROUTERS = ["friendship.databases.routing.Router"] if len(DATABASES) > 1 else []
#: How long a page waits for a word from PostgreSQL; 0: for ever. Commands wait for ever.
STATEMENT_SECONDS = env_seconds("STATEMENT_SECONDS", 10)
# Whole pages are kept in it until the register changes (friendship/freshness.py), some 10 kB each.
CACHES = servers.caches(os.environ.get("REDIS_URL", "").strip())

# Long, and none that others have: what kinds of characters it has is nobody's business.
AUTH_PASSWORD_VALIDATORS: list[dict[str, Any]] = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "friendship.accounts.passwords.MaximumLengthValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]

# The first refuses who is locked out, the second knows people.
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "friendship.accounts.backend.StaffBackend"]
LOGIN_REDIRECT_URL = "admin:index"
SESSION_COOKIE_AGE = 12 * 60 * 60  # from the log-in, however busy the person is
SESSION_IDLE = 60 * env_minutes("SESSION_IDLE", 120)  # seconds without a page after which a session ends; 0: never

# After five failures of one name from one network address, and after thirty of one address under whatever names, nobody
# gets in from there for a quarter of an hour, not even with the right password.
AXES_FAILURE_LIMIT = 5
AXES_ADDRESS_LIMIT = 30  # our own, read by AXES_HANDLER: an office of many people may have one address
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False  # who keeps trying does not lock themselves out for ever
AXES_HANDLER = "friendship.accounts.lockout.Handler"
AXES_CLIENT_IP_CALLABLE = "friendship.accounts.lockout.network"
AXES_USERNAME_CALLABLE = "friendship.accounts.lockout.name"
AXES_LOCKOUT_CALLABLE = "friendship.accounts.lockout.answer"
AXES_DISABLE_ACCESS_LOG = True  # the register keeps its own, of more than log-ins
AXES_ENABLE_ADMIN = False  # friendship.admin.access shows them, in Chinese
AXES_VERBOSE = False

OTP_TOTP_ISSUER = issuer

# --- language and time ----------------------------------------------------------------------------------------------

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "简体中文"), ("en", "English")]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = True
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True

# --- static files ---------------------------------------------------------------------------------------------------

STATIC_URL = "/static/"
STATIC_ROOT = Path(os.environ.get("STATIC_DIR") or VAR_DIR / "static")
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}

# --- security -------------------------------------------------------------------------------------------------------

# Plain http on this machine is the default of ``make run``; HTTPS=true is for a public server behind TLS.
HTTPS = env_flag("HTTPS", False)
SECURE_SSL_REDIRECT = HTTPS
SECURE_HSTS_SECONDS = env_seconds("HSTS_SECONDS", 31_536_000 if HTTPS else 0)
# Off unless asked for: they bind an office's other sites as well, and browsers do not forget for a year. The checks
# that would have them on every site are silenced for that reason.
SECURE_HSTS_INCLUDE_SUBDOMAINS = env_flag("HSTS_SUBDOMAINS", False)
SECURE_HSTS_PRELOAD = env_flag("HSTS_PRELOAD", False)
SILENCED_SYSTEM_CHECKS = ["security.W005", "security.W021"]
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$", r"^metrics$"]  # asked from beside the register, without TLS
BEHIND_PROXY = env_flag("BEHIND_PROXY", False)
if BEHIND_PROXY:
    # Only where a proxy in front sets this header and removes the visitor's own.
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_SECURE = HTTPS
CSRF_COOKIE_SECURE = HTTPS
# Browsers take a cookie of such a name from this very host alone, and over https alone.
SESSION_COOKIE_NAME = "__Host-session" if HTTPS else "sessionid"
CSRF_COOKIE_NAME = "__Host-csrf" if HTTPS else "csrftoken"
CSRF_COOKIE_HTTPONLY = True
CSRF_TRUSTED_ORIGINS = env_origins("CSRF_TRUSTED_ORIGINS")
CSRF_FAILURE_VIEW = "friendship.views.errors.csrf_failure"

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}

# What anybody may read, a script on another site may read as well, without cookies; pages and the admin it may not.
CORS_ALLOW_ALL_ORIGINS = True
CORS_ALLOW_METHODS = ["GET", "HEAD", "OPTIONS"]
CORS_ALLOW_HEADERS = ["accept", "accept-language", "if-none-match"]
CORS_EXPOSE_HEADERS = [
    "Content-Disposition",
    "ETag",
    "Link",
    "RateLimit-Limit",
    "RateLimit-Remaining",
    "RateLimit-Reset",
    "Retry-After",
    "X-Request-ID",
]
CORS_URLS_REGEX = (
    r"^/(api/(?!v1/docs/)|(en/)?(relationships\.[a-z]+|datapackage\.json|map/data\.json|statistics/[\w-]+\.csv"
    r"|feeds/recent\.xml|anniversaries\.ics)$)"
)

# --- packages -------------------------------------------------------------------------------------------------------

REST_FRAMEWORK = {
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_AUTHENTICATION_CLASSES": [],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.AllowAny"],
    "DEFAULT_PAGINATION_CLASS": "friendship.api.pagination.RegisterPagination",
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "DEFAULT_THROTTLE_CLASSES": ["friendship.api.throttling.ClientRate"],
    "NUM_PROXIES": 1 if BEHIND_PROXY else 0,  # how many addresses at the end of X-Forwarded-For are to be trusted
    "UNAUTHENTICATED_USER": None,
    "URL_FORMAT_OVERRIDE": None,  # JSON is all there is: a parameter format is as unknown as any other
}
API_RATE = env_rate("API_RATE", "1200/minute")  # of one address
SUGGESTION_RATE = env_rates("SUGGESTION_RATE", "5/hour,20/day")  # corrections that one address sends
SPECTACULAR_SETTINGS = {
    "TITLE": _("Register of sister-city relationships"),
    "DESCRIPTION": _(
        "Every tie with the source that states it. Read-only, without an account. Follow “next” to read a whole list; "
        "send the ETag of an answer back as If-None-Match to hear that nothing has changed; the RateLimit headers say "
        "how many requests are left."
    ),
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "friendship.api.describing.describe_components",
        "friendship.api.describing.leave_open_what_fields_leaves_out",
        "friendship.api.describing.add_examples",
    ],
}

# --- what is told to those who run it --------------------------------------------------------------------------------

# Nobody, unless told: behind a proxy on this machine everybody comes from 127.0.0.1, so not even that is safe.
METRICS_ALLOWED = env_networks("METRICS_ALLOWED")
METRICS_TOKEN = env_token("METRICS_TOKEN")
SENTRY_DSN = env_dsn("SENTRY_DSN")

LOG_FORMAT = env_choice("LOG_FORMAT", ("json", "text"), "text" if DEBUG else "json")
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "json": {"()": "friendship.telemetry.lines.Json"},
        "text": {"()": "friendship.telemetry.lines.Text"},
    },
    "filters": {"with_traceback": {"()": "friendship.telemetry.lines.WithTraceback"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": LOG_FORMAT}},
    "loggers": {
        "axes": {"level": "WARNING"},  # what is as it should be stands in the access log
        # Django's own handlers go: everything is told once, in one form.
        "django": {"handlers": [], "level": "INFO"},
        "django.request": {"filters": ["with_traceback"]},  # friendship.requests tells of every request
        "django.server": {"handlers": [], "level": "WARNING", "propagate": True},
    },
    "root": {"handlers": ["console"], "level": "INFO"},
}
