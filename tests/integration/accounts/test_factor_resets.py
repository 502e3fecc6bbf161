"""Who has lost their second factor gets a new one, and nobody gets theirs."""

import pytest
from allauth.mfa.models import Authenticator
from django.core import mail
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.urls import reverse

from tests.factories.people import PASSWORD, add_member
from tests.integration.accounts.factors import add_app, add_codes
from tumorboard.accounts import factor_resets
from tumorboard.accounts.errors import FactorElsewhere, NotMember, OwnFactor
from tumorboard.accounts.models import SignInEvent
from tumorboard.audit.models import AuditEntry
from tumorboard.tenancy.scope import institution_scope

pytestmark = pytest.mark.django_db


def has_factor(user) -> bool:
    return Authenticator.objects.filter(user=user).exists()


def test_an_administrator_resets_with_a_reason(
    client, institution, administrator, coordinator, django_capture_on_commit_callbacks
):
    """ASVS v5.0.0-6.4.4: a lost factor is replaced after identity proofing, and audited."""
    add_app(coordinator)
    add_codes(coordinator)
    theirs = client.__class__()
    theirs.force_login(coordinator)
    client.force_login(administrator)
    page = reverse("person_reset_factors", args=["north", coordinator.pk])
    assert page in client.get(reverse("people", args=["north"])).content.decode()
    assert "call them back" in client.get(page).content.decode()
    assert client.post(page, {"reason": ""}).status_code == 422
    assert has_factor(coordinator)
    with django_capture_on_commit_callbacks(execute=True):
        client.post(page, {"reason": "Lost telephone; called back at the ward."})
    assert not has_factor(coordinator)
    assert theirs.get("/i/north/").url.startswith(reverse("account_login"))
    with institution_scope(institution):
        entry = AuditEntry.objects.get(action="person.factors.reset")
    assert (entry.person, entry.subject_id) == (administrator, coordinator.pk)
    assert "called back" in entry.reason
    assert [m.subject for m in mail.outbox] == ["Tumorboard: second factors reset"]
    assert mail.outbox[0].to == [coordinator.email]
    assert SignInEvent.objects.filter(user=coordinator, kind="factors_reset").exists()
    # The password is still needed, and a new factor after it.
    theirs.post(reverse("account_login"), {"login": coordinator.email, "password": PASSWORD})
    assert theirs.get("/i/north/").url.startswith(reverse("factor_set_up"))


def test_nobody_resets_their_own(institution, administrator):
    with institution_scope(institution), pytest.raises(OwnFactor):
        factor_resets.reset(user=administrator, reason="Lost", by=administrator)


def test_nobody_resets_a_stranger(institution, administrator, stranger):
    with institution_scope(institution), pytest.raises(NotMember):
        factor_resets.reset(user=stranger, reason="Lost", by=administrator)


def test_a_reason_has_an_end(institution, administrator, coordinator):
    with institution_scope(institution), pytest.raises(ValidationError):
        factor_resets.reset(user=coordinator, reason="x" * 301, by=administrator)


def test_one_institution_does_not_decide_for_another(
    client, institution, other_institution, administrator, coordinator
):
    """ASVS v5.0.0-8.4.1: an operation of one tenant never affects another."""
    add_member(other_institution, "CLINICIAN", email=coordinator.email, name=coordinator.name)
    add_app(coordinator)
    with institution_scope(institution), pytest.raises(FactorElsewhere):
        factor_resets.reset(user=coordinator, reason="Lost", by=administrator)
    client.force_login(administrator)
    page = reverse("person_reset_factors", args=["north", coordinator.pk])
    said = client.post(page, {"reason": "Lost"}).content.decode()
    assert "Ask whoever runs this installation" in said
    assert "South" not in said
    assert has_factor(coordinator)


def test_the_operator_resets_it_then(coordinator, capsys):
    add_app(coordinator)
    call_command("reset_second_factor", coordinator.email.upper())
    assert not has_factor(coordinator)
    assert "sets up a new second factor" in capsys.readouterr().out
    with pytest.raises(CommandError):
        call_command("reset_second_factor", "nobody@north.example")


def test_whoever_manages_no_people_resets_nothing(client, coordinator, chair):
    add_app(coordinator)
    client.force_login(chair)
    page = reverse("person_reset_factors", args=["north", coordinator.pk])
    assert client.post(page, {"reason": "Lost"}).status_code == 403
    assert has_factor(coordinator)
