"""The pages of what an institution says beside the guidance, and the choices it makes."""

import datetime
from collections.abc import Callable

import pytest
from django.test import Client
from django.utils import timezone

from guidance.editions import local_notes, local_studies
from guidance.editions.models import GuidancePolicy, LocalNote, LocalStudy
from guidance.editions.note_subjects import subjects_of
from guidance.engine.edition import load_edition
from tests.factories.cases import STAGING, make_case
from tests.factories.editions import item, loaded
from tests.factories.people import add_member
from tests.integration.web.cases.reading import (
    checked_of,
    error_at,
    summary_of,
    text_of,
    value_of,
)
from tumorboard.accounts.models import User
from tumorboard.tenancy.models import Institution

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("scope")]

TODAY = timezone.localdate()
LATER = TODAY + datetime.timedelta(days=100)
REVIEW = {"reason": "Board of May", "review_on": LATER.isoformat()}
PAGES = ["local_policy", "local_study_new", "local_note_new"]
PAGES_OF = [
    "local_study_renew",
    "local_study_withdraw",
    "local_note_replace",
    "local_note_withdraw",
]


@pytest.fixture
def admin(client: Client, administrator: User) -> Client:
    """A browser of the administrator."""
    client.force_login(administrator)
    return client


@pytest.fixture
def study(administrator: User) -> LocalStudy:
    """A study that cannot be had."""
    return local_studies.mark_unavailable(
        procedure="EUS", reason="No endoscopist", review_on=LATER, by=administrator
    )


@pytest.fixture
def note(administrator: User) -> LocalNote:
    """A note with an interval."""
    return local_notes.add(
        subject="branch::B-05-STAB",
        text="Ask the desk",
        low_months=6,
        high_months=9,
        reason="Board of May",
        review_on=LATER,
        by=administrator,
    )


def words_of(day: datetime.date) -> str:
    return f"{day.day} {day:%b %Y}"


def test_nothing_was_said_yet(admin, url):
    words = text_of(admin.get(url("local_policy")))
    assert "beside edition 2026.1 of the guidance" in words
    assert "None. Every study counts as available" in words
    assert "Everything that was said" not in words


def test_what_holds_and_everything_that_was_said(admin, url, study, note, chair):
    newer = local_notes.replace(
        note=note,
        text="Ask the ward",
        low_months=6,
        high_months=6,
        reason="Board of June",
        review_on=LATER,
        by=chair,
    )
    page = text_of(admin.get(url("local_policy")))
    now, past = page.split("Everything that was said")
    for said in ("Endoscopic ultrasound No endoscopist Ada Admin", "6 months Ask the ward"):
        assert said in now
    assert f"Board of June Chris Chair, {words_of(TODAY)} {words_of(LATER)}" in now
    assert "Ask the desk" not in now
    assert "6 to 9 months. Ask the desk Version 1 by Ada Admin" in past
    assert "Reason: Board of May" in past
    assert past.index("Ask the ward") < past.index("Ask the desk")

    local_notes.withdraw(note=newer, reason="Over", by=chair)
    local_studies.mark_available(study=study, reason="Back", by=chair)
    now, past = text_of(admin.get(url("local_policy"))).split("Everything that was said")
    assert "Ask the ward" not in now
    assert "withdrawn: 6 months. Ask the ward Version 3 by Chris Chair" in past
    assert "Endoscopic ultrasound available again Version 2 by Chris Chair" in past


def test_a_review_that_is_overdue_is_told(admin, url, study, note, monkeypatch):
    assert "Overdue" not in text_of(admin.get(url("local_policy")))
    monkeypatch.setattr(
        "guidance.web.local_policy.timezone.localdate", lambda: LATER + datetime.timedelta(days=1)
    )
    assert text_of(admin.get(url("local_policy"))).count("Overdue") == 2


def test_a_note_whose_subject_the_edition_lost_is_told(admin, url, note, study, administrator):
    def without(content):
        branches = content["branches"]["branches"]
        branches.remove(item(branches, id="B-05-STAB"))
        procedures = content["procedures"]["procedures"]
        procedures.remove(item(procedures, code="EUS"))
        for ratings in content["ratings"]["ratings"].values():
            ratings[:] = [rating for rating in ratings if rating["procedure"] != "EUS"]

    from guidance.editions import adoptions

    adoptions.adopt(edition=loaded("2027.1", without), by=administrator)
    words = text_of(admin.get(url("local_policy")))
    assert "After a result B-05-STAB not in this edition: shown nowhere else" in words
    assert "EUS No endoscopist" in words


