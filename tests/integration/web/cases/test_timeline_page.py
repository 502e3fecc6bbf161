"""The page of a case's story, and its picture."""

import hashlib
import re
from base64 import b64encode

import pytest
from django.db import connection
from django.template.loader import render_to_string
from django.test.utils import CaptureQueriesContext

from cases.documents.timeline.rendering import NotDrawn
from cases.web import timeline as views
from tests.factories.cases import make_case
from tests.factories.timeline import make_story
from tumorboard.audit.models import AuditEntry
from tumorboard.tenancy.scope import institution_scope

pytestmark = pytest.mark.django_db


@pytest.fixture
def storied(institution, coordinator, case):
    with institution_scope(institution):
        make_story(case, by=coordinator)
        return case


def text(response):
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


def test_everything_in_the_picture_stands_in_the_tables(browser, at, storied):
    page = text(browser.get(at("case_timeline", storied.pk)))
    for words in (
        "1 Mar 2020 Treatment Surgery of the primary intent: curative",
        "from 5 Jan 2021, still going on Treatment Somatostatin analog (lanreotide) line 1",
        "date unknown Treatment Interferon alfa",
        "from 3 Jun 2021, still in place Procedure Biliary drain not recorded as removed",
        "date unknown Procedure Pancreatoduodenectomy (Whipple)",
        "1 Mar 2020 Pathology Resection, pancreas "
        "G2 (WHO 2022); Ki-67 4 %; reported as G2 (WHO 2019)",
        "1 Jan 2021 CT CT Stable",
        "2 Jan 2021 25, RECIST 1.1: NE",
        "1 Feb 2021 Chromogranin A: 320 ng/mL, 3.2",
    ):
        assert words in page
    assert "3 treatments, 2 procedures, 1 specimen, 5 studies" in (
        browser.get(at("case_timeline", storied.pk)).content.decode()
    )


def test_the_radiation_is_a_range_with_what_is_in_it(browser, at, storied):
    page = text(browser.get(at("case_timeline", storied.pk)))
    assert "2 mSv or more from 2 of 5 performed examinations" in page
    assert "by the levels for: Initial staging" in page
    assert "Not in the range CT; MRI; SSTR PET/CT" in page


def test_a_case_without_a_story_says_so(browser, at, case):
    page = text(browser.get(at("case_timeline", case.pk)))
    assert "Nothing is recorded yet" in page
    assert "Radiation" not in page


def test_no_examination_no_dose(browser, at, institution, storied):
    with institution_scope(institution):
        storied.measurements.all().delete()
        storied.results.all().delete()
        storied.studies.all().delete()
    page = text(browser.get(at("case_timeline", storied.pk)))
    assert "No examination has been performed." in page


def test_the_picture_is_svg_kept_by_no_cache_and_names_nobody(browser, at, storied):
    response = browser.get(at("case_timeline_picture", storied.pk))
    assert response["Content-Type"] == "image/svg+xml; charset=utf-8"
    assert response["Cache-Control"] == "no-store"
    svg = response.content.decode()
    assert "Biliary drain" in svg
    assert storied.patient.family_name not in svg
    assert storied.patient.record_number not in svg


def test_the_only_style_that_its_policy_allows_is_the_one_in_it(browser, at, storied):
    response = browser.get(at("case_timeline_picture", storied.pk))
    (style,) = re.findall("<style>(.*?)</style>", response.content.decode())
    digest = b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert f"style-src 'sha256-{digest}'" in response["Content-Security-Policy"]
    assert "default-src 'none'" in response["Content-Security-Policy"]


def test_a_picture_that_cannot_be_drawn_is_no_error_of_the_page(browser, at, storied, monkeypatch):
    def fail(timeline, **_):
        raise NotDrawn("for the test")

    monkeypatch.setattr(views, "picture_of", fail)
    assert browser.get(at("case_timeline_picture", storied.pk)).status_code == 503
    assert browser.get(at("case_timeline", storied.pk)).status_code == 200


def test_reading_is_recorded(browser, at, institution, storied):
    browser.get(at("case_timeline", storied.pk))
    browser.get(at("case_timeline_picture", storied.pk))
    with institution_scope(institution):
        actions = set(AuditEntry.objects.values_list("action", flat=True))
    assert {"case.read", "case.timeline.read"} <= actions


def test_the_section_of_the_case_page_leads_to_picture_and_page(at, institution, storied):
    context = {"institution": institution, "case": storied}
    section = render_to_string("cases/parts/timeline_section.html", context)
    assert f'src="{at("case_timeline_picture", storied.pk)}"' in section
    assert f'href="{at("case_timeline", storied.pk)}"' in section


def test_the_pages_ask_as_often_for_500_studies_as_for_5(
    browser, at, institution, coordinator, storied
):
    with institution_scope(institution):
        large = make_case(by=coordinator)
        make_story(large, by=coordinator, studies=500)
    for name in ("case_timeline", "case_timeline_picture"):
        counts = []
        for case in (storied, large):
            with CaptureQueriesContext(connection) as captured:
                assert browser.get(at(name, case.pk)).status_code == 200
            counts.append(len(captured))
        assert counts[0] == counts[1]
