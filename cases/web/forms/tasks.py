"""Forms of tasks."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils import timezone

from cases.models import Study, Task
from cases.models.task import NotDone, Unlinked
from cases.selectors.task_studies import OfferedStudy
from tumorboard.accounts.models import User
from tumorboard.date_field import DateField


class TaskForm(forms.Form):
    """What every change of a task carries: the version that the person saw."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)


class DayForm(TaskForm):
    """On which day something was ordered, done or resulted."""

    on = DateField(label="On which day?", error_messages={"required": "Enter the day."})

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["on"].initial = timezone.localdate()


class NotDoneForm(TaskForm):
    """Why a recommendation is not carried out."""

    reason = forms.ChoiceField(
        label="Why is it not done?",
        choices=[("", "Choose"), *NotDone.choices],
        error_messages={"required": "Choose why it was not done."},
    )
    text = forms.CharField(
        label="In words",
        required=False,
        max_length=Task._meta.get_field("not_done_text").max_length,
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class LinkForm(TaskForm):
    """Which study of the case is what a task asked for."""

    study = forms.ChoiceField(
        label="Which study is what the task asked for?",
        error_messages={
            "required": "Choose a study.",
            "invalid_choice": "Choose one of the studies of this case.",
        },
    )

    def __init__(self, *args: Any, offered: Sequence[OfferedStudy], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offered = {str(offer.study.pk): offer for offer in offered}
        choices = [(key, offer.words) for key, offer in self.offered.items() if not offer.fault]
        self.fields["study"].choices = [("", "Choose"), *choices]  # type: ignore[attr-defined]

    @property
    def chosen(self) -> Study:
        """The study that was chosen, once the form is valid."""
        return self.offered[self.cleaned_data["study"]].study

    @property
    def refused(self) -> list[OfferedStudy]:
        """The studies of the case that cannot be chosen, with why."""
        return [offer for offer in self.offered.values() if offer.fault]


class UnlinkForm(TaskForm):
    """Why what was matched to a task is not what it asked for."""

    reason = forms.ChoiceField(
        label="Why is it not what the task asked for?",
        choices=[("", "Choose"), *Unlinked.choices],
        error_messages={"required": "Choose why it is not what the task asked for."},
    )
    text = forms.CharField(
        label="In words",
        required=False,
        max_length=Task._meta.get_field("unlinked_text").max_length,
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class ReassignForm(TaskForm):
    """Who sees to a task, and until when."""

    owner = forms.ChoiceField(
        label="Who sees to it?", error_messages={"required": "Choose who sees to it."}
    )
    due_on = DateField(label="Due on", error_messages={"required": "Enter the day it is due."})

    def __init__(self, *args: Any, people: Sequence[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.people = {str(person.pk): person for person in people}
        choices = [(key, person.name) for key, person in self.people.items()]
        self.fields["owner"].choices = [("", "Choose"), *choices]  # type: ignore[attr-defined]

    @property
    def chosen(self) -> User:
        """The person who was chosen, once the form is valid."""
        return self.people[self.cleaned_data["owner"]]
