"""From an EHR's patient to the case here: the ways that lead there."""

import datetime

import pytest
from django.test import Client
from django.urls import reverse

from cases.models import Case
from cases.services import cases, patients
from tests.ehrs import LAUNCH, SECRET, TOKEN, person
from tests.factories.boards import draft, make_item, make_meeting
from tests.factories.people import PASSWORD, add_member
from tests.factories.restrictions import restricted
from tests.integration.web.boards.page import text
from tumorboard.accounts.ehr_models import Ehr, EhrLink
from tumorboard.accounts.ehrs import contexts, registrations
from tumorboard.accounts.models import Membership, SignInPolicy, User
from tumorboard.accounts.sso import bound
from tumorboard.audit.models import AuditEntry
from tumorboard.tenancy.scope import institution_scope

pytestmark = pytest.mark.django_db

LAUNCHED = reverse("launched", args=["north"])
LINK = reverse("launched_link", args=["north"])
START = reverse("smart_start", args=["north"])


@pytest.fixture(autouse=True)
def _a_folder_of_static_files(settings, tmp_path):
    settings.STATIC_ROOT = tmp_path


@pytest.fixture
def case(institution, coordinator) -> Case:
    """A case of the patient whom the EHR shows."""
    with institution_scope(institution):
        return a_case(coordinator)


def a_case(by: User, number: str = "N-0001", **who: object) -> Case:
    patient = patients.add(record_number=number, family_name="Nottareal", by=by, **who)
    return cases.open_case(patient=patient, title="pNET of the tail", answers={}, by=by)


class TestComingIn:
    def test_opens_the_case_as_the_person_whom_the_ehr_knows(
        self, client, stand_in, linked, launch, case, institution, settings
    ):
        """ASVS v5.0.0-10.2.1: code flow with PKCE and state."""
        settings.SECOND_FACTOR = "required"
        answer = launch(client)
        assert answer.url == LAUNCHED
        assert client.get(LAUNCHED).url == reverse("case", args=["north", case.pk])
        assert client.get(reverse("case", args=["north", case.pk])).status_code == 200
        assert client.session["_auth_user_id"] == str(linked.pk)
        assert client.get(LAUNCHED).status_code == 410, "it is used once"
        with institution_scope(institution):
            done = list(AuditEntry.objects.order_by("at").values_list("action", "person"))
            searched = AuditEntry.objects.get(action="patient.searched")
        assert ("person.signed_in_by_ehr", linked.pk) in done
        assert searched.shown == [case.patient_id, case.pk]

    def test_asks_for_the_least_and_proves_who_asks(self, client, stand_in, linked, launch):
        launch(client)
        launch(Client())
        first, second = stand_in.authorized
        assert first["scope"] == "launch openid fhirUser patient/Patient.r"
        assert first["aud"] == stand_in.fhir_base
        assert first["launch"] == LAUNCH
        assert (first["response_type"], first["code_challenge_method"]) == ("code", "S256")
        for name in ("state", "nonce", "code_challenge"):
            assert len(first[name]) >= 43
            assert first[name] != second[name]
        assert stand_in.token_requests[0]["authorization"].startswith("Basic ")
        assert SECRET not in str(stand_in.authorized)

    def test_an_ehr_of_the_first_version_is_asked_in_its_words(
        self, client, stand_in, linked, launch
    ):
        stand_in.configuration["capabilities"] = ["launch-ehr"]
        del stand_in.configuration["jwks_uri"]
        assert launch(client).url == LAUNCHED
        assert stand_in.authorized[0]["scope"] == "launch openid fhirUser patient/Patient.read"

    def test_without_a_factor_of_the_ehrs_people_prove_their_own(
        self, client, stand_in, linked, launch, settings
    ):
        """ASVS v5.0.0-6.8.4: an EHR that says nothing of it has asked for a password alone."""
        settings.SECOND_FACTOR = "required"
        del stand_in.claims["amr"]
        assert launch(client).url == LAUNCHED
        assert client.get(LAUNCHED).url.startswith("/accounts/")

    def test_reaches_this_institution_and_changes_nothing_about_signing_in(
        self, client, stand_in, linked, launch, other_institution
    ):
        add_member(other_institution, "COORDINATOR", email=linked.email, name=linked.name)
        launch(client)
        assert client.get("/i/north/").status_code == 200
        assert client.get("/i/south/").status_code == 404
        answer = client.get(reverse("account_change_password"))
        assert answer.url == reverse("security")

    def test_who_is_signed_in_as_the_same_person_stays_so(self, client, linked, launch, case):
        client.force_login(linked)
        key = client.session.session_key
        assert launch(client).url == LAUNCHED
        assert client.session.session_key == key
        assert bound.BOUND not in client.session
        assert client.get(LAUNCHED).url == reverse("case", args=["north", case.pk])

    def test_a_session_that_is_over_here_begins_anew(
        self, client, stand_in, linked, launch, settings
    ):
        settings.SECOND_FACTOR = "required"
        client.force_login(linked)
        session = client.session
        session["longest_idle"] = 60 * 60
        session.save()
        launch(client)
        assert client.get(LAUNCHED).status_code == 200

    def test_somebody_else_is_told_and_never_switched(
        self, client, stand_in, linked, launch, administrator, institution
    ):
        client.force_login(administrator)
        answer = launch(client)
        assert answer.status_code == 403
        assert "Somebody else is signed in here" in text(answer)
        assert client.session["_auth_user_id"] == str(administrator.pk)
        assert contexts.KEPT not in client.session
        with institution_scope(institution):
            refused = AuditEntry.objects.get(action="ehr.launch.refused")
        assert refused.reason == "somebody else than who is signed in"

    def test_the_same_person_bound_to_another_institution_is_told(
        self, client, linked, launch, other_institution, administrator
    ):
        client.force_login(linked)
        session = client.session
        session[bound.BOUND] = [str(other_institution.pk), str(administrator.pk), True]
        session.save()
        assert "for another institution" in text(launch(client))

    @pytest.mark.parametrize("fault", ["inactive", "no role"])
    def test_who_lost_the_account_or_the_roles_does_not_come_in(
        self, client, linked, launch, institution, fault
    ):
        if fault == "inactive":
            User.objects.filter(pk=linked.pk).update(is_active=False)
        else:
            with institution_scope(institution):
                Membership.objects.filter(user=linked).delete()
        answer = launch(client)
        assert answer.status_code == 403
        assert "has no role at this institution any more" in text(answer)
        assert "_auth_user_id" not in client.session

    def test_switching_it_off_ends_its_sessions_and_its_launches(
        self, client, stand_in, linked, launch, institution, administrator, ehr
    ):
        launch(client)
        with institution_scope(institution):
            registrations.switch_off(ehr=ehr, by=administrator)
        assert client.get("/i/north/").url.startswith("/accounts/login/")
        answer = client.get(reverse("smart_launch", args=["north"]), stand_in.launch_query())
        assert "No EHR of this address" in text(answer)


