"""AuditEvent: an entry of the audit in the shapes of IHE BALP."""

from collections.abc import Sequence
from typing import Any, ClassVar
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import BooleanField, F, Func, Model, OuterRef, Q, QuerySet

from cases.fhir.resources.narrowings import by_moment, by_reference
from cases.fhir.source import Source, Stand
from cases.models import Case, Patient
from tumorboard.audit.balp import Site, events_of, patient_entity
from tumorboard.audit.models import AuditEntry
from tumorboard.tenancy.scope import current_institution


def _of_patients(rows: QuerySet[Any], values: Sequence[str]) -> QuerySet[Any]:
    """What was done to a patient, and the lists on which they were shown."""
    whose = by_reference("pk")(Patient.objects.all(), values).values_list("pk", flat=True)
    patients = list(whose)
    cases = Case.objects.filter(patient__in=patients).values_list("pk", flat=True)
    listed = Q(shown__isnull=False, shown__overlap=[*patients, *cases])
    return rows.filter(Q(patient_id__in=patients) | listed)


class EntryAuditEvent(Source):
    """One entry is one event, as the export has them (`tumorboard.audit.balp`).

    But for lists: BALP asks for one event for each patient that a list showed. Here a row is one
    resource, so that such an entry is one event of the pattern for nobody in particular, which
    names every patient.
    """

    resource_type: ClassVar[str] = "AuditEvent"
    model = AuditEntry
    patient: ClassVar[str] = "patient_id"
    case: ClassVar[str] = "case_id"
    narrowings: ClassVar = {"date": by_moment("at"), "patient": _of_patients}

    def rows(self) -> QuerySet[Any]:
        """Entries with their people, and whom lists showed that the reader may see."""
        return AuditEntry.objects.select_related("person").annotate(
            of_cases=ArraySubquery(_shown(Case).values("patient_id").distinct()),
            of_patients=ArraySubquery(_shown(Patient).values("pk")),
        )

    def project(self, row: Any) -> dict[str, Any]:
        """The event."""
        patients = {*row.of_cases, *row.of_patients}
        patients |= {row.patient_id} if row.patient_id else set()
        site = Site(current_institution().slug, urlsplit(settings.SITE_URL).hostname or "")
        if len(patients) <= 1:
            (event,) = events_of(row, patients=patients, site=site)
        else:
            (event,) = events_of(row, patients=(), site=site)
            event["entity"] += [patient_entity(key) for key in sorted(patients)]
        return {name: value for name, value in event.items() if name != "id"}

    def stand(self, row: AuditEntry) -> Stand:
        """There is one: the audit is only ever added to."""
        return Stand(1, row.at, row)


def _shown(model: type[Model]) -> QuerySet[Any]:
    """The rows of a table that an entry's list showed, found by their keys."""
    manager: Any = model._default_manager
    is_listed = Func(
        F("pk"),
        OuterRef("shown"),
        template="%(expressions)s)",
        arg_joiner=" = ANY(",
        output_field=BooleanField(),
    )
    return manager.filter(is_listed).order_by()
