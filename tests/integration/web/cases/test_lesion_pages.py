"""The pages of lesions: the response table, the grid of one study, a result against it."""

import datetime
import json
import re

import pytest
from django.contrib.messages import get_messages
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cases.models import Lesion, LesionSheet, Measurement, Result, StudyFile
from cases.selectors.lesion_words import SYSTEMS
from cases.services import lesions, results, treatments
from tests.factories.cases import make_study
from tests.factories.lesions import FIRST, make_course, make_lesion, measure
from tests.integration.selectors.test_lesions import many
from tests.integration.web.cases.reading import (
    checked_of,
    error_at,
    row_version_of,
    text_of,
    value_of,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("scope", "kept_case")]


@pytest.fixture
def study(case, coordinator):
    return make_study(case=case, by=coordinator, modality="CT", performed_on=FIRST)


def carried(browser, address):
    """What the grid carries, as a browser sends it."""
    body = browser.get(address).content.decode()
    hidden = re.findall(r'<input type="hidden" name="([^"]+)"(?: value="([^"]*)")?', body)
    return {name: value for name, value in hidden if name != "csrfmiddlewaretoken"}


def systems_of(page):
    """The systems that have a row in the summary on the page of the case."""
    found = re.findall(r'<th scope="row">([^<]+)</th>', page.content.decode())
    return [name for name in found if name in SYSTEMS.values()]


def cell(lesion, name):
    return f"l{lesion.pk.hex}_{name}"


def test_a_case_without_lesions_leads_to_the_study_to_measure(browser, at, case, study):
    page = browser.get(at("lesions", case.pk))
    assert "No lesion is measured yet" in text_of(page)
    assert at("measurements_enter", study.pk) in page.content.decode()


def test_a_case_without_studies_asks_for_one(browser, at, case):
    page = browser.get(at("lesions", case.pk))
    assert at("study_new", case.pk) in page.content.decode()


def test_the_first_study_brings_its_lesions_in_the_same_grid(browser, at, case, study):
    address = at("measurements_enter", study.pk)
    page = browser.get(address)
    assert value_of(page, "n0_label") == "L1"
    assert value_of(page, "n11_label") == "L12"
    assert "Is there a new lesion?" not in text_of(page)
    assert "every liver metastasis of this study recorded here, and nothing else" in text_of(page)
    data = {
        **carried(browser, address),
        "n0_label": "L1",
        "n0_place": "liver:VI",
        "n0_role": "target",
        "n0_longest_mm": "2.1 cm",
        "n0_attenuation_hu": "80",
        "n1_label": "N1",
        "n1_place": "abdominal_ln:retroperitoneal",
        "n1_role": "target",
        "n1_short_mm": "16,5",
        "n2_label": "L3",
        "n2_role": "target",
        "every_liver_lesion": "true",
    }
    response = browser.post(address, data)
    assert response["Location"] == at("lesions", case.pk)
    told = [str(message) for message in get_messages(response.wsgi_request)]
    assert told == ["The measurements were saved; sizes typed in cm are kept in mm."]
    found = Measurement.objects.order_by("lesion__label")
    assert [(row.lesion.label, row.longest_mm, row.short_mm) for row in found] == [
        ("L1", 21, None),
        ("N1", None, 16.5),
    ]
    assert LesionSheet.objects.get().every_liver_lesion is True

    page = browser.get(at("lesions", case.pk))
    words = text_of(page)
    assert "Liver, Segment VI, Target" in words
    assert "80 HU" in words
    assert "37.5" in words
    assert "entered by a person, Cora Coordinator" in words
    again = browser.get(address)
    assert value_of(again, cell(Lesion.objects.get(label="L1"), "longest_mm")) == "21"
    assert checked_of(again, "every_liver_lesion") == ["true"]


