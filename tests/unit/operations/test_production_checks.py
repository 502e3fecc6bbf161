"""A configuration too weak to hold patients is refused, each weakness by its own number."""

import pytest

from tumorboard.operations import start_up
from tumorboard.operations.production_checks import ALL

KEY = "Zk3v9QmXw7Rt2LpB8nJd5Hc1Gf6Ys4Aa0VeUiOoPqWzTxKy_-MbNrEuIgDhSjFlC"
OWNER = {"USER": "tumorboard_owner"}
PRIVATE = {"HOST": "db.example", "USER": "tumorboard_app", "OPTIONS": {"sslmode": "verify-full"}}


@pytest.fixture
def sound(settings):
    """Settings that may hold patients."""
    sound = {
        "ON_ONE_MACHINE": False,
        "DEBUG": False,
        "SECRET_KEY": KEY,
        "ALLOWED_HOSTS": ["board.example"],
        "SITE_URL": "https://board.example",
        "CSRF_TRUSTED_ORIGINS": ["https://board.example"],
        "TRUSTED_PROXIES": ["10.0.0.0/28"],
        "SESSION_COOKIE_SECURE": True,
        "CSRF_COOKIE_SECURE": True,
        "SECURE_SSL_REDIRECT": True,
        "SECURE_HSTS_SECONDS": 31_536_000,
        "SECURE_HSTS_INCLUDE_SUBDOMAINS": True,
        "SECURE_PROXY_SSL_HEADER": ("HTTP_X_FORWARDED_PROTO", "https"),
        "DATABASE_DIRECT_URL": "postgres://tumorboard_app@db.example/x?sslmode=verify-full",
        "CELERY_BROKER_URL": "amqps://broker.example/",
        "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "EMAIL_HOST": "mail.example",
        "EMAIL_USE_TLS": True,
        "EMAIL_USE_SSL": False,
        "BREACHED_PASSWORDS_FILE": "/etc/breached.txt",
        "CLAMD_ADDRESS": "/run/clamd.ctl",
        "MEDIA_ROOT": "",
        "FILE_UPLOAD_TEMP_DIR": None,
    }
    for name, value in sound.items():
        setattr(settings, name, value)
    with pytest.warns(UserWarning, match="DATABASES"):
        settings.DATABASES = {"default": PRIVATE, "owner": OWNER}
    return settings


def found():
    """The numbers of everything that the checks say."""
    return [problem.id.removeprefix("operations.") for check in ALL for problem in check(None)]


def test_a_sound_configuration_passes(sound):
    """ASVS v5.0.0-13.4.2: debug modes are off in production, and what else is weak is refused."""
    assert found() == []


@pytest.mark.parametrize(
    ("name", "value", "number"),
    [
        ("DEBUG", True, "E030"),
        ("SECRET_KEY", KEY[:49], "E031"),
        ("SECRET_KEY", "abcabc" * 20, "E031"),
        ("SECRET_KEY", "django-insecure-" + KEY, "E031"),
        ("SECRET_KEY", f"<{KEY}>", "E031"),
        ("SECRET_KEY", "", "E031"),
        ("ALLOWED_HOSTS", [], "E032"),
        ("ALLOWED_HOSTS", ["board.example", "*"], "E032"),
        ("SESSION_COOKIE_SECURE", False, "E033"),
        ("CSRF_COOKIE_SECURE", False, "E033"),
        ("SECURE_SSL_REDIRECT", False, "E033"),
        ("SECURE_HSTS_SECONDS", 3600, "E033"),
        ("SECURE_HSTS_INCLUDE_SUBDOMAINS", False, "E033"),
        ("SECURE_PROXY_SSL_HEADER", None, "E033"),
        ("SITE_URL", "http://board.example", "E033"),
        ("CSRF_TRUSTED_ORIGINS", ["http://board.example"], "E033"),
        ("TRUSTED_PROXIES", ["0.0.0.0/0"], "E034"),
        ("TRUSTED_PROXIES", ["everybody"], "E034"),
        ("ON_ONE_MACHINE", True, "E035"),
        ("CELERY_BROKER_URL", "pgmq://tumorboard_app@db.example/broker", "E038"),
        ("EMAIL_USE_TLS", False, "E039"),
        ("BREACHED_PASSWORDS_FILE", "", "E044"),
        ("CLAMD_ADDRESS", "", "W001"),
    ],
)
def test_each_weakness_is_told(sound, name, value, number):
    """ASVS v5.0.0-16.5.3: a weakness of the configuration fails closed, by its own number."""
    setattr(sound, name, value)
    assert found() == [number]


