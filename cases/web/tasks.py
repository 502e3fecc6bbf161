"""The worklist of tasks, and the page on which a task is changed."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django_htmx.http import trigger_client_event

from cases.models import Task
from cases.models.task import PENDING, TaskState
from cases.selectors import agendas
from cases.selectors import tasks as selectors
from cases.selectors.task_history import history_of
from cases.selectors.task_studies import may_be_linked, offered_studies
from cases.selectors.tasks import CLOSED, LEFT, MINE, OVERDUE, PENDING_ONES, TaskFilters
from cases.services import task_links
from cases.services import tasks as services
from cases.web.errors import INVALID, errors_on
from cases.web.forms.tasks import (
    DayForm,
    LinkForm,
    NotDoneForm,
    ReassignForm,
    TaskForm,
    UnlinkForm,
)
from cases.web.numbers import page_number
from tumorboard.accounts.access import InstitutionRequest, institution_view
from tumorboard.accounts.permissions import Permission
from tumorboard.audit.record import record, record_once

PAGE_SIZE = 50
WHOSE = ((MINE, "Mine"), (selectors.ALL, "Everybody's"), (LEFT, "Of people who have left"))
HOW_FAR = ((PENDING_ONES, "To be done"), (OVERDUE, "Overdue"), (CLOSED, "Closed"))
#: What a day is noted for, by the name that the page posts.
DAYS: dict[str, Callable[..., Task]] = {
    "order": services.order,
    "complete": services.complete,
    "result": services.result,
}
#: What is not done, or not so, and why.
BECAUSE: dict[str, tuple[type[NotDoneForm | UnlinkForm], Callable[..., Task]]] = {
    "drop": (NotDoneForm, services.drop),
    "unlink": (UnlinkForm, task_links.unlink),
}


@institution_view(Permission.BOARD_READ)
@require_http_methods(["GET", "HEAD", "POST"])
def tasks(request: InstitutionRequest) -> HttpResponse:
    """What is to be done, by whom and until when. The filters stand in the address as codes."""
    boards = [(str(board.pk), board.name) for board in agendas.boards()]
    offered = {"whose": WHOSE, "how_far": HOW_FAR, "board": [("", "All"), *boards]}
    given_by = request.POST or request.GET
    chosen = {
        name: given if (given := given_by.get(name, "")) in dict(choices) else choices[0][0]
        for name, choices in offered.items()
    }
    if request.method == "POST":
        return redirect(request.path + _address(chosen, 1))
    filters = TaskFilters(
        whose=chosen["whose"],
        how_far=chosen["how_far"],
        board=UUID(chosen["board"]) if chosen["board"] else None,
    )
    rows = selectors.task_rows(filters, person=request.user)
    number = page_number(request.GET.get("page", ""))
    found = selectors.task_page(rows, number=number, size=PAGE_SIZE)
    record(
        action="tasks.read",
        subject=request.institution,
        by=request.user,
        criteria=[name for name, value in chosen.items() if value],
        shown=[line.task.case_id for line in found.lines],
    )
    labels = {"whose": "Whose", "how_far": "How far", "board": "Board"}
    context = {
        "page": found,
        "filters": [
            {"name": name, "label": labels[name], "choices": choices, "chosen": chosen[name]}
            for name, choices in offered.items()
        ],
        "previous_url": _address(chosen, found.number - 1) if found.number > 1 else "",
        "next_url": _address(chosen, found.number + 1) if found.has_next else "",
    }
    return render(request, "tasks/tasks.html", context)


@institution_view(Permission.BOARD_READ)
@require_safe
def task(request: InstitutionRequest, task_id: UUID) -> HttpResponse:
    """One task: what was asked for, what was done, and what may be said of it now."""
    found = _task_or_404(task_id)
    record(action="case.read", subject=found.case, by=request.user)
    return render(request, "tasks/task.html", _context(found))


@institution_view(Permission.TASK_WRITE)
@require_POST
def change(request: InstitutionRequest, task_id: UUID, change: str) -> HttpResponse:
    """Change a task in one way: the page again with what is wrong, or on to where it came from.

    With htmx from the list, its row alone.
    """
    found = _task_or_404(task_id)
    form = _form(found, change, request.POST)
    if form.is_valid():
        with errors_on(form):
            _write(found, change, form, by=request.user)
    is_row = bool(request.htmx and request.POST.get("from") == "list")
    if not form.is_valid() or is_row:
        record_once(action="case.read", subject=found.case, by=request.user)
    if not form.is_valid() and not is_row:
        context = _context(found) | {f"{_kind(change)}_form": form, "form": form}
        return render(request, "tasks/task.html", context, status=INVALID)
    if is_row:
        return _row(request, task_id, form)
    messages.success(request, "The task was changed.")
    if request.POST.get("from") == "list":
        return redirect(reverse("tasks", args=[request.institution.slug]))
    return redirect("task", request.institution.slug, task_id)


def _row(request: InstitutionRequest, task_id: UUID, form: forms.Form) -> HttpResponse:
    line = selectors.lines_of([_task_or_404(task_id)])[0]
    response = render(request, "tasks/row.html", {"line": line, "form": form})
    said = "The task was not changed." if form.errors else "The task was changed."
    return trigger_client_event(response, "announce", said)


def _task_or_404(task_id: UUID) -> Task:
    try:
        return selectors.one(task_id)
    except Task.DoesNotExist:
        raise Http404 from None


def _form(task: Task, change: str, data: Any = None) -> forms.Form:
    """The form of a change; a page that has several tells their fields apart by the id."""
    given: dict[str, Any] = {
        "auto_id": f"id_{_kind(change)}_%s",
        "initial": {"version": task.version},
    }
    if change in DAYS:
        return DayForm(data, **given)
    if change == "reopen":
        return TaskForm(data, **given)
    if change in BECAUSE:
        return BECAUSE[change][0](data, **given)
    if change == "link":
        return LinkForm(data, offered=offered_studies(task), **given)
    if change == "reassign":
        given["initial"] |= {"owner": str(task.owner_id), "due_on": task.due_on}
        return ReassignForm(data, people=selectors.possible_owners(), **given)
    raise Http404


def _kind(change: str) -> str:
    return "day" if change in DAYS else change


def _write(task: Task, change: str, form: forms.Form, *, by: Any) -> Task:
    said = form.cleaned_data
    given: dict[str, Any] = {"task": task, "by": by, "if_match": said["version"]}
    if change in DAYS:
        return DAYS[change](on=said["on"], **given)
    if change in BECAUSE:
        return BECAUSE[change][1](reason=said["reason"], text=said["text"], **given)
    if isinstance(form, LinkForm):
        return task_links.link(study=form.chosen, **given)
    if isinstance(form, ReassignForm):
        return services.reassign(owner=form.chosen, due_on=said["due_on"], **given)
    return services.reopen(**given)


def _context(task: Task) -> dict[str, Any]:
    is_pending = task.state in PENDING
    is_linked = bool(task.study_id or task.treatment_id)
    is_carried_out = task.state in (TaskState.DONE, TaskState.RESULTED)
    return {
        "task": task,
        "line": selectors.lines_of([task])[0],
        "may_order": task.state == TaskState.OPEN,
        "may_result": is_pending or task.state == TaskState.DONE,
        "may_reopen": task.state == TaskState.NOT_DONE or (is_carried_out and not is_linked),
        "may_unlink": is_linked and (is_pending or is_carried_out),
        "happened": history_of(task),
        "day_form": _form(task, "order"),
        "drop_form": _form(task, "drop"),
        "reassign_form": _form(task, "reassign"),
        "reopen_form": _form(task, "reopen"),
        "unlink_form": _form(task, "unlink"),
        "link_form": _form(task, "link") if may_be_linked(task) else None,
    }


def _address(chosen: dict[str, str], number: int) -> str:
    asked = {name: value for name, value in chosen.items() if value}
    return "?" + urlencode(asked | ({"page": str(number)} if number > 1 else {}))