class TestWhereAProviderIsRequired:
    @pytest.fixture(autouse=True)
    def _required(self, institution, administrator):
        with institution_scope(institution):
            SignInPolicy.objects.create(
                requires_provider=True, emergency_administrator=administrator
            )

    def test_coming_from_the_ehr_is_not_enough(self, client, linked, launch):
        assert launch(client).url == LAUNCHED
        assert client.get(LAUNCHED).url.startswith("/i/north/sign-in/")

    def test_unless_two_administrators_say_so(self, client, linked, launch, case, institution, ehr):
        with institution_scope(institution):
            Ehr.objects.filter(pk=ehr.pk).update(stands_for_provider=True)
        client.force_login(linked)
        launch(client)
        assert client.get(LAUNCHED).url == reverse("case", args=["north", case.pk])


class TestLinking:
    def test_somebody_unknown_signs_in_and_links_once(
        self, client, stand_in, ehr, launch, coordinator, case, institution, settings
    ):
        """ASVS v5.0.0-6.8.1: subject and issuer are who it is, never a mail address."""
        settings.SECOND_FACTOR = "optional"
        stand_in.claims |= {"name": "Cora Coordinator", "email": coordinator.email}
        page = launch(client)
        assert page.status_code == 200
        assert "Cora Coordinator" in text(page)
        assert "_auth_user_id" not in client.session
        there = client.get(LINK)
        assert there.url.startswith("/accounts/login/")
        signed_in = client.post(
            there.url, {"login": coordinator.email, "password": PASSWORD, "next": LINK}
        )
        assert signed_in.url == LINK
        shown = client.get(LINK)
        assert "Known to Hospital EHR as" in text(shown)
        assert client.post(LINK, {"password": PASSWORD}).url == LAUNCHED
        assert client.get(LAUNCHED).url == reverse("case", args=["north", case.pk])
        with institution_scope(institution):
            assert EhrLink.objects.get().user == coordinator
            assert AuditEntry.objects.filter(action="person.linked_with_ehr").exists()
        assert launch(Client()).url == LAUNCHED

    def test_an_open_page_is_not_enough(self, client, ehr, launch, coordinator, institution):
        """ASVS v5.0.0-7.5.1: who changes how one signs in proves it is them again."""
        client.force_login(coordinator)
        assert launch(client).url == LINK
        refused = client.post(LINK, {"password": "a guess"})
        assert refused.status_code == 422
        assert "This is not your password" in text(refused)
        assert "Enter your password" in text(client.post(LINK, {}))
        with institution_scope(institution):
            assert not EhrLink.objects.exists()

    def test_too_many_guesses_wait(self, client, ehr, launch, coordinator):
        client.force_login(coordinator)
        launch(client)
        for _ in range(12):
            last = client.post(LINK, {"password": "a guess"})
        assert "Too many tries" in text(last)

    def test_nobody_is_linked_twice(
        self, client, stand_in, linked, launch, administrator, institution
    ):
        stand_in.claims["sub"] = "another"
        client.force_login(linked)
        launch(client)
        answer = client.post(LINK, {"password": PASSWORD})
        assert answer.status_code == 422
        assert "linked with another account" in text(answer)

    def test_what_another_was_told_is_nobodys(
        self, client, stand_in, ehr, launch, coordinator, case
    ):
        """Somebody signs in in the browser in which another one came, and does not link."""
        launch(client)
        client.force_login(coordinator)
        page = client.get(LAUNCHED)
        assert page.status_code == 410
        assert "Open the patient from the EHR again" in text(page)

    def test_nothing_waits_where_nobody_came(self, client, coordinator):
        client.force_login(coordinator)
        assert client.get(LINK).status_code == client.get(LAUNCHED).status_code == 410

    def test_it_waits_for_minutes(self, client, stand_in, linked, launch, institution, ehr):
        launch(client)
        session = client.session
        session[contexts.KEPT] = {**session[contexts.KEPT], "at": 0}
        session.save()
        assert client.get(LAUNCHED).status_code == 410

    def test_it_waits_for_its_institution_alone(self, client, linked, launch, other_institution):
        add_member(other_institution, "COORDINATOR", email=linked.email, name=linked.name)
        client.force_login(linked)
        launch(client)
        assert client.get(reverse("launched", args=["south"])).status_code == 410

    def test_the_session_says_nothing_of_the_patient(self, client, linked, launch):
        """ASVS v5.0.0-14.2.1 and the vault: sessions stand in a table of no institution."""
        launch(client)
        kept = str(dict(client.session))
        for word in ("Nottareal", "Paula", "N-0001", "1960", TOKEN):
            assert word not in kept


