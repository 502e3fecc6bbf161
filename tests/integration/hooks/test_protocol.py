"""How an order wants its study made, compared with what the guidance has written of it."""

import datetime

import pytest
from django.utils import timezone

from cases.hooks.protocol import differences
from cases.models import Study
from guidance.editions import shelf
from tests.factories.cases import SURVEILLANCE, make_case, make_study
from tests.factories.hooks import CT, FDG, SELECT, SIGN, Ehr, call, order
from tumorboard.tenancy.scope import institution_scope

pytestmark = pytest.mark.django_db

OWN = "https://board.example.org/fhir/CodeSystem"
EVERY_MONTHS = 7
SNOMED = "http://snomed.info/sct"


def own(kind: str, code: str):
    return {"coding": [{"system": f"{OWN}/{kind}", "code": code}]}


def phases(*codes: str):
    return [own("fact", f"ordered_phases/{code}") for code in codes]


def cards(ehr: Ehr, case, *orders, service=SELECT, select=None):
    body = call(service, record_number=case.patient.record_number, orders=orders)
    if select is not None:
        body["context"]["selections"] = select
    return ehr.cards(service, body)


def test_a_phase_that_the_order_lacks_is_named_and_offered(ehr: Ehr, surveilled):
    given = order(CT, orderDetail=phases("portal_venous"))
    [card] = cards(ehr, surveilled, given)
    assert card["summary"].startswith("CT abdomen and pelvis with IV contrast: the order differs")
    assert "It lacks: late arterial phase." in card["detail"]
    assert "001 L31" in card["detail"]
    [offer] = card["suggestions"]
    assert offer["isRecommended"] is True
    [action] = offer["actions"]
    assert action["resource"]["orderDetail"][0]["text"].startswith("Multiphasic")
    # Whoever takes it over is left alone: the order that was offered is understood.
    assert cards(ehr, surveilled, action["resource"]) == []
    assert cards(ehr, surveilled, action["resource"], service=SIGN) == []


@pytest.mark.parametrize(
    "details",
    [
        [],
        phases("late_arterial", "portal_venous"),
        phases("pancreatic", "portal_venous", "delayed"),
        [own("fact", "ordered_multiphasic")],
        [{"text": "late arterial only, no portal venous phase"}],
        [{"coding": [{"system": SNOMED, "code": "426722004"}]}],
        [None, 7, {"coding": "x"}, {"coding": [None]}],
    ],
)
def test_an_order_that_is_right_or_says_nothing_is_left_alone(ehr: Ehr, surveilled, details):
    """ADR 29: a card that only agrees teaches people to dismiss cards; words are not guessed at."""
    assert cards(ehr, surveilled, order(CT, orderDetail=details)) == []


def test_contrast_that_does_not_go_with_the_study_is_named(ehr: Ehr, surveilled):
    [card] = cards(ehr, surveilled, order(CT, orderDetail=[own("contrast", "none")]))
    assert "It names as contrast agent: none." in card["detail"]
    assert card["indicator"] == "info"
    hepatobiliary = [{"coding": [{"system": SNOMED, "code": "440223009"}]}]
    [card] = cards(ehr, surveilled, order(CT, orderDetail=hepatobiliary))
    assert "gadolinium, hepatobiliary" in card["detail"]


def test_a_body_site_that_is_less_than_the_study_is_named(ehr: Ehr, surveilled):
    [card] = cards(ehr, surveilled, order(CT, bodySite=[own("region", "abdomen")]))
    assert "It names as body site: abdomen. The study covers abdomen and pelvis." in card["detail"]
    both = [own("region", "abdomen"), own("region", "pelvis")]
    assert cards(ehr, surveilled, order(CT, bodySite=both)) == []


def test_a_tracer_that_does_not_go_with_the_study_is_named(scope):
    procedure = shelf.newest().ratings.procedures["PET_DOTATATE"]
    fdg = Study(procedure="PET_DOTATATE", tracer="FDG")
    [said] = differences(fdg, procedure, None, {})
    assert said == "It names as tracer: FDG. The study is DOTATATE PET/CT."
    assert differences(Study(tracer="DOTATATE"), procedure, None, {}) == []


def test_diffusion_is_named_where_it_is_lacking(scope):
    procedure = shelf.newest().ratings.procedures["MRI_AP_WWO"]
    check = {"lacking": ["delayed", "dwi"]}
    said = differences(Study(), procedure, check, {"delayed": "Delayed"})
    assert said == ["It lacks: delayed phase.", "It lacks: DWI."]
    both = Study(contrast="gadolinium_hepatobiliary")
    assert differences(both, procedure, None, {}) == []


def test_how_urgent_an_order_is_is_none_of_ours(ehr: Ehr, surveilled):
    assert cards(ehr, surveilled, order(CT, priority="stat")) == []


def test_whether_it_is_too_early_is_judged_for_the_day_that_is_wanted(
    ehr: Ehr, institution, coordinator
):
    today = timezone.localdate()
    with institution_scope(institution):
        facts = {**SURVEILLANCE, "metastases_known": False, "followup_policy": "FU-01"}
        facts |= {"stage_class": "higher"}
        case = make_case(by=coordinator, **facts)
        make_study(case=case, by=coordinator, modality="CT", performed_on=today)
    [card] = cards(ehr, case, order(CT))
    assert card["summary"].startswith("Earlier than the chosen policy")
    later = (today + datetime.timedelta(days=EVERY_MONTHS * 31)).isoformat()
    assert cards(ehr, case, order(CT, occurrenceDateTime=later)) == []
    assert cards(ehr, case, order(CT, occurrencePeriod={"start": later})) == []
    for unclear in ({"occurrenceDateTime": "soon"}, {"occurrencePeriod": {}}):
        assert len(cards(ehr, case, order(CT, **unclear))) == 1


def test_what_contradicts_itself_today_is_told_whenever_the_study_is_wanted(
    ehr: Ehr, institution, coordinator
):
    with institution_scope(institution):
        case = make_case(by=coordinator, **{**SURVEILLANCE, "metastases_known": True})
    later = (timezone.localdate() + datetime.timedelta(days=90)).isoformat()
    [card] = cards(ehr, case, order(CT, occurrenceDateTime=later))
    assert "C-02" in card["detail"]


def test_what_another_draft_orders_already_is_not_offered_again(ehr: Ehr, surveilled):
    wrong, right = order(FDG, key="a"), order(CT, key="b")
    for given in (
        cards(ehr, surveilled, wrong, right),
        cards(ehr, surveilled, wrong, right, select=["ServiceRequest/a"]),
        cards(ehr, surveilled, wrong, right, service=SIGN),
    ):
        [card] = given
        assert "is rated Usually not appropriate" in card["detail"]
        offered = [one["label"] for one in card.get("suggestions", ())]
        assert not any("CT abdomen and pelvis with IV" in label for label in offered)
    assert cards(ehr, surveilled, wrong, right, select=["ServiceRequest/b"]) == []


def test_each_of_several_wrong_orders_gets_its_card(ehr: Ehr, surveilled):
    medicine = {
        "resourceType": "MedicationRequest",
        "id": "drug",
        "subject": {"reference": "Patient/1288992"},
    }
    found = cards(ehr, surveilled, order(FDG, key="a"), medicine, order(FDG, key="b"))
    replaced = [card["suggestions"][0]["actions"][0]["resource"]["id"] for card in found]
    assert replaced == ["a", "b"]
