"""Telling who answers for it when somebody reads conspicuously many patients' records."""

from urllib.parse import urljoin

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from cases.models import ReadingWatch
from cases.models.reading_watch import FEWEST, MOST
from cases.selectors.reading_watch import NOTICED, WINDOW, Reader, conspicuous
from cases.services.errors import Invalid
from cases.services.sweeps import in_each_institution
from tumorboard.accounts.models import User
from tumorboard.accounts.permissions import Permission
from tumorboard.accounts.selectors import everybody_with
from tumorboard.audit.models import AuditEntry
from tumorboard.audit.record import record
from tumorboard.outbox.mail import post
from tumorboard.tenancy.models import Institution

#: What an entry says the patients came by.
OPENED, LISTS = "opened", "lists"


@transaction.atomic
def choose(*, patients_an_hour: int, by: User) -> ReadingWatch:
    """Be told of whoever reads more patients than that within an hour.

    Raises:
        Invalid: fewer or more than can be chosen.
    """
    if not FEWEST <= patients_an_hour <= MOST:
        raise Invalid({"patients_an_hour": [f"Choose from {FEWEST} to {MOST} patients."]})
    watch, _ = ReadingWatch.objects.update_or_create(
        defaults={"patients_an_hour": patients_an_hour}
    )
    record(action="reading_watch.chosen", subject=watch, by=by)
    return watch


def sweep() -> None:
    """Look at the last hour of every institution; what a worker does."""
    in_each_institution(notice)


def notice(institution: Institution) -> None:
    """Note and tell who read conspicuously much, each at most once an hour."""
    now = timezone.now()
    # Two sweeps at once would tell twice.
    Institution.objects.select_for_update(no_key=True).get(pk=institution.pk)
    told = set(
        AuditEntry.objects.filter(action=NOTICED, at__gt=now - WINDOW).values_list(
            "person_id", flat=True
        )
    )
    for reader in conspicuous(now=now):
        if reader.person_id not in told:
            _tell(institution, reader)


def _tell(institution: Institution, reader: Reader) -> None:
    person = User.objects.get(pk=reader.person_id)
    record(
        action=NOTICED,
        subject=institution,
        by=person,
        criteria=[LISTS if reader.is_by_lists else OPENED],
        found=reader.patients,
    )
    watching = everybody_with(Permission.AUDIT_READ)
    others = watching.exclude(pk=person.pk)
    how = "were shown on lists" if reader.is_by_lists else "were opened"
    page = reverse("audit", args=[institution.slug])
    post(
        to=[each.email for each in others or watching],
        subject=f"Conspicuously many records were read, {institution.name}",
        body=(
            f"Within an hour, the records of {reader.patients} different patients {how} by "
            f"{person.name}.\n\nPlease look whether there is a reason:\n\n"
            f"{urljoin(settings.SITE_URL, page)}\n"
        ),
    )
