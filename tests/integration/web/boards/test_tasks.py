"""The worklist of tasks, and the page on which a task is changed."""

import datetime
import uuid

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from cases.models import Task
from cases.models.conclusion import Recommended
from cases.services import tasks as services
from cases.web import tasks as pages
from tests.factories.boards import make_board
from tests.factories.cases import make_study
from tests.factories.people import add_member
from tests.factories.tasks import PET, ago, decided, tasks_of
from tests.integration.web.boards.page import error_of, text
from tumorboard.accounts.models import Membership
from tumorboard.audit.models import AuditEntry

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("scope")]


@pytest.fixture
def task(coordinator):
    return tasks_of(decided(PET, by=coordinator))[0]


def fresh(task):
    return Task.objects.get(pk=task.pk)


def referral(words, *, by, due_on, board=None, owner=None):
    """A task of these words."""
    decision = decided(Recommended("referral", text=words), by=by, board=board)
    (task,) = tasks_of(decision)
    Task.objects.filter(pk=task.pk).update(due_on=due_on, owner=owner or by)
    return fresh(task)


def post(browser, url, task, change, **data):
    given = {"version": fresh(task).version, **data}
    return browser.post(url("task_change", task.pk, change), given)


def test_my_tasks_the_next_one_first(browser, url, coordinator, chair):
    referral("Second", by=coordinator, due_on=ago(-9))
    referral("First", by=coordinator, due_on=ago(2))
    referral("Of the chair", by=chair, due_on=ago(1))

    page = text(browser.get(url("tasks")))

    assert page.index("First") < page.index("Second")
    assert "Of the chair" not in page
    assert "Overdue" in page
    assert AuditEntry.objects.filter(action="tasks.read", person=coordinator).exists()


def test_filters(browser, url, institution, coordinator, chair):
    gone = add_member(institution, "CLINICIAN", email="gone@north.example", name="Gone Gilda")
    board = make_board(by=coordinator, name="Other board")
    late = referral("Late one", by=coordinator, due_on=ago(2))
    referral("Coming one", by=chair, due_on=ago(-5), board=board)
    referral("Left one", by=coordinator, due_on=ago(-5), owner=gone)
    Membership.objects.filter(user=gone).delete()
    closed = referral("Closed one", by=coordinator, due_on=ago(1))
    services.drop(task=closed, reason="lost", by=coordinator)

    def shown(**filters):
        page = text(browser.get(url("tasks"), filters))
        return [w for w in ("Late", "Coming", "Left", "Closed") if f"{w} one" in page]

    assert shown() == ["Late"]
    assert shown(whose="all") == ["Late", "Coming", "Left"]
    assert shown(whose="all", how_far="overdue") == ["Late"]
    assert shown(whose="left") == ["Left"]
    assert shown(whose="all", board=str(board.pk)) == ["Coming"]
    assert shown(how_far="closed") == ["Closed"]
    assert shown(whose="nonsense", how_far="x", board="x") == ["Late"]
    answer = browser.post(url("tasks"), {"whose": "all", "how_far": "overdue", "board": ""})
    assert answer.url == url("tasks") + "?whose=all&how_far=overdue"
    assert "owner has left" in text(browser.get(url("tasks"), {"whose": "left"}))
    assert "Lost to follow-up" in text(browser.get(url("tasks"), {"how_far": "closed"}))
    assert late.owner == coordinator


def test_in_pages(browser, url, coordinator, monkeypatch):
    monkeypatch.setattr(pages, "PAGE_SIZE", 2)
    for number in range(3):
        referral(f"Number {number}", by=coordinator, due_on=ago(-number))
    first = browser.get(url("tasks"), {"whose": "all"})
    assert "?whose=all&amp;how_far=pending&amp;page=2" in first.content.decode()
    second = browser.get(url("tasks"), {"whose": "all", "page": 2})
    assert "Number 2" in text(second)
    assert "Number 1" not in text(second)
    assert 'href="?whose=all&amp;how_far=pending"' in second.content.decode()


