"""Who may follow what: scopes, roles, institutions, restricted patients, taken rights, secrets."""

import logging

import pytest
from django.db import connection

from cases.models.event import EventKind
from cases.selectors.agendas import agenda
from cases.selectors.publications import frozen
from cases.services import erasures, publications, restrictions
from tests.factories.boards import make_item, make_meeting
from tests.factories.cases import make_case
from tests.factories.people import add_member
from tests.factories.restrictions import restricted
from tests.factories.tasks import REFERRAL, decided
from tests.integration.fhir.conftest import issues_of, program_of
from tests.integration.subscriptions.conftest import SCOPES, asked, status, told
from tests.integration.subscriptions.test_notifications import list_case
from tests.integration.webhooks.work import later, work
from tests.receivers import status as answering
from tumorboard.accounts import clients
from tumorboard.audit.models import AuditEntry
from tumorboard.outbox.models import OutboxMessage
from tumorboard.tenancy.scope import institution_scope

pytestmark = pytest.mark.django_db


def without(*taken: str) -> list[str]:
    return [each for each in SCOPES if each not in taken]


def actions(institution) -> list[str]:
    with institution_scope(institution):
        rows = AuditEntry.objects.filter(action__startswith="subscription.").order_by("at", "id")
        return list(rows.values_list("action", flat=True))


def test_without_the_scope_nobody_follows(follower_with):
    """ASVS v5.0.0-8.2.1."""
    unable = follower_with(*without("system/Subscription.c"))
    refused = unable.post(asked("https://ehr.example/fhir"))
    assert refused.status_code == 403
    assert issues_of(refused)[0]["code"] == "forbidden"


def test_who_may_not_read_what_a_topic_is_about_does_not_follow_it(follower_with):
    """ASVS v5.0.0-8.2.3."""
    unable = follower_with(*without("system/List.rs"))
    refused = unable.post(asked("https://ehr.example/fhir"))
    assert refused.status_code == 403
    assert issues_of(refused)[0]["expression"] == ["Subscription.criteria"]
    made = unable.post(asked("https://ehr.example/fhir", EventKind.DECISION_SIGNED))
    assert made.status_code == 201


def test_what_beside_it_may_not_be_read_is_not_named(follower_with, institution, chair):
    follower = follower_with(*without("system/Condition.rs", "system/CarePlan.rs"))
    follower.follow(EventKind.DECISION_SIGNED)
    with institution_scope(institution):
        decision = decided(REFERRAL, by=chair)
    work(institution)
    (got,) = follower.receiver.got
    assert told(got)["events"][0]["context"] == []
    assert str(decision.case_id).encode() not in got.body


@pytest.mark.parametrize("taken", ["system/List.rs", "system/Subscription.rs"])
def test_a_client_whose_scope_was_taken_is_told_nothing_more(
    taken, follower, institution, coordinator, administrator
):
    """ASVS v5.0.0-8.3.2: a right that is taken ends at once, for what waits too."""
    follower.follow()
    follower.receiver.answer = answering(500)
    with institution_scope(institution):
        case = make_case(by=coordinator)
        list_case(coordinator, case)
    work(institution)
    follower.receiver.answer = answering(204)
    follower.receiver.got.clear()
    with institution_scope(institution):
        clients.set_access(
            client=follower.client,
            granted=without(taken),
            requests_per_minute=600,
            by=administrator,
        )
        list_case(coordinator, case)
    later(institution)
    work(institution)
    assert follower.receiver.got == []
    assert follower.deliveries() == [
        ("case.listed", "withheld", 1),
        ("case.listed", "withheld", None),
    ]


def test_a_client_that_is_disabled_is_told_nothing_more(
    follower, institution, coordinator, administrator
):
    follower.follow()
    with institution_scope(institution):
        clients.disable(client=follower.client, by=administrator)
        list_case(coordinator)
    work(institution)
    assert follower.receiver.got == []


def test_another_client_knows_of_nothing(follower, follower_with):
    """ASVS v5.0.0-8.2.2."""
    made = follower.follow()
    other = follower_with(label="RIS").program
    place = f"Subscription/{made['id']}"
    for path in (place, f"{place}/_history/1", f"{place}/_history", f"{place}/$status"):
        assert other.get(path).status_code == 404, path
    assert other.get(f"{place}/$events").status_code == 404
    assert other.ask("PUT", place, {**made, "status": "off"}).status_code == 404
    assert other.ask("DELETE", place).status_code == 404
    for path in ("Subscription", "Subscription/_history", "Subscription/$status"):
        assert other.get(path).json().get("entry", []) == []
    assert follower.read(made["id"])["status"] == "active"


