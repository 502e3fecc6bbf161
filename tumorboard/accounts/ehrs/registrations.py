"""What an institution says about the EHRs that open Tumorboard."""

import dataclasses
import re
import uuid
from collections.abc import Iterable

from django.core.exceptions import ValidationError
from django.db import transaction

from tumorboard.accounts import sessions
from tumorboard.accounts.ehr_models import Ehr, EhrLink
from tumorboard.accounts.ehrs.terms import EHR_TERMS, LISTS
from tumorboard.accounts.models import User
from tumorboard.accounts.sso.reach import origin_of
from tumorboard.audit.record import record
from tumorboard.tenancy.scope import current_institution_id

#: [INT] Lines of one list, and characters of a line.
MOST_LINES, LONGEST_LINE = 20, 200
#: What an origin may be made of: it comes to stand in the policy of a page, where other marks
#: mean something.
ORIGIN = re.compile(r"https?://[a-z0-9.\-]+(:[0-9]{1,5})?", re.ASCII | re.IGNORECASE)


@transaction.atomic
def add(*, label: str, fhir_base: str, issuer: str, client_id: str, by: User) -> Ehr:
    """An EHR that may launch Tumorboard; it is off until another administrator has seen it.

    Args:
        fhir_base: the address of its FHIR server, as it sends it as `iss`.
        issuer: of its ID tokens.

    Raises:
        ValidationError: a field that cannot be; the same address twice.
    """
    ehr = Ehr(label=label, fhir_base=fhir_base, issuer=issuer, client_id=client_id)
    ehr.institution_id = current_institution_id()
    ehr.clean_fields(exclude={"institution", *LISTS})
    if not ORIGIN.fullmatch("/".join(fhir_base.split("/")[:3])):
        raise ValidationError({"fhir_base": "This is no address of a server on the web."})
    if Ehr.objects.filter(fhir_base=fhir_base).exists():
        raise ValidationError({"fhir_base": "This EHR is there already."})
    ehr.unconfirmed_by = by
    ehr.save()
    record(action="ehr.added", subject=ehr, by=by)
    return ehr


@transaction.atomic
def change(
    *,
    ehr: Ehr,
    label: str,
    proof: str,
    identifier_systems: Iterable[str],
    factor_values: Iterable[str],
    frame_origins: Iterable[str],
    stands_for_provider: bool,
    by: User,
) -> Ehr:
    """Change what an EHR may say; what widens it waits for another administrator first.

    Raises:
        ValidationError: a text that cannot be.
    """
    ehr = EHR_TERMS.locked(ehr)
    wanted = dataclasses.replace(
        EHR_TERMS.latest(ehr),
        label=label,
        proof=proof,
        identifier_systems=_lines("identifier_systems", identifier_systems),
        factor_values=_lines("factor_values", factor_values),
        frame_origins=_origins(frame_origins),
        stands_for_provider=stands_for_provider,
    )
    EHR_TERMS.put(ehr, wanted, by=by)
    return ehr


@transaction.atomic
def switch_on(*, ehr: Ehr, by: User) -> Ehr:
    """Let an EHR launch.

    Raises:
        ValidationError: no patient could be found by it, or only one administrator has seen it.
    """
    ehr = EHR_TERMS.locked(ehr)
    if not ehr.identifier_systems:
        raise ValidationError("Say first which identifiers of its patients are our record numbers.")
    if ehr.unconfirmed_by_id is not None:
        raise ValidationError("Another administrator has to confirm first how it is set up.")
    ehr.is_on = True
    ehr.save(update_fields=["is_on"])
    record(action="ehr.switched_on", subject=ehr, by=by)
    return ehr


@transaction.atomic
def switch_off(*, ehr: Ehr, by: User, session_key: str | None = None) -> Ehr:
    """Let an EHR launch no more; its people are signed out at once, but for who asks."""
    ehr = EHR_TERMS.locked(ehr)
    ehr.is_on = False
    ehr.save(update_fields=["is_on"])
    for link in EhrLink.objects.filter(ehr=ehr).select_related("user"):
        sessions.end_all(link.user, but=session_key)
    record(action="ehr.switched_off", subject=ehr, by=by)
    return ehr


@transaction.atomic
def unlink(*, ehr: Ehr, user_id: uuid.UUID, by: User) -> User:
    """Forget who somebody is at the EHR; their sessions end.

    Raises:
        EhrLink.DoesNotExist: they are not linked.
    """
    link = EhrLink.objects.select_related("user").get(ehr=ehr, user_id=user_id)
    record(action="person.unlinked_from_ehr", subject=link, by=by)
    link.delete()
    sessions.end_all(link.user)
    return link.user


def _lines(name: str, given: Iterable[str]) -> list[str]:
    lines = sorted(set(given))
    if len(lines) > MOST_LINES or any(len(line) > LONGEST_LINE for line in lines):
        message = f"At most {MOST_LINES} lines of at most {LONGEST_LINE} characters."
        raise ValidationError({name: message})
    return lines


def _origins(given: Iterable[str]) -> list[str]:
    lines = _lines("frame_origins", given)
    for line in lines:
        if not origin_of(line) or not ORIGIN.fullmatch(line):
            message = f"“{line}” is no origin: give https:// and a host, nothing behind it."
            raise ValidationError({"frame_origins": message})
    return lines
