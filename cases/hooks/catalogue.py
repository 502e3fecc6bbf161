"""Which services there are, and what each wants to know."""

from collections.abc import Mapping
from typing import Any, NamedTuple
from urllib.parse import urljoin

from django.conf import settings
from django.urls import reverse

PATIENT = "patient"
TOKEN = "{{context.patientId}}"  # noqa: S105 - a prefetch token, as the specification calls it
#: Key -> query, in the subset that the specification recommends.
PREFETCH: Mapping[str, str] = {
    PATIENT: f"Patient/{TOKEN}",
    "conditions": f"Condition?patient={TOKEN}",
    "observations": f"Observation?patient={TOKEN}",
    "procedures": f"Procedure?patient={TOKEN}",
    "studies": f"ImagingStudy?patient={TOKEN}",
    "reports": f"DiagnosticReport?patient={TOKEN}",
    "statements": f"MedicationStatement?patient={TOKEN}",
    "administrations": f"MedicationAdministration?patient={TOKEN}",
    "specimens": f"Specimen?patient={TOKEN}",
    "allergies": f"AllergyIntolerance?patient={TOKEN}",
    "devices": f"Device?patient={TOKEN}",
}
#: Without these nothing is answered; what else is missing is told on the card.
NEEDED = (PATIENT,)
USAGE = (
    "For patients with a pancreatic neuroendocrine tumor. Each call carries a JWT (ES384 or RS384) "
    "of a client that the institution has registered. Codes of orders that are not known are "
    "mapped at the institution. Works with prefetch, with a FHIR server to ask back, or both."
)


class Service(NamedTuple):
    """One service: its id is the end of its address."""

    id: str
    hook: str
    title: str
    description: str

    @property
    def has_orders(self) -> bool:
        """Whether its context has draft orders."""
        return self.hook != "patient-view"

    def described(self) -> dict[str, Any]:
        """As discovery lists it."""
        return {
            "hook": self.hook,
            "title": self.title,
            "description": self.description,
            "id": self.id,
            "prefetch": dict(PREFETCH),
            "usageRequirements": USAGE,
        }


SERVICES: Mapping[str, Service] = {
    service.id: service
    for service in (
        Service(
            "pnet-imaging-patient",
            "patient-view",
            "pNET imaging: what comes next",
            "The imaging that the guidance recommends next for a patient with a pancreatic "
            "neuroendocrine tumor, or which facts it still wants.",
        ),
        Service(
            "pnet-imaging-select",
            "order-select",
            "pNET imaging: the study that was chosen",
            "Compares an imaging order with what the guidance recommends for the patient, and "
            "offers the recommended study in its place.",
        ),
        Service(
            "pnet-imaging-sign",
            "order-sign",
            "pNET imaging: the order before it is signed",
            "Compares every imaging order that is about to be signed with what the guidance "
            "recommends for the patient.",
        ),
    )
}


def address_of(slug: str, service: Service, *, feedback: bool = False) -> str:
    """Where a service is: the only `aud` of the JWTs that call it.

    From the settings: what a request says about its own host is the client's word.
    """
    name = "hooks_feedback" if feedback else "hooks_service"
    return urljoin(settings.SITE_URL, reverse(name, args=[slug, service.id]))