def test_another_institution_knows_of_nothing(follower, other_institution):
    """ASVS v5.0.0-8.4.1."""
    made = follower.follow()
    roles = ("ADMINISTRATOR", "COORDINATOR")
    stranger = add_member(other_institution, *roles, email="s@south.example", name="Sam South")
    theirs = program_of(other_institution, stranger)
    missing = theirs.get("Subscription/01a2005b-d735-739b-a619-454fdb559663")
    found = theirs.get(f"Subscription/{made['id']}")
    assert (found.status_code, found.content) == (404, missing.content)
    assert theirs.get("Subscription").json()["total"] == 0
    with institution_scope(other_institution):
        case = make_case(by=stranger)
        board = make_meeting(by=stranger).board_id
    for given in (f"patient={case.patient_id}", f"board=CareTeam/{board}"):
        refused = follower.post(asked(follower.receiver.address, filters=[given]))
        assert refused.status_code == 422
        assert "There is no such" in issues_of(refused)[0]["diagnostics"]


def test_a_person_follows_by_right_and_ends_what_others_follow_but_turns_it_nowhere(
    follower, institution
):
    """An administrator is not told with the rights of a client."""
    made = follower.follow()
    both = add_member(
        institution, "ADMINISTRATOR", "COORDINATOR", email="b@north.example", name="Bo"
    )
    program = program_of(institution, both)
    seen = program.get(f"Subscription/{made['id']}").json()
    changed = {**seen, "channel": {**seen["channel"], "endpoint": "https://bo.example/x"}}
    refused = program.ask("PUT", f"Subscription/{made['id']}", changed)
    assert refused.status_code == 409
    own = program.ask("POST", "Subscription", asked(follower.receiver.address))
    assert own.status_code == 201
    assert len(program.get("Subscription").json()["entry"]) == 2
    assert len(follower.program.get("Subscription").json()["entry"]) == 1
    assert program.ask("DELETE", f"Subscription/{made['id']}").status_code == 204
    assert follower.program.get(f"Subscription/{made['id']}").status_code == 404


def test_a_person_without_the_right_does_not_follow(institution, coordinator):
    program = program_of(institution, coordinator)
    assert program.ask("POST", "Subscription", asked("https://x.example/")).status_code == 403
    assert program.get("Subscription").status_code == 403


def test_who_left_is_told_nothing_more(follower, institution, coordinator, chair):
    both = add_member(
        institution, "ADMINISTRATOR", "COORDINATOR", email="b@north.example", name="Bo"
    )
    program = program_of(institution, both)
    program.ask("POST", "Subscription", asked(follower.receiver.address))
    work(institution)
    follower.receiver.got.clear()
    with institution_scope(institution):
        both.memberships.all().delete()
        list_case(coordinator)
    work(institution)
    assert follower.receiver.got == []


def test_of_a_restricted_patient_a_subscriber_learns_nothing(follower, institution, coordinator):
    """HIPAA 164.312(a)(1): no message, no number, no event that is asked for."""
    made = follower.follow()
    with institution_scope(institution):
        case = make_case(by=coordinator)
        restricted(case, coordinator, by=coordinator)
        list_case(coordinator, case)
        list_case(coordinator)
    work(institution)
    (got,) = follower.receiver.got
    assert told(got)["events"][0]["event-number"] == "1"
    assert str(case.pk).encode() not in got.body
    events = follower.program.get(f"Subscription/{made['id']}/$events")
    assert str(case.pk) not in events.content.decode()
    assert follower.row().events == 1
    refused = follower.post(
        asked(follower.receiver.address, filters=[f"patient=Patient/{case.patient_id}"])
    )
    assert "There is no such patient" in issues_of(refused)[0]["diagnostics"]


def test_what_is_restricted_while_it_waits_is_withheld_without_a_number(
    follower, institution, coordinator
):
    made = follower.follow()
    with institution_scope(institution):
        case = make_case(by=coordinator)
        list_case(coordinator, case)
        restricted(case, coordinator, by=coordinator)
    work(institution)
    assert follower.receiver.got == []
    assert follower.deliveries() == [("case.listed", "withheld", None)]
    assert follower.row().events == 0
    with institution_scope(institution):
        restrictions.lift(case=case, by=coordinator)
        list_case(coordinator, case)
    work(institution)
    assert len(follower.receiver.got) == 1
    answer = follower.program.get(f"Subscription/{made['id']}/$events").json()
    assert len(status(answer)["events"]) == 1


def test_whoever_is_on_the_list_is_told(follower, institution, coordinator):
    both = add_member(
        institution, "ADMINISTRATOR", "COORDINATOR", email="b@north.example", name="Bo"
    )
    program = program_of(institution, both)
    program.ask("POST", "Subscription", asked(follower.receiver.address))
    work(institution)
    follower.receiver.got.clear()
    with institution_scope(institution):
        case = make_case(by=coordinator)
        restricted(case, coordinator, both, by=coordinator)
        list_case(coordinator, case)
    work(institution)
    (got,) = follower.receiver.got
    assert f"Condition/{case.pk}" in told(got)["events"][0]["context"]


