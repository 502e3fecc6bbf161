"""Opening an institution: what an operator does once for each hospital."""

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction

from guidance.editions import adoptions
from guidance.editions.models import GuidancePolicy
from tumorboard.accounts.invitations import invite
from tumorboard.accounts.roles import Role
from tumorboard.tenancy.models import Institution
from tumorboard.tenancy.scope import institution_scope
from tumorboard.vault import keyring


@transaction.atomic
def open_institution(
    *, slug: str, name: str, administrator_email: str, administrator_name: str
) -> tuple[Institution, str]:
    """A new institution, ready for its first administrator.

    It has its guidance policy, uses the newest edition, and has invited the administrator.

    Returns:
        The institution, and the link with which the administrator joins; it is shown only once.

    Raises:
        ValidationError: by field ("slug", "name", "admin_email", "admin_name").
        NoEdition: no edition of the guidance is loaded.
    """
    institution = Institution(slug=slug, name=name.strip())
    institution.full_clean()
    problems = {}
    try:
        validate_email(administrator_email.strip())
    except ValidationError as error:
        problems["admin_email"] = error
    if not administrator_name.strip():
        problems["admin_name"] = ValidationError("This field cannot be blank.")
    if problems:
        raise ValidationError(problems)
    institution.save()
    with institution_scope(institution):
        keyring.begin()
        GuidancePolicy.objects.create()
        adoptions.begin()
        _, link = invite(
            email=administrator_email.strip(),
            name=administrator_name.strip(),
            role=Role.ADMINISTRATOR.name,
            by=None,
        )
    return institution, link
