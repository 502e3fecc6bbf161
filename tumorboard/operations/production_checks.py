"""What `manage.py check --deploy` says of a configuration that is too weak to hold patients.

Every web, worker and clock process asks the same before it begins, and refuses on an error
(`tumorboard.operations.start_up`). No message quotes a value: it may be a secret.
"""

import ipaddress
import stat
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import dj_database_url
from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning  # noqa: A004 - Django's name
from django.core.exceptions import ImproperlyConfigured

#: Of a key made by `secrets.token_urlsafe(48)` there are 64, of which about 40 differ.
SHORTEST_KEY = 50
FEWEST_LETTERS = 16
#: What keys of examples hold.
EXAMPLE_WORDS = ("insecure", "change", "secret", "example", "password", "your-", "<")
HERE = ("", "localhost", "127.0.0.1", "::1")
#: `require` encrypts to whoever answers, and `verify-ca` to whoever has any certificate of that
#: authority: both let somebody in between read patients.
PROVEN = "verify-full"
BROKERS_IN_POSTGRESQL = ("pgmq", "postgres", "postgresql", "sqla+postgresql")
SMTP = "django.core.mail.backends.smtp.EmailBackend"


def errors_show_nothing(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """DEBUG puts settings and patients on error pages."""
    if not settings.DEBUG:
        return []
    return [Error("DEBUG is on.", hint="It stays off.", id="operations.E030")]


def key_is_secret(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Whoever knows SECRET_KEY can sign what sign-in trusts."""
    try:
        key = str(settings.SECRET_KEY)
    except ImproperlyConfigured:
        key = ""
    is_example = any(word in key.lower() for word in EXAMPLE_WORDS)
    if len(key) >= SHORTEST_KEY and len(set(key)) >= FEWEST_LETTERS and not is_example:
        return []
    return [
        Error(
            f"SECRET_KEY is missing, shorter than {SHORTEST_KEY} characters, repeats itself, or is "
            "that of an example.",
            hint="Make one: python -c 'import secrets; print(secrets.token_urlsafe(48))'",
            id="operations.E031",
        )
    ]


def hosts_are_named(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """A site that answers to every name mails links to whatever name it was asked by."""
    if settings.ALLOWED_HOSTS and all(host.strip(". *") for host in settings.ALLOWED_HOSTS):
        return []
    return [
        Error(
            "ALLOWED_HOSTS is empty or lets every name in.",
            hint="Name the host of SITE_URL.",
            id="operations.E032",
        )
    ]


def pages_travel_over_tls(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Cookies, redirects and what browsers remember keep every page on TLS."""
    kept = {
        "SESSION_COOKIE_SECURE": settings.SESSION_COOKIE_SECURE,
        "CSRF_COOKIE_SECURE": settings.CSRF_COOKIE_SECURE,
        "SECURE_SSL_REDIRECT": settings.SECURE_SSL_REDIRECT,
        "SECURE_HSTS_SECONDS": settings.SECURE_HSTS_SECONDS >= 31_536_000,
        "SECURE_HSTS_INCLUDE_SUBDOMAINS": settings.SECURE_HSTS_INCLUDE_SUBDOMAINS,
        "SECURE_PROXY_SSL_HEADER": settings.SECURE_PROXY_SSL_HEADER is not None,
        "SITE_URL": _is_https(settings.SITE_URL),
        "CSRF_TRUSTED_ORIGINS": all(map(_is_https, settings.CSRF_TRUSTED_ORIGINS)),
    }
    names = [name for name, is_kept in kept.items() if not is_kept]
    if not names:
        return []
    return [
        Error(
            f"Pages could travel without TLS: {', '.join(names)}.",
            hint="SITE_URL and CSRF_TRUSTED_ORIGINS begin with https://; leave the others as they "
            "are set where DATABASE_URL is.",
            id="operations.E033",
        )
    ]


def proxies_are_few(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """A trusted proxy says where a request comes from; not everybody may."""
    for network in settings.TRUSTED_PROXIES:
        try:
            if ipaddress.ip_network(network, strict=False).prefixlen:
                continue
        except ValueError:
            pass
        return [
            Error(
                "TRUSTED_PROXIES holds what is no network, or the network of everybody.",
                hint="Name the proxies' own addresses, for instance 10.0.0.0/28.",
                id="operations.E034",
            )
        ]
    return []


def database_is_its_own(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Patients lie in a server that is kept, reached in secret, by a role that owns nothing."""
    database = settings.DATABASES["default"]
    if settings.ON_ONE_MACHINE or database["HOST"] == str(settings.EMBEDDED.folder):
        return [
            Error(
                "The embedded PostgreSQL is for trying out: it asks nobody for a password.",
                hint="Set DATABASE_URL.",
                id="operations.E035",
            )
        ]
    found: list[CheckMessage] = []
    if database["USER"] == settings.DATABASES["owner"]["USER"]:
        found.append(
            Error(
                "DATABASE_URL names the role that owns the tables.",
                hint="Serve as the application role; `manage.py prepare_database` makes it.",
                id="operations.E036",
            )
        )
    direct = dj_database_url.parse(settings.DATABASE_DIRECT_URL)
    if not all(map(_is_private, (database, settings.DATABASES["owner"], direct))):
        found.append(
            Error(
                "The database is reached over the network without proving that it is the database.",
                hint="End DATABASE_URL with ?sslmode=verify-full&sslrootcert=/path/to/ca.pem.",
                id="operations.E037",
            )
        )
    return found


def broker_is_apart(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Whoever holds the broker must not hold the patients."""
    broker = urlsplit(settings.CELERY_BROKER_URL)
    is_postgresql = broker.scheme in BROKERS_IN_POSTGRESQL
    if not is_postgresql or broker.username != settings.DATABASES["default"]["USER"]:
        return []
    return [
        Error(
            "The broker is reached as the database role that serves.",
            hint="Give the broker a role and a database of its own, or use RabbitMQ.",
            id="operations.E038",
        )
    ]


def mail_is_private(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Invitations and new passwords are mailed: whoever reads along comes in."""
    is_smtp = settings.EMAIL_BACKEND == SMTP
    is_encrypted = settings.EMAIL_USE_TLS or settings.EMAIL_USE_SSL
    if not is_smtp or is_encrypted or settings.EMAIL_HOST in HERE:
        return []
    return [
        Error(
            "Mail leaves this machine without TLS.",
            hint='Leave EMAIL_SECURITY out, or set it to "starttls" or "tls".',
            id="operations.E039",
        )
    ]


def breached_passwords_are_known(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Nobody may choose a password that was stolen elsewhere (ASVS 6.2.12).

    An error and no warning: what is only warned of at every start is never done, and the list need
    not be the whole one of 40 GB. The most frequent million fits in 50 MB.
    """
    if settings.BREACHED_PASSWORDS_FILE:
        return []
    return [
        Error(
            "BREACHED_PASSWORDS_FILE is not set: people may choose passwords that were stolen.",
            hint="Name a sorted file of SHA-1 hashes of Pwned Passwords, or of its most frequent.",
            id="operations.E044",
        )
    ]


def folders_are_private(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Where uploads could lie, nobody else on the machine reads and the web server serves nothing.

    Files of studies lie in the database; this holds for whatever else is ever written.
    """
    public = [Path(each) for each in (*settings.STATICFILES_DIRS, settings.STATIC_ROOT) if each]
    kept = {
        name: Path(given)
        for name in ("MEDIA_ROOT", "FILE_UPLOAD_TEMP_DIR")
        if (given := getattr(settings, name))
    }
    return [
        Error(
            f"{name} can be read by everybody on this machine, or lies among the static files.",
            hint="Give it a folder of its own, with mode 700.",
            id="operations.E045",
        )
        for name, folder in kept.items()
        if _is_open(folder) or any(folder.resolve().is_relative_to(p.resolve()) for p in public)
    ]


def viruses_are_looked_for(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """A warning: every file is judged by its content all the same, and pages say what is not done.

    A hospital may look for viruses at the proxy or on every screen.
    """
    if settings.CLAMD_ADDRESS:
        return []
    return [
        Warning(
            "CLAMD_ADDRESS is not set: uploads are not checked for viruses.",
            hint="Name the socket of a ClamAV daemon; see docs/uploads.md.",
            id="operations.W001",
        )
    ]


def _is_https(address: str) -> bool:
    parts = urlsplit(address)
    return parts.scheme == "https" and bool(parts.hostname)


def _is_private(database: Mapping[str, Any]) -> bool:
    """Whether nobody between here and the database can read along, or be taken for it."""
    options = database.get("OPTIONS", {})
    # What stands behind the question mark of an address counts for the driver before its host.
    hosts = [database.get("HOST", ""), options.get("host", ""), options.get("hostaddr", "")]
    if all(host in HERE or host.startswith("/") for host in map(str, hosts)):
        return True
    return bool(options.get("sslmode") == PROVEN)


def _is_open(folder: Path) -> bool:
    return folder.exists() and bool(folder.stat().st_mode & (stat.S_IROTH | stat.S_IXOTH))


ALL = (
    errors_show_nothing,
    key_is_secret,
    hosts_are_named,
    pages_travel_over_tls,
    proxies_are_few,
    database_is_its_own,
    broker_is_apart,
    mail_is_private,
    breached_passwords_are_known,
    folders_are_private,
    viruses_are_looked_for,
)
