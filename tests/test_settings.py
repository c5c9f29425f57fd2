"""config/settings.py: a wrong value stops the start with a sentence that names the variable."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.servers.environment import SETTINGS, production
from tests.servers.register import ROOT


def load(tmp_path: Path, code: str = "", **variables: str) -> subprocess.CompletedProcess[str]:
    """Load the settings in a process of their own; an empty value stands for an unset variable."""
    script = f"from django.conf import settings; settings.DEBUG; {code}"
    return subprocess.run(
        [sys.executable, "-c", script],
        cwd=ROOT,
        env=production(tmp_path, **variables),
        capture_output=True,
        text=True,
        check=False,
    )


def value(tmp_path: Path, setting: str, **variables: str) -> str:
    done = load(tmp_path, f"print(settings.{setting})", **variables)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


_PRIMARY = "postgres://register:planted@primary/ties"


@pytest.mark.parametrize(
    ("variables", "sentence"),
    [
        ({"SECRET_KEY": ""}, "SECRET_KEY is required when DEBUG is off: set it to a long random text."),
        (
            {"ALLOWED_HOSTS": " , "},
            "ALLOWED_HOSTS is required when DEBUG is off: list the names this site answers to.",
        ),
        ({"DEBUG": "maybe"}, "DEBUG must be true or false, not 'maybe'."),
        ({"HTTPS": "2"}, "HTTPS must be true or false, not '2'."),
        ({"BEHIND_PROXY": "nginx"}, "BEHIND_PROXY must be true or false, not 'nginx'."),
        ({"API_RATE": "600"}, "API_RATE must be 0 or a rate such as 600/minute, not '600'."),
        ({"API_RATE": "-1/minute"}, "API_RATE must be 0 or a rate such as 600/minute, not '-1/minute'."),
        ({"API_RATE": "0/minute"}, "API_RATE must be 0 or a rate such as 600/minute, not '0/minute'."),
        ({"API_RATE": "6/moon"}, "API_RATE must be 0 or a rate such as 600/minute, not '6/moon'."),
        (
            {"SUGGESTION_RATE": "5/hour,20"},
            "SUGGESTION_RATE must be 0 or rates such as 5/hour,20/day, not '20'.",
        ),
        ({"SESSION_IDLE": "2h"}, "SESSION_IDLE must be a whole number of minutes, not '2h'."),
        ({"SESSION_IDLE": "-1"}, "SESSION_IDLE must be a whole number of minutes, not '-1'."),
        ({"HSTS_SECONDS": "one year"}, "HSTS_SECONDS must be a whole number of seconds, not 'one year'."),
        ({"HSTS_SECONDS": "-1"}, "HSTS_SECONDS must be a whole number of seconds, not '-1'."),
        (
            {"CSRF_TRUSTED_ORIGINS": "example.org"},
            "CSRF_TRUSTED_ORIGINS must list origins such as https://example.org, not 'example.org'.",
        ),
        ({"LOG_FORMAT": "xml"}, "LOG_FORMAT must be json or text, not 'xml'."),
        (
            {"METRICS_ALLOWED": "127.0.0.1, localhost"},
            "METRICS_ALLOWED must list addresses or networks such as 127.0.0.1 or 10.0.0.0/8, not 'localhost'.",
        ),
        (
            {"METRICS_ALLOWED": "10.0.0.1/8"},
            "METRICS_ALLOWED must list addresses or networks such as 127.0.0.1 or 10.0.0.0/8, not '10.0.0.1/8'.",
        ),
        ({"METRICS_TOKEN": "planted"}, "METRICS_TOKEN must be 20 characters of ASCII or more, without spaces."),
        ({"METRICS_TOKEN": "planted " * 4}, "METRICS_TOKEN must be 20 characters of ASCII or more, without spaces."),
        ({"METRICS_TOKEN": "友城" * 10}, "METRICS_TOKEN must be 20 characters of ASCII or more, without spaces."),
        ({"SENTRY_DSN": "planted"}, "SENTRY_DSN must be an address such as https://key@errors.example.org/1."),
        (
            {"SENTRY_DSN": "https://planted@errors.example.org"},
            "SENTRY_DSN must be an address such as https://key@errors.example.org/1.",
        ),
        (
            {"SENTRY_DSN": "https://planted@[errors/1"},
            "SENTRY_DSN must be an address such as https://key@errors.example.org/1.",
        ),
        ({"DATABASE_URL": "nonsense"}, "DATABASE_URL cannot be read:"),
        ({"DATABASE_URL": "postgres://register:planted#1@host/ties"}, "DATABASE_URL cannot be read:"),
        ({"DATABASE_URL": "oracel://localhost/register"}, "DATABASE_URL cannot be read:"),
        (
            {"DATABASE_REPLICA_URLS": "postgres://register:planted@one/ties"},
            "DATABASE_REPLICA_URLS needs a DATABASE_URL of PostgreSQL.",
        ),
        *(
            (
                {"DATABASE_URL": _PRIMARY, "DATABASE_REPLICA_URLS": f"postgres://register:planted@one/ties,{wrong}"},
                "DATABASE_REPLICA_URLS cannot be read: number 2 is not an address such as postgres://user:password@",
            )
            for wrong in ("planted", "postgres://register:planted#1@host/ties", "sqlite:////planted", "postgres://host")
        ),
        ({"PGBOUNCER": "transaction"}, "PGBOUNCER must be true or false, not 'transaction'."),
        *(
            (
                {"REDIS_URL": wrong},
                "REDIS_URL must be one address such as redis://:password@cache.example.org:6379/0.",
            )
            for wrong in (
                "planted",
                "http://planted@host",
                "redis://",
                "redis://:planted@one,redis://two",
                "redis://[x",
            )
        ),
    ],
)
def test_wrong_value_stops_the_start(tmp_path: Path, variables: dict[str, str], sentence: str) -> None:
    done = load(tmp_path, **variables)
    assert done.returncode == 1
    assert f"ImproperlyConfigured: {sentence}" in done.stderr.splitlines()[-1]
    assert "planted" not in done.stderr


@pytest.mark.parametrize(
    ("variable", "address", "package", "name"),
    [
        ("SENTRY_DSN", "https://planted@errors.example.org/1", "sentry_sdk", "sentry"),
        ("REDIS_URL", "redis://:planted@cache.example.org:6379/0", "redis", "redis"),
    ],
)
def test_what_needs_a_package_says_which(tmp_path: Path, variable: str, address: str, package: str, name: str) -> None:
    script = f"import sys; sys.modules['{package}'] = None; from django.conf import settings; settings.DEBUG"
    environment = production(tmp_path, **{variable: address})
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    sentence = f"ImproperlyConfigured: {variable} needs a package: pip install -r requirements-{name}.lock."
    assert done.stderr.splitlines()[-1].endswith(sentence)
    assert "planted" not in done.stderr


@pytest.mark.parametrize(
    ("variables", "form"),
    [
        ({}, "json"),
        ({"DEBUG": "true"}, "text"),
        ({"DEBUG": "true", "LOG_FORMAT": "JSON"}, "json"),
        ({"LOG_FORMAT": "text"}, "text"),
    ],
)
def test_the_log_is_json_unless_somebody_develops(tmp_path: Path, variables: dict[str, str], form: str) -> None:
    code = "settings.LOG_FORMAT, settings.LOGGING['handlers']['console']['formatter']"
    assert load(tmp_path, f"print({code})", **variables).stdout.strip() == f"{form} {form}"


def test_several_origins_are_trusted(tmp_path: Path) -> None:
    origins = "https://example.org, http://localhost:8000,"
    told = value(tmp_path, "CSRF_TRUSTED_ORIGINS", CSRF_TRUSTED_ORIGINS=origins)
    assert told == "['https://example.org', 'http://localhost:8000']"


def test_where_errors_are_reported_to_is_kept_as_it_is_written(tmp_path: Path) -> None:
    address = "https://key@errors.example.org/1"
    assert value(tmp_path, "SENTRY_DSN", SENTRY_DSN=f" {address} ") == address


def test_a_database_that_is_gone_without_a_word_is_given_up(tmp_path: Path) -> None:
    url = "postgres://db.example.org/ties"
    assert value(tmp_path, "DATABASES['default']['OPTIONS']", DATABASE_URL=url) == "{'connect_timeout': 5}"
    told = value(tmp_path, "DATABASES['default']['OPTIONS']", DATABASE_URL=f"{url}?connect_timeout=9&sslmode=require")
    assert told == "{'connect_timeout': 9, 'sslmode': 'require'}"


def test_standbys_are_databases_and_the_primary_is_looked_for_among_all(tmp_path: Path) -> None:
    variables = {
        "DATABASE_URL": "postgres://register:planted@primary/ties",
        "DATABASE_REPLICA_URLS": "postgres://register:planted@one:6432/ties, postgres://reader:planted@two/ties",
    }
    code = "sorted((alias, each['HOST'], str(each['PORT'])) for alias, each in settings.DATABASES.items())"
    told = load(tmp_path, f"print({code})", **variables).stdout.strip()
    expected = [("default", "primary,one", "5432,6432"), ("standby_1", "one", "6432"), ("standby_2", "two", "")]
    assert told == str(expected)
    options = value(tmp_path, "DATABASES['default']['OPTIONS']", **variables)
    assert options == "{'target_session_attrs': 'read-write', 'connect_timeout': 5}"
    patience = "{'connect_timeout': 1, 'tcp_user_timeout': 2000}"
    assert value(tmp_path, "DATABASES['standby_1']['OPTIONS']", **variables) == patience


def test_where_the_address_says_which_servers_there_are_that_holds(tmp_path: Path) -> None:
    url = "postgres://register@/ties?host=primary,one&port=5432,5433&target_session_attrs=read-write"
    told = value(
        tmp_path,
        "DATABASES['default']['HOST'] + '|' + settings.DATABASES['default']['OPTIONS']['host']",
        DATABASE_URL=url,
        DATABASE_REPLICA_URLS="postgres://register@one:5433/ties",
    )
    assert told == "|primary,one"


def test_pgbouncer_keeps_no_cursor_between_transactions(tmp_path: Path) -> None:
    variables = {"DATABASE_URL": "postgres://a/ties", "DATABASE_REPLICA_URLS": "postgres://b/ties"}
    code = "print([each['DISABLE_SERVER_SIDE_CURSORS'] for each in settings.DATABASES.values()])"
    assert load(tmp_path, code, **variables).stdout.strip() == "[False, False]"
    assert load(tmp_path, code, **variables, PGBOUNCER="true").stdout.strip() == "[True, True]"


def test_pages_are_kept_by_each_process_unless_there_is_a_redis(tmp_path: Path) -> None:
    backend = "CACHES['pages']['BACKEND']"
    assert value(tmp_path, backend) == "django.core.cache.backends.locmem.LocMemCache"
    assert value(tmp_path, backend, REDIS_URL="redis://cache/0") == "friendship.shared_cache.SharedCache"
    assert value(tmp_path, backend, REDIS_URL="unix:///run/redis") == "friendship.shared_cache.SharedCache"


def test_every_variable_is_documented_and_unset_in_tests() -> None:
    code = "".join((ROOT / "config" / name).read_text("utf-8") for name in ("settings.py", "serving.py"))
    read = set(re.findall(r"""(?:env_\w+|environ\.get)\("([A-Z_]+)\"""", code))
    assert {"SECRET_KEY", "METRICS_TOKEN", "VAR_DIR"} <= read
    table = (ROOT / "docs" / "operations.md").read_text("utf-8").partition("## Variables")[2].partition("\n## ")[0]
    rows = [row.partition(" | ")[0] for row in table.splitlines() if row.startswith("| `")]
    assert read <= set(re.findall(r"`([A-Z_]+)`", " ".join(rows)))
    assert read <= set(SETTINGS)


