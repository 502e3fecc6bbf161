"""The sum of diameters and the markers below the rows."""

import datetime

import pytest

from cases.documents.timeline.marks import MARKERS
from cases.documents.timeline.panels import FLOOR, marker_panel, sum_panel
from cases.selectors.timeline_events import DiameterSum, MarkerValue

DAY = datetime.date(2025, 1, 1)
X = {"field": "x"}


def marker(multiple, name="Gastrin", day=DAY):
    return MarkerValue(day, name, multiple, "")


def axis_of(panel):
    layer = panel.layer["layer"][0] if "layer" in panel.layer else panel.layer
    return layer["encoding"]["y"]["axis"], layer["encoding"]["y"]["scale"]


def drawn(panel):
    return panel.layer["layer"][-1]["data"]["values"]


def test_the_sum_starts_at_zero_and_stays_inside():
    axis, scale = axis_of(sum_panel([DiameterSum(DAY, 120.0)], top=100, x=X))
    assert axis["title"] == "Sum of target diameters, mm"
    assert scale["domain"][0] == 0
    assert scale["domain"][1] > 120


def test_a_sum_of_zero_has_an_axis_too():
    _, scale = axis_of(sum_panel([DiameterSum(DAY, 0.0)], top=100, x=X))
    assert scale["domain"][1] > 0


def test_sums_of_two_courses_are_two_lines():
    panel = sum_panel([DiameterSum(DAY, 50), DiameterSum(DAY, 20, course=1)], top=0, x=X)
    assert panel.layer["encoding"]["detail"]["field"] == "course"
    assert [value["course"] for value in panel.layer["data"]["values"]] == [0, 1]


def test_values_close_to_each_other_stand_on_a_plain_scale():
    axis, scale = axis_of(marker_panel([marker(0.5), marker(4)], top=0, x=X))
    assert scale["type"] == "linear"
    assert scale["domain"][0] == 0
    assert axis["title"] == "Markers, as multiples of the upper limit"


def test_values_far_from_each_other_stand_on_a_logarithmic_scale_that_says_so():
    axis, scale = axis_of(marker_panel([marker(0.5), marker(400)], top=0, x=X))
    assert scale["type"] == "log"
    assert axis["title"].endswith("logarithmic")
    assert 1 in axis["values"]
    assert len(axis["values"]) <= 7


def test_nothing_lies_lower_than_a_tenth_of_the_limit():
    panel = marker_panel([marker(0.0), marker(0.001), marker(400)], top=0, x=X)
    assert [value["y"] for value in drawn(panel)] == [FLOOR, FLOOR, 400]


def test_the_upper_limit_is_inside_however_low_the_values():
    _, scale = axis_of(marker_panel([marker(0.2)], top=0, x=X))
    assert scale["domain"][1] > 2


def test_each_marker_has_a_shape_and_a_name():
    names = [f"Marker {n}" for n in range(len(MARKERS) + 2)]
    panel = marker_panel([marker(1, name) for name in names], top=0, x=X)
    assert [mark.words for mark in panel.legend] == names[: len(MARKERS)]
    looks = {(mark.shape, mark.is_filled) for mark in panel.legend}
    assert len(looks) == len(MARKERS)
    assert panel.left_out == 2


@pytest.mark.parametrize("comparator", ["<", ">"])
def test_a_value_beyond_detection_is_drawn_hollow(comparator):
    value = MarkerValue(DAY, "Gastrin", 2, "", comparator=comparator)
    panel = marker_panel([value, marker(3)], top=0, x=X)
    beyond, measured = drawn(panel)
    assert (beyond["fill"], beyond["color"]) == ("#ffffff", measured["fill"])
    assert panel.legend[-1].words.endswith("what can be measured")
