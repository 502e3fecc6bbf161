"""What a password may be."""

import hashlib

import pytest
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.urls import reverse

from tests.factories.people import PASSWORD
from tumorboard.accounts import password_validation
from tumorboard.operations.sign_in_checks import passwords_can_be_checked, second_factor_is_required
from tumorboard.tenancy.scope import institution_scope

GOOD = "three quiet herons wade"


def sorted_hashes(*passwords: str) -> str:
    digests = sorted(hashlib.sha1(p.encode()).hexdigest().upper() for p in passwords)
    return "".join(f"{digest}:{n + 1}\r\n" for n, digest in enumerate(digests))


@pytest.fixture
def breached(tmp_path, settings):
    """A list of 500 breached passwords."""
    path = tmp_path / "pwned.txt"
    known = [f"a breached password {n}" for n in range(500)]
    path.write_text(sorted_hashes(*known))
    settings.BREACHED_PASSWORDS_FILE = str(path)
    return known


@pytest.mark.parametrize("password", ["eleven char", "short", "", "x" * 129])
def test_too_short_or_endless_is_refused(db, password):
    """ASVS v5.0.0-6.2.1: passwords have at least 8 characters; here 12."""
    with pytest.raises(ValidationError):
        validate_password(password)


@pytest.mark.parametrize(
    "password",
    [
        "zvqmhtplkwsd",  # small letters alone
        "849203847561",  # digits alone
        "äöü ß 漢字 emoji 🦓",
        "a b c d e f g h i j k l m n o p q r s t u v w x y z 0 1 2 3 4 5 6 7 8 9",
        "k" + "zq" * 63 + "!",
    ],
)
def test_no_rule_of_composition_and_up_to_128_characters(db, password):
    """ASVS v5.0.0-6.2.5 and 6.2.9: any characters, no composition rules, at least 64 allowed."""
    validate_password(password)


def test_breached_passwords_are_refused_without_a_network(breached, db):
    """ASVS v5.0.0-6.2.12: passwords are checked against a set of breached passwords."""
    for password in breached:
        with pytest.raises(ValidationError, match="data breach"):
            password_validation.BreachedValidator().validate(password)
    for number in range(300):
        password_validation.BreachedValidator().validate(f"an unknown password {number}")


def test_an_empty_list_has_nothing(tmp_path):
    path = tmp_path / "empty.txt"
    path.write_text("")
    assert not password_validation.is_listed(path, "anything")


def test_a_list_that_cannot_be_read_refuses_and_is_found_at_start(settings, db, caplog):
    settings.BREACHED_PASSWORDS_FILE = "/nowhere/pwned.txt"
    with pytest.raises(ValidationError, match="cannot be checked"):
        validate_password(GOOD)
    assert [e.id for e in passwords_can_be_checked(None)] == ["operations.E021"]


def test_a_list_that_can_be_read_or_none_is_fine_at_start(breached, settings):
    assert passwords_can_be_checked(None) == []
    settings.BREACHED_PASSWORDS_FILE = ""
    assert passwords_can_be_checked(None) == []


def test_common_passwords_are_refused(db):
    """ASVS v5.0.0-6.2.4: passwords are checked against the most common ones."""
    with pytest.raises(ValidationError, match="too common"):
        validate_password("q1w2e3r4t5y6")


@pytest.mark.parametrize("password", ["Tumorboard2026!", "North Hospital 1", "pancreas board"])
def test_our_own_words_are_no_password(institution, password):
    """ASVS v5.0.0-6.2.11: context-specific words are refused."""
    with institution_scope(institution), pytest.raises(ValidationError, match="little more than"):
        validate_password(password)


def test_the_words_of_a_persons_institutions_count_outside_of_them(coordinator):
    with pytest.raises(ValidationError, match="little more than"):
        validate_password("NorthHospital1", user=coordinator)
    validate_password(f"north {GOOD}", user=coordinator)


def test_ones_own_name_is_no_password(coordinator):
    with pytest.raises(ValidationError, match="too similar"):
        validate_password("Cora Coordinator", user=coordinator)


def test_the_rules_hold_where_a_password_is_changed(client, coordinator, breached):
    """ASVS v5.0.0-6.2.2 and 6.2.3: a change needs the present and a new password."""
    client.force_login(coordinator)
    page = reverse("account_change_password")
    for old, new in ((PASSWORD, breached[0]), ("not it", GOOD)):
        client.post(page, {"oldpassword": old, "password1": new, "password2": new})
        coordinator.refresh_from_db()
        assert coordinator.check_password(PASSWORD)
    client.post(page, {"oldpassword": PASSWORD, "password1": GOOD, "password2": GOOD})
    coordinator.refresh_from_db()
    assert coordinator.check_password(GOOD)


def test_a_password_field_takes_what_a_password_manager_gives(client, db):
    """ASVS v5.0.0-6.2.7: paste and password managers are allowed, and (6.2.6) input is masked."""
    page = client.get(reverse("account_login")).content.decode()
    assert 'type="password"' in page
    assert 'autocomplete="current-password"' in page
    assert "onpaste" not in page


def test_passwords_are_hashed_with_argon2():
    """ASVS v5.0.0-11.4.2: passwords are stored with an approved key derivation function."""
    from tumorboard import settings as real

    assert real.PASSWORD_HASHERS == ["django.contrib.auth.hashers.Argon2PasswordHasher"]


@pytest.mark.parametrize(
    ("value", "on_one_machine", "found"),
    [
        ("required", False, []),
        ("required", True, []),
        ("optional", True, []),
        ("optional", False, ["operations.E020"]),
        ("no", True, ["operations.E020"]),
    ],
)
def test_no_real_installation_runs_without_a_second_factor(settings, value, on_one_machine, found):
    """ASVS v5.0.0-6.3.3: an installation that asks for no second factor does not start."""
    settings.SECOND_FACTOR, settings.ON_ONE_MACHINE = value, on_one_machine
    assert [error.id for error in second_factor_is_required(None)] == found
