"""What an EHR says of the patient whom it shows, in our words."""

import datetime
from collections.abc import Collection, Mapping
from typing import Any

from django.http import HttpRequest

from cases.models import Patient
from cases.readings.fhir import read
from cases.readings.reading import Kind, Reading
from tumorboard.accounts.ehr_models import Ehr
from tumorboard.accounts.ehrs import coming, contexts
from tumorboard.accounts.ehrs.contexts import Context
from tumorboard.accounts.models import User

#: [INT] Numbers of one patient that are looked for.
MOST_NUMBERS = 10
#: What the form of a new patient takes over.
DESCRIBED = ("family_name", "given_name", "birth_date", "sex")
#: The address of the form of a new case says so that it begins with what the EHR told.
FROM, EHR = "from", "ehr"


def described(patient: Mapping[str, Any]) -> dict[str, str]:
    """What a FHIR Patient says of who it is, as far as a form can take it."""
    values = _reading(patient).values
    told = {name: str(values[name]) for name in DESCRIBED if name in values}
    return {name: text for name, text in told.items() if len(text) <= _longest(name)}


def record_numbers(patient: Mapping[str, Any], systems: Collection[str]) -> list[str]:
    """Those of its identifiers that are our record numbers; former ones are none."""
    longest = Patient._meta.get_field("record_number").max_length
    found = [
        one.value
        for one in _reading(patient).identifiers
        if one.system in systems and len(one.value) <= longest
    ]
    return list(dict.fromkeys(found))[:MOST_NUMBERS]


def waiting(request: Any) -> Context | None:
    """What the EHR told this very person and waits to be used."""
    context = contexts.waiting(request)
    if context is None or not _is_own(context, request.user):
        return None
    return context


def first_words(request: HttpRequest) -> dict[str, Any]:
    """With what the form of a new case begins; nothing where the person did not come for that."""
    if request.GET.get(FROM) != EHR or (context := waiting(request)) is None:
        return {}
    numbers = context.record_numbers
    number = {"record_number": numbers[0]} if len(numbers) == 1 else {}
    return {**context.patient, **number, "birth_date": birth_date(context)}


def birth_date(context: Context) -> datetime.date | None:
    """The patient's, by the EHR's word."""
    told = context.patient.get("birth_date", "")
    return datetime.date.fromisoformat(told) if told else None


def _is_own(context: Context, user: User) -> bool:
    ehr = Ehr.objects.get(pk=context.ehr_id)
    return coming.is_linked(ehr, context.subject, user)


def _longest(name: str) -> int:
    # A date has no length of its own; ISO 8601's is ten characters.
    return Patient._meta.get_field(name).max_length or len("2026-11-22")


def _reading(patient: Mapping[str, Any]) -> Reading:
    given = patient.get("identifier")
    held = given if isinstance(given, list) else []
    now = [one for one in held if not (isinstance(one, dict) and one.get("use") == "old")]
    # Alone: what it contains and refers to is nobody's business here.
    alone = {k: v for k, v in patient.items() if k not in ("contained", "identifier")}
    whole = read({**alone, "identifier": now} if now else alone)
    found = [one for one in whole.readings if one.kind is Kind.PATIENT]
    return found[0] if found else Reading(Kind.PATIENT, {}, "")
