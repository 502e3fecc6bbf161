"""What may be accepted without a person."""

from collections.abc import Mapping

from cases.readings.reading import Kind

#: Kinds that a source may be trusted with. What a study showed, a diagnosis, a fact that stands for
#: the whole case and two records that become one are judgments: a person's, never a rule's.
ALLOWED: Mapping[Kind, str] = {
    Kind.PATIENT: "Name, date of birth and sex of the patient",
    Kind.LAB_RESULT: "Laboratory values",
    Kind.STUDY: "Studies that were ordered or performed, and the text of their reports",
    Kind.SPECIMEN: "Specimens and their pathology",
    Kind.PROCEDURE: "Procedures",
    Kind.TREATMENT: "Treatments",
}
