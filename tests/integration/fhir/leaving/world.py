"""An institution in which there is something for every source of resources."""

from typing import Any

from django.test import Client

from tests.factories.cases import SURVEILLANCE, make_case
from tests.factories.everything import one_of_everything
from tests.factories.hooks import SELECT, Ehr, call, make_ehr, order
from tests.factories.people import add_member
from tests.factories.tasks import PET, PRRT, REFERRAL, amended, decided
from tests.integration.fhir.conftest import Program, program_of
from tests.integration.fhir.resources.test_clinical import STAGED, fill
from tests.integration.fhir.writing.round_trip import examples, sent
from tests.integration.fhir.writing.server import Server
from tests.integration.fhir.writing.test_round_trip import HERE
from tests.integration.isolation.world import BUILT_IN
from tumorboard.tenancy.models import Institution
from tumorboard.tenancy.scope import institution_scope


def filled(institution: Institution) -> Program:
    """The program of somebody who may read all that there is.

    There are cases with a value in every element, decisions that were amended, everything that an
    address can name, and what others sent in and no row holds.
    """
    by = add_member(institution, *BUILT_IN, email="all@north.example", name="All Roles")
    with institution_scope(institution):
        fill(make_case(by=by, **STAGED), by=by)
        one_of_everything(by=by, word="Own")
        amended(decided(PET, PRRT, REFERRAL, by=by), [PET], by=by)
    program = program_of(institution, by)
    sent(Server(institution, program.token, Client()), examples(HERE))
    return program


def suggested(institution: Institution) -> list[dict[str, Any]]:
    """The orders that cards of CDS Hooks offer in the place of another."""
    administrator = add_member(
        institution, "ADMINISTRATOR", email="ehr@north.example", name="Ed Ehr"
    )
    make_ehr(institution, administrator)
    with institution_scope(institution):
        known = {**SURVEILLANCE, "metastases_known": False, "cga_trend": "normal"}
        case = make_case(by=administrator, **known)
    body = call(record_number=case.patient.record_number, orders=[order()])
    return [
        action["resource"]
        for card in Ehr(institution.slug).cards(SELECT, body)
        for suggestion in card.get("suggestions", ())
        for action in suggestion["actions"]
    ]
