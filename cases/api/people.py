"""People whom a body names."""

from typing import Any

from cases.selectors.task_owners import with_access
from cases.services.errors import Invalid
from tumorboard.accounts.models import User


def somebody(field: str, key: Any) -> User:
    """Somebody with access here; anybody else is as good as missing.

    Raises:
        Invalid: there is no such person.
    """
    person = User.objects.filter(pk__in=with_access([key])).first()
    if person is None:
        raise Invalid({field: ["There is no such row."]})
    return person
