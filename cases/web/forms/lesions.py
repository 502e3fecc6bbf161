"""The form of a lesion."""

from collections.abc import Sequence
from typing import Any

from django import forms

from cases.models import Lesion
from cases.models.lesion import LesionRole
from cases.selectors.body_map import place_of
from cases.web.forms.known import yes_no_unknown
from cases.web.forms.places import place_choices


class LesionForm(forms.Form):
    """One lesion; what it has merged into and what it is a fragment of are other lesions."""

    label = forms.CharField(
        label="Name", max_length=40, error_messages={"required": "Name the lesion."}
    )
    place = forms.ChoiceField(
        label="Where it lies",
        choices=place_choices,
        error_messages={"required": "Choose where the lesion lies."},
    )
    role = forms.ChoiceField(label="Counts as", choices=LesionRole.choices)
    treated_locally = yes_no_unknown("Was it treated locally?")
    merged_into = forms.ChoiceField(
        label="Merged into",
        required=False,
        help_text="From the study on which it is given as merged, the two are measured as one.",
    )
    split_from = forms.ChoiceField(
        label="Fragment of",
        required=False,
        help_text="Its diameter is added to the other fragments; it is no new lesion.",
    )
    note = forms.CharField(max_length=Lesion._meta.get_field("note").max_length, required=False)

    def __init__(self, data: Any = None, *, others: Sequence[Lesion], **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self._others = {str(other.pk): other for other in others}
        offered = [("", "None"), *((key, other.label) for key, other in self._others.items())]
        for name in ("merged_into", "split_from"):
            self.fields[name].choices = offered

    @property
    def columns(self) -> dict[str, Any]:
        """The typed values as columns of the lesion."""
        typed = dict(self.cleaned_data)
        place = place_of(typed.pop("place"))
        for name in ("merged_into", "split_from"):
            typed[name] = self._others.get(typed[name])
        return {**typed, "site": place.site, "location": place.location}
