"""Fields for columns of the record in which null or empty means unknown."""

from collections.abc import Sequence

from django import forms

from cases.web.forms.answers import is_short, segmented

YES, NO, UNKNOWN = "true", "false", ""


def yes_no_unknown(label: str, *, settles: str = "") -> forms.TypedChoiceField:
    """Yes, no, or unknown (None), which stands where nothing was chosen."""
    field = forms.TypedChoiceField(
        label=label,
        choices=[(YES, "Yes"), (NO, "No"), (UNKNOWN, "Unknown")],
        coerce=lambda value: value == YES,
        empty_value=None,
        widget=segmented(),
        required=False,
        initial=UNKNOWN,
    )
    field.settles = settles
    return field


def one_or_unknown(
    label: str, choices: Sequence[tuple[str, str]], *, settles: str = ""
) -> forms.ChoiceField:
    """One of `choices`, or unknown (empty)."""
    offered = [*choices, (UNKNOWN, "Unknown")]
    field = forms.ChoiceField(
        label=label,
        choices=offered,
        widget=segmented() if is_short(offered) else forms.Select(),
        required=False,
        initial=UNKNOWN,
    )
    field.settles = settles
    return field


def initial_of(row: object, names: Sequence[str]) -> dict[str, object]:
    """What stands in a form for the columns `names` of a row."""
    words = {True: YES, False: NO, None: UNKNOWN}
    values = {name: getattr(row, name) for name in names}
    return {
        name: words[value] if value is None or isinstance(value, bool) else value
        for name, value in values.items()
    }
