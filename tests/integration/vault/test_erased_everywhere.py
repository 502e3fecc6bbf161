"""After an erasure nothing in the database tells who it was: not as it stands, not opened."""

import base64
import io
import json

import pytest
from django.apps import apps
from django.core.management import call_command

from cases.models import AgendaItem, ImportRow, Patient
from cases.services import agendas, erasures
from cases.services.imports import uploads
from tests.factories.people import add_member, make_institution
from tests.integration.vault.test_nothing_in_plain import BORN, FAMILY, GIVEN, NUMBER, dump, fill
from tumorboard.tenancy.scope import institution_scope
from tumorboard.vault.cipher import DoesNotOpen
from tumorboard.vault.fields import SealedJSONField

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])


def forms_of(text: str) -> set[str]:
    """A text as it could stand somewhere: as it is, in other cases, in hex and in base64."""
    found = set()
    for said in (text, text.lower(), text.upper(), json.dumps(text)[1:-1]):
        raw = said.encode()
        found |= {said, raw.hex(), said.encode("utf-16-le").hex()}
        for shift in range(3):
            # Whatever stands before it, one of three lengths: its middle is the same.
            coded = base64.b64encode(b"\0" * shift + raw).decode().rstrip("=")
            found.add(coded[4 if shift else 0 : -2])
    return found


def opened() -> dict[str, str]:
    """Every sealed column of the scope's institution as whoever has all keys left reads it."""
    found = {}
    for model in apps.get_models():
        for field in model._meta.local_fields:
            if isinstance(field, SealedJSONField):
                rows = model._default_manager.all()
                name = f"{model._meta.db_table}.{field.name}"
                found[name] = "\n".join(str(_read(row, field.name)) for row in rows)
    return found


def _read(row, name: str):
    try:
        return getattr(row, name)
    except DoesNotOpen:
        return ""


def holding(said: str, where: dict[str, str]) -> list[str]:
    return [name for name, text in where.items() if any(form in text for form in forms_of(said))]


def test_who_was_erased_stands_nowhere_and_opens_nowhere():
    """ASVS v5.0.0-14.2.7: outdated data is deleted, in every copy."""
    institution = make_institution(slug="north", name="North Hospital")
    by = add_member(institution, "COORDINATOR", email="c@north.example", name="Cora")
    with institution_scope(institution):
        fill(by)
        before = opened()
        # The search below finds what it looks for.
        assert {
            "cases_patientevent.identity",
            "cases_formdraft.fields",
            "cases_importrow.cells",
        } <= set(holding(NUMBER, before))
        # Another person of the same family name.
        ImportRow.objects.filter(file__name="cohort.csv", number=3).delete()
        # The same person without the number, and with one of before.
        table = f"MRN,Name,Born\nBEFORE-1,x,\n,{GIVEN} {FAMILY},\n,{FAMILY},23.07.1931\n"
        uploads.upload(name="former.csv", content=table.encode(), by=by)
        patient = next(p for p in Patient.objects.all() if p.record_number == NUMBER)
        for item in AgendaItem.objects.filter(case__patient=patient):
            agendas.take_off(item=item, by=by)
        erasures.erase(patient=patient, record_number=NUMBER, reason="Asked for.", by=by)
        after = opened()
        for said in (NUMBER, "BEFORE-1", FAMILY, GIVEN, BORN, "23.07.1931"):
            assert holding(said, after) == [], said
    for said in (NUMBER, "BEFORE-1", FAMILY, GIVEN, BORN, "23.07.1931"):
        assert holding(said, dump()) == [], said
    call_command("verify", stdout=io.StringIO())
    call_command("verify_erasures", stdout=io.StringIO())