def test_the_container_counts_requests_where_it_may_write() -> None:
    """/app belongs to root: whatever is written lies in the volume, and what was collected stays in the image."""
    said = (ROOT / "Dockerfile").read_text("utf-8").rpartition("\nFROM ")[2]
    [volume] = re.findall(r"^VOLUME (\S+)$", said, re.MULTILINE)
    assert re.findall(r"\bVAR_DIR=(\S+)", said) == [volume]
    assert re.findall(r"\bDATABASE_URL=sqlite:///(/\S+)", said) == [f"{volume}/register.sqlite3"]
    [user] = re.findall(r"^USER (\d+):", said, re.MULTILINE)
    assert f"RUN install -d -o {user} -g {user} {volume}\n" in said
    [static] = re.findall(r"\bSTATIC_DIR=(\S+)", said)
    assert static == "/app/var/static"


def test_static_files_lie_where_they_are_told_to(tmp_path: Path) -> None:
    assert value(tmp_path, "STATIC_ROOT") == str(tmp_path / "static")
    assert value(tmp_path, "STATIC_ROOT", STATIC_DIR="/srv/static") == "/srv/static"


def test_empty_key_file_stops_the_start(tmp_path: Path) -> None:
    path = tmp_path / "key"
    path.write_text("\n")
    done = load(tmp_path, SECRET_KEY="", SECRET_KEY_FILE=str(path))
    assert done.returncode == 1
    assert f"SECRET_KEY_FILE: {path} is empty; remove it, and a new key is made." in done.stderr


