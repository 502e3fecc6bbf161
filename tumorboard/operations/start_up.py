"""What web, worker and clock ask before they begin."""

import sys

from django.conf import settings
from django.core.checks import CheckMessage, run_checks

from tumorboard.operations.role_checks import role_is_bound


def refuse_weak_configuration() -> None:
    """End this process where the installation is configured too weakly to hold patients.

    All that is wrong is said at once, on standard error, so that an operator mends it in one go.
    On one machine, for trying out, only what cannot work at all is refused.

    Raises:
        SystemExit: there is an error among the system checks.
    """
    found = run_checks(include_deployment_checks=not settings.ON_ONE_MACHINE)
    if not settings.ON_ONE_MACHINE:
        # It reads models, which are not there yet when a process imports this.
        from tumorboard.operations.key_checks import master_keys_open  # noqa: PLC0415

        # By itself: told the database, Django's own checks would fail where it does not answer.
        found += role_is_bound(None, databases=["default"])
        found += master_keys_open(None, databases=["default"])
    refusals = [each for each in found if each.is_serious() and not each.is_silenced()]
    if refusals:
        lines = "\n".join(_line(each) for each in refusals)
        sys.exit(f"Tumorboard does not start, because its configuration is not sound:\n{lines}")


def _line(refusal: CheckMessage) -> str:
    return f"- {refusal.id}: {refusal.msg} {refusal.hint or ''}".rstrip()
