"""The real cohort: 98 tumors with the quirks of real data.

ARC-Net/ICGC 2017, distributed by cBioPortal's datahub under the ODbL 1.0; it stays outside of the
project.
"""

import pytest

from cases.models import Case, FactAnswer, Patient
from cases.selectors import imports as selectors
from tests.factories.cases import case_of
from tests.shared import SHARED
from tumorboard.tenancy.scope import institution_scope

COHORT = SHARED / "data" / "arcnet_2017_samples.tsv"

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.shared,
    pytest.mark.skipif(
        not COHORT.exists(), reason=f"the real cohort is not at {COHORT}; set TUMORBOARD_SHARED"
    ),
]


@pytest.fixture
def cohort():
    return COHORT.read_bytes()


def answers_of(number):
    found = FactAnswer.objects.filter(case=case_of(number))
    return dict(found.values_list("fact", "value"))


def test_the_cohort_is_imported_but_for_six_rows_that_say_why(imports, institution, cohort):
    file = imports.write(cohort, COHORT.name)
    with institution_scope(institution):
        counts = selectors.counts(file)
        assert counts == selectors.Counts(written=92, bad=6)
        assert Case.objects.count() == Patient.objects.count() == 92
    bad = {n: reasons for n, (state, reasons) in imports.states(file).items() if state == "bad"}
    small = ["2 mm is smaller than imaging shows; if it is in cm write 20."]
    assert bad[53] == bad[54] == small
    # Two pairs of rows name each other's record number in their sample identifiers.
    for line, other in ((29, 30), (30, 29), (34, 35), (35, 34)):
        assert f"names the record number of line {other}" in bad[line][0]
        assert bad[line][0].endswith("are the two swapped?")


def test_what_three_rows_say(imports, institution, cohort):
    imports.write(cohort, COHORT.name)
    common = {"primary_site": "pancreas"}
    with institution_scope(institution):
        assert answers_of("ICGC_0425") == common | {
            "functional_status": "non_functioning",
            "limited_to_pancreas": True,
            "pathologist_grade": "G1",
            "primary_size_mm": 70,
            "distant_metastasis": False,
        }
        assert answers_of("ICGC_0457") == common | {
            "functional_status": "non_functioning",
            "limited_to_pancreas": False,
            "pathologist_grade": "G3",
            "primary_size_mm": 130,
            "distant_metastasis": True,
        }
        assert answers_of("NE_0032") == common | {
            "functional_status": "functioning",
            "limited_to_pancreas": True,
            "pathologist_grade": "G2",
            "primary_size_mm": 17,
            "distant_metastasis": False,
        }
        case = case_of("NE_0032")
        assert case.title == "Pancreatic neuroendocrine tumor"
        assert (case.patient.name, case.patient.birth_date, case.patient.sex) == (
            "NE_0032",
            None,
            "",
        )
        answer = FactAnswer.objects.filter(case=case).first()
        assert answer.source == "import of arcnet_2017_samples.tsv, line 101"
        assert answer.answered_by == imports.by


def test_a_second_import_adds_nothing(imports, institution, cohort):
    imports.write(cohort, COHORT.name)
    again = imports.check(cohort, "under another name.txt")
    with institution_scope(institution):
        assert selectors.counts(again) == selectors.Counts(known=92, bad=6)
        assert Case.objects.count() == 92
