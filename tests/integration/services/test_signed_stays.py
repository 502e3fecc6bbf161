"""What was signed stays: the database itself refuses the application to change it."""

import pytest
from django.db import connection, transaction
from django.db.utils import ProgrammingError

from cases.models import Attendance, Decision, Participant, Recommendation
from cases.services import attendances
from cases.services.content_hash import is_intact
from cases.services.facts import answer
from tests.factories.boards import make_item, sign

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("scope")]

COLUMNS = [
    (model._meta.db_table, field.column)
    for model in (Decision, Recommendation, Participant)
    for field in model._meta.concrete_fields
]


@pytest.fixture
def item(scope, coordinator, chair):
    """An item with a signed decision."""
    item = make_item(by=coordinator)
    sign(item, by=chair)
    return item


def refused(statement):
    """Run a statement that the application must not run."""
    with (
        pytest.raises(ProgrammingError, match="permission denied"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)


@pytest.mark.usefixtures("item")
def test_no_column_can_be_changed():
    for table, column in COLUMNS:
        refused(f'UPDATE "{table}" SET "{column}" = "{column}"')


@pytest.mark.usefixtures("item")
@pytest.mark.parametrize("model", [Decision, Recommendation, Participant])
def test_no_row_can_be_deleted(model):
    refused(f'DELETE FROM "{model._meta.db_table}"')
    refused(f'TRUNCATE "{model._meta.db_table}" CASCADE')

    assert model.objects.exists()


def test_what_happens_later_leaves_it_alone(item, coordinator):
    decision = Decision.objects.get()
    seen = decision.assessment_id

    answer(case=item.case, answers={"bone_pain": True}, by=coordinator)
    attendances.note_absent(attendance=Attendance.objects.get(), by=coordinator)

    decision = Decision.objects.get()
    item.case.refresh_from_db()
    assert decision.assessment_id == seen != item.case.assessment_id
    assert is_intact(decision)