@pytest.mark.parametrize(
    ("typed", "field", "message"),
    [
        ({"n0_longest_mm": "2 inches"}, "n0_longest_mm", "Enter a size in mm"),
        ({"n0_longest_mm": "700"}, "n0_longest_mm", "between 0 and 500 mm"),
        ({"n0_longest_mm": "21", "n0_short_mm": "30"}, "n0_short_mm", "longer than"),
        ({"n0_longest_mm": "21", "n0_attenuation_hu": "dense"}, "n0_attenuation_hu", "number"),
        ({"n0_longest_mm": "21", "n0_place": ""}, "n0_place", "where the lesion lies"),
        ({"n0_longest_mm": "21", "n0_label": " "}, "n0_label", "Name the lesion"),
        ({"n0_longest_mm": "21", "n0_place": "liver:IX"}, "n0_place", "Select a valid choice"),
        ({"n0_longest_mm": "21", "n0_role": "new"}, "n0_role", "Select a valid choice"),
        ({"n0_longest_mm": "21", "n0_label": "x" * 41}, "n0_label", "at most 40"),
    ],
)
def test_what_has_no_sense_is_told_at_its_cell_and_nothing_is_kept(
    browser, at, study, typed, field, message
):
    address = at("measurements_enter", study.pk)
    start = {"n0_label": "L1", "n0_place": "liver:VI", "n0_role": "target"}
    other = {"n1_label": "L2", "n1_place": "liver", "n1_role": "target", "n1_longest_mm": "33"}
    data = {**carried(browser, address), **start, **other, **typed}
    response = browser.post(address, data)
    assert response.status_code == 422
    assert message in error_at(response, field)
    assert value_of(response, "n1_longest_mm") == "33"
    assert not Lesion.objects.exists()


def test_more_rows_keep_what_is_typed(browser, at, study):
    address = at("measurements_enter", study.pk)
    data = {**carried(browser, address), "n0_longest_mm": "2 inches", "more": "1"}
    page = browser.post(address, data)
    assert page.status_code == 200
    assert value_of(page, "n0_longest_mm") == "2 inches"
    assert value_of(page, "n17_label") == "L18"
    strange = browser.post(address, {**data, "blank_rows": "9999999"})
    assert value_of(strange, "n17_label") == "L18"


def test_a_study_is_measured_and_goes_on_to_its_result(browser, at, case, coordinator):
    lesion, _ = make_course(case, 40, by=coordinator)
    later = FIRST + datetime.timedelta(days=60)
    study = make_study(case=case, by=coordinator, modality="MRI", performed_on=later)
    address = at("measurements_enter", study.pk)
    page = browser.get(address)
    assert "L1 Liver Target 40" in text_of(page)
    assert value_of(page, cell(lesion, "attenuation_hu")) is None
    data = {
        **carried(browser, address),
        cell(lesion, "longest_mm"): "28",
        cell(lesion, "adc"): "1.1",
        "new_lesions": "false",
        "and_result": "1",
    }
    response = browser.post(address, data)
    assert response["Location"] == at("result_enter", study.pk)
    words = text_of(browser.get(at("lesions", case.pk)))
    assert "RECIST 1.1: PR , partial response" in words
    assert "baseline by CT" in words
    assert "Choi not computed: no attenuation at baseline." in words
    beside = text_of(browser.get(at("result_enter", study.pk)))
    assert "Measured All studies Lesion 10 Jan 2025 11 Mar 2025 L1 Target 40 28" in beside


def test_states_are_offered_where_they_make_sense(browser, at, case, coordinator):
    lesion, studies = make_course(case, 40, 30, by=coordinator)
    other = make_lesion(case=case, by=coordinator, label="B1", site="bone", role="non_target")
    joined = make_lesion(case=case, by=coordinator, label="L2", merged_into=lesion)

    def offered(study, one):
        body = browser.get(at("measurements_enter", study.pk)).content.decode()
        select = re.search(rf'(?s)<select name="{cell(one, "state")}".*?</select>', body)
        return set(re.findall(r'<option value="([^"]+)"', select[0]))

    always = {"too_small", "present", "not_evaluable"}
    assert offered(studies[0], lesion) == always
    assert offered(studies[1], lesion) == {*always, "vanished"}
    assert offered(studies[1], other) == {*always, "vanished", "progression"}
    assert offered(studies[1], joined) == {*always, "vanished", "merged"}


