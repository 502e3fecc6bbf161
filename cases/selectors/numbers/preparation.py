"""How the lists were prepared: cases, readiness at the cut-off, late additions, postponements."""

from collections import Counter

from django.db.models import F

from cases.models import Postponement
from cases.models.postponement import PostponementCause
from cases.selectors.numbers.figures import Count, Figure, Section, Share, parts_of
from cases.selectors.numbers.period import Period
from guidance.editions.minimum_dataset import minimum_dataset


def preparation(period: Period) -> Section:
    """Numbers on what came before the meetings."""
    at_cutoff = list(period.items.values_list("was_ready_at_cutoff", flat=True))
    noted = [ready for ready in at_cutoff if ready is not None]
    listed = len(at_cutoff)
    late = period.items.filter(
        meeting__cutoff_at__isnull=False, listed_at__gt=F("meeting__cutoff_at")
    ).count()
    postponed = list(
        Postponement.objects.filter(meeting__in=period.meetings.order_by()).values_list(
            "cause", "department"
        )
    )
    causes = Counter(cause for cause, _ in postponed)
    at_root = Counter(department for _, department in postponed if department)
    return Section(
        "Cases and their preparation",
        (
            Figure(
                "meetings",
                "Meetings held",
                Count(period.meetings.count()),
                "Meetings of the period that have begun and were not canceled.",
            ),
            Figure(
                "cases",
                "Cases on the lists",
                Count(listed),
                "Items on the lists of these meetings; a postponed case counts where it stands.",
            ),
            Figure(
                "ready_at_cutoff",
                "Ready at the cut-off",
                Share(sum(noted), len(noted)),
                "Cases whose minimum data set was complete, or whose gaps were accepted by name, "
                "when submissions closed; of those that were on the list then.",
            ),
            Figure(
                "late",
                "Listed after the cut-off",
                Share(late, listed),
                "Cases put on after submissions closed, of all on the lists.",
            ),
            Figure(
                "postponed",
                "Postponed, by cause",
                Share(len(postponed), listed + len(postponed)),
                "Cases moved from these meetings to a later one or back among the candidates, "
                "of those on the lists and those moved together.",
                parts_of(causes, dict(PostponementCause.choices)),
            ),
            Figure(
                "postponed_by_department",
                "Postponed for want of something, by department",
                Count(sum(at_root.values())),
                "Postponements for which a department was named.",
                parts_of(at_root, minimum_dataset().departments),
            ),
        ),
    )
