"""Saved views of the case list: a person's own, and those that others share."""

from uuid import UUID

from django.db.models import Q, QuerySet

from cases.models import SavedView
from cases.selectors.case_list import ListQuery, asked
from tumorboard.accounts.models import User


def views_for(person: User) -> QuerySet[SavedView]:
    """What `person` may use, by name, own ones before others' of the same name."""
    return (
        SavedView.objects.filter(Q(person=person) | Q(is_shared=True))
        .select_related("person")
        .order_by("name", "saved_at")
    )


def own_view(view_id: UUID, *, person: User) -> SavedView:
    """A view of the person's own.

    Raises:
        SavedView.DoesNotExist: there is none, or it is another person's.
    """
    return SavedView.objects.get(pk=view_id, person=person)


def query_of(view: SavedView) -> ListQuery:
    """What a view asks of the list today."""
    return asked({**view.filters, "sort": view.sort}, columns=view.columns)
