"""The words in which a conflict shows a value: those of the form's own page."""

import datetime
from decimal import Decimal

import pytest
from django import forms

from cases.web.conflicts import says_same, words_of
from cases.web.forms.known import yes_no_unknown

GROUPED = forms.ChoiceField(choices=[("", "Not stated"), ("CT", [("CT_AP", "CT of the abdomen")])])
SEVERAL = forms.MultipleChoiceField(choices=[("t1", "T1-weighted"), ("t2", "T2-weighted")])
TEXT = forms.CharField()


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        (GROUPED, "CT_AP", "CT of the abdomen"),
        (GROUPED, None, "Not stated"),
        (GROUPED, "gone", "gone"),
        (SEVERAL, ["t1", "t2"], "T1-weighted, T2-weighted"),
        (SEVERAL, [], "empty"),
        (yes_no_unknown("Ongoing?"), True, "Yes"),
        (yes_no_unknown("Ongoing?"), False, "No"),
        (yes_no_unknown("Ongoing?"), None, "Unknown"),
        (forms.BooleanField(), True, "Yes"),
        (forms.BooleanField(), False, "No"),
        (TEXT, datetime.date(2026, 11, 21), "21 Nov 2026"),
        (TEXT, Decimal("5.5"), "5.5"),
        (TEXT, 0, "0"),
        (TEXT, " ", "empty"),
        (TEXT, None, "empty"),
    ],
)
def test_values_are_shown_as_their_form_says_them(field, value, words):
    assert words_of(field, value) == words


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("", None, True),
        ([], None, True),
        (" a ", "a", True),
        ("a\r\nb", "a\nb", True),
        (1.1, Decimal("1.1"), True),
        (["a", "b"], ["b", "a"], True),
        (False, None, False),
        (0, None, False),
        ("a", "b", False),
    ],
)
def test_what_typing_and_keeping_changes_is_no_difference(one, other, same):
    assert says_same(one, other) is same
