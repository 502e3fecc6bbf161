"""What a code map changes of what comes in is seen before and after it is confirmed."""

import pytest
from django.test import Client
from django.urls import reverse

from cases.models import InboxMessage, InboxProposal
from cases.models.inbox_message import MessageState
from cases.services import code_maps
from cases.services.intake import code_effects, hl7v2
from cases.services.intake.code_effects import effects_of
from cases.services.intake.faults import Unacceptable
from tests.integration.api.conftest import script_of
from tests.integration.intake import messages as of
from tumorboard.tenancy.scope import institution_scope

pytestmark = pytest.mark.django_db

ALP = {"system": "LAB", "code": "XYZ", "concept": "analyte/alp"}


@pytest.fixture
def mapped(institution, known, case, coordinator, send):
    """Adds a mapping after a laboratory's message and a radiologist's came."""
    assert send(of.laboratory()).status_code == 200
    assert send(of.radiology()).status_code == 200

    def add(**given):
        with institution_scope(institution):
            return code_maps.add(by=coordinator, **{**ALP, **given})

    return add


@pytest.mark.parametrize("is_confirmed", [False, True])
def test_the_message_that_reads_otherwise_is_named(institution, mapped, is_confirmed):
    mapping = mapped(is_confirmed=is_confirmed)
    with institution_scope(institution):
        before = InboxProposal.objects.count()
        effects = effects_of(mapping)
        laboratory = InboxMessage.objects.get(kind="ORU^R01", received_at=_first())
        assert effects.looked_at == 2
        assert [each.message for each in effects.found] == [laboratory.pk]
        assert (effects.found[0].comes, effects.found[0].goes) == ({"Lab result": 1}, {})
        assert InboxProposal.objects.count() == before


def _first():
    return InboxMessage.objects.order_by("received_at").values_list("received_at").first()[0]


def test_another_meaning_of_a_standards_code_takes_readings_away(institution, mapped):
    mapping = mapped(system="LN", code="9811-1", concept="analyte/nse")
    with institution_scope(institution):
        (effect,) = effects_of(mapping).found
    assert effect.goes == {"Lab result": 1}


def test_a_bundle_is_read_too(institution, mapped, send):
    assert send(of.bundle(), door="fhir", content_type="application/fhir+json").status_code == 202
    mapping = mapped(system="LN", code="9811-1", concept="analyte/nse")
    with institution_scope(institution):
        kinds = {effect.kind for effect in effects_of(mapping).found}
    assert "Bundle" in kinds


@pytest.mark.parametrize("given", [{"code": "NOWHERE"}, {"system": "ANOTHER"}])
def test_a_code_that_no_message_holds_changes_nothing(institution, mapped, given):
    mapping = mapped(**given)
    with institution_scope(institution):
        assert effects_of(mapping).found == ()


def test_what_was_refused_or_reads_no_more_is_left_out(institution, mapped, monkeypatch):
    mapping = mapped()

    def fails(raw, *, local):
        raise Unacceptable("No more.")

    with institution_scope(institution):
        with monkeypatch.context() as patched:
            patched.setattr(hl7v2, "again", fails)
            assert effects_of(mapping) == code_effects.Effects(2, ())
        InboxMessage.objects.update(state=MessageState.REFUSED)
        assert effects_of(mapping).looked_at == 0


def test_the_page_shows_it_and_leads_to_the_message(institution, mapped, coordinator):
    mapping = mapped()
    browser = Client()
    browser.force_login(coordinator)
    page = browser.get(reverse("code_change", args=["north", mapping.pk])).content.decode()
    assert "What it would change" in page
    with institution_scope(institution):
        first = InboxMessage.objects.order_by("received_at").first()
    assert reverse("inbox_message", args=["north", first.pk]) in page
    assert "Berg" not in page
    other = mapped(code="NOWHERE")
    page = browser.get(reverse("code_change", args=["north", other.pk])).content.decode()
    assert "None of the latest 2 messages" in page


def test_scripts_read_it(institution, mapped, coordinator):
    mapping = mapped()
    script = script_of(institution, coordinator)
    (found,) = script.get(f"code-mappings/{mapping.pk}/effects/").json()["found"]
    assert (found["kind"], found["comes"]) == ("ORU^R01", {"Lab result": 1})
