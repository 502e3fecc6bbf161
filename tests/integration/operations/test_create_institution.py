"""One command opens an institution: it, its guidance policy, and its first invitation."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from guidance.editions import adoptions, shelf
from guidance.editions.models import GuidanceEdition, GuidancePolicy
from tests.factories.editions import loaded
from tumorboard.accounts.models import Invitation
from tumorboard.tenancy.models import Institution
from tumorboard.tenancy.scope import institution_scope

pytestmark = pytest.mark.django_db

GOOD = {
    "slug": "west",
    "name": "West Hospital",
    "admin_email": "wanda@west.example",
    "admin_name": "Wanda West",
}


def create(**changes):
    out = StringIO()
    call_command("create_institution", **{**GOOD, **changes}, stdout=out)
    return out.getvalue()


def test_it_makes_the_institution_and_prints_the_link_for_its_first_administrator():
    words = create()
    institution = Institution.objects.get(slug="west")
    with institution_scope(institution):
        assert GuidancePolicy.objects.count() == 1
        invitation = Invitation.objects.get()
    assert (invitation.email, invitation.role) == ("wanda@west.example", "ADMINISTRATOR")
    assert invitation.invited_by is None
    assert "/i/west/" in words
    assert invitation.secret_hash not in words


def test_it_starts_with_the_newest_edition():
    loaded("2027.1")
    create()
    loaded("2027.2", date="2027-06-01")
    with institution_scope(Institution.objects.get(slug="west")):
        assert shelf.adopted().version == "2027.1"
        assert adoptions.begin() == adoptions.current()
        assert len(adoptions.history()) == 1


def test_without_an_edition_none_is_made(monkeypatch):
    monkeypatch.setattr(GuidanceEdition, "objects", GuidanceEdition.objects.none())
    with pytest.raises(CommandError, match="load_editions"):
        create()
    assert not Institution.objects.exists()


def test_the_printed_link_opens_the_invitation(client):
    link = next(line for line in create().splitlines() if line.startswith("http"))
    page = client.get("/" + link.split("/", 3)[3])
    assert page.status_code == 200
    assert "Wanda West" in page.content.decode()


@pytest.mark.parametrize(
    ("change", "option", "reason"),
    [
        ({"slug": "W!"}, "--slug", "small letters"),
        ({"slug": ""}, "--slug", "blank"),
        ({"name": "  "}, "--name", "blank"),
        ({"admin_email": "nobody"}, "--admin-email", "valid email"),
        ({"admin_name": " "}, "--admin-name", "blank"),
    ],
)
def test_a_wrong_option_is_named_and_nothing_is_made(change, option, reason):
    with pytest.raises(CommandError) as caught:
        create(**change)
    assert option in str(caught.value)
    assert reason in str(caught.value)
    assert not Institution.objects.exists()


@pytest.mark.parametrize(
    ("change", "option"), [({"name": "Other"}, "--slug"), ({"slug": "other"}, "--name")]
)
def test_what_is_taken_is_refused(change, option):
    create()
    with pytest.raises(CommandError, match="already exists") as caught:
        create(**change)
    assert option in str(caught.value)
    assert Institution.objects.count() == 1
