"""Good rows become cases, once, whatever happens in between; the others say why not."""

import datetime

import pytest
from django.db import IntegrityError
from django.utils import timezone

from cases.models import Assessment, Candidacy, Case, FactAnswer, ImportRow, Patient, PatientToken
from cases.models.patient_token import tokens_of
from cases.selectors import imports as selectors
from cases.selectors.cases import patient_by_record_number
from cases.services import cases, facts, patients
from cases.services.errors import Invalid, Refused
from cases.services.imports import batch, uploads, writing
from cases.services.imports.rows import NewCase
from tests.factories.cases import case_of
from tumorboard.audit.models import AuditEntry
from tumorboard.outbox.models import OutboxMessage
from tumorboard.outbox.queue import MOST_ATTEMPTS
from tumorboard.tenancy.scope import institution_scope

pytestmark = pytest.mark.django_db

TABLE = """MRN,Name,DOB,Sex,WHO grade,Ki-67,Tumor size,Stage,Oncotree,Chief complaint
M1,"Rivera, Ana",1961-02-03,F,2,"4,5",20,IV,PANET,pain
M2,,,,,,,,,
M3,"Okafor, Ben",1.5.1950,m,Not documented,-,2.5 cm,IIb,,none
"""


def many(count, first=0):
    rows = "".join(f"N{n},{n % 3 + 1}\n" for n in range(first, first + count))
    return f"MRN,Grade\n{rows}"


def numbers(institution):
    with institution_scope(institution):
        return sorted(case.patient.record_number for case in Case.objects.select_related("patient"))


def _tokens(case):
    rows = PatientToken.objects.filter(patient=case.patient)
    return {bytes(token) for token in rows.values_list("token", flat=True)}


def answers_of(number):
    found = FactAnswer.objects.filter(case=case_of(number))
    return dict(found.values_list("fact", "value"))


def test_rows_become_patients_cases_and_answers(imports, institution, coordinator):
    file = imports.write(TABLE, "cohort.csv")
    assert (file.state, file.done_count, file.row_count) == ("done", 3, 3)
    with institution_scope(institution):
        ana = case_of("M1")
        assert (ana.patient.family_name, ana.patient.given_name) == ("Rivera", "Ana")
        assert (str(ana.patient.birth_date), ana.patient.sex) == ("1961-02-03", "female")
        assert ana.title == "Pancreatic neuroendocrine tumor"
        assert answers_of("M1") == {
            "pathologist_grade": "G2",
            "ki67_percent": 4.5,
            "primary_size_mm": 20,
            "distant_metastasis": True,
            "primary_site": "pancreas",
        }
        answer = FactAnswer.objects.get(case=ana, fact="primary_size_mm")
        assert answer.source == "import of cohort.csv, line 2"
        assert (answer.answered_by, answer.unit) == (coordinator, "mm")
        assert ana.assessment.facts["ki67_percent"] == 4.5
        assert ana.assessment.origins["age_years"]["rule"] == "patient.birth_date"

        bare = case_of("M2")
        assert (bare.patient.name, bare.title, answers_of("M2")) == ("M2", "Imported case", {})
        assert bare.readiness == "not started"

        assert answers_of("M3") == {
            "pathologist_grade": "unknown",
            "primary_size_mm": 25,
            "distant_metastasis": False,
        }