def test_queries_do_not_grow_with_the_rows(browser, url, coordinator):
    def count():
        with CaptureQueriesContext(
            connection,
        ) as queries:
            browser.get(url("tasks"), {"whose": "all"})
        return len(queries)

    referral("One", by=coordinator, due_on=ago(1))
    browser.get(url("tasks"))
    one = count()
    for number in range(4):
        referral(f"More {number}", by=coordinator, due_on=ago(1), board=make_board(by=coordinator))
    assert count() == one


def test_nothing_to_do(browser, url):
    assert "No such task" in text(browser.get(url("tasks")))


def test_from_ordered_to_result_on_the_page(browser, url, task, coordinator):
    page = text(browser.get(url("task", task.pk)))
    assert "DOTATATE PET/CT" in page
    assert AuditEntry.objects.filter(action="case.read", subject_id=task.case_id).exists()
    assert post(browser, url, task, "order", on=ago(5)).status_code == 302
    assert post(browser, url, task, "complete", on=ago(4)).url == url("task", task.pk)
    page = text(browser.get(url("task", task.pk)))
    assert "Open again" in page
    assert "It will not be done" not in page
    post(browser, url, task, "result", on=ago(3))
    found = fresh(task)
    assert (found.state, found.ordered_on, found.done_on, found.resulted_on) == (
        "resulted",
        ago(5),
        ago(4),
        ago(3),
    )
    post(browser, url, task, "reopen")
    assert fresh(task).state == "ordered"


def test_a_refused_day_stands_at_its_field_with_what_was_typed(browser, url, task):
    response = post(browser, url, task, "complete", on=ago(-1))
    assert response.status_code == 422
    assert error_of(response, "day_on") == "Error: The date lies in the future."
    assert fresh(task).state == "open"


def test_not_done_asks_for_a_reason(browser, url, task):
    response = post(browser, url, task, "drop", reason="", text="No time")
    assert response.status_code == 422
    assert error_of(response, "drop_reason") == "Error: Choose why it was not done."
    assert "No time" in response.content.decode()
    response = post(browser, url, task, "drop", reason="other")
    assert error_of(response, "drop_text") == "Error: Say in words why it was not done."
    post(browser, url, task, "drop", reason="patient_wish")
    assert fresh(task).not_done_reason == "patient_wish"
    assert "patient's wish" in text(browser.get(url("task", task.pk)))


def test_a_task_is_given_to_somebody_else(browser, url, task, chair):
    day = timezone.localdate() + datetime.timedelta(days=20)
    response = post(browser, url, task, "reassign", owner="nobody", due_on=day)
    assert response.status_code == 422
    post(browser, url, task, "reassign", owner=str(chair.pk), due_on=day)
    assert (fresh(task).owner, fresh(task).due_on) == (chair, day)


def test_who_saw_an_older_version_is_told(browser, url, task, chair):
    services.reassign(task=task, owner=chair, due_on=task.due_on, by=chair)
    response = post(browser, url, task, "complete", on=ago(1), version=1)
    assert response.status_code == 422
    assert "Somebody else changed this" in text(response)


def test_what_was_matched_is_taken_back_with_a_reason(browser, url, task, coordinator):
    study = make_study(
        case=task.case,
        by=coordinator,
        modality="PET_SSTR",
        procedure="PET_DOTATATE",
        performed_on=ago(9),
    )
    page = text(browser.get(url("task", task.pk)))
    assert "This was matched from the record." in page
    assert "Open again" not in page
    refused = post(browser, url, task, "unlink")
    assert refused.status_code == 422
    said = "Error: Choose why it is not what the task asked for."
    assert error_of(refused, "unlink_reason") == said
    post(browser, url, task, "unlink", reason="incomplete", text="Without the pelvis")
    assert (fresh(task).state, fresh(task).study) == ("open", None)
    page = text(browser.get(url("task", task.pk)))
    assert "It does not answer what was asked for: Without the pelvis" in page
    assert "Match taken back Cora Coordinator" in page
    post(browser, url, task, "link", study=str(study.pk))
    post(browser, url, task, "unlink", reason="other", text="Of the knee")
    assert "Taken back Of the knee. Nothing" in text(browser.get(url("task", task.pk)))


