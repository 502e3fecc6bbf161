"""No direct identifier stands in the database in a form that the database can read."""

import datetime

import psycopg
import pytest
from django.conf import settings
from django.db import connections
from django.utils import timezone

from cases.models import Board, StudyFile, StudyFilePart
from cases.selectors.agendas import agenda
from cases.selectors.publications import frozen
from cases.services import agendas, form_drafts, meetings, patients, publications
from cases.services.cases import open_case
from cases.services.imports import uploads
from tests.factories.cases import make_study
from tests.factories.everything import one_of_everything
from tests.factories.people import add_member, make_institution
from tumorboard.tenancy.scope import institution_scope

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])

NUMBER, FAMILY, GIVEN, BORN = "MRNXQ-7719", "Quixotlebury", "Zephyrinda", "1931-07-23"
IDENTITY = {"patient_id": NUMBER, "name": f"{FAMILY}^{GIVEN}", "birth_date": BORN, "sex": "F"}
TABLES = (
    "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'"
)


def dump() -> dict[str, str]:
    """Every row of every table as text, read by a role that row-level security does not bind."""
    name = connections["default"].settings_dict["NAME"]
    with psycopg.connect(settings.DATABASE_ADMIN_URL, dbname=name) as database:
        tables = [table for (table,) in database.execute(TABLES)]
        return {
            table: "\n".join(row for (row,) in database.execute(f'SELECT t::text FROM "{table}" t'))
            for table in tables
        }


def fill(by) -> None:
    """One of everything, and the identity wherever a person or a machine says it."""
    made = one_of_everything(by=by)
    patient = patients.add(record_number="BEFORE-1", by=by)
    person = {"record_number": NUMBER, "family_name": FAMILY, "given_name": GIVEN}
    patients.change(patient=patient, by=by, birth_date=_born(), **person)
    case = open_case(patient=patient, title="Tumor", by=by)
    meeting = meetings.plan(
        board=_board(made), starts_at=timezone.now() + timezone.timedelta(days=2), by=by
    )
    agendas.put_on(meeting=meeting, case=case, by=by)
    pdf = f"%PDF {NUMBER} {FAMILY}".encode()
    publications.publish(meeting=meeting, lines=frozen(agenda(meeting)), pdf=pdf, by=by)
    key = form_drafts.DraftKey(by.pk, "case_new")
    form_drafts.keep(key=key, fields={name: [value] for name, value in person.items()})
    table = f"MRN,Name,Born\n{NUMBER},{FAMILY},{BORN}\nB2,{FAMILY} {FAMILY},never\n"
    file = uploads.upload(name="cohort.csv", content=table.encode(), by=by)
    mapping = {"MRN": "record_number", "Name": "family_name", "Born": "birth_date"}
    uploads.choose_columns(file=file, mapping=mapping, by=by)
    study_file = StudyFile.objects.create(
        study=make_study(case=case, by=by),
        case=case,
        kind="dicom",
        name="a.dcm",
        size=1,
        sha256="2" * 64,
        state="held",
        mismatches=[{"field": "Record number", "header": NUMBER, "patient": NUMBER}],
        findings={"study": {}, "identity": IDENTITY},
        uploaded_by=by,
    )
    StudyFilePart.of(file=study_file, number=0, content=pdf).save()


def _born():
    return datetime.date.fromisoformat(BORN)


def _board(made):
    return Board.objects.get(pk=made.board_id)


def test_no_table_holds_a_name_a_number_or_a_date_of_birth():
    """HIPAA 164.312(a)(2)(iv): identifiers are encrypted and decrypted by a mechanism of ours.

    ASVS v5.0.0-14.2.4: what the documentation asks for each level of protection is done; direct
    identifiers are of the highest.
    """
    institution = make_institution(slug="north", name="North Hospital")
    by = add_member(institution, "COORDINATOR", email="c@north.example", name="Cora")
    with institution_scope(institution):
        fill(by)
    found = dump()
    # What is no identifier is there to be found, so that the search below finds what it looks for.
    assert "Canary diagnosis" in found["cases_case"]
    assert all(found[table] for table in ("cases_patientevent", "cases_importrow"))
    for said in (NUMBER, FAMILY, GIVEN, BORN, "CANARY-1", "Canarysouth", "BEFORE-1"):
        forms = {said, said.lower(), said.upper(), said.encode().hex()}
        holding = [table for table, text in found.items() if any(form in text for form in forms)]
        assert holding == [], said
