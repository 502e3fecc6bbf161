"""`manage.py migrate`, always as the owner of the tables."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.core.management.base import CommandParser
from django.core.management.commands.migrate import Command as DjangoMigrate
from django.db.migrations.state import ProjectState


class Command(DjangoMigrate):
    """Django's migrate, as the owning role: the application role may not change tables."""

    def add_arguments(self, parser: CommandParser) -> None:
        """As Django's, with another database by default."""
        super().add_arguments(parser)
        parser.set_defaults(database="owner")

    def handle(self, *args: Any, **options: Any) -> None:
        """Migrate, without making every model anew for each column, constraint and trigger."""
        with _rendering_alone():
            super().handle(*args, **options)


@contextmanager
def _rendering_alone() -> Iterator[None]:
    """A change that leads to no other model renders its own model anew, and no other.

    For such a change Django renders all that relations lead to within two steps. Here two steps
    lead to every model, by way of the institution, which was three quarters of the time of a first
    start. The others only hold the model's former class, which has the same table; and before a
    migration of data Django renders everything, since the state is marked as delayed.
    """
    found = ProjectState._find_reload_model  # type: ignore[attr-defined]

    def find(self: Any, app_label: str, model_name: str, delay: bool = False) -> Any:
        if not delay:
            return found(self, app_label, model_name)
        self.is_delayed = True
        return {(app_label, model_name)}

    ProjectState._find_reload_model = find  # type: ignore[attr-defined]
    try:
        yield
    finally:
        ProjectState._find_reload_model = found  # type: ignore[attr-defined]
