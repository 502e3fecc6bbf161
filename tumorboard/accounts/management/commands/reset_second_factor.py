"""Take away the second factors of somebody who lost them and acts in several institutions."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from tumorboard.accounts import factor_resets
from tumorboard.accounts.models import User


class Command(BaseCommand):
    """For the operator, after making sure who asks; an institution's people have a page."""

    help = "Take away a person's second factors; they set up new ones at the next sign-in."

    def add_arguments(self, parser: CommandParser) -> None:
        """Whose."""
        parser.add_argument("email", help="the mail address that the person signs in with")

    def handle(self, *args: Any, **options: Any) -> None:
        """Do it.

        Raises:
            CommandError: nobody has this address.
        """
        user = User.objects.filter(email=options["email"].strip().lower()).first()
        if user is None:
            message = "Nobody signs in with this address."
            raise CommandError(message)
        factor_resets.take(user)
        self.stdout.write(f"{user.name} sets up a new second factor at the next sign-in.")
