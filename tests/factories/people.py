"""Institutions and people."""

from django.test import Client

from tumorboard.accounts import second_factor
from tumorboard.accounts.models import Membership, User
from tumorboard.tenancy.models import Institution
from tumorboard.tenancy.scope import has_institution, institution_scope
from tumorboard.vault import keyring

PASSWORD = "correct horse battery staple"


def make_institution(*, slug: str, name: str) -> Institution:
    """A new institution without people."""
    institution = Institution.objects.create(slug=slug, name=name)
    if not has_institution():
        # Inside of another's scope it stays without keys: nothing can be written into it there.
        with institution_scope(institution):
            keyring.begin()
    return institution


def without_factor(client: Client) -> Client:
    """The same session as it is before a second factor is proven."""
    session = client.session
    del session[second_factor.PROVEN]
    session.save()
    return client


def add_member(institution: Institution, *roles: str, email: str, name: str) -> User:
    """A person with roles in an institution; made if not there yet."""
    user = User.objects.filter(email=email).first() or User.objects.create_user(
        email=email, name=name, password=PASSWORD
    )
    with institution_scope(institution):
        for role in roles:
            Membership.objects.create(user=user, role=role)
    return user
