"""What a study is called."""

from cases.models import Study
from guidance.editions import shelf


def study_name(study: Study, *, edition_version: str) -> str:
    """A study by its procedure as the edition calls it, else by its modality."""
    procedure = shelf.edition(edition_version).ratings.procedures.get(study.procedure)
    return procedure.name if procedure else str(study.get_modality_display())
