"""The form of facts that are tried: a few questions at a time, the rest carried along.

Nothing is stored: what other pages of the form hold travels in a hidden field of each post.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from guidance.engine.dictionary import FactDefinition
from guidance.engine.edition import Edition
from guidance.engine.facts import FactError, Facts, as_json, parse_fact, parse_facts
from guidance.web.trial_fields import NONE_FOUND, is_typed, trial_field

QUESTION = "clinical_question"
#: Asked as soon as a scenario is rated: what is ordered, and what a study showed.
NEXT = ("ordered_procedure", "study_outcome")
#: So many of the facts that an answer asks for stand first.
MOST_ASKED = 8
AGAIN = "Load the page again: what it had kept for you is no longer readable."


class TrialForm(forms.Form):
    """The facts shown on one page, and in `known` those that are not."""

    known = forms.CharField(widget=forms.HiddenInput, required=False)
    shown = forms.CharField(widget=forms.HiddenInput, required=False)
    group = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(
        self,
        data: Any = None,
        *,
        edition: Edition,
        names: Sequence[str] = (),
        values: Mapping[str, Any] | None = None,
        group: str = "",
        focus: str = "",
    ) -> None:
        self.edition = edition
        self.names = list(names) if data is None else self._named(data.get("shown", "").split())
        values = values or {}
        carried = {name: value for name, value in values.items() if name not in self.names}
        initial = {name: _as_initial(values.get(name)) for name in self.names}
        initial |= {"known": json.dumps(carried), "shown": " ".join(self.names), "group": group}
        super().__init__(data, initial=initial)
        for name in self.names:
            self.fields[name] = trial_field(edition.dictionary[name], edition)
        if focus in self.fields:
            # What a person asked to see has the focus, without a script.
            self.fields[focus].widget.attrs["autofocus"] = True
        #: All facts, once the form is valid: those typed here and those carried along.
        self.values: dict[str, Any] = {}
        self.facts: Facts | None = None

    def _named(self, names: Iterable[str]) -> list[str]:
        dictionary = self.edition.dictionary
        return [n for n in dict.fromkeys(names) if n in dictionary and is_typed(dictionary[n])]

    @property
    def questions(self) -> list[forms.BoundField]:
        """The fields of facts, in order."""
        return [self[name] for name in self.names]

    def clean_known(self) -> dict[str, Any]:
        """The facts that were carried along.

        Raises:
            ValidationError: it is not what the page had put there.
        """
        try:
            known = json.loads(self.cleaned_data["known"] or "{}")
        except (ValueError, RecursionError):
            raise ValidationError(AGAIN) from None
        if not isinstance(known, dict):
            raise ValidationError(AGAIN)
        return known

    def clean(self) -> dict[str, Any]:
        """Put all facts together."""
        cleaned: dict[str, Any] = super().clean() or {}
        if self.errors:
            return cleaned
        typed = {name: cleaned[name] for name in self.names if cleaned[name] is not None}
        carried = {n: v for n, v in cleaned["known"].items() if n not in self.names}
        try:
            self.values = whole({**carried, **typed}, self.edition)
        except FactError:
            raise ValidationError(AGAIN) from None
        self.facts = parse_facts(self.values, self.edition.dictionary)
        return cleaned


def whole(values: Mapping[str, Any], edition: Edition) -> dict[str, Any]:
    """The known ones of raw values as JSON, records written out.

    Raises:
        FactError: a value is none of its fact.
    """
    parsed = {name: parse_fact(name, raw, edition.dictionary) for name, raw in values.items()}
    return {name: as_json(value) for name, value in parsed.items() if value is not None}


def _as_initial(value: Any) -> Any:
    if isinstance(value, bool):
        return str(value).lower()
    if value == []:
        return [NONE_FOUND]
    return int(value) if isinstance(value, float) and value.is_integer() else value


def asked_next(answer: Mapping[str, Any], edition: Edition) -> list[str]:
    """The question, then the facts that an answer asks for, then what could be entered next."""
    wanted = [*answer["missing"], *answer["confirm_before_order"]]
    typed = [name for name in wanted if is_typed(edition.dictionary[name])][:MOST_ASKED]
    entered = NEXT if answer["studies"] else ()
    return list(dict.fromkeys([QUESTION, *typed, *entered]))


def facts_of(group: str, edition: Edition) -> list[FactDefinition]:
    """The facts of a group of the dictionary, none for a group that there is not."""
    return [fact for fact in edition.dictionary.values() if fact.group == group]