def test_key_file_is_made_once_for_its_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "folder" / "key"
    first = value(tmp_path, "SECRET_KEY", SECRET_KEY="", SECRET_KEY_FILE=str(path))
    again = value(tmp_path, "SECRET_KEY", SECRET_KEY="", SECRET_KEY_FILE=str(path))
    assert len(first) == 50
    assert again == first == path.read_text()
    assert path.stat().st_mode & 0o777 == 0o600


def test_secret_key_goes_before_its_file(tmp_path: Path) -> None:
    path = tmp_path / "key"
    assert value(tmp_path, "SECRET_KEY", SECRET_KEY="given", SECRET_KEY_FILE=str(path)) == "given"
    assert not path.exists()


def test_debug_needs_neither_key_nor_hosts(tmp_path: Path) -> None:
    hosts = value(tmp_path, "ALLOWED_HOSTS", DEBUG="on", SECRET_KEY="", ALLOWED_HOSTS="")
    assert hosts == "['localhost', '127.0.0.1', '[::1]']"


@pytest.mark.parametrize(
    ("text", "expected"), [("1", "True"), ("TRUE", "True"), ("yes", "True"), ("off", "False"), ("no", "False")]
)
def test_flags_are_read_in_any_usual_spelling(tmp_path: Path, text: str, expected: str) -> None:
    assert value(tmp_path, "SECURE_SSL_REDIRECT", HTTPS=text) == expected


