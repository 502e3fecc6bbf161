"""What an institution chooses about the guidance."""

from typing import Any, ClassVar

from django.db import models

from tumorboard.tenancy.models import TenantModel


class WhoVersion(models.TextChoices):
    """Fact 13: the WHO edition that grades are given by."""

    WHO2010 = "WHO2010", "WHO 2010"
    WHO2017 = "WHO2017", "WHO 2017"
    WHO2019 = "WHO2019", "WHO 2019"
    WHO2022 = "WHO2022", "WHO 2022"


class TnmSystem(models.TextChoices):
    """Fact 133: the TNM system that stages are given by."""

    ENETS = "ENETS", "ENETS"
    UICC = "UICC", "UICC"
    AJCC8 = "AJCC8", "AJCC 8"


class FollowupPolicy(models.TextChoices):
    """Fact 100: the interval rule that schedules are judged by, where one is chosen."""

    FU_01 = "FU-01", "FU-01"
    FU_02 = "FU-02", "FU-02"
    FU_03 = "FU-03", "FU-03"
    FU_05 = "FU-05", "FU-05"


class GuidancePolicy(TenantModel):
    """The choices that the guidance leaves to an institution; one row each."""

    who_version = models.CharField(
        "WHO edition for grading",
        max_length=10,
        choices=WhoVersion.choices,
        default=WhoVersion.WHO2022,
    )
    tnm_system = models.CharField(
        "TNM system", max_length=10, choices=TnmSystem.choices, default=TnmSystem.ENETS
    )
    #: Empty where none is chosen: then the guidance shows every rule's interval and picks none.
    followup_policy = models.CharField(
        "follow-up policy", max_length=10, choices=FollowupPolicy.choices, blank=True
    )

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["institution"], name="guidance_policy_once"),
        ]
