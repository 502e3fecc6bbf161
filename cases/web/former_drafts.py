"""What somebody typed on a case while it was taken off a list: offered on its next item."""

from collections.abc import Mapping
from uuid import UUID

from cases.models import AgendaItem, FormDraft
from cases.selectors.former_items import former_items
from cases.services import form_drafts
from tumorboard.accounts.models import User


def from_former(
    *, person: User, form: str, item: AgendaItem, fields: Mapping[str, list[str]]
) -> FormDraft | None:
    """What `person` typed into a form on a former item of this case; it is about `item` now.

    Args:
        form: the name of the form among what is kept of forms while they are typed.
        fields: what of its fields is different on this item.
    """
    drafts = {UUID(d.about): d for d in form_drafts.kept_of(person=person.pk, form=form)}
    former = former_items(item.case, among=drafts) if drafts else set()
    found = next((draft for about, draft in drafts.items() if about in former), None)
    return form_drafts.hand_on(draft=found, about=item.pk, fields=fields) if found else None