class TestThePatient:
    def test_several_cases_are_chosen_from(self, client, linked, launch, case, institution):
        with institution_scope(institution):
            second = cases.open_case(
                patient=case.patient, title="Recurrence in the liver", answers={}, by=linked
            )
        launch(client)
        page = client.get(LAUNCHED)
        assert page.status_code == 200
        for each in (case, second):
            assert reverse("case", args=["north", each.pk]) in page.content.decode()
        assert client.get(LAUNCHED).status_code == 200, "it waits while one chooses"

    def test_none_offers_a_new_one_with_what_the_ehr_told(
        self, client, linked, launch, institution
    ):
        launch(client)
        page = client.get(LAUNCHED)
        assert "No case of this patient" in text(page)
        form = reverse("case_new", args=["north"])
        assert f"{form}?from=ehr" in page.content.decode()
        for word in ("Nottareal", "N-0001"):
            assert word not in page.content.decode()
        shown = client.get(form, {"from": "ehr"}).content.decode()
        for word in ("N-0001", "Nottareal", "Paula", "4 May 1960"):
            assert f'value="{word}"' in shown
        assert 'value="N-0001"' not in client.get(form).content.decode()
        typed = {
            "record_number": "N-0001",
            "family_name": "Nottareal",
            "title": "pNET of the head",
            "sex": "female",
        }
        opened = client.post(f"{form}?from=ehr", typed)
        assert opened.status_code == 302, text(opened)
        assert contexts.KEPT not in client.session

    def test_who_may_not_write_is_told_whom_to_ask(
        self, client, stand_in, ehr, launch, institution
    ):
        reader = add_member(institution, "RADIOLOGIST", email="r@north.example", name="Rita Reader")
        with institution_scope(institution):
            EhrLink.objects.create(ehr=ehr, subject="ehr-248", user=reader)
        launch(client)
        page = client.get(LAUNCHED)
        assert "Ask your tumor board's coordinator" in text(page)
        assert "from=ehr" not in page.content.decode()

    def test_a_restricted_record_looks_like_none(
        self, client, linked, launch, case, institution, chair
    ):
        launch(client)
        with institution_scope(institution):
            restricted(case, chair, by=linked)
        page = client.get(LAUNCHED)
        assert page.status_code == 200
        assert "or none that you may see" in text(page)
        assert str(case.pk) not in page.content.decode()

    def test_another_birth_date_is_said_before_anything_opens(
        self, client, stand_in, linked, launch, institution
    ):
        with institution_scope(institution):
            found = a_case(linked, birth_date=datetime.date(1950, 1, 1))
        launch(client)
        page = client.get(LAUNCHED)
        assert "date of birth in Hospital EHR is another one" in text(page)
        assert reverse("case", args=["north", found.pk]) in page.content.decode()

    @pytest.mark.parametrize(
        "patient",
        [
            person(system="https://elsewhere.example/mrn"),
            person(
                identifier=[
                    {"system": "https://north.example/mrn", "value": "N-0001", "use": "old"}
                ]
            ),
            person(identifier="N-0001"),
            person(identifier=[{"system": "https://north.example/mrn", "value": "N" * 61}]),
            person(modifierExtension=[{"url": "https://x.example", "valueBoolean": True}]),
        ],
    )
    def test_only_current_numbers_of_the_registered_systems_count(
        self, client, stand_in, linked, launch, case, patient
    ):
        stand_in.patient = patient
        launch(client)
        page = client.get(LAUNCHED)
        assert "gave no record number" in text(page)
        shown = client.get(reverse("case_new", args=["north"]), {"from": "ehr"})
        assert shown.status_code == 200

    def test_a_patient_without_a_case(self, client, linked, launch, institution):
        with institution_scope(institution):
            patients.add(record_number="n-0001", family_name="Nottareal", by=linked)
        launch(client)
        assert "is here, with no case yet" in text(client.get(LAUNCHED))