def test_a_row_that_is_emptied_is_taken_back(browser, at, case, coordinator):
    lesion, studies = make_course(case, 40, 30, by=coordinator)
    address = at("measurements_enter", studies[1].pk)
    browser.post(address, {**carried(browser, address), cell(lesion, "longest_mm"): ""})
    assert Measurement.objects.count() == 1
    history = text_of(browser.get(at("lesion_edit", lesion.pk)))
    assert "CT of 20 Apr 2025: taken back" in history
    assert "measured, longest mm 30" in history


def test_two_people_at_one_grid(browser, at, case, coordinator, chair):
    lesion, studies = make_course(case, 40, 30, by=coordinator)
    other = make_lesion(case=case, by=coordinator, label="L2")
    measure(studies[1], {other: 20}, by=coordinator)
    address = at("measurements_enter", studies[1].pk)
    mine = {
        **carried(browser, address),
        cell(lesion, "longest_mm"): "31",
        cell(other, "longest_mm"): "20",
        "new_lesions": "false",
    }
    measure(studies[1], {lesion: 35, other: 22}, by=chair)
    response = browser.post(address, mine)
    assert response.status_code == 422
    words = text_of(response)
    assert "Changed by somebody else while this page was open" in words
    assert "L1, longest, mm before 30.0, now 35.0" in words
    assert "you typed 31" in words
    assert value_of(response, cell(lesion, "longest_mm")) == "31"
    assert value_of(response, cell(other, "longest_mm")) in ("22", "22.0")
    assert Measurement.objects.get(lesion=lesion, study=studies[1]).longest_mm == 35
    again = {**mine, cell(other, "longest_mm"): "22"}
    for one in (lesion, other):
        again[cell(one, "seen")] = value_of(response, cell(one, "seen"))
    assert browser.post(address, again).status_code == 302
    assert Measurement.objects.get(lesion=lesion, study=studies[1]).longest_mm == 31


def test_two_people_at_the_questions_of_one_grid(browser, at, case, coordinator, chair):
    lesion, studies = make_course(case, 40, 30, by=coordinator)
    address = at("measurements_enter", studies[1].pk)
    mine = {**carried(browser, address), cell(lesion, "longest_mm"): "30", "new_lesions": "false"}
    measure(studies[1], {}, by=chair, new_lesions=True)
    response = browser.post(address, {**mine, "new_lesions": ""})
    assert response.status_code == 422
    assert "Is there a new lesion? before No, now Yes" in text_of(response)
    again = {**mine, "sheet_seen": value_of(response, "sheet_seen")}
    assert browser.post(address, again).status_code == 302
    assert LesionSheet.objects.get(study=studies[1]).new_lesions is False


def test_an_ordered_study_is_not_measured(browser, at, case, coordinator):
    make_course(case, 40, by=coordinator)
    study = make_study(case=case, by=coordinator, performed_on=None, ordered_on=FIRST)
    address = at("measurements_enter", study.pk)
    page = browser.get(address)
    assert "Enter the date it was performed first" in text_of(page)
    lesion = Lesion.objects.get()
    response = browser.post(address, {**carried(browser, address), cell(lesion, "longest_mm"): "9"})
    assert response.status_code == 422
    assert "performed first" in text_of(response)


def test_a_baseline_is_chosen_in_the_grid(browser, at, case, coordinator):
    lesion, studies = make_course(case, 40, 60, 42, by=coordinator)
    address = at("measurements_enter", studies[1].pk)
    assert checked_of(browser.get(address), "baseline") == []
    data = {**carried(browser, address), cell(lesion, "longest_mm"): "60", "new_lesions": "false"}
    browser.post(address, {**data, "baseline": "on"})
    assert checked_of(browser.get(address), "baseline") == ["on"]
    assert "RECIST 1.1: PR" in text_of(browser.get(at("lesions", case.pk)))


def offer(study, by, *entries):
    """A DICOM report of the study with these measurements."""
    return StudyFile.objects.create(
        study=study,
        case=study.case,
        kind="dicom",
        name="report.dcm",
        size=1,
        sha256="1" * 64,
        state="stored",
        uploaded_by=by,
        findings={
            "measurements": [
                {
                    "tracking_id": name,
                    "tracking_uid": "1.2",
                    "finding": "Lesion",
                    "site": site,
                    "values": values,
                    "faults": [],
                }
                for name, site, values in entries
            ]
        },
    )


