"""Pages of the codes of hospital systems."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from cases.models import CodeMapping, UnmappedCode
from cases.services import code_maps
from cases.services.row_versions import version_of
from tests.factories.people import add_member
from tumorboard.tenancy.scope import institution_scope

pytestmark = pytest.mark.django_db

CGA = {"system": "LAB", "code": "CGA", "display": "CgA", "concept": "analyte/chromogranin_a"}
WORDS = "Laboratory value: Chromogranin A"


@pytest.fixture
def mapping(institution, coordinator):
    with institution_scope(institution):
        return code_maps.add(by=coordinator, **CGA)


@pytest.fixture
def now(institution):
    """The one mapping as it is now."""

    def read():
        with institution_scope(institution):
            return CodeMapping.objects.get()

    return read


def test_a_code_is_mapped_by_the_words_of_a_concept(browser, url, now):
    page = browser.get(url("code_new")).content.decode()
    assert f'<option value="{WORDS}">analyte/chromogranin_a</option>' in page

    answer = browser.post(url("code_new"), {**CGA, "concept": WORDS, "is_confirmed": "on"})

    assert answer.status_code == 302
    assert (now().concept, now().status) == ("analyte/chromogranin_a", "confirmed")


def test_what_is_wrong_stands_by_its_field_and_what_was_typed_stays(browser, url, institution):
    answer = browser.post(url("code_new"), {**CGA, "concept": "Kryptonite"})

    assert answer.status_code == 422
    page = answer.content.decode()
    assert "Choose one of the concepts in the list." in page
    assert "Kryptonite" in page
    with institution_scope(institution):
        assert not CodeMapping.objects.exists()


def test_a_code_that_came_in_is_mapped(browser, url, institution, now):
    with institution_scope(institution):
        code_maps.saw_unmapped(system="LAB", code="NEW1", display="Odd", where="ORU OBX-3")
        row = UnmappedCode.objects.get()
    assert "NEW1" in browser.get(url("codes")).content.decode()
    page = browser.get(url("code_unmapped", row.pk)).content.decode()
    assert 'value="NEW1"' in page
    assert 'value="Odd"' in page

    browser.post(url("code_unmapped", row.pk), {**CGA, "code": "NEW1"})

    assert now().code == "NEW1"
    assert "Came in without a meaning" not in browser.get(url("codes")).content.decode()
    assert browser.get(url("code_unmapped", row.pk)).status_code == 404


def test_a_mapping_is_found_confirmed_changed_and_retired(browser, url, mapping, now, institution):
    assert "CGA" in browser.post(url("codes"), {"q": "chromogranin"}).content.decode()
    assert "No code fits." in browser.post(url("codes"), {"q": "gastrin"}).content.decode()
    assert "CGA" in browser.post(url("codes"), {"status": "nonsense"}).content.decode()

    browser.post(url("code_confirm", mapping.pk))
    assert now().status == "confirmed"

    page = browser.get(url("code_change", mapping.pk)).content.decode()
    assert f'value="{WORDS}"' in page
    with institution_scope(institution):
        seen = version_of(now())
    browser.post(url("code_change", mapping.pk), {"concept": "analyte/nse", "row_version": seen})
    assert (now().concept, now().status) == ("analyte/nse", "proposed")

    browser.post(url("code_retire", mapping.pk))
    assert now().status == "retired"
    page = browser.post(url("codes"), {"status": "retired"}).content.decode()
    assert "CGA" in page
    assert "no longer in use" in browser.get(url("code_change", mapping.pk)).content.decode()
    for name in ("code_retire", "code_confirm"):
        answer = browser.post(url(name, mapping.pk), follow=True)
        assert "was retired" in answer.content.decode()
    refused = browser.post(url("code_change", mapping.pk), {"concept": "analyte/vip"})
    assert refused.status_code == 422


def test_a_meaning_that_is_none_is_refused(browser, url, mapping, institution, now):
    with institution_scope(institution):
        seen = version_of(mapping)

    answer = browser.post(
        url("code_change", mapping.pk), {"concept": "Kryptonite", "row_version": seen}
    )

    assert answer.status_code == 422
    assert "Kryptonite" in answer.content.decode()
    assert now().concept == "analyte/chromogranin_a"


def test_two_people_at_one_mapping(browser, url, mapping, institution, chair, now):
    with institution_scope(institution):
        seen = version_of(mapping)
        code_maps.change(mapping=mapping, by=chair, concept="analyte/nse")

    answer = browser.post(
        url("code_change", mapping.pk), {"concept": "analyte/vip", "row_version": seen}
    )

    assert answer.status_code == 422
    assert now().concept == "analyte/nse"


def test_a_table_is_uploaded_seen_and_taken_over(browser, url, now):
    given = SimpleUploadedFile("codes.csv", b"system,code,concept\nLAB,CGA,analyte/nse\n")
    checked = browser.post(url("codes_import"), {"file": given}, follow=True)
    assert "The table can be taken over" in checked.content.decode()

    done = browser.post(checked.redirect_chain[-1][0], follow=True)

    assert "The table was taken over." in done.content.decode()
    assert now().code == "CGA"
    again = browser.post(checked.redirect_chain[-1][0], follow=True)
    assert "taken over already" in again.content.decode()


def test_a_table_with_errors_says_them_and_cannot_be_taken_over(browser, url):
    given = SimpleUploadedFile("codes.csv", b"system,code,concept\nLAB,CGA,nothing\n")
    page = browser.post(url("codes_import"), {"file": given}, follow=True).content.decode()

    assert "1 row with errors" in page
    assert "concept: Choose one of the concepts" in page
    assert "Take over the table" not in page


@pytest.mark.parametrize(
    ("content", "words"), [(b"a\x00b", "not a table"), (b"x" * 101, "larger than")]
)
def test_what_is_no_table_is_refused_on_the_page(browser, url, monkeypatch, content, words):
    monkeypatch.setattr("cases.web.forms.code_maps.MOST_BYTES", 100)

    answer = browser.post(url("codes_import"), {"file": SimpleUploadedFile("c.csv", content)})

    assert answer.status_code == 422
    assert words in answer.content.decode()


@pytest.mark.usefixtures("mapping")
@pytest.mark.parametrize("ending", ["csv", "xlsx", "pdf"])
def test_what_is_in_use_is_downloaded(browser, url, ending):
    answer = browser.get(url("codes_export", ending))

    kind = "spreadsheet" if ending == "xlsx" else "text/csv"
    assert kind in answer["Content-Type"]
    if ending != "xlsx":
        assert b"CGA" in answer.content


def test_the_door(mapping, institution, administrator, url):
    """ASVS v5.0.0-8.2.1: only those who may manage codes reach the pages."""
    clinician = add_member(institution, "CLINICIAN", email="cli@north.example", name="Cli")
    for person, status in ((administrator, 200), (clinician, 403)):
        client = Client()
        client.force_login(person)
        assert client.get(url("codes")).status_code == status
        assert client.get(url("code_change", mapping.pk)).status_code == status
