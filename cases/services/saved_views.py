"""Saving views of the case list."""

from django.db import IntegrityError, transaction
from django.utils import timezone

from cases.models import SavedView
from cases.selectors.case_list import ListQuery
from cases.services.checks import check
from cases.services.errors import Refused
from tumorboard.accounts.models import User
from tumorboard.audit.record import record

#: How many views one person keeps.
MOST = 50


@transaction.atomic
def save(*, name: str, query: ListQuery, is_shared: bool = False, by: User) -> SavedView:
    """Keep filters, sort and columns under a name; the same name again replaces the view.

    What was typed into the search is not kept: it may be a name.

    Raises:
        Invalid: the name is missing, too long, or cannot be stored.
        Refused: the person keeps as many views as one may, or saved this one at the same time.
    """
    name = name.strip()
    view = SavedView.objects.filter(person=by, name=name).first() if "\x00" not in name else None
    if view is None:
        if SavedView.objects.filter(person=by).count() >= MOST:
            message = f"You keep {MOST} views already. Remove one first."
            raise Refused(message)
        view = SavedView(person=by, name=name)
    view.filters, view.columns, view.sort = query.filters, list(query.columns), query.sort
    view.is_shared, view.saved_at = is_shared, timezone.now()
    check(view)
    try:
        with transaction.atomic():
            view.save()
    except IntegrityError as error:
        # The same person saved the same name since it was looked for, as a double click does.
        raise Refused("A view of this name was saved just now. Look at your views.") from error
    record(action="view.saved", subject=view, by=by)
    return view


@transaction.atomic
def remove(*, view: SavedView, by: User) -> None:
    """Forget a view."""
    record(action="view.removed", subject=view, by=by)
    view.delete()
