"""The page on which an institution names its picture archive and its viewer."""

import json
import re

import pytest

from cases.dicom.pacs_faults import Fault
from cases.models import PacsConnection
from cases.selectors.pacs import on_case_page, viewer_link, viewer_links
from cases.services import pacs_connections
from cases.services.errors import Invalid, Refused
from tests.archives import Archive, server
from tests.factories.cases import make_case, make_study
from tests.factories.people import add_member
from tumorboard.audit.models import AuditEntry
from tumorboard.tenancy.scope import institution_scope

pytestmark = pytest.mark.django_db

HOSTS = "north=https://pacs.north.example,south=https://pacs.south.example"
CREDENTIALS = json.dumps(
    {
        "north-pacs": {"institution": "north", "user": "anna", "password": "hush"},
        "south-pacs": {"institution": "south", "token": "hush"},
    }
)
GOOD = {
    "name": "Main archive",
    "qido_url": "https://pacs.north.example/dicom-web",
    "wado_url": "",
    "credentials": "north-pacs",
    "viewer_template": "https://viewer.north.example/?StudyInstanceUIDs={study_uid}",
}


@pytest.fixture(autouse=True)
def _operator(settings):
    settings.PACS_HOSTS, settings.PACS_CREDENTIALS = HOSTS, CREDENTIALS


@pytest.fixture
def admin(client, administrator):
    """A browser in which the administrator is signed in."""
    client.force_login(administrator)
    return client


@pytest.fixture
def save(admin, url):
    """Save the form as it stands on the page, with what is given."""

    def save(**given):
        shown = admin.get(url("pacs_settings")).content.decode()
        version = re.search(r'name="row_version" value="(\d+)"', shown)[1]
        return admin.post(url("pacs_settings"), {**GOOD, "row_version": version, **given})

    return save


@pytest.fixture
def stored(institution):
    """What is stored, by column; None where nothing is."""

    def stored():
        with institution_scope(institution):
            return PacsConnection.objects.values(*GOOD).first()

    return stored


def test_an_archive_is_named_changed_and_removed(admin, save, stored, url, institution):
    assert "https://pacs.north.example:443" in admin.get(url("pacs_settings")).content.decode()
    assert save().status_code == 302
    assert stored() == GOOD
    assert save(name="Other").status_code == 302
    assert stored() == {**GOOD, "name": "Other"}
    shown = admin.get(url("pacs_settings")).content.decode()
    assert "Other, by Ada Admin" in shown
    assert admin.post(url("pacs_remove")).status_code == 302
    assert stored() is None
    assert admin.post(url("pacs_remove")).status_code == 302
    with institution_scope(institution):
        actions = list(AuditEntry.objects.order_by("id").values_list("action", flat=True))
    saved = "institution.pacs.saved"
    assert actions == [saved, saved, "institution.pacs.removed"]


def test_the_settings_lead_here(admin, url):
    page = admin.get(url("institution_settings")).content.decode()
    assert url("pacs_settings") in page


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"name": " "}, "Give the archive a name."),
        ({"qido_url": "pacs.north.example"}, "begins with https://"),
        ({"qido_url": "https://anna:hush@pacs.north.example/"}, "Leave user and password out"),
        ({"qido_url": "https://pacs.south.example/dicom-web"}, str(Fault.NOT_ALLOWED)),
        ({"qido_url": "http://169.254.169.254/latest"}, str(Fault.NOT_ALLOWED)),
        ({"wado_url": "https://pacs.south.example/dicom-web"}, str(Fault.NOT_ALLOWED)),
        ({"qido_url": "", "wado_url": "https://pacs.north.example/w"}, "address of QIDO-RS too"),
        ({"qido_url": "", "viewer_template": ""}, "of the viewer, or of both"),
        ({"credentials": "south-pacs"}, "south-pacs"),
        ({"viewer_template": "https://viewer.example/"}, "Say where the study stands"),
        ({"viewer_template": "https://v.example/{patient}{study_uid}"}, "Use no placeholders but"),
        ({"viewer_template": "javascript:{study_uid}"}, "begins with https://"),
    ],
)
def test_what_cannot_be_is_refused_and_stays_typed(given, words, save, stored):
    refused = save(**given)
    assert refused.status_code == 422
    page = refused.content.decode()
    assert words in page
    assert stored() is None
    if value := next(iter(given.values())).strip():
        assert value in page