def test_what_a_dicom_report_measured_is_confirmed_in_the_grid(browser, at, case, coordinator):
    lesion, _ = make_course(case, 40, by=coordinator)
    later = FIRST + datetime.timedelta(days=60)
    study = make_study(case=case, by=coordinator, modality="CT", performed_on=later)
    offer(
        study,
        coordinator,
        ("L1", "Liver", {"longest_mm": 28.4}),
        ("X1", "Liver", {"longest_mm": 9.0}),
    )
    address = at("measurements_enter", study.pk)
    page = browser.get(address)
    assert "Nothing is kept until you save" in text_of(page)
    assert value_of(page, cell(lesion, "longest_mm")) == "28.4"
    assert (value_of(page, "n0_label"), value_of(page, "n0_longest_mm")) == ("X1", "9")
    assert Measurement.objects.count() == 1
    data = {
        **carried(browser, address),
        cell(lesion, "longest_mm"): "28.4",
        "n0_label": "X1",
        "n0_place": "liver",
        "n0_role": "new",
        "n0_longest_mm": "9.5",
    }
    browser.post(address, data)
    kept = {row.lesion.label: row.source for row in Measurement.objects.filter(study=study)}
    assert kept == {"L1": "dicom_sr", "X1": "person"}
    assert "Filled in" not in text_of(browser.get(address))
    assert "from a DICOM report" in text_of(browser.get(at("lesions", case.pk)))
    # Saved again as it stands, it keeps its source; typed otherwise, it is a person's.
    again = {
        **carried(browser, address),
        cell(lesion, "longest_mm"): "28.4",
        cell(Lesion.objects.get(label="X1"), "longest_mm"): "9.5",
    }
    browser.post(address, again)
    assert Measurement.objects.get(study=study, lesion=lesion).source == "dicom_sr"
    browser.post(address, {**carried(browser, address), cell(lesion, "longest_mm"): "29"})
    assert Measurement.objects.get(study=study, lesion=lesion).source == "person"


def test_every_offer_has_a_row(browser, at, case, coordinator):
    make_course(case, 40, by=coordinator)
    study = make_study(case=case, by=coordinator, modality="CT")
    offer(study, coordinator, *((f"X{n}", "Bone", {"longest_mm": 10.0 + n}) for n in range(5)))
    page = browser.get(at("measurements_enter", study.pk))
    assert [value_of(page, f"n{n}_label") for n in range(5)] == [f"X{n}" for n in range(5)]
    assert value_of(page, "n5_label") is None


