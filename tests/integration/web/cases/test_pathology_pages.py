"""Pages of pathology."""

import datetime

import pytest

from cases.models import Specimen
from cases.services.row_versions import version_of
from tests.factories.history import make_specimen
from tests.integration.web.cases.reading import (
    checked_of,
    error_at,
    summary_of,
    text_of,
    value_of,
)
from tumorboard.tenancy.scope import institution_scope

pytestmark = pytest.mark.usefixtures("kept_case")

TYPED = {
    "kind": "resection",
    "site": "pancreas",
    "taken_on": "3 Feb 2025",
    "reported_on": "10 Feb 2025",
    "laboratory": "Main laboratory",
    "report_number": "P-17",
    "differentiation": "well",
    "subtype": "NET",
    "ki67_percent": "4.5",
    "mitoses_per_10hpf": "1",
    "grade": "G2",
    "who_version": "WHO2022",
    "chromogranin_a": "true",
    "synaptophysin": "",
    "hormones": ["insulin"],
    "size_mm": "23",
    "margin": "R0",
    "nodes_examined": "14",
    "nodes_positive": "2",
    "vascular_invasion": "false",
    "perineural_invasion": "",
    "report": "Well-differentiated tumor.",
}


@pytest.fixture
def specimen(case, institution, coordinator):
    """A biopsy with a grade."""
    with institution_scope(institution):
        return make_specimen(case=case, by=coordinator, ki67_percent=4, hormones=[])


def test_a_specimen_is_added_and_stands_on_the_page(browser, at, case, scope):
    response = browser.post(at("specimen_new", case.pk), TYPED)

    specimen = Specimen.objects.get()
    assert response["Location"] == at("pathology", case.pk)
    assert (specimen.ki67_percent, specimen.chromogranin_a, specimen.synaptophysin) == (
        4.5,
        True,
        None,
    )
    assert specimen.hormones == ["insulin"]
    page = text_of(browser.get(at("pathology", case.pk)))
    for words in (
        "3 Feb 2025 Resection, pancreas Main laboratory, P-17",
        "G2 (WHO 2022) used by the guidance",
        "Ki-67 4.5 %, mitoses 1 per 10 HPF",
        "Counted per 10 HPF; WHO 2022 counts per 2 mm2; not converted",
        "Chromogranin A positive, hormones: Insulin",
        "Margin R0, no residual tumor",
        "Nodes with tumor: 2 of 14",
        "Vascular invasion: no",
        "Well-differentiated tumor.",
    ):
        assert words in page
    assert "Perineural invasion" not in page


def test_a_specimen_is_corrected(browser, at, case, specimen, scope):
    page = browser.get(at("specimen_edit", specimen.pk))
    assert "Ki-67 in %" in text_of(page)
    assert "Mitoses per 10 HPF" in text_of(page)
    assert "R0, no residual tumor" in text_of(page)
    assert value_of(page, "ki67_percent") == "4"
    assert value_of(page, "taken_on") == "3 Feb 2026"
    assert checked_of(page, "hormones") == ["reviewed_none"]
    assert checked_of(page, "kind") == ["biopsy"]

    typed = {**TYPED, "hormones": [], "row_version": value_of(page, "row_version")}
    response = browser.post(at("specimen_edit", specimen.pk), typed)
    assert response["Location"] == at("pathology", case.pk)
    specimen.refresh_from_db()
    assert (specimen.kind, specimen.ki67_percent, specimen.hormones) == ("resection", 4.5, None)


def test_a_specimen_is_taken_back(browser, at, specimen, scope):
    response = browser.post(at("specimen_remove", specimen.pk))

    assert response["Location"] == at("pathology", specimen.case_id)
    assert not Specimen.objects.exists()


