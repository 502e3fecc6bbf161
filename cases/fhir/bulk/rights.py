"""What who asked for an export may see now, while nobody of theirs is at the door."""

from cases.fhir.caller import Caller
from cases.fhir.endpoint import base_of
from cases.models import BulkExport
from tumorboard.accounts import scopes
from tumorboard.accounts.access import permissions_in_scope
from tumorboard.accounts.client_models import ApiClient
from tumorboard.accounts.permissions import Permission
from tumorboard.tenancy.scope import current_institution

#: What exporting needs, beside the rights of each type.
NEEDED = Permission.CASE_EXPORT


def caller_of(export: BulkExport) -> Caller | None:
    """Who asked, with what their token allowed as far as they hold it still; None without a right.

    A client that was disabled has none, nor has a person who left or lost the role.
    """
    person, base = export.requested_by, base_of(str(current_institution().slug))
    if export.scopes:
        client = ApiClient.objects.filter(user=person, disabled_at=None).first()
        held = scopes.granted_by(client.scopes) if client else scopes.Grants()
        grants = scopes.granted_by(export.scopes) & held
        permissions = scopes.permissions_of(grants)
        caller = Caller(person, base, permissions, grants)
    else:
        permissions = permissions_in_scope(person) & frozenset(map(Permission, export.permissions))
        caller = Caller(person, base, permissions, None)
    return caller if NEEDED in permissions else None


def may_export(caller: Caller, resource_type: str) -> bool:
    """Whether a caller may have all resources of a type: listing and reading them."""
    return caller.may(resource_type, "r") and caller.may(resource_type, "s")
