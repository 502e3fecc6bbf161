"""An EHR that is registered at an institution, and a case of surveillance there."""

import pytest

from cases.models import Case
from tests.factories.cases import SURVEILLANCE, make_case
from tests.factories.hooks import Ehr, make_ehr
from tumorboard.accounts.models import User
from tumorboard.tenancy.models import Institution
from tumorboard.tenancy.scope import institution_scope


@pytest.fixture
def ehr(institution: Institution, administrator: User) -> Ehr:
    """An EHR that the institution has registered."""
    make_ehr(institution, administrator)
    return Ehr()


@pytest.fixture
def surveilled(institution: Institution, coordinator: User) -> Case:
    """Routine surveillance after a complete resection (SC-03): CT comes first."""
    facts = {**SURVEILLANCE, "metastases_known": False, "cga_trend": "normal"}
    with institution_scope(institution):
        return make_case(by=coordinator, **facts)
