"""What people typed and have not saved yet: kept, offered again, cleared when the form is saved.

A draft belongs to one person, one form and what the form is about. Pages name it by a token that
is signed for the person, so that nobody can ask for, overwrite or clear another's.
"""

import datetime
import json
from collections.abc import Mapping
from typing import Any, NamedTuple
from uuid import UUID

from django.core import signing
from django.db import transaction
from django.utils import timezone

from cases.models import FormDraft
from cases.services.errors import Invalid
from guidance.engine.values import is_storable
from tumorboard.accounts.models import User
from tumorboard.tenancy.models import Institution
from tumorboard.tenancy.scope import institution_scope

#: How long a draft is kept after it was last typed at.
KEPT_FOR = datetime.timedelta(days=14)
#: The longest draft, as JSON: a few reports of full length.
MOST_CHARACTERS = 250_000
SALT = "cases.form_draft"
#: The field in which a form carries the token of its draft.
NAME = "draft"


class DraftKey(NamedTuple):
    """Whose draft of which form about what; `about` is empty for a form of something new."""

    person: UUID
    form: str
    about: str = ""


def token_of(*, person: User, form: str, about: UUID | str = "") -> str:
    """The name under which the page of `person` keeps and clears the draft of a form.

    Args:
        form: which form, such as "study".
        about: the id of the row that is changed, or of the case that something is added to.
    """
    return signing.dumps([str(person.pk), form, str(about)], salt=SALT)


def key_of(token: str) -> DraftKey | None:
    """What `token` names; None where it is none of ours."""
    try:
        person, form, about = signing.loads(token, salt=SALT)
    except signing.BadSignature:
        return None
    return DraftKey(UUID(person), form, about)


def keep(*, key: DraftKey, fields: Any) -> FormDraft:
    """Keep what was typed so far, instead of what was kept before.

    Args:
        fields: field name -> list of values, as the browser would post them.

    Raises:
        Invalid: not of this shape, too long, or with a character that cannot be stored.
    """
    if not _is_posted(fields):
        raise Invalid({"fields": ["These are not the fields of a form."]})
    text = json.dumps(fields, ensure_ascii=False)
    if len(text) > MOST_CHARACTERS:
        raise Invalid({"fields": [f"A draft has at most {MOST_CHARACTERS:,} characters."]})
    if not is_storable(text) or "\\u0000" in text:
        raise Invalid({"fields": ["This contains a character that cannot be stored."]})
    draft, _ = FormDraft.objects.update_or_create(
        person_id=key.person,
        form=key.form,
        about=key.about,
        defaults={"fields": fields, "saved_at": timezone.now()},
    )
    return draft


def kept(*, key: DraftKey) -> FormDraft | None:
    """The draft that may still be offered."""
    drafts = FormDraft.objects.filter(saved_at__gt=timezone.now() - KEPT_FOR)
    return drafts.filter(person_id=key.person, form=key.form, about=key.about).first()


def kept_of(*, person: UUID, form: str) -> list[FormDraft]:
    """What a person typed into all forms of one name and may still be offered, latest first."""
    drafts = FormDraft.objects.filter(saved_at__gt=timezone.now() - KEPT_FOR)
    return list(drafts.filter(person_id=person, form=form).order_by("-saved_at"))


@transaction.atomic
def hand_on(*, draft: FormDraft, about: UUID, fields: Mapping[str, list[str]]) -> FormDraft:
    """Keep a draft under what its form is about from now on; what is kept there already stays.

    Args:
        fields: what of its fields is different there.
    """
    handed, _ = FormDraft.objects.get_or_create(
        person_id=draft.person_id,
        form=draft.form,
        about=str(about),
        defaults={"fields": {**draft.fields, **fields}, "saved_at": draft.saved_at},
    )
    draft.delete()
    return handed


def discard(*, key: DraftKey) -> None:
    """Forget a draft: its form was saved, or nobody wants it."""
    FormDraft.objects.filter(person_id=key.person, form=key.form, about=key.about).delete()


def discard_saved(data: Mapping[str, Any]) -> None:
    """Forget the draft of a form that was just saved, if its posted `data` names one."""
    key = key_of(str(data.get(NAME, "")))
    if key is not None:
        discard(key=key)


def sweep() -> None:
    """Delete every institution's drafts that are older than `KEPT_FOR`; what a worker does."""
    for institution in Institution.objects.order_by("id"):
        with institution_scope(institution):
            FormDraft.objects.filter(saved_at__lte=timezone.now() - KEPT_FOR).delete()


def _is_posted(fields: Any) -> bool:
    return isinstance(fields, dict) and all(
        isinstance(values, list) and all(isinstance(value, str) for value in values)
        for values in fields.values()
    )