@pytest.mark.parametrize(
    ("variables", "expected"),
    [({}, "0"), ({"HTTPS": "true"}, "31536000"), ({"HTTPS": "true", "HSTS_SECONDS": "60"}, "60")],
)
def test_hsts_lasts_a_year_behind_https_unless_told(tmp_path: Path, variables: dict[str, str], expected: str) -> None:
    assert value(tmp_path, "SECURE_HSTS_SECONDS", **variables) == expected


@pytest.mark.parametrize(("text", "seconds"), [("", "7200"), ("15", "900"), ("0", "0")])
def test_sessions_end_after_two_idle_hours_unless_told(tmp_path: Path, text: str, seconds: str) -> None:
    assert value(tmp_path, "SESSION_IDLE", SESSION_IDLE=text) == seconds


def test_proxy_header_is_trusted_only_when_told(tmp_path: Path) -> None:
    assert value(tmp_path, "SECURE_PROXY_SSL_HEADER") == "None"
    told = value(tmp_path, "SECURE_PROXY_SSL_HEADER", BEHIND_PROXY="true")
    assert told == "('HTTP_X_FORWARDED_PROTO', 'https')"


@pytest.mark.parametrize(
    ("text", "expected"),
    [("", "(1200, 60)"), ("0", "None"), ("5/second", "(5, 1)"), ("10000/hour", "(10000, 3600)")],
)
def test_the_rate_of_requests(tmp_path: Path, text: str, expected: str) -> None:
    assert value(tmp_path, "API_RATE", API_RATE=text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "[(5, 3600), (20, 86400)]"),
        ("0", "[]"),
        ("2/minute", "[(2, 60)]"),
        ("1/day, 1/hour", "[(1, 86400), (1, 3600)]"),
    ],
)
def test_the_rates_of_suggestions(tmp_path: Path, text: str, expected: str) -> None:
    assert value(tmp_path, "SUGGESTION_RATE", SUGGESTION_RATE=text) == expected


@pytest.mark.parametrize(("behind", "trusted"), [("false", "0"), ("true", "1")])
def test_a_forwarded_address_is_trusted_behind_a_proxy_alone(tmp_path: Path, behind: str, trusted: str) -> None:
    assert value(tmp_path, "REST_FRAMEWORK['NUM_PROXIES']", BEHIND_PROXY=behind) == trusted


@pytest.mark.parametrize(
    ("url", "engine", "name"),
    [
        ("", "django.db.backends.sqlite3", "{var}/register.sqlite3"),
        ("sqlite:////tmp/elsewhere.sqlite3", "django.db.backends.sqlite3", "/tmp/elsewhere.sqlite3"),  # noqa: S108
        ("postgres://register@db.example.org/ties", "django.db.backends.postgresql", "ties"),
        ("postgres://register@%2Frun%2Fpostgresql/ties", "django.db.backends.postgresql", "ties"),
    ],
)
def test_database_is_sqlite_in_var_or_what_the_address_says(tmp_path: Path, url: str, engine: str, name: str) -> None:
    database = "DATABASES['default']"
    assert value(tmp_path, f"{database}['ENGINE']", DATABASE_URL=url) == engine
    assert value(tmp_path, f"{database}['NAME']", DATABASE_URL=url) == name.format(var=tmp_path)


def test_deployment_check_has_nothing_to_say(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"],
        cwd=ROOT,
        env=production(tmp_path, HTTPS="true", ALLOWED_HOSTS="register.example.org"),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout == "System check identified no issues (2 silenced).\n"
