"""What an entry of the audit says about how it came about; knows no tables."""

from django.db.models import TextChoices


class Via(TextChoices):
    """By which way the work came in."""

    PAGE = "page", "Page"
    API = "api", "API"
    FEED = "feed", "Calendar feed"
    JOB = "job", "Background job"
    COMMAND = "command", "Command on the server"


class Kind(TextChoices):
    """What was done, coarsely: what a search of the audit begins with."""

    READ = "read", "Read"
    SEARCH = "search", "Searched or listed"
    PRINT = "print", "Printed"
    EXPORT = "export", "Exported or downloaded"
    CHANGE = "change", "Changed"
