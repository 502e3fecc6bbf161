"""Systems that send messages: made by their first one, and what the institution says of them."""

from collections.abc import Sequence

from django.db import transaction

from cases.models import IntakeSource
from cases.models.intake_source import MOST_AUTHORITY
from cases.services.checks import text_fault
from cases.services.errors import Invalid
from cases.services.intake.rules import ALLOWED
from tumorboard.accounts.client_models import ApiClient
from tumorboard.accounts.models import User
from tumorboard.audit.record import record

MOST_AUTHORITIES = 10


def source_of(client: ApiClient) -> IntakeSource:
    """The source that a client is; any number of its first messages at once make one."""
    found = IntakeSource.objects.filter(client=client).first()
    if found is None:
        IntakeSource.objects.bulk_create([IntakeSource(client=client)], ignore_conflicts=True)
        found = IntakeSource.objects.get(client=client)
    return found


@transaction.atomic
def change(
    *,
    source: IntakeSource,
    authorities: Sequence[str],
    rules: Sequence[str],
    receivers: Sequence[str] = (),
    is_test: bool = False,
    by: User,
) -> IntakeSource:
    """Say whose numbers a source sends, and what of it needs no person.

    Args:
        authorities: as the messages name them: the assigning authority of HL7 v2 (its name, or
            `urn:oid:…`), the system of an identifier in FHIR.
        rules: kinds among `rules.ALLOWED`.
        receivers: whom its messages of HL7 v2 must be addressed to (MSH-5, MSH-6), each
            "application", "application|facility" or "|facility"; anybody where there are none.
        is_test: whether it only tries the connection.

    Raises:
        Invalid: an authority or a receiver cannot be kept, or a kind needs a person.
    """
    row = IntakeSource.objects.select_for_update().get(pk=source.pk)
    named, addressed = _names(authorities), _names(receivers)
    errors: dict[str, list[str]] = {}
    for field, names in (("authorities", named), ("receivers", addressed)):
        if faults := _faults(names):
            errors[field] = faults
    if not set(rules) <= {kind.value for kind in ALLOWED}:
        errors["rules"] = ["This is a judgment: it needs a person."]
    elif rules and not named:
        errors["rules"] = ["Say first whose record numbers it sends: nothing is matched without."]
    if errors:
        raise Invalid(errors)
    row.authorities, row.rules, row.saved_by = named, list(dict.fromkeys(rules)), by
    row.receivers, row.is_test = addressed, is_test
    row.save()
    record(action="intake_source.changed", subject=row, by=by)
    return row


def _names(given: Sequence[str]) -> list[str]:
    return list(dict.fromkeys(name for one in given if (name := one.strip())))


def _faults(names: Sequence[str]) -> list[str]:
    faults = [fault for name in names if (fault := text_fault(name, most=MOST_AUTHORITY))]
    if len(names) > MOST_AUTHORITIES:
        faults.append(f"Name at most {MOST_AUTHORITIES}.")
    return list(dict.fromkeys(faults))