def test_a_case_is_the_same_as_one_that_the_services_open(scope, coordinator):
    given = {"primary_site": "pancreas", "pathologist_grade": "G2", "ki67_percent": "unknown"}
    person = {"family_name": "Rivera", "given_name": "Ana", "sex": "female"}
    source = "import of x.csv, line 2"
    asked = {"title": "Tumor", "board_question": "Resect?"}
    entry = batch.Entry(NewCase("B1", **person, **asked, answers=given), source)
    [bulk] = batch.open_cases(entries=[entry], by=coordinator)

    patient = patients.add(record_number="S1", **person, by=coordinator)
    single = cases.open_case(patient=patient, **asked, by=coordinator)
    single = facts.answer(case=single, answers=given, source=source, by=coordinator)

    def story(case):
        case = Case.objects.select_related("patient", "assessment").get(pk=case.pk)
        kept = ("facts", "answer", "scenario", "branch", "board_level", "edition_hash")
        # The two were answered one after the other.
        origins = {name: {**o, "at": ""} for name, o in case.assessment.origins.items()}
        placed = ("title", "scenario", "board_level", "missing_count", "readiness")
        answered = ("fact", "value", "source", "unit", "answered_by")
        audit = AuditEntry.objects.filter(subject_id__in=[case.pk, case.patient.pk])
        asks = Candidacy.objects.filter(case=case).order_by("reason")
        return {
            "asks": list(asks.values_list("reason", "weight", "detail", "begins_on")),
            "case": [getattr(case, name) for name in placed],
            "name": (case.patient.name, case.patient.sex, _tokens(case) == tokens_of(case.patient)),
            "assessment": [getattr(case.assessment, name) for name in kept],
            "origins": origins,
            "answers": sorted(FactAnswer.objects.filter(case=case).values_list(*answered), key=str),
            "audit": sorted(audit.values_list("action", "subject_type", "person")),
        }

    assert story(bulk) == story(single)
    assert story(bulk)["asks"]
    assert patient_by_record_number("b1") == bulk.patient


def test_history_knows_who_imported(imports, institution, coordinator):
    imports.write(TABLE)
    with institution_scope(institution):
        event = case_of("M1").patient.events.get()
        assert event.pgh_context["person"] == str(coordinator.pk)
        actions = set(AuditEntry.objects.values_list("action", flat=True))
    steps = {"import.uploaded", "import.checked", "import.started", "import.done"}
    assert steps | {"patient.added", "case.opened", "case.facts.answered"} <= actions


def test_a_second_import_adds_nothing(imports, institution):
    imports.write(TABLE)
    again = imports.check(TABLE.replace("M1", "m1 "))
    with institution_scope(institution):
        assert selectors.counts(again) == selectors.Counts(known=3)
    with pytest.raises(Refused, match="No row"):
        imports.start(again)
    assert numbers(institution) == ["M1", "M2", "M3"]


def test_a_second_import_writes_only_what_is_new(imports, institution):
    imports.write(TABLE)
    file = imports.write(TABLE + "M4,,,,,,,,,\n")
    assert file.done_count == 1
    assert numbers(institution) == ["M1", "M2", "M3", "M4"]


def test_bad_rows_name_line_column_value_and_reason(imports, institution):
    file = imports.check(
        "MRN,Grade,Size,Born\nM1,9,2,1850-01-01\n,1,20,\nM3,1,20,\nm3,1,20,\nM5,1,400,1990-01-01\n",
        Born="birth_date",
    )
    assert imports.states(file) == {
        2: (
            "bad",
            [
                "Is not one of: G1, G2, G3, Unknown.",
                "2 mm is smaller than imaging shows; if it is in cm write 20.",
                "The date of birth lies more than 120 years ago.",
            ],
        ),
        3: ("bad", ["Is missing; every row needs one."]),
        4: ("good", []),
        5: ("bad", ["Is already in line 4; one row is one case."]),
        6: ("bad", ["Must be at most 300 mm, not 400."]),
    }
    with institution_scope(institution):
        error = ImportRow.objects.get(number=2).errors[0]
    assert error == {
        "column": "Grade",
        "field": "pathologist_grade",
        "value": "9",
        "reason": "Is not one of: G1, G2, G3, Unknown.",
    }
    assert numbers(institution) == []


def test_columns_are_checked_before_rows(imports):
    file = imports.upload("MRN,Patient ID,Stage,M1\nm1,2,3,4\n")
    with institution_scope(imports.institution):
        for mapping, where, reason in [
            ({}, "", "record number"),
            ({"MRN": "nonsense"}, "MRN", "Choose one"),
            ({"MRN": "record_number", "Patient ID": "record_number"}, "Patient ID", "“MRN” sets"),
            (
                {"MRN": "record_number", "Stage": "stage_group", "M1": "distant_metastasis"},
                "M1",
                "“Stage” sets",
            ),
        ]:
            with pytest.raises(Invalid) as caught:
                uploads.choose_columns(file=file, mapping=mapping, by=imports.by)
            assert reason in caught.value.errors[where][0]