@pytest.mark.parametrize(
    ("field", "typed", "message"),
    [
        ("kind", "", "Choose how it was taken."),
        ("site", "", "Choose where it was taken."),
        ("taken_on", "", "Give the date on which it was taken."),
        ("taken_on", "soon", "Enter a date like 21 Nov 2026."),
        ("taken_on", "2999-01-01", "in the future"),
        ("reported_on", "2 Feb 2025", "reported before it was taken"),
        ("ki67_percent", "about 5", "Enter a number, like 12 or 2.5."),
        ("ki67_percent", "2,5", "Enter a number, like 12 or 2.5."),
        ("ki67_percent", "101", "less than or equal to 100"),
        ("mitoses_per_10hpf", "501", "less than or equal to 500"),
        ("size_mm", "0", "above 0 and at most 300"),
        ("nodes_examined", "1.5", "Enter a whole number, like 12."),
        ("nodes_positive", "15", "more positive nodes than nodes examined"),
        ("differentiation", "poor", "exclude each other. (C-06)"),
        ("report", "x" * 50_001, "at most 50000 characters"),
    ],
)
@pytest.mark.parametrize("is_new", [True, False])
def test_what_cannot_be_is_told_and_what_was_typed_stays(
    browser, at, case, specimen, scope, field, typed, message, is_new
):
    address = at("specimen_new", case.pk) if is_new else at("specimen_edit", specimen.pk)
    seen = {"row_version": version_of(specimen)}
    response = browser.post(address, {**TYPED, **seen, field: typed})

    assert response.status_code == 422
    assert message in error_at(response, field)
    assert message.split(".")[0] in summary_of(response)
    assert Specimen.objects.get().kind == "biopsy"
    assert value_of(response, "laboratory") == "Main laboratory"
    if field != "report":
        assert "Well-differentiated tumor." in response.content.decode()
        assert field in ("kind", "site", "differentiation") or value_of(response, field) == typed


def test_none_and_some_hormones_at_once_are_refused(browser, at, case, scope):
    response = browser.post(
        at("specimen_new", case.pk), {**TYPED, "hormones": ["insulin", "reviewed_none"]}
    )
    assert "not both" in error_at(response, "hormones")


def test_two_people_at_one_specimen(browser, at, case, specimen, scope, coordinator):
    address = at("specimen_edit", specimen.pk)
    version = value_of(browser.get(address), "row_version")
    mine = {"kind": "biopsy", "site": "liver", "taken_on": "3 Feb 2026", "row_version": version}
    browser.post(address, {**mine, "ki67_percent": "9", "hormones": ["reviewed_none"]})
    response = browser.post(
        address, {**mine, "ki67_percent": "12", "grade": "G2", "hormones": ["reviewed_none"]}
    )

    assert response.status_code == 422
    page = text_of(response)
    assert "Changed by somebody else" in page
    assert value_of(response, "ki67_percent") == "12"
    assert checked_of(response, "grade") == ["G2"]
    specimen.refresh_from_db()
    assert specimen.ki67_percent == 9


def test_discordances_stand_with_both_sides(browser, at, case, specimen, scope, coordinator):
    make_specimen(
        case=case,
        by=coordinator,
        taken_on=datetime.date(2026, 5, 1),
        ki67_percent=1,
        mitoses_per_10hpf=25,
        grade="G1",
        who_version="WHO2017",
    )
    page = text_of(browser.get(at("pathology", case.pk)))
    for words in (
        "The grade rose from G2, biopsy of 3 Feb 2026 (liver), to G3, biopsy of 1 May 2026",
        "Ki-67 1 %: G1; mitoses 25 per 10 HPF: G3.",
        "The report says G1 (WHO 2017); Ki-67 1 % and mitoses 25 per 10 HPF give G3 (WHO 2017).",
        "counts give G3 (WHO 2017)",
    ):
        assert words in page
    assert page.index("1 May 2026 Biopsy") < page.index("3 Feb 2026 Biopsy")


def test_without_specimens_the_page_says_what_to_do(browser, sign_in_as, at, case):
    address = at("pathology", case.pk)
    assert at("specimen_new", case.pk) in browser.get(address).content.decode()
    reader = sign_in_as("RADIOLOGIST").get(address).content.decode()
    assert "No specimen yet" in reader
    assert at("specimen_new", case.pk) not in reader


def test_a_reader_changes_nothing(sign_in_as, at, case, specimen):
    body = sign_in_as("RADIOLOGIST").get(at("pathology", case.pk)).content.decode()
    assert "G2 (WHO 2022)" in body
    assert at("specimen_edit", specimen.pk) not in body
    assert at("specimen_remove", specimen.pk) not in body
