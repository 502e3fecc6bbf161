"""`manage.py check_terminology`: what is wrong with the shipped codes of the standards."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from cases.selectors.concepts import concepts
from cases.terminology import checking
from cases.terminology.reading import systems


class Command(BaseCommand):
    """Check form, check digits, sources, and that every concept named is one of ours."""

    help = "Check the shipped codes of SNOMED CT, LOINC, ICD, DICOM and UCUM."
    requires_system_checks = []
    requires_migrations_checks = False

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Write the problems.

        Raises:
            CommandError: there are some.
        """
        found = checking.problems(concepts())
        for problem in found:
            self.stderr.write(problem)
        if found:
            message = f"{len(found)} to mend."
            raise CommandError(message)
        count = sum(len(system.entries) for system in systems().values())
        self.stdout.write(f"{count} codes of {len(systems())} code systems are in order.")
