"""`manage.py create_institution`: a new tenant, ready for its first administrator."""

from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser

from guidance.editions.shelf import NoEdition
from tumorboard.operations.institutions import open_institution


class Command(BaseCommand):
    """Make an institution and print the link that invites its first administrator."""

    help = "Make an institution, its guidance policy, and an invitation for its administrator."

    def add_arguments(self, parser: CommandParser) -> None:
        """The institution and its first person."""
        parser.add_argument("--slug", required=True, help="its part of the address: /i/<slug>/")
        parser.add_argument("--name", required=True, help="what people call it")
        parser.add_argument("--admin-email", required=True, help="the first administrator's")
        parser.add_argument("--admin-name", required=True, help="the first administrator's")

    def handle(
        self,
        *_args: Any,
        slug: str,
        name: str,
        admin_email: str,
        admin_name: str,
        **_options: Any,
    ) -> None:
        """Make them all or none.

        Raises:
            CommandError: naming each wrong option and the reason, or that no edition is loaded.
        """
        try:
            institution, link = open_institution(
                slug=slug,
                name=name,
                administrator_email=admin_email,
                administrator_name=admin_name,
            )
        except ValidationError as error:
            lines = [
                f"--{field.replace('_', '-')}: {' '.join(messages)}"
                for field, messages in error.message_dict.items()
            ]
            raise CommandError("\n".join(lines)) from None
        except NoEdition as error:
            raise CommandError(str(error)) from None
        self.stdout.write(
            f"{institution.name} is at /i/{institution.slug}/. It has no people yet.\n"
            f"Send this link to {admin_name} <{admin_email}>; it is shown only now:\n\n{link}\n"
        )