def test_the_headers_are_sealed_and_never_shown(follower, institution, coordinator, caplog):
    """ASVS v5.0.0-13.3.1 and v5.0.0-16.2.5: not in answers, not in the database, not in logs."""
    caplog.set_level(logging.DEBUG)
    made = follower.follow()
    assert "header" not in made["channel"]
    (masked,) = made["channel"]["_header"]
    assert masked["extension"][0]["valueCode"] == "masked"
    follower.receiver.answer = answering(500)
    with institution_scope(institution):
        list_case(coordinator)
    work(institution)
    assert follower.receiver.got[0].headers["authorization"] == "Bearer swordfish"
    read = str(follower.program.get("Subscription").content)
    read += str(follower.program.get(f"Subscription/{made['id']}/_history").content)
    assert "swordfish" not in read + caplog.text
    with institution_scope(institution), connection.cursor() as cursor:
        for table in ("cases_webhookendpoint", "cases_webhookendpointevent", "cases_subscription"):
            cursor.execute(f"SELECT t::text FROM {table} t")
            assert "swordfish" not in str(cursor.fetchall())
        assert "swordfish" not in str(list(OutboxMessage.objects.values_list("payload")))


def test_headers_stay_with_their_address(follower, institution):
    """A secret is sent only where its owner sent it."""
    made = follower.follow()
    row = follower.row()

    def held():
        row.endpoint.refresh_from_db()
        return row.endpoint.secrets["headers"]

    # As it was read, with masked headers: they stay, and it goes on.
    kept = follower.put(made)
    assert kept.json()["status"] == "active"
    with institution_scope(institution):
        assert held() == ["Authorization: Bearer swordfish"]
    elsewhere = {**made["channel"], "endpoint": follower.receiver.address + "/other"}
    moved = follower.put(made, channel=elsewhere).json()
    assert moved["status"] == "requested"
    with institution_scope(institution):
        assert held() == []
    assert "_header" not in moved["channel"]


def test_whole_resources_go_out_with_the_owners_rights(
    follower_with, institution, chair, settings, monkeypatch, tls_receiver
):
    """HIPAA 164.312(b): what was sent of whom is in the audit."""
    follower = follower_with(*without("system/Condition.rs"))
    refused = follower.post(
        asked(follower.receiver.address, EventKind.DECISION_SIGNED, content="full-resource")
    )
    assert "https://" in issues_of(refused)[0]["diagnostics"]
    made = follower.follow(
        EventKind.DECISION_SIGNED, address=tls_receiver.address, content="full-resource"
    )
    tls_receiver.got.clear()
    with institution_scope(institution):
        decision = decided(REFERRAL, by=chair)
    work(institution)
    (got,) = tls_receiver.got
    told(got)
    resources = [each["resource"] for each in got.said["entry"][1:]]
    assert {(each["resourceType"], each["id"]) for each in resources} == {
        ("ClinicalImpression", str(decision.pk)),
        ("CarePlan", str(decision.pk)),
    }
    read = follower.program.get(f"ClinicalImpression/{decision.pk}").json()
    assert read in resources
    with institution_scope(institution):
        entry = AuditEntry.objects.get(action="fhir.sent")
    assert (entry.person_id, entry.case_id) == (follower.client.user_id, decision.case_id)
    events = follower.program.get(f"Subscription/{made['id']}/$events").json()
    assert read in [each["resource"] for each in events["entry"]]


def test_an_erased_patient_is_followed_no_more(follower, institution, coordinator, administrator):
    with institution_scope(institution):
        case = make_case(by=coordinator)
        number = case.patient.record_number
    of = f"patient=Patient/{case.patient_id}"
    made = follower.follow(filters=[of], reason="To follow Quetzalcoatl")
    other = follower.follow()
    with institution_scope(institution):
        erasures.erase(
            patient=case.patient, record_number=number, reason="Asked for.", by=administrator
        )
    read = follower.read(made["id"])
    assert (read["status"], read["reason"]) == ("off", "Erased with the patient.")
    assert follower.read(other["id"])["status"] == "active"


def test_everything_is_in_the_audit_and_told_to_administrators(
    follower, institution, administrator
):
    made = follower.follow()
    off = follower.put(made, status="off").json()
    follower.program.ask("DELETE", f"Subscription/{off['id']}")
    assert actions(institution) == [
        "subscription.added",
        "subscription.changed",
        "subscription.removed",
    ]
    with institution_scope(institution):
        mails = OutboxMessage.objects.filter(topic="mail")
        (mail,) = (
            each for each in mails if "/settings/webhooks/subscriptions/" in each.payload["body"]
        )
    assert mail.payload["to"] == administrator.email
    assert follower.receiver.address not in str(mail.payload)


def test_the_agenda_of_a_published_list_leaves_restricted_cases_out(
    follower, institution, coordinator, tls_receiver
):
    follower.follow(
        EventKind.AGENDA_PUBLISHED, address=tls_receiver.address, content="full-resource"
    )
    tls_receiver.got.clear()
    with institution_scope(institution):
        meeting = make_meeting(by=coordinator)
        hidden = make_case(by=coordinator)
        for case in (hidden, make_case(by=coordinator)):
            make_item(by=coordinator, meeting=meeting, case=case)
        publications.publish(
            meeting=meeting, lines=frozen(agenda(meeting)), pdf=b"%PDF", by=coordinator
        )
        restricted(hidden, coordinator, by=coordinator)
    work(institution)
    (got,) = tls_receiver.got
    assert str(hidden.pk).encode() not in got.body