def test_a_study_is_chosen_by_hand(browser, url, task, coordinator):
    page = text(browser.get(url("task", task.pk)))
    assert "The record of this case holds no study" in page
    given = {"case": task.case, "by": coordinator, "modality": "MRI"}
    early = make_study(**given, performed_on=ago(35), outcome="negative")
    study = make_study(**given, performed_on=ago(9))

    page = text(browser.get(url("task", task.pk)))
    assert "Studies that cannot be chosen (2)" in page
    assert "before the decision of" in page
    assert (
        f"{url('task', task.pk)}#link"
        in browser.get(url("follow_up", task.case_id)).content.decode()
    )
    for wrong, words in (
        ("", "Choose a study."),
        (str(early.pk), "Choose one of the studies of this case."),
        ("x", "Choose one of the studies of this case."),
    ):
        refused = post(browser, url, task, "link", study=wrong)
        assert (refused.status_code, error_of(refused, "link_study")) == (422, f"Error: {words}")
    post(browser, url, task, "link", study=str(study.pk))

    assert (fresh(task).state, fresh(task).study) == ("done", study)
    page = text(browser.get(url("task", task.pk)))
    assert "MRI (chosen by hand)" in page
    assert "Choose the study" not in page
    assert "#link" not in browser.get(url("follow_up", task.case_id)).content.decode()


def test_from_the_list_with_and_without_htmx(browser, url, task):
    given = {"version": 1, "on": ago(0), "from": "list"}
    response = browser.post(url("task_change", task.pk, "order"), given)
    assert response.url == url("tasks")
    address = url("task_change", task.pk, "complete")
    row = browser.post(address, given, headers={"hx-request": "true"})
    assert row.status_code == 200
    assert "Somebody else changed this" in text(row)
    row = browser.post(address, given | {"version": 2}, headers={"hx-request": "true"})
    assert row.content.decode().count("<tr") == 1
    assert row.headers["HX-Trigger"] == '{"announce": "The task was changed."}'
    row = browser.post(address, given | {"version": 3}, headers={"hx-request": "true"})
    assert "This task is closed: done" in text(row)


def test_who_may_only_read_changes_nothing(radiologists_browser, url, task):
    page = text(radiologists_browser.get(url("task", task.pk)))
    assert "Say how far it is" not in page
    assert "Choose the study" not in page
    listed = text(radiologists_browser.get(url("tasks"), {"whose": "all"}))
    assert "Today" not in listed
    response = radiologists_browser.post(url("task_change", task.pk, "complete"), {"on": ago(1)})
    assert response.status_code == 403
    assert fresh(task).state == "open"


def test_there_is_no_other_change(browser, url, task):
    assert post(browser, url, task, "destroy").status_code == 404


def test_there_is_no_such_task(browser, url):
    assert browser.get(url("task", uuid.uuid4())).status_code == 404


def test_the_start_page_counts_my_overdue_tasks(browser, url, coordinator, chair):
    assert "of your tasks" not in text(browser.get(url("overview")))
    referral("Mine", by=coordinator, due_on=ago(2))
    referral("Theirs", by=chair, due_on=ago(2))
    assert "1 of your tasks is overdue" in text(browser.get(url("overview")))


def test_replaced_alternatives_say_why(browser, url, coordinator):
    other = Recommended("imaging", "CT_AP_W", alternative_to=1)
    first, second = tasks_of(decided(PET, other, by=coordinator))
    services.complete(task=first, on=ago(1), by=coordinator)
    page = text(browser.get(url("task", second.pk)))
    assert "Replaced" in page
    assert "Another alternative was carried out." in page
