"""Work that returns for every institution; what goes wrong in one stays there."""

import logging
from collections.abc import Callable

from tumorboard.tenancy.models import Institution
from tumorboard.tenancy.scope import institution_scope

logger = logging.getLogger(__name__)


def in_each_institution(work: Callable[[Institution], None]) -> None:
    """Do `work` in the scope of every institution, each in a transaction of its own.

    Where it fails, nothing of it is kept there, the log says so, and the next institution has its
    turn. The next sweep tries again.
    """
    for institution in Institution.objects.order_by("id"):
        try:
            with institution_scope(institution):
                work(institution)
        except Exception as error:
            # Neither trace nor text: they may quote a patient.
            kind = type(error).__name__
            logger.error("%s failed in %s: %s", work.__module__, institution.pk, kind)