def test_a_result_against_the_measurements_is_asked_about(browser, at, case, coordinator):
    _, studies = make_course(case, 40, 60, by=coordinator)
    address = at("result_enter", studies[1].pk)
    typed = {"outcome": "stable", "summary": "Typed words", "report": "No change."}
    asked = browser.post(address, typed)
    assert asked.status_code == 422
    words = text_of(asked)
    assert "The measurements say otherwise" in words
    assert "Entered Stable Measured RECIST 1.1: PD, progression" in words
    assert "sum 60 mm, +50 % from baseline" in words
    assert "Correct the result, or say why it stands." in error_at(asked, "kept_reason")
    assert "Typed words" in asked.content.decode()
    assert not Result.objects.exists()
    studies[1].refresh_from_db()
    assert studies[1].report == ""

    against = value_of(asked, "kept_against")
    assert json.loads(against)[0]["field"] == "outcome"
    kept = {**typed, "kept_against": against, "kept_reason": "Bleeding, see MRI."}
    assert browser.post(address, kept).status_code == 302
    result = Result.objects.get()
    assert (result.outcome, result.kept_reason) == ("stable", "Bleeding, see MRI.")
    studies[1].refresh_from_db()
    assert studies[1].report == "No change."
    words = text_of(browser.get(at("lesions", case.pk)))
    assert "Kept as entered: Bleeding, see MRI." in words
    again = browser.get(address)
    assert "The measurements say otherwise" in text_of(again)

    # Other measurements: the old reason answers something else.
    lesion = Lesion.objects.get()
    measure(studies[1], {lesion: 70}, by=coordinator)
    asked = browser.post(address, {**kept, **row_version_of(browser, address)})
    assert asked.status_code == 422
    assert "sum 70 mm" in text_of(asked)
    shown = text_of(browser.get(at("lesions", case.pk)))
    assert "Correct the result, or say why it stands" in shown
    assert at("result_enter", studies[1].pk) in browser.get(at("case", case.pk)).content.decode()
    page = browser.get(address)
    words = text_of(page)
    was = words.partition("Said when this result was saved")[2]
    assert "sum 60 mm" in was.partition("The measurements say otherwise")[0]
    assert "Reason given then: Bleeding, see MRI." in was
    assert "sum 70 mm" in was.partition("The measurements say otherwise")[2]
    assert "sum 60 mm" not in was.partition("The measurements say otherwise")[2]
    # A reason given now answers what is shown now.
    shown = {name: value_of(page, name) for name in ("row_version", "kept_against")}
    fresh = {**typed, **shown, "report": "No change.", "kept_reason": "Still bleeding."}
    shown["beside_version"] = value_of(page, "beside_version")
    assert browser.post(address, {**fresh, **shown}).status_code == 302
    result.refresh_from_db()
    assert result.kept_reason == "Still bleeding."

    measure(studies[1], {lesion: 40}, by=coordinator)
    words = text_of(browser.get(address))
    assert "Said when this result was saved" in words
    assert "The measurements say otherwise" not in words


def test_a_reason_without_what_it_answers_asks_again(browser, at, case, coordinator):
    _, studies = make_course(case, 40, 60, by=coordinator)
    data = {"outcome": "stable", "kept_reason": "So be it.", "kept_against": "{broken"}
    response = browser.post(at("result_enter", studies[1].pk), data)
    assert response.status_code == 422
    assert not Result.objects.exists()


@pytest.mark.parametrize(
    ("modality", "typed", "expected"),
    [
        (
            "PET_SSTR",
            {"sstr_result": "positive", "krenning_grade": "3", "sstr_suvmax": "21.4"},
            {"sstr_result": "positive", "krenning_grade": 3, "sstr_uptake_homogeneous": None},
        ),
        ("PET_FDG", {"fdg_result": "negative"}, {"fdg_result": "negative"}),
        ("CT", {"sstr_result": "positive"}, {"sstr_result": ""}),
    ],
)
def test_uptake_is_read_where_a_study_shows_it(
    browser, at, case, coordinator, modality, typed, expected
):
    study = make_study(case=case, by=coordinator, modality=modality)
    browser.post(at("result_enter", study.pk), {"outcome": "positive", **typed})
    result = Result.objects.get()
    assert {name: getattr(result, name) for name in expected} == expected


def test_a_lesion_is_added_and_changed(browser, at, case, coordinator):
    lesion, _ = make_course(case, 40, by=coordinator)
    data = {"label": "L2", "place": "liver:II", "role": "non_target", "split_from": lesion.pk}
    response = browser.post(at("lesion_new", case.pk), data)
    assert response["Location"] == at("lesions", case.pk)
    part = Lesion.objects.get(label="L2")
    assert (part.site, part.location, part.split_from_id) == ("liver", "II", lesion.pk)
    address = at("lesion_edit", part.pk)
    assert checked_of(browser.get(address), "place") == ["liver:II"]
    wrong = browser.post(address, {**data, "place": "liver:IX"})
    assert "Select a valid choice" in error_at(wrong, "place")
    twice = browser.post(address, {**data, "label": "l1"})
    assert "called so" in error_at(twice, "label")
    data |= {"split_from": "", "merged_into": lesion.pk, "treated_locally": "true"}
    browser.post(address, {**data, **row_version_of(browser, address)})
    words = text_of(browser.get(at("lesions", case.pk)))
    assert "Liver, Segment II, Non-target, merged into L1, treated locally" in words
    assert "fragment of" not in words


