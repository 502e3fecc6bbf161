"""Facts from specimens: who says what, and when a later answer stands."""

import datetime

from cases.selectors.pathology_facts import pathology_facts, specimen_words
from guidance.engine.facts import parse_facts
from tests.factories.history import ENTERED, some_specimen

LATER = ENTERED + datetime.timedelta(days=1)


def said(*specimens, who_version="WHO2022"):
    found = dict(pathology_facts(specimens, who_version=who_version))
    parse_facts({name: known.value for name, known in found.items()})
    return found


def values(*specimens, **kwargs):
    return {name: known.value for name, known in said(*specimens, **kwargs).items()}


def test_no_specimen_says_nothing():
    assert said() == {}
    assert said(some_specimen()) == {}


def test_one_specimen_says_everything_that_it_holds_and_nothing_else():
    specimen = some_specimen(
        ki67_percent=4.5,
        mitoses_per_10hpf=1,
        grade="G2",
        differentiation="well",
        subtype="NET",
        chromogranin_a=True,
        synaptophysin=False,
        hormones=["insulin"],
    )
    assert values(specimen) == {
        "ki67_percent": 4.5,
        "mitoses_per_10hpf": 1.0,
        "pathologist_grade": "G2",
        "differentiation": "well",
        "histology_subtype": "NET",
        "ihc_chromogranin_a": True,
        "ihc_synaptophysin": False,
        "hormone_ihc_positive": ["insulin"],
        "diagnosis_basis": "pathology_confirmed",
    }
    known = said(specimen)["ki67_percent"]
    assert known.rule == "specimen.ki67_percent"
    assert known.origin == "From the biopsy of 3 Feb 2026 (liver)"
    assert known.provenance == {"specimens": [str(specimen.id)]}
    assert known.entered_at is None


def test_ki67_and_mitoses_come_from_the_same_specimen():
    older = some_specimen("2024-01-01", ki67_percent=1, mitoses_per_10hpf=1)
    newer = some_specimen("2026-01-01", ki67_percent=12)
    found = values(older, newer)
    assert found["ki67_percent"] == 12
    assert "mitoses_per_10hpf" not in found


def test_a_higher_grade_stays_though_a_newer_specimen_is_lower():
    older = some_specimen("2024-01-01", ki67_percent=25, differentiation="well")
    newer = some_specimen("2026-01-01", ki67_percent=2, entered_at=LATER)
    known = said(newer, older)["ki67_percent"]
    assert known.value == 25
    assert known.origin == (
        "From the biopsy of 1 Jan 2024 (liver), the highest grade among the specimens"
    )
    assert known.provenance == {"specimens": [str(older.id)]}


def test_a_choice_among_specimens_yields_to_a_person_who_saw_them_all():
    older = some_specimen("2024-01-01", ki67_percent=5)
    newer = some_specimen("2026-01-01", ki67_percent=2, entered_at=LATER)
    assert said(older, newer)["ki67_percent"].entered_at == LATER
    same = some_specimen("2026-01-01", ki67_percent=5, entered_at=LATER)
    assert said(older, same)["ki67_percent"].entered_at is None


def test_what_a_low_grade_specimen_leaves_open_another_says():
    older = some_specimen("2024-01-01", ki67_percent=1, differentiation="well", subtype="NET")
    newer = some_specimen("2026-01-01", ki67_percent=6)
    found = said(older, newer)
    assert found["ki67_percent"].value == 6
    assert found["differentiation"].value == "well"
    assert found["differentiation"].provenance == {"specimens": [str(older.id)]}
    assert found["histology_subtype"].value == "NET"


def test_what_a_g3_is_is_never_borrowed():
    older = some_specimen("2024-01-01", ki67_percent=1, differentiation="well", subtype="NET")
    newer = some_specimen("2026-01-01", ki67_percent=40)
    found = values(older, newer)
    assert found["ki67_percent"] == 40
    assert "differentiation" not in found
    assert "histology_subtype" not in found


def test_carcinoma_is_never_called_well_differentiated():
    net = some_specimen("2024-01-01", ki67_percent=1, differentiation="well", subtype="NET")
    nec = some_specimen("2026-01-01", subtype="NEC_large_cell")
    found = values(net, nec)
    assert found["histology_subtype"] == "NEC_large_cell"
    assert "differentiation" not in found
    assert "ki67_percent" not in found


def test_without_any_grade_the_newest_says_what_kind_it_is():
    older = some_specimen("2024-01-01", subtype="NET")
    newer = some_specimen("2026-01-01", differentiation="well")
    found = values(older, newer)
    assert (found["histology_subtype"], found["differentiation"]) == ("NET", "well")


def test_staining_comes_from_the_newest_specimen_that_was_stained():
    older = some_specimen("2024-01-01", synaptophysin=True, hormones=["gastrin"])
    newer = some_specimen("2026-01-01", synaptophysin=False, hormones=None, entered_at=LATER)
    found = said(older, newer)
    assert found["ihc_synaptophysin"].value is False
    assert found["ihc_synaptophysin"].entered_at == LATER
    assert found["hormone_ihc_positive"].value == ["gastrin"]
    assert values(some_specimen(hormones=[]))["hormone_ihc_positive"] == []


def test_a_specimen_that_names_the_tumor_confirms_it_until_a_person_says_otherwise():
    assert "diagnosis_basis" not in said(some_specimen(ki67_percent=3, differentiation="well"))
    known = said(some_specimen(subtype="NET"))["diagnosis_basis"]
    assert known.value == "pathology_confirmed"
    assert known.entered_at == ENTERED


def test_a_count_in_the_gap_of_who_2010_goes_before_an_older_g1():
    older = some_specimen("2024-01-01", ki67_percent=1)
    newer = some_specimen("2023-01-01", ki67_percent=2.5)
    assert values(older, newer, who_version="WHO2010")["ki67_percent"] == 2.5


def test_each_way_of_taking_a_specimen_has_its_word():
    words = {
        kind: specimen_words(some_specimen(kind=kind)).split(" of ")[0]
        for kind in ("cytology", "biopsy", "resection", "other")
    }
    assert words == {
        "cytology": "cytology",
        "biopsy": "biopsy",
        "resection": "resection specimen",
        "other": "specimen",
    }


def test_a_grade_of_another_who_edition_is_not_given_and_the_origin_says_so():
    specimen = some_specimen(ki67_percent=2.5, grade="G1", who_version="WHO2022")
    found = said(specimen, who_version="WHO2010")
    assert "pathologist_grade" not in found
    assert found["ki67_percent"].origin == (
        "From the biopsy of 3 Feb 2026 (liver); "
        "its report says G1 (WHO 2022), which is not read as WHO 2010"
    )
    assert values(specimen)["pathologist_grade"] == "G1"


def test_a_higher_grade_of_another_who_edition_lets_no_lower_specimen_speak():
    older = some_specimen("2024-01-01", grade="G3", who_version="WHO2010")
    newer = some_specimen("2026-01-01", ki67_percent=1)
    found = values(older, newer)
    assert "ki67_percent" not in found
    assert "pathologist_grade" not in found
