"""What was measured of lesions, study by study: read, and kept for one study in one go."""

from typing import Any, ClassVar
from uuid import UUID

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from cases.api.endpoint import ReadList, ReadOne, lists
from cases.api.examples import AT, ID, shown_as
from cases.api.filters import by_code, by_id
from cases.api.values import RowSerializer, Strict, YesNo
from cases.models import Lesion, LesionSheet, Measurement, Study
from cases.models.lesion import MeasurementState
from cases.services import measurements as services
from cases.services.errors import Invalid
from tumorboard.accounts.api_requests import ApiRequest
from tumorboard.accounts.permissions import Permission

SIZES = ("longest_mm", "short_mm", "enhancing_mm", "attenuation_hu", "suvmax", "adc")
SHEET = ("new_lesions", "growing_nodules", "every_liver_lesion", "baseline")
NOTHING = dict.fromkeys(SIZES)


class EntrySerializer(RowSerializer):
    """A lesion on the study; sizes that are not given are not measured."""

    lesion = serializers.UUIDField(source="lesion_id")

    class Meta:
        model = Measurement
        fields = ("lesion", "state", *SIZES)


@shown_as(
    {
        "id": ID,
        "study": ID,
        "case": ID,
        "lesion": ID,
        "state": "measured",
        **NOTHING,
        "longest_mm": "21.5",
        "source": "person",
        "entered_at": AT,
    }
)
class MeasurementSerializer(RowSerializer):
    """A lesion on one study. Sizes are in mm; null where not measured."""

    study = serializers.UUIDField(source="study_id")
    case = serializers.UUIDField(source="case_id")
    lesion = serializers.UUIDField(source="lesion_id")

    class Meta:
        model = Measurement
        fields = ("id", "study", "case", "lesion", "state", *SIZES, "source", "entered_at")


@shown_as(
    {
        "study": ID,
        "case": ID,
        "new_lesions": False,
        "growing_nodules": None,
        "every_liver_lesion": True,
        "baseline": False,
        "measurements": [
            {"lesion": ID, "state": "measured", **NOTHING, "longest_mm": "21.5"},
        ],
    },
    Two_lesions={
        "new_lesions": False,
        "every_liver_lesion": True,
        "measurements": [
            {"lesion": ID, "longest_mm": "21.5"},
            {"lesion": "0198f2a0-6c1e-7c3e-9d52-0f4b8a7e1c12", "state": "vanished"},
        ],
    },
)
class SheetSerializer(Strict):
    """All that one study says of the lesions; what is null nobody says."""

    study = serializers.UUIDField(source="study_id", read_only=True)
    case = serializers.UUIDField(source="case_id", read_only=True)
    new_lesions = YesNo(required=False, allow_null=True, default=None)
    growing_nodules = YesNo(required=False, allow_null=True, default=None)
    every_liver_lesion = YesNo(required=False, allow_null=True, default=None)
    baseline = YesNo(required=False, default=False)
    # The stubs do not know what a list of serializers takes.
    measurements = EntrySerializer(many=True, max_length=200)  # type: ignore[call-arg]


class MeasurementList(ReadList):
    """Measurements."""

    model = Measurement
    resource = "BodyStructure"
    serializer_class = MeasurementSerializer
    filters: ClassVar = {
        "case": by_id("case_id"),
        "study": by_id("study_id"),
        "lesion": by_id("lesion_id"),
        "state": by_code("state", MeasurementState),
    }
    permissions: ClassVar = {"GET": Permission.CASE_READ}

    @lists(MeasurementSerializer)
    def get(self, request: Request) -> Response:
        """The institution's measurements of lesions."""
        return self.answer_page()


class MeasurementOne(ReadOne):
    """One measurement."""

    model = Measurement
    resource = "BodyStructure"
    serializer_class = MeasurementSerializer


class StudyMeasurements(ReadOne):
    """All lesions of one study together."""

    model = Study
    resource = "BodyStructure"
    serializer_class = SheetSerializer
    noun = "lesion_sheet"
    permissions: ClassVar = {"GET": Permission.CASE_READ, "PUT": Permission.RESULT_WRITE}

    def shown(self, row: Study) -> dict[str, Any]:
        """What the study says of its lesions; one of which nobody said anything says nothing."""
        sheet = LesionSheet.objects.filter(study=row).first() or LesionSheet()
        measured = Measurement.objects.filter(study=row).order_by("lesion_id")
        data: dict[str, Any] = self.get_serializer(
            {
                "study_id": row.pk,
                "case_id": row.case_id,
                **{name: getattr(sheet, name) for name in SHEET},
                "measurements": measured,
            }
        ).data
        return data

    def put(self, request: ApiRequest, pk: UUID) -> Response:
        """Keep what a study says of its lesions; of those not named it says nothing any more."""
        study = self.locked()
        refused = self.refusal(study)
        if refused is not None:
            return refused
        values = self.parsed(request)
        given = values.pop("measurements")
        try:
            services.save(
                study=study, entries=_entries(study, given), sheet=values, by=request.user
            )
        except services.InvalidEntries as error:
            errors = {f"measurements.{field}": why for field, why in error.errors.items()}
            raise Invalid(errors) from None
        return self.answered(study)


def _entries(study: Study, given: list[dict[str, Any]]) -> list[services.Entry]:
    """What is said of each lesion, and of those that are said nothing of any more.

    Raises:
        Invalid: a lesion that is not there or belongs to another case, or one named twice.
    """
    there = {lesion.pk: lesion for lesion in Lesion.objects.filter(case=study.case_id)}
    named = [values["lesion_id"] for values in given]
    errors = {
        f"measurements.{place}.lesion": ["There is no such row."]
        if key not in there
        else ["This lesion is named twice."]
        for place, key in enumerate(named)
        if key not in there or key in named[:place]
    }
    if errors:
        raise Invalid(errors)
    measured = Measurement.objects.filter(study=study).values_list("lesion_id", flat=True)
    unsaid = {"state": MeasurementState.MEASURED, **NOTHING}
    return [
        *(services.Entry(there[key], {**unsaid, **_columns(values)})
          for key, values in zip(named, given, strict=True)),
        *(services.Entry(there[key], None) for key in measured if key not in named),
    ]  # fmt: skip


def _columns(values: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if name != "lesion_id"}