def test_a_viewer_alone_is_enough_where_archives_are_off(settings, save, stored, admin, url):
    settings.PACS_HOSTS = settings.PACS_CREDENTIALS = ""
    assert "The archive is off" in admin.get(url("pacs_settings")).content.decode()
    assert save(credentials="").status_code == 422
    assert save(qido_url="", credentials="").status_code == 302
    assert stored()["viewer_template"] == GOOD["viewer_template"]
    answer = admin.post(url("pacs_test"), follow=True).content.decode()
    assert str(Fault.OFF) in answer


def test_what_the_operator_wrote_wrongly_turns_it_off(settings, admin, url, save):
    settings.PACS_HOSTS = "pacs.example"
    assert "cannot be read" in admin.get(url("pacs_settings")).content.decode()
    assert save(credentials="").status_code == 422


def test_a_service_refuses_credentials_of_another_institution(institution, administrator):
    with institution_scope(institution), pytest.raises(Invalid) as caught:
        pacs_connections.save(by=administrator, **{**GOOD, "credentials": "south-pacs"})
    assert caught.value.errors == {"credentials": [str(Fault.NO_CREDENTIALS)]}


def test_two_people_at_once_see_each_others_change(admin, save, url, institution, chair, stored):
    save()
    shown = admin.get(url("pacs_settings")).content.decode()
    version = re.search(r'name="row_version" value="(\d+)"', shown)[1]
    with institution_scope(institution):
        pacs_connections.save(by=chair, name="Theirs")
    answer = admin.post(url("pacs_settings"), {**GOOD, "name": "Mine", "row_version": version})
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "Theirs" in page
    assert 'value="Mine"' in page
    assert stored()["name"] == "Theirs"


def test_the_connection_is_tested_as_it_was_saved(admin, url, settings, save):
    nothing = admin.post(url("pacs_test"), follow=True).content.decode()
    assert str(Fault.NOT_NAMED) in nothing
    archive = Archive()
    with server(archive) as address:
        settings.PACS_HOSTS = f"north={address}"
        save(qido_url=f"{address}/d")
        answer = admin.post(url("pacs_test"), follow=True).content.decode()
        assert "The picture archive answers as DICOMweb." in answer
        assert archive.headers[0]["Authorization"] == "Basic YW5uYTpodXNo"
    broken = admin.post(url("pacs_test"), follow=True).content.decode()
    assert str(Fault.UNREACHABLE) in broken


def test_secrets_stand_on_no_page(admin, url, save):
    save()
    assert "hush" not in admin.get(url("pacs_settings")).content.decode()


def test_the_viewer_opens_what_is_known(institution, coordinator, save):
    save(viewer_template="https://v.example/{accession_number}?s={study_uid}")
    with institution_scope(institution):
        case = make_case(by=coordinator)
        known = make_study(case=case, by=coordinator, study_uid="1.2", accession_number="A/1")
        unknown = make_study(case=case, by=coordinator, study_uid="1.3", accession_number="")
        assert viewer_links([known, unknown]) == {known.pk: "https://v.example/A%2F1?s=1.2"}
        assert viewer_link(known) == "https://v.example/A%2F1?s=1.2"
        assert viewer_link(unknown) == ""


def test_another_institutions_viewer_opens_nothing_here(
    institution, other_institution, coordinator, save
):
    save()
    by = add_member(other_institution, "COORDINATOR", email="s@south.example", name="S")
    with institution_scope(other_institution):
        one = make_study(case=make_case(by=by), by=by, study_uid="1.2")
        assert viewer_link(one) == ""


@pytest.mark.parametrize("name", ["pacs_settings", "pacs_test", "pacs_remove"])
def test_only_an_administrator_may(name, browser, url):
    assert browser.post(url(name)).status_code == 403


def test_the_page_of_a_case_knows_whether_there_is_an_archive(
    institution, coordinator, save, django_assert_num_queries
):
    with institution_scope(institution):
        case = make_case(by=coordinator)
        studies = [make_study(case=case, by=coordinator, study_uid=f"1.{n}") for n in range(3)]
        assert not on_case_page(studies).has_archive
    save()
    with institution_scope(institution), django_assert_num_queries(1):
        offered = on_case_page(studies)
    assert offered.has_archive
    assert len(offered.viewer_links) == 3
    save(qido_url="")
    with institution_scope(institution):
        assert not on_case_page(studies).has_archive


def test_two_who_name_an_archive_for_the_first_time_at_once(scope, administrator, monkeypatch):
    def check_while_another_saves(stored, *, also):
        PacsConnection.objects.create(name="Theirs", saved_by=administrator)

    monkeypatch.setattr(pacs_connections, "check", check_while_another_saves)
    with pytest.raises(Refused, match="Somebody else saved this just now"):
        pacs_connections.save(by=administrator, **GOOD)
