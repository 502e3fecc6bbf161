"""The form of facts that are tried: a few questions at a time, the rest carried along.

Nothing is stored: what other pages of the form hold travels in a hidden field of each post.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from guidance.engine.dictionary import FactDefinition
from guidance.engine.edition import Edition
from guidance.engine.facts import FactError, Facts, as_json, parse_fact, parse_facts
from guidance.engine.values import is_storable
from guidance.web.trial_fields import MOST_ROWS, NONE_FOUND, is_typed, trial_field

QUESTION = "clinical_question"
#: Asked as soon as a scenario is rated: what is ordered, and what a study showed.
NEXT = ("ordered_procedure", "study_outcome")
#: So many of the facts that an answer asks for stand first.
MOST_ASKED = 8
AGAIN = "Load the page again: what it had kept for you is no longer readable."
#: Longer than everything that a person types in all rows.
MOST_KNOWN = 100_000
TOO_MUCH = f"What is known is too long to be carried along: use at most {MOST_KNOWN:,} characters."
NOT_TEXT = "A text holds a character that cannot be kept."


class TrialForm(forms.Form):
    """The facts shown on one page, and in `known` those that are not."""

    known = forms.CharField(
        widget=forms.HiddenInput,
        required=False,
        max_length=MOST_KNOWN,
        error_messages={"max_length": TOO_MUCH},
    )
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
        """The facts that were carried along, without those that nobody types.

        Raises:
            ValidationError: it is not what the page had put there.
        """
        try:
            known = json.loads(self.cleaned_data["known"] or "{}")
        except (ValueError, RecursionError):
            raise ValidationError(AGAIN) from None
        if not isinstance(known, dict):
            raise ValidationError(AGAIN)
        dictionary = self.edition.dictionary
        return {n: v for n, v in known.items() if n not in dictionary or is_typed(dictionary[n])}

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
        faults = [fault for name in self.values for fault in self._faults(name)]
        if faults:
            raise ValidationError(faults)
        self.facts = parse_facts(self.values, self.edition.dictionary)
        return cleaned

    def _faults(self, name: str) -> Iterator[str]:
        """Yield why a value of the right type is still none that the page can carry."""
        fact = self.edition.dictionary[name]
        if fact.kind != "records":
            return
        # Codes are as few as the dictionary has; rows, and what is listed in one, have no end.
        records = self.values[name]
        if any(len(entries) > MOST_ROWS for entries in _lists(records)):
            yield f"{fact.label}: use at most {MOST_ROWS} entries."
        if not all(is_storable(text) for text in _texts(records)):
            yield f"{fact.label}: {NOT_TEXT}"


def _lists(records: list[dict[str, Any]]) -> Iterator[list[Any]]:
    yield records
    for record in records:
        yield from (value for value in record.values() if isinstance(value, list))


def _texts(value: Any) -> Iterator[str]:
    """Yield the texts in records: they are as deep as the dictionary says, and no deeper."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for part in value.values() if isinstance(value, dict) else value:
            yield from _texts(part)


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
