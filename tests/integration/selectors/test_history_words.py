"""What the history of a row says, in the words of its fields."""

import datetime
from decimal import Decimal
from types import SimpleNamespace
from uuid import uuid4

import pytest

from cases.models import (
    AgendaItem,
    FactAnswer,
    GapRequest,
    LabResult,
    Lesion,
    Measurement,
    Meeting,
    Specimen,
    Study,
    StudyFile,
    Task,
)
from cases.selectors.history_words import FieldWords, label_of
from guidance.engine.dictionary import DICTIONARY
from tumorboard.tenancy.scope import institution_scope

PERSON = uuid4()
WORDS = FieldWords({PERSON: "Cora Coordinator"})


def said(model, name, value, **beside):
    field = model._meta.get_field(name)
    return WORDS.of(model, field, SimpleNamespace(**{field.attname: value}, **beside))


@pytest.mark.parametrize(
    ("model", "name", "value", "words"),
    [
        (Study, "modality", "PET_SSTR", "SSTR PET/CT"),
        (Study, "multiphasic", True, "Yes"),
        (Study, "multiphasic", False, "No"),
        (Study, "multiphasic", None, "empty"),
        (Study, "report", "", "empty"),
        (Study, "performed_on", datetime.date(2026, 11, 2), "2 Nov 2026"),
        (Study, "sequences", ["DWI", "T2"], "Diffusion-weighted, T2-weighted"),
        (Study, "sequences", ["another"], "another"),
        (Study, "dlp_mgy_cm", Decimal("120.0"), "120 mGy·cm"),
        (Study, "activity_mbq", Decimal("150.5"), "150.5 MBq"),
        (Measurement, "longest_mm", Decimal("11.20"), "11.2 mm"),
        (Specimen, "ki67_percent", Decimal("3.00"), "3 %"),
        (AgendaItem, "minutes", 6, "6 min"),
        (Task, "version", 3, "3"),
        (LabResult, "analyte", "none of ours", "none of ours"),
        (GapRequest, "item", "ki67", "Ki-67"),
        (FactAnswer, "fact", "ki67_percent", DICTIONARY["ki67_percent"].label),
        (FactAnswer, "fact", "none_of_ours", "none_of_ours"),
        (StudyFile, "findings", {"study": "ct"}, "study: ct"),
        (Lesion, "note", "As it was typed", "As it was typed"),
        (Meeting, "began_at", datetime.datetime(2026, 11, 2, 14, 5, tzinfo=datetime.UTC),
         "2 Nov 2026, 14:05"),
        (Task, "owner", PERSON, "Cora Coordinator"),
        (Task, "owner", uuid4(), "somebody who is not known any more"),
    ],
)  # fmt: skip
def test_a_value(model, name, value, words):
    assert said(model, name, value) == words


def test_an_answer_in_the_words_of_its_fact():
    assert said(FactAnswer, "value", "well", fact="differentiation") == "Well differentiated"
    assert said(FactAnswer, "value", 7, fact="none_of_ours") == "7"


def test_a_procedure_by_the_guidance(institution):
    with institution_scope(institution):
        assert said(Study, "procedure", "PET_DOTATATE") != "PET_DOTATATE"
        assert said(Study, "procedure", "none_of_ours") == "none_of_ours"


@pytest.mark.parametrize(
    ("model", "name", "label"),
    [
        (Measurement, "longest_mm", "Longest"),
        (Study, "performed_on", "Performed on"),
        (LabResult, "lower_limit", "Lower limit"),
    ],
)
def test_the_name_of_a_column(model, name, label):
    assert label_of(model._meta.get_field(name)).startswith(label)