class TestStudies:
    def test_is_marked(self, admin, url, administrator):
        asked = admin.get(url("local_study_new"))
        assert value_of(asked, "review_on") == words_of(TODAY + datetime.timedelta(days=365))
        response = admin.post(url("local_study_new"), {"procedure": "PET_FDG", **REVIEW})

        assert response["Location"] == url("local_policy")
        (study,) = local_studies.unavailable()
        assert (study.procedure, study.reason) == ("PET_FDG", "Board of May")
        assert (study.review_on, study.by) == (LATER, administrator)

    @pytest.mark.parametrize(
        ("field", "typed", "message"),
        [
            ("procedure", "", "Choose a study."),
            ("procedure", "XRAY", "Select a valid choice"),
            ("reason", " ", "Say why."),
            ("review_on", "", "Enter the day by which it is to be reviewed."),
            ("review_on", "soon", "Enter a date like 21 Nov 2026."),
            ("review_on", TODAY.isoformat(), "Enter a day that is still to come."),
        ],
    )
    def test_an_error_stands_by_its_field(self, admin, url, field, typed, message):
        given = {"procedure": "PET_FDG", **REVIEW, field: typed}
        response = admin.post(url("local_study_new"), given)

        assert response.status_code == 422
        assert message in error_at(response, field)
        if field != "procedure":
            assert checked_of(response, "procedure") == ["PET_FDG"]
        assert not LocalStudy.objects.exists()

    def test_is_said_again_with_another_review(self, admin, url, study):
        address = url("local_study_renew", study.pk)
        asked = admin.get(address)
        assert "Endoscopic ultrasound" in text_of(asked)
        assert "No endoscopist" in text_of(asked)
        assert admin.post(address, REVIEW)["Location"] == url("local_policy")
        (newer,) = local_studies.unavailable()
        assert (newer.version, newer.reason) == (2, "Board of May")

        response = admin.post(address, REVIEW)
        assert response.status_code == 422
        assert "Somebody else changed this" in summary_of(response)

    def test_is_available_again(self, admin, url, study):
        address = url("local_study_withdraw", study.pk)
        assert "Endoscopic ultrasound" in text_of(admin.get(address))
        assert "Say why." in error_at(admin.post(address, {"reason": ""}), "reason")
        assert admin.post(address, {"reason": "Back"})["Location"] == url("local_policy")
        assert local_studies.unavailable() == []
        response = admin.post(address, {"reason": "Back"})
        assert response.status_code == 422
        assert "Somebody else changed this" in summary_of(response)


def test_what_cannot_be_had_can_be_answered_for_a_patient(browser, url, coordinator, administrator):
    given = {name: value for name, value in STAGING.items() if name != "fdg_pet_available"}
    local_studies.mark_unavailable(
        procedure="PET_FDG", reason="No tracer", review_on=LATER, by=administrator
    )
    case = make_case(by=coordinator, **given)
    assert ["PET_FDG", "SUB-07"] in case.assessment.answer["removed"]
    address = url("case_facts", case.pk, "G")
    asked = browser.get(address)
    assert "The record says: No. Local policy: not available (Ada Admin on " in text_of(asked)
    assert "No tracer" in text_of(browser.get(url("case", case.pk)))

    typed = {
        "seen": value_of(asked, "seen"),
        "source": "Referred to South",
        "fdg_pet_available": "true",
    }
    assert browser.post(address, typed).status_code == 302
    case.refresh_from_db()
    assert case.assessment.facts["fdg_pet_available"] is True
    assert case.assessment.answer["removed"] == []


