"""The specialties that sit on a tumor board."""

from django.db import models


class Specialty(models.TextChoices):
    """A specialty, as boards require it and as attendance is counted by it."""

    SURGERY = "surgery", "Surgery"
    MEDICAL_ONCOLOGY = "medical_oncology", "Medical oncology"
    GASTROENTEROLOGY = "gastroenterology", "Gastroenterology"
    ENDOCRINOLOGY = "endocrinology", "Endocrinology"
    NUCLEAR_MEDICINE = "nuclear_medicine", "Nuclear medicine"
    RADIOLOGY = "radiology", "Diagnostic radiology"
    INTERVENTIONAL_RADIOLOGY = "interventional_radiology", "Interventional radiology"
    PATHOLOGY = "pathology", "Pathology"
    RADIATION_ONCOLOGY = "radiation_oncology", "Radiation oncology"
    GENETICS = "genetics", "Genetics"
    NURSING = "nursing", "Specialist nursing"
    PALLIATIVE_CARE = "palliative_care", "Palliative care"
    OTHER = "other", "Other"