class TestBeginningHere:
    def test_the_button_leads_to_the_ehr_which_asks_for_the_patient(
        self, client, stand_in, linked, ehr, case
    ):
        page = client.get(START).content.decode()
        way = reverse("smart_begin", args=["north", ehr.pk])
        assert way in page
        begun = client.get(way, headers={"Sec-Fetch-Site": "same-origin"})
        answer = stand_in.authorize(begun.url)
        asked = stand_in.authorized[0]
        assert asked["scope"] == "launch/patient openid fhirUser patient/Patient.r"
        assert "launch" not in asked
        done = client.get(reverse("smart_callback", args=["north", ehr.pk]), answer)
        assert done.url == LAUNCHED

    def test_another_sites_link_leads_to_the_button(self, client, ehr):
        """ASVS v5.0.0-7.6.2: no session without an action of the person."""
        way = reverse("smart_begin", args=["north", ehr.pk])
        assert client.get(way, headers={"Sec-Fetch-Site": "cross-site"}).url == START

    def test_an_institution_without_one_looks_like_one_that_is_not_there(self, client, institution):
        pages = [client.get(reverse("smart_start", args=[slug])) for slug in ("north", "nowhere")]
        assert pages[0].status_code == pages[1].status_code == 200
        assert text(pages[0]) == text(pages[1])


class TestSigning:
    def test_a_session_from_the_ehr_confirms_by_password(
        self, client, stand_in, ehr, launch, institution, chair, coordinator
    ):
        """ASVS v5.0.0-7.5.3: that somebody sits at an open EHR proves nothing."""
        with institution_scope(institution):
            EhrLink.objects.create(ehr=ehr, subject="ehr-248", user=chair)
            item = make_item(by=coordinator, meeting=make_meeting(by=coordinator), question="?")
            draft(item, by=coordinator)
        launch(client)
        sign = reverse("decision_sign", args=["north", item.pk])
        page = text(client.get(sign))
        assert "Your password" in page
        assert "Confirm that it is you" not in page
        # Who has no password is led to the institution's own sign-in.
        chair.set_unusable_password()
        chair.save()
        again = Client()
        launch(again)
        page = text(again.get(sign))
        assert "Your password" not in page
        assert "Confirm that it is you" in page
        confirm = again.get(reverse("provider_confirm", args=["north"]), {"next": sign})
        assert confirm.url.startswith("/i/north/sign-in/?next=")