def test_two_people_at_one_lesion(browser, at, case, coordinator, chair):
    lesion = make_lesion(case=case, by=coordinator, location="VI")
    other = make_lesion(case=case, by=coordinator, label="L2")
    address = at("lesion_edit", lesion.pk)
    seen = row_version_of(browser, address)
    lesions.change(lesion=lesion, site="bone", location="spine", merged_into=other, by=chair)
    mine = {"label": "L1", "place": "liver:II", "role": "target", **seen}
    response = browser.post(address, mine)
    assert response.status_code == 422
    words = text_of(response)
    assert "Changed by somebody else" in words
    assert "Where it lies" in words
    assert "L2" in words
    lesion.refresh_from_db()
    assert lesion.site == "bone"
    assert browser.post(address, {**mine, "row_version": value_of(response, "row_version")})
    lesion.refresh_from_db()
    assert (lesion.site, lesion.location) == ("liver", "II")


def test_a_lesion_is_removed_unless_another_names_it(browser, at, case, coordinator):
    lesion, _ = make_course(case, 40, by=coordinator)
    part = make_lesion(case=case, by=coordinator, label="L1b", split_from=lesion)
    refused = browser.post(at("lesion_remove", lesion.pk))
    assert refused["Location"] == at("lesion_edit", lesion.pk)
    browser.post(at("lesion_remove", part.pk))
    browser.post(at("lesion_remove", lesion.pk))
    assert not Lesion.objects.exists()


def test_the_table_shows_how_a_number_came_about(browser, at, case, coordinator):
    lesion, studies = make_course(
        case, 40, {"state": "too_small", "longest_mm": None}, by=coordinator
    )
    part = make_lesion(case=case, by=coordinator, label="L1b", split_from=lesion)
    node = make_lesion(case=case, by=coordinator, label="N1", site="abdominal_ln")
    joined = make_lesion(case=case, by=coordinator, label="L2", merged_into=lesion)
    measure(studies[0], {node: {"short_mm": 16, "longest_mm": 20}, joined: 12}, by=coordinator)
    measure(studies[1], {part: 9, node: 15, joined: "merged"}, by=coordinator)
    words = text_of(browser.get(at("lesions", case.pk)))
    for shown in ("too small", "2 parts added, 5 mm by default: 14", "longest 20", "merged"):
        assert shown in words
    third = make_study(case=case, by=coordinator, modality="CT")
    measure(third, {part: {"longest_mm": 9, "short_mm": 7, "enhancing_mm": 6}}, by=coordinator)
    words = text_of(browser.get(at("lesions", case.pk)))
    assert "9 short axis 7 enhancing 6" in words
    pet = make_study(case=case, by=coordinator, modality="PET_SSTR")
    measure(pet, {part: {"state": "present", "suvmax": 12}}, by=coordinator)
    assert "SUVmax 12" in text_of(browser.get(at("lesions", case.pk)))


def test_the_three_systems_stand_side_by_side(browser, at, case, coordinator):
    before = {"longest_mm": 40, "enhancing_mm": 40, "attenuation_hu": 100}
    after = {"longest_mm": 40, "enhancing_mm": 10, "attenuation_hu": 80}
    lesion, studies = make_course(case, before, after, by=coordinator)
    measure(studies[1], {lesion: after}, by=coordinator, growing_nodules=False)
    # Nothing was measured on an earlier study, so that it belongs to no course.
    early = FIRST - datetime.timedelta(days=30)
    ahead = make_study(case=case, by=coordinator, modality="PET_SSTR", performed_on=early)
    measure(ahead, {lesion: "present"}, by=coordinator)
    words = text_of(browser.get(at("lesions", case.pk)))
    assert "RECIST 1.1 baseline SD stable disease" in words
    assert "enhancing sum 40 mm; baseline PR partial response enhancing sum 10 mm" in words
    assert "Choi baseline PR partial response attenuation -20 %" in words
    assert "Best response by mRECIST: PR, not confirmed (confirmed best response SD)." in words
    assert "mRECIST was made for hepatocellular carcinoma." in words
    assert "contains the short axis of nodes" not in words
    assert "mRECIST" in systems_of(browser.get(at("case", case.pk)))


