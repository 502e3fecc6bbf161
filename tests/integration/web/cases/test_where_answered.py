"""Every fact of the dictionary has a place where it is answered, or is on a short list."""

import pytest

from cases.selectors.imaging import imaging_of
from cases.services.assessments import reassess
from cases.web.fields import NOBODY, where_answered, where_changed
from guidance.editions import adoptions
from guidance.engine.dictionary import DICTIONARY
from tests.factories.cases import make_study
from tests.factories.editions import item, loaded
from tests.integration.web.cases.reading import text_of

pytestmark = pytest.mark.usefixtures("scope", "kept_case")


def test_nobody_answers_just_these():
    assert {"evaluated_on", "ruleset_version", "fact_provenance"} == NOBODY


@pytest.mark.parametrize("has_study", [False, True])
def test_each_fact_has_a_field_on_the_page_it_leads_to(
    browser, client, case, coordinator, administrator, has_study
):
    if has_study:
        make_study(case=case, by=coordinator)
    current = imaging_of(case).current
    pages: dict[str, str] = {}
    for name in DICTIONARY:
        url = where_answered(case, name, current=current)
        if name in NOBODY:
            assert url == ""
            continue
        address, _, anchor = url.partition("#")
        if address not in pages:
            browser.force_login(administrator if "/settings/" in address else coordinator)
            response = browser.get(address)
            assert response.status_code == 200, name
            pages[address] = response.content.decode()
        assert not anchor or f'id="{anchor}' in pages[address], name
    assert len(DICTIONARY) == 152


def test_an_origin_leads_to_the_record_behind_it(case, coordinator, at):
    study = make_study(case=case, by=coordinator, outcome="positive")

    def leads_to(rule):
        return where_changed(case, rule, current=study)

    assert leads_to("patient.birth_date") == at("patient_edit", case.patient_id)
    assert leads_to("treatments.prrt") == at("treatments", case.pk)
    assert leads_to("procedures.biliary") == at("treatments", case.pk)
    assert leads_to("lesions.targets") == at("lesions", case.pk)
    assert leads_to("specimen.ki67_percent") == at("pathology", case.pk)
    assert leads_to("policy") == at("guidance_settings")
    assert leads_to("study.multiphasic") == at("study_edit", study.pk)
    assert leads_to("result.outcome") == at("result_enter", study.pk)
    assert leads_to("studies.chest") == at("case", case.pk) + "#imaging"
    assert leads_to("answer") == ""


def test_what_only_another_edition_asks_is_shown_and_leads_nowhere(
    browser, at, case, coordinator, administrator
):
    """An edition outlives the software that knew how to ask for its facts."""

    def ask_more(content):
        fact = {**item(content["facts"]["facts"], name="bone_pain"), "name": "back_pain"}
        content["facts"]["facts"].append({**fact, "number": 999, "question": "Any back pain?"})
        item(content["scenarios"]["scenarios"], id="SC-01")["ask"].append("back_pain")

    adoptions.adopt(edition=loaded("2027.1", ask_more), by=administrator)
    reassess(case=case)
    page = browser.get(at("case", case.pk))
    assert "Any back pain?" in text_of(page)
    assert where_answered(case, "back_pain") == ""
