"""Writing where an institution's picture archive and viewer are."""

from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from cases.dicom.pacs_access import address_fault
from cases.dicom.pacs_faults import PacsError
from cases.dicom.pacs_viewer import template_fault
from cases.models import PacsConnection
from cases.selectors import pacs
from cases.services.checks import WHOLE, check, stripped
from cases.services.errors import Refused
from tumorboard.accounts.models import User
from tumorboard.audit.record import record


@transaction.atomic
def save(*, by: User, **fields: Any) -> PacsConnection:
    """Name the institution's archive and viewer, or change what is named.

    Args:
        fields: columns of `PacsConnection`: name, qido_url, wado_url, credentials,
            viewer_template.

    Raises:
        Invalid: a field cannot be accepted.
        Refused: somebody else named an archive at the same time.
    """
    stored = PacsConnection.objects.select_for_update().first() or PacsConnection()
    for name, value in stripped(fields).items():
        setattr(stored, name, value)
    check(stored, also=_errors(stored))
    stored.saved_by, stored.saved_at = by, timezone.now()
    try:
        with transaction.atomic():
            stored.save()
    except IntegrityError as error:
        # Nothing was there to lock when somebody else named an archive for the first time.
        raise Refused("Somebody else saved this just now. Look at it again.") from error
    record(action="institution.pacs.saved", subject=stored, by=by)
    return stored


@transaction.atomic
def remove(*, by: User) -> None:
    """Forget the archive and the viewer; nothing happens where none is named."""
    stored = PacsConnection.objects.select_for_update().first()
    if stored:
        record(action="institution.pacs.removed", subject=stored, by=by)
        stored.delete()


def _errors(stored: PacsConnection) -> dict[str, list[str]]:
    errors: dict[str, list[str]] = {}
    for name in ("qido_url", "wado_url"):
        reason = _refusal(getattr(stored, name))
        if reason:
            errors[name] = [reason]
    if stored.wado_url and not stored.qido_url:
        errors["qido_url"] = ["Give the address of QIDO-RS too: pictures are found through it."]
    if not stored.qido_url and not stored.viewer_template:
        errors[WHOLE] = ["Give the address of the archive, of the viewer, or of both."]
    fault = template_fault(stored.viewer_template) if stored.viewer_template else ""
    if fault:
        errors["viewer_template"] = [fault]
    try:
        pacs.access().auth(stored.credentials)
    except PacsError as error:
        errors["credentials"] = [str(error)]
    return errors


def _refusal(address: str) -> str:
    """Why `address` is not kept; empty where it is, or where there is none."""
    if not address:
        return ""
    fault = address_fault(address)
    if fault:
        return fault
    try:
        pacs.access().check(address)
    except PacsError as error:
        return str(error)
    return ""
