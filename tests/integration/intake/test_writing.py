"""What of a message comes into the record, kind by kind, and what stays out of it."""

import datetime

import pytest

from cases.models import FactAnswer, InboxMessage, InboxProposal, Patient, Specimen
from cases.models.inbox_proposal import ProposalState
from cases.readings.reading import Identifier, Kind, Reading
from cases.selectors.inbox_contents import reading_as_json
from cases.services import erasures, results, studies
from cases.services.errors import Refused
from cases.services.intake import choosing, deciding, receiving
from cases.services.intake.beside import beside
from cases.services.intake.matching import Match
from cases.services.intake.order import about_token
from tests.integration.intake import messages as of
from tests.integration.intake.conftest import open_for
from tumorboard.tenancy.scope import institution_scope

pytestmark = pytest.mark.django_db

BIOPSY = {"kind": "biopsy", "site": "liver", "taken_on": datetime.date(2026, 11, 1)}


@pytest.fixture
def inside(institution):
    with institution_scope(institution):
        yield


@pytest.fixture
def message(institution, known, case, send):
    """A message that was matched to the case."""
    assert send(of.laboratory()).status_code == 200
    with institution_scope(institution):
        return InboxMessage.objects.get()


def says(message, kind, values, **more):
    """Something that the message says too; returns its proposal."""
    reading = Reading(kind, values, origin=more.pop("origin", "OBX[9]"), **more)
    content = message.content
    content["readings"] = [*content["readings"], reading_as_json(reading)]
    message.content = content
    message.save()
    return InboxProposal.objects.create(
        message=message,
        patient=message.patient,
        case=message.case,
        number=len(content["readings"]) - 1,
        kind=kind,
        about_token=about_token(message, reading),
        said_at=message.said_at,
    )


def taken(message, coordinator, kind, values, **more):
    return deciding.accept(proposal=says(message, kind, values, **more), by=coordinator)


def test_who_the_record_says_already_is_written_once(inside, message, coordinator):
    history = Patient.pgh_event_model.objects
    before = history.count()
    taken(message, coordinator, Kind.PATIENT, {"family_name": "Berg"})
    assert history.count() == before
    taken(message, coordinator, Kind.PATIENT, {"family_name": "Bergen"})
    assert history.count() == before + 1
    assert Patient.objects.get().family_name == "Bergen"


def test_a_diagnosis_without_words_leaves_the_words_of_the_case(inside, message, coordinator):
    title = message.case.title
    taken(message, coordinator, Kind.DIAGNOSIS, {"facts": {"primary_site": "pancreas"}})
    message.case.refresh_from_db()

    assert message.case.title == title
    assert FactAnswer.objects.get(fact="primary_site").value == "pancreas"


def test_a_fact_that_stands_for_the_whole_replaces_what_was_there(inside, message, coordinator):
    for sites in (["liver"], ["bone"]):
        taken(message, coordinator, Kind.FACT, {"fact": "metastatic_sites", "value": sites})

    assert FactAnswer.objects.get(fact="metastatic_sites").value == ["bone"]


def test_a_specimen_is_known_by_the_number_of_its_report(inside, message, coordinator):
    number = {"report_number": "S-1"}
    first = taken(message, coordinator, Kind.SPECIMEN, {**number, **BIOPSY})
    again = taken(message, coordinator, Kind.SPECIMEN, {**number, "report": "Of the tail."})

    assert first.written_id == again.written_id
    row = Specimen.objects.get()
    assert (row.site, row.report) == ("liver", "Of the tail.")


def test_a_specimen_without_a_number_is_the_one_of_the_same_message(inside, message, coordinator):
    of_report = {"belongs_to": "Specimen/1"}
    first = taken(message, coordinator, Kind.SPECIMEN, BIOPSY, **of_report)
    again = taken(message, coordinator, Kind.SPECIMEN, {"report": "Of the tail."}, **of_report)
    other = taken(message, coordinator, Kind.SPECIMEN, {**BIOPSY, "site": "pancreas"})

    assert first.written_id == again.written_id
    assert other.written_id != first.written_id
    assert Specimen.objects.count() == 2


def test_a_report_is_shown_beside_that_of_its_study_and_changes_it(inside, message, coordinator):
    study = studies.add(
        case=message.case,
        by=coordinator,
        accession_number="ACC-1",
        modality="CT",
        procedure="CT_AP_W",
        performed_on=datetime.date(2026, 11, 1),
        report="Nothing.",
    )
    results.enter(study=study, outcome="positive", by=coordinator)
    row = says(message, Kind.RESULT, {"report": "Two lesions.", "summary": ""}, belongs_to="ACC-1")

    lines = {line.what: line for line in beside(message, [row])[0].lines}
    assert [(line.proposed, line.now) for line in lines.values()] == [
        ("Two lesions.", "Nothing."),
        ("unknown", "unknown"),
    ]
    deciding.accept(proposal=row, by=coordinator)
    study.refresh_from_db()
    assert study.report == "Two lesions."


