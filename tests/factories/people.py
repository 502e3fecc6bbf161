"""Institutions and people."""

from tumorboard.accounts.models import Membership, User
from tumorboard.tenancy.models import Institution
from tumorboard.tenancy.scope import institution_scope

PASSWORD = "correct horse battery staple"


def make_institution(*, slug: str, name: str) -> Institution:
    """A new institution without people."""
    return Institution.objects.create(slug=slug, name=name)


def add_member(institution: Institution, *roles: str, email: str, name: str) -> User:
    """A person with roles in an institution; made if not there yet."""
    user = User.objects.filter(email=email).first() or User.objects.create_user(
        email=email, name=name, password=PASSWORD
    )
    with institution_scope(institution):
        for role in roles:
            Membership.objects.create(user=user, role=role)
    return user
