"""The environment variables that config/settings.py reads, as tests want them."""

from __future__ import annotations

import os
from pathlib import Path

# docs/operations.md lists them: what a developer has set must not change what a test sees. The tests' own switch for
# database calls beside Playwright's event loop is no part of production either.
SETTINGS = (
    "ALLOWED_HOSTS",
    "API_RATE",
    "BEHIND_PROXY",
    "CSRF_TRUSTED_ORIGINS",
    "DATABASE_REPLICA_URLS",
    "DATABASE_URL",
    "DEBUG",
    "DJANGO_ALLOW_ASYNC_UNSAFE",
    "HSTS_PRELOAD",
    "HSTS_SECONDS",
    "HSTS_SUBDOMAINS",
    "HTTPS",
    "LOG_FORMAT",
    "METRICS_ALLOWED",
    "METRICS_TOKEN",
    "PGBOUNCER",
    "REDIS_URL",
    "SECRET_KEY",
    "SECRET_KEY_FILE",
    "SENTRY_DSN",
    "SESSION_IDLE",
    "STATEMENT_SECONDS",
    "STATIC_DIR",
    "SUGGESTION_RATE",
    "VAR_DIR",
)
#: Long and mixed enough for ``check --deploy``.
SECRET_KEY = "only-for-tests-0123456789-abcdefghijklmnopqrstuvwxyz-ABCDEFG"


def production(var_dir: Path, **variables: str) -> dict[str, str]:
    """Give this process’s environment, with the register’s own variables replaced by those of a production server."""
    inherited = {name: value for name, value in os.environ.items() if name not in SETTINGS}
    return {
        **inherited,
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "API_RATE": "0",  # tests ask faster than any visitor
        "ALLOWED_HOSTS": "127.0.0.1,localhost,testserver",
        "SECRET_KEY": SECRET_KEY,
        "SUGGESTION_RATE": "0",
        "VAR_DIR": str(var_dir),
        **variables,
    }
