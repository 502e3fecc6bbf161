"""Which cards of CDS Hooks are asked for."""

import datetime
from typing import Any

from django import forms

from cases.selectors.hook_numbers import HOOKS, KINDS, OUTCOMES
from cases.web.forms.numbers import DaysForm

ANY = ("", "All")


class CardsForm(DaysForm):
    """Days, and what the cards have in common."""

    hook = forms.ChoiceField(label="When", choices=[ANY, *HOOKS.items()], required=False)
    kind = forms.ChoiceField(label="About", choices=[ANY, *KINDS.items()], required=False)
    outcome = forms.ChoiceField(label="Outcome", choices=[ANY, *OUTCOMES.items()], required=False)

    def __init__(self, data: Any, *, today: datetime.date) -> None:
        super().__init__(data, today=today)
        self.data |= {name: data[name] for name in ("hook", "kind", "outcome") if data.get(name)}