def test_columns_can_be_chosen_again_until_the_writing_starts(imports, scope):
    file = imports.check("MRN,Size\nM1,2.5\n")
    assert imports.states(file)[2][0] == "bad"
    file = uploads.choose_columns(
        file=file, mapping={"MRN": "record_number", "Size": "primary_size_cm"}, by=imports.by
    )
    assert imports.states(file) == {2: ("good", [])}
    assert selectors.remembered(["mrn", "size"]) == {
        "mrn": "record_number",
        "size": "primary_size_cm",
    }
    uploads.start(file=file, by=imports.by)
    with pytest.raises(Refused):
        uploads.choose_columns(file=file, mapping=file.mapping, by=imports.by)


def test_long_headings_that_are_remembered_alike_are_both_checked(imports):
    # A sharp s becomes two letters in the key, which is cut off before the ends differ.
    content = f"MRN,{'ß' * 119}a,{'ß' * 119}b\nM1,x,y\n"
    file = imports.check(content, MRN="record_number")
    assert imports.states(file) == {2: ("good", [])}


def test_the_writing_starts_once(imports, scope):
    file = imports.check(TABLE)
    uploads.start(file=file, by=imports.by)
    with pytest.raises(Refused, match="already"):
        uploads.start(file=file, by=imports.by)
    uploaded = imports.upload(TABLE)
    with pytest.raises(Refused, match="Check the rows"):
        uploads.start(file=uploaded, by=imports.by)


# --- Interruptions ----------------------------------------------------------------------------


def test_chunks_follow_one_another(imports, institution, monkeypatch):
    monkeypatch.setattr(writing, "CHUNK", 3)
    file = imports.start(imports.check(many(8)))
    imports.work(most=2)
    with institution_scope(institution):
        assert selectors.counts(file) == selectors.Counts(good=2, written=6)
    assert imports.again(file).done_count == 6
    assert imports.again(file).state == "running"
    imports.work()
    assert (imports.again(file).done_count, imports.again(file).state) == (8, "done")


def test_a_failure_in_the_middle_of_a_chunk_leaves_whole_chunks(imports, institution, monkeypatch):
    monkeypatch.setattr(writing, "CHUNK", 3)
    file = imports.start(imports.check(many(8)))
    imports.work(most=1)

    with monkeypatch.context() as patch:
        real = batch._insert

        def dies(rows):
            # After patients, cases, assessments and answers are inserted.
            if isinstance(rows[0], AuditEntry):
                raise RuntimeError("the worker was killed here")
            real(rows)

        patch.setattr(batch, "_insert", dies)
        imports.work(most=2)
    with institution_scope(institution):
        assert selectors.counts(file) == selectors.Counts(good=5, written=3)
        assert Patient.objects.count() == Assessment.objects.count() == 3

    imports.work()
    assert imports.again(file).state == "done"
    assert numbers(institution) == [f"N{n}" for n in range(8)]


def test_a_message_that_comes_twice_writes_nothing_twice(imports, institution):
    file = imports.start(imports.check(many(4)))
    with institution_scope(institution):
        payload = OutboxMessage.objects.get(pk=file.job).payload
    imports.work()
    with institution_scope(institution):
        writing.write_rows(payload)
    assert len(numbers(institution)) == 4
    assert imports.again(file).done_count == 4


def test_a_job_that_failed_for_good_can_be_started_again(imports, institution, monkeypatch):
    file = imports.start(imports.check(many(4)))
    with monkeypatch.context() as patch:
        patch.setattr(writing, "_write", lambda *args: 1 / 0)
        imports.work(most=MOST_ATTEMPTS)
    with institution_scope(institution):
        assert selectors.has_stopped(imports.again(file))
    imports.start(file)
    imports.work()
    assert imports.again(file).state == "done"
    assert len(numbers(institution)) == 4