def test_the_sum_of_enhancing_parts_names_the_nodes_in_it(browser, at, case, coordinator):
    _, studies = make_course(case, {"longest_mm": 40, "enhancing_mm": 40}, by=coordinator)
    node = make_lesion(case=case, by=coordinator, label="N1", site="abdominal_ln")
    measure(studies[0], {node: 18}, by=coordinator)
    words = text_of(browser.get(at("lesions", case.pk)))
    assert "The sum of enhancing parts contains the short axis of nodes: N1." in words


def test_a_best_response_counts_until_progression(browser, at, case, coordinator):
    make_course(case, 40, 40, 60, 20, by=coordinator)
    page = browser.get(at("lesions", case.pk))
    assert "Best response by RECIST 1.1 until progression on 29 Jul 2025: SD." in text_of(page)


def test_growth_stands_with_what_limits_it(browser, at, case, coordinator, monkeypatch):
    make_course(case, 100, 104.5, by=coordinator)
    words = text_of(browser.get(at("lesions", case.pk)))
    assert "over 100 days since 10 Jan 2025" in words
    assert "not known whether treated in between" in words
    assert "the two disagree" in words
    treatments.add(case=case, type="TACE", start=FIRST, by=coordinator)
    words = text_of(browser.get(at("lesions", case.pk)))
    assert "treated in between: limits do not apply" in words
    # What the edition says of the therapy that was given.
    assert "To read size alone." in words


def test_growth_from_nothing_is_not_defined(browser, at, case, coordinator):
    make_course(case, 40, "vanished", 20, by=coordinator)
    words = text_of(browser.get(at("lesions", case.pk)))
    assert "not defined" in words
    assert "a lesion came back after none was left" in words


def test_why_a_system_is_not_computed_is_said(browser, at, case, coordinator):
    _, studies = make_course(case, 40, 40, by=coordinator)
    for label in ("L2", "L3"):
        more = make_lesion(case=case, by=coordinator, label=label)
        measure(studies[0], {more: 20}, by=coordinator)
    words = text_of(browser.get(at("lesions", case.pk)))
    assert "RECIST 1.1 not computed: more than two targets in one organ." in words
    late = Lesion.objects.get(label="L3")
    Measurement.objects.filter(lesion=late).delete()
    words = text_of(browser.get(at("lesions", case.pk)))
    assert "Not in the sum: L3: no size at baseline." in words


def test_the_page_of_the_case_shows_the_newest_studies(browser, at, case, coordinator):
    make_course(case, 40, 28, 29, 36, by=coordinator)
    page = browser.get(at("case", case.pk))
    words = text_of(page)
    assert "sum 36 mm, -10 % from baseline, smallest before 28 mm (+28.6 %)" in words
    assert "RECIST 1.1: PD , progression" in words
    assert at("lesions", case.pk) in page.content.decode()
    # Systems that were never computed have no row.
    assert systems_of(page) == ["RECIST 1.1"]


def test_queries_and_columns_of_the_page_are_constant(browser, at, case, coordinator):
    lesion, _ = make_course(case, 40, by=coordinator)
    counts = []
    address = at("lesions", case.pk)
    for more in (4, 495):
        many(case, lesion, coordinator, more)
        browser.get(address)
        with CaptureQueriesContext(connection) as queries:
            page = browser.get(address)
        counts.append(len(queries))
    assert counts[0] == counts[1]
    words = text_of(page)
    assert "Show all 500 studies ; 490 between the first and the newest" in words
    assert "Show all" not in text_of(browser.get(address + "?studies=all"))


def test_a_result_that_was_there_is_not_overwritten_unseen(browser, at, study, coordinator):
    results.enter(study=study, outcome="positive", by=coordinator)
    response = browser.post(at("result_enter", study.pk), {"outcome": "negative"})
    assert response.status_code == 422
    assert "Changed by somebody else" in text_of(response)
    assert Result.objects.get().outcome == "positive"
