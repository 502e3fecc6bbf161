"""App configuration."""

from django.apps import AppConfig


class CasesConfig(AppConfig):
    """The clinical record and the board's work on it."""

    name = "cases"

    def ready(self) -> None:
        """Say to every door what it must hide, and who is forgotten when they leave."""
        from cases.selectors.sight import sight_of  # noqa: PLC0415 - models come first
        from cases.services.restrictions import forget_person  # noqa: PLC0415 - as above
        from tumorboard.accounts.leaving import when_leaving  # noqa: PLC0415 - as above
        from tumorboard.tenancy.sight import decided_by  # noqa: PLC0415 - as above

        decided_by(sight_of)
        when_leaving(forget_person)
