"""Writing the measurements of one study."""

import datetime
from decimal import Decimal

import pytest

from cases.models import Lesion, LesionSheet, Measurement
from cases.services import measurements
from cases.services.errors import Refused
from cases.services.measurements import EntriesChanged, Entry, InvalidEntries, versions_on
from cases.services.row_versions import RowChanged, version_of
from tests.factories.cases import make_case, make_study
from tests.factories.lesions import FIRST, columns, make_course, make_lesion, measure
from tumorboard.audit.models import AuditEntry

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("scope")]

NEW_LESION = {"label": "L9", "site": "liver", "location": "", "role": "target"}


@pytest.fixture
def case(coordinator):
    return make_case(by=coordinator)


@pytest.fixture
def study(case, coordinator):
    return make_study(case=case, by=coordinator, modality="CT", performed_on=FIRST)


@pytest.fixture
def lesion(case, coordinator):
    return make_lesion(case=case, by=coordinator)


@pytest.fixture
def save(study, coordinator):
    def entries(*said, study=study, sheet=None, **more):
        sheet = {} if sheet is None else sheet
        return measurements.save(study=study, entries=said, sheet=sheet, by=coordinator, **more)

    return entries


def test_a_study_is_kept_in_one_go_with_the_lesions_that_it_brings(
    study, lesion, save, coordinator
):
    save(
        Entry(lesion, {"state": "measured", "longest_mm": 21}),
        Entry(None, {"state": "present"}, lesion_fields=NEW_LESION),
        sheet={"every_liver_lesion": True},
    )
    assert Lesion.objects.get(label="L9").measurements.get().state == "present"
    row = Measurement.objects.get(lesion=lesion)
    assert (row.longest_mm, row.entered_by, row.source) == (21, coordinator, "person")
    assert LesionSheet.objects.get().every_liver_lesion is True
    assert AuditEntry.objects.filter(action="case.measurements.saved").count() == 1


def test_one_wrong_row_keeps_the_whole_study_out(case, lesion, save):
    version = case.version
    with pytest.raises(InvalidEntries) as caught:
        save(
            Entry(lesion, {"state": "measured", "longest_mm": 21}),
            Entry(None, {"state": "measured"}, lesion_fields={**NEW_LESION, "site": "elbow"}),
        )
    assert set(caught.value.rows) == {1}
    assert set(caught.value.rows[1]) == {"site", "longest_mm"}
    assert set(caught.value.errors) == {"1.site", "1.longest_mm"}
    assert not Measurement.objects.exists()
    assert Lesion.objects.count() == 1
    case.refresh_from_db()
    assert case.version >= version


@pytest.mark.parametrize(
    ("fields", "field", "words"),
    [
        ({"longest_mm": -1}, "longest_mm", "between 0 and 500"),
        ({"longest_mm": 501}, "longest_mm", "between 0 and 500"),
        ({"longest_mm": 0}, "longest_mm", "Vanished"),
        ({"longest_mm": "big"}, "longest_mm", "decimal"),
        ({"short_mm": 30}, "short_mm", "longer than"),
        ({"enhancing_mm": 30}, "enhancing_mm", "longer than"),
        ({"attenuation_hu": -1001}, "attenuation_hu", "between -1000 and 3,000"),
        ({"attenuation_hu": 3001}, "attenuation_hu", "between -1000 and 3,000"),
        ({"suvmax": 5}, "suvmax", "no SUV"),
        ({"adc": 1}, "adc", "no ADC"),
        ({"longest_mm": None}, "longest_mm", "Enter the longest diameter"),
        ({"state": "vanished"}, "longest_mm", "Leave this empty"),
        ({"state": "not_evaluable"}, "longest_mm", "Leave this empty"),
        ({"state": "merged", "longest_mm": None}, "state", "merged into"),
        ({"state": "progression", "longest_mm": None}, "state", "for non-targets"),
        ({"state": "gone"}, "state", "not a valid choice"),
    ],
)
def test_what_has_no_sense_is_refused_at_its_field(lesion, save, fields, field, words):
    said = {"state": "measured", "longest_mm": 21, **fields}
    with pytest.raises(InvalidEntries) as caught:
        save(Entry(lesion, said))
    assert words in " ".join(caught.value.rows[0][field])
    assert not Measurement.objects.exists()


@pytest.mark.parametrize(
    ("modality", "fields", "field"),
    [
        ("MRI", {"attenuation_hu": 80}, "attenuation_hu"),
        ("PET_SSTR", {"suvmax": 1001}, "suvmax"),
        ("PET_SSTR", {"suvmax": -1}, "suvmax"),
        ("MRI", {"adc": 6}, "adc"),
        ("MRI", {"adc": -1}, "adc"),
    ],
)
def test_what_the_modality_cannot_show_is_refused(
    case, lesion, save, coordinator, modality, fields, field
):
    other = make_study(case=case, by=coordinator, modality=modality)
    with pytest.raises(InvalidEntries) as caught:
        save(Entry(lesion, {"state": "present", **fields}), study=other)
    assert list(caught.value.rows[0]) == [field]


@pytest.mark.parametrize(
    ("modality", "fields"),
    [
        ("CT", {"attenuation_hu": -20, "enhancing_mm": 0}),
        ("PET_SSTR", {"suvmax": 12.5, "attenuation_hu": 60}),
        ("MRI", {"adc": Decimal("1.19"), "short_mm": 12}),
    ],
)
def test_what_the_modality_shows_is_kept(case, lesion, save, coordinator, modality, fields):
    other = make_study(case=case, by=coordinator, modality=modality)
    save(Entry(lesion, {"state": "measured", "longest_mm": 20, **fields}), study=other)
    row = Measurement.objects.get()
    assert {name: getattr(row, name) for name in fields} == fields


