"""The pages on which an administrator sees what an edition changes, and adopts it."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

import cases.jobs  # noqa: F401 - as in a worker
from cases.models import EditionTrial
from cases.services import edition_trials
from guidance.editions import adoptions, shelf
from tests.factories.cases import STAGING, make_case, make_study
from tests.factories.editions import item, loaded, mri_less_appropriate
from tests.factories.people import add_member
from tests.integration.outbox.delivery import deliver_all
from tests.integration.web.cases.reading import error_at, text_of
from tumorboard.audit.models import AuditEntry
from tumorboard.outbox.models import OutboxMessage, OutboxSignal
from tumorboard.tenancy.scope import institution_scope

pytestmark = pytest.mark.django_db


def everything_else(content):
    """What is listed apart, and what concerns all scenarios."""
    mri_less_appropriate(content)
    content["ratings"]["ratings"]["SC-01"][1]["why"] = "Reworded."
    content["ratings"]["ratings"]["SC-01"][1]["source"] = "002 L7"
    item(content["checks"]["checks"], code="W-NAMED-ONLY")["severity"] = "CAUTION"
    content["branches"]["branches"][0]["actions"].append({"code": "ACT-BIOPSY-RARE"})


@pytest.fixture
def newer():
    return loaded("2027.1", everything_else)


@pytest.fixture
def admin(client: Client, administrator) -> Client:
    client.force_login(administrator)
    return client


@pytest.fixture
def some(institution, coordinator):
    with institution_scope(institution):
        return [
            make_case(by=coordinator, family_name=f"Canary{n}", title=f"Diagnosis {n}", **STAGING)
            for n in range(3)
        ]


def tried(institution, edition, by) -> None:
    with institution_scope(institution):
        edition_trials.start(edition=edition, by=by)
    deliver_all()


class TestList:
    def test_it_says_what_is_in_use_and_what_is_newer(self, admin, url, newer):
        words = text_of(admin.get(url("editions")))
        assert "Edition 2026.1 is in use" in words
        assert "See what edition 2027.1 changes" in words
        assert "1 Mar 2027" in words
        assert "Newer, not adopted" in words
        assert "The installation: it was the newest then" in words

    def test_before_anything_newer_came(self, admin, url):
        words = text_of(admin.get(url("editions")))
        assert "Edition 2026.1 is in use" in words
        assert "See what edition" not in words
        assert "since when" not in words

    def test_it_says_who_adopted_when_and_why(self, admin, url, institution, administrator, newer):
        with institution_scope(institution):
            adoptions.adopt(edition=newer, by=administrator, reason="New ratings.")
        words = text_of(admin.get(url("editions")))
        assert "Edition 2027.1 is in use" in words
        assert "Ada Admin New ratings." in words
        assert "Not in use" in words


class TestDifference:
    def test_it_says_what_changes_in_clinical_words(self, admin, url, newer):
        words = text_of(admin.get(url("edition", "2027.1")))
        assert "What edition 2027.1 changes" in words
        assert "Compared with edition 2026.1" in words
        assert "Initial staging for distant disease SC-01" in words
        assert "rating Usually Appropriate May be appropriate" in words
        assert "W-NAMED-ONLY" in words
        assert "severity raised Info Caution" in words
        assert "ACT-BIOPSY-RARE Biopsy only in rare cases not there new" in words
        assert "1 text reworded" in words
        assert "1 citation" in words
        assert "Find the cases that would change" in words

    def test_the_one_in_use_has_no_difference_and_no_button(self, admin, url):
        words = text_of(admin.get(url("edition", "2026.1")))
        assert "Edition 2026.1 is in use" in words
        assert "Adopt" not in words
        assert "Find the cases" not in words

    @pytest.mark.parametrize(
        "page", ["edition", "edition_trial", "edition_changes", "edition_adopt"]
    )
    def test_an_edition_that_is_not_there(self, admin, url, page):
        assert admin.get(url(page, "1999.1")).status_code == 404
        assert admin.get(url(page, "1999.1").replace("1999", "%00")).status_code == 404


class TestTrial:
    def test_a_button_starts_it_and_the_page_asks_for_more(self, admin, url, newer, some):
        answer = admin.post(url("edition_trial", "2027.1"))
        assert answer["Location"] == url("edition", "2027.1") + "#trial"
        page = admin.get(url("edition", "2027.1"))
        assert "Cases looked at 0 of 3" in text_of(page)
        assert f'hx-get="{url("edition_trial", "2027.1")}"' in page.content.decode()
        assert '<noscript><meta http-equiv="refresh"' in page.content.decode()

    def test_a_poll_answers_the_part_alone(self, admin, url, newer, some):
        admin.post(url("edition_trial", "2027.1"))
        part = admin.get(url("edition_trial", "2027.1"), headers={"HX-Request": "true"})
        assert part.content.decode().strip().startswith('<div id="edition-trial"')
        assert "HX-Request" in part["Vary"]
        deliver_all()
        part = admin.get(url("edition_trial", "2027.1"), headers={"HX-Request": "true"})
        assert "3 of 3 cases would change" in text_of(part)
        assert "hx-get" not in part.content.decode()

    def test_without_htmx_the_address_of_the_part_leads_to_the_page(self, admin, url, newer):
        answer = admin.get(url("edition_trial", "2027.1"))
        assert answer["Location"] == url("edition", "2027.1") + "#trial"

    def test_when_it_is_done_it_counts_by_kind(
        self, admin, url, institution, administrator, newer, some
    ):
        tried(institution, newer, administrator)
        words = text_of(admin.get(url("edition", "2027.1")))
        assert "3 of 3 cases would change." in words
        assert "Another first study 3 cases" in words
        assert "started by Ada Admin" in words
        assert "changed since" not in words

    def test_where_nothing_changes_it_says_so(self, admin, url, institution, administrator, some):
        tried(institution, loaded("2027.1"), administrator)
        words = text_of(admin.get(url("edition", "2027.1")))
        assert "None of 3 cases would change." in words
        assert "case by case" not in words

    def test_it_says_that_cases_changed_since(
        self, admin, url, institution, administrator, coordinator, newer, some
    ):
        tried(institution, newer, administrator)
        with institution_scope(institution):
            make_case(by=coordinator)
        assert "Cases were opened or changed since." in text_of(admin.get(url("edition", "2027.1")))

    def test_one_that_stopped_can_go_on(self, admin, url, institution, newer, some):
        admin.post(url("edition_trial", "2027.1"))
        with institution_scope(institution):
            OutboxMessage.objects.update(state=OutboxMessage.State.FAILED)
            OutboxSignal.objects.all().delete()
        page = admin.get(url("edition", "2027.1"))
        assert "This stopped because of an error" in text_of(page)
        assert "hx-get" not in page.content.decode()
        admin.post(url("edition_trial", "2027.1"))
        deliver_all()
        assert "3 of 3 cases would change." in text_of(admin.get(url("edition", "2027.1")))


class TestChanges:
    def test_it_lists_what_changes_without_the_patient(
        self, admin, url, institution, administrator, newer, some
    ):
        tried(institution, newer, administrator)
        page = admin.get(url("edition_changes", "2027.1"))
        words = text_of(page)
        assert "3 cases would change" in words
        assert "Case 1 What So far Then First study MRI abdomen" in words
        assert "CT abdomen and pelvis with IV contrast" in words
        assert "not whose case it is" in words
        assert "anary" not in page.content.decode()
        assert "Diagnosis" not in words
        assert str(some[0].pk) not in page.content.decode()

    def test_who_may_read_cases_sees_whose_it_is_and_that_is_recorded(
        self, admin, url, institution, administrator, newer, some
    ):
        add_member(institution, "CLINICIAN", email=administrator.email, name="")
        tried(institution, newer, administrator)
        page = admin.get(url("edition_changes", "2027.1"))
        assert "Canary0" in text_of(page)
        assert f'href="{url("case", some[0].pk)}"' in page.content.decode()
        with institution_scope(institution):
            action = "institution.edition.trial.read"
            assert AuditEntry.objects.filter(action=action, person=administrator).count() == 1

    def test_pages(self, admin, url, institution, administrator, newer, some, monkeypatch):
        monkeypatch.setattr("cases.web.edition_trials.PAGE_SIZE", 2)
        tried(institution, newer, administrator)
        first = admin.get(url("edition_changes", "2027.1"))
        assert "Case 1" in text_of(first)
        assert "Case 3" not in text_of(first)
        assert "?page=2" in first.content.decode()
        second = admin.get(url("edition_changes", "2027.1") + "?page=2")
        assert "Case 3" in text_of(second)
        assert "?page=1" in second.content.decode()
        assert "?page=3" not in second.content.decode()

    def test_a_page_takes_as_many_queries_for_many_cases_as_for_one(
        self, admin, url, institution, administrator, coordinator, newer
    ):
        add_member(institution, "CLINICIAN", email=administrator.email, name="")
        with institution_scope(institution):
            make_case(by=coordinator, **STAGING)
        tried(institution, newer, administrator)
        admin.get(url("edition_changes", "2027.1"))
        with CaptureQueriesContext(connection) as few:
            admin.get(url("edition_changes", "2027.1"))
        with institution_scope(institution):
            for _ in range(4):
                make_case(by=coordinator, **STAGING)
        tried(institution, newer, administrator)
        with CaptureQueriesContext(connection) as many:
            page = admin.get(url("edition_changes", "2027.1"))
        assert "5 cases would change" in text_of(page)
        assert len(many) == len(few)

    @pytest.mark.parametrize("state", [None, EditionTrial.State.RUNNING])
    def test_before_it_is_done_it_leads_back(
        self, admin, url, institution, administrator, newer, some, state
    ):
        if state:
            with institution_scope(institution):
                edition_trials.start(edition=newer, by=administrator)
        answer = admin.get(url("edition_changes", "2027.1"))
        assert answer["Location"] == url("edition", "2027.1")

    def test_every_part_of_an_answer_is_told(
        self, admin, url, institution, administrator, coordinator
    ):
        def revise(content):
            content["branches"]["branches"][0]["id"] = "B-01-POSITIVE"
            content["branches"]["branches"][0]["actions"].pop()
            content["branches"]["branches"][0]["intervals"] = ["FU-08"]
            content["branches"]["branches"][0]["ask"] = ["bone_pain"]
            reason = item(content["escalations"]["escalations"], code="E-01")
            reason |= {"when": "@branch = B-01-POSITIVE", "level": "consider"}
            content["substitutions"]["substitutions"][0]["when"] = "gbca_permitted = T"
            check = item(content["checks"]["checks"], code="W-NAMED-ONLY")
            check |= {"statuses": ["FULL"], "severity": "CRITICAL"}

        with institution_scope(institution):
            case = make_case(by=coordinator, **STAGING)
            make_study(case=case, by=coordinator, modality="CT", outcome="positive")
        tried(institution, loaded("2027.1", revise), administrator)
        words = text_of(admin.get(url("edition_changes", "2027.1")))
        assert "Board yes consider" in words
        assert "Critical: W-NAMED-ONLY The sources name this situation" in words
        assert "After the result B-01-POS Positive for distant disease. B-01-POSITIVE" in words
        assert "Actions" in words
        assert "Interval none FU-08 unspecified" in words
        assert "Ruled out none MRI abdomen" in words
        assert "Open questions" in words
        assert "Bone pain" in words


class TestAdopting:
    def test_it_asks_first_and_says_what_is_known(self, admin, url, newer):
        words = text_of(admin.get(url("edition_adopt", "2027.1")))
        assert "Use edition 2027.1 from now on?" in words
        assert "Which cases would change has not been looked at." in words

    def test_it_says_how_many_cases_would_change(
        self, admin, url, institution, administrator, newer, some
    ):
        tried(institution, newer, administrator)
        words = text_of(admin.get(url("edition_adopt", "2027.1")))
        assert "3 of 3 cases would change." in words

    def test_it_adopts(self, admin, url, institution, administrator, newer):
        answer = admin.post(url("edition_adopt", "2027.1"), {"reason": "Tried."}, follow=True)
        assert "Edition 2027.1 is in use from now on." in text_of(answer)
        with institution_scope(institution):
            assert shelf.adopted().version == "2027.1"
            adoption = adoptions.current()
            assert (adoption.by, adoption.reason) == (administrator, "Tried.")

    def test_a_reason_that_is_too_long_stays_on_the_page(self, admin, url, institution, newer):
        answer = admin.post(url("edition_adopt", "2027.1"), {"reason": "x" * 501})
        assert answer.status_code == 422
        assert "at most 500 characters" in error_at(answer, "reason")
        assert "x" * 501 in answer.content.decode()
        with institution_scope(institution):
            assert shelf.adopted().version == "2026.1"

    def test_what_is_in_use_is_not_adopted_again(self, admin, url, institution):
        answer = admin.post(url("edition_adopt", "2026.1"), follow=True)
        assert "Edition 2026.1 is in use already." in text_of(answer)
        with institution_scope(institution):
            assert adoptions.history() == []

    def test_one_can_go_back(self, admin, url, institution, administrator, newer):
        with institution_scope(institution):
            adoptions.adopt(edition=newer, by=administrator)
        words = text_of(admin.get(url("edition", "2026.1")))
        assert "Adopt edition 2026.1" in words
        assert "rating May be appropriate Usually Appropriate" in words


class TestAnnouncement:
    def test_an_administrator_is_told_on_the_start_page(self, admin, url, institution, newer):
        assert "Edition 2027.1 of the guidance is there" in text_of(admin.get(url("people")))

    def test_with_cases_too_it_stands_on_the_overview(
        self, admin, url, institution, administrator, newer
    ):
        add_member(institution, "CLINICIAN", email=administrator.email, name="")
        assert "Edition 2027.1 of the guidance is there" in text_of(admin.get(url("overview")))

    def test_nobody_else_is(self, browser, url, newer):
        assert "Edition 2027.1" not in text_of(browser.get(url("overview")))

    def test_nothing_is_said_where_the_newest_is_in_use(self, admin, url):
        assert "of the guidance is there" not in text_of(admin.get(url("people")))

    def test_the_settings_lead_there(self, admin, url):
        page = admin.get(url("institution_settings"))
        assert f'href="{url("editions")}"' in page.content.decode()


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize(
    "page", ["editions", "edition", "edition_trial", "edition_changes", "edition_adopt"]
)
def test_only_an_administrator_comes_in(browser, institution, newer, page, method):
    args = [institution.slug] if page == "editions" else [institution.slug, "2027.1"]
    assert getattr(browser, method)(reverse(page, args=args)).status_code == 403
    with institution_scope(institution):
        assert not EditionTrial.objects.exists()
        assert shelf.adopted().version == "2026.1"


class TestLeftBehind:
    """Cases that are still assessed by another edition than the one in use."""

    def test_it_counts_them_and_starts_the_job_again(
        self, admin, url, institution, administrator, newer, some
    ):
        assert "Not all cases" not in text_of(admin.get(url("editions")))
        with institution_scope(institution):
            adoptions.adopt(edition=newer, by=administrator)
        assert "3 cases are still assessed by another edition" in text_of(
            admin.get(url("editions"))
        )
        answer = admin.post(url("editions"), follow=True)
        assert "The cases are being assessed anew." in text_of(answer)
        deliver_all()
        assert "Not all cases" not in text_of(admin.get(url("editions")))
