"""A form that is refused is a page too: whoever is shown a patient by it leaves an entry.

Every route is posted to with nothing in it, and with what no form takes; whatever comes back with
a patient's name or record number in it has an entry about that patient.
"""

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse

from cases.models import Patient
from tests.factories.everything import one_of_everything
from tests.factories.people import add_member
from tests.integration.audit.test_every_route_leaves_an_entry import (
    ROUTES,
    WITHOUT_PATIENT,
    arguments,
)
from tests.integration.isolation.world import MACHINES
from tumorboard.accounts.roles import Role
from tumorboard.audit.models import AuditEntry
from tumorboard.tenancy.scope import institution_scope

pytestmark = pytest.mark.django_db

#: What no form takes: dates in the wrong order, numbers that are none.
WRONG = {"first": "2026-02-01", "last": "2026-01-01", "years": "x", "title": "", "reason": ""}


def test_every_page_that_shows_a_patient_leaves_an_entry_also_when_it_refuses(institution):
    """HIPAA 164.312(b): what is shown is recorded, whatever the answer's status.

    ASVS v5.0.0-16.3.2: sensitive data that is accessed.
    """
    person = add_member(
        institution, *(role.name for role in Role), email="all@north.example", name="All Roles"
    )
    with institution_scope(institution):
        rows = one_of_everything(by=person)
        said = {
            text.encode()
            for patient in Patient.objects.all()
            for text in (patient.family_name, patient.record_number)
            if len(text) > 3
        }
        # What the forms leave is undone each time, so this stays what was there before.
        before = set(AuditEntry.objects.values_list("pk", flat=True))
    browser = Client(raise_request_exception=False)
    browser.force_login(person)
    faults, shown = set(), 0
    for route in ROUTES:
        if route.pattern.startswith(MACHINES) or route.name in WITHOUT_PATIENT:
            continue
        address = reverse(route.name, kwargs=arguments(route, rows))
        for body in ({}, WRONG):
            with transaction.atomic():
                response = browser.post(address, body)
                content = b"" if response.streaming else response.content
                with institution_scope(institution):
                    left = list(AuditEntry.objects.exclude(pk__in=before))
                transaction.set_rollback(True)
            if response.status_code < 500 and any(text in content for text in said):
                shown += 1
                if not any(e.patient_id or e.case_id or e.shown is not None for e in left):
                    faults.add(f"{route.name} {response.status_code}")
    assert faults == set()
    assert shown > 40
