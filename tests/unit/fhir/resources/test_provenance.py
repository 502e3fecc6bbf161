"""Signatures and entries of histories as Provenance."""

from types import SimpleNamespace
from uuid import uuid4

import django_scopes
import pytest

from cases.fhir.resources.practitioner_role import BoardPractitionerRole
from cases.fhir.resources.provenance import SignedProvenance, written_by
from cases.fhir.resources.service_request import RecommendationRequest, StudyRequest
from cases.fhir.resources.task import FollowUpTask
from cases.models import Study
from tests.unit.fhir.resources.board_rows import AT, CHRIS, INSTITUTION, decision, fetched, of, task
from tests.unit.fhir.resources.valid import assert_valid

SIGNED = SignedProvenance()


def test_a_signature_is_on_all_that_the_decision_gives():
    row = decision()
    asked = task(of_decision=row)
    made = assert_valid(SIGNED.project(fetched(row, tasks=[asked])))

    assert [each["reference"] for each in made["target"]] == [
        f"ClinicalImpression/{row.pk}",
        f"CarePlan/{row.pk}",
        f"ServiceRequest/{asked.pk}",
    ]
    (agent,) = made["agent"]
    assert agent["who"]["reference"] == f"Practitioner/{CHRIS.pk}"
    assert agent["role"] == [{"text": "Board chair"}]
    (signature,) = made["signature"]
    assert signature["when"] == AT.isoformat()
    assert "data" not in signature, "there is no digital signature"
    assert made["reason"] == [{"text": "I sign this as the decision of the board."}]
    assert SIGNED.stand(row)[:2] == (1, AT)


def hashes(made):
    """What the extension says, by name."""
    parts = made["extension"][0]["extension"]
    return {each["url"]: each.get("valueString", each.get("valuePositiveInt")) for each in parts}


def test_the_hashes_tie_it_to_the_chain():
    assert hashes(SIGNED.project(decision())) == {
        "content-hash": "a" * 64,
        "previous-hash": "0" * 64,
        "chain-hash": "b" * 64,
        "chain-position": 7,
    }


def test_what_was_signed_before_there_were_chains_has_its_own_hash_alone():
    old = decision(chain_position=None, chain_hash="", previous_hash="")

    assert hashes(assert_valid(SIGNED.project(old))) == {"content-hash": "a" * 64}


def test_no_recommendation_is_no_plan_and_an_amendment_is_a_revision():
    before = uuid4()
    made = assert_valid(SIGNED.project(decision(outcome="none", previous=before)))

    assert len(made["target"]) == 1
    assert made["entity"][1] == {
        "role": "revision",
        "what": {"reference": f"ClinicalImpression/{before}"},
    }


@pytest.fixture(autouse=True)
def institution():
    """A row that is rebuilt is of the institution of the scope."""
    with django_scopes.scope(institution=SimpleNamespace(id=INSTITUTION)):
        yield


def entry(source, **values):
    """An entry of the history of a row, as the source's rows bring it."""
    given = {"pgh_created_at": AT, "pgh_label": "update", "pgh_obj_id": uuid4(), "pgh_id": 41}
    row = of(source.model, **{**given, **values})
    row.writer, row.writer_name, row.was_member = CHRIS.pk, "Chris Chair", True
    return row


def test_an_entry_says_who_wrote_the_row_when():
    (source,) = written_by([BoardPractitionerRole()])
    row = entry(source)
    made = assert_valid(source.project(row))

    assert made["target"] == [{"reference": f"PractitionerRole/{row.pgh_obj_id}"}]
    assert made["recorded"] == AT.isoformat()
    assert made["activity"]["coding"][0]["code"] == "UPDATE"
    assert made["agent"][0]["who"]["reference"] == f"Practitioner/{CHRIS.pk}"
    assert source.id_of(row) == "boardmember-41"
    assert source.stand(row)[:2] == (1, AT)


def test_a_client_is_named_and_the_systems_own_work_is_the_systems():
    (source,) = written_by([BoardPractitionerRole()])
    client, nobody = entry(source), entry(source)
    client.was_member = False
    nobody.writer = nobody.writer_name = None

    assert assert_valid(source.project(client))["agent"][0]["who"] == {"display": "Chris Chair"}
    assert assert_valid(source.project(nobody))["agent"][0]["who"] == {"display": "Tumorboard"}


def test_a_row_that_gives_several_resources_is_written_once_for_all():
    (source,) = written_by([RecommendationRequest(), FollowUpTask()])
    row = entry(source, case_id=uuid4())

    assert [each["reference"] for each in source.project(row)["target"]] == [
        f"ServiceRequest/{row.pgh_obj_id}",
        f"Task/{row.pgh_obj_id}",
    ]


def test_what_gave_no_resource_is_about_the_tumor():
    (source,) = written_by([StudyRequest()])
    row = entry(source, case_id=uuid4(), modality="CT", performed_on=AT.date())

    assert source.project(row)["target"] == [{"reference": f"Condition/{row.case_id}"}]
    assert source.written is Study


def test_sources_without_a_history_give_none():
    assert list(written_by([SIGNED])) == []


@pytest.mark.parametrize(
    "other", ["boardmember", "boardmember-", "boardmember-x", "board-41", f"boardmember-{'9' * 30}"]
)
def test_what_is_no_entry_of_this_kind_names_none(other):
    (source,) = written_by([BoardPractitionerRole()])

    assert source.row_id("boardmember-41") == 41
    assert source.row_id(other) is None


def test_targets_narrow_to_their_rows():
    (source,) = written_by([BoardPractitionerRole()])
    key = uuid4()
    asked = {}
    rows = SimpleNamespace(filter=lambda **given: asked.update(given))

    source.narrowings["target"](rows, [f"PractitionerRole/{key}", "Task/nothing"])
    assert asked == {"pgh_obj_id__in": {key}}
