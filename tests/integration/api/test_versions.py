"""ETag, If-Match and If-None-Match: nobody overwrites what they have not seen."""

from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.utils import timezone

from cases.models import Case, Patient
from cases.services import lab_results, lesions, patients, procedures, specimens, treatments
from tests.factories.tasks import REFERRAL, decided, tasks_of
from tests.integration import once
from tests.integration.api.conftest import faults, make_rows, problem
from tumorboard.audit.models import AuditEntry
from tumorboard.tenancy.scope import institution_scope

pytestmark = pytest.mark.django_db
institution, coordinator = once.institution, once.coordinator

ANOTHER = '"AAAAAAAAAAAAAAAAAAAAAAAA"'
#: What each noun's row is changed into.
CHANGES = {
    "patients": {"given_name": "Robin"},
    "cases": {"board_question": "PRRT?"},
    "studies": {"report": "Two lesions."},
    "results": {"summary": "No new lesion."},
    "treatments": {"note": "Tolerated."},
    "lab-results": {"note": "Fasting."},
    "lesions": {"note": "Segment VI."},
    "specimens": {"ki67_percent": "4.50"},
    "procedures": {"note": "Elsewhere."},
    "tasks": {"due_on": (timezone.localdate() + timedelta(days=99)).isoformat()},
}
REMOVABLE = ["treatments", "lab-results", "lesions", "specimens", "procedures"]


@pytest.fixture(scope="module", autouse=True)
def rows(institution, coordinator):
    """One row of everything, as every test finds it."""
    return make_rows(institution, coordinator)


@pytest.fixture
def every(institution, coordinator, rows) -> SimpleNamespace:
    """A row of each noun, by its address."""
    with institution_scope(institution):
        case = Case.objects.get(pk=rows.case)
        given = {"case": case, "by": coordinator}
        day = case.opened_at.date()
        made = {
            "patients": rows.patient,
            "cases": rows.case,
            "studies": rows.study,
            "results": rows.result,
            "treatments": treatments.add(type="SSA", **given).pk,
            "lab-results": lab_results.add(
                analyte="alp", value=77, unit="U/L", taken_on=day, **given
            ).pk,
            "lesions": lesions.add(label="L1", site="liver", role="target", **given).pk,
            "specimens": specimens.add(kind="biopsy", site="liver", taken_on=day, **given).pk,
            "procedures": procedures.add(kind="whipple", **given).pk,
            "tasks": tasks_of(decided(REFERRAL, by=coordinator))[0].pk,
        }
    return SimpleNamespace(path={noun: f"{noun}/{key}/" for noun, key in made.items()})


@pytest.mark.parametrize("noun", CHANGES)
def test_a_row_is_changed_by_who_has_seen_it_and_by_nobody_else(script, every, audited, noun):
    """RFC 9110, 13.1.1 (If-Match) and RFC 6585, 3 (428)."""
    path, change = every.path[noun], CHANGES[noun]
    before = script.get(path)
    tag = before["ETag"]
    assert tag.startswith('"')

    def patch(**headers: str):
        return script.ask("PATCH", path, change, headers=headers)

    audited()
    without = patch()
    assert (without.status_code, problem(without)["type"].rpartition(":")[2]) == (
        428,
        "precondition-required",
    )
    assert audited() == []
    for wrong in (ANOTHER, f"W/{tag}", "nonsense"):
        late = patch(**{"if-match": wrong})
        assert late.status_code == 412
        assert late["ETag"] == tag
        # What is there and what was sent stand side by side.
        body = problem(late)
        assert (body["current"], body["sent"]) == (before.json(), change)
    assert len(audited()) == 3
    assert script.get(path)["ETag"] == tag
    done = patch(**{"if-match": f"{ANOTHER}, {tag}"})
    assert done.status_code == 200, done.content
    now = script.get(path)
    assert (done.json(), done["ETag"]) == (now.json(), now["ETag"])
    assert {name: now.json()[name] for name in change} == change
    assert now["ETag"] != tag
    assert patch(**{"if-match": tag}).status_code == 412
    assert patch(**{"if-match": "*"}).status_code == 200


@pytest.mark.parametrize("noun", REMOVABLE)
def test_a_row_is_taken_back_by_who_has_seen_it(script, every, audited, noun):
    path = every.path[noun]
    tag = script.get(path)["ETag"]
    assert script.ask("DELETE", path).status_code == 428
    late = script.ask("DELETE", path, headers={"if-match": ANOTHER})
    assert (late.status_code, problem(late)["sent"]) == (412, None)
    done = script.ask("DELETE", path, headers={"if-match": tag})
    assert (done.status_code, done.content) == (204, b"")
    assert script.get(path).status_code == 404
    gone = script.ask("DELETE", path, headers={"if-match": tag})
    assert gone.status_code == 404