@pytest.mark.parametrize(
    ("database", "number"),
    [
        ({**PRIVATE, "USER": "tumorboard_owner"}, "E036"),
        ({**PRIVATE, "OPTIONS": {"sslmode": "prefer"}}, "E037"),
        ({**PRIVATE, "OPTIONS": {"sslmode": "require"}}, "E037"),
        ({**PRIVATE, "OPTIONS": {"sslmode": "verify-ca"}}, "E037"),
        ({**PRIVATE, "OPTIONS": {}}, "E037"),
        ({**PRIVATE, "HOST": "", "OPTIONS": {"host": "db.example"}}, "E037"),
        ({**PRIVATE, "HOST": "localhost", "OPTIONS": {"hostaddr": "10.0.0.7"}}, "E037"),
    ],
)
def test_a_database_that_is_not_private_is_told(sound, database, number):
    """ASVS v5.0.0-12.3.1: what goes to the database travels over TLS.

    ASVS v5.0.0-12.3.2: and only to a server whose certificate says that it is the one.
    """
    sound.DATABASES["default"] = database
    assert found() == [number]


def test_other_ways_to_the_database_are_private_too(sound):
    """ASVS v5.0.0-12.3.2: live meetings listen by an address of their own; migrations have one."""
    sound.DATABASE_DIRECT_URL = "postgres://tumorboard_app@db.example/x?sslmode=require"
    assert found() == ["E037"]
    sound.DATABASE_DIRECT_URL = "postgres://tumorboard_app@db.example/x?sslmode=verify-full"
    sound.DATABASES["owner"] = {**OWNER, "HOST": "db.example"}
    assert found() == ["E037"]


@pytest.mark.parametrize("host", ["", "/run/postgresql", "localhost"])
def test_a_database_on_this_machine_needs_no_tls(sound, host):
    sound.DATABASES["default"] = {"HOST": host, "USER": "tumorboard_app"}
    assert found() == []


def test_the_embedded_database_is_told_by_its_address_too(sound):
    sound.DATABASES["default"] = {**PRIVATE, "HOST": str(sound.EMBEDDED.folder)}
    assert "E035" in found()


def test_a_folder_that_others_read_is_told(sound, tmp_path):
    tmp_path.chmod(0o755)
    sound.MEDIA_ROOT = str(tmp_path)
    assert found() == ["E045"]
    tmp_path.chmod(0o700)
    assert found() == []
    sound.STATIC_ROOT = str(tmp_path)
    sound.FILE_UPLOAD_TEMP_DIR = str(tmp_path / "uploads")
    assert found() == ["E045", "E045"]


def test_a_process_is_told_everything_at_once_and_no_secret(sound, monkeypatch):
    """ASVS v5.0.0-16.2.5: a secret that is refused is not told either."""
    sound.SECRET_KEY, sound.DEBUG, sound.SITE_URL = "hush-hush", True, "http://board.example"

    def all_of_ours(**asked):
        assert asked == {"include_deployment_checks": True}
        return [problem for check in ALL for problem in check(None)]

    monkeypatch.setattr(start_up, "run_checks", all_of_ours)
    monkeypatch.setattr(start_up, "role_is_bound", lambda *_, **__: [])
    with pytest.raises(SystemExit) as refused:
        start_up.refuse_weak_configuration()
    for number in ("E030", "E031", "E033"):
        assert f"operations.{number}" in refused.value.code
    assert "hush-hush" not in refused.value.code


def test_a_warning_keeps_no_process_from_starting(sound, monkeypatch):
    sound.CLAMD_ADDRESS = ""
    monkeypatch.setattr(
        start_up, "run_checks", lambda **_: [p for check in ALL for p in check(None)]
    )
    monkeypatch.setattr(start_up, "role_is_bound", lambda *_, **__: [])
    start_up.refuse_weak_configuration()
