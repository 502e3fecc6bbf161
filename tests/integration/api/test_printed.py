"""What was printed is fetched: published agendas, signed decisions, their letters."""

import pytest

from cases.models import Decision
from tests.factories.boards import make_meeting
from tests.factories.cases import make_case
from tests.factories.tasks import REFERRAL, decided
from tests.integration.api.conftest import faults
from tests.unit.documents.printed import text as printed_text
from tumorboard.tenancy.scope import institution_scope

pytestmark = pytest.mark.django_db

NOWHERE = "00000000-0000-0000-0000-000000000007"


@pytest.fixture
def decision(institution, coordinator):
    with institution_scope(institution):
        decided(REFERRAL, by=coordinator)
        return Decision.objects.select_related("case__patient").get()


@pytest.mark.parametrize(
    ("what", "action"),
    [
        ("file", "decision.printed"),
        ("letter", "letter.printed"),
        ("patient-letter", "patient_letter.printed"),
    ],
)
def test_a_signed_decision_and_its_letters_are_fetched(script, decision, audited, what, action):
    audited()
    path = f"decisions/{decision.pk}/{what}/"
    got = script.get(path, headers={"accept": "application/pdf"})
    assert (got.status_code, got["Content-Type"]) == (200, "application/pdf")
    assert "Rivera" in printed_text(got.content)
    assert "Rivera" not in got["Content-Disposition"]
    assert script.get(path).content == got.content
    assert script.get(f"{path}?paper=letter").content != got.content
    assert "paper" in faults(script.get(f"{path}?paper=a3"))
    assert [entry[0] for entry in audited()] == [action] * 3
    assert script.get(f"decisions/{NOWHERE}/{what}/").status_code == 404


@pytest.fixture
def made(script, institution, coordinator):
    """A published agenda with one case."""
    with institution_scope(institution):
        meeting, case = make_meeting(by=coordinator), make_case(by=coordinator)
    body = {"meeting": str(meeting.pk), "case": str(case.pk)}
    assert script.post("agenda-items/", body).status_code == 201
    return script.post("publications/", {"meeting": str(meeting.pk)}).json()


def test_a_published_agenda_is_fetched(script, made):
    got = script.get(f"publications/{made['id']}/file/")
    assert got.status_code == 200, got.content
    assert "Rivera" in printed_text(got.content)
    assert script.get(f"publications/{NOWHERE}/file/").status_code == 404


def test_an_agenda_with_somebody_who_was_erased_or_hidden_is_not_opened(script, made, monkeypatch):
    monkeypatch.setattr("cases.api.printed.pdf_of", lambda publication: None)
    assert script.get(f"publications/{made['id']}/file/").status_code == 409
    monkeypatch.setattr("cases.api.printed.is_whole", lambda publication: False)
    assert script.get(f"publications/{made['id']}/file/").status_code == 404
