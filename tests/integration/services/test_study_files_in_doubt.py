"""A file of a study that is another one when it is stored than when it was looked into."""

import io

import pytest

from cases.dicom.reasons import WORDS, Reason
from cases.models import StudyFile, StudyFilePart
from cases.services import study_files
from cases.services.errors import Invalid
from tests.factories import dicom as make
from tests.factories.cases import make_case, make_study

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("scope")]


def test_what_was_not_looked_into_is_not_stored(coordinator, monkeypatch):
    study = make_study(case=make_case(by=coordinator), by=coordinator, modality="CT")
    look = study_files.virus_checks.look

    def look_and_lose_a_byte(content):
        found = look(content)
        content.truncate(content.seek(0, io.SEEK_END) - 1)
        return found

    monkeypatch.setattr(study_files.virus_checks, "look", look_and_lose_a_byte)
    with pytest.raises(Invalid) as caught:
        study_files.upload(
            study=study, name="report.pdf", content=io.BytesIO(make.pdf()), by=coordinator
        )
    assert caught.value.errors == {study_files.FILE: [WORDS[Reason.DAMAGED]]}
    assert not StudyFile.objects.exists()
    assert not StudyFilePart.objects.exists()