def test_a_number_added_meanwhile_is_known_and_the_rest_goes_on(imports, institution, coordinator):
    file = imports.start(imports.check(many(4)))
    with institution_scope(institution):
        patients.add(record_number="n2", by=coordinator)
    imports.work()
    assert [state for state, _ in imports.states(file).values()] == [
        "written",
        "written",
        "known",
        "written",
    ]
    assert (imports.again(file).done_count, imports.again(file).state) == (3, "done")


def test_a_number_added_in_the_very_moment_stops_only_its_row(
    imports, institution, coordinator, monkeypatch
):
    file = imports.start(imports.check(many(4)))
    with institution_scope(institution):
        patients.add(record_number="N1", by=coordinator)
    real, seen = writing.known_numbers, []

    def too_early(keys):
        seen.append(keys)
        return real(keys) if len(seen) > 1 else set()

    monkeypatch.setattr(writing, "known_numbers", too_early)
    imports.work()
    assert [state for state, _ in imports.states(file).values()] == [
        "written",
        "known",
        "written",
        "written",
    ]
    assert numbers(institution) == ["N0", "N2", "N3"]


def test_a_row_that_the_database_refuses_is_bad_and_the_rest_goes_on(
    imports, institution, monkeypatch
):
    file = imports.start(imports.check(many(3)))
    real = batch.open_cases

    def refuses(*, entries, by):
        if any(entry.new.record_number == "N1" for entry in entries):
            raise IntegrityError
        return real(entries=entries, by=by)

    monkeypatch.setattr(writing, "open_cases", refuses)
    imports.work()
    assert imports.states(file)[3] == (
        "bad",
        ["The database does not accept this row; check its cells."],
    )
    assert numbers(institution) == ["N0", "N2"]
    assert imports.again(file).state == "done"


def test_a_row_that_has_become_impossible_is_bad(imports, institution, monkeypatch):
    file = imports.start(imports.check(many(2)))
    real = batch.assessed
    monkeypatch.setattr(
        batch,
        "assessed",
        lambda *, case, **given: (
            real(case=case, **given) if case.patient.record_number == "N0" else _refuse()
        ),
    )
    imports.work()
    assert imports.states(file) == {
        2: ("written", []),
        3: ("bad", ["Pathologist grade: Not this one."]),
    }


def test_a_name_that_is_too_long_is_a_bad_row_with_its_reason(imports, institution):
    file = imports.write(f'MRN,Full name\nM1,"{"a" * 121}, Ana"\nM2,"Okafor, Ben"\n')
    state, [reason] = imports.states(file)[2]
    assert state == "bad"
    assert reason.startswith("Family name: Ensure this value has at most 120 characters")
    assert numbers(institution) == ["M2"]
    assert (imports.again(file).state, imports.again(file).done_count) == ("done", 1)


def test_a_row_that_a_day_made_impossible_says_why(imports, institution, monkeypatch):
    monkeypatch.setattr(timezone, "localdate", lambda: datetime.date(2026, 3, 1))
    file = imports.start(imports.check("MRN,DOB\nM1,1906-03-01\nM2,1960-03-01\n"))
    monkeypatch.setattr(timezone, "localdate", lambda: datetime.date(2026, 3, 2))
    imports.work()
    assert imports.states(file) == {
        2: ("bad", ["The date of birth lies more than 120 years ago."]),
        3: ("written", []),
    }
    with institution_scope(institution):
        assert ImportRow.objects.get(number=2).errors[0]["column"] == "DOB"
    assert numbers(institution) == ["M2"]


def _refuse():
    raise Invalid({"pathologist_grade": ["Not this one."]})


def test_institutions_do_not_see_each_others_record_numbers(
    imports, institution, other_institution, coordinator
):
    with institution_scope(other_institution):
        patients.add(record_number="M1", by=coordinator)
    assert imports.write(TABLE).done_count == 3


def test_a_large_file_takes_statements_by_the_batch(
    imports, institution, django_assert_max_num_queries
):
    with django_assert_max_num_queries(60):
        file = imports.check(many(2_000))
    imports.start(file)
    with django_assert_max_num_queries(60):
        imports.work(most=1)
    assert imports.again(file).done_count == writing.CHUNK
