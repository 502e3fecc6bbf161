"""Cases that have everything a board asks for, made as a person would make them."""

import datetime
from typing import Any

from django.utils import timezone

from cases.models import Case, Study
from cases.selectors.cases import one
from cases.selectors.preparation import with_preparation
from cases.services import cases
from cases.services.assessments import assessed_once
from tests.factories.cases import SURVEILLANCE, make_case, make_study
from tumorboard.accounts.models import User

#: An uid as archives give them; the images are at hand.
STUDY_UID = "1.2.826.0.1.3680043.8.498.1"


def days_ago(days: int) -> datetime.date:
    """A day before today."""
    return timezone.localdate() - datetime.timedelta(days=days)


def make_surveillance_ct(*, case: Case, by: User, **fields: Any) -> Study:
    """A reported surveillance CT with its images."""
    given = {"performed_on": days_ago(7), "study_uid": STUDY_UID, "outcome": "negative", **fields}
    return make_study(case=case, by=by, modality="CT", procedure="CT_AP_W", **given)


def make_complete_case(*, by: User, **ct: Any) -> Case:
    """A case of routine surveillance (SC-03) in which nothing is missing."""
    with assessed_once():
        case = make_case(by=by, **SURVEILLANCE, stage_class="early")
        cases.change(case=case, board_question="Go on as planned?", by=by)
        make_surveillance_ct(case=case, by=by, **ct)
    return one(case.pk)


def open_gaps(case: Case) -> int:
    """How many open gaps the lists count of a case."""
    return with_preparation(Case.objects.filter(pk=case.pk)).get().open_gap_count