def test_enhancement_needs_an_arterial_phase(case, lesion, save, coordinator):
    entry = Entry(lesion, {"state": "measured", "longest_mm": 20, "enhancing_mm": 10})
    venous = make_study(case=case, by=coordinator, modality="CT", phases=["portal_venous"])
    with pytest.raises(InvalidEntries) as caught:
        save(entry, study=venous)
    assert "arterial" in caught.value.rows[0]["enhancing_mm"][0]
    save(
        entry, study=make_study(case=case, by=coordinator, modality="CT", phases=["late_arterial"])
    )
    assert Measurement.objects.count() == 1


def test_a_node_is_measured_by_its_short_axis(case, save, coordinator):
    node = make_lesion(case=case, by=coordinator, label="N1", site="abdominal_ln")
    with pytest.raises(InvalidEntries) as caught:
        save(Entry(node, {"state": "measured", "longest_mm": 20}))
    assert "short axis" in caught.value.rows[0]["short_mm"][0]


def test_nothing_is_new_or_split_on_the_first_study(case, lesion, save, coordinator):
    new = make_lesion(case=case, by=coordinator, label="X1", role="new")
    part = make_lesion(case=case, by=coordinator, label="L1b", split_from=lesion)
    with pytest.raises(InvalidEntries) as caught:
        save(Entry(new, columns(new, 9)), Entry(part, columns(part, 9)))
    assert "Nothing is new" in caught.value.rows[0]["role"][0]
    assert "nothing has split" in caught.value.rows[1]["state"][0]
    save(Entry(lesion, columns(lesion, 20)), Entry(new, {"state": "vanished"}))
    later = make_study(case=case, by=coordinator, performed_on=FIRST + datetime.timedelta(days=9))
    save(Entry(new, columns(new, 9)), Entry(part, columns(part, 9)), study=later)
    assert Measurement.objects.count() == 4


def test_a_study_before_the_first_has_nothing_new(case, coordinator, save):
    make_course(case, 20, 20, by=coordinator)
    new = make_lesion(case=case, by=coordinator, label="X1", role="new")
    before = make_study(case=case, by=coordinator, performed_on=FIRST - datetime.timedelta(days=9))
    with pytest.raises(InvalidEntries):
        save(Entry(new, columns(new, 9)), study=before)


def test_what_was_not_performed_shows_nothing(case, lesion, save, coordinator):
    ordered = make_study(case=case, by=coordinator, performed_on=None, ordered_on=FIRST)
    with pytest.raises(Refused, match="performed first"):
        save(Entry(lesion, columns(lesion, 20)), study=ordered)


def test_a_lesion_of_another_case_is_refused(save, coordinator):
    stranger = make_lesion(case=make_case(by=coordinator), by=coordinator)
    with pytest.raises(InvalidEntries) as caught:
        save(Entry(stranger, columns(stranger, 20)))
    assert "another case" in caught.value.rows[0][""][0]


def test_a_correction_leaves_history_and_an_empty_row_takes_back(
    study, lesion, save, coordinator, chair
):
    save(Entry(lesion, columns(lesion, 20)), sheet={"new_lesions": None})
    first = Measurement.objects.get()
    save(Entry(lesion, columns(lesion, 20)))
    assert Measurement.objects.get().entered_at == first.entered_at
    measure(study, {lesion: 22}, by=chair)
    stored = Measurement.objects.get()
    assert (stored.longest_mm, stored.entered_by) == (22, chair)
    assert [event.longest_mm for event in stored.events.order_by("pgh_id")] == [20, 22]
    save(Entry(lesion, None), Entry(make_lesion(case=study.case, by=chair, label="L2"), None))
    assert not Measurement.objects.exists()


def test_what_somebody_else_wrote_is_shown_before_it_is_overwritten(study, lesion, save, chair):
    save(Entry(lesion, columns(lesion, 20)))
    seen = versions_on(study)[lesion.pk]
    measure(study, {lesion: 25}, by=chair)
    with pytest.raises(EntriesChanged) as caught:
        save(Entry(lesion, columns(lesion, 21), seen=seen))
    (change,) = (c for c in caught.value.rows[0] if c.field == "longest_mm")
    assert (change.before, change.now) == (20, 25)
    assert Measurement.objects.get().longest_mm == 25
    save(Entry(lesion, columns(lesion, 21), seen=caught.value.versions[lesion.pk]))
    assert Measurement.objects.get().longest_mm == 21


def test_what_somebody_else_took_back_is_shown_too(study, lesion, save):
    save(Entry(lesion, columns(lesion, 20)))
    seen = versions_on(study)[lesion.pk]
    save(Entry(lesion, None))
    with pytest.raises(EntriesChanged) as caught:
        save(Entry(lesion, columns(lesion, 21), seen=seen))
    assert caught.value.rows == {0: []}
    save(Entry(lesion, columns(lesion, 21), seen=0))


def test_the_sheet_is_checked_by_the_columns_that_are_written(save, study, lesion, chair):
    save(Entry(lesion, columns(lesion, 20)), sheet={"every_liver_lesion": True})
    seen = version_of(LesionSheet.objects.get())
    measure(study, {}, by=chair, every_liver_lesion=False)
    save(sheet={"growing_nodules": False}, sheet_seen=seen)
    with pytest.raises(RowChanged):
        save(sheet={"every_liver_lesion": True}, sheet_seen=seen)
    assert LesionSheet.objects.get().every_liver_lesion is False


def test_versions_take_two_queries(study, lesion, save, django_assert_num_queries):
    assert versions_on(study) == {}
    save(Entry(lesion, columns(lesion, 20)))
    with django_assert_num_queries(2):
        assert set(versions_on(study)) == {lesion.pk}
