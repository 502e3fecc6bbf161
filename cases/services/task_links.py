"""A study that a person chooses for a task, and a match that turns out to be wrong."""

from django.db import transaction

from cases.models import Study, Task
from cases.models.task import TaskState, Unlinked
from cases.selectors.task_studies import LINKABLE, link_fault
from cases.services.checks import said, text_fault
from cases.services.errors import Invalid, Refused
from cases.services.task_alternatives import CARRIED_OUT
from cases.services.task_matching import forget_link
from cases.services.tasks import changed, locked, refuse_amended, refuse_closed
from tumorboard.accounts.models import User


@transaction.atomic
def link(*, task: Task, study: Study, by: User, if_match: int | None = None) -> Task:
    """Say that a recorded study is what a task asked for, whatever its procedure.

    From then on the study says how far the task is: ordered, done, resulted. That takes the place
    of what a person said before, also that it was done.

    Raises:
        Invalid: the study is of another case, was performed before the decision, or carries out
            another task.
        Refused: the task is closed or not for a study, or something is matched to it already.
        Changed: somebody else changed it since its version `if_match`.
    """
    task = locked(task, if_match)
    if task.study_id or task.treatment_id:
        message = "The record says already what this task is carried out by. Take that back first."
        raise Refused(message)
    if task.kind not in LINKABLE:
        message = f"No study carries out a task of this kind: {task.get_kind_display().lower()}."
        raise Refused(message)
    refuse_amended(task)
    if task.state != TaskState.DONE:
        refuse_closed(task)
    study = Study.objects.get(pk=study.pk)
    if fault := link_fault(study, task):
        raise Invalid({"study": [fault]})
    if task.said == TaskState.DONE:
        task.said = TaskState.ORDERED if task.ordered_on else TaskState.OPEN
    task.study, task.is_linked_by_hand = study, True
    return changed(task, action="task.linked", by=by)


@transaction.atomic
def unlink(
    *, task: Task, reason: str, text: str = "", by: User, if_match: int | None = None
) -> Task:
    """Say that what is matched to a task, by the record or by hand, is not what it asked for.

    What a person said of the task stands again, and nothing is matched to it by itself from then
    on; a study may be chosen by hand.

    Args:
        reason: one of `Unlinked`.
        text: the reason in words; needed where it is another one.

    Raises:
        Invalid: no reason, or one that needs words has none.
        Refused: nothing is matched to it, it was not carried out by it, another task replaces it,
            or its decision was amended since.
        Changed: somebody else changed it since its version `if_match`.
    """
    task = locked(task, if_match)
    if not (task.study_id or task.treatment_id):
        message = "Nothing in the record is matched to this task."
        raise Refused(message)
    refuse_amended(task)
    if task.state not in CARRIED_OUT:
        refuse_closed(task)
    text = said(text)
    errors: dict[str, list[str]] = {}
    if reason not in Unlinked.values:
        errors["reason"] = ["Choose why it is not what the task asked for."]
    elif reason == Unlinked.OTHER and not text:
        errors["text"] = ["Say in words why it is not what the task asked for."]
    if fault := text_fault(text, most=Task._meta.get_field("unlinked_text").max_length or 0):
        errors["text"] = [fault]
    if errors:
        raise Invalid(errors)
    task.follows_record = False
    task.unlinked_because, task.unlinked_text = reason, text
    forget_link(task)
    return changed(task, action="task.unlinked", by=by)
