"""App configuration."""

from django.apps import AppConfig


class CasesConfig(AppConfig):
    """The clinical record and the board's work on it."""

    name = "cases"

    def ready(self) -> None:
        """Say to every door what it must hide."""
        from cases.selectors.sight import sight_of  # noqa: PLC0415 - models come first
        from tumorboard.tenancy.sight import decided_by  # noqa: PLC0415 - as above

        decided_by(sight_of)