class TestNotes:
    def test_is_added(self, admin, url, administrator):
        given = {"subject": "study:SC-01:CT_AP_W", "text": "At night", **REVIEW}
        assert admin.post(url("local_note_new"), given)["Location"] == url("local_policy")
        (note,) = local_notes.standing()
        assert (note.scenario, note.code, note.text) == ("SC-01", "CT_AP_W", "At night")
        assert (note.low_months, note.high_months, note.by) == (None, None, administrator)

    def test_everything_that_the_edition_says_can_be_chosen(self, admin, url):
        page = admin.get(url("local_note_new")).content.decode()
        for key in subjects_of(load_edition()):
            assert f'<option value="{key}">' in page

    @pytest.mark.parametrize(
        ("changes", "field", "message"),
        [
            ({"subject": ""}, "subject", "Choose what the note stands beside."),
            ({"subject": "scenario:SC-99:"}, "subject", "Select a valid choice"),
            ({"text": ""}, "text", "Write a note, or enter an interval."),
            ({"low_months": "6"}, "high_months", "Enter both ends of the interval."),
            ({"low_months": "6", "high_months": "3"}, "high_months", "no less than"),
            ({"low_months": "six"}, "low_months", "whole number"),
            ({"text": "a\x00b"}, "text", "Null characters"),
        ],
    )
    def test_an_error_stands_by_its_field(self, admin, url, changes, field, message):
        given = {"subject": "scenario:SC-01:", "text": "Typed.", **REVIEW, **changes}
        response = admin.post(url("local_note_new"), given)

        assert response.status_code == 422
        assert message in error_at(response, field)
        if "text" not in changes:
            assert "Typed." in text_of(response)
        assert not LocalNote.objects.exists()

    def test_is_replaced_and_never_edited(self, admin, url, note):
        address = url("local_note_replace", note.pk)
        asked = admin.get(address)
        assert "B-05-STAB" in text_of(asked)
        assert "Interval 6 to 9 months. Ask the desk" in text_of(asked)
        assert value_of(asked, "low_months") == "6"
        given = {"text": "Ask the ward", "low_months": "", "high_months": "", **REVIEW}
        assert admin.post(address, given)["Location"] == url("local_policy")
        (newer,) = local_notes.standing()
        assert (newer.version, newer.text, newer.low_months) == (2, "Ask the ward", None)
        note.refresh_from_db()
        assert note.text == "Ask the desk"

        response = admin.post(address, given)
        assert response.status_code == 422
        assert "Somebody else changed this" in summary_of(response)

    def test_is_withdrawn(self, admin, url, note):
        address = url("local_note_withdraw", note.pk)
        assert "Interval 6 to 9 months. Ask the desk" in text_of(admin.get(address))
        assert "Say why." in error_at(admin.post(address, {"reason": ""}), "reason")
        assert admin.post(address, {"reason": "Over"})["Location"] == url("local_policy")
        assert local_notes.standing() == []
        response = admin.post(address, {"reason": "Over"})
        assert response.status_code == 422
        assert "Somebody else changed this" in summary_of(response)


class TestFollowupPolicy:
    GIVEN = {"who_version": "WHO2022", "tnm_system": "ENETS"}

    def test_is_chosen_and_shown(self, admin, url):
        assert checked_of(admin.get(url("guidance_settings")), "followup_policy") == [""]
        admin.post(url("guidance_settings"), {**self.GIVEN, "followup_policy": "FU-02"})
        assert GuidancePolicy.objects.get().followup_policy == "FU-02"
        page = admin.get(url("guidance_settings"))
        assert checked_of(page, "followup_policy") == ["FU-02"]
        for label in load_edition().dictionary["followup_policy"].value_labels.values():
            assert label in text_of(page)
        assert f'href="{url("local_policy")}"' in page.content.decode()

    def test_one_that_there_is_not_is_told(self, admin, url):
        given = {**self.GIVEN, "followup_policy": "FU-99"}
        response = admin.post(url("guidance_settings"), given)
        assert response.status_code == 422
        assert "Select a valid choice" in error_at(response, "followup_policy")
        assert not GuidancePolicy.objects.exists()


@pytest.fixture
def sign_in_as(institution: Institution) -> Callable[[str], Client]:
    """A browser of a member with one role."""

    def sign_in(role: str) -> Client:
        client = Client()
        person = add_member(institution, role, email=f"{role}@north.example", name=role)
        client.force_login(person)
        return client

    return sign_in


@pytest.mark.parametrize(
    ("role", "may"),
    [
        ("ADMINISTRATOR", True),
        ("BOARD_CHAIR", True),
        ("COORDINATOR", False),
        ("CLINICIAN", False),
        ("RADIOLOGIST", False),
        ("PATHOLOGIST", False),
    ],
)
def test_who_says_something_beside_the_guidance(sign_in_as, url, study, note, role, may):
    person = sign_in_as(role)
    addresses = [url(name) for name in PAGES]
    addresses += [url(name, study.pk if "study" in name else note.pk) for name in PAGES_OF]
    for address in addresses:
        assert person.get(address).status_code == (200 if may else 403)
        if address != url("local_policy"):
            assert person.post(address).status_code == (422 if may else 403)
    home = person.get(url("local_policy") if may else url("overview")).content.decode()
    assert (f'href="{url("local_policy")}"' in home) == may