def test_who_has_a_row_gets_nothing_of_it_again_and_has_read_it(script, rows, audited):
    """HIPAA 164.312(b): that a caller looked is recorded, whatever travels."""
    path = f"patients/{rows.patient}/"
    tag = script.get(path)["ETag"]
    audited()
    for known in (tag, f"W/{tag}", f"{ANOTHER}, {tag}", "*"):
        again = script.get(path, headers={"if-none-match": known})
        assert (again.status_code, again.content, again["ETag"]) == (304, b"", tag)
    assert audited() == [("patient.read", rows.patient)] * 4
    assert script.get(path, headers={"if-none-match": ANOTHER}).status_code == 200


def test_a_row_that_was_just_added_names_its_version_and_its_address(script):
    made = script.post("patients/", {"record_number": "N-1"})
    assert made["Location"] == f"/api/v1/i/north/patients/{made.json()['id']}/"
    again = script.client.get(made["Location"], headers={"authorization": f"Bearer {script.token}"})
    assert (again.json(), again["ETag"]) == (made.json(), made["ETag"])


def test_a_version_is_that_of_the_whole_row_whichever_fields_are_read(script, rows):
    path = f"cases/{rows.case}/"
    whole, part = script.get(path), script.get(f"{path}?fields=title,version")
    assert part.json() == {name: whole.json()[name] for name in ("title", "version")}
    assert part["ETag"] == whole["ETag"]
    listed = script.get("cases/?fields=id").json()["results"]
    assert listed == [{"id": str(rows.case)}]
    for wrong in ("", "shoe_size", "title,", "facts"):
        assert list(faults(script.get(f"{path}?fields={wrong}"))) == ["fields"]
        assert list(faults(script.get(f"cases/?fields={wrong}"))) == ["fields"]


def test_what_stands_when_a_row_is_made_stays(script, rows):
    for noun, field in (("cases", "patient"), ("studies", "case"), ("results", "study")):
        path = f"{noun}/{getattr(rows, {'studies': 'study'}.get(noun, noun[:-1]))}/"
        wrong = script.ask("PATCH", path, {field: str(rows.case)}, headers={"if-match": "*"})
        assert list(faults(wrong)) == [field]


def test_a_change_of_nothing_writes_nothing(script, rows, audited):
    path = f"cases/{rows.case}/"
    tag = script.get(path)["ETag"]
    audited()
    done = script.ask("PATCH", path, {}, headers={"if-match": tag})
    assert (done.status_code, done["ETag"], audited()) == (200, tag, [])


def test_a_change_that_cannot_be_accepted_changes_nothing(script, rows):
    path = f"studies/{rows.study}/"
    tag = script.get(path)["ETag"]
    wrong = {"modality": "MRI", "reported_on": "1890-01-01"}
    answer = script.ask("PATCH", path, wrong, headers={"if-match": tag})
    assert "reported_on" in faults(answer)
    assert script.get(path)["ETag"] == tag


def test_facts_are_answered_by_who_has_seen_the_case_where_they_say_so(script, rows):
    path = f"cases/{rows.case}/facts/"
    body = {"facts": {"ki67_percent": 25}}
    late = script.post(path, body, headers={"if-match": ANOTHER})
    assert (late.status_code, problem(late)["current"]["id"]) == (412, str(rows.case))
    tag = script.get(f"cases/{rows.case}/")["ETag"]
    done = script.post(path, body, headers={"if-match": tag})
    assert done.status_code == 200
    assert done["ETag"] == script.get(f"cases/{rows.case}/")["ETag"]
    assert "Deprecation" not in done


def test_a_version_inside_a_body_is_deprecated(script, rows):
    """RFC 9745 (Deprecation) and RFC 8594 (Sunset)."""
    body = {"facts": {"ki67_percent": 25}, "if_match": rows.version}
    done = script.post(f"cases/{rows.case}/facts/", body)
    assert done["Deprecation"] == "@1795305600"
    assert done["Sunset"] == "Mon, 22 Nov 2027 00:00:00 GMT"


def test_another_institutions_row_is_not_there_for_any_method(script, theirs, other_institution):
    """ASVS v5.0.0-8.2.2: whatever version is named."""
    for noun, change in (("patients", {"given_name": "X"}), ("cases", {"title": "X"})):
        key = getattr(theirs, noun[:-1])
        for match in ("*", ANOTHER):
            answer = script.ask("PATCH", f"{noun}/{key}/", change, headers={"if-match": match})
            assert answer.status_code == 404
    with institution_scope(other_institution):
        assert Patient.objects.get().given_name == "Canary"


def test_a_patient_who_changed_meanwhile_is_read_by_who_comes_late(
    institution, script, rows, coordinator
):
    path = f"patients/{rows.patient}/"
    tag = script.get(path)["ETag"]
    with institution_scope(institution):
        patients.change(
            patient=Patient.objects.get(pk=rows.patient), family_name="Newname", by=coordinator
        )
        seen = AuditEntry.objects.filter(action="patient.read").count()
    late = script.ask("PATCH", path, {"family_name": "Mine"}, headers={"if-match": tag})
    body = problem(late)
    assert body["current"]["family_name"] == "Newname"
    assert body["sent"] == {"family_name": "Mine"}
    with institution_scope(institution):
        assert AuditEntry.objects.filter(action="patient.read").count() == seen + 1
