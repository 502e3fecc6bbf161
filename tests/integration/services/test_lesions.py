"""Writing lesions."""

import pytest

from cases.models import Lesion, Measurement
from cases.services import lesions
from cases.services.errors import Invalid, Refused
from cases.services.row_versions import RowChanged, version_of
from tests.factories.cases import make_case, make_study
from tests.factories.lesions import make_lesion, measure
from tumorboard.audit.models import AuditEntry

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("scope")]


@pytest.fixture
def case(coordinator):
    return make_case(by=coordinator)


@pytest.fixture
def add(case, coordinator):
    def lesion(label="L1", **more):
        return make_lesion(case=case, by=coordinator, label=label, **more)

    return lesion


def test_a_lesion_is_added_changed_and_kept_in_history(case, add, coordinator, chair):
    lesion = add(label=" L1 ", location="VI", note=" near the dome ")
    assert (lesion.label, lesion.location, lesion.note) == ("L1", "VI", "near the dome")
    lesions.change(lesion=lesion, role="non_target", by=chair)
    stored = Lesion.objects.get()
    assert [event.role for event in stored.events.order_by("pgh_id")] == ["target", "non_target"]
    actions = AuditEntry.objects.filter(action__startswith="case.lesion").order_by("at")
    assert [entry.action for entry in actions] == ["case.lesion.added", "case.lesion.changed"]


@pytest.mark.parametrize(
    ("fields", "field", "words"),
    [
        ({"label": ""}, "label", "blank"),
        ({"label": "x" * 41}, "label", "at most 40"),
        ({"label": "l0"}, "label", "called so"),
        ({"site": "elbow"}, "site", "not a valid choice"),
        ({"role": "hero"}, "role", "not a valid choice"),
        ({"location": "IX"}, "location", "not on the body map"),
        ({"site": "bone", "location": "VI"}, "location", "not on the body map"),
    ],
)
def test_what_cannot_be_is_told_at_its_field(add, fields, field, words):
    add(label="L0")
    with pytest.raises(Invalid) as caught:
        add(**{"label": "L1", **fields})
    assert words in caught.value.errors[field][0]
    assert Lesion.objects.count() == 1


@pytest.mark.parametrize("name", ["merged_into", "split_from"])
def test_a_lesion_is_no_part_of_itself(add, coordinator, name):
    one, two = add("L1"), add("L2")
    lesions.change(lesion=one, by=coordinator, **{name: two})
    for lesion, other in ((two, one), (two, two)):
        with pytest.raises(Invalid) as caught:
            lesions.change(lesion=lesion, by=coordinator, **{name: other})
        assert "part of itself" in caught.value.errors[name][0]


def test_a_lesion_is_part_of_one_of_the_same_case(add, coordinator):
    stranger = make_lesion(case=make_case(by=coordinator), by=coordinator)
    with pytest.raises(Invalid) as caught:
        add("L2", merged_into=stranger)
    assert "of this case" in caught.value.errors["merged_into"][0]


def test_what_is_recorded_as_merged_keeps_its_partner(case, add, coordinator):
    one = add("L1")
    two = add("L2", merged_into=one)
    study = make_study(case=case, by=coordinator, modality="CT")
    measure(study, {one: 30, two: "merged"}, by=coordinator)
    with pytest.raises(Invalid) as caught:
        lesions.change(lesion=two, merged_into=None, by=coordinator)
    assert "say into which" in caught.value.errors["merged_into"][0]


def test_a_change_seen_from_an_older_row_is_refused(add, coordinator, chair):
    lesion = add()
    seen = version_of(lesion)
    lesions.change(lesion=lesion, role="non_target", by=chair)
    with pytest.raises(RowChanged) as caught:
        lesions.change(lesion=lesion, role="new", if_match=seen, by=coordinator)
    assert [(c.field, c.now) for c in caught.value.changes] == [("role", "non_target")]
    assert Lesion.objects.get().role == "non_target"


def test_a_lesion_is_removed_with_its_measurements(case, add, coordinator):
    lesion = add()
    measure(make_study(case=case, by=coordinator), {lesion: 20}, by=coordinator)
    lesions.remove(lesion=lesion, by=coordinator)
    assert not Lesion.objects.exists()
    assert not Measurement.objects.exists()


@pytest.mark.parametrize("name", ["merged_into", "split_from"])
def test_a_lesion_that_another_names_stays(add, coordinator, name):
    lesion = add("L1")
    add("L2", **{name: lesion})
    with pytest.raises(Refused, match="fragment of this one or merged into it"):
        lesions.remove(lesion=lesion, by=coordinator)
    assert Lesion.objects.count() == 2


def test_a_measured_lesion_stays_where_its_sizes_count(case, add, coordinator):
    lesion = add()
    study = make_study(case=case, by=coordinator)
    measure(study, {lesion: 20}, by=coordinator)
    with pytest.raises(Invalid) as caught:
        lesions.change(lesion=lesion, site="regional_ln", by=coordinator)
    (reason,) = caught.value.errors["site"]
    assert reason.startswith("Measured on 12 Jan 2026: Enter the short axis of the node")
    assert Lesion.objects.get().site == "liver"
    lesions.change(lesion=lesion, site="pancreas", by=coordinator)

    measure(study, {lesion: {"longest_mm": 20, "short_mm": 12}}, by=coordinator)
    lesions.change(lesion=lesion, site="regional_ln", by=coordinator)
    assert Lesion.objects.get().site == "regional_ln"


def test_a_non_target_that_progressed_does_not_become_a_target(case, add, coordinator):
    lesion = add(role="non_target")
    measure(make_study(case=case, by=coordinator), {lesion: "progression"}, by=coordinator)
    with pytest.raises(Invalid) as caught:
        lesions.change(lesion=lesion, role="target", by=coordinator)
    assert list(caught.value.errors) == ["role"]
