"""Taking studies over from the picture archive."""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction

from cases.dicom.pacs_answers import ArchivedStudy
from cases.models import Case, Study
from cases.selectors.archived import offers
from cases.services import studies
from cases.services.cases import lock
from cases.services.errors import Invalid
from tumorboard.accounts.models import User
from tumorboard.audit.record import record


@dataclass(frozen=True)
class Chosen:
    """A study of the archive that a person wants in the case, and what the person said of it."""

    archived: ArchivedStudy
    modality: str
    performed_on: datetime.date | None
    #: Whether the person confirmed that it is the same patient, where the archive says otherwise.
    is_same_patient: bool = False


@transaction.atomic
def add(*, case: Case, chosen: Sequence[Chosen], by: User) -> list[Study]:
    """Add studies of the archive to `case`, all of them or none.

    A study that the case has under the accession number, without a UID, is given the UID instead;
    one that the case has under the UID is left as it is.

    Raises:
        Invalid: something of one study cannot be accepted; fields are named `modality-<uid>`.
    """
    case = lock(case)
    return [_add(case, choice, by) for choice in chosen]


def _add(case: Case, choice: Chosen, by: User) -> Study:
    archived = choice.archived
    # Looked up under the lock, and after the choices before this one.
    (offer,) = offers(case, [archived])
    if offer.study and offer.study.study_uid:
        return offer.study
    errors = {}
    if offer.differences:
        if choice.is_same_patient:
            record(action="case.study.identity_confirmed", subject=case, by=by)
        else:
            errors["is_same_patient"] = ["Confirm that it is the same person, or leave it out."]
    if not errors:
        try:
            if offer.study:
                return studies.change(study=offer.study, study_uid=archived.study_uid, by=by)
            return studies.add(
                case=case,
                by=by,
                modality=choice.modality,
                performed_on=choice.performed_on,
                study_uid=archived.study_uid,
                accession_number=archived.accession_number,
            )
        except Invalid as error:
            errors = error.errors
    raise Invalid({f"{field}-{archived.study_uid}": given for field, given in errors.items()})
