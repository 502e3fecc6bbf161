"""What became of recommendations over the wire: read; ordered, done, resulted, not done."""

from typing import Any, ClassVar

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from cases.api.endpoint import Changes, ReadList, lists
from cases.api.examples import AT, ID, shown_as
from cases.api.filters import by_code, by_id
from cases.api.people import somebody
from cases.api.values import Day, Strict, Text
from cases.models import Task
from cases.models.task import NotDone, TaskState
from cases.services import tasks as services
from tumorboard.accounts.permissions import Permission

#: What a caller may say that a task has become.
SAYABLE = [state for state in TaskState if state != TaskState.REPLACED]
#: What happened on a day, and the service that notes it.
ON_A_DAY = {
    TaskState.ORDERED: services.order,
    TaskState.DONE: services.complete,
    TaskState.RESULTED: services.result,
}


@shown_as(
    {
        "id": ID,
        "case": ID,
        "decision": ID,
        "recommendation": ID,
        "kind": "imaging",
        "code": "MRI_AP_WWO",
        "text": "MRI of the abdomen",
        "is_alternative": False,
        "owner": ID,
        "owner_name": "Cora Coordinator",
        "due_on": "2027-02-12",
        "state": "ordered",
        "ordered_on": "2026-11-20",
        "done_on": None,
        "resulted_on": None,
        "not_done_reason": "",
        "not_done_text": "",
        "study": None,
        "result": None,
        "treatment": None,
        "version": 2,
        "made_at": AT,
    }
)
class TaskSerializer(serializers.ModelSerializer):
    """The follow-up of one recommendation: who sees to it, until when, what became of it."""

    case = serializers.UUIDField(source="case_id")
    decision = serializers.UUIDField(source="decision_id")
    recommendation = serializers.UUIDField(source="recommendation_id")
    owner = serializers.UUIDField(source="owner_id")
    owner_name = serializers.CharField(source="owner.name")
    study = serializers.UUIDField(source="study_id", allow_null=True)
    result = serializers.UUIDField(source="result_id", allow_null=True)
    treatment = serializers.UUIDField(source="treatment_id", allow_null=True)

    class Meta:
        model = Task
        fields = (
            "id", "case", "decision", "recommendation", "kind", "code", "text", "is_alternative",
            "owner", "owner_name", "due_on", "state", "ordered_on", "done_on", "resulted_on",
            "not_done_reason", "not_done_text", "study", "result", "treatment", "version",
            "made_at",
        )  # fmt: skip


@shown_as(
    It_was_ordered={"state": "ordered", "on": "2026-11-20"},
    It_was_not_done={"state": "not_done", "reason": "patient_wish"},
    Somebody_else_sees_to_it={"owner": ID, "due_on": "2027-03-01"},
)
class TaskChangeSerializer(Strict):
    """What a task has become, or who sees to it by when; one of the two."""

    state = serializers.ChoiceField(choices=[(s.value, s.label) for s in SAYABLE], required=False)
    on = Day(required=False, help_text="The day on which it was ordered, done or resulted.")
    reason = serializers.ChoiceField(
        choices=NotDone.choices, required=False, help_text="Why it was not done."
    )
    text = Text(required=False, max_length=500, help_text="The reason in words.")
    owner = serializers.UUIDField(required=False)
    due_on = Day(required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """What belongs together, and nothing beside it."""
        state = attrs.get("state")
        taken = {"state"}
        if state is None:
            taken = {"owner", "due_on"}
            if not taken & attrs.keys():
                raise serializers.ValidationError({"state": ["Say what it has become."]})
        elif state in ON_A_DAY:
            taken |= {"on"}
            if "on" not in attrs:
                raise serializers.ValidationError({"on": ["Say on which day."]})
        elif state == TaskState.NOT_DONE:
            taken |= {"reason", "text"}
        if wrong := attrs.keys() - taken:
            reason = "This does not belong to such a change."
            raise serializers.ValidationError({name: [reason] for name in sorted(wrong)})
        return attrs


class TaskList(ReadList):
    """Tasks."""

    model = Task
    resource = "Task"
    serializer_class = TaskSerializer
    listing = "tasks.read"
    filters: ClassVar = {
        "case": by_id("case_id"),
        "decision": by_id("decision_id"),
        "owner": by_id("owner_id"),
        "state": by_code("state", TaskState),
    }
    permissions: ClassVar = {"GET": Permission.BOARD_READ}

    def get_queryset(self) -> Any:
        """With who sees to each."""
        return super().get_queryset().select_related("owner")

    @lists(TaskSerializer)
    def get(self, request: Request) -> Response:
        """The follow-up of the institution's decisions."""
        return self.answer_page()


class TaskOne(Changes):
    """One task."""

    model = Task
    resource = "Task"
    serializer_class = TaskSerializer
    permissions: ClassVar = {"GET": Permission.BOARD_READ, "PATCH": Permission.TASK_WRITE}

    @extend_schema(request=TaskChangeSerializer, responses=TaskSerializer)
    def patch(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Say what a task has become, or who sees to it by when."""
        return super().patch(request, *args, **kwargs)

    def parsed(self, request: Request, *, partial: bool = False) -> dict[str, Any]:
        """The change, checked for form."""
        serializer = TaskChangeSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        values: dict[str, Any] = serializer.validated_data
        return values

    def change(self, row: Task, values: dict[str, Any]) -> Task:
        """Call the service that notes it."""
        by, state = self.request.user, values.get("state")
        if state is None:
            owner = somebody("owner", values.get("owner", row.owner_id))
            return services.reassign(
                task=row, owner=owner, due_on=values.get("due_on", row.due_on), by=by
            )
        if state in ON_A_DAY:
            return ON_A_DAY[state](task=row, on=values["on"], by=by)
        if state == TaskState.NOT_DONE:
            reason, text = values.get("reason", ""), values.get("text", "")
            return services.drop(task=row, reason=reason, text=text, by=by)
        return services.reopen(task=row, by=by)
