"""`manage.py migrate`, always as the owner of the tables."""

from django.core.management.base import CommandParser
from django.core.management.commands.migrate import Command as DjangoMigrate


class Command(DjangoMigrate):
    """Django's migrate, as the owning role: the application role may not change tables."""

    def add_arguments(self, parser: CommandParser) -> None:
        """As Django's, with another database by default."""
        super().add_arguments(parser)
        parser.set_defaults(database="owner")
