"""The form of one group of the data dictionary."""

import json
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from django import forms
from django.core.exceptions import ValidationError
from django.utils.html import escape

from cases.models import FactAnswer
from cases.selectors.answering import Answering
from cases.web.errors import check_answers
from cases.web.fields import is_answerable
from cases.web.forms.answers import answer_field, answer_words, is_same, state
from guidance.engine.dictionary import DICTIONARY, FactDefinition


class Conflict(NamedTuple):
    """A fact that somebody else answered in between; `yours` is empty where it was left alone.

    `answering` is None where it is the record that says so now: then it is changed there.
    """

    fact: FactDefinition
    before: str
    theirs: str
    yours: str
    answering: Answering | None


def facts_in(group: str) -> list[str]:
    """The facts of a group that a person answers directly, in the dictionary's order."""
    return [
        name for name, fact in DICTIONARY.items() if fact.group == group and is_answerable(name)
    ]


class SeenField(forms.JSONField):
    """What the page itself put into the form; tampered with, it is an error like any other."""

    def to_python(self, value: Any) -> Any:
        """The parsed value; nesting and numbers beyond what Python parses are refused too."""
        try:
            return super().to_python(value)
        except (ValueError, RecursionError):
            raise ValidationError("Load the page again.", code="invalid") from None

    def bound_data(self, data: Any, initial: Any) -> Any:
        """What the form shows again: what the page put there, if what came back is no JSON."""
        try:
            return super().bound_data(data, initial)
        except (ValueError, RecursionError):
            return initial


class FactsForm(forms.Form):
    """Questions of one group.

    `seen` carries what was stored when the page was loaded, so that only what a person changed is
    written, and only that carries the new source.
    """

    seen = SeenField(widget=forms.HiddenInput, required=False)
    source = forms.CharField(
        label="Where it comes from",
        max_length=FactAnswer._meta.get_field("source").max_length,
        required=False,
        help_text="For example: pathology report of 12 Nov 2026. Kept with what you change here.",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def __init__(
        self,
        data: Any = None,
        *,
        names: list[str],
        stored: Mapping[str, Any],
        notes: Mapping[str, str],
    ) -> None:
        self.names = names
        self.stored = {name: stored[name] for name in names if name in stored}
        super().__init__(data, initial={"seen": self.stored})
        for name in names:
            field = answer_field(DICTIONARY[name], stored=self.stored.get(name))
            # Help is shown as markup, and a note carries typed words.
            field.help_text = escape(" ".join(filter(None, [field.help_text, notes.get(name)])))
            self.fields[name] = field

    @property
    def questions(self) -> list[forms.BoundField]:
        """The fields that answer facts."""
        return [self[name] for name in self.names]

    def clean(self) -> dict[str, Any]:
        """Check the answers as the service will."""
        cleaned = super().clean()
        check_answers(self, self.names)
        return cleaned

    def clean_seen(self) -> dict[str, Any]:
        """What was stored when the page was loaded."""
        seen = self.cleaned_data["seen"]
        return seen if isinstance(seen, dict) else {}

    @property
    def changed_answers(self) -> dict[str, Any]:
        """What this person answered otherwise than they saw."""
        seen = self.cleaned_data.get("seen", {})
        return {
            name: self.cleaned_data[name]
            for name in self.names
            if name in self.cleaned_data and not is_same(self.cleaned_data[name], seen.get(name))
        }

    def conflicts(self, answered: Mapping[str, Answering]) -> list[Conflict]:
        """What somebody else answered in between, beside what this person typed.

        Args:
            answered: who did, and when.
        """
        seen = self.cleaned_data["seen"]
        return [
            Conflict(
                DICTIONARY[name],
                before=answer_words(DICTIONARY[name], seen.get(name)),
                theirs=answer_words(DICTIONARY[name], self.stored.get(name)),
                yours=self._typed_words(name) if self._is_touched(name) else "",
                answering=answered.get(name),
            )
            for name in self.answered_in_between()
            if name in self.errors
            or not is_same(self.stored.get(name), self.cleaned_data.get(name))
        ]

    def look_again(self) -> None:
        """Take over what somebody else answered, save where this person typed something.

        Saving again is then a choice made knowing both.
        """
        self.data = self.data.copy()
        for name in self.answered_in_between():
            if not self._is_touched(name):
                state(self.data, name, self.fields[name])
        self.data["seen"] = json.dumps(self.stored)

    def answered_in_between(self) -> list[str]:
        """The facts that are stored otherwise than they were when the page was loaded."""
        seen = self.cleaned_data["seen"]
        return [n for n in self.names if not is_same(self.stored.get(n), seen.get(n))]

    def _is_touched(self, name: str) -> bool:
        return name in self.errors or name in self.changed_answers

    def _typed_words(self, name: str) -> str:
        """What was typed, in words; what is refused stands beside its own message."""
        if name in self.errors:
            return "an answer that is refused below"
        return answer_words(DICTIONARY[name], self.cleaned_data.get(name))


def overtaken(data: Any, recorded: Mapping[str, str]) -> Iterator[Conflict]:
    """Answers in posted `data` to facts that the record came to say in between.

    Args:
        recorded: fact -> what the record says, in words.
    """
    for name, said in recorded.items():
        fact = DICTIONARY[name]
        field = answer_field(fact)
        try:
            typed = field.clean(field.widget.value_from_datadict(data, {}, name))
        except ValidationError:
            typed = None
        words = answer_words(fact, typed)
        if typed is not None and words != said:
            yield Conflict(fact, answer_words(fact, None), said, words, None)