def test_a_list_of_nothing_is_told_in_words(inside, message, coordinator):
    row = says(message, Kind.SPECIMEN, {**BIOPSY, "hormones": []})
    shown = beside(message, [row])[0]

    assert "none" in [line.proposed for line in shown.lines]


@pytest.mark.parametrize(
    ("prior", "surviving", "told"),
    [
        (of.AUTHORITY, of.AUTHORITY, "Both records are here"),
        (of.AUTHORITY, "ELSEWHERE", "does not say which record stays"),
    ],
)
def test_a_merge_that_cannot_be_done_says_why(inside, message, coordinator, prior, surviving, told):
    open_for("MRN-2", by=coordinator)
    numbers = {
        "prior": (Identifier(prior, of.NUMBER, "MR"),),
        "surviving": (Identifier(surviving, "MRN-2", "MR"),),
    }
    with pytest.raises(Refused, match=told):
        taken(message, coordinator, Kind.MERGE, numbers)
    assert sorted(each.record_number for each in Patient.objects.all()) == ["MRN-2", of.NUMBER]


def test_nothing_more_is_accepted_of_what_was_dealt_with(inside, message, coordinator, chair):
    deciding.refuse(message=message, by=coordinator)

    with pytest.raises(Refused, match="dealt with"):
        deciding.accept_all(message=message, by=coordinator)
    # Who dealt with it stays, whatever is closed later.
    message.refresh_from_db()
    deciding.close_if_done(message, by=chair)
    message.refresh_from_db()
    assert (message.state, message.handled_by) == ("refused", coordinator)


def test_what_is_left_out_closes_the_message_in_the_end(inside, message, coordinator):
    for row in InboxProposal.objects.filter(state=ProposalState.OPEN):
        deciding.reject(proposal=row, by=coordinator)
    message.refresh_from_db()

    assert (message.state, message.handled_by) == ("done", coordinator)


def test_nothing_is_written_once_the_patient_was_erased(inside, message, coordinator):
    seen = InboxMessage.objects.select_related("patient").get()
    assert seen.content["raw"]
    erasures.erase(
        patient=message.patient, record_number=of.NUMBER, reason="Asked for.", by=coordinator
    )

    with pytest.raises(Refused, match="erased"):
        deciding.accept_all(message=seen, by=coordinator)


def test_what_is_open_and_outdated_is_not_written(inside, message, coordinator, send):
    late = of.laboratory("L2", value="9", at="20261120111500")
    assert send(late).status_code == 200
    old = InboxProposal.objects.get(message=message, kind="lab_result")
    assert old.state == "superseded"
    # As if the newer one came between the look and the click.
    InboxProposal.objects.filter(pk=old.pk).update(state=ProposalState.OPEN)

    with pytest.raises(Refused, match="newer message"):
        deciding.accept(proposal=old, by=coordinator)


def test_what_was_decided_meanwhile_is_not_superseded(inside, message, coordinator):
    old = InboxProposal.objects.get(kind="lab_result")
    deciding.reject(proposal=old, by=coordinator)
    receiving.supersede(message, [old])
    old.refresh_from_db()

    assert old.state == "rejected"


def test_a_message_for_somebody_who_is_just_erased_is_kept_for_nobody(
    institution, known, case, send, coordinator, monkeypatch
):
    patient = case.patient

    def find(*_):
        # Found, and erased before the lock was there.
        erasures.erase(
            patient=patient, record_number=of.NUMBER, reason="Asked for.", by=coordinator
        )
        return Match(patient, case)

    monkeypatch.setattr(receiving, "match", find)
    assert send(of.laboratory()).status_code == 200
    with institution_scope(institution):
        kept = InboxMessage.objects.get()
        assert (kept.patient_id, kept.case_id, kept.state) == (None, None, "needs_person")


def test_a_message_in_another_character_set_is_read_again_as_it_was(
    institution, known, case, send, coordinator
):
    """It is kept as text: its MSH-18 names the set in which it came."""
    text = of.laboratory().replace("|P|2.5.1", "|P|2.5.1||||||8859/1").replace("Anna", "Änna")
    assert send(text.encode("latin-1")).status_code == 200
    with institution_scope(institution):
        message = InboxMessage.objects.get()
        before = message.content
        again = choosing.read_again(message=message, by=coordinator)
        assert again.content["readings"] == before["readings"]
        assert again.content["raw"] == text
